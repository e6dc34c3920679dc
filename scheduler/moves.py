"""A push goes from one state to another here and nowhere else but at its claim: permitted, only once, on the record."""

from typing import Any, cast

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from content import audit
from content.store import clock
from scheduler import notices
from scheduler.models import MOVES, Publication, State

NAMES = {
    State.DRAFT: "草稿", State.IN_REVIEW: "待审", State.RETURNED: "已退回", State.SCHEDULED: "已排期",
    State.PUBLISHING: "正在发送", State.SUBMITTED: "微信已受理", State.PUBLISHED: "已发布", State.WITHDRAWN: "已撤回",
    State.OVERDUE: "已过期未发", State.FAILED: "发送失败", State.UNCERTAIN: "结果不明",
}  # fmt: skip
_TOLD = {State.OVERDUE, State.FAILED, State.UNCERTAIN}


class NotPossible(Exception):
    """Not in this state or not like this; the message says why and what to do."""


class NoSuchPost(Exception):
    """There is no push with this number."""

    def __init__(self, publication_id: int) -> None:
        super().__init__(f"没有编号为 {publication_id} 的推送：用 pufa posts list 查看全部编号。")


def get_locked(session: Session, publication_id: int) -> Publication:
    """The push as it is now; nobody else changes it until this transaction ends. Raises NoSuchPost.

    Whoever also writes to the audit log locks first: everybody takes the two in the same order.
    """
    query = select(Publication).where(Publication.id == publication_id).with_for_update(key_share=True)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NoSuchPost(publication_id)
    return found


def move(session: Session, publication: Publication, state: State, by: str, act: str = "", **detail: Any) -> None:
    """`by` is a member of staff, empty where the program acts. Raises NotPossible."""
    before = State(publication.state)
    if state not in MOVES[before]:
        raise NotPossible(f"这条推送现在是“{NAMES[before]}”，不能变成“{NAMES[state]}”。")
    session.flush()
    values: dict[str, Any] = {"state": state, "changed_at": clock.now(), "looked_by": ""}
    if state is not State.SCHEDULED or before is State.PUBLISHING:
        values |= {"lease_owner": "", "lease_until": None}
    statement = update(Publication).where(Publication.id == publication.id, Publication.state == before)
    if not is_one(session, statement.values(values)):
        raise NotPossible("这条推送刚刚被改动过：请刷新后再试。")
    session.refresh(publication)
    audit.record(session, by, act or f"post.{state}", subject(publication), before=before, **detail)
    if state in _TOLD or (state is State.DRAFT and not by):
        notices.tell(session, publication)


def stopped(sentence: str) -> str:
    """With a full stop, so that another sentence may follow."""
    return sentence if not sentence or sentence[-1] in "。！？；：" else f"{sentence}。"


def subject(publication: Publication) -> str:
    """What audit and review call it."""
    return f"post:{publication.id}"


def is_one(session: Session, statement: Update) -> bool:
    """True where exactly one row was changed."""
    made = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", made).rowcount == 1
