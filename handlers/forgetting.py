"""How a person is erased: what each slice holds of him and how it lets go, in one list, and what is written down of it.

Whoever adds a table that names a citizen adds it to library/retention.toml, and here what lets go of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from content import audit, security_log
from content.security_log import Event
from content.store.keys import Keyring
from handlers import citizens, conversation, owing, receipts, turns
from handlers.citizens import Person
from handlers.disclosure import requests
from handlers.disclosure.files import RequestFile
from handlers.disclosure.models import DisclosureRequest, RequestStep
from handlers.disclosure.proofs import RequestProof
from handlers.privacy import holdings, register, traces
from handlers.privacy.holdings import Holding
from handlers.privacy.register import Erasure
from handlers.privacy.retention import Fate
from handlers.publicity import videos
from handlers.publicity.models import VideoVote
from handlers.quiz import play, seats
from handlers.quiz.boards import nicknames
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.models import HeldCampaign, Participant
from handlers.quiz.prizes import claims, drawing
from handlers.quiz.prizes.models import Winner
from handlers.talk import tickets

WORDS, LEAVING = "words", "leaving"
NAMED = (Certificate, RequestFile, RequestProof, RequestStep, Winner, VideoVote)
"""Tables that library/retention.toml names and nothing here touches: they must be known where it is read."""


def _untie_requests(session: Session, citizen_id: str) -> None:
    """An application stays a case of the bureau's; nobody is told of it in the chat any more."""
    his = update(DisclosureRequest).where(DisclosureRequest.citizen_id == citizen_id)
    session.execute(his.values(citizen_id=None))


FORGETTERS: tuple[Callable[[Session, str], None], ...] = (
    videos.forget,
    play.forget,
    conversation.leave,
    tickets.forget,
    _untie_requests,
    owing.forget,
    citizens.forget,
)
"""By citizen id, the tie to the openid last."""


def _sign_out(session: Session, person: Person) -> None:
    for campaign_id in session.scalars(select(HeldCampaign.id)).all():
        seats.end(session, campaign_id, person.in_campaign(campaign_id))


def _unpublish(session: Session, person: Person) -> None:
    """No page keeps his name. What he has won stays his."""
    for held in drawing.all_with_prizes(session):
        me = session.get(Participant, (held.id, person.in_campaign(held.id)))
        winner = claims.find_winner(session, held.id, me.code) if me else None
        if winner and winner.may_publish:
            claims.forbid(session, winner)


BY_OTHER_NAMES: tuple[Callable[[Session, Person], None], ...] = (
    lambda session, person: turns.forget(session, person.pseudonym),
    lambda session, person: nicknames.forget(session, person.in_campaign),
    _unpublish,
    _sign_out,
    lambda session, person: traces.forget(session, person.pseudonym),
)
"""Of what does not stand under the citizen's id."""


@dataclass(frozen=True, slots=True)
class Erased:
    receipt: Erasure
    went: tuple[Holding, ...]
    stays: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What he still waits for, by number: said before he is erased."""

    tickets: tuple[int, ...]
    """They go unanswered."""
    requests: tuple[str, ...]
    """They stay and are handled to their end."""


def waiting(session: Session, person: Person) -> Waiting:
    if not person.id:
        return Waiting((), ())
    return Waiting(tuple(tickets.waiting_of(session, person.id)), tuple(requests.open_of(session, person.id)))


def erase(session: Session, person: Person, asked_by: str) -> Erased:
    """All that is kept under this person's openid, at once; and the receipt."""
    before = holdings.held(session, person)
    went = tuple(one for one in before if one.kind.on_erasure is Fate.GONE)
    shown = {one.kind.name: one.count for one in went}
    if before:
        trace = traces.name_for(session, person.pseudonym, "security")
        security_log.note(session, Event.ERASED, trace)
    made = register.enter(session, person.keyring, person.pseudonym, asked_by, shown)
    if asked_by == WORDS:
        in_audit = traces.name_for(session, person.pseudonym, "audit")
    _forget(session, person)
    stays = tuple(one for one in before if one.kind.on_erasure is not Fate.GONE)
    if asked_by == WORDS:
        audit.record(session, "", "privacy.erase", f"citizen:{in_audit}", went=shown)
    return Erased(made, went, stays)


def _forget(session: Session, person: Person) -> None:
    for forget_person in BY_OTHER_NAMES:
        forget_person(session, person)
    if person.id:
        for forget in FORGETTERS:
            forget(session, person.id)


# ── after a backup was restored ───────────────────────────────────────────────────────────────────────────────────────


def erase_again(session: Session, keyring: Keyring) -> int:
    """Whoever has been erased since the backup was made is erased anew; how many that was. Whoever came back
    afterwards stays as he came back. Raises KeysUnreadable where the keys are not all of those of the backup.
    """
    if not (erased := register.moments(session)):
        return 0
    known = citizens.known_pseudonyms(session)
    again = [pseudonym for pseudonym, since in known if _was_erased(keyring, pseudonym, since, erased)]
    for pseudonym in again:
        _forget(session, citizens.person_under(session, keyring, pseudonym))
    gone = len(again) + _forget_misses(session, keyring, erased)
    if gone:
        register.scour_again(session)
    return gone


def _was_erased(keyring: Keyring, pseudonym: str, since: datetime, erased: Mapping[str, datetime]) -> bool:
    at = erased.get(register.keyed(keyring, pseudonym))
    return at is not None and since <= at


def _forget_misses(session: Session, keyring: Keyring, erased: Mapping[str, datetime]) -> int:
    """Of people who had nothing else here."""
    gone = 0
    for pseudonym in session.scalars(select(turns.Miss.pseudonym).distinct()).all():
        if at := erased.get(register.keyed(keyring, pseudonym)):
            old = (turns.Miss.pseudonym == pseudonym) & (turns.Miss.at <= at)
            gone += len(session.scalars(delete(turns.Miss).where(old).returning(turns.Miss.id)).all())
    return gone


def scour(session: Session, until: datetime) -> None:
    """Replies kept for a second delivery, up to this moment: they may quote what was erased."""
    session.execute(delete(receipts.Receipt).where(receipts.Receipt.at <= until))
