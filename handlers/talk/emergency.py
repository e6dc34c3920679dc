"""Danger to life, before anything else: recognised by patterns and by the ear, answered with numbers first.

A missed danger is worse than a false alarm; figures of speech and questions about law are kept out by the library's
`harmless`.
"""

import re
import tomllib
from functools import cache

from content.phrases import LIBRARY
from handlers.understanding import Guess, Understood

TOPIC = "talk/emergency"
SURE = 0.45
HINT = 0.08
_NOISE = re.compile(r"[\s,，。.！!？?~～、…]+")


def is_danger(words: str, understood: Understood) -> bool:
    """`words` in the ear's plain form."""
    chance = _chance(understood)
    if chance >= SURE:
        return True
    danger, harmless, always = _patterns()
    text = _NOISE.sub("", words)
    if not danger.search(text):
        return False
    if not harmless.search(text):
        return chance >= HINT or understood.topic in ("talk/unknown", "matter/domestic-violence", "matter/juvenile")
    return bool(always.search(text)) and chance >= HINT


def as_understood(understood: Understood) -> Understood:
    """What the router reports where a pattern, not the ear, has seen the danger."""
    if understood.topic == TOPIC:
        return understood
    others = (Guess(understood.topic, understood.confidence), *understood.alternatives)
    return Understood(TOPIC, max(SURE, _chance(understood)), tuple(guess for guess in others if guess.topic != TOPIC))


def _chance(understood: Understood) -> float:
    if understood.topic == TOPIC:
        return understood.confidence
    return next((guess.confidence for guess in understood.alternatives if guess.topic == TOPIC), 0.0)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    lists = tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8"))
    danger, harmless, always = (re.compile("|".join(f"(?:{part})" for part in lists[name])) for name in
                                ("danger", "harmless", "always"))  # fmt: skip
    return danger, harmless, always
