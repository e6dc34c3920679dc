"""A video that is handed in: what may stand in it, its receipt, how whoever handed it in looks after it and takes it
back, and how we let go of him. What staff do with it is `moderation.py`.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from content.personal_numbers import find_numbers
from content.phrases import say
from content.store import clock
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.publicity import links, showcase
from handlers.publicity.links import Site
from handlers.publicity.models import AuthorKind, Video, VideoState
from handlers.publicity.showcase import Phase

MOST = {"title": 24, "author": 24, "description": 200, "contact": 60}
LEAST_TITLE = 2
A_DAY_FROM_ONE_ADDRESS = 20
MOST_WAITING = 500
CONTACT_KEPT = timedelta(days=90)
REFUSED_KEPT = timedelta(days=90)
SENDER_KEPT = timedelta(days=2)
CONTACT = "video-contact"
_THERE = (VideoState.SUBMITTED, VideoState.ACCEPTED)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12


class NotTaken(Exception):
    """Nothing was kept; `problems`: what is wrong by field, "" where it is none of them."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Words:
    """What is shown of a video."""

    title: str
    author_kind: AuthorKind
    author: str
    description: str
    url: str

    @classmethod
    def of(cls, title: str, author_kind: str, author: str, description: str, url: str) -> "Words":
        """As somebody typed them."""
        kind = AuthorKind(author_kind) if author_kind in set(AuthorKind) else AuthorKind.NOBODY
        shown = "" if kind is AuthorKind.NOBODY else _line(author)
        return cls(_line(title), kind, shown, _line(description), url.strip())


@dataclass(frozen=True, slots=True)
class Sender:
    """Who hands something in, as far as that is known and needed."""

    contact: str = ""
    address: str = ""
    citizen_id: str | None = None


def problems(words: Words, sites: Iterable[Site], contact: str = "") -> dict[str, str]:
    """What is wrong, by field."""
    told: dict[str, str] = {}
    if len(words.title) < LEAST_TITLE:
        told["title"] = say("video_title_missing")
    if words.author_kind is not AuthorKind.NOBODY and not words.author:
        told["author"] = say("video_author_missing")
    if not words.description:
        told["description"] = say("video_description_missing")
    if fault := links.fault(words.url, sites):
        told["url"] = fault
    for field in ("title", "author", "description"):
        written: str = getattr(words, field)
        if len(written) > MOST[field]:
            told[field] = say("video_too_long", most=MOST[field], there=len(written))
        elif found := next(find_numbers(written), None):
            told[field] = say("video_personal_number", kind=found.kind, masked=found.masked)
    if len(contact) > MOST["contact"]:
        told["contact"] = say("video_too_long", most=MOST["contact"], there=len(contact))
    return told


def hand_in(session: Session, keyring: Keyring, words: Words, sites: Iterable[Site], sender: Sender, form: str) -> str:
    """Keeps it for moderation; the code of its receipt. `form`: the name of the form that was filled in, of which a
    second delivery changes nothing. Raises NotTaken.
    """
    take_turns(session, "videos")
    code = _code(keyring, form)
    if find_by_code(session, keyring, code):
        return code
    held = showcase.find_current(session)
    if held is None or showcase.collecting(held) is not Phase.OPEN:
        raise NotTaken({"": say("video_not_collecting")})
    contact = _line(sender.contact)
    if told := problems(words, sites, contact):
        raise NotTaken(told)
    _refuse_his_own(session, held.id, words.url, sender.citizen_id)
    now, mark = clock.now(), _mark(keyring, sender.address)
    _refuse_floods(session, held.id, mark)
    session.add(
        Video(
            showcase_id=held.id, **columns(words), state=VideoState.SUBMITTED, submitted_at=now, sender=mark,
            consented_at=now if words.author_kind is AuthorKind.PERSON else None, citizen_id=sender.citizen_id,
            contact_encrypted=keyring.encrypt(CONTACT, contact) if contact else "", receipt=_digest(keyring, code),
        )
    )  # fmt: skip
    session.flush()
    return code


def same_link(session: Session, showcase_id: int, url: str) -> list[Video]:
    """What waits or is shown in this showcase under the same address, the earliest first."""
    there = (Video.showcase_id == showcase_id) & (Video.url == url) & Video.state.in_(_THERE)
    return list(session.scalars(select(Video).where(there).order_by(Video.id)).all())


def _refuse_his_own(session: Session, showcase_id: int, url: str, citizen_id: str | None) -> None:
    """What he has handed in already; what was returned to him he may hand in anew. Of a visitor who did not come out of
    the chat nobody can tell; staff see it, see moderation.findings.
    """
    his = [video for video in same_link(session, showcase_id, url) if citizen_id and video.citizen_id == citizen_id]
    if his:
        told = say(f"video_yours_{his[0].state}", title=his[0].title, number=his[0].number or "")
        raise NotTaken({"url": told})


def columns(words: Words) -> dict[str, str]:
    return {
        "title": words.title, "author_kind": words.author_kind, "author": words.author,
        "description": words.description, "url": words.url,
    }  # fmt: skip


def words_of(video: Video) -> Words:
    return Words(video.title, AuthorKind(video.author_kind), video.author, video.description, video.url)


def contact_of(keyring: Keyring, video: Video) -> str:
    return keyring.decrypt(CONTACT, video.contact_encrypted) if video.contact_encrypted else ""


# ── by the code of the receipt ────────────────────────────────────────────────────────────────────────────────────────


def find_by_code(session: Session, keyring: Keyring, code: str) -> Video | None:
    """However it was typed."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", code).upper() if sign in _ALPHABET)
    if len(plain) != _CODE_LENGTH:
        return None
    return session.scalar(select(Video).where(Video.receipt == _digest(keyring, plain)))


def take_back(session: Session, video: Video) -> None:
    """By whoever handed it in: nothing of it stays but, where it was shown, its number and its votes."""
    if video.number is None:
        session.delete(video)
    else:
        _empty(video)
        video.state, video.decided_by, video.decided_at = VideoState.WITHDRAWN, "", clock.now()
        video.reason = say("video_taken_back")
    session.flush()


def _empty(video: Video) -> None:
    video.title, video.author_kind, video.author = say("video_no_title"), AuthorKind.NOBODY, ""
    video.description, video.url, video.contact_encrypted, video.sender = "", "", "", ""
    video.consented_at, video.citizen_id, video.receipt = None, None, None


# ── how we let go ─────────────────────────────────────────────────────────────────────────────────────────────────────


def forget(session: Session, citizen_id: str) -> None:
    """What he handed in goes; what is shown stays without his name and his ties. Votes do not stand under his name."""
    for video in session.scalars(select(Video).where(Video.citizen_id == citizen_id)).all():
        if video.number is None:
            session.delete(video)
        elif video.state != VideoState.ACCEPTED:
            _empty(video)
        else:
            if video.author_kind == AuthorKind.PERSON:
                video.author_kind, video.author, video.consented_at = AuthorKind.NOBODY, "", None
            video.contact_encrypted, video.citizen_id, video.sender = "", None, ""
    session.flush()


def purge(session: Session) -> None:
    """Contacts, what was refused, and the marks of addresses, each past its time."""
    now = clock.now()
    old = Video.submitted_at < now - CONTACT_KEPT
    session.execute(update(Video).where(old, Video.contact_encrypted != "").values(contact_encrypted=""))
    session.execute(update(Video).where(Video.submitted_at < now - SENDER_KEPT, Video.sender != "").values(sender=""))
    refused = Video.state.in_((VideoState.RETURNED, VideoState.WITHDRAWN)) & Video.number.is_(None)
    session.execute(delete(Video).where(refused, Video.decided_at < now - REFUSED_KEPT))


# ── what keeps a flood out ────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_floods(session: Session, showcase_id: int, mark: str) -> None:
    waiting = (Video.showcase_id == showcase_id) & (Video.state == VideoState.SUBMITTED)
    if _count(session, waiting) >= MOST_WAITING:
        raise NotTaken({"": say("video_too_many_waiting")})
    if mark and _count(session, Video.sender == mark) >= A_DAY_FROM_ONE_ADDRESS:
        raise NotTaken({"": say("video_too_many_from_you", most=A_DAY_FROM_ONE_ADDRESS)})


def _count(session: Session, what: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Video).where(what)) or 0


def _mark(keyring: Keyring, address: str) -> str:
    return keyring.pseudonym(f"video-sender:{clock.today()}", address) if address else ""


def _code(keyring: Keyring, form: str) -> str:
    """The same for the same form, and not to be guessed."""
    value = int.from_bytes(hmac.digest(keyring.derive("video-receipt"), form.encode(), "sha256"))
    signs = []
    for _ in range(_CODE_LENGTH):
        value, place = divmod(value, len(_ALPHABET))
        signs.append(_ALPHABET[place])
    return "".join(signs)


def _digest(keyring: Keyring, code: str) -> str:
    return keyring.pseudonym("video-receipt", code)


def _line(text: str) -> str:
    """On one line, without signs that are no words."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
