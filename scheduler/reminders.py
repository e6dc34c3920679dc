"""What staff should know without asking: the morning card, and what needs somebody soon.

The card is one structure that mail, the WeCom robot and the console show alike. Nothing here decides anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock, working_days
from content.store.db import Database
from scheduler import campaign_clock, cards, freshness, notices, outbox, ticket_clock
from scheduler.cards import Card
from scheduler.models import Channel, Outgoing, Publication, State
from scheduler.outbox import Send

NOON = time(12)
MAKES_UP = timedelta(hours=1)
"""How long the card is made up for where it is wanted later than shortly before noon."""
AHEAD = timedelta(minutes=30)
REVIEW_AHEAD = timedelta(hours=2)
_LACKING = {
    State.IN_REVIEW: "还没有审完。", State.DRAFT: "还没有送审。", State.RETURNED: "退回以后还没有改好送审。",
}  # fmt: skip


@dataclass(frozen=True)
class Telling:
    """How staff of this installation are told, and when."""

    senders: Mapping[str, Send] = field(default_factory=dict)
    morning: str = "08:30"
    admin_confirms: bool = False
    account_type: str = "subscription"
    data: Path | None = None

    def send_due(self, database: Database, now: datetime) -> int:
        return outbox.send_due(database, self.senders, now)

    def remind(self, database: Database, now: datetime) -> None:
        watch(database, now, self.admin_confirms)

    def send_morning_card(self, database: Database, now: datetime) -> bool:
        return send_morning_card(database, self.account_type, self.morning, now, self.data)


def send_morning_card(
    database: Database, account_type: str, morning: str, now: datetime, data: Path | None = None
) -> bool:
    """Owes the day's card on a working day from `morning` ("08:30") until noon; True where it was owed now."""
    local = clock.in_beijing(now)
    today = local.date()
    if not _is_time(local, time.fromisoformat(morning)):
        return False
    key = f"morning-card:{today}"
    with database.reading() as session:
        if session.scalar(select(Outgoing.id).where(Outgoing.key == key)):
            return False
        if not working_days.is_working(today, working_days.load_overrides(session)):
            return False
        card = morning_card(session, now, account_type, data)
    with database.transaction() as session:
        return outbox.owe(session, key, outbox.CARD, {"title": card.title, "text": cards.as_text(card)})


def morning_card(session: Session, now: datetime, account_type: str, data: Path | None = None) -> Card:
    """What staff should know this morning; the console shows the same at any hour."""
    return cards.make_card(session, now, account_type, data)


def announce_confirmations(session: Session, now: datetime, is_always: bool) -> int:
    """Half an hour before a mass send to all that the administrator must confirm on his phone: always where the
    settings say so, else where WeChat has asked for it before.
    """
    soon = list(
        session.scalars(
            select(Publication).where(
                Publication.state == State.SCHEDULED.value, Publication.channel == Channel.MASS.value,
                Publication.due_at > now, Publication.due_at <= now + AHEAD,
            )
        )
    )  # fmt: skip
    to_all = [publication for publication in soon if publication.audience.get("all")]
    if not to_all or not (is_always or _was_asked_before(session)):
        return 0
    for publication in to_all:
        notices.announce(session, publication)
    return len(to_all)


def remind_reviewers(session: Session, now: datetime) -> int:
    """Posts that nobody has approved and that are due within two hours, once each for each due time."""
    waiting = session.scalars(
        select(Publication).where(
            Publication.state.in_(list(_LACKING)), Publication.due_at > now,
            Publication.due_at <= now + REVIEW_AHEAD,
        )
    )  # fmt: skip
    told = 0
    for publication in waiting:
        text = f"第 {publication.id} 号《{publication.title}》{clock.spoken(publication.due_at)}要发，"
        text += _LACKING[State(publication.state)]
        kind = "review" if publication.state == State.IN_REVIEW else "submit"
        key = f"{kind}:{publication.id}:{int(publication.due_at.timestamp())}"
        told += outbox.tell(session, key, "【待审】快到时间了", text)
    return told


def watch(database: Database, now: datetime, admin_confirms: bool) -> None:
    """Everything that is looked at again and again and told once."""
    acts: tuple[Callable[[Session], object], ...] = (
        lambda session: announce_confirmations(session, now, admin_confirms),
        lambda session: remind_reviewers(session, now),
        lambda session: freshness.watch(session, now),
        lambda session: ticket_clock.watch(session, now),
        lambda session: campaign_clock.watch(session, now),
    )
    for act in acts:
        with database.transaction() as session:
            act(session)


def _was_asked_before(session: Session) -> bool:
    asked = select(Publication.id).where(Publication.confirm_until.is_not(None)).limit(1)
    return session.scalar(asked) is not None


def _is_time(local: datetime, morning: time) -> bool:
    begin = datetime.combine(local.date(), morning, clock.BEIJING)
    end = max(datetime.combine(local.date(), NOON, clock.BEIJING), begin + MAKES_UP)
    return begin <= local < end
