"""GET and POST /wechat: verify, once only, in time, route, reply. The only place that catches everything.

Order: shape of the query, signature, size, XML, then one trip to Redis. What is not signed is answered 403 and
nothing else is looked at; what is signed and malformed is answered 400. Everything that is a message is answered
200.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from bot import late
from bot.quick import WEBHOOK, Finished
from bot.turnstile import Crowded, LastChance, TooSlow, Turnstile
from bot.wechat.envelope import Envelope, Forged, Malformed, Opened, incoming, reply_xml
from content.phrases import say
from content.store import clock
from content.store.db import Database
from content.store.memory import UNKNOWN, Begun, Ended
from handlers import lately, router, stopping
from handlers.citizens import pseudonym_of
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply
from handlers.turns import Tally, Turn
from scheduler import account_news, outcomes

BODY_BYTES = 64 * 1024
QUERY = ("signature", "timestamp", "nonce")
QUERY_CHARACTERS = 4096
XML = "text/xml; charset=utf-8"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Webhook:
    """What the endpoint works with; one a worker."""

    envelope: Envelope
    turnstile: Turnstile
    tally: Tally
    bureau: Callable[[], Bureau]
    max_skew_seconds: int = 0


def make_blueprint(webhook: Webhook) -> Blueprint:
    blueprint = Blueprint("webhook", __name__)

    @blueprint.get(WEBHOOK)
    def verify() -> Response:
        query = _query(webhook)
        echo = query.get("echostr", "") if query else ""
        if not 0 < len(echo) <= 512:
            return _refused(403)
        return Response(echo, mimetype="text/plain")

    @blueprint.post(WEBHOOK)
    def receive() -> Response:
        query = _query(webhook)
        if query is None:
            return _refused(403)
        try:
            opened = webhook.envelope.open(_body(), query)
            return _answered(webhook, opened)
        except RequestEntityTooLarge:
            return _refused(413)
        except Forged:
            return _refused(403)
        except Malformed:
            return _refused(400)

    return blueprint


def _body() -> bytes:
    """Raises Malformed where it ends too early, and RequestEntityTooLarge, also where a request does not say its
    length: it is read one byte too far.
    """
    length = request.environ.get("CONTENT_LENGTH", "")
    if length.isdecimal() and int(length) <= BODY_BYTES:  # as WeChat sends: the stream need not be guarded
        body: bytes = request.environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            raise Malformed
        return body
    request.max_content_length = BODY_BYTES + 1
    body = request.get_data(cache=False)
    if len(body) > BODY_BYTES:
        raise RequestEntityTooLarge
    return body


def _query(webhook: Webhook) -> Mapping[str, str] | None:
    """The query's single values where it is signed, else None."""
    if len(request.query_string) > QUERY_CHARACTERS:
        return None
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    query = dict(pairs)
    if any(not 0 < len(query.get(name, "")) <= 128 for name in QUERY) or len(query) != len(pairs):
        return None
    try:
        webhook.envelope.check_signature(*(query[name] for name in QUERY))
    except Forged:
        _log.warning("webhook: signature refused", extra={"from": request.remote_addr})
        webhook.tally.refuse()
        return None
    return query if _is_fresh(query["timestamp"], webhook.max_skew_seconds) else None


def _is_fresh(timestamp: str, max_skew_seconds: int) -> bool:
    if not max_skew_seconds:
        return True
    return timestamp.isdecimal() and abs(int(timestamp) - clock.timestamp()) <= max_skew_seconds


def _answered(webhook: Webhook, opened: Opened) -> Response:
    for told_of in (outcomes, account_news):  # a push of ours, the account itself
        if told_of.is_ours(opened.fields):
            return _kept(webhook.bureau().database, opened.fields, told_of.take_in)
    key = webhook.envelope.message_key(opened.fields)
    message = incoming(opened.fields, key)
    bureau = webhook.bureau()
    citizen = pseudonym_of(bureau.keyring, message.openid)
    try:
        xml = webhook.turnstile.pass_through(
            key, citizen, lambda begun: _work(webhook, bureau, message, citizen, begun)
        )
    except TooSlow:
        return _refused(503)
    except LastChance:
        finished = webhook.turnstile.told_to_wait(key, citizen)
        xml = finished or _xml(message, Reply(text=say("still_working")))
    except Crowded:
        xml = _xml(message, Reply(text=say("one_at_a_time")))
    if not xml:
        return Response("success", mimetype="text/plain")
    return Finished(webhook.envelope.close(xml, key, message.at, opened.aes_key), XML)


def _kept(
    database: Database, fields: Mapping[str, Any], take_in: Callable[[Session, Mapping[str, Any]], bool]
) -> Response:
    """WeChat's word on our own doings is written down before it is acknowledged; else WeChat says it again."""
    try:
        with database.transaction() as session:
            take_in(session, fields)
    except SQLAlchemyError:
        _log.exception("webhook: a result could not be kept")
        return _refused(503)
    return Response("success", mimetype="text/plain")


def _work(webhook: Webhook, bureau: Bureau, message: Incoming, citizen: str, begun: Begun) -> Ended:
    """Routes one message. Whatever happens, the citizen is answered."""
    desk = Desk(bureau, message.openid, citizen, begun.conversation, lately.read(begun.offer), copy=begun.copy)
    try:
        reply = router.route(message, desk)
        reply = stopping.applied(bureau.switch.held, reply, desk.understood.topic if desk.understood else "")
        reply, late_told = late.in_front(reply, begun, desk, message.key)
        xml = _xml(message, reply)
    except Exception:
        who = bureau.keyring.pseudonym("log", citizen)  # not the one of the database
        _log.exception("webhook: no answer", extra={"message_key": message.key, "citizen": who, "kind": message.kind})
        reply, late_told, desk.conversation = Reply(text=say("trouble")), False, UNKNOWN
        xml = _xml(message, reply)
    _count(webhook.tally, message, desk)
    if desk.is_erased:
        webhook.turnstile.forget(desk.citizen)
        webhook.tally.forget(desk.citizen)
    return Ended(xml, desk.conversation, _left(reply, desk, begun, message), late_told, desk.copy)


def _left(reply: Reply, desk: Desk, begun: Begun, message: Incoming) -> str:
    """What numbers mean from now on, and what went before; as it was where nothing was said, as after an event that
    nobody asked with.
    """
    is_silent = reply.kind == "none" and not desk.is_erased
    return begun.offer if is_silent else str(desk.leaves(reply, message))


def _count(tally: Tally, message: Incoming, desk: Desk) -> None:
    if desk.understood:
        missed = message.text if desk.understood.topic == router.UNKNOWN_TOPIC else ""
        tally.add(Turn(desk.understood.topic, desk.citizen, missed, desk.understood.own_word))


def _xml(message: Incoming, reply: Reply) -> bytes:
    return reply_xml(reply, to=message.openid, sender=message.detail.get("ToUserName", ""), at=message.at)


def _refused(status: int) -> Response:
    return Response("", status=status, mimetype="text/plain")
