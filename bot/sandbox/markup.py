"""A reply's text cut into parts, as the WeChat client reads it: plain text, links that open, and tappable
choices. Only `<a href>` with http, https or `weixin://bizmsgmenu` is understood; all else stays the
characters it is.
"""

import html
import re
from urllib.parse import unquote, urlsplit

Part = dict[str, str]

_ANCHOR = re.compile(r"<a\b([^<>]*)>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_CHOICE = "weixin://bizmsgmenu?"


def parts(text: str) -> list[Part]:
    """Each part has `type`: text, link (`href`) or choice (`content`, `id`), and the `text` to show."""
    found: list[Part] = []
    end = 0
    for anchor in _ANCHOR.finditer(text):
        part = _read_anchor(anchor.group(1), anchor.group(2))
        if part is None:
            continue
        _add_text(found, text[end : anchor.start()])
        found.append(part)
        end = anchor.end()
    _add_text(found, text[end:])
    return found


def choice(content: str, choice_id: str) -> str:
    """The markup of one tappable choice."""
    return f'<a href="{_CHOICE}msgmenucontent={content}&msgmenuid={choice_id}">{content}</a>'


def _add_text(found: list[Part], text: str) -> None:
    if text:
        found.append({"type": "text", "text": text})


def _read_anchor(attributes: str, label: str) -> Part | None:
    href = _HREF.search(attributes)
    if href is None:
        return None
    address = html.unescape(href.group(1) or href.group(2) or "").strip()
    if address.lower().startswith(_CHOICE):
        return _read_choice(address[len(_CHOICE) :], label)
    if is_web_address(address):
        return {"type": "link", "text": label, "href": address}
    return None


def _read_choice(query: str, label: str) -> Part:
    fields = dict(pair.partition("=")[::2] for pair in query.split("&"))
    return {
        "type": "choice",
        "text": label,
        "content": unquote(fields.get("msgmenucontent", "")),
        "id": unquote(fields.get("msgmenuid", "")),
    }


def is_web_address(address: str) -> bool:
    try:
        found = urlsplit(address)
    except ValueError:
        return False
    return found.scheme.lower() in {"http", "https"} and bool(found.netloc)
