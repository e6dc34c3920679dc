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


def test_a_statute_is_known_by_its_first_line():
    assert is_statute(TEXT)
    assert not is_statute("+++\ntitle = '文章'\n+++\n")


def test_head_and_articles_are_read(statute):
    read = statute(TEXT)
    assert (read.short, read.title, read.version) == ("试行法", "中华人民共和国试行法", "2025年公布")
    assert read.effective_on == date(2026, 1, 1)
    assert read.articles == {
        1: "为了试一试，制定本法。",
        2: "这一条有两款。\n第二款在这里。",
        10: "全角空格也行。",
        11: "本法自2026年1月1日起施行。",
    }


def test_articles_of_the_supplementary_provisions_are_articles(statute):
    assert 11 in statute(TEXT).articles


@pytest.mark.parametrize("heading", ["## 附", "## 附件", "## 附件 五线谱"])
def test_what_stands_in_an_annex_is_no_article(statute, heading):
    assert 12 not in statute(f"{TEXT}\n{heading}\n\n第十二条 附件里的话。\n").articles


def test_a_paragraph_that_speaks_of_an_article_is_no_article(statute):
    read = statute(f"{TEXT}\n前条所说第三条 不是一条。\n\n第四条规定的事项另说。\n")
    assert set(read.articles) == {1, 2, 10, 11}


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
