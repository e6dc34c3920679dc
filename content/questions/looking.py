"""A dry run: what would become of each question of a file, and everything that is wrong with it. Changes nothing."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import Question
from content.questions import citing, grounds, holds, template
from content.questions.holds import Holds
from content.questions.reading import Reading
from content.questions.twins import Twins
from content.questions.words import label, subjects
from content.questions.written import Fault, Written, doubts_of, faults_of, values_of, worded

KEY_BYTES = 5
_SHOWN = 60


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True)
class Looked:
    """One question of the file."""

    written: Written
    key: str
    values: Mapping[str, Any]
    verdict: Verdict
    faults: Sequence[Fault] = ()
    doubts: Sequence[str] = ()
    twin: str = ""
    """The text of one that says nearly the same."""
    before: Mapping[str, Any] | None = None
    """The wording that it would take the place of."""

    @property
    def may_be_taken(self) -> bool:
        return self.verdict in (Verdict.NEW, Verdict.CHANGED)

    @property
    def changes(self) -> list[str]:
        """Which parts of a question of the bank would be others."""
        before = self.before or {}
        changed = [name for name, value in self.values.items() if before and before[name] != value]
        return ["选项" if name == "options" else label(name) for name in changed]

    @property
    def sentences(self) -> list[str]:
        twin = [f"和{self.twin}差不多"] if self.twin else []
        return [*map(self.told, self.faults), *self.doubts, *twin]

    def told(self, fault: Fault) -> str:
        """With its place, where that says more than the question's."""
        return fault.sentence if fault.place == self.written.place else f"{fault.place}：{fault.sentence}"


@dataclass(frozen=True)
class DryRun:
    rows: list[Looked]
    notes: list[str] = field(default_factory=list)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Key → with which texts of law its citations were checked."""

    def count(self, verdict: Verdict) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def digest(self) -> str:
        """Another one where anything would come of it that was not shown."""
        said = [f"{row.written.place}|{row.key}|{row.verdict}|{sorted(map(str, row.changes))}" for row in self.rows]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def look(session: Session, reading: Reading, held: Holds, subject: str = "") -> DryRun:
    """`held`: questions of the bank whose words stay as they are; `subject`: of those that do not say theirs."""
    bank = session.scalars(select(Question).order_by(Question.key)).all()
    known = {question.key: question for question in bank}
    by_words = {_identity(worded(question)): question.key for question in reversed(bank)}
    books = citing.open_books(session)
    rows = [_look(written, known, by_words, books, subject) for written in reading.rows]
    rows = [_held_back(row, held) for row in rows]
    rows = _with_other_stories(_told_twice(rows), bank)
    rows = _with_twins(rows, bank)
    texts = {row.key: citing.texts_of(books, row.values["basis"]) for row in rows if row.may_be_taken}
    return DryRun(rows, list(reading.notes), texts)


def _look(
    written: Written, known: Mapping[str, Question], by_words: Mapping[str, str], books: citing.Books, subject: str
) -> Looked:
    own = values_of(written, None, subject)
    key = written.key or by_words.get(_identity(own), "")
    question = known.get(key)
    before = worded(question) if question else None
    values = values_of(written, before, subject) if before else own
    faults = faults_of(written, values)
    doubts = [] if before and written.difficulty is None else doubts_of(written, values)
    if written.basis is None and not values["basis"]:
        doubts += _found_basis(values, books)
    else:
        place = written.place_of("basis")
        faults += [Fault("basis", place, sentence) for sentence in citing.check(books, values["basis"])]
    doubts += citing.doubts(books, values["basis"])
    if question is not None and question.retired:
        doubts.append("这道题已经停用：导入后仍然停用。")
    if values["subject"] and values["subject"] not in subjects() and not _has_subject(known, values["subject"]):
        doubts.append(f"类别“{values['subject']}”是新的：确认不是写错了。")
    return Looked(written, key or _key_of(values), values, _verdict(bool(faults), values, before), faults, doubts,
                  before=before)  # fmt: skip


def _held_back(row: Looked, held: Holds) -> Looked:
    """A question whose words may not change now."""
    hold = held.get(row.key)
    changed = holds.broken(hold, row.before, row.values)
    if hold is None or not changed:
        return row
    name = changed[0] if changed[0] != "options" else "A"
    fault = Fault(name, row.written.place_of(name), hold.sentence)
    return _with(row, faults=[*row.faults, fault], verdict=Verdict.BAD)


def _found_basis(values: dict[str, Any], books: citing.Books) -> list[str]:
    """Of a question whose file says nothing of it: what its explanation cites. The sentences that go with it."""
    told = []
    for cited in grounds.found_in(values["explanation"]):
        wrong = list(citing.check(books, [cited]))
        told += [f"解析里的{sentence}" for sentence in wrong]
        values["basis"] += [] if wrong else [cited]
    if values["basis"]:
        return [*told, f"没有写依据，用解析里的：{'；'.join(values['basis'])}。请核对。"]
    return [*told, "没有写依据，解析里也没有：可以导入，但先停用，补上法律和条以后再恢复。"]


def _has_subject(known: Mapping[str, Question], subject: str) -> bool:
    return any(question.subject == subject for question in known.values())


def _verdict(is_bad: bool, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> Verdict:
    if is_bad:
        return Verdict.BAD
    if before is None:
        return Verdict.NEW
    return Verdict.SAME if dict(before) == dict(values) else Verdict.CHANGED


def _told_twice(rows: Sequence[Looked]) -> list[Looked]:
    """The second of two with one key, or with the same words, is a fault; it is named with the first."""
    seen: dict[str, str] = {}
    stories: dict[tuple[str, str], tuple[str, str]] = {}
    told = []
    for row in rows:
        faults = list(row.faults)
        if first := seen.get(row.key):
            sentence = f"编号 {row.key} 和{first}重复" if row.written.key else f"和{first}完全一样"
            faults.append(Fault("key", row.written.place_of("key"), f"{sentence}：请改编号或删去一行。"))
        seen.setdefault(row.key, row.written.place)
        if scenario := row.values["scenario"]:
            told_here = row.values["scenario_text"] or ""
            place, story = stories.setdefault((row.values["subject"], scenario), (row.written.place, told_here))
            if story != told_here:
                sentence = f"情景 {scenario} 的故事和{place}的不一样：同一个编号只能有一个故事。"
                faults.append(Fault("scenario_text", row.written.place_of("scenario_text"), sentence))
        told.append(row if len(faults) == len(row.faults) else _with(row, faults=faults, verdict=Verdict.BAD))
    return told


def _with_other_stories(rows: Sequence[Looked], bank: Sequence[Question]) -> list[Looked]:
    """A story that would be told otherwise to other questions of the bank."""
    coming = {row.key for row in rows if row.verdict != Verdict.BAD}
    staying: dict[tuple[str, str], list[Question]] = {}
    for question in bank:
        if question.scenario and question.key not in coming:
            staying.setdefault((question.subject, question.scenario), []).append(question)
    return [_held_against(row, staying) for row in rows]


def _held_against(row: Looked, staying: Mapping[tuple[str, str], Sequence[Question]]) -> Looked:
    scenario, story = row.values["scenario"], row.values["scenario_text"]
    siblings = staying.get((row.values["subject"], scenario), ()) if scenario else ()
    others = [one.key for one in siblings if one.key != row.key and one.scenario_text != story]
    if not others:
        return row
    sentence = f"情景 {scenario} 在题库里的故事和这里的不一样：请把 {'、'.join(others)} 一起改，或换一个情景编号。"
    fault = Fault("scenario_text", row.written.place_of("scenario_text"), sentence)
    return _with(row, faults=[*row.faults, fault], verdict=Verdict.BAD)


def _with_twins(rows: Sequence[Looked], bank: Sequence[Question]) -> list[Looked]:
    """Only what would be new or other is compared."""
    words = {question.key: worded(question) for question in bank}
    fresh = [row.values for row in rows if row.verdict != Verdict.SAME]
    twins = Twins([*words.values(), *fresh] if fresh else [])
    names = {}
    for question in bank if fresh else ():
        twins.add(question.key, words[question.key])
        names[question.key] = f"题库里的 {question.key}“{_short(question.text)}”"
    found = []
    for number, row in enumerate(rows):
        own = f"#{number}"
        twin = ""
        if row.verdict != Verdict.SAME and row.values["text"]:
            twin = twins.nearest(row.values, (row.key, own))
            twins.add(own, row.values)
            names[own] = f"{row.written.place}“{_short(row.values['text'])}”"
        found.append(_with(row, twin=names[twin]) if twin else row)
    return found


def _with(row: Looked, **changed: Any) -> Looked:
    return Looked(**{**row.__dict__, **changed})


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _identity(words: Mapping[str, Any]) -> str:
    """What makes it this question: its kind, text, options and story."""
    return "\0".join((words["kind"], words["text"], *words["options"], words["scenario_text"] or ""))


def _key_of(values: Mapping[str, Any]) -> str:
    """Of a question that has none: the same words always get the same."""
    return f"q-{hashlib.sha256(_identity(values).encode()).hexdigest()[: 2 * KEY_BYTES]}"


# ── told ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def handed_back(data: bytes, name: str, reading: Reading, run: DryRun) -> bytes:
    """An Excel file with every problem marked: the one handed in, or the same questions in the template's form."""
    rows = [(row.written, _bad_fields(row), "\n".join(row.sentences)) for row in run.rows]
    if reading.form == "xlsx":
        return template.marked(data, name, rows)
    return template.with_problems(rows)


def _bad_fields(row: Looked) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for fault in row.faults:
        told.setdefault(fault.field, []).append(fault.sentence)
    return {name: "\n".join(sentences) for name, sentences in told.items()}


def counts(run: DryRun) -> dict[str, int]:
    found = Counter(str(row.verdict) for row in run.rows)
    return {str(verdict): found[str(verdict)] for verdict in Verdict}
