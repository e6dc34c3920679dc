"""What is told before anything is kept, once; and what is told to whoever asks what is kept of him."""

import secrets

import pytest

from content.phrases import say
from content.render import TEXT_BYTES
from content.store.memory import UNKNOWN

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
