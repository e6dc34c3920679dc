import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from content import repository
from content.importers import library
from content.importers.library import Unreadable, Wording, add_keywords, put, read_answer, sync_library
from content.models import Keyword, Material, MaterialKind, Question, Revision
from content.phrases import LIBRARY
from content.questions.holds import Hold
from content.store import clock

ANSWER = '+++\ntitle = "拖欠工资怎么办"\nrelated = ["matter/debt"]\n+++\n先打12333。\n===\n## 现在就做\n\n1. 打电话。\n'
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where its kind cannot matter
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    """A small library of its own in place of the shipped one."""
    folder = tmp_path / "library"
    (folder / "answers" / "matter").mkdir(parents=True)
    (folder / "answers" / "matter" / "wages.md").write_text(ANSWER, encoding="utf-8")
    shutil.copytree(LIBRARY / "quiz", folder / "quiz")
    monkeypatch.setattr(library, "LIBRARY", folder)
    return folder


def _sync(database) -> bool:
    with database.transaction() as session:
        return sync_library(session)


def _revisions(database, slug="matter/wages", kind=MaterialKind.ANSWER) -> list[Revision]:
    with database.reading() as session:
        material = repository.find_material(session, kind, slug)
        return list(material.revisions)


def _put(database, wording, origin="import", slug="matter/wages", **more) -> bool:
    with database.transaction() as session:
        return put(session, MaterialKind.ANSWER, slug, wording, origin, **more)


# ── one file ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_file_is_head_chat_and_page(write):
    wording = read_answer(write("a.md", ANSWER))
    assert (wording.title, wording.chat, wording.body) == (
        "拖欠工资怎么办",
        "先打12333。",
        "## 现在就做\n\n1. 打电话。",
    )
    assert wording.facts == {"related": ["matter/debt"]}


@pytest.mark.parametrize("text", [ANSWER.replace("\n", "\r\n"), "\ufeff" + ANSWER])
def test_files_from_windows_are_read_like_any_other(write, text):
    assert read_answer(write("a.md", text)) == read_answer(write("b.md", ANSWER))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ANSWER.replace("===", "---"), "分隔线"),
        (ANSWER.replace("title", "titel"), "title"),
        (ANSWER.replace('"拖欠工资怎么办"', '"拖欠'), "写法有误"),
        (ANSWER.removeprefix("+++\n"), "开头"),
        ("没有开头", "开头"),
        ("", "开头"),
        (ANSWER.encode("gbk"), "UTF-8"),
        (ANSWER.replace("电话", "电\0话"), "不可见"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence_that_names_it(write, text, told):
    with pytest.raises(Unreadable, match=told) as refusal:
        read_answer(write("a.md", text))
    assert "a.md" in str(refusal.value)


# ── into the store ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_wording_is_what_citizens_see(database):
    with clock.fixed_at(NOON):
        assert _put(database, Wording("一", chat="一"))
    with database.reading() as session:
        assert repository.current_revision(session, MaterialKind.ANSWER, "matter/wages").chat == "一"
        assert session.scalar(select(Material.published_at)) == NOON


def test_the_same_wording_again_makes_no_revision(database):
    wording = Wording("一", chat="一", facts={"related": ["a", "b"], "checked_on": "2026-11-23"})
    _put(database, wording)
    assert not _put(database, wording)
    assert not _put(database, Wording("一", chat="一", facts={"checked_on": "2026-11-23", "related": ["a", "b"]}))
    assert len(_revisions(database)) == 1


@on_sqlite
@pytest.mark.parametrize("name", ["title", "chat", "body", "author", "digest", "category", "source_url"])
def test_a_change_of_any_part_is_a_new_revision_and_the_old_one_stays(database, name):
    _put(database, Wording(**{"title": "一", name: "旧"}))
    assert _put(database, Wording(**{"title": "一", name: "新"}))
    old, new = _revisions(database)
    assert (old.number, getattr(old, name)) == (1, "旧")
    assert (new.number, getattr(new, name)) == (2, "新")


@on_sqlite
def test_a_new_wording_does_not_change_when_a_thing_was_first_published(database):
    with clock.fixed_at(NOON):
        _put(database, Wording("一"))
    _put(database, Wording("二"))
    with database.reading() as session:
        assert session.scalar(select(Material.published_at)) == NOON


@on_sqlite
def test_a_draft_is_not_shown(database):
    _put(database, Wording("一", chat="旧"))
    _put(database, Wording("二", chat="新"), published=False)
    with database.reading() as session:
        assert repository.current_revision(session, MaterialKind.ANSWER, "matter/wages").chat == "旧"


def test_what_the_bureau_has_rewritten_is_never_touched_by_the_library(database):
    _put(database, Wording("一", chat="库"), origin="library")
    _put(database, Wording("一", chat="局"), origin="import")
    assert not _put(database, Wording("一", chat="新库"), origin="library")
    with database.reading() as session:
        assert repository.current_revision(session, MaterialKind.ANSWER, "matter/wages").chat == "局"


@on_sqlite
def test_an_answer_and_an_article_may_have_the_same_name(database):
    with database.transaction() as session:
        for kind in MaterialKind:
            assert put(session, kind, "same", Wording(kind.value), "import")


# ── the whole library ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_librarys_answers_and_questions_come_into_the_store(database, shipped):
    assert _sync(database)
    assert _revisions(database)[0].origin == "library"
    with database.reading() as session:
        assert len(repository.questions(session)) >= 60
        assert repository.content_version(session) == "1"


def test_an_unchanged_library_is_not_read_again(database, shipped):
    _sync(database)
    assert not _sync(database)
    with database.reading() as session:
        assert repository.content_version(session) == "1"


@on_sqlite
def test_a_changed_answer_is_a_new_revision_and_the_others_stay(database, shipped):
    (shipped / "answers" / "matter" / "debt.md").write_text(ANSWER, encoding="utf-8")
    _sync(database)
    (shipped / "answers" / "matter" / "wages.md").write_text(ANSWER.replace("先打", "快打"), encoding="utf-8")
    assert _sync(database)
    assert [revision.chat for revision in _revisions(database)] == ["先打12333。", "快打12333。"]
    assert len(_revisions(database, "matter/debt")) == 1


@on_sqlite
def test_a_new_library_leaves_what_the_bureau_wrote(database, shipped):
    _sync(database)
    _put(database, Wording("一", chat="局里的话"))
    (shipped / "answers" / "matter" / "wages.md").write_text(ANSWER.replace("先打", "快打"), encoding="utf-8")
    _sync(database)
    assert _revisions(database)[-1].chat == "局里的话"


@on_sqlite
def test_a_library_that_cannot_be_read_changes_nothing(database, shipped):
    (shipped / "answers" / "zz.md").write_text("没有开头", encoding="utf-8")
    with pytest.raises(Unreadable):
        _sync(database)
    with database.reading() as session:
        assert session.scalars(select(Revision)).all() == []
        assert repository.get_mark(session, "library") == ""


def test_two_that_start_together_take_the_library_in_once(database, shipped):
    results: list[object] = []
    barrier = threading.Barrier(2)

    def start() -> None:
        barrier.wait()
        try:
            results.append(_sync(database))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    with database.reading() as session:
        assert len(session.scalars(select(Question)).all()) >= 60


# ── the bureau's own words ────────────────────────────────────────────────────────────────────────────────────────────


def _add(database, words) -> int:
    with database.transaction() as session:
        return add_keywords(session, words)


def test_keywords_are_added_changed_and_counted(database):
    assert _add(database, {"讨薪": "matter/wages", "公证": "service/notary"}) == 2
    assert _add(database, {"讨薪": "matter/labour-dispute", "公证": "service/notary"}) == 1
    with database.reading() as session:
        words = {word.word: word.topic for word in session.scalars(select(Keyword))}
    assert words == {"讨薪": "matter/labour-dispute", "公证": "service/notary"}


@on_sqlite
@pytest.mark.parametrize("topic", ["matter/none", ""])
def test_a_keyword_for_a_topic_that_does_not_exist_is_refused_and_nothing_kept(database, topic):
    with pytest.raises(Unreadable, match="讨薪"):
        _add(database, {"公证": "service/notary", "讨薪": topic})
    with database.reading() as session:
        assert session.scalars(select(Keyword)).all() == []


@on_sqlite
@pytest.mark.parametrize("word", ["", " ", "！！", "😀", "词" * 65])
def test_a_keyword_that_would_mean_everything_or_does_not_fit_is_refused(database, word):
    with pytest.raises(Unreadable, match="不能用"):
        _add(database, {word: "matter/wages"})


@on_sqlite
def test_questions_that_are_held_wait_for_a_later_start_and_the_others_do_not(database, shipped):
    _sync(database)
    with database.transaction() as session:
        known = {key: session.get_one(Question, key) for key in ("const-001", "const-002")}
        right = {key: question.answer for key, question in known.items()}
        for question in known.values():
            question.answer = "D"  # as an older library had it
        repository.set_mark(session, "library", "older")

    def synced(held):
        with database.transaction() as session:
            was_changed = sync_library(session, held)
            return was_changed, {key: session.get_one(Question, key).answer for key in right}

    held = {"const-001": Hold("演示竞答", frozenset({"answer"}))}
    assert synced(held) == (True, {**right, "const-001": "D"})
    assert synced(held) == (False, {**right, "const-001": "D"})
    assert synced({}) == (True, right) and synced({}) == (False, right)
