"""The emergency stop in the chat: what nobody is told of does not happen."""

import pytest
from sqlalchemy import func, select

from content.phrases import say
from content.store.memory import OPEN
from handlers import citizens, conversation
from handlers.disclosure.models import DisclosureRequest
from handlers.stopping import Stop, StopMode
from handlers.talk.models import Ticket

WORDS = "演示：正在核对内容。"


@pytest.fixture
def switch(bureau):
    """Held from the moment a test says so until it ends."""
    yield bureau.switch
    bureau.switch.held = None


def hold(switch, mode=StopMode.REPLACE):
    switch.held = Stop(mode, WORDS)


def open_talk(somebody):
    with somebody.bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, somebody.desk.citizen)
        talk = conversation.find_open(session, citizen_id) if citizen_id else None
        return talk and (talk.kind, dict(talk.answers))


def count(somebody, model):
    with somebody.bureau.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_a_guided_talk_stands_still_while_answers_are_stopped(somebody, switch):
    somebody.says("法律援助自测")
    somebody.says("讨工资")
    before = open_talk(somebody)
    hold(switch)
    for words in ("没有请", "1", "上一题", "退出", "法律援助自测"):
        assert somebody.says(words).text.startswith(WORDS)
        assert open_talk(somebody) == before
    assert somebody.desk.conversation == OPEN
    switch.held = None
    assert "第3步" in somebody.says("没有请").text


def test_no_application_is_filed_whose_number_nobody_is_told(somebody, switch):
    for words in ("申请信息公开", "开始申请", "个人", "演示：一份文件", "跳过", "演示申请人", "13800000000", "网上"):
        last = somebody.says(words)
    assert "提交" in last.text
    filed = count(somebody, DisclosureRequest)
    hold(switch)
    assert somebody.says("提交").text.startswith(WORDS) and count(somebody, DisclosureRequest) == filed
    switch.held = None
    assert "查询码" in somebody.says("提交").text and count(somebody, DisclosureRequest) == filed + 1


@pytest.mark.parametrize("words", ["宪法知识竞答", "法律援助自测", "劳动仲裁多久"])
def test_nothing_begins_while_answers_are_stopped(somebody, switch, words):
    hold(switch)
    assert somebody.says(words).text.startswith(WORDS) and open_talk(somebody) is None
    assert somebody.sends("event:click", "quiz/play").text.startswith(WORDS) and open_talk(somebody) is None


def test_a_mistake_is_told_to_people_all_the_same(somebody, switch):
    hold(switch)
    assert "已经记下" in somebody.says("报错 12 演示电话错了").text


def test_danger_and_people_are_reached_all_the_same(somebody, switch):
    hold(switch)
    assert "110" in somebody.says("他在打我，救命").text
    assert WORDS not in somebody.says("人工").text
    tickets = count(somebody, Ticket)
    somebody.says(say("human_leave_message"))
    assert WORDS not in somebody.says("演示：请回电话告诉我去哪里办").text
    assert count(somebody, Ticket) == tickets + 1
