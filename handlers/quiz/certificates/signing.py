"""What a certificate says, signed with Ed25519 so that anybody who has the public key can check it without asking us.

The private key is derived from the installation's key file and never leaves this file. What is signed is the text of
`Statement.text`, byte for byte; it travels as a code: its base64url, a dot, and the signature's.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from content.phrases import say
from content.store.keys import Keyring

_PURPOSE = "certificate:ed25519"
_FORM = "PUFA1"
_LINES = 8
LONGEST_CODE = 2000


class Forged(Exception):
    """It is not ours, or not as it was issued; the message says so."""


@dataclass(frozen=True, slots=True)
class Statement:
    serial: str
    issuer: str
    title: str
    """Of the campaign."""
    name: str
    """Masked; of a prize quiz the nickname or code."""
    unit: str
    result: str
    issued_on: str

    @property
    def text(self) -> str:
        return "\n".join((_FORM, *(" ".join(part.split()) for part in astuple(self))))


def sign(keyring: Keyring, statement: Statement) -> str:
    key = Ed25519PrivateKey.from_private_bytes(keyring.derive(_PURPOSE))
    return _encoded(key.sign(statement.text.encode()))


def public_keys(keyring: Keyring) -> list[str]:
    """The newest first: it signs; the others have signed. 64 hex digits each."""
    seeds = keyring.derive_all(_PURPOSE)
    return [Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex() for seed in seeds]


def code_of(text: str, signature: str) -> str:
    return f"{_encoded(text.encode())}.{signature}"


def read(keys: Iterable[str], written: str) -> Statement:
    """Of a code, or of an address that ends with one. Raises Forged."""
    code = written.strip().rsplit("c=", 1)[-1]
    text, dot, signature = code.partition(".")
    if not dot or len(code) > LONGEST_CODE:
        raise Forged(say("certificate_no_code"))
    try:
        said, signed = _decoded(text), _decoded(signature)
        statement = statement_of(said.decode())
    except (binascii.Error, ValueError) as error:
        raise Forged(say("certificate_no_code")) from error
    if not any(_fits(key, signed, said) for key in keys):
        raise Forged(say("certificate_forged"))
    return statement


def statement_of(text: str) -> Statement:
    """Raises ValueError."""
    form, *parts = text.split("\n")
    if form != _FORM or len(parts) != _LINES - 1:
        raise ValueError(form)
    return Statement(*parts)


def _fits(key: str, signature: bytes, said: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
