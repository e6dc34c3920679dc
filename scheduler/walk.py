"""One push in one process's hands: what the steps of the pipeline work with. Knows no step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from content.store.db import Database
from scheduler.claims import LEASE, hold
from scheduler.models import Publication, State
from scheduler.platform import Platform
from scheduler.register import get_post

Inspect = Callable[[Session, Publication, Path], Sequence[str]]
"""The red findings of a push's articles, a sentence each."""


class Blocked(Exception):
    """It must not go out: `state` is what becomes of it, the message says why and what to do."""

    def __init__(self, state: State, sentence: str) -> None:
        super().__init__(sentence)
        self.state, self.sentence = state, sentence


@dataclass(frozen=True)
class Patience:
    """How long we wait for what."""

    lease: timedelta = LEASE
    gap_seconds: float = 15.0
    """Between writing down that we are about to send and sending: who slept longer does not send."""
    settle: timedelta = timedelta(minutes=10)
    """So long after the administrator's half hour WeChat's word on it may still come."""
    asking: timedelta = timedelta(minutes=30)
    """After so long without certainty a person is asked. Nothing is ever sent again without one."""
    result: timedelta = timedelta(hours=24)
    """WeChat's result must be there by then."""
    fresh: timedelta = timedelta(days=1)
    """So old may a read-back be when the push goes out."""
    looks: tuple[float, ...] = (20, 60, 120, 240, 300)
    """Seconds between looks at an unknown outcome; the last again and again."""
    asks: tuple[float, ...] = (60, 180, 600, 1800, 3600)
    """Seconds between questions for the result. WeChat answers 100 a day."""
    glances: tuple[float, ...] = (600, 3600, 6 * 3600)
    """Seconds between looks at what a person has to decide on: it may still come to light by itself."""


@dataclass(frozen=True)
class Means:
    """What every walk needs."""

    database: Database
    platform: Platform
    uploads: Path
    account_type: str
    inspect: Inspect
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class Walk:
    means: Means
    publication_id: int
    owner: str

    @contextmanager
    def read(self) -> Iterator[tuple[Session, Publication]]:
        with self.means.database.reading() as session:
            yield session, get_post(session, self.publication_id)

    @contextmanager
    def write(self) -> Iterator[tuple[Session, Publication]]:
        """One transaction, only while the push is still ours, which it then is for another while. Raises Lost."""
        with self.means.database.transaction() as session:
            yield session, hold(session, self.publication_id, self.owner, self.means.patience.lease)
