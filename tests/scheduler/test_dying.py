"""Schedulers die at every boundary, and at any moment: nothing is sent twice, and everything comes to an end."""

import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest

from content.store import clock
from scheduler import posts, slots
from scheduler.models import Channel, State
from scheduler.walk import Patience
from tests.scheduler import hands
from tests.scheduler.making import Desk, many_approved

PATIENCE = Patience(
    lease=timedelta(seconds=2), asking=timedelta(seconds=3), looks=(0.5, 1.0), asks=(0.5, 1.0), glances=(60.0,),
)  # fmt: skip
MOST_BOUNDARIES = 60


def check_that_nothing_went_out_twice(desk: Desk, made: list[int]) -> Counter[str]:
    sent = Counter(desk.played.sent_titles())
    assert not [title for title, count in sent.items() if count > 1]
    states = Counter(desk.state(one) for one in made)
    assert set(states) <= {State.PUBLISHED, State.FAILED, State.UNCERTAIN}, states
    for one in made:
        post = desk.post(one)
        assert sent[post.title] == 1 or post.state != State.PUBLISHED
        assert post.evidence or post.state != State.UNCERTAIN
    return states


def check_that_all_goes_out_when_a_person_has_looked(desk: Desk, made: list[int]) -> None:
    """Who died between writing down that he is about to send and sending leaves what no program can know."""
    sent = desk.played.sent_titles()
    with desk.database.transaction() as session:
        for one in made:
            post = desk.post(one)
            if post.state == State.UNCERTAIN:
                posts.decide(session, one, "sun", post.title in sent, "在公众号后台看过")
    hands.join([hands.start(desk, hands.until_all_ended(60), PATIENCE)], 70)
    assert check_that_nothing_went_out_twice(desk, made) == {State.PUBLISHED: len(made)}, troubles(desk, made)


def troubles(desk: Desk, made: list[int]) -> list[object]:
    found = [desk.post(one) for one in made]
    return [(post.state, post.trouble, post.evidence) for post in found if post.state != State.PUBLISHED]


@pytest.mark.parametrize("channel", list(Channel))
def test_a_scheduler_killed_at_any_boundary_sends_nothing_twice(
    bare_desk: Desk, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "A_DAY", 1000)
    bare_desk.played.keeps_draft = True  # nothing but our own care keeps a second call from sending
    made = []
    for number in range(1, MOST_BOUNDARIES):
        made += many_approved(bare_desk, 1, clock.now(), channel=channel)
        process = hands.start(bare_desk, hands.one_push, PATIENCE, kill_at=number)
        process.join(30)
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert number > 15, "a push has more boundaries than that"
    hands.join([hands.start(bare_desk, hands.until_all_ended(60), PATIENCE)], 70)
    states = check_that_nothing_went_out_twice(bare_desk, made)
    assert states[State.PUBLISHED] + states[State.UNCERTAIN] == len(made) and states[State.UNCERTAIN] <= 5, states
    check_that_all_goes_out_when_a_person_has_looked(bare_desk, made)


def test_schedulers_killed_at_twelve_random_moments_send_nothing_twice(bare_desk: Desk) -> None:
    check_random_deaths(bare_desk, deaths=12, pushes=40, seed=time.time_ns())


def check_random_deaths(desk: Desk, deaths: int, pushes: int, seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311
    made = many_approved(desk, pushes, clock.now())
    living = [hands.start(desk, hands.until_all_ended(120), PATIENCE) for _ in range(2)]
    for _ in range(deaths):
        time.sleep(pick.uniform(0.02, 0.25))
        place = pick.randrange(len(living))
        living[place].kill()
        living[place].join()
        living[place] = hands.start(desk, hands.until_all_ended(120), PATIENCE)
    hands.join(living, 130)
    states = check_that_nothing_went_out_twice(desk, made)
    assert states[State.PUBLISHED] + states[State.UNCERTAIN] == pushes, (troubles(desk, made), seed)
    assert states[State.UNCERTAIN] <= deaths, seed
    check_that_all_goes_out_when_a_person_has_looked(desk, made)
