import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import Somebody

from content import citations
from content.citations import Citation, chinese, citations_in, find_lookup, is_known, laws, number_of
from content.importers.laws import put_statute, read_statute

# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_number_an_article_can_have_is_written_in_chinese_and_read_again():
    assert [number_of(chinese(number)) for number in range(1, 10000)] == list(range(1, 10000))


@given(number=st.integers(1, 9999))
def test_a_number_is_read_in_any_script(number):
    digits = str(number)
    full_width = digits.translate({ord(sign): ord(sign) + 0xFEE0 for sign in digits})
    one_by_one = "".join("〇一二三四五六七八九"[int(sign)] for sign in digits)
    assert number_of(digits) == number_of(full_width) == number_of(one_by_one) == number


@given(number=st.integers(1, 9999))
def test_an_articles_number_is_written_as_laws_write_it(number):
    written = chinese(number)
    assert not written.startswith(("零", "一十"))
    assert not written.endswith("零")
    assert "零零" not in written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (33, "三十三"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1000, "一千"),
        (1010, "一千零一十"),
        (1062, "一千零六十二"),
        (1100, "一千一百"),
        (1260, "一千二百六十"),
        (9999, "九千九百九十九"),
    ],
)
def test_known_numbers_are_written_rightly(number, written):
    assert chinese(number) == written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两百零三", 203),
        ("百", 100),
        ("1千零62", 1062),
        ("三3", 33),
        ("一千〇六十二", 1062),
        ("一百二三", 123),
        ("0", 0),
    ],
)
def test_numbers_as_people_write_them_are_read(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("number", [0, -1, 10000])
def test_no_article_has_such_a_number(number):
    with pytest.raises(ValueError):
        chinese(number)


@pytest.mark.parametrize("text", ["法", "三十三号", "²", "1.5"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        number_of(text)


# ── citations in our own texts ────────────────────────────────────────────────────────────────────────────────────────


def test_every_citation_in_a_text_is_found_however_it_is_written():
    text = (
        "依据《宪法》第三十三条和《民法典》第1062条、《劳动合同法》 三十条；《工伤保险条例》第１４条。《宪法》很重要。"
        "《刑法》第一百三十三条之一。"
    )
    assert list(citations_in(text)) == [
        Citation("宪法", 33), Citation("民法典", 1062), Citation("劳动合同法", 30), Citation("工伤保险条例", 14),
        Citation("刑法", 133, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("law", "article", "known"),
    [
        ("宪法", 143, True),
        ("宪法", 144, False),
        ("宪法", 0, False),
        ("中华人民共和国宪法", 1, True),
        ("民法典", 1260, True),
        ("民法", 1260, True),
        ("刑法", 1, False),
        ("", 1, False),
    ],
)
def test_a_citation_is_known_by_any_name_of_the_law_and_up_to_its_last_article(law, article, known):
    assert is_known(Citation(law, article)) is known


def test_an_article_that_no_law_of_the_list_counts_so_is_not_known():
    assert not is_known(Citation("民法典", 1062, 1))


def test_no_two_laws_share_a_name():
    facts = {law.short: law for law in laws().values()}
    names = [name for law in facts.values() for name in {law.short, law.title, *law.aliases}]
    assert len(names) == len(set(names))
    assert all(laws()[law.short] is law and laws()[law.title] is law for law in facts.values())


# ── what citizens ask ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "law", "article", "paragraph"),
    [
        ("宪法第三十三条", "宪法", 33, None),
        ("民法典1062条", "民法典", 1062, None),
        ("法律援助法第31条第2款", "法律援助法", 31, 2),
        ("法律援助法第三十一条第二款", "法律援助法", 31, 2),
        ("《民法典》第1062条", "民法典", 1062, None),
        ("《中华人民共和国劳动合同法》的第三十条第二款", "劳动合同法", 30, 2),
        ("民法典第１０６２条", "民法典", 1062, None),
        ("民法典 第 1062 条", "民法典", 1062, None),
        ("请问一下，民法典第1000条是怎么说的？", "民法典", 1000, None),
        ("民法典1111条", "民法典", 1111, None),
        ("民法典第1千零62条", "民法典", 1062, None),
        ("我有3条意见，民法典第1062条", "民法典", 1062, None),
        ("劳动合同法实施条例第18条", "劳动合同法实施条例", 18, None),
        ("劳动争议司法解释（一）第三十二条", "劳动争议司法解释（一）", 32, None),
        ("反家暴法23条", "反家庭暴力法", 23, None),
        ("宪法第200条", "宪法", 200, None),
        ("宪法第0条第0款", "宪法", 0, 0),
        ("民法典第一○六二条", "民法典", 1062, None),
        ("民法典1062", "民法典", 1062, None),
        ("民法典第一千零六十二", "民法典", 1062, None),
        ("民法典1062是什么？", "民法典", 1062, None),
        ("刑法第264条", "刑法", 264, None),
        ("刑法234", "刑法", 234, None),
        ("公司法第16条", "公司法", 16, None),
        ("道路运输法第3条", "道路运输法", 3, None),
        ("我想问一下，刑法的第264条", "刑法", 264, None),
        ("请问中华人民共和国刑法第20条", "中华人民共和国刑法", 20, None),
        ("《网络安全审查办法》第五条", "网络安全审查办法", 5, None),
        ("物业公司违反物业管理条例第36条", "物业管理条例", 36, None),
    ],
)
def test_a_question_for_an_article_is_understood(text, law, article, paragraph):
    found = find_lookup(text)
    assert found is not None
    assert (found.law.short, found.article, found.paragraph) == (law, article, paragraph)
    assert found.sub == 0


@pytest.mark.parametrize(
    ("text", "law", "article", "sub", "paragraph"),
    [
        ("刑法第一百三十三条之一", "刑法", 133, 1, None),
        ("刑法第133条之1", "刑法", 133, 1, None),
        ("刑法133之1条", "刑法", 133, 1, None),
        ("刑法第二百九十一条之二第一款", "刑法", 291, 2, 1),
        ("民法典第1062条之一", "民法典", 1062, 1, None),
        ("民法典第三条之规定", "民法典", 3, 0, None),
        ("民法典第三条之一般原则", "民法典", 3, 0, None),
    ],
)
def test_an_article_counted_after_another_is_asked_for_as_itself(text, law, article, sub, paragraph):
    found = find_lookup(text)
    assert (found.law.short, found.article, found.sub, found.paragraph) == (law, article, sub, paragraph)


@pytest.mark.parametrize(
    ("text", "article", "sub"),
    [("第1062条", 1062, 0), ("第三十三条", 33, 0), ("查一下第33条是什么", 33, 0), ("第133条之一。", 133, 1)],
)
def test_an_article_without_a_law_is_known_as_such(text, article, sub):
    found = find_lookup(text)
    assert (found.law, found.article, found.sub) == (None, article, sub)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("老板不发工资违反劳动法第50条吗", "老板不发工资吗"),
        ("民法典第1062条夫妻共同财产", "夫妻共同财产"),
        ("民法典第1062条", ""),
        ("《劳动争议司法解释（一）》第三十二条", ""),
    ],
)
def test_what_else_was_written_is_kept_without_the_law(text, rest):
    assert find_lookup(text).rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "宪法",
        "宪法一共多少条",
        "没有的法第3条",
        "他的做法第三条",
        "这样做违法第三条",
        "《公司章程》第三条",
        "宪法2018",
        "劳动法12333",
        "第3条腿",
        "一条狗咬了我，第3条腿",
        "民法典有1260条",
        "我家有三条鱼",
        "老板欠我三个月工资，我听人说劳动合同法第三十条写了要按时发，我去要了好几次都不给，现在该找谁去说理呢你们管不管",
    ],
)
def test_what_only_sounds_like_it_is_no_question_for_an_article(text):
    assert find_lookup(text) is None


@given(st.text("第条款的《》民法典宪一二十百千零〇两0123１２²① ，", max_size=60))
def test_no_words_break_the_search_for_an_article(text):
    found = find_lookup(text)
    assert found is None or found.law is None or found.law.short
    assert all(isinstance(cited.article, int) for cited in citations_in(text))


# ── and what they are told ────────────────────────────────────────────────────────────────────────────────────────────

STATUTE = """---
title: 中华人民共和国民法典
short: 民法典
effective: 2021-01-01
version: 2020年公布
---

第一百一十一条 这是第一百一十一条。

第一千条 这是第一千条。

第一千一百一十一条 第一款的话。
第二款的话。
"""


@pytest.fixture
def citizen(bureau, write):
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(write("law.md", STATUTE)))
    return Somebody(bureau)


@pytest.fixture
def database_url(tmp_path):
    """What is told does not depend on the kind of database."""
    return f"sqlite:///{tmp_path}/pufa.db"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("民法典第1111条", "《民法典》第一千一百一十一条\n\n第一款的话。\n第二款的话。"),
        ("民法典1000条", "《民法典》第一千条\n\n这是第一千条。"),
        ("《民法典》第１１１１条第２款", "《民法典》第一千一百一十一条第二款\n\n第二款的话。"),
        ("民法典第一千一百一十一條第三款", "《民法典》第一千一百一十一条只有 2 款，下面是全文\n\n第一款"),
    ],
)
def test_the_very_article_that_was_asked_for_is_told(citizen, asked, told):
    assert citizen.says(asked).text.startswith(told)


def test_an_article_that_is_not_here_is_told_where_to_read(citizen):
    assert "国家法律法规数据库" in citizen.says("宪法第三十三条").text
    assert "没有这一条" in citizen.says("宪法第二百条").text
    assert "没有这一条" in citizen.says(f"宪法第{'9' * 30}条").text


def test_a_newer_version_than_the_list_knows_is_told_as_what_it_is(bureau, write):
    newer = STATUTE.replace("2020年公布", "2030年修正").replace("2021-01-01", "2030-01-01")
    newer += "\n第一千二百六十一条 新加的一条。\n"
    with bureau.database.transaction() as session:
        put_statute(session, read_statute(write("law.md", newer)))
    told = Somebody(bureau).says("民法典第1261条").text
    assert "新加的一条。" in told
    assert "2030年修正" in told
    assert "2030-01-01" in told


def test_an_imported_law_without_the_asked_article_does_not_invent_one(citizen):
    assert "还没有收录" in citizen.says("民法典第2条").text


def test_the_list_of_laws_is_held_once():
    assert citations.laws() is citations.laws()
