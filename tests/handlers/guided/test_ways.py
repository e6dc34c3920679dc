"""Ways in which citizens really answer the questions of the library, in dialect, with typos, as a voice is written."""

from pathlib import Path

import pytest

from content.phrases import say
from content.store import clock
from handlers.guided import flow as flows
from handlers.guided.reading import read

WAYS = [line.split("\t") for line in Path(__file__).with_name("ways.tsv").read_text(encoding="utf-8").splitlines()]


def test_every_way_means_its_option():
    missed = []
    for flow, name, text, meant in WAYS:
        found = read(flows.load(flow).questions[name], text, clock.today()).value
        told = ",".join(found) if isinstance(found, list) else found
        if told != meant:
            missed.append((name, text, meant, told))
    assert not missed and len(WAYS) > 250


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("我68了", ["elderly"]), ("我今年七十二了", ["elderly"]), ("65岁", ["elderly"]), ("六十五", ["elderly"]),
        ("我妈68了，还是残疾", ["elderly", "disabled"]), ("他才15", ["minor"]), ("16周岁", ["minor"]),
        ("17岁半", ["minor"]), ("不满18岁", ["minor"]), ("不到60岁", None), ("我今年45", None),
        ("1和3", ["minor", "disabled"]), ("13", None), ("1 3", ["minor", "disabled"]), ("第三个", ["disabled"]),
    ],
)  # fmt: skip
def test_an_age_is_the_group_of_that_age(text, values):
    assert read(flows.load("legal-aid").questions["groups"], text, clock.today()).value == values


@pytest.mark.parametrize("text", ["张演示", "我叫张演示。", "姓名：张演示", "我的名字是张演示", " 张演示，"])
def test_a_name_is_the_name_alone(text):
    assert read(flows.load("request").questions["name"], text, clock.today()).value == "张演示"


@pytest.mark.parametrize("number", ["65", "17", "13", "72"])
def test_a_number_that_may_be_an_age_or_two_options_is_asked_back(number):
    found = read(flows.load("legal-aid").questions["groups"], number, clock.today())
    assert found.problem == say("guided_age_or_options", number=number, first=number[0], second=number[1])


@pytest.mark.parametrize(("text", "value"), [("还在干呢", ""), ("我没离职", ""), ("还没走", ""), ("没有", "")])
def test_a_question_has_words_of_its_own_for_skipping(text, value):
    assert read(flows.load("legal-aid").questions["left_on"], text, clock.today()).value == value


@pytest.mark.parametrize("text", ["不是低保", "没有低保，有点存款"])
def test_who_says_only_what_it_is_not_is_asked_what_it_is(text):
    found = read(flows.load("legal-aid").questions["means"], text, clock.today())
    assert found.value is None and found.problem.startswith("好，不是“低保等社会救助对象”")


def test_all_of_it_is_an_answer_and_no_cry_for_help(somebody):
    for words in ("法律援助自测", "讨工资", "没有请"):
        somebody.says(words)
    assert "不能同时选" in somebody.says("以上都是").text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("field", "裁决书"), ("field", "判决书"), ("field", "收到判决书了"), ("labour", "仲裁不受理"),
        ("civil", "二审判决不服"), ("civil", "终审判决"), ("civil", "判决赢了对方不给"), ("criminal", "我是被害人不服"),
        ("criminal", "不起诉不服"), ("criminal", "二审判了"), ("official", "罚款不服"), ("official", "不服交警罚款"),
    ],
)  # fmt: skip
def test_what_may_mean_several_periods_or_none_is_asked_again_and_never_counted(name, text):
    found = read(flows.load("deadline").questions[name], text, clock.today())
    assert found.value is None and found.problem
