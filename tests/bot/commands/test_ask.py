"""ask: the conversation on the command line, in the shape of the contract."""

import json

import pytest
from conftest import ROOT

from content import repository
from content.store import embedded

SHAPE = {"text": str, "topic": str, "confidence": float, "reasons": list, "reply": dict, "alternatives": list}
REPLY = {"type": str, "text": str, "articles": list}


def check_shape(answer: dict) -> None:
    assert {name: type(value) for name, value in answer.items()} == SHAPE
    assert {name: type(value) for name, value in answer["reply"].items()} == REPLY
    assert answer["reply"]["type"] in ("text", "news", "image", "none")
    assert answer["topic"] in repository.topics()
    assert 0 <= answer["confidence"] <= 1
    for guess in answer["alternatives"]:
        assert {name: type(value) for name, value in guess.items()} == {"topic": str, "confidence": float}


@pytest.mark.parametrize("words", ["老板拖欠我三个月工资咋整", "今天天气不错", "民法典第1062条", ""])
def test_json_has_the_shape_of_the_contract_and_nothing_else(operator, words):
    ran = operator.types("ask", words, "--json")
    assert (ran.code, ran.out.count("\n")) == (0, 1)
    answer = ran.json
    check_shape(answer)
    assert answer["text"] == words


def test_what_is_not_understood_says_so(operator):
    assert operator.types("ask", "咕噜咕噜乌拉乌拉", "--json").json["topic"] == "talk/unknown"


def test_without_json_the_reply_is_on_stdout_and_the_topic_beside_it(each_operator):
    ran = each_operator.types("ask", "拖欠工资怎么办")
    assert "工资" in ran.out
    assert "matter/wages" in ran.err


def test_a_citizen_with_a_name_goes_on_with_his_talk(each_operator):
    each_operator.types("ask", "宪法知识竞答", "--openid", "oWang")
    assert "答案是" in each_operator.types("ask", "A", "--openid", "oWang").out
    assert "答案是" not in each_operator.types("ask", "A").out


def test_a_number_stands_for_the_choice_that_was_offered(operator):
    operator.types("ask", "信息公开目录", "--openid", "oLi")
    first, unknown = (
        operator.types("ask", "1", "--openid", openid, "--json").json["topic"] for openid in ("oLi", "oNew")
    )
    assert first != unknown


def keywords() -> list[str]:
    lines = [
        line for file in sorted((ROOT / "tests/asked").glob("*/keyword.tsv")) for line in file.read_text().split("\n")
    ]
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def test_a_batch_of_a_thousand_lines_is_answered_in_order_each_from_somebody_else(operator):
    odd = ["", "flyz", "宪法知识竞答", "A", "\u2028换行\x85", "😀", "a" * 3000, "第一\t第二"]
    found = keywords()
    lines = (odd + found * (1000 // len(found) + 1))[:1000]
    ran = operator.types("ask", "--batch", stdin="".join(f"{line}\n" for line in lines).encode())
    answers = [json.loads(line) for line in ran.out.split("\n")[:-1]]
    assert [answer["text"] for answer in answers] == lines
    for answer in answers:
        check_shape(answer)
    assert "答案是" not in answers[3]["reply"]["text"]


def test_a_batch_ends_with_its_last_line_whether_it_is_closed_or_not(operator):
    for stdin, number in ((b"", 0), ("你好".encode(), 1), ("你好\r\n再见\r\n".encode(), 2), (b"\n\n", 2)):
        assert operator.types("ask", "--batch", stdin=stdin).out.count("\n") == number


def test_bytes_that_are_no_text_are_answered_too(operator):
    ran = operator.types("ask", "--batch", stdin=b"\xff\xfe\n" + "你好\n".encode() + b"\0\n")
    assert (ran.code, ran.out.count("\n")) == (0, 3)
    assert operator.types("ask", "\udcff\udcfe", "--openid", "\udcff").code == 0


def test_without_redis_it_answers_just_the_same(operator):
    operator.configure(redis__url="unix:///nowhere.sock")
    operator.types("ask", "宪法知识竞答", "--openid", "oWang")
    assert "答案是" in operator.types("ask", "A", "--openid", "oWang").out


def test_the_embedded_redis_is_started_and_stopped_with_it(operator, tmp_path):
    operator.configure(redis__url="embedded")
    assert operator.types("ask", "你好").code == 0
    running = embedded.start(tmp_path)
    assert operator.types("ask", "你好").code == 0
    assert running.poll() is None  # one that was there before stays
    embedded.stop(running)


def test_a_fresh_installation_needs_no_other_command_first(new_operator, tmp_path):
    fresh = new_operator(f"sqlite:///{tmp_path}/fresh.db")
    assert "公证" in fresh.types("ask", "办理公证").out
