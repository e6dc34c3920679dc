"""Danger is asked before every talk; what the open question offers, word for word, is an answer all the same."""

import pytest

from content.phrases import say
from content.store.memory import UNKNOWN
from handlers import router
from handlers.guided import flow as flows
from handlers.talk import emergency


@pytest.mark.parametrize("said", ["已经请了", "2"])
def test_an_option_that_sounds_like_danger_is_an_answer_to_its_question(somebody, said):
    for words in ("开始自测", "讨工资", said):
        reply = somebody.says(words)
    assert somebody.topic == "legal-aid/eligibility" and "您已经请了律师" in reply.text


def test_the_same_words_are_danger_where_nobody_offered_them(somebody):
    somebody.says("开始自测")
    somebody.says("讨工资")
    assert "110" in somebody.says("他拿刀要砍我救命").text and somebody.topic == emergency.TOPIC
    assert "第2步" in somebody.says("继续").text  # the place was kept


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_cry_for_help_is_told_that_the_place_is_kept_and_led_to_safety_alone(somebody, is_forgotten):
    somebody.says("开始自测")
    somebody.says("讨工资")
    if is_forgotten:  # Redis was emptied
        somebody.conversation, somebody.copy = UNKNOWN, ""
    reply = somebody.says("家里煤气泄漏了救命")
    assert reply.text.endswith(say("still_open", name="法律援助自测"))
    assert reply.choices == ("家庭暴力", "未成年人保护")


def test_few_options_need_that(somebody):
    """Whoever adds one that is heard as danger looks twice: outside of its question it brings the emergency numbers."""
    somebody.says("你好")
    offered = {
        words
        for name in flows.names()
        for question in flows.load(name).questions.values()
        for option in question.options
        for words in (option.label, *option.words)
    }
    alarming = {words for words in offered if router.hear(words, somebody.desk).topic == emergency.TOPIC}
    known = {"已经请了", "救人受伤", "昏迷", "我儿子", "在里面", "老头", "老太太", "老头子", "放了", "放人了", "报警了"}
    assert alarming == known


IN_CUSTODY = ("开始自测", "刑事案件", "我家人被查、被抓", "没有请")


@pytest.mark.parametrize("said", ["放了", "我是聋哑人", "还没拿到", "我是嫌疑人"])
def test_a_word_or_two_that_faintly_sound_like_danger_are_taken_for_an_answer_in_a_talk_alone(somebody, said):
    assert router.hear(said, somebody.desk or somebody.says("你好") and somebody.desk).topic == emergency.TOPIC
    for words in (*IN_CUSTODY, said):
        somebody.says(words)
    assert somebody.topic != emergency.TOPIC


@pytest.mark.parametrize(
    ("asked", "said"),
    [(("开始自测", "家暴"), "我爷爷80了"), (("开始自测", "家暴"), "闺女快18了"), (("开始自测", "讨工资"), "他们请了"),
     (IN_CUSTODY, "没在里面"), (("开始自测", "讨工资", "没请", "农民工"), "已经生效了")],
)  # fmt: skip
def test_what_names_no_harm_and_answers_the_question_is_its_answer_or_asked_again(somebody, asked, said):
    for words in (*asked, said):
        somebody.says(words)
    assert somebody.topic == "legal-aid/eligibility"


@pytest.mark.parametrize("said", ["救命啊", "他拿刀", "孩子不见了", "流血不止", "他又来了", "不想活了", "🆘"])
def test_short_words_of_danger_are_heard_in_a_talk_as_anywhere(somebody, said):
    for words in (*IN_CUSTODY, said):
        somebody.says(words)
    assert somebody.topic == emergency.TOPIC


@pytest.mark.parametrize("said", ["没请", "没", "没有", "还没", "没请律师"])
def test_a_short_no_is_a_no(somebody, said):
    for words in ("开始自测", "讨工资", said):
        reply = somebody.says(words)
    assert "第3步" in reply.text, reply.text


# ── short words in a talk ─────────────────────────────────────────────────────────────────────────────────────────────

TO_STAGE = ("开始自测", "讨工资", "没请", "都没有", "3")
"""To the question how far the matter has come."""


@pytest.mark.parametrize("said", ["没有", "还没有", "没办", "没去办", "还没呢", "都没有", "木有", "没得"])
def test_a_plain_no_is_an_answer_or_explained_and_never_another_topic(somebody, said):
    for words in TO_STAGE:
        somebody.says(words)
    reply = somebody.says(said)
    assert somebody.topic == "legal-aid/eligibility" and "还停在原来的地方" not in reply.text
    assert "第6步" in reply.text or reply.text.startswith("这样回，我还分不清"), reply.text


@pytest.mark.parametrize(
    ("says", "noted"),
    [
        (("没请", "都没得"), "都不是"), (("木有",), "没有请"), (("没请", "都没有", "我不清楚"), "说不清"),
        (("没请", "没有", "不晓得"), "说不清"), (("没请", "没有", "最后一个"), "经济不困难"), (("前面那个",), "没有请"),
    ],
)  # fmt: skip
def test_what_people_say_for_an_option_is_that_option(somebody, says, noted):
    for words in ("开始自测", "讨工资", *says):
        reply = somebody.says(words)
    assert reply.text.startswith(say("guided_noted", answer=noted)), reply.text


@pytest.mark.parametrize("said", ["还在干", "我爸", "去法院了", "老板", "没律师", "随便", "不知道"])
def test_a_few_words_that_ask_nothing_are_no_side_question(somebody, said):
    for words in TO_STAGE:
        somebody.says(words)
    assert "第5步" in somebody.says(said).text and somebody.topic == "legal-aid/eligibility"


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("公证处", "service/notary"), ("离婚", "matter/marriage"), ("排行榜", "quiz/leaderboard"),
        ("谢谢", "talk/thanks"), ("多久能办好", "legal-aid/process"), ("司法所在哪", "service/justice-office"),
    ],
)  # fmt: skip
def test_a_question_or_the_name_of_a_topic_is_answered_beside_the_talk(somebody, said, topic):
    for words in TO_STAGE:
        somebody.says(words)
    assert "还停在原来的地方" in somebody.says(said).text and somebody.topic == topic


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("在工地摔断了腿", "工伤赔偿"), ("包工头跑了不给俺钱", "讨工资、工钱"), ("让车给撞了", "车祸、看病等受伤"),
        ("网上被骗了", "别的事"), ("我弟弟被公安抓走了", "刑事案件"), ("老板不给钱怎么办", "讨工资、工钱"),
    ],
)  # fmt: skip
def test_a_story_told_at_the_question_for_the_matter_is_the_matter(somebody, said, noted):
    somebody.says("开始自测")
    assert somebody.says(said).text.startswith(say("guided_noted", answer=noted))


def test_a_question_told_there_is_answered_and_no_matter(somebody):
    somebody.says("开始自测")
    assert "还停在原来的地方" in somebody.says("工伤怎么赔").text and somebody.topic == "matter/work-injury"


@pytest.mark.parametrize("said", ["我是女的也是残疾人", "我68了"])
def test_several_of_what_is_offered_is_an_answer_though_it_sounds_like_danger(somebody, said):
    for words in ("开始自测", "讨工资", "没请", said):
        reply = somebody.says(words)
    assert "第4步" in reply.text


@pytest.mark.parametrize("said", ["我孩子被他打", "他拿刀砍我", "我是残疾人他要打死我"])
def test_a_cry_for_help_with_such_words_in_it_stays_one(somebody, said):
    for words in ("开始自测", "讨工资", "没请", said):
        reply = somebody.says(words)
    assert somebody.topic == emergency.TOPIC and "110" in reply.text


def test_who_tells_more_of_his_own_matter_is_asked_on(somebody):
    for words in ("开始自测", "我弟弟被公安抓走了", "刚抓进去，公安在审"):
        reply = somebody.says(words)
    assert "还停在原来的地方" not in reply.text and "第2步" in reply.text


def test_a_no_within_a_sentence_is_not_none_of_them(somebody):
    for words in ("开始自测", "讨工资", "没请", "种地的，没有固定收入"):
        reply = somebody.says(words)
    assert "第3步" in reply.text and "记下了" not in reply.text


def test_the_link_below_a_side_answer_leads_on_also_where_it_names_his_own_matter(somebody):
    for words in ("法律援助自测", "讨工资"):
        somebody.says(words)
    assert "拖欠工资" in somebody.says("劳动仲裁时效多久").text
    told = somebody.says("拖欠工资").text
    assert "没有看懂" not in told and "还停在原来的地方" in told
    assert "记下了：没有请" in somebody.says("没有请").text
