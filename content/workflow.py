"""Review: who may sign what, bound to a digest of just what was seen. Knows no post: a subject is a name such as
`post:12`, and its digest covers title, body, cover, audience and time.

A word counts only for the digest it was given for, and only until the subject is returned. The steps go in order, each
by another person, none of them a writer. 保密审查 is a tick by name without which the last approval does not count.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit
from content.staff import ROLE_NAMES, NotAllowed, Role, Staff, require, roles_of
from content.store import clock
from content.store.db import Base, take_turns

SECRECY, EMERGENCY, AFTERWARDS = "secrecy", "emergency", "afterwards"
STEP_NAMES: dict[str, str] = {
    Role.REVIEW1: "初审", Role.REVIEW2: "终审", Role.PUBLISH: "签发", SECRECY: "保密审查",
    EMERGENCY: "紧急签发", AFTERWARDS: "事后补审",
}  # fmt: skip


class Verdict(StrEnum):
    APPROVE = "approve"
    RETURN = "return"


class SignOff(Base):
    """One person's word on one state of a subject. Never edited."""

    __tablename__ = "sign_offs"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(16))
    """The role that was exercised (review1, review2, publish), or secrecy, emergency, afterwards."""
    staff_name: Mapped[str] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(8))
    opinion: Mapped[str] = mapped_column(Text)
    is_secrecy_checked: Mapped[bool]
    """保密审查: ticked by name, on its own."""
    ticks: Mapped[list[Any]] = mapped_column(JSON)
    """Yellow findings of the pre-flight that were looked at and accepted."""
    seen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What there was to see, as whoever owns the subject describes it."""
    at: Mapped[datetime]


def needed_steps(people: int) -> tuple[Role, ...]:
    """三审三校 as an option: one, two or three different people."""
    steps = {1: (Role.REVIEW2,), 2: (Role.REVIEW1, Role.REVIEW2), 3: (Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)}
    return steps[people]


def sign(
    session: Session,
    subject: str,
    digest: str,
    writers: Collection[str],
    by: str,
    verdict: Verdict,
    opinion: str,
    is_secrecy_checked: bool,
    ticks: Sequence[Any],
    people: int,
    *,
    needs_secrecy: bool = True,
) -> bool:
    """True where every approval that just this digest needs is there now. Raises NotAllowed."""
    take_turns(session, f"review:{subject}")
    steps = needed_steps(people)
    staff = require(session, by, *steps)
    _refuse_writers(staff, writers)
    missing = missing_steps(session, subject, digest, people, writers=writers)
    if verdict == Verdict.RETURN:
        if not opinion.strip():
            raise NotAllowed("退回时请写明意见：起草的人要知道改什么。")
        step = next((step for step in (*missing, *steps) if step in roles_of(staff)), steps[-1])
        _put(session, subject, digest, step, staff, verdict, opinion, False, ticks)
        return False
    if not missing:
        return True
    _refuse_a_second_word(session, subject, digest, staff)
    step = _next_step(staff, missing)
    if len(missing) == 1 and needs_secrecy:
        _demand_secrecy(session, subject, digest, is_secrecy_checked, writers)
    _put(session, subject, digest, step, staff, verdict, opinion, is_secrecy_checked, ticks)
    return len(missing) == 1


def check_secrecy(
    session: Session, subject: str, digest: str, writers: Collection[str], by: str, opinion: str = ""
) -> SignOff:
    """保密审查 by somebody who gives no other word on it. Raises NotAllowed."""
    take_turns(session, f"review:{subject}")
    staff = require(session, by, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
    _refuse_writers(staff, writers)
    return _put(session, subject, digest, SECRECY, staff, Verdict.APPROVE, opinion, True, (), act="review.secrecy")


def sign_emergency(
    session: Session,
    subject: str,
    digest: str,
    by: str,
    opinion: str,
    is_secrecy_checked: bool,
    ticks: Sequence[Any] = (),
) -> SignOff:
    """One person's word alone, even a writer's: it stays red until `review_afterwards`. Raises NotAllowed."""
    take_turns(session, f"review:{subject}")
    staff = require(session, by, Role.PUBLISH, Role.REVIEW2)
    if not opinion.strip():
        raise NotAllowed("紧急发布请写明原因：事后补审的人要看到。")
    if not is_secrecy_checked:
        raise NotAllowed("紧急发布也要先做保密审查：请勾选“已做保密审查”。")
    return _put(
        session, subject, digest, EMERGENCY, staff, Verdict.APPROVE, opinion, True, ticks, act="review.emergency"
    )


def review_afterwards(
    session: Session, subject: str, digest: str, writers: Collection[str], by: str, opinion: str
) -> SignOff:
    """What went out on one person's word, looked at by another. Raises NotAllowed."""
    take_turns(session, f"review:{subject}")
    staff = require(session, by, Role.REVIEW2, Role.PUBLISH)
    _refuse_writers(staff, writers)
    if any(word.step == EMERGENCY and word.staff_name == staff.name for word in sign_offs(session, subject)):
        raise NotAllowed("这是您自己紧急签发的：事后补审要由另一个人做。")
    return _put(
        session, subject, digest, AFTERWARDS, staff, Verdict.APPROVE, opinion, False, (), act="review.afterwards"
    )


def sign_offs(session: Session, subject: str) -> list[SignOff]:
    """Every word ever given on it, oldest first: for the review sheet."""
    return list(session.scalars(select(SignOff).where(SignOff.subject == subject).order_by(SignOff.id)).all())


def note_seen(session: Session, subject: str, seen: dict[str, Any]) -> None:
    """Beside the newest word on it, in the transaction that it was given in."""
    sign_offs(session, subject)[-1].seen = seen
    session.flush()


def missing_steps(
    session: Session, subject: str, digest: str, people: int, *, writers: Collection[str] = ()
) -> tuple[Role, ...]:
    """Which approvals of this digest are still to come, in order."""
    done: set[str] = set()
    heard: set[str] = set(writers)
    for word in _valid(session, subject, digest):
        if word.step in set(Role) and word.staff_name not in heard:
            done.add(word.step)
            heard.add(word.staff_name)
    return tuple(step for step in needed_steps(people) if step not in done)


def is_secrecy_done(session: Session, subject: str, digest: str, writers: Collection[str] = ()) -> bool:
    words = _valid(session, subject, digest)
    return any(word.is_secrecy_checked and word.staff_name not in writers for word in words)


def _valid(session: Session, subject: str, digest: str) -> list[SignOff]:
    """Approvals of this digest since the subject was last returned."""
    words = sign_offs(session, subject)
    returned = max((word.id for word in words if word.verdict == Verdict.RETURN), default=0)
    return [word for word in words if word.id > returned and word.digest == digest]


def _refuse_writers(staff: Staff, writers: Iterable[str]) -> None:
    if staff.name in writers:
        raise NotAllowed(f"{staff.shown_name} 写过或改过它，是起草人之一，不能审自己写的：请另一个人审。")


def _refuse_a_second_word(session: Session, subject: str, digest: str, staff: Staff) -> None:
    """A secrecy check is no approval: who made it may still approve."""
    if any(word.staff_name == staff.name and word.step in set(Role) for word in _valid(session, subject, digest)):
        raise NotAllowed(f"{staff.shown_name} 已经审过这一版：下一道要由另一个人审。")


def _next_step(staff: Staff, missing: Sequence[Role]) -> Role:
    if missing[0] in roles_of(staff):
        return missing[0]
    raise NotAllowed(f"现在要先由有“{ROLE_NAMES[missing[0]]}”角色的人审，{staff.shown_name} 没有这个角色。")


def _demand_secrecy(
    session: Session, subject: str, digest: str, is_secrecy_checked: bool, writers: Collection[str]
) -> None:
    if not is_secrecy_checked and not is_secrecy_done(session, subject, digest, writers):
        raise NotAllowed("还没有做保密审查：请确认内容不涉密、不含工作秘密和个人隐私，并勾选“已做保密审查”。")


def _put(
    session: Session,
    subject: str,
    digest: str,
    step: str,
    staff: Staff,
    verdict: Verdict,
    opinion: str,
    is_secrecy_checked: bool,
    ticks: Sequence[Any],
    *,
    act: str = "",
) -> SignOff:
    word = SignOff(
        subject=subject, digest=digest, step=str(step), staff_name=staff.name, verdict=str(verdict),
        opinion=opinion.strip()[:2000], is_secrecy_checked=is_secrecy_checked, ticks=list(ticks), at=clock.now(),
    )  # fmt: skip
    session.add(word)
    session.flush()
    audit.record(
        session, staff.name, act or f"review.{verdict}", subject,
        step=str(step), digest=digest, secrecy=is_secrecy_checked, ticks=list(ticks), opinion=word.opinion,
    )  # fmt: skip
    return word
