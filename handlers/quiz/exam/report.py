"""How far an exam is done, unit by unit with those below counted in, and person by person: computed from the roster,
the papers and what was granted, at the moment it is asked for. Asked after `play.settle`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.export import as_xlsx
from content.phrases import say
from content.store import clock
from content.store.keys import Keyring
from content.word_tables import as_docx
from handlers.quiz import register
from handlers.quiz.exam import codes, entitlement, roster, units
from handlers.quiz.exam.codes import State
from handlers.quiz.exam.entitlement import Entitlement, Outcome
from handlers.quiz.exam.models import Sitter
from handlers.quiz.exam.roster import Person
from handlers.quiz.models import HeldCampaign, Unit


@dataclass(frozen=True, slots=True)
class Count:
    due: int = 0
    """On the roster and not excused: 应考."""
    sat: int = 0
    """Of these, who have handed in a paper: 实考."""
    passed: int = 0
    failed: int = 0
    made_up: int = 0
    """Of those who sat it, who have done so in the make-up: 补考."""
    absent: int = 0
    excused: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def attendance(self) -> str:
        return _share(self.sat, self.due)

    @property
    def pass_rate(self) -> str:
        """Of those who sat it."""
        return _share(self.passed, self.sat)


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: Unit
    depth: int
    """0 for a unit that has none above it."""
    count: Count
    """With the units below."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    person: Person
    unit: str
    entitlement: Entitlement
    code: State

    @property
    def is_done(self) -> bool:
        return self.entitlement.outcome in (Outcome.PASSED, Outcome.EXCUSED)


def completion(session: Session, held: HeldCampaign) -> tuple[list[UnitLine], Count]:
    """Every unit that has people, or has some below it; and all together."""
    every = units.all_units(session, held)
    sitters = session.scalars(select(Sitter).where(Sitter.campaign_id == held.id, Sitter.is_active)).all()
    entitled = entitlement.of_these(session, held, sitters)
    own: dict[int, Count] = {}
    for sitter in sitters:
        own[sitter.unit_id] = own.get(sitter.unit_id, Count()) + count_of(entitled[sitter.participant])
    with_below = _summed(every, own)
    lines = [UnitLine(unit, unit.path.count("/"), with_below[unit.id]) for unit in every if unit.id in with_below]
    return lines, sum(own.values(), Count())


def count_of(entitled: Entitlement) -> Count:
    if entitled.outcome is Outcome.EXCUSED:
        return Count(excused=1)
    has_sat = int(entitled.outcome is not Outcome.ABSENT)
    return Count(
        1, has_sat, int(entitled.outcome is Outcome.PASSED), int(entitled.outcome is Outcome.FAILED),
        int(entitled.made_up > 0), 1 - has_sat,
    )  # fmt: skip


def _summed(every: Sequence[Unit], own: dict[int, Count]) -> dict[int, Count]:
    """Each unit's people are added to every unit above it."""
    by_id = {unit.id: unit for unit in every}
    summed: dict[int, Count] = {}
    for unit_id, count in own.items():
        above: int | None = unit_id
        while above is not None:
            summed[above] = summed.get(above, Count()) + count
            above = by_id[above].parent_id
    return summed


def people(session: Session, keyring: Keyring, held: HeldCampaign, of: Iterable[Unit]) -> list[PersonLine]:
    """Of these units, in their order."""
    wanted = list(of)
    paths = {unit.id: unit.path for unit in wanted}
    order = {unit_id: place for place, unit_id in enumerate(paths)}
    listed = select(Sitter).where(Sitter.campaign_id == held.id, Sitter.is_active, Sitter.unit_id.in_(list(paths)))
    sitters = session.scalars(listed).all()
    entitled, known = entitlement.of_these(session, held, sitters), codes.states(session, held)
    found = [
        PersonLine(
            roster.person_of(keyring, sitter), paths[sitter.unit_id], entitled[sitter.participant],
            known.get(sitter.participant, State.NONE),
        )
        for sitter in sitters
    ]  # fmt: skip
    return sorted(found, key=lambda line: (order[line.person.unit_id], line.person.number))


# ── as files ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def completion_xlsx(held: HeldCampaign, lines: Sequence[UnitLine], total: Count) -> bytes:
    """Shares are numbers, to be sorted and charted; which exam it is and how it was counted is a sheet of its own."""
    rows = [
        (*row[:-2], _percent(count.sat, count.due), _percent(count.passed, count.sat))
        for row, count in zip(_rows(lines, total, indent=""), [*(line.count for line in lines), total], strict=True)
    ]
    told = [(sentence,) for sentence in (say("exam_report_title", title=held.title), *_said(held, total))]
    headings = say("exam_report_headings_in_numbers").split("|")
    return as_xlsx({say("exam_report_sheet"): [headings, *rows], say("exam_report_how"): told})


def completion_docx(held: HeldCampaign, lines: Sequence[UnitLine], total: Count) -> bytes:
    title, rows = say("exam_report_title", title=held.title), _rows(lines, total, indent="　")
    return as_docx(title, _said(held, total), say("exam_report_headings").split("|"), rows)


def _said(held: HeldCampaign, total: Count) -> list[str]:
    exam = register.rules_of(held).exam
    return [
        say("exam_report_at", at=clock.spoken(clock.now())),
        say("exam_report_total", due=total.due, sat=total.sat, passed=total.passed, absent=total.absent,
            attendance=total.attendance, rate=total.pass_rate),
        say("exam_report_rules", points=exam.pass_points if exam else 0, full=register.rules_of(held).full_marks),
    ]  # fmt: skip


def people_xlsx(title: str, lines: Iterable[PersonLine]) -> bytes:
    headings = say("exam_people_headings").split("|")
    return as_xlsx({title: [headings, *(_person_row(line) for line in lines)]})


def codes_xlsx(title: str, handed: Iterable[codes.Handed], paths: dict[int, str]) -> bytes:
    headings = say("exam_codes_headings").split("|")
    rows = [(paths.get(one.person.unit_id, ""), one.person.number, one.person.name, one.code) for one in handed]
    return as_xlsx({title: [headings, *rows]})


def points_of(entitled: Entitlement) -> float | str:
    return "" if entitled.best is None else entitled.best / 2


def outcome_name(outcome: Outcome) -> str:
    return say(_OUTCOMES[outcome])


def reminder(held: HeldCampaign, lines: Iterable[PersonLine], address: str) -> str:
    """To be pasted into a unit's own group: who has not sat it yet, by name, and how. Who failed is nobody's business
    there: the liaison tells him himself.
    """
    left = [line for line in lines if line.entitlement.outcome is Outcome.ABSENT]
    if not left:
        return say("exam_reminder_nobody", title=held.title)
    names = "、".join(line.person.name for line in left)
    exam, makeup = register.rules_of(held).exam, ""
    if exam and exam.makeup_opens_at and exam.makeup_closes_at:
        opens, closes = clock.spoken(exam.makeup_opens_at), clock.spoken(exam.makeup_closes_at)
        makeup = say("exam_reminder_makeup", opens=opens, closes=closes)
    opens, closes = clock.spoken(held.opens_at), clock.spoken(held.closes_at)
    return say("exam_reminder", title=held.title, names=names, count=len(left), opens=opens, closes=closes,
               makeup=makeup, address=address)  # fmt: skip


_OUTCOMES = {
    Outcome.ABSENT: "exam_outcome_absent", Outcome.FAILED: "exam_outcome_failed", Outcome.PASSED: "exam_outcome_passed",
    Outcome.EXCUSED: "exam_outcome_excused",
}  # fmt: skip


_CODES = {State.NONE: "exam_code_none", State.UNUSED: "exam_code_unused", State.USED: "exam_code_used"}


def _rows(lines: Sequence[UnitLine], total: Count, indent: str) -> list[tuple[object, ...]]:
    listed = [(f"{indent * line.depth}{line.unit.name if indent else line.unit.path}", line.count) for line in lines]
    return [
        (name, *astuple(count), count.attendance, count.pass_rate)
        for name, count in [*listed, (say("exam_report_all"), total)]
    ]


def _person_row(line: PersonLine) -> tuple[object, ...]:
    entitled = line.entitlement
    is_makeup = say("exam_yes") if entitled.may_make_up else say("exam_no")
    leading = say("exam_yes") if line.person.is_leading else say("exam_no")
    return (
        line.unit, line.person.number, line.person.name, leading, outcome_name(entitled.outcome), points_of(entitled),
        entitled.sat, is_makeup, say(_CODES[line.code]),
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _percent(part: int, whole: int) -> float | str:
    return round(100 * part / whole, 1) if whole else ""
