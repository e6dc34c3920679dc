"""What staff do with a request until it is answered: each act checks its role, its state and its clock, leaves a step
in the history and an entry in the audit. What ends a request or lengthens its clock is drafted by one and approved by
another.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import LIBRARY, say
from content.staff import Role
from content.store import clock, working_days
from content.store.db import take_turns
from handlers.disclosure import awaited, clocks, files, receiving, telling, voiding
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import (
    NotDone,
    act_name,
    add_step,
    begin_act,
    check_move,
    due_note,
    receive,
    thing_of,
    worded,
)

APPROVERS = (Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
EXTENSION = "extension"
CORRECTION = "correction"
CONSULTED = ("third_party", "other_organ")
_ENDED_UNHANDLED = frozenset({"abandoned", "unpaid"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A way to end a request."""

    letter: str
    report_class: str
    basis: str
    after: str
    """The act without which it is not allowed; empty where there is none."""


@cache
def answers() -> Mapping[str, Answer]:
    """Every way of article 36 and of the annual report, by letter."""
    written: dict[str, dict[str, str]] = tomllib.loads(
        (LIBRARY / "disclosure_answers.toml").read_text(encoding="utf-8")
    )["answer"]
    return {letter: Answer(letter, one["class"], one["basis"], one.get("after", "")) for letter, one in written.items()}


def confirm(session: Session, request: DisclosureRequest, by: str) -> None:
    """The bureau's side of article 31's confirmation; the applicant gave his by handing it in. Received is today."""
    begin_act(session, request, by, State.IN_HAND, "confirm", only=State.NEW)
    telling.tell(session, request, receive(session, request, clock.today(), by))
    audit.record(session, by, "request.confirm", thing_of(request))


# ── on the way ────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask_to_correct(session: Session, request: DisclosureRequest, by: str, reason: str, until: date) -> None:
    """Once, within seven working days; the clock of the answer begins anew with the corrected application."""
    begin_act(session, request, by, State.CORRECTING, CORRECTION)
    said, overrides = worded(reason), working_days.load_overrides(session)
    if awaited.has_step(request, CORRECTION):
        raise NotDone(say("request_correction_once"))
    last = clocks.correction_due(_received(request), overrides).day
    if clock.today() > last:
        raise NotDone(say("request_correction_late", day=clock.dated(last)))
    awaited.check_until(until, overrides)
    request.state, request.correct_until = State.CORRECTING, until
    clocks.set_due(request, overrides)
    note = say("request_note_until", day=clock.dated(until))
    words = {"reason": said, "until": clock.dated(until)}
    telling.done(session, request, by, CORRECTION, note=f"{said}\n{note}", letter=CORRECTION, words=words)


def corrected(session: Session, request: DisclosureRequest, by: str, on: date, wanted: str) -> None:
    """`wanted`: the application as it reads now. The period of the answer begins anew (article 30), and its twenty
    working days are meant whole: an extension of the old one does not last silently, it may be granted once again
    (article 33).
    """
    begin_act(session, request, by, State.IN_HAND, "corrected", only=State.CORRECTING)
    before, request.wanted = request.wanted, worded(wanted)
    _check_day(on, _step_day(request, CORRECTION))
    request.state, request.counted_from, request.correct_until = State.IN_HAND, on, None
    lapsed, request.extended_days = request.extended_days, 0
    clocks.set_due(request, working_days.load_overrides(session))
    anew = say("request_note_lapsed", days=lapsed, anew=clocks.ANSWER) + "\n" if lapsed else ""
    note = f"{anew}{due_note(request)}"
    telling.done(session, request, by, "corrected", note=note, words={"wanted_before": before})


def consult(
    session: Session, request: DisclosureRequest, by: str, kind: str, on: date, about: str, is_sure: bool = False
) -> None:
    """Somebody is asked in writing, and the clock rests (articles 32–34). `kind`: of CONSULTED; the same once more is
    asked about first.
    """
    if kind not in CONSULTED:
        raise NotDone(say("request_no_such_answer"))
    begin_act(session, request, by, State.CONSULTING, kind)
    said = worded(about)
    if any(rest["kind"] == kind for rest in request.rests) and not is_sure:
        raise NotDone(say("request_consulted_before", act=act_name(kind)))
    _check_day(on, request.counted_from or _received(request))
    request.state = State.CONSULTING
    request.rests = [*request.rests, {"kind": kind, "begin": on.isoformat(), "end": ""}]
    clocks.set_due(request, working_days.load_overrides(session))
    telling.done(session, request, by, kind, note=due_note(request), letter=kind, words={"about": said})


def opinion_came(session: Session, request: DisclosureRequest, by: str, on: date, note: str) -> None:
    """The opinion, or that its time is over without one: the clock goes on the day after."""
    begin_act(session, request, by, State.IN_HAND, "opinion", only=State.CONSULTING)
    said = worded(note)
    *earlier, resting = request.rests
    _check_day(on, begin := date.fromisoformat(resting["begin"]))
    overrides = working_days.load_overrides(session)
    most = clocks.opinion_due(begin, overrides).day
    request.state, request.rests = State.IN_HAND, [*earlier, {**resting, "end": on.isoformat()}]
    clocks.set_due(request, overrides)
    add_step(session, request, "note", by=by, note=said, is_inner=True)
    rested = f"{say('request_note_rested', day=clock.dated(most))}\n" if on > most else ""
    telling.done(session, request, by, "opinion", note=f"{rested}{due_note(request)}")


def add_note(session: Session, request: DisclosureRequest, by: str, note: str) -> None:
    """For staff alone; also when it is over."""
    staff.require(session, by, Role.WRITE)
    add_step(session, request, "note", by=by, note=worded(note), is_inner=True)
    audit.record(session, by, "request.note", thing_of(request))


# ── drafted by one, approved by another ───────────────────────────────────────────────────────────────────────────────


def draft_extension(session: Session, request: DisclosureRequest, by: str, days: int, reason: str) -> None:
    """At most twenty working days, once in a period of the answer, before it is over (article 33)."""
    begin_act(session, request, by, State.IN_HAND, EXTENSION, only=State.IN_HAND)
    if not 1 <= days <= clocks.MOST_MORE or request.extended_days:
        raise NotDone(say("request_extension_most"))
    _check_may_extend(request)
    _draft(session, request, by, EXTENSION, {"reason": worded(reason), "days": str(days)})


def draft_received(
    session: Session, request: DisclosureRequest, by: str, on: date, reason: str, is_sure: bool = False
) -> None:
    """The day of receipt was entered wrong (receiving.py)."""
    begin_act(session, request, by, State.IN_HAND, receiving.RECEIVED, only=State.IN_HAND)
    receiving.check(request, on, is_sure)
    _draft(session, request, by, receiving.RECEIVED, {"reason": worded(reason), "on": on.isoformat()})


def draft_void(session: Session, request: DisclosureRequest, by: str, reason: str) -> None:
    """Staff entered it by a slip (voiding.py)."""
    begin_act(session, request, by, State.VOID, voiding.VOID)
    voiding.check(request)
    _draft(session, request, by, voiding.VOID, {"reason": worded(reason)})


def draft_answer(session: Session, request: DisclosureRequest, by: str, letter: str, words: Mapping[str, str]) -> None:
    """`words` fill the letter's own blanks."""
    if (answer := answers().get(letter)) is None:
        raise NotDone(say("request_no_such_answer"))
    to = State.CLOSED if letter in _ENDED_UNHANDLED else State.ANSWERED
    begin_act(session, request, by, to, "answer")
    if answer.after and not awaited.has_step(request, answer.after):
        raise NotDone(say("request_first_do", act=act_name(answer.after)))
    awaited.check_is_time(request, letter)
    files.check_fits(session, request, letter)
    _draft(session, request, by, letter, {name: worded(said) for name, said in words.items()})


def send_back(session: Session, request: DisclosureRequest, by: str, reason: str) -> None:
    staff.require(session, by, *APPROVERS, Role.WRITE)
    draft = _drafted(session, request)
    request.draft = None
    note = worded(reason)
    add_step(session, request, "send_back", by=by, note=note, is_inner=True)
    audit.record(session, by, "request.send_back", thing_of(request), letter=draft["letter"])


def approve(session: Session, request: DisclosureRequest, by: str) -> None:
    """The draft holds from here on: the clock is longer, or the request is over."""
    staff.require(session, by, *APPROVERS)
    draft = _drafted(session, request)
    if staff.folded(by) == request.drafted_by:
        raise NotDone(say("request_not_by_oneself"))
    letter, words = str(draft["letter"]), dict(draft["words"])
    if letter == EXTENSION:
        _check_may_extend(request)
    request.draft = None
    if letter == EXTENSION:
        _extend(session, request, by, words)
        return
    if letter == receiving.RECEIVED:
        receiving.correct(session, request, by, date.fromisoformat(words["on"]), words["reason"])
        return
    if letter == voiding.VOID:
        voiding.void(session, request, by, words["reason"])
        return
    to = State.CLOSED if letter in _ENDED_UNHANDLED else State.ANSWERED
    check_move(request, to, "answer")
    awaited.check_is_time(request, letter)
    request.state, request.answer, request.report_class = to, letter, answers()[letter].report_class
    request.ended_on, request.correct_until = clock.today(), None
    telling.done(session, request, by, "answer", letter=letter, words=words)


def withdraw(session: Session, request: DisclosureRequest, by: str = "") -> None:
    """By the applicant himself with his code, or in writing through staff (`by`)."""
    if by:
        staff.require(session, by, Role.WRITE)
    take_turns(session, f"request:{request.id}")
    session.refresh(request, with_for_update=True)
    check_move(request, State.WITHDRAWN, "withdraw")
    request.state, request.answer, request.ended_on = State.WITHDRAWN, "ended", clock.today()
    request.report_class, request.draft, request.due_on = answers()["ended"].report_class, None, None
    add_step(session, request, "withdraw", by=by)
    audit.record(session, by, "request.withdraw", thing_of(request))


# ── the calendar ──────────────────────────────────────────────────────────────────────────────────────────────────────


def count_anew(session: Session, request: DisclosureRequest) -> bool:
    """As the calendar is known now; True where the last day moved, which is put down and told."""
    before, was_provisional = request.due_on, request.is_provisional
    if not clocks.set_due(request, working_days.load_overrides(session)) or before is None or request.due_on is None:
        return False
    note = say("request_note_moved", before=clock.dated(before), day=clock.dated(request.due_on))
    step = add_step(session, request, "moved", note=note)
    audit.record(session, "", "request.moved", thing_of(request), was_provisional=was_provisional)
    provisional = say("request_provisional") if request.is_provisional else ""
    text = say("request_owed_moved", number=request.number, day=clock.dated(request.due_on), provisional=provisional)
    telling.tell(session, request, step, text)
    return True


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _extend(session: Session, request: DisclosureRequest, by: str, words: dict[str, str]) -> None:
    request.extended_days = int(words["days"])
    clocks.set_due(request, working_days.load_overrides(session))
    day = clock.dated(request.due_on) if request.due_on else ""
    told = say("request_provisional") if request.is_provisional else ""
    note = say("request_note_more", days=words["days"], day=day, provisional=told)
    telling.done(session, request, by, EXTENSION, note=note, letter=EXTENSION, words={**words, "new_due_on": day})


def _draft(session: Session, request: DisclosureRequest, by: str, letter: str, words: dict[str, str]) -> None:
    request.draft = {"letter": letter, "words": words}
    request.drafted_by, request.drafted_at = staff.folded(by), clock.now()
    add_step(session, request, "draft", by=by, is_inner=True)
    audit.record(session, by, "request.draft", thing_of(request), letter=letter)


def _drafted(session: Session, request: DisclosureRequest) -> dict[str, Any]:
    take_turns(session, f"request:{request.id}")
    session.refresh(request, with_for_update=True)
    if not request.draft:
        raise NotDone(say("request_nothing_drafted"))
    return request.draft


def _received(request: DisclosureRequest) -> date:
    return request.received_on or clock.in_beijing(request.filed_at).date()


def _step_day(request: DisclosureRequest, act: str) -> date:
    return max(clock.in_beijing(step.at).date() for step in request.steps if step.act == act)


def _check_day(on: date, first: date) -> None:
    if not first <= on <= clock.today():
        raise NotDone(say("request_day_wrong", first=clock.dated(first)))


def _check_may_extend(request: DisclosureRequest) -> None:
    if request.due_on and clock.today() > request.due_on:
        raise NotDone(say("request_extension_late", day=clock.dated(request.due_on)))
