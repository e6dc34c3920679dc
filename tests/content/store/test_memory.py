import os
import signal
import threading
import time

import pytest
import redis
from conftest import wait_until
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.store import embedded
from content.store import memory as memory_module
from content.store.memory import LEASE_MS, NONE, OPEN, UNKNOWN, WAITERS, Away, Begun, Ended, Memory, Stand

ANN, BOB = "a" * 32, "b" * 32
SEVEN_DAYS = 7 * 24 * 3600


def _turn(memory: Memory, key: str, citizen: str = ANN, reply: bytes = b"<xml/>", conversation: str = NONE, **more):
    """One whole message; what `begin` said."""
    begun = memory.begin(key, citizen)
    assert begun.stand is Stand.YOURS
    memory.finish(key, citizen, Ended(reply, conversation, **more))
    return begun


def _lease_left(raw) -> float:
    """Milliseconds."""
    seconds, microseconds = raw.time()
    return int(raw.get(f"lock:{ANN}").split()[-1]) - seconds * 1000 - microseconds / 1000


def _lease_ends(raw) -> None:
    message = raw.get(f"lock:{ANN}").split()[0]
    raw.set(f"lock:{ANN}", message + b" 1")


def _delivery_ends(raw: redis.Redis, key: str, citizen: str = ANN) -> None:
    """What half a second without a look does to a message that waits."""
    raw.delete(f"wait:{citizen}{key}")


# ── once ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_message_gets_the_same_reply_byte_for_byte(memory):
    _turn(memory, "m1", reply="<xml>您好</xml>".encode())
    for _ in range(2):
        assert memory.begin("m1", ANN) == Begun(Stand.ANSWERED, reply="<xml>您好</xml>".encode())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reply=st.binary(max_size=3000), number=st.uuids())
def test_any_reply_comes_back_as_it_was_and_silence_stays_silence(memory, reply, number):
    key = f"{number}-{time.monotonic_ns()}"  # the same example may be tried twice
    _turn(memory, key, reply=reply)
    assert memory.begin(key, ANN).reply == reply


def test_a_message_that_is_being_answered_is_not_answered_twice_and_its_deliveries_are_counted(memory):
    memory.begin("m1", ANN)
    assert memory.begin("m1", ANN) == Begun(Stand.RUNNING, tries=1)
    assert memory.begin("m1", ANN, polling=True).tries == 1
    assert memory.begin("m1", ANN) == Begun(Stand.RUNNING, tries=2)


def test_a_reply_is_kept_longer_than_the_platform_repeats_a_message(memory, raw):
    _turn(memory, "m1")
    memory.begin("m1", ANN)
    assert raw.ttl("reply:m1") > 60


def test_two_workers_share_what_was_answered(memory, redis_socket):
    _turn(memory, "m1", reply=b"one")
    memory.begin("m1", ANN)  # the finish has arrived
    assert Memory(redis_socket).begin("m1", ANN).reply == b"one"


def test_a_redis_server_on_a_port_serves_as_the_embedded_one_does(redis_server):
    memory, key = Memory(redis_server), os.urandom(8).hex()
    _turn(memory, key, citizen=key, reply=b"one")
    assert memory.begin(key, key).reply == b"one"
    memory.client.close()


# ── in order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_messages_of_one_citizen_are_handled_in_order_of_arrival(memory):
    memory.begin("m1", ANN)
    assert memory.begin("m2", ANN).stand is Stand.QUEUED
    assert memory.begin("m3", ANN).stand is Stand.QUEUED
    memory.finish("m1", ANN, Ended(b"1", NONE))
    assert memory.begin("m3", ANN, polling=True).stand is Stand.QUEUED
    assert memory.begin("m2", ANN, polling=True).stand is Stand.YOURS
    assert memory.begin("m3", ANN, polling=True).stand is Stand.QUEUED
    memory.finish("m2", ANN, Ended(b"2", NONE))
    assert memory.begin("m3", ANN, polling=True).stand is Stand.YOURS


def test_a_later_message_does_not_overtake_one_that_waits_for_its_turn(memory):
    memory.begin("m1", ANN)
    memory.begin("m2", ANN)
    memory.finish("m1", ANN, Ended(b"1", NONE))
    assert memory.begin("m3", ANN).stand is Stand.QUEUED


def test_other_citizens_never_wait(memory):
    memory.begin("m1", ANN)
    memory.begin("m2", ANN)
    assert memory.begin("m3", BOB).stand is Stand.YOURS


def test_a_waiting_message_whose_delivery_ended_lets_the_next_one_in(memory, raw):
    memory.begin("m1", ANN)
    memory.begin("m2", ANN)
    memory.begin("m3", ANN)
    assert 0 < raw.pttl(f"wait:{ANN}m2") <= 500
    _delivery_ends(raw, "m2")
    memory.finish("m1", ANN, Ended(b"1", NONE))
    assert memory.begin("m3", ANN, polling=True).stand is Stand.YOURS


def test_a_message_that_ran_out_of_time_keeps_its_place_for_the_retry(memory, raw):
    memory.begin("m1", ANN)
    memory.begin("m2", ANN)
    memory.keep_place("m2", ANN)
    assert raw.pttl(f"wait:{ANN}m2") > 5000  # the platform asks again after five seconds
    memory.finish("m1", ANN, Ended(b"1", NONE))
    assert memory.begin("m3", ANN).stand is Stand.QUEUED
    assert memory.begin("m2", ANN).stand is Stand.YOURS


def test_one_who_floods_is_told_so_and_is_heard_again_when_there_is_room(memory):
    memory.begin("m0", ANN)
    for number in range(WAITERS):
        assert memory.begin(f"m{number + 1}", ANN).stand is Stand.QUEUED
    assert memory.begin("one too many", ANN).stand is Stand.CROWDED
    assert memory.begin("m2", ANN).stand is Stand.QUEUED  # who waits already is not sent away
    memory.finish("m0", ANN, Ended(b"0", NONE))
    assert memory.begin("m1", ANN).stand is Stand.YOURS
    assert memory.begin("once more", ANN).stand is Stand.QUEUED


def test_messages_that_nobody_waits_for_any_more_do_not_crowd_out_new_ones(memory, raw):
    memory.begin("m0", ANN)
    for number in range(WAITERS):
        memory.begin(f"m{number + 1}", ANN)
    for number in (1, 2):  # behind one that still waits
        _delivery_ends(raw, f"m{number + 1}")
    assert memory.begin("new", ANN).stand is Stand.QUEUED


def test_a_worker_that_died_does_not_block_its_citizen_for_ever(memory, raw):
    """Its lease ends by itself, well before the platform gives up a delivery that came when it died; a worker that
    lives says so before. How the lease fits the deadline and the renewing is said in the turnstile's tests.
    """
    memory.begin("m1", ANN)
    assert 0 < _lease_left(raw) <= LEASE_MS < 3500
    _lease_ends(raw)
    memory.keep_turn("m1", ANN)
    assert 0 < _lease_left(raw) <= LEASE_MS
    assert memory.begin("m1", ANN).stand is Stand.RUNNING
    _lease_ends(raw)
    assert memory.begin("m1", ANN).stand is Stand.YOURS


def test_a_worker_that_comes_too_late_does_not_let_go_what_another_holds(memory, raw):
    memory.begin("m1", ANN)
    _lease_ends(raw)
    memory.begin("m2", ANN)
    memory.finish("m1", ANN, Ended(b"1", OPEN))
    assert memory.begin("m3", ANN).stand is Stand.QUEUED
    assert memory.begin("m1", ANN).reply == b"1"  # but its reply serves the retry
    memory.finish("m2", ANN, Ended(b"2", NONE))
    assert memory.begin("m3", ANN).conversation == UNKNOWN  # of two who were at it at once neither is believed


# ── talks ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cold_memory_says_that_it_does_not_know(memory):
    assert _turn(memory, "m1").conversation == UNKNOWN
    assert _turn(memory, "m2").conversation == UNKNOWN


def test_an_open_talk_is_remembered_and_a_closed_one_forgotten(memory):
    memory.warm([], memory.generation())
    assert _turn(memory, "m1", conversation=OPEN).conversation == NONE
    assert _turn(memory, "m2", conversation=NONE).conversation == OPEN
    assert _turn(memory, "m3").conversation == NONE


def test_a_warm_memory_knows_who_is_in_a_talk_and_who_is_not(memory):
    assert not memory.is_warm()
    memory.warm([ANN], memory.generation())
    assert memory.is_warm()
    assert memory.begin("m1", ANN).conversation == OPEN
    assert memory.begin("m2", BOB).conversation == NONE


def test_warming_does_not_settle_what_a_turn_has_left_open(memory, raw):
    memory.begin("m1", ANN)  # in the middle of a turn nothing is known
    memory.warm([ANN], memory.generation())
    _lease_ends(raw)  # killed
    assert memory.begin("m2", ANN).conversation == UNKNOWN
    memory.finish("m2", ANN, Ended(b"2", NONE))
    assert memory.begin("m3", ANN).conversation == NONE


def test_a_warming_that_began_before_copies_became_stale_does_not_count(memory, raw):
    generation = memory.generation()
    raw.incr("gen")
    memory.warm([], generation)
    assert not memory.is_warm()
    assert memory.begin("m1", ANN).conversation == UNKNOWN


def test_a_turn_that_was_broken_off_leaves_the_talk_unknown_for_as_long_as_a_talk_is_kept(memory, raw):
    _turn(memory, "m1", conversation=OPEN)
    memory.warm([], memory.generation())
    memory.begin("m2", ANN)
    _lease_ends(raw)  # killed
    assert raw.ttl(f"conv:{ANN}") > SEVEN_DAYS
    assert memory.begin("m3", ANN).conversation == UNKNOWN


def test_an_open_talk_is_remembered_as_long_as_a_talk_is_kept(memory, raw):
    _turn(memory, "m1", conversation=OPEN)
    memory.warm([BOB], memory.generation())
    assert raw.ttl(f"conv:{ANN}") > SEVEN_DAYS
    assert raw.ttl(f"conv:{BOB}") > SEVEN_DAYS


def test_a_turn_that_failed_leaves_the_talk_unknown(memory):
    memory.warm([ANN], memory.generation())
    _turn(memory, "m1", conversation=UNKNOWN)
    assert memory.begin("m2", ANN).conversation == UNKNOWN


# ── choices, late replies, forgetting ─────────────────────────────────────────────────────────────────────────────────


def test_choices_end_with_the_next_reply_whether_it_offers_others_or_none(memory):
    _turn(memory, "m1", offer="拖欠工资\n工伤")
    assert _turn(memory, "m2", offer="公证").offer == "拖欠工资\n工伤"
    assert _turn(memory, "m3").offer == "公证"
    assert memory.begin("m4", ANN).offer == ""


def test_a_reply_that_came_too_late_goes_out_with_the_next_message_once(memory):
    memory.begin("m1", ANN)
    memory.told_to_wait("m1")
    memory.finish("m1", ANN, Ended(b"late", NONE))
    assert _turn(memory, "m2").late == b"late"  # that reply had no room for it
    assert _turn(memory, "m3", late_told=True).late == b"late"
    assert memory.begin("m4", ANN).late == b""


def test_a_reply_in_time_is_not_said_again(memory):
    _turn(memory, "m1")
    assert memory.begin("m2", ANN).late == b""


def test_when_the_reply_that_carries_a_late_one_is_late_itself_nothing_is_lost(memory):
    memory.begin("m1", ANN)
    memory.told_to_wait("m1")
    memory.finish("m1", ANN, Ended(b"late", NONE))
    memory.begin("m2", ANN)
    memory.told_to_wait("m2")
    memory.finish("m2", ANN, Ended(b"late and new", NONE, late_told=True))
    assert memory.begin("m3", ANN).late == b"late and new"


def test_a_late_reply_waits_two_days(memory, raw):
    memory.begin("m1", ANN)
    memory.told_to_wait("m1")
    memory.finish("m1", ANN, Ended(b"late", NONE))
    memory.begin("m2", ANN)
    assert raw.ttl(f"late:{ANN}") > 47 * 3600


def test_a_citizen_who_leaves_is_forgotten(memory, raw):
    memory.begin("m1", ANN)
    memory.told_to_wait("m1")
    memory.finish("m1", ANN, Ended(b"late", OPEN, offer="公证"))
    memory.forget(ANN)
    assert raw.keys(f"*{ANN}*") == []


# ── Redis away ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server(tmp_path):
    """A private Redis that a test may kill, stop and start again."""

    class Server:
        url = embedded.socket_url(tmp_path)
        process = embedded.start(tmp_path)

        def kill(self):
            self.process.kill()
            self.process.wait()

        def start(self):
            self.process = embedded.start(tmp_path)

        def hang(self):
            self.process.send_signal(signal.SIGSTOP)

        def go_on(self):
            self.process.send_signal(signal.SIGCONT)

    made = Server()
    yield made
    embedded.stop(made.process)


@pytest.fixture
def soon(monkeypatch):
    """Redis is tried again after a moment instead of after a second."""
    monkeypatch.setattr(memory_module, "AWAY_SECONDS", 0.05)


def _seconds(call) -> float:
    before = time.monotonic()
    with pytest.raises(Away):
        call()
    return time.monotonic() - before


def _begin_when_back(memory: Memory, key: str, citizen: str = ANN) -> Begun:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            return memory.begin(key, citizen)
        except Away:
            time.sleep(0.02)
    raise AssertionError("Redis stayed away")


def test_an_emptied_redis_only_makes_us_ask_again(memory, raw):
    memory.warm([ANN], memory.generation())
    _turn(memory, "m1", reply=b"1", conversation=OPEN)
    memory.begin("m2", ANN)
    raw.flushall()
    memory.finish("m2", ANN, Ended(b"2", OPEN))  # in the middle of a turn
    assert memory.begin("m1", ANN).stand is Stand.YOURS  # SQL keeps effects single
    assert memory.begin("m2", ANN).reply == b"2"
    assert memory.begin("m3", BOB).conversation == UNKNOWN
    assert not memory.is_warm()


def test_a_redis_without_our_scripts_is_told_them_again(memory, raw, soon):
    _turn(memory, "m1")
    assert not memory.is_away()  # the end of that turn has arrived
    raw.script_flush()
    assert _begin_when_back(memory, "m2").stand is Stand.YOURS


def test_no_redis_at_all_is_away_at_once(tmp_path):
    memory = Memory(embedded.socket_url(tmp_path))
    assert _seconds(lambda: memory.begin("m1", ANN)) < 0.5
    assert memory.is_away()


def test_a_killed_redis_is_away_at_once_and_found_again_knowing_nothing(server, soon):
    memory = Memory(server.url)
    memory.warm([], memory.generation())
    _turn(memory, "m1")
    server.kill()
    assert _seconds(lambda: memory.begin("m2", ANN)) < 0.5
    assert memory.is_away()
    server.start()
    assert _begin_when_back(memory, "m3").conversation == UNKNOWN
    assert not memory.is_away()


def test_a_hanging_redis_costs_one_message_a_moment_and_the_next_ones_nothing(server):
    memory = Memory(server.url)
    _turn(memory, "m1")
    server.hang()
    assert _seconds(lambda: memory.begin("m2", ANN)) < 0.5
    assert sum(_seconds(lambda: memory.begin("m3", BOB)) for _ in range(50)) < 0.1
    assert _seconds(lambda: memory.finish("m2", ANN, Ended(b"", NONE))) < 0.1


def test_a_new_worker_is_not_held_up_by_a_hanging_redis(server):
    server.hang()
    memory = Memory(server.url)
    assert _seconds(lambda: memory.begin("m1", ANN)) < 0.5


def test_only_one_of_many_tries_a_redis_that_hangs(server, soon):
    memory = Memory(server.url)
    _turn(memory, "m1")
    server.hang()
    _seconds(lambda: memory.begin("m2", ANN))
    time.sleep(0.06)
    taken: list[float] = []
    threads = [threading.Thread(target=lambda: taken.append(_seconds(lambda: memory.begin("m3", BOB)))) for _ in "1234"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(seconds > 0.1 for seconds in taken) == 1


def test_after_a_pause_no_answer_is_taken_for_that_to_another_question(server, soon):
    memory = Memory(server.url)
    _turn(memory, "m1", reply=b"one")
    server.hang()
    with pytest.raises(Away):
        memory.begin("m1", ANN)
    server.go_on()
    assert _begin_when_back(memory, "m2", BOB) == Begun(Stand.YOURS, conversation=UNKNOWN)
    assert memory.begin("m1", ANN).reply == b"one"


def test_what_was_written_to_sql_meanwhile_makes_every_copy_stale_from_the_first_message_on(server, soon):
    memory = Memory(server.url)
    memory.warm([], memory.generation())
    assert memory.begin("m1", BOB).conversation == NONE
    server.hang()
    _seconds(lambda: memory.begin("m2", ANN))  # meanwhile ANN begins a quiz, in SQL alone
    server.go_on()
    assert _begin_when_back(memory, "m3", "c" * 32).conversation == UNKNOWN
    assert not memory.is_warm()


def test_a_message_that_was_answered_without_redis_does_not_hold_up_the_next_one(server, soon):
    memory = Memory(server.url)
    _turn(memory, "m1")
    assert not memory.is_away()
    server.hang()
    _seconds(lambda: memory.begin("m2", ANN))
    server.go_on()
    assert _begin_when_back(memory, "m3").stand is Stand.YOURS


def test_the_end_of_a_turn_that_redis_did_not_hear_is_told_again(memory, raw, soon, monkeypatch):
    monkeypatch.setattr(memory_module, "FLUSH_SECONDS", 60)
    memory.begin("m1", ANN)
    memory.finish("m1", ANN, Ended(b"one", NONE))
    raw.client_kill_filter(_type="normal", skipme=True)  # as a firewall drops a connection nobody has used for long
    with pytest.raises(Away):
        memory.begin("m2", BOB)
    assert _begin_when_back(memory, "m1").reply == b"one"
    assert memory.begin("m3", ANN).stand is Stand.YOURS


def test_the_end_of_a_turn_leaves_by_itself_within_moments(memory, raw):
    memory.begin("m1", ANN)
    memory.finish("m1", ANN, Ended(b"one", NONE))
    wait_until(lambda: raw.get("reply:m1") == b"one", seconds=1)


def test_the_end_of_a_turn_is_not_waited_for_and_takes_effect_all_the_same(server):
    memory = Memory(server.url)
    memory.begin("m1", ANN)
    server.hang()
    before = time.monotonic()
    memory.finish("m1", ANN, Ended(b"one", OPEN))
    assert time.monotonic() - before < 0.05
    server.go_on()
    assert memory.begin("m1", ANN).reply == b"one"
    assert memory.begin("m2", ANN).conversation == OPEN


def test_redis_is_found_again_after_any_number_of_failures(server, soon, monkeypatch):
    monkeypatch.setattr(memory_module, "AWAY_SECONDS", 0.0)
    memory = Memory(server.url)
    server.kill()
    for _ in range(150):
        _seconds(lambda: memory.begin("m1", ANN))
    server.start()
    assert memory.begin("m1", ANN).stand is Stand.YOURS


def test_any_number_of_threads_may_come_and_go(memory):
    def work() -> None:
        stands.append(memory.begin(os.urandom(4).hex(), os.urandom(16).hex()).stand)

    stands: list[Stand] = []
    for _ in range(150):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert stands == [Stand.YOURS] * 150


def test_once_one_thread_has_found_redis_again_the_others_do_not_lose_it(server, soon):
    memory = Memory(server.url)
    _turn(memory, "m1")
    first, second = threading.Barrier(2), threading.Barrier(2)
    stands: list[Stand | str] = []

    def other_thread() -> None:
        memory.begin("m2", BOB)
        first.wait()
        second.wait()
        try:
            stands.append(memory.begin("m3", "c" * 32).stand)
        except Away:
            stands.append("away")

    thread = threading.Thread(target=other_thread)
    thread.start()
    first.wait()
    server.kill()
    _seconds(lambda: memory.begin("m4", ANN))
    server.start()
    _begin_when_back(memory, "m4")
    second.wait()
    thread.join()
    assert stands == [Stand.YOURS]
