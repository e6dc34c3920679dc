"""人工 and 留言 in the chat: who is there, one message taken in once, and no other talk loses its place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from makers import Somebody
from sqlalchemy import select

from content.models import Revision
from content.store import clock
from content.store.memory import UNKNOWN
from handlers import owing
from handlers.citizens import find_citizen_id, pseudonym_of
from handlers.talk import hours, tickets
from handlers.talk.models import Ticket, TicketKind, TicketState

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
HOURS = "周一至周五 8:30—11:30，13:30—17:00"
TOLD = "老板拖欠我三个月工资，我想知道要带什么材料"


def his(bureau, somebody) -> list[Ticket]:
    pseudonym = pseudonym_of(bureau.keyring, somebody.openid)
    with bureau.database.reading() as session:
        citizen_id = find_citizen_id(session, pseudonym)
        return list(session.scalars(select(Ticket).where(Ticket.citizen_id == citizen_id).order_by(Ticket.id)))


# ── hours ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"),
    [(8, 29, False), (8, 30, True), (11, 29, True), (11, 30, False), (13, 30, True), (16, 59, True), (17, 0, False)],
)
def test_the_hours_are_read_as_the_bureau_wrote_them(hour, minute, is_open):
    moment = datetime(2026, 11, 25, hour, minute, tzinfo=clock.BEIJING)
    assert hours.is_open(moment, HOURS, {}) is is_open


@pytest.mark.parametrize(
    "written", ["", "工作日", "夏季 8:30-11:30，冬季 9:00-11:30", "8:30-7:30", "25:00-26:00", "5月至9月 8:00-12:00"]
)
def test_hours_that_are_not_certain_are_not_guessed(written):
    assert hours.is_open(WEDNESDAY, written, {}) is None


def test_nobody_is_there_on_a_holiday_and_somebody_is_on_a_worked_weekend():
    assert hours.is_open(datetime(2026, 10, 1, 10, tzinfo=clock.BEIJING), HOURS, {}) is False
    assert hours.is_open(datetime(2026, 10, 10, 10, tzinfo=clock.BEIJING), HOURS, {}) is True  # 调休上班
    assert hours.is_open(datetime(2026, 11, 28, 10, tzinfo=clock.BEIJING), HOURS, {}) is False


@pytest.mark.parametrize(
    ("received", "due"),
    [((2026, 11, 25, 10), (2026, 11, 26)), ((2026, 11, 27, 23), (2026, 11, 30)), ((2026, 9, 30, 10), (2026, 10, 8))],
)
def test_the_first_answer_is_due_on_the_next_working_day(received, due):
    assert hours.answer_due(datetime(*received, tzinfo=clock.BEIJING), {}) == date(*due)


# ── the chat ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asking_for_a_person_tells_the_telephone_and_the_way_to_leave_a_message(somebody):
    reply = somebody.says("人工")
    assert "12348" in reply.text and reply.choices[0] == "留言" and "工作日" in reply.text


def test_the_next_message_is_the_message_and_is_taken_in_once(bureau, somebody):
    with clock.fixed_at(WEDNESDAY):
        somebody.says("人工")
        assert "90 天后删除" in somebody.says("1").text
        reply = somebody.says(TOLD, key=f"k-{somebody.openid}")
        somebody.conversation = UNKNOWN  # Redis was emptied before the second delivery
        assert somebody.says(TOLD, key=f"k-{somebody.openid}").text == reply.text
    (ticket,) = his(bureau, somebody)
    assert f"编号 {ticket.id}" in reply.text and "11月26日" in reply.text
    assert (ticket.state, ticket.kind, ticket.topic) == (TicketState.OPEN, TicketKind.MESSAGE, "matter/wages")
    assert "工资" not in ticket.words_encrypted and tickets.words_of(ticket, bureau.keyring) == TOLD
    with bureau.database.reading() as session, clock.fixed_at(WEDNESDAY):
        assert owing.left(session, ticket.citizen_id) == owing.Left(5, WEDNESDAY + timedelta(hours=48))


def test_after_the_message_questions_are_answered_as_before(somebody):
    somebody.says("留言")
    somebody.says(TOLD)
    assert "12333" in somebody.says("拖欠工资怎么办").text


def test_words_of_a_message_are_not_counted_as_not_understood(somebody):
    somebody.says("留言 哗啦哗啦嘎嘎哗啦")
    assert somebody.topic == "talk/human"


def test_a_message_that_says_nothing_is_asked_for_again_and_leaving_leaves(bureau, somebody):
    somebody.says("留言")
    assert "具体" in somebody.says("在吗").text
    somebody.says("退出")
    assert his(bureau, somebody) == [] and "12333" in somebody.says("拖欠工资怎么办").text


def test_danger_goes_first_also_while_a_message_is_waited_for(bureau, somebody):
    somebody.says("留言")
    assert "110" in somebody.says("他拿刀要杀我，救命").text
    assert his(bureau, somebody) == []
    somebody.says(TOLD)
    assert len(his(bureau, somebody)) == 1


def test_another_talk_keeps_its_place(bureau, somebody):
    somebody.says("开始自测")
    step = somebody.says("讨工资").text
    somebody.says(f"留言 {TOLD}")
    assert len(his(bureau, somebody)) == 1 and "第2步" in step
    assert "第2步" in somebody.says("继续").text


def test_in_the_middle_of_another_talk_the_next_message_is_the_message_too_and_that_talk_goes_on(bureau, somebody):
    somebody.says("开始自测")
    somebody.says("讨工资")
    somebody.says("人工")
    assert "说完再接着办" in somebody.says("留言").text
    assert "具体一点" in somebody.says("好").text
    received = somebody.says("老板跑了我咋办").text
    assert "留言编号" in received and "法律援助自测" in received
    assert [ticket.topic for ticket in his(bureau, somebody)] and len(his(bureau, somebody)) == 1
    assert "第2步" in somebody.says("继续").text
    assert "第3步" in somebody.says("没有请").text


def test_who_leaves_no_message_after_all_is_back_in_his_talk(bureau, somebody):
    somebody.says("开始自测")
    somebody.says("讨工资")
    somebody.says("留言")
    somebody.says("留言")  # twice: what was before that is kept once
    assert "法律援助自测" in somebody.says("退出").text
    assert "第3步" in somebody.says("没有请").text and his(bureau, somebody) == []
    somebody.says("退出")
    assert "没有做到一半的问答" in somebody.says("继续").text


def test_nobody_floods_the_desk(bureau, somebody):
    for number in range(tickets.A_DAY):
        somebody.says(f"留言 第{number}件事要问你们")
    assert "12348" in somebody.says("留言 还有一件事要问").text
    assert len(his(bureau, somebody)) == tickets.A_DAY


def test_long_and_hostile_words_are_kept_as_they_are(bureau, somebody):
    words = "<script>alert(1)</script>]]>'\";DROP TABLE tickets;--" + "长" * 900
    somebody.says(f"留言 {words}")
    assert tickets.words_of(his(bureau, somebody)[0], bureau.keyring) == words[: tickets.WORDS_CHARACTERS]


def test_whoever_writes_more_than_is_kept_is_told_where_it_ends_and_sends_the_rest(bureau, somebody):
    words = "我要说的事" * 130 + "要的结果是退钱"
    told = somebody.says(f"留言 {words}").text
    kept = words[: tickets.WORDS_CHARACTERS]
    assert "只收下了前 600 个字" in told and f"到“{kept[-12:]}”为止" in told and "收到了，留言编号 1" in told
    rest = somebody.says(f"留言 {words[len(kept) :]}").text
    assert "没有收下" not in rest
    with bureau.database.reading():
        assert "".join(tickets.words_of(one, bureau.keyring) for one in his(bureau, somebody)) == words


def test_the_same_is_told_where_a_long_message_was_waited_for_or_a_mistake_is_long(bureau, somebody):
    somebody.says("留言")
    assert "后面的没有收下" in somebody.says("字" * 700).text
    assert "后面的没有收下" in somebody.says(f"报错 {'字' * 700}").text
    assert "没有收下" not in somebody.says(f"留言 {'字' * 600}").text


def test_he_sees_his_own_messages_and_nobody_elses(bureau, somebody):
    assert "没有您的留言" in somebody.says("我的留言").text
    somebody.says(f"留言 {TOLD}")
    (ticket,) = his(bureau, somebody)
    assert f"编号 {ticket.id}，" in somebody.says("我的留言").text and "还在办" in somebody.says("留言进度").text
    assert f"编号 {ticket.id}，" not in Somebody(bureau).says("我的留言").text


# ── 报错 ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_has_a_number_and_whoever_says_it_is_wrong_makes_an_item_of_it(bureau, somebody):
    number = bureau.shelf.answers["matter/wages"].number
    assert f"报错{number}" in somebody.says("拖欠工资怎么办").text
    reply = somebody.says(f"报错{number} 电话打不通")
    (ticket,) = his(bureau, somebody)
    assert f"编号 {ticket.id}" in reply.text
    assert (ticket.kind, ticket.topic, ticket.answer_number) == (TicketKind.MISTAKE, "matter/wages", number)
    assert tickets.words_of(ticket, bureau.keyring) == "电话打不通"


def test_a_number_shows_its_answer_and_whether_that_still_holds(bureau, somebody):
    number = bureau.shelf.answers["matter/wages"].number
    assert f"编号 {number} 就是现在的答复" in (now := somebody.says(f"编号{number}")).text and "12333" in now.text
    with bureau.database.transaction() as session:
        held = session.get_one(Revision, number)
        words = {"title": held.title, "chat": held.chat, "content_hash": "older", "origin": "import"}
        older = Revision(material_id=held.material_id, number=99, created_at=held.created_at, **words)
        session.add(older)
        session.flush()
        before = older.id
    assert f"现在的是编号 {number}" in somebody.says(f"编号 {before}").text
    with bureau.database.transaction() as session:
        session.delete(session.get_one(Revision, before))
    assert "没有编号" in somebody.says("编号 99999999").text


@pytest.mark.parametrize("said", ["报错 999999999", "报错999999 不对"])
def test_a_number_that_does_not_exist_is_told(bureau, somebody, said):
    assert "没有编号" in somebody.says(said).text and his(bureau, somebody) == []


def test_the_word_alone_tells_how(somebody):
    assert "报错 12" in somebody.says("报错").text


def test_without_a_number_the_words_are_taken_in(bureau, somebody):
    somebody.says("报错 你们说的法律援助条件过时了")
    (ticket,) = his(bureau, somebody)
    assert (ticket.answer_number, ticket.topic) == (None, "")


# ── erasure ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_leaves_takes_his_messages_along(bureau, somebody):
    somebody.says(f"留言 {TOLD}")
    (ticket,) = his(bureau, somebody)
    somebody.sends("event:unsubscribe")
    with bureau.database.reading() as session:
        assert session.get(Ticket, ticket.id) is None


# ── what went before ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_went_before_goes_with_the_message_where_he_says_so_and_never_else(bureau, somebody):
    for words in ("法律援助自测", "讨工资", f"留言 {TOLD}"):
        reply = somebody.says(words)
    assert reply.choices == ("连同前面的一起交", "只交留言") and "还停在原来的地方" in reply.text
    (ticket,) = his(bureau, somebody)
    assert tickets.before_of(ticket, bureau.keyring) == ""
    assert "附上了" in somebody.says("1").text
    (ticket,) = his(bureau, somebody)
    before = tickets.before_of(ticket, bureau.keyring)
    assert "您遇到的是哪一类事？　讨工资" in before and "第" in before and "讨工资" not in ticket.before_encrypted
    assert "没有能附上的" in somebody.says("连同前面的一起交").text
    with bureau.database.transaction() as session:
        tickets.forget(session, ticket.citizen_id)
    assert his(bureau, somebody) == []


def test_who_wants_only_his_message_read_says_so_and_private_answers_are_never_added(bureau, somebody):
    for words in ("开始申请", "个人", "演示：一份总结", "跳过", "演示乙", "13900000000"):
        somebody.says(words)
    somebody.says(f"留言 {TOLD}")
    assert "只交这一条" in somebody.says("只交留言").text
    assert tickets.before_of(his(bureau, somebody)[0], bureau.keyring) == ""
    somebody.says("连同前面的一起交")
    before = tickets.before_of(his(bureau, somebody)[0], bureau.keyring)
    assert "演示：一份总结" in before and "演示乙" not in before and "139" not in before


def test_what_was_asked_within_the_hour_goes_along_by_its_names_not_its_words(bureau, somebody):
    for words in ("老板拖欠我工资", "你好", "法律援助怎么申请", f"留言 {TOLD}", "连同前面的一起交"):
        somebody.says(words)
    before = tickets.before_of(his(bureau, somebody)[0], bureau.keyring)
    names = [bureau.shelf.topics[slug].name for slug in somebody.lately.topics]
    assert len(names) == 2 and names[0] == bureau.shelf.topics["matter/wages"].name
    assert before == f"问过：{'、'.join(names)}"


def test_where_nothing_went_before_nothing_is_offered(somebody):
    assert somebody.says(f"留言 {TOLD}").choices == ()
    assert "没有能附上的" in somebody.says("连同前面的一起交").text


def test_a_mistake_without_words_is_told_how_to_say_what_is_wrong_and_that_goes_with_it(bureau, somebody):
    number = bureau.shelf.answers["legal-aid/materials"].number
    assert f"报错{number} 电话打不通" in somebody.says(f"报错{number}").text
    somebody.says(f"报错{number} 材料和窗口说的不一样")
    (ticket,) = his(bureau, somebody)
    assert tickets.words_of(ticket, bureau.keyring) == "材料和窗口说的不一样"
