"""Figures of a campaign: equal to what the papers themselves say, and quick beside many of them."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from content.store import clock
from handlers.quiz import play
from handlers.quiz.desk import figures, looking, people
from handlers.quiz.models import Round
from handlers.quiz.register import rules_of
from tests.handlers.quiz.holding import NOW, hands_in, holding


@pytest.fixture
def held(bureau):
    with holding(bureau) as made:
        yield made


@pytest.fixture
def played(bureau, held):
    """Eight papers of six participants in three hours, two of which are being answered."""
    for number in range(6):
        with clock.fixed_at(NOW + timedelta(minutes=25 * number)):
            hands_in(bureau.database, held, f"p{number}", wrong=number % 4)
    with clock.fixed_at(NOW + timedelta(hours=16)), bureau.database.transaction() as session:  # two in the morning
        for name in ("p0", "new"):
            play.begin_paper(session, held, name, name)
    with clock.fixed_at(NOW + timedelta(hours=16, minutes=1)):
        yield held


@pytest.fixture
def session(bureau, played):
    with bureau.database.reading() as opened:
        yield opened


def finished(session) -> list[Round]:
    every = select(Round).where(Round.campaign_id == "demo", Round.finished_at.is_not(None))
    return list(session.scalars(every.options(selectinload(Round.given))).all())


def test_they_equal_a_count_of_the_papers(session, played):
    found, papers = figures.figures(session, played), finished(session)
    assert (found.joined, found.people, found.papers, found.handed_in, found.open_papers) == (7, 6, 8, 6, 2)
    assert found.mean == pytest.approx(sum(paper.half_points for paper in papers) / 2 / 6) == found.mean_best


def test_points_fall_into_bands_without_a_gap(session, played):
    points, full = figures.best_points(session, played), rules_of(played).full_marks
    bands = figures.bands(points, full)
    assert sum(count for _, count in bands) == 6 and bands[-1][0].endswith(str(full))
    assert figures.bands({}, 100)[0] == ("0–9", 0) and figures.bands({200: 3}, 100)[-1] == ("90–100", 3)
    assert len(figures.bands({}, 5)) == 5 and [count for _, count in figures.bands({46: 1}, 23)][-1] == 1


def test_hours_and_days_are_those_of_beijing_without_gaps(bureau, session, played):
    hourly = figures.by_hour(session, played)
    assert {f"{hour:%m-%d %H}": count for hour, count in hourly.items()} == {
        "12-02 10": 3,
        "12-02 11": 2,
        "12-02 12": 1,
    }
    with clock.fixed_at(NOW + timedelta(hours=17)), bureau.database.transaction() as later:
        play.settle(later, later.merge(played))
    with bureau.database.reading() as later:
        hourly = figures.by_hour(later, played)
    hours = figures.hours(hourly)
    assert len(hours) == 17 and sum(count for _, count in hours) == 8 and hours[5][1] == 0
    assert figures.days(hourly) == [(date(2026, 12, 2), 6), (date(2026, 12, 3), 2)]
    assert figures.hours({}) == [] == figures.days({})


def test_the_worst_question_comes_first_and_shares_are_exact(session, played):
    shares = figures.shares(session, played)
    given = [answer for paper in finished(session) for answer in paper.given]
    assert Counter(answer.question_key for answer in given) == {one.question.key: one.answered for one in shares}
    assert sum(one.right for one in shares) == sum(answer.is_right for answer in given)
    assert [one.is_right for one in shares] == sorted(one.is_right for one in shares)
    assert sum(one.answered for one in figures.shares(session, played, latest=1)) == 3


def test_participants_are_listed_best_first_and_found_by_code_or_nickname(bureau, session, played):
    listed = people.listed(session, played, "", 50, 0)
    assert len(listed) == 7 and listed[-1].half_points is None
    points = [one.half_points for one in listed[:-1]]
    assert points == sorted(points, reverse=True)
    assert [one.code for one in people.listed(session, played, listed[2].code[:8].lower(), 50, 0)] == [listed[2].code]
    assert people.listed(session, played, "%", 50, 0) == []
    in_order = [stand for rows in people.in_order(session, played) for stand in rows]
    assert [stand.code for stand in in_order] == [one.code for one in listed[:-1]]
    assert [stand.rank for stand in in_order] == list(range(1, 7))


def test_whose_best_paper_is_quicker_than_anybody_reads_is_marked_for_staff(bureau, played):
    with clock.fixed_at(NOW + timedelta(hours=17)):
        for seconds in (2, 3):
            hands_in(bureau.database, played, f"quick{seconds}", seconds=seconds)
    with bureau.database.reading() as session:
        [found] = people.listed(session, played, "", 50, 0, only_quick=True)
        assert (found.seconds, people.too_quick(session, played), people.quickest_reading(played)) == (2, 1, 3)


def test_what_the_bank_has_and_how_hard_papers_will_be_is_told_before(bureau, session, played):
    bank = list(bureau.questions.values()) if hasattr(bureau, "questions") else []
    rules = rules_of(played)
    rows, expected = looking.rows(bank, rules), looking.expected(bank, rules)
    assert [row.there for row in rows] == [137, sum(one.subject == "labour" for one in bank)]
    assert 0 < expected.least <= expected.mean <= expected.most <= rules.full_marks
    assert expected.mean == pytest.approx(sum(row.expected for row in rows), abs=1.5)
