"""What staff do with videos: enter one themselves, mend the words, accept, return, take down, put in order.

Whoever typed a video in does not accept it. Every act says which version of it was looked at: what was changed
meanwhile is looked at again first.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, proofread, staff
from content.phrases import say
from content.proofread import Finding
from content.staff import Role
from content.store import clock
from content.store.db import take_turns
from content.watch_words import RED, YELLOW
from handlers.publicity import links, showcase, videos
from handlers.publicity.links import Site
from handlers.publicity.models import MOVES, AuthorKind, Video, VideoState
from handlers.publicity.showcase import NotPossible
from handlers.publicity.videos import NotTaken, Words

ENTERING = (Role.WRITE, Role.CAMPAIGNS)
JUDGING = (Role.CAMPAIGNS, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
LONGEST_REASON = 200


def listed(session: Session, showcase_id: int) -> list[Video]:
    """All of them: those that wait first, the earliest of them on top."""
    query = select(Video).where(Video.showcase_id == showcase_id)
    return list(session.scalars(query.order_by(Video.state != VideoState.SUBMITTED, Video.id)).all())


def waiting(session: Session) -> int:
    """How many of the newest showcase wait for a word of staff."""
    held = showcase.find_current(session)
    if held is None:
        return 0
    query = select(func.count()).select_from(Video).where(Video.showcase_id == held.id)
    return session.scalar(query.where(Video.state == VideoState.SUBMITTED)) or 0


def get_video(session: Session, video_id: int) -> Video:
    """Raises NotPossible."""
    found = session.get(Video, video_id)
    if found is None:
        raise NotPossible(say("video_gone"))
    return found


def findings(session: Session, video: Video, uploads: Path, sites: Iterable[Site]) -> list[Finding]:
    """What speaks against it, red first."""
    told = [(say("video_title_name"), video.title), (say("video_author_name"), video.author)]
    told.append((say("video_description_name"), video.description))
    found = proofread.inspect_words(session, told, uploads)
    if fault := links.fault(video.url, sites):
        found.insert(0, Finding(RED, "url", say("video_link_name"), fault))
    others = [one for one in videos.same_link(session, video.showcase_id, video.url) if one.id != video.id]
    if video.url and others:
        found.append(Finding(YELLOW, "url", say("video_link_name"), _there_already(others)))
    return found


def _there_already(others: list[Video]) -> str:
    told = (
        say(f"video_there_{one.state}", title=one.title, number=one.number or "", at=clock.spoken(one.submitted_at))
        for one in others
    )
    return say("video_link_there", others="；".join(told))


def enter(session: Session, words: Words, sites: Iterable[Site], by: str, *, consents: bool) -> Video:
    """Raises NotAllowed, NotPossible, NotTaken."""
    staff.require(session, by, *ENTERING)
    held = showcase.find_current(session)
    if held is None:
        raise NotPossible(say("video_no_showcase_yet"))
    _refuse_faults(words, sites, consents)
    made = Video(
        showcase_id=held.id, **videos.columns(words), state=VideoState.SUBMITTED, submitted_at=clock.now(),
        entered_by=by, consented_at=clock.now() if words.author_kind is AuthorKind.PERSON else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, by, "video.enter", f"video:{made.id}")
    return made


def mend(
    session: Session, video_id: int, seen: int, words: Words, sites: Iterable[Site], by: str, *, consents: bool
) -> Video:
    """Other words for what is shown. Raises NotAllowed, NotPossible, NotTaken."""
    staff.require(session, by, *JUDGING)
    video = _looked_at(session, video_id, seen)
    if video.state == VideoState.WITHDRAWN:
        raise NotPossible(say("video_is_withdrawn"))
    _refuse_faults(words, sites, consents or (video.consented_at is not None and words.author == video.author))
    before = videos.words_of(video)
    changed = [field for field, value in videos.columns(words).items() if getattr(before, field) != value]
    for field, value in videos.columns(words).items():
        setattr(video, field, value)
    is_person = words.author_kind is AuthorKind.PERSON
    video.consented_at = (video.consented_at or clock.now()) if is_person else None
    session.flush()
    audit.record(session, by, "video.mend", f"video:{video.id}", changed=changed)
    return video


def accept(session: Session, video_id: int, seen: int, by: str, uploads: Path, sites: Iterable[Site]) -> Video:
    """It is shown from now on, under a number of its own. Raises NotAllowed, NotPossible."""
    staff.require(session, by, *JUDGING)
    video = _looked_at(session, video_id, seen)
    if video.entered_by == by:
        raise NotPossible(say("video_entered_by_you"))
    if red := proofread.reds(findings(session, video, uploads, sites)):
        raise NotPossible(say("video_red", told=red[0].sentence))
    _move(video, VideoState.ACCEPTED, by, "")
    if video.number is None:
        take_turns(session, "videos")  # two that are accepted at once get two numbers
        video.number = showcase.next_number(session, video.showcase_id)
    session.flush()
    audit.record(session, by, "video.accept", f"video:{video.id}", number=video.number)
    return video


def give_back(session: Session, video_id: int, seen: int, by: str, reason: str) -> Video:
    """Its author reads the reason with the code of his receipt. Raises NotAllowed, NotPossible."""
    return _refuse(session, video_id, seen, by, reason, VideoState.RETURNED, "video.return")


def withdraw(session: Session, video_id: int, seen: int, by: str, reason: str) -> Video:
    """It is shown no longer; its number and its votes stay. Raises NotAllowed, NotPossible."""
    return _refuse(session, video_id, seen, by, reason, VideoState.WITHDRAWN, "video.withdraw")


def put_in_order(session: Session, showcase_id: int, places: Mapping[int, int], by: str) -> None:
    """`places`: of videos of this showcase by id; 0 for those that come by themselves. Raises NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    changed = 0
    for video in showcase.shown(session, showcase_id):
        place = places.get(video.id, video.place)
        if place != video.place:
            video.place, changed = place, changed + 1
    session.flush()
    if changed:
        audit.record(session, by, "video.order", f"showcase:{showcase_id}", changed=changed)


def _refuse(session: Session, video_id: int, seen: int, by: str, reason: str, state: VideoState, act: str) -> Video:
    staff.require(session, by, *JUDGING)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise NotPossible(say("video_reason", most=LONGEST_REASON))
    video = _looked_at(session, video_id, seen)
    _move(video, state, by, reason)
    session.flush()
    audit.record(session, by, act, f"video:{video.id}", reason=reason)
    return video


def _move(video: Video, state: VideoState, by: str, reason: str) -> None:
    if state not in MOVES[VideoState(video.state)]:
        raise NotPossible(say("video_no_such_move"))
    video.state, video.decided_by, video.decided_at, video.reason = state, by, clock.now(), reason
    video.sender = ""


def _looked_at(session: Session, video_id: int, seen: int) -> Video:
    video = get_video(session, video_id)
    if video.version != seen:
        raise NotPossible(say("video_changed_meanwhile"))
    return video


def _refuse_faults(words: Words, sites: Iterable[Site], consents: bool) -> None:
    told = videos.problems(words, sites)
    if words.author_kind is AuthorKind.PERSON and not consents:
        told["consent"] = say("video_consent_missing")
    if told:
        raise NotTaken(told)
