"""The paper edition: the same questions in another order, and what is typed in counts as if it came from a screen."""

import io
from datetime import timedelta

import docx
import openpyxl
import pytest

from content import export, printed_papers
from content.models import Question
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import play, standings
from handlers.quiz.editions import entering, shuffling
from handlers.quiz.editions.entering import NotEntered
from handlers.quiz.editions.shuffling import EDITIONS, NotPrinted
from handlers.quiz.exam import roster, units
from handlers.quiz.exam.models import Sitter
from handlers.quiz.models import Participant, Round
from handlers.quiz.prizes.models import EntryList
from tests.handlers.quiz.examined import AFTER, EXAM, PEOPLE, START, campaign

BLUEPRINT = """
[[paper]]
subject = "constitution"
kind = "single"
count = 6
points = 5

[[paper]]
subject = "constitution"
kind = "multiple"
count = 4
points = 10

[[paper]]
subject = "labour"
kind = "judge"
count = 3
points = 10
"""


def rules(whole: str) -> str:
    head, tail = whole[: whole.index("[[paper]]")], whole[whole.index("[exam]") :]
    return f"{head}{BLUEPRINT}\n{tail}"


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened, clock.fixed_at(AFTER):
        yield opened


@pytest.fixture
def exam(session, bureau):
    """With D001 to D003 on its roster and a paper in print."""
    held = campaign(session, rules(EXAM))
    [unit] = units.put(session, held, {"演示单位"}, PEOPLE[0]).values()
    for number in ("D001", "D002", "D003"):
        session.add(
            Sitter(campaign_id=held.id, participant=roster.participant_of(bureau.keyring, held.id, number),
                   unit_id=unit.id, is_leading=False, is_active=True, changed_at=AFTER, who="")
        )  # fmt: skip
    return held, shuffling.make(session, held, PEOPLE[0])


def typed(held, printed, *rows: list[str]) -> bytes:
    return export.as_xlsx({"录入": [entering.headings(held, printed), *rows]})


def row_of(printed, who: str, edition: str, answers: dict[str, str]) -> list[str]:
    """As somebody would write it who has this edition before him; `answers` in the bank's letters, by question."""
    items = shuffling.items_of(printed)
    cells = [
        shuffling.printed_of(order, answers.get(items[place - 1].key, "")) for place, order in printed.editions[edition]
    ]
    return [who, edition, *cells]


def right(printed) -> dict[str, str]:
    return {item.key: item.right for item in shuffling.items_of(printed)}


def enter(session, bureau, held, data: bytes, **more):
    start = more.pop("start", START + timedelta(hours=1))
    return entering.enter(session, bureau.keyring, held, data, "录入.xlsx", start, PEOPLE[0], **more)


def test_editions_hold_the_same_questions_in_another_order_and_their_keys_fit(exam):
    held, printed = exam
    editions = [shuffling.printable(printed, held, name) for name in EDITIONS]
    orders = [[question.words for question in edition.questions] for edition in editions]
    assert len({tuple(order) for order in orders}) == 3 and len({frozenset(order) for order in orders}) == 1
    by_words = {item.words: item for item in shuffling.items_of(printed)}
    options = set()
    for edition in editions:
        assert [question.number for question in edition.questions] == list(range(1, 14))
        for question in edition.questions:
            item = by_words[question.words]
            chosen = {question.options["ABCDEFGH".index(letter)] for letter in question.right}
            assert chosen == {item.options["ABCDEFGH".index(letter)] for letter in item.right}
            options.add(question.options)
            if item.kind == "judge":
                assert question.options == ("对", "错")
    assert len(options) > len(by_words)


def test_a_paper_in_print_stays_as_it_was_printed_until_it_is_discarded_unused(session, bureau, exam):
    held, printed = exam
    seed = printed.seed
    assert shuffling.make(session, held, PEOPLE[1]).seed == seed
    shuffling.discard(session, held, PEOPLE[1])
    assert shuffling.make(session, held, PEOPLE[1]).seed != seed
    printed = shuffling.get(session, held)
    enter(session, bureau, held, typed(held, printed, row_of(printed, "D001", "A", {})))
    with pytest.raises(NotPrinted, match="不能换题"):
        shuffling.discard(session, held, PEOPLE[1])
    with pytest.raises(NotAllowed):
        shuffling.make(session, held, "nobody")


def words_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def test_the_word_files_hold_every_question_and_rule_and_the_key_only_where_it_belongs(exam):
    held, printed = exam
    editions = [shuffling.printable(printed, held, name) for name in EDITIONS]
    paper = words_of(printed_papers.paper_docx(editions[0]))
    key = words_of(printed_papers.key_docx(held.title, editions, editions[0].rules))
    for question in editions[0].questions:
        sort = f"{question.sort}，" if question.sort else ""
        assert f"{question.number}. {question.words}（{sort}{question.points} 分）" in paper and question.story in paper
        assert all(option in paper for option in question.options)
        assert f"{question.number}　{question.right}" in key and f"{question.number}　{question.right}" not in paper
    for words in ("工号", "答题卡（A 卷）", "100 分", "多选题全部选对才得分", "60 分以上为合格"):
        assert words in paper


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_was_typed_in_brings_the_same_points_as_on_a_screen(session, bureau, exam, edition):
    held, printed = exam
    answers = right(printed)
    items = shuffling.items_of(printed)
    answers[items[0].key] = "A" if items[0].right != "A" else "B"  # a wrong one
    answers[items[7].key] = items[7].right[:-1]  # a part of a multiple choice
    del answers[items[1].key]
    [entered] = enter(session, bureau, held, typed(held, printed, row_of(printed, "d001", edition, answers)))
    on_screen = answered_on_a_screen(session, held, printed, answers)
    assert entered.half_points == on_screen.half_points == 2 * (100 - 5 - 5 - 10)
    name = roster.participant_of(bureau.keyring, held.id, "D001")
    assert standings.rank_of(session, session.get(Participant, (held.id, name))) == 2  # of equal points the quicker
    assert session.get(Participant, (held.id, name)).unit_id is not None


def answered_on_a_screen(session, held, printed, answers) -> Round:
    """In the order in which the paper was drawn; what was left out on paper is wrong here, which brings as little."""
    items = shuffling.items_of(printed)
    with clock.fixed_at(START):
        play.join(session, held, "screen")
        played = Round(
            id="screen", citizen_id="screen", question_keys=[item.key for item in items], started_at=START,
            campaign_id=held.id, points=[item.points for item in items], deadline_at=START + timedelta(minutes=15),
        )  # fmt: skip
        session.add(played)
        session.flush()
        for item in items:
            play.answer(session, played, answers.get(item.key) or ("A" if item.right != "A" else "B"))
    return played


def test_every_fault_has_its_cell_and_nothing_is_entered(session, bureau, exam):
    held, printed = exam
    good = row_of(printed, "D001", "A", right(printed))
    bad = ["D009", "D", "Z", *good[3:]]
    twice = ["D001", "B卷", *good[2:]]
    with pytest.raises(NotEntered, match="什么都没有录入") as refused:
        enter(session, bureau, held, typed(held, printed, good, bad, twice))
    faults = {fault.cell: fault.sentence for fault in refused.value.faults}
    assert set(faults) == {"A3", "B3", "A4"} and "D009" in faults["A3"] and "第 2 行" in faults["A4"]
    odd = ["D002", "A", "Z", *good[3:]]
    with pytest.raises(NotEntered) as refused:
        enter(session, bureau, held, typed(held, printed, good, odd))
    assert [fault.cell for fault in refused.value.faults] == ["C3"]
    assert session.query(Round).filter(Round.campaign_id == held.id).count() == 0


def test_typed_in_again_it_is_refused_or_puts_right_what_was_typed_before(session, bureau, exam):
    held, printed = exam
    enter(session, bureau, held, typed(held, printed, row_of(printed, "D001", "A", right(printed))))
    again = typed(held, printed, row_of(printed, "D001", "B", {}))
    with pytest.raises(NotEntered, match="已经录入过"):
        enter(session, bureau, held, again)
    [entered] = enter(session, bureau, held, again, replaces=True)
    name = roster.participant_of(bureau.keyring, held.id, "D001")
    participant = session.get(Participant, (held.id, name))
    assert (entered.half_points, participant.half_points, participant.papers) == (0, 0, 1)


def test_paper_and_screen_take_of_the_same_attempts(session, bureau, exam):
    held, printed = exam
    data = typed(held, printed, row_of(printed, "D001", "A", {}))
    for hour in (1, 2, 3):
        enter(session, bureau, held, data, start=START + timedelta(hours=hour))
    with pytest.raises(NotEntered, match="次数"):
        enter(session, bureau, held, data, start=START + timedelta(hours=4))


def test_a_time_at_which_nobody_could_sit_is_refused(session, bureau, exam):
    held, printed = exam
    data = typed(held, printed, row_of(printed, "D001", "A", {}))
    for start, told in [(AFTER, "还没有过完"), (START - timedelta(days=1), "不能参加")]:
        with pytest.raises(NotEntered, match=told):
            enter(session, bureau, held, data, start=start)


def test_a_prize_quiz_on_paper_counts_by_code_or_number_and_ends_with_the_list_of_the_draw(session, bureau):
    held = campaign(session, rules(EXAM)[: rules(EXAM).index("[exam]")])
    printed = shuffling.make(session, held, PEOPLE[0])
    play.join(session, held, "known")
    code = session.get(Participant, (held.id, "known")).code
    cells = row_of(printed, "", "C", right(printed))[1:]
    entered = enter(session, bureau, held, typed(held, printed, [code.lower(), "", *cells], ["", "村-01", *cells]))
    assert [(one.who, one.half_points) for one in entered] == [(code.lower(), 200), ("村-01", 200)]
    with pytest.raises(NotEntered, match="参与码"):
        enter(session, bureau, held, typed(held, printed, ["0000", "", *cells]))
    session.add(EntryList(campaign_id=held.id, digest="0" * 64, people=1, body=b"", fixed_at=AFTER, fixed_by=""))
    session.flush()
    with pytest.raises(NotEntered, match="名单已经公布"):
        enter(session, bureau, held, typed(held, printed, ["", "村-02", *cells]))


def test_a_sheet_without_the_headings_is_refused_and_none_of_its_cells_is_a_formula(session, bureau, exam):
    held, printed = exam
    for rows in ([["工号"], ["D001"]], [["a"]]):
        with pytest.raises(NotEntered, match="标题行"):
            enter(session, bureau, held, export.as_xlsx({"录入": rows}))
    assert openpyxl.load_workbook(io.BytesIO(typed(held, printed))).active["A1"].value == "工号"


def test_options_that_speak_of_one_another_keep_their_order():
    question = Question(key="q", kind="single", text="?", options=["甲", "乙", "丙", "以上都对"], answer="D")
    item = shuffling.Item("q", question.kind, question.text, question.options, "D", 5)
    assert {shuffling._order(item, str(number)) for number in range(9)} == {"ABCD"}
