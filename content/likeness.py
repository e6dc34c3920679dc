"""Articles that say nearly the same: what has gone out or will go out within ninety days. Compares samples of the pairs
of characters that `search` cuts, so that hundreds of articles cost little; keeps the samples of what it has seen.
"""

import zlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from content.models import Material, MaterialKind, Revision
from content.search import pairs
from content.store import clock

DAYS = timedelta(days=90)
SAMPLED_CHARACTERS = 3000
LIKE_BODY, LIKE_TITLE = 0.6, 0.8
"""Share of common pairs among all pairs of both."""
_SHORTEST = 40
_EVERY = 4
_MOST_SEEN = 5000
_seen: dict[str, frozenset[int]] = {}
"""Samples by the hash of the wording."""


def alike(session: Session, revision: Revision, scheduled: Sequence[int] = ()) -> list[tuple[int, str, str]]:
    """(revision, its title, "标题" or "正文") of other articles; `scheduled`: revisions that are to go out."""
    title, body = pairs(revision.title), sample(revision.body[:SAMPLED_CHARACTERS])
    found = []
    for number, other_title, other_body in _others(session, revision, scheduled):
        if _share(body, other_body) >= LIKE_BODY:
            found.append((number, other_title, "正文"))
        elif _share(title, pairs(other_title)) >= LIKE_TITLE:
            found.append((number, other_title, "标题"))
    return found


def sample(text: str) -> frozenset[int]:
    """A quarter of the text's pairs, always the same ones; nothing of a text that is too short to be compared."""
    cut = pairs(text)
    if len(cut) < _SHORTEST:
        return frozenset()
    return frozenset(number for pair in cut if (number := zlib.crc32(pair.encode())) % _EVERY == 0)


def _share(one: frozenset[int] | set[str], other: frozenset[int] | set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _others(session: Session, revision: Revision, scheduled: Sequence[int]) -> list[tuple[int, str, frozenset[int]]]:
    """(revision, title, sample) of every other article that counts."""
    is_out = (Material.current_revision_id == Revision.id) & (Material.published_at >= clock.now() - DAYS)
    query = (
        select(Revision.id, Revision.title, Revision.content_hash)
        .join(Material, Material.id == Revision.material_id)
        .where(Material.kind == MaterialKind.ARTICLE, Material.id != revision.material_id)
        .where(or_(is_out, Revision.id.in_(scheduled)))
    )
    rows = session.execute(query).all()
    _look(session, [number for number, _, wording in rows if wording not in _seen])
    return [(number, title, _seen.get(wording, frozenset())) for number, title, wording in rows]


def _look(session: Session, numbers: list[int]) -> None:
    """Remembers the samples of these revisions."""
    if len(_seen) > _MOST_SEEN:
        _seen.clear()
    body = func.substr(Revision.body, 1, SAMPLED_CHARACTERS)
    query = select(Revision.content_hash, body).where(Revision.id.in_(numbers))
    for wording, words in session.execute(query).all() if numbers else ():
        _seen[wording] = sample(words)
