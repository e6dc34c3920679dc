"""Practice as pages: today's five questions, or five others of one subject; a verdict with the law after each answer.

Where somebody stands is in the address alone, so a refresh and the back button just work, without cookie and script.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request

from bot.pages.quiz_parts import KINDS
from content.questions import words
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import asked, practice
from handlers.quiz.shown import options_of

KEPT_SECONDS, TRIES = 5, 40
_SEED = re.compile(r"[0-9a-z-]{1,32}", re.ASCII)
_LETTERS = re.compile(r"[A-H]{1,8}", re.ASCII)


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Practice(bureau)
    blueprint.add_url_rule("/quiz/practice/", "quiz_practice", pages.choice)
    blueprint.add_url_rule("/quiz/practice/round", "quiz_practice_round", pages.round)


@dataclass(frozen=True)
class _Practice:
    bureau: Callable[[], Bureau]
    kept: dict[int, set[str]] = field(default_factory=dict)
    """What was kept back in the latest stretch of time in which somebody asked."""

    def choice(self) -> str:
        return self._choice("")

    def round(self) -> Any:
        """`on`: the subject; `seed`: which questions; `a`: the answers so far; `pick`: that to the question asked."""
        subject, seed = request.args.get("on", ""), request.args.get("seed", "")
        bank = self.bureau().questions
        drawn = practice.draw(bank.values(), subject, seed) if _SEED.fullmatch(seed) else []
        if not drawn:
            return self._choice("missing"), 404
        if not self._is_free(subject, seed):
            return self._choice("kept"), 409
        earlier = [letters for letters in request.args.getlist("a") if _LETTERS.fullmatch(letters)]
        picked = "".join(letter for letter in request.args.getlist("pick") if _LETTERS.fullmatch(letter))
        turns = practice.turns(drawn, [*earlier, picked])
        asked = drawn[len(turns)] if len(turns) < len(drawn) else None
        is_empty = asked is not None and "go" in request.args and len(turns) == len(earlier)
        return render_template(
            "quiz_practice_round.html", subject=subject, subject_name=_name(subject), seed=seed, turns=turns,
            asked=asked, total=len(drawn), kinds=KINDS, options_of=options_of, is_empty=is_empty,
            right=sum(turn.is_right for turn in turns), other_seed=self._seed(subject),
            is_todays=seed == practice.todays_seed(),
        )  # fmt: skip

    def _kept_back(self) -> set[str]:
        """Looked up once in a while: thousands may be answering papers, and thousands practise."""
        stretch = clock.timestamp() // KEPT_SECONDS
        if stretch not in self.kept:
            with self.bureau().database.reading() as session:
                found = asked.kept_back(session)
            self.kept[stretch] = found
            for old in [other for other in list(self.kept) if other < stretch]:
                self.kept.pop(old, None)
            return found
        return self.kept.get(stretch) or set()

    def _choice(self, fault: str) -> str:
        """`fault`: "missing", "kept" or nothing."""
        names = practice.subjects(self.bureau().questions.values())
        subjects = [(name, _name(name), seed) for name in names if (seed := self._seed(name))]
        today = practice.todays_seed() if self._is_free("", practice.todays_seed()) else ""
        return render_template("quiz_practice.html", subjects=subjects, today=today, fault=fault)

    def _seed(self, subject: str) -> str:
        """Of five that may be practised now; empty where none are found soon."""
        kept = self._kept_back()
        if practice.count(self.bureau().questions.values(), subject, kept) < practice.QUESTIONS:
            return ""
        seeds = (secrets.token_hex(6) for _ in range(TRIES))
        return next((seed for seed in seeds if self._is_free(subject, seed)), "")

    def _is_free(self, subject: str, seed: str) -> bool:
        drawn = practice.draw(self.bureau().questions.values(), subject, seed)
        return self._kept_back().isdisjoint(one.key for one in drawn)


def _name(subject: str) -> str:
    return words.subjects().get(subject, subject)
