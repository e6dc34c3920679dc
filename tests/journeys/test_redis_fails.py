"""Redis is emptied, killed or hangs in the middle of a quiz: nobody waits, nothing is lost or doubled."""

import os
import time

import pytest
from conftest import wait_until

IS_STRAINED = os.getloadavg()[0] > 2 * (os.cpu_count() or 1)  # by something else: then nothing can be in time
AT_MOST_SECONDS = 3.0 if IS_STRAINED else 1.0


@pytest.fixture
def players(standing):
    """Eight citizens who have answered two questions each: enough to meet every thread of every worker."""
    phones = [standing.phone("safe") for _ in range(8)]
    for phone in phones:
        phone.says("宪法知识竞答")
        phone.answers()
        phone.answers()
    return phones


def every_one(phones, pool, act):
    """Each does it at the same time; what each heard, all answered and in time."""
    heard = [one.result() for one in [pool(act, phone) for phone in phones]]
    assert {one.status for one in heard} == {200}
    assert max(one.seconds for one in heard) < AT_MOST_SECONDS, sorted(one.seconds for one in heard)
    return heard


def same_bytes(again, first):
    assert [one.text for one in again] == [one.text for one in first]
    assert [one.wire for one in again] == [one.wire for one in first]


def answered(phones, pool, place):
    """Everybody answers, WeChat delivers it twice, and the next question is that of this place."""
    first = every_one(phones, pool, lambda phone: phone.answers())
    second = every_one(phones, pool, lambda phone: phone.again())
    same_bytes(second, first)
    for heard in first:
        assert f"第 {place} 题" in heard.text or (place == 6 and "这一轮答完了" in heard.text), heard.text


def nothing_lost_or_doubled(standing, phones, rounds=1):
    assert [len(standing.given(phone)) for phone in phones] == [5 * rounds] * len(phones)
    assert [standing.rounds(phone) for phone in phones] == [rounds] * len(phones)


def goes_on(standing, phones, pool):
    """After Redis has come back: a whole round more."""
    every_one(phones, pool, lambda phone: phone.says("宪法知识竞答"))
    for place in (2, 3, 4, 5, 6):
        answered(phones, pool, place)
    nothing_lost_or_doubled(standing, phones, rounds=2)


def test_emptying_redis_in_the_middle_of_a_quiz_changes_nothing(standing, players, in_background):
    standing.redis.empty()
    answered(players, in_background, 4)
    every_one(players, in_background, lambda phone: phone.answers())
    standing.redis.empty()
    assert every_one(players, in_background, lambda phone: phone.again())[0].wire == players[0].heard[-2].wire
    answered(players, in_background, 6)
    nothing_lost_or_doubled(standing, players)
    goes_on(standing, players, in_background)


def test_the_last_answer_delivered_again_after_redis_was_emptied_gets_its_reply(standing, players, in_background):
    answered(players, in_background, 4)
    answered(players, in_background, 5)
    last = every_one(players, in_background, lambda phone: phone.answers())
    standing.redis.empty()
    time.sleep(5)  # WeChat's patience, in which the scheduler tells Redis anew who is in a talk
    again = every_one(players, in_background, lambda phone: phone.again())
    same_bytes(again, last)
    nothing_lost_or_doubled(standing, players)


def test_a_killed_redis_keeps_nobody_waiting_and_is_used_again_when_it_is_back(standing, players, in_background):
    standing.redis.kill()
    answered(players, in_background, 4)
    answered(players, in_background, 5)
    standing.redis.start()
    answered(players, in_background, 6)
    nothing_lost_or_doubled(standing, players)
    goes_on(standing, players, in_background)
    wait_until(lambda: b'"redis":"ok"' in standing.get("/readyz"))


def test_a_hanging_redis_keeps_nobody_waiting(standing, players, in_background):
    with standing.redis.hanging():
        answered(players, in_background, 4)
        answered(players, in_background, 5)
    answered(players, in_background, 6)
    nothing_lost_or_doubled(standing, players)
    goes_on(standing, players, in_background)


def test_a_quiz_begun_while_redis_hangs_goes_on_when_it_answers_again(standing, in_background):
    phones = [standing.phone("safe") for _ in range(8)]
    with standing.redis.hanging():
        every_one(phones, in_background, lambda phone: phone.says("宪法知识竞答"))
    for place in (2, 3, 4, 5, 6):
        answered(phones, in_background, place)
    nothing_lost_or_doubled(standing, phones)


def test_a_moment_of_hanging_that_only_one_worker_met_confuses_no_talk(standing):
    """The other worker has never missed Redis, and yet must not believe what it says about talks."""
    for _ in range(10):
        phone = standing.phone("safe")
        with standing.redis.hanging():
            phone.says("宪法知识竞答")
        for place in (2, 3, 4):
            assert f"第 {place} 题" in phone.answers().text, phone.heard[-2:]
        assert max(heard.seconds for heard in phone.heard) < AT_MOST_SECONDS
        assert len(standing.given(phone)) == 3
        wait_until(lambda: b'"redis":"ok"' in standing.get("/readyz"))
