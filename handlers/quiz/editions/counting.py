"""Papers that were typed in count as all others: marked, ranked, handed in through the same door.

Nobody measured the time on paper: each counts as having taken all of it, so that of equal points who answered on a
screen comes first. Where prizes are drawn such a paper brings nobody into the draw; see prizes/entries.py.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content import staff
from content.models import Question
from content.phrases import say
from content.store import clock
from handlers.quiz import play, register
from handlers.quiz.editions import shuffling
from handlers.quiz.editions.entering import Fault, NotEntered, Sheet
from handlers.quiz.editions.models import PaperEntry, PrintedPaper
from handlers.quiz.exam import entitlement, roster
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.prizes import entries

# ── may it count ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ends_at(held: HeldCampaign, started_at: datetime) -> datetime:
    return started_at + timedelta(minutes=register.rules_of(held).minutes)


def refuse_what_cannot_be(session: Session, held: HeldCampaign, started_at: datetime) -> None:
    """Raises NotEntered."""
    if entries.find_list(session, held.id):
        raise NotEntered(say("entry_is_drawn"))
    rules, ended_at = register.rules_of(held), ends_at(held, started_at)
    if ended_at > clock.now():
        raise NotEntered(say("entry_not_over", minutes=rules.minutes))
    if rules.exam is None and not (held.opens_at <= started_at and ended_at <= held.closes_at):
        times = {"opens": clock.spoken(held.opens_at), "closes": clock.spoken(held.closes_at)}
        raise NotEntered(say("entry_outside", **times))


def not_allowed(
    session: Session, held: HeldCampaign, sheets: list[Sheet], started_at: datetime, replaces: bool
) -> list[Fault]:
    """Who has a paper already, or no attempt left at that time."""
    faults = []
    for sheet in sheets:
        if earlier(session, held, sheet.participant, started_at):
            told = "" if replaces else "entry_again"
        else:
            told = _no_attempt(session, held, sheet.participant, started_at)
        if told:
            faults.append(Fault(say("entry_row", row=sheet.row), say(told)))
    return faults


def _no_attempt(session: Session, held: HeldCampaign, participant: str, started_at: datetime) -> str:
    """The key of what is wrong; empty where he may."""
    rules = register.rules_of(held)
    if rules.exam:
        entitled = entitlement.find(session, held, participant)
        sitting = entitled.find_sitting(started_at) if entitled else None
        return "entry_not_entitled" if sitting is None else "" if sitting.attempts_left > 0 else "entry_no_attempt"
    day = clock.in_beijing(started_at).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant)
    today = select(func.count()).where(mine, Round.started_at >= day, Round.started_at < day + timedelta(days=1))
    return "" if (session.scalar(today) or 0) < rules.attempts_a_day else "entry_no_attempt"


def earlier(session: Session, held: HeldCampaign, participant: str, started_at: datetime) -> Round | None:
    """What was typed in for him of the same sitting."""
    same = (Round.campaign_id == held.id) & (Round.citizen_id == participant) & (Round.started_at == started_at)
    return session.scalar(select(Round).join(PaperEntry, PaperEntry.round_id == Round.id).where(same))


# ── counted ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def put(
    session: Session, held: HeldCampaign, printed: PrintedPaper, sheet: Sheet, started_at: datetime, by: str
) -> int:  # fmt: skip
    """Handed in through the same door as every paper; one that was typed in before is overwritten. Half points."""
    rules, items = register.rules_of(held), shuffling.items_of(printed)
    if before := earlier(session, held, sheet.participant, started_at):
        session.execute(delete(GivenAnswer).where(GivenAnswer.round_id == before.id))
        session.refresh(before, ["given"])
        before.finished_at = None
        played, entry = before, session.get_one(PaperEntry, before.id)
    else:
        sitter = roster.find_sitter(session, held, sheet.participant) if rules.exam else None
        if sitter:
            roster.join(session, held, sitter)
        elif rules.draw is None:
            play.join(session, held, sheet.participant)
        played = Round(
            id=_round_id(held, sheet, started_at),
            citizen_id=sheet.participant, question_keys=[item.key for item in items], started_at=started_at,
            campaign_id=held.id, points=[item.points for item in items],
            deadline_at=ends_at(held, started_at),
        )  # fmt: skip
        session.add(played)
        session.flush()
        entry = PaperEntry(round_id=played.id, campaign_id=held.id)
        session.add(entry)
    entry.edition, entry.entered_by, entry.entered_at = sheet.edition, staff.folded(by), clock.now()
    for place, (item, given) in enumerate(zip(items, sheet.answers, strict=True), start=1):
        if given:
            asked = Question(kind=item.kind, options=item.options, answer=item.right)
            brought = play.half_points_of(played.points, place, asked, given, rules.multiple)
            played.given.append(
                GivenAnswer(place=place, question_key=item.key, letters=given, is_right=given == item.right,
                            half_points=brought, at=clock.now(), seq=0)
            )  # fmt: skip
    session.flush()
    play.hand_in(session, played)
    return played.half_points


def _round_id(held: HeldCampaign, sheet: Sheet, started_at: datetime) -> str:
    seed = f"paper:{held.id}:{sheet.participant}:{started_at.isoformat()}"
    return hashlib.blake2b(seed.encode(), digest_size=16).hexdigest()
