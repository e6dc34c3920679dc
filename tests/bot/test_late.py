"""What a citizen is owed stands in front of his next reply: whole, once, and never before the numbers in a danger."""

import itertools
import secrets

import pytest
from makers import message_xml

from content.store.memory import Memory
from handlers import citizens, owing
from handlers.citizens import pseudonym_of

_numbers = itertools.count(1)


@pytest.fixture
def owed(shared_bureau, shared_memory):
    """Owes somebody a message that WeChat would not take; how he writes to us."""

    def owe(text: str) -> str:
        openid = f"o{secrets.token_hex(8)}"
        with shared_bureau.database.transaction() as session:
            citizen_id = citizens.get_or_add_citizen_id(session, shared_bureau.keyring, openid)
            citizens.note_told(session, pseudonym_of(shared_bureau.keyring, openid), "when he wrote to us")
            key = f"test:{secrets.token_hex(8)}"
            owing.owe_citizen(session, citizen_id, key, text, shared_bureau.keyring)
            owing.find_by_key(session, key).state = owing.OwedState.HELD
        shared_memory.mark_owed([pseudonym_of(shared_bureau.keyring, openid)])
        return openid

    return owe


def test_the_next_reply_carries_it_its_second_delivery_too_and_no_other(each_post, owed):
    openid = owed("请带上欠条。")
    xml = message_xml(openid, Content="办理公证")
    first, again = each_post.sends(xml), each_post.sends(xml)
    assert "工作人员给您的答复：\n请带上欠条。" in first.text and "公证" in first.text
    assert again.wire == first.wire
    after = each_post.sends(message_xml(openid, Content="办理公证"))
    assert "欠条" not in after.text and "公证" in after.text


def test_where_redis_knows_nothing_sql_is_asked_and_a_second_delivery_is_told_the_same(make_post, owed, shared_bureau):
    openid = owed("请带上欠条。")
    xml = message_xml(openid, Content="办理公证")
    before, after = (make_post(shared_bureau, Memory("unix:///nowhere/redis.sock")) for _ in range(2))  # two workers
    assert "请带上欠条。" in (first := before.sends(xml)).text
    assert after.sends(xml).text == first.text
    assert "欠条" not in after.sends(message_xml(openid, Content="办理公证")).text


def test_danger_goes_first_and_alone(each_post, owed):
    openid = owed("请带上欠条。")
    assert "欠条" not in each_post.sends(message_xml(openid, Content="他要杀我救命")).text
    assert "欠条" in each_post.sends(message_xml(openid, Content="你好")).text


def test_what_does_not_fit_is_announced_and_shown_when_asked_for(each_post, owed):
    openid = owed("长" * 500)
    assert "发“看答复”" in each_post.sends(message_xml(openid, Content="拖欠工资怎么办")).text
    shown = each_post.sends(message_xml(openid, Content="看答复")).text
    assert "长" * 500 in shown and len(shown.encode()) <= 2000
    assert "没有给您的新答复" in each_post.sends(message_xml(openid, Content="看答复")).text


def test_a_message_without_an_answer_of_ours_leaves_it_waiting(each_post, owed):
    openid = owed("请带上欠条。")
    each_post.sends(message_xml(openid, "event", at=1_793_600_000 + next(_numbers), Event="VIEW", EventKey="x"))
    assert "欠条" in each_post.sends(message_xml(openid, Content="你好")).text
