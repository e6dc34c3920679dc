"""How an application stands, for whoever has its number and code, or a link out of the chat: what was done, what comes
next, the letters, and taking it back. Wrong codes are counted; nothing here says who the applicant is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy.orm import Session

from bot import requests_shown
from bot.pages import seat
from bot.pages.quiz_parts import page, private
from bot.pages.requests import LARGEST_WITH_PROOF, MEGABYTES, consent_of
from content import word_letters
from content.phrases import say
from content.store import clock, working_days
from content.store.keys import KeysUnreadable
from handlers import seals, tries
from handlers.desk import Bureau
from handlers.disclosure import consent, files, handling, links, proofs, requests
from handlers.disclosure.models import MOVES, ONLINE, OPEN, Applicant, DisclosureRequest, State
from handlers.disclosure.proofs import BadProof
from handlers.disclosure.requests import NotDone

LOOK_HOLDS = timedelta(minutes=30)
MOST_WRONG = 20
"""From one address in a row; a code of ten signs is not guessed by that."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LETTER, _FILE, _OPEN = "request-letter", "request-given-file", "request-open"


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    """For whoever has number and code, or a link out of the chat; the form that asks for them is open to everybody."""
    pages = _Pages(bureau)
    blueprint.add_url_rule("/requests/status", "request_status", pages.status, methods=["GET", "POST"])
    blueprint.add_url_rule("/requests/letter", "request_letter", pages.letter, methods=["POST"])
    blueprint.add_url_rule("/requests/file", "request_file", pages.file, methods=["POST"])
    blueprint.add_url_rule("/requests/proof", "request_proof", pages.proof, methods=["POST"])
    blueprint.add_url_rule("/requests/proof/back", "request_proof_back", pages.consent_back, methods=["POST"])
    blueprint.add_url_rule("/requests/withdraw", "request_withdraw", pages.withdraw, methods=["POST"])


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def status(self) -> Any:
        now = self.bureau()
        if request.method == "GET":
            if not (sealed := request.args.get("t", "")):
                return self._ask({}, {}, 200)
            with now.database.reading() as session:
                request_id = links.which_request(now.keyring, sealed)
                found = session.get(DisclosureRequest, request_id) if request_id is not None else None
                return self._shown(session, found) if found else self._ask({}, {"": say("request_link_over")}, 403)
        request.max_content_length = 8 * 1024
        typed = {name: request.form.get(name, "").replace("\0", "")[:60] for name in ("number", "code")}
        if not seat.came_from_us(now.public_url):
            return self._ask(typed, {"": say("request_form_elsewhere")}, 403)
        address = tries.name_of(now.keyring, "request-status", request.remote_addr or "")
        with now.database.transaction() as session:
            if tries.is_locked(session, address, MOST_WRONG):
                return self._ask(typed, {"": say("request_tries")}, 429)
            if (found := requests.find_by_code(session, typed["number"], typed["code"])) is None:
                tries.count(session, address)
                return self._ask(typed, {"": say("request_not_found")}, 404)
            tries.clear(session, address)
            return self._shown(session, found)

    def letter(self) -> Any:
        """As a Word file, with his name: only by the pass that stands on the page of the one who has the code."""
        now = self.bureau()
        said = seals.read(now.keyring, _LETTER, request.form.get("pass", "")[:200])
        if said is None:
            return self._ask({}, {"": say("request_pass_over")}, 403)
        request_id, step_id = int(said[:8], 16), int(said[8:], 16)
        with now.database.reading() as session:
            found = session.get(DisclosureRequest, request_id) or abort(404)
            one = next((one for one in self._letters(session, found, is_named=True) if one.step.id == step_id), None)
        if one is None:
            abort(404)
        kept_as = requests_shown.saved_as(f"{found.number}-{one.letter.title}.docx", found.number)
        headers = {"Content-Disposition": kept_as}
        return private(Response(word_letters.as_docx(one.letter), mimetype=DOCX, headers=headers))

    def file(self) -> Any:
        """What was given with the answer: by a pass of its own, from the page of the one who has the code."""
        now = self.bureau()
        said = seals.read(now.keyring, _FILE, request.form.get("pass", "")[:200])
        if said is None:
            return self._ask({}, {"": say("request_pass_over")}, 403)
        request_id, file_id = int(said[:8], 16), int(said[8:], 16)
        with now.database.reading() as session:
            found = session.get(DisclosureRequest, request_id) or abort(404)
            one = next((one for one in files.released(session, found) if one.id == file_id), None) or abort(404)
            try:
                opened = files.opened(now.keyring, one)
            except KeysUnreadable:  # after a restoration without the keys of that time
                return self._shown(session, found, say("request_file_unreadable"), 500)
        headers = {"Content-Disposition": requests_shown.saved_as(opened.title)}
        return private(Response(opened.data, mimetype=opened.media_type, headers=headers))

    def proof(self) -> Any:
        """Who applied in the chat sends his proof of identity here; once, while it goes on."""
        request.max_content_length = LARGEST_WITH_PROOF
        now, said = self.bureau(), self._passed()
        if said is None:
            return self._ask({}, {"": say("request_pass_over")}, 403)
        given, ticked = request.files.get("proof"), consent_of(request.form)
        if not (told := "".join(consent.problems(ticked, has_proof=True).values())):
            try:
                plain = proofs.made_plain(given.read(proofs.MOST_BYTES + 1) if given else b"")
            except BadProof as refused:
                told = str(refused)
        with now.database.transaction() as session:
            found = session.get(DisclosureRequest, int(said, 16)) or abort(404)
            if not told and _wants_proof(session, found):
                proofs.keep(session, now.keyring, found.id, plain)
                consent.note(session, found, ticked, has_proof=True)
                requests.add_step(session, found, "proof")
            return self._shown(session, found, told, 422 if told else 200)

    def consent_back(self) -> Any:
        """The picture goes; the application goes on."""
        now, said = self.bureau(), self._passed()
        if said is None:
            return self._ask({}, {"": say("request_pass_over")}, 403)
        with now.database.transaction() as session:
            found = session.get(DisclosureRequest, int(said, 16)) or abort(404)
            try:
                consent.take_back(session, found)
            except NotDone as refused:
                return self._shown(session, found, str(refused), 409)
            return self._shown(session, found)

    def _passed(self) -> str | None:
        """Which application is acted on; None where this was not sent from its page, or that is long ago."""
        now = self.bureau()
        said = seals.read(now.keyring, _OPEN, request.form.get("pass", "")[:200])
        return said if seat.came_from_us(now.public_url) else None

    def withdraw(self) -> Any:
        now, said = self.bureau(), self._passed()
        if said is None:
            return self._ask({}, {"": say("request_pass_over")}, 403)
        with now.database.transaction() as session:
            found = session.get(DisclosureRequest, int(said, 16)) or abort(404)
            if not request.form.get("sure"):
                return self._shown(session, found, say("request_sure_missing"), 422)
            try:
                handling.withdraw(session, found)
            except NotDone as refused:
                return self._shown(session, found, str(refused), 409)
        with now.database.reading() as session:
            return self._shown(session, requests.get_request(session, int(said, 16)))

    # ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask(self, typed: dict[str, str], told: dict[str, str], status: int) -> Any:
        return page("request_status.html", status, found=None, typed=typed, told=told)

    def _shown(self, session: Session, found: DisclosureRequest, told: str = "", status: int = 200) -> Any:
        now, until = self.bureau(), clock.now() + LOOK_HOLDS
        overrides = working_days.load_overrides(session)
        letters = [
            {"title": one.letter.title, "day": _day(one.step.at), "said": one.letter.said,
             "sealed": seals.write(now.keyring, _LETTER, f"{found.id:08x}{one.step.id:x}", until)}
            for one in self._letters(session, found)
        ]  # fmt: skip
        given = [
            {"title": one.title, "size": requests_shown.size_of(one.size),
             "sealed": seals.write(now.keyring, _FILE, f"{found.id:08x}{one.id:x}", until)}
            for one in files.released(session, found)
        ]  # fmt: skip
        told_steps = [step for step in found.steps if not step.is_inner]
        history = [{"day": _day(step.at), "act": requests.act_name(step.act), "note": step.note} for step in told_steps]
        return page(
            "request_status.html", status, found=found, told={"": told} if told else {}, letters=letters,
            files=given, kept_days=files.KEPT.days,
            history=history, state=requests_shown.state_of(found), next=requests_shown.next_of(found),
            due=requests_shown.clock_of(found, overrides), is_provisional=found.is_provisional,
            has_paper=_has_paper(found), wants_proof=_wants_proof(session, found), megabytes=MEGABYTES,
            may_take_back=found.state in OPEN and proofs.is_kept(session, found.id), typed=request.form,
            proof_days=proofs.KEPT.days, is_person=found.applicant_kind == Applicant.PERSON,
            opened=seals.write(now.keyring, _OPEN, f"{found.id:x}", until),
            may_withdraw=State.WITHDRAWN in MOVES[State(found.state)], is_open=found.state in OPEN,
        )  # fmt: skip

    def _letters(
        self, session: Session, found: DisclosureRequest, is_named: bool = False
    ) -> list[requests_shown.Written]:
        """To the applicant, where he wants them on the net, and whole: one with a gap in it is not out yet. Of a
        void entry there are none: its receipt names a day that no longer runs.
        """
        if found.way != "online" or found.state == State.VOID:
            return []
        now, overrides = self.bureau(), working_days.load_overrides(session)
        name = requests_shown.addressee_of(now.keyring, found) if is_named else say("request_addressee_hidden")
        every = requests_shown.written(found, now.offices, name, overrides, is_online=True)
        return [one for one in every if one.goes_to == "applicant" and not one.letter.gaps]


def _wants_proof(session: Session, found: DisclosureRequest) -> bool:
    return found.channel in ONLINE and found.state in OPEN and not proofs.is_kept(session, found.id)


def _has_paper(found: DisclosureRequest) -> bool:
    """Letters come in another way than on this page, or are not whole yet."""
    return found.state != State.VOID and any(step.letter and not step.is_inner for step in found.steps)


def _day(moment: Any) -> str:
    return f"{clock.in_beijing(moment):%Y-%m-%d}"
