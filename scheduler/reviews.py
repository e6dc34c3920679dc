"""Reviewers' words on a push: yes, no, alone in an emergency, and afterwards. Each is bound to the push's digest."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from content import audit, workflow
from content.articles import writers
from content.store import clock
from content.workflow import Verdict
from scheduler import slots
from scheduler.looks import look_of
from scheduler.models import Channel, Publication, State
from scheduler.moves import NotPossible, get_locked, move, subject
from scheduler.register import digest_of, items, newer_titles
from scheduler.rounds import deadline, note_step


def approve(
    session: Session,
    publication_id: int,
    by: str,
    opinion: str = "",
    is_secrecy_checked: bool = False,
    ticks: Sequence[str] = (),
    people: int = 1,
    account_type: str = "",
) -> Publication:
    """A yes to just what is there now; with the last one needed the push is scheduled. `account_type`: whose quota
    counts; where it is not named, only the send itself asks. Raises NotAllowed, NoSuchPost and NotPossible.
    """
    publication = get_locked(session, publication_id)
    _check_reviewable(session, publication)
    _check_time(publication)
    _check_quota(session, publication, account_type)
    digest = digest_of(session, publication)
    is_last = workflow.sign(
        session, subject(publication), digest, _writers(session, publication), by, Verdict.APPROVE, opinion,
        is_secrecy_checked, list(ticks), people,
    )  # fmt: skip
    _remember(session, publication)
    if is_last:
        publication.is_emergency, publication.reviewed_afterwards_at = False, None  # reviewed by all who must
        _schedule(session, publication, by)
    return publication


def check_secrecy(session: Session, publication_id: int, by: str, opinion: str = "") -> Publication:
    """保密审查 on its own, by somebody who may also be a reviewer. Raises NotAllowed, NoSuchPost and NotPossible."""
    publication = get_locked(session, publication_id)
    _check_reviewable(session, publication)
    digest = digest_of(session, publication)
    workflow.check_secrecy(session, subject(publication), digest, _writers(session, publication), by, opinion)
    _remember(session, publication)
    return publication


def return_(session: Session, publication_id: int, by: str, opinion: str, people: int = 1) -> Publication:
    """A no, with what is to be mended. Raises NotAllowed, NoSuchPost and NotPossible."""
    publication = get_locked(session, publication_id)
    _check_reviewable(session, publication)
    if not opinion.strip():
        raise NotPossible("退回时请写明要改什么。")
    workflow.sign(
        session, subject(publication), digest_of(session, publication), _writers(session, publication), by,
        Verdict.RETURN, opinion, False, [], people,
    )  # fmt: skip
    _remember(session, publication)
    publication.trouble = f"{by} 退回：{opinion}"
    move(session, publication, State.RETURNED, by)
    return publication


def approve_alone(
    session: Session,
    publication_id: int,
    by: str,
    opinion: str,
    is_secrecy_checked: bool = False,
    ticks: Sequence[str] = (),
) -> Publication:
    """An emergency: one person's word is enough, and the push stays red until another has reviewed it. Raises
    NotAllowed, NoSuchPost and NotPossible.
    """
    publication = get_locked(session, publication_id)
    _check_reviewable(session, publication)
    _check_time(publication)
    digest = digest_of(session, publication)
    workflow.sign_emergency(session, subject(publication), digest, by, opinion, is_secrecy_checked, list(ticks))
    _remember(session, publication)
    publication.is_emergency, publication.reviewed_afterwards_at = True, None
    _schedule(session, publication, by)
    return publication


def review_afterwards(session: Session, publication_id: int, by: str, opinion: str) -> Publication:
    """What went out in an emergency is looked at by another. Raises NotAllowed, NoSuchPost and NotPossible."""
    publication = get_locked(session, publication_id)
    if not publication.is_emergency or publication.reviewed_afterwards_at:
        raise NotPossible("这条推送不需要补审。")
    writers_ = _writers(session, publication)
    workflow.review_afterwards(session, subject(publication), publication.digest, writers_, by, opinion)
    _remember(session, publication)
    publication.reviewed_afterwards_at = clock.now()
    session.flush()
    return publication


def _remember(session: Session, publication: Publication) -> None:
    """What there was to see, beside the word that was just given."""
    workflow.note_seen(session, subject(publication), look_of(session, publication))


def _schedule(session: Session, publication: Publication, by: str) -> None:
    publication.digest, publication.trouble = digest_of(session, publication), ""
    note_step(session, publication, "seen", difference=list(publication.draft_difference))
    move(session, publication, State.SCHEDULED, by, digest=publication.digest)


def _check_reviewable(session: Session, publication: Publication) -> None:
    if publication.state != State.IN_REVIEW:
        raise NotPossible("这条推送不在待审状态，不能审核。")
    if titles := newer_titles(session, publication.id):
        raise NotPossible(f"《{titles[0]}》在送审之后又改过：请写稿人把新的一版放进推送，再送审。")


def _check_quota(session: Session, publication: Publication, account_type: str) -> None:
    """What would surely fail at its minute is not approved."""
    if account_type and publication.channel == Channel.MASS:
        day = clock.in_beijing(publication.due_at).date()
        slots.check_left(session, day, account_type, publication.id)


def _check_time(publication: Publication) -> None:
    if clock.now() > deadline(publication):
        raise NotPossible(f"排期时间 {clock.spoken(publication.due_at)} 已经过了：请先改时间，再审核。")


def _writers(session: Session, publication: Publication) -> set[str]:
    """Of its words, and who planned it or changed when, how and to whom it goes."""
    own = [item.revision_id for item in items(session, publication.id)]
    acts = audit.entries(session, thing=subject(publication), act="post", limit=1000)
    planners = {one.staff_name for one in acts if one.act in ("post.plan", "post.change") and one.staff_name}
    return {publication.written_by, *planners, *writers(session, own)}
