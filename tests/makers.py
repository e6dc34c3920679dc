"""Short ways to make what tests need: messages as WeChat sends them, a citizen who writes, a desk."""

import hashlib
import itertools
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape

from content.store.memory import OPEN, UNKNOWN
from handlers import router
from handlers.citizens import pseudonym_of
from handlers.desk import Bureau, Desk
from handlers.lately import NOTHING, Lately
from handlers.message import Incoming, Reply

ACCOUNT = "gh_test00000001"
_numbers = itertools.count(24_800_000_000_000_001)


def message_xml(
    openid: str, kind: str = "text", at: int = 1_793_500_000, number: int | None = None, **fields: Any
) -> str:
    """A message's body; `fields` are the platform's names, a dictionary becomes nested tags."""
    head = {"ToUserName": ACCOUNT, "FromUserName": openid, "CreateTime": at, "MsgType": kind}
    identity = {} if kind == "event" else {"MsgId": number or next(_numbers)}
    return f"<xml>{_tags({**head, **fields, **identity})}</xml>"


def _tags(fields: dict[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        inside = _tags(value) if isinstance(value, dict) else escape(str(value))
        parts.append(f"<{name}>{inside}</{name}>")
    return "".join(parts)


def signed_query(token: str, nonce: str = "n0nce", timestamp: str = "1793500000") -> dict[str, str]:
    signature = hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode(), usedforsecurity=False).hexdigest()
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


@dataclass
class Somebody:
    """A citizen who writes to the bureau without any network; his talk and his choices are kept as Redis would."""

    bureau: Bureau
    openid: str = field(default_factory=lambda: f"o{secrets.token_hex(8)}")
    conversation: str = UNKNOWN
    offer: tuple[str, ...] = ()
    lately: Lately = NOTHING
    copy: str = ""
    desk: Desk | None = None

    def says(self, text: str, key: str | None = None) -> Reply:
        return self.sends("text", text, key)

    def sends(self, kind: str, text: str = "", key: str | None = None, **detail: str) -> Reply:
        citizen = pseudonym_of(self.bureau.keyring, self.openid)
        self.desk = Desk(
            self.bureau, self.openid, citizen, self.conversation, replace(self.lately, offer=self.offer), copy=self.copy
        )
        incoming = Incoming(key or secrets.token_hex(16), self.openid, kind, text, 1_793_500_000, detail)
        reply = router.route(incoming, self.desk)
        self.conversation = self.desk.conversation
        self.copy = self.desk.copy if self.conversation == OPEN else ""
        if reply.kind != "none":
            self.lately = self.desk.leaves(reply, incoming)
            self.offer = self.lately.offer
        return reply

    def taps(self, reply: Reply, place: int) -> Reply:
        """The option at this place, from 1 on, of a reply that he has got at any time."""
        says, number = re.findall(r"msgmenucontent=([^&]*)&msgmenuid=(\d+)", reply.text)[place - 1]
        return self.sends("text", says, bizmsgmenuid=number)

    @property
    def topic(self) -> str:
        """What the last message was understood as."""
        assert self.desk is not None and self.desk.understood is not None
        return self.desk.understood.topic
