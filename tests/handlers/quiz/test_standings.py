"""Who stands where: by the published rule, equal to a recomputation from the raw answers."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from content.store import clock
from handlers.quiz import play, standings
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round, Unit
from tests.handlers.quiz.campaigns import WRITTEN

RULES = WRITTEN.replace("minutes = 15", "minutes = 15\nfreeze_minutes = 60")
START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened:
        yield opened


@pytest.fixture
def held(session) -> HeldCampaign:
    made = HeldCampaign(
        id="demo", title="演示", rules=RULES, opens_at=START, closes_at=START + timedelta(days=2), commitment="",
        secret="", created_by="", created_at=START,
    )  # fmt: skip
    session.add(made)
    session.flush()
    with clock.fixed_at(START + timedelta(hours=2)):
        yield made


def paper(session, held, who: str, points: list[int], seconds: int | None, begun: int = 0) -> None:
    """`points` of each answer; `seconds` until it was handed in, None where it was left lying."""
    started = START + timedelta(seconds=begun)
    played = Round(
        id=f"{who}-{begun}"[:32], citizen_id=who, question_keys=["q"] * len(points), started_at=started,
        campaign_id="demo", points=[5] * len(points), deadline_at=started + timedelta(minutes=10),
    )  # fmt: skip
    for place, brought in enumerate(points, start=1):
        played.given.append(
            GivenAnswer(place=place, question_key="q", letters="A", is_right=brought == 5, half_points=2 * brought,
                        at=started)
        )  # fmt: skip
    play.join(session, held, who)
    session.add(played)
    session.flush()
    if seconds is not None:
        with clock.fixed_at(started + timedelta(seconds=seconds)):
            play.hand_in(session, played)


def stands(session, held) -> list[standings.Stand]:
    play.settle(session, held)
    return standings.top(session, held)


def order(session, held) -> list[tuple[int, str]]:
    return [(stand.rank, stand.participant) for stand in stands(session, held)]


def recomputed(session) -> dict[str, tuple[int, int, int, datetime]]:
    """From the raw answers alone: participant → rank, points, seconds, moment of his best paper."""
    best: dict[str, tuple[int, int, datetime]] = {}
    for played in session.query(Round).filter(Round.campaign_id == "demo", Round.finished_at.is_not(None)):
        points = sum(5 for given in played.given if given.is_right)
        merit = (-points, (played.finished_at - played.started_at).seconds, played.finished_at)
        best[played.citizen_id] = min(merit, best.get(played.citizen_id, merit))
    raw = sorted(best.values())
    return {who: (raw.index(merit) + 1, -merit[0], *merit[1:]) for who, merit in best.items()}


def test_more_points_come_first_then_the_shorter_time_then_who_was_earlier(session, held):
    paper(session, held, "slow", [5, 5], 90)
    paper(session, held, "quick", [5, 5], 60, begun=30)
    paper(session, held, "weak", [5, 0], 10)
    paper(session, held, "later", [5, 5], 60, begun=100)
    assert order(session, held) == [(1, "quick"), (2, "later"), (3, "slow"), (4, "weak")]


def test_who_is_equal_in_all_shares_a_rank_and_the_next_is_left_out(session, held):
    for name in ("b", "a", "c"):
        paper(session, held, name, [5], 60)
    paper(session, held, "d", [0], 60)
    ranks = order(session, held)
    assert [rank for rank, _ in ranks] == [1, 1, 1, 4]
    assert {name for _, name in ranks[:3]} == {"a", "b", "c"}
    assert standings.rank_of(session, session.get(Participant, ("demo", "c"))) == 1
    assert standings.rank_of(session, session.get(Participant, ("demo", "d"))) == 4


def test_the_best_paper_counts_and_all_are_counted(session, held):
    paper(session, held, "who", [0, 5], 50)
    paper(session, held, "who", [5, 5], 99, begun=200)
    paper(session, held, "who", [5, 0], 20, begun=400)
    [stand] = stands(session, held)
    assert (stand.half_points, stand.seconds, stand.papers) == (20, 99, 3)


def test_a_paper_left_lying_is_handed_in_when_its_time_is_up_and_not_before(session, held):
    paper(session, held, "left", [5], None)
    paper(session, held, "at it", [5], None, begun=2 * 3600 - 60)
    assert order(session, held) == [(1, "left")]
    assert stands(session, held)[0].handed_in_at == START + timedelta(minutes=10)


def test_ranks_boards_and_units_equal_a_recomputation_from_the_raw_answers_at_every_moment(session, held):
    chance = random.Random(4)  # noqa: S311 - made-up papers
    names = ("甲", "乙")
    places = [unit(session, name, head_count) for name, head_count in zip(names, (40, 70), strict=True)]
    for number in range(150):
        who = f"p{number % 90}"
        play.join(session, held, who).unit_id = places[number % 2].id
        points = [chance.choice((0, 5)) for _ in range(4)]
        paper(session, held, who, points, chance.choice((60, 61, 62)), begun=number)
        if number % 30 == 29:
            as_recomputed(session, held, places)
    standings.rebuild(session, held)
    as_recomputed(session, held, places)


def as_recomputed(session, held, places) -> None:
    raw = recomputed(session)
    shown = {stand.participant: (stand.rank, stand.half_points // 2) for stand in standings.top(session, held, None)}
    assert shown == {who: (rank, points) for who, (rank, points, *_) in raw.items()}
    for who, (rank, *_) in raw.items():
        assert standings.rank_of(session, session.get(Participant, ("demo", who))) == rank
    assert standings.count(session, held)[0] == len(raw)
    for place in places:
        mine = [who for who in raw if session.get(Participant, ("demo", who)).unit_id == place.id]
        found = next(stand for stand in standings.units(session, held) if stand.path == place.path)
        assert (found.people, found.half_points) == (len(mine), 2 * sum(raw[who][1] for who in mine))
        assert found.score == sum(raw[who][1] for who in mine) / place.head_count


def unit(session, name: str, head_count: int) -> Unit:
    made = Unit(campaign_id="demo", name=name, path=name, head_count=head_count, entered_by="演示", entered_at=START)
    session.add(made)
    session.flush()
    return made


def test_the_board_stands_still_before_the_end_and_shows_everything_after_it(session, held):
    hour = 3600
    paper(session, held, "early", [5, 0], 60)
    paper(session, held, "left", [0, 0], None, begun=46 * hour + 3000 - 300)  # its time is up before the freeze
    paper(session, held, "late", [5, 5], 60, begun=47 * hour + 30)
    with clock.fixed_at(START + timedelta(hours=47, minutes=30)):
        board = standings.board(session, held)
        assert [stand.participant for stand in board.people] == ["early", "left"]
        assert board.frozen_at == START + timedelta(hours=47)
    with clock.fixed_at(held.closes_at):
        board = standings.board(session, held)
        assert [stand.participant for stand in board.people] == ["late", "early", "left"]
        assert board.frozen_at is None


def test_whoever_changes_his_unit_takes_his_points_along(session, held):
    one, two = unit(session, "甲", 10), unit(session, "乙", 10)
    who = play.join(session, held, "who")
    standings.move(session, who, one.id)
    paper(session, held, "who", [5, 5], 60)
    standings.move(session, who, two.id)
    assert [(stand.path, stand.people, stand.half_points) for stand in standings.units(session, held)] == [
        ("乙", 1, 20), ("甲", 0, 0),
    ]  # fmt: skip
