"""What was answered on paper, typed into an Excel sheet: every fault has its cell, and either all of a file counts or
nothing. Papers are marked, ranked and counted as all others.

Nobody measured the time on paper: each counts as having taken all of it, so that of equal points who answered on a
screen comes first.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.importers.sheets import Cell, column_of, rows_of
from content.models import Question
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import letters, play, register, standings
from handlers.quiz.editions import shuffling
from handlers.quiz.editions.models import PaperEntry, PrintedPaper
from handlers.quiz.editions.shuffling import Item
from handlers.quiz.exam import entitlement, roster
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round
from handlers.quiz.prizes import entries

_HEADING_WITHIN = 10
_NUMBER = re.compile(r"\w[\w-]{0,31}")


@dataclass(frozen=True, slots=True)
class Fault:
    cell: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's answers as they were typed."""

    row: int
    who: str
    """As typed: 工号, 参与码 or 编号."""
    participant: str
    edition: str
    answers: list[str]
    """By place among the paper's items, in the bank's letters; empty where none was given."""


@dataclass(frozen=True, slots=True)
class Entered:
    who: str
    code: str
    """Under which he stands on boards."""
    edition: str
    half_points: int


@dataclass(frozen=True)
class Reading:
    sheets: list[Sheet] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class NotEntered(Exception):
    """Nothing was entered; the message says why, `faults` where."""

    def __init__(self, sentence: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(sentence)
        self.faults = list(faults)


def headings(held: HeldCampaign, printed: PrintedPaper) -> list[str]:
    """Of the template, in its order."""
    who = ("edition_number",) if register.rules_of(held).exam else ("edition_code", "edition_paper_number")
    return [*map(say, who), say("edition_edition"), *(str(number) for number in range(1, len(printed.items) + 1))]


def enter(
    session: Session, keyring: Keyring, held: HeldCampaign, data: bytes, name: str, started_at: datetime, by: str,
    *, replaces: bool = False,
) -> list[Entered]:  # fmt: skip
    """What each paper brought. `started_at`: when they were begun; `replaces`: what was typed in before is put right.
    Raises NotEntered, NotPrinted, Unreadable and NotAllowed.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    printed = shuffling.get(session, held)
    _refuse_what_cannot_be(session, held, started_at)
    standings.take_turns_of(session, held)
    reading = read(session, keyring, held, printed, data, name)
    faults = reading.faults or _not_allowed(session, held, reading.sheets, started_at, replaces)
    if faults:
        first = faults[0]
        raise NotEntered(say("entry_faulty", count=len(faults), cell=first.cell, fault=first.sentence), faults)
    if not reading.sheets:
        raise NotEntered(say("entry_empty"))
    rounds = [_put(session, held, printed, sheet, started_at, by) for sheet in reading.sheets]
    if replaces:
        standings.rebuild(session, held)
    audit.record(
        session, by, "quiz.paper_enter", f"campaign:{held.id}", papers=len(reading.sheets), replaced=replaces,
        began=clock.spoken(started_at),
    )  # fmt: skip
    return [
        Entered(sheet.who, session.get_one(Participant, (held.id, sheet.participant)).code, sheet.edition, half_points)
        for sheet, half_points in zip(reading.sheets, rounds, strict=True)
    ]


# ── read ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(
    session: Session, keyring: Keyring, held: HeldCampaign, printed: PrintedPaper, data: bytes, name: str
) -> Reading:
    """Raises Unreadable, and NotEntered where there is no such heading."""
    wanted, columns, reading = headings(held, printed), dict[str, str](), Reading()
    items, seen = shuffling.items_of(printed), dict[str, int]()
    for at, (_, row, cells) in enumerate(rows_of(data, name)):
        told = {columns[column_of(cell.place)]: cell for cell in cells if column_of(cell.place) in columns}
        if not columns and at < _HEADING_WITHIN:
            found = {_plain(cell.text): column_of(cell.place) for cell in cells}
            if set(wanted) <= set(found):
                columns = {found[heading]: heading for heading in wanted}
        elif any(cell.text.strip() or cell.fault for cell in told.values()):
            place = {heading: f"{column}{row}" for column, heading in columns.items()}
            _read_row(session, keyring, held, printed, items, row, told, place, reading, seen)
    if not columns:
        raise NotEntered(say("entry_no_heading", first=wanted[0], last=wanted[-1]))
    return reading


def _read_row(
    session: Session, keyring: Keyring, held: HeldCampaign, printed: PrintedPaper, items: list[Item], row: int,
    told: dict[str, Cell], place: dict[str, str], reading: Reading, seen: dict[str, int],
) -> None:  # fmt: skip
    faults = [Fault(cell.place, cell.fault) for cell in told.values() if cell.fault]
    texts = {heading: _plain(told[heading].text) if heading in told else "" for heading in place}
    edition = texts[say("edition_edition")].upper().removesuffix("卷").strip()
    if edition not in printed.editions:
        faults.append(Fault(place[say("edition_edition")], say("entry_no_edition")))
    who = _participant(session, keyring, held, texts)
    where = place[next(iter(place))]
    if isinstance(who, Fault):
        faults.append(Fault(place.get(who.cell, where), who.sentence))
    elif who in seen:
        faults.append(Fault(where, say("entry_twice", row=seen[who])))
    answers = [""] * len(items)
    for number, (at, order) in enumerate(printed.editions.get(edition, []), start=1):
        typed = texts[str(number)]
        taken = _letters(items[at - 1], typed)
        if taken is None:
            faults.append(Fault(place[str(number)], say("entry_letters", typed=typed)))
        else:
            answers[at - 1] = shuffling.original_of(order, taken)
    reading.faults.extend(faults)
    if not faults and isinstance(who, str):
        seen[who] = row
        reading.sheets.append(Sheet(row, _typed(texts), who, edition, answers))


def _letters(item: Item, typed: str) -> str | None:
    """As printed; "" for none; None for what is no answer to this question."""
    if not typed:
        return ""
    return letters.read_letters(typed, Question(kind=item.kind, options=item.options)) or None


def _participant(session: Session, keyring: Keyring, held: HeldCampaign, texts: dict[str, str]) -> str | Fault:
    """His name as a participant; a Fault's cell is a heading here."""
    if register.rules_of(held).exam:
        number = texts[heading := say("edition_number")].upper()
        name = roster.participant_of(keyring, held.id, number)
        sitter = roster.find_sitter(session, held, name) if number else None
        return name if sitter and sitter.is_active else Fault(heading, say("entry_no_person", number=number))
    code, number = texts[heading := say("edition_code")].upper(), texts[say("edition_paper_number")]
    if code:
        of_code = (Participant.campaign_id == held.id) & (Participant.code == code)
        found = session.scalar(select(Participant.name).where(of_code))
        return found or Fault(heading, say("entry_no_code", code=code))
    if not _NUMBER.fullmatch(number):
        return Fault(say("edition_paper_number"), say("entry_who"))
    return keyring.pseudonym(f"campaign:{held.id}", f"paper:{number}")


def _typed(texts: dict[str, str]) -> str:
    """What tells him from the others in the file."""
    named = (texts.get(say(key), "") for key in ("edition_number", "edition_code", "edition_paper_number"))
    return next(filter(None, named), "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


# ── may it count ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _refuse_what_cannot_be(session: Session, held: HeldCampaign, started_at: datetime) -> None:
    """Raises NotEntered."""
    if entries.find_list(session, held.id):
        raise NotEntered(say("entry_is_drawn"))
    rules = register.rules_of(held)
    ended_at = started_at + timedelta(minutes=rules.minutes)
    if ended_at > clock.now():
        raise NotEntered(say("entry_not_over", minutes=rules.minutes))
    if rules.exam is None and not (held.opens_at <= started_at and ended_at <= held.closes_at):
        times = {"opens": clock.spoken(held.opens_at), "closes": clock.spoken(held.closes_at)}
        raise NotEntered(say("entry_outside", **times))


def _not_allowed(
    session: Session, held: HeldCampaign, sheets: list[Sheet], started_at: datetime, replaces: bool
) -> list[Fault]:
    """Who has a paper already, or no attempt left at that time."""
    faults = []
    for sheet in sheets:
        if _earlier(session, held, sheet.participant, started_at):
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


def _earlier(session: Session, held: HeldCampaign, participant: str, started_at: datetime) -> Round | None:
    """What was typed in for him of the same sitting."""
    same = (Round.campaign_id == held.id) & (Round.citizen_id == participant) & (Round.started_at == started_at)
    return session.scalar(select(Round).join(PaperEntry, PaperEntry.round_id == Round.id).where(same))


# ── counted ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _put(
    session: Session, held: HeldCampaign, printed: PrintedPaper, sheet: Sheet, started_at: datetime, by: str
) -> int:  # fmt: skip
    """Handed in through the same door as every paper; one that was typed in before is overwritten. Half points."""
    rules, items = register.rules_of(held), shuffling.items_of(printed)
    if before := _earlier(session, held, sheet.participant, started_at):
        session.execute(delete(GivenAnswer).where(GivenAnswer.round_id == before.id))
        session.refresh(before, ["given"])
        before.finished_at = None
        played, entry = before, session.get_one(PaperEntry, before.id)
    else:
        sitter = roster.find_sitter(session, held, sheet.participant) if rules.exam else None
        if sitter:
            roster.join(session, held, sitter)
        else:
            play.join(session, held, sheet.participant)
        played = Round(
            id=_round_id(held, sheet, started_at),
            citizen_id=sheet.participant, question_keys=[item.key for item in items], started_at=started_at,
            campaign_id=held.id, points=[item.points for item in items],
            deadline_at=started_at + timedelta(minutes=rules.minutes),
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
