"""A Markdown file that somebody hands in through the console: with our head or without one, without its pictures."""

import tempfile
from dataclasses import replace
from pathlib import Path

from content.article_html import foreign_pictures
from content.importers.documents import ArticleFile, read_article
from content.importers.library import FENCE, Unreadable, Wording
from content.pictures import digest_of

SUFFIXES = (".md", ".markdown", ".txt")
MOST_BYTES = 2 * 1024 * 1024
TITLE_CHARACTERS = 64


def is_markdown(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def open_markdown(data: bytes, name: str) -> ArticleFile:
    """Raises Unreadable."""
    text = _decoded(data, name)
    wording = _with_head(text, name) if text.lstrip().startswith(f"{FENCE}\n") else _without_head(text, name)
    notes = [f"图片 {place[:60]} 没有随文件来：请在编辑时重新插入。" for place in foreign_pictures(wording.body)]
    cover = str((wording.facts or {}).get("cover", ""))
    if cover and not digest_of(cover):
        wording, notes = replace(wording, facts={}), [*notes, "封面没有随文件来：请在编辑时选择封面。"]
    return ArticleFile(wording, None, (), tuple(notes))


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} 太大：Markdown 文件最多 {MOST_BYTES // 1024 // 1024} MB，图片请另外插入。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable(f"{name} 不是文字文件：请另存为 UTF-8 编码的 Markdown，或上传 Word 文件（.docx）。")


def _with_head(text: str, name: str) -> Wording:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.md"
        path.write_text(text.lstrip(), encoding="utf-8")
        try:
            return read_article(path)[0]
        except Unreadable as error:
            raise Unreadable(str(error).replace(str(path), name)) from error


def _without_head(text: str, name: str) -> Wording:
    """The first line is the title where it is a heading; else the file's name is."""
    first, _, rest = text.strip().partition("\n")
    if first.startswith("# "):
        return Wording(title=first[2:].strip()[:TITLE_CHARACTERS], body=rest.strip(), facts={})
    return Wording(title=Path(name).stem[:TITLE_CHARACTERS], body=text.strip(), facts={})
