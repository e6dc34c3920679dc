"""Danger to life comes first, always; a figure of speech is no danger.

emergencies.tsv: text, tab, and "danger", "no", or "faint" for a danger that is told between the lines or written so
that hardly anybody could read it.
"""

import tomllib
from pathlib import Path

import pytest
from makers import Somebody

from content.phrases import LIBRARY
from handlers.desk import Desk
from handlers.router import hear, reasons
from handlers.talk import emergency
from handlers.understanding import Guess, Understood, training

LINES = [line.split("\t") for line in (Path(__file__).parent / "emergencies.tsv").read_text("utf-8").splitlines()]
DANGERS = [text for text, label in LINES if label == "danger"]
FALSE_ALARMS = [text for text, label in LINES if label == "no"]
FAINT = [text for text, label in LINES if label == "faint"]
MOST_FALSE_ALARMS = 0.02
TROUBLES = ["老板跑了", "我哥进去了", "公安把我弟抓了", "他把钱都拿走了", "孩子他妈把孩子扔给我了"]
HIDDEN_BY_A_TROUBLE = 0.04
LIBRARY_FILE = tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8"))
EXAMPLES = training.examples()
PAST = [
    "去年他打我，能离婚吗",
    "前年被老公打骨折了，现在还能告吗",
    "他打了我二十年，我想离婚",
    "老公经常打我，怎么收集证据",
    "上个月他又动手了，我想申请保护令",
    "以前他拿刀吓唬过我，能算家暴吗",
    "他威胁说离婚就弄死我，我害怕，能申请保护令吗",
    "家暴报警后警察给了告诫书有啥用",
    "他掐过我脖子，有照片",
    "我被家暴十年了，想离婚要什么证据",
    "婆婆打我一耳光算家暴吗",
    "昨天他把我胳膊打青了，今天来问问怎么离婚",
]


def is_danger(ears, text: str) -> bool:
    heard = ears.hear(text)
    return emergency.is_danger(heard.plain, heard)


def test_there_are_enough_dangers_and_false_alarms_and_each_has_a_label():
    assert len(DANGERS) >= 1100 and len(FALSE_ALARMS) >= 1300
    assert len(DANGERS) + len(FALSE_ALARMS) + len(FAINT) == len(LINES) == len({text for text, _ in LINES})


@pytest.mark.parametrize("text", DANGERS)
def test_a_danger_is_recognised(ears, text):
    assert is_danger(ears, text)


def test_most_of_what_is_told_between_the_lines_is_heard_too(ears):
    heard = [text for text in FAINT if is_danger(ears, text)]
    assert len(heard) >= 0.5 * len(FAINT)


def test_every_danger_is_answered_with_a_number_to_call_first(bureau):
    for text in DANGERS[::7]:
        somebody = Somebody(bureau)
        first, *_ = somebody.says(text).text.splitlines()
        assert "110" in first and "120" in first, text
        assert somebody.topic == emergency.TOPIC, text


def test_hardly_any_false_alarm_is_taken_for_a_danger(bureau):
    desk = Desk(bureau, "o-false-alarm", "false-alarm")
    wrong = [text for text in FALSE_ALARMS if hear(text, desk).topic == emergency.TOPIC]
    assert len(wrong) <= MOST_FALSE_ALARMS * len(FALSE_ALARMS), wrong


@pytest.mark.parametrize(
    "text",
    [
        "打官司",
        "打印",
        "打工",
        "打车",
        "打折",
        "打官司要多少钱",
        "打印材料去哪",
        "笑死",
        "笑死我了",
        "想死你了",
        "累死了",
        "气死我了",
        "死亡赔偿金怎么算",
        "自杀算工伤吗",
        "跳槽",
        "杀毒软件",
    ],
)
def test_the_commonest_false_alarms_are_never_taken_for_a_danger(ears, text):
    assert not is_danger(ears, text)


def test_an_ordinary_trouble_told_in_the_same_breath_hardly_ever_hides_a_danger(ears):
    told = [(trouble, text) for trouble in TROUBLES for text in DANGERS[::9] if len(text) <= 20]
    hidden = [
        (trouble, text)
        for trouble, text in told
        if not (is_danger(ears, f"{trouble}，{text}") and is_danger(ears, f"{text}，{trouble}"))
    ]
    assert len(hidden) <= HIDDEN_BY_A_TROUBLE * len(told), hidden


@pytest.mark.parametrize(
    "text", ["他正在打我", "不想活了", "我不想活了", "救命", "有人要跳楼", "他拿刀砍我", "我被绑架了", "着火了"]
)
def test_the_plainest_dangers_are_never_missed(ears, text):
    assert is_danger(ears, text)


@pytest.mark.parametrize("text", PAST)
def test_past_violence_at_home_stays_with_its_own_topic(bureau, text):
    somebody = Somebody(bureau)
    somebody.says(text)
    near = {somebody.topic, *(guess.topic for guess in somebody.desk.understood.alternatives[:1])}
    assert somebody.topic != emergency.TOPIC and "matter/domestic-violence" in near


def test_hardly_any_line_of_the_library_on_other_topics_is_taken_for_a_danger(ears):
    files = [path for path in (LIBRARY / "utterances").rglob("*.txt") if path.stem != "emergency"]
    lines = [line for path in files for line in path.read_text("utf-8").splitlines()[::5]]
    wrong = [line for line in lines if is_danger(ears, line)]
    assert len(wrong) <= 0.001 * len(lines), wrong


@pytest.mark.parametrize("text", ["🆘", "🆘🆘🆘", "SOS", "ＳＯＳ！"])
def test_a_call_for_help_without_words_is_heard(bureau, text):
    somebody = Somebody(bureau)
    assert "110" in somebody.says(text).text.splitlines()[0]


def test_a_danger_that_only_a_pattern_saw_is_reported_as_one_with_the_ears_own_guess_behind():
    heard = Understood("matter/debt", 0.6, (Guess("matter/fraud", 0.2), Guess(emergency.TOPIC, 0.1)), "话")
    told = emergency.as_understood(heard)
    assert told.topic == emergency.TOPIC and told.confidence >= emergency.REPORTED and told.plain == "话"
    assert [guess.topic for guess in told.alternatives] == ["matter/debt", "matter/fraud"]


def test_a_danger_the_ear_heard_is_reported_as_it_was_heard():
    heard = Understood(emergency.TOPIC, 0.9, (), "话")
    assert emergency.as_understood(heard) is heard


def test_what_only_sounds_like_danger_is_reported_as_the_next_best_with_danger_behind_it_to_choose():
    heard = Understood(emergency.TOPIC, 0.7, (Guess("matter/wages", 0.2), Guess("talk/thanks", 0.1)), "话")
    told = emergency.as_harmless(heard)
    assert (told.topic, told.confidence, told.plain) == ("matter/wages", 0.2, "话")
    assert [guess.topic for guess in told.alternatives] == [emergency.TOPIC, "talk/thanks"]


def test_what_is_called_by_the_name_of_danger_is_danger():
    heard = Understood(emergency.TOPIC, 0.99, (), "紧急求助")
    assert emergency.is_danger("紧急求助", heard) and emergency.as_harmless(heard) is heard


@pytest.mark.parametrize(("said", "part"), [("他正在打我", "正在打我"), ("喝了一瓶农药", "农药"), ("今天天气好", "")])
def test_what_the_patterns_saw_is_told(said, part):
    reasons = emergency.reasons(said)
    assert (part in reasons[0]) if part else reasons == []


def test_danger_in_a_menu_key_or_a_choice_is_heard_too(somebody):
    assert "110" in somebody.sends("event:click", "我不想活了").text.splitlines()[0]


def test_a_danger_that_only_the_ear_heard_has_its_reasons(bureau):
    desk = Desk(bureau, "o-reasons", "reasons")
    only_heard = next(text for text in DANGERS if not emergency.reasons(hear(text, desk).plain))
    assert reasons(only_heard, desk) and all("+" in reason for reason in reasons(only_heard, desk))


# ── the library's part ────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_may_be_seen_has_points_and_nothing_else():
    seen = {"always", "past_danger", "story", *emergency.SURE, *LIBRARY_FILE["lists"], *LIBRARY_FILE["clues"]}
    assert seen == set(LIBRARY_FILE["points"])


def test_every_group_of_words_is_used():
    written = "".join(
        [*LIBRARY_FILE["clues"].values(), *(line for part in LIBRARY_FILE["lists"].values() for line in part)]
    )
    assert [name for name in LIBRARY_FILE["words"] if f"{{{name}}}" not in written] == []


def test_no_line_that_is_measured_is_learned():
    learned = {text for text, _ in EXAMPLES} | {words for words, _ in training.utterances()}
    assert [text for text, _ in LINES if text in learned and len(text) > 6] == []


def test_every_example_is_there_once_and_is_no_utterance():
    texts = [text for text, _ in EXAMPLES]
    assert len(texts) == len(set(texts)) and not {words for words, _ in training.utterances()} & set(texts)
