"""Who is asked first, and what every kind of message is answered with."""

import pytest
from makers import Somebody
from sqlalchemy import select

from content.phrases import say
from content.render import TEXT_BYTES
from content.store.memory import NONE, OPEN, UNKNOWN
from handlers import router, talks, turns
from handlers.citizens import Citizen
from handlers.conversation import Conversation
from handlers.message import NOTHING
from handlers.quiz.models import GivenAnswer, Round
from handlers.turns import Miss


def rows_of(database, table, *where) -> list:
    with database.reading() as session:
        return list(session.scalars(select(table).where(*where)).all())


# ── the order of words ────────────────────────────────────────────────────────────────────────────────────────────────


def test_danger_is_answered_before_an_open_quiz_and_the_place_is_kept(somebody, played):
    somebody.says("宪法知识竞答")
    reply = somebody.says("他正在拿刀砍我")
    assert somebody.topic == "talk/emergency"
    assert reply.text.startswith("有危险打110") and "110" in reply.text.splitlines()[0]
    assert "继续" in reply.text and played(somebody) is not None


def test_danger_is_answered_before_a_leaving_word_is_heard(somebody):
    assert "110" in somebody.says("我不想活了，退出").text.splitlines()[0]


def test_leaving_ends_the_talk_and_says_how_to_come_back(somebody, played):
    somebody.says("宪法知识竞答")
    reply = somebody.says("退出")
    assert reply.text == say("left_talk", name="宪法知识竞答")
    assert played(somebody) is None and somebody.conversation == NONE


@pytest.mark.parametrize("words", sorted(talks.LEAVING) + ["退出。", " 退出！"])
def test_every_way_of_leaving_is_understood(somebody, words):
    somebody.says("宪法知识竞答")
    assert somebody.says(words).text == say("left_talk", name="宪法知识竞答")


def test_leaving_where_nothing_is_open_says_so(somebody):
    assert somebody.says("退出").text == say("nothing_open")


def test_another_question_in_a_quiz_is_answered_and_the_place_is_named(somebody, played):
    somebody.says("宪法知识竞答")
    reply = somebody.says("离婚冷静期多少天")
    assert somebody.topic == "matter/marriage" and "三十日" in reply.text or "30" in reply.text
    assert reply.text.endswith(say("still_open", name="宪法知识竞答"))
    assert len(played(somebody).given) == 0 and somebody.conversation == OPEN


def test_an_article_of_law_in_a_quiz_is_an_aside(somebody, played):
    somebody.says("宪法知识竞答")
    assert say("still_open", name="宪法知识竞答") in somebody.says("民法典第1062条").text
    assert played(somebody) is not None


def test_a_hotlines_number_in_a_quiz_is_a_question_and_no_answer(somebody, played):
    somebody.says("宪法知识竞答")
    assert "12348" in somebody.says("12348").text and somebody.topic == "service/hotline"
    assert len(played(somebody).given) == 0


def test_after_an_aside_the_same_question_is_asked_again(somebody):
    first = somebody.says("宪法知识竞答").text
    somebody.says("法律援助要带什么材料")
    again = somebody.says("继续").text
    assert again.startswith(say("quiz_resumed")) and again.split("第 1 题")[1] == first.split("第 1 题")[1]


def test_an_answer_in_the_quiz_is_counted_as_quiz_and_never_as_not_understood(somebody):
    somebody.says("宪法知识竞答")
    somebody.says("A")
    assert somebody.topic == "quiz/play"


def test_what_is_not_understood_is_told_so_with_a_way_out(somebody):
    reply = somebody.says("明天兴城下不下雨")
    assert somebody.topic == "talk/unknown" and "12348" in reply.text and reply.choices


def test_a_message_without_words_is_answered(somebody):
    for text in ("", "   ", "。。。", "😭"):
        assert somebody.says(text).text
        assert somebody.topic == "talk/unknown"


def test_a_very_long_message_is_answered_within_the_limit(somebody):
    reply = somebody.says("老板欠我工资不给，" * 1200)
    assert somebody.topic == "matter/wages" and 0 < len(reply.text.encode()) <= 2000


# ── numbers and choices ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written",
    [
        "2",
        "２",
        "②",
        "2.",
        " 2 ",
        "2。",
        "2️⃣",
        "选2",
        "第二个",
        "第2个",
        "二",
        "2吧",
        "选第二个",
        "我要第二个",
        "看2",
        "二吧",
    ],
)
def test_a_number_chooses_what_was_offered_under_it(somebody, written):
    offered = somebody.says("老板拖欠我三个月工资").choices
    somebody.says(written)
    assert somebody.bureau.shelf.topics[somebody.topic].name == offered[1]


@pytest.mark.parametrize("written", ["二审", "第二条", "两个", "2000", "第二天", "二维码", "选22"])
def test_what_only_begins_like_a_number_chooses_nothing(somebody, written):
    offered = somebody.says("老板拖欠我三个月工资").choices
    somebody.says(written)
    assert somebody.bureau.shelf.topics[somebody.topic].name != offered[1]


def test_a_number_beyond_the_choices_shows_them_again(somebody):
    offered = somebody.says("老板拖欠我三个月工资").choices
    reply = somebody.says("8")
    assert reply.choices == offered and reply.text.startswith(say("no_such_choice"))
    somebody.says("2")
    assert somebody.bureau.shelf.topics[somebody.topic].name == offered[1]


@pytest.mark.parametrize("words", ["都不是", "都不对。", "没有我要的"])
def test_who_wants_none_of_the_choices_is_asked_for_his_own_words(somebody, words):
    somebody.says("老板拖欠我三个月工资")
    assert somebody.says(words).text == say("none_of_these")


@pytest.mark.parametrize("kind", ["file", "miniprogrampage"])
def test_what_cannot_be_opened_is_told_so(somebody, kind):
    assert "我打不开" in somebody.sends(kind).text


def test_an_entry_of_an_older_menu_shows_what_there_is_now(somebody):
    reply = somebody.sends("event:click", "V1001_TODAY_MUSIC")
    assert reply.text.startswith(say("menu_has_changed")) and len(reply.text.encode()) <= TEXT_BYTES
    assert reply.choices


@pytest.mark.parametrize("between", ["民法典第1062条", "退出"])
def test_a_choice_outlived_the_reply_that_offered_it(somebody, between):
    somebody.says("老板拖欠我三个月工资")
    assert somebody.says(between).choices == ()
    assert somebody.says("1").text == say("not_understood_number")


def test_a_choice_outlives_an_event_that_gets_no_words(somebody):
    offered = somebody.says("老板拖欠我三个月工资").choices
    somebody.sends("event:view", "https://pufa.example/h/")
    somebody.says("第二个")
    assert somebody.bureau.shelf.topics[somebody.topic].name == offered[1]


@pytest.mark.parametrize("written", ["第二个", "选2", "二"])
def test_a_choice_where_nothing_was_offered_is_told_so(somebody, written):
    assert somebody.says(written).text == say("not_understood_number")


def test_a_number_beyond_the_choices_chooses_nothing(somebody):
    assert len(somebody.says("老板拖欠我三个月工资").choices) < 9
    somebody.says("9")
    assert somebody.topic == "talk/unknown"


def test_a_number_where_nothing_was_offered_is_only_a_number(somebody):
    somebody.says("1")
    assert somebody.topic == "talk/unknown"


def test_every_choice_offered_anywhere_leads_to_its_own_topic(bureau):
    for topic in bureau.shelf.topics.values():
        reader = Somebody(bureau)
        reader.says(topic.name)
        assert reader.topic == topic.slug


# ── menu ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_menu_tap_is_answered_like_its_topic(somebody):
    reply = somebody.sends("event:click", "legal-aid/materials")
    assert somebody.topic == "legal-aid/materials"
    assert reply.text == Somebody(somebody.bureau).says("法律援助申请材料").text


def test_a_menu_tap_that_carries_words_is_heard_like_words(somebody):
    somebody.sends("event:click", "老板不给开工资")
    assert somebody.topic == "matter/wages"


def test_a_menu_tap_starts_the_quiz_and_a_second_one_goes_on_with_it(somebody, played):
    somebody.sends("event:click", "quiz/play")
    first = played(somebody).id
    again = somebody.sends("event:click", "quiz/play")
    assert again.text.startswith(say("quiz_resumed")) and played(somebody).id == first
    assert say("still_open", name="宪法知识竞答") not in again.text


def test_a_menu_tap_in_an_open_quiz_is_an_aside(somebody, played):
    somebody.says("宪法知识竞答")
    reply = somebody.sends("event:click", "legal-aid/overview")
    assert reply.text.endswith(say("still_open", name="宪法知识竞答")) and played(somebody) is not None


def test_a_menu_tap_with_an_unknown_or_empty_key_is_still_answered(somebody):
    assert somebody.sends("event:click", "").text and somebody.sends("event:click", "no-such-key").text


# ── kinds of messages and events ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [("image", "image"), ("voice", "voice"), ("video", "video"), ("shortvideo", "video"), ("link", "link"),
     ("event:scancode_waitmsg", "link")],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_a_request_for_words(somebody, kind, phrase):
    assert somebody.sends(kind, MediaId="m").text == say(phrase)


@pytest.mark.parametrize("kind", ["location", "event:location_select"])
def test_a_location_is_answered_with_where_to_go(somebody, kind):
    reply = somebody.sends(kind, Location_X="40.71", Location_Y="120.83", Scale="15", Label="")
    assert reply.text.startswith(say("location")) and "法律援助在哪申请" in reply.choices
    somebody.says("1")
    assert somebody.topic == "legal-aid/where"


@pytest.mark.parametrize(
    "event",
    [
        "view",
        "view_miniprogram",
        "scan",
        "location",
        "scancode_push",
        "pic_sysphoto",
        "pic_weixin",
        "templatesendjobfinish",
        "masssendjobfinish",
        "publishjobfinish",
        "subscribe_msg_popup_event",
        "kf_create_session",
        "user_info_modified",
        "verify_expired",
        "card_pass_check",
        "something_new",
    ],
)
def test_an_event_nobody_asked_with_gets_no_words(somebody, event):
    assert somebody.sends(f"event:{event}", "x") == NOTHING


def test_a_kind_that_is_not_known_yet_gets_no_words(somebody):
    assert somebody.sends("hologram") == NOTHING


# ── following and unfollowing ─────────────────────────────────────────────────────────────────────────────────────────


def test_following_is_welcomed_with_something_to_tap(somebody, citizen_id):
    reply = somebody.sends("event:subscribe")
    assert reply.text.startswith(say("welcome")) and len(reply.choices) == 4
    found = rows_of(somebody.bureau.database, Citizen, Citizen.id == citizen_id(somebody))[0]
    assert found.is_following and found.scene == "" and found.followed_at is not None


def test_the_scene_of_the_qr_code_is_kept(somebody, citizen_id):
    somebody.sends("event:subscribe", "hall-3")
    assert rows_of(somebody.bureau.database, Citizen, Citizen.id == citizen_id(somebody))[0].scene == "hall-3"


def test_a_scene_longer_than_any_of_ours_does_not_stop_the_welcome(somebody, citizen_id):
    assert somebody.sends("event:subscribe", "长" * 200).text
    assert len(rows_of(somebody.bureau.database, Citizen, Citizen.id == citizen_id(somebody))[0].scene) == 64


def everything_of(somebody, identity) -> list:
    database, where = somebody.bureau.database, Round.citizen_id == identity
    misses = rows_of(database, Miss, Miss.pseudonym == somebody.desk.citizen)
    rounds = rows_of(database, Round, where)
    given = rows_of(database, GivenAnswer, GivenAnswer.round_id.in_([played.id for played in rounds] or ["-"]))
    talks = rows_of(database, Conversation, Conversation.citizen_id == identity)
    return [*misses, *rounds, *given, *talks, *rows_of(database, Citizen, Citizen.id == identity)]


def someone_with_a_past(somebody, citizen_id) -> str:
    """He follows, has answered a question, is in a talk, and was once not understood."""
    somebody.sends("event:subscribe")
    somebody.says("宪法知识竞答")
    somebody.says("A")
    with somebody.bureau.database.transaction() as session:
        turns.record(session, [turns.Turn("talk/unknown", somebody.desk.citizen, "锦州烧烤哪家好")])
    return citizen_id(somebody)


def test_unfollowing_erases_profile_talk_answers_and_misses_at_once(somebody, citizen_id):
    identity = someone_with_a_past(somebody, citizen_id)
    assert len(everything_of(somebody, identity)) == 5
    assert somebody.sends("event:unsubscribe") == NOTHING
    assert everything_of(somebody, identity) == [] and citizen_id(somebody) is None
    assert somebody.conversation == NONE and somebody.desk.is_erased


def test_unfollowing_leaves_everybody_else_alone(bureau, citizen_id, played):
    leaver, stayer = Somebody(bureau), Somebody(bureau)
    for person in (leaver, stayer):
        person.says("宪法知识竞答")
    leaver.sends("event:unsubscribe")
    assert played(stayer) is not None and citizen_id(stayer) is not None


def test_who_comes_back_is_a_new_citizen(somebody, citizen_id):
    before = someone_with_a_past(somebody, citizen_id)
    somebody.sends("event:unsubscribe")
    somebody.sends("event:subscribe")
    assert citizen_id(somebody) not in (None, before)


def test_somebody_nobody_knows_may_unfollow(somebody):
    assert somebody.sends("event:unsubscribe") == NOTHING


@pytest.mark.parametrize("event", ["user_authorization_revoke", "user_authorization_cancellation"])
@pytest.mark.parametrize("field", ["OpenID", "openid"])
def test_a_withdrawn_authorization_erases_the_citizen_it_names(somebody, citizen_id, event, field):
    identity = someone_with_a_past(somebody, citizen_id)
    platform = Somebody(somebody.bureau, openid="mphelper")
    assert platform.sends(f"event:{event}", **{field: somebody.openid}) == NOTHING
    assert everything_of(somebody, identity) == [] and platform.desk.is_erased


# ── erasing by words ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_erasing_by_words_asks_first_and_erases_nothing_yet(somebody, citizen_id):
    identity = someone_with_a_past(somebody, citizen_id)
    reply = somebody.says("把我的信息删掉")
    assert reply.text.startswith(say("erase_ask")) and say("erase_words") in reply.text
    assert citizen_id(somebody) == identity


def test_erasing_by_words_erases_after_the_confirmation(somebody, citizen_id):
    identity = someone_with_a_past(somebody, citizen_id)
    somebody.says("删除我的信息")
    assert somebody.says(say("erase_words")).text.startswith("已经删除")
    assert everything_of(somebody, identity) == [] and somebody.conversation == NONE


def test_a_number_never_confirms_an_erasure(somebody, citizen_id):
    identity = someone_with_a_past(somebody, citizen_id)
    somebody.says("删除我的信息")
    somebody.says("民法典第1062条")
    assert not somebody.says("1").text.startswith("已经删除")
    assert citizen_id(somebody) == identity


def test_what_is_kept_is_told_to_whoever_asks(somebody):
    reply = somebody.says("你们收集我的哪些个人信息")
    assert somebody.topic == "talk/privacy" and "个人信息保护法" in reply.text


# ── what is known of the talk ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_open_talk_is_found_again_when_redis_has_forgotten_it(somebody, played):
    somebody.says("宪法知识竞答")
    somebody.conversation, somebody.offer, somebody.copy = UNKNOWN, (), ""
    somebody.says("A")
    assert len(played(somebody).given) == 1 and somebody.conversation == OPEN


def test_a_message_that_changes_nothing_writes_nothing(somebody, citizen_id):
    for text in ("你好", "老板拖欠工资", "民法典第1062条", "今天天气怎么样", "退出"):
        somebody.says(text)
    assert citizen_id(somebody) is None


def test_why_something_was_understood_is_told_in_chinese(somebody):
    somebody.says("你好")
    for text, part in (("他正在打我", "正在打我"), ("民法典第1062条", "民法典"), ("老板拖欠工资", "matter/wages")):
        reasons = router.reasons(text, somebody.desk)
        assert reasons and part in "".join(reasons)
