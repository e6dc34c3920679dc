"""My points, the boards, a name and a unit, as a citizen asks for them."""

from datetime import UTC, datetime, timedelta

import pytest
from makers import Somebody

from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from handlers.quiz import register, standings
from handlers.quiz.boards import units
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import Participant
from tests.handlers.quiz.holding import CLOSED, FROZEN, NOW, RULES, hands_in, name_of


@pytest.fixture
def player(held, somebody) -> Somebody:
    hands_in(somebody.bureau.database, held, name_of(somebody, held), wrong=1)
    return somebody


def as_kept(somebody, held) -> Participant:
    with somebody.bureau.database.reading() as session:
        return session.get_one(Participant, (held.id, name_of(somebody, held)))


def enter_units(somebody, held, written="龙港区/教育局\t200\n龙港区/卫生局\t100\n连山区司法局\t30"):
    with somebody.bureau.database.transaction() as session:
        units.enter_all(session, held, written, "campaigner")


# ── my points ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_played_hears_points_rank_and_attempts_left(player, held):
    hands_in(player.bureau.database, held, "better")
    told = player.says("我的成绩").text
    for part in ("得 8 分（满分 23 分）", "用时 1分00秒", "第 2 名，共 2 人", "还可以答 2 次", "12月4日 20:00"):
        assert part in told
    assert as_kept(player, held).code in told and player.topic == "quiz/score" and "最近的卷子" not in told
    with clock.fixed_at(NOW + timedelta(minutes=5)):
        hands_in(player.bureau.database, held, name_of(player, held), wrong=3)
        told = player.says("我的成绩").text
    assert "10:06（周三） 0 分；12月2日 10:01（周三） 8 分" in told and "得 8 分" in told and "一共交了 2 份" in told


def test_while_the_boards_stand_still_points_are_told_and_the_rank_is_not(player, held):
    with clock.fixed_at(FROZEN):
        told = player.says("我的成绩").text
    assert "得 8 分" in told and "封榜" in told and "第 1 名" not in told


def test_after_the_close_the_last_rank_is_told(player, held):
    with clock.fixed_at(CLOSED):
        told = player.says("我的成绩").text
    assert "最后排第 1 名，共 1 人" in told and "还可以答" not in told


def test_a_paper_whose_time_was_up_counts_when_its_owner_asks(held, somebody):
    somebody.says(say("quiz_join"))
    with clock.fixed_at(NOW + timedelta(minutes=20)):
        assert "得 0 分" in somebody.says("我的成绩").text


def test_who_has_not_played_is_shown_how(held, somebody):
    reply = somebody.says("我的成绩")
    assert "还没有交过卷子" in reply.text and reply.choices[0] == say("quiz_join")


def test_without_any_campaign_practice_is_what_there_is_to_tell(bureau, somebody, open_question):
    assert "练习" in somebody.says("我的成绩").text
    somebody.says("宪法知识竞答")
    for place in range(5):
        question = open_question(somebody)
        somebody.says(question.answer if place else ("A" if question.answer != "A" else "B"))
    assert "最近练习：1 轮，5 题答对 4 题" in somebody.says("我的成绩").text


def type_in(player, held, name: str) -> None:
    """His paper, as if staff had entered it from paper."""
    with player.bureau.database.transaction() as session:
        best = session.get_one(Participant, (held.id, name)).round_id
        session.add(
            PaperEntry(round_id=best, campaign_id=held.id, edition="A", entered_by="staff", entered_at=clock.now())
        )  # fmt: skip


def test_a_paper_that_staff_typed_in_is_told_to_its_owner_and_marked_on_the_board(player, held):
    assert "工作人员录入" not in player.says("我的成绩").text and "纸面" not in player.says("排行榜").text
    type_in(player, held, name_of(player, held))
    told = player.says("我的成绩").text
    assert "8 分（在纸上答的，由工作人员录入" in told and "告诉主办单位" in told
    assert "8分　纸面" in player.says("排行榜").text


# ── the boards ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_board_names_the_first_ten_by_nickname_or_code_and_leads_to_the_page(player, held):
    for number in range(12):
        hands_in(player.bureau.database, held, f"one-{number}", seconds=100 + number)
    player.says("昵称 小明")
    reply = player.says("排行榜")
    assert "\n1. " in reply.text and "\n10. " in reply.text and "\n11. " not in reply.text
    assert "您：第 13 名，8 分" in reply.text and "one-" not in reply.text and "小明" not in reply.text
    assert f"https://pufa.example/h/quiz/{held.id}/board" in reply.text
    assert len(reply.text.encode()) < TEXT_BYTES and player.topic == "quiz/leaderboard"


def test_a_board_that_stands_still_says_so_and_shows_nothing_newer(player, held):
    with clock.fixed_at(FROZEN):
        hands_in(player.bureau.database, held, "late")
        told = player.says("排行榜").text
    assert "已封榜" in told and "12月4日 19:00" in told and told.count("分　") == 1
    with clock.fixed_at(CLOSED):
        assert "最后的名次" in player.says("排行榜").text


def test_units_are_told_by_participation_times_average(player, held):
    enter_units(player, held, "教育局\t2\n司法局\t4")
    player.says("单位 教育局")
    player.says("1")
    told = player.says("单位榜").text
    assert "1. 教育局　4.00分（1/2人）" in told and "2. 司法局　0.00分（0/4人）" in told


def test_without_a_campaign_the_answer_of_the_library_stands(bureau, somebody):
    assert somebody.says("排行榜").text == bureau.replies["quiz/leaderboard"].text


# ── a name ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_nickname_is_set_once_for_a_message_that_comes_twice(player, held):
    first = player.says("昵称 小明", key=f"1-{player.openid}")
    player.says("昵称 小红", key=f"2-{player.openid}")
    assert player.says("昵称 小明", key=f"1-{player.openid}") == first and "小明" in first.text
    assert as_kept(player, held).nickname == "小红"
    assert as_kept(player, held).code in player.says("不用昵称").text
    assert as_kept(player, held).nickname == ""


@pytest.mark.parametrize(("written", "told"), [("昵称 司法局", "机关"), ("昵称", "比如"), ("昵称怎么设置", "比如")])
def test_a_nickname_that_cannot_stand_is_refused_and_nothing_changes(player, held, written, told):
    assert told in player.says(written).text and as_kept(player, held).nickname == ""


def test_only_who_takes_part_has_a_nickname(held, somebody):
    assert "先参加“演示竞答”" in somebody.says("昵称 小明").text


def test_a_nickname_goes_when_its_owner_wants_to_be_forgotten_and_his_papers_stay(player, held):
    player.says("昵称 小明")
    player.says(say("erase_words"))
    kept = as_kept(player, held)
    assert (kept.nickname, kept.half_points) == ("", 16)


# ── a unit ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_is_asked_for_once_more_before_it_counts(player, held):
    enter_units(player, held)
    assert "您要代表“龙港区/教育局”参加吗" in player.says("单位 教育局").text
    assert as_kept(player, held).unit_id is None
    [tap] = player.offer
    for key in ("unit-1", "unit-1", "unit-2"):
        assert "您代表“龙港区/教育局”参加" in player.says(tap, key=f"{key}-{player.openid}").text
    with player.bureau.database.reading() as session:
        [unit, *_] = standings.units(session, held)
    assert (unit.path, unit.people, unit.half_points) == ("龙港区/教育局", 1, 16)
    assert "单位：龙港区/教育局" in player.says("我的成绩").text


@pytest.mark.parametrize("written", ["单位 没有的局", "我的单位是火星", "单位：火星研究所。"])
def test_a_unit_that_is_not_on_the_list_is_answered_with_the_list(player, held, written):
    enter_units(player, held)
    reply = player.says(written)
    assert "这个单位，可以选" in reply.text and "代表连山区司法局" in reply.text and len(reply.choices) == 3
    assert "您代表“" in player.says("3").text and as_kept(player, held).unit_id is not None


def test_the_word_alone_shows_which_units_there_are(player, held):
    assert player.says("单位").choices == () or player.topic != "quiz/score"  # nobody is asked for one
    enter_units(player, held)
    reply = player.says("单位")
    assert say("unit_which_of", title="演示竞答") in reply.text and len(reply.choices) == 3
    assert "您代表“" in player.says("1").text and as_kept(player, held).unit_id is not None
    stranger = Somebody(player.bureau)
    assert stranger.says("我的单位").choices == (say("quiz_join"),)


def test_of_several_units_one_is_chosen(player, held):
    enter_units(player, held)
    reply = player.says("单位 龙港区")
    assert "您是哪一个" in reply.text and len(reply.choices) == 2


def test_words_about_an_employer_are_no_choice_of_a_unit(player, held):
    enter_units(player, held)
    player.says("单位 不发工资")
    assert player.topic != "quiz/score" and as_kept(player, held).unit_id is None
    assert "没有“火星”这个单位" in player.says("我的单位是火星").text


def test_a_unit_of_nowhere_is_refused(player, held):
    assert "没有这个单位" in player.says("确认单位999999999").text
    assert as_kept(player, held).unit_id is None


# ── a campaign that is over, beside one that is open ──────────────────────────────────────────────────────────────────

LATER = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)
"""Five weeks after the first campaign closed; a second one is open."""


@pytest.fixture
def later(player, held):
    """He played the first one, and has not yet joined the second one."""
    text = RULES[: RULES.index("[draw]")].replace('"演示竞答"', '"演示第二场"').replace("2026-12-", "2027-01-")
    with clock.fixed_at(CLOSED + timedelta(days=2)), player.bureau.database.transaction() as session:
        second = register.put_on(session, "second", text, player.bureau.keyring, "campaigner")
        second.opens_at, second.closes_at = LATER - timedelta(days=1), LATER + timedelta(days=20)
    with clock.fixed_at(LATER):
        yield second


def test_what_is_over_is_not_forgotten_because_something_else_is_open(player, later):
    told = player.says("我的成绩")
    assert "“演示竞答”：您最好的一次得 8 分" in told.text and "最后排第 1 名，共 1 人" in told.text
    assert "“演示第二场”正在进行，您还没有交过卷子" in told.text and say("quiz_join_plain") in told.choices
    assert "第 1 名" in player.says("我的名次").text
    assert "共 1 题" in player.says("我的错题").text
    board = player.says("排行榜").text
    assert "“演示第二场”" in board and "/h/quiz/demo/board" in board and "/h/quiz/second/board" in board


def test_who_plays_the_next_one_still_finds_the_one_before_in_his_history(player, later):
    hands_in(player.bureau.database, later, name_of(player, later))
    told = player.says("我的成绩")
    assert "“演示第二场”：您最好" in told.text and "“演示竞答”" not in told.text
    assert say("score_past_tap") in told.choices
    lines = player.says(say("score_past_tap")).text.splitlines()
    assert "共 2 场" in lines[0]
    assert "“演示第二场”" in lines[1] and "23 分" in lines[1] and "第 1 名，共 1 人" in lines[1] and "截止" in lines[1]
    assert "“演示竞答”" in lines[2] and "8 分" in lines[2] and "12月4日 20:00（周五）已结束" in lines[2]


def test_whoever_took_part_in_nothing_has_no_history_and_is_shown_what_is_open(somebody, held):
    assert "“演示竞答”正在进行" in somebody.says("历史成绩").text


def test_a_nickname_is_for_the_campaign_that_is_open_and_not_for_the_one_before(player, later):
    assert "先参加“演示第二场”" in player.says("昵称 小明").text
