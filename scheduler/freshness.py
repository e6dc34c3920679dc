"""How long ago the account last published: national inspection fails one with no update for two weeks.

Counts what really went out and was not withdrawn; warns from day 10 and proposes what could go out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import legal_calendar
from content.models import Material, MaterialKind, Revision
from content.store import clock
from scheduler import outbox
from scheduler.models import Publication, PublicationItem, State

WARN_DAYS, LIMIT_DAYS = 10, 14
TELL_ON = (10, 12, 13, 14)
"""Days after the last post on which staff are told, once each."""
AWAKE_HOURS = range(8, 20)
_PROPOSED = 3


@dataclass(frozen=True, slots=True)
class Freshness:
    last_on: date | None
    """The day in Beijing on which something last went out; None where nothing ever did."""
    days: int | None
    planned_on: date | None
    """The first approved post that goes out before the limit is reached."""

    @property
    def limit_on(self) -> date | None:
        """From this day on there has been no update for two weeks."""
        return self.last_on + timedelta(days=LIMIT_DAYS) if self.last_on else None

    @property
    def is_urgent(self) -> bool:
        """Tomorrow it is too late, or already, and nothing is planned."""
        return self.planned_on is None and (self.days is None or self.days >= LIMIT_DAYS - 1)

    @property
    def needs_post(self) -> bool:
        return self.planned_on is None and (self.days is None or self.days >= WARN_DAYS)

    @property
    def sentence(self) -> str:
        if self.last_on is None or self.days is None or self.limit_on is None:
            return "还没有发布记录：检查时会按两周未更新算，请尽快发布。"
        told = f"距上次发布已 {self.days} 天（{self.last_on.month}月{self.last_on.day}日）"
        if self.planned_on:
            return f"{told}，{self.planned_on.month}月{self.planned_on.day}日已有排期。"
        if self.days >= LIMIT_DAYS:
            return f"{told}，已满两周未更新：检查会判不合格，请今天发布。"
        if self.days >= WARN_DAYS:
            return f"{told}：请在 {self.limit_on.month}月{self.limit_on.day}日前发布，满两周未更新检查会判不合格。"
        return f"{told}。"


def freshness(session: Session, now: datetime) -> Freshness:
    today = clock.in_beijing(now).date()
    last_at = _last_published(session)
    last_on = clock.in_beijing(last_at).date() if last_at else None
    days = (today - last_on).days if last_on else None
    limit = now + timedelta(days=max(LIMIT_DAYS - (days or 0), 1))
    planned_at = session.scalar(
        select(func.min(Publication.due_at)).where(
            Publication.state == State.SCHEDULED.value, Publication.due_at >= now, Publication.due_at < limit
        )
    )
    return Freshness(last_on, days, clock.in_beijing(planned_at).date() if planned_at else None)


def watch(session: Session, now: datetime) -> bool:
    """Tells staff where a post is needed; once for each of the days named above. True where they were told now."""
    state = freshness(session, now)
    if not state.needs_post or state.days is None or clock.in_beijing(now).hour not in AWAKE_HOURS:
        return False
    step = max(day for day in TELL_ON if day <= state.days)
    lines = [state.sentence, *(f"可以发：{proposed}" for proposed in material(session, now))]
    title = "本号已两周没有更新" if state.days >= LIMIT_DAYS else "本号快要两周没有更新"
    return outbox.tell(session, f"freshness:{state.last_on}:{step}", f"【更新提醒】{title}", "\n".join(lines))


def material(session: Session, now: datetime) -> list[str]:
    """What could go out soon: articles written and never planned, then legal days to come."""
    is_planned = select(PublicationItem.material_id).where(PublicationItem.material_id == Material.id).exists()
    drafts = session.scalars(
        select(Material.id)
        .where(
            Material.kind == MaterialKind.ARTICLE.value, Material.current_revision_id.is_(None), ~is_planned
        )
        .order_by(Material.id.desc())
        .limit(_PROPOSED)
    ).all()  # fmt: skip
    newest = select(Revision.title).order_by(Revision.number.desc()).limit(1)
    titles = [session.scalar(newest.where(Revision.material_id == material_id)) for material_id in drafts]
    coming = legal_calendar.next_days(clock.in_beijing(now).date(), _PROPOSED)
    return [f"稿件《{title}》" for title in titles if title] + [
        f"{legal.name}（{legal.begin.month}月{legal.begin.day}日）：{legal.proposal}" for legal in coming
    ]


def _last_published(session: Session) -> datetime | None:
    sent = session.scalar(select(func.max(Publication.published_at)).where(Publication.state == State.PUBLISHED.value))
    known = session.scalar(
        select(func.max(Material.published_at)).where(
            Material.kind == MaterialKind.ARTICLE.value, Material.current_revision_id.is_not(None)
        )
    )
    return max((moment for moment in (sent, known) if moment), default=None)
