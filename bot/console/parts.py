"""What the console's views work with; one a web worker. No call to WeChat is ever made from here."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from bot.config import Config
from content.store.db import Database
from content.store.keys import Keyring
from handlers.taken_words import Hear


@dataclass(frozen=True)
class Parts:
    config: Config
    database: Database
    keyring: Keyring
    hear: Hear | None = None
    """The ear as the webhook has it now."""

    @property
    def uploads(self) -> Path:
        return self.config.data / "uploads"


def number(text: str) -> int:
    """What was typed where a number is wanted, as far as a database can hold it. Raises ValueError."""
    if not text.isdecimal() or len(text) > 9:
        raise ValueError(text)
    return int(text)


def parts() -> Parts:
    """Those of the application that serves this request."""
    found: Parts = current_app.extensions["console_parts"]
    return found
