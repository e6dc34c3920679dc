"""The red switch: with a reason it stops every send at once, and it takes two persons to let go of it."""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.staff import Role
from content.store import clock
from content.store.db import take_turns
from scheduler.models import Freeze
from scheduler.moves import NotPossible

REASON_CHARACTERS = 200


def nothing_frozen() -> ColumnElement[bool]:
    """As a condition of a statement."""
    return ~exists().where(Freeze.released_at.is_(None))


def find_freeze(session: Session) -> Freeze | None:
    """The one that holds now."""
    return session.scalar(select(Freeze).where(Freeze.released_at.is_(None)).order_by(Freeze.id).limit(1))


def is_frozen(session: Session) -> bool:
    return find_freeze(session) is not None


def freeze(session: Session, by: str, reason: str) -> Freeze:
    """Anybody who may write or check may stop everything. Raises NotAllowed and NotPossible."""
    by = staff.require(session, by, Role.WRITE, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.ADMIN).name
    take_turns(session, "freeze")
    reason = reason.strip()
    if not reason or len(reason) > REASON_CHARACTERS:
        raise NotPossible(f"请写明停发的原因，不超过 {REASON_CHARACTERS} 个字。")
    if held := find_freeze(session):
        raise NotPossible(f"已经停发：{held.set_by} 在 {clock.spoken(held.set_at)} 按下，原因是“{held.reason}”。")
    made = Freeze(reason=reason, set_by=by, set_at=clock.now())
    session.add(made)
    session.flush()
    audit.record(session, by, "posts.freeze", f"freeze:{made.id}", reason=reason)
    return made


def release(session: Session, by: str) -> bool:
    """True where this was the second word and sending goes on. Raises NotAllowed and NotPossible."""
    by = staff.require(session, by, Role.PUBLISH, Role.ADMIN).name
    take_turns(session, "freeze")
    held = find_freeze(session)
    if held is None:
        raise NotPossible("现在没有停发。")
    if not held.first_release_by:
        held.first_release_by = by
    elif held.first_release_by == by:
        raise NotPossible("恢复发送要两个人：请另一位有“签发”或“管理”角色的同事再确认一次。")
    else:
        held.released_by, held.released_at = by, clock.now()
    session.flush()
    audit.record(session, by, "posts.release", f"freeze:{held.id}", is_last=held.released_at is not None)
    return held.released_at is not None
