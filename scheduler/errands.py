"""What staff ask the console to have done at WeChat at once: a preview on a phone, a deletion. A web worker never calls
WeChat: it leaves a row here, one scheduler takes it, and the row says what came of it.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import staff
from content.staff import NotAllowed
from content.store import clock
from content.store.db import Base, Database
from scheduler import retraction
from scheduler.moves import NoSuchPost, NotPossible, is_one
from scheduler.register import get_post
from scheduler.walk import Means

KEPT = timedelta(days=30)
DEAD_AFTER = timedelta(minutes=2)
NO_ACCOUNT = "还没有填写公众号的 AppID 和 AppSecret，做不了：请管理员在配置文件里填写。"
_log = logging.getLogger(__name__)


class Kind(StrEnum):
    PREVIEW = "preview"
    DELETE = "delete"


class ErrandState(StrEnum):
    WAITING = "waiting"
    DOING = "doing"
    DONE = "done"
    REFUSED = "refused"


class Errand(Base):
    __tablename__ = "errands"

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """preview: `wechat_name`; delete: `reason`, and `by_hand` where it was already done at WeChat's own console."""
    state: Mapped[str] = mapped_column(String(8))
    told: Mapped[str] = mapped_column(Text, default="")
    """What came of it, for whoever asked."""
    at: Mapped[datetime]
    """Its last sign of life."""


def ask_preview(session: Session, publication_id: int, by: str, wechat_name: str) -> Errand:
    """Raises NotAllowed, NoSuchPost and NotPossible: what can be refused is refused at once."""
    by = staff.require(session, by, *retraction.MAY_PREVIEW).name
    retraction.check_preview(get_post(session, publication_id), wechat_name)
    return _put(session, publication_id, Kind.PREVIEW, by, wechat_name=wechat_name.strip())


def ask_deletion(session: Session, publication_id: int, by: str, reason: str, is_deleted_by_hand: bool) -> Errand:
    """Raises NotAllowed, NoSuchPost and NotPossible."""
    by = staff.require(session, by, *retraction.MAY_DELETE).name
    retraction.check_deletion(get_post(session, publication_id), reason, is_deleted_by_hand)
    return _put(session, publication_id, Kind.DELETE, by, reason=reason.strip(), by_hand=is_deleted_by_hand)


def do_next(database: Database, means: Means | None) -> bool:
    """Does what waits longest; False where nothing does. `means`: None where the account has no credentials."""
    errand = _take(database)
    if errand is None:
        return False
    state, told = ErrandState.REFUSED, NO_ACCOUNT
    try:
        if means is not None:
            state, told = ErrandState.DONE, _do(means, errand)
    except (NotAllowed, NoSuchPost, NotPossible) as refused:
        told = str(refused)
    except Exception:
        _log.exception("an errand could not be done", extra={"post": errand.publication_id})
        told = "程序出了意外，没有做成：请再试一次，仍然不行请告诉管理员。"
    with database.transaction() as session:
        values = {"state": state, "told": told, "at": clock.now()}
        session.execute(update(Errand).where(Errand.id == errand.id).values(**values))
    return True


def last_wechat_name(session: Session, by: str) -> str:
    """To whom this person sent a preview last; empty where he never did."""
    mine = (Errand.kind == Kind.PREVIEW, Errand.asked_by == by)
    found = session.scalar(select(Errand).where(*mine).order_by(Errand.id.desc()).limit(1))
    return str(found.detail["wechat_name"]) if found else ""


def purge(session: Session) -> None:
    session.execute(delete(Errand).where(Errand.at < clock.now() - KEPT))


def _do(means: Means, errand: Errand) -> str:
    number, by, detail = errand.publication_id, errand.asked_by, errand.detail
    if errand.kind == Kind.PREVIEW:
        retraction.preview(means, number, by, detail["wechat_name"])
        return f"预览已发到 {detail['wechat_name']} 的微信，请在手机上看。"
    retraction.retract(means, number, by, detail["reason"], detail["by_hand"])
    return "已经删除：打开原来的链接会看到“内容已删除”。"


def _put(session: Session, publication_id: int, kind: Kind, by: str, **detail: Any) -> Errand:
    made = Errand(
        publication_id=publication_id, kind=kind, asked_by=by, detail=detail, state=ErrandState.WAITING, at=clock.now()
    )
    session.add(made)
    session.flush()
    return made


def _take(database: Database) -> Errand | None:
    """One row, by exactly one scheduler; also one whose scheduler died: both acts may be repeated."""
    is_dead = (Errand.state == ErrandState.DOING) & (Errand.at < clock.now() - DEAD_AFTER)
    may_be_taken = or_(Errand.state == ErrandState.WAITING, is_dead)
    with database.reading() as session:  # nearly always there is none
        if session.scalar(select(Errand.id).where(may_be_taken).limit(1)) is None:
            return None
    with database.transaction() as session:
        found = session.scalar(select(Errand).where(may_be_taken).order_by(Errand.id).limit(1))
        if found is None:
            return None
        taking = update(Errand).where(Errand.id == found.id, may_be_taken)
        return found if is_one(session, taking.values(state=ErrandState.DOING, at=clock.now())) else None
