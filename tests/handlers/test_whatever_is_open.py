"""What no open talk takes for an answer: his rights, asking after an application, danger in the middle of a message."""

import pytest

from content.phrases import say
from handlers import conversation

TALKS = {
    "request, what he is": ("开始申请",),
    "request, what he wants": ("开始申请", "个人"),
    "request, his name": ("开始申请", "个人", "演示：一份总结", "跳过"),
    "interview, for whom": ("法律援助自测", "讨工资"),
    "a message to people": ("留言",),
    "a quiz": ("宪法知识竞答",),
}


def kept(somebody, citizen_id):
    with somebody.bureau.database.reading() as session:
        talk = conversation.find_open(session, citizen_id(somebody))
        return (talk.kind, talk.version, dict(talk.answers)) if talk else None


@pytest.fixture(params=TALKS, ids=str)
def in_a_talk(request, somebody):
    for words in TALKS[request.param]:
        somebody.says(words)
    return somebody


@pytest.mark.parametrize(
    "words",
    ["我的数据", "删除我的数据", "我要删除我的信息", "查申请", "查申请 2020-0001", "撤回申请", "把我的信息都删了"],
)
def test_rights_and_applications_are_no_answers_and_the_place_is_kept(in_a_talk, citizen_id, words):
    before = kept(in_a_talk, citizen_id)
    told = in_a_talk.says(words).text
    assert "记下了" not in told and kept(in_a_talk, citizen_id) == before
    assert "还停在原来的地方" in told or say("human_still_open") in told


@pytest.mark.parametrize("words", ["确认删除我的信息", "确认删除"])
def test_whoever_confirms_is_erased_with_his_talk(in_a_talk, citizen_id, words):
    in_a_talk.says("删除我的数据")
    assert "已经删除" in in_a_talk.says(words).text
    assert citizen_id(in_a_talk) is None


def test_a_danger_in_the_middle_of_a_message_to_people_keeps_it_open_and_says_so(somebody):
    somebody.says("留言")
    told = somebody.says("他正在打我").text
    assert "110" in told and say("human_still_open") in told


def test_whoever_thinks_better_of_it_leaves_the_talk(in_a_talk, citizen_id):
    in_a_talk.says("我不填了")
    assert kept(in_a_talk, citizen_id) is None
