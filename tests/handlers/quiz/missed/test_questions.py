"""What somebody got wrong: told only when the rule allows it, and never for a paper that is being answered."""

from datetime import timedelta

import pytest

from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from handlers.quiz import play
from handlers.quiz.missed import questions
from tests.handlers.quiz.holding import CLOSED, NOW, RULES, hands_in, holding, name_of


def missed(bureau, held, name="one"):
    with bureau.database.reading() as session:
        return questions.missed_in(session, held, name)


def test_wrong_answers_come_with_what_was_chosen(bureau):
    with holding(bureau) as held:
        played = hands_in(bureau.database, held, "one", wrong=2)
        found = missed(bureau, held)
        assert {one.question.key for one in found} == set(played.question_keys[-2:])
        assert all(one.letters in "AB" and one.letters != one.question.answer for one in found)


def test_questions_left_open_are_told_too(bureau):
    with holding(bureau) as held:
        with bureau.database.transaction() as session:
            play.hand_in(session, play.begin_paper(session, held, "one", "seed"))
        assert [one.letters for one in missed(bureau, held)] == ["", "", ""]


@pytest.mark.parametrize(("verdicts", "before"), [("at_once", 1), ("handed_in", 1), ("closed", 0)])
def test_the_rule_about_verdicts_holds(bureau, verdicts, before):
    with holding(bureau, f'verdicts = "{verdicts}"\n{RULES}') as held:
        hands_in(bureau.database, held, "one", wrong=1)
        assert len(missed(bureau, held)) == before
        with clock.fixed_at(CLOSED):
            assert len(missed(bureau, held)) == 1


def test_nothing_is_told_of_a_question_on_a_paper_that_is_being_answered(bureau):
    with holding(bureau) as held:
        first = hands_in(bureau.database, held, "one", wrong=3)
        with bureau.database.transaction() as session:
            again = play.begin_paper(session, held, "one", "another seed")
            again.question_keys = [first.question_keys[0], *again.question_keys[1:]]
        assert first.question_keys[0] not in {one.question.key for one in missed(bureau, held)}
        with bureau.database.transaction() as session:
            play.hand_in(session, session.merge(again))
        assert first.question_keys[0] in {one.question.key for one in missed(bureau, held)}


def test_while_a_paper_runs_it_is_said_that_its_questions_come_later(bureau, somebody):
    with holding(bureau) as held:
        with bureau.database.transaction() as session:
            played = play.begin_paper(session, held, name_of(somebody, held), "seed")
            question = play.open_question(session, played)
            play.answer(session, played, "A" if question.answer != "A" else "B")
        assert somebody.says("我的错题").text == say("missed_running")
        with bureau.database.transaction() as session:
            play.hand_in(session, session.merge(played))
        assert "共 3 题" in somebody.says("我的错题").text


def test_nothing_is_told_of_a_question_on_a_running_paper_of_another_campaign(bureau):
    with holding(bureau) as held, holding(bureau, RULES, "another") as other:
        first = hands_in(bureau.database, held, "one", wrong=3)
        with bureau.database.transaction() as session:
            running = play.begin_paper(session, other, "one in the other", "another seed")
            running.question_keys = first.question_keys[:1] * 3
        with bureau.database.reading() as session:
            found = questions.missed_in(session, held, "one", ["one in the other"])
        assert {one.question.key for one in found} == set(first.question_keys[1:])


def answers_rightly_later(bureau, held, name, keys) -> None:
    """On another paper of the same questions."""
    with clock.fixed_at(NOW + timedelta(minutes=5)), bureau.database.transaction() as session:
        again = play.begin_paper(session, held, name, "another seed")
        again.question_keys = list(keys)
        session.flush()
        for _ in keys:
            play.answer(session, again, play.open_question(session, again).answer)


def test_what_was_answered_rightly_later_is_wrong_no_more(bureau):
    with holding(bureau) as held:
        first = hands_in(bureau.database, held, "one", wrong=3)
        answers_rightly_later(bureau, held, "one", first.question_keys)
        assert missed(bureau, held) == []


def test_of_several_campaigns_the_newest_answer_decides_and_what_may_not_be_told_is_passed_over(bureau):
    with holding(bureau) as held, holding(bureau, f'verdicts = "closed"\n{RULES}', "another") as other:
        first = hands_in(bureau.database, held, "one", wrong=3)
        answers_rightly_later(bureau, other, "same", first.question_keys)
        for at, count in ((NOW + timedelta(hours=1), 3), (CLOSED, 0)):
            with clock.fixed_at(at), bureau.database.reading() as session:
                assert len(questions.missed_in_all(session, [(held, "one"), (other, "same")], [])) == count


def test_in_the_chat_each_comes_with_answer_explanation_and_article_page_by_page(bureau, somebody):
    with holding(bureau) as held:
        for _ in range(3):
            hands_in(bureau.database, held, name_of(somebody, held), wrong=3)
        found = missed(bureau, held, name_of(somebody, held))
        told, page = somebody.says("我的错题"), 1
        texts = [told.text]
        while told.choices:
            page += 1
            assert told.choices == (say("missed_page", page=page),)
            told = somebody.says("1")
            texts.append(told.text)
        assert page > 1 and all(len(text.encode()) < TEXT_BYTES and "…" not in text[-3:] for text in texts)
        whole = "\n".join(texts)
        for one in found:
            assert one.question.explanation in whole and one.question.basis[0] in whole
        assert f"共 {len(found)} 题" in whole and somebody.topic == "quiz/score"


def test_where_answers_are_told_after_the_close_the_chat_says_when(bureau, somebody):
    with holding(bureau, f'verdicts = "closed"\n{RULES}') as held:
        hands_in(bureau.database, held, name_of(somebody, held), wrong=3)
        told = somebody.says("错题").text
        assert "12月4日 20:00" in told and "正确答案" not in told


def test_wrong_answers_of_practice_are_told_without_any_campaign(bureau, somebody, open_question):
    assert "没有错题" in somebody.says("我的错题").text
    somebody.says("宪法知识竞答")
    question = open_question(somebody)
    somebody.says("A" if question.answer != "A" else "B")
    assert question.explanation in somebody.says("我的错题").text
