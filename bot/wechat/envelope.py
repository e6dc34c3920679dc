"""What WeChat puts around a message: signature, encryption, XML. The only user of wechatpy's signer, cipher and
replies.

Closes what wechatpy leaves open: constant-time comparison, nothing parsed before the signature, padding and lengths
checked, DOCTYPE, entities and repeated fields refused (its own parser lets them through), `]]>` escaped, one
article at most. Everything malformed is one of two errors.
"""

import base64
import binascii
import hashlib
import hmac
import re
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.replies import ArticlesReply, BaseReply, ImageReply, TextReply
from wechatpy.utils import WeChatSigner

from handlers.message import Incoming, Reply

BLOCK = 32  # WeChat pads to 32 bytes, not to AES's 16
DEEPEST = 6
MOST_FIELDS = 400
_OF_AN_EVENT = ("MsgType", "CreateTime", "Event", "EventKey", "MsgID", "Ticket", "OpenID", "openid")
"""What tells two events of one second apart; the last two name the citizen where the sender is the platform."""
_NUMBER = re.compile(r"\d{1,20}")
_DOCTYPE = re.compile(rb"(?>(?:\xef\xbb\xbf)?\s*)(?>(?><\?.*?\?>|<!--.*?-->)\s*)*+<!DOCTYPE", re.DOTALL)


class Forged(Exception):
    """The sender is not WeChat, or not for this account."""


class Malformed(Exception):
    """It is signed and yet no message."""


class Opened(NamedTuple):
    """What was inside, and what must be known to close an answer."""

    fields: Mapping[str, Any]
    aes_key: bytes | None
    """The key that fitted, where the message was encrypted."""


class Envelope:
    """Opens and closes messages of one account. Stateless; every answer's bytes follow from the message's key alone."""

    def __init__(self, token: str, app_id: str, aes_keys: tuple[str, ...], mode: str, secret: bytes) -> None:
        """`aes_keys`: the current EncodingAESKey, then the previous one. `secret` makes nonces that nobody can
        foresee.
        """
        if not token:
            raise ValueError("an empty token would let anybody sign")
        self._token, self._app_id, self._mode, self._secret = token, app_id, mode, secret
        self._aes_keys = tuple(base64.b64decode(key + "=") for key in aes_keys if key)

    def check_signature(self, signature: str, timestamp: str, nonce: str) -> None:
        """Raises Forged. Runs before anything is parsed."""
        if not hmac.compare_digest(self._sign(timestamp, nonce).encode(), signature.encode()):
            raise Forged

    def open(self, body: bytes, query: Mapping[str, str]) -> Opened:
        """The fields of a signed body. Raises Forged or Malformed."""
        encryption = query.get("encrypt_type", "raw")
        if encryption not in ("aes", "raw"):
            raise Forged
        if encryption == "raw":
            if self._mode == "safe":
                raise Forged
            return Opened(read_xml(body), None)
        encrypted = read_xml(body).get("Encrypt")
        if not isinstance(encrypted, str):
            raise Malformed
        signature = query.get("msg_signature", "")
        wanted = self._sign(query["timestamp"], query["nonce"], encrypted)
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise Forged
        for key in self._aes_keys:
            if (inside := self._decrypt(encrypted, key)) is not None:
                return Opened(read_xml(inside), key)
        raise Forged

    def close(self, xml: bytes, message_key: str, at: int, aes_key: bytes | None) -> bytes:
        """The answer as it goes over the wire: encrypted where the message was."""
        if aes_key is None:
            return xml
        prefix = self._derive(message_key, "prefix")[:16]
        nonce, timestamp = self._derive(message_key, "nonce").hex()[:16], str(at)
        encrypted = self._encrypt(prefix, xml, aes_key)
        signature = self._sign(timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def message_key(self, fields: Mapping[str, Any]) -> str:
        """The same for every delivery of a message: MsgId and sender; of an event: sender, time, event and key."""
        parts = [_word(fields, name) for name in ("FromUserName", "MsgId")]
        if not parts[1]:
            parts += [_word(fields, name) for name in _OF_AN_EVENT]
        return hashlib.blake2b("\x1f".join(parts).encode(), key=self._secret, digest_size=16).hexdigest()

    def _sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._token, *parts)
        return str(signer.signature)

    def _derive(self, message_key: str, purpose: str) -> bytes:
        return hmac.digest(self._secret, f"{purpose}:{message_key}".encode(), "sha256")

    def _decrypt(self, encrypted: str, key: bytes) -> bytes | None:
        """None where this key does not fit or the inside is not well formed."""
        try:
            locked = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed from error
        if not locked or len(locked) % 16:
            raise Malformed
        padded = bytes(WeChatCipher(key).decrypt(locked))
        pad = padded[-1]
        if not 1 <= pad <= BLOCK or len(padded) < pad + 20 or padded[-pad:] != bytes([pad]) * pad:
            return None
        plain = padded[:-pad]
        (length,) = struct.unpack(">I", plain[16:20])
        message, owner = plain[20 : 20 + length], plain[20 + length :]
        is_ours = len(message) == length and hmac.compare_digest(owner, self._app_id.encode())
        return message if is_ours else None

    def _encrypt(self, prefix: bytes, message: bytes, key: bytes) -> str:
        plain = prefix + struct.pack(">I", len(message)) + message + self._app_id.encode()
        return base64.b64encode(WeChatCipher(key).encrypt(PKCS7Encoder.encode(plain))).decode()


def read_xml(body: bytes) -> dict[str, Any]:
    """<xml>…</xml> as nested dictionaries; a tag that repeats inside a list tag becomes a list. Raises Malformed.

    Nothing that could be expanded or fetched is ever looked at: a document type stands before the root or nowhere.
    """
    parser = ElementTree.XMLParser()  # noqa: S314 - see _DOCTYPE
    try:
        if _DOCTYPE.match(body):
            raise Malformed
        parser.feed(body.decode("utf-8"))  # as text, whatever the body declares
        root = parser.close()
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise Malformed from error
    if root.tag != "xml" or not len(root):
        raise Malformed
    fields = _fields(root, 1)
    if any(isinstance(value, list) for value in fields.values()):  # top-level fields may not repeat
        raise Malformed
    return fields


def _fields(element: "ElementTree.Element", depth: int) -> dict[str, Any]:
    if depth >= DEEPEST or len(element) >= MOST_FIELDS:
        raise Malformed
    found: dict[str, Any] = {}
    for child in element:
        value = _fields(child, depth + 1) if len(child) else child.text or ""
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


# ── fields → Incoming, Reply → XML ────────────────────────────────────────────────────────────────────────────────────

_TEXT_OF = {"text": "Content", "event": "EventKey"}
_QRCODE = "qrscene_"


def incoming(fields: Mapping[str, Any], key: str) -> Incoming:
    """Raises Malformed where a field that every message has is missing or no single value."""
    kind, openid = _word(fields, "MsgType").lower(), _word(fields, "FromUserName")
    created = _word(fields, "CreateTime")
    if not kind or not openid or len(openid) > 64 or not _NUMBER.fullmatch(created) or not _word(fields, "ToUserName"):
        raise Malformed
    text = _word(fields, _TEXT_OF[kind]) if kind in _TEXT_OF else ""
    if kind == "event":
        event = _word(fields, "Event").lower()
        if not event:
            raise Malformed
        kind = f"event:{event}"
        text = text.removeprefix(_QRCODE) if event == "subscribe" else text
    detail = {name: value for name, value in fields.items() if isinstance(value, str)}
    return Incoming(key, openid, kind, text, int(created), detail)


def reply_xml(reply: Reply, to: str, sender: str, at: int) -> bytes:
    """The passive reply; empty where nothing is to be said."""
    if reply.kind == "none" or (reply.kind == "text" and not reply.text):
        return b""
    addresses = (
        f"<FromUserName><![CDATA[{_harmless(sender)}]]></FromUserName>\n"
        f"<ToUserName><![CDATA[{_harmless(to)}]]></ToUserName>\n<CreateTime>{at}</CreateTime>\n</xml>"
    )
    return _what_is_said(reply) + addresses.encode()


@lru_cache(maxsize=1024)  # the same finished replies go out again and again
def _what_is_said(reply: Reply) -> bytes:
    """The reply's XML up to the addresses, with which wechatpy ends it."""
    body = _BODIES[reply.kind](reply)
    body.source = body.target = ""
    return str(body.render()).rpartition("<FromUserName>")[0].encode()


def _text_body(reply: Reply) -> BaseReply:
    return TextReply(content=_harmless(reply.text))


def _image_body(reply: Reply) -> BaseReply:
    return ImageReply(media_id=_harmless(reply.media_id))


def _news_body(reply: Reply) -> BaseReply:
    """One article: more than that is shown as nothing at all (wechat-platform.md section 2)."""
    article = reply.articles[0]
    words = {
        "title": article.title, "description": article.description, "image": article.picture_url, "url": article.url,
    }  # fmt: skip
    return ArticlesReply(articles=[{name: _harmless(text) for name, text in words.items()}])


_BODIES = {"text": _text_body, "image": _image_body, "news": _news_body}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _harmless(text: str) -> str:
    """wechatpy puts it between CDATA marks as it is: what would end them is split."""
    return _UNPRINTABLE.sub("", text).replace("]]>", "]]]]><![CDATA[>")


def _word(fields: Mapping[str, Any], name: str) -> str:
    """A field's single value, without the space around it; empty where there is none. Raises Malformed for a
    nested one.
    """
    value = fields.get(name, "")
    if not isinstance(value, str):
        if value in ({}, None):
            return ""
        raise Malformed
    return value.strip() if name != "Content" else value
