"""What becomes of a push that could not be sent now: later, never, blocked, or nobody knows."""

from collections.abc import Sequence
from datetime import timedelta

from content.store import clock
from scheduler.claims import rest
from scheduler.inquiry import began_at
from scheduler.models import State
from scheduler.moves import move, stopped
from scheduler.outcomes import note
from scheduler.platform import Later
from scheduler.register import find_step
from scheduler.rounds import deadline, note_step, start_anew
from scheduler.walk import Walk

LONG_SENTENCE = 900


def put_off(walk: Walk, later: Later) -> None:
    """Again in a while, where that is still in its time; else it is overdue at once and staff hear it. Raises Lost."""
    with walk.write() as (session, publication):
        publication.tries += 1
        publication.trouble = stopped(later.sentence[:LONG_SENTENCE])
        when = clock.now() + timedelta(seconds=max(later.seconds, 1))
        if when > deadline(publication):
            publication.trouble += "等到能发时已经过了这条推送的最晚时间，不再自动发送：请改时间后重新送审，或撤回。"
            move(session, publication, State.OVERDUE, "", reason=later.sentence)
        else:
            publication.next_try_at = when
            move(session, publication, State.SCHEDULED, "", reason=later.sentence)


def block(walk: Walk, state: State, sentence: str) -> None:
    """It does not go out like this. Raises Lost."""
    with walk.write() as (session, publication):
        if state is State.DRAFT:
            start_anew(session, publication)
        publication.trouble = sentence[:LONG_SENTENCE]
        if publication.state == State.PUBLISHING or state is State.DRAFT:
            move(session, publication, state, "", reason=sentence)


def look_again(walk: Walk, told: str) -> None:
    """The outcome is unknown: another look in a while, and then a person. Raises Lost."""
    patience = walk.means.patience
    with walk.write() as (session, publication):
        note(publication, "查询微信", told)
        step = find_step(session, publication, "submitting")
        looks = int(step.detail.get("looks", 0)) if step else 0
        began = began_at(session, publication)
        if clock.now() - began < patience.asking:
            publication.trouble = "已经交给微信，没有收到回答，正在查询结果。"
            if step:
                step.detail = {**step.detail, "looks": looks + 1}
            rest(publication, _pause(patience.looks, looks))
            return
    give_up(walk, told)


def give_up(walk: Walk, told: str) -> None:
    """A person must look. Raises Lost."""
    with walk.write() as (session, publication):
        note(publication, "查询微信", told)
        publication.trouble = (
            "已经交给微信，但查不出是否发出，微信也可能还在审核。请到公众号后台“发表记录”或手机上看一看，再在这里点“已经发出”"
            "或“没有发出”；拿不准就过几小时再看，点“没有发出”会再发一次。"
        )
        note_step(session, publication, "uncertain", told=told)
        publication.tries, publication.next_try_at = 0, clock.now() + timedelta(seconds=patience_of(walk))
        move(session, publication, State.UNCERTAIN, "", reason=told)


def patience_of(walk: Walk) -> float:
    """Seconds until the first look at what a person has to decide on: it may still come to light by itself."""
    return walk.means.patience.glances[0]


def _pause(pauses: Sequence[float], number: int) -> float:
    return pauses[min(number, len(pauses) - 1)]
