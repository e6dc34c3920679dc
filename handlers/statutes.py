""" "民法典1062条" → the article's text where the bureau has imported that law, else how to read it officially."""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from content import citations, render, repository
from content.citations import LawFacts, Lookup
from content.phrases import say
from handlers.desk import Desk
from handlers.message import Incoming, Reply

CONSTITUTION = "publicity/constitution-day"
OTHER_LAWS = "disclosure/regulations"


def look_up(incoming: Incoming, desk: Desk) -> Reply | None:
    """None where no article is asked for."""
    lookup = _lookup(incoming.text, desk)
    return _answer(lookup, desk) if lookup else None


def topic_of(words: str, desk: Desk) -> str | None:
    """The topic a question for an article belongs to."""
    lookup = _lookup(words, desk)
    if lookup is None:
        return None
    return CONSTITUTION if lookup.law.short in ("宪法", "宪法修正案") else OTHER_LAWS


def reasons(words: str, desk: Desk) -> list[str]:
    lookup = _lookup(words, desk)
    return [f"问的是法条：《{lookup.law.short}》第{lookup.article}条"] if lookup else []


def _lookup(words: str, desk: Desk) -> Lookup | None:
    is_likely = "条" in words or "條" in words
    if not is_likely:
        return None
    return citations.find_lookup(desk.bureau.ears.simplified(words), desk.bureau.shelf.laws)


def _answer(lookup: Lookup, desk: Desk) -> Reply:
    with desk.bureau.database.reading() as session:
        law, number = _as_imported(session, lookup.law), lookup.article
        article = repository.find_law_article(session, law.short, number) if number <= law.articles else None
    if not 1 <= number <= law.articles:
        return Reply(text=say("law_no_such_article", law=law.short, articles=law.articles, version=law.version))
    name = f"《{law.short}》第{citations.chinese(number)}条"
    if article is None:
        return Reply(text=say("law_not_imported", name=name, title=law.title))
    paragraphs = _paragraphs(article.text)
    if lookup.paragraph is None:
        return _text(name, article.text, law)
    if not 1 <= lookup.paragraph <= len(paragraphs):
        return _text(say("law_no_such_paragraph", name=name, paragraphs=len(paragraphs)), article.text, law)
    return _text(f"{name}第{citations.chinese(lookup.paragraph)}款", paragraphs[lookup.paragraph - 1], law)


def _paragraphs(text: str) -> list[str]:
    """An article's 款: a line of its own each, together with its items (（一）, （二）…), which are 项."""
    return re.split(r"\n(?![（(][〇一-鿿]{1,3}[）)])", text)


def _as_imported(session: Session, law: LawFacts) -> LawFacts:
    """What the bureau has imported may be a newer version than the list knows."""
    held = repository.find_law(session, law.short)
    if held is None:
        return law
    articles = repository.last_article(session, law.short) or law.articles
    return replace(
        law, title=held.title, version=held.version, effective=held.effective_on.isoformat(), articles=articles
    )


def _text(head: str, text: str, law: LawFacts) -> Reply:
    foot = say("law_foot", title=law.title, version=law.version, effective=law.effective)
    return Reply(text=render.chat(f"{head}\n\n{text}", [foot]))
