"""What was asked and understood, counted behind the reply; words only where we failed, scrubbed, for 30 days.

Counts wait in this process for at most a second and are written together, so that no citizen waits for them.
"""

import queue
import re
import threading
import unicodedata
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Date, String, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import security_log
from content.models import Keyword
from content.store import clock
from content.store.db import Base, Database
from handlers import owing

MISSES_KEPT = timedelta(days=30)
FORGET_AGAIN_SECONDS = 3.0  # longer than turns wait to be written
GATHER_SECONDS = 1.0
TRIES = 3
_NUMERAL = "".join(("零〇一二三四", "五六七八九"))
_PERSONAL = re.compile(
    r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|\d(?:[\s.·—–-]{0,3}\d){6,}\s?[xX]?"
    rf"|[{_NUMERAL}幺]{{7,}}"
    r"|(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{12,}|[一-龥][A-Z][A-Z0-9]{5,6}(?![A-Za-z0-9])"
    rf"|[\d{_NUMERAL}十百]+\s?(?:号楼|号院|栋|幢|单元|室)[\d{_NUMERAL}十]*|\d+\s?号"
)


class AskedCount(Base):
    """How often a topic was understood on a day."""

    __tablename__ = "asked_counts"

    asked_on: Mapped[date] = mapped_column(Date, primary_key=True)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]


class Miss(Base):
    """Words that were not understood, without what could name a person."""

    __tablename__ = "misses"

    id: Mapped[int] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32), index=True)
    text: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]


class Turn(NamedTuple):
    topic: str
    pseudonym: str
    missed: str = ""  # the citizen's words, where we did not understand them
    own_word: str = ""  # the bureau's own word that names the topic in them


_REFUSAL = Turn("", "")
"""Nobody's: says that refused requests wait to be counted."""


_ADD = text(
    "INSERT INTO asked_counts (asked_on, topic, count) VALUES (:asked_on, :topic, :count) "
    "ON CONFLICT (asked_on, topic) DO UPDATE SET count = asked_counts.count + excluded.count"
).bindparams(bindparam("asked_on", type_=Date))
"""The same words on SQLite and PostgreSQL; in one order of topics, so that two workers never wait for each other."""


class Tally:
    """Takes turns from the request path and writes them from a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.SimpleQueue[Turn | None] = queue.SimpleQueue()
        self._guard, self._refused = threading.Lock(), 0
        self._thread = threading.Thread(target=self._run, name="tally", daemon=True)
        self._thread.start()

    def add(self, turn: Turn) -> None:
        self._waiting.put(turn)

    def refuse(self) -> None:
        """A request was turned away whose signature is not WeChat's: of a flood only the number is kept."""
        with self._guard:
            self._refused += 1
            if self._refused == 1:
                self._waiting.put(_REFUSAL)

    def forget(self, pseudonym: str) -> None:
        """Once more a little later: words of a moment before he left may still wait here or in another process."""
        timer = threading.Timer(FORGET_AGAIN_SECONDS, self._forget, (pseudonym,))
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """Writes what waits and ends."""
        self._waiting.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        going = True
        while going:
            first = self._waiting.get()
            turns = [first] if first else []
            going = first is not None
            if going:
                threading.Event().wait(GATHER_SECONDS)
            while not self._waiting.empty():
                turn = self._waiting.get()
                going = going and turn is not None
                turns += [turn] if turn else []
            if turns:
                self._write(turns)

    def _forget(self, pseudonym: str) -> None:
        with suppress(SQLAlchemyError), self._database.transaction() as session:
            forget(session, pseudonym)

    def _write(self, turns: list[Turn]) -> None:
        """Another worker may count a topic's first message of the day at the same moment: then once more."""
        with self._guard:
            refused, self._refused = self._refused, 0
        heard = [turn for turn in turns if turn is not _REFUSAL]
        for _ in range(TRIES):
            with suppress(Exception), self._database.transaction() as session:
                if heard:
                    record(session, heard)
                if refused:
                    security_log.count_refused(session, refused)
                return


def record(session: Session, turns: list[Turn]) -> None:
    on = clock.today()
    counted = sorted(Counter(turn.topic for turn in turns).items())
    session.execute(_ADD, [{"asked_on": on, "topic": topic, "count": number} for topic, number in counted])
    missed = [
        {"pseudonym": turn.pseudonym, "text": scrub(turn.missed), "at": clock.now()} for turn in turns if turn.missed
    ]
    if missed:
        session.execute(insert(Miss), missed)
    named = Counter((turn.own_word, turn.topic) for turn in turns if turn.own_word)
    for (word, topic), number in sorted(named.items()):
        own = update(Keyword).where(Keyword.word == word, Keyword.topic == topic)
        session.execute(own.values(heard=Keyword.heard + number))
    owing.note_heard(session, {turn.pseudonym for turn in turns})


def scrub(words: str) -> str:
    """Without numbers of telephones, cards, identities, cars and houses, addresses of mail and long codes."""
    return _PERSONAL.sub("＊", unicodedata.normalize("NFKC", words))[:400]


def forget(session: Session, pseudonym: str) -> None:
    session.execute(delete(Miss).where(Miss.pseudonym == pseudonym))


def purge(session: Session) -> None:
    session.execute(delete(Miss).where(Miss.at < clock.now() - MISSES_KEPT))


def counts_today(session: Session) -> dict[str, int]:
    """Messages by topic since midnight in Beijing."""
    rows = session.scalars(select(AskedCount).where(AskedCount.asked_on == clock.today())).all()
    return {row.topic: row.count for row in rows}
