"""The exam in the chat: when it is and the way in while one is held or comes, the general answer else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from content import staff
from content.store import clock
from handlers.quiz import register
from handlers.quiz.exam import chat
from handlers.quiz.models import HeldCampaign
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.exams import CLOSES, EXAM, MAKEUP_CLOSES, NOW, OPENS

ASKED = "公职人员法律考试怎么进去"


@pytest.fixture
def put_on(bureau):
    def made(written: str = EXAM, name: str = "exam-demo") -> None:
        with bureau.database.transaction() as session:
            if staff.find_staff(session, "campaigner") is None:
                staff.add_staff(session, "campaigner", "演示", ["campaigns"], "")
            register.put_on(session, name, written, bureau.keyring, "campaigner")

    with clock.fixed_at(NOW):
        yield made
    with bureau.database.transaction() as session:
        session.execute(delete(HeldCampaign))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (OPENS - timedelta(seconds=1), "“演示考试”还没有开始"),
        (NOW, "“演示考试”正在进行"),
        (CLOSES, "“演示考试”已经考完，还有补考"),
    ],
)
def test_while_one_is_held_its_times_and_the_way_in_are_told(put_on, somebody, at, told):
    put_on()
    with clock.fixed_at(at):
        text = somebody.says(ASKED).text
    assert told in text and '<a href="https://pufa.example/h/exam/exam-demo/">' in text
    for words in ("12月1日 08:00（周二）至12月4日 20:00（周五）", "补考：12月18日 08:00", "60 分合格", "联络员"):
        assert words in text


@pytest.mark.parametrize("written", [None, WRITTEN])
def test_where_no_exam_is_held_the_general_answer_is_given(put_on, somebody, written):
    if written:
        put_on(written)
    assert somebody.says(ASKED).text == somebody.bureau.replies[chat.TOPIC].text


def test_after_the_make_up_the_general_answer_is_given(put_on, somebody):
    put_on()
    with clock.fixed_at(MAKEUP_CLOSES):
        assert somebody.says(ASKED).text == somebody.bureau.replies[chat.TOPIC].text


def test_an_exam_is_no_prize_quiz_for_everybody(put_on, somebody):
    put_on()
    assert "一共 5 题" in somebody.says("宪法知识竞答").text
