"""What we ask of WeChat to publish, and how it may fail. The one Protocol of the house.

`bot/wechat/platform.py` does it; tests of the pipeline play it as a queue of answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol


class PlatformTrouble(Exception):
    """What WeChat said, in Chinese, with the code and its own number of the call for support."""

    def __init__(self, sentence: str, code: int | None = None, rid: str = "", detail: Mapping[str, Any] | None = None):
        super().__init__(sentence)
        self.sentence, self.code, self.rid, self.detail = sentence, code, rid, dict(detail or {})


class Later(PlatformTrouble):
    """Surely not done; worth trying again (busy, too fast, quota of today). `seconds` until then where it is known."""

    def __init__(self, sentence: str, code: int | None = None, rid: str = "", seconds: int = 60) -> None:
        super().__init__(sentence, code, rid)
        self.seconds = seconds


class Never(PlatformTrouble):
    """Surely not done, and never will be without a person."""


class Unknown(PlatformTrouble):
    """It may have been done: no answer, a broken answer, or -1. Never repeated blindly."""


class AlreadySent(PlatformTrouble):
    """45065: a mass send with this clientmsgid exists; `msg_id` is its number."""

    def __init__(self, sentence: str, msg_id: str) -> None:
        super().__init__(sentence, 45065)
        self.msg_id = msg_id


class AwaitsAdmin(PlatformTrouble):
    """89504/89505: accepted, and waits for the administrator's phone (30 minutes); `msg_id` where one was given."""

    def __init__(self, sentence: str, code: int, msg_id: str = "") -> None:
        super().__init__(sentence, code)
        self.msg_id = msg_id


@dataclass(frozen=True, slots=True)
class DraftArticle:
    """One article as it goes to draft/add, and as draft/get gives it back."""

    title: str
    author: str
    digest: str
    content: str
    """HTML."""
    source_url: str
    cover_media_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submitted push."""

    status: str
    """running, published, failed or gone."""
    sentence: str = ""
    """Why it failed, in Chinese."""
    article_id: str = ""
    urls: Sequence[str] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Published:
    """One entry of the list of publications."""

    article_id: str
    titles: Sequence[str]
    urls: Sequence[str]
    at: int


class Platform(Protocol):
    """Every call raises Later, Never or Unknown; none is made inside a transaction."""

    def upload_body_picture(self, picture: bytes, media_type: str) -> str:
        """The picture's URL for article bodies (media/uploadimg)."""
        ...

    def upload_cover(self, picture: bytes, media_type: str) -> str:
        """A permanent media_id (material/add_material)."""
        ...

    def add_draft(self, articles: Sequence[DraftArticle]) -> str:
        """The draft's media_id."""
        ...

    def find_draft(self, media_id: str) -> list[DraftArticle] | None:
        """The draft as WeChat keeps it; None where it is no longer there."""
        ...

    def delete_draft(self, media_id: str) -> None: ...

    def submit_publish(self, media_id: str) -> str:
        """The publish_id (freepublish/submit)."""
        ...

    def publish_outcome(self, publish_id: str) -> Outcome: ...

    def list_published(self, count: int = 20) -> list[Published]:
        """The newest first."""
        ...

    def delete_published(self, article_id: str) -> None: ...

    def send_mass(self, media_id: str, audience: Mapping[str, Any], client_msg_id: str) -> tuple[str, str]:
        """(msg_id, msg_data_id). Also raises AlreadySent and AwaitsAdmin."""
        ...

    def mass_outcome(self, msg_id: str) -> Outcome: ...

    def delete_mass(self, msg_id: str) -> None: ...

    def preview(self, media_id: str, wechat_name: str) -> None:
        """To one named phone (mass/preview)."""
        ...

    def tags(self) -> dict[str, int]:
        """The followers' tags: name → number."""
        ...

    def count_followers(self) -> int: ...

    def statistics(self, name: str, begin: date, end: date) -> list[dict[str, Any]]:
        """The rows of one datacube interface, such as getusersummary."""
        ...

    def send_to_citizen(self, receiver: str, text: str) -> None:
        """A custom message; inside the 48-hour window and its count only."""
        ...
