"""What staff must hear of a push: one message for each turn that it takes, owed in the same transaction."""

from sqlalchemy.orm import Session

from content.store import clock
from scheduler import outbox
from scheduler.models import Publication, State

_HEADINGS = {
    State.OVERDUE: "推送过了时间，没有发出",
    State.FAILED: "推送失败",
    State.UNCERTAIN: "推送结果不明，需要人工确认",
    State.DRAFT: "推送被拦下，退回草稿",
    State.SUBMITTED: "推送等待管理员在手机上确认",
    State.SCHEDULED: "半小时后要群发，请管理员留意手机",
}


def tell(session: Session, publication: Publication) -> None:
    """Once for each turn into this state; `trouble` says what happened and what to do."""
    state = State(publication.state)
    turn = int(publication.changed_at.timestamp())
    _tell(session, f"post:{publication.id}:{publication.round}:{state}:{turn}", publication, state)


def announce(session: Session, publication: Publication) -> None:
    """Ahead of its time, once for each time that it is planned for."""
    key = f"post:{publication.id}:ahead:{int(publication.due_at.timestamp())}"
    _tell(session, key, publication, State.SCHEDULED)


def _tell(session: Session, key: str, publication: Publication, state: State) -> None:
    text = f"第 {publication.id} 号《{publication.title}》，{clock.spoken(publication.due_at)}。{publication.trouble}"
    outbox.tell(session, key, _HEADINGS[state], text)
