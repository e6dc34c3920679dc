"""What was put right by two people is what the chat says from then on, in the middle of a paper as well."""

import pytest

from content.phrases import say
from content.store import clock
from handlers.quiz import register, score
from handlers.quiz.mending.models import Mending
from handlers.quiz.missed import chat as missed_chat
from tests.handlers.quiz.campaigns import SMALL
from tests.handlers.quiz.playing import papers


@pytest.fixture
def mend(bureau):
    """As applying.py leaves it, for a paper that runs."""

    def done(question, kind: str, accepted: str = "") -> None:
        with bureau.database.transaction() as session:
            session.add(
                Mending(
                    campaign_id="demo", question_key=question.key, kind=kind, accepted=accepted,
                    original=question.answer, reason="演示原因", state="done", proposed_by="a", proposed_at=clock.now(),
                    decided_by="b", decided_at=clock.now(), figures={},
                )
            )  # fmt: skip

    return done


def another(question) -> str:
    return "A" if question.answer != "A" else "B"


def test_a_new_answer_is_the_right_one_and_the_reasons_for_the_old_one_are_told_no_more(player, open_question, mend):
    player.says(say("quiz_join"))
    first = open_question(player)
    mend(first, "answer", another(first))
    told = player.says(another(first)).text
    assert told.startswith("答对了") and "演示原因" in told and first.explanation not in told
    assert say("quiz_previous", place=1, text="", chosen="").split("\n")[0][:4] in player.says("上一题").text
    second = open_question(player)
    mend(second, "answer", another(second))
    assert "这题答错了" in player.says(second.answer).text


def test_what_is_void_is_neither_right_nor_wrong(player, open_question, mend):
    player.says(say("quiz_join"))
    first = open_question(player)
    mend(first, "void")
    told = player.says(another(first)).text
    assert say("quiz_voided", reason="演示原因") in told and "答错" not in told and first.explanation not in told


def test_a_mending_between_two_answers_is_known_at_the_second(player, open_question, mend):
    """The worker holds the paper in memory and takes the answer without looking first."""
    player.says(say("quiz_join"))
    player.says(open_question(player).answer)
    second = open_question(player)
    assert player.copy
    mend(second, "void")
    assert "作废" in player.says(another(second)).text
    assert len(papers(player)[0].given) == 2


def test_the_wrong_answers_leave_out_what_is_void_and_tell_what_holds(player, open_question, mend):
    player.says(say("quiz_join"))
    asked = []
    for _ in range(3):
        asked.append(open_question(player))
        player.says(another(asked[-1]))
    mend(asked[0], "void")
    mend(asked[1], "answer", asked[1].answer)
    told = missed_chat.missed(player.desk, 1).text
    assert asked[0].text not in told
    assert "更正过" in told and "演示原因" in told and asked[1].explanation not in told
    assert asked[2].explanation in told


def test_where_answers_are_told_later_nothing_of_it_is_told_yet(put_on, somebody, open_question, mend):
    held = put_on(written='verdicts = "closed"\n' + SMALL)
    somebody.says(say("quiz_join"))
    first = open_question(somebody)
    mend(first, "answer", another(first))
    told = somebody.says(another(first)).text
    assert say("quiz_kept", letters="")[:3] in told and "演示原因" not in told
    with somebody.bureau.database.reading() as session:
        assert not score.may_be_told(session, register.get_held(session, held.id))
