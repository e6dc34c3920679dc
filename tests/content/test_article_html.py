"""What is sent to WeChat: the golden files show it, and nothing that anybody writes makes it dangerous.

Where the HTML is meant to change, PUFA_WRITE_GOLDEN=1 writes the files anew; their difference is what a reviewer reads.
"""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content import article_html as module
from content.article_html import article_html, foreign_pictures, links_in, picture_addresses, pictures_in

GOLDEN = Path(__file__).parent / "golden"
ONE, TWO = f"/h/pictures/{'a1' * 32}.jpg", f"/h/pictures/{'b2' * 32}.png"
SENT = {ONE: "http://mmbiz.qpic.cn/one/0?wx_fmt=jpeg", TWO: "https://mmbiz.qpic.cn/two/0"}
TAGS = {
    "section", "p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td",
    "hr", "img", "a", "strong", "em", "span", "sup", "br", "code",
}  # fmt: skip
ATTRIBUTES = {"style", "href", "src", "alt", "start"}
EMPTY_TAGS = {"br", "hr", "img"}


class Sent(HTMLParser):
    """Tags in order of opening, all attributes, how the lists lie; raises where tags are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.has_list_in_list = False
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        self.has_list_in_list |= tag in ("ul", "ol") and bool({"ul", "ol"} & set(self.open))
        if tag not in EMPTY_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, words):
        self.text += words


def assert_harmless(html: str) -> None:
    sent = Sent(html)
    assert set(sent.tags) <= TAGS
    assert not sent.has_list_in_list
    for tag, name, value in sent.attributes:
        assert name in ATTRIBUTES
        assert name != "src" or value in SENT.values()
        assert name != "href" or (tag == "a" and value.startswith("https://mp.weixin.qq.com/"))
        if name == "style":
            assert {rule.split(":")[0] for rule in value.split(";")} <= module.PROPERTIES
    assert "<script" not in html.lower()
    assert not re.search(r">\s+<(?!code|strong|em|a |sup|span|img|br|/)", html)


@pytest.mark.parametrize("source", sorted(GOLDEN.glob("*.md")), ids=lambda path: path.stem)
def test_what_is_sent_is_what_the_golden_file_shows(source):
    html = article_html(source.read_text(encoding="utf-8"), SENT)
    golden = source.with_suffix(".html")
    if os.environ.get("PUFA_WRITE_GOLDEN"):
        golden.write_text(html + "\n", encoding="utf-8")
    assert html + "\n" == golden.read_text(encoding="utf-8")
    assert_harmless(html)


def test_there_are_golden_files_for_everything_that_writers_do():
    assert len(list(GOLDEN.glob("*.html"))) == len(list(GOLDEN.glob("*.md"))) >= 12


PIECES = st.sampled_from(
    ["<script>", "</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](https://e.example/x.gif)",
     f"![a]({ONE})", f'![a" onload="x]({TWO} "t")', "[a](https://mp.weixin.qq.com/s/1)", "[b](https://e.example/\"x)",
     "[c](http://[)", "\n- ", "\n  - ", "\n1. ", "\n   1. ", "\n> ", "\n\n", "\n| a | b |\n|---|---|\n| 1 | ",
     "\n```\n", "**", "*", "`", "~~", "<b>", "&#106;avascript:", "\n# ", "\n    ", "\\", "字", " "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=200))
@example("- \n  - a")
@example("-\n\n  - a\n\n    - b")
@example("- > a\n  > - b\n- # c\n- ```\n  x\n  ```")
@example("- | a | b |\n  |---|---|\n  | 1 | 2 |")
@example("1. - 2. x")
def test_nothing_that_can_be_written_makes_it_dangerous(markdown):
    assert_harmless(article_html(markdown, SENT))


def test_only_pictures_of_ours_that_wechat_knows_are_shown():
    html = article_html(f"![甲]({ONE})\n\n![乙]({TWO})", {ONE: SENT[ONE], TWO: "javascript:alert(1)"})
    assert html.count("<img") == 1
    assert "［图片：乙］" in html


def test_pictures_are_found_each_once_and_those_from_elsewhere_are_named():
    text = f"![甲]({ONE}) ![又]({ONE})\n\n- ![乙]({TWO})\n\n`![丙]({ONE[:-5]}9.jpg)` ![外](https://e.example/a.png)"
    assert pictures_in(text) == ["a1" * 32, "b2" * 32]
    assert picture_addresses(text) == {ONE: ONE, TWO: TWO}
    assert foreign_pictures(text) == ["https://e.example/a.png"]


def test_the_preview_shows_our_own_pictures_by_the_same_code():
    text = f"![甲]({ONE})"
    assert f'src="{ONE}"' in article_html(text, picture_addresses(text))


def test_links_are_found_with_their_words():
    assert links_in("[甲**乙**](https://a.example) 和 <https://b.example>") == [
        ("甲乙", "https://a.example"), ("https://b.example", "https://b.example"),
    ]  # fmt: skip


def test_no_colour_of_ink_or_paper_is_set_so_that_dark_mode_can_choose():
    rules = {rule.split(":")[0] for style in module.STYLES.values() for rule in style.split(";")}
    shown = {
        rule.split(":")[0]
        for path in GOLDEN.glob("*.html")
        for _, name, value in Sent(path.read_text(encoding="utf-8")).attributes
        if name == "style"
        for rule in value.split(";")
    }
    assert not {"color", "background", "background-color"} & (rules | shown)


def test_markup_takes_a_small_part_of_what_wechat_allows():
    body = "\n\n".join(["这是一段话，说明一件事。" * 12] * 100)
    assert len(article_html(body, {})) < 1.25 * len(body)
