"""A winner, somebody in line and somebody without luck ask in the chat. The claim code is told to the winner alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from makers import Somebody
from sqlalchemy import select, text

from content.phrases import say
from content.store import clock
from handlers import citizens
from handlers.quiz import register
from handlers.quiz.models import Participant
from handlers.quiz.prizes import claims, entries
from handlers.quiz.prizes.models import Winner
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, OPEN, OVER, drawn, held_in, participant

pytestmark = pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
"""Its database is not used: each test has its own, of both kinds."""


@pytest.fixture
def own(bureau, database):
    """The bureau over a database of this test's own: what is published cannot be removed again."""
    return replace(bureau, database=database, heard={})


@pytest.fixture
def everybody(own) -> list[Somebody]:
    """Twenty citizens with enough points and three without, in the order of their codes."""
    people = [Somebody(own) for _ in range(23)]
    held_in(own.database, own.keyring, people=0, weak=0)
    with own.database.transaction() as session:
        for number, one in enumerate(people):
            name = citizens.participant_of(own.keyring, one.openid, "demo")
            session.add(participant("demo", name, f"C{number:04}", 60 if number < 20 else 59))
    return people


def at_place(everybody: list[Somebody], place: int) -> Somebody:
    with everybody[0].bureau.database.reading() as session:
        winner = session.get_one(Winner, ("demo", place))
    return everybody[int(winner.code[1:])]


def row(somebody: Somebody, place: int) -> Winner:
    with somebody.bureau.database.reading() as session:
        return session.get_one(Winner, ("demo", place))


def test_each_hears_his_code_at_every_stage_and_his_place_in_the_list_with_its_hash(own, everybody):
    first, weak, stranger = everybody[0], everybody[22], Somebody(own)
    with clock.fixed_at(OPEN):
        assert (
            "C0000" in (told := first.says("我的参与码").text) and "满60分" in told and "您现在最好的一份是60分" in told
        )
        assert "还没有" in stranger.says("我的参与码").text
    with clock.fixed_at(OVER):
        assert "名单马上定下来" in first.says("我的参与码").text
        with own.database.transaction() as session:
            digest = entries.fix(session, register.get_held(session, "demo")).digest
        told = first.says("奖品与中奖").text
        assert "在名单第1位，名单共20个" in told and digest in told and "第2026141期（12月6日（周日））" in told
        assert "没有进抽奖名单" in weak.says("我的参与码").text
    assert "https://pufa.example/h/draw/demo/" in told


def test_a_winner_hears_what_until_when_and_his_code_and_nobody_else_does(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        told = {place: at_place(everybody, place).says("我中奖了吗").text for place in (1, 4, 20)}
        claim = claims.claim_code_of(own.keyring, row(everybody[0], 1))
        others = [one.says("我的奖品").text for one in everybody if one is not at_place(everybody, 1)]
    assert "您中了：一等奖" in told[1] and claim in told[1] and "最晚1月5日（周二）来领" in told[1]
    for law in ("《个人信息保护法》第二十五条", "《个人信息保护法》第三十一条", "《个人所得税法》第二条"):
        assert law in told[1]
    assert "您排在第4位" in told[4] and "排在第20位" in told[20]
    assert len(others) == 22 and not any(claim in one for one in others)


def test_a_winner_says_apart_whether_his_name_may_be_published_and_keeps_his_prize_either_way(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        winner = at_place(everybody, 1)
        assert row(winner, 1).may_publish is None
        offered = winner.says("我的奖品").choices
        assert offered == (say("prizes_yes"), say("prizes_no"), say("prizes_decline"))
        winner.says("2")
        assert row(winner, 1).may_publish is False and row(winner, 1).state == "offered"
        assert "只有参与码" in winner.says("我的奖品").text
        winner.says(say("prizes_yes"))
        assert row(winner, 1).may_publish is True


@pytest.mark.parametrize("guardian", ["", "演示家长"])
def test_behind_the_hand_over_consent_is_offered_where_it_counts(own, everybody, guardian):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        winner, claim = at_place(everybody, 1), claims.claim_code_of(own.keyring, row(everybody[0], 1))
        taker = claims.Taker(claim, "演示", "13800000000", bool(guardian), guardian, is_once=True)
        with own.database.transaction() as session:
            claims.hand_over(session, own.keyring, register.get_held(session, "demo"), 1, taker, "jia")
        offered, told = winner.says("我的奖品").choices, winner.says(say("prizes_yes")).text
        assert (say("prizes_yes") in offered) is not bool(guardian)
        assert say("prizes_consent_guardian" if guardian else "prizes_yes_written") in told
        assert row(winner, 1).published_name == ("" if guardian else "演示")


def test_a_prize_is_declined_only_by_a_second_word_and_goes_to_the_next(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        winner = at_place(everybody, 1)
        winner.says("放弃奖品")
        assert row(winner, 1).state == "offered"
        winner.says("确定放弃奖品", key="once")
        assert "已经放弃" in winner.says("确定放弃奖品", key="once").text
        assert "没有中奖" in winner.says("确定放弃奖品").text
        assert "您中了：一等奖" in at_place(everybody, 4).says("我的奖品").text
        assert "本人放弃" in winner.says("我的奖品").text
    with clock.fixed_at(DRAWN + timedelta(days=40)):  # no job has run
        assert "过期未领" in at_place(everybody, 2).says("我的奖品").text


def test_who_has_won_nothing_answers_nothing_and_no_claim_code_is_kept_with_a_reply(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        for words in ("同意公布姓名", "不公布姓名", "放弃奖品", "确定放弃奖品"):
            assert "没有中奖" in at_place(everybody, 10).says(words).text
        winner = at_place(everybody, 1)
        winner.says("我的奖品")
        winner.says("同意公布姓名")
        claim = claims.claim_code_of(own.keyring, row(winner, 1))
    with own.database.reading() as session:
        tables = [session.execute(text(f"SELECT * FROM {table}")).all() for table in ("receipts", "quiz_winners")]  # noqa: S608
        assert session.scalars(select(Participant)).first() is not None
    assert claim.split("-", 1)[1] not in str(tables)


def test_who_lets_us_go_and_comes_back_still_finds_his_prize_and_his_name_is_on_no_page(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        winner = at_place(everybody, 1)
        winner.sends("event:subscribe")
        winner.says("同意公布姓名")
        winner.sends("event:unsubscribe")
        assert row(winner, 1).may_publish is False
        assert "您中了：一等奖" in winner.says("我的奖品").text


def test_where_no_campaign_has_prizes_the_topic_is_answered(own):
    assert "中奖" in Somebody(own).says("奖品与中奖").text


def test_who_is_to_get_nothing_hears_why_and_until_when_he_can_object(own, everybody):
    drawn(own.database, own.keyring)
    with clock.fixed_at(DRAWN):
        first = at_place(everybody, 2)
        with own.database.transaction() as session:
            claims.propose_refusal(session, register.get_held(session, "demo"), 2, "不能证明是本人", "jia")
        told = first.says("我的奖品").text
        assert (
            "提出不予发放，原因：不能证明是本人" in told
            and "12月9日 22:00（周三）前打12348" in told
            and "领奖码" in told
        )
    with clock.fixed_at(DRAWN + claims.OBJECTION):
        with own.database.transaction() as session:
            claims.confirm_refusal(session, register.get_held(session, "demo"), 2, "yi")
        told = first.says("我的奖品").text
        assert "两名工作人员核对后不予发放，原因：不能证明是本人" in told and "12348" in told
