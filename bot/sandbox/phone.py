"""The phone: its page and the three JSON addresses by which the page, or a test, acts as a citizen."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from bot.sandbox import conversation
from bot.sandbox.incoming import words
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import NotPossible
from bot.sandbox.words import section, sentence

_CALLS_SHOWN = 12


def make_phone(parts: Parts) -> Blueprint:
    phone = Blueprint("sandbox_phone", __name__, url_prefix="/sandbox")

    @phone.get("/")
    def page() -> str:
        return render_template(
            "sandbox/phone.html",
            settings=parts.settings,
            examples=section("examples"),
            places=section("places"),
        )

    @phone.get("/phone/state")
    def state() -> Response:
        return jsonify(_state(parts))

    @phone.post("/phone/citizen")
    def citizen() -> Response:
        form = _form()
        added = parts.state.add_citizen(
            words(form, "name", most=40),
            form.get("following", True) is True,
            words(form, "openid", "", most=64),
        )
        return jsonify(added.as_json())

    @phone.post("/phone/send")
    def send() -> Response:
        picture = url_for("static", filename="picture.svg", _external=True)
        return jsonify(conversation.play(parts, conversation.read_act(parts, _form(), picture)))

    @phone.errorhandler(NotPossible)
    def refused(error: NotPossible) -> tuple[Response, int]:
        return jsonify(error=sentence("errors", error.key), key=error.key), error.status

    return phone


def _form() -> dict[str, Any]:
    form = request.get_json(silent=True) if request.is_json else None
    if not isinstance(form, dict):
        raise NotPossible("not_json")
    return form


def _state(parts: Parts) -> dict[str, Any]:
    chosen = parts.state.find_citizen(request.args.get("citizen", ""))
    if chosen is None:
        raise NotPossible("unknown_citizen", 404)
    settings = parts.settings
    parts.agenda.run_due()
    return {
        "account": {"id": settings.account, "name": settings.account_name, "type": parts.controls.account_type},
        "citizens": parts.state.citizens(),
        "citizen": chosen.as_json(),
        "menu": parts.state.menu(),
        "chat": parts.state.chat_since(chosen, request.args.get("since", 0, type=int)),
        "faults": parts.faults.as_json(),
        "calls": list(parts.calls)[-_CALLS_SHOWN:],
    }
