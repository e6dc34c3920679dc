"""Every query over what the bureau has written, and the shelf: published answers held in memory for the hot path.

A worker reads the shelf once and again when the store's number has changed (`changed_since`). Nothing here decides
what to say; it only knows what there is.
"""

import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from content.citations import LawFacts, laws
from content.models import Keyword, Law, LawArticle, Mark, Material, MaterialKind, Question, Revision
from content.phrases import LIBRARY
from content.store import clock
from content.store.db import take_turns


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the account says on a topic; placeholders unfilled."""

    slug: str
    title: str
    chat: str
    body: str
    facts: dict[str, Any]
    number: int = 0
    """Of this wording, by which a citizen says that it is wrong; 0 where it has none."""

    @property
    def related(self) -> list[str]:
        return list(self.facts.get("related", []))

    @property
    def is_reviewed(self) -> bool:
        return bool(self.facts.get("reviewed_by"))


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """What a list shows of a published article."""

    slug: str
    title: str
    digest: str
    category: str
    source_url: str
    published_at: datetime | None


@dataclass(frozen=True)
class Shelf:
    """All that is needed to answer without asking the database."""

    version: str
    topics: dict[str, Topic]
    answers: dict[str, Answer]
    keywords: dict[str, str]
    """The bureau's own words for a topic, on top of the library's."""
    laws: dict[str, LawFacts] = field(default_factory=dict)
    """Imported laws that are not on the library's list, by each of their names."""


OWN = "own/"
"""Slugs of what the bureau has answered on its own beyond the closed list; they are heard by their words alone."""


@cache
def topics() -> dict[str, Topic]:
    """The closed list of what citizens ask, by slug."""
    entries = tomllib.loads((LIBRARY / "topics.toml").read_text(encoding="utf-8"))["topic"]
    return {entry["slug"]: Topic(entry["slug"], entry["name"]) for entry in entries}


def load_shelf(session: Session) -> Shelf:
    version = content_version(session)
    rows = session.execute(_current(MaterialKind.ANSWER)).all()
    answers = {
        slug: Answer(slug, revision.title, revision.chat, revision.body, dict(revision.facts), revision.id)
        for slug, _, revision in rows
    }
    keywords = {word.word: word.topic for word in session.scalars(select(Keyword)).all()}
    own = {slug: Topic(slug, found.title) for slug, found in answers.items() if slug.startswith(OWN)}
    return Shelf(version, {**topics(), **own}, answers, keywords, _further_laws(session))


def _further_laws(session: Session) -> dict[str, LawFacts]:
    found: dict[str, LawFacts] = {}
    for law in imported_laws(session).values():
        if law.short not in laws():
            last = last_article(session, law.short) or 0
            facts = LawFacts(law.short, law.title, law.version, law.effective_on.isoformat(), last, (), "")
            found |= dict.fromkeys((law.short, law.title, law.title.removeprefix("中华人民共和国")), facts)
    return found


def content_version(session: Session) -> str:
    """A number that grows with every change of what may be said."""
    return session.scalar(select(Mark.value).where(Mark.name == "content")) or "0"


def touch_content(session: Session) -> None:
    """To be called by whoever changes what may be said."""
    take_turns(session, "content")  # two changes at once must not end up with the same number
    set_mark(session, "content", str(int(content_version(session)) + 1))


def get_mark(session: Session, name: str) -> str:
    return session.scalar(select(Mark.value).where(Mark.name == name)) or ""


def set_mark(session: Session, name: str, value: str) -> None:
    changed = session.execute(update(Mark).where(Mark.name == name).values(value=value))
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        session.add(Mark(name=name, value=value))
        session.flush()


def note_machine(session: Session, name: str) -> None:
    """This machine works with this store today."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    set_mark(session, f"machine:{digest}", f"{clock.today().isoformat()} {name[:100]}")


def machines(session: Session) -> list[str]:
    """Names of the machines that have worked with this store today or yesterday."""
    since = (clock.today() - timedelta(days=1)).isoformat()
    values = session.scalars(select(Mark.value).where(Mark.name.like("machine:%"))).all()
    return sorted(value.split(" ", 1)[1] for value in values if value[:10] >= since)


def find_material(session: Session, kind: MaterialKind, slug: str) -> Material | None:
    return session.scalar(select(Material).where(Material.kind == kind, Material.slug == slug))


def current_revision(session: Session, kind: MaterialKind, slug: str) -> Revision | None:
    found = session.execute(_current(kind).where(Material.slug == slug)).first()
    return found[2] if found else None


def own_topics(session: Session) -> dict[str, Topic]:
    """What citizens can ask beyond the closed list, because the bureau has answered it."""
    rows = session.execute(_current(MaterialKind.ANSWER).where(Material.slug.startswith(OWN))).all()
    return {slug: Topic(slug, revision.title) for slug, _, revision in rows}


def latest_articles(session: Session, limit: int | None = None, offset: int = 0) -> list[ArticleCard]:
    """Newest first; all of them where no limit is given."""
    query = (
        select(
            Material.slug, Revision.title, Revision.digest, Revision.category, Revision.source_url,
            Material.published_at,
        )
        .join(Revision, Revision.id == Material.current_revision_id)
        .where(Material.kind == MaterialKind.ARTICLE)
        .order_by(Material.published_at.desc(), Material.id.desc())
    )  # fmt: skip
    return [ArticleCard(*row) for row in session.execute(query.limit(limit).offset(offset)).all()]


def find_law_article(session: Session, law_short: str, number: int, sub: int = 0) -> LawArticle | None:
    """第N条之M has the number N and the sub M."""
    return session.get(LawArticle, (law_short, number, sub))


def find_law(session: Session, law_short: str) -> Law | None:
    return session.get(Law, law_short)


def last_article(session: Session, law_short: str) -> int | None:
    """The highest number among a law's imported articles."""
    return session.scalar(select(func.max(LawArticle.number)).where(LawArticle.law_short == law_short))


def imported_laws(session: Session) -> dict[str, Law]:
    return {law.short: law for law in session.scalars(select(Law)).all()}


def questions(session: Session, subject: str | None = None) -> list[Question]:
    """The bank, or one subject of it, without what was retired, in a stable order."""
    asked = select(Question).where(Question.retired.is_(False)).order_by(Question.key)
    if subject is not None:
        asked = asked.where(Question.subject == subject)
    return list(session.scalars(asked).all())


def questions_by_key(session: Session) -> dict[str, Question]:
    """The whole bank, with what was retired: papers may still hold it."""
    return {question.key: question for question in session.scalars(select(Question)).all()}


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _current(kind: MaterialKind) -> Select[str, datetime | None, Revision]:
    return (
        select(Material.slug, Material.published_at, Revision)
        .join(Revision, Revision.id == Material.current_revision_id)
        .where(Material.kind == kind)
    )


def published_articles(session: Session) -> list[tuple[str, datetime | None, Revision]]:
    """(slug, when, words) of every published article."""
    return [(slug, at, revision) for slug, at, revision in session.execute(_current(MaterialKind.ARTICLE)).all()]
