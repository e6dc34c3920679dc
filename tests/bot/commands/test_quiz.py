"""quiz: a draw's record is checked by anybody who has the file."""

import pytest

from handlers.quiz import draw
from tests.handlers.quiz.drawing import record


def test_a_true_draw_is_called_true(operator, tmp_path):
    file = tmp_path / "draw.json"
    file.write_bytes(draw.as_json(record()))
    ran = operator.types("quiz", "verify-draw", file)
    assert ran.code == 0 and "重算一致" in ran.out and "200个参与码" in ran.out


def test_a_draw_that_was_tampered_with_is_called_so_and_fails(operator, tmp_path):
    file = tmp_path / "draw.json"
    file.write_bytes(draw.as_json(record(winners=[])))
    ran = operator.types("quiz", "verify-draw", file)
    assert ran.code == 1 and ran.out.startswith("不对：") and "重算一致" not in ran.out


@pytest.mark.parametrize("content", ["", "亲爱的同志们", '{"format": "pufa-draw/1"}'])
def test_what_is_no_record_is_one_sentence(operator, tmp_path, content):
    (tmp_path / "letter.json").write_text(content, encoding="utf-8")
    assert "完整的抽奖记录" in operator.fails("quiz", "verify-draw", tmp_path / "letter.json")


def test_a_file_that_is_not_there_is_wrong_usage(operator, tmp_path):
    assert operator.types("quiz", "verify-draw", tmp_path / "nothing.json").code == 2
