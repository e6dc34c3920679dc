"""Before a push is sent: its pictures at WeChat, the draft made, and the draft read back. May be repeated safely: the
worst is a draft that nobody sends. A step that has a row is not done again.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from content.models import Attachment
from content.pictures import BadPicture, for_body, for_cover, picture_bytes
from content.store import clock
from content.store.db import take_turns
from scheduler import drafting, setbacks
from scheduler.claims import Lost, rest
from scheduler.drafting import COVER, Need
from scheduler.inquiry import CLOCKS
from scheduler.models import PlatformPicture, Publication, State, Step
from scheduler.outcomes import note
from scheduler.platform import DraftArticle, Later, Never, PlatformTrouble, Unknown
from scheduler.register import find_step, revisions
from scheduler.rounds import forget_steps, note_step
from scheduler.walk import Blocked, Walk

BAD_MEDIA = 40007
AGAIN_SECONDS, MOST_SECONDS, LONG_SECONDS = 5, 3600, 6 * 3600
UNREADY = "unready"
AHEAD = timedelta(days=14)
"""So far ahead drafts are made; at once for an approver, who sees what WeChat makes of his post."""
REFRESH = timedelta(hours=3)
UNPREPARED = "预先准备草稿没有成功："


def prepare(walk: Walk) -> None:
    """Raises Blocked, Later, Never, BadPicture and Lost."""
    try:
        upload_pictures(walk)
        make_draft(walk)
        read_back(walk)
    except Unknown as error:  # nothing that anybody sees was done
        raise Later(error.sentence, error.code, error.rid) from error


def ahead(walk: Walk) -> bool:
    """Before it is due: what goes wrong is told and tried again later; True where all was done. Raises Lost never."""
    try:
        with suppress(Lost):
            _try_ahead(walk)
            return True
    except Blocked as blocked:
        setbacks.block(walk, blocked.state, blocked.sentence)
    except (Later, Never, BadPicture) as error:
        with suppress(Lost), walk.write() as (session, publication):
            publication.trouble = f"{UNPREPARED}{error}"
            _wait(session, publication, error)
    return False


def _wait(session: Session, publication: Publication, error: Exception) -> None:
    """What is sent counts against the day's calls: longer each time, and hours where only a person can mend it."""
    before = find_step(session, publication, UNREADY)
    tries = int(before.detail.get("tries", 0)) if before else 0
    pause = min(AGAIN_SECONDS * 2**tries, MOST_SECONDS)
    seconds = max(error.seconds, pause) if isinstance(error, Later) else LONG_SECONDS
    until = clock.now() + timedelta(seconds=seconds)
    note_step(session, publication, UNREADY, tries=tries + 1, until=until.isoformat())
    rest(publication, 0)


def wanting(session: Session, now: datetime, fresh: timedelta, limit: int) -> list[int]:
    """Of the next pushes those without a draft, or whose draft will be too old at their time."""
    query = select(Publication).where(
        Publication.state.in_((State.IN_REVIEW, State.SCHEDULED)), Publication.due_at > now,
        or_(Publication.due_at < now + AHEAD, Publication.state == State.IN_REVIEW),
        or_(Publication.lease_until.is_(None), Publication.lease_until <= now),
        or_(Publication.draft_read_at.is_(None), Publication.draft_read_at < now - fresh / 2),
    )  # fmt: skip
    near = session.scalars(query.order_by(Publication.due_at).limit(limit * 20)).all()
    return [found.id for found in near if _is_wanting(session, found, now, fresh)][:limit]


def _is_wanting(session: Session, publication: Publication, now: datetime, fresh: timedelta) -> bool:
    read_at = publication.draft_read_at
    if read_at and not (publication.due_at - now < REFRESH and read_at < publication.due_at - fresh):
        return False
    waits = find_step(session, publication, UNREADY)
    return waits is None or datetime.fromisoformat(waits.detail["until"]) <= now


def _try_ahead(walk: Walk) -> None:
    prepare(walk)
    _check_tag(walk)
    with walk.write() as (session, publication):
        forget_steps(session, publication, UNREADY)
        publication.lease_owner, publication.lease_until = "", None
        if publication.trouble.startswith(UNPREPARED):
            publication.trouble = ""


def _check_tag(walk: Walk) -> None:
    """Raises Never where the account has not got the tag that a mass send goes to: not only at its minute."""
    with walk.read() as (_, publication):
        tag = publication.audience.get("tag")
    if tag and tag not in (known := walk.means.platform.tags()):
        names = "、".join(list(known)[:10]) or "一个也没有"
        raise Never(f"公众号上没有标签“{tag}”（现有：{names}）：请修改发给谁，再送审。")


def upload_pictures(walk: Walk) -> None:
    with walk.read() as (session, publication):
        wanted = drafting.needs(revisions(session, publication.id))
        known = drafting.names(session, wanted)
        kinds = {need: _media_type(session, need) for need in wanted}
        if find_step(session, publication, "pictures") and len(known) == len(wanted):
            return
    for need in wanted:
        if need not in known:
            name = _upload(walk, need, kinds[need])
            with walk.write() as (session, _):
                _keep(session, need, name)
    with walk.write() as (session, publication):
        note_step(session, publication, "pictures", count=len(wanted))


def make_draft(walk: Walk) -> None:
    with walk.read() as (session, publication):
        if publication.draft_media_id and find_step(session, publication, "draft"):
            return
        built, is_first = _built(session, publication), not publication.tries
    if lacking := [article.title for article in built if not article.cover_media_id]:
        raise Never(f"《{lacking[0]}》没有封面图：请加上封面再送审。")
    try:
        media_id = walk.means.platform.add_draft(built)
    except Never as error:
        if error.code != BAD_MEDIA or not is_first:
            raise
        _forget_covers(walk)
        raise Later("微信不认识封面图的编号，重新上传。", error.code, error.rid, AGAIN_SECONDS) from error
    with walk.write() as (session, publication):
        publication.draft_media_id = media_id
        note_step(session, publication, "draft", media_id=media_id)
        old = _old_drafts(session, publication)
    for stale in old:
        with suppress(PlatformTrouble):
            walk.means.platform.delete_draft(stale)


def read_back(walk: Walk) -> None:
    """Compares the draft with ours, once a day at most. Raises Blocked where the approver saw another one."""
    with walk.read() as (session, publication):
        media_id, read_at = publication.draft_media_id, publication.draft_read_at
        is_done = find_step(session, publication, "read_back") is not None
        built = _built(session, publication)
    if is_done and read_at and clock.now() - read_at < walk.means.patience.fresh:
        return
    kept = walk.means.platform.find_draft(media_id)
    if kept is None:
        _make_again(walk)
        return
    lines = drafting.difference(built, kept)
    with walk.write() as (session, publication):
        publication.draft_difference, publication.draft_read_at = lines, clock.now()
        note_step(session, publication, "read_back", difference=lines)
        seen = find_step(session, publication, "seen")
        is_approved = publication.state in (State.SCHEDULED, State.PUBLISHING)
        known = seen.detail.get("difference", []) if seen else []
    if is_approved and (fresh := [line for line in lines if line not in known]):
        raise Blocked(State.DRAFT, f"微信改动了草稿，审核的人没有看到过：{fresh[0]}请修改或重新送审。")


def _make_again(walk: Walk) -> None:
    """The draft is gone: deleted at WeChat's console, or sent from there by hand."""
    with walk.read() as (session, publication):
        made = find_step(session, publication, "draft")
        titles = [revision.title for revision in revisions(session, publication.id)]
    since = ((made.at if made else clock.now()) - CLOCKS).timestamp()
    for entry in walk.means.platform.list_published():
        if list(entry.titles) == titles and entry.at >= since:
            raise Blocked(State.DRAFT, "这篇已经有人在公众号后台发布了，没有再发：请核对，需要时撤回这条推送。")
    with walk.write() as (session, publication):
        publication.draft_media_id, publication.draft_read_at = "", None
        forget_steps(session, publication, "draft", "read_back")
        note(publication, "草稿箱", "草稿不见了，重新建立")
    raise Later("微信草稿箱里的草稿不见了，重新建立。", seconds=AGAIN_SECONDS)


def _built(session: Session, publication: Publication) -> list[DraftArticle]:
    words = revisions(session, publication.id)
    return drafting.articles(words, drafting.names(session, drafting.needs(words)))


def _media_type(session: Session, need: Need) -> str:
    attachment = session.get(Attachment, need.digest)
    return attachment.media_type if attachment else "image/jpeg"


def _upload(walk: Walk, need: Need, media_type: str) -> str:
    data = picture_bytes(walk.means.uploads, need.digest)
    if need.purpose == COVER:
        return walk.means.platform.upload_cover(for_cover(data), media_type)
    return walk.means.platform.upload_body_picture(for_body(data), media_type)


def _keep(session: Session, need: Need, name: str) -> None:
    take_turns(session, f"platform-picture:{need.digest}")
    found = session.get(PlatformPicture, (need.digest, need.purpose))
    if found is None:
        session.add(PlatformPicture(digest=need.digest, purpose=need.purpose, name=name, at=clock.now()))
    else:
        found.name, found.at = name, clock.now()
    session.flush()


def _forget_covers(walk: Walk) -> None:
    with walk.write() as (session, publication):
        digests = [need.digest for need in drafting.needs(revisions(session, publication.id)) if need.purpose == COVER]
        session.execute(
            delete(PlatformPicture).where(PlatformPicture.purpose == COVER, PlatformPicture.digest.in_(digests))
        )
        forget_steps(session, publication, "pictures")


def _old_drafts(session: Session, publication: Publication) -> list[str]:
    """Drafts of earlier rounds that were never to be sent; each is named once."""
    steps = session.query(Step).filter(Step.publication_id == publication.id, Step.round < publication.round).all()
    sent = {step.round for step in steps if step.name in ("submitting", "submit")}
    drafts = [step for step in steps if step.name == "draft" and step.round not in sent and step.detail]
    names = [str(step.detail["media_id"]) for step in drafts]
    for step in drafts:
        step.detail = {}
    return names
