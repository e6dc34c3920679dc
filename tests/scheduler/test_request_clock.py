"""Staff hear of the clocks of requests in time, once, and without a name."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from content import staff
from content.staff import Role
from content.store import clock, working_days
from content.store.keys import Keyring
from handlers.disclosure import excessive, handling, requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import ONLINE, Channel
from handlers.owing import Owed
from scheduler import request_clock
from scheduler.models import Outgoing

WRITER, NAME = "演示经办", "演示申请人丁"
DAY = date(2026, 11, 2)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), clock.BEIJING)


@pytest.fixture
def file(database):
    def made(channel: Channel) -> int:
        with clock.fixed_at(at(DAY)), database.transaction() as session:
            if staff.find_staff(session, WRITER) is None:
                staff.add_staff(session, WRITER, WRITER, [Role.WRITE], "zhou")
            application = Application("person", NAME, "demo@pufa.example", "演示：一份信息", "", "online", "")
            is_online = channel in ONLINE
            by, on = ("", None) if is_online else (WRITER, DAY)
            citizen = "c" * 32 if channel is Channel.CHAT else None
            keyring = Keyring((b"k" * 32,))
            return requests.file(
                session, keyring, channel, application, by=by, received_on=on, citizen_id=citizen
            ).request.id

    return made


def heard(database, day: date, hour: int = 9) -> list[str]:
    """What is told anew at that moment."""
    with database.reading() as session:
        before = set(session.scalars(select(Outgoing.key)))
    with clock.fixed_at(at(day, hour)):
        request_clock.watch(database, clock.now())
        request_clock.watch(database, clock.now())
    with database.reading() as session:
        new = [row for row in session.scalars(select(Outgoing).order_by(Outgoing.id)) if row.key not in before]
        assert not any(NAME in str(row.body) for row in new)
        return [row.body["title"] for row in new]


def test_the_last_days_of_an_answer_are_told_each_once(database, file):
    file(Channel.COUNTER)  # to be answered until 30 November
    told = {day: heard(database, date(2026, 11, day)) for day in (3, 10, 11, 24, 25, 26, 27, 28, 30)}
    assert [day for day, titles in told.items() if titles] == [10, 11, 25, 30]
    assert "还有 3 个工作日" in told[25][0] and "今天" in told[30][0] and "今天" in told[11][0]
    assert ["超过了期限" in title for title in heard(database, date(2026, 12, 1))] == [True]
    assert heard(database, date(2026, 12, 2)) == []


def test_nobody_is_woken_in_the_night_or_on_a_day_of_rest(database, file):
    file(Channel.COUNTER)
    assert heard(database, date(2026, 11, 30), hour=7) == []
    assert heard(database, date(2026, 12, 5)) == []


def test_what_waits_for_confirmation_is_told_on_the_next_working_day(database, file):
    file(Channel.PAGE)
    assert heard(database, DAY) == []
    assert len(heard(database, date(2026, 11, 3))) == 1


def test_the_clocks_of_others_are_told_as_well(database, file):
    request_id = file(Channel.COUNTER)
    with clock.fixed_at(at(DAY)), database.transaction() as session:
        request = requests.get_request(session, request_id)
        handling.consult(session, request, WRITER, "third_party", DAY, "演示")
    assert heard(database, date(2026, 11, 19)) == []
    assert len(heard(database, date(2026, 11, 23))) == 1  # the fifteenth working day


def test_who_is_still_consulting_hears_of_the_answers_own_last_day(database, file):
    request_id = file(Channel.COUNTER)
    with clock.fixed_at(at(DAY)), database.transaction() as session:
        request = requests.get_request(session, request_id)
        handling.consult(session, request, WRITER, "third_party", DAY, "演示")
        last = request.due_on
    assert last == date(2026, 12, 21)  # fifteen working days that rested, and twenty
    told = {day: heard(database, date(2026, 12, day)) for day in (15, 16, 17, 21, 22)}
    assert [day for day, titles in told.items() if titles] == [15, 16, 21, 22]
    assert "还有 3 个工作日" in told[16][0] and "今天" in told[21][0] and "超过了期限" in told[22][0]


def asks(database, request_id: int, until: date) -> None:
    with clock.fixed_at(at(DAY)), database.transaction() as session:
        request = requests.get_request(session, request_id)
        excessive.ask_reasons(session, request, WRITER, "演示：一个月四十件", until)
        words = {"amount": "700", "pages": "100", "reason": "演示", "how": "演示"}
        excessive.ask_fee(session, request, WRITER, words, date(2026, 11, 30), is_on=True)


def test_the_days_named_to_the_applicant_are_told_to_staff_before_on_and_after_them(database, file):
    asks(database, file(Channel.COUNTER), date(2026, 11, 18))
    assert heard(database, date(2026, 11, 12)) == heard(database, date(2026, 11, 19))[1:] == []
    corrects = file(Channel.COUNTER)
    with clock.fixed_at(at(DAY)), database.transaction() as session:
        request = requests.get_request(session, corrects)
        handling.ask_to_correct(session, request, WRITER, "演示：哪一年", date(2026, 11, 18))
    told = {day: heard(database, date(2026, 11, day)) for day in (12, 13, 16, 18, 19)}
    assert [day for day, titles in told.items() if titles] == [13, 18, 19]
    with database.reading() as session:
        rows = session.scalars(select(Outgoing).where(Outgoing.key.contains("awaited-"))).all()
    reasons = [row.body["text"] for row in rows if "ask_reasons" in row.key]
    assert all("申请人说明理由的期限" in text for text in reasons)
    soon = [row.body["text"] for row in rows if row.key.endswith(":soon")]
    assert soon and all("申请人不在公众号里，请打电话或者写信提醒" in text for text in soon)


def test_a_fee_that_was_paid_and_reasons_that_came_have_no_clock_any_more(database, file):
    request_id = file(Channel.COUNTER)
    asks(database, request_id, date(2026, 11, 18))
    with clock.fixed_at(at(DAY)), database.transaction() as session:
        request = requests.get_request(session, request_id)
        excessive.reasons_came(session, request, WRITER, "演示")
        excessive.fee_came(session, request, WRITER)
    assert heard(database, date(2026, 11, 18)) == []
    assert len(heard(database, date(2026, 11, 25))) == 1  # the answer's own


def owed(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Owed.text).where(Owed.text.contains("提醒您")).order_by(Owed.id)))


def test_the_applicant_is_reminded_once_before_his_own_day_in_the_chat_he_came_from(database, file):
    for channel in (Channel.CHAT, Channel.COUNTER):
        request_id = file(channel)
        with clock.fixed_at(at(DAY)), database.transaction() as session:
            request = requests.get_request(session, request_id)
            if channel is Channel.CHAT:
                handling.confirm(session, request, WRITER)
            handling.ask_to_correct(session, request, WRITER, "演示：哪一年", date(2026, 11, 18))
    for day, reminders in ((2, 0), (12, 0), (13, 1), (16, 1), (18, 1), (19, 1)):
        heard(database, date(2026, 11, day))
        assert len(owed(database)) == reminders
    assert "演示：哪一年" in owed(database)[0] and "请在2026年11月18日（周三）以前补正" in owed(database)[0]


def test_who_has_corrected_or_was_told_only_today_is_not_reminded(database, file):
    corrects, fresh = file(Channel.CHAT), file(Channel.CHAT)
    for request_id, day in ((corrects, DAY), (fresh, date(2026, 11, 9))):
        with clock.fixed_at(at(day)), database.transaction() as session:
            request = requests.get_request(session, request_id)
            handling.confirm(session, request, WRITER)
            handling.ask_to_correct(session, request, WRITER, "演示：哪一年", date(2026, 11, 11))
            if request_id == corrects:
                handling.corrected(session, request, WRITER, DAY, "演示：改过")
    heard(database, date(2026, 11, 9))
    assert owed(database) == []
    heard(database, date(2026, 11, 10))
    assert len(owed(database)) == 1


def test_nothing_is_counted_anew_while_nothing_changes(database, file):
    file(Channel.COUNTER)
    assert request_clock.count_anew(database) == 0


def test_staff_hear_of_a_last_day_that_moved_and_whom_they_must_tell(database, file):
    request_id = file(Channel.COUNTER)
    with database.transaction() as session:
        working_days.set_day(session, date(2026, 11, 30), False, "演示放假", "zhou")
    assert request_clock.count_anew(database) == 1 and request_clock.count_anew(database) == 0
    with database.reading() as session:
        assert requests.get_request(session, request_id).due_on == date(2026, 12, 1)
        told = session.scalars(select(Outgoing).order_by(Outgoing.id.desc()).limit(1)).one()
    assert "12月1日" in told.body["text"] and "请打电话或者写信告知" in told.body["text"]
