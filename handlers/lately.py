"""What went before, as far as the next message may need it: the choices that were offered, the topics that were
answered and the words that ended a talk. One text that Redis keeps for an hour; without it nothing is lost but comfort.
"""

from dataclasses import dataclass

from content.store import clock
from handlers.message import Incoming

MOST = 5
"""Topics."""
TREMBLE_SECONDS = 4
"""Within this the same words are a second tap."""
_PART = "\0"


@dataclass(frozen=True, slots=True)
class Lately:
    offer: tuple[str, ...] = ()
    """What the numbered choices of the last reply stand for."""
    topics: tuple[str, ...] = ()
    """Slugs, the newest last."""
    ended: str = ""
    """The second, the key and the words of the last message, where it ended a talk."""

    def __str__(self) -> str:
        offer = "\n".join(self.offer)
        if not (self.topics or self.ended):
            return offer
        return _PART.join((offer, " ".join(self.topics), self.ended))

    def is_again(self, message: Incoming) -> bool:
        """A thumb that trembled on what ended a talk; not the same message once more."""
        second, key, words = self.ended.split(" ", 2)
        is_other = key != message.key and words == message.text
        return is_other and clock.timestamp() - int(second) <= TREMBLE_SECONDS


NOTHING = Lately()


def read(written: str) -> Lately:
    offer, _, rest = written.partition(_PART)
    topics, _, ended = rest.partition(_PART)
    return Lately(tuple(offer.split("\n")) if offer else (), tuple(topics.split()), ended)


def with_topic(topics: tuple[str, ...], topic: str) -> tuple[str, ...]:
    if topic in topics[-1:]:
        return topics
    return (*(one for one in topics if one != topic), topic)[-MOST:]


def ended_by(message: Incoming) -> str:
    return f"{clock.timestamp()} {message.key} {message.text}"
