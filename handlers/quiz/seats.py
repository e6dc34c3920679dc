"""Which browser plays for a participant. It holds a token in a cookie; the database knows only the token's digest.

A participant has one seat at a time: whoever takes a new one on another phone ends the earlier ones. A link binds one
browser, once.
"""

import hashlib
import secrets

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import take_turns
from handlers.quiz.models import Seat


class LinkUsed(Exception):
    """Another browser was bound with this link, or its seat has passed to another phone: nobody was bound."""


def bind(session: Session, campaign_id: str, participant: str, link: str | None = None, token: str = "") -> str:
    """The token of this participant's seat, for the browser's cookie; he must have joined (play.join).

    `link`: what tells this link from all others; None where he came in otherwise. `token`: what the browser holds
    already: with the link that bound it, it keeps its seat. Raises LinkUsed.
    """
    take_turns(session, f"quiz:{campaign_id}:{participant}")
    used = session.scalar(select(Seat).where(Seat.link == _digest(link))) if link else None
    if used is not None:
        if used.ended_at is not None or used.digest != _digest(token):
            raise LinkUsed
        return token
    end(session, campaign_id, participant)
    made = secrets.token_urlsafe(32)
    session.add(
        Seat(
            digest=_digest(made), link=_digest(link) if link else None, campaign_id=campaign_id,
            participant=participant, bound_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    return made


def find(session: Session, token: str) -> Seat | None:
    """The seat that this token holds now."""
    seat = _any(session, token)
    return seat if seat and seat.ended_at is None else None


def has_ended(session: Session, token: str) -> bool:
    """Whether it held a seat that has passed to another browser, or signed off."""
    seat = _any(session, token)
    return seat is not None and seat.ended_at is not None


def end(session: Session, campaign_id: str, participant: str) -> None:
    """All of this participant's seats in the campaign. A second time changes nothing."""
    his = (Seat.campaign_id == campaign_id) & (Seat.participant == participant)
    session.execute(update(Seat).where(his, Seat.ended_at.is_(None)).values(ended_at=clock.now()))


def _any(session: Session, token: str) -> Seat | None:
    return session.get(Seat, _digest(token)) if token else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
