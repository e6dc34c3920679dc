"""One paper in print, in editions that differ in the order of questions and options, never in the questions: so that
neighbours cannot copy and all are marked alike. Kept as it was printed, whatever the bank says later.
"""

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, repository, staff
from content.models import Question
from content.phrases import say
from content.printed_papers import PrintedEdition, PrintedQuestion, PrintedSection
from content.staff import Role
from content.store import clock
from content.store.db import take_turns
from handlers.quiz import paper, pool, register
from handlers.quiz.bank import lot
from handlers.quiz.campaign import Campaign, Multiple
from handlers.quiz.editions.models import PaperEntry, PrintedPaper, SheetState, TypedSheet
from handlers.quiz.letters import LETTERS
from handlers.quiz.models import HeldCampaign

EDITIONS = ("A", "B", "C")
_TITLES = {
    "single": "edition_section_single", "multiple": "edition_section_multiple", "judge": "edition_section_judge",
    "scenario": "edition_section_scenario",
}  # fmt: skip
_SECTIONS = tuple(_TITLES)
_TIED = re.compile(r"以上|上述|前[两三四]项|[A-H][、和与]|[A-H]项")
"""An option that speaks of the others: they keep their order."""


class NotPrinted(Exception):
    """There is no paper in print, or it cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it was printed; `right` in the bank's letters."""

    key: str
    kind: str
    words: str
    options: list[str]
    right: str
    points: int
    scenario: str = ""
    story: str = ""


def make(session: Session, held: HeldCampaign, by: str) -> PrintedPaper:
    """The paper in print: as it stands, else drawn now. Raises NotAllowed, NotPrinted and paper.TooFew."""
    staff.require(session, by, Role.CAMPAIGNS)
    take_turns(session, f"printed:{held.id}")
    if found := find(session, held):
        return found
    if register.rules_of(held).has_groups:
        raise NotPrinted(say("edition_by_group"))
    seed = secrets.token_hex(16)
    known, (state, there) = repository.questions_by_key(session), pool.fixed(session, held)
    items = [_item(known[item.key], item.points) for item in paper.draw(there, register.rules_of(held).paper, seed)]
    made = PrintedPaper(
        campaign_id=held.id, seed=seed, items=[_as_row(item) for item in items],
        editions={edition: _shuffled(items, f"{seed}:{edition}") for edition in EDITIONS}, made_by=staff.folded(by),
        made_at=clock.now(), drawn_from=state,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, by, "quiz.paper_print", f"campaign:{held.id}", seed=seed, editions=list(EDITIONS))
    return made


def discard(session: Session, held: HeldCampaign, by: str) -> None:
    """So that another is drawn; not once an answer of it was typed in. Raises NotPrinted, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    found = get(session, held)
    waits = (TypedSheet.campaign_id == held.id) & (TypedSheet.state == SheetState.PROPOSED)
    if entered(session, held) or session.scalar(select(TypedSheet.id).where(waits).limit(1)):
        raise NotPrinted(say("edition_is_used"))
    session.delete(found)
    session.flush()
    audit.record(session, by, "quiz.paper_discard", f"campaign:{held.id}", seed=found.seed)


def take_key(session: Session, held: HeldCampaign, by: str) -> PrintedPaper:
    """For whoever marks: that somebody has taken the right answers away is kept. Raises NotPrinted, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    found = get(session, held)
    audit.record(session, by, "quiz.paper_key", f"campaign:{held.id}", seed=found.seed)
    return found


def find(session: Session, held: HeldCampaign) -> PrintedPaper | None:
    return session.get(PrintedPaper, held.id)


def get(session: Session, held: HeldCampaign) -> PrintedPaper:
    """Raises NotPrinted."""
    if (found := find(session, held)) is None:
        raise NotPrinted(say("edition_none"))
    return found


def entered(session: Session, held: HeldCampaign) -> int:
    """Papers typed in so far."""
    mine = PaperEntry.campaign_id == held.id
    return session.scalar(select(func.count()).select_from(PaperEntry).where(mine)) or 0


def items_of(printed: PrintedPaper) -> list[Item]:
    return [Item(**row) for row in printed.items]


def printable(printed: PrintedPaper, held: HeldCampaign, edition: str) -> PrintedEdition:
    rules, items = register.rules_of(held), items_of(printed)
    placed = [(number, items[place - 1], order) for number, (place, order) in enumerate(printed.editions[edition], 1)]
    sections = []
    for at, section in enumerate(name for name in _SECTIONS if any(_section(item) == name for _, item, _ in placed)):
        mine = [one for one in placed if _section(one[1]) == section]
        told = say(_TITLES[section], number="一二三四"[at], count=len(mine))
        sections.append(PrintedSection(told, tuple(_questions(mine))))
    lines = ("edition_unit", "edition_name", "edition_number" if rules.exam else "edition_code")
    return PrintedEdition(held.title, edition, tuple(sections), rules_told(rules), tuple(map(say, lines)))


def rules_told(rules: Campaign) -> tuple[str, ...]:
    said = [
        say("edition_rule_all", questions=rules.questions, full=f"{rules.full_marks:g}", minutes=rules.minutes),
        say("edition_rule_half" if rules.multiple is Multiple.HALF else "edition_rule_multiple"),
        say("edition_rule_wrong"),
    ]
    if rules.draw:
        said.append(say("edition_rule_draw"))
    if rules.exam:
        said.append(say("edition_rule_pass", points=rules.exam.pass_points))
    return tuple(said)


def marking_told(rules: Campaign) -> tuple[str, ...]:
    """For whoever marks, at the head of the key."""
    said = [
        say("edition_marking_all", questions=rules.questions, full=f"{rules.full_marks:g}"),
        say("edition_rule_half" if rules.multiple is Multiple.HALF else "edition_rule_multiple"),
        say("edition_marking_wrong"),
    ]
    return (*said, say("edition_rule_pass", points=rules.exam.pass_points)) if rules.exam else tuple(said)


def original_of(order: str, printed: str) -> str:
    """Letters as they stand on an edition → as the bank has them."""
    return "".join(sorted(order[LETTERS.index(letter)] for letter in printed))


def printed_of(order: str, original: str) -> str:
    return "".join(sorted(LETTERS[order.index(letter)] for letter in original))


def _questions(placed: list[tuple[int, Item, str]]) -> list[PrintedQuestion]:
    found: list[PrintedQuestion] = []
    before = ""
    for number, item, order in placed:
        story = item.story if item.scenario and item.scenario != before else ""
        before = item.scenario
        options = tuple(item.options[LETTERS.index(letter)] for letter in order)
        right = printed_of(order, item.right)
        sort = say(f"quiz_kind_{item.kind}") if item.scenario else ""
        found.append(PrintedQuestion(number, story, item.words, options, item.points, right, sort))
    return found


def _item(question: Question, points: int) -> Item:
    return Item(
        question.key, question.kind, question.text, list(question.options), question.answer, points,
        question.scenario or "", question.scenario_text or "",
    )  # fmt: skip


def _as_row(item: Item) -> dict[str, object]:
    return {name: getattr(item, name) for name in Item.__slots__}


def _section(item: Item) -> str:
    return "scenario" if item.scenario else item.kind


def _shuffled(items: list[Item], seed: str) -> list[list[object]]:
    """[place among the items, the options' letters in printed order], in printed order; a story's questions stay
    together and in their order.
    """

    def turn(numbered: tuple[int, Item]) -> tuple[int, bytes, int]:
        place, item = numbered
        return _SECTIONS.index(_section(item)), lot(seed, item.scenario or item.key), place

    ordered = sorted(enumerate(items, start=1), key=turn)
    return [[place, _order(item, seed)] for place, item in ordered]


def _order(item: Item, seed: str) -> str:
    letters = LETTERS[: len(item.options)]
    if item.kind == "judge" or any(_TIED.search(option) for option in item.options):
        return letters
    return "".join(sorted(letters, key=lambda letter: lot(f"{seed}:{item.key}", letter)))
