"""Every durable turn has one effect and one reply, however often it is delivered and whatever Redis still knows."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from makers import Somebody
from sqlalchemy import func, select

from content.phrases import say
from content.store import clock
from content.store.memory import NONE, OPEN, UNKNOWN
from handlers import receipts
from handlers.citizens import Citizen
from handlers.message import Article, Reply
from handlers.quiz.models import GivenAnswer, Round

LOST = {"knows": UNKNOWN, "offers": ()}
"""What is known of a citizen after Redis was emptied."""


def deliver(somebody, kind, text, key, knows=None, offers=None) -> Reply:
    somebody.conversation = somebody.conversation if knows is None else knows
    somebody.offer = somebody.offer if offers is None else offers
    return somebody.sends(kind, text, key)


def everything(bureau) -> dict[str, int]:
    with bureau.database.reading() as session:
        tables = (Citizen, Round, GivenAnswer, receipts.Receipt)
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def play_to(somebody, open_question, place) -> None:
    """Answers until the question of this place is open."""
    somebody.says("宪法知识竞答")
    for _ in range(place - 1):
        somebody.says(open_question(somebody).answer)


def test_starting_a_quiz_again_by_a_repeated_message_shows_the_same_question(somebody, played):
    first = deliver(somebody, "text", "宪法知识竞答", "key-start")
    before, counted = played(somebody).id, everything(somebody.bureau)
    assert deliver(somebody, "text", "宪法知识竞答", "key-start", **LOST) == first
    assert played(somebody).id == before and everything(somebody.bureau) == counted


def test_a_quiz_started_by_number_is_the_same_one_when_the_choices_are_forgotten(somebody, played):
    somebody.sends("event:subscribe")
    place = str(somebody.offer.index("宪法知识竞答") + 1)
    key = secrets.token_hex(16)
    first = deliver(somebody, "text", place, key)
    counted = everything(somebody.bureau)
    assert deliver(somebody, "text", place, key, **LOST) == first
    assert everything(somebody.bureau) == counted


def test_a_menu_tap_that_starts_a_quiz_counts_once_even_after_later_answers(somebody, open_question, played):
    key = secrets.token_hex(16)
    first = deliver(somebody, "event:click", "quiz/play", key)
    somebody.says(open_question(somebody).answer)
    assert deliver(somebody, "event:click", "quiz/play", key, **LOST) == first
    assert len(played(somebody).given) == 1


@pytest.mark.parametrize("knows", [UNKNOWN, OPEN])
def test_a_repeated_answer_gets_the_same_reply_and_counts_once(somebody, open_question, played, knows):
    play_to(somebody, open_question, 2)
    key, letters = secrets.token_hex(16), open_question(somebody).answer
    first = deliver(somebody, "text", letters, key)
    assert deliver(somebody, "text", letters, key, knows=knows, offers=()) == first
    assert len(played(somebody).given) == 2


def test_an_answer_that_fits_no_later_question_gets_the_same_reply_when_repeated(somebody, open_question):
    """Redis was emptied and filled again from SQL between two deliveries: it knows the talk and not the reply."""
    play_to(somebody, open_question, 1)
    key = secrets.token_hex(16)
    first = deliver(somebody, "text", open_question(somebody).answer, key)
    assert deliver(somebody, "text", "H", key, knows=OPEN, offers=()) == first


def test_a_repeated_last_answer_gets_the_same_result_and_starts_nothing(somebody, open_question, played):
    play_to(somebody, open_question, 5)
    key, letters = secrets.token_hex(16), open_question(somebody).answer
    first = deliver(somebody, "text", letters, key)
    counted = everything(somebody.bureau)
    assert say("quiz_ended", total=5, right=5) in first.text
    assert deliver(somebody, "text", letters, key, **LOST) == first
    assert everything(somebody.bureau) == counted and played(somebody) is None


def test_leaving_repeated_gets_the_same_goodbye(somebody, played):
    somebody.says("宪法知识竞答")
    key = secrets.token_hex(16)
    first = deliver(somebody, "text", "退出", key)
    assert first.text == say("left_talk", name="宪法知识竞答")
    assert deliver(somebody, "text", "退出", key, **LOST) == first


def test_leaving_repeated_does_not_end_the_next_round(somebody, played):
    somebody.says("宪法知识竞答")
    key = secrets.token_hex(16)
    first = deliver(somebody, "text", "退出", key)
    somebody.says("宪法知识竞答")
    assert deliver(somebody, "text", "退出", key, **LOST) == first
    assert played(somebody) is not None


def test_following_repeated_gets_the_same_welcome_and_keeps_the_first_moment(somebody, citizen_id):
    key = secrets.token_hex(16)
    first = deliver(somebody, "event:subscribe", "hall-3", key)
    counted = everything(somebody.bureau)
    with clock.fixed_at(clock.now() + timedelta(minutes=1)):
        assert deliver(somebody, "event:subscribe", "hall-3", key, **LOST) == first
    assert everything(somebody.bureau) == counted


def test_a_late_repeated_unfollow_does_not_erase_who_follows_again(somebody, citizen_id):
    key = secrets.token_hex(16)
    somebody.sends("event:subscribe")
    deliver(somebody, "event:unsubscribe", "", key)
    somebody.sends("event:subscribe")
    deliver(somebody, "event:unsubscribe", "", key, **LOST)
    assert citizen_id(somebody) is not None


def test_erasing_repeated_gets_the_same_reply_and_spares_what_came_after(somebody, played):
    somebody.says("宪法知识竞答")
    key = secrets.token_hex(16)
    first = deliver(somebody, "text", say("erase_words"), key)
    somebody.says("宪法知识竞答")
    assert deliver(somebody, "text", say("erase_words"), key, **LOST) == first
    assert "SC" in first.text and "删除" in first.text and played(somebody) is not None


def test_a_message_heard_before_is_not_counted_again(somebody):
    somebody.says("宪法知识竞答", key="counted-once")
    deliver(somebody, "text", "宪法知识竞答", "counted-once", **LOST)
    assert somebody.desk.understood is None


# ── at the same moment ────────────────────────────────────────────────────────────────────────────────────────────────


def at_once(bureau, openid, messages) -> list[Reply]:
    """Each (kind, text, key) by a worker of its own, none of which knows anything from Redis."""
    start = Barrier(len(messages))

    def send(message) -> Reply:
        start.wait()
        return Somebody(bureau, openid).sends(*message)

    with ThreadPoolExecutor(len(messages)) as pool:
        return list(pool.map(send, messages))


@pytest.mark.parametrize(("kind", "text"), [("text", "宪法知识竞答"), ("event:subscribe", "hall-3")])
def test_two_workers_with_the_same_first_message_give_one_reply_and_one_effect(somebody, kind, text):
    counted = everything(somebody.bureau)
    replies = at_once(somebody.bureau, somebody.openid, [(kind, text, secrets.token_hex(16))] * 4)
    assert len(set(replies)) == 1
    after = everything(somebody.bureau)
    assert after["citizens"] == counted["citizens"] + 1 and after["receipts"] == counted["receipts"] + 1


@pytest.mark.parametrize("place", [1, 5])
def test_two_workers_with_the_same_answer_give_one_reply_and_one_effect(somebody, open_question, place):
    play_to(somebody, open_question, place)
    counted, letters = everything(somebody.bureau), open_question(somebody).answer
    replies = at_once(somebody.bureau, somebody.openid, [("text", letters, secrets.token_hex(16))] * 4)
    assert len(set(replies)) == 1
    assert everything(somebody.bureau)["quiz_answers"] == counted["quiz_answers"] + 1


def test_two_different_answers_to_one_question_at_once_count_once_and_both_are_answered(
    somebody, open_question, played
):
    play_to(somebody, open_question, 1)
    letters = open_question(somebody).answer
    messages = [("text", letters, secrets.token_hex(16)) for _ in range(3)]
    texts = [reply.text for reply in at_once(somebody.bureau, somebody.openid, messages)]
    given = len(played(somebody).given)
    assert 1 <= given <= 3 and sum("第 2 题" in text for text in texts) == 1
    assert all(text for text in texts)


def test_two_rounds_started_at_once_by_one_citizen_are_one_round(somebody, played):
    messages = [("text", "宪法知识竞答", secrets.token_hex(16)) for _ in range(3)]
    texts = [reply.text for reply in at_once(somebody.bureau, somebody.openid, messages)]
    with somebody.bureau.database.reading() as session:
        rounds = session.scalars(select(Round).where(Round.citizen_id == played(somebody).citizen_id)).all()
    assert len(rounds) == 1 and sum(say("quiz_resumed") in text for text in texts) == 2


def test_leaving_and_answering_at_once_are_both_answered(somebody, open_question):
    play_to(somebody, open_question, 3)
    letters = open_question(somebody).answer
    messages = [("text", "退出", secrets.token_hex(16)), ("text", letters, secrets.token_hex(16))]
    assert all(reply.text for reply in at_once(somebody.bureau, somebody.openid, messages))


# ── the receipt itself ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_gives_back_every_part_of_a_reply(bureau):
    reply = Reply("news", "text", (Article("t", "d", "https://u", "https://p"),), "media", ("一", "二"))
    key = secrets.token_hex(16)
    assert receipts.once(bureau.database, key, lambda session: reply) == reply
    assert receipts.once(bureau.database, key, lambda session: Reply(text="another")) == reply


def test_an_act_that_fails_leaves_no_receipt_and_may_be_tried_again(bureau):
    def fail(session):
        raise ZeroDivisionError

    key = secrets.token_hex(16)
    with pytest.raises(ZeroDivisionError):
        receipts.once(bureau.database, key, fail)
    assert receipts.once(bureau.database, key, lambda session: Reply(text="done")).text == "done"


def test_a_receipt_goes_when_no_retry_can_come_any_more(bureau):
    key = secrets.token_hex(16)
    receipts.once(bureau.database, key, lambda session: Reply(text="kept"))
    for minutes, kept in ((59, True), (61, False)):
        with clock.fixed_at(clock.now() + timedelta(minutes=minutes)), bureau.database.transaction() as session:
            receipts.purge(session)
            assert (session.get(receipts.Receipt, key) is not None) is kept


def test_what_changes_nothing_leaves_no_receipt(somebody):
    before = everything(somebody.bureau)
    somebody.says("老板拖欠我工资")
    somebody.conversation = NONE
    somebody.says("民法典第1062条")
    assert everything(somebody.bureau) == before
