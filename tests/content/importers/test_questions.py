import pytest
from sqlalchemy import select

from content import repository
from content.importers.questions import BadQuestion, import_questions, read_questions
from content.models import Question
from content.phrases import LIBRARY

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where its kind cannot matter
SINGLE = """
[[question]]
key = "q-1"
kind = "single"
text = "宪法从哪一年施行？"
options = ["1954", "1982", "2018"]
answer = "B"
explanation = "现行宪法1982年公布施行。"
basis = ["《宪法》第一条"]
difficulty = 2
"""
JUDGE = """
[[question]]
key = "q-2"
kind = "judge"
text = "宪法具有最高的法律效力。"
answer = "A"
basis = ["《宪法》第五条"]
"""
MULTIPLE = """
[[question]]
key = "q-3"
kind = "multiple"
text = "哪些是国家的标志？"
options = ["国旗", "国歌", "国徽", "国花"]
answer = "ABC"
basis = ["《宪法》第一百四十一条", "《宪法》第一百四十二条"]
"""

SCENARIO = """
[[scenario]]
key = "move"
text = "小王搬了家。"
"""
ABOUT = 'scenario = "move"'


@pytest.fixture
def read(write):
    return lambda text: read_questions(write("bank.toml", text))


def _take_in(database, questions):
    with database.transaction() as session:
        return import_questions(session, questions)


def test_every_kind_of_question_is_read(read):
    single, judge, multiple = read(SINGLE + JUDGE + MULTIPLE)
    assert (single.options, single.answer, single.difficulty) == (["1954", "1982", "2018"], "B", 2)
    assert (judge.options, judge.answer, judge.explanation) == (["对", "错"], "A", "")
    assert (multiple.answer, multiple.basis[1]) == ("ABC", "《宪法》第一百四十二条")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "single"', 'kind = "essay"', "kind"),
        ('kind = "single"', "", "kind"),
        ('kind = "single"', 'kind = ["single"]', "kind"),
        ('text = "宪法从哪一年施行？"', 'text = " "', "题干"),
        ('options = ["1954", "1982", "2018"]', 'options = ["1954"]', "2 至 8"),
        ('options = ["1954", "1982", "2018"]', "options = [1954, 1982, 2018]", "引号"),
        ('options = ["1954", "1982", "2018"]', 'options = "ABC"', "2 至 8"),
        ('options = ["1954", "1982", "2018"]', "options = 3", "2 至 8"),
        ('answer = "B"', 'answer = "D"', "answer"),
        ('answer = "B"', 'answer = "b"', "answer"),
        ('answer = "B"', 'answer = ""', "answer"),
        ('answer = "B"', 'answer = "AB"', "只能有一个答案"),
        ('answer = "B"', 'answer = "BB"', "answer"),
        ('basis = ["《宪法》第一条"]', "", "basis"),
        ('basis = ["《宪法》第一条"]', 'basis = "《宪法》第一条"', "basis"),
        ("difficulty = 2", 'difficulty = "难"', "difficulty"),
        ("difficulty = 2", "difficulty = 9", "difficulty"),
        ('key = "q-1"', f'key = "{"q" * 33}"', "key"),
    ],
)
def test_a_question_that_cannot_be_used_is_named_with_the_reason(read, old, new, told):
    assert old in SINGLE
    with pytest.raises(BadQuestion, match=told) as refusal:
        read(JUDGE + SINGLE.replace(old, new))
    assert "bank.toml" in str(refusal.value)
    assert "q-2" not in str(refusal.value)


def test_the_name_of_the_file_is_the_subject(read):
    assert {question.subject for question in read(SINGLE + JUDGE)} == {"bank"}


def test_a_name_too_long_for_a_subject_is_refused(write):
    with pytest.raises(BadQuestion, match="文件名"):
        read_questions(write(f"{'x' * 33}.toml", SINGLE))


def test_the_questions_of_a_scenario_know_its_story_and_the_others_have_none(read):
    found = read(SCENARIO + SINGLE + ABOUT + JUDGE + ABOUT + MULTIPLE)
    assert [(question.scenario, question.scenario_text) for question in found] == [
        ("move", "小王搬了家。"),
        ("move", "小王搬了家。"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("bank", "told"),
    [
        (SINGLE + ABOUT, "q-1 的题：没有编号为 move 的情景"),
        (SINGLE + "scenario = 5", "q-1 的题：没有编号为 5 的情景"),
        (SCENARIO + SINGLE + ABOUT.replace("move", "gone"), "q-1 的题：没有编号为 gone 的情景"),
        (SCENARIO + SINGLE, "没有题目用到情景 move"),
        (SCENARIO + SCENARIO + SINGLE + ABOUT, "情景 move 出现了两次"),
        (SCENARIO.replace('key = "move"', "") + SINGLE, "（空） 的情景"),
        (SCENARIO.replace("move", "m" * 33) + SINGLE, "的情景：要有 key"),
        (SCENARIO.replace("小王搬了家。", " ") + SINGLE + ABOUT, "move 的情景：要有 key"),
        ("scenario = 5\n" + SINGLE, r"每个情景以 \[\[scenario\]\] 开头"),
    ],
)
def test_a_scenario_that_cannot_be_used_is_named_with_the_reason(read, bank, told):
    with pytest.raises(BadQuestion, match=told):
        read(bank)


def test_a_question_without_a_key_is_refused(read):
    with pytest.raises(BadQuestion, match="key"):
        read(SINGLE.replace('key = "q-1"', ""))


def test_letters_of_a_multiple_answer_stand_in_order(read):
    with pytest.raises(BadQuestion, match="按顺序"):
        read(MULTIPLE.replace('"ABC"', '"CAB"'))


def test_two_questions_with_one_key_are_refused(read):
    with pytest.raises(BadQuestion, match="q-1 出现了两次"):
        read(SINGLE + JUDGE + SINGLE)


@pytest.mark.parametrize("text", ["[[question", "[question]\nkey = 'q'", "other = 1", "题目".encode("gbk")])
def test_a_file_that_is_no_bank_is_refused_with_a_sentence(read, text):
    with pytest.raises(BadQuestion, match="写法有误"):
        read(text)


def test_what_was_imported_is_asked(database, read):
    assert _take_in(database, read(SINGLE + JUDGE))
    with database.reading() as session:
        assert [question.key for question in repository.questions(session)] == ["q-1", "q-2"]


def test_importing_the_same_bank_again_changes_nothing(database, read):
    bank = SCENARIO + SINGLE + JUDGE + ABOUT + MULTIPLE
    _take_in(database, read(bank))
    assert not _take_in(database, read(bank))


@on_sqlite
@pytest.mark.parametrize(
    "changed",
    [
        SCENARIO + SINGLE.replace("1954", "1949") + JUDGE + ABOUT,
        SCENARIO + SINGLE + JUDGE.replace("最高", "最大") + ABOUT,
        SCENARIO.replace("搬了家", "搬家了") + SINGLE + JUDGE + ABOUT,
        SINGLE + JUDGE,
    ],
)
def test_a_change_of_any_question_or_scenario_is_noticed(database, read, changed):
    _take_in(database, read(SCENARIO + SINGLE + JUDGE + ABOUT))
    assert _take_in(database, read(changed))
    assert not _take_in(database, read(changed))


@on_sqlite
def test_a_question_that_moves_to_another_file_moves_to_its_subject(database, read, write):
    _take_in(database, read(SINGLE))
    assert _take_in(database, read_questions(write("labour.toml", SINGLE)))
    with database.reading() as session:
        assert [question.subject for question in session.scalars(select(Question))] == ["labour"]


@on_sqlite
def test_a_new_question_is_noticed_wherever_it_stands(database, read):
    _take_in(database, read(JUDGE))
    assert _take_in(database, read(SINGLE + JUDGE))


@on_sqlite
def test_importing_leaves_other_questions_alone(database, read):
    _take_in(database, read(SINGLE))
    _take_in(database, read(JUDGE))
    with database.reading() as session:
        assert {question.key for question in session.scalars(select(Question))} == {"q-1", "q-2"}


def test_the_librarys_own_bank_has_at_least_sixty_questions_that_can_be_used():
    assert len(read_questions(LIBRARY / "quiz" / "constitution.toml")) >= 60
