"""A push until it is due: planned, changed, withdrawn, sent off. One function an act; each checks role and state.

Console, command line and timer call these same functions, and find here those of the files beside: reviews.py,
decisions.py, freezing.py, register.py. What is due is worked on in pipeline.py.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.articles import latest_revision
from content.models import Material, Revision
from content.staff import Role
from content.store import clock
from scheduler import notices, slots
from scheduler.claims import claim_due
from scheduler.decisions import decide
from scheduler.freezing import find_freeze, freeze, is_frozen, release
from scheduler.models import LATE_AFTER, Channel, Publication, PublicationItem, State
from scheduler.moves import NoSuchPost, NotPossible, get_locked, move, subject
from scheduler.register import as_json, digest_of, get_post, items, listing
from scheduler.reviews import approve, approve_alone, check_secrecy, return_, review_afterwards
from scheduler.rounds import deadline, set_off, start_anew

MOST_ARTICLES = 8
LATEST = timedelta(days=400)
LEAST_LATE, MOST_LATE = timedelta(minutes=1), timedelta(hours=24)
_OPEN = (State.DRAFT, State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.OVERDUE, State.FAILED)
"""What may be changed."""
Wanted = Sequence[tuple[int, int]]
"""(material_id, revision_id) in order."""


def plan(
    session: Session,
    revisions: Wanted,
    due_at: datetime,
    channel: str,
    audience: Mapping[str, Any],
    by: str,
    late_after: timedelta = LATE_AFTER,
    is_emergency: bool = False,
) -> Publication:
    """A push that waits for its review. Raises NotAllowed and NotPossible."""
    made = save_as_draft(session, revisions, due_at, channel, audience, by, late_after, is_emergency)
    return submit(session, made.id, by)


def save_as_draft(
    session: Session,
    revisions: Wanted,
    due_at: datetime,
    channel: str,
    audience: Mapping[str, Any],
    by: str,
    late_after: timedelta = LATE_AFTER,
    is_emergency: bool = False,
) -> Publication:
    """Raises NotAllowed and NotPossible."""
    by = staff.require(session, by, Role.WRITE).name
    _check_time(due_at)
    late_after_seconds = _check_late(late_after)
    now = clock.now()
    made = Publication(
        title=_check_articles(session, revisions)[0].title, channel=_check_channel(channel, audience),
        audience=dict(audience), due_at=due_at, late_after_seconds=late_after_seconds, state=State.DRAFT,
        written_by=by, is_emergency=is_emergency, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _put_items(session, made, revisions)
    audit.record(
        session, by, "post.plan", subject(made), due_at=due_at.isoformat(), channel=made.channel, audience=made.audience
    )
    return made


def submit(session: Session, publication_id: int, by: str) -> Publication:
    """To the reviewers. Raises NotAllowed, NoSuchPost and NotPossible."""
    by = staff.require(session, by, Role.WRITE).name
    publication = get_locked(session, publication_id)
    _check_time(publication.due_at)
    publication.trouble = ""
    move(session, publication, State.IN_REVIEW, by)
    return publication


def change(
    session: Session,
    publication_id: int,
    by: str,
    *,
    revisions: Wanted | None = None,
    due_at: datetime | None = None,
    audience: Mapping[str, Any] | None = None,
    channel: str | None = None,
    late_after: timedelta | None = None,
) -> Publication:
    """Voids every approval; the push is then a draft, or still in review. Raises NotAllowed, NoSuchPost and
    NotPossible.
    """
    by = staff.require(session, by, Role.WRITE, Role.PUBLISH).name
    publication = get_locked(session, publication_id)
    if publication.state not in _OPEN:
        raise NotPossible("这条推送正在发送或已经发出，不能再改：需要更正请另建一条。")
    if due_at is not None:
        _check_time(due_at)
        publication.due_at = due_at
    if late_after is not None:
        publication.late_after_seconds = _check_late(late_after)
    if audience is not None or channel is not None:
        audience = publication.audience if audience is None else audience
        publication.channel = _check_channel(channel or publication.channel, audience)
        publication.audience = dict(audience)
    if revisions is not None:
        publication.title = _check_articles(session, revisions)[0].title
        session.execute(delete(PublicationItem).where(PublicationItem.publication_id == publication.id))
        _put_items(session, publication, revisions)
    start_anew(session, publication)
    publication.trouble = ""
    detail = {
        "due_at": publication.due_at.isoformat(), "late_after": publication.late_after_seconds,
        "channel": publication.channel, "audience": publication.audience,
        "round": publication.round,
    }  # fmt: skip
    if publication.state not in (State.DRAFT, State.IN_REVIEW):
        move(session, publication, State.DRAFT, by, "post.change", **detail)
    else:
        audit.record(session, by, "post.change", subject(publication), **detail)
    return publication


def copy(session: Session, publication_id: int, by: str, due_at: datetime) -> Publication:
    """Another push of the same articles in their newest wording: for a correction. Raises NotAllowed, NoSuchPost and
    NotPossible.
    """
    old = get_post(session, publication_id)
    wanted = [
        (item.material_id, newest.id)
        for item in items(session, old.id)
        if (newest := latest_revision(session, item.material_id))
    ]
    return save_as_draft(
        session, wanted, due_at, old.channel, old.audience, by, timedelta(seconds=old.late_after_seconds)
    )


def note_edit(session: Session, material_id: int, by: str) -> list[int]:
    """To be called where an article was written on: pushes that wait with an older wording of it take the new one and
    must be approved again. Their numbers.
    """
    newest = select(Revision.id).where(Revision.material_id == material_id).order_by(Revision.number.desc()).limit(1)
    revision_id = session.scalar(newest)
    query = (
        select(PublicationItem.publication_id)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(PublicationItem.material_id == material_id, PublicationItem.revision_id != revision_id)
        .where(Publication.state.in_(_OPEN))
    )
    changed = list(session.scalars(query).all())
    for publication_id in changed:
        wanted = [
            (item.material_id, revision_id if item.material_id == material_id and revision_id else item.revision_id)
            for item in items(session, publication_id)
        ]
        was_approved = get_post(session, publication_id).state == State.SCHEDULED
        publication = change(session, publication_id, by, revisions=wanted)
        if was_approved:
            notices.tell_voided(session, publication, by)
    return changed


def withdraw(session: Session, publication_id: int, by: str, reason: str) -> Publication:
    """Before it goes out. Raises NotAllowed, NoSuchPost and NotPossible."""
    by = staff.require(session, by, Role.WRITE, Role.PUBLISH, Role.ADMIN).name
    publication = get_locked(session, publication_id)
    if publication.state in (State.PUBLISHING, State.SUBMITTED):
        raise NotPossible("正在发送，拦不住了：发出后可以在公众号里删除，并另发更正。")
    if publication.state == State.PUBLISHED:
        raise NotPossible("已经发出：请用“删除已发布的内容”，它会同时删掉微信上的文章。")
    publication.trouble = reason.strip()
    move(session, publication, State.WITHDRAWN, by, reason=reason)
    return publication


def publish_now(session: Session, publication_id: int, by: str, account_type: str = "") -> Publication:
    """The approved push at this moment instead of later; the approval of its words stands. Raises NotAllowed,
    NoSuchPost and NotPossible.
    """
    by = staff.require(session, by, Role.PUBLISH, Role.ADMIN).name
    publication = get_locked(session, publication_id)
    if publication.state != State.SCHEDULED:
        raise NotPossible("只有审核通过、已经排期的推送才能立即发布。")
    if is_frozen(session):
        raise NotPossible("现在全部停发：恢复后才能发布。")
    if account_type and publication.channel == Channel.MASS:
        slots.check_left(session, clock.today(), account_type, publication.id)
    set_off(session, publication)
    session.flush()
    audit.record(session, by, "post.publish_now", subject(publication))
    return publication


def _check_time(due_at: datetime) -> None:
    if due_at <= clock.now():
        raise NotPossible(f"{clock.spoken(due_at)} 已经过去了：请写一个将来的时间。")
    if due_at > clock.now() + LATEST:
        raise NotPossible("排期太远了：最多可以排到 400 天以后。")


def _check_late(late_after: timedelta) -> int:
    """In seconds."""
    if not LEAST_LATE <= late_after <= MOST_LATE:
        raise NotPossible("“最多迟多久”应在 1 分钟到 24 小时之间。")
    return int(late_after.total_seconds())


def _check_channel(channel: str, audience: Mapping[str, Any]) -> Channel:
    try:
        checked = Channel(channel)
    except ValueError as error:
        raise NotPossible("渠道只能是 publish（发布）或 mass（群发）。") from error
    is_whole = audience == {"all": True}
    is_tag = set(audience) == {"tag"} and isinstance(audience["tag"], str) and bool(audience["tag"].strip())
    if checked is Channel.MASS and not (is_whole or is_tag):
        raise NotPossible("群发要写明发给谁：全部关注者，或者一个标签。")
    if checked is Channel.PUBLISH and audience:
        raise NotPossible("“发布”不推送给任何人，不能写发给谁；要推送请用群发。")
    return checked


def _check_articles(session: Session, revisions: Wanted) -> list[Revision]:
    if not 1 <= len(revisions) <= MOST_ARTICLES:
        raise NotPossible(f"一条推送里应有 1 到 {MOST_ARTICLES} 篇文章。")
    if len({material_id for material_id, _ in revisions}) != len(revisions):
        raise NotPossible("同一篇文章在一条推送里只能放一次。")
    found = []
    for material_id, revision_id in revisions:
        revision = session.get(Revision, revision_id)
        if revision is None or revision.material_id != material_id or session.get(Material, material_id) is None:
            raise NotPossible("找不到要推送的文章：请刷新后重新选择。")
        found.append(revision)
    return found


def _put_items(session: Session, publication: Publication, revisions: Wanted) -> None:
    for place, (material_id, revision_id) in enumerate(revisions):
        session.add(
            PublicationItem(
                publication_id=publication.id, place=place, material_id=material_id, revision_id=revision_id
            )
        )
    session.flush()


__all__ = [
    "NoSuchPost", "NotPossible", "approve", "approve_alone", "as_json", "change", "check_secrecy", "claim_due", "copy",
    "deadline", "decide", "digest_of", "find_freeze", "freeze", "get_post", "is_frozen", "listing", "note_edit", "plan",
    "publish_now", "release", "return_", "review_afterwards", "save_as_draft", "submit", "withdraw",
]  # fmt: skip
