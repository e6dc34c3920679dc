"""The draw that anybody can recompute."""

import hashlib
import hmac
import json
from math import comb

import pytest

from handlers.quiz import draw
from tests.handlers.quiz.drawing import CODES, NUMBERS, PRIZES, SECRET, record


def recomputed(told: dict) -> list[str]:
    """The winners' codes by the published rule alone: shares no code with the program."""
    listed = "".join(code + "\n" for code in sorted(told["entries"]))
    message = hashlib.sha256(listed.encode()).hexdigest() + "\n" + told["drawn"]["numbers"]
    seed = hmac.new(told["secret"].encode(), message.encode(), hashlib.sha256).digest()
    order = sorted(told["entries"], key=lambda code: hmac.new(seed, code.encode(), hashlib.sha256).hexdigest())
    return order[: sum(prize["count"] for prize in told["prizes"])]


def test_a_stranger_comes_to_the_same_winners():
    whole = record()
    told = json.loads(draw.as_json(whole))
    assert draw.problems(whole) == [] and [winner["code"] for winner in told["winners"]] == recomputed(told)
    assert [winner.prize for winner in whole.winners] == ["一等奖", "二等奖", "二等奖", "二等奖"]


def test_a_record_comes_back_from_its_file_as_it_was():
    assert draw.read_record(draw.as_json(record())) == record()


def test_one_entry_changed_is_another_hash():
    assert draw.entries_digest(CODES) != draw.entries_digest([*CODES[:-1], "DEMO-9999"])
    assert draw.entries_digest(["ab", "c"]) != draw.entries_digest(["a", "bc"])
    assert draw.entries_digest(CODES) == draw.entries_digest(CODES[::-1])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"entries": [*CODES[:-1], "DEMO-9999"]}, "清单被改动过"),
        ({"entries": CODES[::-1]}, "没有按顺序"),
        ({"entries": [*CODES[:-1], CODES[0]]}, "重复"),
        ({"secret": "0" * 64}, "秘密数被换过"),
        ({"secret": "猜不到"}, "64位"),
        ({"lottery": "大乐透"}, "应当用大乐透"),
        ({"issue": "2026150"}, "应当用第2026150期"),
        ({"secret": None}, "应当用第2026148期"),
        ({"winners": [draw.Winner(code, "一等奖") for code in CODES[:4]]}, "中奖名单"),
        ({"prizes": [draw.Prize("一等奖", 2)]}, "中奖名单"),
        ({"drawn": draw.Drawn("双色球", "2026141", "01 05 12 18 25 33+08", "演示")}, "中奖名单"),
        ({"drawn": draw.Drawn("双色球", "2026141", "33 01 05 12 18 25+07", "演示")}, "应当写成"),
        ({"drawn": draw.Drawn("双色球", "2026141", "01 05 12 18 25 34+07", "演示")}, "从1到33"),
    ],
)
def test_whatever_was_changed_afterwards_is_found(changed, told):
    assert any(told in problem for problem in draw.problems(record(**changed)))


def test_where_the_secret_is_withheld_its_hash_and_a_later_issue_decide():
    drawn = draw.Drawn("双色球", "2026148", NUMBERS, "演示")
    digest, key = draw.entries_digest(CODES), draw.commitment_of(SECRET)
    winners = draw.winners_of(CODES, draw.seed_of(key, digest, NUMBERS), PRIZES)
    withheld = record(secret=None, drawn=drawn, winners=winners)
    assert draw.problems(withheld) == [] and withheld.winners != record().winners


def test_who_cannot_take_a_prize_is_followed_by_the_next_in_line():
    seed = draw.seed_of(SECRET, draw.entries_digest(CODES), NUMBERS)
    assert draw.first(CODES, seed, 5)[:4] == [winner.code for winner in record().winners]


def test_fewer_entrants_than_prizes_all_win_something():
    assert len(draw.winners_of(CODES[:2], b"seed", PRIZES)) == 2


@pytest.mark.parametrize(
    ("lottery", "typed", "numbers"),
    [
        ("双色球", "33、1、5 12 25,18 + 7", "01 05 12 18 25 33+07"),
        ("大乐透", "35 01 02 03 04 | 12 1", "01 02 03 04 35+01 12"),
    ],
)
def test_the_numbers_may_be_typed_as_they_are_read(lottery, typed, numbers):
    assert draw.read_numbers(lottery, typed) == draw.read_numbers(lottery, numbers) == numbers


@pytest.mark.parametrize(
    ("lottery", "typed"),
    [("双色球", "1 2 3 4 5 6"), ("双色球", "1 1 3 4 5 6 7"), ("双色球", "0 2 3 4 5 6 7"), ("大乐透", "1 2 3 4 5 6 13"),
     ("双色球", "1 2 3 4 5 6 7 8"), ("双色球", ""), ("福彩3D", "1 2 3")],
)  # fmt: skip
def test_numbers_that_the_lottery_cannot_draw_are_refused_in_chinese(lottery, typed):
    with pytest.raises(draw.BadNumber, match=r"[一-鿿]"):
        draw.read_numbers(lottery, typed)


def test_the_lotteries_have_more_outcomes_than_anybody_can_try_out():
    for rule in draw.LOTTERIES.values():
        assert comb(rule.front_most, rule.front) * comb(rule.back_most, rule.back) > 10**7


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "完整"), ("{", "完整"), ("[]", "完整"), ('{"format": "pufa-draw/1"}', "campaign"), (b"\xff", "完整")],
)
def test_a_file_that_is_no_record_is_one_sentence(text, told):
    with pytest.raises(draw.BadRecord, match=told):
        draw.read_record(text)


def test_a_record_of_another_format_is_not_judged():
    with pytest.raises(draw.BadRecord, match="pufa-draw/9"):
        draw.read_record(draw.as_json(record(format="pufa-draw/9")))
