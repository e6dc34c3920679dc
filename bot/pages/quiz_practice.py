"""Practice as pages: today's five questions, or five others of one subject; a verdict with the law after each answer.

Where somebody stands is in the address alone, so a refresh and the back button just work, without cookie and script.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from bot.pages.quiz_parts import KINDS
from content.questions import words
from handlers.desk import Bureau
from handlers.quiz import practice
from handlers.quiz.shown import options_of

_SEED = re.compile(r"[0-9a-z-]{1,32}", re.ASCII)
_LETTERS = re.compile(r"[A-H]{1,8}", re.ASCII)


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Practice(bureau)
    blueprint.add_url_rule("/quiz/practice/", "quiz_practice", pages.choice)
    blueprint.add_url_rule("/quiz/practice/round", "quiz_practice_round", pages.round)


@dataclass(frozen=True)
class _Practice:
    bureau: Callable[[], Bureau]

    def choice(self) -> str:
        return self._choice(is_missing=False)

    def round(self) -> Any:
        """`on`: the subject; `seed`: which questions; `a`: the answers so far; `pick`: that to the question asked."""
        subject, seed = request.args.get("on", ""), request.args.get("seed", "")
        bank = self.bureau().questions
        drawn = practice.draw(bank.values(), subject, seed) if _SEED.fullmatch(seed) else []
        if not drawn:
            return self._choice(is_missing=True), 404
        earlier = [letters for letters in request.args.getlist("a") if _LETTERS.fullmatch(letters)]
        picked = "".join(letter for letter in request.args.getlist("pick") if _LETTERS.fullmatch(letter))
        turns = practice.turns(drawn, [*earlier, picked])
        asked = drawn[len(turns)] if len(turns) < len(drawn) else None
        is_empty = asked is not None and "go" in request.args and len(turns) == len(earlier)
        return render_template(
            "quiz_practice_round.html", subject=subject, subject_name=_name(subject), seed=seed, turns=turns,
            asked=asked, total=len(drawn), kinds=KINDS, options_of=options_of, is_empty=is_empty,
            right=sum(turn.is_right for turn in turns), other_seed=_new_seed(),
            is_todays=seed == practice.todays_seed(),
        )  # fmt: skip

    def _choice(self, is_missing: bool) -> str:
        names = [(name, _name(name)) for name in practice.subjects(self.bureau().questions.values())]
        return render_template(
            "quiz_practice.html", subjects=names, today=practice.todays_seed(), seed=_new_seed(), is_missing=is_missing
        )


def _new_seed() -> str:
    return secrets.token_hex(6)


def _name(subject: str) -> str:
    return words.subjects().get(subject, subject)
