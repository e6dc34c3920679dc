"""Articles as files ↔ the store: Markdown under a TOML head. Export then import changes nothing."""

import re
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from content import repository
from content.importers.library import FENCE, Unreadable, Wording, put, split_head
from content.models import MaterialKind, Revision
from content.render import AUTHOR_CHARACTERS, DIGEST_CHARACTERS, SOURCE_URL_BYTES, TITLE_CHARACTERS
from content.store import clock

HEAD = ("title", "author", "digest", "cover", "category", "source_url", "published_at")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LIMITS = {
    "title": TITLE_CHARACTERS, "author": AUTHOR_CHARACTERS, "digest": DIGEST_CHARACTERS, "category": 32,
}  # fmt: skip
SLUG_CHARACTERS = 128


def read_article(path: Path) -> tuple[Wording, datetime | None]:
    """The words and, where the file says so, when it was published. Raises Unreadable."""
    head, body = split_head(path)
    if unknown := set(head) - set(HEAD):
        raise Unreadable(f"{path} 开头有不认识的项目：{'、'.join(sorted(unknown))}。可用：{'、'.join(HEAD)}。")
    published = head.pop("published_at", None)
    if published is not None and not isinstance(published, datetime):
        raise Unreadable(f"{path} 的 published_at 应写成 2026-12-04T08:00:00+08:00 这样的时间。")
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=clock.BEIJING)
    words = {name: _CONTROL.sub("", str(value)).strip() for name, value in head.items()}
    _check(words, path)
    cover = words.pop("cover", "")
    return Wording(body=body.strip(), facts={"cover": cover} if cover else {}, **words), published


def _check(words: dict[str, str], path: Path) -> None:
    """Raises Unreadable."""
    if not words.get("title"):
        raise Unreadable(f"{path} 的开头缺少 title。")
    for name, most in _LIMITS.items():
        if len(words.get(name, "")) > most:
            raise Unreadable(f"{path} 的 {name} 超过 {most} 个字：请缩短。")
    url = words.get("source_url", "")
    if url and (not url.startswith(("https://", "http://")) or len(url.encode()) > SOURCE_URL_BYTES):
        raise Unreadable(f"{path} 的 source_url 应以 https:// 开头，不超过 {SOURCE_URL_BYTES} 个字节。")


def put_article(session: Session, slug: str, wording: Wording, published_at: datetime | None, origin: str) -> bool:
    """True where the wording or the moment is new. Raises Unreadable."""
    if len(slug) > SLUG_CHARACTERS:
        raise Unreadable(f"{slug} 的路径超过 {SLUG_CHARACTERS} 个字：请缩短文件名。")
    made = put(session, MaterialKind.ARTICLE, slug, wording, origin)
    if published_at and (material := repository.find_material(session, MaterialKind.ARTICLE, slug)):
        made = made or material.published_at != published_at
        material.published_at = published_at
    return made


def article_file(revision: Revision, published_at: datetime | None) -> str:
    """The file from which `read_article` makes the same revision again."""
    values = {
        "title": revision.title, "author": revision.author, "digest": revision.digest,
        "cover": revision.facts.get("cover", ""), "category": revision.category, "source_url": revision.source_url,
    }  # fmt: skip
    lines = [f"{name} = {quoted(value)}" for name, value in values.items() if value]
    if published_at:
        lines.append(f"published_at = {clock.in_beijing(published_at).isoformat()}")
    return "\n".join([FENCE, *lines, FENCE, revision.body, ""])


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04X}", escaped) + '"'
