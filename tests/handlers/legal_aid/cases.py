"""Answers as the tables of these tests write them, and every outcome that the flow can lead to."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from handlers.guided import flow as flows
from handlers.guided.flow import Kind
from handlers.legal_aid import policy
from handlers.legal_aid.matters import NONE
from handlers.legal_aid.policy import Outcome

FLOW = flows.load("legal-aid")


def answers_of(written: str) -> dict[str, Any]:
    pairs = [part.partition("=")[::2] for part in written.split()]
    kinds = {name: FLOW.questions[name].kind for name, _ in pairs}
    return {name: value.split("+") if kinds[name] is Kind.SEVERAL else value for name, value in pairs}


def lines(name: str) -> list[list[str]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def every_outcome() -> dict[Outcome, dict[str, Any]]:
    """By an example of answers. What is ticked of several: each alone, and all but a child's; every day is given."""
    found: dict[Outcome, dict[str, Any]] = {}
    for answers in _ways({}):
        found.setdefault(policy.outcome(answers), answers)
    return found


def _ways(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    question = flows.next_step(FLOW, known)
    if question is None:
        yield known
        return
    for value in _values(question):
        yield from _ways({**known, question.name: value})


def _values(question: flows.Question) -> list[Any]:
    if question.kind is Kind.DATE:
        return ["2026-11-20"]
    if question.kind is Kind.CHOICE:
        return list(question.values)
    real = [value for value in question.values if value != NONE]
    if question.name == "urgent":
        return [real]
    elder = [value for value in real if value != "minor"]
    return [*([value] for value in question.values), elder]
