"""A prize and its winner: the code by which he claims it, whether his name may be published, and the hand-over, where
his name and telephone are asked for the first time. They go when their time is over, or when he wants it.

The claim code is shown to the winner alone and stands nowhere: it is computed from the keys of this installation.
"""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import line
from handlers.quiz.prizes.models import Winner, WinnerState

OBJECTION = timedelta(days=3)
"""So long a winner can object before another member of staff may confirm that he gets nothing."""
KEPT = timedelta(days=180)
"""Name and telephone, from the hand-over on."""
PERSON = "prize-person"
MOST_NAME, MOST_WHY, MOST_TAX = 32, 200, 100
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS = 10
_PHONE = re.compile(r"\+?\d{7,15}")
_CLAIM = re.compile(rf"0*(\d{{1,9}})-([{_ALPHABET}-]+)")
_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


class NotHandedOver(Exception):
    """Nothing was changed; the message says what is lacking."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Who comes for a prize, as staff have written it down."""

    claim_code: str
    name: str
    phone: str
    is_under_fourteen: bool = False
    guardian: str = ""
    """Who consents for somebody under fourteen."""
    is_once: bool = False
    """Staff have made sure that this person takes no second prize under another account."""
    may_publish: bool | None = None
    """What he says at the desk; None where what he said in the chat stands."""
    guardian_publishes: bool = False
    """Under fourteen: the guardian consents to the name, apart from everything else."""
    tax_note: str = ""


def claim_code_of(keyring: Keyring, winner: Winner) -> str:
    """Such as 12-7KQ2M-8RTXA: his place in the draw, and signs that nobody can guess."""
    value = int(keyring.pseudonym(f"prize-claim:{winner.campaign_id}", f"{winner.place}:{winner.code}"), 16)
    signs = ""
    for _ in range(_SIGNS):
        value, place = divmod(value, len(_ALPHABET))
        signs += _ALPHABET[place]
    return f"{winner.place}-{signs[: _SIGNS // 2]}-{signs[_SIGNS // 2 :]}"


def find_by_claim(session: Session, keyring: Keyring, campaign_id: str, typed: str) -> Winner | None:
    """However it was typed, as long as something stands behind the place."""
    plain = _BETWEEN.sub("-", unicodedata.normalize("NFKC", typed).strip().upper())
    found = _CLAIM.fullmatch(plain)
    winner = session.get(Winner, (campaign_id, int(found[1]))) if found and int(found[1]) < 2**31 else None
    if found is None or winner is None or not winner.prize:
        return None
    signs = claim_code_of(keyring, winner).split("-", 1)[1].replace("-", "")
    return winner if hmac.compare_digest(signs, found[2].replace("-", "")) else None


def find_winner(session: Session, campaign_id: str, code: str) -> Winner | None:
    """By the code under which he took part."""
    return session.scalar(select(Winner).where(Winner.campaign_id == campaign_id, Winner.code == code))


def get_winner(session: Session, held: HeldCampaign, place: int) -> Winner:
    """Raises NotHandedOver."""
    found = session.get(Winner, (held.id, place))
    if found is None:
        raise NotHandedOver(say("prizes_no_such_winner"))
    return found


def winners(session: Session, campaign_id: str, limit: int | None = None) -> Sequence[Winner]:
    """Who has been offered a prize, in the order of the draw."""
    won = (Winner.campaign_id == campaign_id) & (Winner.prize != "")
    return session.scalars(select(Winner).where(won).order_by(Winner.place).limit(limit)).all()


# ── the winner's own word ─────────────────────────────────────────────────────────────────────────────────────────────


def may_allow(winner: Winner) -> bool:
    """Whether his word can bring his name onto the page: not where it was let go of, and not under fourteen, where the
    guardian has been asked at the hand-over.
    """
    is_kept = bool(winner.name_encrypted) and not winner.guardian_encrypted
    return is_kept if winner.state == WinnerState.HANDED_OVER else winner.state == WinnerState.OFFERED


def allow(session: Session, keyring: Keyring, winner: Winner) -> bool:
    """His name may be published: at the hand-over, or at once where he has the prize. False where his word cannot bring
    it there.
    """
    if not may_allow(winner):
        return False
    winner.may_publish, winner.answered_at = True, clock.now()
    if winner.name_encrypted:
        winner.published_name = keyring.decrypt(PERSON, winner.name_encrypted)
    session.flush()
    audit.record(session, "", "prize.consent", _thing(winner), answer="yes")
    return True


def forbid(session: Session, winner: Winner) -> None:
    """His name is not published, or gone from the page at once: he may change his mind at any time."""
    winner.may_publish, winner.answered_at, winner.published_name = False, clock.now(), ""
    session.flush()
    audit.record(session, "", "prize.consent", _thing(winner), answer="no")


def decline(session: Session, winner: Winner) -> bool:
    """He does not want it: the next in line gets it. False where it is not his to decline any more."""
    line.move_on(session, winner.campaign_id)
    session.refresh(winner)
    if winner.state != WinnerState.OFFERED:
        return False
    winner.state, winner.decided_at = WinnerState.DECLINED, clock.now()
    session.flush()
    audit.record(session, "", "prize.decline", _thing(winner), prize=winner.prize)
    line.move_on(session, winner.campaign_id)
    return True


# ── staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_over(session: Session, keyring: Keyring, held: HeldCampaign, place: int, taker: Taker, by: str) -> Winner:
    """To whoever brings the claim code. Raises NotAllowed and NotHandedOver."""
    name = staff.require(session, by, Role.CAMPAIGNS).name
    line.move_on(session, held.id)
    winner = _offered(session, held, place)
    if find_by_claim(session, keyring, held.id, taker.claim_code) is not winner:
        raise NotHandedOver(say("prizes_wrong_claim"))
    _check(taker)
    person = _new_person(session, keyring, winner, taker)
    if (said := _said(taker)) is not None:
        winner.may_publish, winner.answered_at = said, clock.now()
    winner.state, winner.decided_at, winner.decided_by = WinnerState.HANDED_OVER, clock.now(), name
    winner.reason, winner.tax_note = "", taker.tax_note.strip()
    _write_down(session, keyring, winner, taker, person)
    audit.record(
        session, name, "prize.hand_over", _thing(winner), prize=winner.prize, under_fourteen=taker.is_under_fourteen
    )
    return winner


def propose_refusal(session: Session, held: HeldCampaign, place: int, why: str, by: str) -> None:
    """The winner is told and may object; until another member of staff confirms it the prize stays his, however late it
    gets. Raises NotAllowed and NotHandedOver.
    """
    name, why = staff.require(session, by, Role.CAMPAIGNS).name, why.strip()
    line.move_on(session, held.id)
    winner = _offered(session, held, place)
    if winner.reason:
        raise NotHandedOver(say("prizes_refusal_there"))
    if not why or len(why) > MOST_WHY:
        raise NotHandedOver(say("prizes_why", most=MOST_WHY))
    winner.decided_at, winner.decided_by, winner.reason = clock.now(), name, why
    session.flush()
    audit.record(session, name, "prize.propose_refusal", _thing(winner), prize=winner.prize, reason=why)


def confirm_refusal(session: Session, held: HeldCampaign, place: int, by: str) -> None:
    """By somebody else, once the time to object is over: the next in line gets it. Raises NotAllowed, NotHandedOver."""
    name = staff.require(session, by, Role.CAMPAIGNS).name
    line.move_on(session, held.id)
    winner = _proposed(session, held, place)
    if winner.decided_by == name:
        raise NotHandedOver(say("prizes_refusal_by_another"))
    if clock.now() < (until := objects_until(winner)):
        raise NotHandedOver(say("prizes_refusal_early", until=clock.spoken(until)))
    winner.state, winner.decided_at, winner.decided_by = WinnerState.REFUSED, clock.now(), name
    session.flush()
    audit.record(session, name, "prize.refuse", _thing(winner), prize=winner.prize, reason=winner.reason)
    line.move_on(session, held.id)


def drop_refusal(session: Session, held: HeldCampaign, place: int, by: str) -> None:
    """The prize stays his, with time left to fetch it. Raises NotAllowed and NotHandedOver."""
    name = staff.require(session, by, Role.CAMPAIGNS).name
    line.move_on(session, held.id)
    winner = _proposed(session, held, place)
    winner.decided_at, winner.decided_by, winner.reason = None, "", ""
    winner.due_at = max(winner.due_at or clock.now(), line.due_from(clock.now(), OBJECTION.days))
    session.flush()
    audit.record(session, name, "prize.drop_refusal", _thing(winner), prize=winner.prize)


def objects_until(winner: Winner) -> datetime:
    """The end of the time in which a winner may object to his refusal; the present where none is proposed."""
    is_proposed = winner.state == WinnerState.OFFERED and winner.reason and winner.decided_at
    return winner.decided_at + OBJECTION if is_proposed and winner.decided_at else clock.now()


def rectify(
    session: Session, keyring: Keyring, held: HeldCampaign, place: int, name: str, phone: str, guardian: str, by: str
) -> None:
    """Of the person as he is written down, because he wants it put right (《个人信息保护法》 article 46). `guardian`:
    where there is one. Raises NotAllowed, NotHandedOver and KeysUnreadable.
    """
    staff_name = staff.require(session, by, Role.CAMPAIGNS).name
    winner = get_winner(session, held, place)
    if not winner.name_encrypted:
        raise NotHandedOver(say("prizes_nothing_kept"))
    taker = Taker("", name, phone, bool(winner.guardian_encrypted), guardian, is_once=True)
    _check(taker)
    person = _new_person(session, keyring, winner, taker)
    _write_down(session, keyring, winner, taker, person)
    audit.record(session, staff_name, "prize.rectify", _thing(winner))


def erase(session: Session, held: HeldCampaign, place: int, by: str) -> None:
    """What was written down of the person, because he wants it. Raises NotAllowed and NotHandedOver."""
    name = staff.require(session, by, Role.CAMPAIGNS).name
    winner = get_winner(session, held, place)
    if not winner.name_encrypted:
        raise NotHandedOver(say("prizes_nothing_kept"))
    for column, empty in _nothing().items():
        setattr(winner, column, empty)
    session.flush()
    audit.record(session, name, "prize.erase", _thing(winner))


def purge(session: Session) -> None:
    """Names and telephones whose time is over."""
    old = (Winner.decided_at < clock.now() - KEPT) & (Winner.name_encrypted != "")
    session.execute(update(Winner).where(old).values(**_nothing()))


def person_of(keyring: Keyring, winner: Winner) -> tuple[str, str, str]:
    """(name, telephone, guardian) as far as they are kept."""
    kept = (winner.name_encrypted, winner.phone_encrypted, winner.guardian_encrypted)
    name, phone, guardian = (keyring.decrypt(PERSON, one) if one else "" for one in kept)
    return name, phone, guardian


def _nothing() -> dict[str, str | None]:
    return {"name_encrypted": "", "phone_encrypted": "", "guardian_encrypted": "", "person": None, "published_name": ""}


def _offered(session: Session, held: HeldCampaign, place: int) -> Winner:
    winner = get_winner(session, held, place)
    if winner.state != WinnerState.OFFERED:
        raise NotHandedOver(say("prizes_not_offered", state=say(f"prize_state_{winner.state}")))
    return winner


def _proposed(session: Session, held: HeldCampaign, place: int) -> Winner:
    winner = _offered(session, held, place)
    if not winner.reason:
        raise NotHandedOver(say("prizes_no_refusal"))
    return winner


def _check(taker: Taker) -> None:
    if not _line(taker.name) or len(_line(taker.name)) > MOST_NAME:
        raise NotHandedOver(say("prizes_name_missing", most=MOST_NAME))
    if not _PHONE.fullmatch(_digits(taker.phone)):
        raise NotHandedOver(say("prizes_phone_missing"))
    if taker.is_under_fourteen and not 0 < len(_line(taker.guardian)) <= MOST_NAME:
        raise NotHandedOver(say("prizes_guardian_missing"))
    if not taker.is_once:
        raise NotHandedOver(say("prizes_once_missing"))
    if len(taker.tax_note) > MOST_TAX:
        raise NotHandedOver(say("prizes_tax_too_long", most=MOST_TAX))


def _said(taker: Taker) -> bool | None:
    """About his name. Under fourteen nobody but the guardian speaks, whatever was said in the chat; silence is a no."""
    return taker.guardian_publishes if taker.is_under_fourteen else taker.may_publish


def _new_person(session: Session, keyring: Keyring, winner: Winner, taker: Taker) -> str:
    """Findable while it is kept, and in this campaign only. Raises NotHandedOver where he has another prize."""
    digits = _digits(taker.phone).lstrip("+").removeprefix("86")
    words = f"{''.join(_line(taker.name).split())}:{digits}"
    person = keyring.pseudonym(f"{PERSON}:{winner.campaign_id}", words)
    his = (Winner.campaign_id == winner.campaign_id) & (Winner.person == person) & (Winner.place != winner.place)
    if session.scalar(select(Winner.place).where(his)):
        raise NotHandedOver(say("prizes_same_person"))
    return person


def _write_down(session: Session, keyring: Keyring, winner: Winner, taker: Taker, person: str) -> None:
    winner.person = person
    winner.name_encrypted = keyring.encrypt(PERSON, _line(taker.name))
    winner.phone_encrypted = keyring.encrypt(PERSON, _digits(taker.phone))
    winner.guardian_encrypted = keyring.encrypt(PERSON, _line(taker.guardian)) if taker.is_under_fourteen else ""
    winner.published_name = _line(taker.name) if winner.may_publish else ""
    session.flush()


def _thing(winner: Winner) -> str:
    return f"prize:{winner.campaign_id}:{winner.place}"


def _line(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).split())


def _digits(phone: str) -> str:
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", phone))
