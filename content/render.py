"""One wording → what a chat, a card or a page can hold. The only place that knows WeChat's length limits.

Limits are those of wechat-platform.md section 2: a passive text is cut by the platform at 2048 bytes of UTF-8 in older
documents, today's page gives no number; 2000 is kept everywhere. The markup of a choice counts.
"""

import re
from collections.abc import Sequence

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

_NOT_IN_A_CHOICE = re.compile(r"[&\"'<>\s%#?]")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def choice(label: str, says: str, number: int) -> str:
    """A tappable line; tapping it sends `says` as if the citizen had written it."""
    words = _NOT_IN_A_CHOICE.sub("", says)
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={words}&msgmenuid={number}">{harmless(label)}</a>'


def link(label: str, url: str) -> str:
    return f'<a href="{url.replace(chr(34), "%22")}">{harmless(label)}</a>'


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


def shorten(text: str, most_bytes: int) -> str:
    """At most so many bytes of UTF-8, cut behind a sentence where there is one, never inside a character."""
    if _bytes(text) <= most_bytes:
        return text
    kept = text.encode()[: most_bytes - 3].decode(errors="ignore")
    kept = kept[: kept.rfind("<a ")] if kept.count("<a ") > kept.count("</a>") else kept
    stop = max(kept.rfind(mark) for mark in "。！？\n")
    return (kept[: stop + 1] if stop > len(kept) // 2 else kept).rstrip() + "…"


def page(markdown: str) -> str:
    """Safe HTML of a page's body."""
    return nh3.clean(_markdown.render(markdown), link_rel="noopener noreferrer")


def plain(markdown: str) -> str:
    """The words alone, for searching and digests."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page(markdown))).strip()


def _bytes(text: str) -> int:
    return len(text.encode())
