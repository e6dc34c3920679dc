"""One push, one holder: by exactly one changed row, for a while, and never for ever."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.event import listen

from content.store import clock
from content.store.db import Database
from scheduler import claims
from scheduler.claims import Lost
from scheduler.models import Publication, State
from tests.scheduler.making import DUE, Desk, many_approved


def test_who_looked_before_another_took_it_gets_nothing(desk: Desk) -> None:
    """The second sees it free, waits for the first to end, and must then find it taken."""
    made = desk.approved()
    found: list[list[int]] = []

    def claim() -> None:
        with desk.database.transaction() as session:
            found.append(claims.claim_due(session, DUE, "second"))

    second = threading.Thread(target=claim)
    other = Database(desk.database.url)  # SQLite lets one transaction of a process write at a time
    with other.transaction() as session:
        assert claims.claim_due(session, DUE, "first") == [made]
        second.start()
        second.join(0.5)
        assert second.is_alive(), "the second does not wait for the first"
    second.join()
    other.close()
    assert found == [[]]
    assert desk.post(made).lease_owner == "first"


def test_who_dies_before_his_claim_is_kept_leaves_it_to_others(desk: Desk) -> None:
    made = desk.approved()
    with pytest.raises(KeyboardInterrupt), desk.database.transaction() as session:
        claims.claim_due(session, DUE, "dying")
        raise KeyboardInterrupt
    with desk.database.transaction() as session:
        assert claims.claim_due(session, DUE, "next") == [made]


def test_the_longest_waiting_comes_first_and_no_more_than_wanted(desk: Desk) -> None:
    late = many_approved(desk, 3, DUE)
    early = many_approved(desk, 1, DUE - timedelta(minutes=5))
    with desk.database.transaction() as session:
        assert claims.claim_due(session, DUE, "a", limit=2) == [*early, late[0]]
        assert claims.claim_due(session, DUE, "b", limit=9) == late[1:]
        assert claims.claim_due(session, DUE, "c", limit=9) == []


def test_what_is_to_be_tried_later_is_left_alone_until_then(desk: Desk) -> None:
    made = many_approved(desk, 1, DUE)
    with desk.database.transaction() as session:
        post = claims.get_locked(session, made[0])
        post.next_try_at = DUE + timedelta(minutes=2)
    with desk.database.transaction() as session:
        assert claims.claim_due(session, DUE, "a") == []
        assert claims.claim_due(session, DUE + timedelta(minutes=2), "a") == made


def test_a_dead_holders_push_is_taken_over_and_he_finds_out(desk: Desk) -> None:
    made = desk.approved()
    with desk.database.transaction() as session:
        claims.claim_due(session, DUE, "dead")
    with desk.database.transaction() as session:
        assert claims.take_over(session, DUE + timedelta(seconds=60), "heir") is None
        assert claims.take_over(session, DUE + claims.LEASE, "heir") == made
    with pytest.raises(Lost), desk.database.transaction() as session:
        claims.hold(session, made, "dead")


def test_a_holder_who_is_slow_keeps_it_by_writing(desk: Desk) -> None:
    made = desk.approved()
    with desk.database.transaction() as session:
        claims.claim_due(session, DUE, "slow")
    with clock.fixed_at(DUE + timedelta(seconds=100)), desk.database.transaction() as session:
        claims.hold(session, made, "slow")
    with desk.database.transaction() as session:
        assert claims.take_over(session, DUE + timedelta(seconds=200), "heir") is None


def test_a_push_that_is_prepared_can_be_claimed_at_its_time(desk: Desk) -> None:
    made = desk.approved()
    with desk.database.transaction() as session:
        assert claims.borrow(session, made, DUE, "preparing")
        assert not claims.borrow(session, made, DUE, "another")
        assert claims.claim_due(session, DUE, "sending") == [made]
    assert desk.state(made) == State.PUBLISHING
    with pytest.raises(Lost), desk.database.transaction() as session:
        claims.hold(session, made, "preparing")


def test_a_process_that_slept_between_intent_and_call_does_not_send(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.approved()
    moments, asleep = iter([0.0, 60.0, 60.0, 60.0]), threading.get_ident()  # other threads of this process sleep not
    awake = clock.monotonic
    monkeypatch.setattr(clock, "monotonic", lambda: next(moments) if threading.get_ident() == asleep else awake())
    with clock.fixed_at(DUE):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == []
    assert desk.state(made) == State.SCHEDULED


def test_looking_for_what_is_due_never_reads_the_whole_schedule(desk: Desk) -> None:
    now = clock.now()
    row = {"title": "一条", "channel": "publish", "audience": {}, "late_after_seconds": 1800, "written_by": "wang",
           "state": State.SCHEDULED, "created_at": now, "changed_at": now}  # fmt: skip
    with desk.database.transaction() as session:
        session.execute(insert(Publication), [row | {"due_at": DUE + timedelta(minutes=n)} for n in range(20_000)])
    asked: list[tuple[str, Any]] = []
    if not desk.database.is_sqlite:  # as its own housekeeping does
        with desk.database.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    listen(desk.database.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with desk.database.transaction() as session:
        assert not claims.is_anything_due(session, now)
        assert claims.claim_due(session, now, "a") == []
        assert claims.take_over(session, now, "b") is None
    looks = [(words, values) for words, values in asked if words.startswith("SELECT publications")]
    assert len(looks) == 4
    explain = "EXPLAIN QUERY PLAN " if desk.database.is_sqlite else "EXPLAIN "
    with desk.database.engine.connect() as connection:
        for words, values in looks:
            plan = str(connection.exec_driver_sql(explain + words, values).all())
            assert "ix_publications_due" in plan, plan
