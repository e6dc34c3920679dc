"""A paper of which the page has answered something is handed in on its owner's word, and on nothing else."""

import pytest

from content.phrases import say
from content.store import clock
from handlers.quiz import play, taking
from handlers.quiz.models import Round
from tests.handlers.quiz.holding import CLOSED, holding, name_of


@pytest.fixture
def held(bureau):
    with holding(bureau) as held:
        yield held


@pytest.fixture
def begun(held, somebody, played):
    """He has begun in the chat."""
    somebody.says(say("quiz_join"))
    return played(somebody)


def tap(somebody, held, paper: Round, *places: int, seq: int = 1, letters: str = "") -> list[taking.State]:
    """On the page."""
    bureau, name = somebody.bureau, name_of(somebody, held)
    keys = {place: paper.question_keys[place - 1] for place in places}
    return [
        taking.save(
            bureau.database, bureau.questions, paper.id, name, place, letters or bureau.questions[key].answer, seq
        ).state
        for place, key in keys.items()
    ]


def now(somebody, paper: Round) -> Round:
    with somebody.bureau.database.reading() as session:
        return session.get_one(Round, paper.id)


@pytest.mark.parametrize(
    "words", ["在网页上答", "继续", "B", "上一题", "答题", "参加有奖竞答", "宪法知识竞答", "法律援助是什么", "确定"]
)
def test_answers_of_the_page_stay_changeable_whatever_else_is_said_in_the_chat(somebody, held, begun, words):
    tap(somebody, held, begun, 1, 2, 3)
    reply = somebody.says(words).text
    assert now(somebody, begun).finished_at is None
    assert say("quiz_handed_in") not in reply and "出了点问题" not in reply
    if words != "法律援助是什么":
        assert say("quiz_all_answered") in reply and "/h/quiz/demo/?t=" in reply
    assert tap(somebody, held, begun, 2, seq=2, letters="A") == ["saved"]


def test_on_that_word_it_is_handed_in_once(somebody, held, begun):
    tap(somebody, held, begun, 1, 2, 3)
    assert somebody.says("继续").choices == (say("quiz_hand_in_paper"),)
    assert say("quiz_paper_ended", right=3, total=3, points="23", full=23) in somebody.says("交卷").text
    assert now(somebody, begun).half_points == 46 and tap(somebody, held, begun, 2, seq=2) == ["over"]


def test_an_answer_in_the_chat_to_the_one_question_that_the_page_left_says_what_is_missing(somebody, held, begun):
    tap(somebody, held, begun, 2, 3)
    right = somebody.bureau.questions[begun.question_keys[0]].answer
    reply = somebody.says(right).text
    assert reply.startswith("答对了") and say("quiz_all_answered") in reply
    assert now(somebody, begun).finished_at is None and tap(somebody, held, begun, 3, seq=2) == ["saved"]


def test_the_last_answer_in_the_chat_does_not_hand_in_what_the_page_may_change(somebody, held, begun):
    tap(somebody, held, begun, 1, 2)
    right = somebody.bureau.questions[begun.question_keys[2]].answer
    assert say("quiz_all_answered") in somebody.says(right).text
    assert now(somebody, begun).finished_at is None
    assert say("quiz_paper_left", until="12月2日 10:15（周三）") in somebody.says("退出").text


def test_a_paper_with_open_questions_is_handed_in_when_he_says_so_twice(somebody, held, begun):
    tap(somebody, held, begun, 1)
    assert say("quiz_hand_in_early", left=2, total=3) in somebody.says("交卷").text
    assert now(somebody, begun).finished_at is None and "第 2 题" in somebody.says("继续").text
    assert say("quiz_paper_ended", right=1, total=3, points="4", full=23) in somebody.says("确定交卷").text
    assert now(somebody, begun).finished_at is not None


def test_when_the_time_is_up_what_the_page_has_saved_counts(somebody, held, begun):
    tap(somebody, held, begun, 1, 2, 3)
    with clock.fixed_at(CLOSED):
        assert "得 23 分" in somebody.says("继续").text
    assert now(somebody, begun).finished_at is not None


def test_beside_another_answer_what_waits_is_named_as_long_as_it_waits(somebody, held, begun):
    assert say("still_open", name="演示竞答") in somebody.says("法律援助是什么").text
    with somebody.bureau.database.transaction() as session:
        play.hand_in(session, session.get_one(Round, begun.id))  # on the page
    assert "还停在" not in somebody.says("劳动仲裁要多少钱").text
    assert say("quiz_handed_in") in somebody.says("继续").text


@pytest.mark.parametrize("words", ["答题", "参加有奖竞答", "宪法知识竞答"])
def test_a_paper_that_only_waits_to_be_handed_in_shows_the_way_to_the_page_once(somebody, held, begun, words):
    tap(somebody, held, begun, 1, 2, 3)
    assert somebody.says(words).text.count("/h/quiz/demo/?t=") == 1
