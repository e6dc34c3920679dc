"""The demonstration's console is alive from the first start, visibly made up, and stays so when it is started again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.demo import editorial, officials
from content import articles, audit, proofread
from content.models import Material, Revision
from content.store import clock
from content.store.clock import fixed_at
from content.store.keys import open_keyring
from handlers.publicity import moderation, showcase
from scheduler import freshness, register
from scheduler.models import Publication, State


@pytest.fixture
def seeded(database, tmp_path):
    officials.seed(database, open_keyring(tmp_path / "keys.json"))
    editorial.seed(database, tmp_path / "uploads")
    return database


def states(database):
    with database.reading() as session:
        return sorted(session.scalars(select(Publication.state)).all())


def counts(database):
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Material, Revision, Publication)]


def test_there_is_something_in_every_stage_and_every_title_says_what_it_is(seeded):
    assert states(seeded) == [State.IN_REVIEW, State.SCHEDULED]
    with seeded.reading() as session:
        listed = articles.listing(session)
        assert len(listed) == 5 and all(one.title.startswith("演示") for one in listed)
        assert {one.written_by for one in listed} == {editorial.WRITER}
        assert [one.slug for one in listed if one.published_at] == ["demo/console"]
        assert max(one.number for one in listed) == 2
        assert audit.verify(session) == ""
        assert not freshness.freshness(session, clock.now()).needs_post


def test_nothing_of_it_would_be_stopped_before_it_goes_out(seeded, tmp_path):
    with seeded.reading() as session:
        for publication in register.listing(session):
            for revision in register.revisions(session, publication.id):
                found = proofread.inspect(session, revision, tmp_path / "uploads", is_first=True)
                assert [finding.sentence for finding in found] == []


def test_starting_again_adds_nothing(seeded, tmp_path):
    before = counts(seeded)
    editorial.seed(seeded, tmp_path / "uploads")
    assert counts(seeded) == before and states(seeded) == [State.IN_REVIEW, State.SCHEDULED]


def test_a_demonstration_started_weeks_later_still_has_its_pushes_before_it(seeded, tmp_path):
    with fixed_at(clock.now() + timedelta(days=30)):
        editorial.seed(seeded, tmp_path / "uploads")
        with seeded.reading() as session:
            assert all(publication.due_at > clock.now() for publication in register.listing(session))
    assert states(seeded) == [State.IN_REVIEW, State.SCHEDULED]


def test_what_a_visitor_did_with_it_stays(seeded, tmp_path):
    with seeded.transaction() as session:
        revision = articles.save_draft(
            session, "demo/court", title="演示：改过了", body="改过了。", by="demo-write", base_number=1
        )
    editorial.seed(seeded, tmp_path / "uploads")
    with seeded.reading() as session:
        assert articles.latest_revision(session, revision.material_id).title == "演示：改过了"


def test_the_showcase_of_videos_is_open_and_nothing_of_it_could_be_taken_for_a_real_one(seeded, tmp_path):
    for days in (0, 30):
        with fixed_at(clock.now() + timedelta(days=days)):
            editorial.seed(seeded, tmp_path / "uploads")
            with seeded.reading() as session:
                held = showcase.find_current(session)
                assert showcase.voting(held) == showcase.collecting(held) == "open"
                every = moderation.listed(session, held.id)
    assert [one.state for one in every] == ["submitted", "accepted", "accepted", "accepted"]
    assert all(one.title.startswith("演示") and "placeholder" in one.url for one in every)
