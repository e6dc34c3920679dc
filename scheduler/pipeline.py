"""One push step by step: check, pictures, draft, read back, submit, confirm. Goes on where it stopped, sends once.

Between two calls to WeChat all that matters is in the database, and no call is made inside a transaction. Before the
one call that cannot be taken back an intent is written down: whoever finds it without an answer knows that the outcome
is unknown, and finds out instead of sending again.
"""

import logging
import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from content.pictures import BadPicture
from content.store import clock
from content.store.db import Database
from scheduler import (
    claims,
    followup,
    gate,
    inquiry,
    outcomes,
    overdue,
    preflight,
    preparing,
    retraction,
    setbacks,
    submission,
)
from scheduler.claims import Lost
from scheduler.freezing import is_frozen
from scheduler.inquiry import Verdict
from scheduler.models import Channel, State
from scheduler.platform import AlreadySent, AwaitsAdmin, Later, Never, Platform, PlatformTrouble
from scheduler.register import find_step
from scheduler.rounds import deadline
from scheduler.submission import Answer, Sending
from scheduler.walk import Blocked, Inspect, Means, Patience, Walk

MOST_A_TICK = 50
HANDS = 6
"""So many pushes that are due together are sent side by side: one answer may take seconds, and they are all promised
for the same minute. The claims keep them apart, as they keep processes apart.
"""
PREPARED_A_RUN = 5
AFTER_SURPRISE_SECONDS = 60
RESULT_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 15)
_log = logging.getLogger(__name__)


class Pipeline:
    """One process's hands. Any number may work on the same database."""

    def __init__(
        self, database: Database, platform: Platform, uploads: Path, account_type: str, owner: str,
        inspect: Inspect = preflight.reds, patience: Patience | None = None,
    ) -> None:  # fmt: skip
        self.means = Means(database, platform, uploads, account_type, inspect, patience or Patience())
        self._owner = owner[:40]
        self._preparing = threading.Lock()

    def tick(self, now: datetime) -> int:
        """Sends what is due; how many pushes were worked on."""
        with self.means.database.reading() as session:
            if not claims.is_anything_due(session, now):
                return 0
            several = claims.publishes_due(session, now, HANDS)
        if several < 2:
            return self._work(now)
        with ThreadPoolExecutor(several - 1, thread_name_prefix="hand") as others:
            beside = [others.submit(self._work, now, is_helping=True) for _ in range(several - 1)]
            return self._work(now) + sum(hand.result() for hand in beside)

    def _work(self, now: datetime, is_helping: bool = False) -> int:
        """One pair of hands: takes a push, and another, until there is none. Who is helping takes only what spends no
        quota: mass sends go out in the order of their times.
        """
        count = 0
        while count < MOST_A_TICK:
            moment = max(now, clock.now()) if count else now
            walk = self._next_publish(moment) if is_helping else self._next(moment, count % 2 == 0)
            if walk is None:
                break
            self._go(walk)
            count += 1
        return count

    def prepare(self, publication_id: int) -> bool:
        """Pictures, draft and read-back ahead of the time; False where it is not to be had now, or did not work."""
        walk = Walk(self.means, publication_id, self._new_owner())
        with self.means.database.transaction() as session:
            if not claims.borrow(session, publication_id, clock.now(), walk.owner, self.means.patience.lease):
                return False
        return preparing.ahead(walk)

    def prepare_due(self, now: datetime) -> int:
        """Of the next pushes those whose draft is missing, or will be too old when they go out."""
        with self.means.database.reading() as session:
            wanted = preparing.wanting(session, now, self.means.patience.fresh, PREPARED_A_RUN)
        return sum(self.prepare(publication_id) for publication_id in wanted)

    def follow_up(self, now: datetime) -> int:
        """Asks for results that have not come by themselves, and tells what is overdue."""
        overdue.sweep(self.means.database, now)
        return followup.run(self.means, now)

    def finished(self, fields: Mapping[str, Any]) -> bool:
        """WeChat's own word on a push; True where it closed one."""
        with self.means.database.transaction() as session:
            return outcomes.take_in(session, fields)

    def retract(self, publication_id: int, by: str, reason: str, is_deleted_by_hand: bool = False) -> None:
        """Deletes what is out. Raises NotAllowed, NoSuchPost and NotPossible."""
        retraction.retract(self.means, publication_id, by, reason, is_deleted_by_hand)

    def preview(self, publication_id: int, by: str, wechat_name: str) -> None:
        """To one reviewer's phone. Raises NotAllowed, NoSuchPost and NotPossible."""
        retraction.preview(self.means, publication_id, by, wechat_name)

    # ── one push ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _new_owner(self) -> str:
        return f"{self._owner}/{secrets.token_hex(6)}"

    def _next(self, now: datetime, is_new_first: bool) -> Walk | None:
        """New ones and those whose holder died take turns: neither waits until there are no others."""
        owner, lease = self._new_owner(), self.means.patience.lease
        with self.means.database.transaction() as session:
            left = None if is_new_first else claims.take_over(session, now, owner, lease)
            claimed = [] if left else claims.claim_due(session, now, owner, lease=lease)
            if not left and not claimed and is_new_first:
                left = claims.take_over(session, now, owner, lease)
            found = left or next(iter(claimed), None)
        return Walk(self.means, found, owner) if found else None

    def _next_publish(self, now: datetime) -> Walk | None:
        owner = self._new_owner()
        with self.means.database.transaction() as session:
            found = claims.claim_due(session, now, owner, lease=self.means.patience.lease, channel=Channel.PUBLISH)
        return Walk(self.means, found[0], owner) if found else None

    def _go(self, walk: Walk) -> None:
        try:
            self._walk(walk)
        except Lost:
            _log.warning("another scheduler has it", extra={"post": walk.publication_id})
        except DBAPIError:  # the lease ends by itself
            _log.exception("the database failed", extra={"post": walk.publication_id})

    def _walk(self, walk: Walk) -> None:
        try:
            with walk.read() as (session, publication):
                is_unknown = find_step(session, publication, "submitting") is not None
            if is_unknown:
                self._find_out(walk)
                return
            gate.check(walk)
            with self._preparing:  # a picture of several pushes is uploaded once
                preparing.prepare(walk)
            self._send(walk, submission.intend(walk), is_first=True)
        except (Lost, DBAPIError):
            raise
        except Blocked as blocked:
            setbacks.block(walk, blocked.state, blocked.sentence)
        except Later as later:
            setbacks.put_off(walk, later)
        except (Never, BadPicture) as never:
            setbacks.block(walk, State.FAILED, str(never))
        except Exception as error:  # a fault of ours must not hold up the others
            _log.exception("a push could not be worked on", extra={"post": walk.publication_id})
            told = f"程序出了意外（{type(error).__name__}），稍后再试。"
            setbacks.put_off(walk, Later(told, seconds=AFTER_SURPRISE_SECONDS))

    def _send(self, walk: Walk, sending: Sending, is_first: bool) -> None:
        """Raises Later and Never where it surely was not done. Where it is a repetition, that says nothing of the first
        time.
        """
        try:
            answer = self._call(walk, sending)
        except (Later, Never) as error:
            if not is_first:
                setbacks.look_again(walk, error.sentence)
                return
            submission.take_back(walk)
            raise
        except Exception as error:  # no answer, or one that nobody can read
            if not isinstance(error, PlatformTrouble):
                _log.exception("no answer to a send", extra={"post": walk.publication_id})
            setbacks.look_again(walk, f"没有收到回答：{error}")
            return
        _keep(walk, sending.round, answer)

    def _call(self, walk: Walk, sending: Sending) -> Answer:
        """The one call that cannot be taken back."""
        if clock.monotonic() - sending.written_at > walk.means.patience.gap_seconds:
            raise Later("电脑停顿了，重新发送。", seconds=1)
        platform = walk.means.platform
        if sending.channel == Channel.PUBLISH:
            publish_id = platform.submit_publish(sending.media_id)
            return Answer(f"发布已受理，编号 {publish_id}", publish_id=publish_id)
        try:
            msg_id, data_id = platform.send_mass(sending.media_id, sending.audience, sending.client_msg_id)
        except AlreadySent as sent:
            return Answer(f"同一个群发早已受理（45065），编号 {sent.msg_id}", msg_id=sent.msg_id)
        except AwaitsAdmin as waits:
            return Answer(waits.sentence, msg_id=waits.msg_id, is_awaiting=True)
        return Answer(f"群发已受理，编号 {msg_id}", msg_id=msg_id, msg_data_id=data_id)

    def _find_out(self, walk: Walk) -> None:
        """There is an intent without an answer."""
        with walk.read() as (session, publication):
            is_mass = publication.channel == Channel.MASS
            is_repeatable = inquiry.is_repeatable(session, publication, deadline(publication))
            is_stopped = is_frozen(session)
        if not is_mass:
            self._find_publish(walk)
        elif not is_repeatable:
            setbacks.give_up(walk, "已经过了可以用同一编号再问的时间")
        elif is_stopped:
            setbacks.look_again(walk, "停发期间不能用同一编号再问")
        else:
            self._send(walk, submission.again(walk), is_first=False)

    def _find_publish(self, walk: Walk) -> None:
        try:
            sight = inquiry.look(walk)
        except PlatformTrouble as error:
            setbacks.look_again(walk, f"没有查到：{error.sentence}")
            return
        with walk.read() as (_, publication):
            round_ = publication.round
        if sight.verdict is Verdict.OUT:
            _keep(walk, round_, Answer(sight.told, outcome=sight.outcome()))
        elif sight.verdict is Verdict.GONE:
            _keep(walk, round_, Answer(sight.told))
        else:
            setbacks.look_again(walk, sight.told)


def _keep(walk: Walk, round_: int, answer: Answer) -> None:
    """What WeChat has accepted is written down, even where the database is busy for a while."""
    for pause in RESULT_PAUSES:
        try:
            submission.accept(walk, round_, answer)
            return
        except DBAPIError:
            _log.warning("a result could not be written yet", exc_info=True)
            time.sleep(pause)
    submission.accept(walk, round_, answer)
