"""The rules by which we keep what we keep, open to everybody; and everything that is kept of one person, for whoever
came out of the chat by a link of his own. Looking changes nothing of it; that a link was opened is noted.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.pages import quiz_parts
from content import security_log
from content.phrases import say
from content.security_log import Event
from content.store import clock
from handlers import citizens
from handlers.citizens import Person
from handlers.desk import Bureau
from handlers.disclosure import proofs
from handlers.privacy import holdings, links, retention, traces
from handlers.privacy.retention import Fate
from handlers.publicity import videos
from handlers.quiz.prizes import claims

_FATES = {
    Fate.GONE: "privacy_fate_gone", Fate.UNTIED: "privacy_fate_untied", Fate.KEPT: "privacy_fate_kept",
    Fate.APART: "privacy_fate_apart",
}  # fmt: skip


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/privacy/")
    def privacy() -> str:
        """Open to everybody."""
        place = bureau().offices.get("bureau", {})
        return render_template(
            "privacy.html", kinds=retention.told(), place=place, fate_of=lambda kind: say(_FATES[kind.on_erasure]),
            prize_days=claims.KEPT.days, contact_days=videos.CONTACT_KEPT.days, proof_days=proofs.KEPT.days,
        )  # fmt: skip

    @blueprint.get("/privacy/mine")
    def privacy_mine() -> Any:
        """For whoever has a link out of the chat."""
        now, sealed = bureau(), request.args.get("t", "")
        person = _person(now, sealed, Event.LINK_OPENED)
        if person is None:
            return quiz_parts.private(Response(_told(), 403))
        with now.database.reading() as session:
            held = [(one, list(holdings.sheets(session, person, one.kind))) for one in holdings.held(session, person)]
        shown = render_template(
            "privacy_mine.html", held=held, sealed=sealed, at=clock.in_beijing(clock.now()), most=holdings.MOST_ROWS,
            minutes=int(links.HOLDS.total_seconds() // 60), fate_of=lambda kind: say(_FATES[kind.on_erasure]),
        )  # fmt: skip
        return quiz_parts.private(Response(shown))

    @blueprint.get("/privacy/mine.json")
    def privacy_mine_file() -> Any:
        """For whoever has a link out of the chat."""
        now = bureau()
        person = _person(now, request.args.get("t", ""), Event.TAKEN_AWAY)
        if person is None:
            return quiz_parts.private(Response(_told(), 403))
        with now.database.reading() as session:
            written = holdings.as_json(session, person)
        response = Response(written, content_type="application/json; charset=utf-8")
        response.headers["Content-Disposition"] = f"attachment; filename=my-data-{clock.today()}.json"
        return quiz_parts.private(response)


def _told() -> str:
    return render_template("error.html", title=say("page_error_title"), text=say("privacy_link_gone"))


def _person(bureau: Bureau, sealed: str, event: Event) -> Person | None:
    openid = links.read(bureau.keyring, sealed)
    if not openid:
        return None
    with bureau.database.reading() as session:
        person = citizens.find_person(session, bureau.keyring, openid)
    try:
        with bureau.database.transaction() as session:
            security_log.note(session, event, _trace(session, person))
    except SQLAlchemyError:  # he may look all the same
        pass
    return person


def _trace(session: Session, person: Person) -> str:
    """Nobody gets a key of his own by looking."""
    is_known = citizens.find_citizen_id(session, person.pseudonym) is not None
    return traces.name_for(session, person.pseudonym, "security") if is_known else ""
