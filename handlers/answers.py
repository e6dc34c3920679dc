"""Topic → published material → Reply. Most topics need no other code."""

from collections.abc import Mapping, Sequence

from content import render
from content.offices import Offices, fill
from content.phrases import say
from content.repository import Answer, Shelf
from handlers.desk import Desk
from handlers.message import Reply

MOST_CHOICES = 4
STARTS = {"legal-aid/eligibility": "aid_start_words", "disclosure/request": "request_begin_again"}
"""Where a guided talk is about a topic: the phrase that begins it, offered below the topic's answer."""
TALK = "talk/"
"""What is said of the account itself has no number: only what can be wrong in law or fact has."""


def prepare(shelf: Shelf, offices: Offices, public_url: str) -> dict[str, Reply]:
    """The finished reply of every topic, made once so that answering is looking up."""
    return {slug: _reply(answer, shelf, offices, public_url, answer.related) for slug, answer in shelf.answers.items()}


def answer(desk: Desk, slug: str, also: str = "") -> Reply:
    """What is said on a topic; `also` is another topic the citizen seems to have named, offered first."""
    bureau = desk.bureau
    if not also or slug not in bureau.shelf.answers:
        return bureau.replies[slug]
    if (reply := bureau.offering.get((slug, also))) is None:
        found = bureau.shelf.answers[slug]
        related = [also, *(topic for topic in found.related if topic != also)]
        reply = bureau.offering[slug, also] = _reply(found, bureau.shelf, bureau.offices, bureau.public_url, related)
    return reply


def offer(desk: Desk, text: str, slugs: Sequence[str]) -> Reply:
    """A text with topics to choose from."""
    names = [desk.bureau.shelf.topics[slug].name for slug in slugs]
    return choices(text, names)


def choices(text: str, names: Sequence[str], links: Sequence[str] = ()) -> Reply:
    """A text, links, and numbered things to say next."""
    lines = [render.choice(f"{number} {name}", name, number) for number, name in enumerate(names, start=1)]
    return Reply(text=render.chat(text, [*links, *lines]), choices=tuple(names))


def page_url(public_url: str, slug: str) -> str:
    return f"{public_url}/h/answers/{slug}"


def _reply(found: Answer, shelf: Shelf, offices: Offices, public_url: str, related: Sequence[str]) -> Reply:
    names = [shelf.topics[slug].name for slug in related[:MOST_CHOICES] if slug in shelf.topics]
    if begins := STARTS.get(found.slug):
        is_second = related != found.related  # what else he seems to have named stands first
        names = [*names[:is_second], say(begins), *names[is_second:]][:MOST_CHOICES]
    links = [render.link(say("whole_page"), page_url(public_url, found.slug))] if public_url and found.body else []
    if found.number and not found.slug.startswith(TALK):
        links = [" ".join([*links, say("answer_number", number=found.number)])]
    return choices(fill(found.chat, offices), names, links)


def titles(shelf: Shelf) -> Mapping[str, str]:
    """An answer's title means its topic, too."""
    return {found.title: slug for slug, found in shelf.answers.items()}
