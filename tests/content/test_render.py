import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content import render

LINK = re.compile(r'<a href="[^"<>]*">[^<>]*</a>')
TEXTS = st.text(st.sampled_from("法律援助12348。！？\n a😀"))


def _bytes(text: str) -> int:
    return len(text.encode())


def _has_only_whole_links(text: str) -> bool:
    return "<" not in LINK.sub("", text)


# ── shortening ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_fits_stays_as_it_is():
    assert render.shorten("法" * 666, 2000) == "法" * 666


def test_a_text_is_cut_behind_a_sentence():
    assert render.shorten("第一句话在这里。第二句很长很长很长", 40) == "第一句话在这里。…"


def test_a_text_without_sentences_is_cut_between_characters():
    assert render.shorten("法" * 700, 2000) == "法" * 665 + "…"


def test_a_sentence_that_ends_early_is_no_place_to_cut():
    cut = render.shorten("好。" + "法" * 700, 2000)
    assert _bytes(cut) > 1900


@given(text=TEXTS, most=st.integers(0, 120))
@example(text="😀😀😀", most=7)
@example(text="法律", most=2)
def test_a_shortened_text_never_has_more_bytes_nor_half_a_character(text, most):
    cut = render.shorten(text, most)
    assert _bytes(cut) <= most or cut == text
    assert _bytes(cut) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


@given(before=TEXTS, after=TEXTS, label=TEXTS.filter(bool), most=st.integers(0, 400))
def test_no_link_is_ever_cut_in_two(before, after, label, most):
    text = before + render.link(label, "https://pufa.example/h/a") + after + render.choice(label, "公证", 1) + after
    assert _has_only_whole_links(render.shorten(text, most))


# ── a finished chat text ──────────────────────────────────────────────────────────────────────────────────────────────


def test_links_and_choices_stand_below_the_text():
    assert render.chat(" 您好。\n", ["一", "二"]) == "您好。\n\n一\n二"
    assert render.chat("您好。") == "您好。"


def test_only_the_body_is_shortened_and_the_choices_stay():
    lines = [render.choice(f"{number} 拖欠工资", "拖欠工资", number) for number in range(1, 5)]
    made = render.chat("这是一句话。" * 300, lines)
    assert made.endswith("\n\n" + "\n".join(lines))
    assert "这是一句话。…\n\n" in made


def test_what_stands_before_the_body_is_shortened_first():
    made = render.above("一句话。" * 300, render.chat("问题？" * 100, ["选项"]))
    assert made.endswith("问题？" * 100 + "\n\n选项") and made.startswith("一句话。") and "一句话。…\n\n问题" in made
    assert render.above("一句话。", render.chat("问题？" * 1000)).startswith("问题？")


@pytest.mark.parametrize(("count", "fits"), [(600, True), (640, False)])
def test_whether_a_text_fits_is_known_beforehand(count, fits):
    assert render.fits("字" * count, ["选项"]) == fits == ("…" not in render.chat("字" * count, ["选项"]))


@given(body=st.text(max_size=3000), lines=st.lists(st.text(max_size=300), max_size=8))
def test_a_chat_text_leaves_room_for_one_more_sentence_below_the_platforms_limit(body, lines):
    tail = [render.choice(line, line, number) for number, line in enumerate(lines)]
    assert _bytes(render.above(body, render.chat(body, tail))) + render.NOTE_BYTES <= render.TEXT_BYTES
    assert _bytes(render.chat(body, tail)) + render.NOTE_BYTES <= render.TEXT_BYTES < 2048


def test_where_there_are_too_many_choices_the_text_keeps_its_room():
    made = render.chat("法" * 1000, ["条" * 100] * 9)
    assert _bytes(made.split("\n\n")[0]) >= 280


# ── choices and links ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_choice_sends_its_words_when_it_is_tapped():
    made = render.choice("1 拖欠工资", "拖欠工资", 1)
    assert made == '<a href="weixin://bizmsgmenu?msgmenucontent=拖欠工资&msgmenuid=1">1 拖欠工资</a>'


@given(label=st.text(), says=st.text())
def test_no_words_can_break_out_of_a_choice(label, says):
    made = render.choice(label, says, 3)
    sent = re.fullmatch(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^"<>&]*)&msgmenuid=3">[^<>]*</a>', made)
    assert sent is not None
    assert not re.search(r"[\s&\"'%#?]", sent[1])


@given(label=st.text(), url=st.text(st.sampled_from("ab/?=&#%\"'<> \n中")))
def test_no_address_can_break_out_of_a_link(label, url):
    assert LINK.fullmatch(render.link(label, f"https://pufa.example/{url}"))


def test_a_links_address_stays_what_it_is():
    assert 'href="https://mp.weixin.qq.com/s?__biz=A&mid=1#rd"' in render.link(
        "文", "https://mp.weixin.qq.com/s?__biz=A&mid=1#rd"
    )


def test_a_file_name_with_odd_signs_still_makes_an_address_that_leads_to_it():
    assert render.path("2026/满意度100%?#1") == "2026/满意度100%25%3F%231"
    assert 'href="https://pufa.example/h/a%20b%22"' in render.link(
        "文", f'https://pufa.example/h/{render.path("a b")}"'
    )


def test_a_citizens_own_words_cannot_become_a_link():
    assert render.harmless('<a href="http://evil">中奖了</a>') == '＜a href="http://evil"＞中奖了＜/a＞'


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_has_headings_lists_and_tables():
    made = render.page("## 现在就做\n\n1. 打 12348\n\n| 事 | 号 |\n|---|---|\n| 报警 | 110 |\n")
    assert "<h2>现在就做</h2>" in made
    assert "<li>打 12348</li>" in made
    assert "<td>110</td>" in made


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[点我](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](javascript:alert(1))",
        "<iframe src='https://evil.example'></iframe>",
        "[x](data:text/html,<script>alert(1)</script>)",
    ],
)
def test_nothing_on_a_page_can_run(markdown):
    made = render.page(markdown)
    assert not re.search(r"<(script|iframe|img)|(href|src)=\"?(javascript|data)|<[^>]*onerror", made)


def test_links_on_a_page_tell_nobody_where_they_come_from():
    assert 'rel="noopener noreferrer"' in render.page("[库](https://flk.npc.gov.cn)")
