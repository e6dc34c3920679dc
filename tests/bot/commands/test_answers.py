"""answers: the stop of answers from the command line, by those who may sign."""

import pytest


@pytest.fixture
def staffed(new_operator, tmp_path):
    made = new_operator(f"sqlite:///{tmp_path}/stop.db")
    for name, role in (("boss", "admin"), ("writer", "write")):
        made.types("staff", "add", name, "--role", role, "--as", "boss" if name != "boss" else "")
    return made


def test_answers_are_stopped_shown_and_go_on(staffed):
    assert staffed.types("answers", "show").out == "照常答复。\n"
    assert "正在核对。" in staffed.types("answers", "stop", "正在核对。", "--as", "boss").out
    assert "不再答复" in staffed.types("answers", "show").out
    staffed.types("answers", "stop", "以官网为准。", "--notice", "--as", "boss")
    assert staffed.types("answers", "show").out.startswith("答复照常，前面加提示：以官网为准。（boss，")
    assert "已恢复" in staffed.types("answers", "resume", "--as", "boss").out
    assert "没有暂停" in staffed.fails("answers", "resume", "--as", "boss")


def test_who_may_not_sign_stops_nothing_and_nothing_is_stopped_without_words(staffed):
    assert "管理" in staffed.fails("answers", "stop", "停", "--as", "writer")
    assert "120" in staffed.fails("answers", "stop", " ", "--as", "boss")
    assert staffed.types("answers", "show").out == "照常答复。\n"
