"""Applications for information, in a database of their own, at days of our choosing."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from content import staff
from content.staff import Role
from content.store import clock
from content.store.keys import Keyring
from handlers.disclosure import requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel, DisclosureRequest

WRITER, APPROVER, READER = "演示经办", "演示审批", "演示审计"
KEYRING = Keyring((b"k" * 32,))
NAME, CONTACT = "演示申请人甲", "demo@pufa.example"


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), clock.BEIJING)


@pytest.fixture
def session(database):
    with database.transaction() as session:
        for name, role in ((WRITER, Role.WRITE), (APPROVER, Role.REVIEW1), (READER, Role.AUDIT)):
            staff.add_staff(session, name, name, [role], "")
        session.flush()
        yield session
        session.rollback()


@pytest.fixture
def file(session) -> Callable[..., requests.Filed]:
    def made(channel: Channel = Channel.COUNTER, on: date | None = None, **words: str) -> requests.Filed:
        day = on or clock.today()
        given = {
            "applicant_kind": "person", "name": NAME, "contact": CONTACT, "wanted": "演示：法律援助工作总结",
            "document_number": "", "way": "online", "address": "",
        } | words  # fmt: skip
        by = "" if channel in (Channel.CHAT, Channel.PAGE) else WRITER
        with clock.fixed_at(at(day)):
            received = None if not by else day
            return requests.file(session, KEYRING, channel, Application(**given), by=by, received_on=received)

    return made


@pytest.fixture
def received(file) -> Callable[..., DisclosureRequest]:
    """An application over the counter, in hand since that day."""
    return lambda on, **words: file(Channel.COUNTER, on, **words).request
