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
        ('text = "宪法从哪一年施行？"', 'text = " "', "题干"),
        ('options = ["1954", "1982", "2018"]', 'options = ["1954"]', "2 至 8"),
        ('options = ["1954", "1982", "2018"]', "options = [1954, 1982, 2018]", "引号"),
        ('options = ["1954", "1982", "2018"]', 'options = "ABC"', "2 至 8"),
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
    _take_in(database, read(SINGLE + JUDGE + MULTIPLE))
    assert not _take_in(database, read(SINGLE + JUDGE + MULTIPLE))


@on_sqlite
@pytest.mark.parametrize("changed", [SINGLE.replace("1954", "1949") + JUDGE, SINGLE + JUDGE.replace("最高", "最大")])
def test_a_change_of_any_question_is_noticed(database, read, changed):
    _take_in(database, read(SINGLE + JUDGE))
    assert _take_in(database, read(changed))
    assert not _take_in(database, read(changed))


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
