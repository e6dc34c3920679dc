"""Writes, signs and encrypts what the platform pushes, and opens what comes back. It keeps nothing and
sends nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # the type only; defusedxml parses

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from wechatpy.crypto import WeChatCrypto

from bot.sandbox.refusals import Malformed
from bot.sandbox.settings import SandboxSettings
from content.store import clock

MODES = ("plain", "compatible", "safe")


@dataclass(frozen=True)
class Sealed:
    """A push ready to go: the query, the body as sent, and the XML as it reads without encryption."""

    query: dict[str, str]
    body: str
    xml: str


def signature(*pieces: str) -> str:
    return hashlib.sha1("".join(sorted(pieces)).encode(), usedforsecurity=False).hexdigest()


def to_xml(fields: Mapping[str, object]) -> str:
    return f"<xml>{_inside(fields)}</xml>"


def seal(fields: Mapping[str, object], mode: str, settings: SandboxSettings) -> Sealed:
    """Signed as of now; `fields` begin with the two addresses."""
    xml = to_xml(fields)
    stamp, nonce = str(clock.timestamp()), str(secrets.randbelow(10**10))
    query = {
        "signature": signature(settings.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    if mode == "plain":
        return Sealed(query, xml, xml)
    encrypted = _encrypted(xml, stamp, nonce, settings)
    query |= {"encrypt_type": "aes", "msg_signature": signature(settings.token, stamp, nonce, encrypted)}
    outside = fields if mode == "compatible" else {"ToUserName": fields["ToUserName"]}
    return Sealed(query, to_xml({**outside, "Encrypt": encrypted}), xml)


def unseal(body: str, mode: str, settings: SandboxSettings) -> str:
    """The XML of an answer, decrypted where it is encrypted; Malformed where the platform refuses it."""
    root = parse(body)
    encrypted = root.findtext("Encrypt")
    if encrypted is None:
        if mode == "safe":
            raise Malformed("not_encrypted")
        return body
    if mode == "plain":
        raise Malformed("encrypted")
    stamp, nonce = root.findtext("TimeStamp") or "", root.findtext("Nonce") or ""
    expected = signature(settings.token, stamp, nonce, encrypted)
    if not hmac.compare_digest(expected, (root.findtext("MsgSignature") or "").strip()):
        raise Malformed("wrong_signature")
    return _decrypted(body, expected, stamp, nonce, settings)


def parse(body: str) -> Element:
    try:
        root: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Malformed("not_xml") from error
    if root.tag != "xml":
        raise Malformed("not_xml")
    return root


def _encrypted(xml: str, stamp: str, nonce: str, settings: SandboxSettings) -> str:
    crypto = WeChatCrypto(settings.token, settings.encoding_aes_key, settings.app_id)
    return parse(crypto.encrypt_message(xml, nonce, stamp)).findtext("Encrypt") or ""


def _decrypted(body: str, signed: str, stamp: str, nonce: str, settings: SandboxSettings) -> str:
    crypto = WeChatCrypto(settings.token, settings.encoding_aes_key, settings.app_id)
    try:
        return str(crypto.decrypt_message(body, signed, stamp, nonce))
    except Exception as error:  # wechatpy raises a different kind for every way to be wrong
        raise Malformed("cannot_decrypt") from error


def _inside(fields: Mapping[str, object]) -> str:
    return "".join(_tag(str(name), value) for name, value in fields.items())


def _tag(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_tag(name, one) for one in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_inside(value)}</{name}>"
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{_safe_in_cdata(str(value))}]]></{name}>"


def _safe_in_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")
