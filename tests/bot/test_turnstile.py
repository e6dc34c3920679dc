"""Once, in order, in time: several workers at one Redis, whatever becomes of it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from conftest import wait_until

from bot import turnstile as module
from bot.turnstile import Crowded, LastChance, TooSlow, Turnstile
from content.store import memory as memory_module
from content.store.memory import NONE, Begun, Ended


class Counter:
    """A handler: counts how often it is asked and answers only when it may."""

    def __init__(self, reply: bytes = b"reply", may_end: bool = True) -> None:
        self.asked, self.reply, self.gate = 0, reply, threading.Event()
        self.begun: list[Begun] = []
        if may_end:
            self.gate.set()

    def __call__(self, begun: Begun) -> Ended:
        self.asked += 1
        self.begun.append(begun)
        assert self.gate.wait(20)
        return Ended(self.reply, NONE, late_told=bool(begun.late))


@pytest.fixture
def pool():
    with ThreadPoolExecutor(16) as made:
        yield made


@pytest.fixture
def workers(own_redis, request) -> list[Turnstile]:
    """Two processes' worth of turnstiles at the same Redis."""
    if "short" in request.fixturenames:
        request.getfixturevalue("short")
    return [Turnstile(own_redis.memory()), Turnstile(own_redis.memory())]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than 0.35 s for WeChat's 0.5 s. The lease is as long as ever, so that no busy machine ends
    it while its worker lives.
    """
    monkeypatch.setattr(module, "DEADLINE_SECONDS", 0.35)


def deliver(pool: ThreadPoolExecutor, worker: Turnstile, key: str, citizen: str, work: Callable) -> "Future[bytes]":
    return pool.submit(worker.pass_through, key, citizen, work)


def began(work: Counter, times: int = 1) -> None:
    wait_until(lambda: work.asked >= times)


# ── once ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_message_gets_the_same_reply_and_is_handled_once(workers):
    work = Counter()
    replies = [worker.pass_through("m", "c", work) for worker in workers * 2]
    assert (replies, work.asked) == ([b"reply"] * 4, 1)


def test_whatever_happens_to_redis_a_repeated_message_gets_its_reply_within_a_second(workers, mishap):
    first = workers[0].pass_through("m", "c", Counter())
    mishap()
    for worker in workers:
        start = time.monotonic()
        assert worker.pass_through("m", "c", Counter()) == first
        assert time.monotonic() - start < 1


def test_a_worker_that_has_answered_a_message_does_so_once_even_if_redis_is_emptied(workers, mishap):
    work = Counter()
    replies = [workers[0].pass_through("m", "c", work)]
    mishap()
    replies += [workers[0].pass_through("m", "c", work) for _ in range(2)]
    assert (replies, work.asked) == ([b"reply"] * 3, 1)


def test_with_redis_away_from_the_beginning_a_worker_still_handles_a_message_once(workers, own_redis):
    own_redis.killed()
    work = Counter()
    assert [workers[0].pass_through("m", "c", work) for _ in range(3)] == [b"reply"] * 3
    assert work.asked == 1


def test_a_reply_whose_storing_failed_is_remembered_by_the_worker(workers, own_redis):
    def work(begun: Begun) -> Ended:
        own_redis.killed()
        return Ended(b"reply", NONE)

    assert workers[0].pass_through("m", "c", work) == b"reply"
    assert workers[0].pass_through("m", "c", Counter(b"another")) == b"reply"


def test_a_worker_forgets_old_replies_of_its_own(workers, own_redis, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 3)
    own_redis.killed()
    for number in range(10):
        workers[0].pass_through(f"m{number}", "c", Counter())
    assert len(workers[0]._replies) == 3


def test_a_delivery_during_the_first_waits_and_gets_the_same_bytes(workers, pool):
    work = Counter(may_end=False)
    first = deliver(pool, workers[0], "m", "c", work)
    began(work)
    second = deliver(pool, workers[1], "m", "c", work)
    time.sleep(0.05)
    assert not second.done()
    work.gate.set()
    assert (first.result(), second.result(), work.asked) == (b"reply", b"reply", 1)


@pytest.mark.parametrize("what", ["killed", "stopped"])
def test_without_redis_a_delivery_during_the_first_waits_for_it_in_the_same_worker(workers, pool, own_redis, what):
    getattr(own_redis, what)()
    work = Counter(may_end=False)
    first = deliver(pool, workers[0], "m", "c", work)
    began(work)
    second = deliver(pool, workers[0], "m", "c", work)
    work.gate.set()
    assert (first.result(), second.result(), work.asked) == (b"reply", b"reply", 1)


# ── in time ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_past_the_deadline_nothing_is_said_and_the_retry_gets_the_finished_reply(workers, pool, short):
    work = Counter(may_end=False)
    first = deliver(pool, workers[0], "m", "c", work)
    began(work)
    with pytest.raises(TooSlow):
        workers[1].pass_through("m", "c", work)
    work.gate.set()
    assert first.result() == b"reply"
    assert workers[1].pass_through("m", "c", work) == b"reply"


def test_on_the_third_delivery_the_answer_is_promised_and_comes_with_the_next_message(workers, pool, short):
    slow, quick = Counter(b"late reply", may_end=False), Counter()
    first = deliver(pool, workers[0], "m", "c", slow)
    began(slow)
    with pytest.raises(TooSlow):
        workers[1].pass_through("m", "c", slow)
    with pytest.raises(LastChance):
        workers[1].pass_through("m", "c", slow)
    workers[1].told_to_wait("m", "c")
    slow.gate.set()
    first.result()
    workers[1].pass_through("next", "c", quick)
    workers[1].pass_through("after", "c", quick)
    assert [begun.late for begun in quick.begun] == [b"late reply", b""]


def test_an_answer_that_ends_just_before_it_is_promised_still_comes_with_the_next_message(workers):
    workers[0].pass_through("m", "c", Counter(b"late reply"))
    workers[1].told_to_wait("m", "c")
    quick = Counter()
    workers[1].pass_through("next", "c", quick)
    assert quick.begun[0].late == b"late reply"


def test_a_slow_message_is_handled_once_however_often_wechat_sends_it(workers, pool, short):
    work = Counter(may_end=False)
    deliveries = [deliver(pool, workers[0], "m", "c", work)]
    for worker in (workers[1], workers[0]):
        time.sleep(0.5)  # WeChat drops the connection and sends again
        deliveries.append(deliver(pool, worker, "m", "c", work))
    with pytest.raises(LastChance):
        deliveries[2].result()
    work.gate.set()
    assert (deliveries[0].result(), work.asked) == (b"reply", 1)


def test_a_reply_that_is_finished_while_a_busy_machine_lets_its_retry_sleep_is_not_missed(workers, pool, short):
    work = Counter(may_end=False)
    first = deliver(pool, workers[0], "m", "c", work)
    began(work)
    begin = workers[1]._memory.begin

    def begin_and_sleep(*words: str, polling: bool = False) -> Begun:
        begun = begin(*words, polling=polling)
        if polling and not work.gate.is_set():
            work.gate.set()
            first.result()
            time.sleep(0.4)  # the deadline passes, and the reply is there
        return begun

    workers[1]._memory.begin = begin_and_sleep
    assert workers[1].pass_through("m", "c", work) == b"reply"
    assert work.asked == 1


# ── workers that die ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_times_fit_wechats_five_seconds_and_its_three_deliveries():
    """A worker that lives keeps its turn even where a busy machine is a second late with its sign of life, of which the
    first comes within two rounds. The lease of one that died ends before a delivery that came at that moment gives up.
    Whoever gets the turn at the last moment still has a second and more to answer in.
    """
    lease_seconds = memory_module.LEASE_MS / 1000
    assert lease_seconds >= 2 * module.RENEW_SECONDS + 1
    assert lease_seconds + 0.3 <= module.DEADLINE_SECONDS
    assert module.DEADLINE_SECONDS + 1 <= 5


@pytest.mark.parametrize("key", ["m", "the next one"])
def test_a_delivery_that_comes_when_a_worker_dies_outwaits_its_lease_and_is_answered(workers, own_redis, key):
    own_redis.memory().begin("m", "c")  # with its last sign of life
    work = Counter()
    assert workers[0].pass_through(key, "c", work) == b"reply"
    assert work.asked == 1


def test_a_worker_that_lives_keeps_its_turn_for_longer_than_the_lease(own_redis, pool, short, monkeypatch):
    monkeypatch.setattr(memory_module, "LEASE_MS", 1500)
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.1)
    one, another = Turnstile(own_redis.memory()), Turnstile(own_redis.memory())
    work = Counter(may_end=False)
    first = deliver(pool, one, "m", "c", work)
    began(work)
    since = time.monotonic()
    while time.monotonic() - since < 3:
        with pytest.raises((TooSlow, LastChance)):
            another.pass_through("m", "c", work)
    work.gate.set()
    assert (first.result(), work.asked) == (b"reply", 1)


def test_a_handler_that_never_ends_does_not_hold_its_citizen_for_ever(workers, pool, short, monkeypatch):
    monkeypatch.setattr(module, "HELD_SECONDS", 0.6)
    hung, next_one = Counter(may_end=False), Counter()
    first = deliver(pool, workers[0], "m", "c", hung)
    began(hung)
    wait_until(lambda: _passes(workers[1], next_one))
    hung.gate.set()
    first.result()


def _passes(worker: Turnstile, work: Counter) -> bool:
    try:
        return worker.pass_through("next", "c", work) == b"reply"
    except (TooSlow, Crowded):
        return False


# ── in order ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["up", "killed", "stopped"])
def test_messages_of_one_citizen_go_one_at_a_time_in_the_order_they_came(own_redis, pool, what):
    worker = Turnstile(own_redis.memory())
    getattr(own_redis, what)()
    order: list[str] = []
    works = [Counter(may_end=False), Counter(), Counter()]
    deliveries = []
    for number, work in enumerate(works):
        deliveries.append(deliver(pool, worker, f"m{number}", "c", _noted(work, order, f"m{number}")))
        time.sleep(0.25 if what == "stopped" and number == 0 else 0.05)
    assert (works[1].asked, works[2].asked) == (0, 0)
    works[0].gate.set()
    for delivery in deliveries:
        delivery.result()
    assert order == ["m0", "m1", "m2"]


def _noted(work: Counter, order: list[str], name: str) -> Callable[[Begun], Ended]:
    def noted(begun: Begun) -> Ended:
        order.append(name)
        return work(begun)

    return noted


def test_a_message_that_ran_out_of_time_keeps_its_place_for_the_retry(workers, pool, short):
    order: list[str] = []
    slow = Counter(may_end=False)
    first = deliver(pool, workers[0], "m0", "c", _noted(slow, order, "m0"))
    began(slow)
    with pytest.raises(TooSlow):
        workers[0].pass_through("m1", "c", _noted(Counter(), order, "m1"))
    later = deliver(pool, workers[1], "m2", "c", _noted(Counter(), order, "m2"))
    time.sleep(0.05)
    retry = deliver(pool, workers[1], "m1", "c", _noted(Counter(), order, "m1"))
    slow.gate.set()
    for delivery in (first, later, retry):
        delivery.result()
    assert order == ["m0", "m1", "m2"]


def test_a_message_that_nobody_sends_again_does_not_hold_up_the_next(workers, pool):
    slow, quick = Counter(may_end=False), Counter()
    first = deliver(pool, workers[0], "m0", "c", slow)
    began(slow)
    workers[1]._memory.begin("gone", "c")  # queued, and its worker died
    slow.gate.set()
    first.result()
    start = time.monotonic()
    assert workers[1].pass_through("m2", "c", quick) == b"reply"
    assert time.monotonic() - start < 1


def test_other_citizens_never_wait(workers, pool, mishap):
    mishap()
    slow = Counter(may_end=False)
    first = deliver(pool, workers[0], "m", "slow one", slow)
    began(slow)
    for number in range(5):
        start = time.monotonic()
        assert workers[0].pass_through(f"n{number}", f"citizen {number}", Counter()) == b"reply"
        assert time.monotonic() - start < 1
    slow.gate.set()
    first.result()


@pytest.mark.parametrize("what", ["up", "killed"])
def test_who_sends_too_much_at_once_is_told_and_waits_for_nothing(own_redis, pool, what):
    worker, slow = Turnstile(own_redis.memory()), Counter(may_end=False)
    getattr(own_redis, what)()
    deliveries = [deliver(pool, worker, "m0", "c", slow)]
    began(slow)
    deliveries += [deliver(pool, worker, f"m{number}", "c", Counter()) for number in range(1, 4)]
    time.sleep(0.1)
    start = time.monotonic()
    with pytest.raises(Crowded):
        worker.pass_through("m9", "c", Counter())
    assert time.monotonic() - start < 0.5
    slow.gate.set()
    assert [delivery.result() for delivery in deliveries] == [b"reply"] * 4


def test_who_waits_in_vain_for_an_earlier_message_three_times_is_told_instead_of_getting_an_error(workers, pool, short):
    slow = Counter(may_end=False)
    first = deliver(pool, workers[0], "m0", "c", slow)
    began(slow)
    for _ in range(2):
        with pytest.raises(TooSlow):
            workers[1].pass_through("m1", "c", Counter())
    with pytest.raises(Crowded):
        workers[1].pass_through("m1", "c", Counter())
    slow.gate.set()
    first.result()
    wait_until(lambda: _passes(workers[1], Counter()), 2)  # it does not stand behind one that nobody sends again


# ── Redis goes and comes back ─────────────────────────────────────────────────────────────────────────────────────────


def test_whatever_happens_to_redis_every_message_is_answered_within_a_second(workers, mishap):
    mishap()
    for number in range(3):
        for worker in workers:
            start = time.monotonic()
            assert worker.pass_through(f"m{number}", "c", Counter()) == b"reply"
            assert time.monotonic() - start < 1


def test_a_redis_that_stops_in_the_middle_of_an_answer_holds_nobody_up(workers, own_redis):
    def work(begun: Begun) -> Ended:
        own_redis.stopped()
        return Ended(b"reply", NONE)

    for reply in (work, Counter()):
        start = time.monotonic()
        assert workers[0].pass_through("m", "c", reply) == b"reply"
        assert time.monotonic() - start < 1


def test_when_redis_goes_on_the_next_message_does_not_wait_for_one_that_was_answered_without_it(own_redis, monkeypatch):
    monkeypatch.setattr(memory_module, "AWAY_SECONDS", 0.0)
    worker = Turnstile(own_redis.memory())
    worker.pass_through("before", "c", Counter())
    own_redis.stopped()
    worker.pass_through("during", "c", Counter())
    own_redis.going_on()
    start = time.monotonic()
    assert worker.pass_through("after", "c", Counter()) == b"reply"
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("what", ["killed", "stopped"])
def test_after_redis_was_away_every_conversation_is_looked_up_in_the_database_again(own_redis, monkeypatch, what):
    monkeypatch.setattr(memory_module, "AWAY_SECONDS", 0.0)
    memory = own_redis.memory()
    worker, work = Turnstile(memory), Counter()
    memory.warm([], memory.generation())
    worker.pass_through("m1", "c", work)
    getattr(own_redis, what)()
    worker.pass_through("m2", "c", work)
    own_redis.going_on() if what == "stopped" else own_redis.started_again()
    for key in ("m3", "m4"):
        worker.pass_through(key, "c", work)
    memory.warm([], memory.generation())
    worker.pass_through("m5", "c", work)
    assert [begun.conversation for begun in work.begun] == ["", "?", "?", "?", ""]


def test_forgetting_a_citizen_works_with_redis_and_does_not_fail_without(workers, mishap):
    workers[0].pass_through("m", "c", Counter())
    mishap()
    workers[0].forget("c")
    workers[0].told_to_wait("m", "c")
