"""A draw that waits for people is told by message, by the card and by the console: in the morning, once a step."""

from datetime import datetime

from content.store import clock
from handlers.quiz import register
from handlers.quiz.mending.models import Kind, Mending, State
from handlers.quiz.prizes import drawing
from scheduler import campaign_clock, cards, reminders
from scheduler.cards import Level
from scheduler.models import Outgoing
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, NUMBERS, OPEN, OVER, SOURCE, held_in
from tests.scheduler.test_campaigns import look_after_prizes


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026 if month > 6 else 2027, month, day, hour, minute, tzinfo=clock.BEIJING)


def told(database, now: datetime) -> list[str]:
    """Titles of what is told at this moment."""
    with database.reading() as session:
        before = {row.id for row in session.query(Outgoing)}
    with clock.fixed_at(now):
        reminders.watch(database, now, False)
    with database.reading() as session:
        new = [row for row in session.query(Outgoing).order_by(Outgoing.id) if row.id not in before]
    return [str(row.body["title"]) for row in new if row.key.startswith(campaign_clock.KEYS)]


def sections(database, now: datetime) -> dict[str, cards.Section]:
    with database.reading() as session, clock.fixed_at(now):
        return {one.label: one for one in cards.make_card(session, now, "subscription").sections}


def listed(database, keyring) -> None:
    held_in(database, keyring)
    with clock.fixed_at(OVER):
        look_after_prizes(database)


def test_from_the_list_to_february_somebody_is_told_at_each_step_and_never_twice(database, keyring):
    listed(database, keyring)
    assert told(database, at(12, 4, 20, 5)) == ["抽奖名单定下了"]
    assert told(database, at(12, 5)) == told(database, at(12, 6, 23)) == []
    assert told(database, at(12, 7, 8, 29)) == []
    assert told(database, at(12, 7, 8, 30)) == ["抽奖要有人办"]
    assert told(database, at(12, 7, 8, 31)) == told(database, at(12, 17)) == []
    assert [told(database, at(12, day)) for day in (18, 19, 20, 21)] == [
        ["抽奖急着要人办"], [], ["抽奖急着要人办"], ["抽奖急着要人办"],  # the 20th is a Sunday
    ]  # fmt: skip
    assert told(database, at(12, 22)) == ["抽奖要有人办"]
    assert told(database, at(12, 23)) == told(database, at(2, 1)) == ["抽奖急着要人办"]


def test_the_morning_card_has_it_until_it_is_done_and_names_where(database, keyring):
    listed(database, keyring)
    assert sections(database, at(12, 5))["抽奖"].level is Level.OK
    waiting = sections(database, at(12, 7))["抽奖"]
    assert (waiting.level, waiting.value, waiting.places) == (Level.WARN, "1 件要办", (("draw", "demo"),))
    assert sections(database, at(12, 20))["抽奖"].level is Level.RED
    for who in ("jia", "yi"):
        with database.transaction() as session, clock.fixed_at(DRAWN):
            drawing.type_numbers(session, register.get_held(session, "demo"), NUMBERS, SOURCE, who)
    with clock.fixed_at(DRAWN):
        drawing.conclude(database, keyring, "demo", "yi")
    assert "抽奖" not in sections(database, at(12, 20))


def test_what_one_has_typed_on_the_evening_is_told_to_the_others_the_same_evening(database, keyring):
    listed(database, keyring)
    with database.transaction() as session, clock.fixed_at(DRAWN):
        drawing.type_numbers(session, register.get_held(session, "demo"), NUMBERS, SOURCE, "jia")
    sunday = DRAWN
    assert told(database, sunday) == []  # a day off, and two weeks are left
    assert told(database, at(12, 7)) == ["抽奖要有人办"]


def test_a_proposal_is_told_on_working_days_and_stands_on_the_card(database, keyring):
    held_in(database, keyring)
    with database.transaction() as session:
        session.add(
            Mending(campaign_id="demo", question_key="a", kind=Kind.VOID, original="A", reason="演示", proposed_at=OPEN,
                    state=State.PROPOSED, proposed_by="jia")
        )  # fmt: skip
    assert told(database, OPEN) == ["活动里有事等另一个人"]
    assert "另一个人批" in sections(database, OPEN)["活动里等另一个人"].details[0]
