"""Articles as files ↔ the store: Markdown under a TOML head with its pictures beside it, or a Word file.

Reading a file makes its pictures fit and keeps their bytes; only what follows needs the database. Export then import
changes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.orm import Session

from content import pictures, repository
from content.article_html import sources_in
from content.importers.library import FENCE, Unreadable, Wording, put, split_head
from content.importers.word import PLACEHOLDER, Progress, read_word
from content.models import MaterialKind, Revision
from content.pictures import BadPicture, Prepared
from content.render import AUTHOR_CHARACTERS, DIGEST_CHARACTERS, SOURCE_URL_BYTES, TITLE_CHARACTERS
from content.store import clock

HEAD = ("title", "author", "digest", "cover", "category", "source_url", "published_at")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LIMITS = {
    "title": TITLE_CHARACTERS, "author": AUTHOR_CHARACTERS, "digest": DIGEST_CHARACTERS, "category": 32,
}  # fmt: skip
SLUG_CHARACTERS = 128
PICTURES = "pictures"
"""The folder of an export in which pictures lie."""
_SHOWN = re.compile(r"(!\[[^\]\n]*\]\(\s*)(<[^<>\n]*>|[^\s()<>]+)((?:\s+\"[^\"\n]*\")?\s*\))")
_LOST = re.compile(r"!\[[^\]\n]*\]\(" + PLACEHOLDER.format(r"(\d+)") + r"\)")
_ELSEWHERE = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|//|/h/pictures/")


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """An article as a file gives it, its pictures prepared."""

    wording: Wording
    published_at: datetime | None = None
    pictures: tuple[Prepared, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should look at, a Chinese sentence each."""
    has_title: bool = True
    """False where only the file's name served as one."""


def open_article(path: Path, uploads: Path, progress: Progress | None = None) -> ArticleFile:
    """A Markdown or Word file. Raises Unreadable."""
    if path.suffix.lower() != ".md":
        return open_word(path.read_bytes(), path.name, uploads, progress)
    wording, published_at = read_article(path)
    found: dict[str, Prepared] = {}
    notes: list[str] = []

    def taken(name: str) -> str:
        """The address of a picture beside the file; the name as it was where there is none."""
        file = path.parent / unquote(name)
        if _ELSEWHERE.match(name) or not file.is_file():
            notes.extend([] if _ELSEWHERE.match(name) else [f"{path.name} 里的图片 {name} 找不到：请和文章放在一起。"])
            return name
        try:
            found[name] = pictures.prepare(file.read_bytes(), uploads)
        except BadPicture as error:
            raise Unreadable(f"{path} 里的图片 {name} 不能用：{error}") from error
        return pictures.address(found[name])

    facts = dict(wording.facts or {})
    if cover := facts.get("cover"):
        facts["cover"] = taken(str(cover))
    wording = replace(wording, body=with_pictures(wording.body, taken), facts=facts)
    return ArticleFile(wording, published_at, tuple(found.values()), tuple(notes))


def open_word(data: bytes, name: str, uploads: Path, progress: Progress | None = None) -> ArticleFile:
    """A picture that cannot be taken is named where it stood; the rest of the article is kept. Raises Unreadable."""
    tell = progress or (lambda done, total, what: None)
    tell(0, 1, "读取文字和版式")
    article = read_word(data, name)
    total = len(article.pictures) + 1
    shown: dict[str, str] = {}
    found, notes = [], list(article.notes)
    for number, (placeholder, picture) in enumerate(article.pictures, start=1):
        tell(number, total, f"处理第 {number} 幅图片")
        try:
            found.append(pictures.prepare(picture, uploads))
            shown[placeholder] = pictures.address(found[-1])
            notes += [f"第 {number} 幅图片会动，只留下了第一幅。"] if pictures.is_animated(picture) else []
        except BadPicture as error:
            notes.append(f"第 {number} 幅图片没有导入：{error}")
    body = with_pictures(article.body_markdown, lambda place: shown.get(place, place))
    body = _LOST.sub(r"［此处第 \1 幅图片没有导入］", body)
    tell(total, total, "完成")
    wording = Wording(title=article.title, body=body, facts={})
    return ArticleFile(wording, None, tuple(found), tuple(notes), article.has_title)


def with_pictures(markdown: str, change: Callable[[str], str]) -> str:
    """The same text with other addresses of its pictures; what only looks like a picture, as in code, stays."""
    shown = {unquote(place) for place in sources_in(markdown)}

    def changed(found: re.Match[str]) -> str:
        place = found[2].strip("<>")
        if unquote(place) not in shown or (other := change(place)) == place:
            return found[0]
        return found[1] + other + found[3]

    return _SHOWN.sub(changed, markdown)


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
    made = not _is_published(session, slug, wording) and put(session, MaterialKind.ARTICLE, slug, wording, origin)
    if published_at and (material := repository.find_material(session, MaterialKind.ARTICLE, slug)):
        made = made or material.published_at != published_at
        material.published_at = published_at
    return made


def _is_published(session: Session, slug: str, wording: Wording) -> bool:
    """Citizens see just these words, even where a newer draft lies beside them."""
    current = repository.current_revision(session, MaterialKind.ARTICLE, slug)
    return current is not None and current.content_hash == wording.content_hash


def export_article(folder: Path, slug: str, revision: Revision, published_at: datetime | None, uploads: Path) -> None:
    """The file and, once for all articles, its pictures."""
    file = folder / f"{slug}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * slug.count("/")

    def beside(place: str) -> str:
        """Where the picture lies, seen from the file; the address itself where the picture is gone."""
        path = pictures.picture_path(uploads, pictures.digest_of(place))
        if path is None:
            return place
        copy = folder / PICTURES / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
        return f"{up}{PICTURES}/{path.name}"

    file.write_text(article_file(revision, published_at, beside), encoding="utf-8")


def article_file(revision: Revision, published_at: datetime | None, place: Callable[[str], str] = str) -> str:
    """The file from which `open_article` makes the same revision again; `place`: address → name beside the file."""
    cover = str(revision.facts.get("cover", ""))
    values = {
        "title": revision.title, "author": revision.author, "digest": revision.digest,
        "cover": place(cover) if cover else "", "category": revision.category, "source_url": revision.source_url,
    }  # fmt: skip
    lines = [f"{name} = {quoted(value)}" for name, value in values.items() if value]
    if published_at:
        lines.append(f"published_at = {clock.in_beijing(published_at).isoformat()}")
    return "\n".join([FENCE, *lines, FENCE, with_pictures(revision.body, place), ""])


def quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04X}", escaped) + '"'
