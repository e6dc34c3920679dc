"""What only Word writes around words: form controls, fields, two ways of saying the same. Made by hand."""

import pytest
from word_files import WordFile, blip, cell, drawing, emf, p, photo, t

from content.importers.word import read_word

WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"


def body(*blocks: str) -> str:
    return read_word(WordFile(list(blocks)).bytes(), "x.docx").body_markdown


def control(words: str, properties: str = "") -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{words}</w:sdtContent></w:sdt>"


def test_what_stands_in_form_controls_and_smart_tags_is_read_and_an_empty_forms_prompt_is_not():
    row = control(f"<w:tr>{control(cell(p('甲')))}{cell(p('乙'))}</w:tr>")
    box = f'<w14:checkbox xmlns:w14="{WORD_2010}"><w14:checked w14:val="1"/></w14:checkbox>'
    tag = f'<w:smartTag w:uri="x" w:element="date"><w:smartTagPr/>{t("2026年")}</w:smartTag>'
    text = body(
        control(p("一块")), p("行", control(t("内")), tag, control(t("☒"), box), "同意"),
        p("前", control(t("单击此处输入文字。"), "<w:showingPlcHdr/>")), f"<w:tbl>{row}</w:tbl>",
    )  # fmt: skip
    assert text == "一块\n\n行内2026年☒同意\n\n前\n\n| 甲 | 乙 |\n| --- | --- |"


def test_a_short_fields_words_are_read_and_its_link_is_a_link():
    link = f'<w:fldSimple w:instr=" HYPERLINK &quot;https://a.example/&quot; ">{t("链")}</w:fldSimple>'
    assert body(p(link, f'<w:fldSimple w:instr=" DATE ">{t("今天")}</w:fldSimple>')) == "[链](https://a.example/)今天"


def test_the_sign_under_a_pronunciation_is_read():
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{t('hú')}</w:rt><w:rubyBase>{t('葫')}</w:rubyBase></w:ruby></w:r>"
    assert body(p(ruby, "芦")) == "葫芦"


def test_signs_that_nobody_sees_are_left_out_since_they_would_hide_a_number_from_the_checks():
    hyphens = "<w:r><w:t>甲</w:t><w:softHyphen/><w:t>乙</w:t><w:noBreakHyphen/><w:t>丙</w:t></w:r>"
    assert body(p(hyphens, t("138\u200b0013\ufeff8000\u202e"))) == "甲乙-丙13800138000"


def test_hidden_words_a_table_of_contents_and_another_file_inside_are_left_out_and_told():
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    file = WordFile(
        [control(p("第一节 1"), gallery), p(t("藏", "<w:vanish/>"), "见", t("也见", '<w:vanish w:val="0"/>'))]
    )
    article = read_word(file.add('<w:altChunk r:id="rId99"/>').bytes(), "x.docx")
    assert article.body_markdown == "见也见"
    assert [
        word for word in ("目录", "隐藏文字", "另一个文件") if not any(word in note for note in article.notes)
    ] == []


def test_words_as_art_are_words_and_a_line_is_told():
    art = '<w:r><w:pict><v:shape><v:textpath string="艺术字"/></v:shape></w:pict></w:r>'
    article = read_word(WordFile([p(art), p("<w:r><w:pict><v:line/></w:pict></w:r>", "后")]).bytes(), "x.docx")
    assert article.body_markdown == "艺术字\n\n后"
    assert "1 个图形" in article.notes[0]


@pytest.mark.parametrize(("newer", "older"), [("emf", "jpg"), ("jpg", "emf"), ("jpg", "jpg")])
def test_of_two_ways_to_write_a_picture_the_one_that_can_be_shown_is_read(newer, older):
    file, data = WordFile(), {"jpg": photo(), "emf": emf()}
    one, two = (file.relation("image", f"media/{name}") for name in (f"a.{newer}", f"b.{older}"))
    file.parts |= {f"word/media/a.{newer}": data[newer], f"word/media/b.{older}": data[older]}
    choice = drawing(blip(one), "演示").removeprefix("<w:r>").removesuffix("</w:r>")
    fallback = f'<w:pict><v:shape><v:imagedata r:id="{two}"/></v:shape></w:pict>'
    both = f'<mc:Choice Requires="wps">{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>'
    article = read_word(file.add(p(f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>")).bytes(), "x.docx")
    assert [bytes_ for _, bytes_ in article.pictures] == [data["jpg"]]
    assert article.body_markdown == ("![](picture:1)" if newer == "emf" else "![演示](picture:1)")


def test_a_picture_that_floats_beside_words_stands_behind_them():
    file = WordFile()
    floating = file.picture(photo(), words="现场").replace("wp:inline", "wp:anchor")
    assert read_word(file.add(p(floating, "旁边的话")).bytes(), "x.docx").body_markdown == (
        "旁边的话\n\n![现场](picture:1)"
    )


def test_a_formulas_small_signs_stay_small():
    low = "<m:sSub><m:e><m:r><m:t>a</m:t></m:r></m:e><m:sub><m:r><m:t>12</m:t></m:r></m:sub></m:sSub>"
    high = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>k</m:t></m:r></m:sup></m:sSup>"
    part = f"<m:f><m:num>{low}</m:num><m:den>{high}</m:den></m:f>"
    assert body(p(f"<m:oMath>{part}</m:oMath>", "。")) == "a₁₂/x^k。"
