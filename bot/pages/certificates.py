"""Certificates: whoever has one sees it, and anybody checks one. Checking is open to everybody and shows no full name;
a certificate itself opens only in the browser that holds its owner's seat. Looking changes nothing: a tap issues it.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for

from bot import certificate
from bot.pages import quiz_parts, seat
from content.phrases import say
from content.store.keys import KeysUnreadable
from handlers.desk import Bureau
from handlers.quiz.certificates import issuing, naming, signing
from handlers.quiz.certificates.issuing import Checked, NotIssued, Worth
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.certificates.naming import Named
from handlers.quiz.models import HeldCampaign

_SENTENCES = {
    Worth.TRUE: "certificate_true", Worth.REVOKED: "certificate_revoked", Worth.FORGED: "certificate_forged",
    Worth.UNKNOWN: "certificate_unknown",
}  # fmt: skip
_NAMED = {
    Named.SAME: "certificate_name_same", Named.OTHER: "certificate_name_other",
    Named.LOCKED: "certificate_name_locked", Named.GONE: "certificate_name_gone",
}  # fmt: skip
_OFFLINE = ("certificate_signed", "certificate_forged", "certificate_no_code")
_LEFT_OPEN = {name: f"{{{name}}}" for name in ("who", "title", "result", "date", "serial")}
"""For the browser to fill in."""
LONGEST_SERIAL = 32


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/certificates/")
    def certificates() -> Any:
        """Open to everybody: type a number, or the whole code."""
        typed = request.args.get("number", "").strip()
        if not typed:
            return _page(bureau(), None, "")
        serial, code = _read(bureau(), typed)
        return _checked(bureau(), serial, code)

    @blueprint.get("/certificates/<serial>")
    def certificate_check(serial: str) -> Any:
        """Open to everybody: where the QR code leads."""
        return _checked(bureau(), serial, request.args.get("c", ""))

    @blueprint.post("/certificates/<serial>/name")
    def certificate_name(serial: str) -> Any:
        """Open to everybody: whether it was issued to the name that stands on it. Counts wrong ones."""
        now, code, typed = bureau(), request.form.get("c", ""), request.form.get("name", "").strip()
        if not seat.came_from_us(now.public_url):
            return quiz_parts.told("quiz_page_elsewhere", 403)
        if not typed or len(serial) > LONGEST_SERIAL:
            return redirect(url_for("pages.certificate_check", serial=serial, c=code or None), 303)
        with now.database.transaction() as session:
            named = naming.compare(session, now.keyring, serial, typed)
        return _checked(now, serial, code, named, typed[: naming.LONGEST])

    _register_own(blueprint, bureau)


def _register_own(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/quiz/<campaign_id>/certificate")
    def certificate_mine(campaign_id: str) -> Any:
        """For the browser that holds a seat of the campaign."""
        now, name = bureau(), _seated(bureau(), campaign_id)
        with now.database.reading() as session:
            held = quiz_parts.get_held(session, campaign_id)
            found, revoked = issuing.find_valid(session, held, name), issuing.find_revoked(session, held, name)
        mark = seat.mark(now.keyring, seat.token())
        return _own(held, found, revoked, mark)

    @blueprint.post("/quiz/<campaign_id>/certificate")
    def certificate_take(campaign_id: str) -> Any:
        """For the browser that holds a seat of the campaign."""
        now, name = bureau(), _seated(bureau(), campaign_id)
        if not (seat.came_from_us(now.public_url) and seat.is_marked(now.keyring, request.form.get("mark"))):
            abort(403)
        try:
            with now.database.transaction() as session:
                issuing.issue(session, now.keyring, quiz_parts.get_held(session, campaign_id), name)
        except NotIssued as refused:
            with now.database.reading() as session:
                held = quiz_parts.get_held(session, campaign_id)
                revoked = issuing.find_revoked(session, held, name)
            return _own(held, None, revoked, request.form.get("mark", ""), str(refused))
        return redirect(url_for("pages.certificate_mine", campaign_id=campaign_id), 303)

    @blueprint.get("/quiz/<campaign_id>/certificate.svg")
    def certificate_picture(campaign_id: str) -> Response:
        """For the browser that holds a seat of the campaign: with his name in full, which only he sees here."""
        now, name = bureau(), _seated(bureau(), campaign_id)
        with now.database.reading() as session:
            held = quiz_parts.get_held(session, campaign_id)
            found = issuing.find_valid(session, held, name) or abort(404)
            try:
                full = issuing.real_name(session, now.keyring, held, name)
            except KeysUnreadable:  # after a restoration without the keys of that time
                full = ""
        drawn = certificate.picture(found, full, now.public_url or request.host_url.rstrip("/"))
        return quiz_parts.private(Response(drawn, content_type="image/svg+xml; charset=utf-8"))


def _own(
    held: HeldCampaign, found: Certificate | None, revoked: Certificate | None, mark: str, told: str = ""
) -> Any:  # fmt: skip
    return quiz_parts.page(
        "certificate_mine.html", 409 if told else 200, held=held, found=found, revoked=revoked, mark=mark, told=told
    )


def _seated(bureau: Bureau, campaign_id: str) -> str:
    """The participant of this browser. 404 where it holds no seat: nobody learns what there is."""
    found = seat.sitter(bureau.database, campaign_id)
    if found is None or found.has_ended:
        abort(404)
    return found.participant


def _read(bureau: Bureau, typed: str) -> tuple[str, str]:
    """(number, code) of what somebody typed: a number, a code, or the address that the QR code holds."""
    if len(typed) <= LONGEST_SERIAL:
        return typed, ""
    try:
        return signing.read(signing.public_keys(bureau.keyring), typed).serial, typed
    except signing.Forged:
        return "", typed


def _checked(bureau: Bureau, serial: str, code: str, named: Named | None = None, name: str = "") -> Response:
    if "\0" in serial or len(serial) > LONGEST_SERIAL:  # PostgreSQL refuses to look for it
        abort(404)
    with bureau.database.reading() as session:
        found = issuing.check(session, bureau.keyring, serial, code)
    return _page(bureau, found, code, named, name)


def _page(
    bureau: Bureau, found: Checked | None, code: str, named: Named | None = None, name: str = ""
) -> Response:  # fmt: skip
    sentence = say(_SENTENCES[found.worth]) if found else ""
    shown = render_template(
        "certificate.html", found=found, sentence=sentence, keys=signing.public_keys(bureau.keyring), code=code,
        worth=Worth, named=named, name=name, name_told=say(_NAMED[named], name=name) if named else "",
        asks_name=bool(found and found.statement and found.worth is Worth.TRUE and naming.is_masked(found.statement)),
        sentences={key: say(key, **_LEFT_OPEN) for key in _OFFLINE},
    )  # fmt: skip
    response = make_response(shown, 404 if found and found.worth is Worth.UNKNOWN else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
