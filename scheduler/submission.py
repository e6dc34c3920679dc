"""The send's own records: the intent before it, the answer after it, and what stands between where there was none.

The call itself is made in pipeline.py.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from content.store import clock
from content.store.db import take_turns
from scheduler import gate, notices
from scheduler.models import Channel, Publication, State
from scheduler.moves import get_locked, move
from scheduler.outcomes import close, note, settle_events
from scheduler.platform import Outcome
from scheduler.rounds import forget_steps, note_step
from scheduler.walk import Walk

CONFIRM = timedelta(minutes=30)
"""So long WeChat waits for the administrator's phone."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is about to be sent."""

    round: int
    channel: str
    media_id: str
    audience: Mapping[str, Any]
    client_msg_id: str
    written_at: float
    """By the clock that never goes back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """WeChat has accepted it."""

    told: str
    publish_id: str = ""
    msg_id: str = ""
    msg_data_id: str = ""
    is_awaiting: bool = False
    """The administrator must confirm on his phone."""
    outcome: Outcome | None = None
    """Where we know already what became of it."""


def intend(walk: Walk) -> Sending:
    """Writes down that it is about to be sent. Raises Blocked, Later and Lost."""
    with walk.write() as (session, publication):
        if publication.channel == Channel.MASS:  # two of one moment do not both find the last send unspent
            take_turns(session, "mass-quota")
        gate.look(session, publication, walk.means.account_type)
        publication.client_msg_id = publication.client_msg_id or client_msg_id(publication)
        note_step(session, publication, "submitting", owner=walk.owner, looks=0)
        return _sending(publication)


def again(walk: Walk) -> Sending:
    """The same mass send once more, under the same clientmsgid. Raises Lost."""
    with walk.write() as (_, publication):
        return _sending(publication)


def take_back(walk: Walk) -> None:
    """It surely was not sent: the intent is void. Raises Lost."""
    with walk.write() as (session, publication):
        forget_steps(session, publication, "submitting")


def accept(walk: Walk, round_: int, answer: Answer) -> None:
    """Whoever holds the lease now: what WeChat has accepted is accepted."""
    with walk.means.database.transaction() as session:
        publication = get_locked(session, walk.publication_id)
        note(publication, "微信的回答", answer.told)
        if publication.round != round_:
            return
        publication.publish_id = answer.publish_id or publication.publish_id
        publication.msg_id = answer.msg_id or publication.msg_id
        publication.msg_data_id = answer.msg_data_id or publication.msg_data_id
        if publication.state not in (State.PUBLISHING, State.UNCERTAIN):
            return
        now = clock.now()
        publication.submitted_at, publication.trouble, publication.tries = now, "", 0
        publication.next_try_at = now + timedelta(seconds=walk.means.patience.asks[0])
        if answer.is_awaiting:
            publication.confirm_until = now + CONFIRM
            publication.trouble = f"请管理员在 {clock.spoken(now + CONFIRM)} 之前到手机微信上确认，否则群发取消。"
        note_step(session, publication, "submit", publish_id=answer.publish_id, msg_id=answer.msg_id)
        move(session, publication, State.SUBMITTED, "")
        if answer.is_awaiting:
            notices.tell(session, publication)
        if answer.outcome:
            close(session, publication, answer.outcome, "查询微信")
        settle_events(session, publication)


def client_msg_id(publication: Publication) -> str:
    """The same for the same round to the same audience; of this installation alone. 32 ASCII characters."""
    parts = [publication.id, publication.round, publication.audience, publication.created_at.isoformat()]
    return "pufa" + hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:28]


def _sending(publication: Publication) -> Sending:
    return Sending(
        publication.round, publication.channel, publication.draft_media_id, dict(publication.audience),
        publication.client_msg_id, clock.monotonic(),
    )  # fmt: skip
