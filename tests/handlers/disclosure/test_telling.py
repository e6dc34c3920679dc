"""Who is told of his application by whom: by the chat where he came from there, else by a person who puts it down."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from content import audit
from content.staff import NotAllowed, NotFound
from content.store import clock
from handlers.disclosure import excessive, handling, requests, telling
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel
from handlers.disclosure.requests import NotDone
from handlers.owing import MOST_BYTES, Owed, OwedState
from tests.handlers.disclosure.conftest import APPROVER, CONTACT, KEYRING, NAME, READER, WRITER, at

DAY = date(2026, 11, 2)


def untold(session) -> list[tuple[str, str]]:
    return [(step.request.number, step.act) for step in telling.untold(session)]


def test_who_is_in_no_chat_stands_in_the_list_until_somebody_has_told_him_and_said_how(session, file):
    request = file(Channel.PAGE, DAY).request
    with clock.fixed_at(at(DAY)):
        handling.confirm(session, request, WRITER)
        handling.ask_to_correct(session, request, WRITER, "演示：哪一年", DAY + timedelta(days=9))
        handling.add_note(session, request, WRITER, "演示")
    assert untold(session) == [(request.number, "confirm"), (request.number, "correction")]
    assert telling.count_untold(session) == 2
    step = telling.untold(session)[0]
    telling.note_told(session, request, step.id, "phone", APPROVER)
    assert (step.told_by, step.told_how) == (APPROVER, "phone") and step.told_at
    assert untold(session) == [(request.number, "correction")]
    assert audit.entries(session, act="request.told")[0].detail["how"] == "phone"


def test_who_stands_at_the_counter_is_told_there(session, received):
    request = received(DAY)
    assert request.steps[-1].act == "confirm" and untold(session) == []


def test_the_chat_tells_and_a_person_does_where_it_waits_too_long(session):
    application = Application("person", NAME, CONTACT, "演示：一份信息", "", "online", "")
    with clock.fixed_at(at(DAY)):
        request = requests.file(session, KEYRING, Channel.CHAT, application, citizen_id="c" * 32).request
        handling.confirm(session, request, WRITER)
        assert untold(session) == []
        session.execute(update(Owed).values(state=OwedState.HELD))
        assert untold(session) == []
    with clock.fixed_at(at(DAY + telling.PATIENCE, 11)):
        assert untold(session) == [(request.number, "confirm")]
        telling.note_told(session, request, request.steps[-1].id, "post", WRITER)
        assert untold(session) == []


def test_nothing_is_put_down_twice_by_the_wrong_one_or_for_another(session, file):
    request, other = file(Channel.PAGE, DAY).request, file(Channel.PAGE, DAY).request
    with clock.fixed_at(at(DAY)):
        handling.confirm(session, request, WRITER)
    step = request.steps[-1].id
    for by, at_, how, refused in (
        (READER, request, "phone", NotAllowed), (WRITER, other, "phone", NotFound), (WRITER, request, "chat", NotDone),
    ):  # fmt: skip
        with pytest.raises(refused):
            telling.note_told(session, at_, step, how, by)
    telling.note_told(session, request, step, "phone", WRITER)
    with pytest.raises(NotDone, match="已经有人登记"):
        telling.note_told(session, request, step, "post", WRITER)


@pytest.mark.parametrize("length", [20, 700, 4000])
def test_however_long_a_notice_is_what_goes_into_the_chat_is_short_and_says_the_day_and_the_way(session, length):
    application = Application("person", NAME, CONTACT, "演示：一份信息", "", "online", "")
    with clock.fixed_at(at(DAY)):
        request = requests.file(session, KEYRING, Channel.CHAT, application, citizen_id="c" * 32).request
        handling.confirm(session, request, WRITER)
        handling.ask_to_correct(session, request, WRITER, "<a>" + "字" * (length - 3), DAY + timedelta(days=9))
        handling.corrected(session, request, WRITER, DAY, "演示：哪一年的")
        excessive.ask_reasons(session, request, WRITER, "由" * length, DAY + timedelta(days=10))
    texts = list(session.scalars(select(Owed.text).order_by(Owed.id)))
    assert all(len(text.encode()) < MOST_BYTES and f"回复“查申请 {request.number}”" in text for text in texts)
    assert "请在2026年11月11日" in texts[1] and "<" not in texts[1] and "请在2026年11月12日" in texts[3]
    assert len(request.steps[2].note) >= length


def test_what_wants_something_of_him_and_could_not_be_told_is_for_a_person_at_once(session):
    application = Application("person", NAME, CONTACT, "演示：一份信息", "", "online", "")
    with clock.fixed_at(at(DAY)):
        request = requests.file(session, KEYRING, Channel.CHAT, application, citizen_id="c" * 32).request
        handling.confirm(session, request, WRITER)
        handling.ask_to_correct(session, request, WRITER, "演示：哪一年", DAY + timedelta(days=9))
        assert set(telling.of_chat(session, request).values()) == {OwedState.WAITING} and untold(session) == []
        session.execute(update(Owed).values(state=OwedState.HELD))
        assert untold(session) == [(request.number, "correction")]
        assert set(telling.of_chat(session, request).values()) == {OwedState.HELD}
