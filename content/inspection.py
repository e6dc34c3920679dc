"""What is not right with what may be said: red hurts citizens, yellow wants a person's eye. Looks; changes nothing."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from content import citations, figures, offices, repository
from content.phrases import LIBRARY
from content.questions import citing, records
from content.repository import Answer
from content.store import clock

RED, YELLOW = "红", "黄"
CHAT_CHARACTERS = 330
STALE_DAYS = 365
_OF_LAW = ("legal_aid.toml", "deadlines.toml", "deadlines_asked.toml")
"""Files of the library, beside the interviews, that tell citizens the law."""
_BRACES = re.compile(r"\{\{[^\n}]*\}*|\}\}")


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    where: str
    what: str


def inspect(session: Session, data: Path | None = None) -> list[Finding]:
    """Every finding, red first."""
    shelf, known = repository.load_shelf(session), offices.load_offices(data)
    findings = [*_missing(shelf.topics, shelf.answers)]
    for answer in shelf.answers.values():
        findings += [*_citations(answer), *_links(answer, shelf.answers), *_upkeep(answer)]
        findings += [*_placeholders(answer, known)]
    findings += [*_wordings(session), *_figures(data), *talks(known)]
    return sorted(findings, key=lambda finding: (finding.level != RED, finding.where))


def talks(known: offices.Offices, library: Path = LIBRARY) -> Iterator[Finding]:
    """Interviews, the words of the outcome card and the periods of the law: articles that do not exist, laws in doubt,
    facts not filled in.
    """
    of_law = [file for name in _OF_LAW if (file := library / name).exists()]
    for file in [*sorted((library / "interviews").glob("*.toml")), *of_law]:
        where, text = str(file.relative_to(library)), file.read_text(encoding="utf-8")
        cited = sorted(set(citations.citations_in(text)), key=str)
        for one in cited:
            if not citations.is_known(one):
                yield Finding(RED, where, f"《{one.law}》第{one.article}条查不到：法律名称或条号有误")
        for law in sorted({one.law for one in cited}):
            facts = citations.laws().get(law)
            if facts and facts.note:
                yield Finding(YELLOW, where, f"《{law}》{facts.note}")
        for name in sorted(set(offices.unfilled(text, known))):
            yield Finding(YELLOW, where, f"待填：{name}")


def _figures(data: Path | None) -> Iterator[Finding]:
    """Numbers that hold for a time and that nobody has filled in for today."""
    for figure in figures.lacking(figures.load_figures(data), clock.today()):
        what = f"今天没有“{figure.title}”：待填进数据目录的 {figures.OWN}（{figure.law}）"
        yield Finding(YELLOW, f"figures/{figure.name}", what)


def _missing(topics: dict[str, repository.Topic], answers: dict[str, Answer]) -> Iterator[Finding]:
    for slug in topics:
        if slug not in answers:
            yield Finding(RED, slug, "这个主题没有答复")


def _citations(answer: Answer) -> Iterator[Finding]:
    named = set(citations.citations_in(answer.chat + answer.body))
    based = {cited for text in answer.facts.get("basis", []) for cited in citations.citations_in(text)}
    for cited in sorted(named | based, key=str):
        name = f"《{cited.law}》第{cited.article}条"
        if not citations.is_known(cited):
            yield Finding(RED, answer.slug, f"{name}查不到：法律名称或条号有误")
        elif cited in named and cited not in based:
            yield Finding(YELLOW, answer.slug, f"{name}没有列入依据")
    for text in answer.facts.get("basis", []):
        if not any(citations.citations_in(text)):
            yield Finding(RED, answer.slug, f"依据“{text}”看不懂：应写成《法律简称》第N条")
    for law in sorted({cited.law for cited in named | based}):
        facts = citations.laws().get(law)
        if facts and facts.note:
            yield Finding(YELLOW, answer.slug, f"《{law}》{facts.note}")


def _links(answer: Answer, answers: dict[str, Answer]) -> Iterator[Finding]:
    for slug in answer.related:
        if slug not in answers:
            yield Finding(RED, answer.slug, f"相关内容 {slug} 不存在")


def _upkeep(answer: Answer) -> Iterator[Finding]:
    if len(answer.chat) > CHAT_CHARACTERS:
        yield Finding(YELLOW, answer.slug, f"聊天里的话有 {len(answer.chat)} 个字，宜在 {CHAT_CHARACTERS} 字以内")
    if not answer.is_reviewed:
        yield Finding(YELLOW, answer.slug, "还没有律师审核（reviewed_by 为空）")
    for fact in answer.facts.get("to_verify", []):
        yield Finding(YELLOW, answer.slug, f"待核实：{fact}")
    if _days_since(str(answer.facts.get("checked_on", ""))) > STALE_DAYS:
        yield Finding(YELLOW, answer.slug, "超过一年没有核对条文（checked_on）")


def _days_since(day: str) -> float:
    try:
        return (clock.today() - clock.day(day)).days
    except ValueError:
        return math.inf


def _placeholders(answer: Answer, known: offices.Offices) -> Iterator[Finding]:
    words = answer.chat + "\n" + answer.body
    for name in sorted(set(offices.unfilled(words, known))):
        place, _, field = name.partition(".")
        level = YELLOW if place in known and field in offices.FIELDS else RED
        yield Finding(level, answer.slug, f"待填：{name}" if level == YELLOW else f"占位 {name} 写错了")
    for rest in sorted(set(_BRACES.findall(offices.PLACEHOLDER.sub("", words)))):
        yield Finding(RED, answer.slug, f"占位 {rest} 写错了")


def _wordings(session: Session) -> Iterator[Finding]:
    """Questions of the quiz whose article does not exist, in the texts that are held or else on the list."""
    books, own = citing.open_books(session), records.checked_texts(session)
    for question in repository.questions(session):
        if told := " ".join(citing.check(books, question.basis)):
            yield Finding(RED, question.key, f"题目的依据查不到：{told}")
        checked = own.get(question.key) or citing.listed_texts_of(question.basis)
        newer = citing.check_versions(books, question.basis, checked)
        for doubt in (*citing.doubts(books, question.basis), *newer):
            yield Finding(YELLOW, question.key, f"题目的依据：{doubt}")
