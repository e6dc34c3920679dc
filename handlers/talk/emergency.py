"""Danger to life, before anything else: heard by the ear, seen by expressions, answered with numbers first.

What is seen in a message has points in the library, for and against. They are added to what the ear says; above zero
it is a danger. A missed danger is worse than a false alarm.
"""

import re
import tomllib
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from content.phrases import LIBRARY
from handlers.talk.expressions import Expressions, Reading
from handlers.understanding import Guess, Understood

TOPIC = "talk/emergency"
SIGN = "🆘"
REPORTED = 0.45
"""How sure the router says to be of a danger at least."""
SHORT = 40
"""Up to so many characters a message is one thought, and a question in it is what it is about."""
REACH = 30
"""So many characters around a danger in a story tell whether it is now."""
TALK = "talk/"
UNKNOWN = "talk/unknown"
SURE = {"law": 0.9, "surely_law": 0.998, "chat": 0.98, "unknown": 0.999}
"""How sure the ear must be that a message is about something else, to have its points."""
LEAST = -5.0
"""An ear that hears nothing of danger may have missed it, and speaks against it no more than so much."""
FAINT, FAINT_LENGTH, UNLIKELY = 6.0, 6, 0.05
"""What the ear may say of danger at most, in how many characters, and how likely it may find it as a topic."""
NEAR = ("matter/domestic-violence",)
"""Topics beside danger."""
ALONE = "alone"
"""Of these a few words are enough, whatever else is said beside them."""
DANGERS = {ALONE, "vital", "danger"}
_NOISE = re.compile(r"[\s,，。.！!？?~～、…]+")


class _Library(NamedTuple):
    lists: Expressions
    points: dict[str, float]
    clues: list[str]
    harm: frozenset[str]
    """Signs, without any of which short words among questions are an answer."""
    speak_for: list[str]
    """The lists that have points for a danger: without a cue of theirs there is nothing to weigh."""


def is_danger(words: str, understood: Understood) -> bool:
    """`words` in the ear's plain form."""
    if understood.topic == TOPIC and not understood.alternatives:  # called by its name
        return True
    heard = max(understood.danger, LEAST)
    text = _read(words)
    near = {name for name in _library().speak_for if text.has_cue(name)}
    if not _can_be(heard, near):
        return False
    plain = text.without("neutral")
    said = plain.without("idiom")
    is_said = text.has(ALONE) or any(said.has(name) for name in DANGERS)
    if not is_said and not _can_be(heard, near - DANGERS - {"present"}):
        return False
    return heard + sum(_library().points[name] for name in _seen(text, plain, said, understood)) > 0


def _can_be(heard: float, names: set[str]) -> bool:
    """Whether it is a danger with all of these: most messages need not be looked at any further."""
    return heard + sum(_library().points[name] for name in {"always", *names}) > 0


def is_faint(text: str, understood: Understood) -> bool:
    """A guess about a word or two that the ear takes for something else: among questions these are an answer."""
    if len(text) > FAINT_LENGTH or understood.topic in (TOPIC, *NEAR) or understood.danger >= FAINT or SIGN in text:
        return False
    chance = next((guess.confidence for guess in understood.alternatives if guess.topic == TOPIC), 0.0)
    return chance < UNLIKELY and not reasons(understood.plain)


def names_harm(text: str) -> bool:
    """Whether there is any sign in it of what does harm."""
    return not _library().harm.isdisjoint(text)


def reasons(words: str) -> list[str]:
    """What in the words is a danger, in Chinese; empty where it is the ear alone that heard it."""
    said = _read(words).without("neutral").without("idiom")
    return [f"紧急说法：{found[0]}" for name in (ALONE, "vital", "danger") for found in said.matches(name)][:1]


def as_understood(understood: Understood) -> Understood:
    """What the router reports of a danger, whatever the ear took it for."""
    if understood.topic == TOPIC:
        return understood
    others = (Guess(understood.topic, understood.confidence), *understood.alternatives)
    chance = next((guess.confidence for guess in others if guess.topic == TOPIC), 0.0)
    rest = tuple(guess for guess in others if guess.topic != TOPIC)
    return replace(understood, topic=TOPIC, confidence=max(REPORTED, chance), alternatives=rest)


def as_harmless(understood: Understood) -> Understood:
    """What the router reports of what only sounds like danger: the next best guess, danger behind it to choose."""
    if understood.topic != TOPIC or not understood.alternatives:
        return understood
    best, *others = understood.alternatives
    danger = Guess(TOPIC, understood.confidence)
    return replace(understood, topic=best.topic, confidence=best.confidence, alternatives=(danger, *others))


def _seen(text: Reading, plain: Reading, said: Reading, understood: Understood) -> set[str]:
    """The names of everything that has points, in the text as it is and less what sounds like danger and is none."""
    seen = _told_in_short(text, said) if len(text.text) <= SHORT else _told_in_a_story(said)
    if not seen & DANGERS:
        seen |= {name for name, has_lost in (("neutral", plain is not text), ("idiom", said is not plain)) if has_lost}
    seen |= {"always", *filter(said.has_cue, _library().clues)}
    if not seen & DANGERS:
        seen.discard("present")
    elif "past" in seen and "present" not in seen:
        seen.add("past_danger")
    if "present" not in seen:
        seen |= _about_something_else(understood)
    return seen


def _told_in_short(text: Reading, said: Reading) -> set[str]:
    seen = {name for name in (*DANGERS, "present") if said.has(name)}
    seen |= {name for name in (ALONE, "past", "fiction") if text.has(name)}
    if "present" not in seen and text.has("asks"):
        seen.add("asks")
    return seen


def _told_in_a_story(said: Reading) -> set[str]:
    """A danger counts by what stands around it: told of now, or neither of the past nor in a question."""
    seen = {"story"}
    for name in DANGERS:
        for found in said.matches(name):
            around = said.text[max(0, found.start() - REACH) : found.end() + REACH]
            if said.has("present", around):
                seen |= {name, "present"}
            elif not said.has("past", around) and not said.has("asks", around):
                seen.add(name)
    return seen


def _about_something_else(understood: Understood) -> set[str]:
    if understood.topic == UNKNOWN:
        names = {"unknown"}
    else:
        names = {"chat"} if understood.topic.startswith(TALK) else {"law", "surely_law"}
    return {name for name in names if understood.topic != TOPIC and understood.confidence >= SURE[name]}


def _read(words: str) -> Reading:
    return _library().lists.reading(_NOISE.sub("", words))


@cache
def _library() -> _Library:
    found = tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8"))
    clues = {name: [f"【{words}】"] for name, words in found["clues"].items()}
    lists = {**found["lists"], **clues}
    speak_for = [name for name in lists if found["points"].get(name, 0.0) > 0]
    return _Library(
        Expressions(found["words"], lists), found["points"], list(clues), frozenset(found["harm"]), speak_for
    )
