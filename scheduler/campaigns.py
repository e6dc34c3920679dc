"""What a campaign with prizes needs without being asked: its list is fixed right behind the close, long before the
lottery draws, and a prize that was not claimed in time goes to the next in line. Rules and times live with the draw.
Papers that were left lying are handed in when their time is up. Who has won is told without having asked.
"""

from sqlalchemy.orm import Session

from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import play, register, telling
from handlers.quiz.prizes import drawing, entries, line
from handlers.quiz.prizes.drawing import Stage


def look_after_prizes(database: Database) -> None:
    with database.reading() as session:
        due = [(held.id, _what_is_due(session, held.id)) for held in drawing.all_with_prizes(session)]
    for name, stage in due:
        if stage is None:
            continue
        with database.transaction() as session:
            if stage is Stage.CLOSED:
                entries.fix(session, register.get_held(session, name))
            else:
                line.move_on(session, name)


def hand_in_papers(database: Database) -> None:
    """Whose time is up is handed in with what was given, though nobody came back to it."""
    with database.reading() as session:
        due = [held.id for held in register.all_held(session) if play.has_due(session, held)]
    for name in due:
        with database.transaction() as session:
            play.settle(session, register.get_held(session, name))


def tell_participants(database: Database, keyring: Keyring | None) -> None:
    """Who has won, or moved up, and whose points were mended, is told in the chat."""
    if keyring:
        telling.tell(database, keyring)


def _what_is_due(session: Session, name: str) -> Stage | None:
    """The stage in which something is to be done; None where nothing is."""
    stage = drawing.look(session, register.get_held(session, name)).stage
    if stage is Stage.CLOSED or (stage is Stage.DRAWN and line.is_due(session, name)):
        return stage
    return None
