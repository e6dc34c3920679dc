"""May this go out then? What WeChat allows in a day or month, what stands close by, and when people sleep.

Knows only what we planned and sent ourselves: somebody at WeChat's own console may have spent the rest. WeChat's answer
at the time is the last word.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from content.store import clock
from scheduler.models import Channel, Publication, State
from scheduler.moves import NotPossible

A_DAY, A_MONTH = 1, 4
"""Mass sends: of a subscription account a day, of a service account a calendar month."""
CLOSE = timedelta(minutes=30)
QUIET_FROM, QUIET_UNTIL = time(21, 30), time(7, 0)
_PLANNED = (State.SCHEDULED, State.PUBLISHING)
_SENT = (State.SUBMITTED, State.PUBLISHED, State.UNCERTAIN, State.WITHDRAWN)


def remaining(session: Session, day: date, account_type: str, without: int | None = None) -> int:
    """Mass sends that are left in the day's period, planned ones taken off; `without` a push that asks for itself."""
    begin, end, most = _period(day, account_type)
    is_then = and_(Publication.due_at >= begin, Publication.due_at < end)
    was_then = and_(Publication.submitted_at >= begin, Publication.submitted_at < end)
    counted = or_(and_(Publication.state.in_(_PLANNED), is_then), and_(_was_sent(), was_then))
    query = select(func.count()).select_from(Publication).where(Publication.channel == Channel.MASS, counted)
    return max(0, most - (session.scalar(query.where(_not(without))) or 0))


def remaining_by_day(session: Session, first: date, last: date, account_type: str) -> dict[date, int]:
    """The same for each of these days, with one question for all."""
    begin, _, most = _period(first, account_type)
    _, end, _ = _period(last, account_type)
    planned = select(Publication.due_at).where(
        Publication.state.in_(_PLANNED), _between(Publication.due_at, begin, end)
    )
    sent = select(Publication.submitted_at).where(_was_sent(), _between(Publication.submitted_at, begin, end))
    is_mass = Publication.channel == Channel.MASS
    moments = [*session.scalars(planned.where(is_mass)).all(), *session.scalars(sent.where(is_mass)).all()]
    spent = Counter(_period(clock.in_beijing(moment).date(), account_type)[0] for moment in moments if moment)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {day: max(0, most - spent[_period(day, account_type)[0]]) for day in days}


def unspent(session: Session, day: date, account_type: str, without: int) -> int:
    """Mass sends that are left now: only what was sent, or is just being sent, counts."""
    begin, end, most = _period(day, account_type)
    was_then = and_(Publication.submitted_at >= begin, Publication.submitted_at < end)
    is_going = and_(Publication.state == State.PUBLISHING, Publication.client_msg_id != "")
    counted = or_(and_(_was_sent(), was_then), is_going)
    query = select(func.count()).select_from(Publication).where(Publication.channel == Channel.MASS, counted)
    return max(0, most - (session.scalar(query.where(_not(without))) or 0))


def clashes(session: Session, due_at: datetime, without: int | None = None) -> Sequence[Publication]:
    """Pushes that would go out within half an hour of this moment."""
    near = (Publication.due_at > due_at - CLOSE, Publication.due_at < due_at + CLOSE)
    states = (State.IN_REVIEW, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED, State.PUBLISHED)
    query = select(Publication).where(Publication.state.in_(states), *near, _not(without))
    return session.scalars(query.order_by(Publication.due_at).limit(5)).all()


def is_quiet(due_at: datetime) -> bool:
    at = clock.in_beijing(due_at).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def quota_trouble(day: date, account_type: str) -> str:
    """Why a mass send cannot go out on a day for which nothing is left."""
    if account_type == "service":
        return f"{day.year}年{day.month}月的 {A_MONTH} 次群发已经排满或用完：请改到别的月份，或改用“发布”。"
    return f"{day.month}月{day.day}日的群发已经排满或用完（每天 {A_DAY} 次）：请改到别的日子，或改用“发布”。"


def check_left(session: Session, day: date, account_type: str, without: int) -> None:
    """Raises NotPossible where a mass send of this day would surely be refused."""
    if not remaining(session, day, account_type, without):
        raise NotPossible(quota_trouble(day, account_type))


def check_slot(
    session: Session, due_at: datetime, channel: str, account_type: str, without: int | None = None
) -> list[str]:
    """What speaks against this moment, a sentence each; nothing where all is well."""
    found: list[str] = []
    if channel == Channel.MASS:
        day = clock.in_beijing(due_at).date()
        if not remaining(session, day, account_type, without):
            found.append(quota_trouble(day, account_type))
        if is_quiet(due_at):
            found.append(f"{clock.spoken(due_at)}是休息时间，群发会响起大家的手机：建议改到 7:00 到 21:30 之间。")
    for other in clashes(session, due_at, without):
        found.append(f"与《{other.title}》（{clock.spoken(other.due_at)}）相隔不到半小时。")
    return found


def _was_sent() -> ColumnElement[bool]:
    """Also what went out and was deleted or blocked afterwards."""
    return Publication.state.in_((*_SENT, State.FAILED))


def _between(column: InstrumentedAttribute[Any], begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _period(day: date, account_type: str) -> tuple[datetime, datetime, int]:
    if account_type == "service":
        first = day.replace(day=1)
        return _midnight(first), _midnight((first + timedelta(days=32)).replace(day=1)), A_MONTH
    return _midnight(day), _midnight(day + timedelta(days=1)), A_DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BEIJING)


def _not(publication_id: int | None) -> ColumnElement[bool]:
    return Publication.id != (publication_id or 0)
