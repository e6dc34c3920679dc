"""The outbox: owed once by key, sent once over every channel, never lost where a channel or a process fails."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from content import audit
from content.store import clock
from scheduler import outbox
from scheduler.models import Outgoing
from scheduler.platform import Later, Never, Unknown

NOW = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_eight():
    with clock.fixed_at(NOW):
        yield


class Channel:
    """Takes messages, or fails as it is told; the last way goes on."""

    def __init__(self, *ways: Exception | None) -> None:
        self.ways = list(ways) or [None]
        self.taken: list[outbox.Message] = []
        self.asked = 0

    def __call__(self, message: outbox.Message) -> None:
        way = self.ways[min(self.asked, len(self.ways) - 1)]
        self.asked += 1
        if way:
            raise way
        self.taken.append(message)


def tell(database, key="uncertain:12", title="结果不明", text="请到管理台确认。"):
    with database.transaction() as session:
        return outbox.tell(session, key, title, text)


def row(database, key="uncertain:12") -> Outgoing:
    with database.reading() as session:
        return session.query(Outgoing).filter_by(key=key).one()


def send(database, *channels: Channel, after: timedelta = timedelta()):
    senders = {f"channel {number}": channel for number, channel in enumerate(channels)}
    return outbox.send_due(database, senders, NOW + after)


def test_what_is_told_twice_is_owed_and_sent_once(database):
    assert [tell(database), tell(database)] == [True, False]
    channel = Channel()
    assert [send(database, channel), send(database, channel)] == [1, 0]
    assert [(message.title, message.text) for message in channel.taken] == [("结果不明", "请到管理台确认。")]
    assert row(database).state == "sent"
    assert not tell(database)  # nor is it owed again once it is sent


def test_a_message_of_a_transaction_that_fails_is_not_owed(database):
    with pytest.raises(RuntimeError), database.transaction() as session:
        outbox.tell(session, "k", "t", "x")
        raise RuntimeError
    assert send(database, Channel()) == 0


def test_two_that_tell_the_same_at_once_owe_it_once(database):
    told: list[bool] = []
    barrier = threading.Barrier(4)

    def one() -> None:
        barrier.wait()
        told.append(tell(database))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, False, False, True]


def test_many_schedulers_send_each_message_once(database):
    for number in range(12):
        tell(database, f"k{number}")
    channel, barrier = Channel(), threading.Barrier(4)

    def one() -> None:
        barrier.wait()
        send(database, channel)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message.key for message in channel.taken) == sorted(f"k{number}" for number in range(12))


def test_a_channel_that_has_it_does_not_get_it_again_for_the_others_sake(database):
    tell(database)
    good, bad = Channel(), Channel(Later("忙"), None)
    send(database, good, bad)
    assert row(database).state == "waiting"
    send(database, good, bad, after=timedelta(minutes=1))
    assert (len(good.taken), len(bad.taken)) == (1, 1)
    assert row(database).state == "sent"


def test_pauses_grow_and_after_the_last_the_message_has_failed(database):
    tell(database)
    channel = Channel(Later("连不上邮件服务器。"))
    tried_at = []
    for minute in range(60 * 12):
        if send(database, channel, after=timedelta(minutes=minute)):
            tried_at.append(minute)
    assert tried_at == [0, 1, 6, 21, 81, 261]
    assert (row(database).state, row(database).trouble) == ("failed", "连不上邮件服务器。")


def test_a_channel_that_names_a_later_moment_is_not_asked_before(database):
    tell(database)
    channel = Channel(Later("太频繁", seconds=600), None)
    send(database, channel)
    assert send(database, channel, after=timedelta(minutes=9)) == 0
    assert send(database, channel, after=timedelta(minutes=10)) == 1


def test_what_can_never_be_sent_is_not_tried_again_and_shows_in_the_console(database):
    tell(database)
    channel = Channel(Never("企业微信没有收下（93000）"))
    send(database, channel)
    assert send(database, channel, after=timedelta(hours=2)) == 0
    with database.reading() as session:
        assert [(owed.key, owed.trouble) for owed in outbox.undelivered(session)] == [
            ("uncertain:12", "企业微信没有收下（93000）")
        ]


def test_one_channel_that_never_will_does_not_keep_another_from_trying_again(database):
    tell(database)
    never, later = Channel(Never("拒收")), Channel(Later("忙"), None)
    send(database, never, later)
    send(database, never, later, after=timedelta(minutes=1))
    assert len(later.taken) == 1
    assert row(database).state == "failed"  # one channel of the two did not tell anybody


def test_an_answer_that_was_lost_makes_the_next_try_say_so(database):
    tell(database)
    channel = Channel(Unknown("没有答复"), None)
    send(database, channel)
    send(database, channel, after=timedelta(minutes=1))
    assert [message.is_repeated for message in channel.taken] == [True]


def test_a_channel_that_breaks_in_a_new_way_loses_nothing_and_tells_no_secret(database):
    tell(database)
    channel = Channel(ValueError("https://robot.example?key=geheim"), None)
    send(database, channel)
    assert "geheim" not in row(database).trouble
    send(database, channel, after=timedelta(minutes=1))
    assert len(channel.taken) == 1


def test_a_message_whose_sender_died_on_the_way_goes_out_after_its_lease(database):
    tell(database)

    class Killed(BaseException):
        pass

    def dies(message: outbox.Message) -> None:
        raise Killed

    with pytest.raises(Killed):
        outbox.send_due(database, {"mail": dies}, NOW)
    channel = Channel()
    assert send(database, channel, after=timedelta(minutes=1)) == 0
    assert send(database, channel, after=timedelta(minutes=2)) == 1
    assert [message.is_repeated for message in channel.taken] == [True]


def test_without_channels_everything_waits_and_the_console_tells_it(database):
    tell(database, "a")
    tell(database, "b")
    assert outbox.send_due(database, {}, NOW) == 0
    with database.reading() as session:
        alarms = outbox.console_alarms(session)
        assert [alarm.key for alarm in alarms] == ["b", "a"]
        assert outbox.console_alarms(session, has_senders=True) == []
    with database.transaction() as session:
        outbox.note_heard(session, alarms[0].id, "wang")
    with database.reading() as session:
        assert [alarm.key for alarm in outbox.console_alarms(session)] == ["a"]


def test_what_somebody_has_read_in_the_console_is_not_sent_any_more(database):
    tell(database)
    with database.transaction() as session:
        assert outbox.note_heard(session, row(database).id, "wang")
        assert not outbox.note_heard(session, row(database).id, "li")
    assert send(database, Channel()) == 0
    with database.reading() as session:
        (entry,) = audit.entries(session)
    assert (entry.staff_name, entry.act, entry.thing) == ("wang", "alert.heard", "outgoing:uncertain:12")


def test_old_news_is_not_sent_when_a_channel_opens_a_day_later(database):
    tell(database, "old")
    channel = Channel()
    send(database, channel, after=timedelta(hours=25))
    assert channel.taken == []
    assert (row(database, "old").state, "过时" in row(database, "old").trouble) == ("failed", True)


def test_a_failed_message_can_be_sent_again_after_the_settings_were_mended(database):
    tell(database)
    send(database, Channel(Never("密码不对")))
    with database.transaction() as session:
        assert outbox.try_again(session, row(database).id, "wang")
    channel = Channel()
    send(database, channel)
    assert len(channel.taken) == 1
    with database.reading() as session:
        assert outbox.undelivered(session) == []


def test_numbers_of_persons_are_blotted_out(database):
    tell(database, "k", "来自13812345678的留言", "身份证11010519491231002X，电话 0429-1234567，12348")
    assert row(database, "k").body == {
        "title": "来自＊的留言",
        "text": "身份证＊，电话 0429-1234567，12348",
    }


def test_what_was_owed_long_ago_is_forgotten(database):
    tell(database)
    with clock.fixed_at(NOW + timedelta(days=399)), database.transaction() as session:
        outbox.purge(session)
    assert row(database).key == "uncertain:12"
    with clock.fixed_at(NOW + timedelta(days=401)), database.transaction() as session:
        outbox.purge(session)
        assert session.query(Outgoing).count() == 0
