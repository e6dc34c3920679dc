"""The form for a new campaign as it was filled in: what is wrong, at which field, in the words of its label. What is
filled into a part that the chosen sort does not use is told, too: nothing that somebody typed is dropped in silence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from content.phrases import say
from handlers.quiz.campaign import LONGEST_TITLE, BadCampaign, Campaign, read_campaign
from handlers.quiz.desk import writing
from handlers.quiz.desk.writing import Fields
from handlers.quiz.draw import MOST_PRIZES
from handlers.quiz.items import label_of

FIRST: dict[str, str] = {
    "minutes": "20", "attempts_a_day": "1", "freeze_minutes": "30", "verdicts": "at_once", "multiple": "all",
    "sort": "", "draw_lottery": "双色球", "draw_claim_days": "30", "exam_attempts": "2", "exam_makeup_attempts": "1",
}  # fmt: skip
"""What stands there before anybody has typed."""
NEEDED = {
    "": ("title", "opens_at", "closes_at", "minutes"),
    "draw": ("draw_issue", "draw_drawn_on", "draw_later_issue", "draw_later_drawn_on"),
    "exam": ("exam_pass_points",),
}
LIMITS: dict[str, tuple[int, int]] = {
    "minutes": (1, 300), "attempts_a_day": (1, 50), "freeze_minutes": (0, 10_080), "draw_least_points": (0, 100_000),
    "draw_claim_days": (1, 365), "exam_pass_points": (1, 100_000), "exam_attempts": (1, 20),
    "exam_makeup_attempts": (1, 20), "cell_count": (1, 200), "cell_points": (1, 100), "prize_count": (1, MOST_PRIZES),
}  # fmt: skip
LENGTHS = {"title": LONGEST_TITLE, "who": 200, "draw_issue": 32, "draw_later_issue": 32, "prize_name": 32}
_DIGITS = 10
_DAYS = ("draw_drawn_on", "draw_later_drawn_on")
_MOMENTS = ("opens_at", "closes_at", "exam_makeup_opens_at", "exam_makeup_closes_at")
_ROW = re.compile(r"^(paper|draw\.prizes)(?:\[(\d+)\])?(?:\.(\w+))?$")


@dataclass(frozen=True)
class Filled:
    """Fields by the names in the file, those of the draw and the exam behind `draw_` and `exam_`, and `sort`."""

    fields: Fields
    cells: Sequence[Fields]
    prizes: Sequence[Fields]

    @property
    def sort(self) -> str:
        return self.fields.get("sort", "")

    @property
    def written(self) -> str:
        return writing.as_toml(self.fields, self.cells, self.prizes)

    def said(self, field: str) -> str:
        return self.fields.get(field, "").strip()


def read(filled: Filled) -> tuple[Campaign | None, dict[str, str]]:
    """The rules; else what is wrong by field, a row's as cell_count.2, what belongs to none under ""."""
    if faults := dict(_faults(filled)):
        return None, faults
    try:
        return read_campaign(filled.written), {}
    except BadCampaign as error:
        return None, {field_of(error.item, filled): error.sentence}


def label(field: str) -> str:
    """Of a field on the form: draw_issue, cell_count.2."""
    name = field.partition(".")[0]
    for beginning, above in (("draw_", "draw."), ("exam_", "exam."), ("cell_", "paper."), ("prize_", "draw.prizes.")):
        if name.startswith(beginning):
            return label_of(above + name.removeprefix(beginning))
    return label_of(name)


def where(field: str) -> str:
    """In which row a field stands, for a list of faults; empty for one that stands alone."""
    name, _, row = field.partition(".")
    if not row:
        return ""
    return say("campaign_row_of_paper" if name.startswith("cell_") else "campaign_row_of_prizes", row=int(row) + 1)


def part_of(field: str) -> str:
    """draw or exam, where the field stands in that part of the form."""
    return "draw" if field.startswith(("draw_", "prize_")) else "exam" if field.startswith("exam_") else ""


def field_of(item: str, filled: Filled) -> str:
    """The field on the form of an item in the file, whose rows are those that are filled."""
    if found := _ROW.match(item):
        kind, rows = ("cell", filled.cells) if found[1] == "paper" else ("prize", filled.prizes)
        used = [at for at, row in enumerate(rows) if writing.is_filled(row)] or [0]
        at = used[min(int(found[2] or 0), len(used) - 1)]
        return f"{kind}_{found[3] or ('subject' if kind == 'cell' else 'name')}.{at}"
    return item.replace(".", "_", 1)


def without_unused(filled: Filled) -> Filled:
    """Emptied of what the chosen sort does not use."""
    fields = {name: FIRST.get(name, "") if _other(name, filled.sort) else said for name, said in filled.fields.items()}
    is_exam = filled.sort == "exam"
    cells = filled.cells if is_exam else [{**cell, "for": ""} for cell in filled.cells]
    return replace(filled, fields=fields, cells=cells, prizes=filled.prizes if filled.sort == "draw" else [])


def unused(filled: Filled) -> dict[str, list[str]]:
    """Parts that the chosen sort does not use → the labels of what is filled in there."""
    found: dict[str, list[str]] = {}
    for name in filled.fields:
        if (part := _other(name, filled.sort)) and filled.said(name) != FIRST.get(name, "") and filled.said(name):
            found.setdefault(part, []).append(label(name))
    if filled.sort != "draw" and any(map(writing.is_filled, filled.prizes)):
        found.setdefault("draw", []).append(label("prize_name"))
    return found


def _other(name: str, sort: str) -> str:
    part = part_of(name)
    return "" if part == sort else part


def _faults(filled: Filled) -> Iterator[tuple[str, str]]:
    for field in (*NEEDED[""], *NEEDED.get(filled.sort, ())):
        if not filled.said(field):
            yield field, say("campaign_fill_in", label=label(field))
    for field in filled.fields:
        if not _other(field, filled.sort) and (fault := _fault_of(field, filled.said(field))):
            yield field, fault
    for at, cell in enumerate(filled.cells):
        yield from _faults_of_row("cell", at, cell, ("subject", "count", "points"))
        if filled.sort != "exam" and cell.get("for", "").strip():
            yield f"cell_for.{at}", say("campaign_only_exam", label=label("cell_for"))
    if not any(map(writing.is_filled, filled.cells)):
        yield "cell_subject.0", say("campaign_no_row")
    if filled.sort == "draw":
        yield from _faults_of_prizes(filled.prizes)
    for part, labels in unused(filled).items():
        yield "sort", say("campaign_unused", part=label(part), filled="、".join(f"“{one}”" for one in labels))


def _faults_of_prizes(prizes: Sequence[Fields]) -> Iterator[tuple[str, str]]:
    for at, prize in enumerate(prizes):
        yield from _faults_of_row("prize", at, prize, writing.PRIZES)
    if not any(map(writing.is_filled, prizes)):
        yield "prize_name.0", say("campaign_prizes")


def _faults_of_row(kind: str, at: int, row: Fields, needed: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not writing.is_filled(row):
        return
    for name in row:
        field, said = f"{kind}_{name}", row[name].strip()
        if not said and name in needed:
            yield f"{field}.{at}", say("campaign_fill_in_row", label=label(field))
        elif fault := _fault_of(field, said):
            yield f"{field}.{at}", fault


def _fault_of(field: str, said: str) -> str:
    """What is wrong with the words of one field that is filled in."""
    if not said:
        return ""
    if field in LENGTHS and len(said) > LENGTHS[field]:
        return say("campaign_too_long", label=label(field), most=LENGTHS[field], now=len(said))
    if field in LIMITS:
        least, most = LIMITS[field]
        if not (said.isdecimal() and len(said) < _DIGITS and least <= int(said) <= most):
            return say("campaign_wants_number", label=label(field), said=said, least=least, most=most)
    if field in _DAYS and writing.day_of(said) is None:
        return say("campaign_wants_day", label=label(field), said=said)
    if field in _MOMENTS and writing.moment_of(said) is None:
        return say("campaign_wants_time", label=label(field), said=said)
    return ""


def rows_of(posted: Mapping[str, Sequence[str]], kind: str, names: Sequence[str]) -> list[dict[str, str]]:
    """As many as there are, without the empty ones at the end; others keep their place."""
    longest = max((len(posted.get(f"{kind}_{name}", ())) for name in names), default=0)
    rows = [{name: _at(posted.get(f"{kind}_{name}", ()), at) for name in names} for at in range(longest)]
    while rows and not writing.is_filled(rows[-1]):
        rows.pop()
    return rows


def _at(column: Sequence[str], at: int) -> str:
    return column[at] if at < len(column) else ""
