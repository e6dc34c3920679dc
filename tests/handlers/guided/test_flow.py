"""A flow replayed from answers, checked like code, and drawn."""

import re
from dataclasses import replace

import pytest
from defusedxml import ElementTree

from handlers.guided import chart, checking, flow
from handlers.guided.questions import Flow, Way
from tests.handlers.guided.small import WRITTEN

WAGES = {"matter": "wages", "migrant": "yes", "papers": ["contract"]}


def test_the_next_question_is_replayed_from_the_answers(small_flow):
    assert flow.next_step(small_flow, {}).name == "matter"
    assert flow.next_step(small_flow, {"matter": "other"}).name == "papers"
    assert flow.next_step(small_flow, WAGES).name == "since"
    every = {**WAGES, "since": "2026-03-05", "amount": "", "name": {"sealed": "x"}, "note": ""}
    assert flow.next_step(small_flow, every) is None


def test_answers_off_the_road_are_ignored_and_kept_for_the_way_back(small_flow):
    changed = {**WAGES, "matter": "other"}
    assert "migrant" not in flow.on_road(small_flow, changed) and flow.next_step(small_flow, changed).name == "since"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"matter": "gone"}, "matter"), ({"matter": ["wages"]}, "matter"), ({**WAGES, "papers": []}, "papers"),
        ({**WAGES, "papers": ["contract", "gone"]}, "papers"), ({**WAGES, "since": ""}, "since"),
        ({**WAGES, "since": "2026-03-05", "amount": "viel"}, "amount"),
        ({**WAGES, "since": "2026-03-05", "amount": True}, "amount"),
    ],
)  # fmt: skip
def test_an_answer_that_the_changed_flow_does_not_know_is_asked_again(small_flow, answers, asked):
    assert flow.next_step(small_flow, answers).name == asked


def test_the_road_counts_what_is_behind_and_the_longest_way_before(small_flow):
    assert flow.road(small_flow, {}) == flow.Road(1, 7)
    assert flow.road(small_flow, {"matter": "other"}) == flow.Road(2, 6)
    assert flow.road(small_flow, WAGES) == flow.Road(4, 7)


@pytest.mark.parametrize("written", ["", "title = ", 'title = "x"', WRITTEN + WRITTEN[WRITTEN.index("[[question]]") :]])
def test_a_file_that_is_no_flow_says_so_in_chinese(written):
    with pytest.raises(flow.FlowUnreadable, match="问答“x”"):
        flow.parse("x", written)


@pytest.mark.parametrize("name", ["gone", "../phrases/guided", "a/b", ""])
def test_only_flows_of_the_library_are_loaded(name):
    with pytest.raises(flow.FlowUnreadable):
        flow.load(name)


# ── the check ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_small_flow_stands_the_check(small_flow):
    assert checking.faults(small_flow) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('intro = "共约 5 问。"', 'intro = ""', "开头的话"),
        ('topic = "legal-aid/eligibility"', 'topic = "legal-aid/gone"', "没有“legal-aid/gone”这个主题"),
        ('first = "matter"', 'first = "gone"', "“开头”指向的“gone”不存在"),
        ('explain = "户口在农村、在城里务工的，就是农民工。"', "", "“migrant”缺少"),
        ('{ to = "papers" },\n]', '{ to = "gone" },\n]', "“matter”指向的“gone”不存在"),
        ('matter = ["wages", "injury"]', 'matter = ["wages", "gone"]', "没有“gone”这个值"),
        ('matter = ["wages", "injury"]', 'gone = ["wages"]', "指向的“gone”不存在"),
        ('words = ["工钱", "欠薪"]', 'words = ["工钱", "工伤"]', "“工伤”同时指两个选项"),
        ('label = "都没有"', 'label = "不是"', "问题 migrant 和它后面的 papers 都有选项“不是”"),
        ('value = "injury", label = "工伤"', 'value = "wages", label = "工伤"', "两个选项的值相同"),
        ('{ to = "papers" },\n]', "]", "没有去向"),
        ('{ when = { matter = ["wages", "injury"] }, to = "migrant" },', "", "“migrant”永远问不到"),
        ('then = [{ to = "end" }]', 'then = [{ to = "papers" }]', "绕回到已经问过的“papers”"),
        ('then = [{ to = "since" }]', 'then = [{ to = "since" }, { to = "note" }]', "第 2 条去向（到“note”）"),
        ("户口在农村、", "按《法律援助法》第九百条，", "《法律援助法》第 900 条查不到"),
        ("户口在农村、", "按《没有这部法》第一条，", "《没有这部法》第 1 条查不到"),
        ("户口在农村、", "依法", "没有写是哪部法律第几条"),
        ('name = "since"\nkind = "date"', 'name = "since"\nkind = "date"\nis_private = true', "不能加密保存"),
        ('ask = "您是农民工吗？"', f'ask = "{"您" * 600}"', "一条消息放不下"),
        ('name = "note"', 'name = "_note"', "不能作问题的名字"),
        ('value = "none", label = "都没有"', 'value = "none", label = ""', "没有写值或者文字"),
        ('words = ["干活受伤"]', 'topics = ["matter/gone"]', "没有“matter/gone”这个主题"),
        ("longest = 20", 'known_as = ["姓名"]', "核对时要遮住"),
    ],
)  # fmt: skip
def test_what_would_mislead_or_strand_somebody_is_a_fault(old, new, told):
    assert WRITTEN.count(old) >= 1
    changed = WRITTEN.replace(old, new, 1)
    if new == 'name = "_note"':
        changed = changed.replace('to = "note"', 'to = "_note"')
    assert told in "\n".join(checking.faults(flow.parse("small", changed)))


def test_a_way_of_more_than_fifteen_questions_is_a_fault(small_flow):
    names = [f"q{number}" for number in range(16)]
    ways = zip(names, [*names[1:], "end"], strict=True)
    note = small_flow.questions["note"]
    questions = {name: replace(note, name=name, then=(Way(to, {}),)) for name, to in ways}
    long = Flow("long", "长", small_flow.topic, "长。", "q0", questions)
    assert "要答 16 题" in "".join(checking.faults(long))


# ── the picture ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_picture_shows_every_question_option_and_condition(small_flow):
    drawn = chart.draw(small_flow)
    words = "".join(ElementTree.fromstring(drawn).itertext())
    for question in small_flow.questions.values():
        assert question.ask in words and all(option.label in words for option in question.options)
    assert "拖欠工资、工伤" in words and "其他" in words
    assert not re.search(r"style=|<script|<style|href=", drawn)


@pytest.mark.parametrize("name", flow.names())
def test_every_flow_of_the_library_stands_the_check_and_can_be_drawn(name):
    one = flow.load(name)
    assert checking.faults(one) == [] and checking.longest_way(one) <= checking.MOST_STEPS
    boxes = [node for node in ElementTree.fromstring(chart.draw(one)).iter() if node.get("rx")]
    assert len(boxes) == len(one.questions)
    places = [tuple(float(box.get(key)) for key in ("x", "y", "width", "height")) for box in boxes]
    for number, (x, y, width, height) in enumerate(places):
        for left, top, wide, high in places[number + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y  # no box on another
