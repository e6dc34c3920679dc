"""The public figures: only what is so, in whole and in part, and nothing of who it was."""

from datetime import UTC, datetime, timedelta

from content.repository import Answer, Shelf
from content.store import clock
from content.store.keys import open_keyring
from handlers import turns
from handlers.talk import tickets
from handlers.turns import Turn
from scheduler import promise
from scheduler.models import Publication
from scheduler.promise import Share

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_shares_are_cut_and_never_say_more_than_is_so():
    assert [Share(*one).percent for one in ((0, 0), (999, 1000), (1000, 1000), (1, 3), (9999, 10000), (0, 5))] == [
        "", "99.9", "100", "33.3", "99.9", "0",
    ]  # fmt: skip


def test_what_is_understood_answered_and_sent_is_counted(database, tmp_path):
    keyring = open_keyring(tmp_path / "keys.json")
    with clock.fixed_at(WEDNESDAY), database.transaction() as session:
        turns.record(session, [Turn("service/notary", "p")] * 3 + [Turn("talk/unknown", "p", "啊")])
        answered, late, _waiting, silent = [tickets.take_in(session, keyring, "c", "问", "") for _ in range(4)]
        answered.first_answered_at = WEDNESDAY + timedelta(hours=30)  # Thursday, in time
        late.first_answered_at = WEDNESDAY + timedelta(hours=50)
        silent.due_on = answered.due_on
    with clock.fixed_at(WEDNESDAY), database.transaction() as session:
        for minutes, state, sent in (
            (0, "published", 1),
            (5, "submitted", 40),
            (9, "overdue", None),
            (9, "draft", None),
        ):
            due = WEDNESDAY + timedelta(minutes=minutes)
            session.add(
                Publication(
                    title="t", channel="publish", audience={}, due_at=due, late_after_seconds=1800, state=state,
                    written_by="w", digest="" if state == "draft" else "d", created_at=due, changed_at=due,
                    submitted_at=due + timedelta(minutes=sent) if sent else None,
                )
            )  # fmt: skip
    for hours, in_time in ((40, Share(1, 1)), (72, Share(1, 4))):
        moment = WEDNESDAY + timedelta(hours=hours)
        with clock.fixed_at(moment), database.reading() as session:
            found = promise.figures(session, moment, 30)
        if hours == 72:
            assert (found.understood, found.sent_on_time) == (Share(3, 4), Share(1, 3))
            assert found.answered_in_time == in_time
    with database.reading() as session:
        assert promise.figures(session, WEDNESDAY + timedelta(days=200), 30).understood == Share(0, 0)


def test_the_oldest_check_of_the_law_is_told_and_talk_is_no_answer():
    facts = {"checked_on": "2026-11-23", "reviewed_by": "某律师"}
    held = {"matter/debt": Answer("matter/debt", "", "", "", facts), "service/x": Answer("service/x", "", "", "", {})}
    held["talk/menu"] = Answer("talk/menu", "", "", "", {"checked_on": "2020-01-01"})
    assert promise.answers(Shelf("1", {}, held, {})) == promise.Answers(2, 1, "2026-11-23")
