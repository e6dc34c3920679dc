"""A campaign that is held: put on by staff, played in the chat, by the server's clock."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from conftest import ROOT
from msgspec import structs
from sqlalchemy import select

from content import audit, repository, staff
from content.importers.questions import read_questions
from content.phrases import say
from content.render import TEXT_BYTES
from content.store import clock
from content.store.memory import NONE
from handlers import citizens
from handlers.quiz import asked, draw, links, paper, register
from handlers.quiz.campaign import BadCampaign
from handlers.quiz.models import GivenAnswer, HeldCampaign
from handlers.quiz.paper import TooFew
from tests.handlers.quiz.campaigns import SMALL, WRITTEN
from tests.handlers.quiz.playing import answer_all, papers

OPEN = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


BANK = read_questions(ROOT / "content/library/quiz/constitution.toml")


def test_the_draw_is_committed_to_and_the_secret_is_kept_encrypted(put_on, bureau):
    held = put_on()
    secret = bureau.keyring.decrypt(register.SECRET, held.secret)
    assert draw.commitment_of(secret) == held.commitment and secret not in held.secret
    with bureau.database.reading() as session:
        kept = next(entry for entry in audit.entries(session, thing="campaign:demo") if entry.act == "quiz.put_on")
    assert kept.detail["commitment"] == held.commitment


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": "十二月"}, register.NotHeld),
        ({"name": "practice"}, register.NotHeld),
        ({"written": "title = 1"}, BadCampaign),
        ({"written": WRITTEN.replace("count = 10\n", "count = 190\n")}, TooFew),
        ({"written": WRITTEN.replace("2026", "2025")}, register.NotHeld),
        ({"by": "nobody"}, staff.NotAllowed),
    ],
)
def test_what_cannot_be_held_is_not_put_on(put_on, given, error):
    with pytest.raises(error):
        put_on(**given)


def test_the_rules_are_never_changed_under_the_same_name(put_on):
    put_on()
    with pytest.raises(register.NotHeld, match="规则定了就不能改"):
        put_on()


def test_who_wants_to_play_is_told_the_rules_and_chooses(player):
    reply = player.says("宪法知识竞答")
    assert reply.choices == (say("quiz_join"), say("quiz_practise"))
    for told in ("12月4日 20:00（周五）截止", "3 题，满分 23 分", "15 分钟", "每天可以答 1 次", "全部选对才得分"):
        assert told in reply.text
    assert "“演示竞答”开始，一共 3 题" in player.says("1").text


def test_practice_goes_on_beside_a_campaign(player):
    player.says("宪法知识竞答")
    assert "一共 5 题" in player.says("2").text and papers(player) == []


def test_a_paper_is_marked_by_its_points_and_ends_with_the_result(player, open_question):
    player.says(say("quiz_join"))
    assert "3 题答对 3 题，得 23 分（满分 23 分）" in answer_all(player, open_question)
    [done] = papers(player)
    assert (done.half_points, done.finished_at, player.conversation) == (46, OPEN, NONE)
    with player.bureau.database.reading() as session:
        given = session.scalars(select(GivenAnswer).where(GivenAnswer.round_id == done.id)).all()
    assert sum(answer.half_points for answer in given) == done.half_points


@pytest.mark.parametrize(
    ("least", "right", "told"),
    [(0, False, "您也在内"), (20, True, "满 20 分，您参加抽奖"), (20, False, "满 20 分的参加抽奖，您还没有到")],
)
def test_behind_the_last_answer_stand_his_code_the_draw_and_the_tries_left(
    put_on, somebody, open_question, least, right, told
):
    twice = SMALL.replace("least_points = 0", f"least_points = {least}").replace(
        "15\n\n", "15\nattempts_a_day = 2\n\n", 1
    )
    put_on("demo", twice)
    code = f"您的参与码：{hashlib.sha256(f'demo:{name_in_demo(somebody)}'.encode()).hexdigest()[:16].upper()}。"
    somebody.says(say("quiz_join"))
    text = answer_all(somebody, open_question, right)
    assert code in text and told in text and "今天还可以答 1 次" in text
    assert say("score_tap") in text and say("board_tap") in text
    somebody.says(say("quiz_join"))
    again = answer_all(somebody, open_question, right=False)  # the better one counts
    assert told in again and "今天的次数用完了" in again
    assert len(again.encode()) + max(map(verdict_length, BANK)) <= TEXT_BYTES


def name_in_demo(somebody) -> str:
    return citizens.participant_of(somebody.bureau.keyring, somebody.openid, "demo")


def verdict_length(question) -> int:
    return len(f"{question.explanation}{question.basis}".encode())


def test_wrong_answers_bring_nothing(player, open_question):
    player.says(say("quiz_join"))
    assert "得 0 分" in answer_all(player, open_question, right=False)


def test_the_attempts_of_a_day_are_counted_in_beijing_and_leaving_gives_no_more(player, open_question):
    player.says(say("quiz_join"))
    answer_all(player, open_question)
    assert "次数用完了" in player.says(say("quiz_join")).text
    player.sends("event:unsubscribe")
    player.sends("event:subscribe")
    assert "次数用完了" in player.says(say("quiz_join")).text
    with clock.fixed_at(datetime(2026, 12, 2, 16, 0, 1, tzinfo=UTC)):  # a second past midnight in Beijing
        assert "第 1 题" in player.says(say("quiz_join")).text
    assert len(papers(player)) == 2


@pytest.mark.parametrize(("seconds", "is_taken"), [(-1, True), (0, False), (1, False)])
def test_the_last_answer_counts_up_to_the_deadline_and_not_from_it_on(player, open_question, seconds, is_taken):
    player.says(say("quiz_join"))
    with clock.fixed_at(OPEN + timedelta(minutes=15, seconds=seconds)):
        text = player.says(open_question(player).answer).text
    [played] = papers(player)
    assert any(given.half_points for given in played.given) is is_taken
    assert (say("quiz_time_is_up") in text) is not is_taken


@pytest.mark.parametrize("words", ["继续", "A", "不知道"])
def test_when_the_time_is_up_what_was_given_is_handed_in(player, open_question, words):
    player.says(say("quiz_join"))
    player.says(open_question(player).answer)
    with clock.fixed_at(OPEN + timedelta(hours=3)):
        text = player.says(words).text
        assert say("quiz_time_is_up") in text and "答对 1 题" in text
        assert player.conversation == NONE
    [played] = papers(player)
    assert played.finished_at == OPEN + timedelta(minutes=15)


def test_another_question_after_the_time_is_up_is_answered(player):
    player.says(say("quiz_join"))
    with clock.fixed_at(OPEN + timedelta(hours=3)):
        assert "110" in player.says("老公打我怎么办").text


def test_a_paper_begun_shortly_before_the_end_ends_with_the_campaign(put_on, somebody):
    held = put_on()
    with clock.fixed_at(held.closes_at - timedelta(minutes=2)):
        somebody.says(say("quiz_join"))
    assert papers(somebody)[0].deadline_at == held.closes_at


def test_before_and_after_a_campaign_there_is_practice(put_on, somebody):
    held = put_on()
    for moment in (held.opens_at - timedelta(seconds=1), held.closes_at):
        with clock.fixed_at(moment):
            assert "一共 5 题" in somebody.says("宪法知识竞答").text
            somebody.says("退出")


def test_a_paper_can_be_drawn_again_from_its_seed(player):
    player.says(say("quiz_join"))
    [played] = papers(player)
    with player.bureau.database.reading() as session:
        rules = register.rules_of(register.get_held(session, "demo"))
        items = paper.draw(repository.questions(session), rules.paper, played.id)
    assert [(item.key, item.points) for item in items] == list(zip(played.question_keys, played.points, strict=True))


def test_the_offer_leads_to_the_page_as_this_participant_for_a_while(player, bureau):
    [sealed] = re.findall(r'href="https://pufa.example/h/quiz/demo/\?t=([^"]+)"', player.says("宪法知识竞答").text)
    mine = citizens.participant_of(bureau.keyring, player.openid, "demo")
    assert links.read(bureau.keyring, "demo", sealed).participant == mine
    player.says(say("quiz_join"))
    reply = player.says("在网页上答").text
    assert "/h/quiz/demo/?t=" in reply and "第 1 题" in reply


def test_the_question_before_is_shown_again_with_its_verdict_and_the_place_is_kept(player, open_question):
    player.says(say("quiz_join"))
    assert say("quiz_no_previous") in player.says("上一题").text
    first = open_question(player)
    player.says(first.answer)
    again = player.says("上一题").text
    assert first.text in again and first.explanation in again and "第 2 题" in again
    assert len(papers(player)[0].given) == 1


def test_a_paper_for_which_the_bank_has_become_too_small_costs_no_attempt(player, bureau):
    with bureau.database.transaction() as session:
        session.get(HeldCampaign, "demo").rules = SMALL.replace("count = 2", "count = 190")
    assert "次数没有用掉" in player.says(say("quiz_join")).text and papers(player) == []


def test_whoever_leaves_a_paper_is_told_its_time_runs_on_and_is_led_back_to_it(player, open_question):
    player.says(say("quiz_join"))
    player.says(open_question(player).answer)
    until = clock.spoken(OPEN + timedelta(minutes=15))
    assert until in player.says("退出").text
    for words in ("继续", "宪法知识竞答", say("quiz_join"), say("quiz_practise")):
        reply = player.says(words).text
        assert "第 2 题/共 3 题" in reply and until in reply and "/h/quiz/demo/?t=" in reply, words
        player.says("退出")
    assert len(papers(player)) == 1


def test_the_tap_on_the_campaign_leads_out_of_practice(player):
    player.says(say("quiz_practise"))
    assert "“演示竞答”开始" in player.says(say("quiz_join")).text


@pytest.mark.parametrize("words", ["练习", "今天的五题", "平时练习", "我要练习"])
def test_practice_is_understood_by_the_names_that_the_pages_give_it(player, words):
    assert say("quiz_begun", total=5) in player.says(words).text


def test_nothing_untrue_is_said_of_a_campaign_without_prizes_whose_answers_are_told_later(
    put_on, somebody, open_question
):  # fmt: skip
    plain = SMALL[: SMALL.index("[draw]")].replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')
    held = put_on("demo", plain)
    assert somebody.says("宪法知识竞答").choices == (say("quiz_join_plain"), say("quiz_practise"))
    assert somebody.says("我的成绩").choices[0] == say("quiz_join_plain")
    assert "“演示竞答”开始" in somebody.says(say("quiz_join_plain")).text
    assert say("quiz_at_a_loss_later") in somebody.says("不会").text
    text = answer_all(somebody, open_question)
    assert "抽奖" not in text and "您的参与码" in text
    assert "明天再来" in somebody.says(say("quiz_join")).text
    with clock.fixed_at(held.closes_at - timedelta(hours=3)):
        somebody.says(say("quiz_join_plain"))
        answer_all(somebody, open_question)
        assert "明天" not in somebody.says(say("quiz_join_plain")).text


def test_a_quiz_that_overlaps_another_is_known_before_it_is_put_on(put_on, bureau):
    held = put_on()
    rules = register.rules_of(held)
    with bureau.database.reading() as session:
        meets = register.overlapping(session, "other", rules)
        assert [one.id for one in meets] == ["demo"] and register.overlapping(session, "demo", rules) == []
        after = structs.replace(rules, opens_at=held.closes_at, closes_at=held.closes_at + timedelta(days=1))
        assert register.overlapping(session, "other", after) == []


def test_after_the_close_the_rules_of_the_draw_are_told_until_the_prizes_are_claimed(player):
    with clock.fixed_at(datetime(2026, 12, 4, 12, 1, tzinfo=UTC)):
        reply = player.says("竞答规则")
        for told in ("“演示竞答”已在12月4日 20:00", "一等奖 1 份、二等奖 10 份", "第 2026141 期", "第 2026148 期",
                     "30 天内发“我的奖品”", "/h/quiz/demo/"):  # fmt: skip
            assert told in reply.text, told
        assert "眼下我们知道的没有" not in reply.text and reply.choices == ("我的参与码", say("quiz_practise"))


def test_the_rules_asked_for_are_those_of_the_open_campaign(player, bureau):
    reply = player.says("竞答规则")
    assert "“演示竞答”正在进行" in reply.text and "https://pufa.example/h/quiz/demo/" in reply.text
    for told in ("双色球第 2026141 期（12月6日（周日）开奖）", "12月21日（周一）没有公布的，改用第 2026148 期"):
        assert told in reply.text
    with clock.fixed_at(datetime(2026, 12, 9, tzinfo=UTC)):
        assert "正在进行" not in player.says("竞答规则").text


def test_what_stands_on_a_running_paper_is_not_practised(player, somebody, bureau):
    player.says(say("quiz_join"))
    with bureau.database.reading() as session:
        kept = asked.kept_back(session)
    assert kept == set(papers(player)[0].question_keys)


@pytest.mark.parametrize("verdicts", ["handed_in", "closed"])
def test_what_may_stand_on_a_paper_that_tells_its_answers_later_is_not_practised(put_on, bureau, verdicts):
    put_on(written=SMALL.replace("minutes = 15", f'minutes = 15\nverdicts = "{verdicts}"'))
    with bureau.database.reading() as session:
        kept = asked.kept_back(session)
        bank = repository.questions(session)
    assert kept == {
        one.key for one in bank if one.subject == "labour" or (one.subject, one.kind) == ("constitution", "single")
    }
    with clock.fixed_at(datetime(2026, 12, 9, tzinfo=UTC)), bureau.database.reading() as session:
        assert asked.kept_back(session) == set()
