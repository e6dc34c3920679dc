"""The catalogue as Atom (RFC 4287) and RSS 2.0, for those who follow along. Every address is absolute; what XML cannot
hold was left out when the words were kept.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree as Xml

from content.catalogue.categories import category_name, validity_name
from content.catalogue.shelf import Card
from content.phrases import say
from content.store import clock

ATOM = "http://www.w3.org/2005/Atom"
CONTENT_TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""When a catalogue that never held anything was changed: an Atom feed has to say."""
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Xml.register_namespace("atom", ATOM)


def written(form: str, cards: Sequence[Card], place: str, slug: str, changed_at: datetime | None) -> bytes:
    """`place`: where citizens reach the pages. The newest `cards` of the category, or of all where `slug` is empty."""
    write = _atom if form == "atom" else _rss
    root = write(cards, f"{place}/h/catalogue/", slug, changed_at or NEVER)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _title(slug: str) -> str:
    return say("catalogue_feed_of", name=category_name(slug)) if slug else say("catalogue_feed")


def _paths(slug: str, form: str) -> tuple[str, str]:
    """(of the page, of the feed), below the catalogue."""
    page = f"{slug}/" if slug else ""
    return page, f"{page}feed.{form}"


def _atom(cards: Sequence[Card], here: str, slug: str, changed_at: datetime) -> Xml.Element:
    page, own = _paths(slug, "atom")
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _put(feed, "id", here + own)
    _put(feed, "title", _title(slug))
    _put(feed, "updated", changed_at.isoformat())
    Xml.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": here + own})
    Xml.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": here + page})
    _put(Xml.SubElement(feed, "author"), "name", say("catalogue_feed_author"))
    for card in cards:
        entry = Xml.SubElement(feed, "entry")
        _put(entry, "id", f"{here}{card.id}")
        _put(entry, "title", card.title)
        Xml.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{here}{card.id}"})
        _put(entry, "published", _midnight(card.published_on).isoformat())
        _put(entry, "updated", card.changed_at.isoformat())
        Xml.SubElement(entry, "category", {"term": card.category, "label": category_name(card.category)})
        _put(entry, "summary", _summary(card))
    return feed


def _rss(cards: Sequence[Card], here: str, slug: str, changed_at: datetime) -> Xml.Element:
    page, own = _paths(slug, "rss")
    root = Xml.Element("rss", {"version": "2.0"})
    channel = Xml.SubElement(root, "channel")
    _put(channel, "title", _title(slug))
    _put(channel, "link", here + page)
    _put(channel, "description", _title(slug))
    _put(channel, "language", "zh-cn")
    _put(channel, "lastBuildDate", format_datetime(changed_at))
    Xml.SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "type": "application/rss+xml", "href": here + own})
    for card in cards:
        item = Xml.SubElement(channel, "item")
        _put(item, "title", card.title)
        _put(item, "link", f"{here}{card.id}")
        _put(item, "guid", f"{here}{card.id}").set("isPermaLink", "true")
        _put(item, "category", category_name(card.category))
        _put(item, "pubDate", format_datetime(_midnight(card.published_on)))
        _put(item, "description", _summary(card))
    return root


def _summary(card: Card) -> str:
    """What the lists on the pages say, in one line."""
    facts = [card.index_number, card.document_number, validity_name(card.validity)]
    return " · ".join(part for part in (*facts, card.abstract) if part)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BEIJING)


def _put(parent: Xml.Element, name: str, text: str) -> Xml.Element:
    made = Xml.SubElement(parent, name)
    made.text = _NOT_XML.sub("", text)
    return made
