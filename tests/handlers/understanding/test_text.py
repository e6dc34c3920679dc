"""How a message is cut."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.understanding import tables
from handlers.understanding.text import Script, cut_pinyin, fold, read

SCRIPT: Script = tables.make_script()
WRITTEN = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("老闆老板欠薪哈哈！？，。…～ 　ＡＢＣ１２３abc123条條\u200b\ufe0f🙏①②ⅣÅİſK㊗️"),
        st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF),
    ),
    max_size=200,
)


def plain(text: str) -> str:
    return read(text, SCRIPT).plain


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("勞工欠薪，離婚與贍養費", "劳工欠薪离婚与赡养费"),
        ("ＦＬＹＺ　１２３４８", "flyz 12348"),
        ("老板不给工资！！！😭😭🙏", "老板不给工资"),
        ("Help!!! 我要LAWYER", "help我要lawyer"),
        ("法\u200b律\ufeff援\u2060助", "法律援助"),
        ("好好好好好的", "好好的"),
        ("哈，哈，哈，哈", "哈哈"),
        ("㈠①⑫", "一112"),
        ("第1062条，１．５倍", "第1062条1.5倍"),
    ],
)
def test_every_way_of_writing_has_one_plain_form(written, same):
    assert plain(written) == same


@pytest.mark.parametrize("text", ["", " ", "\n\t　", "。？！…～", "😭😭😭", "\u200b\ufeff", "\x00\x07", "́̂", "\ud800"])
def test_a_message_without_words_is_empty(text):
    read_text = read(text, SCRIPT)
    assert (read_text.plain, read_text.tokens, read_text.sounds) == ("", (), ()) and not read_text.has_characters


def test_characters_words_and_numbers_come_in_order():
    assert read("欠我3050.5元OK吗", SCRIPT).tokens == ("欠", "我", "3050.5", "元", "ok", "吗")


def test_a_simplified_character_is_its_own_plain_form():
    assert all(SCRIPT.simplified.get(ord(sign), sign) == sign for sign in SCRIPT.simplified.values())


@pytest.mark.parametrize(
    ("characters", "typed"),
    [
        ("我要离婚", "wo yao li hun"),
        ("法律援助", "falvyuanzhu"),
        ("拖欠工资", "tuoqian gongzi"),
        ("他正在打我", "tazhengzaidawo"),
    ],
)
def test_pinyin_sounds_like_the_characters_it_stands_for(characters, typed):
    assert read(typed, SCRIPT).sounds == read(characters, SCRIPT).sounds


@pytest.mark.parametrize(
    ("wrong", "right"), [("工姿", "工资"), ("公正处", "公证处"), ("离昏", "离婚"), ("法律缘助", "法律援助")]
)
def test_a_wrong_character_of_the_same_sound_sounds_the_same(wrong, right):
    assert read(wrong, SCRIPT).sounds == read(right, SCRIPT).sounds


@pytest.mark.parametrize(("one", "other"), [("zhang", "zan"), ("chen", "cen"), ("sheng", "sen"), ("ling", "lin")])
def test_sounds_that_people_mix_up_fall_together(one, other):
    assert fold(one) == fold(other)


def test_xi_an_and_xian_stay_apart():
    assert read("xi an", SCRIPT).sounds != read("xian", SCRIPT).sounds


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [("woyaolihun", "wo yao li hun"), ("xian", "xian"), ("flyz", ""), ("sos", ""), ("", ""), ("nvren", "nv ren")],
)
def test_letters_are_cut_into_the_fewest_syllables_or_none(letters, syllables):
    assert cut_pinyin(letters, SCRIPT.known_syllables) == syllables.split()


@given(st.lists(st.sampled_from(sorted(SCRIPT.known_syllables)), max_size=8))
def test_syllables_run_together_are_cut_into_as_few_or_fewer(syllables):
    cut = cut_pinyin("".join(syllables), SCRIPT.known_syllables)
    assert "".join(cut) == "".join(syllables) and len(cut) <= len(syllables)
    assert set(cut) <= SCRIPT.known_syllables


@given(WRITTEN)
@settings(max_examples=400, deadline=None)
def test_reading_never_fails_and_the_plain_form_stays_as_it_is(text):
    once = read(text, SCRIPT)
    again = read(once.plain, SCRIPT)
    assert again == once and again.plain == once.plain


@given(WRITTEN)
@settings(max_examples=200, deadline=None)
def test_what_surrounds_the_words_does_not_matter(text):
    assert plain(f" {text}\n！😭") == plain(text)


@given(WRITTEN)
def test_the_plain_form_holds_nothing_but_words(text):
    assert all("㐀" <= sign <= "鿿" or "a" <= sign <= "z" or "0" <= sign <= "9" or sign in " ." for sign in plain(text))


@pytest.mark.parametrize("part", ["wo", "我要离婚", "ab", "1", "😭", "a1", "哈，"])
def test_a_message_of_ten_thousand_characters_is_read_at_once(part):
    text = (part * 10_000)[:10_000]
    start = time.perf_counter()
    read(text, SCRIPT)
    assert time.perf_counter() - start < 0.5
