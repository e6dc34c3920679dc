"""What somebody had in front of him when he judged a push. The page's form carries it; his word counts only while the
push still is what he saw, and else he is shown what has changed since.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content import articles
from content.models import Revision
from content.store import clock
from scheduler import register as pushes
from scheduler.models import Publication
from scheduler.moves import NotPossible, get_locked

CHANNELS = {"mass": "群发", "publish": "发布"}
CHANGED = "您看的时候这条推送改过了，刚才的意见没有记下：改动标在下面，请看过再定。"
Look = dict[str, Any]
Seen = tuple[dict[str, Any], list[str]]
"""What has changed: of the articles by title, and of everything else a line each."""


def look_of(session: Session, post: Publication) -> Look:
    return {
        "digest": pushes.digest_of(session, post),
        "revisions": [revision.id for revision in pushes.revisions(session, post.id)],
        "due_at": post.due_at.isoformat(),
        "channel": str(post.channel),
        "audience": post.audience,
        "difference": list(post.draft_difference),
    }


def demand_same(session: Session, post_id: int, form: Mapping[str, str]) -> None:
    """Nobody changes the push from here to the end of the transaction. Raises NoSuchPost and NotPossible."""
    if _read(form) != look_of(session, get_locked(session, post_id)):
        raise NotPossible(CHANGED)


def since(session: Session, post: Publication, revisions: list[Revision], form: Mapping[str, str]) -> Seen:
    """What is another now than on the page that the form came from; nothing where it came from none."""
    look = _read(form)
    if not look or look == look_of(session, post):
        return {}, []
    try:
        before = {one.material_id: one for number in look["revisions"] if (one := session.get(Revision, int(number)))}
        lines = moved_lines(post, datetime.fromisoformat(look["due_at"]), look["channel"], look["audience"])
        lines += [f"微信存下的草稿：{line}" for line in post.draft_difference if line not in look["difference"]]
    except (KeyError, TypeError, ValueError, AttributeError):  # no page of ours wrote it
        return {}, []
    changed = {}
    for revision in revisions:
        old = before.pop(revision.material_id, None)
        if old is None:
            lines.append(f"新放进来：《{revision.title}》")
        elif old.id != revision.id:
            changed[revision.title] = articles.changes(old, revision)
    return changed, lines + [f"拿掉了：《{gone.title}》" for gone in before.values()]


def moved_lines(post: Publication, due_at: datetime, channel: str, audience: dict[str, Any]) -> list[str]:
    """Time, way and audience where they are others than these."""
    pairs = (
        ("排期", clock.spoken(due_at), clock.spoken(post.due_at)),
        ("方式", CHANNELS.get(channel, channel), CHANNELS[post.channel]),
        ("发给", audience_word(audience), audience_word(post.audience)),
    )
    return [f"{name}：{old} → {new}" for name, old, new in pairs if old != new]


def audience_word(audience: Mapping[str, Any]) -> str:
    if audience.get("all"):
        return "全部关注者"
    return f"标签“{audience['tag']}”" if audience.get("tag") else "不推送"


def _read(form: Mapping[str, str]) -> Look:
    try:
        found = json.loads(form.get("look", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
