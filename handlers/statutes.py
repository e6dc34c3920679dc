""" "民法典1062条" → the article's text where the bureau has imported that law, else how to read it officially.

Never another article than the one asked for: 第133条之一 is not 第133条. What else the citizen wrote is offered below
as a topic to tap.
"""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from content import citations, law_names, render, repository
from content.citations import LawFacts, Lookup, article_name
from content.phrases import say
from handlers import answers
from handlers.desk import Desk
from handlers.message import Incoming, Reply

CONSTITUTION = "publicity/constitution-day"
OTHER_LAWS = "disclosure/regulations"
STORIES = ("matter/", "service/", "legal-aid/")
"""What a citizen may be telling of beside the article he asks for."""
SURE = 0.55
MOST_SUB = 9999
_ITEM = re.compile(r"^[（(][〇一-鿿]{1,3}[）)].*$", re.MULTILINE)


def look_up(incoming: Incoming, desk: Desk) -> Reply | None:
    """None where no article is asked for."""
    lookup = _lookup(incoming.text, desk)
    if lookup is None:
        return None
    also = desk.understood.second if desk.understood else ""
    if lookup.law and lookup.one_more:
        return _answer(lookup, desk, [f"{lookup.law.short}{article_name(*lookup.one_more)}"])
    names = [desk.bureau.shelf.topics[also].name] if also in desk.bureau.shelf.topics else []
    return _answer(lookup, desk, names)


def topic_of(words: str, desk: Desk) -> tuple[str, str] | None:
    """The topic a question for an article belongs to, and the one of what else was written; the second may be empty."""
    lookup = _lookup(words, desk)
    if lookup is None:
        return None
    is_constitution = lookup.law is not None and lookup.law.short in ("宪法", "宪法修正案")
    return CONSTITUTION if is_constitution else OTHER_LAWS, _story(lookup, desk)


def reasons(words: str, desk: Desk) -> list[str]:
    lookup = _lookup(words, desk)
    if lookup is None:
        return []
    law = f"《{lookup.law.short}》" if lookup.law else "没写名称"
    return [f"问的是法条：{law}第{lookup.article}条" + (f"之{lookup.sub}" if lookup.sub else "")]


def _lookup(words: str, desk: Desk) -> Lookup | None:
    if not citations.may_be_lookup(words):
        return None
    return citations.find_lookup(desk.bureau.ears.simplified(words), desk.bureau.shelf.laws)


def _story(lookup: Lookup, desk: Desk) -> str:
    if not lookup.rest.strip():
        return ""
    heard = desk.bureau.ears.hear(lookup.rest)
    return heard.topic if heard.topic.startswith(STORIES) and heard.confidence >= SURE else ""


def _answer(lookup: Lookup, desk: Desk, also: list[str]) -> Reply:
    asked = article_name(lookup.article, lookup.sub)
    if lookup.law is None:
        return Reply(text=say("law_which", article=asked))
    with desk.bureau.database.reading() as session:
        law, is_held = _as_imported(session, lookup.law)
        is_within = 1 <= lookup.article <= law.articles and lookup.sub <= MOST_SUB
        found = repository.find_law_article(session, law.short, lookup.article, lookup.sub) if is_within else None
    if found is None:
        return _told(_missing(lookup, law, is_held), [], also, lookup)
    head, text = _part(f"《{law.short}》{asked}", found.text, lookup)
    page = page_url(desk.bureau.public_url, law.short, lookup.article, lookup.sub)
    return _quoted(f"{head}\n\n{text}", law, page, also, lookup)


def _part(name: str, text: str, lookup: Lookup) -> tuple[str, str]:
    """The 款 and the 项 that is asked for with its name, or all there is and why."""
    if lookup.paragraph is not None:
        paragraphs = _paragraphs(text)
        if not 1 <= lookup.paragraph <= len(paragraphs):
            return say("law_no_such_paragraph", name=name, paragraphs=len(paragraphs)), text
        name, text = f"{name}第{citations.chinese(lookup.paragraph)}款", paragraphs[lookup.paragraph - 1]
    if lookup.item is None:
        return name, text
    items = _ITEM.findall(text)
    if not items:
        return say("law_has_no_items", name=name), text
    if not 1 <= lookup.item <= len(items):
        return say("law_no_such_item", name=name, items=len(items)), text
    lead = text.split("\n", 1)[0]
    return f"{name}第{citations.chinese(lookup.item)}项", f"{lead}\n{items[lookup.item - 1]}"


def page_url(public_url: str, short: str, number: int, sub: int) -> str:
    """Where the whole article stands; empty where there are no pages."""
    return f"{public_url}/h/laws/{render.path(short)}/{number}{f'-{sub}' if sub else ''}" if public_url else ""


def _missing(lookup: Lookup, law: LawFacts, is_held: bool) -> str:
    """Why the article cannot be shown, and where it can be read."""
    asked = article_name(lookup.article, lookup.sub)
    gone = law_names.replacement(law.short)
    if gone and not is_held:
        by = {"by": gone.by, "article": article_name(gone.article), "since": gone.since}
        return say("law_replaced", law=law.short, **by)
    if law.articles and not 1 <= lookup.article <= law.articles:
        return say("law_no_such_article", law=law.short, articles=law.articles, version=law.version)
    if is_held and lookup.sub:
        return say("law_no_such_sub", law=law.short, article=asked, version=law.version)
    is_known = bool(law.version) or law_names.is_on_list(law.short)
    return say("law_not_imported" if is_known else "law_unknown", name=f"《{law.short}》{asked}", title=law.title)


def _paragraphs(text: str) -> list[str]:
    """An article's 款: a line of its own each, together with its items (（一）, （二）…), which are 项."""
    return re.split(r"\n(?![（(][〇一-鿿]{1,3}[）)])", text)


def _as_imported(session: Session, law: LawFacts) -> tuple[LawFacts, bool]:
    """What the bureau has imported may be a newer version than the list knows; and whether it has imported any."""
    held = repository.find_law(session, law.short)
    last = repository.last_article(session, law.short) if held else None
    if held is None or last is None:
        return law, False
    effective = held.effective_on.isoformat()
    return replace(law, title=held.title, version=held.version, effective=effective, articles=last), True


def _quoted(text: str, law: LawFacts, page: str, also: list[str], lookup: Lookup) -> Reply:
    """The words of the law, or as much of them as a chat holds and where the rest is."""
    foot = say("law_foot", title=law.title, version=law.version, effective=law.effective)
    whole = _told(text, [foot], also, lookup)
    if text in whole.text:
        return whole
    if page:
        return _told(text, [say("law_shortened"), render.link(say("law_whole"), page), foot], also, lookup)
    return _told(text, [say("law_whole_elsewhere", title=law.title), foot], also, lookup)


def _told(text: str, lines: list[str], also: list[str], lookup: Lookup) -> Reply:
    """With what else he wrote of below, to be tapped."""
    why = say("law_one_more" if lookup.one_more else "law_also_about")
    return answers.choices(text, also, [*lines, why] if also else lines)
