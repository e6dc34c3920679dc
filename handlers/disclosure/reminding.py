"""An applicant of whom something is wanted by a day hears of it once more before that day, in the chat where he came
from there: who lets it pass may lose his application (《政府信息公开条例》 articles 30, 35, 42).
"""

from datetime import date

from sqlalchemy.orm import Session

from content import audit
from content.phrases import say
from content.store import clock, working_days
from content.store.working_days import Overrides
from handlers.disclosure import awaited, telling
from handlers.disclosure.models import DisclosureRequest, RequestStep
from handlers.disclosure.requests import act_name, add_step, thing_of

REMINDED = "reminded"
AHEAD = 3
"""Working days before the last one."""


def remind(session: Session, request: DisclosureRequest, today: date, overrides: Overrides) -> bool:
    """Whether he is reminded just now. Who is in no chat, and who was told only today, is not."""
    due = [step for step, until in awaited.notices(request) if _is_time(step, until, today, overrides)]
    notices = [step for step in due if request.citizen_id and not _is_reminded(request, step)]
    for notice in notices:
        _remind(session, request, notice)
    return bool(notices)


def _is_time(notice: RequestStep, until: date, today: date, overrides: Overrides) -> bool:
    is_news = clock.in_beijing(notice.at).date() < today <= until
    return is_news and working_days.working_days_between(today, until, overrides) <= AHEAD


def _is_reminded(request: DisclosureRequest, notice: RequestStep) -> bool:
    return any(step.act == REMINDED and step.words["notice"] == str(notice.id) for step in request.steps)


def _remind(session: Session, request: DisclosureRequest, notice: RequestStep) -> None:
    step = add_step(session, request, REMINDED, note=notice.note, words={"notice": str(notice.id)})
    named = {"number": request.number, "act": act_name(notice.act), "note": telling.brief(notice.note)}
    telling.tell(session, request, step, say("request_owed_reminder", **named))
    audit.record(session, "", "request.reminded", thing_of(request), of=notice.act)
