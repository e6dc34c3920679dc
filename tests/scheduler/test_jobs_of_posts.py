"""The timer's three jobs for pushes: they call the same functions as everybody, and do nothing without WeChat."""

from datetime import timedelta
from typing import Any, cast

import pytest

from content.store import clock
from scheduler import jobs, posts
from scheduler.jobs import JOBS, Parts
from scheduler.models import State
from tests.scheduler.making import DUE, Desk


def run(desk: Desk, name: str, parts: Parts | None = None) -> None:
    (job,) = [job for job in JOBS if job.name == name]
    job.run(parts or Parts(desk.database, cast(Any, None), desk.pipeline()))


def test_drafts_are_made_ahead_sent_in_time_and_followed_up(desk: Desk) -> None:
    made = desk.approved()
    run(desk, "prepare_posts")
    assert (desk.post(made).draft_media_id, desk.played.calls("add_draft")) == ("1", 1)
    run(desk, "prepare_posts")
    assert desk.played.calls() == 3  # cover, draft, read-back: once
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        run(desk, "send_posts")
    assert desk.state(made) == State.SUBMITTED
    with clock.fixed_at(DUE + timedelta(minutes=2)):
        run(desk, "follow_posts")
    assert desk.state(made) == State.PUBLISHED


def test_a_draft_that_will_be_too_old_is_read_back_shortly_before_its_time(desk: Desk) -> None:
    desk.approved()
    run(desk, "prepare_posts")
    with clock.fixed_at(DUE - timedelta(hours=5)):
        run(desk, "prepare_posts")
    assert desk.played.calls("find_draft") == 1
    with clock.fixed_at(DUE - timedelta(hours=2)):
        run(desk, "prepare_posts")
    assert desk.played.calls("find_draft") == 2


def test_a_push_of_the_far_future_costs_no_call_yet(desk: Desk) -> None:
    desk.approved(due_at=DUE + timedelta(days=60))
    run(desk, "prepare_posts")
    assert desk.played.calls() == 0


def test_what_goes_wrong_ahead_is_told_and_tried_again_later(desk: Desk) -> None:
    made = desk.plan(body="![图](/h/pictures/" + "0" * 64 + ".jpg)")
    run(desk, "prepare_posts")
    assert "文件不见了" in desk.post(made).trouble
    calls = desk.played.calls()
    run(desk, "prepare_posts")
    assert desk.played.calls() == calls
    assert desk.state(made) == State.IN_REVIEW


def test_an_old_draft_of_ours_is_taken_out_of_wechats_box(desk: Desk) -> None:
    made = desk.approved()
    run(desk, "prepare_posts")
    with desk.database.transaction() as session:
        posts.change(session, made, "wang", due_at=DUE + timedelta(hours=1))
        posts.submit(session, made, "wang")
    run(desk, "prepare_posts")
    assert desk.played.drafts() == 1


def test_nothing_is_sent_while_the_clock_is_in_doubt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.approved()
    parts, seconds = Parts(desk.database, cast(Any, None), desk.pipeline()), [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: seconds[0])
    run(desk, "send_posts", parts)
    with clock.fixed_at(DUE + timedelta(seconds=1)):  # the clock jumps by two days
        seconds[0] = 1.0
        run(desk, "send_posts", parts)
        assert desk.state(made) == State.SCHEDULED
        seconds[0] = 62.0
    with clock.fixed_at(DUE + timedelta(seconds=62)):
        run(desk, "send_posts", parts)
    assert desk.state(made) == State.SUBMITTED


@pytest.mark.parametrize("name", ["send_posts", "prepare_posts", "follow_posts"])
def test_without_credentials_nothing_is_done_and_nothing_breaks(desk: Desk, name: str) -> None:
    made = desk.approved()
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        run(desk, name, Parts(desk.database, cast(Any, None)))
    assert desk.state(made) == State.SCHEDULED
    assert jobs.JOBS
