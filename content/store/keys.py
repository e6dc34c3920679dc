"""The keys of this installation: made at first start, mode 0600, rotatable, never in a backup.

One file holds a list of master keys, newest first. What needs a key derives its own from them by purpose, so that a
pseudonym in a log cannot be matched with one in the database. Never logs or shows a key.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class KeysUnreadable(Exception):
    """The key file exists but cannot be used; the message says what to do."""


@cache
def _derive(master: bytes, purpose: str) -> bytes:
    return hmac.digest(master, purpose.encode(), "sha256")


@dataclass(frozen=True)
class Keyring:
    masters: tuple[bytes, ...]  # newest first, 32 bytes each

    def derive(self, purpose: str) -> bytes:
        """32 bytes that belong to `purpose` alone."""
        return _derive(self.masters[0], purpose)

    def derive_all(self, purpose: str) -> tuple[bytes, ...]:
        """One of each key, the newest first: what was signed before a rotation stays true."""
        return tuple(_derive(master, purpose) for master in self.masters)

    def pseudonym(self, purpose: str, value: str) -> str:
        """The same 32 hex digits for the same value and purpose; made with the OLDEST key so that a rotation moves
        nobody.
        """
        key = _derive(self.masters[-1], purpose)
        return hashlib.blake2b(value.encode(), key=key, digest_size=16).hexdigest()

    def encrypt(self, purpose: str, text: str) -> str:
        return self._box(purpose).encrypt(text.encode()).decode()

    def decrypt(self, purpose: str, token: str) -> str:
        """Raises KeysUnreadable where no key of this installation fits."""
        try:
            return self._box(purpose).decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise KeysUnreadable("这段数据是用另一把密钥加密的：请找回当时的密钥文件。") from error

    def _box(self, purpose: str) -> MultiFernet:
        derived = (_derive(master, f"encrypt:{purpose}") for master in self.masters)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def open_keyring(path: Path) -> Keyring:
    """Reads the key file, or makes it where there is none. Raises KeysUnreadable."""
    if not path.exists():
        _create(path)
    try:
        texts = json.loads(path.read_text(encoding="ascii"))["masters"]
        masters = tuple(base64.b64decode(text, validate=True) for text in texts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeysUnreadable(f"密钥文件 {path} 读不出来：请恢复原来的文件，不要新建。") from error
    if not masters or any(len(master) != 32 for master in masters):
        raise KeysUnreadable(f"密钥文件 {path} 内容不完整：请恢复原来的文件，不要新建。")
    return Keyring(masters)


def rotate(path: Path) -> None:
    """Puts a new key in front; older ones stay for what they encrypted."""
    ring = open_keyring(path)
    _write(path, (secrets.token_bytes(32), *ring.masters))


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, (secrets.token_bytes(32),), exclusive=True)
    except OSError as error:
        raise KeysUnreadable(f"密钥文件 {path} 写不进去：请检查这个文件夹是否存在、是否可写。") from error


def _write(path: Path, masters: tuple[bytes, ...], exclusive: bool = False) -> None:
    """Whole or not at all: two processes that start together end up with one file."""
    body = json.dumps({"masters": [base64.b64encode(master).decode() for master in masters]})
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")  # containers share process numbers
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(body)
        file.flush()
        os.fsync(descriptor)
    try:
        if exclusive:
            os.link(draft, path)
        else:
            os.replace(draft, path)
    except FileExistsError:
        pass  # the other process was first: its key is the key
    finally:
        draft.unlink(missing_ok=True)
