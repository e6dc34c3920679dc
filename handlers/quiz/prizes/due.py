"""When it is staff's turn in a draw: which step, by whom and until when. Looks, changes nothing; the scheduler tells,
the console shows. Whoever lets the last day pass stands in public as one who withheld the secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.quiz.campaign import known_from
from handlers.quiz.prizes import drawing
from handlers.quiz.prizes.drawing import Look, Stage
from handlers.quiz.prizes.models import HeldDraw

DRAW = "draw"
HANDS = 2
"""So many people type the numbers in."""
NEAR = (0, 1, 3)
"""Days before the last one on which it is told again."""
_BY_ITSELF = timedelta(minutes=10)
"""The program fixes the list sooner than that."""
_WEEK = timedelta(days=7)


class Press(StrEnum):
    AHEAD = "ahead"
    """Nothing to be done yet."""
    NOW = "now"
    PRESSING = "pressing"


@dataclass(frozen=True, slots=True)
class Due:
    """What staff have to do for a campaign."""

    what: str
    """Where it is done: DRAW, or as in handlers/quiz/second.py."""
    campaign_id: str
    step: str
    """It is told once for each; another one where it presses more."""
    told: str
    press: Press = Press.NOW

    @property
    def key(self) -> str:
        return f"{self.what}:{self.campaign_id}:{self.step}"


class Walked(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    PASSED = "passed"
    """Its time is over, and it is not done any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """Of a draw, as staff read it on its page."""

    what: str
    who: str
    when: str
    walked: Walked


def hands(session: Session) -> list[str]:
    """Who may type numbers in, by the names that are shown."""
    members = staff.all_staff(session)
    return [one.shown_name for one in members if one.is_active and Role.CAMPAIGNS in staff.roles_of(one)]


def dues(session: Session) -> list[Due]:
    """Of every draw that is not drawn yet."""
    drawn = set(session.scalars(select(HeldDraw.campaign_id).where(HeldDraw.drawn_at.is_not(None))))
    waiting = [held for held in drawing.all_with_prizes(session) if held.id not in drawn]
    return [one for held in waiting for one in _dues(session, drawing.look(session, held))]


def _dues(session: Session, now: Look) -> Iterator[Due]:
    if now.stage is Stage.BEFORE:
        return
    if len(found := hands(session)) < HANDS:
        told = say("prizes_due_hands", title=now.held.title, count=len(found))
        yield Due(DRAW, now.held.id, "hands", told, Press.PRESSING)
    if now.stage is Stage.CLOSED and clock.now() > now.held.closes_at + _BY_ITSELF:
        yield _list(now)
    elif now.stage is Stage.LISTED:
        yield _numbers(session, now) if _is_known(now) else _wait(now)


def _is_known(now: Look) -> bool:
    """From the morning after; on the evening itself only where somebody has typed already."""
    return clock.today() > now.drawn_on or bool(now.typed)


def _list(now: Look) -> Due:
    until = clock.spoken(known_from(now.rules.drawn_on))
    is_late = clock.now() >= known_from(now.rules.drawn_on)
    key = "prizes_due_list_late" if is_late else "prizes_due_list"
    told = say(key, title=now.held.title, until=until, later=now.rules.later_issue)
    return Due(DRAW, now.held.id, "list", told, Press.PRESSING)


def _wait(now: Look) -> Due:
    """The list stands; the lottery has not drawn."""
    day, lottery = clock.spoken_day(now.drawn_on), now.rules.lottery
    if not now.is_withheld:
        people = now.entry_list.people if now.entry_list else 0
        told = say("prizes_due_wait", title=now.held.title, people=people, lottery=lottery, issue=now.issue, day=day,
                   last=clock.spoken_day(now.rules.last_day_to_reveal))  # fmt: skip
        return Due(DRAW, now.held.id, "listed", told, Press.AHEAD)
    why = now.why_withheld
    told = say("prizes_due_later", title=now.held.title, why=why, lottery=lottery, issue=now.issue, day=day)
    has_reason = now.decided is not None and now.decided.withheld_at is not None
    told += "" if has_reason else say("prizes_due_reason")
    return Due(DRAW, now.held.id, "withheld", told, Press.AHEAD if has_reason else Press.NOW)


def _numbers(session: Session, now: Look) -> Due:
    """They are known, and two have to type them."""
    state, act = _act(session, now)
    told = say("prizes_due_known", title=now.held.title, lottery=now.rules.lottery, issue=now.issue,
               day=clock.spoken_day(now.drawn_on), act=act)  # fmt: skip
    if now.is_withheld:
        weeks = (clock.today() - now.drawn_on) // _WEEK
        return Due(DRAW, now.held.id, f"later-{state}-{weeks}", told + say("prizes_due_soon"), Press.PRESSING)
    last = now.rules.last_day_to_reveal
    left = (last - clock.today()).days
    near = next((days for days in NEAR if left <= days), None)
    told += say("prizes_due_until", last=clock.spoken_day(last), left=_left(left), later=now.rules.later_issue)
    step = f"numbers-{state}" if near is None else f"numbers-{state}-{near}"
    is_pressing = near is not None or state in ("differ", "agreed")
    return Due(DRAW, now.held.id, step, told, Press.PRESSING if is_pressing else Press.NOW)


def _act(session: Session, now: Look) -> tuple[str, str]:
    """(how far it is, what is to be done)."""
    if now.agreed:
        return "agreed", say("prizes_due_agreed")
    if now.differs:
        return "differ", say("prizes_due_differ")
    if now.typed:
        member = staff.find_staff(session, now.typed[0].typed_by)
        return "second", say("prizes_due_second", name=member.shown_name if member else now.typed[0].typed_by)
    return "none", say("prizes_due_both")


def _left(days: int) -> str:
    return say("prizes_due_left", days=days) if days else say("prizes_due_today")


# ── all steps, for the page ───────────────────────────────────────────────────────────────────────────────────────────


def steps(now: Look) -> list[Step]:
    """From the close to the prizes: who does each, and when."""
    rules, is_drawn = now.rules, now.stage is Stage.DRAWN
    first = _day(rules.drawn_on, rules.last_day_to_reveal)
    later_counts = now.is_withheld or (is_drawn and now.decided is not None and now.decided.secret is None)
    found = [
        Step(say("prizes_step_list"), say("prizes_step_by_itself"), _list_when(now), _list_walked(now)),
        Step(say("prizes_step_numbers", lottery=rules.lottery, issue=rules.issue), say("prizes_step_two"), first,
             Walked.PASSED if later_counts else _typed_walked(now)),
    ]  # fmt: skip
    if later_counts or not is_drawn:
        later = say("prizes_step_later", lottery=rules.lottery, issue=rules.later_issue)
        when = say("prizes_step_if_later", day=clock.spoken_day(rules.later_drawn_on))
        walked = _typed_walked(now) if later_counts else Walked.AHEAD
        found.append(Step(later, say("prizes_step_two"), when, walked))
    claims = say("prizes_step_claim_days", days=rules.claim_days)
    given = Walked.NOW if is_drawn else Walked.AHEAD
    return [*found, Step(say("prizes_step_claims"), say("prizes_step_one"), claims, given)]


def _day(drawn_on: date, last: date) -> str:
    return say("prizes_step_between", day=clock.spoken_day(drawn_on), last=clock.spoken_day(last))


def _list_when(now: Look) -> str:
    latest: datetime = known_from(now.rules.drawn_on)
    return say("prizes_step_behind", closes=clock.spoken(now.held.closes_at), until=clock.spoken(latest))


def _list_walked(now: Look) -> Walked:
    if now.entry_list:
        return Walked.DONE
    return Walked.NOW if now.stage is Stage.CLOSED else Walked.AHEAD


def _typed_walked(now: Look) -> Walked:
    if now.stage is Stage.DRAWN:
        return Walked.DONE
    is_known = now.stage is Stage.LISTED and clock.now() >= known_from(now.drawn_on)
    return Walked.NOW if is_known else Walked.AHEAD
