"""Brings a push to the webhook as the platform does: five seconds, three attempts with the same MsgId, any
answer judged. The only outgoing HTTP of the sandbox; it goes to the configured address and nowhere else.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

import requests
from urllib3.exceptions import HTTPError

from bot.sandbox import replies
from bot.sandbox.envelope import Sealed, seal, unseal
from bot.sandbox.incoming import Fields
from bot.sandbox.refusals import Malformed
from bot.sandbox.replies import Reply
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.words import sentence
from content.store import clock

ATTEMPTS = 3
_LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class Delivery:
    """One attempt: what went, what came, how long it took. `status` is None where nothing answered."""

    attempt: int
    request_url: str
    request_xml: str
    request_raw: str
    status: int | None = None
    ms: int = 0
    response_xml: str = ""
    response_raw: str = ""
    reply: Reply | None = None
    note: str = ""
    round: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def deliver(fields: Fields, mode: str, settings: SandboxSettings, round_: int = 1) -> list[Delivery]:
    """Every attempt made, the last of them with the reply that counts."""
    made: list[Delivery] = []
    for attempt in range(1, ATTEMPTS + 1):
        sealed = seal(fields, mode, settings)
        tried = _attempt(sealed, settings, attempt)
        made.append(replace(_judged(tried, fields, mode, settings), round=round_))
        if tried.status is not None:
            break
    return made


def _attempt(sealed: Sealed, settings: SandboxSettings, attempt: int) -> Delivery:
    joint = "&" if "?" in settings.webhook_url else "?"
    address = f"{settings.webhook_url}{joint}{urlencode(sealed.query)}"
    going = Delivery(attempt, address, sealed.xml, sealed.body)
    began = clock.monotonic()
    try:
        status, body = _post(address, sealed.body, settings.answer_seconds)
    except (requests.RequestException, HTTPError):
        return replace(going, ms=_ms_since(began))
    return replace(going, status=status, response_raw=body, ms=_ms_since(began))


def _post(address: str, body: str, patience: float) -> tuple[int, str]:
    began = clock.monotonic()
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
        with session.post(
            address,
            data=body.encode(),
            headers=headers,
            timeout=patience,
            stream=True,
            allow_redirects=False,
        ) as response:
            return response.status_code, _read(response, began + patience)


def _read(response: requests.Response, deadline: float) -> str:
    """The body, unless it drips past the deadline or has no end: then it is no answer."""
    body = b""
    while chunk := response.raw.read1(16_384, decode_content=True):  # what is there, without waiting for more
        body += chunk
        if clock.monotonic() > deadline:
            raise requests.Timeout
        if len(body) > _LARGEST_ANSWER:
            break
    return body.decode("utf-8", "replace")


def _ms_since(began: float) -> int:
    return round((clock.monotonic() - began) * 1000)


def _judged(tried: Delivery, fields: Fields, mode: str, settings: SandboxSettings) -> Delivery:
    if tried.status is None:
        note = sentence("notes", "no_answer", seconds=settings.answer_seconds)
        return replace(tried, reply=replies.TROUBLE, note=note)
    if tried.status != 200:
        return replace(tried, reply=replies.TROUBLE, note=sentence("notes", "bad_status"))
    body = tried.response_raw
    if replies.is_silence(body):
        return replace(tried, reply=replies.NOTHING, response_xml=body)
    try:
        xml = unseal(body, mode, settings)
        reply = replies.read_reply(xml, str(fields["FromUserName"]), settings.account)
    except Malformed as error:
        return replace(tried, reply=replies.TROUBLE, note=sentence("malformed", str(error)))
    return replace(tried, reply=reply, response_xml=xml)
