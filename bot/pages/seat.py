"""The browser's end of a seat: its cookie, the mark on its forms, and whether a form was sent from our own page.

The cookie of a seat is good for one campaign's pages alone. Nothing here decides; handlers/quiz/seats.py does.
"""

import hmac
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, request

from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import seats
from handlers.quiz.seats import Sitter

KEPT = timedelta(days=40)
_SEAT, _NEXT, _WHOSE = "quiz_seat", "quiz_next", "quiz_whose"
_BROWSER, _ALL = "quiz_browser", "/h/quiz/"
"""Of a browser that came by a link to the list of campaigns; it opens nothing by itself."""


def sitter(database: Database, campaign_id: str) -> Sitter | None:
    """Who this browser plays for, or played for until another browser took over."""
    found = seats.look_up(database, token())
    return found if found and found.campaign_id == campaign_id else None


def token() -> str:
    return request.cookies.get(_SEAT, "")


def fresh_token() -> str:
    """What this browser was given to become its seat's token; empty where it keeps no cookies."""
    return request.cookies.get(_NEXT, "")


def give(response: Response, campaign_id: str, seat_token: str, whose: str = "") -> None:
    """The browser holds the seat from now on. `whose`: as links.keep has it; empty leaves what it holds."""
    _set(response, campaign_id, _SEAT, seat_token, KEPT)
    if whose:
        _set(response, campaign_id, _WHOSE, whose, KEPT)
    response.delete_cookie(_NEXT, path=_path(campaign_id))


def whose() -> str:
    """Whose browser it is, sealed; empty where it does not say."""
    return request.cookies.get(_WHOSE, "")


def prepare(response: Response, campaign_id: str) -> None:
    """Gives the browser what becomes its token with the tap; kept where it has one, so that a tap may come twice."""
    if not fresh_token():
        _set(response, campaign_id, _NEXT, seats.new_token(), timedelta(hours=1))


def browser() -> str:
    """By what the browser is known in all campaigns of a link to the list; empty where it keeps no cookies."""
    return request.cookies.get(_BROWSER, "")


def prepare_for_all(response: Response) -> None:
    """As `prepare`, for all campaigns of a link to the list; kept longer each time, so that it outlives the link."""
    _set_at(response, _ALL, _BROWSER, browser() or seats.new_token(), timedelta(hours=1))


def mark(keyring: Keyring, seat_token: str) -> str:
    """Stands in every form of this seat; nobody else can write it."""
    return hmac.digest(keyring.derive("quiz-form"), seat_token.encode(), "sha256").hex()[:32]


def is_marked(keyring: Keyring, given: object) -> bool:
    expected = mark(keyring, token())
    return isinstance(given, str) and hmac.compare_digest(expected.encode(), given.encode())


def came_from_us(public_url: str) -> bool:
    """False where the browser says that another site sent this. Old browsers say nothing: then the mark decides."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc in (request.host, urlsplit(public_url).netloc)


def _set(response: Response, campaign_id: str, name: str, value: str, kept: timedelta) -> None:
    _set_at(response, _path(campaign_id), name, value, kept)


def _set_at(response: Response, path: str, name: str, value: str, kept: timedelta) -> None:
    response.set_cookie(name, value, max_age=kept, path=path, secure=request.is_secure, httponly=True, samesite="Lax")


def _path(campaign_id: str) -> str:
    return f"/h/quiz/{campaign_id}/"
