"""Laws and articles that questions name, against the texts the bureau has imported and, where there is none, the
library's list; and whether a text has become newer since a question was checked with it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import citations, law_names
from content.citations import Citation, LawFacts, article_name
from content.models import Law, LawArticle
from content.questions import grounds

_OF_A_PLACE = re.compile(r"[一-鿿]{2,}(?:省|市|自治区|县|区)[一-鿿（）]+(?:条例|办法|规定|规则|细则|决定)")
Checked = Mapping[str, str]
"""Law → version and first day of the text with which a question was checked: "2018年修正 2018-03-11"."""


@dataclass(frozen=True)
class Books:
    """All that citations can be held against, read once for many questions."""

    held: dict[str, Law] = field(default_factory=dict)
    """Imported laws by each of their names."""
    articles: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    """Of an imported law, by its short name."""

    @property
    def is_empty(self) -> bool:
        return not self.held

    def names(self) -> set[str]:
        return {*self.held, *citations.laws()}


def open_books(session: Session) -> Books:
    held: dict[str, Law] = {}
    for law in session.scalars(select(Law)).all():
        listed = citations.laws().get(law.short)
        bare = law.title.removeprefix(law_names.FULL)
        held |= dict.fromkeys((law.short, law.title, bare, *(listed.aliases if listed else ())), law)
    articles: dict[str, set[tuple[int, int]]] = defaultdict(set)
    query = select(LawArticle.law_short, LawArticle.number, LawArticle.sub)
    for short, number, sub in session.execute(query).all() if held else ():
        articles[short].add((number, sub))
    return Books(held, articles)


def check(books: Books, basis: list[str]) -> Iterator[str]:
    """What is the matter with the citations of a question, a sentence each."""
    if not basis:
        yield "没有写依据：请写法律和条，例如《宪法》第三十三条。"
    for text in basis:
        cited = list(citations.citations_in(text))
        if not cited and not grounds.is_preamble(text):
            yield f"依据“{text}”看不懂：请写法律和条，例如《宪法》第三十三条。"
        for one in cited:
            yield from _check(books, one)


def _check(books: Books, cited: Citation) -> Iterator[str]:
    name = f"《{cited.law}》{article_name(cited.article, cited.sub)}"
    law, listed = books.held.get(cited.law), citations.laws().get(cited.law)
    if law is not None:
        places = books.articles.get(law.short, set())
        if (cited.article, cited.sub) not in places:
            last = max((number for number, _ in places), default=0)
            yield f"{name}不存在：库里的《{law.short}》（{law.version}）共 {last} 条，请核对条号。"
    elif listed is not None:
        if not citations.is_known(cited):
            yield f"{name}不存在：《{listed.short}》共 {listed.articles} 条，请核对条号。"
    elif not _may_exist(cited.law):
        near = get_close_matches(cited.law, [known for known in books.names() if len(known) < 30], 1, 0.8)
        meant = f"是不是《{near[0]}》？" if near else ""
        how = "名称没有写错的，请先导入它的条文（pufa content import）。"
        yield f"没有叫《{cited.law}》的法律可核对：{meant}{how}"


def doubts(books: Books, basis: list[str]) -> Iterator[str]:
    """Laws that there are, but of which nothing is here to be looked up."""
    for law in not_held(books, basis):
        if law not in citations.laws() and _may_exist(law):
            yield f"没有《{law}》的条文，没有核对条号：请对照国家法律法规数据库，或先导入它的条文。"


def _may_exist(name: str) -> bool:
    """By its name alone: a law of the nation that is on the list of names, or a regulation of a place."""
    return law_names.is_on_list(name) or _OF_A_PLACE.fullmatch(name) is not None


def texts_of(books: Books, basis: list[str]) -> dict[str, str]:
    """With which texts these citations are checked today."""
    return {law: version for law in _laws_in(basis) if (version := _version(books, law))}


def listed_texts_of(basis: list[str]) -> dict[str, str]:
    """With which texts the library's own questions were checked."""
    return texts_of(Books(), basis)


def check_versions(books: Books, basis: list[str], checked: Checked) -> Iterator[str]:
    """A text is held that is another than the one with which the question was checked."""
    for law in _laws_in(basis):
        held, before = books.held.get(law), checked.get(law)
        if held is None or before is None:
            continue
        version, _, since = before.rpartition(" ")
        effective = held.effective_on.isoformat()
        if effective > since:
            yield f"《{law}》已有新的文本（{held.version}，{effective} 起施行），题目是按{version}核对的：请重新核对。"
        elif effective < since:
            yield f"库里的《{law}》是旧的文本（{held.version}），题目是按{version}核对的：请导入新的文本。"


def not_held(books: Books, basis: list[str]) -> list[str]:
    """Laws of these citations whose text has not been imported."""
    return sorted(law for law in _laws_in(basis) if law not in books.held)


def _laws_in(basis: list[str]) -> list[str]:
    return list(dict.fromkeys(cited.law for text in basis for cited in citations.citations_in(text)))


def _version(books: Books, name: str) -> str:
    if law := books.held.get(name):
        return f"{law.version} {law.effective_on.isoformat()}"
    facts: LawFacts | None = citations.laws().get(name)
    return f"{facts.version} {facts.effective}" if facts else ""
