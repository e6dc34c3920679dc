"""The clocks of disclosure requests, told in time and once each: to staff, and to the applicant where he has something
to do. Last days are counted anew when the calendar of a year is published. Names no applicant: numbers only.
"""

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock, working_days
from content.store.db import Database
from content.store.working_days import Overrides
from handlers.disclosure import awaited, clocks, handling, reminding, requests
from handlers.disclosure.models import DisclosureRequest, State
from scheduler import outbox

MORNING = time(8, 30)
AHEAD = 3
"""Working days before the last one on which staff are told first of an answer, and of what the applicant has to do."""
AWAITED = "awaited-"
ASKED = {
    "correction": "申请人补正的期限。",
    "ask_reasons": "申请人说明理由的期限。",
    "fee": "申请人缴纳信息处理费的期限。",
}


def watch(database: Database, now: datetime) -> int:
    """How much was told just now: on working days from half past eight."""
    local = clock.in_beijing(now)
    with database.transaction() as session:
        overrides = working_days.load_overrides(session)
        if local.time() < MORNING or not working_days.is_working(local.date(), overrides):
            return 0
        found = requests.open_requests(session)
        told = sum(_tell(session, request, local.date(), overrides) for request in found)
        return told + sum(reminding.remind(session, request, local.date(), overrides) for request in found)


def count_anew(database: Database) -> int:
    """How many last days moved. Staff are told of each: whoever did not come from the chat hears of it by them."""
    with database.transaction() as session:
        runs = DisclosureRequest.due_on.is_not(None) & DisclosureRequest.state.in_((State.IN_HAND, State.CONSULTING))
        found = session.scalars(select(DisclosureRequest).where(runs).order_by(DisclosureRequest.id)).all()
        return sum(_count_anew(session, request) for request in found)


def _count_anew(session: Session, request: DisclosureRequest) -> bool:
    if not handling.count_anew(session, request) or request.due_on is None:
        return False
    told = (
        "申请人已由公众号告知。"
        if request.citizen_id
        else "申请人不在公众号里，请打电话或者写信告知，到“依申请公开”的“要告知的”里登记。"
    )
    text = f"节假日安排有变，答复期限的最后一天改为{clock.dated(request.due_on)}。{told}"
    key = f"request:{request.id}:moved:{request.due_on}"
    outbox.tell(session, key, f"公开申请 {request.number} 的期限改了", text)
    return True


def _tell(session: Session, request: DisclosureRequest, today: date, overrides: Overrides) -> bool:
    told = False
    for what, last, ahead, text in _clocks(request, overrides):
        left = working_days.working_days_between(today, last, overrides)
        if today > last:
            key, title = f"request:{request.id}:{what}:{last}:late", f"公开申请 {request.number} 超过了期限"
        elif left <= ahead:
            when = "today" if today == last else "soon"
            key = f"request:{request.id}:{what}:{last}:{when}"
            title = f"公开申请 {request.number} {'今天' if today == last else f'还有 {left} 个工作日'}到期"
        else:
            continue
        text += _who_reminds(request, what) if today <= last else ""
        told |= outbox.tell(session, key, title, f"{text}最后一天是{clock.dated(last)}。请到“依申请公开”里办。")
    return told


def _clocks(request: DisclosureRequest, overrides: Overrides) -> list[tuple[str, date, int, str]]:
    """Name, last day, working days ahead from which it is told, and what it is about."""
    match State(request.state):
        case State.NEW:
            filed = clock.in_beijing(request.filed_at).date()
            last = working_days.next_working_day(filed, overrides)
            return [("confirm", last, 0, "网上来的申请等着本机关确认收到。")]
        case State.CORRECTING:
            return _awaited(request)
        case State.CONSULTING:
            asked = date.fromisoformat(request.rests[-1]["begin"])
            opinion = ("opinion", clocks.opinion_due(asked, overrides).day, 1, "征求意见的期限。")
            return [opinion, *_awaited(request), *_answer(request)]  # no rest goes on for ever
        case State.IN_HAND:
            return [*_correction(request, overrides), *_awaited(request), *_answer(request)]
    return []


def _answer(request: DisclosureRequest) -> list[tuple[str, date, int, str]]:
    return [("answer", request.due_on, AHEAD, "答复期限。")] if request.due_on else []


def _correction(request: DisclosureRequest, overrides: Overrides) -> list[tuple[str, date, int, str]]:
    """Until the seventh working day it may still be found unclear; later that is no news."""
    last = clocks.correction_due(request.received_on, overrides).day if request.received_on else None
    is_news = last and clock.today() <= last and request.counted_from == request.received_on
    return [("correction", last, 1, "内容不明确的，要求补正的期限。")] if last and is_news else []


def _awaited(request: DisclosureRequest) -> list[tuple[str, date, int, str]]:
    """What was asked of the applicant, by the days that were named to him."""
    return [(f"{AWAITED}{step.act}", until, AHEAD, ASKED[step.act]) for step, until in awaited.notices(request)]


def _who_reminds(request: DisclosureRequest, what: str) -> str:
    if not what.startswith(AWAITED):
        return ""
    return "公众号会提醒申请人。" if request.citizen_id else "申请人不在公众号里，请打电话或者写信提醒。"
