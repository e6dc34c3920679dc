"""Who comes back after his answers were dropped is told so, and nothing else begins in their place."""

from datetime import timedelta

import pytest
from makers import Somebody

from content.store import clock
from content.store.db import Database
from handlers import conversation


@pytest.fixture
def back_late(somebody, bureau):
    for words in ("开始申请", "个人", "演示：一份总结"):
        somebody.says(words)

    def says(words: str, purged: bool) -> str:
        with clock.fixed_at(clock.now() + timedelta(days=8)):
            if purged:
                _purge(bureau.database)
            return somebody.says(words).text

    return says


def _purge(database: Database) -> None:
    with database.transaction() as session:
        conversation.purge(session)


@pytest.mark.parametrize("purged", [False, True])
@pytest.mark.parametrize("words", ["继续", "跳过", "接着填", "上一题"])
def test_nothing_begins_and_how_to_begin_is_said(back_late, words, purged):
    told = back_late(words, purged)
    assert "放了 7 天没有动，填的就不再留着了" in told and "开始申请" in told and "法律援助自测" in told
    assert "第1题" not in told


def test_whoever_never_began_is_not_led_into_the_quiz(bureau):
    told = Somebody(bureau).says("继续").text
    assert "没有做到一半的问答" in told


def test_an_open_talk_goes_on(somebody):
    for words in ("开始申请", "个人"):
        somebody.says(words)
    assert "要哪份政府信息" in somebody.says("继续").text
