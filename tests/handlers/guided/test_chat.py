"""How a guided talk goes by writing and tapping."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from content.store.memory import NONE, OPEN, UNKNOWN
from handlers import conversation, router
from handlers.guided import chat, flow, links, talking
from handlers.guided.questions import Flow

START = "法律援助条件"
ROAD = ("1", "1", "1和3", "去年12月3日", "3000", "张三", "跳过")
"""Answers from the first question to the end."""


@pytest.fixture
def begun(guide, somebody):
    """He is at the first question, and has been told before what is kept of him."""
    somebody.sends("event:subscribe")
    somebody.says(START)
    return somebody


@pytest.fixture
def statements(bureau, monkeypatch):
    """What the database is asked, by the driver itself or through a session."""
    sent: list[str] = []
    quick, rows, write = bureau.database.quick, bureau.database.quick.rows, bureau.database.quick.write
    monkeypatch.setattr(quick, "rows", lambda sql, values: (sent.append(str(sql)), rows(sql, values))[1])
    monkeypatch.setattr(quick, "write", lambda sql, values: (sent.append(str(sql)), write(sql, values))[1])

    def note(connection, cursor, statement, *_):
        sent.append(statement)

    if not quick.is_sqlite:
        yield sent  # the driver's statements go through the engine there: they would be counted twice
        return
    event.listen(bureau.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(bureau.database.engine, "before_cursor_execute", note)


# ── the road ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_talk_in_whole_sentences_ends_with_the_answers_of_its_road(guide, somebody, ended):
    says = (START, "老板不给工钱", "是的，我是农民工", "1和3", "去年12月3日", "三千块", "张三", "跳过")
    told = [somebody.says(text).text for text in says]
    assert "共约 5 问。" in told[0] and "第1步/共7步" in told[0] and "第7步/共7步" in told[6]
    assert told[-1] == "结果：wages" and len(ended) == 1 and somebody.conversation == NONE
    answers = ended[0][1]
    assert (answers["migrant"], answers["papers"], answers["amount"]) == ("yes", ["contract", "record"], 3000)
    assert answers["name"] == "张三" and answers["note"] == ""


def test_every_answer_is_in_sql_before_its_reply(begun, kept_of, small_flow):
    for place, text in enumerate(ROAD[:-1], start=1):
        begun.says(text)
        assert len(flow.passed(small_flow, kept_of(begun))) == place


def test_what_was_understood_is_told_with_the_next_question(begun):
    assert begun.says("欠薪").text.startswith(say("guided_noted", answer="拖欠工资"))
    begun.says("是")
    begun.says("1")
    assert f"记下了：{clock.today().year}年" in begun.says("今天").text


def test_an_answer_off_the_road_does_not_reach_the_end(begun, ended):
    begun.says("1")
    begun.says("是")
    for _ in range(2):
        begun.says("上一题")
    for text in ("别的事", *ROAD[2:]):
        begun.says(text)
    assert "migrant" not in ended[0][1] and ended[0][1]["matter"] == "other"


def test_an_ordinary_turn_costs_one_statement(begun, statements):
    for text in ROAD[:5]:
        statements.clear()
        begun.says(text)
        assert len(statements) == 1 and "conversations" in statements[0], (text, statements)


def test_every_reply_fits_into_a_message(begun):
    replies = [begun.says(text) for text in ("帮助", "我在哪一步", "嘟嘟嘟", *ROAD)]
    assert all(len(reply.text.encode()) <= TEXT_BYTES for reply in replies)


# ── tapping ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_several_are_ticked_one_by_one_and_handed_in(begun, kept_of):
    begun.says("1")
    begun.says("是")
    begun.says("勾选劳动合同")
    assert "☑ 1. 劳动合同" in begun.says("勾选考勤记录").text
    begun.says("勾选劳动合同")
    reply = begun.says("选好了")
    assert "记下了：考勤记录" in reply.text and kept_of(begun)["papers"] == ["record"]


def test_nothing_ticked_is_nothing_handed_in(begun):
    begun.says("别的事")
    assert begun.says("选好了").text.startswith(say("guided_tick_first"))


def test_what_a_tap_sends_is_understood(begun):
    reply = begun.says("别的事")
    taps = re.findall(r"msgmenucontent=([^&]*)&", reply.text)
    assert len(taps) == 4 and "☑ 4. 都没有" in begun.says(taps[3]).text


# ── in the middle ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_back_asks_the_last_question_again_and_the_first_has_none_before_it(begun, kept_of):
    assert begun.says("上一题").text.startswith(say("guided_no_previous"))
    begun.says("1")
    reply = begun.says("上一步")
    assert "第1步" in reply.text and "matter" not in kept_of(begun)


def test_help_explains_the_question_and_changes_nothing(begun, kept_of):
    before = kept_of(begun)
    assert "选最接近的一类" in begun.says("帮助").text and kept_of(begun) == before


def test_who_does_not_know_what_may_be_skipped_goes_on(begun, kept_of):
    for text in ROAD[:4]:
        begun.says(text)
    assert "第6步" in begun.says("不知道").text and kept_of(begun)["amount"] == ""


def test_where_am_i_tells_what_was_answered_but_nothing_private(begun):
    for text in ROAD[:-1]:
        begun.says(text)
    text = begun.says("我在哪一步").text
    assert "1. 拖欠工资" in text and "第7步/共7步" in text and "张三" not in text


def test_leaving_ends_the_talk(begun, kept_of):
    begun.says("1")
    assert "退出" in begun.says("退出").text and kept_of(begun) is None and begun.conversation == NONE


def test_a_side_question_is_answered_and_the_place_kept_and_named(begun, kept_of):
    begun.says("1")
    text = begun.says("公证处在哪里").text
    assert text.endswith(say("still_open", name="试问")) and begun.says("是").text.startswith("记下了")


def test_a_question_that_is_not_understood_gets_the_meaning_of_the_open_one(begun):
    begun.says("1")
    assert "户口在农村" in begun.says("嘟嘟是什么？").text and "第3步" in begun.says("是").text


def test_danger_goes_first_and_the_place_is_kept(begun):
    begun.says("1")
    text = begun.says("救命，有人拿刀要杀我").text
    assert "110" in text and say("still_open", name="试问") in text and "第2步" in begun.says("继续").text


def test_the_quiz_does_not_take_the_place_of_a_talk_unasked(begun, kept_of):
    begun.says("1")
    reply = begun.says("宪法知识竞答")
    assert reply.text.startswith(say("guided_finish_first", name="试问")) and kept_of(begun)["matter"] == "wages"
    assert "第2步" in begun.says("1").text


def test_the_third_answer_not_understood_is_explained_and_a_person_offered(begun):
    first, second, third = (begun.says("嘟嘟嘟嘟") for _ in range(3))
    assert first.text.startswith(say("guided_not_understood")) and "选最接近的一类" not in second.text
    assert "选最接近的一类" in third.text and third.choices[-1] == "人工服务"
    assert "12348" in begun.says("4").text
    assert begun.says("拖欠工资").text.startswith("记下了")


def test_an_answer_that_the_slice_refuses_is_told_why(begun):
    for text in ROAD[:4]:
        begun.says(text)
    assert begun.says("2亿").text.startswith("金额不能这么大") and "第6步" in begun.says("200").text


# ── coming back ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("word", "told"), [("1", "第3步"), ("继续", "第3步"), ("0", "第1步"), ("重来", "第1步")])
def test_who_comes_back_is_asked_whether_to_go_on_or_begin_anew(begun, word, told):
    begun.says("1")
    begun.says("是")
    with clock.fixed_at(clock.now() + talking.PAUSE + timedelta(hours=20)):
        asked = begun.says("1")
        assert "上次问到第3步/共7步" in asked.text and "继续请回 1，重来请回 0" in asked.text
        assert told in begun.says(word).text


def test_a_plain_answer_after_a_pause_is_taken_once_he_was_asked(begun, kept_of):
    begun.says("1")
    with clock.fixed_at(clock.now() + talking.PAUSE + timedelta(hours=1)):
        begun.says("继续")
        begun.says("是的，我是农民工")
        assert kept_of(begun)["migrant"] == "yes"


def test_after_a_pause_what_is_said_is_not_written_into_a_field(begun, kept_of):
    for text in ROAD[:5]:
        begun.says(text)
    with clock.fixed_at(clock.now() + talking.PAUSE + timedelta(hours=1)):
        for text in ("你好，我又来了", "你好，我又来了"):
            assert "继续请回 1" in begun.says(text).text
        assert "name" not in kept_of(begun) and "怎么称呼您" in begun.says("1").text


def test_a_nought_in_the_middle_does_not_throw_the_answers_away(begun, kept_of):
    begun.says("1")
    begun.says("0")
    assert kept_of(begun)["matter"] == "wages"


def test_starting_again_asks_whether_to_go_on(begun, kept_of):
    begun.says("1")
    assert "上次问到第2步" in begun.says(START).text and kept_of(begun)["matter"] == "wages"
    assert "第2步" in begun.says("1").text


# ── what must not break it ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("has_copy", [True, False])
def test_a_repeated_message_gets_the_same_reply_and_counts_once(begun, kept_of, has_copy):
    before = begun.copy
    first = begun.says("1", key=f"twice-{begun.openid}")
    begun.copy = before if has_copy else ""  # Redis has the talk of before, or none
    begun.conversation, begun.offer = UNKNOWN, ()
    assert begun.says("1", key=f"twice-{begun.openid}") == first and "migrant" not in kept_of(begun)


def test_the_last_answer_sent_twice_ends_once(begun, ended):
    for text in ROAD[:-1]:
        begun.says(text)
    told = [begun.says("跳过", key=f"last-{begun.openid}") for _ in range(2)]
    assert told[0] == told[1] and len(ended) == 1


def test_redis_emptied_in_the_middle_loses_nothing(begun, ended):
    for text in ROAD:
        begun.copy, begun.conversation, begun.offer = "", UNKNOWN, ()
        begun.says(text)
    assert len(ended) == 1


def test_an_old_copy_does_not_undo_what_another_device_has_answered(begun, kept_of):
    old = begun.copy
    begun.says("1")
    begun.says("是")
    begun.copy, begun.offer = old, ()  # a worker that knows an older state
    begun.says("1")
    assert kept_of(begun)["matter"] == "wages" and kept_of(begun)["papers"] == ["contract"]


def test_a_flow_that_changes_between_two_messages_strands_nobody(begun, guide, monkeypatch, small_flow, ended):
    for text in ROAD[:3]:
        begun.says(text)
    questions = dict(small_flow.questions)
    questions["matter"] = replace(questions["matter"], options=questions["matter"].options[1:])  # wages is no more
    changed = Flow("small", "试问", small_flow.topic, small_flow.intro, small_flow.first, questions)
    monkeypatch.setattr(flow, "load", lambda name: changed)
    assert "您遇到的是哪一类事" in begun.says("2026年3月5日").text
    for text in ("2", *ROAD[3:]):  # what he had answered behind it still holds
        begun.says(text)
    assert ended[0][1]["matter"] == "other" and ended[0][1]["papers"] == ["contract", "record"]


def test_a_private_answer_is_encrypted_in_sql_and_never_in_a_copy(begun, kept_of):
    for text in ROAD[:-1]:
        begun.says(text)
    assert "张三" not in str(kept_of(begun)) and set(kept_of(begun)["name"]) == {"sealed"} and begun.copy == ""


def test_known_answers_are_not_asked(guide, somebody, small_flow):
    incoming_known = {"matter": "other", "gone": "x"}
    kept = talking.begun(guide, incoming_known, "k")
    assert flow.next_step(small_flow, kept).name == "papers" and "gone" not in kept


def test_the_first_question_and_the_word_for_it_lead_to_the_page(begun, bureau, citizen_id, kept_of):
    text = begun.says("网页").text
    sealed = re.search(r'href="https://pufa\.example/h/guided/small/\?t=([^"]*)"', text)[1]
    way = links.read_link(bureau.keyring, "small", sealed)
    assert way.citizen_id == citizen_id(begun) and way.talk == kept_of(begun)["_id"]
    with clock.fixed_at(clock.now() + links.HOLDS):
        assert links.read_link(bureau.keyring, "small", sealed) is None
    assert links.read_link(bureau.keyring, "other", sealed) is None and begun.conversation == OPEN


def test_a_talk_left_on_another_device_is_over(begun, bureau, citizen_id):
    begun.says("1")
    with bureau.database.transaction() as session:
        conversation.leave(session, citizen_id(begun))
    begun.says("是")
    assert begun.conversation == NONE


def test_what_nobody_understands_has_one_name():
    assert chat.NOT_UNDERSTOOD == router.UNKNOWN_TOPIC
