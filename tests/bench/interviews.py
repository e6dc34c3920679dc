"""What a turn of a guided talk costs: the interview on legal aid, each answer durable before the next question."""

import hashlib
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

from conftest import free_port
from makers import message_xml, signed_query

from bot import wiring
from handlers.guided import flow as flows
from handlers.guided.flow import Flow, Kind, Question
from tests.bench import load
from tests.bench.ratios import ratio
from tests.bench.servers import TOKEN, folder_with_redis, ours, settings

PEOPLE, TURNS = 3000, 5
KEYWORD, BEGIN = "法律援助", "法律援助自测"
KIND = "legal-aid"
_numbers = itertools.count(int(time.time()) * 1000)


def rows() -> Iterator[tuple[str, str, str]]:
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        wiring.prepare(config)
        answers = iter(_road(flows.load(KIND)))
        with ours(config) as server:
            _rate(server.port, BEGIN)
            what = "turns of an interview, against keywords"
            mine, theirs = lambda: _rate(server.port, next(answers)), lambda: _rate(server.port, KEYWORD, PEOPLE)
            yield what, ratio(what, mine, theirs, TURNS), ">= 0.4 x"


def _rate(port: int, text: str, first: int = 0) -> float:
    """Everybody says it once; those who ask for a keyword are in no talk."""
    query = "&".join(f"{name}={value}" for name, value in signed_query(TOKEN).items())
    bodies = [message_xml(_openid(first + one), number=next(_numbers), Content=text) for one in range(PEOPLE)]
    result = load.run(port, [load.post(port, f"/wechat?{query}", body.encode()) for body in bodies])
    if result.wrong or len(result.latencies) != PEOPLE:
        raise RuntimeError(f"{result.wrong} wrong answers, {PEOPLE - len(result.latencies)} missing")
    return result.per_second


def _openid(number: int) -> str:
    return "o" + hashlib.md5(f"interview {number}".encode(), usedforsecurity=False).hexdigest()[:27]


def _road(flow: Flow) -> list[str]:
    """What is said on a way with a question more than there are turns: the last answer ends the talk and is dearer."""
    for values in itertools.product(*(_values(question) for question in flow.questions.values())):
        answers: dict[str, Any] = dict(zip(flow.questions, values, strict=True))
        road = flows.passed(flow, answers)
        if len(road) > TURNS:
            return [_said(question, answers) for question in road[:TURNS]]
    raise RuntimeError("no way through this flow is long enough")


def _values(question: Question) -> list[Any]:
    if question.kind is Kind.SEVERAL:
        return [[value] for value in question.values]
    return list(question.values) if question.kind is Kind.CHOICE else [""]


def _said(question: Question, answers: Mapping[str, Any]) -> str:
    given = answers[question.name]
    if not question.options:
        return "跳过"
    return question.label_of(given[0] if isinstance(given, list) else given)
