"""What is counted, and how little is kept of it."""

import secrets
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from conftest import wait_until
from sqlalchemy import select

from content.security_log import SecurityEvent
from content.store import clock
from handlers import turns
from handlers.turns import Miss, Tally, Turn

NOON = datetime(2031, 5, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def who() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def session(bureau):
    with bureau.database.reading() as opened:
        yield opened


def misses(session, who) -> list[str]:
    return list(session.scalars(select(Miss.text).where(Miss.pseudonym == who).order_by(Miss.id)).all())


def test_turns_are_counted_by_topic_and_day(session, who):
    with clock.fixed_at(NOON):
        turns.record(session, [Turn("matter/wages", who), Turn("matter/wages", who), Turn("talk/menu", who)])
        turns.record(session, [Turn("matter/wages", who)])
        assert turns.counts_today(session) == {"matter/wages": 3, "talk/menu": 1}
    with clock.fixed_at(NOON + timedelta(days=1)):
        assert turns.counts_today(session) == {}


def test_a_day_ends_at_midnight_in_beijing(session, who):
    for hour, counted in ((15, 1), (16, 1)):  # 23:00 and 00:00 in Beijing
        with clock.fixed_at(NOON.replace(hour=hour)):
            turns.record(session, [Turn("matter/debt", who)])
            assert turns.counts_today(session) == {"matter/debt": counted}


def test_words_are_kept_only_where_we_failed(session, who):
    turns.record(session, [Turn("matter/wages", who), Turn("talk/unknown", who, "听不懂的话")])
    assert misses(session, who) == ["听不懂的话"]


@pytest.mark.parametrize(
    "secret",
    [
        "13800138000",
        "１３８００１３８０００",
        "138 0013 8000",
        "138-0013-8000",
        "138.0013.8000",
        "一三八零零一三八零零零",
        "2123456",
        "0429-2123456",
        "211421199001011234",
        "21142119900101123X",
        "211421 19900101 123x",
        "6222020200012345678",
        "6222 0202 0001 2345 678",
        "zhang.san+1@qq.com",
        "ｚｓ＠ｑｑ．ｃｏｍ",
        "辽P12345",
        "oABCdef1234567890xyz",
    ],
)
def test_numbers_and_addresses_that_name_a_person_are_not_kept(session, who, secret):
    turns.record(session, [Turn("talk/unknown", who, f"我的是{secret}，请联系")])
    assert misses(session, who) == ["我的是＊,请联系"] or misses(session, who) == ["我的＊,请联系"]


def test_the_house_somebody_lives_in_is_not_kept(session, who):
    turns.record(
        session, [Turn("talk/unknown", who, "住兴工街12号3单元501室"), Turn("talk/unknown", who, "三单元四零二")]
    )
    assert not any(digit in text for text in misses(session, who) for digit in ("12", "501", "四零二"))


@pytest.mark.parametrize(
    "text", ["民法典第1062条", "打12348没人接", "欠我30000块", "woyaolihunzenmebanne", "2023年5月1日"]
)
def test_what_names_nobody_is_kept_so_that_we_learn(text):
    assert turns.scrub(text) == text


def test_a_long_story_is_cut_and_scrubbed_before_it_is_cut(session, who):
    turns.record(session, [Turn("talk/unknown", who, "话" * 395 + "13800138000" + "话" * 9000)])
    assert len(misses(session, who)[0]) == 400 and "138" not in misses(session, who)[0]


def test_misses_are_kept_for_thirty_days_and_no_longer(session, who):
    turns.record(session, [Turn("talk/unknown", who, "听不懂的话")])
    for days, kept in ((29, 1), (31, 0)):
        with clock.fixed_at(clock.now() + timedelta(days=days)):
            turns.purge(session)
            assert len(misses(session, who)) == kept


def test_forgetting_somebody_forgets_his_words_only(session, who):
    other = secrets.token_hex(16)
    turns.record(session, [Turn("talk/unknown", who, "一"), Turn("talk/unknown", other, "二")])
    turns.forget(session, who)
    assert misses(session, who) == [] and misses(session, other) == ["二"]


def test_the_tally_writes_behind_the_reply_and_loses_nothing_at_the_end(bureau, session, who):
    with clock.fixed_at(NOON + timedelta(days=9)):
        tally = Tally(bureau.database)
        for _ in range(50):
            tally.add(Turn("matter/traffic", who))
        tally.close()
        assert turns.counts_today(session) == {"matter/traffic": 50}


def test_of_refused_requests_the_number_is_kept_in_one_row_an_hour(bureau, monkeypatch):
    monkeypatch.setattr(turns, "GATHER_SECONDS", 0.01)
    with clock.fixed_at(datetime(2026, 12, 2, 2, 30, tzinfo=UTC)):
        for _ in range(2):
            tally = Tally(bureau.database)
            for _ in range(3):
                tally.refuse()
            tally.close()
    with bureau.database.transaction() as session:
        row = session.scalars(select(SecurityEvent).where(SecurityEvent.what == "refused")).one()
        assert (row.who, row.count) == ("", 6)
        session.delete(row)


def test_two_workers_that_count_the_first_message_of_a_day_at_once_lose_none(bureau, session, who):
    tally = Tally(bureau.database)
    with clock.fixed_at(NOON + timedelta(days=20)):
        with bureau.database.transaction() as first:
            turns.record(first, [Turn("matter/fraud", who)])
            second = Thread(target=tally._write, args=([Turn("matter/fraud", who), Turn("talk/unknown", who, "话")],))
            second.start()
            second.join(0.15)  # it waits for the first one's row
            assert second.is_alive()
        second.join()
        assert turns.counts_today(session)["matter/fraud"] == 2 and misses(session, who) == ["话"]
    tally.close()


def test_words_that_waited_when_somebody_left_go_a_moment_later(bureau, who, monkeypatch):
    monkeypatch.setattr(turns, "FORGET_AGAIN_SECONDS", 0.05)
    tally = Tally(bureau.database)
    tally._write([Turn("talk/unknown", who, "话")])
    tally.forget(who)

    def is_gone() -> bool:
        with bureau.database.reading() as session:
            return misses(session, who) == []

    wait_until(is_gone)
    tally.close()
