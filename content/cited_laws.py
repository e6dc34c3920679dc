"""Every 《法》第N条 of a text against what we know of laws: the library's list, and the texts that the bureau has
imported. Facts only: whether an article says what the text claims is for a lawyer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import citations
from content.citations import LawFacts, number_of
from content.models import Law, LawArticle
from content.store import clock
from content.watch_words import RED, YELLOW, library

_NAME = re.compile(r"(原)?《([^《》\n]{2,60})》(?:（[^（）\n]{1,20}）|\([^()\n]{1,20}\))?")
_NUMBER = r"[〇○零一二两三四五六七八九十百千\d]{1,12}"
_ARTICLE = re.compile(rf"(?:[^。；！？《》\n第]|第{_NUMBER}[款项目]){{0,8}}第({_NUMBER})条")
_LAW_LIKE = re.compile(r"(法|法典|条例|修正案)$")
_ENDED = re.compile(r"废止|失效")
_PREFIX = "中华人民共和国"


@dataclass(frozen=True, slots=True)
class CitedLaw:
    """One fault; `key` names it, whoever reads it."""

    start: int
    level: str
    key: str
    sentence: str


def check_laws(session: Session, text: str) -> Iterator[CitedLaw]:
    known = _known(session, text)
    for found in _NAME.finditer(text):
        name = re.sub(r"\s", "", found[2])
        articles = list(_articles(text, found.end()))
        yield from _check(found.start(), name, articles, known, is_past=bool(found[1]))


def _articles(text: str, place: int) -> Iterator[int]:
    """第一条、第三条和第五条: all numbers that follow the name at once."""
    while found := _ARTICLE.match(text, place):
        yield number_of(found[1])
        place = found.end()


def _check(start: int, name: str, articles: list[int], known: dict[str, LawFacts], is_past: bool) -> Iterator[CitedLaw]:
    short = name.removeprefix(_PREFIX)
    if (ended := library().repealed.get(short)) and not is_past:
        level = RED if articles else YELLOW
        yield CitedLaw(start, level, f"law:{short}", f"《{short}》已经废止（{ended.by}）：请改用现行规定。")
        return
    facts = known.get(name) or known.get(short)
    if facts is None:
        if articles:
            yield CitedLaw(start, YELLOW, f"law:{short}", _unknown(short, known))
        elif _LAW_LIKE.search(short) and (meant := _meant(short, known)):
            yield CitedLaw(start, YELLOW, f"law:{short}", f"《{short}》像是写错了：是不是《{meant}》？请核对。")
        return
    yield from _check_known(start, short, articles, facts)


def _check_known(start: int, name: str, articles: list[int], facts: LawFacts) -> Iterator[CitedLaw]:
    for number in articles:
        if facts.articles and not 1 <= number <= facts.articles:  # 0: how many it has is not known
            yield CitedLaw(
                start, RED, f"law:{facts.short}:{number}",
                f"《{name}》（{facts.version}）共 {facts.articles} 条，没有第 {number} 条：请核对条号。",
            )  # fmt: skip
    if _ENDED.search(facts.note):
        yield CitedLaw(start, RED, f"law:{facts.short}", f"《{name}》{facts.note}：请改用现行规定。")
    elif facts.note and articles:
        yield CitedLaw(start, YELLOW, f"law:{facts.short}", f"《{name}》：{facts.note}，请核对。")
    elif facts.effective > clock.today().isoformat():
        sentence = f"《{name}》（{facts.version}）自 {facts.effective} 起施行，现在还没有施行：请写明。"
        yield CitedLaw(start, YELLOW, f"law:{facts.short}", sentence)
    if name in facts.aliases and name not in facts.title:  # also what citizens call it by mistake
        yield CitedLaw(start, YELLOW, f"law:{name}", f"《{name}》是俗称：书名号里宜写《{facts.short}》。")


def _unknown(name: str, known: dict[str, LawFacts]) -> str:
    if meant := _meant(name, known):
        return f"没有《{name}》的条文可核对：是不是《{meant}》？请核对名称和条号。"
    return f"没有《{name}》的条文可核对：请对照国家法律法规数据库核对名称和条号。"


def _meant(name: str, known: dict[str, LawFacts]) -> str:
    return next(iter(get_close_matches(name, [key for key in known if len(key) < 30], 1, 0.8)), "")


def _known(session: Session, text: str) -> dict[str, LawFacts]:
    """Laws by each name; where the bureau has imported a text, that text counts."""
    known = dict(citations.laws())
    if "《" not in text:
        return known
    last = select(LawArticle.law_short, func.max(LawArticle.number)).group_by(LawArticle.law_short)
    articles: dict[str, int] = dict(session.execute(last).all())
    for law in session.scalars(select(Law)).all():
        listed = citations.laws().get(law.short)
        facts = LawFacts(
            law.short, law.title, law.version, law.effective_on.isoformat(), articles.get(law.short, 0),
            listed.aliases if listed else (), listed.note if listed else "",
        )  # fmt: skip
        known |= dict.fromkeys((law.short, law.title, law.title.removeprefix(_PREFIX), *facts.aliases), facts)
    return known
