"""Words find entries, by title before abstract, by a number however its signs are typed, on both databases."""

import pytest

from content.catalogue import entries
from content.catalogue.index import CatalogueIndex, open_index
from content.store.db import Database

ROWS = [
    (5, "regulations", "关于印发社区矫正实施办法的通知", "葫司发〔2018〕12号", "YS-5", "", "演示概述"),
    (4, "plans", "2019年普法工作计划", "", "YS-4", "年度计划", "其中有社区矫正的安排"),
    (3, "regulations", "关于公布规范性文件目录的公告", "葫司发〔2018〕2号", "YS-3", "", ""),
    (2, "work-news", "5月份法律援助工作动态", "", "YS-2", "法援", "演示"),
    (1, "plans", "2018年普法工作计划", "", "YS-1", "", "演示"),
]


@pytest.fixture(scope="module")
def index() -> CatalogueIndex:
    return CatalogueIndex(ROWS)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("社区矫正", [5, 4]),  # the title before the abstract
        ("普法计划", [4, 1]),  # of equally good ones the newest first
        ("葫司发〔2018〕2号", [3]),
        ("葫司发[2018]12 号", [5]),
        ("ys-1", [1]),
        ("关于印发通知", [5]),
        ("规范性文件", [3]),
        ("法援", [2]),
        ("宠物", []),
        ("矫", []),
        ("", []),
        ("?!%", []),
        ("\ud800", []),
    ],
)
def test_words_find_entries(index: CatalogueIndex, words: str, found: list[int]) -> None:
    assert index.search(words)[: len(found) or None] == found


def test_a_category_holds_only_its_own(index: CatalogueIndex) -> None:
    assert index.search("社区矫正", "plans") == [4]
    assert index.search("社区矫正", "no such") == []


def test_an_empty_catalogue_finds_nothing() -> None:
    assert CatalogueIndex([]).search("社区矫正") == []


def test_the_index_is_made_anew_only_when_the_catalogue_has_changed(staffed: Database, put) -> None:
    with staffed.reading() as session:
        nothing = open_index(session)
        assert len(nothing) == 0 and open_index(session, nothing) is nothing
    entry_id = put(abstract="演示概述")
    with staffed.reading() as session:
        known = open_index(session, nothing)
        assert known.search("社区矫正") == [entry_id]
        assert [card.id for card in known.newest[""]] == [card.id for card in known.newest["plans"]] == [entry_id]
        assert open_index(session, known) is known
    with staffed.transaction() as session:
        entries.withdraw(session, entry_id, "演示", "seal")
    with staffed.reading() as session:
        assert open_index(session, known).search("社区矫正") == []
