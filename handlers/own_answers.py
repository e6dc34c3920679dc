"""What the bureau answers beyond the closed list of topics: written by one, approved by another, heard from then on by
the words that people used. Where anything else is understood, that goes first (handlers/understanding).

A draft is a revision that nobody sees; its approval is a new one that names both.
"""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from content import articles, citations, repository
from content.importers.library import Wording
from content.inspection import CHAT_CHARACTERS
from content.models import Keyword, Material, MaterialKind, Revision
from content.phrases import say
from content.render import TITLE_CHARACTERS
from content.repository import OWN
from content.staff import NotAllowed
from content.store import clock
from content.store.db import take_turns

ORIGIN = "console"


def slug_of(number: int) -> str:
    """Of the answer to this gathering of misses."""
    return f"{OWN}miss-{number}"


def draft(session: Session, slug: str, by: str, title: str, chat: str) -> Revision:
    """Raises NotAllowed where it says nothing, too much, or names an article that does not exist."""
    title, chat = " ".join(title.split()), chat.replace("\r\n", "\n").strip()
    if not title or len(title) > TITLE_CHARACTERS or not chat or len(chat) > CHAT_CHARACTERS:
        raise NotAllowed(say("own_answer_wanted", title=TITLE_CHARACTERS, most=CHAT_CHARACTERS))
    cited = sorted(set(citations.citations_in(chat)), key=str)
    for one in cited:
        if not citations.is_known(one):
            raise NotAllowed(say("own_answer_no_law", law=one.law, article=one.article))
    basis = [f"《{one.law}》第{one.article}条" for one in cited]
    return _put(session, slug, title, chat, {"basis": basis, "related": [], "drafted_by": by}, by)


def latest(session: Session, slug: str) -> Revision | None:
    material = repository.find_material(session, MaterialKind.ANSWER, slug)
    return articles.latest_revision(session, material.id) if material else None


def is_writer(session: Session, slug: str, name: str) -> bool:
    """Whether he had a hand in it: then another one approves."""
    found = latest(session, slug)
    return found is not None and name in articles.writers(session, [found.id])


def approve(session: Session, slug: str, by: str, words: list[str]) -> Revision:
    """From now on it is the answer to these words. Raises NotAllowed."""
    found = latest(session, slug)
    if found is None:
        raise NotAllowed(say("miss_changed"))
    if is_writer(session, slug, by):
        raise NotAllowed(say("miss_by_another"))
    facts = {**found.facts, "reviewed_by": by, "checked_on": clock.today().isoformat()}
    revision = _put(session, slug, found.title, found.chat, facts, "")
    material = revision.material
    material.current_revision_id, material.published_at = revision.id, material.published_at or clock.now()
    session.add_all(Keyword(word=word, topic=slug) for word in words)
    session.flush()
    repository.touch_content(session)
    return revision


def withdraw(session: Session, slug: str) -> None:
    """Nobody is answered with it any more; the wording stays, to be written on."""
    material = repository.find_material(session, MaterialKind.ANSWER, slug)
    if material is None or material.current_revision_id is None:
        return
    material.current_revision_id = None
    session.execute(delete(Keyword).where(Keyword.topic == slug))
    session.flush()
    repository.touch_content(session)


def _put(session: Session, slug: str, title: str, chat: str, facts: dict[str, Any], by: str) -> Revision:
    take_turns(session, f"answer:{slug}")
    wording = Wording(title=title, chat=chat, facts=facts)
    material = repository.find_material(session, MaterialKind.ANSWER, slug)
    if material is None:
        material = Material(kind=MaterialKind.ANSWER, slug=slug)
        session.add(material)
        session.flush()
    before = articles.latest_revision(session, material.id)
    revision = Revision(
        material=material, number=before.number + 1 if before else 1, title=title, chat=chat, body="", facts=facts,
        content_hash=wording.content_hash, origin=ORIGIN, written_by=by, created_at=clock.now(),
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision
