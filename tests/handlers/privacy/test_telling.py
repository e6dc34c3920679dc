"""What is told before anything is kept, once; and what is told to whoever asks what is kept of him."""

import secrets

import pytest

from content.phrases import say
from content.render import TEXT_BYTES
from content.store.memory import UNKNOWN
from handlers import citizens
from handlers.disclosure.models import State
from handlers.owing import OwedState
from handlers.privacy import holdings, retention
from handlers.publicity.models import VideoState
from handlers.quiz.prizes.models import WinnerState
from handlers.talk.models import TicketState

NOTICE = say("notice", phone="12348")


def test_a_new_follower_is_told_who_keeps_what_why_how_long_and_how_to_end_it(somebody):
    told = somebody.sends("event:subscribe").text
    for part in ("葫芦岛市司法局", "12348", "为了", "30天", "删除我的数据", "不满十四周岁", "第十七条", "自动答复"):
        assert part in told
    assert "/h/privacy/" in told and len(told.encode()) <= TEXT_BYTES
    assert NOTICE not in somebody.says("宪法知识竞答").text


@pytest.mark.parametrize("words", ["宪法知识竞答", "留言 演示：想问问司法所几点开门"])
def test_whoever_never_followed_is_told_when_something_is_kept_of_him_first_and_once(somebody, words):
    key = secrets.token_hex(8)
    first = somebody.says(words, key=key)
    assert first.text.startswith(NOTICE) and len(first.text.encode()) <= TEXT_BYTES
    somebody.conversation = UNKNOWN  # Redis was emptied, and it is delivered once more
    assert somebody.says(words, key=key).text == first.text
    somebody.says("退出")
    assert NOTICE not in somebody.says(words).text


def test_whoever_only_asks_is_told_nothing_of_keeping_because_nothing_is_kept(somebody, citizen_id):
    for words in ("你好", "老板拖欠工资", "我的数据"):
        assert NOTICE not in somebody.says(words).text
    assert citizen_id(somebody) is None


def test_with_each_kind_stand_purpose_law_and_how_long_and_a_link_to_all_of_it(somebody):
    somebody.sends("event:subscribe")
    somebody.says("宪法知识竞答")
    told = somebody.says("导出我的数据").text
    assert "关注记录（1条）" in told and "没说完的事（1条）" in told and "答题练习（1条）" in told
    assert "《个人信息保护法》第十三条" in told and "留多久：7天" in told
    assert "/h/privacy/mine?t=" in told and "删除我的数据" in told and len(told.encode()) <= TEXT_BYTES


@pytest.mark.parametrize(
    "words", ["我的数据", "查看我的信息", "帮我导出我的资料", "我的个人信息有哪些？", "删除我的数据", "清空我的资料"]
)
def test_people_ask_in_their_own_words(somebody, words):
    told = somebody.says(words).text
    assert somebody.topic == "talk/privacy"
    assert told.startswith(say("erase_ask") if words[0] in "删清" else say("privacy_mine_nothing"))


ENUMS = {
    ("owed_messages", "state"): OwedState, ("quiz_winners", "state"): WinnerState, ("videos", "state"): VideoState,
    ("tickets", "state"): TicketState, ("disclosure_requests", "state"): State,
}  # fmt: skip


def test_what_he_takes_away_is_written_in_his_language(bureau, somebody, citizen_id):
    for words in ("法律援助自测", "讨工资", "留言 演示：厂里不给工资怎么办", "退出"):
        somebody.says(words)
    application = ("开始申请", "个人", "演示：一份总结", "跳过")
    for words in (*application, "演示乙", "13900000000", "网上", "提交", *application, "演示丙"):
        somebody.says(words)
    with bureau.database.reading() as session:
        person = citizens.find_person(session, bureau.keyring, somebody.openid)
        told = holdings.as_json(session, person)
    for program in ("open", "new", "file", "request", "waiting"):
        assert f': "{program}"' not in told, program
    assert "applicant_kind" not in told and "gAAAA" not in told and ': "{' not in told
    contact = "姓名或者名称：演示乙；联系方式：13900000000"
    for said in ("等人接", "等本机关确认", "提交申请", contact, "姓名　演示丙", "信息公开申请"):
        assert said in told, said


def test_every_state_has_its_word():
    called = {(place.name, column): words for kind in retention.kinds() for place in kind.places
              for column, words in place.called.items()}  # fmt: skip
    for where, states in ENUMS.items():
        assert set(states) <= set(called[where]), where
    shown = {(place.name, name) for kind in retention.kinds() for place in kind.places for name in place.columns}
    assert {where for where in shown if where[1] in ("state", "act", "kind", "what")} <= set(called)


@pytest.mark.parametrize("words", ["确认删除", "确认删除我的数据。", "确认删除我的信息"])
def test_whoever_confirms_the_erasure_is_erased(somebody, citizen_id, words):
    somebody.sends("event:subscribe")
    assert somebody.says(words).text.startswith("已经删除") and citizen_id(somebody) is None
