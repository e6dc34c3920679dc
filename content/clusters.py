"""Short texts gathered by likeness: those that share most of their pairs of characters once the words by which anything
is asked are taken out. Cheap, deterministic, no model.

Each text joins the gathering whose first text is most like it, or begins one; the most frequent texts come first, so
that gatherings stand around what many people say.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from content.search import pairs

ALIKE = 0.38
"""Share of common pairs (Dice), from which on two texts are about the same."""
_ASKING = re.compile(
    "请问|你好|您好|什么时候|什么时间|为什么|怎么办理?|怎么样|怎么|怎样|如何|咋整|咋办|咋|多少钱|多少|多久|什么|啥|哪里|哪儿|"
    "在哪|去哪|到哪|能不能|可不可以|可以|是不是|有没有|需要|要不要|我想|我要|想问|问一下|一下|帮我|告诉我|知道|办理|"
    "[我你您他她的了吗呢吧啊呀么]"
)
_SEVERAL = re.compile(r"\s+")


def gather(texts: Sequence[str]) -> list[list[int]]:
    """Places of the texts in each gathering, the largest first."""
    cut = [_about(text) for text in texts]
    often = Counter(cut)
    placed: dict[frozenset[str], frozenset[str]] = {}
    leaders: dict[str, list[frozenset[str]]] = defaultdict(list)
    for one in sorted(often, key=lambda words: (-often[words], sorted(words))):
        leader = _nearest(one, leaders) or one
        if leader is one:
            for pair in one:
                leaders[pair].append(one)
        placed[one] = leader
    found: dict[frozenset[str], list[int]] = {}
    for place, one in enumerate(cut):
        found.setdefault(placed[one], []).append(place)
    return sorted(found.values(), key=lambda places: (-len(places), places[0]))


def likeness(one: str, other: str) -> float:
    """Between 0 and 1."""
    a, b = _about(one), _about(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _about(text: str) -> frozenset[str]:
    """Its pairs without the asking; with it where nothing else is left."""
    bare = _SEVERAL.sub(" ", _ASKING.sub(" ", text))
    return frozenset(pairs(bare) or pairs(text))


def _nearest(one: frozenset[str], leaders: dict[str, list[frozenset[str]]]) -> frozenset[str] | None:
    common = Counter(leader for pair in sorted(one) for leader in leaders.get(pair, ()))
    best, most = None, ALIKE
    for leader, shared in common.items():
        alike = 2 * shared / (len(one) + len(leader))
        if alike > most:
            best, most = leader, alike
    return best
