"""Articles as staff write them: drafts, their history, and nobody overwriting another's work unnoticed.

A draft is a new revision that citizens do not see; what makes it seen is its publication. Never decides who may write:
that is asked before.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from content.difference import Line, difference
from content.importers.library import Wording
from content.models import Material, MaterialKind, Revision
from content.repository import find_material
from content.store import clock
from content.store.db import take_turns

MOST = {"title": 64, "author": 32, "digest": 256, "category": 32, "source_url": 1024, "body": 200_000}
"""What the store has room for; WeChat's own, smaller limits are told by the proofreading."""
_NAMES = {
    "title": "标题", "author": "作者", "digest": "摘要", "category": "栏目", "source_url": "原文链接", "body": "正文",
}  # fmt: skip


class Overwritten(Exception):
    """Somebody else has saved meanwhile; the message names him and when. `number` is that of his revision."""

    def __init__(self, revision: Revision) -> None:
        self.by, self.at, self.number = revision.written_by, revision.created_at, revision.number
        super().__init__(
            f"{self.by or '程序'} 在 {clock.in_beijing(self.at):%m月%d日 %H:%M} 已经保存了第 {self.number} 版："
            "你的修改没有覆盖它，请先看两边的差别，再决定怎样合并。"
        )


class NotSaved(Exception):
    """The words cannot be kept as they are; the message says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows of an article: its newest wording."""

    material_id: int
    slug: str
    revision_id: int
    number: int
    title: str
    category: str
    written_by: str
    changed_at: datetime
    published_at: datetime | None
    has_newer_draft: bool
    """There is a newer wording than the one that citizens see."""


def save_draft(
    session: Session,
    slug: str | None,
    *,
    title: str,
    body: str,
    by: str,
    base_number: int,
    author: str = "",
    digest: str = "",
    category: str = "",
    source_url: str = "",
    cover: str = "",
) -> Revision:
    """The new revision, or the newest where nothing has changed. `slug`: None for a new article; `base_number`: of the
    revision that the writer had before him, 0 for none. Raises Overwritten, NotSaved.
    """
    words = {"title": title, "author": author, "digest": digest, "category": category, "source_url": source_url}
    words = {name: _clean(value).replace("\n", " ").strip() for name, value in words.items()}
    words["body"] = _clean(body).strip()
    _check(words)
    wording = Wording(facts={"cover": cover} if cover else {}, **words)
    material = _open(session, slug)
    latest = latest_revision(session, material.id)
    if latest and latest.content_hash == wording.content_hash:
        return latest
    if latest and latest.number != base_number:
        raise Overwritten(latest)
    revision = Revision(
        material_id=material.id, number=latest.number + 1 if latest else 1, chat="", facts=wording.facts or {},
        content_hash=wording.content_hash, origin="console", written_by=by, created_at=clock.now(), **words,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision


def new_slug() -> str:
    return f"article/{clock.today().year}/{secrets.token_hex(4)}"


def find_article(session: Session, slug: str) -> Material | None:
    return find_material(session, MaterialKind.ARTICLE, slug)


def latest_revision(session: Session, material_id: int) -> Revision | None:
    return session.scalar(
        select(Revision).where(Revision.material_id == material_id).order_by(Revision.number.desc()).limit(1)
    )


def find_revision(session: Session, material_id: int, number: int) -> Revision | None:
    return session.scalar(select(Revision).where(Revision.material_id == material_id, Revision.number == number))


def history(session: Session, material_id: int) -> list[Revision]:
    """Newest first."""
    query = select(Revision).where(Revision.material_id == material_id).order_by(Revision.number.desc())
    return list(session.scalars(query).all())


def listing(session: Session, words: str = "", limit: int = 50, offset: int = 0) -> list[Listed]:
    """Articles by their newest wording, last changed first; `words` must stand in the title."""
    newer = aliased(Revision)
    is_article = Material.kind + "" == MaterialKind.ARTICLE  # not by its index: the order of time ends after a page
    is_newest = ~exists().where(newer.material_id == Revision.material_id, newer.number > Revision.number)
    query = (
        select(
            Revision.material_id, Material.slug, Revision.id, Revision.number, Revision.title, Revision.category,
            Revision.written_by, Revision.created_at, Material.published_at, Material.current_revision_id,
        )
        .join(Material, Material.id == Revision.material_id)
        .where(is_article, is_newest)
        .order_by(Revision.created_at.desc(), Revision.id.desc())
    )  # fmt: skip
    if words:
        query = query.where(Revision.title.contains(words, autoescape=True))
    return [_listed(row) for row in session.execute(query.limit(limit).offset(offset))]


def changes(old: Revision, new: Revision) -> dict[str, list[Line]]:
    """What differs between two revisions, by the name of the field; what is equal is not in it."""
    fields = {name: (str(getattr(old, name)), str(getattr(new, name))) for name in _NAMES}
    named = {_NAMES[name]: pair for name, pair in fields.items()}
    named["封面"] = str(old.facts.get("cover", "")), str(new.facts.get("cover", ""))
    return {name: difference(before, after) for name, (before, after) in named.items() if before != after}


def writers(session: Session, revision_ids: Sequence[int]) -> set[str]:
    """Everybody who had a hand in these revisions or in an earlier one of the same articles."""
    materials = select(Revision.material_id).where(Revision.id.in_(revision_ids))
    query = select(Revision.written_by).where(Revision.material_id.in_(materials), Revision.written_by != "")
    return set(session.scalars(query.distinct()).all())


def _listed(row: Any) -> Listed:
    is_newer = row.current_revision_id is not None and row.current_revision_id != row.id
    return Listed(
        row.material_id, row.slug, row.id, row.number, row.title, row.category, row.written_by, row.created_at,
        row.published_at, is_newer,
    )  # fmt: skip


def _open(session: Session, slug: str | None) -> Material:
    """The article, made where it is new; nobody else can change it until this transaction ends."""
    name = slug or new_slug()
    take_turns(session, f"article:{name}")
    material = find_article(session, name)
    if material is None:
        material = Material(kind=MaterialKind.ARTICLE, slug=name)
        session.add(material)
        session.flush()
    return material


def _check(words: dict[str, str]) -> None:
    if not words["title"]:
        raise NotSaved("还没有标题：请先写标题再保存。")
    for name, most in MOST.items():
        if len(words[name]) > most:
            raise NotSaved(f"{_NAMES[name]}有 {len(words[name])} 个字，最多能存 {most} 个字：请缩短后再保存。")
    if words["source_url"] and not words["source_url"].startswith(("https://", "http://")):
        raise NotSaved("原文链接应以 https:// 开头：请改正或留空。")


def _clean(text: str) -> str:
    """Without signs that no database and no page can hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or (sign >= " " and not "\ud800" <= sign <= "\udfff"))
