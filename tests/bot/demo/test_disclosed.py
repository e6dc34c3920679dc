"""The demonstration's catalogue: something in every stage, visibly made up, and no more of it at the next start."""

from sqlalchemy import select

from bot.demo import disclosed, officials
from content.catalogue import entries, shelf
from content.catalogue.categories import categories
from content.catalogue.models import CatalogueEntry
from content.store.keys import open_keyring


def test_every_category_has_something_that_says_what_it_is_and_a_second_start_adds_nothing(database, tmp_path):
    officials.seed(database, open_keyring(tmp_path / "keys.json"))
    for _ in range(2):
        with database.transaction() as session:
            disclosed.seed(session)
    with database.reading() as session:
        every = session.scalars(select(CatalogueEntry)).all()
        assert len(every) == 9 and all(entry.title.startswith("演示") and "演示" in entry.abstract for entry in every)
        assert set(shelf.counts(session)) == set(categories())
        assert entries.waiting(session) == 2
        assert {entry.state for entry in every} == {"draft", "published", "withdrawn"}
