import pytest
from sqlalchemy.exc import IntegrityError

from content.importers.library import Wording, put
from content.models import Material, MaterialKind, Revision
from content.store import clock


def _revision(material: Material, number: int) -> Revision:
    return Revision(
        material_id=material.id, number=number, title="一", content_hash="", origin="console", created_at=clock.now()
    )


def test_a_material_exists_once_in_its_kind(database):
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add_all([Material(kind="answer", slug="a"), Material(kind="answer", slug="a")])


def test_a_revision_has_a_number_of_its_own(database):
    with pytest.raises(IntegrityError), database.transaction() as session:
        put(session, MaterialKind.ANSWER, "a", Wording("一"), "library")
        session.add(_revision(session.query(Material).one(), 1))


def test_revisions_stand_in_the_order_of_their_numbers(database):
    with database.transaction() as session:
        material = Material(kind="answer", slug="a")
        session.add(material)
        session.flush()
        session.add_all([_revision(material, number) for number in (3, 1, 2)])
    with database.reading() as session:
        assert [revision.number for revision in session.query(Material).one().revisions] == [1, 2, 3]
