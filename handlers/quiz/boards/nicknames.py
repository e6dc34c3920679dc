"""What a participant is called on the boards: chosen by himself, looked at before anybody else sees it, cleared by
staff where it should not stand there.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import LIBRARY, say
from content.staff import Role
from content.watch_words import bureau_words, find_words
from handlers.quiz import register, standings
from handlers.quiz.campaign import Phase
from handlers.quiz.models import FrozenBoard, HeldCampaign, Participant

SHORTEST, LONGEST = 2, 10
MOST_DIGITS = 4
"""More could be a telephone number, a QQ number or part of an identity number."""
_LETTERS_OF_DIGITS = str.maketrans("019", "oig")
_SIGNS = re.compile(r"[\w·-]+")


class BadNickname(Exception):
    """It cannot stand on a board; the message says why."""


def choose(session: Session, held: HeldCampaign, participant: Participant, written: str) -> str:
    """The nickname as it stands now; "" takes it away. A second time changes nothing. Raises BadNickname."""
    nickname = clean(written)
    if nickname:
        if register.phase_of(held) is not Phase.OPEN:
            raise BadNickname(say("nickname_too_late"))
        if fault := fault_of(session, nickname):
            raise BadNickname(fault)
        standings.take_turns_of(session, held)  # two people choose the same at one moment
        if _is_anothers(session, participant, nickname):
            raise BadNickname(say("nickname_anothers"))
    _set(session, participant, nickname)
    return nickname


def clear(session: Session, held: HeldCampaign, code: str, by: str, reason: str) -> None:
    """By staff; he may choose another. Raises BadNickname, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    whose = select(Participant).where(Participant.campaign_id == held.id, Participant.code == code)
    participant = session.scalar(whose)
    if participant is None or not participant.nickname:
        raise BadNickname(say("nickname_none", code=code))
    if not reason.strip():
        raise BadNickname(say("nickname_reason"))
    _set(session, participant, "")
    audit.record(session, by, "quiz.nickname", f"campaign:{held.id}", code=code, reason=reason.strip()[:200])


def forget(session: Session, name_in: Callable[[str], str]) -> None:
    """Whoever wants to be forgotten keeps no name on any board; his papers say nothing of him. `name_in`: a campaign's
    id → his name in it, as citizens.participant_of has it.
    """
    for campaign_id in session.scalars(select(HeldCampaign.id)).all():
        participant = session.get(Participant, (campaign_id, name_in(campaign_id)))
        if participant and participant.nickname:
            _set(session, participant, "")


def _is_anothers(session: Session, participant: Participant, nickname: str) -> bool:
    """On one board nobody passes for somebody else."""
    others = select(Participant.name).where(
        Participant.campaign_id == participant.campaign_id, Participant.name != participant.name,
        func.lower(Participant.nickname) == nickname.lower(),
    )  # fmt: skip
    return session.scalar(others.limit(1)) is not None


def _set(session: Session, participant: Participant, nickname: str) -> None:
    """On the board that stands still as well: a name is no standing. One after the other, since all of that board is
    one row.
    """
    standings.take_turns_of(session, session.get_one(HeldCampaign, participant.campaign_id))
    participant.nickname = nickname
    frozen = session.get(FrozenBoard, participant.campaign_id, populate_existing=True)
    if frozen:
        frozen.people = [
            {**row, "nickname": nickname} if row["participant"] == participant.name else row for row in frozen.people
        ]
    session.flush()


# ── what may stand there ──────────────────────────────────────────────────────────────────────────────────────────────


def clean(written: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)).strip("\"'“”‘’「」《》.。!！,，:：~")


def fault_of(session: Session, nickname: str) -> str:
    """What speaks against it, as a sentence; empty where nothing does."""
    if not SHORTEST <= len(nickname) <= LONGEST:
        return say("nickname_length", least=SHORTEST, most=LONGEST)
    if not _SIGNS.fullmatch(nickname) or not any(sign.isalpha() for sign in nickname):
        return say("nickname_signs")
    if sum(sign.isdigit() or sign in _unwanted()["digits"] for sign in nickname) > MOST_DIGITS:
        return say("nickname_digits", most=MOST_DIGITS)
    bare = folded(nickname)
    if bare not in _unwanted()["whole"] and (fault := _fault_in(bare)):
        return fault
    is_watched = any(True for text in (nickname, bare) for _ in find_words(text, bureau_words(session)))
    return say("nickname_watched") if is_watched else ""


def _fault_in(bare: str) -> str:
    if _is_grave(bare):
        return say("nickname_watched")
    rest = _harmless().sub("-", bare)
    for sort, told in _TOLD.items():
        if any(word in (bare if sort == "leaders" else rest) for word in _unwanted()[sort]):
            return say(told)
    return ""


_TOLD = {
    "official": "nickname_official", "leaders": "nickname_watched", "unlawful": "nickname_watched",
    "standing": "nickname_standing", "contact": "nickname_contact", "rude": "nickname_watched",
}  # fmt: skip


def folded(nickname: str) -> str:
    """As it is compared: without signs between, marks over letters, capitals, traditional characters and letters of
    other alphabets.
    """
    apart = unicodedata.normalize("NFKD", nickname.casefold())
    return "".join(sign for sign in apart if sign.isalnum()).translate(_same())


def _is_grave(bare: str) -> bool:
    """Also where it is spelt, in part or in whole; 0, 1 and 9 stand for letters."""
    texts = {bare, bare.translate(_LETTERS_OF_DIGITS)}
    return any(_is_meant(found) for pattern in _grave() for text in texts for found in pattern.finditer(text))


def _is_meant(found: re.Match[str]) -> bool:
    """习j平, 法lun功, xijinping; of two characters not letters alone: taidu may well be something else."""
    signs = found.groups()
    if found[0].isascii():
        return len(signs) > 2 and all(len(sign) > 1 for sign in signs)
    return sum(len(sign) > 1 or not sign.isascii() for sign in signs) > 1


@cache
def _grave() -> list[re.Pattern[str]]:
    """Each character itself, spelt, or by its first letter."""
    words = [re.findall(r"([^a-z])(([a-z])[a-z]*)", word) for word in _unwanted()["gravest"]]
    return [re.compile("".join("({}|{}|{})".format(*sign) for sign in word)) for word in words]


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile("|".join(_unwanted()["harmless"]))


@cache
def _same() -> dict[int, str]:
    return {ord(sign): word[-1] for word in _library()["same"] for sign in word[:-1]}


@cache
def _unwanted() -> dict[str, tuple[str, ...]]:
    return {sort: tuple(word.casefold() for word in words) for sort, words in _library().items()}


@cache
def _library() -> dict[str, list[str]]:
    return tomllib.loads((LIBRARY / "nicknames.toml").read_text(encoding="utf-8"))
