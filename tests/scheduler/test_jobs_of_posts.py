"""The timer's three jobs for pushes: they call the same functions as everybody, and do nothing without WeChat."""

from datetime import timedelta
from typing import Any, cast

import pytest

from content.store import clock
from scheduler import posts, silence
from scheduler.jobs import JOBS, Parts
from scheduler.models import Channel, State
from scheduler.platform import Later, Never
from scheduler.runs import NotAll
from tests.scheduler.making import BEFORE, DUE, Desk


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
    parts = Parts(desk.database, cast(Any, None))
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        if name == "follow_posts":
            with pytest.raises(NotAll, match="AppID"):
                run(desk, name, parts)
        else:
            run(desk, name, parts)
    assert desk.state(made) == State.SCHEDULED


def test_without_credentials_a_time_that_passes_is_told_all_the_same(desk: Desk) -> None:
    made = desk.approved()
    with clock.fixed_at(DUE + timedelta(hours=1)):
        run(desk, "follow_posts", Parts(desk.database, cast(Any, None)))
    assert desk.state(made) == State.OVERDUE
    assert "AppID" in desk.post(made).trouble


def test_a_scheduler_that_is_dead_is_noticed_by_those_who_serve_pages(desk: Desk) -> None:
    def told(seconds: float) -> str:
        with clock.fixed_at(DUE + timedelta(seconds=seconds)), desk.database.reading() as session:
            return silence.trouble(session, clock.now())

    assert told(-600) == ""  # nothing waits
    desk.approved("国家宪法日")
    assert "没有运行" in told(-600)
    with clock.fixed_at(DUE - timedelta(seconds=30)):
        run(desk, "alive")
    assert told(0) == told(59) == ""
    assert "《国家宪法日》" in told(61)
    with desk.database.transaction() as session:
        posts.freeze(session, "sun", "先停一停")
    assert told(61) == ""


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (Later("今天的次数用完", 45009, seconds=50_000), 1),
        (Later("繁忙", -1, seconds=1), 7),
        (Never("没有权限", 48001), 1),
    ],
)
def test_preparing_ahead_asks_less_and_less_often(desk: Desk, error: Exception, calls: int) -> None:
    desk.played.answers["add_draft"] = [error] * 99
    desk.approved()
    for seconds in range(0, 600, 5):
        with clock.fixed_at(BEFORE + timedelta(seconds=seconds)):
            run(desk, "prepare_posts")
    assert desk.played.calls("add_draft") == calls


def test_a_tag_that_the_account_has_not_got_is_told_ahead(desk: Desk) -> None:
    made = desk.approved(channel=Channel.MASS, audience={"tag": "志愿者"})
    run(desk, "prepare_posts")
    assert "没有标签“志愿者”（现有：普法志愿者）" in desk.post(made).trouble
