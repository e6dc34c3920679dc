"""Articles of law as pages: the whole words, and of which version."""

import pytest

from content.importers.laws import put_statute, read_statute

LAW = """---
title: 中华人民共和国演示页法
short: 演示页法
effective: 2026-01-01
version: 2025年公布
---

第一条 第一款。
第二款有<b>记号</b>。

第一条之一 另一条。
"""


@pytest.fixture
def reader(shared_app, one_bureau, tmp_path):
    (tmp_path / "law.md").write_text(LAW, encoding="utf-8")
    with one_bureau.database.transaction() as session:
        put_statute(session, read_statute(tmp_path / "law.md"))
    return shared_app.test_client()


def test_an_article_stands_there_whole_with_its_version(reader):
    text = reader.get("/h/laws/演示页法/1").text
    assert "<h1>《演示页法》第一条</h1>" in text
    assert "<p>第一款。</p><p>第二款有&lt;b&gt;记号&lt;/b&gt;。</p>" in text
    assert "中华人民共和国演示页法（2025年公布，2026-01-01 起施行）" in text and "国家法律法规数据库" in text


def test_an_article_counted_after_another_has_a_page_of_its_own(reader):
    text = reader.get("/h/laws/演示页法/1-1").text
    assert "<h1>《演示页法》第一条之一</h1>" in text and "另一条。" in text and "第一款" not in text


@pytest.mark.parametrize("place", ["2", "1-2", "0", "1-", "x", "99999999999999999999", "１", "1/1", "%00"])
def test_an_article_that_is_not_there_has_no_page(reader, place):
    assert reader.get(f"/h/laws/演示页法/{place}").status_code == 404
    assert reader.get(f"/h/laws/没有/{place}").status_code == 404
    assert reader.get(f"/h/laws/%00/{place}").status_code == 404
