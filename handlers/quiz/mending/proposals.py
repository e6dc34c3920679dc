"""Mending a question of a campaign: one person proposes it with a reason, another looks at who changes and approves.

It can be taken back, in the same way: as a mending that restores the first marking.
"""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, repository, staff
from content.models import Question
from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.quiz import play, register, standings, unsettled
from handlers.quiz.certificates import issuing
from handlers.quiz.letters import letters_of
from handlers.quiz.mending import applying, preview
from handlers.quiz.mending.marking import in_force, mended_by
from handlers.quiz.mending.models import Kind, Mending, State
from handlers.quiz.mending.preview import Preview
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.prizes import entries

LONGEST_REASON = 200
_LETTERS = re.compile(r"[A-Z]+")


class NotMended(Exception):
    """Nothing was changed; the message says why."""


def propose(
    session: Session, held: HeldCampaign, key: str, kind: str, ways: str, reason: str, by: str
) -> Mending:  # fmt: skip
    """`ways`: letters as typed, several ways joined by 或; only for Kind.ANSWER. Raises NotMended, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    standings.take_turns_of(session, held)
    _refuse_if_drawn(session, held)
    if kind not in set(Kind) or not (question := session.get(Question, key)) or not _was_asked(session, held, key):
        raise NotMended(say("mending_no_such_question", name=key))
    if not (said := reason.strip()[:LONGEST_REASON]):
        raise NotMended(say("mending_why"))
    if find_open(session, held, key):
        raise NotMended(say("mending_is_open", name=key))
    accepted = _accepted(question, ways) if kind == Kind.ANSWER else ""
    mending = Mending(
        campaign_id=held.id, question_key=key, kind=kind, accepted=accepted,
        original=_original(session, held, question), reason=said, state=State.PROPOSED, proposed_by=staff.folded(by),
        proposed_at=clock.now(), decided_by="", figures={},
    )  # fmt: skip
    _refuse_what_holds_already(session, mending)
    session.add(mending)
    session.flush()
    detail = {"question": key, "kind": kind, "accepted": mending.accepted, "reason": said}
    audit.record(session, by, "quiz.mending_propose", f"campaign:{held.id}", **detail)
    return mending


def look(session: Session, held: HeldCampaign, mending: Mending) -> Preview:
    """Who would change. Asked after `play.settle`."""
    found = preview.remarks(session, held, mending.question_key, mended_by(mending))
    return preview.look_ahead(session, held, found)


def approve(session: Session, held: HeldCampaign, mending_id: int, by: str) -> Mending:
    """By another person than proposed it; all is marked anew before this returns. Raises NotMended, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    play.settle(session, held)
    standings.take_turns_of(session, held)
    mending = _open(session, held, mending_id)
    if staff.folded(by) == mending.proposed_by:
        raise NotMended(say("mending_another_person"))
    _refuse_if_drawn(session, held)
    found = preview.remarks(session, held, mending.question_key, mended_by(mending))
    seen = preview.look_ahead(session, held, found)
    mending.state, mending.decided_by, mending.decided_at = State.DONE, staff.folded(by), clock.now()
    mending.figures = seen.counted()
    if register.rules_of(held).exam is None:  # nobody can be found in the chat by the roster
        mending.untold = preview.owners(session, found)
    session.flush()
    applying.carry_out(session, held, mending, found)
    if mending.kind != Kind.RESTORE:
        _retire(session, mending, by)
    failed = [one.participant for one in seen.people if one.passed_before and not one.passed_after]
    issuing.revoke_of(session, held, failed, by, say("certificate_revoked_by_mending"))
    detail = {"question": mending.question_key, "kind": mending.kind, "mending": mending.id, **mending.figures}
    audit.record(session, by, "quiz.mending_approve", f"campaign:{held.id}", reason=mending.reason, **detail)
    return mending


def _retire(session: Session, mending: Mending, by: str) -> None:
    """What is wrong is asked no more, on later papers or in practice, until staff have put it right in the bank; not
    where a campaign that goes on would be left without a paper: what holds in this one is told there.
    """
    question, starved = session.get_one(Question, mending.question_key), unsettled.starved(session)
    if question.retired:
        return
    question.retired = True
    session.flush()
    if set(unsettled.starved(session)) - set(starved):
        question.retired = False
        session.flush()
        return
    repository.touch_content(session)
    audit.record(session, by, "question.retire", f"question:{question.key}", reason=mending.reason)


def drop(session: Session, held: HeldCampaign, mending_id: int, by: str) -> Mending:
    """What was proposed is not done. Raises NotMended, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    standings.take_turns_of(session, held)
    mending = _open(session, held, mending_id)
    mending.state, mending.decided_by, mending.decided_at = State.DROPPED, staff.folded(by), clock.now()
    session.flush()
    audit.record(session, by, "quiz.mending_drop", f"campaign:{held.id}", question=mending.question_key)
    return mending


def all_of(session: Session, held: HeldCampaign) -> list[Mending]:
    """The newest first."""
    listed = select(Mending).where(Mending.campaign_id == held.id).order_by(Mending.id.desc())
    return list(session.scalars(listed).all())


def find_open(session: Session, held: HeldCampaign, key: str) -> Mending | None:
    this = (Mending.campaign_id == held.id) & (Mending.question_key == key)
    return session.scalar(select(Mending).where(this, Mending.state == State.PROPOSED))


def get_mending(session: Session, held: HeldCampaign, mending_id: int) -> Mending:
    """Raises NotMended where the campaign has none of this number."""
    mending = session.get(Mending, mending_id)
    if mending is None or mending.campaign_id != held.id:
        raise NotMended(say("mending_no_such"))
    return mending


def _open(session: Session, held: HeldCampaign, mending_id: int) -> Mending:
    mending = get_mending(session, held, mending_id)
    session.refresh(mending, with_for_update=True)
    if mending.state != State.PROPOSED:
        raise NotMended(say("mending_is_decided"))
    return mending


def _was_asked(session: Session, held: HeldCampaign, key: str) -> bool:
    asked = select(Round.id).where(Round.campaign_id == held.id, preview.holds(key)).limit(1)
    return session.scalar(asked) is not None


def _accepted(question: Question, typed: str) -> str:
    """ "b 或 c" → "B|C". Raises NotMended."""
    ways = ["".join(sorted(set(way))) for way in _LETTERS.findall(typed.upper().replace("、", ""))]
    there = set(letters_of(question))
    is_single = question.kind != "multiple"
    if not ways or any(not set(way) <= there or (is_single and len(way) > 1) for way in ways):
        raise NotMended(say("mending_letters", letters="".join(sorted(there))))
    return "|".join(dict.fromkeys(ways))


def _original(session: Session, held: HeldCampaign, question: Question) -> str:
    """What was right when papers were marked first: the bank may have been put right since."""
    earlier = (Mending.campaign_id == held.id) & (Mending.question_key == question.key)
    if before := session.scalar(select(Mending.original).where(earlier, Mending.state == State.DONE).limit(1)):
        return before
    taken_as_right = (
        select(GivenAnswer.letters)
        .join(Round, Round.id == GivenAnswer.round_id)
        .where(Round.campaign_id == held.id, GivenAnswer.question_key == question.key, GivenAnswer.is_right)
        .group_by(GivenAnswer.letters)
        .order_by(func.count().desc(), GivenAnswer.letters)
    )
    return session.scalars(taken_as_right.limit(1)).first() or question.answer


def _refuse_what_holds_already(session: Session, mending: Mending) -> None:
    now = in_force(session, mending.campaign_id).get(mending.question_key)
    is_same = now is not None and (now.kind, now.accepted) == (mending.kind, mending.accepted)
    is_as_marked = now is None and (mending.kind == Kind.RESTORE or mending.accepted == mending.original)
    if is_same or is_as_marked:
        raise NotMended(say("mending_changes_nothing"))


def _refuse_if_drawn(session: Session, held: HeldCampaign) -> None:
    """The list of those who take part in the draw is public with its hash: what it stands on is not changed."""
    if entries.find_list(session, held.id):
        raise NotMended(say("mending_is_drawn"))
