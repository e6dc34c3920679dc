"""What citizens walk through: every entry once, forwards and backwards, whatever is published meanwhile."""

from datetime import date, timedelta

import pytest
from catalogued import words

from content.catalogue import entries, shelf
from content.catalogue.shelf import Wanted
from content.store.db import Database


@pytest.fixture
def many(staffed: Database) -> list[int]:
    """Twelve entries, three a day; ids in the order of a list, newest first."""
    with staffed.transaction() as session:
        for number in range(12):
            on = date(2026, 11, 1) + timedelta(days=number // 3)
            entries.save(session, None, words(f"YS-{number}", published_on=on), "pen", 0)
        entries.publish(session, [(number, 1) for number in range(1, 13)], "second")
    return list(range(12, 0, -1))


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_hold_every_entry_once_forwards_and_backwards(staffed: Database, many, oldest_first: bool) -> None:
    expected = many[::-1] if oldest_first else many
    with staffed.reading() as session:
        pages = [shelf.page(session, "plans", oldest_first=oldest_first, limit=5)]
        while pages[-1].after:
            pages.append(shelf.page(session, "plans", after=pages[-1].after, oldest_first=oldest_first, limit=5))
        back = [pages[-1]]
        while back[-1].before:
            back.append(shelf.page(session, "plans", before=back[-1].before, oldest_first=oldest_first, limit=5))
    assert [card.id for page in pages for card in page.cards] == expected
    assert [len(page.cards) for page in pages] == [5, 5, 2]
    assert [[card.id for card in page.cards] for page in back[::-1]] == [
        [card.id for card in page.cards] for page in pages
    ]
    assert pages[0].before == ""


NO_CURSORS = ("", "x", "20261340-1", "20261101-", "20261101-99999999999", "٢٠٢٦١١٠١-1", "20261101-1-1")


def test_a_cursor_that_is_none_means_the_first_page(staffed: Database, many) -> None:
    with staffed.reading() as session:
        for cursor in NO_CURSORS:
            assert [card.id for card in shelf.page(session, after=cursor, limit=3).cards] == many[:3], cursor


def test_what_was_changed_last_comes_first_to_whoever_follows_along(staffed: Database, many) -> None:
    with staffed.transaction() as session:
        entries.save(session, 1, words("YS-0", title="演示：改过"), "pen", 1)
        entry = entries.get_entry(session, 1)
        entries.publish(session, [(1, 2)], "second")
        entry.changed_at += timedelta(hours=1)
    with staffed.reading() as session:
        assert shelf.lately_changed(session, limit=1)[0].title == "演示：改过"
        assert shelf.counts(session) == {"plans": 12}


def test_staff_find_by_words_state_and_category(staffed: Database, many, put) -> None:
    draft = put("CG-1", "演示：草稿100%", is_published=False, category="regulations")
    with staffed.reading() as session:
        for wanted in (Wanted("100%"), Wanted("CG-"), Wanted(state="draft"), Wanted(state="waiting"),
                       Wanted(category="regulations")):  # fmt: skip
            assert [one.id for one in shelf.listing(session, wanted)] == [draft]
            assert shelf.count(session, wanted) == 1
        assert shelf.listing(session, Wanted("_")) == []
