"""How an application for information is told: its names, its days, its letters with what is known filled in. The pages
of citizens and the console share nothing else of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from content import periods
from content.offices import Offices
from content.phrases import say
from content.store import clock, working_days
from content.store.keys import Keyring, KeysUnreadable
from content.store.working_days import Overrides
from content.word_letters import Letter
from handlers.disclosure import clocks, letters, requests
from handlers.disclosure.models import Applicant, Channel, DisclosureRequest, RequestStep, State

KINDS: dict[str, str] = {
    Applicant.PERSON: "公民个人", Applicant.BUSINESS: "商业企业", Applicant.RESEARCH: "科研机构",
    Applicant.CHARITY: "社会公益组织", Applicant.LEGAL_SERVICE: "法律服务机构", Applicant.OTHER: "其他法人或者组织",
}  # fmt: skip
WAYS: dict[str, str] = {
    "online": "在这个网页上看、下载", "email": "发到电子邮箱", "post": "邮寄纸质件", "counter": "自己来取纸质件",
    "read": "当面查阅、抄录",
}  # fmt: skip
CHANNELS: dict[str, str] = {Channel.CHAT: "公众号", Channel.PAGE: "网页", Channel.POST: "来信", Channel.COUNTER: "当面"}
NEXT = {
    State.NEW: "request_next_new", State.IN_HAND: "request_next_in_hand", State.CORRECTING: "request_next_correcting",
    State.CONSULTING: "request_next_consulting", State.ANSWERED: "request_next_answered",
    State.CLOSED: "request_next_closed", State.WITHDRAWN: "request_next_withdrawn",
    State.VOID: "request_next_void",
}  # fmt: skip

SOON = 3
"""Working days before the last one from which it is called urgent."""


@dataclass(frozen=True, slots=True)
class Day:
    day: str
    told: str
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A letter of a request."""

    step: RequestStep
    letter: Letter
    goes_to: str


def days_from(received_on: date, overrides: Overrides) -> list[Day]:
    """What the law gives from the day of receipt on, first to last."""
    found = (
        (clocks.correction_due(received_on, overrides), "request_day_correction"),
        (periods.working_days_after(received_on, clocks.ANSWER, overrides), "request_day_answer"),
        (periods.working_days_after(received_on, clocks.ANSWER + clocks.MOST_MORE, overrides), "request_day_extended"),
    )
    return [Day(clock.dated(due.day), say(key), due.is_provisional) for due, key in found]


def written(
    request: DisclosureRequest, offices: Offices, addressee: str, overrides: Overrides, *, is_online: bool = False
) -> list[Written]:
    """Every letter of it, in their order; `addressee` is the applicant, empty where he is not to be seen."""
    found: list[Written] = []
    wanted = request.wanted
    for step in reversed(request.steps):
        wanted = step.words.get("wanted_before", wanted)  # what was written earlier says what was wanted then
        if kind := letters.kinds().get(step.letter):
            words = {"wanted": wanted, **step.words}
            facts = facts_of(request, words, clock.in_beijing(step.at).date(), overrides)
            if kind.goes_to == "applicant":
                facts = {"addressee": addressee, **facts}
            letter = letters.compose(kind, facts, offices, is_online=is_online)
            found.append(Written(step, letter, kind.goes_to))
    return found[::-1]


def drafted(request: DisclosureRequest, offices: Offices, overrides: Overrides) -> Letter | None:
    """What waits for a second person, without its addressee."""
    kind = letters.kinds().get(request.draft.get("letter", "")) if request.draft else None
    if kind is None or request.draft is None:
        return None
    facts = facts_of(request, request.draft.get("words", {}), clock.today(), overrides)
    return letters.compose(kind, {"addressee": say("request_addressee_hidden"), **facts}, offices)


def facts_of(
    request: DisclosureRequest, words: Mapping[str, Any], dated: date, overrides: Overrides
) -> dict[str, object]:
    received = request.received_on
    due = periods.working_days_after(received, clocks.ANSWER, overrides).day if received else None
    known = {
        "number": request.number, "wanted": request.wanted, "received_on": received, "due_on": due,
        "new_due_on": request.due_on, "dated": dated,
    }  # fmt: skip
    return {**known, **words}


def state_of(request: DisclosureRequest) -> str:
    return requests.state_name(request.state)


def next_of(request: DisclosureRequest) -> str:
    until = clock.dated(request.correct_until) if request.correct_until else ""
    return say(NEXT[State(request.state)], until=until)


@dataclass(frozen=True, slots=True)
class Running:
    """The clock that runs, as it is shown: never by colour alone."""

    told: str
    what: str
    day: str
    level: str
    left: int
    is_provisional: bool


def clock_of(request: DisclosureRequest, overrides: Overrides) -> Running | None:
    """None where nothing runs: it is over, or the applicant is waited for."""
    if request.state == State.NEW:
        return Running("请先确认收到", "提交于", f"{clock.in_beijing(request.filed_at):%Y-%m-%d}", "warning", 0, False)
    if request.state not in (State.IN_HAND, State.CONSULTING) or request.due_on is None:
        return None
    today = clock.today()
    late = today > request.due_on
    left = -working_days.working_days_between(request.due_on, today, overrides) if late else (
        working_days.working_days_between(today, request.due_on, overrides)
    )  # fmt: skip
    told = f"超期 {-left} 个工作日" if late else "今天到期" if today == request.due_on else f"还有 {left} 个工作日"
    level = "danger" if late or left == 0 else "warning" if left <= SOON else "light"
    what = "答复期限"
    if request.state == State.CONSULTING and not late and today <= clocks.rests(request, overrides)[-1][1]:
        told, what = "征求意见，期限暂停", "预计到"
    return Running(told, what, str(request.due_on), level, left, request.is_provisional)


def size_of(bytes_: int) -> str:
    return f"{bytes_ / 1_000_000:.1f} MB" if bytes_ >= 100_000 else f"{max(1, bytes_ // 1000)} KB"


def saved_as(title: str, plain: str = "file") -> str:
    """What a browser is told of a file: to keep it under its name, never to open it as a page of ours. `plain`: the
    name before the dot for those that know no Chinese.
    """
    return f"attachment; filename={plain}.{title.rsplit('.', 1)[-1]}; filename*=UTF-8''{quote(title)}"


def addressee_of(keyring: Keyring, request: DisclosureRequest) -> str:
    """To be written on his letter; whoever shows it to staff puts that on record."""
    try:
        return requests.open_sealed(keyring, request).name
    except KeysUnreadable:  # after a restoration without the keys of that time
        return ""
