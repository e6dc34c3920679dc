"""The demonstration's applications keep the days of the law that they show."""

from sqlalchemy import select

from bot.demo import applications, officials
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.disclosure.models import DisclosureRequest


def test_no_day_of_the_demonstration_contradicts_another(tmp_path):
    database, ring = Database(f"sqlite:///{tmp_path}/pufa.db"), Keyring((b"k" * 32,))
    database.upgrade()
    officials.seed(database, ring)
    applications.seed(database, ring)
    applications.seed(database, ring)
    with database.reading() as session:
        every = session.scalars(select(DisclosureRequest).order_by(DisclosureRequest.id)).all()
        assert len(every) == 5 and len({one.state for one in every}) >= 4
        for one in every:
            moments = [step.at for step in one.steps]
            assert moments == sorted(moments) and one.filed_at == moments[0]
            if one.received_on:
                assert one.received_on == clock.in_beijing(one.filed_at).date() and one.due_on >= one.received_on
            if one.ended_on:
                assert one.received_on <= one.ended_on <= one.due_on
    database.close()
