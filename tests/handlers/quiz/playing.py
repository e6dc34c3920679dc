"""What tests of a campaign in the chat do again and again."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from handlers.quiz.models import Round


def papers(somebody) -> list[Round]:
    with somebody.bureau.database.reading() as session:
        found = select(Round).where(Round.campaign_id == "demo").options(selectinload(Round.given))
        return list(session.scalars(found.order_by(Round.started_at)).all())


def answer_all(player, open_question, right: bool = True) -> str:
    """The last reply of a paper."""
    text = ""
    for _ in range(3):
        question = open_question(player)
        text = player.says(question.answer if right else ("A" if question.answer != "A" else "B")).text
    return text
