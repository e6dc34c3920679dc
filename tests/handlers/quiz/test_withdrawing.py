"""A campaign that is written wrongly is taken back before anybody has seen it open: by two where its draw is committed
to, else by one; its name is free then, and nothing of it stays but that it was so.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from content import audit, staff
from content.importers import roster as files
from content.store import clock
from handlers.quiz import register, withdrawing
from handlers.quiz.exam import entrance, roster
from handlers.quiz.exam.models import Sitter
from handlers.quiz.models import HeldCampaign, Participant, Round, Unit
from handlers.quiz.register import NotHeld
from tests.handlers.quiz.campaigns import SMALL
from tests.handlers.quiz.exams import EXAM, OPENS, roster_file

BEFORE = OPENS - timedelta(days=2)
PLAIN = SMALL[: SMALL.index("[draw]")]


@pytest.fixture
def session(bureau):
    """Two days before the opening, with two people for campaigns and one for articles; nobody keeps it."""
    with clock.fixed_at(BEFORE), bureau.database.reading() as opened:
        for name, role in (("qian", "campaigns"), ("sun", "campaigns"), ("li", "write")):
            staff.add_staff(opened, name, "演示", [role], "")
        yield opened


@pytest.fixture
def put_on(session, bureau):
    def act(rules: str = SMALL, name: str = "demo") -> HeldCampaign:
        return register.put_on(session, name, rules, bureau.keyring, "qian")

    return act


def acts(session) -> list:
    return [entry for entry in audit.entries(session, thing="campaign:demo") if entry.act.startswith("quiz.withdraw")]


def test_without_a_draw_one_person_takes_it_back_and_its_name_is_free(session, put_on):
    put_on(PLAIN)
    with pytest.raises(NotHeld, match="请写明为什么撤回"):
        withdrawing.ask(session, "demo", "  ", "qian")
    row = withdrawing.ask(session, "demo", "日期写错了", "qian")
    assert row.withdrawn_at == BEFORE and register.all_held(session) == [] and withdrawing.latest(session) == [row]
    [entry] = acts(session)
    assert (entry.act, entry.staff_name, entry.detail["reason"]) == ("quiz.withdraw", "qian", "日期写错了")
    assert put_on(row.rules).id == "demo"
    assert withdrawing.asked(session, register.get_held(session, "demo")) is None


def test_where_a_draw_is_committed_to_another_person_agrees_and_the_secret_is_gone(session, put_on):
    first = put_on()
    secret, commitment = first.secret, first.commitment
    waits = withdrawing.ask(session, "demo", "奖品写漏了", "qian")
    assert waits.withdrawn_at is None and withdrawing.asked(session, first) == waits
    with pytest.raises(NotHeld, match="另一个人"):
        withdrawing.agree(session, "demo", " Qian ")
    with pytest.raises(NotHeld, match="已经有人提出撤回"):
        withdrawing.ask(session, "demo", "也这么想", "sun")
    with pytest.raises(NotHeld, match="等着第二个人"):
        register.open_now(session, "demo", "sun")
    withdrawing.agree(session, "demo", "sun")
    assert register.all_held(session) == []
    done, asked = acts(session)
    assert (done.act, done.staff_name, asked.act, asked.staff_name) == (
        "quiz.withdraw", "sun", "quiz.withdraw_ask", "qian",
    )  # fmt: skip
    assert done.detail["commitment"] == commitment and done.detail["asked_by"] == "qian"
    again = put_on()
    assert again.commitment != commitment and again.secret != secret


def test_who_changes_his_mind_keeps_it(session, put_on):
    held = put_on()
    with pytest.raises(NotHeld, match="没有人提出撤回"):
        withdrawing.keep(session, "demo", "qian")
    withdrawing.ask(session, "demo", "演示", "qian")
    withdrawing.keep(session, "demo", "qian")
    assert withdrawing.asked(session, held) is None and acts(session)[0].act == "quiz.withdraw_keep"
    with pytest.raises(NotHeld, match="没有人提出撤回"):
        withdrawing.agree(session, "demo", "sun")
    assert register.open_now(session, "demo", "sun").opens_at == BEFORE


@pytest.mark.parametrize("act", ["ask", "agree", "keep"])
def test_only_who_runs_campaigns_may(session, put_on, act):
    put_on()
    withdrawing.ask(session, "demo", "演示", "qian")
    given = ("demo", "演示", "li") if act == "ask" else ("demo", "li")
    with pytest.raises(staff.NotAllowed):
        getattr(withdrawing, act)(session, *given)


@pytest.mark.parametrize(("before", "may"), [(120, True), (60, False), (0, False), (-60, False)])
def test_from_a_minute_before_its_opening_it_is_held(session, put_on, before, may):
    held = put_on()
    withdrawing.ask(session, "demo", "演示", "qian")
    with clock.fixed_at(OPENS - timedelta(seconds=before)):
        if may:
            withdrawing.agree(session, "demo", "sun")
        else:
            with pytest.raises(NotHeld, match="不能撤回了"):
                withdrawing.agree(session, "demo", "sun")
        assert (session.get(HeldCampaign, "demo") is None) is may
        assert may or before > 0 or withdrawing.asked(session, held) is None


def test_an_exam_goes_with_its_units_its_roster_and_whoever_stood_on_it(session, put_on, bureau):
    held = put_on(EXAM)
    other = put_on(EXAM, "other")
    for one in (held, other):
        roster.take_in(session, bureau.keyring, one, files.read(roster_file(), "名单.xlsx"), "qian")
    roster.join(session, held, session.scalars(select(Sitter).where(Sitter.campaign_id == "demo")).first())
    withdrawing.ask(session, "demo", "名册错了", "qian")
    session.expire_all()
    assert [one.id for one in entrance.upcoming(session)] == ["other"]
    for table in (Unit, Sitter, Participant):
        assert set(session.scalars(select(table.campaign_id))) <= {"other"}, table
    assert len(session.scalars(select(Sitter)).all()) == 5


def test_where_somebody_has_a_paper_already_it_is_held(session, put_on):
    put_on(PLAIN)
    session.add(Round(id="early", citizen_id="演示", campaign_id="demo", question_keys=[], started_at=BEFORE))
    session.flush()
    with pytest.raises(NotHeld, match="已经有答卷"):
        withdrawing.ask(session, "demo", "演示", "qian")
