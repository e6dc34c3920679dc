"""The consent of its own that a proof of identity takes (《个人信息保护法》 article 29), that of a guardian for whoever
is under fourteen (article 31), and taking it back (article 15). Each stands with its time among the steps.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content.phrases import say
from handlers.disclosure import proofs
from handlers.disclosure.models import OPEN, DisclosureRequest
from handlers.disclosure.requests import NotDone, add_step

GIVEN, TAKEN_BACK = "consent", "consent_back"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was ticked."""

    to_proof: bool
    is_under_14: bool
    of_guardian: bool


def problems(consent: Consent, *, has_proof: bool) -> dict[str, str]:
    """Tick → a sentence that says what to do; empty where nothing is left to tick."""
    told = {}
    if has_proof and not consent.to_proof:
        told["consent"] = say("request_consent_wanted")
    if consent.is_under_14 and not consent.of_guardian:
        told["guardian"] = say("request_guardian_wanted")
    return told


def note(session: Session, request: DisclosureRequest, consent: Consent, *, has_proof: bool) -> None:
    """With its moment, which is now. `consent`: without problems."""
    said = []
    if consent.is_under_14:
        said.append(say("request_guardian_gave"))
    if has_proof:
        said.append(say("request_consent_gave"))
    if said:
        add_step(session, request, GIVEN, note="\n".join(said))


def take_back(session: Session, request: DisclosureRequest) -> None:
    """The picture goes at once; the application goes on. Raises NotDone."""
    if request.state not in OPEN or not proofs.drop(session, request.id):
        raise NotDone(say("request_nothing_to_take_back"))
    add_step(session, request, TAKEN_BACK, note=say("request_proof_gone"))
