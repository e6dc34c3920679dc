"""What people's words answer."""

from datetime import date

import pytest

from content.phrases import say
from handlers.guided.amounts import numbers_in
from handlers.guided.asked import Wish, read_wish
from handlers.guided.days import read_day
from handlers.guided.reading import NO_ANSWER, read

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "wages"), ("１", "wages"), ("①", "wages"), ("A", "wages"), ("b。", "injury"), ("二", "injury"),
        ("第2个", "injury"), ("选2吧", "injury"), ("我选第三项", "other"), ("2.", "injury"), ("选项B", "injury"),
        ("拖欠工资", "wages"), ("欠薪", "wages"), ("老板拖着工钱不给", "wages"), ("我是干活受伤的", "injury"),
        ("不是工伤，是欠薪", "wages"), ("工伤吧", "injury"), ("拖欠 工资！", "wages"), ("老板欠薪怎么办", "wages"),
        ("既不是工伤也不是欠薪", "other"),
    ],
)  # fmt: skip
def test_a_choice_is_named_in_many_ways(small_flow, text, value):
    assert read(small_flow.questions["matter"], text, TODAY).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", "yes"), ("是的", "yes"), ("嗯", "yes"), ("对啊", "yes"), ("是的，我是农民工", "yes"),
        ("我是农民工", "yes"), ("农民工", "yes"), ("对，没错", "yes"), ("不是", "no"), ("不是的", "no"), ("没有", "no"),
        ("不是农民工", "no"),
        ("我不是农民工", "no"), ("不，我有城里户口", "no"), ("否", "no"), ("2", "no"), ("我并非农民工", "no"),
        ("我不算是农民工", "no"), ("不是，我不是农民工", "no"),
    ],
)  # fmt: skip
def test_yes_and_no_in_whole_sentences_and_denials(small_flow, text, value):
    assert read(small_flow.questions["migrant"], text, TODAY).value == value


@pytest.mark.parametrize("text", ["农民工是什么意思？", "农民工能不能申请", "什么算农民工", "今天天气真好", ""])
def test_a_question_names_no_option(small_flow, text):
    assert read(small_flow.questions["migrant"], text, TODAY) == NO_ANSWER


def test_two_options_in_one_sentence_are_asked_back(small_flow):
    assert "拖欠工资”“工伤" in read(small_flow.questions["matter"], "又欠薪又工伤", TODAY).problem


@pytest.mark.parametrize("text", ["9", "第8个", "z", "0"])
def test_an_option_there_is_not_says_how_many_there_are(small_flow, text):
    assert read(small_flow.questions["matter"], text, TODAY).problem == say("guided_no_such_option", most=3)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1和3", ["contract", "record"]), ("1、3", ["contract", "record"]), ("1 3", ["contract", "record"]),
        ("13", ["contract", "record"]), ("AC", ["contract", "record"]), ("3，1", ["contract", "record"]),
        ("第一个和第三个", ["contract", "record"]), ("合同和考勤", ["contract", "record"]), ("2", ["note"]),
        ("有欠条，没有合同", ["note"]), ("全部", ["contract", "note", "record"]), ("都没有", ["none"]),
        ("没有", ["none"]), ("4", ["none"]), ("1和4", ["contract"]), ("一、三都有", ["contract", "record"]),
        ("1跟2还有3", ["contract", "note", "record"]),
    ],
)  # fmt: skip
def test_several_are_named_together(small_flow, text, values):
    assert read(small_flow.questions["papers"], text, TODAY).value == values


def test_one_of_several_that_is_not_there_spoils_the_answer(small_flow):
    assert read(small_flow.questions["papers"], "1和9", TODAY).problem == say("guided_no_such_option", most=4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年3月5日", (2026, 3, 5)), ("2026-3-5", (2026, 3, 5)), ("2026.03.05", (2026, 3, 5)),
        ("2026/3/5", (2026, 3, 5)), ("20260305", (2026, 3, 5)), ("２０２６年３月５日", (2026, 3, 5)),
        ("二〇二六年三月五日", (2026, 3, 5)), ("26年3月5号", (2026, 3, 5)), ("3月5号", (2026, 3, 5)),
        ("12月3日", (2025, 12, 3)), ("十一月二十五日", (2026, 11, 25)), ("去年12月3日", (2025, 12, 3)),
        ("前年的5月1号", (2024, 5, 1)), ("今天", (2026, 11, 25)), ("昨天收到的", (2026, 11, 24)),
        ("前天", (2026, 11, 23)), ("大前天", (2026, 11, 22)), ("大后天", (2026, 11, 28)), ("后天", (2026, 11, 27)),
        ("周一", (2026, 11, 23)), ("周五", (2026, 11, 20)), ("上周五", (2026, 11, 20)), ("上星期天", (2026, 11, 22)),
        ("这周五", (2026, 11, 27)), ("上上周三", (2026, 11, 11)), ("下周一", (2026, 11, 30)),
        ("上个月5号", (2026, 10, 5)), ("这个月3号", (2026, 11, 3)), ("5号", (2026, 11, 5)), ("28号", (2026, 10, 28)),
        ("3天前", (2026, 11, 22)), ("两周前", (2026, 11, 11)), ("一个月前", (2026, 10, 25)), ("半年前", (2026, 5, 25)),
        ("两年前", (2024, 11, 25)), ("我是2026年3月5日收到裁决书的", (2026, 3, 5)), ("2月29日", (2024, 2, 29)),
    ],
)  # fmt: skip
def test_days_as_people_write_them(small_flow, text, day):
    assert read(small_flow.questions["since"], text, TODAY).value == date(*day).isoformat()


@pytest.mark.parametrize("text", ["2026年2月30日", "13月5日", "31号之前的6月31日", "2025-02-29"])
def test_what_names_no_day_is_told_how_to_write_one(small_flow, text):
    assert read(small_flow.questions["since"], text, TODAY).problem == say("guided_no_day")


@pytest.mark.parametrize("text", ["2026年3月", "3月", "去年12月", "2025年", "3月份走的", "去年夏天"])
def test_a_month_alone_is_asked_for_its_day(small_flow, text):
    assert read(small_flow.questions["since"], text, TODAY).problem == say("guided_which_day")


@pytest.mark.parametrize("text", ["农历三月初五", "正月十五", "腊月二十三"])
def test_the_chinese_calendar_is_asked_back(small_flow, text):
    assert read(small_flow.questions["since"], text, TODAY).problem == say("guided_lunar_day")


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2027, 3, 1), date(2026, 1, 1), date(2024, 2, 28)])
def test_a_day_without_a_year_never_lies_ahead(today):
    for text in ("2月29日", "12月31日", "1月1日", "31号", "周日"):
        found = read_day(text, today)
        assert found is None or found <= today


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3000", 3000), ("3,000元", 3000), ("三千", 3000), ("三千块", 3000), ("3千", 3000), ("两万五", 25000),
        ("3.5万", 35000), ("一万零五十", 10050), ("十二", 12), ("一百零三", 103), ("一个月3000块", 3000),
        ("大概两千左右", 2000), ("没有", 0), ("没有收入", 0), ("0", 0), ("１２００", 1200), ("一百二", 120),
        ("二十三万六千", 236000), ("99.5", 99.5),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, number):
    assert numbers_in(text.translate({ord("１"): "1", ord("２"): "2", ord("０"): "0"})) == [number]


def test_two_numbers_are_asked_back_and_a_question_is_none(small_flow):
    amount = small_flow.questions["amount"]
    assert read(amount, "2000到3000", TODAY).problem == say("guided_one_number")
    assert read(amount, "要交多少钱？", TODAY) == read(amount, "一点也记不起来", TODAY) == NO_ANSWER
    assert read(amount, "三个人", TODAY).value == 3
    assert read(amount, "跳过", TODAY).value == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("note", "没有", ""), ("note", "不知道", ""), ("note", "不知道的事", "不知道的事"), ("amount", "没有", 0),
        ("amount", "不知道", ""), ("amount", "忘了", ""), ("name", "没有", "没有"),
    ],
)  # fmt: skip
def test_what_may_be_skipped_is_skipped_in_several_words(small_flow, name, text, value):
    assert read(small_flow.questions[name], text, TODAY).value == value


def test_a_text_is_kept_as_it_was_written_and_not_longer_than_allowed(small_flow):
    name = small_flow.questions["name"]
    assert read(name, "  张 三\n\n 来自连山区 ", TODAY).value == "张 三\n来自连山区"
    assert read(name, "张\0三\x1b\ud800", TODAY).value == "张三"  # what no database takes
    assert read(name, "长" * 21, TODAY).problem == say("guided_too_long", longest=20, written=21)
    assert read(name, "跳过", TODAY).problem == say("guided_needed")
    assert read(small_flow.questions["note"], "跳过", TODAY).value == ""


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("上一题", Wish.BACK), ("上一步", Wish.BACK), ("返回上一题", Wish.BACK), ("选错了", Wish.BACK),
        ("刚才填错了", Wish.BACK), ("帮助", Wish.HELP), ("这是什么意思？", Wish.HELP), ("看不懂", Wish.HELP),
        ("我不知道选哪个", Wish.HELP), ("我在哪一步", Wish.WHERE), ("到哪了", Wish.WHERE), ("还有几题", Wish.WHERE),
        ("继续", Wish.ON), ("接着来", Wish.ON), ("重来", Wish.ANEW), ("从头来", Wish.ANEW), ("重新开始", Wish.ANEW),
        ("0", None), ("人工", Wish.PERSON), ("我要找工作人员", Wish.PERSON), ("网页", Wish.PAGE),
        ("返还工资", None), ("我在工地", None), ("帮助我讨薪", None),
    ],
)  # fmt: skip
def test_wishes_in_the_middle_of_a_talk(text, wish):
    assert read_wish(text) is wish
