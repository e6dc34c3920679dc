"""What has changed between two texts, as a person reads it: paragraph by paragraph, and inside of a changed one sign by
sign. Knows no colours: whoever shows it draws the kinds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from content.pictures import ADDRESS

LONGEST = 4000
"""Characters; a longer paragraph that has changed is shown as taken out and put in."""
_LIKE_ENOUGH = 0.4
_ISLAND = 2
"""Fewer equal signs between two changes are read as changed too."""
_PICTURE = re.compile(rf"(?:!\[([^\]]*)\]\()?({ADDRESS.pattern})\)?")


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: same, added or removed."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. A changed one holds what it lost and what it gained in the order of reading."""

    kind: Kind
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def picture(self) -> str:
        """The address of a picture of ours that is all of this line; empty where it is words."""
        found = _PICTURE.fullmatch(self.text.strip())
        return found[2] if found else ""

    @property
    def caption(self) -> str:
        found = _PICTURE.fullmatch(self.text.strip())
        return (found[1] or "") if found else ""


def difference(old: str, new: str) -> list[Line]:
    before, after = _paragraphs(old), _paragraphs(new)
    lines: list[Line] = []
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            lines += [_whole(Kind.SAME, text) for text in before[i:j]]
        else:
            lines += _replaced(before[i:j], after[k:m])
    return lines


def has_changed(lines: list[Line]) -> bool:
    return any(line.kind is not Kind.SAME for line in lines)


def _paragraphs(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _replaced(before: list[str], after: list[str]) -> Iterator[Line]:
    """Paragraphs that are like one another are one that has changed; order is kept on both sides."""
    start = 0
    for text in after:
        match = next((place for place in range(start, len(before)) if _is_like(before[place], text)), None)
        if match is None:
            yield _whole(Kind.ADDED, text)
            continue
        yield from (_whole(Kind.REMOVED, gone) for gone in before[start:match])
        if _is_picture(text):
            yield from (_whole(Kind.REMOVED, before[match]), _whole(Kind.ADDED, text))
        else:
            yield Line(Kind.CHANGED, tuple(_signs(before[match], text)))
        start = match + 1
    yield from (_whole(Kind.REMOVED, gone) for gone in before[start:])


def _is_like(one: str, other: str) -> bool:
    if _is_picture(one) or _is_picture(other):
        return _is_picture(one) and _is_picture(other)
    if max(len(one), len(other)) > LONGEST:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return (
        matcher.real_quick_ratio() >= _LIKE_ENOUGH
        and matcher.quick_ratio() >= _LIKE_ENOUGH
        and matcher.ratio() >= _LIKE_ENOUGH
    )


def _is_picture(text: str) -> bool:
    return _PICTURE.fullmatch(text.strip()) is not None


def _signs(one: str, other: str) -> Iterator[Part]:
    lost = gained = ""
    for what, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal" and (j - i >= _ISLAND or not (lost or gained) or j == len(one)):
            yield from _change(lost, gained)
            lost = gained = ""
            yield Part(Kind.SAME, one[i:j])
        else:
            lost, gained = lost + one[i:j], gained + other[k:m]
    yield from _change(lost, gained)


def _change(lost: str, gained: str) -> Iterator[Part]:
    if lost:
        yield Part(Kind.REMOVED, lost)
    if gained:
        yield Part(Kind.ADDED, gained)


def _whole(kind: Kind, text: str) -> Line:
    return Line(kind, (Part(kind, text),))
