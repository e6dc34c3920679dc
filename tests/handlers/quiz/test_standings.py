"""Who stands where: by the published rule, equal to a recomputation from the raw answers."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from content.store import clock
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.standings import standings

START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened:
        yield opened


@pytest.fixture
def held(session) -> HeldCampaign:
    made = HeldCampaign(
        id="demo", title="演示", rules="", opens_at=START, closes_at=START + timedelta(days=2), commitment="",
        secret="", created_by="", created_at=START,
    )  # fmt: skip
    session.add(made)
    session.flush()
    with clock.fixed_at(START + timedelta(hours=2)):
        yield made


def paper(session, who: str, points: list[int], seconds: int | None, begun: int = 0) -> None:
    """`points` of each answer; `seconds` until it was handed in, None where it was left lying."""
    started = START + timedelta(seconds=begun)
    played = Round(
        id=f"{who}-{begun}"[:32], citizen_id=who, question_keys=["q"] * len(points), started_at=started,
        campaign_id="demo", points=[5] * len(points), half_points=2 * sum(points),
        deadline_at=started + timedelta(minutes=10),
        finished_at=None if seconds is None else started + timedelta(seconds=seconds),
    )  # fmt: skip
    for place, brought in enumerate(points, start=1):
        played.given.append(
            GivenAnswer(place=place, question_key="q", letters="A", is_right=brought == 5, half_points=2 * brought,
                        at=started)
        )  # fmt: skip
    session.add(played)
    session.flush()


def order(session, held) -> list[tuple[int, str]]:
    return [(stand.rank, stand.participant) for stand in standings(session, held)]


def test_more_points_come_first_then_the_shorter_time_then_who_was_earlier(session, held):
    paper(session, "slow", [5, 5], 90)
    paper(session, "quick", [5, 5], 60, begun=30)
    paper(session, "weak", [5, 0], 10)
    paper(session, "later", [5, 5], 60, begun=100)
    assert order(session, held) == [(1, "quick"), (2, "later"), (3, "slow"), (4, "weak")]


def test_who_is_equal_in_all_shares_a_rank_and_the_next_is_left_out(session, held):
    for name in ("b", "a", "c"):
        paper(session, name, [5], 60)
    paper(session, "d", [0], 60)
    assert order(session, held) == [(1, "a"), (1, "b"), (1, "c"), (4, "d")]


def test_the_best_paper_counts_and_all_are_counted(session, held):
    paper(session, "who", [0, 5], 50)
    paper(session, "who", [5, 5], 99, begun=200)
    paper(session, "who", [5, 0], 20, begun=400)
    [stand] = standings(session, held)
    assert (stand.half_points, stand.right, stand.seconds, stand.papers) == (20, 2, 99, 3)


def test_a_paper_left_lying_is_handed_in_when_its_time_is_up_and_not_before(session, held):
    paper(session, "left", [5], None)
    paper(session, "at it", [5], None, begun=2 * 3600 - 60)
    assert order(session, held) == [(1, "left")]
    assert standings(session, held)[0].handed_in_at == START + timedelta(minutes=10)


def test_the_standings_equal_a_recomputation_from_the_raw_answers(session, held):
    chance = random.Random(4)  # noqa: S311 - made-up papers
    for number in range(150):
        points = [chance.choice((0, 5)) for _ in range(4)]
        paper(session, f"p{number % 90}", points, chance.choice((60, 61, 62)), begun=number)
    best: dict[str, tuple[int, int, datetime]] = {}
    for played in session.query(Round).filter(Round.campaign_id == "demo"):
        points = sum(5 for given in played.given if given.is_right)
        merit = (-points, (played.finished_at - played.started_at).seconds, played.finished_at)
        best[played.citizen_id] = min(merit, best.get(played.citizen_id, merit))
    raw = sorted(best.values())
    assert [(stand.rank, stand.half_points, stand.seconds) for stand in standings(session, held)] == [
        (raw.index(merit) + 1, -2 * merit[0], merit[1]) for merit in raw
    ]
