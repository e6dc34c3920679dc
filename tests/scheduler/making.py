"""Short ways to a push: staff who may, an article with a cover, a push that is planned and approved."""

import io
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import Material, MaterialKind, Revision
from content.pictures import add_picture, address
from content.staff import Role, Staff
from content.store import clock
from content.store.db import Database
from scheduler import posts
from scheduler.models import Channel, Publication, PublicationItem, State, Step
from scheduler.pipeline import Pipeline
from scheduler.register import digest_of, get_post
from tests.scheduler.played import Played

DUE = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)  # 08:00 in Beijing, a Friday
BEFORE = DUE - timedelta(days=2)
STAFF = {
    "wang": [Role.WRITE], "li": [Role.REVIEW1], "zhao": [Role.REVIEW2], "sun": [Role.PUBLISH],
    "qian": [Role.PUBLISH, Role.ADMIN], "zhou": [Role.ADMIN], "wu": [Role.AUDIT],
}  # fmt: skip
_numbers = itertools.count(1)


def add_people(session: Session) -> None:
    for name, roles in STAFF.items():
        session.add(Staff(name=name, shown_name=name, roles=list(roles), created_at=clock.now()))
    session.flush()


def add_article(
    session: Session, title: str = "", body: str = "正文的第一句。第二句。", cover: str = "", by: str = "wang"
) -> tuple[int, int]:
    """(material_id, revision_id)."""
    number = next(_numbers)
    material = Material(kind=MaterialKind.ARTICLE, slug=f"article/2026/{number}")
    session.add(material)
    session.flush()
    return material.id, add_revision(session, material.id, title or f"第{number}篇", body, cover, by).id


def add_revision(
    session: Session, material_id: int, title: str, body: str, cover: str = "", by: str = "wang"
) -> Revision:
    known = session.scalars(select(Revision.number).where(Revision.material_id == material_id)).all()
    revision = Revision(
        material_id=material_id, number=max(known, default=0) + 1, title=title, author="葫芦岛普法", body=body,
        facts={"cover": cover} if cover else {}, content_hash=f"{material_id}-{len(known)}", origin="console",
        written_by=by, created_at=clock.now(),
    )  # fmt: skip
    session.add(revision)
    session.flush()
    return revision


def cover(session: Session, uploads: Path) -> str:
    """Our address of a picture that can be a cover."""
    return address(add_picture(session, _png(), uploads))


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 128), "darkred").save(out, "PNG")
    return out.getvalue()


@dataclass
class Desk:
    """One database, one played platform, and what a test does with them."""

    database: Database
    played: Played
    uploads: Path
    cover: str = field(default="")

    def pipeline(self, account_type: str = "subscription", **more: Any) -> Pipeline:
        return Pipeline(self.database, self.played, self.uploads, account_type, "test", **more)

    def plan(self, title: str = "", due_at: datetime = DUE, **wanted: Any) -> int:
        channel = wanted.pop("channel", Channel.PUBLISH)
        audience = wanted.pop("audience", {"all": True} if channel == Channel.MASS else {})
        body = wanted.pop("body", "正文的第一句。第二句。")
        with self.database.transaction() as session:
            article = add_article(session, title, body, self.cover)
            return posts.plan(session, [article], due_at, channel, audience, "wang", **wanted).id

    def approved(self, title: str = "", due_at: datetime = DUE, **wanted: Any) -> int:
        made = self.plan(title, due_at, **wanted)
        with self.database.transaction() as session:
            posts.approve(session, made, "zhao", "同意", True)
        return made

    def post(self, publication_id: int) -> Publication:
        with self.database.reading() as session:
            return get_post(session, publication_id)

    def state(self, publication_id: int) -> str:
        return self.post(publication_id).state

    def states(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Publication.state).order_by(Publication.id)).all())

    def steps(self, publication_id: int) -> list[str]:
        with self.database.reading() as session:
            query = select(Step.name).where(Step.publication_id == publication_id).order_by(Step.id)
            return list(session.scalars(query).all())

    def evidence(self, publication_id: int) -> str:
        return json.dumps(self.post(publication_id).evidence, ensure_ascii=False)


def many_approved(
    desk: Desk, count: int, due_at: datetime, late_after: timedelta = timedelta(hours=1),
    channel: Channel = Channel.PUBLISH,
) -> list[int]:  # fmt: skip
    """Scheduled pushes of one article each, each with its own title, put into the tables at once."""
    with desk.database.transaction() as session:
        made = []
        for _ in range(count):
            title = f"第{next(_numbers):05}条"
            material_id, revision_id = add_article(session, title, "正文。", desk.cover)
            publication = Publication(
                title=title, channel=channel, due_at=due_at,
                audience={"all": True} if channel is Channel.MASS else {},
                late_after_seconds=int(late_after.total_seconds()), state=State.SCHEDULED, written_by="wang",
                created_at=clock.now(), changed_at=clock.now(),
            )  # fmt: skip
            session.add(publication)
            session.flush()
            session.add(
                PublicationItem(
                    publication_id=publication.id, place=0, material_id=material_id, revision_id=revision_id
                )
            )
            session.flush()
            publication.digest = digest_of(session, publication)
            made.append(publication.id)
        return made
