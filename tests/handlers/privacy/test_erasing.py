"""Who is erased is erased: looked for in the raw file with its log, in every row of every table, and in Redis."""

from dataclasses import replace
from datetime import timedelta

import pytest
from makers import Somebody
from sqlalchemy import select, update

from content import audit, security_log
from content.phrases import say
from content.security_log import SecurityEvent
from content.store import clock
from content.store.memory import NONE, OPEN, Ended
from handlers import citizens, forgetting, turns
from handlers.citizens import Citizen
from handlers.disclosure.models import DisclosureRequest
from handlers.privacy import holdings, register, retention, traces
from handlers.privacy.register import BadRegister, Erasure
from handlers.privacy.retention import Fate
from handlers.quiz.models import Participant, Seat
from handlers.talk.models import Ticket
from scheduler import housekeeping
from tests.handlers.privacy.lived import WORDS, everything, names_in, raw
from tests.handlers.publicity.showing import NOW

pytestmark = pytest.mark.parametrize("bureau", ["sqlite"], indirect=True)
"""Its database is not used: each test has its own, of both kinds."""
LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def own(bureau, database):
    return replace(bureau, database=database, heard={})


@pytest.fixture
def somebody(own):
    with clock.fixed_at(NOW):
        yield Somebody(own, conversation=NONE)


def traces_of(database, person) -> set[str]:
    return names_in(raw(database), person)


def rows_of(database, table) -> list:
    with database.reading() as session:
        return list(session.scalars(select(table)).all())


def test_every_kind_that_can_be_tied_to_a_person_is_tried_here(somebody):
    person = everything(somebody)
    with somebody.bureau.database.reading() as session:
        held = {one.kind.name for one in holdings.held(session, person)}
    assert held == {kind.name for kind in retention.kinds() if kind.is_tied}


def test_nothing_of_whoever_is_erased_is_left_on_the_disk(somebody):
    database, person = somebody.bureau.database, everything(somebody)
    assert traces_of(database, person) == {"id", "pseudonym", "nickname", "words"}
    somebody.says("删除我的数据")
    assert somebody.says(say("erase_words")).text.startswith("已经删除")
    with clock.fixed_at(LATER):
        assert housekeeping.scour(database)
    assert traces_of(database, person) == set()
    with clock.fixed_at(LATER):
        assert not housekeeping.scour(database)


def test_the_receipt_says_number_moment_what_went_and_what_stays_and_why(somebody):
    everything(somebody)
    told = somebody.says(say("erase_words")).text
    made = rows_of(somebody.bureau.database, Erasure)[0]
    assert f"编号 {made.number}，2026-12-02 10:00" in told and "《个人信息保护法》第四十七条" in told
    for kind in retention.kinds():
        if kind.is_tied:
            assert kind.title in told and (kind.on_erasure is Fate.GONE or kind.why in told), kind.name
    assert made.went["misses"] == made.went["talk"] == made.went["practice"] == 1
    assert len(told.encode()) <= 2000


def test_what_is_still_waited_for_is_named_before_and_what_becomes_of_it(somebody):
    person = everything(somebody)
    told = somebody.says("删除我的数据").text
    assert told.startswith(say("erase_tickets_wait", numbers="1")) and "没有人答" in told
    assert say("erase_requests_open", numbers="2026-0001") in told and say("erase_ask") in told
    with somebody.bureau.database.transaction() as session:
        session.execute(update(Ticket).where(Ticket.citizen_id == person.id).values(state="answered"))
        session.execute(update(DisclosureRequest).values(state="answered"))
    assert somebody.says("删除我的数据").text.startswith(say("erase_ask"))


def test_an_application_stays_a_case_of_the_bureau_and_leads_to_no_chat(somebody):
    everything(somebody)
    somebody.says(say("erase_words"))
    case = rows_of(somebody.bureau.database, DisclosureRequest)[0]
    assert case.citizen_id is None and case.wanted and case.particulars


def test_papers_stay_under_a_name_nobody_can_read_and_the_page_is_left(somebody):
    everything(somebody)
    somebody.sends("event:unsubscribe")
    paper, seat = rows_of(somebody.bureau.database, Participant)[0], rows_of(somebody.bureau.database, Seat)[0]
    assert (paper.nickname, paper.papers) == ("", 1) and seat.ended_at == NOW


def test_a_name_in_a_log_leads_to_nobody_once_its_key_is_gone(somebody):
    database, person = somebody.bureau.database, everything(somebody)
    with database.transaction() as session:
        before = traces.name_for(session, person.pseudonym, "security")
        security_log.note(session, security_log.Event.LINK_OPENED, before)
        assert traces.name_for(session, person.pseudonym, "audit") != before
    somebody.says(say("erase_words"))
    assert before in {row.who for row in rows_of(database, SecurityEvent)}
    with database.transaction() as session:
        assert audit.entries(session)[0].act == "privacy.erase" and audit.verify(session) == ""
        assert traces.name_for(session, person.pseudonym, "security") != before


def test_whoever_comes_back_is_known_anew_and_erasing_twice_makes_two_receipts(somebody):
    database, person = somebody.bureau.database, everything(somebody)
    somebody.says(say("erase_words"))
    somebody.sends("event:subscribe")
    assert rows_of(database, Citizen)[0].id != person.id
    somebody.says(say("erase_words"))
    assert len({row.number for row in rows_of(database, Erasure)}) == 2
    assert "原来就没有" not in somebody.says("我的数据").text  # only what stays: the campaign, the vote


# ── a backup that was made before ─────────────────────────────────────────────────────────────────────────────────────


def test_a_restored_backup_is_erased_again_and_who_came_back_stays(own, somebody):
    database, person = own.database, everything(somebody)
    back = Somebody(own)
    somebody.says(say("erase_words"))
    back.says(say("erase_words"))
    with database.transaction() as session:
        lines = list(register.write(session))
    with clock.fixed_at(NOW - timedelta(days=1)), database.transaction() as session:  # as the backup has it
        citizens.get_or_add_citizen_id(session, own.keyring, somebody.openid)
        turns.record(session, [turns.Turn("talk/unknown", person.pseudonym, WORDS)])
    with clock.fixed_at(LATER), database.transaction() as session:
        citizens.get_or_add_citizen_id(session, own.keyring, back.openid)
        assert register.take_in(session, lines) == 0
        assert forgetting.erase_again(session, own.keyring) == 1
    left = [row.pseudonym for row in rows_of(database, Citizen)]
    assert left == [citizens.pseudonym_of(own.keyring, back.openid)] and rows_of(database, turns.Miss) == []


def test_a_register_from_elsewhere_is_taken_in_once_and_a_broken_one_not_at_all(somebody):
    somebody.says(say("erase_words"))
    database = somebody.bureau.database
    with database.transaction() as session:
        lines = list(register.write(session))
        session.delete(session.scalars(select(Erasure)).one())
        session.flush()
        assert (register.take_in(session, [*lines, *lines]), register.take_in(session, lines)) == (1, 0)
    assert somebody.openid not in "".join(lines) and somebody.desk.citizen not in "".join(lines)
    for broken in ("{", "[]", '{"number": "x"}', lines[0].replace("+00:00", "")):
        with database.transaction() as session, pytest.raises(BadRegister):
            register.take_in(session, [broken])


# ── Redis ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_redis_holds_nothing_of_whoever_is_erased_but_the_reply_to_that_very_message(somebody, memory):
    person = everything(somebody)
    for message in ("m1", "m2"):
        memory.begin(message, person.pseudonym)
        memory.told_to_wait(message)
        said = f"{person.openid} {WORDS}".encode()
        memory.finish(message, person.pseudonym, Ended(said, OPEN, "甲\n乙", copy=f"{person.id} {WORDS}"))
    memory.begin("m3", person.pseudonym)
    memory.begin("m4", person.pseudonym)  # waits behind it
    memory.forget(person.pseudonym)
    memory.finish("m3", person.pseudonym, Ended(b"", NONE))
    assert memory.generation() is not None
    words = [word.encode() for word in (person.pseudonym, person.openid, person.id, WORDS)]
    for key in memory.client.keys("*"):
        kind = memory.client.type(key)
        value = memory.client.get(key) if kind == b"string" else b" ".join(memory.client.lrange(key, 0, -1))
        if any(word in key + b" " + (value or b"") for word in words):
            assert key.startswith((b"reply:", b"wait:")) and 0 < memory.client.pttl(key) <= 120_000, key


# ── keeping ends by itself ────────────────────────────────────────────────────────────────────────────────────────────


def test_security_events_and_the_register_end_with_their_days(somebody):
    database = somebody.bureau.database
    somebody.sends("event:subscribe")
    somebody.says(say("erase_words"))
    for kept, table in ((security_log.KEPT, SecurityEvent), (register.KEPT, Erasure)):
        for days, left in ((-1, 1), (1, 0)):
            with clock.fixed_at(NOW + kept + timedelta(days=days)):
                housekeeping.purge(database)
            assert len(rows_of(database, table)) == left, (table, days)


def test_what_somebody_still_reads_is_scoured_the_next_time(somebody):
    database = somebody.bureau.database
    everything(somebody)
    somebody.says(say("erase_words"))
    if not database.is_sqlite:
        return
    with clock.fixed_at(LATER):
        with database.reading() as session:
            session.execute(select(Citizen)).all()
            with database.transaction() as other:
                other.execute(update(Citizen).values(scene=""))
            assert not housekeeping.scour(database)
        assert housekeeping.scour(database)
