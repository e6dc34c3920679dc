"""Files that LibreOffice itself wrote: what must come out of each. How they were made stands in files/README.md."""

from pathlib import Path

from content.importers.word import WordArticle, read_word

FILES = Path(__file__).parent / "files"


def written_by_libreoffice(name: str) -> WordArticle:
    return read_word((FILES / f"{name}.docx").read_bytes(), f"{name}.docx")


def test_tables_that_libreoffice_wrote_keep_every_merged_cell_readable():
    assert written_by_libreoffice("tables").body_markdown.split("\n\n") == [
        "下面是演示数据。",
        "**演示统计表**",
        "| 县区 | 办件 | 办件 | 备注 |\n| --- | --- | --- | --- |\n| 县区 | 受理 | 办结 | 备注 |\n"
        "| 甲区 | 3 | 2 | 第一段。 第二段 |\n| 乙区 | 5 | 5 | 第一段。 第二段 |",
        "表格之间的话。",
        "| 项目 | 说明 |\n| --- | --- |\n| 1. 先；2. 后 | 一，二；三，四 |",
        "> 提示：\n>\n> 请带**身份证**。",
    ]


def test_lists_that_libreoffice_wrote_keep_levels_and_numbers():
    text = written_by_libreoffice("numbers").body_markdown
    assert text.startswith(
        "1. 准备材料\n   1. 身份证\n      1. 原件\n      2. 复印件\n   2. 证据\n2. 提出申请\n\n中间的一段话。\n\n"
        "3. 等待审查\n\n另一份清单：\n\n1. 重新开始\n2. 第二\n\n- 圆点\n  - 下一级\n- 又一点\n\n# 条文\n\n"
    )
    assert "第一条 演示条文之1。" in text and "第十一条 演示条文之11。" in text
    assert text.endswith("1. 总则\n\n1.1 目的\n\n1.2 依据\n\n2. 附则")


def test_tracked_changes_and_notes_that_libreoffice_wrote_are_read_as_accepted():
    article = written_by_libreoffice("changes")
    assert article.body_markdown.split("\n\n") == [
        "原来的话新加的话，后面的话。", "前一段。", "整段新加。", "依据演示规定\\[1\\]办理\\[2\\]。\\[3\\]",
        "带批注的话。", "---", "\\[1\\] 演示脚注一，见[网站](https://a.example/b)。",
        "\\[2\\] 演示脚注二。", "\\[3\\] 演示尾注。",
    ]  # fmt: skip


def test_pictures_boxes_shapes_and_formulas_that_libreoffice_wrote_are_carried_over_or_told():
    article = written_by_libreoffice("pictures")
    assert article.body_markdown.split("\n\n") == [
        "图片前。", "![演示现场](picture:1)", "浮动图片的段落。", "![](picture:2)",
        "矢量图：［此处有一幅 EMF/WMF 图，请另存为 PNG 后插入］", "文本框的段落。", "框里第一段。", "框里**第二段**。",
        "线条：后面。", "形状里有字：", "形状里的字", "公式：E=mc²。", "结尾。",
    ]  # fmt: skip
    assert [data[:4] for _, data in article.pictures] == [b"\x89PNG", b"\x89PNG"]
    assert [word for word in ("公式", "图形", "EMF/WMF") if not any(word in note for note in article.notes)] == []


def test_headings_links_and_breaks_that_libreoffice_wrote_are_read_and_what_nobody_sees_is_not():
    article = written_by_libreoffice("text")
    assert article.title == "演示：欠薪怎么办"
    assert article.body_markdown.split("\n\n") == [
        "演示副标题", "隐藏处。", "# 一、先留证据",
        "**工资条**、*聊天记录*都算，~~口说~~也要录下来。面积100m²。", "## （一）怎么留",
        "见[国家法律法规数据库](https://flk.npc.gov.cn/index?a=1&b=2)和后文。", "> 引用的一段话。",
        "换行\\\n的话。 制表之后。", "空两格 的段落。", "分页之后的段落，软连字，不换行\u00a0空格。",
        "日期：2026年12月4日。",
    ]  # fmt: skip
    assert ["目录" in article.notes[0], "隐藏文字" in article.notes[1]] == [True, True]
