"""A thousand seeded random walks through every flow end in a result or with a person, within fifteen turns."""

import random
from functools import partial

import pytest

from content.phrases import say
from content.store import clock
from content.store.memory import NONE
from handlers import router, talks
from handlers.guided import chat, flow, talking
from handlers.guided.checking import MOST_STEPS
from handlers.guided.guide import Guide
from handlers.guided.questions import NONE_OF_THEM, Kind, Question
from handlers.guided.reading import read
from handlers.message import Reply

WALKS, SPOKEN = 1000, 12
MUMBLED = 0.1
"""So many of the walkers' words mean nothing."""
DAYS = ("昨天", "上周五", "2026年3月5日", "3天前", "1月2号")
TEXTS = ("2024年全市法律援助工作总结", "演示企业", "13800000000", "demo@example.com", "连山区演示路1号")
GIBBERISH = "嘟嘟嘟嘟"


def guide_of(name: str) -> Guide:
    """The slice's own, with its checks, where it is wired in."""
    wired = next((guide for guide in talks.GUIDES if guide.flow_name == name), None)
    return wired or Guide(name, name[:16], lambda *_: Reply(text="结果"))


def spoken(guide: Guide, kept: dict, pick: random.Random) -> str:
    """Some answer to the open question that will do, as one of the many ways to give it."""
    question = flow.next_step(guide.flow, kept)
    for _ in range(50):
        text = said(question, pick)
        value = read(question, text, clock.today()).value
        if not guide.check(question.name, value, flow.on_road(guide.flow, kept)):
            return text
    raise AssertionError(f"{guide.kind}: nothing will do at {question.name}")


def said(question: Question, pick: random.Random) -> str:
    if question.may_skip and pick.random() < 0.3:
        return "跳过"
    if question.kind is Kind.CHOICE:
        option = pick.choice(question.options)
        number = question.options.index(option) + 1
        return pick.choice([str(number), "ABCDEFGHI"[number - 1], f"第{number}个", option.label, *option.words])
    if question.kind is Kind.SEVERAL:
        values = [value for value in question.values if value != NONE_OF_THEM]
        chosen = pick.sample(values, pick.randint(1, min(2, len(values))))
        return "和".join(str(question.values.index(value) + 1) for value in chosen)
    if question.kind is Kind.DATE:
        return pick.choice(DAYS)
    return pick.choice(["3000", "五千块"]) if question.kind is Kind.NUMBER else pick.choice(TEXTS)


@pytest.mark.parametrize("name", flow.names())
def test_every_walk_ends_within_fifteen_turns(name):
    guide, seen = guide_of(name), set()
    for seed in range(WALKS):
        pick, kept = random.Random(seed), talking.begun(guide_of(name), {}, "0")  # noqa: S311
        for turns in range(1, 2 * MOST_STEPS):
            question = flow.next_step(guide.flow, kept)
            seen.add(question.name)
            is_mumbled = pick.random() < MUMBLED and question.kind is not Kind.TEXT
            text = GIBBERISH if is_mumbled else spoken(guide, kept, pick)
            turn = talking.step(guide, kept, text, f"{turns}", lambda word: word)
            assert turn is not None, (name, question.name, text)
            kept = turn.answers
            if turn.is_over or int(kept.get("_tries") or 0) >= talking.PATIENCE:
                break
        assert turns <= MOST_STEPS, (name, seed)
    assert seen == set(guide.flow.questions)  # no question of the flow was left out


@pytest.mark.parametrize("name", flow.names())
def test_every_way_to_name_an_option_is_understood(name):
    for question in flow.load(name).questions.values():
        for number, option in enumerate(question.options, start=1):
            value = option.value if question.kind is Kind.CHOICE else [option.value]
            for text in (str(number), "ABCDEFGHI"[number - 1], option.label, *option.words):
                assert read(question, text, clock.today()).value == value, (question.name, text)


@pytest.mark.parametrize("name", [guide.flow_name for guide in talks.GUIDES])
def test_walks_through_the_real_chat_end_in_a_result(name, bureau, monkeypatch, make_somebody, kept_of):
    guide = guide_of(name)
    monkeypatch.setitem(router.TOPICS, guide.flow.topic, partial(chat.begin, guide))
    for seed in range(SPOKEN):
        pick, somebody = random.Random(seed), make_somebody()  # noqa: S311
        somebody.sends("event:click", guide.flow.topic)
        turns = 0
        while (kept := kept_of(somebody)) is not None:
            turns += 1
            question = flow.next_step(guide.flow, kept)
            reply = somebody.says(text := spoken(guide, kept, pick))
            assert say("guided_not_understood") not in reply.text, (question.name, text)
            assert turns <= 2 * MOST_STEPS
        assert turns <= MOST_STEPS and somebody.conversation == NONE and reply.text
