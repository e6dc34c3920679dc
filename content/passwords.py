"""Passwords and six-digit codes: made, stored as argon2 digests, compared. Knows nobody and keeps nothing."""

import hmac
import re
import secrets
import unicodedata

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 128
STEP_SECONDS = 30
ISSUER = "葫芦岛普法"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""About 50 ms and 19 MB a try, so that eight tries at once neither stop a small machine nor fill it."""
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$O7Rc3cjOVSiLy1DkGX9h+w$ACcMkKAoHskNv1rIt5tgTdx7GJi0fZMhKlcdYq61rIc"
"""Compared where there is nobody of that name, so that the answer takes as long. Nobody knows its password."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike
_GUESSED = re.compile(r"(?i)^(.)\1+$|^(password|passw0rd|admin|qwerty|huludao|hldsfj|pufa|123456|abc123)[\W\d_]*$")


def hashed(password: str) -> str:
    return _HASHER.hash(_folded(password))


def is_right(stored: str, password: str) -> bool:
    """Takes the same time whether there is a stored password or not."""
    if len(password) > LONGEST:
        password, stored = "", NOBODYS
    try:
        return _HASHER.verify(stored or NOBODYS, _folded(password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Was it made with other parameters than today's?"""
    return _HASHER.check_needs_rehash(stored)


def fault_of(password: str, name: str) -> str:
    """What is wrong with a new password, or empty."""
    if len(password) < SHORTEST:
        return f"新密码太短：至少 {SHORTEST} 个字符，可以是一句好记的话。"
    if len(password) > LONGEST:
        return f"新密码太长：最多 {LONGEST} 个字符。"
    if _GUESSED.match(password) or name.lower() in password.lower() or len(set(password)) < 5:
        return "新密码太容易被猜到：不要用用户名、重复的字符或常见的词，可以换成一句好记的话。"
    return ""


def first_password() -> str:
    """Easy to read out, as hard to guess as 79 coin tosses: k7mf-93xq-tz4p-h2wd."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def new_secret() -> str:
    """Of a second factor, as authenticator apps take it."""
    return pyotp.random_base32()


def secret_address(secret: str, name: str) -> str:
    """The otpauth:// address that becomes a QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, seconds: int, last_step: int) -> int:
    """The 30-second step that this code belongs to: now, the one before or after, none twice. 0 where there is none."""
    typed = "".join(_folded(code).split())
    now = seconds // STEP_SECONDS
    found = 0
    for step in (now - 1, now, now + 1):
        expected = pyotp.HOTP(secret).at(step)
        if hmac.compare_digest(expected.encode(), typed.encode()) and step > last_step:
            found = step
    return found


def _folded(text: str) -> str:
    """As typed on any keyboard: full-width letters are the same as narrow ones."""
    return unicodedata.normalize("NFKC", text)
