"""What a visitor of the demonstration finds in the console: drafts, an article in review, a push to come, one in the
archive. Every title says that it is a demonstration; everything was made by the demonstration's own members.
"""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo import disclosed, showcase
from bot.demo.officials import NAMES
from content import articles, pictures, repository
from content.covers import plain_cover
from content.importers.documents import read_article
from content.models import Material, Revision
from content.staff import Role
from content.store import clock
from content.store.db import Database
from scheduler import posts
from scheduler.models import Channel, Publication, PublicationItem, State

FILES = Path(__file__).parent / "articles"
WRITER, REVIEWER = NAMES[Role.WRITE], NAMES[Role.REVIEW2]
HOUR = 8
IN_REVIEW_DAYS, SCHEDULED_DAYS = 3, 2
AN_EARLIER_ENDING = "5. **提前退租怎么办**：双方都可能提前走，先说好。"


def seed(database: Database, uploads: Path) -> None:
    """Adds what is lacking and moves on what waits and has become old; safe to repeat."""
    with database.transaction() as session:
        cover = pictures.address(pictures.add_picture(session, plain_cover(), uploads))
        _draft(session, "court", cover)
        _renting(session, cover)
        _archive(session, cover)
        _push(session, "wages", cover, IN_REVIEW_DAYS, is_approved=False)
        _push(session, "parcel", cover, SCHEDULED_DAYS, is_approved=True)
        showcase.seed(session, uploads)
        disclosed.seed(session)


def _draft(session: Session, name: str, cover: str, shorter_by: str = "") -> Revision:
    """Its newest wording, made where there is none."""
    if (material := articles.find_article(session, f"demo/{name}")) and (
        known := articles.latest_revision(session, material.id)
    ):
        return known
    words, _ = read_article(FILES / f"{name}.md")
    body = words.body.replace(shorter_by, "") if shorter_by else words.body
    return articles.save_draft(
        session, f"demo/{name}", title=words.title, body=body, by=WRITER, base_number=0,
         author=words.author, digest=words.digest, category=words.category, cover=cover,
    )  # fmt: skip


def _renting(session: Session, cover: str) -> None:
    """Two versions, so that there is a difference to be looked at."""
    first = _draft(session, "renting", cover, shorter_by=AN_EARLIER_ENDING)
    if first.number == 1 and AN_EARLIER_ENDING not in first.body:
        body = f"{first.body}\n{AN_EARLIER_ENDING}"
        articles.save_draft(
            session, "demo/renting", title=first.title, body=body, by=WRITER, base_number=1, author=first.author,
            digest=first.digest, category=first.category, cover=cover,
        )  # fmt: skip


def _archive(session: Session, cover: str) -> None:
    revision = _draft(session, "console", cover)
    if revision.material.current_revision_id is None:
        revision.material.current_revision_id, revision.material.published_at = revision.id, _morning(-1)
        repository.touch_content(session)


def _push(session: Session, name: str, cover: str, days: int, is_approved: bool) -> None:
    revision = _draft(session, name, cover)
    query = select(Publication).join(PublicationItem, PublicationItem.publication_id == Publication.id)
    made = session.scalar(query.join(Material, Material.id == PublicationItem.material_id).where(
        Material.slug == f"demo/{name}").order_by(Publication.id).limit(1))  # fmt: skip
    waits = made is not None and made.state in (State.IN_REVIEW, State.SCHEDULED, State.OVERDUE)
    if made is None:
        made = posts.plan(session, [(revision.material_id, revision.id)], _morning(days), Channel.PUBLISH, {}, WRITER)
    elif waits and made.due_at <= clock.now():
        posts.change(session, made.id, WRITER, due_at=_morning(days))
        if made.state == State.DRAFT:
            posts.submit(session, made.id, WRITER)
    if is_approved and made.state == State.IN_REVIEW:
        posts.approve(session, made.id, REVIEWER, "演示：同意", True)


def _morning(days: int) -> datetime:
    """At eight in Beijing, so many days from now."""
    today = clock.in_beijing(clock.now())
    return today.replace(hour=HOUR, minute=0, second=0, microsecond=0) + timedelta(days=days)
