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
from scheduler.looks import Look, look_of
from scheduler.models import Publication
from scheduler.moves import NotPossible, get_locked

CHANNELS = {"mass": "群发", "publish": "发布"}
ALL = "全部关注者"  # typed as a word: who sends to all must mean it
CHANGED = "您看的时候这条推送改过了，刚才的意见没有记下：改动标在下面，请看过再定。"
Seen = tuple[dict[str, Any], list[str]]
"""What has changed: of the articles by title, and of everything else a line each."""


def demand_same(session: Session, post_id: int, form: Mapping[str, str]) -> None:
    """Nobody changes the push from here to the end of the transaction. Raises NoSuchPost and NotPossible."""
    if _read(form) != look_of(session, get_locked(session, post_id)):
        raise NotPossible(CHANGED)


def since_opened(session: Session, post: Publication, form: Mapping[str, str]) -> Seen:
    """What is another now than on the page that the form came from; nothing where it came from none."""
    look = _read(form)
    if look == look_of(session, post):
        return {}, []
    try:
        changed, lines = since(session, post, look)
        lines += [f"微信存下的草稿：{line}" for line in post.draft_difference if line not in look["difference"]]
    except (KeyError, TypeError, ValueError, AttributeError):  # no page of ours wrote it
        return {}, []
    return changed, lines


def since(session: Session, post: Publication, look: Look) -> Seen:
    """What is another now than it was at this look."""
    if not look:
        return {}, []
    found = [session.get(Revision, int(number)) for number in look["revisions"]]
    before = {revision.material_id: revision for revision in found if revision}
    now = {revision.material_id: revision for revision in pushes.revisions(session, post.id)}
    both = [material for material in now if material in before]
    changed = {now[one].title: articles.changes(before[one], now[one]) for one in both if before[one].id != now[one].id}
    lines = _moved(post, look)
    lines += [f"新放进来：《{now[one].title}》" for one in now if one not in before]
    lines += [f"拿掉了：《{before[one].title}》" for one in before if one not in now]
    if both != [material for material in before if material in now]:
        lines.append("先后换过了，现在是：" + "、".join(f"《{revision.title}》" for revision in now.values()))
    return changed, lines


def _moved(post: Publication, look: Look) -> list[str]:
    """Time, way and audience where they are others than they were."""
    due_at, channel = datetime.fromisoformat(look["due_at"]), str(look["channel"])
    pairs = (
        ("排期", clock.spoken(due_at), clock.spoken(post.due_at)),
        ("最多迟", f"{look['late_after'] // 60} 分钟", f"{post.late_after_seconds // 60} 分钟"),
        ("方式", CHANNELS.get(channel, channel), CHANNELS[post.channel]),
        ("发给", audience_word(look["audience"]), audience_word(post.audience)),
    )
    return [f"{name}：{old} → {new}" for name, old, new in pairs if old != new]


def audience_word(audience: Mapping[str, Any]) -> str:
    if audience.get("all"):
        return ALL
    return f"标签“{audience['tag']}”" if audience.get("tag") else "不推送"


def _read(form: Mapping[str, str]) -> Look:
    try:
        found = json.loads(form.get("look", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
