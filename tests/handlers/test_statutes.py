"""Looking up an article of law."""

from dataclasses import replace

import pytest
from makers import Somebody

from content import repository
from content.importers.laws import put_statute, read_statute
from content.phrases import say

ARTICLES = """---
title: 中华人民共和国民法典
short: 民法典
adopted: 2020-05-28
effective: 2021-01-01
version: 2020年公布
source: somewhere
---

## 第五编 婚姻家庭

第一百条 法人应当有自己的名称。

第一千零六十二条 下列财产归夫妻共同所有：
（一）工资、奖金；
（二）其他财产。
夫妻有平等的处理权。

第一千一百一十一条 只有一款的一条。

第一千二百六十条 本法自2021年1月1日起施行。
"""


@pytest.fixture
def reader(bureau, tmp_path) -> Somebody:
    """A citizen of a bureau that has imported some articles of the Civil Code."""
    (tmp_path / "民法典.md").write_text(ARTICLES, encoding="utf-8")
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(tmp_path / "民法典.md"))
    return Somebody(bureau)


@pytest.mark.parametrize(
    "asked",
    [
        "民法典第1062条",
        "民法典1062条",
        "《民法典》第1062条",
        "民法典第一千零六十二条",
        "民法典一千零六十二条",
        "民法典 第 1062 条",
        "中华人民共和国民法典第1062条",
        "民法典的第１０６２条",
        "請問民法典第1062條",
        "民法典第1062条是什么",
        "想看看民法典第1062条说的啥",
    ],
)
def test_an_article_is_found_however_it_is_asked_for(reader, asked):
    text = reader.says(asked).text
    assert text.startswith("《民法典》第一千零六十二条") and "夫妻有平等的处理权。" in text
    assert "国家法律法规数据库" in text and "somewhere" not in text
    assert reader.topic == "disclosure/regulations"


def test_a_paragraph_is_told_with_its_items_and_nothing_else(reader):
    first, second = (reader.says(f"民法典第1062条第{number}款").text for number in ("1", "二"))
    assert (
        first.startswith("《民法典》第一千零六十二条第一款") and "（二）其他财产。" in first and "处理权" not in first
    )
    assert "夫妻有平等的处理权。" in second and "（一）" not in second


@pytest.mark.parametrize("number", ["3", "0", "九十九", "1千"])
def test_a_paragraph_there_is_not_gets_the_whole_article(reader, number):
    text = reader.says(f"民法典第1062条第{number}款").text
    assert say("law_no_such_paragraph", name="《民法典》第一千零六十二条", paragraphs=2) in text and "处理权" in text


@pytest.mark.parametrize("number", ["1261", "0", "9999999999", "一千九百九十九"])
def test_an_article_there_is_not_is_told_with_how_many_there_are(reader, number):
    text = reader.says(f"民法典第{number}条").text
    assert "1260 条" in text and "没有这一条" in text


@pytest.mark.parametrize("number", ["1111", "一千一百一十一", "１１１１"])
def test_a_number_of_like_digits_stays_the_number_it_is(reader, number):
    assert reader.says(f"民法典第{number}条").text.startswith("《民法典》第一千一百一十一条\n\n只有一款")


@pytest.mark.parametrize("number", ["1千零62", "1000零62", "第1062", "零"])
def test_a_number_written_strangely_is_answered(reader, number):
    assert reader.says(f"民法典第{number}条").text


def test_an_article_of_a_law_not_imported_says_where_to_read_it(somebody):
    text = somebody.says("劳动合同法第82条").text
    assert text.startswith("《劳动合同法》第八十二条") and "flk.npc.gov.cn" in text


def test_an_article_of_the_constitution_belongs_to_constitution_day(somebody):
    assert "第三十三条" in somebody.says("宪法第三十三条").text
    assert somebody.topic == "publicity/constitution-day"


def test_a_story_that_mentions_an_article_is_heard_as_a_story(reader):
    story = (
        "老板拖了我八个月工资，我去劳动局，人家说按劳动合同法第八十五条老板得加付赔偿金，"
        "可他就是不认账，还说让我去告，我一个农民工上哪告去"
    )
    reader.says(story)
    assert reader.topic == "matter/wages"


@pytest.mark.parametrize("text", ["第五条", "这条路怎么走", "发条朋友圈", "没有的法第3条", "一条狗咬了我"])
def test_what_names_no_law_is_no_lookup(reader, text):
    assert "国家法律法规数据库" not in reader.says(text).text


def test_an_imported_law_that_is_not_on_the_list_is_found_by_its_names(bureau, tmp_path):
    head = "title: 中华人民共和国试行管理法\nshort: 试管法\neffective: 2026-01-01\nversion: 试行"
    (tmp_path / "试行.md").write_text(f"---\n{head}\n---\n\n第一条 为了试行。\n\n第二条 到年底。\n", encoding="utf-8")
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(tmp_path / "试行.md"))
        shelf = repository.load_shelf(session)
    reader = Somebody(replace(bureau, shelf=shelf))
    for asked in ("试行管理法第二条", "试管法第2条"):
        assert "到年底" in reader.says(asked).text
    assert reader.says("试管法第9条").text == say("law_no_such_article", law="试管法", articles=2, version="试行")
