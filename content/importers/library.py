"""The starter library → the store. Idempotent: what is unchanged stays, what staff have rewritten is never touched."""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from content import repository
from content.importers.questions import import_questions, read_questions
from content.models import Keyword, Material, MaterialKind, Revision
from content.phrases import LIBRARY
from content.questions import holds, records
from content.questions.holds import Holds
from content.store import clock
from content.store.db import take_turns

FENCE = "+++"
PAGE_MARK = "\n===\n"
KEYWORD_CHARACTERS = 64


class Unreadable(Exception):
    """A file cannot be taken in; the message says which, where and what to do."""


@dataclass(frozen=True)
class Wording:
    """One revision's worth of words, wherever they come from."""

    title: str
    chat: str = ""
    body: str = ""
    author: str = ""
    digest: str = ""
    category: str = ""
    source_url: str = ""
    facts: dict[str, Any] | None = None

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(json.dumps(self.__dict__, sort_keys=True, default=str).encode()).hexdigest()


def sync_library(session: Session, held: Holds = holds.NONE) -> bool:
    """Brings the shipped answers and questions into the store; True where anything changed. Questions that are held
    wait until they are not: they are looked at again at each start.
    """
    take_turns(session, "library")
    fingerprint = library_hash()
    if repository.get_mark(session, "library") == fingerprint:
        return False
    changed, waits = False, set[str]()
    for file in sorted((LIBRARY / "answers").rglob("*.md")):
        slug = str(file.relative_to(LIBRARY / "answers").with_suffix(""))
        changed |= put(session, MaterialKind.ANSWER, slug, read_answer(file), origin="library")
    own, bank = records.own_keys(session), repository.questions_by_key(session)
    for file in sorted((LIBRARY / "quiz").glob("*.toml")):
        shipped = read_questions(file)
        waits |= holds.waiting(bank, [one for one in shipped if one.key not in own], held)
        changed |= import_questions(session, shipped, own | waits)
    repository.set_mark(session, "library", "" if waits else fingerprint)
    if changed or not waits:
        repository.touch_content(session)
    return changed or not waits


def library_hash() -> str:
    digest = hashlib.sha256()
    for folder in ("answers", "quiz"):
        for file in sorted((LIBRARY / folder).rglob("*.*")):
            digest.update(str(file.relative_to(LIBRARY)).encode() + file.read_bytes())
    return digest.hexdigest()


def read_answer(path: Path) -> Wording:
    """Raises Unreadable."""
    head, text = split_head(path)
    chat, mark, body = text.partition(PAGE_MARK)
    if not mark:
        raise Unreadable(f"{path} 缺少分隔线“===”：上面写聊天里的话，下面写整页内容。")
    title = head.pop("title", "")
    if not title:
        raise Unreadable(f"{path} 的开头缺少 title。")
    return Wording(title=title, chat=chat.strip(), body=body.strip(), facts=head)


def read_text(path: Path) -> str:
    """Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} 不是 UTF-8 编码：请用 UTF-8 另存一次。") from error
    if "\0" in text:  # PostgreSQL keeps no such text
        raise Unreadable(f"{path} 里有不可见的控制字符：请用记事本另存为纯文本。")
    return text


def split_head(path: Path) -> tuple[dict[str, Any], str]:
    """The TOML head between +++ lines, and the rest. Raises Unreadable."""
    parts = read_text(path).split(f"{FENCE}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise Unreadable(f"{path} 的开头应当是两行“+++”之间的标题等信息。")
    try:
        return tomllib.loads(parts[1]), parts[2]
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{path} 开头部分写法有误：{error}。") from error


def put(session: Session, kind: MaterialKind, slug: str, wording: Wording, origin: str, published: bool = True) -> bool:
    """A new revision where the wording is new; True where one was made.

    A library wording gives way to one that the bureau has made its own.
    """
    material = repository.find_material(session, kind, slug)
    if material is None:
        material = Material(kind=kind, slug=slug)
        session.add(material)
        session.flush()
    latest = material.revisions[-1] if material.revisions else None
    if latest and (latest.content_hash == wording.content_hash or (origin == "library" and latest.origin != "library")):
        return False
    revision = Revision(
        material_id=material.id, number=latest.number + 1 if latest else 1, title=wording.title, author=wording.author,
        digest=wording.digest, category=wording.category, source_url=wording.source_url, chat=wording.chat,
        body=wording.body, facts=wording.facts or {}, content_hash=wording.content_hash, origin=origin,
        created_at=clock.now(),
    )  # fmt: skip
    material.revisions.append(revision)
    session.flush()
    if published:
        material.current_revision_id = revision.id
        material.published_at = material.published_at or clock.now()
    return True


def add_keywords(session: Session, words: dict[str, str], *, is_imported: bool = True) -> int:
    """The bureau's own words for topics, from a file or else confirmed by two; returns how many are new or changed.
    Raises Unreadable for a word or a topic that will not do.
    """
    changed = 0
    for word, topic in words.items():
        if len(word) > KEYWORD_CHARACTERS or not any(sign.isalnum() for sign in word):
            raise Unreadable(f"关键词“{word}”不能用：应有 1 到 {KEYWORD_CHARACTERS} 个字，不能只有标点或表情。")
        if topic not in repository.topics():
            raise Unreadable(f"关键词“{word}”指向不存在的主题“{topic}”：主题见 topics.toml。")
        row = session.get(Keyword, word)
        if row is None:
            session.add(Keyword(word=word, topic=topic, is_imported=is_imported))
        elif row.topic != topic:
            row.topic, row.heard, row.is_imported = topic, 0, is_imported
        else:
            row.is_imported |= is_imported
            continue
        changed += 1
    return changed
