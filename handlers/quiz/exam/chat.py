"""The exam of public employees in the chat: when it is, the way in, whom to ask. Nobody sits it here."""

from content import render
from content.phrases import say
from content.store import clock
from handlers import answers
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.quiz import register
from handlers.quiz.exam import entrance
from handlers.quiz.models import HeldCampaign

TOPIC = "quiz/official-exam"
_PRACTICE = "quiz/play"
SHOWN = 2
"""Exams in one message."""


def asked(incoming: Incoming, desk: Desk) -> Reply:
    """What is held now or comes; where nothing does, the general answer."""
    with desk.bureau.database.reading() as session:
        held = entrance.upcoming(session)[:SHOWN]
    if not held:
        return answers.answer(desk, TOPIC)
    text = "\n\n".join([*map(_told, held), say("exam_chat_how")])
    url = desk.bureau.public_url
    links = [render.link(say("exam_chat_enter", title=one.title), entrance.page_of(url, one)) for one in held if url]
    if url:
        links.append(render.link(say("whole_page"), answers.page_url(url, TOPIC)))
    return answers.choices(text, [desk.bureau.shelf.topics[_PRACTICE].name], links)


def _told(held: HeldCampaign) -> str:
    exam, now = register.rules_of(held).exam, clock.now()
    opens, closes = clock.spoken(held.opens_at), clock.spoken(held.closes_at)
    key = "exam_chat_before" if now < held.opens_at else "exam_chat_open" if now < held.closes_at else "exam_chat_over"
    lines = [say(key, title=held.title), say("exam_chat_window", opens=opens, closes=closes)]
    if exam and exam.makeup_opens_at and exam.makeup_closes_at:
        opens, closes = clock.spoken(exam.makeup_opens_at), clock.spoken(exam.makeup_closes_at)
        lines.append(say("exam_chat_makeup", opens=opens, closes=closes))
    if exam:
        lines.append(say("exam_chat_pass", points=exam.pass_points, attempts=exam.attempts))
    return "\n".join(lines)
