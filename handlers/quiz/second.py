"""What one person has proposed in a campaign and another must decide: questions that are mended, what somebody is
granted beside the rules, papers that were typed in, a prize that is to be refused, a campaign that is to be withdrawn.
Looks, changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import staff
from content.phrases import say
from content.store import clock
from handlers.quiz import register, unsettled, withdrawing
from handlers.quiz.editions.models import SheetState, TypedSheet
from handlers.quiz.exam.models import Override, OverrideKind, OverrideState
from handlers.quiz.mending.models import Mending
from handlers.quiz.mending.models import State as MendingState
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims, entries
from handlers.quiz.prizes.due import Due, Press
from handlers.quiz.prizes.models import Winner, WinnerState

MENDINGS, OVERRIDES, EDITIONS, REFUSALS = "mendings", "overrides", "editions", "refusals"
WITHDRAWALS = "withdrawals"
_TOLD = {
    MENDINGS: "second_mendings", OVERRIDES: "second_overrides", EDITIONS: "second_editions",
    REFUSALS: "second_refusals", WITHDRAWALS: "second_withdrawals",
}  # fmt: skip
PRESSES = timedelta(days=2)
"""So long before it would be of no use any more."""
_NAMES = 2


@dataclass(frozen=True, slots=True)
class _Proposed:
    by: str
    at: datetime
    until: datetime | None = None
    """A time of his own in which somebody may sit the exam."""
    is_endless: bool = False
    """It is of use after the campaign as well."""


def dues(session: Session) -> list[Due]:
    """One for each campaign and sort of proposal."""
    by_place: defaultdict[tuple[str, str], list[_Proposed]] = defaultdict(list)
    for what, campaign_id, proposed in _proposed(session):
        by_place[campaign_id, what].append(proposed)
    return [_due(session, campaign_id, what, found) for (campaign_id, what), found in sorted(by_place.items())]


def _proposed(session: Session) -> Iterator[tuple[str, str, _Proposed]]:
    mendings = select(Mending.campaign_id, Mending.proposed_by, Mending.proposed_at)
    for campaign_id, by, at in session.execute(mendings.where(Mending.state == MendingState.PROPOSED)):
        yield MENDINGS, campaign_id, _Proposed(by, at)
    for one in session.scalars(select(Override).where(Override.state == OverrideState.ASKED)):
        is_endless = one.kind == OverrideKind.EXCUSED
        yield OVERRIDES, one.campaign_id, _Proposed(one.asked_by, one.asked_at, one.closes_at, is_endless)
    sheets = select(TypedSheet.campaign_id, TypedSheet.proposed_by, TypedSheet.proposed_at)
    for campaign_id, by, at in session.execute(sheets.where(TypedSheet.state == SheetState.PROPOSED)):
        yield EDITIONS, campaign_id, _Proposed(by, at)
    refused = select(Winner).where(Winner.state == WinnerState.OFFERED, Winner.reason != "")
    for winner in session.scalars(refused):
        if (since := claims.objects_until(winner)) <= clock.now():
            yield REFUSALS, winner.campaign_id, _Proposed(winner.decided_by, since)
    for asked in withdrawing.waiting(session):
        yield WITHDRAWALS, asked.campaign_id, _Proposed(asked.asked_by, asked.asked_at)


def _due(session: Session, campaign_id: str, what: str, found: list[_Proposed]) -> Due:
    held = register.get_held(session, campaign_id)
    until = _until(held, what, found)
    told = say(_TOLD[what], title=held.title, count=len(found), names=_names(session, found))
    if what in (MENDINGS, EDITIONS) and entries.find_list(session, campaign_id):
        told += say("second_too_late")
    elif until:
        told += say("second_until", until=clock.spoken(until))
    is_near = until is not None and until - clock.now() <= PRESSES
    newest = clock.in_beijing(max(one.at for one in found)).date()
    step = f"{newest}-near" if is_near else f"{newest}"
    return Due(what, campaign_id, step, told, Press.PRESSING if is_near else Press.NOW)


def _until(held: HeldCampaign, what: str, found: list[_Proposed]) -> datetime | None:
    """While it is of use; None where that has no end, or is over."""
    rules, ends = register.rules_of(held), None
    if what in (MENDINGS, EDITIONS) and rules.draw:
        ends = held.closes_at  # the list of the draw is fixed right behind it
    elif what == WITHDRAWALS:
        ends = held.opens_at - unsettled.AHEAD
    elif what == OVERRIDES:
        ends = min((one.until or register.ended_at(held) for one in found if not one.is_endless), default=None)
    return ends if ends and ends > clock.now() else None


def _names(session: Session, found: list[_Proposed]) -> str:
    names = list(dict.fromkeys(one.by for one in found))
    shown = [member.shown_name if (member := staff.find_staff(session, name)) else name for name in names[:_NAMES]]
    return "、".join(shown) + ("" if len(names) <= _NAMES else say("second_and_others"))
