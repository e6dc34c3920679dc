"""What is written is a draft; another person shows it; what is withdrawn says so; nothing that was written is lost."""

import pytest
from catalogued import words

from content import audit, repository
from content.catalogue import entries, shelf
from content.catalogue.entries import NotKept, WrittenOver
from content.catalogue.models import EntryState
from content.staff import NotAllowed
from content.store.db import Database


def test_a_draft_is_not_seen_until_another_person_has_published_it(staffed: Database, put) -> None:
    entry_id = put(is_published=False)
    with staffed.transaction() as session:
        assert shelf.newest(session) == []
        assert entries.waiting(session) == 1
        entries.publish(session, [(entry_id, 1)], "second")
    with staffed.reading() as session:
        assert [card.id for card in shelf.newest(session)] == [entry_id]
        assert entries.waiting(session) == 0
        acts = [entry.act for entry in audit.entries(session, limit=2)]
    assert acts == ["catalogue.publish", "catalogue.save"]


def test_who_has_written_it_cannot_publish_it_and_nothing_of_the_others_is_published(staffed: Database, put) -> None:
    mine = put(is_published=False)
    with staffed.transaction() as session:
        yours = entries.save(session, None, words("YS-2"), "other", 0).id
    with pytest.raises(NotAllowed, match="另一个"), staffed.transaction() as session:
        entries.publish(session, [(mine, 1), (yours, 1)], "other")
    with staffed.reading() as session:
        assert shelf.newest(session) == []


@pytest.mark.parametrize("by", ["pen", "looker", "nobody"])
def test_publishing_needs_its_role(staffed: Database, put, by: str) -> None:
    entry_id = put(is_published=False)
    with pytest.raises(NotAllowed), staffed.transaction() as session:
        entries.publish(session, [(entry_id, 1)], by)


def test_a_change_is_a_new_revision_and_the_old_words_stay_shown_until_it_is_published(staffed: Database, put) -> None:
    entry_id = put()
    with staffed.transaction() as session:
        entries.save(session, entry_id, words(title="演示：改过的名称"), "pen", 1)
    with staffed.transaction() as session:
        assert shelf.newest(session)[0].title == "演示：社区矫正工作方案"
        entries.publish(session, [(entry_id, 2)], "seal")
    with staffed.reading() as session:
        assert shelf.newest(session)[0].title == "演示：改过的名称"
        kept = [(one.number, one.published_by) for one in entries.history(session, entry_id)]
    assert kept == [(2, "seal"), (1, "second")]


def test_saving_the_same_words_changes_nothing(staffed: Database, put) -> None:
    entry_id = put()
    with staffed.transaction() as session:
        assert entries.save(session, entry_id, words(), "pen", 1).newest_number == 1


def test_nobody_writes_over_what_another_has_saved_meanwhile(staffed: Database, put) -> None:
    entry_id = put()
    with staffed.transaction() as session:
        entries.save(session, entry_id, words(title="演示：先存的"), "other", 1)
    with pytest.raises(WrittenOver, match="other"), staffed.transaction() as session:
        entries.save(session, entry_id, words(title="演示：后存的"), "pen", 1)


def test_only_the_wording_that_was_looked_at_is_published(staffed: Database, put) -> None:
    entry_id = put(is_published=False)
    with staffed.transaction() as session:
        entries.save(session, entry_id, words(title="演示：又改了"), "pen", 1)
    with pytest.raises(NotKept, match="又改过了"), staffed.transaction() as session:
        entries.publish(session, [(entry_id, 1)], "second")


def test_an_index_number_stands_once_and_does_not_change_once_it_was_shown(staffed: Database, put) -> None:
    entry_id = put()
    with pytest.raises(NotKept, match="已经有了"), staffed.transaction() as session:
        entries.save(session, None, words(), "pen", 0)
    with pytest.raises(NotKept, match="公开以后不能改"), staffed.transaction() as session:
        entries.save(session, entry_id, words("YS-9"), "pen", 1)


def test_what_is_withdrawn_says_why_and_may_come_back_by_another_persons_word(staffed: Database, put) -> None:
    entry_id = put()
    with pytest.raises(NotKept, match="为什么"), staffed.transaction() as session:
        entries.withdraw(session, entry_id, " ", "seal")
    with pytest.raises(NotAllowed), staffed.transaction() as session:
        entries.withdraw(session, entry_id, "演示", "pen")
    with staffed.transaction() as session:
        entries.withdraw(session, entry_id, "演示：名称写错", "seal")
    with staffed.transaction() as session:
        assert shelf.newest(session) == []
        gone = shelf.find_shown(session, entry_id)
        assert gone and (gone.state, gone.withdrawn_reason) == (EntryState.WITHDRAWN, "演示：名称写错")
        entries.publish(session, [(entry_id, 1)], "second")
        assert [card.id for card in shelf.newest(session)] == [entry_id]


def test_workers_hear_of_every_change_that_citizens_can_see_and_of_no_draft(staffed: Database, put) -> None:
    versions = []
    for act in (
        lambda session: entries.save(session, None, words("YS-7"), "pen", 0),
        lambda session: entries.publish(session, [(1, 1)], "second"),
        lambda session: entries.withdraw(session, 1, "演示", "second"),
    ):
        with staffed.transaction() as session:
            act(session)
        with staffed.reading() as session:
            versions.append((repository.get_mark(session, entries.MARK), repository.content_version(session)))
    assert versions == [("", "0"), ("1", "1"), ("2", "2")]
