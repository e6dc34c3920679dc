"""Looking up an article of law."""

from dataclasses import replace

import pytest
from makers import Somebody

from content import law_names, repository
from content.citations import chinese
from content.importers.laws import put_statute, read_statute
from content.models import Law
from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock

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


def test_digits_that_stand_apart_are_one_number(reader):
    assert reader.says("民法典 第 1 0 6 2 条").text.startswith("《民法典》第一千零六十二条")


@pytest.mark.parametrize(
    ("asked", "head", "told", "left_out"),
    [
        ("民法典第1062条第2项", "《民法典》第一千零六十二条第二项\n", "（二）其他财产。", "（一）"),
        ("民法典第1062条第一款第（一）项", "《民法典》第一千零六十二条第一款第一项\n", "（一）工资、奖金；", "（二）"),
        ("民法典第1062条第三项", "《民法典》第一千零六十二条只有 2 项，下面是全文\n", "（二）其他财产。", "项，项"),
        (
            "民法典第1062条第2款第1项",
            "《民法典》第一千零六十二条第二款不分项，下面是全文\n",
            "夫妻有平等的处理权。",
            "（一）",
        ),
    ],
)
def test_an_item_is_told_with_the_words_before_it_and_a_wrong_one_is_called_so(reader, asked, head, told, left_out):
    text = reader.says(asked).text
    assert text.startswith(head) and told in text and left_out not in text


@pytest.mark.parametrize(
    ("asked", "more"),
    [("民法典第100条和第1111条", "民法典第一千一百一十一条"), ("民法典第一百条、第1062条呢", "民法典第一千零六十二条")],
)
def test_a_second_article_is_offered_to_be_tapped(reader, asked, more):
    reply = reader.says(asked)
    assert (
        reply.text.startswith("《民法典》第一百条") and reply.choices == (more,) and say("law_one_more") in reply.text
    )
    assert reader.says("1").text.startswith(f"《民法典》{more.removeprefix('民法典')}")


@pytest.mark.parametrize("name", ["辽宁省法律援助条例", "葫芦岛市物业管理条例", "《辽宁省法律援助条例》"])
def test_a_regulation_of_a_place_is_not_the_nations(reader, name):
    assert f"《{name.strip('《》')}》第五条的原文这里还没有收录" in reader.says(f"{name}第五条").text


@pytest.mark.parametrize(
    ("asked", "law"),
    [
        ("法援法第42条", "法律援助法"),
        ("劳合法82条", "劳动合同法"),
        ("消保法第55条", "消费者权益保护法"),
        ("民法典婚姻家庭编司法解释（二）第5条", "婚姻家庭编解释（二）"),
        ("婚姻家庭编司法解释二第5条", "婚姻家庭编解释（二）"),
        ("婚姻家庭司法解释(二)第五条", "婚姻家庭编解释（二）"),
        ("民法典婚姻家庭编的解释（一）第三十条", "婚姻家庭编解释（一）"),
    ],
)
def test_a_law_is_known_by_what_people_call_it(reader, asked, law):
    assert f"《{law}》第" in reader.says(asked).text


def test_a_name_that_is_no_laws_is_not_spoken_of_as_one(reader):
    assert "名录里也没有这个名字" in reader.says("老王法第3条").text


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
    assert text == say("law_no_such_article", law="民法典", articles=1260, version="2020年公布")


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


# ── articles that are not there, and laws that are not on our list ────────────────────────────────────────────────────


@pytest.fixture
def knows_133_1(bureau, tmp_path) -> Somebody:
    """A citizen of a bureau that has imported 第一百三十三条之一 of a law of its own."""
    head = "title: 中华人民共和国演示刑律\nshort: 演示刑律\neffective: 2026-01-01\nversion: 演示"
    body = "第一百三十三条 交通肇事。\n\n第一百三十三条之一 追逐竞驶。\n\n第一百三十四条 重大事故。\n"
    (tmp_path / "演示.md").write_text(f"---\n{head}\n---\n\n{body}", encoding="utf-8")
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(tmp_path / "演示.md"))
        shelf = repository.load_shelf(session)
    return Somebody(replace(bureau, shelf=shelf))


@pytest.mark.parametrize("asked", ["演示刑律第一百三十三条之一", "演示刑律第133条之1", "演示刑律133之1条"])
def test_an_article_counted_after_another_got_the_words_of_the_other(knows_133_1, asked):
    text = knows_133_1.says(asked).text
    assert text.startswith("《演示刑律》第一百三十三条之一\n\n追逐竞驶。") and "肇事" not in text


def test_an_article_counted_after_another_that_is_not_there_is_not_answered_with_the_other(knows_133_1, reader):
    for asked, law, version, article in (
        ("演示刑律第134条之一", "演示刑律", "演示", "第一百三十四条之一"),
        ("演示刑律第133条之99999999999", "演示刑律", "演示", "第一百三十三条之99999999999"),
    ):
        assert knows_133_1.says(asked).text == say("law_no_such_sub", law=law, version=version, article=article)
    text = reader.says("民法典第1062条之一").text
    assert text == say("law_no_such_sub", law="民法典", version="2020年公布", article="第一千零六十二条之一")


@pytest.mark.parametrize(
    ("asked", "law", "article"),
    [
        ("刑法第二百三十四条", "刑法", "第二百三十四条"),
        ("刑法第133条之一", "刑法", "第一百三十三条之一"),
        ("公司法第16条", "公司法", "第十六条"),
        ("道路运输法第3条", "道路运输法", "第三条"),
        ("《网络安全审查办法》第五条", "网络安全审查办法", "第五条"),
        ("刑法第99999条", "刑法", "第99999条"),
    ],
)
def test_a_law_that_is_not_on_our_list_got_words_about_something_else(somebody, asked, law, article):
    key = "law_not_imported" if law in law_names.names() else "law_unknown"
    assert somebody.says(asked).text == say(key, name=f"《{law}》{article}", title=law)
    assert somebody.topic == "disclosure/regulations"


@pytest.mark.parametrize("asked", ["婚姻法第32条", "中华人民共和国婚姻法第三十二条", "合同法第52条", "继承法10条"])
def test_a_law_that_another_has_replaced_is_told_as_such(somebody, asked):
    text = somebody.says(asked).text
    assert "已经废止（《民法典》第一千二百六十条，2021-01-01 起）" in text and "flk.npc.gov.cn" in text


@pytest.mark.parametrize("asked", ["民法典1062", "民法典第一○六二条", "民法典第一千零六十二"])
def test_an_article_asked_for_without_its_usual_signs_was_not_found(reader, asked):
    assert reader.says(asked).text.startswith("《民法典》第一千零六十二条\n")


@pytest.mark.parametrize(
    ("asked", "article"),
    [("第1062条", "第一千零六十二条"), ("第三十三条", "第三十三条"), ("第133条之一", "第一百三十三条之一")],
)
def test_an_article_without_a_law_is_answered_with_the_question_which_law(reader, asked, article):
    assert reader.says(asked).text == say("law_which", article=article)


def test_a_law_held_without_articles_never_has_none_of_none(bureau):
    with bureau.database.transaction() as session:
        session.add(
            Law(short="空决定", title="空决定", version="1", effective_on=clock.day("2026-01-01"), content_hash="")
        )
        session.flush()
        shelf = repository.load_shelf(session)
    text = Somebody(replace(bureau, shelf=shelf)).says("空决定第3条").text
    assert text == say("law_not_imported", name="《空决定》第三条", title="空决定")


# ── what else he wrote ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_beside_an_article_was_forgotten(somebody):
    reply = somebody.says("老板不发工资违反劳动法第50条吗")
    assert reply.text.startswith("《劳动法》第五十条") and reply.choices == ("拖欠工资",)
    somebody.says("1")
    assert somebody.topic == "matter/wages"


@pytest.mark.parametrize("asked", ["请问民法典第1062条怎么写的", "我想看看民法典第1062条", "民法典第1062条是什么意思"])
def test_mere_words_of_asking_are_no_story(reader, asked):
    assert reader.says(asked).choices == ()


# ── articles longer than a message ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def long_article(bureau, tmp_path) -> str:
    items = "\n".join(f"（{chinese(number)}）第{chinese(number)}项职权的内容写得比较长；" for number in range(1, 60))
    head = "title: 中华人民共和国演示长法\nshort: 演示长法\neffective: 2026-01-01\nversion: 演示"
    (tmp_path / "长.md").write_text(f"---\n{head}\n---\n\n第一条 行使下列职权：\n{items}\n", encoding="utf-8")
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(tmp_path / "长.md"))
    return items


@pytest.mark.parametrize("public_url", ["https://pufa.example", ""])
def test_an_article_longer_than_a_message_was_cut_without_a_word(bureau, long_article, public_url):
    with bureau.database.reading() as session:
        shelf = repository.load_shelf(session)
    text = Somebody(replace(bureau, shelf=shelf, public_url=public_url)).says("演示长法第1条").text
    assert len(text.encode()) <= TEXT_BYTES and "（五十九）" not in text
    if public_url:
        assert say("law_shortened") in text and '<a href="https://pufa.example/h/laws/演示长法/1">' in text
    else:
        assert say("law_whole_elsewhere", title="中华人民共和国演示长法") in text and "/h/laws" not in text


def test_an_article_that_fits_is_not_called_shortened(reader):
    assert say("law_shortened") not in reader.says("民法典第1062条").text
