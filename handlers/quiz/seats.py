"""Which browser plays for a participant. It holds a token in a cookie; the database knows only the token's digest.

A participant has one seat at a time: whoever takes a new one on another phone ends the earlier ones. A link binds one
browser, once; one to the list of campaigns binds one browser for all of them.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import Database, take_turns
from handlers.quiz.models import Seat

_FRESH = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SITTER = "SELECT campaign_id, participant, ended_at FROM quiz_seats WHERE digest = ?"


@dataclass(frozen=True, slots=True)
class Sitter:
    campaign_id: str
    participant: str
    has_ended: bool
    """Since it passed to another browser, or signed off."""


class LinkUsed(Exception):
    """Another browser was bound with this link, or its seat has passed to another phone: nobody was bound."""


def bind(
    session: Session, campaign_id: str, participant: str, link: str | None = None, token: str = "", fresh: str = ""
) -> str:
    """The token of this participant's seat, for the browser's cookie; he must have joined (play.join).

    `link`: what tells this link from all others; None where he came in otherwise. `token`: what the browser holds
    already: with the link that bound it, it keeps its seat. `fresh`: what the browser was given beforehand to become
    its token, so that a tap that comes twice, or whose answer is lost, still binds this browser. Raises LinkUsed.
    """
    take_turn(session, campaign_id, participant)
    used = session.scalar(select(Seat).where(Seat.link == _digest(link))) if link else None
    if used is not None:
        held = next((mine for mine in (token, fresh) if used.digest == _digest(mine)), None)
        if held is None or used.ended_at is not None:
            raise LinkUsed
        return held
    end(session, campaign_id, participant)
    made = fresh if _FRESH.fullmatch(fresh) and _any(session, fresh) is None else new_token()
    session.add(
        Seat(
            digest=_digest(made), link=_digest(link) if link else None, campaign_id=campaign_id,
            participant=participant, bound_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    return made


def refuse_another_browser(session: Session, whole: str, nonces: Iterable[str], browser: str) -> None:
    """`whole`, `nonces`: of the link to the list, and of the ways into its campaigns. Raises LinkUsed where by one of
    them another browser than this was bound. Nobody else is, by any of them, until this transaction ends.
    """
    take_turns(session, f"quiz-list:{whole}")
    links = [_digest(nonce) for nonce in nonces]
    for seat in session.scalars(select(Seat).where(Seat.link.in_(links))):
        if seat.digest != _digest(token_of(browser, whole, seat.campaign_id)):
            raise LinkUsed


def token_of(browser: str, whole: str, campaign_id: str) -> str:
    """What becomes a browser's token in a campaign that it enters by a link to the list: so it is known again in the
    others, though its cookies are good for one campaign alone. Empty where it keeps no cookies.
    """
    made = hashlib.sha256(f"{browser}:{whole}:{campaign_id}".encode()).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=") if browser else ""


def take_turn(session: Session, campaign_id: str, participant: str) -> None:
    """Nobody else joins, is bound or begins for this participant until this transaction ends."""
    take_turns(session, f"quiz:{campaign_id}:{participant}")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def find(session: Session, token: str) -> Seat | None:
    """The seat that this token holds now."""
    seat = _any(session, token)
    return seat if seat and seat.ended_at is None else None


def look_up(database: Database, token: str) -> Sitter | None:
    """Whose seat the token holds or held: one statement by the driver, for every answer waits for it."""
    if not _FRESH.fullmatch(token):
        return None
    row = database.quick.row(_SITTER, (_digest(token),))
    return Sitter(row[0], row[1], has_ended=row[2] is not None) if row else None


def end(session: Session, campaign_id: str, participant: str) -> None:
    """All of this participant's seats in the campaign. A second time changes nothing."""
    his = (Seat.campaign_id == campaign_id) & (Seat.participant == participant)
    session.execute(update(Seat).where(his, Seat.ended_at.is_(None)).values(ended_at=clock.now()))


def _any(session: Session, token: str) -> Seat | None:
    return session.get(Seat, _digest(token)) if token else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
