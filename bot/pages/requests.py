"""Applying for government information as pages: the form of article 29, the look at it before it is handed in, the
receipt. Open to everybody, without scripts; nothing of it stands in an address. How it stands is requests_status.py.

Whoever comes by the link out of the chat is told there as well; who he is, the form says, not the link.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, request
from sqlalchemy.orm import Session

from bot.pages import seat
from bot.pages.quiz_parts import page
from bot.requests_shown import KINDS, WAYS, days_from
from content.phrases import say
from content.store import clock, working_days
from handlers import citizens, receipts, seals, tries
from handlers.desk import Bureau
from handlers.disclosure import consent, form, links, proofs, requests
from handlers.disclosure.consent import Consent
from handlers.disclosure.form import MOST, Application
from handlers.disclosure.models import Applicant, Channel
from handlers.disclosure.proofs import BadProof
from handlers.message import Reply

FORM_HOLDS = timedelta(hours=12)
LARGEST_FORM, LARGEST_WITH_PROOF = 64 * 1024, 32 * 1024 * 1024
MEGABYTES = proofs.MOST_BYTES // 1_000_000
MOST_FILED = 30
"""From one address without a quarter of an hour between."""
SHOWN = {
    "applicant_kind": "申请人是", "name": "姓名或者名称", "contact": "联系方式", "wanted": "要的信息",
    "document_number": "文号", "way": "怎样给您", "address": "邮寄地址或者邮箱",
}  # fmt: skip
TICKS = ("consent", "under_14", "guardian")
_FORM, _RECEIPT = "request-page", "request-receipt"


class NotTaken(Exception):
    """Field → sentence; under "" what concerns the whole form."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = problems


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    """Open to everybody."""
    pages = _Pages(bureau)
    blueprint.add_url_rule("/requests/", "request_form", pages.form, methods=["GET", "POST"])


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def form(self) -> Any:
        if request.method == "GET":
            return self._form({}, {}, 200)
        is_large = request.mimetype == "multipart/form-data"
        request.max_content_length = LARGEST_WITH_PROOF if is_large else LARGEST_FORM
        typed, act = _typed(), request.form.get("act", "")
        try:
            name = self._sent()
            if told := form.problems_online(Application.of(typed), KINDS):
                raise NotTaken(told)
        except NotTaken as refused:
            return self._form(typed, refused.problems, 409 if "" in refused.problems else 422)
        if act == "change":
            return self._form(typed, {}, 200)
        if act != "file":
            return self._confirm(typed, {}, 200)
        try:
            return self._receipt(*self._filed(typed, name))
        except NotTaken as refused:
            return self._confirm(typed, refused.problems, 409 if "" in refused.problems else 422)

    # ── handing in ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _filed(self, typed: dict[str, str], name: str) -> tuple[int, str]:
        """(request, code); of a form that came twice the same again. Raises NotTaken."""
        now, application = self.bureau(), Application.of(typed)
        plain = self._proof(typed)
        given = consent_of(typed)
        proof = say("request_proof_sent" if plain else "request_proof_later")
        address = tries.name_of(now.keyring, "request-file", request.remote_addr or "")

        def act(session: Session) -> Reply:
            if tries.is_locked(session, address, MOST_FILED):
                raise NotTaken({"": say("request_many")})
            citizen = _citizen(session, now, typed["from"])
            filed = requests.file(session, now.keyring, Channel.PAGE, application, citizen_id=citizen, proof=proof)
            if plain:
                proofs.keep(session, now.keyring, filed.request.id, plain)
            consent.note(session, filed.request, given, has_proof=bool(plain))
            tries.count(session, address)
            return Reply(text=now.keyring.encrypt(_RECEIPT, f"{filed.request.id}:{filed.code}"))

        digest = hashlib.blake2b("\0".join((name, *astuple(application))).encode(), digest_size=16).hexdigest()
        sealed = receipts.once(now.database, f"request:{digest}", act).text
        request_id, _, code = now.keyring.decrypt(_RECEIPT, sealed).partition(":")
        return int(request_id), code

    def _proof(self, typed: dict[str, str]) -> bytes:
        """Empty where he shows it in another way. Raises NotTaken."""
        given = request.files.get("proof")
        data = given.read(proofs.MOST_BYTES + 1) if given else b""
        if told := consent.problems(consent_of(typed), has_proof=bool(data)):
            raise NotTaken(told)
        if not data and typed["proof_later"]:
            return b""
        try:
            return proofs.made_plain(data)
        except BadProof as refused:
            raise NotTaken({"proof": str(refused)}) from refused

    def _sent(self) -> str:
        """The name of the form that was sent. Raises NotTaken."""
        if not seat.came_from_us(self.bureau().public_url):
            raise NotTaken({"": say("request_form_elsewhere")})
        if request.form.get("website"):  # no person sees this field
            raise NotTaken({"": say("request_form_trap")})
        if (name := seals.read(self.bureau().keyring, _FORM, request.form.get("ticket", ""))) is None:
            raise NotTaken({"": say("request_form_stale")})
        return name

    # ── the pages ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _form(self, typed: dict[str, str], told: dict[str, str], status: int) -> Any:
        now = self.bureau()
        ticket = seals.write(now.keyring, _FORM, secrets.token_hex(12), clock.now() + FORM_HOLDS)
        came = typed.get("from") or request.args.get("from", "")[:200]
        return page(
            "request_form.html", status, typed=typed, told=told, ticket=ticket, came=came, applicants=KINDS, ways=WAYS,
            most=MOST, office=now.offices.get("disclosure_office", {}), kept_days=proofs.KEPT.days,
        )  # fmt: skip

    def _confirm(self, typed: dict[str, str], told: dict[str, str], status: int) -> Any:
        names = {"applicant_kind": KINDS, "way": WAYS}
        words = {name: names[name][typed[name]] if name in names else typed[name] for name in SHOWN}
        return page(
            "request_confirm.html", status, told=told, kept_days=proofs.KEPT.days,
            ticket=request.form.get("ticket", ""), most_megabytes=MEGABYTES,
            shown=[(label, words[name]) for name, label in SHOWN.items()],
            kept={name: typed[name] for name in (*form.NAMES, "from")}, typed=typed,
            is_person=typed["applicant_kind"] == Applicant.PERSON,
        )  # fmt: skip

    def _receipt(self, request_id: int, code: str) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            found = requests.get_request(session, request_id)
            days = days_from(clock.today(), working_days.load_overrides(session))
        return page(
            "request_receipt.html", found=found, code=grouped(code), days=days, today=clock.dated(clock.today()),
            filed=clock.in_beijing(found.filed_at), is_provisional=any(one.is_provisional for one in days),
        )  # fmt: skip


def grouped(code: str) -> str:
    return "-".join(code[place : place + 5] for place in range(0, len(code), 5))


def _typed() -> dict[str, str]:
    names = (*form.NAMES, "from", "proof_later", *TICKS)
    return {name: request.form.get(name, "").replace("\0", "")[:5000] for name in names}


def consent_of(typed: Mapping[str, str]) -> Consent:
    return Consent(*(bool(typed.get(name)) for name in TICKS))


def _citizen(session: Session, bureau: Bureau, ticket: str) -> str | None:
    """Whose it is, where he came by the link out of the chat and is known."""
    pseudonym = links.who_came(bureau.keyring, ticket)
    return citizens.find_citizen_id(session, pseudonym) if pseudonym else None
