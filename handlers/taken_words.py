"""Whether words can become a name of a topic without taking them from another: what the ear understands already, and
what stands in the sayings of other topics, cannot.
"""

from collections import Counter
from collections.abc import Callable, Collection

from content import repository
from content.phrases import say
from content.staff import NotAllowed
from handlers.understanding import Understood, training
from handlers.understanding.listen import SURE, UNKNOWN

Hear = Callable[[str], Understood]
NAMED = 3


def refuse_taken(words: Collection[str], topic: str, hear: Hear | None) -> None:
    """`topic`: what they are to mean; an answer of our own is heard only where nothing else is. `hear`: the ear as it
    is now. Raises NotAllowed.
    """
    sayings = [] if topic.startswith(repository.OWN) else training.utterances()
    for word in words:
        heard = hear(word) if hear else None
        if heard and heard.topic not in (UNKNOWN, topic) and heard.confidence >= SURE:
            raise NotAllowed(say("miss_word_heard", word=word, name=_name(heard.topic)))
        within = Counter(other for said, other in sayings if other not in (UNKNOWN, topic) and word in said)
        if within:
            names = "、".join(_name(other) for other, _ in within.most_common(NAMED))
            raise NotAllowed(say("miss_word_within", word=word, names=names))


def _name(topic: str) -> str:
    found = repository.topics().get(topic)
    return found.name if found else say("own_answer_other")
