"""Many citizens at once, and one who writes faster than he is answered."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from conftest import wait_until

from bot.app import WEBHOOK_PATIENCE_SECONDS

CITIZENS, REPEATED = 300, 0.01


def test_three_hundred_citizens_with_three_messages_each_are_all_answered_in_order(standing, in_background):
    dice = random.Random(20261204)  # noqa: S311 - which ones are delivered twice

    def plays(phone):
        heard = []
        for words in ("宪法知识竞答", "A", "B"):
            message = phone.writes(words)
            twin = in_background(phone.post, message) if dice.random() < REPEATED else None
            heard.append(phone.post(message))
            twins.extend([(heard[-1], twin)] if twin else [])
        return heard

    twins = []
    phones = [standing.phone("safe") for _ in range(CITIZENS)]
    with ThreadPoolExecutor(16) as crowd:
        talks = list(crowd.map(plays, phones))
    for place in (1, 2, 3):
        wrong = [talk[place - 1] for talk in talks if f"第 {place} 题" not in talk[place - 1].text]
        assert not wrong, [(one.status, one.text[:40], one.seconds) for one in wrong]
    assert len(twins) >= 3 and all(first.wire == twin.result().wire for first, twin in twins)
    assert [standing.given(phone) for phone in phones] == [["A", "B"]] * CITIZENS


def player(standing):
    """Somebody in a quiz. Nobody can write again in the moment in which his turn ends behind the reply, so that it
    would still count among those that wait; a test can.
    """
    phone = standing.phone("safe")
    phone.says("宪法知识竞答")
    wait_until(lambda: not standing.is_handling(phone))
    return phone


def test_messages_that_one_citizen_sends_before_he_is_answered_are_taken_in_their_order(standing, in_background):
    """Five, over two workers: the first is being answered, three wait, the fifth is asked to come again."""
    for _ in range(4):  # a machine that takes longer than the database is waited for has shown nothing
        phone = player(standing)
        began = time.monotonic()
        texts = _five_at_a_closed_database(standing, phone, in_background)
        if time.monotonic() - began < WEBHOOK_PATIENCE_SECONDS:
            break
    assert [f"第 {place} 题" in text for place, text in enumerate(texts, start=2)] == [True] * 4, texts
    assert "这一轮答完了" in phone.says("A").text and standing.given(phone) == list("ABABA")


def _five_at_a_closed_database(standing, phone, in_background) -> list[str]:
    """What the first four are answered once it is open again."""
    coming = []
    with standing.nothing_is_written():
        for place, letter in enumerate("ABAB"):
            coming.append(in_background(phone.post, phone.writes(letter)))
            wait_until(lambda place=place: standing.is_handling(phone) and standing.waiting(phone) == place)
        assert "请等它答完再发" in phone.says("A").text
    return [one.result().text for one in coming]


def test_five_messages_at_the_same_moment_are_each_handled_once_or_asked_to_wait(standing, in_background):
    phone = player(standing)
    heard = [one.result() for one in [in_background(phone.post, phone.writes("A")) for _ in range(5)]]
    taken = [one for one in heard if "答案是" in one.text]
    assert {one.status for one in heard} == {200} and len(taken) >= 4
    assert len(standing.given(phone)) == len(taken)
    assert all("请等它答完再发" in one.text for one in heard if one not in taken)
