"""Counting a period in the chat: words that mean it, what they tell already, and the answer at the end."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock, working_days
from handlers.deadlines import asked, periods, telling
from handlers.deadlines.periods import Period
from handlers.desk import Bureau, Desk
from handlers.guided import chat as guided
from handlers.guided.days import read_day
from handlers.guided.guide import Guide
from handlers.guided.reading import plain
from handlers.message import Incoming, Reply

KIND = "deadline"
TOPIC = "service/hotline"
_LONGEST = 40
_SURELY_PAST = timedelta(days=300)
_WORDS = frozenset(map(plain, say("deadline_begins").split()))
_COUNT_IT = re.compile(
    r"(?:怎么|如何|咋)个?(?:算|计算|数)|"
    r"(?:到|是|截止到?)(?:哪(?:一)?天|几号)|最后一天|期限计算|算(?:一下|算)?(?:期限|日子)|哪天(?:到期|截止)"
)
_OF_PAPERS = (
    "裁决", "判决", "裁定", "上诉期", "答辩期", "答辩状", "复议期", "复议决定", "起诉期限", "申请仲裁", "仲裁时效",
    "诉讼时效", "申请再审", "申请执行", "工伤认定", "保护令", "鉴定结论",
)  # fmt: skip
_OVER = ("怎么办", "钱", "费", "赔", "公布", "结果", "竞答", "答题", "考试")
"""What asks for something else than a day."""


def is_plain(text: str) -> bool:
    """Words that ask for the last day of a period and nothing else."""
    if len(text) <= _LONGEST and (plain(text) in _WORDS or _counts_it(text)):
        return True
    found = asked.asked(text)
    return found is not None and not (found.is_answered and _day_in(text, clock.today()) is None)


def _counts_it(text: str) -> bool:
    asks = _COUNT_IT.search(plain(text)) and not any(word in text for word in _OVER)
    return bool(asks) and any(word in text for word in _OF_PAPERS)


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """Words for it begin it; what they tell of the period and the day is not asked again."""
    if desk.understood is None or desk.understood.topic != TOPIC or not is_plain(incoming.text):  # as it was heard
        return None
    known = known_from(incoming.text, clock.today())
    reply = guided.begin(GUIDE, incoming, desk, known)
    rule = "" if "since" in known and known.get("field") in known else at_once(incoming.text)
    return replace(reply, text=f"{rule}\n\n{reply.text}") if rule else reply  # he may know no day, or leave here


def at_once(text: str) -> str:
    """How long the period is that the words name, by which law; where they leave it open, each. Empty where none is."""
    found, known = asked.asked(text), known_from(text, clock.today())
    period = periods.every().get(known.get(known.get("field", ""), ""))
    lines = [found.tell] if found and found.tell else []
    if period:
        length = {"start": period.start, "length": period.length, "law": period.law}
        lines.append(say("deadline_rule", label=period.label, **length))
    return "\n".join(lines)


def known_from(text: str, today: date) -> dict[str, str]:
    """Which period the words name, and which day. Where several fit only the group is known, or nothing."""
    found = asked.asked(text)
    told = dict(found.known) if found else _by_names(text)
    if (day := _day_in(text, today)) and not telling.problem(day, today):
        told["since"] = day.isoformat()
    return told


def _day_in(text: str, today: date) -> date | None:
    """The day from which it is counted. One to come is rather the last one that he asks about, also where no year is
    said and it would else be almost a year ago."""
    day = None if asked.is_not_there_yet(text) else read_day(text, today)
    if day is None or day > today or ("年" not in text and today - day > _SURELY_PAST):
        return None
    return day


def _by_names(text: str) -> dict[str, str]:
    named = _named(text)
    if len({one.field for one in named}) != 1:
        return {}
    field = named[0].field
    return {"field": field, **({field: named[0].key} if len(named) == 1 else {})}


def _named(text: str) -> list[Period]:
    """The periods by the longest of their words that stands in the text."""
    found = [(len(word), one) for one in periods.every().values() for word in one.words if word in text]
    longest = max((length for length, _ in found), default=0)
    return list({one.key: one for length, one in found if length == longest}.values())


def of_answers(answers: Mapping[str, Any]) -> tuple[Period, date]:
    return periods.every()[answers[answers["field"]]], clock.day(answers["since"])


def _finish(
    session: Session, desk: Desk, citizen_id: str, answers: Mapping[str, Any], message_key: str
) -> Reply:  # fmt: skip
    del citizen_id, message_key  # nothing is kept of it
    return _reply(session, desk.bureau, answers)


def _for_a_visitor(bureau: Bureau, answers: Mapping[str, Any]) -> Reply:
    with bureau.database.reading() as session:
        return _reply(session, bureau, answers)


def _reply(session: Session, bureau: Bureau, answers: Mapping[str, Any]) -> Reply:
    period, since = of_answers(answers)
    counted = telling.count(period, since, working_days.load_overrides(session), clock.today())
    link = render.link(say("deadline_calendar"), url_of(bureau, period, since)) if bureau.public_url else ""
    return Reply(text=render.chat(telling.chat_text(counted), [link] if link else []))


def url_of(bureau: Bureau, period: Period, since: date) -> str:
    return f"{bureau.public_url}/h/deadlines/?period={period.key}&since={since}"


def _check(question_name: str, value: Any, answers: Mapping[str, Any]) -> str:
    del answers
    return telling.problem(clock.day(value), clock.today()) if question_name == "since" else ""


GUIDE = Guide("deadline", KIND, _finish, _check, _for_a_visitor)
