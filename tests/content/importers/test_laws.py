from datetime import date

import pytest
from sqlalchemy import select

from content import repository
from content.importers.laws import is_statute, put_statute, read_statute
from content.importers.library import Unreadable
from content.models import Law, LawArticle

HEAD = """---
title: 中华人民共和国试行法
short: 试行法
adopted: 2025-10-01
effective: 2026-01-01
version: 2025年公布
source: 不给人看的地方
---
"""
TEXT = (
    HEAD
    + """
# 中华人民共和国试行法

（2025年10月1日通过）

## 第一章 总则

第一条 为了试一试，制定本法。

第二条 这一条有两款。
第二款在这里。

第十条　全角空格也行。

## 附则

第十一条 本法自2026年1月1日起施行。
"""
)


@pytest.fixture
def statute(write):
    return lambda text: read_statute(write("law.md", text))


def numbers(read) -> list[int]:
    """Of the articles that are not counted after another."""
    return [number for number, sub in read.articles if not sub]


def test_a_statute_is_known_by_its_first_line():
    assert is_statute(TEXT)
    assert not is_statute("+++\ntitle = '文章'\n+++\n")


def test_head_and_articles_are_read(statute):
    read = statute(TEXT)
    assert (read.short, read.title, read.version) == ("试行法", "中华人民共和国试行法", "2025年公布")
    assert read.effective_on == date(2026, 1, 1)
    assert read.articles == {
        (1, 0): "为了试一试，制定本法。",
        (2, 0): "这一条有两款。\n第二款在这里。",
        (10, 0): "全角空格也行。",
        (11, 0): "本法自2026年1月1日起施行。",
    }


def test_articles_of_the_supplementary_provisions_are_articles(statute):
    assert (11, 0) in statute(TEXT).articles


@pytest.mark.parametrize("heading", ["## 附", "## 附件", "## 附件 五线谱", "附件一", "附：收费标准", "附表2 收费标准"])
def test_what_stands_in_an_annex_is_no_article(statute, heading):
    assert (12, 0) not in statute(f"{TEXT}\n{heading}\n\n第十二条 附件里的话。\n").articles


def test_a_paragraph_that_speaks_of_an_article_is_no_article(statute):
    read = statute(f"{TEXT}\n前条所说第三条 不是一条。\n\n第四条规定的事项另说。\n")
    assert numbers(read) == [1, 2, 10, 11]


def test_files_from_windows_are_read_like_any_other(statute):
    windows = statute(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    assert windows == statute(TEXT)


@pytest.mark.parametrize("name", ["title", "short", "effective", "version"])
def test_a_missing_line_of_the_head_is_named(statute, name):
    with pytest.raises(Unreadable, match=name):
        statute("\n".join(line for line in TEXT.split("\n") if not line.startswith(f"{name}:")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一条 没有开头。", "开头"),
        (TEXT.replace("2026-01-01\n", "明年\n", 1), "effective"),
        (TEXT.replace("第二条 ", "第一条 "), "出现了两次"),
        (TEXT.replace("short: 试行法", "short: " + "试" * 65), "short 太长"),
        (TEXT.encode("gbk"), "UTF-8"),
        (TEXT.replace("试一试", "试\0试"), "不可见"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_that_names_file_and_fault(statute, text, told):
    with pytest.raises(Unreadable, match=told) as refusal:
        statute(text)
    assert "law.md" in str(refusal.value)


def test_an_imported_article_is_found_by_law_and_number(database, statute):
    with database.transaction() as session:
        assert put_statute(session, statute(TEXT))
    with database.reading() as session:
        assert repository.find_law_article(session, "试行法", 2).text == "这一条有两款。\n第二款在这里。"
        assert repository.find_law_article(session, "试行法", 3) is None
        assert repository.imported_laws(session)["试行法"].effective_on == date(2026, 1, 1)


def test_importing_the_same_text_again_changes_nothing(database, statute):
    with database.transaction() as session:
        put_statute(session, statute(TEXT))
    with database.transaction() as session:
        assert not put_statute(session, statute(TEXT))


def test_a_new_version_replaces_the_old_one_whole(database, statute):
    with database.transaction() as session:
        put_statute(session, statute(TEXT))
    newer = TEXT.replace("试一试", "再试一试").replace("2025年公布", "2026年修正").replace("第十条", "第三条")
    with database.transaction() as session:
        assert put_statute(session, statute(newer))
    with database.reading() as session:
        assert session.scalar(select(Law)).version == "2026年修正"
        articles = {article.number: article.text for article in session.scalars(select(LawArticle))}
    assert set(articles) == {1, 2, 3, 11}
    assert articles[1] == "为了再试一试，制定本法。"


# ── what an article is made of ────────────────────────────────────────────────────────────────────────────────────────

CRIMINAL = """
第一百三十三条 违反交通运输管理法规，因而发生重大事故的，处刑。

第一百三十三条之一 在道路上驾驶机动车，追逐竞驶的，处拘役。
机动车所有人负有直接责任的，依照前款的规定处罚。

第一百三十三条之二【妨害安全驾驶罪】 对行驶中的公共交通工具的驾驶人员使用暴力的，处刑。

第一百三十四条 在生产、作业中违反有关安全管理的规定的，处刑。
"""


def test_an_article_counted_after_another_was_added_to_the_one_before_or_lost(statute):
    read = statute(HEAD + CRIMINAL).articles
    assert list(read) == [(133, 0), (133, 1), (133, 2), (134, 0)]
    assert read[133, 0].startswith("违反") and read[133, 1].startswith("在道路上") and "前款" in read[133, 1]
    assert read[133, 2].startswith("【妨害安全驾驶罪】 对行驶中")


def test_a_paragraph_after_an_empty_line_was_lost(statute):
    read = statute(HEAD + "\n第一条 第一款。\n\n第二款。\n\n（一）一项；\n（二）二项。\n\n第二条 另一条。\n").articles
    assert read == {(1, 0): "第一款。\n第二款。\n（一）一项；\n（二）二项。", (2, 0): "另一条。"}


def test_what_stands_under_a_heading_belongs_to_no_article(statute):
    read = statute(HEAD + "\n第一条 话。\n\n## 第二编\n\n（1993年通过）\n\n第二章　罚则\n\n程序\n\n第二条 话。\n")
    assert read.articles == {(1, 0): "话。", (2, 0): "话。"}


def test_a_remark_of_whoever_collected_the_text_is_no_law(statute):
    assert statute(HEAD + "\n第一条 话。\n\n［第二条以后未找到。］\n").articles == {(1, 0): "话。"}


def test_articles_without_empty_lines_between_them_were_all_taken_for_the_first(statute):
    read = statute(HEAD + "\n第一章 总则\n第一条 甲。\n第二条 乙。\n第二款。\n第二章 罚则\n第三条 丙。\n").articles
    assert read == {(1, 0): "甲。", (2, 0): "乙。\n第二款。", (3, 0): "丙。"}


def test_an_article_that_quotes_others_keeps_them(statute):
    quoting = "第一条 增加一节：\n第七节 监察\n第一百二十三条 监察委员会是机关。\n第一百二十四条 设立监察委员会。"
    assert statute(f"{HEAD}\n{quoting}\n\n第二条 另一条。\n").articles == {
        (1, 0): quoting.removeprefix("第一条 "), (2, 0): "另一条。",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body", ["一、第一项。\n\n二、第二项。", "将12月4日设立为国家宪法日。", "第一条没有空格。", ""]
)
def test_a_text_without_articles_was_imported_as_nothing(statute, body):
    with pytest.raises(Unreadable, match="没有“第N条 ”|没有导入"):
        statute(f"{HEAD}\n{body}\n")


@pytest.mark.parametrize(
    ("told", "doubt"),
    [
        ("4", ""),
        ("11", ""),
        ("12", "写明 12 条，却读到 4 条"),
        ("18（本文逐字者仅 一至四）", ""),
        ("", ""),
    ],
)
def test_a_number_of_articles_other_than_the_head_says_is_told(statute, told, doubt):
    read = statute(TEXT.replace("source:", f"articles: {told}\nsource:"))
    assert doubt in "".join(read.doubts) and bool(read.doubts) == bool(doubt)


def test_an_article_counted_after_another_is_found_by_its_own_number(database, statute):
    with database.transaction() as session:
        put_statute(session, statute(HEAD + CRIMINAL))
    with database.reading() as session:
        assert "追逐竞驶" in repository.find_law_article(session, "试行法", 133, 1).text
        assert "追逐竞驶" not in repository.find_law_article(session, "试行法", 133).text
        assert repository.find_law_article(session, "试行法", 134, 1) is None
