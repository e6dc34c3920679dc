"""What is past its time goes; what Redis should know is told again. Rules of retention live with the data, not here."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from content import security_log
from content.store.db import Database
from content.store.keys import Keyring, KeysUnreadable
from content.store.memory import Memory
from handlers import citizens, conversation, forgetting, owing, receipts, tries, turns
from handlers.disclosure import files, proofs
from handlers.privacy import register, retention
from handlers.publicity import videos
from handlers.quiz.exam import roster
from handlers.quiz.prizes import claims
from handlers.talk import tickets
from scheduler import errands, imports, outbox
from scheduler.runs import NotAll


def _purge_requests(session: Session) -> None:
    proofs.purge(session)
    files.purge(session)


PURGES: dict[str, Callable[[Session], None]] = {
    "misses": turns.purge, "receipts": receipts.purge, "talks": conversation.purge, "videos": videos.purge,
    "imports": imports.purge, "errands": errands.purge, "outgoing": outbox.purge, "exams": roster.purge,
    "tries": tries.purge, "prizes": claims.purge, "owed": owing.purge, "tickets": tickets.purge,
    "security": security_log.purge, "requests": _purge_requests, "erasures": register.purge,
}  # fmt: skip
"""What ends the keeping of each kind, by the name it has in library/retention.toml; a test compares the two."""


def purge(database: Database) -> None:
    """Everything whose time of keeping is over."""
    with database.transaction() as session:
        for forget_old in PURGES.values():
            forget_old(session)


def scour(database: Database) -> bool:
    """Erasures become final: what may quote them goes, and what was deleted leaves the disk. True where it did."""
    with database.reading() as session:
        until = register.unscoured(session)
    if until is None:
        return False
    with database.transaction() as session:
        forgetting.scour(session, until)
    if not database.scour(retention.emptied_tables()):
        return False  # somebody reads: next time
    with database.transaction() as session:
        register.note_scoured(session, until)
    return True


def erase_again(database: Database, keyring: Keyring | None) -> int:
    """What a restored backup brought back of people who had been erased. Raises NotAll where the keys do not fit."""
    if keyring is None:
        return 0
    try:
        with database.transaction() as session:
            return forgetting.erase_again(session, keyring)
    except KeysUnreadable as error:
        raise NotAll(str(error)) from error


def warm_memory(database: Database, memory: Memory) -> bool:
    """Tells Redis who is in a talk, where its knowledge was lost or may be stale; True where it was. Raises Away."""
    if memory.is_warm():
        return False
    generation = memory.generation()
    with database.reading() as session:
        pseudonyms = citizens.pseudonyms(session, conversation.open_citizen_ids(session))
    memory.warm(pseudonyms, generation)
    return True
