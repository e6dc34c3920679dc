"""Jobs of many schedulers: a rare one runs once an interval wherever that is, and what goes wrong is written down."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from content.store import clock
from content.store.memory import Away
from scheduler import jobs, runner, runs
from scheduler.jobs import Job, Missed, Parts
from scheduler.models import JobRun

NOW = datetime(2026, 12, 4, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def row(database, name: str) -> JobRun | None:
    with database.reading() as session:
        return session.get(JobRun, name)


def ticking(database, act, seconds: int = 3600, name: str = "a_job"):
    return runner.guarded(Job(name, seconds, Missed.SKIP, act), Parts(database, None))


def test_a_rare_job_is_done_by_one_of_many_schedulers(database):
    begun: list[bool] = []
    barrier = threading.Barrier(4)

    def one() -> None:
        barrier.wait()
        begun.append(runs.begin(database, "purge", HOUR, NOW))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(begun) == [False, False, False, True]


def test_a_rare_job_comes_again_after_its_interval_and_when_a_clock_was_wrong(database):
    assert runs.begin(database, "purge", HOUR, NOW)
    runs.note(database, "purge", NOW + timedelta(minutes=1))
    assert not runs.begin(database, "purge", HOUR, NOW + timedelta(minutes=50))
    assert runs.begin(database, "purge", HOUR, NOW + timedelta(minutes=59))
    assert not runs.begin(database, "purge", HOUR, NOW + timedelta(minutes=58))  # another machine's clock is slower
    assert runs.begin(database, "purge", HOUR, NOW - timedelta(days=400))


def test_a_run_that_died_with_its_scheduler_is_made_up_for_but_a_long_one_is_left_alone(database):
    minute = timedelta(minutes=1)
    assert runs.begin(database, "remind", minute, NOW)
    assert not runs.begin(database, "remind", minute, NOW + 9 * minute)
    assert runs.begin(database, "remind", minute, NOW + 10 * minute)


def test_what_goes_wrong_is_kept_until_the_next_run_goes_well(database):
    faults = [RuntimeError("geheim"), None]

    def act(parts: Parts) -> None:
        if fault := faults.pop(0):
            raise fault

    tick = ticking(database, act)
    with clock.fixed_at(NOW):
        tick()
    assert row(database, "a_job").trouble == "出错（RuntimeError），详见日志"
    with clock.fixed_at(NOW + HOUR):
        tick()
    assert (row(database, "a_job").trouble, row(database, "a_job").finished_at) == ("", NOW + HOUR)


def test_what_is_lacking_is_kept_in_its_own_words(database):
    def act(parts: Parts) -> None:
        raise runs.NotAll("微信没有答复")

    with clock.fixed_at(NOW):
        ticking(database, act)()
    assert row(database, "a_job").trouble == "微信没有答复"


def test_a_frequent_job_runs_everywhere_and_writes_only_what_changed(database):
    ran: list[int] = []

    def act(parts: Parts) -> None:
        ran.append(1)
        if len(ran) == 3:
            raise ValueError

    here, there = ticking(database, act, 1), ticking(database, act, 1)
    for tick in (here, there):
        tick()
    assert (len(ran), row(database, "a_job")) == (2, None)
    here()
    assert "ValueError" in row(database, "a_job").trouble
    here()
    assert row(database, "a_job").trouble == ""


def test_redis_that_is_away_is_no_trouble_of_a_job(database):
    def act(parts: Parts) -> None:
        raise Away

    ticking(database, act)()
    assert row(database, "a_job").trouble == ""


def test_without_credentials_no_figures_are_asked_for(database):
    jobs.daily_figures(Parts(database, None))


@pytest.mark.parametrize("name", ["tell_staff", "remind", "morning_card"])
def test_jobs_that_tell_staff_run_without_any_settings(database, name):
    (job,) = [job for job in jobs.JOBS if job.name == name]
    job.run(Parts(database, None))
