"""Units that compete: entered with the number of their people, chosen by participants, counted exactly."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import play, standings
from handlers.quiz.admission import NoAttemptLeft
from handlers.quiz.boards import units
from handlers.quiz.boards.units import BadUnit
from handlers.quiz.models import Participant, Round, Unit
from tests.handlers.quiz.holding import FROZEN, NOW, hands_in, holding
from tests.handlers.quiz.holding import RULES as WRITTEN

PASTED = "单位\t人数\n龙港区/第一中学\t200\n龙港区/教育局\t1,200人\n连山区司法局，30\n"


def board(session, held):
    return [(one.path, one.people, one.half_points) for one in standings.board(session, held).units]


def member(session, held, name):
    return session.get_one(Participant, (held.id, name))


def test_a_pasted_table_becomes_a_tree_with_who_wrote_the_figures_and_when(bureau, held):
    with bureau.database.transaction() as session:
        assert units.enter_all(session, held, PASTED, "campaigner") == 3
        every = {unit.path: unit for unit in units.listed(session, held)}
    assert {path: unit.head_count for path, unit in every.items()} == {
        "龙港区": 0, "龙港区/第一中学": 200, "龙港区/教育局": 1200, "连山区司法局": 30
    }  # fmt: skip
    child = every["龙港区/第一中学"]
    assert (child.parent_id, child.name) == (every["龙港区"].id, "第一中学")
    assert (child.entered_by, child.entered_at) == ("campaigner", NOW)


def test_one_bad_line_and_nothing_is_entered(bureau, held):
    with bureau.database.transaction() as session:
        for wrong, told in (("甲\t0", "人数"), ("甲", "制表符"), ("甲\t5\n甲\t6", "第 2 行"), ("", "没有读到")):
            with pytest.raises(BadUnit, match=told):
                units.enter_all(session, held, wrong, "campaigner")
        with pytest.raises(NotAllowed):
            units.enter_all(session, held, PASTED, "nobody")
        assert units.listed(session, held) == []


def test_pasting_again_changes_the_figures_and_adds_no_unit_twice(bureau, held):
    with bureau.database.transaction() as session:
        units.enter_all(session, held, PASTED, "campaigner")
        assert [line.is_new for line in units.read_lines(session, held, PASTED)] == [False] * 3
        units.enter_all(session, held, PASTED.replace("200\n", "250\n"), "campaigner")
        assert len(units.listed(session, held)) == 4
        assert units.find(session, held, "第一中学")[0].head_count == 250


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("教育局", ["龙港区/教育局"]), ("龙港区教育局", ["龙港区/教育局"]), ("龙港区/教育局", ["龙港区/教育局"]),
        ("司法局", ["连山区司法局"]),
        ("我在连山区司法局上班", ["连山区司法局"]),
        ("龙港区", ["龙港区/教育局", "龙港区/第一中学"]), ("火星", []), ("…", []),
    ],
)  # fmt: skip
def test_a_unit_is_found_by_what_people_call_it(bureau, held, words, found):
    with bureau.database.transaction() as session:
        units.enter_all(session, held, PASTED, "campaigner")
        assert [unit.path for unit in units.find(session, held, words)] == found


def test_a_participant_brings_his_points_to_the_unit_that_he_chooses(bureau, held):
    hands_in(bureau.database, held, "one")
    with bureau.database.transaction() as session:
        units.enter_all(session, held, "甲\t10\n乙\t10", "campaigner")
        first, second = (units.find(session, held, name)[0] for name in "甲乙")
        for unit in (first, first, second):
            units.choose(session, held, member(session, held, "one"), unit.id)
        assert board(session, held) == [("乙", 1, 46), ("甲", 0, 0)]
        standings.rebuild(session, held)
        assert board(session, held) == [("乙", 1, 46), ("甲", 0, 0)]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_papers_and_choices_the_sums_equal_a_recomputation_from_the_answers(bureau, held, seed):
    lots = random.Random(seed)  # noqa: S311 - the same each time
    with bureau.database.transaction() as session:
        units.enter_all(session, held, "甲\t7\n乙\t5\n丙\t3", "campaigner")
        every = [unit.id for unit in units.listed(session, held)]
    for step in range(24):
        name = f"p{lots.randrange(8)}"
        with clock.fixed_at(NOW + timedelta(minutes=20 * step)):
            if lots.random() < 0.5:
                with suppress(NoAttemptLeft):
                    hands_in(bureau.database, held, name, wrong=lots.randrange(4), seconds=lots.randrange(60, 600))
            else:
                with bureau.database.transaction() as session:
                    if found := session.get(Participant, (held.id, name)):
                        units.choose(session, held, found, lots.choice(every))
    with bureau.database.reading() as session:
        assert {unit.id: (unit.people, unit.half_points) for unit in units.listed(session, held)} == recomputed(session)


def test_of_many_who_choose_and_hand_in_at_the_same_moment_none_is_lost(bureau, held):
    with bureau.database.transaction() as session:
        units.enter_all(session, held, "甲\t30\n乙\t30", "campaigner")
        every = [unit.id for unit in units.listed(session, held)]
        papers = [play.begin_paper(session, held, f"p{number}", f"{number}").id for number in range(12)]

    def hand_in(number: int) -> None:
        with bureau.database.transaction() as session:
            play.hand_in(session, session.get_one(Round, papers[number]))

    def choose(number: int) -> None:
        with bureau.database.transaction() as session:
            found = member(session, held, f"p{number}")
            known = units.get(session, held, every[number % 2])  # as it stood before the turn
            assert units.choose(session, held, found, known.id) is known

    acts = [(act, number) for number in range(12) for act in (hand_in, choose)]
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(act, number) for act, number in acts]:
            done.result()
    with bureau.database.reading() as session:
        sums = {unit.id: (unit.people, unit.half_points) for unit in units.listed(session, held)}
        assert sums == recomputed(session) and sorted(people for people, _ in sums.values()) == [6, 6]


def test_sums_read_before_the_turn_came_are_not_written_back(bureau, held):
    database = bureau.database
    for name in ("one", "two"):
        hands_in(database, held, name)
    with database.transaction() as session:
        unit_id = units.enter(session, held, "甲", 10, "campaigner").id

    def choose(session, name: str) -> None:
        units.choose(session, held, member(session, held, name), unit_id)

    with database.transaction() as session:
        known = units.get(session, held, unit_id)
        if not database.is_sqlite:  # which has one writer at a time
            with database.transaction() as other:
                choose(other, "two")
        choose(session, "one")
        if database.is_sqlite:
            choose(session, "two")
        assert known.people == 2
    with database.reading() as session:
        assert board(session, held) == [("甲", 2, 92)]


def recomputed(session) -> dict[int, tuple[int, int]]:
    """From the raw answers alone: unit → people, half points of their best papers."""
    best: dict[str, int] = {}
    for played in session.query(Round).filter(Round.campaign_id == "demo", Round.finished_at.is_not(None)):
        points = sum(2 * played.points[given.place - 1] for given in played.given if given.is_right)
        best[played.citizen_id] = max(points, best.get(played.citizen_id, 0))
    of_unit = {unit.id: [] for unit in session.query(Unit).filter(Unit.campaign_id == "demo")}
    for name, points in best.items():
        if unit_id := session.get_one(Participant, ("demo", name)).unit_id:
            of_unit[unit_id].append(points)
    return {unit_id: (len(points), sum(points)) for unit_id, points in of_unit.items()}


def test_while_the_boards_stand_still_neither_units_nor_figures_move_them(bureau, held):
    hands_in(bureau.database, held, "one")
    with bureau.database.transaction() as session:
        units.enter_all(session, held, "甲\t10\n乙\t10", "campaigner")
        first, second = (units.find(session, held, name)[0] for name in "甲乙")
        units.choose(session, held, member(session, held, "one"), first.id)
    with clock.fixed_at(FROZEN), bureau.database.transaction() as session:
        units.enter(session, held, "甲", 1, "campaigner")
        with pytest.raises(BadUnit, match="封榜"):
            units.choose(session, held, member(session, held, "one"), second.id)
        assert standings.board(session, held).units[0].head_count == 10
        assert standings.units(session, held)[0].head_count == 1
    with clock.fixed_at(FROZEN):  # who has none yet may still choose one
        hands_in(bureau.database, held, "two")
        with bureau.database.transaction() as session:
            assert units.choose(session, held, member(session, held, "two"), second.id).path == "乙"
            assert board(session, held) == [("甲", 1, 46), ("乙", 0, 0)]


def test_a_unit_takes_no_more_people_than_its_head_count_and_its_head_count_never_falls_below_them(bureau, held):
    with bureau.database.transaction() as session:
        unit_id = units.enter(session, held, "甲", 2, "campaigner").id
    for name in ("one", "two", "three"):
        hands_in(bureau.database, held, name)
    with bureau.database.transaction() as session:
        for name in ("one", "two", "two"):
            units.choose(session, held, member(session, held, name), unit_id)
        with pytest.raises(BadUnit, match="填的人数是 2，已经满了"):
            units.choose(session, held, member(session, held, "three"), unit_id)
        for lower in (
            lambda: units.enter(session, held, "甲", 1, "campaigner"),
            lambda: units.enter_all(session, held, "甲\t1", "campaigner"),
        ):
            with pytest.raises(BadUnit, match="已经有 2 人选了“甲”"):
                lower()
        assert units.read_lines(session, held, "甲\t1")[0].fault
        units.enter(session, held, "甲", 3, "campaigner")
        units.choose(session, held, member(session, held, "three"), unit_id)
        assert units.members(session, held) == {unit_id: 3}
        [stand] = standings.board(session, held).units
        assert (stand.people, stand.head_count, stand.score) == (3, 3, 23.0)


def test_of_many_who_choose_a_small_unit_at_the_same_moment_as_many_get_in_as_it_has_people(bureau, held):
    with bureau.database.transaction() as session:
        unit_id = units.enter(session, held, "甲", 3, "campaigner").id
    for number in range(8):
        hands_in(bureau.database, held, f"p{number}")

    def choose(number: int) -> bool:
        with suppress(BadUnit), bureau.database.transaction() as session:
            units.choose(session, held, member(session, held, f"p{number}"), unit_id)
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(choose, range(8))) == 3
    with bureau.database.reading() as session:
        assert board(session, held) == [("甲", 3, 138)] and recomputed(session)[unit_id] == (3, 138)


def test_a_unit_of_another_campaign_is_nobodys(bureau, held):
    hands_in(bureau.database, held, "one")
    with holding(bureau, WRITTEN, "another") as other, bureau.database.transaction() as session:
        foreign = units.enter(session, other, "甲", 10, "campaigner")
        for act in (
            lambda: units.choose(session, held, member(session, held, "one"), foreign.id),
            lambda: units.remove(session, held, foreign.id, "campaigner"),
        ):
            with pytest.raises(BadUnit, match="没有这个单位"):
                act()


def test_a_unit_goes_only_while_nobody_hangs_on_it(bureau, held):
    hands_in(bureau.database, held, "one")
    with bureau.database.transaction() as session:
        units.enter_all(session, held, "甲\t10\n乙/丙\t10", "campaigner")
        by_path = {unit.path: unit for unit in units.listed(session, held)}
        units.choose(session, held, member(session, held, "one"), by_path["甲"].id)
        for path in ("甲", "乙"):
            with pytest.raises(BadUnit, match="不能删去"):
                units.remove(session, held, by_path[path].id, "campaigner")
        units.remove(session, held, by_path["乙/丙"].id, "campaigner")
        assert set(by_path) - {unit.path for unit in units.listed(session, held)} == {"乙/丙"}


def test_the_units_of_an_exam_come_from_its_roster(bureau):
    rules = WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 10\n"
    with (
        holding(bureau, rules, "exam") as exam,
        bureau.database.transaction() as session,
        pytest.raises(BadUnit, match="花名册"),
    ):
        units.enter(session, exam, "甲", 10, "campaigner")
