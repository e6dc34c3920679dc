"""Word files as Word, WPS and LibreOffice write them: what is written is read, what cannot be carried over is told."""

import io
import random
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from word_files import (
    WordFile,
    blip,
    bold,
    cell,
    deleted,
    drawing,
    emf,
    inserted,
    level,
    p,
    photo,
    rich,
    t,
    table,
    text_box,
)

from content.article_html import article_html
from content.importers import word_package
from content.importers.documents import open_word
from content.importers.library import Unreadable
from content.importers.word import read_word
from content.importers.word_numbers import written


def body(*blocks: str, **more: object) -> str:
    return read_word(WordFile(list(blocks), **more).bytes(), "x.docx").body_markdown


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_headings_bold_and_slanted_words_are_carried_over():
    text = body(
        p("一级", style="1"), p("二级", style="2"), p("正", bold("粗"), t("斜", "<w:i/>"), t("删", "<w:strike/>"), "文")
    )
    assert text == "## 二级\n\n正**粗***斜*~~删~~文"


def test_a_chinese_word_names_its_headings_otherwise():
    assert body(p("前"), p("标题", style="10")) == "前\n\n# 标题"


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ((bold("《宪法》"), "规定"), "《**宪法**》规定"),
        (("依据", bold("“重点”。"), "后文"), "依据“**重点**”。后文"),
        ((bold("前半"), bold("后半")), "**前半后半**"),
        ((bold("！"), "后"), "！后"),
        ((bold(" 空格 "), "后"), "**空格** 后"),
        ((t("又粗又斜", "<w:b/><w:i/>"),), "***又粗又斜***"),
        ((t("不粗", '<w:b w:val="0"/>'),), "不粗"),
    ],
)
def test_emphasis_stands_where_markdown_sees_it_between_chinese_signs(runs, markdown):
    assert body(p("前"), p(*runs)).removeprefix("前\n\n") == markdown


def test_links_keep_their_words_and_where_they_lead():
    file = WordFile()
    field = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    field += '<w:r><w:instrText> HYPERLINK "https://b.example/(x) y" </w:instrText></w:r>'
    field += f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{t("域")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    file.add(
        p(
            "见",
            file.link("https://a.example/?x=1&y=2", "网站"),
            "和",
            field,
            '<w:hyperlink w:anchor="x">' + t("书签") + "</w:hyperlink>",
        )
    )
    text = read_word(file.bytes(), "x.docx").body_markdown
    assert text == "见[网站](https://a.example/?x=1&y=2)和[域](https://b.example/%28x%29%20y)书签"


def test_footnotes_become_numbers_and_stand_at_the_end():
    file = WordFile()
    file.add(p("甲", file.note(2, "注一。")), p("乙", file.note(3, "注二。")))
    text = read_word(file.bytes(), "x.docx").body_markdown
    assert text == "甲\\[1\\]\n\n乙\\[2\\]\n\n---\n\n\\[1\\] 注一。\n\n\\[2\\] 注二。"


def test_tracked_changes_are_read_as_if_they_were_accepted():
    moved = f'<w:moveFrom w:id="3">{t("移走")}</w:moveFrom>'
    arrived = f'<w:moveTo w:id="4">{t("移来")}</w:moveTo>'
    gone = '<w:rPr><w:del w:id="5" w:author="x"/></w:rPr>'
    text = body(
        p("留", inserted(t("新")), deleted("旧"), moved, arrived), p(deleted("整段删去"), properties=gone), p("后"),
        "<w:tbl><w:tr>" + cell(p("甲")) + cell(p("乙")) + '</w:tr><w:tr><w:trPr><w:del w:id="6" w:author="x"/></w:trPr>'
        + cell(p("删")) + cell(p("删")) + "</w:tr></w:tbl>",
    )  # fmt: skip
    assert text == "留新移来\n\n后\n\n| 甲 | 乙 |\n| --- | --- |"


def test_breaks_of_pages_are_ignored_and_of_lines_are_kept():
    text = body(
        p("甲", "<w:r><w:br/></w:r>", "乙", '<w:r><w:br w:type="page"/></w:r>'),
        p("<w:r><w:lastRenderedPageBreak/></w:r>", "丙"),
        p("", ""),
    )
    assert text == "甲\\\n乙\n\n丙"


def test_first_lines_that_are_moved_in_with_spaces_are_plain_paragraphs():
    assert body(p("　　正文。"), p("    四个空格。"), p("\u00a0\u00a0硬空格。")) == "正文。\n\n四个空格。\n\n硬空格。"


def test_raised_and_lowered_numbers_stay_so():
    up, down = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'
    assert body(p("100m", t("2", up), "，CO", t("2", down), "，第1", t("st", up))) == "100m²，CO₂，第1st"


WORDS = st.text("甲乙*_`#<>[]()!|~&\\-+=1.). 　a“《》，。amp;lt", max_size=24)


@given(st.lists(WORDS, min_size=1, max_size=4), st.booleans())
def test_whatever_is_written_is_what_is_read(lines, is_bold):
    file = WordFile([p("题")] + [p(bold(line) if is_bold else t(line)) for line in lines])
    html = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(
        read_word(file.bytes(), "题.docx").body_markdown
    )  # fmt: skip
    tree = word_text(html)
    assert tree == "".join("".join(line.split()) for line in lines)


def word_text(html: str) -> str:
    from html.parser import HTMLParser

    class Words(HTMLParser):
        text = ""

        def handle_data(self, data):
            self.text += data

    parser = Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.text.split())


# ── lists and numbers ─────────────────────────────────────────────────────────────────────────────────────────────────

DECIMAL = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%2)") + level(2, "lowerRoman", "%3.")
BULLETS = level(0, "bullet", "\uf0b7") + level(1, "bullet", "o")
OFFICIAL = (
    level(0, "chineseCountingThousand", "%1、") + level(1, "chineseCounting", "（%2）") + level(2, "decimal", "%3.")
)


def test_lists_of_numbers_and_of_bullets_keep_their_levels():
    text = body(
        p("甲", number=(1, 0)), p("乙", number=(1, 1)), p("丙", number=(1, 2)), p("丁", number=(1, 0)),
        p("点", number=(2, 0)), p("下", number=(2, 1)), lists=[DECIMAL, BULLETS],
    )  # fmt: skip
    assert text == "1. 甲\n   1. 乙\n      1. 丙\n2. 丁\n\n- 点\n  - 下"


def test_numbers_that_markdown_cannot_count_become_words():
    text = body(
        p("总则", number=(1, 0)), p("目的", number=(1, 1)), p("依据", number=(1, 1)), p("细目", number=(1, 2)),
        p("附则", number=(1, 0)), p("施行", number=(1, 1)), lists=[OFFICIAL],
    )  # fmt: skip
    assert text == "## 一、总则\n\n### （一）目的\n\n### （二）依据\n\n1. 细目\n\n## 二、附则\n\n### （一）施行"


def test_articles_of_a_rule_keep_the_numbers_that_word_counts():
    lists = [level(0, "chineseCountingThousand", "第%1条")]
    paragraphs = [p(f"内容{number}。", number=(1, 0)) for number in range(1, 13)]
    lines = body(*paragraphs, lists=lists).split("\n\n")
    assert (lines[0], lines[10]) == ("第一条 内容1。", "第十一条 内容11。")


def test_numbered_headings_keep_their_numbers():
    text = body(
        p("前言"),
        p("总体要求", style="1", number=(1, 0)),
        p("目标", style="2", number=(2, 1)),
        lists=[OFFICIAL, level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")],
    )
    assert text == "前言\n\n# 一、总体要求\n\n## 1.1 目标"


def test_a_list_goes_on_behind_a_paragraph_and_begins_anew_where_word_says_so():
    text = body(
        p("甲", number=(1, 0)), p("中间的话"), p("乙", number=(1, 0)), p("丙", number=(5, 0)), p("丁", number=(5, 0)),
        lists=[DECIMAL], restarts={5: 1},
    )  # fmt: skip
    assert text == "1. 甲\n\n中间的话\n\n2. 乙\n1) 丙\n2) 丁"
    assert "<ol><li>" not in article_html(text, {})
    assert article_html(text, {}).count("<ol") == 3


def test_an_item_that_begins_deep_is_an_item():
    assert body(p("点", number=(1, 1)), p("又", number=(1, 1)), lists=[BULLETS]) == "- 点\n- 又"


def test_words_that_look_like_lists_or_headings_are_words():
    lines = ["# 井号", "- 减号", "+ 加号", "1. 手打的一", "1) 手打的一", "---", "===", "> 大于", "```"]
    html = article_html(body(p("题"), *map(p, lines)), {})
    assert all(tag not in html for tag in ("<h1", "<ul", "<ol", "<hr", "<blockquote", "white-space"))
    assert "1. 手打的一" in html


@pytest.mark.parametrize(
    ("kind", "number", "sign"),
    [("decimal", 12, "12"), ("decimalZero", 3, "03"), ("chineseCounting", 21, "二十一"),
     ("ideographTraditional", 3, "丙"),
     ("ideographZodiac", 12, "亥"), ("upperRoman", 14, "XIV"), ("lowerRoman", 4, "iv"), ("upperLetter", 28, "BB"),
     ("lowerLetter", 3, "c"), ("decimalEnclosedCircleChinese", 9, "⑨"), ("chineseLegalSimplified", 3, "叁"),
     ("none", 1, ""), ("somethingNew", 7, "7"), ("ideographTraditional", 11, "11"), ("upperRoman", 0, "0")],
)  # fmt: skip
def test_numbers_are_written_as_word_writes_them(kind, number, sign):
    assert written(kind, number) == sign


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_row_of_a_merged_table_can_be_read_alone():
    text = body(
        table(
            (cell(p("县区"), down="restart"), cell(p("2026年"), columns=2)),
            (cell(p(""), down="continue"), "受理", "办结"),
            ("连山区", "3", "2"),
        )
    )
    assert text == "| 县区 | 2026年 | 2026年 |\n| --- | --- | --- |\n| 县区 | 受理 | 办结 |\n| 连山区 | 3 | 2 |"


def test_a_title_across_a_table_stands_above_it_and_a_line_across_stays_in_it():
    text = body(table((cell(p("统计表"), columns=2),), ("甲", "乙"), (cell(p("其中"), columns=2),), ("丙", "丁")))
    assert text == "**统计表**\n\n| 甲 | 乙 |\n| --- | --- |\n| 其中 |  |\n| 丙 | 丁 |"


def test_what_a_cell_holds_is_one_line():
    many = cell(p("第一段。"), p("第二段"), p("第三段"), p("甲|乙"))
    inner = cell(table(("一", "二"), ("三", "四")))
    text = body(table((many, inner), (cell(p("项", number=(1, 0)), p("目", number=(1, 0))), "")), lists=[DECIMAL])
    assert text.split("\n") == [
        "| 第一段。 第二段；第三段；甲\\|乙 | 一，二；三，四 |", "| --- | --- |", "| 1. 项；2. 目 |  |",
    ]  # fmt: skip


def test_a_frame_of_one_cell_is_a_quotation():
    assert body(table((cell(p("提示："), p("带身份证。")),))) == "> 提示：\n>\n> 带身份证。"


def test_a_ragged_table_is_filled_up():
    assert body(table(("甲", "乙", "丙"), ("一",))) == "| 甲 | 乙 | 丙 |\n| --- | --- | --- |\n| 一 |  |  |"


def test_a_wide_table_is_told():
    (note,) = read_word(WordFile([table(["甲"] * 9, ["乙"] * 9)]).bytes(), "x.docx").notes
    assert "9 列" in note


# ── pictures, boxes, what is lost ─────────────────────────────────────────────────────────────────────────────────────


def test_pictures_stand_where_they_stood_and_come_with_their_bytes():
    file, data = WordFile(), photo()
    file.add(
        p("前"), p(file.picture(data, words="宣传现场")), p(file.picture(data, words=r"C:\Users\x\图.jpg")), p("后")
    )
    article = read_word(file.bytes(), "x.docx")
    assert article.body_markdown == "前\n\n![宣传现场](picture:1)\n\n![](picture:2)\n\n后"
    assert article.pictures == [("picture:1", data), ("picture:2", data)]


@pytest.mark.parametrize("extension", ["emf", "png"])
def test_a_drawing_that_wechat_cannot_show_is_told_and_the_rest_is_kept(extension):
    file = WordFile()
    file.add(p("前"), p(file.picture(emf(), extension)), p("后"))
    article = read_word(file.bytes(), "x.docx")
    assert article.body_markdown == "前\n\n［此处有一幅 EMF/WMF 图，请另存为 PNG 后插入］\n\n后"
    assert article.pictures == []
    assert "另存为 PNG" in article.notes[0]


def test_a_picture_that_lies_elsewhere_is_told_and_not_fetched():
    file = WordFile()
    outside = file.relation("image", "https://e.example/x.png", is_outside=True)
    gone = file.relation("image", "media/gone.png")
    linked = drawing(f'<pic:pic><pic:blipFill><a:blip r:link="{outside}"/></pic:blipFill></pic:pic>')
    article = read_word(file.add(p(linked), p(drawing(blip(gone)))).bytes(), "x.docx")
    assert article.body_markdown.count("缺一幅图片") == 2
    assert "2 幅" in article.notes[0]


@pytest.mark.parametrize("with_fallback", [True, False])
def test_words_in_text_boxes_are_read_once(with_fallback):
    box = text_box(p("框里一"), p("框里二", number=(1, 0)), with_fallback=with_fallback)
    assert body(p("框外", box), p("后", number=(1, 0)), lists=[DECIMAL]) == "框外\n\n框里一\n\n1. 框里二\n2. 后"


def test_a_text_box_outside_of_alternatives_is_read_too():
    inside = f"<wps:wsp><wps:txbx><w:txbxContent>{p('框里')}</w:txbxContent></wps:txbx></wps:wsp>"
    assert body(p("框外", drawing(inside))) == "框外\n\n框里"


def test_pictures_in_a_group_are_found():
    file = WordFile()
    file.add(p("前"))
    one, two = (blip(file.relation("image", f"media/{n}.jpg")) for n in "ab")
    file.parts |= {"word/media/a.jpg": (first := photo(1)), "word/media/b.jpg": (second := photo(2))}
    article = read_word(file.add(p(drawing(f"<wpg:wgp>{one}{two}</wpg:wgp>"))).bytes(), "x.docx")
    assert [data for _, data in article.pictures] == [first, second]


def test_what_is_lost_is_told():
    file = WordFile()
    formula = "<m:oMath><m:r><m:t>E=mc²</m:t></m:r></m:oMath>"
    file.add(
        p("公式", formula), p(drawing("<c:chart/>")), p(drawing("<wps:wsp/>")),
        p(file.picture(photo(), crop='<a:srcRect l="10000"/>')),
    )  # fmt: skip
    article = read_word(file.bytes(), "x.docx")
    assert "公式E=mc²" in article.body_markdown
    assert "［此处原有图表，没有导入" in article.body_markdown
    told = " ".join(article.notes)
    assert all(word in told for word in ("公式", "图表", "图形", "裁剪"))


def test_comments_headers_and_hidden_bookmarks_do_not_slip_in():
    text = body(p('<w:bookmarkStart w:id="0" w:name="_Toc1"/>', "正文", '<w:r><w:commentReference w:id="0"/></w:r>'))
    assert text == "正文"


# ── the title ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("blocks", "property_title", "title", "rest"),
    [
        ([p("大标题", style="a3"), p("正文")], "属性", "大标题", "正文"),
        ([p("正文")], "属性里的标题", "属性里的标题", "正文"),
        ([p("属性里的标题"), p("正文")], "属性里的标题", "属性里的标题", "正文"),
        ([p("第一节", style="1"), p("正文")], "", "第一节", "正文"),
        ([p("导语"), p("第一节", style="1"), p("正文")], "", "第一节", "导语\n\n# 第一节\n\n正文"),
        ([p("正文")], "", "通知", "正文"),
        ([p("正文")], "Microsoft Word - 文档1", "通知", "正文"),
        ([p("正文")], "新建 Microsoft Word 文档", "通知", "正文"),
        ([p(bold("关于《x》")), p("正文")], "关于《x》", "关于《x》", "正文"),
    ],
)
def test_the_title_is_found_and_not_said_twice(blocks, property_title, title, rest):
    article = read_word(WordFile(blocks, title=property_title).bytes(), "某处/通知.docx")
    assert (article.title, article.body_markdown) == (title, rest)


def test_a_long_title_is_cut_and_told():
    article = read_word(WordFile([p("长" * 80, style="a3")]).bytes(), "x.docx")
    assert article.title == "长" * 64
    assert "标题太长" in article.notes[0]


def test_officials_who_number_by_hand_get_headings_and_are_told():
    article = read_word(
        WordFile([p("一、总体要求"), p("正文。"), p("（一）目标"), p("二、这一句有句号，是正文。")]).bytes(), "x.docx"
    )
    assert article.body_markdown == "## 一、总体要求\n\n正文。\n\n### （一）目标\n\n二、这一句有句号，是正文。"
    assert "2 个小标题" in article.notes[0]


# ── other writers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_python_docx_wrote_is_read():
    file = docx.Document()
    file.core_properties.title = ""
    file.add_heading("题目", 0)
    file.add_heading("一节", 1)
    file.add_paragraph("甲", style="List Bullet")
    file.add_paragraph("乙", style="List Number")
    file.add_paragraph("丙", style="List Number 2")
    made = file.add_table(2, 3)
    made.cell(0, 0).merge(made.cell(1, 0)).text = "并"
    made.cell(0, 1).merge(made.cell(0, 2)).text = "横"
    file.add_picture(io.BytesIO(photo()))
    file.add_paragraph("引文", style="Quote")
    out = io.BytesIO()
    file.save(out)
    article = read_word(out.getvalue(), "x.docx")
    assert article.title == "题目"
    assert article.body_markdown == (
        "# 一节\n\n- 甲\n\n1. 乙\n1) 丙\n\n"
        "| 并 | 横 | 横 |\n| --- | --- | --- |\n| 并 |  |  |\n\n![](picture:1)\n\n> 引文"
    )


def test_the_chinese_fonts_and_spacing_of_an_official_file_change_nothing():
    fonts = '<w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312"/><w:sz w:val="32"/><w:lang w:eastAsia="zh-CN"/>'
    assert body(p(t("正文。", fonts), properties='<w:ind w:firstLineChars="200"/><w:jc w:val="both"/>')) == "正文。"


STRICT = {
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships":
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}  # fmt: skip


def test_a_strict_file_is_read_too():
    data = WordFile([p("甲", number=(1, 0)), p("乙", number=(1, 0))], lists=[OFFICIAL]).bytes()
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            for loose, narrow in STRICT.items():
                text = text if name.endswith(".rels") else text.replace(loose, narrow)
            new.writestr(name, text)
    assert read_word(strict.getvalue(), "x.docx").body_markdown == "## 一、甲\n\n## 二、乙"


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def with_part(data: bytes, name: str = "word/document.xml") -> bytes:
    return WordFile().bytes(**{name: data})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
TURNED_AWAY = {
    "an old file": ("x.doc", OLE, "旧格式的 Word 文件（.doc）.*另存为"),
    "an old file with a new name": ("x.docx", OLE, "名字改成了 .docx.*另存为"),
    "a file of WPS": ("x.wps", OLE, "WPS 文字自己的格式（.wps）.*另存为"),
    "a file with a password": ("x.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "取消密码"),
    "an old file with a table in it": ("x.doc", OLE + "WordDocument Workbook".encode("utf-16-le"), "旧格式的 Word"),
    "an old table": ("x.xls", OLE + "Workbook".encode("utf-16-le"), "旧格式的 Excel"),
    "old slides": ("x.ppt", OLE + "PowerPoint Document".encode("utf-16-le"), "旧格式的演示文稿"),
    "rich text": ("x.rtf", b"{\\rtf1 x}", "RTF 文件.*另存为"),
    "rich text with another name": ("x.doc", b"{\\rtf1 x}", "RTF 文件.*另存为"),
    "a text of another office": ("x.odt", zipped(mimetype=b"x"), "OpenDocument.*另存为"),
    "a text of an apple": ("x.pages", zipped(a=b"x"), "导出为 Word"),
    "a PDF": ("x.pdf", b"%PDF-1.7", "是 PDF"),
    "a PDF with another name": ("x.doc", b"%PDF-1.7", "是 PDF"),
    "an OFD": ("x.ofd", zipped(**{"OFD.xml": b"x"}), "OFD"),
    "an OFD with another name": ("x.docx", zipped(**{"OFD.xml": b"x"}), "OFD"),
    "a picture": ("x.docx", photo(), "不是 Word 文件"),
    "nothing": ("x.docx", b"", "不是 Word 文件"),
    "a table": ("x.docx", zipped(**{"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "Excel"),
    "a presentation": ("x.docx", zipped(**{"[Content_Types].xml": b"", "ppt/a.xml": b""}), "演示文稿"),
    "another zip": ("x.docx", zipped(a=b"b"), "不是 Word 文件"),
    "half a zip": ("x.docx", WordFile([p("字")]).bytes()[:-200], "已损坏"),
    "no XML": ("x.docx", WordFile().bytes(**{"word/document.xml": b"<w:"}), "读不出来"),
    "a document type": ("x.docx", with_part(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "不安全"),
    "a document type in UTF-16": ("x.docx", with_part("<!DOCTYPE a>".encode("utf-16"), "word/styles.xml"), "不安全"),
    "no text in it": ("x.docx", WordFile().bytes(**{"word/document.xml": b"<a/>"}), "不完整"),
}  # fmt: skip


@pytest.mark.parametrize("what", TURNED_AWAY)
def test_what_is_no_word_file_is_turned_away_with_what_to_do(what):
    name, data, told = TURNED_AWAY[what]
    with pytest.raises(Unreadable, match=told) as refused:
        read_word(data, name)
    assert str(refused.value).startswith(name)
    assert str(refused.value).endswith("。")


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError("it was unpacked")

    bombs = [
        WordFile().bytes(**{"word/document.xml": b" " * 30_000_000}),
        WordFile().bytes(**{f"word/media/{n}.png": b"\0" * 20_000_000 for n in range(11)}),
        WordFile().bytes(**{f"word/{n}.bin": b"" for n in range(word_package.MOST_ENTRIES + 1)}),
    ]
    monkeypatch.setattr(zipfile.ZipFile, "read", never)
    started = time.perf_counter()
    for bomb in bombs:
        assert len(bomb) < 1_000_000
        with pytest.raises(Unreadable, match="大得不正常"):
            read_word(bomb, "x.docx")
    assert time.perf_counter() - started < 2


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(WordFile([p("字")]).bytes(**{"word/document.xml": b"<a>" + b" " * 50_000 + b"</a>"}))
    named = b"word/document.xml"
    for sign, place, name in ((b"PK\x01\x02", 24, data.rfind(named)), (b"PK\x03\x04", 22, data.find(named))):
        start = data.rfind(sign, 0, name)
        data[start + place : start + place + 4] = (100).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        read_word(bytes(data), "x.docx")


def test_a_file_that_was_damaged_on_its_way_is_read_or_refused_and_nothing_else():
    whole, chance = rich(1, 1), random.Random(7)  # noqa: S311 - damage, not a secret
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(Unreadable):
            assert read_word(bytes(data), "x.docx").title


@pytest.mark.parametrize("what", ["damaged", "locked"])
def test_a_picture_that_is_damaged_in_the_file_is_told_and_the_rest_is_kept(what):
    file = WordFile()
    file.add(p("前"), p(file.picture(photo())), p("后"))
    data = bytearray(file.bytes())
    named = b"word/media/image1.jpg"
    first, last = data.find(named), data.rfind(named)
    if what == "damaged":
        data[first + 200 : first + 260] = b"\xff" * 60
    else:
        data[first - 24] |= 1
        data[last - 38] |= 1
    if what == "locked":
        with pytest.raises(Unreadable, match="加了密"):
            read_word(bytes(data), "x.docx")
        return
    article = read_word(bytes(data), "x.docx")
    assert article.body_markdown == "前\n\n［此处缺一幅图片］\n\n后"


def test_a_file_that_is_nested_without_end_is_refused():
    deep = "<w:p>" + "<w:ins>" * 20_000 + "</w:ins>" * 20_000 + "</w:p>"
    with pytest.raises(Unreadable, match="另存"):
        body(deep)


def test_script_in_a_word_file_stays_words():
    file = WordFile(title='<img src=x onerror="alert(1)">')
    file.add(
        p("<script>alert(1)</script>"),
        p(file.link("javascript:alert(1)", "点我")),
        p(file.picture(photo(), words='"><script>')),
    )
    article = read_word(file.bytes(), "x.docx")
    html = article_html(article.body_markdown, {})
    assert "<script" not in html
    assert "href" not in html
    assert article.title == '<img src=x onerror="alert(1)">'


# ── with its pictures ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_pictures_are_kept_and_one_that_cannot_be_is_named_in_its_place(tmp_path):
    file = WordFile()
    file.add(
        p("前"),
        p(file.picture(photo(), words="好")),
        p(file.picture(b"\x89PNG\r\n\x1a\n broken", "png", "坏")),
        p("后"),
    )
    told: list[tuple[int, int, str]] = []
    article = open_word(file.bytes(), "x.docx", tmp_path, lambda *step: told.append(step))
    assert f"![好](/h/pictures/{article.pictures[0].digest}.jpg)" in article.wording.body
    assert "［此处第 2 幅图片没有导入］" in article.wording.body
    assert "picture:" not in article.wording.body
    assert any("第 2 幅" in note for note in article.notes)
    assert [step[:2] for step in told] == [(0, 1), (1, 3), (2, 3), (3, 3)]
    assert all(what for _, _, what in told)


def test_the_same_file_twice_is_the_same_article(tmp_path):
    data = rich(1, 2)
    first, second = (open_word(data, "x.docx", tmp_path) for _ in range(2))
    assert first.wording.content_hash == second.wording.content_hash
    assert len(list(tmp_path.glob("??/*"))) == 2


def test_thirty_pages_with_twenty_pictures_are_read_within_seconds(tmp_path):
    data = rich(30, 20, (1600, 1200))
    started = time.process_time()
    article = open_word(data, "x.docx", tmp_path)
    assert len(article.pictures) == 20
    assert time.process_time() - started < 8  # of computing on any machine; the bench measures the five seconds
    assert len(article_html(article.wording.body, {})) > 20_000


def test_the_demonstration_shows_everything_that_it_should():
    article = read_word(rich(), "x.docx")
    parts = [
        "现制定本方案\\[1\\]", "# 一、总体要求", "（一）目标", "1. 准备材料\n   1. 海报", "| 时间 | 地点 | 内容 |",
        "文本框里的提示", "[国家法律法规数据库](https://flk.npc.gov.cn/)", "EMF/WMF", "![现场 1](picture:1)",
    ]  # fmt: skip
    assert [part for part in parts if part not in article.body_markdown] == []
    assert "特" not in article.body_markdown
    assert Path("x.docx").stem not in article.title
