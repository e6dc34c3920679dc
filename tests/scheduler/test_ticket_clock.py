"""The clock of the first answer: told on its day, once more when that is over, never after an answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from content.store import clock
from content.store.keys import open_keyring
from handlers import citizens, owing
from handlers.owing import OwedState
from handlers.talk import tickets
from scheduler import cards, ticket_clock
from scheduler.models import Outgoing

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Beijing


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys.json")


@pytest.fixture
def ticket(database, keyring):
    with clock.fixed_at(WEDNESDAY), database.transaction() as session:
        citizen_id = citizens.get_or_add_citizen_id(session, keyring, "o-clock")
        return tickets.take_in(session, keyring, citizen_id, "老板不给钱", "matter/wages")


def titles(database, hours):
    """What staff have been told when so many hours have gone by."""
    moment = WEDNESDAY + timedelta(hours=hours)
    with clock.fixed_at(moment), database.transaction() as session:
        ticket_clock.watch(session, moment)
        return list(session.scalars(select(Outgoing.body).order_by(Outgoing.id)).all())


def test_it_is_told_on_its_day_and_once_more_the_day_after(database, ticket):
    told = [[one["title"] for one in titles(database, hours)] for hours in (0, 22, 23, 24, 46, 47, 100)]
    due, late = "留言今天要答复", "留言超过了答复期限"
    assert told == [[], [], [due], [due], [due], [due, late], [due, late]]
    assert "老板" not in str(titles(database, 101)) and f"第 {ticket.id} 号" in str(titles(database, 101))


def test_nothing_is_told_after_an_answer(database, ticket):
    with clock.fixed_at(WEDNESDAY), database.transaction() as session:
        session.get(tickets.Ticket, ticket.id).first_answered_at = WEDNESDAY
    assert titles(database, 100) == []


def test_the_morning_card_counts_what_waits_and_shows_what_is_late(database, ticket):
    moment = WEDNESDAY + timedelta(hours=48)
    with database.reading() as session, clock.fixed_at(moment):
        section = next(one for one in cards.make_card(session, moment, "subscription").sections if one.label == "留言")
    assert (section.value, section.level) == ("1 条待答复", cards.Level.RED)


def test_a_doubt_about_an_answer_is_told_once(database, ticket, keyring):
    with database.transaction() as session:
        owing.owe_citizen(session, ticket.citizen_id, "ticket:1:1", "答复", keyring)
        owing.find_by_key(session, "ticket:1:1").state = OwedState.UNCERTAIN
    assert [one["title"] for one in titles(database, 0)] == ["给市民的一条答复不知道送到没有"]
    assert len(titles(database, 1)) == 1
