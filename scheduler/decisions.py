"""What a person decides where no program can know: whether a push whose outcome is unknown went out."""

from sqlalchemy.orm import Session

from content import audit, staff
from content.staff import Role
from content.store import clock
from scheduler.models import Publication, State
from scheduler.moves import NotPossible, get_locked, move, subject
from scheduler.outcomes import PUBLISHED, close, note
from scheduler.platform import Outcome
from scheduler.rounds import forget_steps, set_off


def decide(session: Session, publication_id: int, by: str, went_out: bool, opinion: str) -> Publication:
    """ "It went out" ends the push; "it did not" sends it again, at once where its time has come. A mass send keeps its
    clientmsgid, so that WeChat still refuses it within 24 hours where the person was wrong. Raises NotAllowed,
    NoSuchPost and NotPossible.
    """
    by = staff.require(session, by, Role.PUBLISH, Role.REVIEW2, Role.ADMIN).name
    publication = get_locked(session, publication_id)
    if publication.state != State.UNCERTAIN:
        raise NotPossible("这条推送的结果是清楚的，不需要人工确认。")
    if not opinion.strip():
        raise NotPossible("请写明依据：例如在公众号后台或手机上看到了什么。")
    audit.record(session, by, "post.decide", subject(publication), went_out=went_out, opinion=opinion)
    source = f"{by} 确认"
    if went_out:
        close(session, publication, Outcome(PUBLISHED, f"已经发出：{opinion}"), source)
        return publication
    note(publication, source, f"没有发出，重新发送：{opinion}")
    forget_steps(session, publication, "submitting", "submit", "read_back", "restored")
    publication.draft_read_at = None
    publication.submitted_at = None
    if publication.due_at <= clock.now():
        set_off(session, publication)
    publication.trouble, publication.next_try_at, publication.tries = "", None, 0
    move(session, publication, State.SCHEDULED, by)
    return publication
