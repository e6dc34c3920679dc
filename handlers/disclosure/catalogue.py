"""The catalogue in the chat: what is newest on a topic, a search, one entry. One read of the database at most: what is
newest, and what words find, is known in memory.
"""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from content import render
from content.catalogue import shelf
from content.catalogue.categories import (
    categories,
    category_of,
    category_of_topic,
    searched_topics,
    validity_name,
)
from content.catalogue.models import CatalogueEntry, Validity
from content.catalogue.shelf import Card
from content.offices import fill
from content.phrases import say
from handlers import answers
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply

TOPIC = "disclosure/catalogue"
REQUEST = "disclosure/request"
TOPICS = (TOPIC, *category_of_topic(), *searched_topics())
FOUND, BESIDE = 5, 3
"""Entries in a list of their own, and below an answer."""
TITLE_SIGNS, WORDS_SIGNS, ABSTRACT_SIGNS = 44, 20, 260
_SEARCH = re.compile(
    r"\s*(?:请?(?:帮我)?(?:我?(?:想|要))?(?:查|搜索?|找|看)一?下?)\s*(?:一下)?(?:信息)?(?:公开)?目录[里中]?\s*[：:，,]?\s*(?P<a>.*)"
    r"|\s*(?:信息)?(?:公开)?目录[里中]?(?:查|搜索?|找|有没有)一?下?\s*[：:，,]?\s*(?P<b>.+)",
    re.DOTALL,
)
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{2,12}\s*[〔\[(（【]\s*\d{4}\s*[〕\])）】]\s*第?\d{1,5}\s*号")
_INDEX_NUMBER = re.compile(r"(?=\S*[^\d\s])(?=\S*\d)[0-9A-Za-z/_.·〔〕（）()\-－]{4,64}")
"""As entries have them, with a digit and something else: what none of them has is no such number."""
_ASKING = re.compile(
    r"(?:信息|政府)?公开目录|目录|请问|想|看看?|查查?|找找?|搜索?|有没有|有哪些|哪些|哪里|在哪|怎么|什么|你们|咱们|我们?|他们|"
    r"司法局|局里|单位|发布?过?的|出台的?|公开的?|最新|最近|关于|相关|有关|一下|给|要|了解|的|吗|呢|啊|吧|了|那个|这个|能|可以|不"
)
_MARKS = re.compile(r"[#*_>`|\[\]]+|\(https?://\S*?\)|!\[.*?\]")


def is_plain(text: str, desk: Desk) -> bool:
    """A search of the catalogue by its name, or the number of a document or of an entry and nothing else."""
    if not len(desk.bureau.catalogue):
        return False
    found, alone = _SEARCH.fullmatch(text), text.strip(" 。.?？《》“”\n")
    if (found and _words_of(found)) or _DOCUMENT_NUMBER.fullmatch(alone):
        return True
    return bool(_INDEX_NUMBER.fullmatch(alone) and desk.bureau.catalogue.named(alone))


def asked(incoming: Incoming, desk: Desk) -> Reply:
    """What is newest, what his words find, or the entry he names; without entries what is said on the topic."""
    topic = desk.understood.topic if desk.understood else TOPIC
    bureau = desk.bureau
    if not len(bureau.catalogue):
        return answers.answer(desk, topic)
    if is_plain(incoming.text, desk):
        found = _SEARCH.fullmatch(incoming.text)
        return _search(_words_of(found) if found else incoming.text, desk)
    category = category_of_topic().get(topic, "")
    words = searched_topics().get(topic) or _ASKING.sub(" ", bureau.ears.plain(incoming.text)).strip()
    is_about_all = topic not in searched_topics() and (not words or category_of(words) == category)
    numbers = [] if is_about_all else bureau.catalogue.search(words, category)
    if numbers:
        with bureau.database.reading() as session:
            cards = shelf.cards(session, numbers[:BESIDE])
        return _beside(desk, topic, say("catalogue_also"), cards, category)
    if topic in searched_topics():
        return answers.answer(desk, topic)
    return _beside(
        desk, topic, say("catalogue_newest"), list(bureau.catalogue.newest.get(category, ()))[:BESIDE], category
    )


def _words_of(found: re.Match[str]) -> str:
    return (found["a"] or found["b"] or "").strip(" 。.?？！!“”\"'\n")


def _search(words: str, desk: Desk) -> Reply:
    bureau, told = desk.bureau, render.harmless(words[:WORDS_SIGNS])
    named = bureau.catalogue.named(words)
    numbers = named or bureau.catalogue.search(bureau.ears.simplified(words))
    with bureau.database.reading() as session:
        if len(named) == 1:
            entry = shelf.find_shown(session, named[0])
            return _one(entry, bureau) if entry and not entry.withdrawn_at else _none(told, desk)
        cards = shelf.cards(session, numbers[:FOUND])
    if not cards:
        return _none(told, desk)
    request = desk.bureau.shelf.topics[REQUEST].name
    head = say("catalogue_found", words=told, count=len(numbers))
    if len(numbers) > FOUND * 20:
        head = say("catalogue_found_many", words=told)
    links = _links(say("catalogue_all_found"), bureau, f"search?{urlencode({'q': words[:WORDS_SIGNS]})}")
    return _listed(head, cards, links if len(numbers) > FOUND else [], [request])


def _none(told: str, desk: Desk) -> Reply:
    text = say("catalogue_too_short") if len(told) < 2 else say("catalogue_none", words=told)
    return answers.choices(text, [desk.bureau.shelf.topics[REQUEST].name])


def _beside(desk: Desk, topic: str, head: str, cards: Sequence[Card], category: str) -> Reply:
    """Entries below what is said on the topic."""
    bureau = desk.bureau
    if not cards:
        return answers.answer(desk, topic)
    found = bureau.shelf.answers[topic]
    names = [bureau.shelf.topics[slug].name for slug in found.related if slug in bureau.shelf.topics][:1]
    path = f"{category}/" if category in categories() else ""
    links = _links(say("catalogue_all", count=bureau.catalogue.count(category)), bureau, path)
    if bureau.public_url and found.body:
        links.append(render.link(say("whole_page"), answers.page_url(bureau.public_url, topic)))
    text = fill(found.chat, bureau.offices)
    if topic == TOPIC:
        text = f"{text}\n{say('catalogue_how_to_search')}"
    return _listed(text, cards, links, names, head)


def _listed(text: str, cards: Sequence[Card], links: Sequence[str], names: Sequence[str], head: str = "") -> Reply:
    says = [say("catalogue_show_says", number=card.index_number) for card in cards]
    labels = [f"{card.title[:TITLE_SIGNS]}（{card.published_on:%Y.%m.%d}）" for card in cards]
    pairs = [*zip(labels, says, strict=True), *((name, name) for name in names)]
    lines = [render.choice(f"{place} {label}", words, place) for place, (label, words) in enumerate(pairs, start=1)]
    return Reply(
        text=render.chat(text, [*([head] if head else []), *lines, *links]), choices=tuple(words for _, words in pairs)
    )


def _one(entry: CatalogueEntry, bureau: Bureau) -> Reply:
    facts = [say("catalogue_index_number", number=entry.index_number)]
    if entry.document_number:
        facts.append(say("catalogue_document_number", number=entry.document_number))
    if entry.issued_on:
        facts.append(say("catalogue_issued_on", day=_day(entry.issued_on)))
    if entry.published_on:
        facts.append(say("catalogue_published_on", day=_day(entry.published_on)))
    facts.append(_validity(entry.validity))
    abstract = entry.abstract or _MARKS.sub("", entry.body)
    told = say("catalogue_entry", title=entry.title, facts="\n".join(facts), abstract=_shortened(abstract))
    links = _links(say("catalogue_whole"), bureau, str(entry.id))
    if entry.url and (not entry.body or not links):
        links = [render.link(say("catalogue_source"), entry.url), *links]
    return Reply(text=render.chat(render.harmless(told), links))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _validity(validity: str) -> str:
    told = say("catalogue_validity", name=validity_name(validity))
    if validity == Validity.UNCHECKED:
        return f"{told}。{say('catalogue_unchecked')}"
    if validity != Validity.VALID:
        return f"{told}。{say('catalogue_not_valid', name=validity_name(validity))}"
    return told


def _shortened(text: str) -> str:
    return text if len(text) <= ABSTRACT_SIGNS else f"{text[:ABSTRACT_SIGNS].rstrip()}……"


def _links(label: str, bureau: Bureau, path: str) -> list[str]:
    return [render.link(label, f"{bureau.public_url}/h/catalogue/{path}")] if bureau.public_url else []
