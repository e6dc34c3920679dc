"""A thumb that trembles, an old message, two devices: an answer that comes twice does not answer what comes next."""

from datetime import timedelta

import pytest

from content.store import clock
from handlers.guided import flow, roads, talking
from handlers.guided.guide import Guide
from handlers.guided.questions import Kind
from handlers.message import Reply


def taps(name):
    """(answers before, question, option) of every choice in this flow behind which another question follows."""
    one, seen = flow.load(name), set()
    for stop, way in roads.stops(one):
        question = one.questions[stop.name]
        if way is None or way.to not in one.questions or question.kind is not Kind.CHOICE:
            continue
        kept = {asked: list(value) if isinstance(value, tuple) else value for asked, value in stop.known}
        for option in question.options:
            if (key := (question.name, option.value, way.to)) not in seen:
                seen.add(key)
                yield kept, question, option


@pytest.mark.parametrize("name", flow.names())
def test_the_same_tap_twice_answers_one_question_in_every_flow(name):
    guide = Guide(name, name[:16], lambda *_: Reply(text=""))
    tried = 0
    for kept, question, option in taps(name):
        if flow.next_step(guide.flow, kept) is not question:  # stands for other answers, which nobody can give
            continue
        once = talking.step(guide, kept, option.label, "1", str)
        if once.is_over:
            continue
        again = talking.step(guide, once.answers, option.label, "2", str)
        assert flow.on_road(guide.flow, again.answers) == flow.on_road(guide.flow, once.answers), option.label
        tried += 1
    assert tried or name not in ("legal-aid", "request")


@pytest.fixture
def talk(guide):
    """Takes steps one after the other, each so many seconds after the one before."""
    kept, now = {}, clock.now()

    def step(text, seconds=60.0):
        nonlocal kept, now
        now += timedelta(seconds=seconds)
        with clock.fixed_at(now):
            turn = talking.step(guide, kept, text, str(now), str)
        kept = turn.answers
        return turn

    return step


def test_a_second_tap_is_told_and_changes_nothing(talk):
    talk("拖欠工资")
    again = talk("拖欠工资", 3600)
    assert not again.is_kept and "“拖欠工资”刚才已经记下了" in again.answers["_before"]
    assert talk("是").answers["migrant"] == "yes"


def test_a_short_word_answers_the_next_question_as_well_once_there_was_time_to_read_it(talk):
    talk("拖欠工资")
    assert talk("不是").answers["migrant"] == "no"
    assert "papers" not in talk("不是", 2).answers
    assert talk("不是", 20).answers["papers"] == ["none"]
