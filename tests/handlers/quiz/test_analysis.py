"""How the questions did: equal to what a person would count by hand from the papers."""

import random
import statistics

import pytest

from content.store import clock
from handlers.quiz import analysis, standings
from handlers.quiz.analysis import Flag
from handlers.quiz.mending import proposals
from tests.handlers.quiz.examined import AFTER, PEOPLE, asked, campaign, hand_in


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened, clock.fixed_at(AFTER):
        yield opened


@pytest.fixture
def held(session):
    return campaign(session)


def of(session, held, key: str) -> analysis.ItemFigures:
    return next(one for one in analysis.analyse(session, held).items if one.question.key == key)


def test_every_figure_equals_a_count_by_hand(session, held):
    chance, questions = random.Random(3), asked(session, 9)  # noqa: S311 - made-up answers
    papers = []
    for number in range(120):
        drawn, able = chance.sample(questions, 6), chance.random()
        given = {
            question.key: question.answer if chance.random() < able else chance.choice("ABCD")
            for question in drawn
            if chance.random() < 0.95
        }
        papers.append((drawn, given, hand_in(session, held, f"p{number}", drawn, given, minute=number).half_points))
    summary = analysis.analyse(session, held)
    assert summary.papers == 120 and summary.average == pytest.approx(statistics.mean(half for *_, half in papers) / 2)
    points = sorted(half for *_, half in papers)
    low, high = points[32], points[-33]  # 27 % of 120 are 32.4: the 33rd from either end is taken in
    for one in summary.items:
        mine = [(given.get(one.question.key, ""), half) for drawn, given, half in papers if one.question in drawn]
        right = [letters == one.question.answer for letters, _ in mine]
        rest = [half - (40 if is_right else 0) for is_right, (_, half) in zip(right, mine, strict=True)]
        assert (one.asked, one.right) == (len(mine), sum(right))
        assert one.left_out == sum(not letters for letters, _ in mine)
        assert one.chosen == {letter: n for letter in "ABCD" if (n := sum(given == letter for given, _ in mine))}
        upper = [is_right for is_right, (_, half) in zip(right, mine, strict=True) if half >= high]
        lower = [is_right for is_right, (_, half) in zip(right, mine, strict=True) if half <= low]
        assert one.upper_lower == pytest.approx(sum(upper) / len(upper) - sum(lower) / len(lower))
        assert one.correlation == pytest.approx(statistics.correlation([float(is_right) for is_right in right], rest))


def test_with_a_few_papers_nothing_is_concluded(session, held):
    questions = asked(session)
    for number in range(5):
        hand_in(session, held, f"p{number}", questions, {}, minute=number)
    one = of(session, held, questions[0].key)
    assert one.flags == {Flag.FEW} and one.upper_lower is None and one.correlation is None


def test_what_looks_wrong_is_marked_and_stands_first(session, held):
    """A question whose key is wrong: nobody is right, all chose another option; and one that only weak papers get."""
    wrong_key, only_weak, plain, other = asked(session)
    letter = next(letter for letter in "ABCD" if letter != wrong_key.answer)
    for number in range(40):
        is_good = number % 2
        given = {wrong_key.key: letter, plain.key: plain.answer if is_good else ""}
        given[only_weak.key] = "" if is_good else only_weak.answer
        given[other.key] = other.answer if is_good else ""
        hand_in(session, held, f"p{number}", [wrong_key, only_weak, plain, other], given, minute=number)
    found = analysis.analyse(session, held).items
    assert {one.question.key for one in found[:2]} == {wrong_key.key, only_weak.key}
    assert {Flag.NOBODY, Flag.OTHER_CHOSEN} <= of(session, held, wrong_key.key).flags
    assert Flag.NEGATIVE in of(session, held, only_weak.key).flags
    standings.rebuild(session, held)
    mending = proposals.propose(session, held, wrong_key.key, "answer", letter, "演示", PEOPLE[0])
    proposals.approve(session, held, mending.id, PEOPLE[1])
    mended = of(session, held, wrong_key.key)
    assert (mended.right, mended.flags & analysis.ALARMING) == (40, frozenset()) and Flag.MENDED in mended.flags


def test_a_campaign_without_papers_has_no_figures(session, held):
    assert analysis.analyse(session, held) == analysis.Summary(0, 0.0, 0.0, [])
