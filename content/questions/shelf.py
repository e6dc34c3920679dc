"""The bank as staff look at it: found by filter, counted by subject, kind and difficulty, its citations checked again.
Reads only.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from content.citations import citations_in
from content.models import Question
from content.questions import citing, records
from content.questions.citing import Books

Counts = dict[str, dict[tuple[str, int], int]]
"""Subject or law → (kind, difficulty) → how many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    subject: str = ""
    kind: str = ""
    difficulty: int = 0
    words: str = ""
    retired: bool | None = None
    """None for both."""


def find(session: Session, wanted: Wanted, limit: int | None = None, offset: int = 0) -> list[Question]:
    """In the order of subject and key."""
    query = select(Question).where(*_conditions(wanted)).order_by(Question.subject, Question.key)
    return list(session.scalars(query.limit(limit).offset(offset)).all())


def count(session: Session, wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(Question).where(*_conditions(wanted))) or 0


def counts(session: Session) -> Counts:
    """Of what is asked."""
    query = (
        select(Question.subject, Question.kind, Question.difficulty, func.count())
        .where(Question.retired.is_(False))
        .group_by(Question.subject, Question.kind, Question.difficulty)
    )
    found: Counts = {}
    for subject, kind, difficulty, number in session.execute(query).all():
        found.setdefault(subject, {})[kind, difficulty] = number
    return dict(sorted(found.items()))


def counts_by_law(session: Session) -> Counts:
    """Of what is asked, by the law that each question names first; the law with the most questions first."""
    query = select(Question.basis, Question.kind, Question.difficulty).where(Question.retired.is_(False))
    found: Counts = {}
    for basis, kind, difficulty in session.execute(query).all():
        cited = next((one.law for text in basis for one in citations_in(text)), "")
        cells = found.setdefault(cited, {})
        cells[kind, difficulty] = cells.get((kind, difficulty), 0) + 1
    return dict(sorted(found.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def subjects(session: Session) -> list[str]:
    return list(session.scalars(select(Question.subject).distinct().order_by(Question.subject)).all())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.subject:
        found.append(Question.subject == wanted.subject)
    if wanted.kind:
        found.append(Question.kind == wanted.kind)
    if wanted.difficulty:
        found.append(Question.difficulty == wanted.difficulty)
    if wanted.retired is not None:
        found.append(Question.retired.is_(wanted.retired))
    if words := wanted.words.strip():
        columns = (Question.text, Question.explanation, Question.scenario_text, Question.key)
        found.append(or_(*(column.contains(words, autoescape=True) for column in columns)))
    return found


# ── citations once more ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CitationCheck:
    is_any_held: bool
    """Whether any law has been imported."""
    questions: int
    wrong: list[tuple[str, str]]
    """(key, what is the matter)."""
    not_held: Counter[str]
    """Laws whose text is not here → how many questions name them."""


def check_citations(session: Session) -> CitationCheck:
    """Every citation of every question that is asked, against the texts that are held."""
    books, own = citing.open_books(session), records.checked_texts(session)
    questions = session.scalars(select(Question).where(Question.retired.is_(False)).order_by(Question.key)).all()
    wrong = [(question.key, told) for question in questions for told in _wrong(books, question, own)]
    absent = Counter(law for question in questions for law in citing.not_held(books, question.basis))
    return CitationCheck(not books.is_empty, len(questions), wrong, absent)


def _wrong(books: Books, question: Question, own: dict[str, dict[str, str]]) -> Iterator[str]:
    yield from citing.check(books, question.basis)
    checked = own.get(question.key) or citing.listed_texts_of(question.basis)
    yield from citing.check_versions(books, question.basis, checked)
