"""Every citation of every question, once more against the laws that are held."""

from datetime import date

from content import inspection
from content.importers.laws import Statute, put_statute
from content.questions import shelf
from tests.content.questions.conftest import question

ARTICLES = {(number, 0): "条。" for number in range(1, 144)}


def held(version="2018年修正", effective=date(2018, 3, 11), articles=ARTICLES):
    return Statute("宪法", "中华人民共和国宪法", version, effective, articles, f"{version}{len(articles)}")


def check(database):
    with database.reading() as session:
        return shelf.check_citations(session)


def test_without_a_law_it_says_that_only_the_list_was_asked(bank):
    found = check(bank)
    assert (found.is_any_held, found.wrong, found.questions) == (False, [], 2)
    assert found.not_held == {"宪法": 2}


def test_an_article_that_the_held_text_does_not_have_is_wrong(bank):
    with bank.transaction() as session:
        put_statute(session, held(articles={(2, 0): "第二条。"}))
    found = check(bank)
    assert [key for key, _ in found.wrong] == ["c-1", "c-2"] and "《宪法》第一条不存在" in found.wrong[0][1]
    with bank.reading() as session:
        assert [one.where for one in inspection.inspect(session) if "题目的依据查不到" in one.what] == ["c-1", "c-2"]


def test_a_newer_text_than_the_one_a_question_was_checked_with_is_told(bank, hand_in):
    with bank.transaction() as session:
        put_statute(session, held())
    assert check(bank).wrong == []
    with bank.transaction() as session:
        put_statute(session, held("2027年修正", date(2027, 1, 1)))
    assert {key for key, told in check(bank).wrong if "已有新的文本（2027年修正" in told} == {"c-1", "c-2"}
    hand_in("1. 演示：国家机关由下列哪一方产生？ A. 人大 B. 公司 答案：A 依据：《宪法》第三条")
    assert {key for key, _ in check(bank).wrong} == {"c-1", "c-2"}  # the new one was checked with the new text


def test_a_text_older_than_the_one_a_question_was_checked_with_is_told(bank):
    with bank.transaction() as session:
        put_statute(session, held("2004年修正", date(2004, 3, 14)))
    assert all("是旧的文本" in told for _, told in check(bank).wrong)


def test_what_is_retired_is_not_checked(bank):
    with bank.transaction() as session:
        session.add(question("x", basis=["《没有的法》第一条"], retired=True))
    assert check(bank).wrong == []
