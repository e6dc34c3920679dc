"""Who is next in line: prizes go down the order of the draw. Whoever does not claim his in time, declines it or is
refused is followed by the next, with a new deadline. Never more than there is of a prize.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, repeat

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.db import take_turns
from handlers.quiz import draw, register
from handlers.quiz.campaign import Draw
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import entries
from handlers.quiz.prizes.entries import NotDrawn
from handlers.quiz.prizes.models import TAKEN, EntryList, HeldDraw, Winner, WinnerState

LEAST_WAITING = 50
"""So many stand in line behind the winners, or as many as there are winners; more are added when they are needed."""
MOST_WHY = 200


@dataclass(frozen=True, slots=True)
class Stock:
    """Of one prize."""

    prize: str
    count: int
    handed_over: int
    offered: int


def length(rules: Draw, people: int) -> int:
    """How much of the order of the draw is kept."""
    prizes = sum(prize.count for prize in rules.prizes)
    return min(people, prizes + max(prizes, LEAST_WAITING))


def write(session: Session, campaign_id: str, rules: Draw, order: Sequence[str]) -> None:
    """The winners and who waits behind them, right after the draw."""
    names = chain(chain.from_iterable(repeat(prize.name, prize.count) for prize in rules.prizes), repeat(""))
    due_at = due_from(clock.now(), rules.claim_days)
    for place, (code, prize) in enumerate(zip(order, names, strict=False), start=1):
        winner = _waiting(campaign_id, place, code)
        if prize:
            _offer(winner, prize, due_at)
        session.add(winner)
    session.flush()


def due_from(moment: datetime, days: int) -> datetime:
    """The end of the day in Beijing so many days later."""
    last = clock.in_beijing(moment).date() + timedelta(days=days + 1)
    return datetime.combine(last, time(), clock.BEIJING)


def last_date(winner: Winner) -> date | None:
    """On which he can still claim it; None where he has been offered nothing."""
    return clock.in_beijing(winner.due_at - timedelta(seconds=1)).date() if winner.due_at else None


def last_day(winner: Winner) -> str:
    """For lists, as 2027-01-05; empty where he has been offered nothing."""
    return str(last_date(winner) or "")


def move_on(session: Session, campaign_id: str) -> list[Winner]:
    """Lets those whose time is over go and offers every free prize to the next in line; who was offered one."""
    take_turns_of(session, campaign_id)
    decided = session.get(HeldDraw, campaign_id)
    if decided is None or decided.drawn_at is None:
        return []
    expired = _expire(session, campaign_id)
    offered = [] if decided.ended_at else list(_offer_what_is_free(session, campaign_id))
    session.flush()
    if expired or offered:
        told = {"expired": [one.place for one in expired], "offered": [one.place for one in offered]}
        audit.record(session, "", "prize.next", f"campaign:{campaign_id}", **told)
    return offered


def is_due(session: Session, campaign_id: str) -> bool:
    """Whether somebody's time is over; only reads."""
    late = select(Winner.place).where(Winner.campaign_id == campaign_id, _overdue()).limit(1)
    return session.scalar(late) is not None


def end(session: Session, held: HeldCampaign, why: str, by: str) -> None:
    """Nobody is next in line any more; who has been offered a prize keeps his time. Raises NotAllowed, NotDrawn."""
    name, why = staff.require(session, by, Role.CAMPAIGNS).name, why.strip()
    take_turns_of(session, held.id)
    decided = session.get(HeldDraw, held.id)
    if decided is None or decided.drawn_at is None:
        raise NotDrawn(say("prizes_not_drawn", title=held.title))
    if decided.ended_at:
        raise NotDrawn(say("prizes_ended_already"))
    if not why or len(why) > MOST_WHY:
        raise NotDrawn(say("prizes_why", most=MOST_WHY))
    move_on(session, held.id)
    decided.ended_at, decided.ended_by, decided.ended_why = clock.now(), name, why
    session.flush()
    audit.record(session, name, "draw.end", f"campaign:{held.id}", reason=why)


def take_turns_of(session: Session, campaign_id: str) -> None:
    take_turns(session, f"prizes:{campaign_id}")
    session.expire_all()  # what was read before may have changed while this one waited


def stock(session: Session, held: HeldCampaign) -> list[Stock]:
    """In the order of the list of prizes."""
    counted = _counted(session, held.id)
    found = []
    for prize in entries.get_rules(held).prizes:
        handed, offered = (counted[prize.name, state] for state in (WinnerState.HANDED_OVER, WinnerState.OFFERED))
        found.append(Stock(prize.name, prize.count, handed, offered))
    return found


def _overdue() -> ColumnElement[bool]:
    """Whoever is said not to get his prize keeps it until that is settled."""
    return (Winner.state == WinnerState.OFFERED) & (Winner.due_at <= clock.now()) & (Winner.reason == "")


def _expire(session: Session, campaign_id: str) -> list[Winner]:
    late = select(Winner).where(Winner.campaign_id == campaign_id, _overdue()).order_by(Winner.place)
    found = list(session.scalars(late).all())
    for winner in found:
        winner.state, winner.decided_at = WinnerState.EXPIRED, winner.due_at
    session.flush()
    return found


def _offer_what_is_free(session: Session, campaign_id: str) -> Iterator[Winner]:
    """In the order of the list of prizes."""
    rules = entries.get_rules(register.get_held(session, campaign_id))
    counted = _counted(session, campaign_id)
    free = [
        prize.name
        for prize in rules.prizes
        for _ in range(prize.count - sum(counted[prize.name, state] for state in TAKEN))
    ]
    if not free:
        return
    due_at = due_from(clock.now(), rules.claim_days)
    for prize, winner in zip(free, _next_in_line(session, campaign_id, len(free)), strict=False):
        _offer(winner, prize, due_at)
        yield winner


def _next_in_line(session: Session, campaign_id: str, count: int) -> list[Winner]:
    waits = (Winner.campaign_id == campaign_id) & (Winner.state == WinnerState.WAITING)
    waiting = select(Winner).where(waits).order_by(Winner.place).limit(count)
    found = list(session.scalars(waiting).all())
    if len(found) < count:
        found += _extend(session, campaign_id, count)[: count - len(found)]
    return found


def _extend(session: Session, campaign_id: str, count: int) -> list[Winner]:
    """More of the order of the draw, computed anew from what is published."""
    decided, fixed = session.get_one(HeldDraw, campaign_id), session.get_one(EntryList, campaign_id)
    there = session.scalar(select(func.max(Winner.place)).where(Winner.campaign_id == campaign_id)) or 0
    if there >= fixed.people:
        return []
    key = decided.secret or register.get_held(session, campaign_id).commitment
    seed = draw.seed_of(key, fixed.digest, decided.numbers)
    wanted = min(fixed.people, there + max(count, LEAST_WAITING))
    order = draw.first(entries.codes_of(session, campaign_id), seed, wanted)
    added = [_waiting(campaign_id, place, order[place - 1]) for place in range(there + 1, wanted + 1)]
    session.add_all(added)
    session.flush()
    return added


def _counted(session: Session, campaign_id: str) -> Counter[tuple[str, str]]:
    """How many winners by prize and state."""
    mine = Winner.campaign_id == campaign_id
    grouped = select(Winner.prize, Winner.state, func.count()).where(mine).group_by(Winner.prize, Winner.state)
    return Counter({(prize, state): count for prize, state, count in session.execute(grouped)})


def _waiting(campaign_id: str, place: int, code: str) -> Winner:
    return Winner(campaign_id=campaign_id, place=place, code=code, prize="", state=WinnerState.WAITING)


def _offer(winner: Winner, prize: str, due_at: datetime) -> None:
    winner.prize, winner.state, winner.offered_at, winner.due_at = prize, WinnerState.OFFERED, clock.now(), due_at
