"""What the pages of a campaign share: the campaign of an address, a sentence instead of a page, no copies kept."""

import re

from flask import Response, abort, make_response, redirect, render_template
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers.quiz import register
from handlers.quiz.models import HeldCampaign

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
PLACE = "/quiz/<campaign_id>"
KINDS = {"single": "单选", "multiple": "多选，可以选几项", "judge": "判断"}


def get_held(session: Session, campaign_id: str) -> HeldCampaign:
    """404 where there is none of this name."""
    try:
        return register.get_held(session, campaign_id if _ID.fullmatch(campaign_id) else abort(404))
    except register.NotHeld:
        abort(404)


def page(template: str, status: int = 200, **shown: object) -> Response:
    """A page of one participant: nobody keeps a copy of it."""
    words = {"spoken": clock.spoken, "dated": clock.dated, "kinds": KINDS}
    return private(make_response(render_template(template, **words, **shown), status))


def told(key: str, status: int, held: HeldCampaign | None = None) -> Response:
    """A sentence for people in the place of the page they wanted."""
    is_exam = held is not None and register.rules_of(held).exam is not None
    title = say("quiz_page_told_title")
    return page("quiz_told.html", status, sentence=say(key), held=held, title=title, is_exam=is_exam)


def private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def no_seat(held: HeldCampaign, is_passed_on: bool) -> Response:
    """To a browser that plays for nobody here, or does no more; of an exam its way in says so."""
    if register.rules_of(held).exam:
        return private(redirect(f"/h/quiz/{held.id}/exam", 303))  # type: ignore[arg-type]
    return told("quiz_page_passed_on" if is_passed_on else "quiz_page_no_seat", 403, held)
