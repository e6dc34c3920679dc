"""An answer is taken: the statements that thousands of answers a minute wait for, by the driver, one round trip each.

The rules are those of play.py; here they are one condition in SQL: an answer is written only while its round runs and
nothing final stands in its place. It is durable before anybody is told. In the chat one statement is enough: Redis has
brought how far he is, and the answer is written only where SQL has it so as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from content.models import Question
from content.store import clock
from content.store.db import Database
from content.store.quick import Row, Statement, structure, when
from handlers import conversation
from handlers.conversation import STANDING, STANDS, Copy
from handlers.quiz import bank, register
from handlers.quiz.campaign import Campaign, Multiple
from handlers.quiz.mending.marking import Mended, mended_of
from handlers.quiz.mending.models import Kind, Mending
from handlers.quiz.models import Round
from handlers.quiz.play import Standing, half_points_of, standing_of

_SHEET = (
    "SELECT r.citizen_id, r.campaign_id, r.question_keys, r.points, r.deadline_at, r.finished_at, k.rules, "
    "(SELECT {rows} FROM quiz_answers a WHERE a.round_id = r.id), "
    "(SELECT {mended} FROM quiz_mendings m WHERE m.campaign_id = r.campaign_id AND m.state = 'done') "
    "FROM quiz_rounds r LEFT JOIN quiz_campaigns k ON k.id = r.campaign_id WHERE r.id = ?"
)
_ANSWER = "a.place, a.letters, a.is_right, a.half_points, a.is_final, a.seq, a.message_key"
_MENDED = "m.decided_at, m.id, m.question_key, m.kind, m.accepted, m.original, m.reason"
_SHEET_ON_SQLITE = _SHEET.format(
    rows=f"json_group_array(json_array({_ANSWER}))", mended=f"json_group_array(json_array({_MENDED}))"
)
_SHEET_ON_POSTGRESQL = _SHEET.format(
    rows=f"json_agg(json_build_array({_ANSWER}))", mended=f"json_agg(json_build_array({_MENDED}))"
)
"""One row, however many answers there are."""
_TAKE = (
    "INSERT INTO quiz_answers "
    "(round_id, place, question_key, letters, is_right, half_points, at, is_final, seq, message_key) "
    "SELECT r.id, g.place, g.question_key, g.letters, g.is_right, g.half_points, g.now, g.is_final, g.seq, g.key "
    "FROM {given} g CROSS JOIN quiz_rounds r WHERE r.id = g.round_id AND r.finished_at IS NULL "
    "AND (r.deadline_at IS NULL OR r.deadline_at > g.now) {unmoved}{lock} "
    "ON CONFLICT (round_id, place) DO UPDATE SET letters = excluded.letters, is_right = excluded.is_right, "
    "half_points = excluded.half_points, at = excluded.at, is_final = excluded.is_final, seq = excluded.seq, "
    "message_key = excluded.message_key "
    "WHERE NOT quiz_answers.is_final AND (excluded.is_final OR quiz_answers.seq < excluded.seq)"
)
_LOCK = "FOR SHARE OF r"
"""Makes it wait for a hand-in that is adding up."""
_VALUES = {
    "round_id": "TEXT", "place": "INTEGER", "question_key": "TEXT", "letters": "TEXT", "is_right": "BOOLEAN",
    "half_points": "INTEGER", "now": "TIMESTAMP", "is_final": "BOOLEAN", "seq": "INTEGER", "key": "TEXT",
}  # fmt: skip
_UNMOVED = (
    "AND EXISTS (SELECT 1 FROM conversations c WHERE {stands}) "
    "AND NOT EXISTS (SELECT 1 FROM quiz_answers a WHERE a.round_id = r.id AND a.message_key = g.key) "
    "AND (SELECT count(*) FROM quiz_answers a WHERE a.round_id = r.id AND a.letters <> '') = g.place - 1 "
    "AND (SELECT count(*) FROM quiz_mendings m WHERE m.campaign_id = r.campaign_id AND m.state = 'done') = g.mendings "
)
_LOOKED_AT = Statement(_VALUES, _TAKE.replace("{unmoved}", ""), _LOCK)
_BY_COPY = Statement(
    _VALUES | STANDING | {"mendings": "INTEGER"}, _TAKE.replace("{unmoved}", _UNMOVED.format(stands=STANDS)), _LOCK
)
"""Nobody has looked: the talk, what is answered and what was mended must be as they were."""


class State(StrEnum):
    """What became of an answer."""

    SAVED = "saved"
    OLDER = "older"
    """A later tap has been here already, or this very one."""
    FINAL = "final"
    """Answered in the chat, where the verdict was told."""
    OVER = "over"
    """The time is up, or the paper was handed in."""


@dataclass(frozen=True, slots=True)
class Given:
    letters: str
    is_right: bool
    half_points: int
    is_final: bool
    seq: int
    message_key: str | None


@dataclass(frozen=True)
class Sheet:
    """A round as it stands in SQL."""

    round_id: str
    participant: str
    campaign_id: str | None
    question_keys: list[str]
    points: list[int]
    deadline_at: datetime | None
    finished_at: datetime | None
    written_rules: str | None
    given: dict[int, Given] = field(repr=False)
    """By place."""
    mended: dict[str, Mended] = field(default_factory=dict)
    """By question, what holds in its campaign."""
    mendings: int = 0
    """How many were carried out there."""

    @cached_property
    def rules(self) -> Campaign | None:
        return register.read(self.written_rules) if self.written_rules else None

    @cached_property
    def answered(self) -> int | None:
        """How many places from the first on are answered; None where one beyond them is as well."""
        places = sorted(place for place, answer in self.given.items() if answer.letters)
        return len(places) if places == list(range(1, len(places) + 1)) else None

    @property
    def is_late(self) -> bool:
        return self.deadline_at is not None and clock.now() >= self.deadline_at

    @cached_property
    def standing(self) -> Standing:
        total, full_marks = len(self.question_keys), sum(self.points)
        return standing_of(total, full_marks, self.given, self.deadline_at, self.finished_at)

    def brings(self, place: int, question: Question, letters: str) -> int:
        """In half points."""
        rule = self.rules.multiple if self.rules else Multiple.ALL
        return half_points_of(self.points, place, question, letters, rule)


@dataclass(frozen=True, slots=True)
class Saved:
    state: State
    letters: str
    """As they stand now."""
    seq: int


def find_sheet(database: Database, round_id: str) -> Sheet | None:
    quick = database.quick
    row = quick.row(_SHEET_ON_SQLITE if quick.is_sqlite else _SHEET_ON_POSTGRESQL, (round_id,))
    if row is None:
        return None
    participant, campaign_id, keys, points, deadline_at, finished_at, rules, given, mendings = row
    done = sorted(structure(mendings) or ())
    return Sheet(
        round_id, participant, campaign_id, structure(keys), structure(points), when(deadline_at), when(finished_at),
        rules, {answer[0]: _given(answer) for answer in structure(given) or ()}, _in_force(done), len(done),
    )  # fmt: skip


def sheet_of(played: Round, written_rules: str | None, done: Sequence[Mending] = ()) -> Sheet:
    """Of a round that a session holds. `done`: as marking.done has them."""
    given = {one.place: Given(one.letters, one.is_right, one.half_points, one.is_final, one.seq, one.message_key)
             for one in played.given}  # fmt: skip
    return Sheet(
        played.id, played.citizen_id, played.campaign_id, played.question_keys, played.points, played.deadline_at,
        played.finished_at, written_rules, given, _in_force(map(_columns, done)), len(done),
    )  # fmt: skip


def take_by_copy(
    database: Database, copy: Copy, sheet: Sheet, place: int, question: Question, letters: str, message_key: str
) -> bool:
    """As `take`, without having looked: the places before this one, and no other, are answered. False where SQL has it
    otherwise: nothing was done, look and take.
    """
    stands = (*conversation.standing(database, copy, message_key), sheet.mendings)
    return bool(_write(database, sheet, place, question, letters, (True, 0, message_key), stands))


def take(database: Database, sheet: Sheet, place: int, question: Question, letters: str, message_key: str) -> bool:
    """For good, from the chat. False where it is not sure that it was taken: look what stands there."""
    return bool(_write(database, sheet, place, question, letters, (True, 0, message_key)))


def save(
    database: Database, questions: Mapping[str, Question], round_id: str, participant: str, place: int, letters: str,
    seq: int,
) -> Saved:  # fmt: skip
    """From a page: it may be changed until the paper is handed in. `letters` may be empty, for a choice taken back.
    Raises LookupError where this is no place on a paper of this participant.
    """
    sheet = find_sheet(database, round_id)
    if sheet is None or sheet.participant != participant or not 1 <= place <= len(sheet.question_keys):
        raise LookupError(round_id)
    question = bank.question_of(database, questions, sheet.question_keys[place - 1])
    is_saved = _write(database, sheet, place, question, letters, (False, seq, None))
    if is_saved:
        return Saved(State.SAVED, letters, seq)
    now = find_sheet(database, round_id) or sheet
    stands = now.given.get(place)
    if is_saved is None and stands and (stands.letters, stands.seq) == (letters, seq):
        return Saved(State.SAVED, letters, seq)
    if now.standing.is_time_up or now.standing.is_handed_in:
        state = State.OVER
    else:
        state = State.FINAL if stands and stands.is_final else State.OLDER
    return Saved(state, stands.letters if stands else "", stands.seq if stands else 0)


def _write(
    database: Database, sheet: Sheet, place: int, question: Question, letters: str, how: tuple[bool, int, str | None],
    stands: tuple[Any, ...] = (),
) -> bool | None:  # fmt: skip
    """`stands`: as conversation.standing gives it, where nobody has looked."""
    brings, now = sheet.brings(place, question, letters), database.quick.moment(clock.now())
    values = (sheet.round_id, place, question.key, letters, letters == question.answer, brings, now, *how)
    return database.quick.write(_BY_COPY if stands else _LOOKED_AT, (*values, *stands))


def _columns(one: Mending) -> Row:
    return one.decided_at, one.id, one.question_key, one.kind, one.accepted, one.original, one.reason


def _in_force(done: Iterable[Row]) -> dict[str, Mended]:
    """`done`: in the order in which they were carried out."""
    last = {key: (kind, accepted, original, reason) for _, _, key, kind, accepted, original, reason in done}
    return {key: mended_of(*how) for key, how in last.items() if how[0] != Kind.RESTORE}


def _given(row: Row) -> Given:
    _, letters, is_right, half_points, is_final, seq, message_key = row
    return Given(letters, bool(is_right), half_points, bool(is_final), seq, message_key)
