"""A paper that a page begins while the chat is at another round of the same citizen: what the two share is kept back in
the chat from then on. No answer waits for it: the talk in SQL gets another version, so that the copy in Redis fits no
more and the next message looks.

The page knows whose talk it is by the link that the chat wrote, or by what the link left in the browser. Of a sitter of
an exam, who comes by his number and a code, nobody can tell who he is in the chat.
"""

from sqlalchemy.orm import Session

from handlers import conversation
from handlers.citizens import Person
from handlers.quiz import play
from handlers.quiz.chat import KIND
from handlers.quiz.entering import beside


def has_begun(session: Session, person: Person) -> None:
    """To be said after each paper that a page begins."""
    talk = conversation.find_open(session, person.id) if person.id else None
    played = play.find_round(session, talk.answers["round"]) if talk and talk.kind == KIND else None
    if talk is None or played is None or play.standing(played).is_closed:
        return
    shared = beside.shared(session, person.in_campaign, played)
    if set(shared) != set(beside.kept_back(talk)):
        conversation.remember(session, talk, {beside.KEPT_BACK: shared})
