"""What stands in our tables as a word of the program, told as people say it (《个人信息保护法》 article 17: plain)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from content import repository
from handlers.disclosure import requests
from handlers.guided import flow as flows
from handlers.guided import talking

_BETWEEN = "；"


def told(called: Mapping[str, str] | str, written: str) -> str:
    """`called`: by word, or a name of NAMED. Of a small table of words, each by its heading."""
    if isinstance(called, str):
        return NAMED[called](written)
    if not written.startswith("{"):
        return called.get(written, written)
    found = json.loads(written)
    return _BETWEEN.join(f"{called.get(name, name)}：{word}" for name, word in found.items() if word)


def of_talk(kind: str, answers: Mapping[str, Any]) -> str:
    """A guided talk's answers by their questions and labels; of any other the words alone."""
    if kind not in flows.names():
        return _BETWEEN.join(str(word) for word in answers.values())
    flow = flows.load(kind)
    lines = []
    for one in flows.passed(flow, answers):
        said = str(answers[one.name]) if one.is_private else talking.shown_value(one, answers[one.name])
        lines.append(f"{one.title}　{said}")
    return _BETWEEN.join(lines)


def _topic(slug: str) -> str:
    found = repository.topics().get(slug)
    return found.name if found else ""


NAMED: dict[str, Callable[[str], str]] = {"topics": _topic, "request acts": requests.act_name, "talk": str}
