"""Practice as pages: today's five questions, or five others of one subject; a verdict with the law after each answer.

Where somebody stands is in the address alone, so a refresh and the back button just work, without cookie and script.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from bot.pages.quiz_parts import KINDS
from content.questions import words
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import asked, practice
from handlers.quiz.shown import options_of

KEPT = timedelta(seconds=5)
SLOWEST = timedelta(seconds=30)
"""A paper may have been begun so long before it stood in SQL."""
_SEED = re.compile(r"[0-9a-z-]{1,32}", re.ASCII)
_LETTERS = re.compile(r"[A-H]{1,8}", re.ASCII)


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Practice(bureau)
    blueprint.add_url_rule("/quiz/practice/", "quiz_practice", pages.choice)
    blueprint.add_url_rule("/quiz/practice/round", "quiz_practice_round", pages.round)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept back when it was looked up."""

    at: datetime | None = None
    keys: set[str] = field(default_factory=set)


@dataclass
class _Practice:
    bureau: Callable[[], Bureau]
    latest: _Kept = _Kept()

    def choice(self) -> str:
        return self._choice("")

    def round(self) -> Any:
        """`on`: the subject; `seed`: which questions; `a`: the answers so far, each with its question; `q` and `pick`:
        the question that was asked, and the answer to it. What is kept back is left out, and another takes its place.
        """
        given, kept, bank = request.args, self._kept_back(), self.bureau().questions
        subject, seed, asked = given.get("on", ""), given.get("seed", ""), given.get("q", "")
        earlier = practice.turns(bank, _answers(given.getlist("a")), kept)
        picked = "".join(letter for letter in given.getlist("pick") if _LETTERS.fullmatch(letter))
        turns = practice.turns(bank, [*((turn.question.key, turn.letters) for turn in earlier), (asked, picked)], kept)
        drawn = practice.draw(bank.values(), subject, seed, kept | {turn.question.key for turn in turns})
        rest = drawn[: practice.QUESTIONS - len(turns)] if _SEED.fullmatch(seed) else []
        if not rest and len(turns) < practice.QUESTIONS:
            is_kept = bool(_SEED.fullmatch(seed) and practice.draw(bank.values(), subject, seed))
            return self._choice("kept" if is_kept else "missing"), 409 if is_kept else 404
        is_new = len(turns) > len(earlier)
        return render_template(
            "quiz_practice_round.html", subject=subject, subject_name=_name(subject), seed=seed, turns=turns,
            asked=rest[0] if rest else None, total=len(turns) + len(rest), kinds=KINDS, options_of=options_of,
            is_empty="go" in given and not is_new and asked not in kept, is_kept=asked in kept, is_new=is_new,
            right=sum(turn.is_right for turn in turns), other_seed=_new_seed(),
            is_todays=seed == practice.todays_seed(),
        )  # fmt: skip

    def _kept_back(self) -> set[str]:
        """All of it is looked up once in a while, for thousands may be answering papers and thousands practise; what
        was begun since then, at every request: nobody learns here the answers of the paper that he has just opened.
        """
        now, latest = clock.now(), self.latest
        with self.bureau().database.reading() as session:
            if latest.at is None or not timedelta(0) <= now - latest.at < KEPT:
                self.latest = latest = _Kept(now, asked.kept_back(session))
            return latest.keys | asked.begun_since(session, now - KEPT - SLOWEST)

    def _choice(self, fault: str) -> str:
        """`fault`: "missing", "kept" or nothing."""
        bank, kept = self.bureau().questions.values(), self._kept_back()
        subjects = [(name, _name(name)) for name in practice.subjects(bank, kept)]
        today = practice.todays_seed() if practice.draw(bank, "", "", kept) else ""
        return render_template(
            "quiz_practice.html", subjects=subjects, today=today, seed=_new_seed(), fault=fault, is_part=bool(kept)
        )


def _answers(given: list[str]) -> list[tuple[str, str]]:
    """ "AC.labour-001" → (labour-001, AC)."""
    parts = [one.partition(".") for one in given[: practice.QUESTIONS]]
    return [(key, letters) for letters, _, key in parts if _LETTERS.fullmatch(letters)]


def _new_seed() -> str:
    return secrets.token_hex(6)


def _name(subject: str) -> str:
    return words.subjects().get(subject, subject)
