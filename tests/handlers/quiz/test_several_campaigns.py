"""Several campaigns that are open at one time, in the chat: none is mistaken for another."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from content import repository
from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from handlers import citizens, conversation
from handlers.quiz import links, play, register
from handlers.quiz.campaign import read_campaign
from handlers.quiz.entering import elsewhere
from handlers.quiz.models import Round
from tests.handlers.quiz.campaigns import SMALL
from tests.handlers.quiz.exams import EXAM
from tests.handlers.quiz.playing import answer_all, papers

OPEN = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def two_open(put_on, somebody):
    """The second one, whose title names a law and dangers, closes first."""
    put_on()
    earlier = SMALL.replace('"演示竞答"', '"反家庭暴力法和《宪法》竞答"').replace("12-04T20:00", "12-04T19:00")
    assert earlier.count("19:00") == 1
    put_on("second", earlier)
    return somebody


JOIN_FIRST, JOIN_SECOND = "参加：演示竞答", "参加：反家庭暴力法和《宪法》竞答"


def test_of_several_open_campaigns_each_is_offered_and_chosen_by_its_own_tap(two_open, open_question):
    for words in ("宪法知识竞答", say("quiz_join")):
        reply = two_open.says(words)
        assert reply.choices == (JOIN_SECOND, JOIN_FIRST, say("quiz_practise"))
        assert "12月4日 19:00" in reply.text and "12月4日 20:00" in reply.text
    assert len(reply.text.encode()) <= TEXT_BYTES and reply.text.count("双色球") == 2
    [sealed] = re.findall(r'href="https://pufa.example/h/quiz/\?t=([^"]+)"', reply.text)
    assert links.ways_in(two_open.bureau.keyring, sealed, ["demo", "second"]).keys() == {"demo", "second"}
    assert "“演示竞答”开始" in two_open.says("2").text
    two_open.says(open_question(two_open).answer)
    begun = two_open.says(JOIN_SECOND).text
    assert "“反家庭暴力法和《宪法》竞答”开始" in begun
    assert f"您还有一份“演示竞答”在计时，12月2日 10:15（周三）前发“{JOIN_FIRST}”可以接着答" in begun
    for words in (JOIN_FIRST, "继续", "退出", say("quiz_join")):
        text = two_open.says(words).text
    assert "“反家庭暴力法" in text and "第 1 题" in text  # begun last, and none was begun twice
    assert len(papers(two_open)) == 1


def test_a_title_with_blanks_and_signs_is_chosen_by_its_tap_as_by_its_words(put_on, somebody):
    put_on()
    put_on("second", SMALL.replace('"演示竞答"', "'普法&反诈 \"有奖\" 竞答 第1届'"))
    offered = somebody.says("宪法知识竞答")
    begun = somebody.taps(offered, 2).text
    assert "普法" in begun and "开始，一共 3 题" in begun
    somebody.says("退出")
    somebody.offer = ()  # an hour later, on the older message
    assert "第 1 题" in somebody.taps(offered, 2).text
    somebody.says("退出")
    assert "第 1 题" in somebody.says('参加：普法&反诈 "有奖" 竞答 第1届').text


def test_the_rules_asked_for_are_those_of_every_open_campaign_with_the_page_of_each(two_open):
    reply = two_open.says("竞答规则")
    assert reply.choices == (JOIN_SECOND, JOIN_FIRST, say("quiz_practise"))
    assert reply.text.count("多选题全部选对才得分") == 2 and reply.text.count("一等奖 1 份、二等奖 10 份") == 2
    assert say("score_rule") in reply.text and len(reply.text.encode()) <= TEXT_BYTES
    for name in ("demo", "second"):
        assert f'href="https://pufa.example/h/quiz/{name}/"' in reply.text


def test_a_question_on_his_other_running_paper_has_no_verdict_in_the_chat_until_that_one_is_handed_in(
    two_open, open_question, bureau
):  # fmt: skip
    two_open.says(JOIN_SECOND)
    two_open.says(JOIN_FIRST)
    with bureau.database.transaction() as session:
        first, second = (
            session.scalars(select(Round).where(Round.campaign_id == name)).one() for name in ("demo", "second")
        )
        labour = {question.key for question in repository.questions(session, "labour")}
        of_its_own = min(labour.difference(first.question_keys))
        second.question_keys = [first.question_keys[1], first.question_keys[0], of_its_own]
    two_open.says(JOIN_SECOND)  # gone on with: the shared ones are known from here on
    shared = open_question(two_open)
    for words in (shared.answer, "上一题"):
        told = two_open.says(words).text
        assert shared.explanation not in told and "先不说对错" in told
    two_open.says(open_question(two_open).answer)
    alone = open_question(two_open)
    assert alone.explanation in two_open.says(alone.answer).text
    two_open.says(JOIN_FIRST)
    assert shared.key == first.question_keys[1]
    question = open_question(two_open)
    assert question.explanation in two_open.says(question.answer).text  # nothing runs beside it any more


def test_a_paper_that_a_page_begins_beside_the_chats_is_seen_by_the_very_next_answer_though_a_copy_lies_ready(
    two_open, open_question, bureau
):  # fmt: skip
    two_open.says(JOIN_SECOND)
    first = open_question(two_open)
    assert first.explanation in two_open.says(first.answer).text  # from here on a copy is played by
    name = citizens.participant_of(bureau.keyring, two_open.openid, "demo")
    with bureau.database.transaction() as session:
        played = session.scalars(select(Round).where(Round.campaign_id == "second")).one()
        owner = citizens.find_person(session, bureau.keyring, two_open.openid)
        begun = play.begin_paper(session, register.get_held(session, "demo"), name, "of a page")
        begun.question_keys = [played.question_keys[1], *begun.question_keys[1:]]
        session.flush()
        elsewhere.has_begun(session, owner)
        talk = conversation.find_open(session, owner.id)
        version = talk.version
        for again in (owner, citizens.find_person(session, bureau.keyring, "a stranger")):
            elsewhere.has_begun(session, again)
        assert talk.version == version  # a second time changes nothing
    shared = open_question(two_open)
    told = two_open.says(shared.answer).text
    assert shared.explanation not in told and "先不说对错" in told


def test_my_points_and_the_board_are_of_the_campaign_that_was_played_last(two_open, open_question):
    assert "反家庭暴力法" in two_open.says("排行榜").text
    two_open.says(JOIN_FIRST)
    answer_all(two_open, open_question)
    assert "“演示竞答”：您最好" in two_open.says("我的成绩").text and "“演示竞答”" in two_open.says("排行榜").text
    assert "quiz/second/board" not in two_open.says("排行榜").text
    with clock.fixed_at(OPEN + timedelta(minutes=1)):
        two_open.says(JOIN_SECOND)
        told = two_open.says("我的成绩").text
        assert "“演示竞答”：最好的一次得 23 分（满分 23 分）。眼下排第 1 名，共 1 人。" in told
        assert "quiz/demo/board" in two_open.says("排行榜").text
        assert "反家庭暴力法" in told and "反家庭暴力法" in two_open.says("排行榜").text


def test_before_a_campaign_is_put_on_it_is_said_where_it_would_give_away_the_answers_of_another(put_on, bureau):
    put_on("exam", EXAM)  # tells its answers after the make-up
    late = "opens_at = 2026-12-18T20:00:00+08:00", "closes_at = 2026-12-20T20:00:00+08:00"
    at_make_up = re.sub(r"opens_at = \S+\ncloses_at = \S+", "\n".join(late), SMALL[: SMALL.index("[draw]")], count=1)
    same = SMALL.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')
    other = SMALL.replace('kind = "single"', 'kind = "multiple"')

    def told(written: str) -> list[str]:
        with bureau.database.reading() as session:
            return register.doubts(session, "new", read_campaign(written))

    warned = say("campaign_tells_early", title="演示考试")
    assert warned in told(SMALL) and warned in told(at_make_up)
    assert warned not in told(same) and warned not in told(other)
    with clock.fixed_at(datetime(2026, 12, 19, 12, tzinfo=UTC)):  # nobody sits it any more
        assert warned not in told(SMALL)
