"""What went before a message to a person, as far as it is kept anyway: what he asked about within the hour, the
answers of the talk that is open, by their labels, and what was not understood of late. Shown to staff where the citizen
has said so; private answers never are.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers import conversation
from handlers.desk import Desk
from handlers.guided import flow as flows
from handlers.guided import talking
from handlers.guided.questions import is_sealed
from handlers.turns import Miss

LATELY = timedelta(days=1)
MOST_MISSED, MOST_CHARACTERS = 10, 3000


def of(session: Session, citizen_id: str, desk: Desk) -> str:
    """Empty where nothing is kept of what went before."""
    parts = [_asked(desk), _answered(session, citizen_id), _missed(session, desk.citizen)]
    return "\n\n".join(part for part in parts if part)[:MOST_CHARACTERS]


def _asked(desk: Desk) -> str:
    """By the topics' names, the first one first."""
    topics = desk.bureau.shelf.topics
    names = [topics[slug].name for slug in desk.lately.topics if slug in topics]
    return say("transcript_asked", names="、".join(names)) if names else ""


def _answered(session: Session, citizen_id: str) -> str:
    talk = conversation.find_open(session, citizen_id)
    if talk is None or talk.kind not in flows.names():
        return ""
    flow = flows.load(talk.kind)
    told = [
        say("transcript_line", asked=one.title, said=talking.shown_value(one, talk.answers[one.name]))
        for one in flows.passed(flow, talk.answers)
        if not (one.is_private or is_sealed(talk.answers[one.name]))
    ]
    heading = say("transcript_talk", name=flow.title, place=talking.where(flow, talk.answers))
    return "\n".join([heading, *told]) if told else ""


def _missed(session: Session, pseudonym: str) -> str:
    """Already without numbers (handlers/turns.py)."""
    lately = (Miss.pseudonym == pseudonym, Miss.at > clock.now() - LATELY)
    found = session.scalars(select(Miss.text).where(*lately).order_by(Miss.id.desc()).limit(MOST_MISSED)).all()
    return "\n".join([say("transcript_missed"), *reversed(found)]) if found else ""
