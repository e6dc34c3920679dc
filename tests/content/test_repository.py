import threading
from datetime import UTC, datetime, timedelta

import pytest

from content import repository
from content.importers.documents import put_article
from content.importers.library import Wording, add_keywords, put
from content.models import MaterialKind, Question
from content.store import clock

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where its kind cannot matter
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def _publish(database, *slugs: str, at=NOON) -> None:
    with database.transaction() as session:
        for number, slug in enumerate(slugs):
            wording = Wording(
                f"题 {slug}", digest=f"摘要 {slug}", category="普法", source_url=f"https://a.example/{slug}"
            )
            put_article(session, slug, wording, at + timedelta(hours=number), "import")


def test_a_topic_is_known_by_its_slug():
    assert repository.topics()["matter/wages"].name == "拖欠工资"
    assert repository.topics() is repository.topics()


# ── the shelf ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shelf_holds_what_citizens_see_and_the_bureaus_keywords(database):
    facts = {"related": ["matter/debt"], "reviewed_by": "某律师"}
    with database.transaction() as session:
        put(session, MaterialKind.ANSWER, "matter/wages", Wording("旧", chat="旧"), "library")
        put(session, MaterialKind.ANSWER, "matter/wages", Wording("新", chat="新", body="页", facts=facts), "import")
        put(session, MaterialKind.ANSWER, "matter/debt", Wording("草稿"), "import", published=False)
        put(session, MaterialKind.ARTICLE, "matter/wages", Wording("文章"), "import")
        add_keywords(session, {"讨薪": "matter/wages"})
    with database.reading() as session:
        shelf = repository.load_shelf(session)
    assert set(shelf.answers) == {"matter/wages"}
    answer = shelf.answers["matter/wages"]
    assert (answer.title, answer.chat, answer.body, answer.related) == ("新", "新", "页", ["matter/debt"])
    assert answer.is_reviewed
    assert shelf.keywords == {"讨薪": "matter/wages"}
    assert shelf.version == "0"


@on_sqlite
def test_an_answer_nobody_has_reviewed_says_so(database):
    with database.transaction() as session:
        put(session, MaterialKind.ANSWER, "matter/wages", Wording("一", facts={"reviewed_by": ""}), "library")
    with database.reading() as session:
        answer = repository.load_shelf(session).answers["matter/wages"]
    assert not answer.is_reviewed
    assert answer.related == []


def test_every_change_of_content_raises_its_number(database):
    for expected in ("1", "2"):
        with database.transaction() as session:
            repository.touch_content(session)
        with database.reading() as session:
            assert repository.content_version(session) == expected


def test_two_changes_at_once_raise_the_number_twice(database):
    def change() -> None:
        barrier.wait()
        for _ in range(20):
            with database.transaction() as session:
                repository.touch_content(session)

    barrier = threading.Barrier(3)
    threads = [threading.Thread(target=change) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert repository.content_version(session) == "60"


def test_a_mark_is_set_changed_and_empty_where_there_is_none(database):
    with database.transaction() as session:
        assert repository.get_mark(session, "library") == ""
        repository.set_mark(session, "library", "a")
        repository.set_mark(session, "library", "b")
        repository.set_mark(session, "library", "b")
        assert repository.get_mark(session, "library") == "b"


# ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_latest_articles_come_first_page_by_page(database):
    _publish(database, "a", "b", "c")
    _publish(database, "same-hour", at=NOON + timedelta(hours=2))
    with database.reading() as session:
        assert [card.slug for card in repository.latest_articles(session, 3)] == ["same-hour", "c", "b"]
        assert [card.slug for card in repository.latest_articles(session, 3, offset=3)] == ["a"]
        assert [card.slug for card in repository.latest_articles(session)] == ["same-hour", "c", "b", "a"]
        card = repository.latest_articles(session, 1)[0]
    assert (card.title, card.digest, card.category) == ("题 same-hour", "摘要 same-hour", "普法")
    assert (card.source_url, card.published_at) == ("https://a.example/same-hour", NOON + timedelta(hours=2))


@on_sqlite
def test_drafts_and_answers_are_no_articles(database):
    with database.transaction() as session:
        put(session, MaterialKind.ARTICLE, "draft", Wording("草稿"), "console", published=False)
        put(session, MaterialKind.ANSWER, "answer", Wording("答复"), "library")
    with database.reading() as session:
        assert repository.latest_articles(session, 9) == []
        assert repository.published_articles(session) == []
        assert repository.current_revision(session, MaterialKind.ARTICLE, "draft") is None
        assert repository.find_material(session, MaterialKind.ARTICLE, "answer") is None


@on_sqlite
def test_a_published_article_is_given_with_its_words_and_its_moment(database):
    _publish(database, "a")
    with database.reading() as session:
        [(slug, at, revision)] = repository.published_articles(session)
    assert (slug, at, revision.title) == ("a", NOON, "题 a")


# ── questions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bank(database):
    def question(key: str, retired: bool = False) -> Question:
        return Question(
            key=key, subject=key, kind="judge", text="?", options=["对", "错"], answer="A", explanation="",
            basis=["《宪法》第一条"], difficulty=1, retired=retired,
        )  # fmt: skip

    with database.transaction() as session:
        session.add_all([question("b"), question("a"), question("c", retired=True)])
    return database


@on_sqlite
def test_retired_questions_are_not_asked_and_the_order_is_stable(bank):
    with bank.reading() as session:
        assert [question.key for question in repository.questions(session)] == ["a", "b"]


@on_sqlite
def test_a_subject_has_its_own_questions_without_those_that_were_retired(bank):
    with bank.reading() as session:
        found = {subject: repository.questions(session, subject) for subject in "bcd"}
        assert {subject: [question.key for question in asked] for subject, asked in found.items()} == {
            "b": ["b"],
            "c": [],
            "d": [],
        }


@on_sqlite
def test_published_at_is_the_moment_of_the_clock(database):
    with clock.fixed_at(NOON), database.transaction() as session:
        put(session, MaterialKind.ARTICLE, "a", Wording("题"), "console")
    with database.reading() as session:
        assert repository.latest_articles(session, 1)[0].published_at == NOON
