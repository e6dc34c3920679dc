"""What was answered on paper, typed into an Excel sheet and read: every fault has its cell. Who is meant must be there
already where prizes are drawn: a number on a paper would be anybody.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.importers.sheets import Cell, column_of, rows_of
from content.models import Question
from content.phrases import say
from content.store.keys import Keyring
from handlers.quiz import letters, register
from handlers.quiz.editions import shuffling
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.editions.shuffling import Item
from handlers.quiz.exam import roster
from handlers.quiz.models import HeldCampaign, Participant

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
    return [
        *map(say, _who(held)),
        say("edition_edition"),
        *(str(number) for number in range(1, len(printed.items) + 1)),
    ]


def _who(held: HeldCampaign) -> tuple[str, ...]:
    """By what a paper says whose it is."""
    rules = register.rules_of(held)
    if rules.exam:
        return ("edition_number",)
    return ("edition_code",) if rules.draw else ("edition_code", "edition_paper_number")


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
    code, number = texts[heading := say("edition_code")].upper(), texts.get(say("edition_paper_number"), "")
    if code or register.rules_of(held).draw:
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
