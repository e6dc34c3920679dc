"""What a participant got wrong, of his papers and of his practice.

Nothing of a paper is told before the campaign's rule about verdicts allows it, and nothing of a question that stands on
a paper which is still being answered.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from content.models import Question
from handlers.quiz import score
from handlers.quiz.mending import marking
from handlers.quiz.mending.marking import Mended
from handlers.quiz.mending.models import Kind
from handlers.quiz.models import HeldCampaign, Round

LATEST = 30
"""Papers or rounds that are looked through."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that was not answered rightly the last time. `letters`: empty where nothing was answered."""

    question: Question
    letters: str
    mended: Mended | None = None
    """What holds in the campaign that it was asked in."""


def missed_in(session: Session, held: HeldCampaign, name: str, names: Iterable[str] = ()) -> list[Missed]:
    """Of his papers in a campaign; nothing where the rule does not allow it yet. `names`: his in other campaigns that
    are open, whose papers must not be answered by this.
    """
    return missed_in_all(session, [(held, name)], [name, *names])


def missed_in_all(
    session: Session, taken: Iterable[tuple[HeldCampaign, str]], names: Iterable[str]
) -> list[Missed]:  # fmt: skip
    """Of his papers in all these campaigns together; those that may not be told yet are as if they were not there.
    `taken`: each with his name in it.
    """
    rounds: list[Round] = []
    for held, name in taken:
        if score.may_be_told(session, held):
            mine = (Round.campaign_id == held.id) & (Round.citizen_id == name) & Round.finished_at.is_not(None)
            rounds += _rounds(session, mine)
    rounds.sort(key=lambda played: played.started_at, reverse=True)
    return _missed(session, rounds, score.asked_now(session, names))


def missed_in_practice(session: Session, citizen_id: str, names: Iterable[str]) -> list[Missed]:
    """`names`: his in the campaigns that are open, whose papers must not be answered by this."""
    mine = (Round.citizen_id == citizen_id) & Round.campaign_id.is_(None)
    return _missed(session, _rounds(session, mine), score.asked_now(session, names))


def _rounds(session: Session, mine: ColumnElement[bool]) -> list[Round]:
    latest = select(Round).where(mine).order_by(Round.started_at.desc(), Round.id).limit(LATEST)
    return list(session.scalars(latest.options(selectinload(Round.given))).all())


def _missed(session: Session, rounds: Sequence[Round], secret: Collection[str]) -> list[Missed]:
    """The newest answer to a question decides; `rounds`: the latest first. What is void is nobody's mistake."""
    letters: dict[str, str | None] = {}
    held_to = {name: marking.in_force(session, name) for name in {one.campaign_id for one in rounds} if name}
    mended: dict[str, Mended] = {}
    for played in rounds:
        given = {answer.place: answer for answer in played.given}
        for place, key in enumerate(played.question_keys, start=1):
            answer = given.get(place)
            if answer is None and played.campaign_id is None:  # practice that was left: it was never asked
                continue
            mending = held_to.get(played.campaign_id or "", {}).get(key)
            if key not in letters and mending:
                mended[key] = marking.mended_by(mending)
            is_settled = (answer and answer.is_right) or (mending and mending.kind == Kind.VOID)
            letters.setdefault(key, None if is_settled else answer.letters if answer else "")
    wrong = {key: given for key, given in letters.items() if given is not None and key not in secret}
    known = session.scalars(select(Question).where(Question.key.in_(wrong))).all() if wrong else []
    questions = {question.key: question for question in known}
    return [Missed(questions[key], given, mended.get(key)) for key, given in wrong.items() if key in questions]
