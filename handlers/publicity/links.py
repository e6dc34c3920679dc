"""Where a video may lie: https, on a site of the short list, or on the bureau's own. Nobody is called."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from content.phrases import LIBRARY, say

MOST_BYTES = 512
_SIGNS = re.compile(r"[!-~]+")
_NEVER = re.compile(r"[\\\"'<>`{}|^]")


@dataclass(frozen=True, slots=True)
class Site:
    host: str
    name: str
    path: str = "/"


@cache
def listed() -> tuple[Site, ...]:
    return tuple(Site(**site) for site in tomllib.loads((LIBRARY / "videos.toml").read_text("utf-8"))["host"])


def sites(*own_urls: str) -> tuple[Site, ...]:
    """Those of the list, and the bureau's own by the addresses of its pages."""
    hosts = {urlsplit(url).hostname or "" for url in own_urls if url.startswith("https://")}
    return (*listed(), *(Site(host, say("video_own_site")) for host in sorted(hosts - {""})))


def site_names(known: Iterable[Site]) -> list[str]:
    return list(dict.fromkeys(site.name for site in known))


def find_site(url: str, known: Iterable[Site]) -> Site | None:
    parts = _split(url)
    if parts is None:
        return None
    return next((site for site in known if site.host == parts.hostname and parts.path.startswith(site.path)), None)


def fault(url: str, known: Iterable[Site]) -> str:
    """What is wrong with it and what to do; empty where nothing is."""
    if not url:
        return say("video_link_missing")
    if not url.lower().startswith("https://"):
        return say("video_link_no_https")
    if len(url.encode()) > MOST_BYTES or _split(url) is None:
        return say("video_link_odd")
    known = tuple(known)
    if find_site(url, known) is None:
        return say("video_link_elsewhere", sites="、".join(site_names(known)))
    return ""


def _split(url: str) -> SplitResult | None:
    """None where it is no plain address: other signs, another port, a name and password in it, steps upwards."""
    if not _SIGNS.fullmatch(url) or _NEVER.search(url):
        return None
    try:
        parts = urlsplit(url)
        is_plain = parts.port in (None, 443) and parts.username is None and parts.password is None
    except ValueError:
        return None
    is_plain = is_plain and parts.scheme == "https" and "/../" not in f"{parts.path}/"
    return parts if is_plain and len(parts.path) > 1 else None
