"""Somebody follows by a poster's QR code, unfollows, and follows again."""

import pytest
from conftest import wait_until
from sqlalchemy import select

from content.store.db import Base
from handlers.citizens import Citizen


def find_citizen(standing, citizen):
    with standing.database.reading() as session:
        return session.scalar(select(Citizen).where(Citizen.pseudonym == standing.pseudonym(citizen)))


def rows_naming(standing, *words):
    """Every row of the whole database that holds one of these words in a cell, with its table."""
    with standing.database.reading() as session:
        return [
            (table.name, row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            if any(word in str(cell) for cell in row for word in words)
        ]


@pytest.fixture
def follower(standing, citizen):
    """Came by a poster, began a quiz, and was not understood once."""
    citizen.event("subscribe", EventKey="qrscene_poster", Ticket="t")
    citizen.says("宪法知识竞答")
    citizen.answers()
    citizen.says("退出")
    citizen.says("今晚吃什么好呢随便聊聊")
    return citizen


def test_following_by_a_qr_code_welcomes_and_keeps_the_scene(standing, citizen):
    welcome = citizen.event("subscribe", EventKey="qrscene_market-poster", Ticket="t")
    assert "葫芦岛普法" in welcome.text and welcome.choices
    assert citizen.again().wire == welcome.wire
    kept = find_citizen(standing, citizen)
    assert kept.scene == "market-poster" and kept.is_following
    assert citizen.openid not in kept.openid_encrypted


def test_unfollowing_erases_everything_under_this_name(standing, follower):
    names = (standing.citizen_id(follower), standing.pseudonym(follower), follower.openid)
    wait_until(lambda: any(table == "misses" for table, _ in rows_naming(standing, *names)))
    assert {"citizens", "quiz_rounds"} < {table for table, _ in rows_naming(standing, *names)}
    assert follower.event("unsubscribe", EventKey="").wire == b"success"
    assert rows_naming(standing, *names) == []
    wait_until(lambda: standing.redis.naming(*names) == set())


def test_words_that_were_not_understood_do_not_come_back_after_unfollowing(standing, follower):
    """Misses are written a second behind the reply: who leaves in that second is forgotten all the same."""
    follower.event("unsubscribe", EventKey="")
    for place in range(6):  # as many as make sure that every worker has written what waited
        standing.phone().says(f"火星上有没有外星人打麻将{standing.port}{place}")
    wait_until(lambda: len(rows_naming(standing, f"打麻将{standing.port}")) >= 6)
    wait_until(lambda: rows_naming(standing, standing.pseudonym(follower)) == [])


def test_following_again_is_a_new_citizen(standing, follower):
    before = find_citizen(standing, follower)
    follower.event("unsubscribe", EventKey="")
    follower.event("subscribe", EventKey="")
    after = find_citizen(standing, follower)
    assert after.id != before.id and after.scene == "" and standing.given(follower) == []
    assert "第 1 题" in follower.says("宪法知识竞答").text


def test_a_late_second_delivery_of_the_unfollowing_does_not_erase_the_new_citizen(standing, follower):
    follower.event("unsubscribe", EventKey="")
    unfollowing = follower.sent
    follower.event("subscribe", EventKey="")
    standing.redis.empty()
    assert follower.deliver(unfollowing).wire == b"success"
    assert find_citizen(standing, follower).is_following
