"""What one person has proposed in a campaign is told as waiting for another, with the day until which it is of use."""

from datetime import datetime, timedelta

import pytest

from content.store import clock
from handlers.quiz import register, second
from handlers.quiz.editions.models import SheetState, TypedSheet
from handlers.quiz.exam.models import Override, OverrideState, Sitter
from handlers.quiz.mending.models import Kind, Mending, State
from handlers.quiz.models import HeldCampaign, Unit, Withdrawal
from handlers.quiz.prizes import claims, entries
from handlers.quiz.prizes.due import Due, Press
from tests.handlers.quiz.examined import EXAM
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, OPEN, OVER, drawn, held_in

LONG_BEFORE = OVER - timedelta(days=3)


def mending(campaign_id: str, key: str, by: str, at: datetime = OPEN) -> Mending:
    return Mending(
        campaign_id=campaign_id, question_key=key, kind=Kind.VOID, original="A", reason="演示", state=State.PROPOSED,
        proposed_by=by, proposed_at=at,
    )  # fmt: skip


def dues(database, at: datetime) -> list[Due]:
    with database.reading() as session, clock.fixed_at(at):
        return second.dues(session)


def told(database, at: datetime) -> Due:
    [one] = dues(database, at)
    return one


@pytest.fixture
def held(database, keyring) -> str:
    return held_in(database, keyring)


def test_a_mending_is_told_with_the_close_behind_which_the_list_of_the_draw_stands(database, held):
    assert dues(database, OPEN) == []
    with database.transaction() as session:
        session.add_all([mending(held, "a", "jia"), mending(held, "b", "yi")])
    far, near = told(database, LONG_BEFORE), told(database, OVER - timedelta(hours=5))
    assert "2处改题等另一个人批（演示、演示提出）" in far.told and "最晚12月4日 20:00（周五）" in far.told
    assert (far.press, near.press) == (Press.NOW, Press.PRESSING) and far.key != near.key
    with database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, held))
    assert "不能再批，请撤回" in told(database, OVER).told


def test_papers_that_were_typed_in_wait_for_another_and_what_is_decided_waits_no_more(database, held):
    with database.transaction() as session:
        sheet = TypedSheet(
            campaign_id=held, papers=[], started_at=OPEN, replaces=False, reason="演示", state=SheetState.PROPOSED,
            proposed_by="jia", proposed_at=OPEN,
        )  # fmt: skip
        session.add(sheet)
        session.flush()
        number = sheet.id
    assert "1批录入的纸面卷" in told(database, OPEN).told
    with database.transaction() as session:
        session.get_one(TypedSheet, number).state = SheetState.DROPPED
    assert dues(database, OPEN) == []


def test_what_was_asked_for_single_persons_presses_where_the_exam_is_nearly_over(database, held):
    with database.transaction() as session:
        session.add(
            HeldCampaign(id="exam", title="演示考试", rules=EXAM, opens_at=OPEN, closes_at=OVER, commitment="",
                         secret="", created_by="jia", created_at=OPEN)
        )  # fmt: skip
        session.flush()
        unit = Unit(campaign_id="exam", name="演示单位", path="演示单位", head_count=4, entered_by="", entered_at=OPEN)
        session.add(unit)
        session.flush()
        for number in range(4):
            session.add(Sitter(campaign_id="exam", participant=f"p{number}", unit_id=unit.id, who="", changed_at=OPEN))
            session.flush()
            session.add(
                Override(campaign_id="exam", participant=f"p{number}", kind="minutes", amount=10, reason="",
                         asked_at=OPEN, asked_by=f"联络员{number}", state=OverrideState.ASKED)
            )  # fmt: skip
    far = told(database, LONG_BEFORE)
    assert "4项个别安排等另一个人批（联络员0、联络员1等人提出）" in far.told and far.press is Press.NOW
    assert told(database, OVER - timedelta(days=1)).press is Press.PRESSING
    assert "最晚" not in told(database, OVER).told  # to excuse somebody is of use later as well


def test_a_refusal_is_told_once_the_winner_has_had_his_time_to_object(database, held, keyring):
    drawn(database, keyring)
    with database.transaction() as session, clock.fixed_at(DRAWN):
        claims.propose_refusal(session, register.get_held(session, held), 1, "演示", "jia")
    assert dues(database, DRAWN + claims.OBJECTION - timedelta(minutes=1)) == []
    assert "1份奖提出不予发放" in told(database, DRAWN + claims.OBJECTION).told


def test_a_withdrawal_waits_for_another_until_shortly_before_the_opening_and_then_no_more(database, held):
    with database.transaction() as session:
        opens = register.get_held(session, held).opens_at
        session.add(
            Withdrawal(campaign_id=held, title="演示", rules="", reason="演示", asked_by="jia", agreed_by="",
                       asked_at=opens - timedelta(days=4))
        )  # fmt: skip
    far, near = told(database, opens - timedelta(days=3)), told(database, opens - timedelta(hours=1))
    assert "等另一个人同意（演示提出）" in far.told and clock.spoken(opens - timedelta(minutes=1)) in far.told
    assert (far.press, near.press) == (Press.NOW, Press.PRESSING)
    assert dues(database, opens) == []
