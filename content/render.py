"""One wording → what a chat, a card or a page can hold. The only place that knows WeChat's length limits.

Limits are those of wechat-platform.md section 2: a passive text is cut by the platform at 2048 bytes of UTF-8 in older
documents, today's page gives no number; 2000 is kept everywhere. The markup of a choice counts.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt

TEXT_BYTES = 2000
NOTE_BYTES = 160
"""Kept free in every finished text for one more sentence, such as the note that a talk is still open."""
NEWS_TITLE_CHARACTERS = 64
NEWS_DESCRIPTION_CHARACTERS = 120
TITLE_CHARACTERS = 32
AUTHOR_CHARACTERS = 16
DIGEST_CHARACTERS = 128
SOURCE_URL_BYTES = 1024
CONTENT_CHARACTERS = 20_000
CONTENT_BYTES = 1_000_000
"""Of an article's HTML, markup included."""

_NOT_IN_A_CHOICE = re.compile(r"[&\"'<>\s%#?]")
_NOT_IN_A_URL = re.compile(r"[\"<>\s]")
_NOT_IN_A_PATH = re.compile(r"[#?%]")
_CUT_LINK = re.compile(r"<a?\Z|<a (?:(?!</a>).)*\Z", re.DOTALL)
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def choice(label: str, says: str, number: int) -> str:
    """A tappable line; tapping it sends `sent(says)` as if the citizen had written it."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={sent(says)}&msgmenuid={number}">{harmless(label)}</a>'


def sent(says: str) -> str:
    """What is left of these words when they come back from a tap: blanks and signs of an address are not carried."""
    return _NOT_IN_A_CHOICE.sub("", says)


def link(label: str, url: str) -> str:
    return f'<a href="{_NOT_IN_A_URL.sub(lambda sign: quote(sign[0]), url)}">{harmless(label)}</a>'


def path(slug: str) -> str:
    """A slug as part of an address: only what would end or change the path is escaped, since every byte counts."""
    return _NOT_IN_A_PATH.sub(lambda sign: quote(sign[0]), slug)


def harmless(words: str) -> str:
    """Words of a citizen or a title, so that they can stand in a chat text without becoming a link."""
    return words.replace("<", "＜").replace(">", "＞")


def chat(body: str, tail: Sequence[str] = ()) -> str:
    """A chat text with its links and choices below. Only the body is shortened, at the end of a sentence."""
    lines = list(tail)
    most = TEXT_BYTES - NOTE_BYTES
    while lines and _bytes("\n".join(lines)) > most - 300:
        lines.pop()
    end = "\n\n" + "\n".join(lines) if lines else ""
    return shorten(body.strip(), most - _bytes(end)) + end


def above(before: str, finished: str) -> str:
    """A finished chat text with something said before it, which is shortened where there is little room."""
    if not before:
        return finished
    return f"{shorten(before.strip(), TEXT_BYTES - NOTE_BYTES - _bytes(finished) - 2)}\n\n{finished}".lstrip()


def fits(body: str, tail: Sequence[str]) -> bool:
    """Whether a chat text holds both without shortening anything."""
    return _bytes(body) + 2 + _bytes("\n".join(tail)) <= TEXT_BYTES - NOTE_BYTES


def shorten(text: str, most_bytes: int) -> str:
    """At most so many bytes of UTF-8, cut behind a sentence where there is one, never inside a character."""
    if _bytes(text) <= most_bytes:
        return text
    kept = _whole(text.encode()[: max(most_bytes - 3, 0)].decode(errors="ignore"))
    stop = max(kept.rfind(mark) for mark in "。！？\n")
    if stop > len(kept) // 2:
        kept = _whole(kept[: stop + 1])
    return kept.rstrip() + "…" if most_bytes >= 3 else ""


def _whole(text: str) -> str:
    """Without the beginning of a link whose end was cut off."""
    return _CUT_LINK.sub("", text)


def page(markdown: str) -> str:
    """Safe HTML of a page's body."""
    return nh3.clean(_markdown.render(markdown), link_rel="noopener noreferrer")


def _bytes(text: str) -> int:
    return len(text.encode())
