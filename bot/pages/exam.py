"""The way into an exam: number and one-time code bind this browser; then who he is, when he may sit it, what he has
reached, and the button that begins. How the paper is answered stands in quiz_paper.py.

It lies below the campaign's own address, where the seat's cookie is good; /h/exam/… is what stands on paper.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, request
from sqlalchemy.orm import Session

from bot.pages import seat
from bot.pages.quiz_parts import PLACE, get_held, page, private, told
from content.phrases import say
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import play, register, seats
from handlers.quiz.exam import codes, entitlement, entrance, report, roster, units
from handlers.quiz.exam.codes import Refusal
from handlers.quiz.models import HeldCampaign

LARGEST_FORM = 8 * 1024
REFUSALS = {Refusal.WRONG: ("exam_code_wrong", 403), Refusal.LOCKED: ("exam_code_locked", 429)}


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    """Open to everybody; what is shown of a person is shown to the browser that holds his seat."""
    pages = _Pages(bureau)
    blueprint.add_url_rule("/exam/", "exams", pages.listed)
    blueprint.add_url_rule("/exam/<campaign_id>/", "exam_short", pages.short)
    blueprint.add_url_rule(f"{PLACE}/exam", "exam", pages.one)
    blueprint.add_url_rule(f"{PLACE}/exam/enter", "exam_enter", pages.enter, methods=["POST"])
    blueprint.add_url_rule(f"{PLACE}/exam/leave", "exam_leave", pages.leave, methods=["POST"])


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def listed(self) -> Any:
        with self.bureau().database.reading() as session:
            held = entrance.upcoming(session)
        return page("exams.html", exams=held, rules_of=register.rules_of, now=clock.now())

    def short(self, campaign_id: str) -> Any:
        with self.bureau().database.reading() as session:
            held = _get_exam(session, campaign_id)
        return private(redirect(f"/h/quiz/{held.id}/exam"))  # type: ignore[arg-type]

    def one(self, campaign_id: str) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            held = _get_exam(session, campaign_id)
            sitter = seat.sitter(now.database, campaign_id)
            shown = _shown(session, now, held, sitter.participant) if sitter and not sitter.has_ended else None
        if shown is None:
            return _form(held, "", "", 200, is_passed_on=sitter is not None, is_back=request.args.get("in") == "1")
        mark = seat.mark(now.keyring, seat.token())
        return page("exam.html", held=held, rules=register.rules_of(held), mark=mark, now=clock.now(), **shown)

    def enter(self, campaign_id: str) -> Any:
        """Binds this browser, once for each code."""
        now = self.bureau()
        if not seat.came_from_us(now.public_url):
            return told("quiz_page_elsewhere", 403)
        request.max_content_length = LARGEST_FORM
        number, code = (request.form.get(name, "").replace("\0", "")[:64] for name in ("number", "code"))
        with now.database.reading() as session:
            held = _get_exam(session, campaign_id)
        if not seat.fresh_token():
            return _form(held, number, say("exam_no_cookies"), 403)
        with now.database.transaction() as session:
            entry = codes.enter(session, now.keyring, held, number, code, request.remote_addr or "", seat.fresh_token())
        if entry.refusal is not None:
            key, status = REFUSALS[entry.refusal]
            return _form(held, number, say(key), status)
        response = private(redirect(f"/h/quiz/{held.id}/exam?in=1", 303))  # type: ignore[arg-type]
        seat.give(response, held.id, entry.token)
        return response

    def leave(self, campaign_id: str) -> Any:
        """On a computer that others use as well."""
        now = self.bureau()
        if not (seat.came_from_us(now.public_url) and seat.is_marked(now.keyring, request.form.get("mark"))):
            return told("quiz_page_elsewhere", 403)
        with now.database.transaction() as session:
            held = _get_exam(session, campaign_id)
            mine = seats.find(session, seat.token())
            if mine and mine.campaign_id == held.id:
                seats.end(session, held.id, mine.participant)
        return private(redirect(f"/h/quiz/{held.id}/exam", 303))  # type: ignore[arg-type]


def _get_exam(session: Session, campaign_id: str) -> HeldCampaign:
    """404 where there is none of this name, or it is no exam."""
    held = get_held(session, campaign_id)
    return held if register.rules_of(held).exam else abort(404)


def _form(
    held: HeldCampaign, number: str, fault: str, status: int, is_passed_on: bool = False, is_back: bool = False
) -> Response:
    """The number stands there again, the code does not."""
    fault = fault or (say("exam_no_cookies") if is_back and not seat.token() else "")
    response = page(
        "exam_enter.html", status, held=held, rules=register.rules_of(held), number=number, fault=fault,
        is_passed_on=is_passed_on, now=clock.now(),
    )  # fmt: skip
    seat.prepare(response, held.id)
    return response


def _shown(session: Session, bureau: Bureau, held: HeldCampaign, participant: str) -> dict[str, Any] | None:
    """None where he is not on the roster any more."""
    sitter = roster.find_sitter(session, held, participant)
    found = entitlement.find(session, held, participant)
    if sitter is None or found is None:
        return None
    person, now = roster.person_of(bureau.keyring, sitter), clock.now()
    return {
        "name": roster.masked(person.name), "unit": units.get_unit(session, held, sitter.unit_id).path, "found": found,
        "sitting": found.find_sitting(now), "has_paper": play.find_open_paper(session, held, participant) is not None,
        "points": None if found.best is None else _plain(found.best / 2), "outcome": report.outcome_name(found.outcome),
        "windows": [window for window in found.windows if now < window.closes_at
                    and (not window.is_makeup or found.may_make_up)],
    }  # fmt: skip


def _plain(points: float) -> str:
    return f"{points:g}"
