"""The liaison's desk: how far his units are, who has still to sit it, a reminder to paste, codes to hand out, and what
he asks for. Every address is looked at against his own units: what is not his is not there.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, request
from sqlalchemy.orm import Session

from bot import exam_wishes
from bot.pages import seat
from bot.pages.exam import REFUSALS
from bot.pages.quiz_parts import page, private, told
from content.phrases import say
from content.staff import NotFound
from handlers.desk import Bureau
from handlers.quiz import register
from handlers.quiz.exam import codes, entrance, liaison, overrides, report
from handlers.quiz.exam.codes import Handed, Refusal, State
from handlers.quiz.exam.models import Liaison
from handlers.quiz.exam.overrides import NotGranted
from handlers.quiz.exam.roster import Person
from handlers.quiz.models import HeldCampaign, Unit

PLACE = "/liaison/"
COOKIE = "exam_liaison"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300
"""People on a page; all of them are in the table to take away."""
_LARGEST_FORM = 16 * 1024
_UNIT = "/liaison/units/<int(max=2147483647):unit_id>"
_PERSON = "/liaison/people/<participant>"


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    """For who came in by a liaison's link and PIN; without, every address but the first asks for that."""
    pages = _Pages(bureau)
    blueprint.add_url_rule("/liaison/enter/<link>", "liaison_enter", pages.enter, methods=["GET", "POST"])
    blueprint.add_url_rule(PLACE, "liaison", pages.overview)
    blueprint.add_url_rule(_UNIT, "liaison_unit", pages.unit)
    blueprint.add_url_rule(f"{_UNIT}/table.xlsx", "liaison_table", pages.table)
    blueprint.add_url_rule(f"{_UNIT}/codes", "liaison_codes", pages.codes_of_unit, methods=["POST"])
    blueprint.add_url_rule(f"{_PERSON}/code", "liaison_code", pages.code_of_person, methods=["POST"])
    blueprint.add_url_rule(f"{_PERSON}/ask", "liaison_ask", pages.ask, methods=["GET", "POST"])
    blueprint.add_url_rule("/liaison/leave", "liaison_leave", pages.leave, methods=["POST"])


@dataclass(frozen=True)
class _Who:
    held: HeldCampaign
    liaison: Liaison


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def enter(self, link: str) -> Any:
        """Opening the link changes nothing: the PIN does."""
        now = self.bureau()
        with now.database.reading() as session:
            if (found := liaison.find_by_link(session, link.replace("\0", ""))) is None:
                return told("exam_liaison_no_link", 404)
            held = register.get_held(session, found.campaign_id)
        if request.method == "GET":
            return page("liaison_enter.html", held=held, fault="")
        if not seat.came_from_us(now.public_url):
            return told("quiz_page_elsewhere", 403)
        with now.database.transaction() as session:
            entry = liaison.enter(session, now.keyring, link, request.form.get("pin", ""), request.remote_addr or "")
        if entry.refusal is not None:
            status = REFUSALS[entry.refusal][1]
            return page("liaison_enter.html", status, held=held, fault=say(_FAULTS[entry.refusal]))
        response = private(redirect("/h/liaison/", 303))  # type: ignore[arg-type]
        response.set_cookie(
            COOKIE, entry.token, max_age=liaison.SIGNED_IN_FOR, path="/h/liaison/", secure=request.is_secure,
            httponly=True, samesite="Lax",
        )  # fmt: skip
        return response

    # ── what he sees ──────────────────────────────────────────────────────────────────────────────────────────────────

    def overview(self) -> Any:
        """Where he has one unit alone, that unit's page."""
        with self.bureau().database.reading() as session:
            if (who := self._who(session)) is None:
                return self._outside()
            own = {unit.id for unit in liaison.units_of(session, who.held, who.liaison)}
            lines = [line for line in report.completion(session, who.held)[0] if line.unit.id in own]
            name = liaison.name_of(self.bureau().keyring, who.liaison)
        if len(lines) == 1:
            return private(redirect(f"/h/liaison/units/{lines[0].unit.id}"))  # type: ignore[arg-type]
        above = min((line.depth for line in lines), default=0)
        return page("liaison.html", held=who.held, lines=lines, above=above, name=name, mark=self._mark())

    def unit(self, unit_id: int) -> Any:
        now, is_all = self.bureau(), request.args.get("all") == "1"
        with now.database.reading() as session:
            if (who := self._who(session)) is None:
                return self._outside()
            unit, lines = self._people(session, who, unit_id)
            has_many = len(liaison.units_of(session, who.held, who.liaison)) > 1
        count = sum((report.count_of(line.entitlement) for line in lines), report.Count())
        text = report.reminder(who.held, lines, entrance.page_of(now.public_url, who.held))
        shown = lines if is_all else [line for line in lines if not line.is_done]
        return page(
            "liaison_unit.html", held=who.held, unit=unit, lines=shown[:SHOWN], listed=len(shown), count=count,
            reminder=text, is_all=is_all, has_many=has_many, mark=self._mark(), outcome_name=report.outcome_name,
            points_of=report.points_of,
            left=sum(line.code is State.NONE for line in lines), rules=register.rules_of(who.held),
        )  # fmt: skip

    def table(self, unit_id: int) -> Any:
        with self.bureau().database.reading() as session:
            if (who := self._who(session)) is None:
                return self._outside()
            unit, lines = self._people(session, who, unit_id)
        return attached(report.people_xlsx(unit.name, lines), f"{who.held.title}-{unit.name}.xlsx")

    def _people(self, session: Session, who: _Who, unit_id: int) -> tuple[Unit, list[report.PersonLine]]:
        """Of this unit and those below; 404 for a unit that is not his."""
        try:
            unit = liaison.unit_of(session, who.held, who.liaison, unit_id)
        except NotFound:
            abort(404)
        of = liaison.units_below(session, who.held, unit)
        return unit, report.people(session, self.bureau().keyring, who.held, of)

    # ── what he does ──────────────────────────────────────────────────────────────────────────────────────────────────

    def codes_of_unit(self, unit_id: int) -> Any:
        """New codes, shown once: as a page to print, or as a table."""
        now, is_all = self.bureau(), request.form.get("whom") == "all"
        with now.database.transaction() as session:
            if (who := self._acting(session)) is None:
                return self._outside()
            unit, lines = self._people(session, who, unit_id)
            people = [line.person for line in lines if is_all or line.code is State.NONE]
            paths = {line.person.unit_id: line.unit for line in lines}
            handed = codes.issue(session, now.keyring, who.held, people, liaison.named(who.liaison), unit.path[:120])
        if request.form.get("form") == "xlsx":
            table = report.codes_xlsx(unit.name, handed, paths)
            return attached(table, f"考试码-{unit.name}.xlsx")
        return self._slips(who, handed, paths, f"/h/liaison/units/{unit.id}")

    def code_of_person(self, participant: str) -> Any:
        now = self.bureau()
        with now.database.transaction() as session:
            if (who := self._acting(session)) is None:
                return self._outside()
            person, unit = self._person(session, who, participant)
            by = liaison.named(who.liaison)
            handed = codes.issue(session, now.keyring, who.held, [person], by, unit.path[:120])
        return self._slips(who, handed, {unit.id: unit.path}, f"/h/liaison/units/{unit.id}")

    def _slips(self, who: _Who, handed: list[Handed], paths: dict[int, str], back: str) -> Response:
        address = entrance.page_of(self.bureau().public_url, who.held)
        return page("liaison_codes.html", held=who.held, handed=handed, paths=paths, back=back, address=address)

    def ask(self, participant: str) -> Any:
        """For somebody of his units; staff decide."""
        now = self.bureau()
        if request.method == "GET":
            with now.database.reading() as session:
                if (who := self._who(session)) is None:
                    return self._outside()
                person, unit = self._person(session, who, participant)
            return self._ask_form(who, person, unit, "", 200)
        typed, fault = exam_wishes.read(request.form)
        with now.database.transaction() as session:
            if (who := self._acting(session)) is None:
                return self._outside()
            person, unit = self._person(session, who, participant)
            if typed is not None:
                try:
                    liaison.ask(session, now.keyring, who.held, who.liaison, participant, typed)
                except NotGranted as refused:
                    fault = str(refused)
        if fault:
            return self._ask_form(who, person, unit, fault, 422)
        return private(redirect(f"/h/liaison/people/{participant}/ask?sent=1", 303))  # type: ignore[arg-type]

    def _ask_form(self, who: _Who, person: Person, unit: Unit, fault: str, status: int) -> Response:
        now = self.bureau()
        with now.database.reading() as session:
            every = overrides.listing(session, who.held)
        asked = [one for one in every if one.participant == person.participant]
        return page(
            "liaison_ask.html", status, held=who.held, person=person, unit=unit, fault=fault, typed=request.form,
            is_sent=request.args.get("sent") == "1", asked=asked, mark=self._mark(), told=exam_wishes.told,
            states=exam_wishes.STATES, most=overrides.LONGEST_REASON,
        )  # fmt: skip

    def leave(self) -> Any:
        with self.bureau().database.transaction() as session:
            if self._acting(session):
                liaison.leave(session, self._token())
        response = private(redirect("/h/exam/", 303))  # type: ignore[arg-type]
        response.delete_cookie(COOKIE, path="/h/liaison/")
        return response

    # ── who he is ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self) -> str:
        return request.cookies.get(COOKIE, "").replace("\0", "")

    def _mark(self) -> str:
        return seat.mark(self.bureau().keyring, self._token())

    def _who(self, session: Session) -> _Who | None:
        found = liaison.find(session, self._token())
        return _Who(register.get_held(session, found.campaign_id), found) if found else None

    def _acting(self, session: Session) -> _Who | None:
        """Whoever sent this form from his own page; 403 for a form from elsewhere."""
        request.max_content_length = _LARGEST_FORM
        who, marked = self._who(session), request.form.get("mark", "")
        is_ours = seat.came_from_us(self.bureau().public_url)
        if who and not (is_ours and hmac.compare_digest(self._mark().encode(), marked.encode())):
            abort(403)
        return who

    def _person(self, session: Session, who: _Who, participant: str) -> tuple[Person, Unit]:
        """404 for somebody of another unit."""
        try:
            person = liaison.person_of(session, self.bureau().keyring, who.held, who.liaison, participant[:32])
            return person, liaison.unit_of(session, who.held, who.liaison, person.unit_id)
        except NotFound:
            abort(404)

    def _outside(self) -> Response:
        return told("exam_liaison_outside", 403)


_FAULTS = {Refusal.WRONG: "exam_pin_wrong", Refusal.LOCKED: "exam_pin_locked"}


def attached(data: bytes, name: str) -> Response:
    """A table to take away."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(data, headers=headers, content_type=XLSX)
