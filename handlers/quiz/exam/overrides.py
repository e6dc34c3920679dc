"""What somebody is granted beside the rules: one more paper, more minutes, another time, or that he need not sit it.
Each has a reason, who asked and an approver who is another person; until then it has no effect. Every step is audited,
without the reason, which may speak of somebody's health.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.quiz.exam import roster
from handlers.quiz.exam.models import DECISIONS, Override, OverrideKind, OverrideState
from handlers.quiz.models import HeldCampaign

MOST = {OverrideKind.ATTEMPT: 5, OverrideKind.MINUTES: 300}
_TOO_MANY = {OverrideKind.ATTEMPT: "exam_override_attempts", OverrideKind.MINUTES: "exam_override_minutes"}
LONGEST_REASON = 200
_REASON = "exam-override"
_ACTS = {
    OverrideState.APPROVED: "exam.approve",
    OverrideState.REFUSED: "exam.refuse",
    OverrideState.ENDED: "exam.end",
}


class NotGranted(Exception):
    """What was asked for cannot be granted as it is; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Wish:
    kind: OverrideKind
    reason: str
    amount: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def ask_as_staff(
    session: Session, keyring: Keyring, held: HeldCampaign, participant: str, wish: Wish, by: str
) -> Override:
    """Raises NotGranted, NotFound, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    return ask(session, keyring, held, participant, wish, by)


def ask(session: Session, keyring: Keyring, held: HeldCampaign, participant: str, wish: Wish, by: str) -> Override:
    """Without effect as yet; one of a kind waits at a time, so that nobody is granted it twice by mistake. The caller
    has made sure that `by` may ask for him. Raises NotGranted, NotFound.
    """
    roster.get_sitter(session, held, participant)
    if fault := _fault(wish):
        raise NotGranted(fault)
    take_turns(session, f"override:{held.id}:{participant}")
    his = (Override.campaign_id == held.id) & (Override.participant == participant)
    waits = (Override.kind == wish.kind) & (Override.state == OverrideState.ASKED)
    if session.scalar(select(Override.id).where(his, waits).limit(1)) is not None:
        raise NotGranted(say("exam_override_twice"))
    asked = Override(
        campaign_id=held.id, participant=participant, kind=wish.kind,
        amount=wish.amount if wish.kind in MOST else 0,
        opens_at=wish.opens_at if wish.kind is OverrideKind.WINDOW else None,
        closes_at=wish.closes_at if wish.kind is OverrideKind.WINDOW else None,
        reason=keyring.encrypt(_REASON, wish.reason.strip()), asked_by=by, asked_at=clock.now(),
        state=OverrideState.ASKED, decided_by="",
    )  # fmt: skip
    session.add(asked)
    session.flush()
    audit.record(session, by, "exam.ask", _thing(asked), kind=asked.kind, amount=asked.amount)
    return asked


def _fault(wish: Wish) -> str:
    if not 2 <= len(wish.reason.strip()) <= LONGEST_REASON:
        return say("exam_override_reason", most=LONGEST_REASON)
    if wish.kind in MOST and not 1 <= wish.amount <= MOST[wish.kind]:
        return say(_TOO_MANY[wish.kind], most=MOST[wish.kind])
    if wish.kind is OverrideKind.WINDOW:
        opens, closes = wish.opens_at, wish.closes_at
        if opens is None or closes is None or not opens < closes or closes <= clock.now():
            return say("exam_override_window")
    return ""


def decide(session: Session, held: HeldCampaign, override_id: int, is_approved: bool, by: str) -> Override:
    """By another person than asked. Raises NotAllowed, NotFound, NotGranted."""
    staff.require(session, by, Role.CAMPAIGNS)
    found = get_override(session, held, override_id)
    if staff.folded(by) == staff.folded(found.asked_by):
        raise NotAllowed(say("exam_override_own"))
    return _move(session, found, OverrideState.APPROVED if is_approved else OverrideState.REFUSED, by)


def end(session: Session, held: HeldCampaign, override_id: int, by: str) -> Override:
    """From now on it has no effect any more. Raises NotAllowed, NotFound, NotGranted."""
    staff.require(session, by, Role.CAMPAIGNS)
    return _move(session, get_override(session, held, override_id), OverrideState.ENDED, by)


def _move(session: Session, found: Override, to: OverrideState, by: str) -> Override:
    session.refresh(found, with_for_update=True)
    if to not in DECISIONS.get(OverrideState(found.state), frozenset()):
        raise NotGranted(say("exam_override_decided"))
    found.state, found.decided_by, found.decided_at = to, by, clock.now()
    session.flush()
    audit.record(session, by, _ACTS[to], _thing(found), kind=found.kind, asked_by=found.asked_by)
    return found


def _thing(override: Override) -> str:
    return f"campaign:{override.campaign_id}/override:{override.id}"


def get_override(session: Session, held: HeldCampaign, override_id: int) -> Override:
    """Raises NotFound, also for one of another exam."""
    found = session.get(Override, override_id)
    if found is None or found.campaign_id != held.id:
        raise NotFound(say("exam_no_such_override"))
    return found


def listing(session: Session, held: HeldCampaign) -> list[Override]:
    """The latest first."""
    of_exam = select(Override).where(Override.campaign_id == held.id)
    return list(session.scalars(of_exam.order_by(Override.id.desc())))


def reason_of(keyring: Keyring, override: Override) -> str:
    return keyring.decrypt(_REASON, override.reason) if override.reason else ""
