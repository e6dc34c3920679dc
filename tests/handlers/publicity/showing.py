"""Showcases and videos for tests, visibly made up."""

from datetime import UTC, datetime, timedelta

from content.store import clock
from handlers.publicity import showcase, videos
from handlers.publicity.links import sites
from handlers.publicity.models import AuthorKind, Showcase, Video, VideoState
from handlers.publicity.videos import Sender, Words

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)  # 10:00 in Beijing
DAY = timedelta(days=1)
OPEN = {"collects_from": -DAY, "collects_until": 5 * DAY, "votes_from": -DAY, "votes_until": 5 * DAY}
SITES = sites("https://pufa.example")


def words(**changed: str) -> Words:
    typed = {
        "title": "演示作品", "author_kind": "unit", "author": "演示单位", "description": "演示用的一句简介。",
        "url": "https://v.qq.com/x/page/demo.html", **changed,
    }  # fmt: skip
    return Words.of(**typed)


def open_showcase(session, **times: timedelta | None) -> Showcase:
    """The newest from now on; open for everything unless another time is given, counted from NOW."""
    moments = {name: NOW + after for name, after in {**OPEN, **times}.items() if after is not None}
    made = Showcase(title="演示展播", created_by="demo", created_at=clock.now(), **moments)
    session.add(made)
    session.flush()
    return made


def shown_video(session, held: Showcase, **changed) -> Video:
    """Accepted, under the next number."""
    columns = {
        **videos.columns(words()), "showcase_id": held.id, "number": showcase.next_number(session, held.id),
        "state": VideoState.ACCEPTED, "submitted_at": clock.now(), **changed,
    }  # fmt: skip
    made = Video(**columns)
    session.add(made)
    session.flush()
    return made


def handed_in(session, keyring, form="f1", sender=None, **changed: str) -> str:
    return videos.hand_in(session, keyring, words(**changed), SITES, sender or Sender(), form)


def person() -> dict[str, object]:
    return {"author_kind": AuthorKind.PERSON, "author": "演示市民", "consented_at": NOW}
