"""Drafts: every saving is kept, nobody overwrites anybody unnoticed, citizens see none of it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from content import articles, repository
from content.articles import NotSaved, Overwritten, history, save_draft
from content.difference import Kind
from content.models import MaterialKind
from content.store import clock

MORNING = datetime(2026, 11, 25, 1, 3, tzinfo=UTC)


@pytest.fixture
def save(database):
    """Saves and gives the revision; fields that are not given are those of a first draft."""

    def _save(slug: str | None = "article/2026/a", base: int = 0, by: str = "wang", **words: str):
        with database.transaction() as session:
            return save_draft(
                session, slug, **{"title": "题目", "body": "正文。", **words}, by=by, base_number=base
            )  # fmt: skip

    return _save


@pytest.fixture
def look(database):
    with database.reading() as session:
        yield session


def test_a_new_article_gets_a_name_of_this_year_and_no_citizen_sees_it(save, database):
    with clock.fixed_at(MORNING):
        revision = save(None)
    with database.reading() as session:
        (listed,) = articles.listing(session)
        assert listed.slug.startswith("article/2026/")
        assert (listed.title, listed.written_by, listed.number) == ("题目", "wang", 1)
        assert repository.latest_articles(session) == []
        assert repository.current_revision(session, MaterialKind.ARTICLE, listed.slug) is None
    assert revision.created_at == MORNING
    assert revision.origin == "console"


def test_every_saving_is_a_revision_and_the_old_ones_stay(save, database):
    first = save()
    second = save(base=first.number, body="改过的正文。")
    with database.reading() as session:
        assert [revision.body for revision in history(session, second.material_id)] == ["改过的正文。", "正文。"]
        assert articles.find_revision(session, second.material_id, 1).body == "正文。"


def test_saving_the_same_again_makes_nothing_new_even_from_an_old_page(save):
    first = save()
    assert save(base=first.number).id == first.id
    assert save(base=0).id == first.id


def test_who_saves_over_somebody_elses_work_is_told_whose_and_when(save, database):
    with clock.fixed_at(MORNING):
        first = save(by="wang")
    with clock.fixed_at(MORNING + timedelta(minutes=7)):
        second = save(base=first.number, by="li", body="李的。")
    with pytest.raises(Overwritten, match="li 在 11月25日 09:10 已经保存了第 2 版") as told:
        save(base=first.number, by="wang", body="王的。")
    assert (told.value.by, told.value.number) == ("li", second.number)
    with database.reading() as session:
        assert [revision.written_by for revision in history(session, first.material_id)] == ["li", "wang"]


def test_a_name_that_is_taken_is_not_taken_over_by_a_new_article(save):
    save(by="wang")
    with pytest.raises(Overwritten):
        save(by="li", base=0, title="另一篇")


def test_of_two_who_save_at_the_same_moment_one_is_told(save, database):
    first = save()
    told: list[str] = []
    at_once = threading.Barrier(2)

    def write(name: str) -> None:
        at_once.wait()
        try:
            save(base=first.number, by=name, body=f"{name}的。")
            told.append("saved")
        except Overwritten:
            told.append("overwritten")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("wang", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["overwritten", "saved"]
    with database.reading() as session:
        assert [revision.number for revision in history(session, first.material_id)] == [2, 1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"title": "  "}, "还没有标题"),
        ({"title": "字" * 65}, "标题有 65 个字"),
        ({"author": "字" * 33}, "作者有 33 个字"),
        ({"digest": "字" * 257}, "摘要"),
        ({"category": "字" * 33}, "栏目"),
        ({"source_url": "javascript:alert(1)"}, "https://"),
        ({"source_url": "https://a.example/" + "a" * 1024}, "原文链接"),
        ({"body": "字" * 200_001}, "正文"),
    ],
)
def test_what_the_store_has_no_room_for_is_told_and_not_cut(save, look, words, told):
    with pytest.raises(NotSaved, match=told):
        save(**words)
    assert articles.listing(look) == []


def test_signs_that_no_database_holds_are_left_out(save):
    revision = save(title="题\0目\n二", body="正\0文\r\n第二行\ud800")
    assert (revision.title, revision.body) == ("题目 二", "正文\n第二行")


def test_a_draft_beside_a_published_wording_is_marked(save, database):
    revision = save()
    with database.transaction() as session:
        material = articles.find_article(session, "article/2026/a")
        material.current_revision_id, material.published_at = revision.id, clock.now()
    save(base=1, body="新的。")
    with database.reading() as session:
        (listed,) = articles.listing(session)
        assert listed.has_newer_draft
        assert repository.current_revision(session, MaterialKind.ARTICLE, "article/2026/a").body == "正文。"


def test_the_list_is_by_last_change_and_can_be_searched(save, look):
    for number, title in enumerate(("宪法", "100%", "民法典")):
        with clock.fixed_at(MORNING + timedelta(minutes=number)):
            save(f"article/2026/{number}", title=title)
    assert [listed.title for listed in articles.listing(look)] == ["民法典", "100%", "宪法"]
    assert [listed.title for listed in articles.listing(look, "法", limit=1, offset=1)] == ["宪法"]
    assert [listed.title for listed in articles.listing(look, "%")] == ["100%"]


def test_what_changed_between_two_revisions_is_told_field_by_field(save):
    old = save(digest="摘要")
    new = save(base=1, title="新题目", digest="摘要", cover="/h/pictures/x.jpg")
    changed = articles.changes(old, new)
    assert set(changed) == {"标题", "封面"}
    assert changed["标题"][0].kind is Kind.CHANGED


def test_everybody_who_had_a_hand_in_it_is_a_writer(save, look):
    save(by="wang")
    last = save(base=1, by="li", body="李的。")
    save("article/2026/b", by="zhao")
    assert articles.writers(look, [last.id]) == {"wang", "li"}
