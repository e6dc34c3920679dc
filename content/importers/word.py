"""A Word file → an article's Markdown, its pictures and what a person should look at. Headings, lists, tables, bold and
slanted words, links and notes are carried over; tracked changes as if they were accepted. Nothing is kept or sent here.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError, tostring

import mammoth
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from content.importers.library import Unreadable
from content.importers.word_markdown import WIDE, Converter
from content.importers.word_numbers import NUMBER, read_numbering, write_numbers
from content.importers.word_package import BROKEN, document_path, open_package
from content.importers.word_text import carry_over

Progress = Callable[[int, int, str], None]
"""(steps done, of how many, what is being done)."""
TITLE_CHARACTERS = 64
PLACEHOLDER = "picture:{}"
_STYLES = "\n".join(
    [
        *(f"p[style-name='{name}'] => h1.title:fresh" for name in ("Title", "标题")),
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        *(f"p[style-name='heading {level}'] => h6:fresh" for level in (7, 8, 9)),
        "p[style-name='Subtitle'] => p:fresh", "p[style-name='Quote'] => blockquote > p:fresh",
        "p[style-name='Intense Quote'] => blockquote > p:fresh", "p[style-name='Quotations'] => blockquote > p:fresh",
        "p[style-name='引用'] => blockquote > p:fresh",
    ]
)  # fmt: skip
_NO_TITLE = re.compile(r"(?i)\s*|word 文档|新建.*文档.*|microsoft word.*|无标题.*|文档\s*\d+|document\s*\d*|untitled.*")
_PATH_OR_NUMBER = re.compile(r"(?i).*([\\/]|\.(jpe?g|png|gif|bmp|tiff?|webp|[ew]mf)$)|(图片|picture|图像|image)\s*\d*")
_HEADING = re.compile(r"#{1,6} ")
_MARKUP = re.compile(r"[\\\[\]`*_<>|]")
_VECTOR = re.compile(r"image/(x-)?(emf|wmf)")
_FIRST, _SECOND = (
    re.compile(r"[一二三四五六七八九十]{1,3}、\S.{0,38}"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）\S.{0,38}"),
)
_TOLD = {
    "formula": "有 {} 个公式只导入了文字，请核对；需要原样显示的，请截成图片插入。",
    "chart": "有 {} 个图表或 SmartArt 没有导入：请在 Word 里复制后“选择性粘贴”为图片再插入。",
    "contents": "目录没有导入：手机上用不着。",
    "embedded": "有 {} 处嵌着另一个文件的内容，没有导入：请把那些内容复制成正文。",
    "hidden": "有 {} 处隐藏文字没有导入：请确认它们不该发出。",
    "shape": "有 {} 个图形（线条、形状）没有导入。",
    "cropped": "有 {} 幅图片在 Word 里裁剪过，导入的是裁剪前的原图：请检查有没有不该公开的内容。",
    "vector": "有 {} 幅 EMF/WMF 格式的图微信不能显示，正文里已标出位置：请在 Word 里右键点图，另存为 PNG 图片再插入。",
    "missing": "有 {} 幅图片在文件里找不到（可能是链接到别处的图片），正文里已标出位置：请插入图片本身。",
}


@dataclass(frozen=True, slots=True)
class WordArticle:
    title: str
    body_markdown: str
    pictures: list[tuple[str, bytes]]
    """(the name under which the Markdown shows it, its bytes as they stand in the file)."""
    notes: list[str]
    """What a person should look at, a Chinese sentence each."""
    has_title: bool = True
    """False where only the file's name served as one."""


@dataclass
class _Found:
    """What comes up while a document is read."""

    package: zipfile.ZipFile
    lost: Counter[str] = field(default_factory=Counter)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)

    def picture(self, image: Any) -> dict[str, str]:
        """For mammoth: what stands in <img>."""
        try:
            with image.open() as file:
                data = self.package.read(file.read().decode())
        except BROKEN:
            return {"src": "missing"}
        if _VECTOR.match(image.content_type or "") or data[40:44] == b" EMF":
            return {"src": "vector"}
        self.pictures.append((PLACEHOLDER.format(len(self.pictures) + 1), data))
        return {"src": self.pictures[-1][0]}

    def shown(self, source: str, words: str) -> str:
        """For the Markdown."""
        if source in ("vector", "missing"):
            self.lost[source] += 1
            return {"vector": "［此处有一幅 EMF/WMF 图，请另存为 PNG 后插入］", "missing": "［此处缺一幅图片］"}[source]
        words = re.sub(r"\s+", " ", words).strip()
        words = "" if _PATH_OR_NUMBER.fullmatch(words) or "描述已自动生成" in words else words
        return f"![{_MARKUP.sub('', words)[:60]}]({source})"


def read_word(data: bytes, name: str, progress: Progress | None = None) -> WordArticle:
    """Raises Unreadable."""
    tell = progress or (lambda done, total, what: None)
    tell(0, 3, "检查文件")
    with open_package(data, name) as package:
        try:
            found = _Found(package)
            prepared = _prepared(package, found)
            tell(1, 3, "读取文字和图片")
            image = mammoth.images.img_element(found.picture)
            html = mammoth.convert_to_html(prepared, style_map=_STYLES, convert_image=image).value
            tell(2, 3, "整理版式")
            converter = Converter(found.shown)
            blocks = converter.markdown(html).split("\n\n")
        except (ParseError, DefusedXmlException) as error:
            raise Unreadable(f"{name} 里的文字读不出来，文件可能已损坏：请在 Word 里另存一份再导入。") from error
        except Unreadable:
            raise
        except Exception as error:  # whatever a library makes of a file that nobody's Word has written
            raise Unreadable(f"{name} 的内部结构不完整，读不出来：请在 Word 里另存一份再导入。") from error
        property_title = _property_title(package)
    found_title, title, blocks = _title(blocks, 'class="title"' in html, property_title, PurePath(name).stem)
    blocks, headings = _with_headings(blocks)
    tell(3, 3, "整理版式")
    notes = [_TOLD[kind].format(count) for kind, count in sorted(found.lost.items())]
    return WordArticle(title[:TITLE_CHARACTERS], "\n\n".join(blocks).strip(), found.pictures,
                       [*notes, *_notes(title, headings, converter.widest_table)], bool(found_title))  # fmt: skip


def _prepared(package: zipfile.ZipFile, found: _Found) -> BinaryIO:
    """The same package with what only Word would find put into the text. Instead of a picture stands its name in the
    package: pictures may be many and large, and are read one by one.
    """
    path = document_path(package)
    folder = path.rpartition("/")[0]
    document = _parsed(package, path)
    if document is None:
        raise ParseError("no document")
    found.lost += carry_over(document, _targets(package, path))
    numbering, styles = (_parsed(package, f"{folder}/{part}.xml") for part in ("numbering", "styles"))
    write_numbers(document, read_numbering(numbering, styles))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for entry in package.infolist():
            name = entry.filename
            content = package.read(entry) if name.endswith((".xml", ".rels")) else name.encode()
            copy.writestr(name, tostring(document, encoding="utf-8") if name == path else content)
    out.seek(0)
    return out


def _parsed(package: zipfile.ZipFile, path: str) -> Element | None:
    if path not in package.namelist():
        return None
    parsed: Element = ElementTree.fromstring(package.read(path), forbid_dtd=True)
    return parsed


def _targets(package: zipfile.ZipFile, path: str) -> dict[str, str]:
    """Relation of the text → what it leads to."""
    folder, _, name = path.rpartition("/")
    relations = _parsed(package, f"{folder}/_rels/{name}.rels")
    return {one.get("Id", ""): one.get("Target", "") for one in (relations if relations is not None else ())}


def _property_title(package: zipfile.ZipFile) -> str:
    try:
        root = _parsed(package, "docProps/core.xml")
    except (ParseError, DefusedXmlException):
        return ""
    titles = (part.text or "" for part in (root if root is not None else ()) if str(part.tag).endswith("}title"))
    title = re.sub(r"\s+", " ", next(titles, "")).strip()
    return "" if _NO_TITLE.fullmatch(title) else title


def _title(blocks: list[str], is_styled: bool, from_property: str, from_name: str) -> tuple[str, str, list[str]]:
    """The title that the file has, the one that serves, and what is left of the text: a title that stands at its
    beginning is not said twice.

    In this order: a paragraph in the style Title, the file's property, the first heading, the file's name.
    """
    place = next((number for number, block in enumerate(blocks) if _HEADING.match(block)), None)
    heading = plain(blocks[place]) if place is not None else ""
    found = (heading if is_styled else "") or from_property or heading
    title = found or from_name
    first = next((number for number, block in enumerate(blocks) if block.strip()), None)
    if first is not None and plain(blocks[first]) == title:
        blocks = blocks[:first] + blocks[first + 1 :]
    return found, title, blocks


def _with_headings(blocks: list[str]) -> tuple[list[str], int]:
    """Where no paragraph is a heading by its style, those that begin with 一、 or （一） and are short are."""
    if any(map(_HEADING.match, blocks)):
        return blocks, 0
    made = 0
    for place, block in enumerate(blocks):
        words = plain(block)
        if block.startswith(" "):  # goes on with an item of a list
            continue
        level = "## " if _FIRST.fullmatch(words) else "### " if _SECOND.fullmatch(words) else ""
        if level and not words.endswith(("。", "；", "，", "：", "！", "？")):
            blocks[place], made = level + block.replace("**", ""), made + 1
    return blocks, made


def _notes(title: str, headings: int, widest: int) -> list[str]:
    notes = []
    if len(title) > TITLE_CHARACTERS:
        notes.append(f"标题太长，只取了前 {TITLE_CHARACTERS} 个字：请改短。")
    if headings:
        notes.append(f"按“一、”“（一）”认出了 {headings} 个小标题，请核对。")
    if widest > WIDE:
        notes.append(f"有表格多达 {widest} 列，手机上看不清：请减少列数，或截成图片插入。")
    return notes


def plain(markdown: str) -> str:
    """The words of a line of Markdown."""
    words = NUMBER.sub("", re.sub(r"^#+ ", "", markdown)).replace("**", "")
    return re.sub(r"\\(.)", r"\1", words).strip()
