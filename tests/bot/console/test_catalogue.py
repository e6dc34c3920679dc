"""公开目录 at the console: written by one, published by another, withdrawn with a reason; nothing typed is lost."""

import io
import re

import pytest

from content.catalogue import entries, shelf
from content.staff import Role

FORM = {
    "title": "演示：名称", "index_number": "YS-1", "category": "plans", "validity": "valid", "body": "演示正文",
    "published_on": "2026-11-20", "base": "0",
}  # fmt: skip
CSV = "索引号,名称,类别,正文\nYS-1,演示一,plans,演示正文\nYS-2,演示二,plans,演示正文\n"


def saved(desk, **more):
    return desk.sends("/catalogue/save", {**FORM, **more})


def handed_in(desk, text, **more):
    return desk.sends("/catalogue/import/take", {"file": (io.BytesIO(text.encode()), "目录.csv"), **more})


@pytest.fixture
def shown(database):
    """Titles that citizens see."""

    def look():
        with database.reading() as session:
            return [card.title for card in shelf.newest(session)]

    return look


def test_an_entry_is_written_by_one_and_published_by_another(writer, reviewer, shown):
    page = saved(writer)
    assert "已保存为第 1 版" in page.text and "还没有公开" in page.text and shown() == []
    assert 'name="chosen"' not in page.text
    listed = reviewer.opens("/catalogue/", state="waiting").text
    chosen = re.findall(r'name="chosen" value="([^"]*)"', listed)
    assert "演示：名称" in listed and chosen == ["1:1"]
    assert "公开了 1 条" in reviewer.sends("/catalogue/publish", {"chosen": chosen}).text
    assert shown() == ["演示：名称"]


def test_a_change_is_compared_published_and_withdrawn_with_a_reason(writer, publisher, shown):
    saved(writer)
    publisher.sends("/catalogue/publish", {"chosen": "1:1"})
    page = saved(writer, entry="1", base="1", title="演示：改过的名称", validity="void")
    assert "失" in page.text and "void" not in page.text
    assert "第 1 版 → 第 2 版" in page.text and "有新写法" in page.text and shown() == ["演示：名称"]
    publisher.sends("/catalogue/publish", {"chosen": "1:2"})
    assert shown() == ["演示：改过的名称"]
    told = publisher.sends("/catalogue/1/withdraw", {"reason": " "}).text
    assert "请写明为什么撤回" in told and shown() == ["演示：改过的名称"]
    page = publisher.sends("/catalogue/1/withdraw", {"reason": "演示原因"})
    assert "演示原因" in page.text and shown() == []
    publisher.sends("/catalogue/publish", {"chosen": "1:2"})
    assert shown() == ["演示：改过的名称"]


@pytest.mark.parametrize(
    ("issued_on", "told"),
    [("2026-11-26", "最迟 2026年12月24日公开："), ("2026-09-29", "最迟 2026年11月2日公开，已经过了"), ("", "")],
)
def test_a_draft_says_until_when_it_must_be_public(writer, publisher, issued_on, told):
    page = saved(writer, issued_on=issued_on).text
    assert told in page and ("第二十六条" in page) == bool(told)
    assert "公开目录有 1 条写好了还没有公开" in publisher.opens("/").text
    assert "还没有公开" not in writer.opens("/").text
    page = publisher.sends("/catalogue/publish", {"chosen": "1:1"}).text
    assert "第二十六条" not in page and "公开目录有" not in publisher.opens("/").text


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": " "}, "还没有名称"),
        ({"category": ""}, "请写类别"),
        ({"index_number": "有 空格"}, "不能有空格"),
        ({"published_on": "2030-01-01"}, "还没有到"),
        ({"url": "ftp://x"}, "https://"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_its_fault(writer, more, sentence):
    page = saved(writer, body="辛苦写的正文", **more)
    assert page.status_code == 400 and sentence in page.text and "辛苦写的正文" in page.text


def test_who_saves_second_sees_both_and_overwrites_nothing(writer, database):
    saved(writer)
    saved(writer, entry="1", base="1", title="演示：先存的")
    page = saved(writer, entry="1", base="1", title="演示：后存的")
    assert page.status_code == 409 and "<del>先</del>" in page.text and "演示：后存的" in page.text
    with database.reading() as session:
        assert entries.get_entry(session, 1).title == "演示：先存的"
    page = saved(writer, index_number="YS-1")
    assert page.status_code == 409 and "已经有了" in page.text


def test_what_is_newer_than_what_was_looked_at_is_not_published(writer, reviewer, shown):
    saved(writer)
    saved(writer, entry="1", base="1", title="演示：又改")
    page = reviewer.sends("/catalogue/publish", {"chosen": "1:1"})
    assert "又改过了" in page.text and shown() == []
    assert "没有选" in reviewer.sends("/catalogue/publish").text
    assert reviewer.sends("/catalogue/publish", {"chosen": "x:1"}).status_code == 404


def test_a_file_is_looked_at_then_taken_in_and_comes_out_again(writer, publisher, shown):
    looked = handed_in(writer, CSV, look="1")
    assert looked.status_code == 200 and "没有问题，可以导入" in looked.text and "新增 2 条" in looked.text
    bad = handed_in(writer, CSV.replace("演示二,plans", "演示二,<b>宠物"))
    assert bad.status_code == 400 and "C3 类别" in bad.text and "没有“&lt;b&gt;宠物”这一类" in bad.text
    assert "新增 2 条" in handed_in(writer, CSV).text
    publisher.sends("/catalogue/publish", {"chosen": ["1:1", "2:1"]})
    assert sorted(shown()) == ["演示一", "演示二"]
    out = writer.opens("/catalogue/export/csv")
    again = writer.sends("/catalogue/import/take", {"file": (io.BytesIO(out.data), "目录.csv")})
    assert "新增 0 条，改动 0 条，不变 2 条" in again.text
    assert writer.opens("/catalogue/export/pdf").status_code == 404
    assert writer.opens("/catalogue/template").data.startswith(b"PK")
    assert handed_in(writer, "a,b\n").status_code == 400


def test_what_is_written_into_a_field_is_text_and_who_only_looks_finds_nothing_to_press(writer, sign_in):
    evil = "\"'><script>alert(1)</script>"
    page = saved(writer, title=evil, abstract=evil, keywords=evil, body=f"{evil}\n[x](javascript:alert(1))")
    auditor = sign_in(Role.AUDIT)
    for text in (page.text, auditor.opens("/catalogue/").text, auditor.opens("/catalogue/1").text):
        assert "<script>alert" not in text and 'href="javascript' not in text
    looked = auditor.opens("/catalogue/1").text
    assert "/catalogue/publish" not in looked and "/edit" not in looked and "/withdraw" not in looked
