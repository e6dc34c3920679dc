"""Which exams can be sat, and where their pages are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock
from handlers.quiz import register
from handlers.quiz.models import HeldCampaign


def upcoming(session: Session) -> list[HeldCampaign]:
    """Those that are open, come, or have a make-up still to come; the one that opens first is the first."""
    held = session.scalars(select(HeldCampaign).order_by(HeldCampaign.opens_at, HeldCampaign.id)).all()
    return [one for one in held if register.rules_of(one).exam and clock.now() < register.ended_at(one)]


def page_of(public_url: str, held: HeldCampaign) -> str:
    """Short, since it is also printed."""
    return f"{public_url}/h/exam/{held.id}/"


def liaison_page_of(public_url: str, link: str) -> str:
    return f"{public_url}/h/liaison/enter/{link}"
