"""Any paper of a campaign drawn again from its seed, for staff who are entitled: the same questions, what was given,
and how hard it was beside the others.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from content.store.keys import Keyring
from handlers.quiz import paper, pool, register
from handlers.quiz.editions.models import PaperEntry, PrintedPaper
from handlers.quiz.exam import roster
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round

_COMPARED = 200
"""Papers whose expected points are averaged."""


@dataclass(frozen=True, slots=True)
class Line:
    place: int
    question: Question
    points: int
    given: GivenAnswer | None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    played: Round
    code: str
    lines: list[Line]
    is_same: bool
    """Whether drawing it again gives just these questions."""
    edition: str
    """Of a paper answered on paper; else empty."""
    expected: float
    """Points that its difficulty promised."""
    average_expected: float
    average: float


def find_papers(session: Session, keyring: Keyring, held: HeldCampaign, typed: str) -> list[Round]:
    """By a participant's code, by the number of somebody on an exam's roster, or by a paper's own; the latest first."""
    wanted = typed.strip()
    of_roster = roster.participant_of(keyring, held.id, wanted.upper())
    names = select(Participant.name).where(Participant.campaign_id == held.id, Participant.code == wanted.upper())
    these = (Round.id == wanted.lower()) | Round.citizen_id.in_(names) | (Round.citizen_id == of_roster)
    listed = select(Round).where(Round.campaign_id == held.id, these).order_by(Round.started_at.desc())
    return list(session.scalars(listed).all())


def rebuild(session: Session, held: HeldCampaign, played: Round) -> Rebuilt:
    bank = repository.questions_by_key(session)
    difficulties = {key: question.difficulty for key, question in bank.items()}
    given = {answer.place: answer for answer in played.given}
    items = [paper.Item(key, points) for key, points in zip(played.question_keys, played.points, strict=True)]
    lines = [Line(place, bank[item.key], item.points, given.get(place)) for place, item in enumerate(items, start=1)]
    participant = session.get(Participant, (held.id, played.citizen_id))
    entry = session.get(PaperEntry, played.id)
    others = select(Round.question_keys, Round.points).where(Round.campaign_id == held.id).limit(_COMPARED)
    expected = [
        paper.expected_points([paper.Item(*pair) for pair in zip(keys, points, strict=True)], difficulties)
        for keys, points in session.execute(others)
    ]
    finished = (Round.campaign_id == held.id) & Round.finished_at.is_not(None)
    average = session.scalar(select(func.avg(Round.half_points)).where(finished)) or 0
    return Rebuilt(
        played, participant.code if participant else "", lines, _is_same(session, held, played, entry),
        entry.edition if entry else "", paper.expected_points(items, difficulties), sum(expected) / len(expected),
        float(average) / 2,
    )  # fmt: skip


def _is_same(session: Session, held: HeldCampaign, played: Round, entry: PaperEntry | None) -> bool:
    """From the questions from which it was drawn, whatever became of the bank since."""
    printed = session.get(PrintedPaper, held.id) if entry else None
    seed, state = (printed.seed, printed.drawn_from) if printed else (played.id, played.drawn_from)
    questions = pool.state(held, state)
    for blueprint in register.rules_of(held).papers:  # the roster may have changed since
        try:
            drawn = paper.draw(questions, blueprint, seed)
        except paper.TooFew:
            continue
        if [item.key for item in drawn] == played.question_keys:
            return True
    return False


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper as it stands in the list of all."""

    round_id: str
    code: str
    started_at: datetime
    finished_at: datetime | None
    half_points: int
    edition: str
    """Of one that was answered on paper; empty for the others."""
    entered_by: str


def listed(session: Session, held: HeldCampaign, count: int) -> list[PaperLine]:
    """In the order in which they were begun."""
    query = (
        select(
            Round.id, Participant.code, Round.started_at, Round.finished_at, Round.half_points,
            func.coalesce(PaperEntry.edition, ""), func.coalesce(PaperEntry.entered_by, ""),
        )
        .join(Participant, (Participant.campaign_id == held.id) & (Participant.name == Round.citizen_id))
        .outerjoin(PaperEntry, PaperEntry.round_id == Round.id)
        .where(Round.campaign_id == held.id)
        .order_by(Round.started_at, Round.id)
        .limit(count)
    )  # fmt: skip
    return [PaperLine(*row) for row in session.execute(query)]
