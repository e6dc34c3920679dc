"""Of an account's words only links and choices are more than characters."""

import pytest

from bot.sandbox.markup import choice, parts


def test_text_links_and_choices_are_told_apart():
    text = "见<a href=\"https://example.com/?a=1&amp;b=2\">这里</a>，或<a href='weixin://bizmsgmenu?msgmenucontent=%E5%85%AC%E8%AF%81&msgmenuid=7'>公证</a>"
    assert parts(text) == [
        {"type": "text", "text": "见"},
        {"type": "link", "text": "这里", "href": "https://example.com/?a=1&b=2"},
        {"type": "text", "text": "，或"},
        {"type": "choice", "text": "公证", "content": "公证", "id": "7"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<a>x</a>",
        "<script>alert(1)</script>",
        '<img src=x onerror="x">',
        "<b>粗</b>\n第二行 ]]> &lt;",
        '<a href="https://[broken">x</a>',
    ],
)
def test_anything_else_stays_the_characters_it_is(text):
    assert parts(text) == [{"type": "text", "text": text}]


def test_a_written_choice_reads_back():
    assert parts(choice("办理公证", "5"))[0]["content"] == "办理公证"
