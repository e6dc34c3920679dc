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
from handlers.guided.days import choose, is_chinese_calendar
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
    return found is not None and not (found.is_answered and not _days_of(text, clock.today()))


def begins(text: str) -> bool:
    """Words that begin a talk of it, and are not answered in one breath."""
    return is_plain(text) and not ((found := asked.asked(text)) and found.is_only_told)


def _counts_it(text: str) -> bool:
    asks = _COUNT_IT.search(plain(text)) and not any(word in text for word in _OVER)
    return bool(asks) and any(word in text for word in _OF_PAPERS)


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """Words for it begin it; what they tell of the period and the day is not asked again."""
    if desk.understood is None or desk.understood.topic != TOPIC or not is_plain(incoming.text):  # as it was heard
        return None
    if (found := asked.asked(incoming.text)) and found.is_only_told:
        return Reply(text=found.tell)
    known = known_from(incoming.text, clock.today())
    reply = guided.begin(GUIDE, incoming, desk, known)
    is_counted = "since" in known and known.get("field") in known
    rule = at_once(incoming.text) if not is_counted else found.tell if found and found.period else ""
    return replace(reply, text=f"{rule}\n\n{reply.text}") if rule else reply  # he may know no day, or leave here


def at_once(text: str) -> str:
    """How long the period is that the words name, by which law; where they leave it open, each. Where it stays open
    from which of their days it runs, that. Empty where none is named.
    """
    found, known = asked.asked(text), known_from(text, clock.today())
    period = periods.every().get(known.get(known.get("field", ""), ""))
    lines = [found.tell] if found and found.tell else []
    if period:
        lines.append(telling.rule(period))
    if lines and not (found and found.is_only_told) and "since" not in known:
        lines += _which_day(text, period)
    return "\n".join(lines)


def _which_day(text: str, period: Period | None) -> list[str]:
    if is_chinese_calendar(text):
        return [say("guided_lunar_day")]
    named = _days_of(text, clock.today())
    if not named:
        return []
    start = period.start if period else say("deadline_of_paper")
    return [say("deadline_which_day", days="、".join(map(clock.dated, named)), start=start)]


def known_from(text: str, today: date) -> dict[str, str]:
    """Which period the words name, and which day. Where several fit only the group is known, or nothing; the day only
    where it is beside the word that the period runs from.
    """
    found = asked.asked(text)
    if found is None:
        return _by_names(text)
    told = dict(found.known)
    if (day := _day_in(text, found, today)) and not telling.problem(day, today):
        told["since"] = day.isoformat()
    return told


def _day_in(text: str, found: asked.Asked, today: date) -> date | None:
    """The day from which it is counted; none where it stays open which it is."""
    if asked.is_not_there_yet(text):
        return None
    chosen = choose(text, today, found.days or found.period)
    return chosen.day if chosen.day and chosen.day in _days_of(text, today) else None


def _days_of(text: str, today: date) -> list[date]:
    """The days of the words from which a period may run. One to come is rather the last one that he asks about, also
    where no year is said and it would else be almost a year ago.
    """
    named = choose(text, today).named
    return [day for day in named if day <= today and ("年" in text or today - day <= _SURELY_PAST)]


def _by_names(text: str) -> dict[str, str]:
    """A name in words that ask for no period we know tells no more than the group."""
    fields = {one.field for one in _named(text)}
    return {"field": fields.pop()} if len(fields) == 1 else {}


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
