"""What the platform takes out of an article's HTML: scripts, foreign pictures, links to elsewhere, class and id, and
styles that it does not suffer. What it leaves stays byte for byte.
"""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

_GONE_WITH_CONTENT = frozenset(
    {"script", "style", "iframe", "object", "noscript", "template", "form", "title", "select", "textarea"}
)
_GONE = frozenset(
    {"html", "head", "body", "meta", "link", "base", "embed", "input", "button", "video", "audio", "source", "frame"}
)
_ATTRIBUTES_GONE = frozenset({"id", "class", "name", "contenteditable", "srcset", "formaction", "xlink:href"})
_STYLES_GONE = frozenset({"position", "z-index", "behavior", "-moz-binding"})
_ADDRESSES = frozenset({"src", "href", "background", "poster", "data"})
_VOID = frozenset({"br", "hr", "img", "col", "wbr"})
_OUTSIDE_STYLE = re.compile(r"url\s*\(|expression\s*\(|@import|\\", re.IGNORECASE)
_NAME = re.compile(r"[a-z][a-z0-9:_-]*")
_OWN_HOSTS = ("mp.weixin.qq.com",)

IsOurs = Callable[[str], bool]


def strip(html: str, is_our_picture: IsOurs) -> str:
    """The article's HTML as the platform keeps it."""
    stripper = _Stripper(is_our_picture)
    stripper.feed(html)
    stripper.close()
    return "".join(stripper.kept)


def plain(html: str) -> str:
    """The words alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).strip()


class _Stripper(HTMLParser):
    def __init__(self, is_our_picture: IsOurs) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._is_our_picture = is_our_picture
        self._inside_gone: list[str] = []
        self._links: list[bool] = []  # for every open <a>, whether it was kept

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside_gone:
            if tag == self._inside_gone[-1]:
                self._inside_gone.append(tag)
        elif tag in _GONE_WITH_CONTENT:
            self._inside_gone.append(tag)
        elif tag == "a":
            self._links.append(_leads_inside(dict(attrs).get("href")))
            if self._links[-1]:
                self._keep(tag, attrs)
        elif (
            tag not in _GONE
            and _NAME.fullmatch(tag)
            and (tag != "img" or self._is_our_picture(dict(attrs).get("src") or ""))
        ):
            self._keep(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.handle_endtag(tag)
        elif tag in _GONE_WITH_CONTENT and self._inside_gone:
            self._inside_gone.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._inside_gone:
            if tag == self._inside_gone[-1]:
                self._inside_gone.pop()
        elif tag == "a":
            if self._links and self._links.pop():
                self.kept.append("</a>")
        elif tag not in _GONE and tag not in _GONE_WITH_CONTENT and _NAME.fullmatch(tag):
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside_gone:
            self.kept.append(data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        self.handle_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_reference(f"&#{name};")

    def handle_reference(self, reference: str) -> None:
        if not self._inside_gone:
            self.kept.append(reference)

    def _keep(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = [(name, _cleaned(name, value or "")) for name, value in attrs if _may_stay(tag, name, value or "")]
        if attributes == [(name, value or "") for name, value in attrs]:
            self.kept.append(self.get_starttag_text() or "")
            return
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes if value or name != "style")
        self.kept.append(f"<{tag}{written}>")


def _may_stay(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or not _NAME.fullmatch(name) or name in _ATTRIBUTES_GONE:
        return False
    return name not in _ADDRESSES or tag in {"a", "img"}


def _cleaned(name: str, value: str) -> str:
    """A style without the declarations that are taken out; as it was where there are none."""
    if name != "style":
        return value
    declarations = [one for one in value.split(";") if one.strip()]
    kept = [one for one in declarations if _style_may_stay(one)]
    return value if kept == declarations else ";".join(kept)


def _style_may_stay(declaration: str) -> bool:
    name = declaration.partition(":")[0].strip().lower()
    return name not in _STYLES_GONE and not _OUTSIDE_STYLE.search(declaration)


def _leads_inside(address: str | None) -> bool:
    """Whether a link may stay: to articles on the platform, here and there."""
    try:
        found = urlsplit(address or "")
    except ValueError:
        return False
    is_web = found.scheme in {"http", "https"}
    return is_web and (found.hostname in _OWN_HOSTS or found.path.startswith("/sandbox/articles/"))
