"""The showcase of videos: when it collects and when it votes, what was handed in, each vote. Tables only.

No film is kept here: a video is a few words and an address where it can be watched.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class VideoState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


MOVES: dict[VideoState, frozenset[VideoState]] = {
    VideoState.SUBMITTED: frozenset({VideoState.ACCEPTED, VideoState.RETURNED, VideoState.WITHDRAWN}),
    VideoState.RETURNED: frozenset({VideoState.ACCEPTED, VideoState.WITHDRAWN}),
    VideoState.ACCEPTED: frozenset({VideoState.WITHDRAWN}),
    VideoState.WITHDRAWN: frozenset(),
}
"""What was taken back stays taken back: its author may have wished it."""


class AuthorKind(StrEnum):
    """What stands under the title."""

    UNIT = "unit"
    PERSON = "person"
    NOBODY = "nobody"


class Showcase(Base):
    """One year's showcase. The newest is the one that is shown; whether it collects or votes is computed from times."""

    __tablename__ = "video_showcases"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(32))
    collects_from: Mapped[datetime | None]
    collects_until: Mapped[datetime | None]
    votes_from: Mapped[datetime | None]
    votes_until: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


class Video(Base):
    __tablename__ = "videos"
    __table_args__ = (UniqueConstraint("showcase_id", "number"), Index("ix_videos_state", "showcase_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    showcase_id: Mapped[int] = mapped_column(ForeignKey("video_showcases.id"))
    number: Mapped[int | None]
    """What citizens vote for. Given when it is accepted, and to no other video of the showcase ever again."""
    title: Mapped[str] = mapped_column(String(32))
    author_kind: Mapped[str] = mapped_column(String(8))
    author: Mapped[str] = mapped_column(String(32), default="")
    """As it is shown; empty for nobody. A person's name stands here only with his consent."""
    consented_at: Mapped[datetime | None]
    """When whoever handed it in agreed that the person's name is shown."""
    description: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(512))
    state: Mapped[str] = mapped_column(String(16))
    place: Mapped[int] = mapped_column(default=0)
    """Where staff want it in the list; 0 where they do not mind."""
    votes: Mapped[int] = mapped_column(default=0)
    """As many as there are rows in `video_votes`: written with each of them."""
    contact_encrypted: Mapped[str] = mapped_column(Text, default="")
    """For questions of staff; goes after some time, see videos.purge."""
    citizen_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """Who came out of the chat to hand it in, as long as he is known."""
    receipt: Mapped[str | None] = mapped_column(String(32), unique=True)
    """Of the code with which whoever handed it in looks after it or takes it back; only its keyed digest."""
    sender: Mapped[str] = mapped_column(String(32), default="", index=True)
    """Of the address that it came from, for one day's limit: another day's is another. Goes with the decision."""
    entered_by: Mapped[str] = mapped_column(String(32), default="")
    """The member of staff who typed it in; empty where it was handed in."""
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(32), default="")
    """Empty where nobody has decided, or where its author took it back."""
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class VideoVote(Base):
    """One citizen's vote of one day. Under a name that nobody can lead back to him, so that it outlasts his leaving."""

    __tablename__ = "video_votes"
    __table_args__ = (UniqueConstraint("showcase_id", "participant", "voted_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    showcase_id: Mapped[int] = mapped_column(ForeignKey("video_showcases.id"))
    participant: Mapped[str] = mapped_column(String(32))
    """His name in this showcase, see citizens.participant_of."""
    voted_on: Mapped[date] = mapped_column(Date)
    """The day in Beijing."""
    video_id: Mapped[int] = mapped_column(ForeignKey("videos.id"), index=True)
    at: Mapped[datetime]
