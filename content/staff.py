"""Staff: who they are, what their roles allow, who may change that, which sign-ins go on. How they prove who they are
is `sign_in.py`; what a single act needs is decided where the act is.
"""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, passwords
from content.store import clock
from content.store.db import Base, take_turns

IDLE_LIMIT = timedelta(minutes=30)
LONGEST_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last sign of life is kept: not every page writes."""
LEAST_ADMINS = 2
_NAME = re.compile(r"[\w][\w.\-]{0,31}")


class Role(StrEnum):
    WRITE = "write"
    REVIEW1 = "review1"
    REVIEW2 = "review2"
    PUBLISH = "publish"
    CAMPAIGNS = "campaigns"
    AUDIT = "audit"
    ADMIN = "admin"


SENTENCES: dict[Role, str] = {
    Role.WRITE: "起草：写文章、导入 Word 和图片、排期、送审；不能审自己写的。",
    Role.REVIEW1: "初审：通过或退回，写明意见；不能审自己写的。",
    Role.REVIEW2: "终审：初审之后再审一遍，做保密审查；只有一道审核时由他决定。",
    Role.PUBLISH: "签发：三审时最后签字；提前发、撤回、紧急发布、冻结全部发送。",
    Role.CAMPAIGNS: "活动：出题、开关答题活动、抽奖和发奖。",
    Role.AUDIT: "审计：只能看，能看全部记录并导出，不能改任何内容。",
    Role.ADMIN: "管理：增加和停用人员、改角色、解除锁定、重设密码；至少要有两名。",
}
ROLE_NAMES: dict[Role, str] = {role: sentence.split("：")[0] for role, sentence in SENTENCES.items()}


SIGNING = frozenset({Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.ADMIN})
"""Whose word lets something out, or lets somebody in."""


class NotAllowed(Exception):
    """The message says in Chinese what is missing and whom to ask."""


class NotFound(Exception):
    """There is no such member of staff; the message says where to look."""


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    """What they sign in with and what the audit log calls them."""
    shown_name: Mapped[str] = mapped_column(String(32))
    roles: Mapped[list[str]] = mapped_column(JSON)
    password_hash: Mapped[str] = mapped_column(Text, default="")
    totp_encrypted: Mapped[str] = mapped_column(Text, default="")
    """The secret of the second factor; empty until it is set up."""
    totp_pending: Mapped[str] = mapped_column(Text, default="")
    """A new secret, encrypted, until a code of it has been typed: till then the old one holds."""
    totp_last_step: Mapped[int] = mapped_column(default=0)
    """The newest 30-second step that was used: none is taken twice."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class StaffSession(Base):
    """One sign-in; the cookie holds the token, this table its digest."""

    __tablename__ = "staff_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


# ── who there is ──────────────────────────────────────────────────────────────────────────────────────────────────────


def folded(name: str) -> str:
    """A name as it is kept: however it was typed, it is the same person."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def find_staff(session: Session, name: str) -> Staff | None:
    return session.scalar(select(Staff).where(Staff.name == folded(name)))


def get_staff(session: Session, name: str) -> Staff:
    """Raises NotFound."""
    if (found := find_staff(session, name)) is None:
        raise NotFound(f"没有名叫“{folded(name)}”的工作人员：请核对名字（pufa staff list 或控制台的“人员”页）。")
    return found


def all_staff(session: Session) -> list[Staff]:
    return list(session.scalars(select(Staff).order_by(Staff.is_active.desc(), Staff.id)).all())


def active_admins(session: Session) -> list[Staff]:
    return [member for member in all_staff(session) if member.is_active and Role.ADMIN in roles_of(member)]


def admins_missing(session: Session) -> int:
    """How many administrators are still to be appointed."""
    return max(0, LEAST_ADMINS - len(active_admins(session)))


def roles_of(staff: Staff) -> set[Role]:
    return {Role(role) for role in staff.roles if role in set(Role)}


def must_set_up_second_factor(roles: set[Role], has_one: bool, rule: str) -> bool:
    """`rule`: signing, all or off."""
    return not has_one and (rule == "all" or (rule == "signing" and bool(roles & SIGNING)))


def require(session: Session, name: str, *roles: Role) -> Staff:
    """The active member of this name, who has one of the roles. Raises NotAllowed."""
    found = find_staff(session, name)
    if found is None:
        raise NotAllowed(
            f"工作人员里没有“{name}”：命令行请用 --as 写上工作人员的名字（pufa staff list 可查），控制台请重新登录。"
        )
    if not found.is_active:
        raise NotAllowed(f"{found.shown_name}（{found.name}）已经停用：请由其他人办理，或请管理员重新启用。")
    if roles and not roles_of(found) & set(roles):
        needed = "或".join(ROLE_NAMES[role] for role in roles)
        raise NotAllowed(f"{found.shown_name}（{found.name}）没有“{needed}”的角色：请由有这个角色的人办理。")
    return found


# ── who may change that ───────────────────────────────────────────────────────────────────────────────────────────────


def add_staff(
    session: Session, name: str, shown_name: str, roles: Iterable[str], by: str, *, first_password: str = ""
) -> tuple[Staff, str]:
    """The new member and his first password, which he must change. While there is no administrator, whoever owns the
    machine may add members. Raises NotAllowed.
    """
    name, held = folded(name), _checked_roles(roles)
    _require_admin(session, by)
    if not _NAME.fullmatch(name):
        raise NotAllowed("用户名用 1 到 32 个字母、数字、汉字或 . - _，例如 zhangsan。")
    if find_staff(session, name):
        raise NotAllowed(f"已经有名叫“{name}”的工作人员：换一个名字，或改他的角色。")
    password = _first_password(first_password, name)
    member = Staff(
        name=name, shown_name=" ".join(shown_name.split())[:32] or name, roles=held,
        password_hash=passwords.hashed(password), must_change_password=True, created_at=clock.now(),
    )  # fmt: skip
    session.add(member)
    session.flush()
    audit.record(session, by, "staff.add", f"staff:{name}", roles=held)
    return member, password


def set_roles(session: Session, name: str, roles: Iterable[str], by: str, *, leaves_one_admin: bool = False) -> Staff:
    """Raises NotAllowed: nobody changes his own roles, and the last but one administrator goes only on purpose."""
    member, held = _change_of(session, name, by, "改自己的角色"), _checked_roles(roles)
    if Role.ADMIN not in held:
        _keep_two_admins(session, member, leaves_one_admin)
    before, member.roles = list(member.roles), held
    end_all_sessions(session, member)
    session.flush()
    audit.record(session, by, "staff.roles", f"staff:{member.name}", before=before, after=held)
    return member


def deactivate(session: Session, name: str, by: str, *, leaves_one_admin: bool = False) -> Staff:
    """He cannot sign in any more, and what he did stays. Raises NotAllowed."""
    member = _change_of(session, name, by, "停用自己")
    _keep_two_admins(session, member, leaves_one_admin)
    member.is_active = False
    end_all_sessions(session, member)
    session.flush()
    audit.record(session, by, "staff.deactivate", f"staff:{member.name}")
    return member


def activate(session: Session, name: str, by: str) -> Staff:
    """Back again, with the roles that he had."""
    member = _change_of(session, name, by, "启用自己")
    member.is_active, member.failures, member.locked_until = True, 0, None
    session.flush()
    audit.record(session, by, "staff.activate", f"staff:{member.name}")
    return member


def unlock(session: Session, name: str, by: str) -> Staff:
    """The way back after wrong passwords; the password stays."""
    _require_admin(session, by)
    member = get_staff(session, name)
    failures, member.failures, member.locked_until = member.failures, 0, None
    session.flush()
    audit.record(session, by, "staff.unlock", f"staff:{member.name}", failures=failures)
    return member


def reset(session: Session, name: str, by: str, *, first_password: str = "") -> str:
    """A new first password; the second factor is to be set up anew, and every sign-in has ended."""
    _require_admin(session, by)
    member = get_staff(session, name)
    password = _first_password(first_password, member.name)
    member.password_hash, member.must_change_password = passwords.hashed(password), True
    member.totp_encrypted, member.totp_pending, member.totp_last_step = "", "", 0
    member.failures, member.locked_until = 0, None
    end_all_sessions(session, member)
    session.flush()
    audit.record(session, by, "staff.reset", f"staff:{member.name}")
    return password


def _change_of(session: Session, name: str, by: str, of_oneself: str) -> Staff:
    _require_admin(session, by)
    member = get_staff(session, name)
    if member.name == folded(by):
        raise NotAllowed(f"不能自己{of_oneself}：请另一名管理员办理。")
    return member


def _require_admin(session: Session, by: str) -> None:
    take_turns(session, "staff")
    admins = active_admins(session)
    if not admins:
        return  # a fresh installation, or one that lost them all: who owns the machine begins
    if find_staff(session, by) is None:
        names = "、".join(admin.name for admin in admins)
        raise NotAllowed(f"“{by}”不是工作人员，不能改人员：请加 --as 和一名管理员的名字（现有：{names}）。")
    require(session, by, Role.ADMIN)


def _keep_two_admins(session: Session, member: Staff, leaves_one_admin: bool) -> None:
    left = [admin for admin in active_admins(session) if admin.id != member.id]
    was_admin = member.is_active and Role.ADMIN in roles_of(member)
    if not was_admin or len(left) >= LEAST_ADMINS:
        return
    if not left:
        raise NotAllowed("这是最后一名管理员，不能去掉：请先任命另一名。")
    if not leaves_one_admin:
        raise NotAllowed("去掉之后只剩一名管理员：请先任命另一名。确需立即去掉，请在命令行加 --leaves-one-admin。")


def _first_password(given: str, name: str) -> str:
    if given and (fault := passwords.fault_of(given, name)):
        raise NotAllowed(fault)
    return given or passwords.first_password()


def _checked_roles(roles: Iterable[str]) -> list[str]:
    wanted = {str(role) for role in roles}
    if unknown := sorted(wanted - set(Role)):
        raise NotAllowed(f"没有叫“{'、'.join(unknown)}”的角色：可用的是 {' '.join(Role)}。")
    if not wanted:
        raise NotAllowed("请至少选一个角色。")
    return [str(role) for role in Role if role in wanted]


# ── sign-ins that go on ───────────────────────────────────────────────────────────────────────────────────────────────


def open_session(session: Session, staff: Staff) -> str:
    """The token for the cookie of somebody who has just proved who he is."""
    moment = clock.now()
    too_old = (StaffSession.created_at < moment - LONGEST_SESSION) | (StaffSession.seen_at < moment - IDLE_LIMIT)
    session.execute(delete(StaffSession).where(too_old))
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(digest=_digest(token), staff_id=staff.id, created_at=moment, seen_at=moment))
    session.flush()
    return token


def find_session(session: Session, token: str) -> Staff | None:
    """Who this is, where his sign-in has not ended: 30 minutes without a sign of life, 12 hours at most. Only reads."""
    found = session.get(StaffSession, _digest(token))
    if found is None or _has_ended(found):
        return None
    member = session.get(Staff, found.staff_id)
    return member if member and member.is_active else None


def is_sign_of_life_due(session: Session, token: str) -> bool:
    found = session.get(StaffSession, _digest(token))
    return found is not None and clock.now() - found.seen_at >= SEEN_EVERY


def note_sign_of_life(session: Session, token: str) -> None:
    mine = update(StaffSession).where(StaffSession.digest == _digest(token))
    session.execute(mine.values(seen_at=clock.now()))


def end_session(session: Session, token: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.digest == _digest(token)))


def end_all_sessions(session: Session, staff: Staff) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


def _has_ended(found: StaffSession) -> bool:
    moment = clock.now()
    return moment - found.created_at >= LONGEST_SESSION or moment - found.seen_at >= IDLE_LIMIT


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
