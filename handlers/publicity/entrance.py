"""Where the pages of the showcase are, and the link out of the chat by which a citizen's video is known to be his."""

from datetime import datetime, timedelta

from content.store import clock
from content.store.keys import Keyring
from handlers import seals
from handlers.desk import Bureau
from handlers.publicity import links
from handlers.publicity.links import Site

LINK_HOLDS = timedelta(days=2)
_PURPOSE = "video-submit"


def sites(bureau: Bureau) -> tuple[Site, ...]:
    return links.sites(bureau.public_url, bureau.offices.get("website", {}).get("url", ""))


def page_of(public_url: str, video_id: int) -> str:
    """Empty where there are no pages."""
    return f"{public_url}/h/videos/{video_id}" if public_url else ""


def form_url(bureau: Bureau, citizen: str, at: datetime) -> str:
    """`citizen`: his pseudonym; `at`: when he asked."""
    return f"{bureau.public_url}/h/videos/submit?from={seals.write(bureau.keyring, _PURPOSE, citizen, at + LINK_HOLDS)}"


def who_came(keyring: Keyring, ticket: str) -> str:
    """The pseudonym of whoever was given this link; empty where nobody was, or long ago."""
    return seals.read(keyring, _PURPOSE, ticket) or ""


def spoken(moment: datetime | None) -> str:
    return clock.spoken(moment) if moment else ""
