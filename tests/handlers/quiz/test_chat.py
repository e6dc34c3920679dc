"""How the quiz is played by writing and tapping."""

import re
import secrets
from datetime import timedelta

import pytest
from conftest import ROOT
from sqlalchemy import delete

from content.importers.questions import read_questions
from content.models import Question
from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from content.store.memory import NONE, OPEN
from handlers import citizens, conversation
from handlers.quiz import chat, play, spoken
from handlers.quiz.models import Round

SINGLE = Question(kind="single", options=["甲", "乙", "丙", "丁"], answer="B")
MULTIPLE = Question(kind="multiple", options=["甲", "乙", "丙", "丁"], answer="AC")
JUDGE = Question(kind="judge", options=["对", "错"], answer="A")
BANK = read_questions(ROOT / "content/library/quiz/constitution.toml")
LIBRARY = [each for file in sorted((ROOT / "content/library/quiz").glob("*.toml")) for each in read_questions(file)]


def by_answer(question: Question, is_right: bool = True) -> str:
    if is_right:
        return question.answer
    return next(letter for letter in "AB" if letter != question.answer)


def play_round(somebody, open_question, right: int = 5) -> str:
    """The last reply of a round with so many right answers."""
    somebody.says("宪法知识竞答")
    return [somebody.says(by_answer(open_question(somebody), place < right)).text for place in range(5)][-1]


def length(question: Question) -> int:
    return len((question.scenario_text or "") + question.text + "".join(question.options))


def begin_with(somebody, *questions: Question) -> None:
    """He is at the first question of a round that begins with these."""
    somebody.sends("event:subscribe")
    keys = [question.key for question in (*questions, *BANK)][: play.QUESTIONS_A_ROUND]
    with somebody.bureau.database.transaction() as session:
        identity = citizens.find_citizen_id(session, somebody.desk.citizen)
        opened = Round(id=secrets.token_hex(16), citizen_id=identity, question_keys=keys, started_at=clock.now())
        session.add(opened)
        session.flush()
        conversation.begin(session, identity, chat.KIND, {"round": opened.id})


# ── a round ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_quiz_begins_with_its_first_question_and_how_to_leave(somebody):
    reply = somebody.says("宪法知识竞答")
    assert say("quiz_begun", total=5) in reply.text and "第 1 题/共 5 题" in reply.text
    assert reply.choices[:2] == ("A", "B") and somebody.conversation == OPEN


def test_five_right_answers_end_with_the_result(somebody, open_question, played):
    last = play_round(somebody, open_question)
    assert say("quiz_ended", total=5, right=5) in last and say("quiz_again") in last
    assert somebody.conversation == NONE and played(somebody) is None


def test_wrong_answers_are_counted_as_wrong(somebody, open_question):
    assert say("quiz_ended", total=5, right=2) in play_round(somebody, open_question, right=2)


@pytest.mark.parametrize("is_right", [True, False])
def test_the_verdict_comes_at_once_with_the_article_and_the_next_question(somebody, open_question, is_right):
    somebody.says("宪法知识竞答")
    question = open_question(somebody)
    text = somebody.says(by_answer(question, is_right)).text
    assert text.startswith("答对了" if is_right else "这题答错了")
    assert question.basis[0] in text and "第 2 题/共 5 题" in text


def test_every_answer_is_in_sql_before_its_reply(somebody, open_question, played):
    somebody.says("宪法知识竞答")
    for place in range(1, 5):
        somebody.says(open_question(somebody).answer)
        given = played(somebody).given
        assert [answer.place for answer in given] == list(range(1, place + 1)) and given[-1].is_right


def test_an_option_there_is_not_asks_again_and_does_not_count(somebody, played):
    somebody.says("宪法知识竞答")
    assert somebody.says("H").text.startswith("请回复选项的字母：A、B")
    assert len(played(somebody).given) == 0


@pytest.mark.parametrize("kind", ["single", "multiple", "judge"])
def test_a_number_chooses_an_option_even_when_other_choices_were_shown_before(somebody, played, kind):
    """What was offered before a question must not stand for its numbers, whether its options can be tapped or not."""
    begin_with(somebody, next(question for question in BANK if question.kind == kind))
    somebody.says("法律援助是什么")
    somebody.says("继续")
    somebody.says("1")
    assert played(somebody).given[0].letters == "A"


@pytest.mark.parametrize("words", ["跳过", "不知道", "这题咋都不会", "我真不会了", "换一题", "这道题拿不准。"])
def test_who_is_at_a_loss_is_shown_the_question_again_with_what_he_can_do(somebody, played, words):
    somebody.says("宪法知识竞答")
    reply = somebody.says(words)
    assert reply.text.startswith(say("quiz_at_a_loss")) and "第 1 题" in reply.text and played(somebody).given == []


def test_rounds_that_follow_one_another_ask_other_questions(somebody, open_question, played):
    asked: list[str] = []
    for _ in range(4):
        somebody.says("宪法知识竞答")
        asked += played(somebody).question_keys
        for _ in range(5):
            somebody.says(open_question(somebody).answer)
    assert len(set(asked)) == len(asked) == 20


def test_the_verdict_on_a_statement_quotes_the_word(somebody):
    begin_with(somebody, next(question for question in BANK if question.kind == "judge" and question.answer == "B"))
    assert "答案是 “错”。" in somebody.says("错").text


def test_starting_again_in_the_middle_goes_on_where_it_stopped(somebody, open_question, played):
    somebody.says("宪法知识竞答")
    somebody.says(open_question(somebody).answer)
    before = played(somebody).id
    reply = somebody.says("我要答题")
    assert reply.text.startswith(say("quiz_resumed")) and "第 2 题" in reply.text and played(somebody).id == before


@pytest.mark.parametrize("words", sorted(spoken.RESUME_WORDS))
def test_every_word_for_going_on_shows_the_open_question(somebody, words):
    somebody.says("宪法知识竞答")
    assert "第 1 题" in somebody.says(words).text


def test_another_round_after_the_end_is_a_new_one(somebody, open_question, played):
    play_round(somebody, open_question)
    assert say("quiz_begun", total=5) in somebody.says("1").text
    assert len(played(somebody).given) == 0


def test_an_answer_after_the_end_is_no_answer(somebody, open_question, played):
    play_round(somebody, open_question)
    with clock.fixed_at(clock.now() + timedelta(minutes=1)):
        somebody.says("A")
    assert somebody.topic == "talk/unknown" and played(somebody) is None


def test_a_second_tap_on_the_last_answer_is_told_so_and_the_choices_stay(somebody, open_question):
    somebody.says("宪法知识竞答")
    for _ in range(4):
        somebody.says(open_question(somebody).answer)
    last = open_question(somebody).answer
    choices = somebody.says(last).choices
    for _ in range(2):
        again = somebody.says(last)
        assert again.text == say("tapped_again_at_end") and again.choices == choices
    with clock.fixed_at(clock.now() + timedelta(seconds=6)):
        assert somebody.says(last).text != again.text


def test_a_round_left_for_a_week_is_not_gone_on_with(somebody, played):
    somebody.says("宪法知识竞答")
    first = played(somebody).id
    with clock.fixed_at(clock.now() + timedelta(days=7, minutes=1)):
        assert played(somebody) is None
        somebody.says("A")
        assert somebody.conversation == NONE and somebody.topic == "talk/unknown"
        assert say("quiz_begun", total=5) in somebody.says("宪法知识竞答").text
        assert played(somebody).id != first


def test_a_round_left_for_six_days_is_gone_on_with(somebody, played):
    somebody.says("宪法知识竞答")
    with clock.fixed_at(clock.now() + timedelta(days=6)):
        somebody.says("A")
        assert len(played(somebody).given) == 1


def test_an_empty_bank_is_told_and_begins_nothing(somebody, monkeypatch, played):
    monkeypatch.setattr(play, "QUESTIONS_A_ROUND", 10_000)
    assert somebody.says("宪法知识竞答").text.endswith(say("quiz_empty"))
    assert played(somebody) is None


def test_every_question_fits_whole_behind_the_longest_verdict(somebody):
    """Nothing of the next question is cut off, whatever was said of the one before."""
    longest = max(LIBRARY, key=lambda question: len(question.explanation))
    for question in sorted(LIBRARY, key=length)[-10:]:
        begin_with(somebody, longest, question)
        reply = somebody.says(by_answer(longest, is_right=False))
        words = re.sub(r"<[^>]+>", "", reply.text)
        assert longest.explanation in words and question.text in words, question.key
        assert (question.scenario_text or "") in words
        assert all(option in words for option in question.options) and len(reply.text.encode()) <= TEXT_BYTES


ABOUT = {"subject": "x", "basis": ["《宪法》第一条"], "difficulty": 1, "retired": True}


@pytest.fixture
def put_in(somebody):
    """Puts questions into the bank until the test ends."""
    keys = []

    def put(*questions):
        keys.extend(question.key for question in questions)
        with somebody.bureau.database.transaction() as session:
            session.add_all(questions)
        return questions

    yield put
    with somebody.bureau.database.transaction() as session:
        session.execute(delete(Question).where(Question.key.in_(keys)))


@pytest.fixture
def put_long_ones(put_in):
    """Two questions of a bureau's own."""

    def put(explanation, text, option):
        about = {**ABOUT, "kind": "single", "answer": "A", "explanation": explanation, "text": text}
        options = [f"{letter}{option}" for letter in "甲乙丙丁"]
        return put_in(*(Question(key=secrets.token_hex(8), options=options, **about) for _ in range(2)))

    return put


def test_a_long_explanation_is_shortened_and_never_the_question_that_follows(somebody, put_long_ones):
    one, other = put_long_ones(
        "因为宪法是这样规定的。" * 60, "这是演示题目的题干，请选一个？" * 6, "是一个不算短的演示选项"
    )
    begin_with(somebody, one, other)
    words = re.sub(r"<[^>]+>", "", somebody.says("A").text)
    assert "答对了" in words and "规定的。…" in words and len(words.encode()) < TEXT_BYTES
    assert other.text in words and all(option in words for option in other.options)


def test_a_question_that_no_chat_can_hold_says_where_it_can_be_read(somebody, put_long_ones):
    one, other = put_long_ones("因为。", "这是演示题目的题干，请选一个？" * 20, "是一个很长的演示选项" * 8)
    begin_with(somebody, one, other)
    reply = somebody.says("A")
    assert "回复“网页”" in reply.text and "（A、B、C、D）" in reply.text and len(reply.text.encode()) <= TEXT_BYTES
    assert "第 3 题" in somebody.says("B").text


@pytest.fixture
def at_a_scenario(somebody, put_in):
    """Somebody who has just answered a question without one, and the two questions of a scenario that follow."""
    about = {**ABOUT, "kind": "judge", "options": ["对", "错"], "answer": "A", "explanation": "因为。"}
    story = {"scenario": "move", "scenario_text": "小王搬了家。"}
    keys = [secrets.token_hex(8) for _ in range(2)]
    asked = put_in(*(Question(key=key, text=f"{key}？", **about, **story) for key in keys))
    begin_with(somebody, next(question for question in BANK if question.kind == "judge"), *asked)
    return somebody, keys


def test_the_story_of_a_scenario_is_told_before_each_of_its_questions_and_before_no_other(at_a_scenario):
    somebody, keys = at_a_scenario
    assert "【情景】" not in somebody.says("继续").text
    for key in keys:
        assert f"【情景】小王搬了家。\n{key}？" in somebody.says("对").text
    assert "【情景】" not in somebody.says("对").text


# ── several options, one tap after another ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def at_several(somebody):
    """Somebody at a question with several right options, and the question."""
    question = next(question for question in BANK if question.kind == "multiple")
    begin_with(somebody, question)
    somebody.says("继续")
    return somebody, question


def taps(reply) -> list[str]:
    """What can be tapped under a reply, as it is sent."""
    return re.findall(r"msgmenucontent=([^&]+)&", reply.text)


def test_options_of_which_several_are_right_could_not_be_tapped(at_several, played):
    somebody, question = at_several
    reply = somebody.says("继续")
    assert taps(reply) == [f"勾选{letter}" for letter in "ABCDEFGH"[: len(question.options)]]
    for letter in question.answer:
        reply = somebody.says(f"勾选{letter}")
        assert "已选" in reply.text and len(played(somebody).given) == 0
    assert f"确定（已选 {question.answer}）" in reply.text and taps(reply)[-1] == "确定"
    assert somebody.says("确定").text.startswith("答对了")
    assert [given.letters for given in played(somebody).given] == [question.answer]


def test_a_second_tap_takes_the_tick_away(at_several):
    somebody, _ = at_several
    somebody.says("勾选B")
    somebody.says("勾选A")
    assert "确定（已选 A）" in somebody.says("勾选B").text
    reply = somebody.says("勾选A")
    assert reply.text.startswith(say("quiz_unticked")) and "确定（" not in reply.text


def test_a_tick_is_kept_when_he_asks_something_else_in_between(at_several):
    somebody, _ = at_several
    somebody.says("勾选B")
    somebody.says("离婚冷静期多少天")
    assert "确定（已选 B）" in somebody.says("继续").text


def test_a_tap_delivered_twice_ticks_once(at_several):
    somebody, _ = at_several
    first = somebody.says("勾选A", key="one-tap-only")
    assert somebody.says("勾选A", key="one-tap-only") == first
    assert "确定（已选 A）" in somebody.says("继续").text


def test_handing_in_nothing_asks_for_a_choice_and_does_not_count(at_several, played):
    somebody, _ = at_several
    assert somebody.says("交卷").text.startswith(say("quiz_tick_first"))
    assert len(played(somebody).given) == 0


def test_letters_written_at_once_are_handed_in_at_once_whatever_is_ticked(at_several, played):
    somebody, question = at_several
    somebody.says("勾选A")
    assert somebody.says(question.answer).text.startswith("答对了")
    assert [given.letters for given in played(somebody).given] == [question.answer]


def test_a_letter_written_beside_ticks_is_ticked_too_and_nothing_is_handed_in_by_it(at_several, played):
    somebody, question = at_several
    first, second, *others = question.answer
    somebody.says(f"勾选{first}")
    told = somebody.says(second.lower()).text
    assert f"确定（已选 {first}{second}）" in told and len(played(somebody).given) == 0
    assert f"确定（已选 {first}{second}）" in somebody.says(second).text  # said twice, it stays
    for letter in others:
        somebody.says(letter)
    assert somebody.says("确定").text.startswith("答对了")


@pytest.mark.parametrize("words", ["还剩多少时间", "还有几题", "几道题了", "帮助", "怎么答", "哦豁"])
def test_who_asks_about_the_paper_or_says_what_means_nothing_is_shown_the_question_and_how_to_answer(
    somebody, played, words
):
    somebody.says("宪法知识竞答")
    told = somebody.says(words).text
    assert told.startswith(("回选项的字母就行", "逐个点选项")) and "第 1 题/共 5 题" in told
    assert len(played(somebody).given) == 0


@pytest.mark.parametrize("kind", ["image", "voice", "video"])
def test_a_picture_or_a_voice_is_answered_with_the_place_that_is_kept(somebody, kind):
    somebody.says("宪法知识竞答")
    assert "还停在原来的地方" in somebody.sends(kind).text
    assert "还停在原来的地方" in somebody.says("【收到不支持的消息类型，暂无法显示】").text


def test_a_tap_on_an_older_question_is_no_answer_to_the_next(at_several, played):
    somebody, question = at_several
    begin_with(somebody, question, next(question for question in BANK if question.kind == "single"))
    somebody.says(question.answer)
    assert somebody.says("勾选A").text.startswith("请回复选项的字母")
    assert len(played(somebody).given) == 1


@pytest.mark.parametrize("written", ["对", "确定"])
def test_what_is_no_option_is_answered_with_the_letters(somebody, played, written):
    begin_with(somebody, next(question for question in BANK if question.kind == "single"))
    somebody.says("继续")
    assert somebody.says(written).text.startswith("请回复选项的字母：A、B")
    assert len(played(somebody).given) == 0


def test_the_quiz_says_that_parents_must_agree_where_somebody_is_under_fourteen(somebody):
    assert "不满十四周岁的，请先得到父母或其他监护人同意" in somebody.says("宪法知识竞答").text


def test_the_longest_questions_with_all_their_options_ticked_still_fit(somebody):
    several = [question for question in LIBRARY if question.kind == "multiple"]
    for question in sorted(several, key=length)[-10:]:
        begin_with(somebody, question)
        reply = [somebody.says(f"勾选{letter}") for letter in "ABCDEFGH"[: len(question.options)]][-1]
        words = re.sub(r"<[^>]+>", "", reply.text)
        assert (question.scenario_text or "") in words and question.text in words
        assert all(option in words for option in question.options)
        assert "确定（已选" in words and len(reply.text.encode()) <= TEXT_BYTES
