"""Word files by hand, in the shapes that Word, WPS and LibreOffice write; python-docx knows only some of them.

`WordFile` collects paragraphs as XML; `bytes()` packs them. Not shipped. `rich()` is a demonstration of everything that
an official's file may hold; nobody in it exists.
"""

import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "v": "urn:schemas-microsoft-com:vml",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "emf": "image/x-emf", "gif": "image/gif"}
STYLES = (
    [("1", "heading 1"), ("2", "heading 2"), ("3", "heading 3"), ("a3", "Title"), ("a4", "Quote"), ("10", "标题 1")]
)  # fmt: skip


def t(words: str, properties: str = "") -> str:
    """A run."""
    marks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{marks}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def bold(words: str) -> str:
    return t(words, "<w:b/>")


def p(*runs: str, style: str = "", number: tuple[int, int] | None = None, properties: str = "") -> str:
    """A paragraph; `number` is (numId, level)."""
    marks = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        marks += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    inside = "".join(run if run.startswith("<") else t(run) for run in runs)
    return f"<w:p><w:pPr>{marks}{properties}</w:pPr>{inside}</w:p>"


def table(*rows: Sequence[str], properties: str = "") -> str:
    """Cells are words, or whole <w:tc> as `cell` makes them."""
    lines = "".join(
        f"<w:tr>{''.join(one if one.startswith('<w:tc') else cell(p(one)) for one in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{lines}</w:tbl>"


def cell(*blocks: str, columns: int = 1, down: str = "") -> str:
    """`down`: "restart" where a cell that spans several rows begins, "continue" below."""
    marks = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    marks += f'<w:vMerge w:val="{down}"/>' if down == "restart" else "<w:vMerge/>" if down else ""
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{''.join(blocks)}</w:tc>"


def inserted(*runs: str) -> str:
    return f'<w:ins w:id="1" w:author="x" w:date="2026-01-01T00:00:00Z">{"".join(runs)}</w:ins>'


def deleted(words: str) -> str:
    return f'<w:del w:id="2" w:author="x"><w:r><w:delText>{words}</w:delText></w:r></w:del>'


def level(depth: int, kind: str, pattern: str, start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def blip(relation: str, crop: str = "") -> str:
    return f'<pic:pic><pic:blipFill><a:blip r:embed="{relation}"/>{crop}</pic:blipFill></pic:pic>'


def drawing(inside: str, words: str = "") -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="图片 1" descr={quoteattr(words)}/><a:graphic>'
        f"<a:graphicData>{inside}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def text_box(*blocks: str, with_fallback: bool = True) -> str:
    """As Word writes it: the newer shape, and the older one for those who do not know it."""
    inside = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    newer = f"<w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>{inside}</wps:txbx></wps:wsp>"
    newer += "</a:graphicData></a:graphic></wp:anchor></w:drawing>"
    older = f"<mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
    choice = f'<mc:Choice Requires="wps">{newer}</mc:Choice>'
    return f"<w:r><mc:AlternateContent>{choice}{older if with_fallback else ''}</mc:AlternateContent></w:r>"


def emf() -> bytes:
    """A header of a Windows metafile; what is drawn does not matter."""
    return struct.pack("<II", 1, 108) + b"\0" * 32 + b" EMF" + b"\0" * 64


def photo(number: int = 0, size: tuple[int, int] = (640, 480)) -> bytes:
    """Each number its own picture."""
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    image.paste((number * 37 % 256, number * 91 % 256, number * 53 % 256), (8, 8, size[0] // 4, size[1] // 4))
    image.paste(Image.effect_noise((size[0] // 2, size[1] // 2), 60).convert("RGB"), (size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


@dataclass
class WordFile:
    body: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    """What stands inside of each abstractNum; numId 1 is the first."""
    restarts: dict[int, int] = field(default_factory=dict)
    """numId → which list it shares; it begins anew."""
    notes: dict[int, str] = field(default_factory=dict)
    title: str = ""
    parts: dict[str, bytes] = field(default_factory=dict)
    _relations: list[str] = field(default_factory=list)

    def add(self, *blocks: str) -> "WordFile":
        self.body += blocks
        return self

    def relation(self, kind: str, target: str, is_outside: bool = False) -> str:
        name = f"rId{len(self._relations) + 10}"
        mode = ' TargetMode="External"' if is_outside else ""
        self._relations.append(
            f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{escape(target)}"{mode}/>'
        )  # fmt: skip
        return name

    def picture(self, data: bytes, extension: str = "jpg", words: str = "", crop: str = "") -> str:
        target = f"media/image{len(self.parts) + 1}.{extension}"
        self.parts[f"word/{target}"] = data
        return drawing(blip(self.relation("image", target), crop), words)

    def link(self, url: str, words: str) -> str:
        return f'<w:hyperlink r:id="{self.relation("hyperlink", url, is_outside=True)}">{t(words)}</w:hyperlink>'

    def note(self, number: int, words: str) -> str:
        self.notes[number] = words
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    def bytes(self, **more: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in {**self._parts(), **self.parts, **more}.items():
                package.writestr(name, content)
        return out.getvalue()

    def _parts(self) -> dict[str, str]:
        defaults = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in TYPES.items())
        styles = "".join(
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/></w:style>'
            for name, shown in STYLES
        )
        abstract = "".join(
            f'<w:abstractNum w:abstractNumId="{n}">{one}</w:abstractNum>' for n, one in enumerate(self.lists)
        )
        numbers = "".join(
            f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(self.lists))
        )
        for number, shared in self.restarts.items():
            numbers += f'<w:num w:numId="{number}"><w:abstractNumId w:val="{shared - 1}"/><w:lvlOverride w:ilvl="0">'
            numbers += '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        notes = "".join(f'<w:footnote w:id="{n}">{p(words)}</w:footnote>' for n, words in self.notes.items())
        relations = [f'<Relationship Id="n{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>'
                     for kind in ("styles", "numbering", "footnotes")]  # fmt: skip
        return {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{defaults}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "docProps/core.xml": '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(self.title)}</dc:title></cp:coreProperties>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
            f"{''.join([*relations, *self._relations])}</Relationships>",
            "word/styles.xml": f"<w:styles {DECLARED}>{styles}</w:styles>",
            "word/numbering.xml": f"<w:numbering {DECLARED}>{abstract}{numbers}</w:numbering>",
            "word/footnotes.xml": f"<w:footnotes {DECLARED}>{notes}</w:footnotes>",
            "word/document.xml": f"<w:document {DECLARED}><w:body>{''.join(self.body)}</w:body></w:document>",
        }


def rich(pages: int = 3, pictures: int = 3, size: tuple[int, int] = (640, 480)) -> bytes:
    """Everything at once, about as long and with as many pictures as wanted."""
    file = WordFile(title="国家宪法日宣传周活动方案（演示）")
    file.lists = [
        level(0, "chineseCountingThousand", "%1、") + level(1, "chineseCountingThousand", "（%2）"),
        level(0, "decimal", "%1.") + level(1, "lowerLetter", "%2)"),
        level(0, "bullet", "●") + level(1, "bullet", "○"),
    ]
    file.add(p("国家宪法日宣传周活动方案（演示）", style="a3"))
    file.add(
        p("为做好宣传，", inserted(t("现")), deleted("特"), "制定本方案", file.note(1, "演示用，不是真实文件。"), "。")
    )
    file.add(
        p("总体要求", style="1", number=(1, 0)), p(bold("《宪法》"), "是国家的根本法。"), p("目标", number=(1, 1)),
        p("安排如下：", style="2"), p("准备材料", number=(2, 0)), p("海报", number=(2, 1)), p("折页", number=(2, 1)),
        p("现场活动", number=(2, 0)), p("广场", number=(3, 0)), p("社区", number=(3, 1)),
        table(
            (cell(p("时间"), down="restart"), cell(p("安排"), columns=2)),
            (cell(p(""), down="continue"), "地点", "内容"),
            ("12月4日", cell(p("中心广场"), p("东门")), cell(p("咨询"), p("赠书"))),
        ),
        p(text_box(p("文本框里的提示"))), p("见", file.link("https://flk.npc.gov.cn/", "国家法律法规数据库"), "。"),
        p(file.picture(emf(), "emf")),
    )  # fmt: skip
    for number in range(max(pages * 12, pictures)):
        file.add(p(f"第{number + 1}段。" + "普法工作要走到群众身边，把道理讲明白，把事情办清楚。" * 4))
        if number < pictures:
            file.add(p(file.picture(photo(number, size), words=f"现场 {number + 1}")))
    return file.bytes()


if __name__ == "__main__":
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_bytes(rich())
