"""quiz draw: the steps of a draw from a terminal, by two people, and the record that verify-draw accepts."""

import json

import pytest

from bot import wiring
from bot.config import make_config
from content.store import clock
from content.store.db import Database
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, NUMBERS, OPEN, OVER, SECRET, SOURCE, held_in


@pytest.fixture
def held(each_operator):
    database = Database(each_operator.settings["database.url"])
    held_in(database, wiring.keyring(make_config(each_operator.settings)))
    with clock.fixed_at(DRAWN):
        yield each_operator
    database.close()


def types(operator, by: str, numbers: str = NUMBERS, *more: str):
    return operator.types("quiz", "draw", "demo", "--numbers", numbers, "--source", SOURCE, "--as", by, *more)


def test_a_draw_is_walked_by_two_people_and_its_record_verifies(held, tmp_path):
    assert "没有“活动”的角色" in held.fails("quiz", "draw", "demo", "--as", "bing")
    assert "名单还没有定" in held.types("quiz", "draw", "demo", "--status").out
    with clock.fixed_at(OVER):
        assert "20个参与码" in held.types("quiz", "draw", "demo", "--as", "jia").out
        early = ("--numbers", NUMBERS, "--source", "某处", "--as", "jia")
        assert "要到12月6日（周日）晚上才开奖" in held.fails("quiz", "draw", "demo", *early)
    assert "不重复的号码" in held.fails("quiz", "draw", "demo", "--numbers", "1 2", "--source", "某处", "--as", "jia")
    assert "请另一名工作人员" in types(held, "jia").out
    told = held.types("quiz", "draw", "demo", "--status", "--json")
    assert told.json["typed_by"] == ["jia"] and told.json["numbers"] is None and SECRET not in told.out
    assert "不一样" in types(held, "yi", "1 2 3 4 5 6 7").out
    record = tmp_path / "record.json"
    assert "抽奖记录写到" in types(held, "yi", NUMBERS, "--out", str(record)).out
    assert held.types("quiz", "verify-draw", record).code == 0
    told = held.types("quiz", "draw", "demo", "--status").out
    assert "03 07 11 18 22 29+05" in told and "二等奖：共2份，已领0，待领2" in told
    assert "已经抽过奖" in held.fails("quiz", "draw", "demo", "--numbers", NUMBERS, "--source", "某处", "--as", "jia")
    changed = json.loads(record.read_text(encoding="utf-8"))
    changed["entries"][0] = "C9999"
    record.write_text(json.dumps(changed), encoding="utf-8")
    assert held.types("quiz", "verify-draw", record).code == 1


def test_what_cannot_be_done_yet_is_one_sentence(held, tmp_path):
    with clock.fixed_at(OPEN):
        assert "正在进行" in held.types("quiz", "draw", "demo", "--as", "jia").out
        assert "名单还没有定" in held.fails(
            "quiz", "draw", "demo", "--numbers", NUMBERS, "--source", "某处", "--as", "jia"
        )
    assert "没有编号为" in held.fails("quiz", "draw", "other", "--status")
    assert "还没有抽奖" in held.fails("quiz", "draw", "demo", "--status", "--out", str(tmp_path / "x.json"))
    with clock.fixed_at(OVER):
        held.types("quiz", "draw", "demo", "--as", "jia")
    assert "谁也不能提前改" in held.fails("quiz", "draw", "demo", "--withhold", "试", "--as", "jia")
