"""Points with numbers inside of a question, and what a line with a number is by what comes behind it. The points of an
explanation and the questions behind it count alike: where nothing but the number speaks for one of the two, it is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from content.questions import marks
from content.questions.numbering import Number, last_of_run, number_of

LISTED = ("explanation", "basis")
"""The parts that are written in points."""


@dataclass
class Points:
    """Of the part that is written now, by the way in which they are numbered: 1. may hold （1） and ①."""

    counts: dict[str, int] = field(default_factory=dict)
    place: str = ""
    """Of the first."""
    is_sure: bool = True
    """They began right behind the part's label and went on one by one."""

    def is_next(self, number: Number) -> bool:
        return 0 < self.counts.get(number.style, 0) == number.count - 1

    def take(self, number: Number, line: str, place: str, at_label: bool) -> None:
        if number.is_sum:
            return
        if not self.is_next(number):
            self.is_sure = at_label and number.count == 1
        self.place = self.place or place
        self.counts[number.style] = last_of_run(line, number)


def behind(lines: Sequence[str], at: int) -> Iterator[str]:
    return (lines[there] for there in range(at + 1, len(lines)))


def asks(lines: Sequence[str], at: int, number: Number, is_answered: bool, style: str = "") -> bool:
    """Whether options or, behind a question that `is_answered`, an answer come before the next number. The number
    stands in line `at`; words of their own behind an empty line are no more of its question. `style`: in which
    questions are numbered.
    """
    words, is_apart = lines[at][number.end :], False
    if marks.VERDICT.search(words) or marks.inline_options(words):
        return True
    for line in behind(lines, at):
        part, other = marks.part_of(line), number_of(line)
        if part == "answer":
            return is_answered
        is_other = bool(other and (other.rank >= number.rank or other.style == style))
        if marks.option(line) or is_other or part == "scenario_text" or marks.SECTION.fullmatch(line):
            return marks.letter(line) == "A"
        if is_apart and not part and not other and line.strip():
            return False
        is_apart = not line.strip()
    return False


def is_whole(lines: Sequence[str], at: int, number: Number) -> bool:
    """Whether its options stand right behind the line with the number, and its answer behind those."""
    words = lines[at][number.end :]
    if marks.VERDICT.search(words):
        return True
    has_options, has_answer = bool(marks.inline_options(words)), bool(marks.IN_STEM.search(words))
    for line in behind(lines, at):
        if part := marks.part_of(line):
            return part == "answer" or (has_answer and has_options)
        if marks.option(line):
            has_options = True
        elif line.strip() and (number_of(line) or not has_options):
            break
    return has_answer and has_options
