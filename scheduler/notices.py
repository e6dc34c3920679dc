"""What staff must hear of a push: one message for each turn that it takes, owed in the same transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.store import clock
from scheduler import outbox
from scheduler.models import Outgoing, Publication, State

WORRYING = (State.UNCERTAIN, State.FAILED, State.OVERDUE)
_HEADINGS = {
    State.OVERDUE: "推送过了时间，没有发出",
    State.FAILED: "推送失败",
    State.UNCERTAIN: "推送结果不明，需要人工确认",
    State.DRAFT: "推送被拦下，退回草稿",
    State.SUBMITTED: "推送等待管理员在手机上确认",
    State.SCHEDULED: "就要群发了，请管理员留意手机上的确认",
}


def tell(session: Session, publication: Publication) -> None:
    """Once for each turn into this state; `trouble` says what happened and what to do."""
    state = State(publication.state)
    turn = int(publication.changed_at.timestamp())
    _tell(session, f"post:{publication.id}:{publication.round}:{state}:{turn}", publication, state)


def tell_voided(session: Session, publication: Publication, by: str) -> None:
    """What was approved was edited: it does not go out before it is reviewed again."""
    text = f"{by} 改了文章，原来的审核作废：要按时发出，请重新送审。"
    text = f"第 {publication.id} 号《{publication.title}》，{clock.spoken(publication.due_at)}。{text}"
    outbox.tell(session, f"post:{publication.id}:{publication.round}:voided", "推送的审核已作废", text)


def announce(session: Session, publication: Publication) -> None:
    """Ahead of its time, once for each time that it is planned for."""
    key = f"post:{publication.id}:ahead:{int(publication.due_at.timestamp())}"
    _tell(session, key, publication, State.SCHEDULED)


def _tell(session: Session, key: str, publication: Publication, state: State) -> None:
    text = f"第 {publication.id} 号《{publication.title}》，{clock.spoken(publication.due_at)}。{publication.trouble}"
    outbox.tell(session, key, _HEADINGS[state], text)


def unseen(session: Session, limit: int = 5) -> list[Publication]:
    """What went wrong and nobody has looked at; an unknown outcome until somebody has decided."""
    is_open = (Publication.state == State.UNCERTAIN) | (Publication.looked_by == "")
    query = select(Publication).where(Publication.state.in_(WORRYING), is_open)
    return list(session.scalars(query.order_by(Publication.due_at.desc()).limit(limit)).all())


def note_seen(session: Session, publication: Publication, by: str) -> None:
    """Somebody has seen in the console what went wrong; the messages on it need not be sent any more."""
    publication.looked_by = by
    mine = (Outgoing.key.startswith(f"post:{publication.id}:"), Outgoing.heard_by == "")
    for outgoing_id in session.scalars(select(Outgoing.id).where(*mine)).all():
        outbox.note_heard(session, outgoing_id, by)
    audit.record(session, by, "post.seen", f"post:{publication.id}", state=publication.state)
