"""What of a paper may be shown, field by field: while it is answered, and once it has been handed in.

Pages are made from these and from nothing else. `Asked` has no room for an answer or an explanation; `Marked` has, and
is made only where the campaign's rule allows it (score.may_be_told), and never of a question that stands on a paper
which the same citizen is answering just now, in this campaign or another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from content.models import Question
from content.phrases import say
from content.store import clock
from content.store.db import Database
from handlers.quiz import bank, play, score
from handlers.quiz.letters import letters_of
from handlers.quiz.mending import marking
from handlers.quiz.mending.models import Kind, Mending
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.taking import Given, Sheet


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on an open paper, and what has been saved for it."""

    place: int
    kind: str
    text: str
    story: str
    options: list[tuple[str, str]]
    points: int
    letters: str
    seq: int
    is_final: bool
    """Given in the chat: not to be changed."""


@dataclass(frozen=True, slots=True)
class Solution:
    letters: str
    is_right: bool
    explanation: str
    basis: list[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """A question of a paper that is over. `solution`: None where it may not be told yet, and of what is void."""

    place: int
    kind: str
    text: str
    story: str
    options: list[tuple[str, str]]
    letters: str
    points: float | None
    solution: Solution | None
    mended: str = ""
    """What was changed about the question after papers had been handed in; why, as far as it may be told."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A paper as its owner sees it in a list."""

    round_id: str
    started_at: datetime
    ended_at: datetime | None
    """None while it runs."""
    right: int
    total: int
    half_points: int
    full_marks: int
    is_timed_out: bool
    is_on_paper: bool = False
    """Answered on paper, and typed in by staff."""

    @property
    def points(self) -> float:
        return self.half_points / 2

    @property
    def minutes(self) -> tuple[int, int]:
        """And seconds, that it took."""
        taken = (self.ended_at or self.started_at) - self.started_at
        return divmod(int(taken.total_seconds()), 60)


def asked(database: Database, questions: Mapping[str, Question], sheet: Sheet) -> list[Asked]:
    found = []
    for place, key in enumerate(sheet.question_keys, start=1):
        question, given = bank.question_of(database, questions, key), sheet.given.get(place, _NOTHING)
        found.append(
            Asked(
                place, question.kind, question.text, question.scenario_text or "", options_of(question),
                sheet.points[place - 1], given.letters, given.seq, given.is_final,
            )
        )  # fmt: skip
    return found


_NOTHING = Given(letters="", is_right=False, half_points=0, is_final=False, seq=0, message_key=None)


@dataclass(frozen=True, slots=True)
class Beside:
    """Where else he may be answering the same questions: his names in the other open campaigns; or these campaigns,
    where it is not known who he is there, and nobody's running paper must be answered by this.
    """

    names: Sequence[str] = ()
    campaigns: Sequence[str] = ()


ALONE = Beside()


def marked(
    session: Session, questions: Mapping[str, Question], held: HeldCampaign, played: Round, beside: Beside = ALONE
) -> list[Marked]:
    """Of a paper that is over, whether or not it has been settled."""
    given = {answer.place: answer for answer in played.given}
    secret = set(played.question_keys)
    if score.may_be_told(session, held):
        secret = score.asked_now(session, [played.citizen_id, *beside.names], beside.campaigns)
    mendings = marking.in_force(session, held.id)
    found = []
    for place, key in enumerate(played.question_keys, start=1):
        question = questions.get(key) or bank.get_question(session, key)
        is_told, mending = key not in secret, mendings.get(key)
        solution = _solution(question, given.get(place), mending) if is_told else None
        mended = _mended(mending, is_told) if mending else ""
        found.append(_marked(question, place, given.get(place), solution, mended, is_told=is_told))
    return found


def _marked(
    question: Question, place: int, given: GivenAnswer | None, solution: Solution | None, mended: str, *, is_told: bool
) -> Marked:  # fmt: skip
    brought = given.half_points / 2 if given else 0.0
    return Marked(
        place, question.kind, question.text, question.scenario_text or "", options_of(question),
        given.letters if given else "", brought if is_told else None, solution, mended,
    )  # fmt: skip


def _solution(question: Question, given: GivenAnswer | None, mending: Mending | None) -> Solution | None:
    """None of what is void. The reasons that came with a mistake are not told any more."""
    if mending and mending.kind == Kind.VOID:
        return None
    is_right = given is not None and given.is_right
    if mending:
        return Solution(_right(mending), is_right, "", [])
    return Solution(question.answer, is_right, question.explanation, list(question.basis))


def _mended(mending: Mending, is_told: bool) -> str:
    """Other letters, and the reason that may name them, only where answers are told; what is void has none any more."""
    if not is_told and mending.kind != Kind.VOID:
        return say("quiz_page_mended_later")
    return say(_MENDED[Kind(mending.kind)], right=_right(mending), reason=mending.reason)


def _right(mending: Mending) -> str:
    return say("quiz_page_or").join(marking.mended_by(mending).ways)


_MENDED = {Kind.VOID: "quiz_page_mended_void", Kind.ANSWER: "quiz_page_mended_answer"}


def papers(session: Session, held: HeldCampaign, participant: str) -> list[Taken]:
    """All of a participant's, the latest first."""
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant)
    found = select(Round).where(mine).order_by(Round.started_at.desc(), Round.id).options(selectinload(Round.given))
    every = session.scalars(found).all()
    typed_in = score.typed_in_of(session, [played.id for played in every])
    return [taken(played, played.id in typed_in) for played in every]


def taken(played: Round, is_on_paper: bool = False) -> Taken:
    """Its time is up by the clock, whether or not it has been settled."""
    standing, deadline = play.standing(played), played.deadline_at
    due = deadline if deadline and deadline <= clock.now() else None
    ended_at = played.finished_at or due
    return Taken(
        played.id, played.started_at, ended_at, standing.right, standing.total, standing.half_points,
        standing.full_marks, is_timed_out=ended_at is not None and ended_at == deadline,
        is_on_paper=is_on_paper,
    )  # fmt: skip


def find_paper(session: Session, held: HeldCampaign, participant: str, round_id: str) -> Round | None:
    """None where it is another participant's, or another campaign's."""
    played = play.find_round(session, round_id)
    is_his = played is not None and (played.campaign_id, played.citizen_id) == (held.id, participant)
    return played if is_his else None


def options_of(question: Question) -> list[tuple[str, str]]:
    return list(zip(letters_of(question), question.options, strict=True))
