"""Likeness of short texts: what is about the same comes together, what only asks the same way does not."""

import random

from content import clusters

CAR = ["电动车上牌去哪", "电动车怎么上牌", "请问电动车上牌照要什么", "电动车上牌"]
DOG = ["邻居家狗咬人了怎么办", "被邻居的狗咬了", "狗咬人了怎么赔"]
PENSION = ["退休金什么时候涨", "请问退休金涨不涨", "退休金涨多少"]
ALONE = ["怎么办", "？？", "宽带太慢"]


def groups(texts):
    return [[texts[place] for place in places] for places in clusters.gather(texts)]


def test_what_is_about_the_same_comes_together_however_it_is_asked():
    mixed = [*CAR, *DOG, *PENSION, *ALONE]
    random.Random(1).shuffle(mixed)  # noqa: S311 - an order, no secret
    found = groups(mixed)
    assert [sorted(one) for one in found[:3]] == sorted(
        (sorted(CAR), sorted(DOG), sorted(PENSION)), key=lambda one: (-len(one), mixed.index(min(one, key=mixed.index)))
    )
    assert sorted(text for one in found[3:] for text in one) == sorted(ALONE)


def test_every_text_is_in_one_gathering_and_the_order_does_not_matter():
    mixed = [*CAR, *CAR, *DOG, *ALONE]
    found = clusters.gather(mixed)
    assert sorted(place for places in found for place in places) == list(range(len(mixed)))
    again = clusters.gather(mixed[::-1])
    turned = sorted(sorted(len(mixed) - 1 - place for place in places) for places in again)
    assert turned == sorted(sorted(places) for places in found)


def test_nothing_is_gathered_of_nothing():
    assert clusters.gather([]) == [] and clusters.likeness("", "电动车") == 0.0
