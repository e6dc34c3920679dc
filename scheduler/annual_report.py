"""The year's report on disclosure, put together: the national format's six parts, tables from the store and from what
staff entered, the account's own work, and a list of what is still missing. Nothing is sent or published from here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from content.catalogue.models import CatalogueEntry, EntryState
from content.phrases import say
from content.staff import NotFound
from content.store import clock
from content.word_forms import Form, Grid, Heading, Words
from handlers.disclosure import yearly
from handlers.disclosure.models import Applicant
from handlers.disclosure.yearly import Block, Counts, Line
from handlers.quiz.models import HeldCampaign, Round
from handlers.talk.models import Ticket
from handlers.turns import AskedCount
from scheduler.models import Publication, State

_WHOLE = "all"
FIRST_YEAR = 2019
"""Reports of this form are made since the regulation was revised."""


@dataclass(frozen=True, slots=True)
class Report:
    year: int
    counts: Counts
    figures: dict[str, str]
    """Entered ones by name."""
    texts: dict[int, str]
    work: dict[str, int]
    """The account's own, by the names of [work]."""
    faults: list[str]
    """Sums that do not agree."""
    missing: list[str]
    """Figures and words that nobody has entered, by what they are called."""


def check_year(year: int) -> int:
    """Raises NotFound for a year that has not begun, and for one before there were such reports."""
    if not FIRST_YEAR <= year <= clock.today().year:
        raise NotFound(say("annual_no_such_year", year=year, first=FIRST_YEAR))
    return year


def gather(session: Session, year: int) -> Report:
    counts = yearly.count(session, year)
    figures = {name: one.value for name, one in yearly.figures(session, year).items()}
    texts = {part: one.words for part, one in yearly.texts(session, year).items()}
    work = _work(session, year) | {"requests": counts[yearly.NEW][_WHOLE]}
    return Report(year, counts, figures, texts, work, yearly.faults(counts), list(_missing(figures, texts)))


def form(report: Report) -> Form:
    """The whole report, to be written down."""
    written = yearly.written()
    parts: list[Heading | Words | Grid] = [Words(written["basis"].format(year=report.year))]
    for part, heading in ((int(name), words) for name, words in written["parts"].items()):
        parts.append(Heading(heading))
        if words := report.texts.get(part) or (_gap(str(part)) if str(part) in written["hints"] else ""):
            parts.append(Words(words))
        if part == 1:
            parts.append(Words("\n".join(work_lines(report))))
        if part == 3:  # noqa: PLR2004 - the third of six parts
            parts.append(request_grid(report.counts))
        for block in yearly.blocks():
            if block.part == part:
                parts += [Words(block.title), figure_grid(block, report.figures)]
    return Form(written["title"].format(year=report.year), tuple(parts))


def work_lines(report: Report) -> list[str]:
    """What the account did, each in a sentence; what it did not do is not boasted of."""
    sentences = yearly.written()["work"]
    return [sentences[name].format(count=f"{number:,}") for name, number in report.work.items() if number]


def request_grid(counts: Counts) -> Grid:
    """The table of part three. Numbers stand under 自然人, the five kinds of organisations and 总计."""
    columns = (*Applicant, _WHOLE)
    names = [yearly.written()["columns"][kind] for kind in Applicant]
    organisations = (say("annual_organisations"), "", "", "", "")
    heads = (("", "", "", names[0], *organisations, say("annual_whole")), ("", "", "", "", *names[1:], ""))
    named = [labels(row, words) for row, words in yearly.written()["rows"].items()]
    rows = [
        (*label, *(str(counts[row][column]) for column in columns))
        for label, row in zip(named, yearly.written()["rows"], strict=True)
    ]
    merges = ((0, 0, 1, 2), (0, 3, 1, 3), (0, 4, 0, 8), (0, 9, 1, 9), *_label_merges(named, len(heads)))
    return Grid((*heads, *rows), merges, head_rows=len(heads))


def figure_grid(block: Block, figures: dict[str, str]) -> Grid:
    return Grid((block.headings, *(_figure_row(line, figures) for line in block.lines)), (), head_rows=1)


def total(line: Line, figures: dict[str, str]) -> str:
    """The sum of a line; empty while one of its figures is missing."""
    given = [figures.get(name, "") for name in line.cells]
    return f"{sum(map(Decimal, given)):f}" if all(given) else ""


def _figure_row(line: Line, figures: dict[str, str]) -> tuple[str, ...]:
    given = [figures.get(name) or say("annual_missing") for name in line.cells]
    sums = [total(line, figures) or say("annual_missing")] if line.has_total else []
    return (line.name, *given, *sums)


def labels(row: str, words: str) -> tuple[str, str, str]:
    """The three cells before the numbers; an empty one belongs to the one before it."""
    if "." not in row:
        return (words, "", "")
    groups = yearly.written()["groups"]
    group = next((name for begin, name in groups.items() if row.startswith(f"{begin}.")), "")
    return (yearly.written()["results"], group or words, words if group else "")


def _label_merges(labels: Sequence[tuple[str, str, str]], below: int) -> Iterator[tuple[int, int, int, int]]:
    """Equal ones below one another are one cell, and so are those that have no other beside them."""
    for place, (_, group, words) in enumerate(labels, start=below):
        if not words:
            yield (place, 1 if group else 0, place, 2)
    for column in (0, 1):
        first = 0
        for place in range(1, len(labels) + 1):
            if place == len(labels) or labels[place][column] != labels[first][column]:
                if labels[first][column] and place - first > 1:
                    yield (first + below, column, place + below - 1, column)
                first = place


def _missing(figures: dict[str, str], texts: dict[int, str]) -> Iterator[str]:
    for block in yearly.blocks():
        for line in block.lines:
            for heading, name in zip(block.headings[1:], line.cells, strict=False):
                if not figures.get(name):
                    yield f"{block.title}：{line.name}（{heading}）"
    for part in yearly.written()["hints"]:
        if not texts.get(int(part)):
            yield yearly.written()["parts"][part]


def _gap(part: str) -> str:
    return f"【{say('annual_missing')}：{yearly.written()['hints'][part]}】"


def _work(session: Session, year: int) -> dict[str, int]:
    begin, end = clock.midnight(date(year, 1, 1)), clock.midnight(date(year + 1, 1, 1))
    first, last = date(year, 1, 1), date(year, 12, 31)

    def in_year(
        moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    ) -> ColumnElement[bool]:
        return (moment >= begin) & (moment < end)

    def counted(*wanted: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*wanted)) or 0

    asked = select(func.sum(AskedCount.count)).where(AskedCount.asked_on.between(first, last))
    shown = CatalogueEntry.state == EntryState.PUBLISHED
    return {
        "posts": counted(Publication.state == State.PUBLISHED, in_year(Publication.due_at)),
        "messages": session.scalar(asked) or 0,
        "tickets": counted(in_year(Ticket.first_answered_at)),
        "campaigns": counted(in_year(HeldCampaign.opens_at)),
        "papers": counted(Round.campaign_id.is_not(None), in_year(Round.finished_at)),
        "catalogue": counted(shown, CatalogueEntry.published_on.between(first, last)),
    }
