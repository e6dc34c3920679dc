"""Markdown → the HTML that is sent to WeChat: what its editor keeps, and nothing that it would take away in silence.

Styles stand in the tags and come from one short list. There is no class, no id, no script, no picture but ours, no list
inside of a list. No colour of ink is set: phones in dark mode choose their own, and what they choose can be read.
Links that WeChat does not open become numbered notes at the end. Between tags stands no white space, which WeChat's
editor shows as empty lines.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from urllib.parse import SplitResult, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.pictures import ADDRESS

STYLES = {
    "article": "font-size:16px;line-height:1.75;letter-spacing:0.5px;word-break:break-word",
    "p": "margin:0 0 1em",
    "h1": "font-size:20px;font-weight:bold;margin:1.5em 0 0.8em",
    "h2": "font-size:18px;font-weight:bold;margin:1.5em 0 0.8em;padding-left:10px;border-left:4px solid #c8102e",
    "h3": "font-size:17px;font-weight:bold;margin:1.2em 0 0.6em",
    "h4": "font-weight:bold;margin:1em 0 0.5em",
    "ul": "margin:0 0 1em;padding-left:1.5em",
    "ol": "margin:0 0 1em;padding-left:1.5em",
    "item": "margin:0.3em 0 0",
    "blockquote": "margin:0 0 1em;padding:0.6em 1em;border-left:4px solid #999",
    "table": "width:100%;border-collapse:collapse;font-size:14px;margin:0 0 1em",
    "th": "border:1px solid #999;padding:6px 8px;font-weight:bold",
    "td": "border:1px solid #999;padding:6px 8px",
    "pre": "margin:0 0 1em;padding:0.6em 1em;border:1px solid #999;font-size:14px;white-space:pre-wrap",
    "hr": "margin:1.5em 0;border:0;border-top:1px solid #999",
    "s": "text-decoration:line-through",
    "img": "max-width:100%;height:auto",
    "picture": "margin:0 0 1em;text-align:center",
    "note": "font-size:13px;margin:0 0 0.3em",
    "notes": "margin:1.5em 0 0;padding:0.8em 0 0;border-top:1px solid #999",
}
PROPERTIES = frozenset(rule.split(":")[0] for style in STYLES.values() for rule in style.split(";"))
"""Every style property that is ever sent."""
OURS = "mp.weixin.qq.com"
NOTES_TITLE = "文中链接"
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_DEEP = 6
_PLAIN_TAGS = {
    "strong_open": "<strong>", "strong_close": "</strong>", "em_open": "<em>", "em_close": "</em>",
    "s_open": f'<span style="{STYLES["s"]}">', "s_close": "</span>", "hardbreak": "<br>",
    "thead_open": "<thead>", "thead_close": "</thead>", "tbody_open": "<tbody>", "tbody_close": "</tbody>",
    "tr_open": "<tr>", "tr_close": "</tr>", "table_close": "</table>", "blockquote_close": "</blockquote>",
    "th_close": "</th>", "td_close": "</td>",
}  # fmt: skip
_CJK = re.compile(r"[⺀-鿿豈-﫿︰-￯]")


def article_html(markdown: str, pictures: Mapping[str, str]) -> str:
    """`pictures`: our address → the one to show; a picture without one becomes its description in brackets."""
    writer = _Writer(pictures)
    body = "".join(writer.blocks(_parsed(markdown)))
    return f'<section style="{STYLES["article"]}">{body}{writer.notes()}</section>'


def pictures_in(markdown: str) -> list[str]:
    """Digests of the pictures of ours that the text shows, in order, each once."""
    return list(dict.fromkeys(found[1] for place in sources_in(markdown) if (found := ADDRESS.fullmatch(place))))


def picture_addresses(markdown: str) -> dict[str, str]:
    """Each of our pictures as itself: for a preview."""
    return {place: place for place in sources_in(markdown) if ADDRESS.fullmatch(place)}


def links_in(markdown: str) -> list[tuple[str, str]]:
    """(words, address) of every link."""
    found = []
    for token in _inline(markdown):
        for place, child in enumerate(token.children or ()):
            if child.type == "link_open":
                found.append((_words(token.children or [], place), str(child.attrGet("href") or "")))
    return found


def foreign_pictures(markdown: str) -> list[str]:
    """Addresses of pictures that are not ours: WeChat would drop them."""
    return [place for place in dict.fromkeys(sources_in(markdown)) if not ADDRESS.fullmatch(place)]


def sources_in(markdown: str) -> Iterator[str]:
    """Addresses of all pictures that the text shows, ours or not."""
    for token in _inline(markdown):
        for child in token.children or ():
            if child.type == "image":
                yield str(child.attrGet("src") or "")


def _inline(markdown: str) -> Iterator[Token]:
    return (token for token in _parsed(markdown) if token.type == "inline")


@lru_cache(maxsize=8)
def _parsed(markdown: str) -> list[Token]:
    """Nobody changes the tokens: the same text is looked at from several sides."""
    return _markdown.parse(markdown)


def _words(children: list[Token], place: int) -> str:
    """What stands between a link's beginning and its end."""
    words = ""
    for child in children[place + 1 :]:
        if child.type == "link_close":
            break
        words += child.content
    return words


class _Writer:
    """One article on its way; remembers the notes that it owes."""

    def __init__(self, pictures: Mapping[str, str]) -> None:
        self._pictures = pictures
        self._links: dict[str, int] = {}
        self._lists: list[tuple[str, int]] = []
        """The lists that are open: ul or ol, and the number of the next item."""

    def blocks(self, tokens: list[Token]) -> Iterator[str]:
        for place, token in enumerate(tokens):
            if token.type in _PLAIN_TAGS:
                yield _PLAIN_TAGS[token.type]
            elif token.type == "inline":
                yield self._line(token.children or [])
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                yield from self._open_list(token)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                kind, _ = self._lists.pop()
                yield "" if self._lists else f"</{kind}>"
            elif token.type == "list_item_open":
                yield self._open_item(tokens, place)
            elif token.type == "list_item_close":
                yield "</li>" if len(self._lists) == 1 else ""
            else:
                yield self._block(tokens, place)

    def _block(self, tokens: list[Token], place: int) -> str:
        token = tokens[place]
        kind, _, end = token.type.rpartition("_")
        if kind == "paragraph":
            return self._paragraph(tokens, place, end)
        if kind == "heading":
            tag = f"h{min(int(token.tag[1]), 4)}"
            return _opened(tag) if end == "open" else f"</{tag}>"
        if kind in ("th", "td"):
            align = re.search(r"center|right", str(token.attrGet("style") or ""))
            return f'<{kind} style="{STYLES[kind]}{f";text-align:{align[0]}" if align else ""}">'
        if token.type in ("fence", "code_block"):
            lines = escape(token.content.rstrip("\n"), quote=False).replace("\n", "<br>")
            return f'<section style="{STYLES["pre"]}">{lines}</section>'
        return f'<hr style="{STYLES["hr"]}">' if kind == "" else _opened(kind)

    def _paragraph(self, tokens: list[Token], place: int, end: str) -> str:
        """Inside of an item a paragraph has no tag where it is the first; deeper items are lines with a sign."""
        if not self._lists:
            if end == "close":
                return "</p>"
            children = tokens[place + 1].children or []
            return f'<p style="{STYLES["picture" if _is_picture(children) else "p"]}">'
        depth = len(self._lists)
        if end == "close":
            return "" if tokens[place - 3].type == "list_item_open" and depth == 1 else "</p>"
        if tokens[place - 1].type != "list_item_open":
            return f'<p style="{STYLES["item"]}{_indent(depth - 1)}">'
        return "" if depth == 1 else f'<p style="{STYLES["item"]}{_indent(depth - 2)}">{self._sign()}'

    def _open_list(self, token: Token) -> Iterator[str]:
        kind = "ul" if token.type.startswith("bullet") else "ol"
        start = int(token.attrGet("start") or 1)
        self._lists.append((kind, start))
        if len(self._lists) == 1:
            begin = f' start="{start}"' if start != 1 else ""
            yield f'<{kind}{begin} style="{STYLES[kind]}">'

    def _open_item(self, tokens: list[Token], place: int) -> str:
        if len(self._lists) == 1:
            return "<li>"
        is_plain = tokens[place + 1].type == "paragraph_open"
        return "" if is_plain else f'<p style="{STYLES["item"]}{_indent(len(self._lists) - 2)}">{self._sign()}</p>'

    def _sign(self) -> str:
        kind, number = self._lists[-1]
        self._lists[-1] = (kind, number + 1)
        return "– " if kind == "ul" else f"（{number}）"

    def _line(self, children: list[Token]) -> str:
        parts: list[str] = []
        closing: list[str] = []
        last = ""
        for place, child in enumerate(children):
            if child.type == "link_open":
                opened, closed = self._link(str(child.attrGet("href") or ""), _words(children, place))
                parts.append(opened)
                closing.append(closed)
            elif child.type == "link_close":
                parts.append(closing.pop())
            elif child.type == "softbreak":
                parts.append(_break(last, children[place + 1 :]))
            elif child.type == "image":
                parts.append(self._picture(child))
            elif child.type == "code_inline":
                parts.append(f"<code>{escape(child.content, quote=False)}</code>")
            else:
                parts.append(_PLAIN_TAGS.get(child.type) or escape(child.content, quote=False))
            last = child.content[-1:] or last
        return "".join(parts)

    def _link(self, url: str, words: str) -> tuple[str, str]:
        """What stands before and behind the words of a link."""
        parts = _split(url)
        if parts.hostname == OURS and parts.scheme in ("http", "https") and parts.username is None:
            return f'<a href="{escape(url.replace("http://", "https://", 1))}">', "</a>"
        if parts.scheme in ("tel", "mailto"):
            return "", "" if parts.path in words else f"（{escape(parts.path)}）"
        if parts.scheme not in ("http", "https") or words.strip() == url:
            return "", ""
        return "", f"<sup>[{self._links.setdefault(url, len(self._links) + 1)}]</sup>"

    def _picture(self, token: Token) -> str:
        known = str(token.attrGet("src") or "")
        shown = self._pictures.get(known, "") if ADDRESS.fullmatch(known) else ""
        words = escape(token.content)
        if not shown.startswith(("https://", "http://", "/h/pictures/")):
            return f"［图片：{words or '没有上传'}］"
        return f'<img src="{escape(shown)}" alt="{words}" style="{STYLES["img"]}">'

    def notes(self) -> str:
        if not self._links:
            return ""
        lines = (
            f'<p style="{STYLES["note"]}">[{number}] {escape(url, quote=False)}</p>'
            for url, number in self._links.items()
        )
        title = f'<p style="{STYLES["note"]}">{NOTES_TITLE}</p>'
        return f'<section style="{STYLES["notes"]}">{title}{"".join(lines)}</section>'


def _opened(tag: str) -> str:
    return f'<{tag} style="{STYLES[tag]}">' if tag in STYLES else ""


def _indent(depth: int) -> str:
    return f";padding-left:{1.2 * min(depth, _DEEP):.1f}em" if depth > 0 else ""


def _is_picture(children: list[Token]) -> bool:
    return bool(children) and all(child.type in ("image", "softbreak", "hardbreak") for child in children)


def _break(last: str, rest: list[Token]) -> str:
    """A line's end in the source is a space, but none between Chinese characters."""
    following = next((child.content for child in rest if child.content), "")
    return "" if _CJK.match(last) and _CJK.match(following[:1]) else " "


def _split(url: str) -> SplitResult:
    """An address that is none has neither scheme nor host."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
