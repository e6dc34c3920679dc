"""What a handler finds on its desk: the bureau's content, the database, the ear, and what is known of this turn.

`Bureau` is everything that does not change from message to message; it is replaced as a whole when content changes.
`Desk` is one message's place at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from content import repository
from content.catalogue.index import CatalogueIndex
from content.figures import Figures
from content.models import Question
from content.offices import Offices
from content.repository import ArticleCard, Shelf
from content.search import ArticleIndex
from content.store.db import Database
from content.store.keys import Keyring
from content.store.memory import UNKNOWN
from handlers import lately
from handlers.lately import NOTHING, Lately
from handlers.message import Incoming, Reply
from handlers.stopping import Switch
from handlers.understanding import TALK, Understanding, Understood


@dataclass(frozen=True)
class Bureau:
    database: Database
    keyring: Keyring
    public_url: str
    """Where citizens reach the pages, without a slash at the end; empty where there is no such place."""
    shelf: Shelf
    offices: Offices
    ears: Understanding
    articles: ArticleIndex
    cards: Mapping[str, ArticleCard]
    """What is shown of each published article, by slug, newest first."""
    questions: Mapping[str, Question]
    """The whole bank by key, with what was retired."""
    replies: Mapping[str, Reply]
    """The finished reply of every topic that needs no code, by slug."""
    offering: dict[tuple[str, str], Reply] = field(default_factory=dict)
    """Finished replies that offer another topic first, by both slugs."""
    heard: dict[str, Understood] = field(default_factory=dict)
    """What short messages have been understood as."""
    taps: dict[Any, Any] = field(default_factory=dict)
    """What taps do in the first steps of a guided talk, which are the same for everybody; guided/beaten.py owns it."""
    catalogue: CatalogueIndex = field(default_factory=lambda: CatalogueIndex([]))
    """Of what is made public: words → entries, and the newest of each category."""
    figures: Figures = field(default_factory=dict)
    """Numbers that the bureau has filled in, by the day they hold."""
    rounds: dict[str, Any] = field(default_factory=dict)
    """What does not change of rounds that are being played, by id; quiz/chat.py owns it."""
    switch: Switch = field(default_factory=Switch)
    """Whether answers are stopped, as this worker found it last."""


@dataclass(slots=True)
class Desk:
    bureau: Bureau
    openid: str = field(repr=False)
    citizen: str
    """His pseudonym."""
    conversation: str = UNKNOWN
    """Whether this citizen is in a talk, as far as is known: memory.OPEN, NONE or UNKNOWN."""
    lately: Lately = NOTHING
    """What went before."""
    understood: Understood | None = None
    """Set by the router once the words have been heard."""
    is_erased: bool = False
    """Set where this message erased the citizen: what is held of him outside SQL goes as well."""
    copy: str = ""
    """Of the open talk, as Redis has it: see conversation.py. Empty where there is none."""
    has_ended: bool = False
    """Set where this message ended a talk: the same words at once are a second tap."""

    @property
    def offer(self) -> tuple[str, ...]:
        return self.lately.offer

    def leaves(self, reply: Reply, message: Incoming) -> Lately:
        """For the next message."""
        if self.is_erased:
            return Lately(reply.choices)
        topic = self.understood.topic if self.understood else ""
        topics = (
            lately.with_topic(self.lately.topics, topic) if topic and not topic.startswith(TALK) else self.lately.topics
        )
        return Lately(reply.choices, topics, lately.ended_by(message) if self.has_ended else "")


def topic_names() -> dict[str, str]:
    """What means a topic by itself: its name → its slug."""
    return {topic.name: topic.slug for topic in repository.topics().values()}
