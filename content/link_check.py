"""Is an address fit for a reader's phone? Judged by how it is written; nobody is called."""

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urlsplit

from content.watch_words import RED, YELLOW

_INSIDE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home")
_EXAMPLES = (".example", ".test", ".invalid", "example.com", "example.org", "example.net")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+\.?")
_SENTENCE_SIGNS = re.compile("[，。；！？《》“”]")


def link_fault(url: str) -> tuple[str, str] | None:
    """(level, what is wrong and what to do); None where nothing is."""
    try:
        parts = urlsplit(url)
        port_is_odd = parts.port not in (None, 80, 443)
    except ValueError:
        return RED, "写得不对：请改正。"
    if parts.scheme in ("tel", "mailto"):
        return None if parts.path else (RED, "是空的：请补上号码或地址。")
    if parts.scheme == "" and not parts.netloc:
        return YELLOW, "不是完整的网址，在微信里打不开：请以 https:// 开头写全。"
    if parts.scheme not in ("http", "https"):
        return RED, "不是网页地址，在微信里打不开：请改成 https:// 开头的地址。"
    return _host_fault(parts) or ((YELLOW, "带有端口号：请确认公众能打开。") if port_is_odd else None)


def _host_fault(parts: SplitResult) -> tuple[str, str] | None:
    host = (parts.hostname or "").lower()
    if parts.username is not None or parts.password is not None:
        return RED, "里面有用户名或口令：请删去。"
    if _is_inside(host):
        return RED, "指向单位内网，公众打不开：请换成公开的网址。"
    if not _HOST.fullmatch(host):
        return RED, "写得不对：请改正。"
    if _SENTENCE_SIGNS.search(unquote(parts.path)):
        return YELLOW, "像是把标点或后面的字也当成了网址：请核对。"
    return (YELLOW, "像是示例，不是真的网址：请核对。") if host.endswith(_EXAMPLES) else None


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith(_INSIDE) or (bool(host) and "." not in host)
