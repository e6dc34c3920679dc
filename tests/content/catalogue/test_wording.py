"""What staff wrote is taken, or every fault is told at once, each at its field."""

from datetime import date

import pytest

from content.catalogue import wording
from content.catalogue.categories import categories, category_of, category_of_topic, searched_topics, validity_of
from content.catalogue.wording import Words
from content.repository import topics

GOOD = {"index_number": "YS-1", "category": "法规文件类", "title": "演示文件", "url": "https://example.com/1"}


def test_the_categories_are_those_of_the_bureaus_own_report_each_with_a_topic() -> None:
    names = [category.name for category in categories().values()]
    assert names == ["机构职能类", "法规文件类", "发展计划类", "工作状态", "公共服务类"]
    assert {*category_of_topic(), *searched_topics()} <= set(topics())


def test_a_category_is_understood_by_its_slug_its_name_and_other_names() -> None:
    assert {category_of(word) for word in ("regulations", "法规文件类", " 法规公文 ", "规范性文件")} == {"regulations"}
    assert category_of("宠物") == ""
    assert [validity_of(word) for word in ("有效", "废止", "已修改", "待核", "amended", "大概")] == [
        "valid", "void", "amended", "unchecked", "amended", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "written", ["2026-11-20", "2026/11/20", "2026年11月20日", "20261120", "2026.11.20", "2026-11-20 00:00:00"]
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    found, faults = wording.read({**GOOD, "issued_on": written})
    assert not faults
    assert found and found.issued_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("field", "written", "told"),
    [
        ("index_number", "", "还没有索引号"),
        ("index_number", "YS 1<b>", "索引号只能用"),
        ("category", "宠物类", "没有“宠物类”这一类"),
        ("category", "", "请写类别"),
        ("title", "", "还没有名称"),
        ("title", "长" * 201, "最多 200 个字"),
        ("validity", "大概有效", "请写有效"),
        ("issued_on", "去年", "不是日期"),
        ("issued_on", "2026-02-30", "不是日期"),
        ("published_on", "2026-11-26", "还没有到"),
        ("published_on", "1848-01-01", "太早"),
        ("url", "javascript:alert(1)", "https://"),
        ("abstract", "联系人电话13912345678", "没有遮住的手机号"),
    ],
)
def test_every_fault_is_told_at_its_field(field: str, written: str, told: str) -> None:
    found, faults = wording.read({**GOOD, field: written})
    assert found is None
    assert list(faults) == [field]
    assert told in faults[field]


def test_what_no_page_and_no_feed_can_hold_is_left_out() -> None:
    found, _ = wording.read({**GOOD, "title": "演示\x00文\ud800件\n二", "body": "一\r\n二\ufffe\x0b", "url": ""})
    assert found and (found.title, found.body) == ("演示文件 二", "一\n二")


def test_a_picture_that_lies_elsewhere_becomes_a_link_and_ours_stays() -> None:
    body = "前![流程](http://example.com/a.png)后![](https://example.com/b.png) ![我们的](/h/pictures/ab.png)"
    words, faults = wording.read(GOOD | {"body": body})
    assert not faults and words is not None
    told = (
        "前[图：流程](http://example.com/a.png)后[图：打开看](https://example.com/b.png) ![我们的](/h/pictures/ab.png)"
    )
    assert words.body == told


def test_words_are_kept_and_come_back_as_they_were() -> None:
    found, _ = wording.read({**GOOD, "issued_on": "2026-11-20", "validity": "失效", "keywords": "社区矫正  矫正"})
    assert found and Words.from_json(found.as_json()) == found
