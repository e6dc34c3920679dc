"""What is past its time goes; what Redis should know is told again. Rules of retention live with the data, not here."""

from content.store.db import Database
from content.store.memory import Memory
from handlers import citizens, conversation, owing, receipts, turns
from handlers.publicity import videos
from handlers.quiz.exam import roster, tries
from handlers.quiz.prizes import claims
from scheduler import errands, imports, outbox


def purge(database: Database) -> None:
    """Everything whose time of keeping is over."""
    with database.transaction() as session:
        for forget_old in (
            turns.purge, receipts.purge, conversation.purge, videos.purge, imports.purge, errands.purge, outbox.purge,
            roster.purge, tries.purge,
            claims.purge, owing.purge,
        ):  # fmt: skip
            forget_old(session)


def warm_memory(database: Database, memory: Memory) -> bool:
    """Tells Redis who is in a talk, where its knowledge was lost or may be stale; True where it was. Raises Away."""
    if memory.is_warm():
        return False
    generation = memory.generation()
    with database.reading() as session:
        pseudonyms = citizens.pseudonyms(session, conversation.open_citizen_ids(session))
    memory.warm(pseudonyms, generation)
    return True
