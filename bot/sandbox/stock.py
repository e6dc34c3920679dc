"""What the played account holds: pictures, drafts, publications, mass sends, tags. Data and look-ups only; whoever
changes it holds `lock`.
"""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Article = dict[str, Any]  # as draft/get gives it back, with `name`, the last part of its address


@dataclass
class Picture:
    """A file of the media library. `use` is body (for article texts), temporary or permanent."""

    name: str
    data: bytes
    media_type: str
    kind: str  # image, thumb, voice or video
    use: str
    at: int
    until: int | None = None

    @property
    def file_name(self) -> str:
        return (
            f"{self.name}.{ {'image/jpeg': 'jpg', 'image/png': 'png', 'image/gif': 'gif'}.get(self.media_type, 'bin') }"
        )


@dataclass
class Draft:
    media_id: str
    articles: list[Article]
    made_at: int
    changed_at: int


@dataclass
class Publication:
    """`status` as freepublish/get tells it: 0 published, 1 running, 2 to 4 failed, 5 deleted."""

    publish_id: str
    draft_id: str
    articles: list[Article]
    at: int
    address: str
    status: int = 1
    article_id: str = ""
    finished_at: int = 0
    deleted: set[int] = field(default_factory=set)
    """Indexes from 1."""


@dataclass
class Send:
    """One mass send. `state` is awaits (the administrator), sending, success, failed or deleted."""

    msg_id: int
    client_msg_id: str
    draft_id: str
    kind: str
    text: str
    articles: list[Article]
    is_to_all: bool
    tag_id: int | None
    openids: list[str]
    at: int
    address: str
    state: str = "sending"
    said: str = ""
    """The status of the finished event."""
    counts: dict[str, int] = field(default_factory=dict)
    repeated_at: list[int] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    confirm_until: int = 0

    @property
    def has_data_id(self) -> bool:
        return self.kind == "mpnews"


@dataclass
class Stock:
    lock: threading.RLock = field(default_factory=threading.RLock)
    pictures: dict[str, Picture] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    publications: dict[str, Publication] = field(default_factory=dict)
    by_article_id: dict[str, Publication] = field(default_factory=dict)
    sends: dict[int, Send] = field(default_factory=dict)
    by_client_msg_id: dict[str, Send] = field(default_factory=dict)
    pages: dict[str, tuple[Article, Publication | Send | None]] = field(default_factory=dict)
    """What can be opened: the last part of an article's address → the article and what brought it out."""
    tags: dict[int, str] = field(default_factory=dict)
    speed: int = 1
    _numbers: int = 0

    def next_number(self) -> int:
        with self.lock:
            self._numbers += 1
            return 2_247_480_000 + self._numbers

    def find_picture(self, name: object, now: int) -> Picture | None:
        """One that has not expired."""
        picture = self.pictures.get(name) if isinstance(name, str) else None
        return picture if picture and (picture.until is None or picture.until > now) else None

    def find_image(self, media_id: object) -> Picture | None:
        """A permanent image, as covers must be."""
        picture = self.pictures.get(media_id) if isinstance(media_id, str) else None
        return picture if picture and picture.use == "permanent" and picture.kind in {"image", "thumb"} else None

    def published(self) -> Iterator[Publication]:
        """The newest first."""
        return (one for one in reversed(self.publications.values()) if one.status in {0, 5})


def new_media_id() -> str:
    return secrets.token_urlsafe(48)
