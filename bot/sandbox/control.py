"""The control that tests and the dial turn: what the account holds and has sent, and what may be set from outside."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox import controls, mass_sends
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.stock import Article, Publication, Send

_LONGEST_PASS = 400 * 86_400
_TOKENS = {"expire": False, "revoke": True}


def as_json(parts: Parts) -> dict[str, Any]:
    """Everything but the articles' texts; the oldest first."""
    stock = parts.stock
    with stock.lock:
        return {
            "settings": parts.controls.as_json(),
            "at": parts.clock.timestamp(),
            "ahead_seconds": parts.clock.ahead_seconds(),
            "drafts": [
                {"media_id": one.media_id, "titles": _titles(one.articles), "at": one.made_at}
                for one in stock.drafts.values()
            ],
            "publications": [publication_json(one) for one in stock.publications.values()],
            "sends": [send_json(one) for one in stock.sends.values()],
            "pictures": [
                {"name": one.name, "use": one.use, "kind": one.kind, "bytes": len(one.data), "at": one.at}
                for one in stock.pictures.values()
            ],
            "events": [{**one, "xml": ""} for one in list(parts.events.brought)],
            "events_waiting": parts.events.waiting(),
            "calls": dict(parts.called),
        }


def publication_json(one: Publication) -> dict[str, Any]:
    return {
        "publish_id": one.publish_id,
        "draft_media_id": one.draft_id,
        "article_id": one.article_id,
        "status": one.status,
        "titles": _titles(one.articles),
        "addresses": _addresses(one.articles),
        "at": one.at,
        "finished_at": one.finished_at,
    }


def send_json(one: Send) -> dict[str, Any]:
    return {
        "msg_id": one.msg_id,
        "clientmsgid": one.client_msg_id,
        "draft_media_id": one.draft_id,
        "state": one.state,
        "said": one.said,
        "is_to_all": one.is_to_all,
        "tag_id": one.tag_id,
        "kind": one.kind,
        "titles": _titles(one.articles),
        "addresses": _addresses(one.articles),
        "at": one.at,
        "confirm_until": one.confirm_until,
        "audience": len(one.openids),
        "counts": one.counts,
    }


def turn(parts: Parts, wanted: Mapping[str, Any]) -> None:
    """Sets what is named: any of the controls, pass_seconds, tokens (expire, revoke), confirm or refuse (a msg_id),
    clear_quota. Refused where a name or value is none of these; then nothing was done.
    """
    acts = {name: value for name, value in wanted.items() if name not in controls.NAMES}
    for name, value in acts.items():
        _check(name, value)
    parts.controls.turn({name: value for name, value in wanted.items() if name in controls.NAMES})
    for name, value in acts.items():
        _ACTS[name](parts, value)


def _check(name: str, value: object) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "pass_seconds": is_number and 0 <= value <= _LONGEST_PASS,  # type: ignore[operator]
        "tokens": isinstance(value, str) and value in _TOKENS,
        "confirm": is_number,
        "refuse": is_number,
        "clear_quota": value is True,
    }
    if not fits.get(name):
        raise Refused(47001, f"data format error: {name}")


def _let_pass(parts: Parts, seconds: float) -> None:
    parts.clock.let_pass(seconds)
    parts.agenda.run_due()
    parts.agenda.look_again()


def _must(done: bool) -> None:
    if not done:
        raise Refused(40059, "invalid msg id")


_ACTS: dict[str, Callable[[Parts, Any], None]] = {
    "pass_seconds": _let_pass,
    "tokens": lambda parts, how: parts.tokens.spoil(_TOKENS[how]),
    "confirm": lambda parts, msg_id: _must(mass_sends.confirm(parts, int(msg_id))),
    "refuse": lambda parts, msg_id: _must(mass_sends.refuse(parts, int(msg_id))),
    "clear_quota": lambda parts, _: parts.quotas.forget(),
}


def _titles(articles: list[Article]) -> list[str]:
    return [article["title"] for article in articles]


def _addresses(articles: list[Article]) -> list[str]:
    return [f"/sandbox/articles/{article['name']}" for article in articles]
