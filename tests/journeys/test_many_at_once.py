"""Many citizens at once, and one who writes faster than he is answered."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

CITIZENS, REPEATED = 300, 0.01


def test_three_hundred_citizens_with_three_messages_each_are_all_answered_in_order(standing, in_background):
    dice = random.Random(20261204)  # noqa: S311 - which ones are repeated

    def plays(phone):
        heard = [phone.says("宪法知识竞答")]
        for letter in "AB":  # the second does not wait for the first's reply
            heard.append(in_background(phone.post, phone.writes(letter)))
            repeated = dice.random() < REPEATED * 1.5
            twins.extend([(heard[-1], in_background(phone.post, phone.sent))] if repeated else [])
            time.sleep(0.03)
        return [heard[0], heard[1].result(), heard[2].result()]

    twins = []
    phones = [standing.phone("safe") for _ in range(CITIZENS)]
    with ThreadPoolExecutor(24) as crowd:
        talks = list(crowd.map(plays, phones))
    for place in (1, 2, 3):
        wrong = [talk[place - 1] for talk in talks if f"第 {place} 题" not in talk[place - 1].text]
        assert not wrong, [(one.status, one.text[:40], one.seconds) for one in wrong]
    assert len(twins) >= 3 and all(first.result().wire == second.result().wire for first, second in twins)
    assert [standing.given(phone) for phone in phones] == [["A", "B"]] * CITIZENS


def test_five_messages_in_quick_succession_are_answered_in_their_order(standing, in_background):
    for _ in range(5):
        phone = standing.phone("safe")
        phone.says("宪法知识竞答")
        coming = []
        for letter in "ABABA":
            coming.append(in_background(phone.post, phone.writes(letter)))
            time.sleep(0.02)
        texts = [one.result().text for one in coming]
        assert [f"第 {place} 题" in text for place, text in enumerate(texts[:4], start=2)] == [True] * 4, texts
        assert "这一轮答完了" in texts[4] and standing.given(phone) == list("ABABA")


def test_five_messages_at_the_same_moment_are_each_handled_once_or_asked_to_wait(standing, in_background):
    phone = standing.phone("safe")
    phone.says("宪法知识竞答")
    heard = [one.result() for one in [in_background(phone.post, phone.writes("A")) for _ in range(5)]]
    taken = [one for one in heard if "答案是" in one.text]
    assert {one.status for one in heard} == {200} and len(taken) >= 4
    assert len(standing.given(phone)) == len(taken)
    assert all("请等它答完再发" in one.text for one in heard if one not in taken)
