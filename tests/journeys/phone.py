"""A citizen's phone, and the WeChat that carries his words: signed, encrypted and posted in one of the three modes."""

import html
import http.client
import itertools
import re
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from defusedxml import ElementTree
from makers import ACCOUNT, message_xml, signed_query
from wechatpy.crypto import WeChatCrypto

TOKEN, APP_ID = "journey-token", "wxjourney0000000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PATIENCE_SECONDS = 5.0  # WeChat's
_CHOICE = re.compile(r'msgmenucontent=([^&"]+)')
_NUMBER = re.compile(r"msgmenuid=(\d+)")
_LINK = re.compile(r'<a href="(https?://[^"]+)"')
_moments = itertools.count(1_793_600_000)


@dataclass(frozen=True)
class Heard:
    """What came back for one message; `status` is None where nobody answered."""

    status: int | None
    wire: bytes = b""
    xml: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return (self._tag("Content") or "") if self.xml else ""

    @property
    def choices(self) -> list[str]:
        return _CHOICE.findall(self.text)

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)

    def _tag(self, name: str) -> str | None:
        found: str | None = ElementTree.fromstring(self.xml).findtext(name)
        return found


@dataclass
class Phone:
    """A citizen and the WeChat that carries his words: signs, encrypts, posts, reads what comes back."""

    port: int
    mode: str = "plain"
    aes_key: str = AES_KEY
    openid: str = field(default_factory=lambda: f"o{secrets.token_hex(13)}")
    heard: list[Heard] = field(default_factory=list)
    sent: str = ""

    def says(self, text: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, Content=text, **fields))

    def taps(self, number: int) -> Heard:
        """A choice under the last reply, as WeChat sends it when it is touched."""
        given = _NUMBER.findall(self.heard[-1].text)[number - 1]
        return self.says(html.unescape(self.heard[-1].choices[number - 1]), bizmsgmenuid=given)

    def writes(self, text: str) -> str:
        """A message of his, not sent yet."""
        self.sent = message_xml(self.openid, Content=text)
        return self.sent

    def sends(self, kind: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, kind, **fields))

    def event(self, name: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, "event", next(_moments), Event=name, **fields))

    def again(self) -> Heard:
        """WeChat delivers the last message once more, signed and encrypted anew."""
        return self.deliver(self.sent)

    def answers(self) -> Heard:
        """The open question of a quiz: the first option, or two letters where more than one may be right."""
        choices = [html.unescape(choice) for choice in self.heard[-1].choices]
        return self.says("AB") if not choices or choices[0].startswith("勾选") else self.taps(1)

    def insists(self) -> Heard:
        """WeChat's second delivery of the last message, and its third five seconds later where nobody answered."""
        began = time.monotonic()
        heard = self.again()
        if heard.status != 200:
            time.sleep(max(0.0, began + PATIENCE_SECONDS - time.monotonic()))
            heard = self.again()
        return heard

    def deliver(self, xml: str) -> Heard:
        self.sent = xml
        heard = self.post(xml)
        self.heard.append(heard)
        return heard

    def line(self, seconds: float = PATIENCE_SECONDS) -> http.client.HTTPConnection:
        """An open connection, for whoever wants to see who takes it."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        line.connect()
        return line

    def post(self, xml: str, line: http.client.HTTPConnection | None = None) -> Heard:
        began = time.monotonic()
        line = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            path, body = self.sealed(xml)
            line.request("POST", path, body, {"Content-Type": "text/xml", "Connection": "close"})
            answer = line.getresponse()
            wire = answer.read()
        except (OSError, http.client.HTTPException):
            return Heard(None, seconds=time.monotonic() - began)
        finally:
            line.close()
        return Heard(answer.status, wire, self.opened(answer.status, wire), time.monotonic() - began)

    def sealed(self, xml: str) -> tuple[str, bytes]:
        """Path with query, and body."""
        query = signed_query(TOKEN, nonce=secrets.token_hex(5), timestamp=str(next(_moments)))
        if self.mode == "plain":
            return f"/wechat?{urlencode(query)}", xml.encode()
        envelope = WeChatCrypto(TOKEN, self.aes_key, APP_ID).encrypt_message(xml, query["nonce"], query["timestamp"])
        tags = ElementTree.fromstring(envelope)
        query |= {"encrypt_type": "aes", "msg_signature": tags.findtext("MsgSignature"), "openid": self.openid}
        locked = f"<Encrypt><![CDATA[{tags.findtext('Encrypt')}]]></Encrypt>"
        outside = f"<xml><ToUserName>{ACCOUNT}</ToUserName>" if self.mode == "safe" else xml.removesuffix("</xml>")
        return f"/wechat?{urlencode(query)}", f"{outside}{locked}</xml>".encode()

    def opened(self, status: int, wire: bytes) -> str:
        """The reply's XML; empty where nothing was said."""
        if status != 200 or wire in (b"", b"success"):
            return ""
        if self.mode == "plain":
            return wire.decode()
        tags = ElementTree.fromstring(wire)
        signed = [tags.findtext(name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
        return str(WeChatCrypto(TOKEN, self.aes_key, APP_ID).decrypt_message(wire, *signed))
