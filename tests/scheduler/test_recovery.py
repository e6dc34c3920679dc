"""A restored machine sends nothing that was approved before the backup until a person has looked."""

from datetime import timedelta

import pytest

from content.store import clock
from scheduler import posts, recovery
from scheduler.models import Channel, State
from scheduler.platform import Unknown
from tests.scheduler.making import BEFORE, DUE, Desk


def restore(desk: Desk, made_at=BEFORE, seconds: float = 60) -> int:
    """As if the database were the backup of that moment; and the restored machine works for hours."""
    with clock.fixed_at(DUE + timedelta(seconds=seconds)), desk.database.transaction() as session:
        held = recovery.hold_back(session, made_at)
    for more in (1, 60, 400, 4000, 9000):
        with clock.fixed_at(DUE + timedelta(seconds=seconds + more)):
            desk.pipeline().tick(clock.now())
            desk.pipeline().follow_up(clock.now())
    return held


def test_what_was_claimed_and_not_yet_sent_waits_for_a_person(desk: Desk) -> None:
    made = desk.approved(late_after=timedelta(hours=2))
    with clock.fixed_at(DUE + timedelta(seconds=1)), desk.database.transaction() as session:
        assert posts.claim_due(session, clock.now(), "the lost machine") == [made]
    assert restore(desk, DUE) == 1
    assert (desk.state(made), desk.played.sent_titles()) == (State.OVERDUE, [])
    assert "备份" in desk.post(made).trouble


@pytest.mark.parametrize("channel", list(Channel))
def test_what_was_about_to_be_sent_is_asked_for_and_not_sent(desk: Desk, channel: Channel) -> None:
    call = "submit_publish" if channel is Channel.PUBLISH else "send_mass"
    desk.played.answers[call] = [Unknown("电断了")]
    made = desk.approved(channel=channel, late_after=timedelta(hours=5))
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        desk.pipeline().tick(clock.now())
    assert restore(desk, DUE + timedelta(seconds=2)) == 1
    assert (desk.state(made), desk.played.calls(call)) == (State.UNCERTAIN, 1)


@pytest.mark.parametrize("channel", list(Channel))
def test_what_was_planned_for_later_may_have_gone_out_ahead_of_its_time(desk: Desk, channel: Channel) -> None:
    made = desk.approved(channel=channel)
    desk.pipeline().prepare(made)
    desk.played.keeps_draft = True
    with clock.fixed_at(BEFORE + timedelta(hours=1)):  # the lost machine, by 现在就发
        number = desk.post(made).draft_media_id
        desk.played.submit_publish(number) if channel is Channel.PUBLISH else desk.played.send_mass(number, {}, "x")
    assert restore(desk, seconds=-3600) == 1
    assert len(desk.played.sent_titles()) == 1
    assert desk.state(made) == (State.PUBLISHED if channel is Channel.PUBLISH else State.UNCERTAIN)


def test_what_a_person_has_looked_for_in_vain_goes_out_at_its_time(desk: Desk) -> None:
    made = desk.approved("国家宪法日")
    with desk.database.transaction() as session:
        assert recovery.hold_back(session, BEFORE) == 1
        posts.decide(session, made, "sun", False, "公众号后台没有")
    assert (desk.post(made).state, desk.post(made).due_at) == (State.SCHEDULED, DUE)
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == ["国家宪法日"]


def test_who_reviews_on_a_restored_machine_is_warned(desk: Desk) -> None:
    made = desk.plan()
    with desk.database.transaction() as session:
        assert recovery.hold_back(session, BEFORE) == 0
    assert (desk.state(made), "公众号后台核对" in desk.post(made).trouble) == (State.IN_REVIEW, True)
