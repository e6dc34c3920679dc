"""What is worked out once for everybody says what the long way says, and holds for nothing but taps."""

import random
from datetime import timedelta

import pytest

from content.store import clock
from handlers.desk import Desk
from handlers.guided import beaten, chat, flow, talking
from handlers.guided.guide import Guide
from handlers.guided.questions import Kind
from handlers.talks import GUIDES

AID = next(guide for guide in GUIDES if guide.kind == "legal-aid")


def find(guide: Guide, desk: Desk, kept: dict, text: str) -> beaten.Tap | None:
    return beaten.find_tap(guide, desk.bureau, kept, text, lambda answers: chat.shown(guide.flow, answers, desk))


@pytest.fixture
def desk(bureau) -> Desk:
    bureau.taps.clear()
    return Desk(bureau, "o" * 28, "c" * 32)


@pytest.fixture
def begun() -> dict:
    return talking.begun(AID, {}, "first")


def first_label(kept: dict) -> str:
    question = flow.next_step(AID.flow, kept)
    return question.options[0].label


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)
def test_a_tap_does_what_it_does_by_the_long_way(guide, desk):
    pick, found = random.Random(7), 0  # noqa: S311 - which option is tapped
    with clock.fixed_at(clock.now()):
        for _ in range(60):
            kept = talking.begun(guide, {}, "first")
            while (question := flow.next_step(guide.flow, kept)) is not None and question.kind is Kind.CHOICE:
                label = pick.choice(question.options).label
                turn = talking.step(guide, kept, label, "next", lambda value: value)
                for _ in range(2):  # worked out, and remembered
                    tap = find(guide, desk, kept, label)
                    if tap is not None:
                        found += 1
                        assert tap.after(kept, "next") == turn.answers and turn.is_kept and not turn.is_over
                        assert tap.reply == chat.shown(guide.flow, turn.answers, desk)
                kept = turn.answers
    assert found > 100 or not flow.next_step(guide.flow, {}).options


def test_what_is_more_than_a_tap_takes_the_long_way(desk, begun):
    label = first_label(begun)
    assert find(AID, desk, begun, label) is not None
    for words in ("上一题", "帮助", label * 20, "这是另一句话", ""):
        assert find(AID, desk, begun, words) is None
    for mark in ({"_paused": True}, {"_tries": 1}, {"_ticked": []}, {"_heard": {}}):
        assert find(AID, desk, {**begun, **mark}, label) is None
    with clock.fixed_at(clock.now() + talking.PAUSE + timedelta(seconds=2)):
        assert find(AID, desk, begun, label) is None


def test_who_has_written_freely_is_led_by_his_own_words(desk, begun):
    written = next(one for one in AID.flow.questions.values() if one.kind in (Kind.DATE, Kind.TEXT, Kind.NUMBER))
    given = {Kind.DATE: "2026-11-01", Kind.TEXT: "自己的话", Kind.NUMBER: 3000}[written.kind]
    kept = {**begun, written.name: given}
    assert find(AID, desk, kept, first_label(kept)) is None


def test_no_more_is_remembered_than_a_worker_can_hold(desk, begun, monkeypatch):
    monkeypatch.setattr(beaten, "REMEMBERED", 3)
    for number in range(10):
        find(AID, desk, begun, f"{number}")
    assert 0 < len(desk.bureau.taps) <= 3
