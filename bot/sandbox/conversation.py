"""One act of a citizen from tap to reply: compose, deliver once or twice, and show what WeChat would show."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox import customer_messages, menu, replies
from bot.sandbox.delivery import Delivery, deliver
from bot.sandbox.envelope import MODES
from bot.sandbox.incoming import MENU_EVENTS, NO_ANSWER_SHOWN, Form, Message, compose
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import NotPossible
from bot.sandbox.state import Citizen, Entry
from bot.sandbox.words import section, sentence
from content.store import clock

_NEEDS_NO_FOLLOWING = {"subscribe", "unsubscribe", "event"}


@dataclass(frozen=True)
class Act:
    citizen: Citizen
    message: Message
    mode: str
    twice: bool


def read_act(parts: Parts, form: Form, picture_url: str) -> Act:
    """What the page or a test asked for, or NotPossible."""
    citizen = parts.state.find_citizen(str(form.get("citizen") or ""))
    if citizen is None:
        raise NotPossible("unknown_citizen", 404)
    mode = str(form.get("mode") or parts.settings.mode)
    if mode not in MODES:
        raise NotPossible("unknown_mode")
    if mode != "plain" and not parts.settings.encoding_aes_key:
        raise NotPossible("no_aes_key")
    kind = _kind(str(form.get("kind") or "text"), citizen)
    if not citizen.following and kind not in _NEEDS_NO_FOLLOWING:
        raise NotPossible("not_following", 409)
    return Act(citizen, compose(kind, form, picture_url), mode, form.get("twice") is True)


def play(parts: Parts, act: Act) -> dict[str, Any]:
    """Delivers, and gives every delivery and every new line of the chat."""
    shown = [_show_act(parts, act)]
    fields = _addressed(parts, act)
    if act.message.kind in {"subscribe", "unsubscribe"}:
        parts.state.set_following(act.citizen, act.message.kind == "subscribe")
    customer_messages.open_window(parts.state, act.citizen, act.message)
    first = deliver(fields, act.mode, parts.settings)
    made = list(first)
    if act.twice:
        made += deliver(fields, act.mode, parts.settings, round_=2)
    shown += _show_reply(parts, act, first[-1])
    if act.twice:
        shown.append(_line(parts, act.citizen, sentence("shown", _compared(first[-1], made[-1]))))
    notes = _notes(act.message, first[-1])
    return {
        "deliveries": [delivery.as_json() for delivery in made],
        "shown": shown,
        "notes": notes,
        "same": _same(first[-1], made[-1]) if act.twice else None,
        "following": act.citizen.following,
    }


def _kind(kind: str, citizen: Citizen) -> str:
    """A scanned code means following first where that is still to do."""
    return "subscribe" if kind == "scan" and not citizen.following else kind


def _addressed(parts: Parts, act: Act) -> dict[str, object]:
    fields: dict[str, object] = {
        "ToUserName": parts.settings.account,
        "FromUserName": act.citizen.openid,
        "CreateTime": clock.timestamp(),
        **act.message.fields,
    }
    if not act.message.is_event:
        fields["MsgId"] = parts.state.next_message_id()
    return fields


def _line(parts: Parts, citizen: Citizen, text: str) -> Entry:
    return parts.state.add_entry(citizen, "system", "line", text)


def _show_act(parts: Parts, act: Act) -> Entry:
    message, fields = act.message, act.message.fields
    if message.is_event:
        return _line(parts, act.citizen, _event_line(parts, message))
    more: dict[str, str] = {}
    if message.kind == "location":
        more = {"latitude": str(fields["Location_X"]), "longitude": str(fields["Location_Y"])}
    elif message.kind == "image":
        more = {"picture": str(fields["PicUrl"])}
    elif message.kind == "link":
        more = {"url": str(fields["Url"])}
    text = str(fields.get("Content") or fields.get("Title") or "")
    return parts.state.add_entry(act.citizen, "citizen", message.kind, text, None, **more)


def _event_line(parts: Parts, message: Message) -> str:
    key = str(message.fields.get("EventKey", ""))
    if message.kind in MENU_EVENTS:
        return sentence("shown", "menu", name=menu.find_name(parts.state, message.kind, key))
    if message.kind == "subscribe" and key:
        return sentence("shown", "subscribe_scene", scene=key.removeprefix("qrscene_"))
    if message.kind in {"subscribe", "unsubscribe", "scan"}:
        return sentence("shown", message.kind, scene=key)
    return sentence("shown", "event", name=message.fields["Event"])


def _most_articles(message: Message) -> int:
    return 8 if message.is_event else 1


def _show_reply(parts: Parts, act: Act, last: Delivery) -> list[Entry]:
    reply = last.reply or replies.NOTHING
    if reply["type"] == "none" or act.message.kind in NO_ANSWER_SHOWN:
        return []
    if reply["type"] == "trouble":
        return [_line(parts, act.citizen, sentence("shown", "trouble"))]
    if reply["type"] == "transfer_customer_service":
        return [_line(parts, act.citizen, sentence("shown", "transfer"))]
    if len(reply["articles"]) > _most_articles(act.message):
        return []
    text = reply["text"]
    if reply["type"] in section("media_names"):
        text = sentence("shown", "media", kind=section("media_names")[reply["type"]])
    return [parts.state.add_entry(act.citizen, "account", reply["type"], text, reply["articles"])]


def _notes(message: Message, last: Delivery) -> list[str]:
    """What the platform does not tell a citizen, but a developer should know."""
    reply, notes = last.reply or replies.NOTHING, []
    most, size = _most_articles(message), len(reply["text"].encode())
    if len(reply["articles"]) > most:
        notes.append(sentence("notes", "too_many_articles", count=len(reply["articles"]), most=most))
    if size > replies.TEXT_BYTES:
        notes.append(sentence("notes", "text_too_long", size=size))
    if message.kind in NO_ANSWER_SHOWN and reply["type"] not in {"none", "trouble"}:
        notes.append(sentence("notes", "not_shown"))
    return notes


def _same(first: Delivery, second: Delivery) -> bool:
    return first.response_raw == second.response_raw and first.status == second.status is not None


def _compared(first: Delivery, second: Delivery) -> str:
    if first.status is None or second.status is None:
        return "identical_none"
    if _same(first, second):
        return "identical"
    inside = first.response_xml and first.response_xml == second.response_xml
    return "identical_inside" if inside else "different"
