"""What WeChat has of a push whose outcome we do not know. Asks and judges; sends nothing and decides no state."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock
from scheduler.models import Channel, Publication, State
from scheduler.platform import Outcome, Published
from scheduler.register import find_step, revisions
from scheduler.walk import Walk

LISTED, LISTED_AT_MOST = 20, 100
CLOCKS = timedelta(minutes=2)
"""So far may WeChat's clock and ours be apart."""
_UNSETTLED = (State.PUBLISHING, State.SUBMITTED, State.UNCERTAIN)


class Verdict(StrEnum):
    OUT = "out"  # it is in the list of publications
    GONE = "gone"  # WeChat has taken the draft: it went, and the result is not in yet
    OPEN = "open"  # cannot be told: a draft that WeChat still examines stands there like one that was never sent


@dataclass(frozen=True, slots=True)
class Sight:
    verdict: Verdict
    told: str
    """What was seen, in Chinese: evidence."""
    entry: Published | None = None

    def outcome(self) -> Outcome:
        assert self.entry is not None  # noqa: S101 - only asked of what is out
        return Outcome("published", self.told, self.entry.article_id, tuple(self.entry.urls))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for."""

    titles: tuple[str, ...]
    since: datetime
    media_id: str
    taken: frozenset[str]
    """Articles that are other pushes of ours."""
    has_twin: bool
    """Another push with the same titles is open too: the list cannot tell which of the two it shows."""


def look(walk: Walk) -> Sight:
    """Of a publish. Raises what the platform raises."""
    with walk.read() as (session, publication):
        asked = _asked(session, publication)
    found = None if asked.has_twin else _listed(walk, asked)
    if found:
        return Sight(Verdict.OUT, f"已发布的列表里有这一篇（{found.article_id}）", found)
    if walk.means.platform.find_draft(asked.media_id) is None:
        return Sight(Verdict.GONE, "草稿已不在草稿箱：微信已经收下")
    return Sight(Verdict.OPEN, "草稿还在草稿箱，已发布的列表里没有：没有发出，或者微信还在审核")


def look_in_list(walk: Walk) -> Sight:
    """Of a publish whose draft WeChat has taken."""
    with walk.read() as (session, publication):
        asked = _asked(session, publication)
    found = None if asked.has_twin else _listed(walk, asked)
    if found:
        return Sight(Verdict.OUT, f"已发布的列表里有这一篇（{found.article_id}）", found)
    return Sight(Verdict.OPEN, "已发布的列表里还没有")


def began_at(session: Session, publication: Publication) -> datetime:
    """When we were about to send it; of what a restored machine does not know, when the backup was made."""
    step = find_step(session, publication, "restored") or find_step(session, publication, "submitting")
    return step.at if step else publication.submitted_at or publication.changed_at


def is_repeatable(session: Session, publication: Publication, until: datetime) -> bool:
    """A mass send may be called again with the same clientmsgid while WeChat remembers it and it may still go out."""
    remembered = began_at(session, publication) + timedelta(hours=23)
    return publication.channel == Channel.MASS and clock.now() < min(until, remembered)


def _asked(session: Session, publication: Publication) -> Asked:
    titles = tuple(revision.title for revision in revisions(session, publication.id))
    others = select(Publication).where(Publication.title == publication.title, Publication.id != publication.id)
    twins = others.where(
        Publication.state.in_(_UNSETTLED), Publication.article_id == "", Publication.channel == publication.channel
    )
    since = began_at(session, publication)
    taken = select(Publication.article_id).where(Publication.title == publication.title, Publication.article_id != "")
    return Asked(
        titles, since, publication.draft_media_id,
        frozenset(session.scalars(taken.where(Publication.id != publication.id)).all()),
        session.scalar(twins.limit(1)) is not None,
    )  # fmt: skip


def _listed(walk: Walk, asked: Asked) -> Published | None:
    """Of the newest; of more where those do not reach back to the time when it was sent."""
    for count in (LISTED, LISTED_AT_MOST):
        entries = walk.means.platform.list_published(count)
        for entry in entries:
            if tuple(entry.titles) == asked.titles and _is_since(entry, asked) and entry.article_id not in asked.taken:
                return entry
        if len(entries) < count or not all(_is_since(entry, asked) for entry in entries):
            break
    return None


def _is_since(entry: Published, asked: Asked) -> bool:
    return datetime.fromtimestamp(entry.at, UTC) >= asked.since - CLOCKS
