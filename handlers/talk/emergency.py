"""Danger to life, before anything else: recognised by patterns and by the ear, answered with numbers first.

A missed danger is worse than a false alarm. Figures of speech, questions about law and what is long past are kept out
by the library's lists; only in short messages may they outweigh an ear that is sure.
"""

import re

from handlers.talk.patterns import patterns
from handlers.understanding import Guess, Understood

TOPIC = "talk/emergency"
SIGN = "🆘"
SURE = 0.45
HINT = 0.08
SHORT = 40
"""Up to so many characters a message is one thought, and a question in it is what it is about."""
NEAR = ("matter/domestic-violence", "matter/juvenile", "matter/personal-injury", "matter/traffic", "matter/fraud",
        "service/hotline")  # fmt: skip
"""What a danger is taken for by an ear that has never heard it put like this: told of the present, it is one."""
TALK = "talk/"
GUESSED = 0.35
"""An ear less sure than this has heard nothing it knows."""
_NOISE = re.compile(r"[\s,，。.！!？?~～、…]+")


def is_danger(words: str, understood: Understood) -> bool:
    """`words` in the ear's plain form."""
    chance = _chance(understood)
    text = _NOISE.sub("", words)
    said = patterns("ordinary").take_out(text)
    is_question = len(text) <= SHORT and _has("asks", text)
    if is_question or (chance < SURE and _has("harmless", text)):
        return (chance >= HINT and _has("always", said)) or (
            not is_question and _has("present", said) and _has("vital", said)
        )
    is_likely = chance >= HINT or understood.topic.startswith(TALK) or understood.confidence < GUESSED
    if _has("vital", said) and (len(text) <= SHORT or is_likely or _has("present", said)):
        return True
    if chance >= SURE:
        return said == text or len(text) > SHORT or _has("danger", said)
    if is_likely and len(text) <= SHORT and _has("grave", said) and _has("person", said):
        return True
    return (is_likely or (understood.topic in NEAR and _has("present", said))) and _has("danger", said)


def reasons(words: str) -> list[str]:
    """What in the words is a danger, in Chinese; empty where it is the ear alone that heard it."""
    said = patterns("ordinary").take_out(_NOISE.sub("", words))
    seen = (patterns(name).find(said) for name in ("vital", "danger", "grave"))
    return [f"紧急说法：{found[0]}" for found in seen if found][:1]


def as_understood(understood: Understood) -> Understood:
    """What the router reports where a pattern, not the ear, has seen the danger."""
    if understood.topic == TOPIC:
        return understood
    others = (Guess(understood.topic, understood.confidence), *understood.alternatives)
    return Understood(
        TOPIC,
        max(SURE, _chance(understood)),
        tuple(guess for guess in others if guess.topic != TOPIC),
        understood.plain,
    )


def _chance(understood: Understood) -> float:
    if understood.topic == TOPIC:
        return understood.confidence
    return next((guess.confidence for guess in understood.alternatives if guess.topic == TOPIC), 0.0)


def _has(name: str, text: str) -> bool:
    return patterns(name).are_in(text)
