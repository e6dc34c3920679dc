"""The boards as everybody sees them: exact, frozen when promised, and nothing on them that says who somebody is."""

import pytest

from content.store import clock
from handlers.quiz import play, register
from handlers.quiz.boards import nicknames, units
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import Participant
from tests.handlers.quiz.holding import CLOSED, FROZEN, NOW, RULES, hands_in, holding

PAGE = "/h/quiz/demo/board"


@pytest.fixture
def held(one_bureau):
    with holding(one_bureau) as made, clock.fixed_at(NOW):
        yield made


@pytest.fixture
def look(shared_app):
    def at(path: str = PAGE):
        return shared_app.test_client().get(path)

    return at


@pytest.fixture
def played(one_bureau, held):
    """Two participants, the better one with a nickname and a unit; their rows."""
    database = one_bureau.database
    for name, wrong in (("one", 0), ("two", 1)):
        hands_in(database, held, name, wrong)
    with database.transaction() as session:
        units.enter_all(session, held, "龙港区/教育局\t2", "campaigner")
        one = session.get_one(Participant, (held.id, "one"))
        nicknames.choose(session, held, one, "小明")
        units.choose(session, held, one, units.find(session, held, "教育局")[0].id)
        return one, session.get_one(Participant, (held.id, "two"))


def test_everybody_sees_ranks_points_times_and_how_they_come_about(look, played):
    page = look()
    assert page.status_code == 200 and "no-cache" in page.headers["Cache-Control"]
    for told in (
        "小明",
        played[1].code,
        "1分</span><span>00秒",
        "12月2日 10:00",
        "参与率 × 平均分",
        "1/<wbr>2",
        "11.50",
        "用时短的在前",
    ):
        assert told in page.text, told
    assert "参与率最多 100%" in page.text and "得分一样的，参与率高的在前；两样都一样的，名次并列" in page.text
    assert "12月2日登记" in page.text and "<script" not in page.text.split("<main")[1]


def test_a_paper_that_was_typed_in_is_marked_and_what_that_means_is_told(look, played, one_bureau, held):
    assert "纸面" not in look().text
    with one_bureau.database.transaction() as session:
        session.add(
            PaperEntry(round_id=played[1].round_id, campaign_id=held.id, edition="A", entered_by="s", entered_at=NOW)
        )  # fmt: skip
    page = look().text
    assert page.count(">纸面</td>") == 1 and "由两名工作人员录入和确认" in page


def test_nothing_on_it_says_who_somebody_is(look, played):
    one, two = played
    for hidden in (one.name, two.name, one.code, one.round_id):
        assert hidden and f">{hidden}<" not in look().text
    people = look().text.split('id="units"')[0]
    assert "教育局" not in people


def test_a_frozen_board_shows_nothing_newer_until_the_close(look, played, one_bureau, held):
    with clock.fixed_at(FROZEN):
        hands_in(one_bureau.database, held, "late")
        page = look().text
        assert "已经封榜" in page and "12月4日 19:00" in page and page.count("<code>") == 1
    with clock.fixed_at(CLOSED):
        page = look().text
        assert "最后的名次" in page and page.count("<code>") == 2 and "共 3 人" in page


def test_a_paper_left_lying_is_on_the_board_once_its_time_is_up(look, one_bureau, held):
    with one_bureau.database.transaction() as session:
        play.begin_paper(session, held, "left", "seed")
    assert "还没有人交卷" in look().text
    with clock.fixed_at(FROZEN.replace(hour=10)):
        assert "<code>" in look().text


def test_places_in_an_exam_are_nobodys_business(look, one_bureau):
    rules = RULES[: RULES.index("[draw]")] + "[exam]\npass_points = 10\n"
    with holding(one_bureau, rules, "exam"), clock.fixed_at(NOW):
        assert look("/h/quiz/exam/board").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "%00", "DEMO", "x" * 40, "..", "演示"])
def test_another_address_is_no_board(look, name):
    assert look(f"/h/quiz/{name}/board").status_code == 404


def test_before_the_opening_the_board_says_when(look, one_bureau):
    later = RULES.replace("2026-12-01T08", "2026-12-03T08")
    with holding(one_bureau, later, "later") as held, clock.fixed_at(NOW):
        assert register.phase_of(held) == "before" and "还没有开始" in look("/h/quiz/later/board").text


def test_a_close_before_its_time_is_told_with_the_promised_time_and_the_reason_wherever_the_close_stands(
    look, one_bureau, held
):  # fmt: skip
    pages = (PAGE, "/h/quiz/demo/", "/h/draw/demo/")
    assert not any("提前结束" in look(path).text for path in pages)
    with one_bureau.database.transaction() as session:
        register.close_now(session, held.id, "campaigner", "演示：停电 <b>")
    for path in pages:
        told = look(path).text
        assert "提前结束：原定" in told and "12月4日 20:00（周五）截止，实际" in told, path
        assert "原因：演示：停电 &lt;b&gt;" in told, path


def test_a_campaign_that_closed_when_it_was_promised_says_nothing_of_that(look, held):
    with clock.fixed_at(CLOSED):
        assert not any("提前结束" in look(path).text for path in (PAGE, "/h/quiz/demo/", "/h/draw/demo/"))
