"""A campaign that is taken back before its opening, because something in it is wrong: nobody has taken part yet. It is
gone then with all that hangs on it, its secret first of all, and its name is free; what stays is that it was withdrawn,
why and by whom, and its rules, so that they need not be written again.

Where it has a draw, the commitment has been public since it was put on: to take that back needs a second person.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.quiz import register, unsettled
from handlers.quiz.campaign import Phase
from handlers.quiz.editions.models import SheetState, TypedSheet
from handlers.quiz.models import HeldCampaign, Round, Withdrawal
from handlers.quiz.register import NotHeld

LONGEST_REASON = 200
LISTED = 5


def needs_two(held: HeldCampaign) -> bool:
    return register.rules_of(held).draw is not None


def ask(session: Session, name: str, reason: str, by: str) -> Withdrawal:
    """Done at once where one person is enough, else when another agrees. Raises NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = _not_begun(session, name)
    if not (said := reason.strip()[:LONGEST_REASON]):
        raise NotHeld(say("withdraw_why"))
    if asked(session, held):
        raise NotHeld(say("withdraw_is_asked", title=held.title))
    row = Withdrawal(
        campaign_id=held.id, title=held.title, rules=held.rules, reason=said, asked_by=staff.folded(by),
        asked_at=clock.now(), agreed_by="",
    )  # fmt: skip
    session.add(row)
    session.flush()
    if needs_two(held):
        audit.record(session, by, "quiz.withdraw_ask", f"campaign:{held.id}", title=held.title, reason=said)
        return row
    return _take_back(session, held, row, by)


def agree(session: Session, name: str, by: str) -> Withdrawal:
    """By another person than asked. Raises NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = _not_begun(session, name)
    row = _get_asked(session, held)
    if staff.folded(by) == row.asked_by:
        raise NotHeld(say("withdraw_another_person"))
    row.agreed_by = staff.folded(by)
    return _take_back(session, held, row, by)


def keep(session: Session, name: str, by: str) -> HeldCampaign:
    """It is held all the same. Raises NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = _not_begun(session, name)
    row = _get_asked(session, held)
    session.delete(row)
    session.flush()
    audit.record(session, by, "quiz.withdraw_keep", f"campaign:{name}", asked_by=row.asked_by, reason=row.reason)
    return held


def asked(session: Session, held: HeldCampaign) -> Withdrawal | None:
    """What waits for a second person; from the opening on nothing does."""
    if register.phase_of(held) is not Phase.BEFORE:
        return None
    waits = (Withdrawal.campaign_id == held.id) & Withdrawal.withdrawn_at.is_(None)
    return session.scalar(select(Withdrawal).where(waits))


def waiting(session: Session) -> list[Withdrawal]:
    """Those that wait for a second person, in time."""
    coming = (HeldCampaign.id == Withdrawal.campaign_id) & (HeldCampaign.opens_at > clock.now())
    found = select(Withdrawal).join(HeldCampaign, coming).where(Withdrawal.withdrawn_at.is_(None))
    return list(session.scalars(found.order_by(Withdrawal.id)).all())


def latest(session: Session) -> list[Withdrawal]:
    """Those that are gone, the newest first."""
    gone = select(Withdrawal).where(Withdrawal.withdrawn_at.is_not(None))
    return list(session.scalars(gone.order_by(Withdrawal.id.desc()).limit(LISTED)).all())


def _not_begun(session: Session, name: str) -> HeldCampaign:
    """Nobody else changes it before this transaction ends. Raises NotHeld."""
    held = register.get_alone(session, name)
    if clock.now() >= held.opens_at - unsettled.AHEAD:
        raise NotHeld(say("withdraw_too_late", title=held.title))
    played = select(Round.id).where(Round.campaign_id == name)
    typed = select(TypedSheet.id).where(TypedSheet.campaign_id == name, TypedSheet.state == SheetState.PROPOSED)
    if any(session.scalar(papers.limit(1)) is not None for papers in (played, typed)):
        raise NotHeld(say("withdraw_has_papers", title=held.title))
    return held


def _get_asked(session: Session, held: HeldCampaign) -> Withdrawal:
    if row := asked(session, held):
        return row
    raise NotHeld(say("withdraw_not_asked", title=held.title))


def _take_back(session: Session, held: HeldCampaign, row: Withdrawal, by: str) -> Withdrawal:
    """The database lets go of what hangs on it: units, roster, codes, printed papers."""
    row.withdrawn_at = clock.now()
    told = {"title": held.title, "reason": row.reason, "opens_at": clock.spoken(held.opens_at)}
    if needs_two(held):
        told |= {"asked_by": row.asked_by, "commitment": held.commitment}
    session.delete(held)
    session.flush()
    audit.record(session, by, "quiz.withdraw", f"campaign:{row.campaign_id}", **told)
    return row
