"""The paper edition: the same questions in another order, and what is typed in counts as if it came from a screen."""

import io
from datetime import timedelta

import docx
import openpyxl
import pytest
from sqlalchemy import select

from content import export, printed_papers
from content.audit import AuditEntry
from content.models import Question
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import play, register, score, standings
from handlers.quiz.editions import confirming, entering, shuffling
from handlers.quiz.editions.entering import NotEntered
from handlers.quiz.editions.shuffling import EDITIONS, NotPrinted
from handlers.quiz.exam import roster, units
from handlers.quiz.exam.models import Sitter
from handlers.quiz.models import Participant, Round
from handlers.quiz.prizes import entries
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.examined import AFTER, EXAM, PEOPLE, START, asked, campaign, hand_in

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


def propose(session, bureau, held, data: bytes, start=START + timedelta(hours=1), **more):
    args = (data, "录入.xlsx", start, "演示：没有网络", PEOPLE[0])
    return confirming.propose(session, bureau.keyring, held, *args, **more)


def enter(session, bureau, held, data: bytes, **more):
    """Typed in by one and confirmed by another; what he was told beforehand is what then holds."""
    typed = propose(session, bureau, held, data, **more)
    seen = confirming.look(session, held, typed)
    confirming.confirm(session, held, typed.id, PEOPLE[1])
    for change in seen:
        his = session.get(Participant, (held.id, change.participant))
        assert (change.after, change.rank_after) == (his.half_points / 2, standings.rank_of(session, his))
    return confirming.changes_of(session, held, typed)


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
    key = words_of(printed_papers.key_docx(held.title, editions, shuffling.marking_told(register.rules_of(held))))
    for question in editions[0].questions:
        sort = f"{question.sort}，" if question.sort else ""
        assert f"{question.number}. {question.words}（{sort}{question.points} 分）" in paper and question.story in paper
        assert all(option in paper for option in question.options)
        assert (
            f"{question.number}　{question.right}（{question.points}）" in key
            and f"{question.number}　{question.right}" not in paper
        )
    for words in ("工号", "答题卡（A 卷）", "100 分", "多选题全部选对才得分", "60 分以上为合格"):
        assert words in paper
    for words in ("满分 100 分", "多选题全部选对才得分", "60 分以上为合格", "按哪一卷的答案评"):
        assert words in key
    assert "填好上面的空格" not in key and "写在题目后面" not in key and "公众号" not in key  # for candidates


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
    assert 2 * entered.points == on_screen.half_points == 2 * (100 - 5 - 5 - 10)
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
    assert (entered.points, participant.half_points, participant.papers) == (0, 0, 1)
    assert (entered.before, entered.after) == (100, 0)


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


def test_without_a_draw_a_paper_counts_by_code_or_number(session, bureau):
    held = campaign(session, rules(EXAM)[: rules(EXAM).index("[exam]")])
    printed = shuffling.make(session, held, PEOPLE[0])
    play.join(session, held, "known")
    code = session.get(Participant, (held.id, "known")).code
    cells = row_of(printed, "", "C", right(printed))[1:]
    entered = enter(session, bureau, held, typed(held, printed, [code.lower(), "", *cells], ["", "村-01", *cells]))
    names = confirming.names(session, bureau.keyring, held, confirming.all_of(session, held)[0])
    assert [(names[one.row], one.points) for one in entered] == [(code.lower(), 100), ("村-01", 100)]
    with pytest.raises(NotEntered, match="参与码"):
        enter(session, bureau, held, typed(held, printed, ["0000", "", *cells]))


@pytest.fixture
def prize_quiz(session):
    """With three who have joined: one has 100 points, one 40, one nothing as yet."""
    held = campaign(session, prize_rules(), "prizes")
    printed = shuffling.make(session, held, PEOPLE[0])
    questions = asked(session)[:2]
    for name, minute in (("good", 1), ("weak", 2), ("none", 3)):
        play.join(session, held, name)
        if name != "none":
            chosen = questions if name == "good" else []
            given = {one.key: one.answer for one in chosen}
            hand_in(session, held, name, questions, given, points=50, minute=minute)
    standings.rebuild(session, held)
    return held, printed


def prize_rules() -> str:
    head, tail = WRITTEN[: WRITTEN.index("[[paper]]")], WRITTEN[WRITTEN.index("[draw]") :]
    return f"{head}attempts_a_day = 2\n{BLUEPRINT}\n{tail}"


def code_of(session, held, name: str) -> str:
    return session.get(Participant, (held.id, name)).code


def test_where_prizes_are_drawn_nobody_is_made_up_and_no_typed_paper_brings_anybody_into_the_draw(
    session, bureau, prize_quiz
):
    held, printed = prize_quiz
    assert entering.headings(held, printed)[:2] == ["参与码", "卷别"]
    assert "不算抽奖" in "".join(shuffling.printable(printed, held, "A").rules)
    people = session.query(Participant).filter(Participant.campaign_id == held.id).count()
    with pytest.raises(NotEntered, match="不能用编号代替"):
        propose(session, bureau, held, typed(held, printed, row_of(printed, "P01", "A", right(printed))))
    rows = [row_of(printed, code_of(session, held, name), "A", right(printed)) for name in ("good", "weak", "none")]
    entered = enter(session, bureau, held, typed(held, printed, *rows))
    assert [(one.before, one.after) for one in entered] == [(100, 100), (0, 100), (None, 100)]
    assert session.query(Participant).filter(Participant.campaign_id == held.id).count() == people
    on_paper = {one.participant for one in standings.top(session, held) if one.is_on_paper}
    assert on_paper == {"weak", "none"}
    told = [one.is_on_paper for one in score.history(session, held.id, "weak")]
    assert told == [True, False]
    entries.fix(session, held)
    assert entries.codes_of(session, held.id) == [code_of(session, held, "good")]
    with pytest.raises(NotEntered, match="名单已经公布"):
        propose(session, bureau, held, typed(held, printed, rows[0]), start=START + timedelta(hours=2))


def test_what_one_typed_in_counts_only_when_another_has_confirmed_it(session, bureau, prize_quiz):
    held, printed = prize_quiz
    data = typed(held, printed, row_of(printed, code_of(session, held, "weak"), "B", right(printed)))
    with pytest.raises(NotEntered, match="写原因"):
        confirming.propose(session, bureau.keyring, held, data, "a.xlsx", START + timedelta(hours=1), " ", PEOPLE[0])
    sheet = propose(session, bureau, held, data)
    his = session.get(Participant, (held.id, "weak"))
    assert (his.half_points, his.papers, shuffling.entered(session, held)) == (0, 1, 0)
    with pytest.raises(NotPrinted, match="不能换题"):
        shuffling.discard(session, held, PEOPLE[0])
    for who in (PEOPLE[0], PEOPLE[0].upper()):
        with pytest.raises(NotEntered, match="另一名"):
            confirming.confirm(session, held, sheet.id, who)
    with pytest.raises(NotAllowed):
        confirming.confirm(session, held, sheet.id, "nobody")
    confirming.drop(session, held, sheet.id, PEOPLE[1])
    with pytest.raises(NotEntered, match="已经有人"):
        confirming.confirm(session, held, sheet.id, PEOPLE[1])
    assert (his.half_points, shuffling.entered(session, held)) == (0, 0)
    enter(session, bureau, held, data)
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts[-4:] == ["quiz.paper_enter", "quiz.paper_drop", "quiz.paper_enter", "quiz.paper_confirm"]
    assert (his.half_points, shuffling.entered(session, held)) == (200, 1)
    with pytest.raises(NotEntered, match="没有这一批"):
        confirming.get_sheet(session, campaign(session, prize_rules(), "other"), sheet.id)


def test_two_sheets_for_the_same_sitting_do_not_both_count(session, bureau, prize_quiz):
    held, printed = prize_quiz
    data = typed(held, printed, row_of(printed, code_of(session, held, "weak"), "B", right(printed)))
    first, second = (propose(session, bureau, held, data) for _ in range(2))
    confirming.confirm(session, held, first.id, PEOPLE[1])
    with pytest.raises(NotEntered, match="现在不能确认了"):
        confirming.confirm(session, held, second.id, PEOPLE[1])


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
