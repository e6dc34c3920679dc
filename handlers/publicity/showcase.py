"""A showcase: when it collects, when it votes, what of it is shown. Open is computed from times; nothing flips it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.publicity.models import Showcase, Video, VideoState

LONGEST_TITLE = 24


class Phase(StrEnum):
    NEVER = "never"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


class NotPossible(Exception):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Times:
    """Each pair is given whole or not at all."""

    collects_from: datetime | None = None
    collects_until: datetime | None = None
    votes_from: datetime | None = None
    votes_until: datetime | None = None


def find_current(session: Session) -> Showcase | None:
    """The newest."""
    return session.scalars(select(Showcase).order_by(Showcase.id.desc()).limit(1)).first()


def all_showcases(session: Session) -> list[Showcase]:
    """The newest first."""
    return list(session.scalars(select(Showcase).order_by(Showcase.id.desc())).all())


def collecting(held: Showcase) -> Phase:
    return _phase(held.collects_from, held.collects_until)


def voting(held: Showcase) -> Phase:
    return _phase(held.votes_from, held.votes_until)


def _phase(since: datetime | None, until: datetime | None) -> Phase:
    if since is None or until is None:
        return Phase.NEVER
    now = clock.now()
    return Phase.BEFORE if now < since else Phase.OPEN if now < until else Phase.OVER


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(session: Session, showcase_id: int, *, by_votes: bool = False) -> list[Video]:
    """What citizens see: as staff have placed it, then the latest first; or by votes, of equal ones the earlier."""
    query = select(Video).where(Video.showcase_id == showcase_id, Video.state == VideoState.ACCEPTED)
    if by_votes:
        query = query.order_by(Video.votes.desc(), Video.number)
    else:
        query = query.order_by(Video.place == 0, Video.place, Video.number.desc())
    return list(session.scalars(query).all())


def find_shown(session: Session, video_id: int) -> Video | None:
    found = session.get(Video, video_id)
    return found if found and found.state == VideoState.ACCEPTED else None


def find_numbered(session: Session, showcase_id: int, number: int) -> Video | None:
    query = select(Video).where(Video.showcase_id == showcase_id, Video.number == number)
    return session.scalar(query.where(Video.state == VideoState.ACCEPTED))


def next_number(session: Session, showcase_id: int) -> int:
    last = session.scalar(select(func.max(Video.number)).where(Video.showcase_id == showcase_id))
    return (last or 0) + 1


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def put_on(session: Session, title: str, times: Times, by: str) -> Showcase:
    """A new showcase; the one before is shown as an earlier one from now on. Raises NotAllowed, NotPossible."""
    staff.require(session, by, Role.CAMPAIGNS)
    made = Showcase(title=_checked(title, times), created_by=by, created_at=clock.now(), **_columns(times))
    session.add(made)
    session.flush()
    audit.record(session, by, "video.put_on", f"showcase:{made.id}", title=made.title, **_columns(times))
    return made


def change(session: Session, showcase_id: int, title: str, times: Times, by: str) -> Showcase:
    """Raises NotAllowed, NotPossible."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = get_showcase(session, showcase_id)
    held.title = _checked(title, times)
    for name, moment in _columns(times).items():
        setattr(held, name, moment)
    session.flush()
    audit.record(session, by, "video.times", f"showcase:{held.id}", title=held.title, **_columns(times))
    return held


def get_showcase(session: Session, showcase_id: int) -> Showcase:
    """Raises NotPossible."""
    held = session.get(Showcase, showcase_id)
    if held is None:
        raise NotPossible(say("video_no_such_showcase"))
    return held


def _columns(times: Times) -> dict[str, datetime | None]:
    return {name: getattr(times, name) for name in Times.__dataclass_fields__}


def _checked(title: str, times: Times) -> str:
    title = " ".join(title.split())
    if not 2 <= len(title) <= LONGEST_TITLE:
        raise NotPossible(say("video_showcase_title", most=LONGEST_TITLE))
    pairs: Sequence[tuple[datetime | None, datetime | None]] = (
        (times.collects_from, times.collects_until), (times.votes_from, times.votes_until),
    )  # fmt: skip
    for since, until in pairs:
        if (since is None) != (until is None):
            raise NotPossible(say("video_half_a_period"))
        if since and until and since >= until:
            raise NotPossible(say("video_period_backwards"))
    return title
