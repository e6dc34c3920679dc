"""What comes in and what goes out, in plain shapes: no XML, no HTTP, no sending."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message or event of one citizen."""

    key: str
    """The same for every delivery of the same message, different for any other."""
    openid: str
    kind: str
    """text, image, voice, video, shortvideo, location, link, or `event:` and the event's name in lower case."""
    text: str
    """What was written; for a menu tap or a QR code its key; else empty."""
    at: int
    """CreateTime, seconds since the epoch."""
    detail: Mapping[str, str] = field(default_factory=dict)
    """Further fields by their names on the platform."""


@dataclass(frozen=True, slots=True)
class Article:
    """A card with a link."""

    title: str
    description: str
    url: str
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the citizen gets. Text is finished: it holds its links and choices and fits the platform's limit."""

    kind: str = "text"  # text, news, image or none
    text: str = ""
    articles: tuple[Article, ...] = ()
    media_id: str = ""
    choices: tuple[str, ...] = ()
    """What the numbered choices under the text stand for, in order: sent back when the citizen writes the number."""


NOTHING = Reply(kind="none")
