"""Playing on the page: what a tap changes and a GET does not, who is let in, when it is too late, what stays secret."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from bot import pages
from content.models import Question
from content.phrases import say
from content.store import clock
from content.store.db import Base
from handlers.desk import Bureau
from handlers.quiz import links, play
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.mending.models import Mending
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round, Seat
from tests.handlers.quiz.campaigns import WRITTEN

START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
MINUTES = 15
CHROME = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
_numbers = count(1)


@dataclass
class Browser:
    """A phone's browser in front of one campaign."""

    client: FlaskClient
    campaign: str
    seen: list[str] = field(default_factory=list)

    def opens(self, path: str, **more: object):
        response = self.client.get(f"/h/quiz/{self.campaign}/{path}", **more)
        self.seen.append(response.text)
        return response

    def posts(self, path: str, **more: object):
        response = self.client.post(f"/h/quiz/{self.campaign}/{path}", **{"headers": CHROME, **more})
        self.seen.append(response.text)
        return response

    def begins(self, link: str):
        sealed = link.split("?t=")[1]
        self.opens(f"?t={sealed}")
        return self.posts("start", data={"t": sealed})

    def reads_paper(self) -> None:
        text = self.opens("paper").text
        self.paper = re.search(r'data-paper="(\w+)"', text)[1]
        self.mark = re.search(r'data-mark="(\w+)"', text)[1]

    def taps(self, place: int, letters: str, seq: int, **more: object):
        answers = [{"place": place, "letters": letters, "seq": seq}]
        body = {"paper": self.paper, "mark": self.mark, "answers": answers, **more}
        return self.posts("answers", json=body)

    def hands_in(self, **fields: object):
        return self.posts("hand-in", data={"paper": self.paper, "mark": self.mark, **fields})


@dataclass
class Held:
    bureau: Bureau
    app: Flask
    id: str

    def browser(self) -> Browser:
        return Browser(self.app.test_client(), self.id)

    def participant(self, who: str) -> str:
        return self.bureau.keyring.pseudonym(f"campaign:{self.id}", who)

    def link(self, who: str) -> str:
        return links.page_link(self.bureau.keyring, self.bureau.public_url, self.id, self.participant(who))

    def playing(self, who: str = "somebody") -> Browser:
        """Somebody who has begun and sees his paper."""
        browser = self.browser()
        assert browser.begins(self.link(who)).status_code == 303
        browser.reads_paper()
        return browser

    def given(self, browser: Browser) -> dict[int, tuple[str, int]]:
        """What stands in SQL: place → letters and number."""
        with self.bureau.database.reading() as session:
            rows = session.scalars(select(GivenAnswer).where(GivenAnswer.round_id == browser.paper)).all()
            return {row.place: (row.letters, row.seq) for row in rows}

    def asked(self, browser: Browser) -> list[Question]:
        with self.bureau.database.reading() as session:
            return [self.bureau.questions[key] for key in session.get_one(Round, browser.paper).question_keys]

    def rows(self) -> dict[str, list[str]]:
        """Everything that stands in SQL."""
        with self.bureau.database.reading() as session:
            tables = Base.metadata.sorted_tables
            return {table.name: sorted(str(tuple(row)) for row in session.execute(select(table))) for table in tables}


@pytest.fixture
def hold(shared_bureau, tmp_path) -> Iterator:
    """Makes campaigns of a test's own; the time stands still."""
    app = Flask("bot")
    bureau = [shared_bureau]
    app.register_blueprint(pages.make_blueprint(lambda: bureau[0], tmp_path))

    def make(rules: str = WRITTEN) -> Held:
        name = f"page-{next(_numbers)}"
        with shared_bureau.database.transaction() as session:
            session.add(
                HeldCampaign(
                    id=name, title="演示竞答", rules=rules, opens_at=START - timedelta(days=1),
                    closes_at=START + timedelta(days=2), commitment="c0ffee" * 10, secret="", created_by="",
                    created_at=START,
                )
            )  # fmt: skip
        made = Held(shared_bureau, app, name)
        made.swap = lambda other: bureau.__setitem__(0, other)
        return made

    with clock.fixed_at(START):
        yield make
        _is_over(shared_bureau)


def _is_over(bureau: Bureau) -> None:
    """What runs is kept back from practice: none of it runs for the next test."""
    with bureau.database.transaction() as session:
        session.execute(update(Round).values(deadline_at=START))
        long_ago = START - timedelta(days=30)
        session.execute(update(HeldCampaign).values(opens_at=long_ago, closes_at=long_ago))


@pytest.fixture
def held(hold) -> Held:
    return hold()


def letters_of(text: str, place: int) -> str:
    """What is chosen in a page."""
    return "".join(re.findall(rf'name="q{place}" value="(\w)" checked', text))


# ── a GET changes nothing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_opening_any_page_changes_nothing(held):
    playing, link = held.playing(), held.link("another").split("?t=")[1]
    before = held.rows()

    for browser in (held.browser(), playing):
        for path in ("", f"?t={link}", "?t=forged", "paper", f"clock?paper={playing.paper}", "history", "result",
                     f"result/{playing.paper}", "start", "answers", "hand-in"):  # fmt: skip
            assert browser.opens(path).status_code < 500, path
        for path in ("/h/quiz/", "/h/quiz/practice/", "/h/quiz/practice/round?on=labour&seed=a&pick=A&go=1"):
            assert browser.client.get(path).status_code == 200

    assert held.rows() == before


def test_the_scanner_that_opens_a_link_first_binds_nobody(held):
    link = held.link("somebody")
    scanner = held.browser()
    for _ in range(3):
        assert "开始答题" in scanner.opens(f"?t={link.split('?t=')[1]}").text

    citizen = held.browser()

    assert citizen.begins(link).status_code == 303
    assert "第 1 题" in citizen.opens("paper").text


def test_the_rules_say_what_is_kept_of_people_in_an_exam_and_where_prizes_are_drawn(hold):
    prizes = hold().browser().opens("").text
    exam = hold(WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\n").browser().opens("").text

    assert "不收姓名、电话和证件号" in prizes and "领奖时当面登记姓名和电话" in prizes
    assert "单位、工号、姓名" in exam and "看不出是谁的代号" not in exam


def test_the_rules_are_told_as_they_were_promised(hold):
    page = hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nmultiple = "half"\nattempts_a_day = 3')).browser()

    text = page.opens("").text

    for promised in (
        "15 分钟",
        "每天 3 次",
        "少选得一半分，选错不得分",
        "满分 100 分",
        "双色球",
        "2026141",
        "2026148",
        "c0ffee",
    ):
        assert promised in text
    assert "开始答题" not in text


# ── who is let in ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_with_the_same_link_is_refused_and_told_what_to_do(held):
    link = held.link("somebody")
    owner, stranger = held.browser(), held.browser()
    owner.begins(link)
    before = held.rows()

    refused = stranger.begins(link)

    assert (refused.status_code, say("quiz_page_link_used") in refused.text) == (403, True)
    assert stranger.opens("paper").status_code == 403
    assert held.rows() == before
    assert owner.opens("paper").status_code == 200


def test_a_tap_that_comes_twice_begins_one_paper_in_one_browser(held):
    browser, sealed = held.browser(), held.link("somebody").split("?t=")[1]
    browser.opens(f"?t={sealed}")
    lost = browser.client.get_cookie("quiz_next", path=f"/h/quiz/{held.id}/")

    first = browser.posts("start", data={"t": sealed})
    browser.client.delete_cookie("quiz_seat", path=f"/h/quiz/{held.id}/")  # its answer never came
    browser.client.set_cookie("quiz_next", lost.value, path=f"/h/quiz/{held.id}/")
    second = browser.posts("start", data={"t": sealed})

    assert (first.status_code, second.status_code) == (303, 303)
    browser.reads_paper()
    with held.bureau.database.reading() as session:
        assert len(session.scalars(select(Round).where(Round.campaign_id == held.id)).all()) == 1
        assert len(session.scalars(select(Seat).where(Seat.campaign_id == held.id)).all()) == 1


def test_of_many_browsers_that_tap_at_the_same_moment_one_is_bound(held):
    sealed = held.link("somebody").split("?t=")[1]
    browsers = [held.browser() for _ in range(6)]
    for browser in browsers:
        browser.opens(f"?t={sealed}")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: browser.posts("start", data={"t": sealed}).status_code, browsers))

    assert sorted(answers) == [303] + [403] * 5
    with held.bureau.database.reading() as session:
        assert len(session.scalars(select(Seat).where(Seat.campaign_id == held.id)).all()) == 1
        assert len(session.scalars(select(Round).where(Round.campaign_id == held.id)).all()) == 1


def test_the_same_browser_may_open_its_link_again(held):
    link, browser = held.link("somebody"), held.browser()

    assert browser.begins(link).status_code == 303
    assert browser.begins(link).status_code == 303
    browser.reads_paper()


def test_a_link_that_is_over_lets_nobody_in(held):
    link = held.link("somebody")
    with clock.fixed_at(START + timedelta(minutes=10)):
        browser = held.browser()
        assert say("quiz_page_bad_link") in browser.opens(f"?t={link.split('?t=')[1]}").text
        refused = browser.begins(link)

    assert (refused.status_code, say("quiz_page_bad_link") in refused.text) == (403, True)


def test_a_link_of_another_campaign_and_a_forged_one_let_nobody_in(held, hold):
    browser = held.browser()

    for sealed in (hold().link("somebody").split("?t=")[1], "forged", "x" * 5000, "演示"):
        assert browser.posts("start", data={"t": sealed}).status_code == 403
    assert browser.posts("start").status_code == 403


def test_a_link_lets_nobody_into_an_exam(hold):
    rules = WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\n"

    refused = hold(rules).browser().begins(hold(rules).link("somebody"))

    assert refused.status_code == 403


def test_another_phone_goes_on_where_the_first_one_was_and_the_first_is_told(held):
    first = held.playing()
    first.taps(1, "B", 1)

    second = held.playing()

    assert second.paper == first.paper
    assert letters_of(second.opens("paper").text, 1) == "B"
    late = first.taps(2, "A", 2)
    assert (late.status_code, late.json["state"], late.json["told"]) == (403, "passed_on", say("quiz_page_passed_on"))
    assert say("quiz_page_passed_on") in first.hands_in().text
    assert say("quiz_page_passed_on") in first.opens("paper").text
    assert held.given(second) == {1: ("B", 1)}


def test_the_cookie_is_for_these_pages_and_no_script_can_read_it(held):
    browser, sealed = held.browser(), held.link("somebody").split("?t=")[1]
    browser.opens(f"?t={sealed}", base_url="https://pufa.example")

    given = browser.posts("start", data={"t": sealed}, base_url="https://pufa.example").headers.getlist("Set-Cookie")

    seat = next(cookie for cookie in given if cookie.startswith("quiz_seat="))
    assert all(part in seat for part in ("HttpOnly", "SameSite=Lax", "Secure", f"Path=/h/quiz/{held.id}/"))


def test_who_has_no_attempt_left_still_sees_what_he_has(held):
    browser = held.playing()
    browser.hands_in()

    again = held.browser()

    assert again.begins(held.link("somebody")).location.endswith("/history")
    assert say("quiz_page_none_left") in again.opens("history").text
    assert f"/result/{browser.paper}" in again.opens("history").text
    with held.bureau.database.reading() as session:
        code = session.get_one(Participant, (held.id, held.participant("somebody"))).code
    assert code in again.opens("history").text


def test_a_paper_that_staff_typed_in_is_told_to_its_owner(held):
    browser = held.playing()
    browser.hands_in()
    assert "工作人员录入" not in browser.opens("history").text
    with held.bureau.database.transaction() as session:
        session.add(
            PaperEntry(round_id=browser.paper, campaign_id=held.id, edition="A", entered_by="s", entered_at=START)
        )  # fmt: skip
    told = browser.opens("history").text
    assert "在纸上答的，由工作人员录入" in told and "请告诉主办单位" in told
    assert "由工作人员录入" in browser.opens(f"result/{browser.paper}").text


def test_nobody_joins_by_a_link_after_the_close(held):
    with clock.fixed_at(START + timedelta(days=3)):
        refused = held.browser().begins(held.link("late"))

    assert (refused.status_code, say("quiz_page_closed") in refused.text) == (409, True)
    with held.bureau.database.reading() as session:
        assert session.get(Participant, (held.id, held.participant("late"))) is None


# ── taps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_tap_is_in_sql_before_it_is_told_and_the_later_one_stays(held):
    browser = held.playing()

    told = browser.taps(1, "A", 5).json
    assert told["saved"] == [{"place": 1, "letters": "A", "seq": 5, "state": "saved"}]
    assert told["state"] == "open"
    assert told["deadline"] - told["server_now"] == MINUTES * 60_000
    assert held.given(browser) == {1: ("A", 5)}

    assert browser.taps(1, "C", 4).json["saved"] == [{"place": 1, "letters": "A", "seq": 5, "state": "older"}]
    assert browser.taps(1, "A", 5).json["saved"][0] == {"place": 1, "letters": "A", "seq": 5, "state": "older"}
    browser.taps(1, "D", 6)
    assert held.given(browser) == {1: ("D", 6)}
    browser.taps(1, "", 7)
    assert held.given(browser) == {1: ("", 7)}


def test_a_queue_of_taps_is_taken_in_one_go(held):
    browser = held.playing()
    answers = [{"place": place, "letters": "B", "seq": place} for place in range(1, 15)]

    browser.posts("answers", json={"paper": browser.paper, "mark": browser.mark, "answers": answers})

    assert held.given(browser) == {place: ("B", place) for place in range(1, 15)}


WRONG = (
    {"place": 0, "letters": "A", "seq": 1}, {"place": 15, "letters": "A", "seq": 1},
    {"place": -1, "letters": "A", "seq": 1}, {"place": 1, "letters": "AB", "seq": 1},
    {"place": 1, "letters": "H", "seq": 1}, {"place": 1, "letters": "a", "seq": 1},
    {"place": 1, "letters": "A\0", "seq": 1}, {"place": 1, "letters": "A", "seq": 0},
    {"place": 1, "letters": "A", "seq": 2**31}, {"place": 1, "letters": "A", "seq": 10**30},
    {"place": "1", "letters": "A", "seq": 1}, {"place": 1, "letters": ["A"], "seq": 1}, {"letters": "A"},
)  # fmt: skip


def test_what_is_no_answer_is_refused_with_all_that_came_with_it(held):
    browser = held.playing()
    right = {"place": 2, "letters": "A", "seq": 1}

    for wrong in WRONG:
        body = {"paper": browser.paper, "mark": browser.mark, "answers": [right, wrong]}
        refused = browser.posts("answers", json=body)
        assert (refused.status_code, refused.json["told"]) == (400, say("quiz_page_bad_answer")), wrong
    assert held.given(browser) == {}


def test_what_is_too_large_or_no_json_is_refused(held):
    browser = held.playing()

    assert browser.posts("answers", data=b"{" + b" " * 20_000, content_type="application/json").status_code == 413
    assert browser.posts("answers", data=b"{", content_type="application/json").status_code == 400
    assert browser.posts("hand-in", data={"q1": "A" * 20_000}).status_code == 413


def test_a_forged_or_foreign_paper_takes_nothing(held):
    browser, other = held.playing(), held.playing("other")
    before = held.rows()

    for paper in ("", "forged", "0" * 32, "\0", "演示", other.paper):
        assert browser.taps(1, "A", 1, paper=paper).status_code == 404
        assert browser.posts("hand-in", data={"paper": paper, "mark": browser.mark}).status_code == 404
        assert browser.opens(f"result/{paper or 'none'}").status_code in (400, 404)
        assert browser.client.get(f"/h/quiz/{held.id}/clock", query_string={"paper": paper}).status_code == 404
    assert held.rows() == before


def test_what_another_site_sends_in_his_name_is_refused(held):
    browser = held.playing()
    form = {"paper": browser.paper, "mark": browser.mark}
    body = {**form, "answers": [{"place": 1, "letters": "A", "seq": 1}]}
    sealed = held.link("another").split("?t=")[1]

    for headers in (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"},
    ):  # fmt: skip
        assert browser.posts("answers", json=body, headers=headers).status_code == 403, headers
        assert browser.posts("hand-in", data=form, headers=headers).status_code == 403, headers
        assert browser.posts("start", data={"t": sealed}, headers=headers).status_code == 403, headers
    assert held.given(browser) == {}


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {}])
def test_a_browser_that_has_not_seen_our_page_is_not_bound_by_a_strangers_link(held, headers):
    browser, link = held.browser(), held.link("stranger")
    before = held.rows()

    refused = browser.posts("start", data={"t": link.split("?t=")[1]}, headers=headers)

    assert (refused.status_code, say("quiz_page_no_cookies") in refused.text) == (403, True)
    assert held.rows() == before and "quiz_seat" not in str(refused.headers)
    assert browser.begins(link).status_code == 303


def test_a_form_without_the_seats_mark_is_refused(held):
    browser, other = held.playing(), held.playing("other")

    for mark in ("", "forged", "演示", other.mark):
        assert browser.taps(1, "A", 1, mark=mark).status_code == 403
        assert browser.posts("hand-in", data={"paper": browser.paper, "mark": mark}).status_code == 403
        assert browser.posts("start", data={"mark": mark}).status_code == 403
    assert held.given(browser) == {}


def test_without_scripts_each_question_is_saved_by_its_button_and_nothing_else_is_touched(held):
    browser = held.playing()
    browser.taps(2, "C", 9)

    saved = browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q1": "B", "save": "1"})

    assert (saved.status_code, saved.location.endswith("/paper#q1")) == (303, True)
    assert held.given(browser) == {1: ("B", 1), 2: ("C", 9)}
    page = browser.opens("paper").text
    assert (letters_of(page, 1), letters_of(page, 2)) == ("B", "C")
    browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q1": "D", "q2": "C", "save": "1"})
    assert held.given(browser) == {1: ("D", 2), 2: ("C", 9)}


def test_what_was_answered_in_the_chat_stays(held):
    browser = held.playing()
    with held.bureau.database.transaction() as session:
        play.answer(session, session.get_one(Round, browser.paper), "A", "message-1")

    assert browser.taps(1, "B", 99).json["saved"] == [{"place": 1, "letters": "A", "seq": 0, "state": "final"}]
    assert "在聊天里答过了" in browser.opens("paper").text
    browser.hands_in(q1="B")
    assert held.given(browser)[1] == ("A", 0)


# ── the clock and the end ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_answer_a_second_before_the_deadline_counts_and_a_second_after_it_does_not(held):
    browser = held.playing()
    with clock.fixed_at(START + timedelta(minutes=MINUTES, seconds=-1)):
        assert browser.taps(1, "A", 1).json["saved"][0]["state"] == "saved"
    with clock.fixed_at(START + timedelta(minutes=MINUTES, seconds=1)):
        told = browser.taps(2, "A", 2).json
        assert (told["state"], told["saved"][0]["state"]) == ("over", "over")
        form = browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q2": "A", "save": "2"})
        assert say("quiz_page_late") in browser.client.get(form.location).text
        assert browser.opens("paper").location.endswith("/result")
        assert browser.opens(f"clock?paper={browser.paper}").json["state"] == "over"

    assert held.given(browser) == {1: ("A", 1)}


def test_a_paper_that_was_left_lying_counts_with_what_was_saved(held):
    browser = held.playing()
    right = held.asked(browser)[0].answer
    browser.taps(1, right, 1)

    with clock.fixed_at(START + timedelta(hours=1)):
        result = browser.opens("result").text

    assert "<strong>4</strong> 分" in result
    assert "到时间自动交卷" in result


def test_a_hand_in_tapped_twenty_times_counts_once(held):
    browser = held.playing()
    question = held.asked(browser)[0]

    answers = [browser.hands_in(q1=question.answer) for _ in range(20)]

    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/h/quiz/{held.id}/result/{browser.paper}")
    }
    with held.bureau.database.reading() as session:
        participant = session.get_one(Participant, (held.id, held.participant("somebody")))
        assert (participant.papers, participant.half_points) == (1, 8)
        assert session.get_one(Round, browser.paper).finished_at == START
    assert browser.taps(2, "A", 9).json["state"] == "over"


def test_an_earlier_tap_is_saved_with_the_hand_in(held):
    browser = held.playing()
    browser.taps(1, "A", 3)

    browser.hands_in(q1="B", q2="C")

    assert held.given(browser) == {1: ("B", 4), 2: ("C", 1)}


# ── what is kept secret ───────────────────────────────────────────────────────────────────────────────────────────────


def everything(held: Held) -> list[str]:
    """Every response that a participant can get while his paper is open, one paper handed in before it."""
    browser = held.playing()
    sealed = held.link("somebody").split("?t=")[1]
    for place in range(1, 15):
        browser.taps(place, "A", place)
    browser.taps(1, "B", 1)
    browser.taps(1, "H", 20)
    browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q3": "B", "save": "3"})
    for path in ("", f"?t={sealed}", "paper", f"clock?paper={browser.paper}", "history", "result",
                 f"result/{browser.paper}", "board"):  # fmt: skip
        browser.opens(path, follow_redirects=True)
    browser.begins(held.link("somebody"))
    browser.opens("paper")
    return browser.seen


def test_no_response_of_an_open_paper_holds_a_key_or_an_explanation(held):
    seen = everything(held)
    whole = "\n".join(seen)
    with held.bureau.database.reading() as session:
        keys = session.scalars(select(Round.question_keys).where(Round.campaign_id == held.id)).one()

    assert len(seen) > 25
    for question in (held.bureau.questions[key] for key in keys):
        assert question.text in whole  # it is the right paper
        assert question.explanation not in whole
        assert question.key not in whole
        assert not any(citation in whole and citation not in question.text for citation in question.basis)
    for name in ("is_right", "half_points", "explanation", "basis", "solution", "正确答案", "答对"):
        assert name not in whole, name


def test_every_response_of_an_open_paper_is_the_same_whatever_is_right(held):
    """Not one byte of what is sent depends on a key or an explanation."""

    def shown(bureau: Bureau) -> list[str]:
        held.swap(bureau)
        browser = held.browser()
        browser.client.set_cookie("quiz_seat", token, path=f"/h/quiz/{held.id}/")
        browser.paper, browser.mark = playing.paper, playing.mark
        for place in range(1, 15):
            browser.taps(place, "A", place)
        for path in ("", "paper", f"clock?paper={browser.paper}", "history", "result"):
            browser.opens(path, follow_redirects=True)
        return browser.seen

    playing = held.playing()
    token = playing.client.get_cookie("quiz_seat", path=f"/h/quiz/{held.id}/").value
    first = shown(held.bureau)
    other = {key: changed(question) for key, question in held.bureau.questions.items()}
    with held.bureau.database.transaction() as session:
        session.execute(delete(GivenAnswer).where(GivenAnswer.round_id == playing.paper))

    second = shown(replace(held.bureau, questions=other))

    assert first == second
    assert len(first) == 19


def changed(question: Question) -> Question:
    """The same question with another answer and another explanation."""
    names = ("key", "subject", "kind", "text", "options", "difficulty", "scenario", "scenario_text", "retired")
    kept = {name: getattr(question, name) for name in names}
    answer = "A" if question.answer != "A" else "B"
    return Question(**kept, answer=answer, explanation="别的解析", basis=["《宪法》第一条"])


@pytest.mark.parametrize("rule", ["at_once", "handed_in"])
def test_after_the_hand_in_each_question_is_explained_with_its_article(hold, rule):
    held = hold(WRITTEN.replace("minutes = 15", f'minutes = 15\nverdicts = "{rule}"'))
    browser = held.playing()
    first, second = held.asked(browser)[:2]
    browser.hands_in(q1=first.answer, q2="A" if second.answer != "A" else "B")

    text = browser.opens("result").text

    assert "<strong>4</strong> 分" in text
    for question in held.asked(browser):
        assert question.explanation in text
        assert all(citation in text for citation in question.basis)
    assert ("✓ 答对了" in text, "✗ 答错了" in text, "— 没有答" in text) == (True, True, True)


def test_where_the_rule_says_so_nothing_is_explained_before_the_close(hold):
    held = hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"'))
    browser = held.playing()
    question = held.asked(browser)[0]
    browser.hands_in(q1=question.answer)

    before = browser.opens("result").text
    with clock.fixed_at(START + timedelta(days=2)):
        after = browser.opens("result").text

    assert "<strong>4</strong> 分" in before
    assert not any(one.explanation in before for one in held.asked(browser))
    assert not any(sign in before for sign in ("✓", "✗", "正确）", "得 4 分"))
    assert all(one.explanation in after for one in held.asked(browser))


def test_a_question_that_stands_on_the_open_paper_is_not_explained_in_an_earlier_one(hold):
    few = WRITTEN.replace("minutes = 15", "minutes = 15\nattempts_a_day = 2").replace("count = 4", "count = 17")
    held = hold(few.replace("count = 10", "count = 60"))
    first = held.playing()
    first.hands_in()
    earlier = {question.key: question for question in held.asked(first)}

    second = held.playing()

    shared = [question for question in held.asked(second) if question.key in earlier]
    shown = second.opens(f"result/{first.paper}").text
    assert shared
    assert not any(question.explanation in shown for question in shared)
    second.hands_in()
    shown = second.opens(f"result/{first.paper}").text
    assert all(question.explanation in shown for question in earlier.values())


def mended(held: Held) -> tuple[Browser, str]:
    """A paper on which one question was made void and another got a further right answer."""
    browser = held.playing()
    void, changed = held.asked(browser)[:2]
    browser.hands_in()
    with held.bureau.database.transaction() as session:
        for question, kind, accepted in ((void, "void", ""), (changed, "answer", "A|B")):
            session.add(
                Mending(
                    campaign_id=held.id, question_key=question.key, kind=kind, accepted=accepted,
                    original=question.answer, reason=f"演示原因{kind}", state="done", proposed_by="a",
                    proposed_at=START, decided_by="b", decided_at=START, figures={},
                )
            )  # fmt: skip
    return browser, browser.opens("result").text


def test_whoever_had_a_question_that_was_mended_is_told_why(held):
    _, text = mended(held)

    assert say("quiz_page_mended_void", reason="演示原因void") in text
    assert say("quiz_page_mended_answer", right="A或B", reason="演示原因answer") in text


def test_where_answers_are_told_later_a_mending_is_told_without_them(hold):
    browser, before = mended(hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')))
    with clock.fixed_at(START + timedelta(days=2)):
        after = browser.opens("result").text

    assert say("quiz_page_mended_void", reason="演示原因void") in before
    assert say("quiz_page_mended_later") in before and "演示原因answer" not in before
    assert say("quiz_page_mended_answer", right="A或B", reason="演示原因answer") in after


def test_own_pages_are_kept_by_nobody(held):
    browser = held.playing()

    for path in ("", "paper", "history", "result", f"clock?paper={browser.paper}"):
        assert browser.opens(path, follow_redirects=True).headers["Cache-Control"] == "no-store", path


# ── practice ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_practises_with_a_verdict_after_each_answer_and_nothing_is_kept(held):
    client, before = held.app.test_client(), held.rows()
    address = re.search(r'href="(/h/quiz/practice/round[^"]+)"', client.get("/h/quiz/practice/").text)[1]
    query: list[tuple[str, str]] = [tuple(pair.split("=")) for pair in address.split("?")[1].split("&amp;")]
    text = client.get("/h/quiz/practice/round", query_string=query).text

    for _ in range(5):
        earlier = [("a", said) for said in re.findall(r'name="a" value="([^"]+)"', text)]
        sent = [*query, *earlier, ("q", re.search(r'name="q" value="([^"]+)"', text)[1]), ("pick", "B"), ("go", "1")]
        text = client.get("/h/quiz/practice/round", query_string=sent).text
        assert "正确答案" in text
        assert "依据：" in text

    assert "再来五题" in text
    assert held.rows() == before
    assert not client.get("/h/quiz/practice/").headers.get("Set-Cookie")


def test_todays_questions_are_the_same_for_everybody_and_others_tomorrow(held):
    def asked() -> str:
        page = held.app.test_client().get("/h/quiz/practice/").text
        address = re.search(r'href="([^"]+)">答今天的五题', page)[1].replace("&amp;", "&")
        return re.search(r'class="text">([^<]+)', held.app.test_client().get(address).text)[1]

    today = [asked(), asked()]
    with clock.fixed_at(START + timedelta(days=1)):
        tomorrow = asked()

    assert today[0] == today[1] != tomorrow


def test_practice_that_does_not_exist_leads_back_to_the_choice(held):
    client = held.app.test_client()

    for query in ("", "?on=nothing&seed=a", "?on=labour", "?on=labour&seed=A B", "?on=%00&seed=a", f"?seed={'a' * 99}"):
        missing = client.get(f"/h/quiz/practice/round{query}")
        assert (missing.status_code, "请重新选" in missing.text) == (404, True), query


def test_an_answer_that_was_not_chosen_is_asked_for(held):
    page = held.app.test_client().get("/h/quiz/practice/round?on=labour&seed=a&go=1")

    assert "还没有选" in page.text


def test_what_stands_on_a_running_paper_is_neither_asked_nor_solved_and_others_take_its_place(held):
    browser = held.playing()
    on_paper = {question.key: question for question in held.asked(browser)}
    for number in range(20):
        text = browser.client.get(f"/h/quiz/practice/round?on=labour&seed={number}").text
        assert re.search(r'name="q" value="([^"]+)"', text)[1] not in on_paper and "共 5 题" in text

    for question in on_paper.values():  # asked before the paper began, or typed into the address
        for said in (f"q={question.key}&pick=A", f"a=A.{question.key}"):
            page = browser.client.get(f"/h/quiz/practice/round?on={question.subject}&seed=a&go=1&{said}")
            assert (page.status_code, question.explanation in page.text) == (200, False)
            assert question.text not in page.text


def test_while_a_campaign_tells_its_answers_later_its_subject_is_not_practised_and_the_others_are(hold):
    closed = WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')
    client = hold(closed).app.test_client()

    refused = client.get("/h/quiz/practice/round?on=labour&seed=a")
    choice = client.get("/h/quiz/practice/").text

    assert (refused.status_code, "先不能练" in refused.text) == (409, True)
    assert "on=labour" not in choice
    offered = re.findall(r'href="(/h/quiz/practice/round[^"]+)"', choice)
    assert len(offered) > 5
    for address in offered:
        assert "共 5 题" in client.get(address.replace("&amp;", "&")).text, address


# ── no such campaign ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_that_does_not_exist_is_not_found(held):
    client = held.app.test_client()

    for name in ("none", "NO", "%00", "演示", "a" * 40):
        for path in ("", "paper", "history", "result", "result/x"):
            assert client.get(f"/h/quiz/{name}/{path}").status_code == 404, name
        assert client.post(f"/h/quiz/{name}/start", data={"t": "x"}).status_code == 404, name
        assert client.post(f"/h/quiz/{name}/hand-in", data={"paper": "x"}).status_code == 404, name
        body = {"paper": "x", "mark": "x", "answers": []}
        assert client.post(f"/h/quiz/{name}/answers", json=body).status_code == 403, name


def test_the_list_leads_to_what_is_open_comes_and_has_been(hold):
    coming, running, over = hold(), hold(), hold()
    with running.bureau.database.transaction() as session:
        session.get_one(HeldCampaign, coming.id).opens_at = START + timedelta(days=1)
        session.get_one(HeldCampaign, over.id).closes_at = START - timedelta(hours=1)

    parts = re.split("正在进行|快要开始|平时练习|已经结束", running.app.test_client().get("/h/quiz/").text)

    where = {held.id: [place for place, part in enumerate(parts) if f'"/h/quiz/{held.id}/"' in part] for held in
             (running, coming, over)}  # fmt: skip
    assert where == {running.id: [1], coming.id: [2], over.id: [4]}
