"""While a campaign's result is not settled everybody is marked with the same words, whoever keeps the bank."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from content.models import Question
from content.questions import imports
from content.questions.imports import NotTaken
from content.questions.written import Written, written_of
from content.staff import Staff
from content.store import clock
from handlers.quiz import asked, play, unsettled
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.prizes.models import HeldDraw
from tests.handlers.quiz.campaigns import WRITTEN

OPENS = datetime(2026, 12, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 4, 12, tzinfo=UTC)
PLAYED = datetime(2026, 12, 2, tzinfo=UTC)
DRAW = WRITTEN[WRITTEN.index("[draw]") :].replace("least_points = 60", "least_points = 0")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUIZ = """
title = "演示竞答"
opens_at = 2026-12-01T08:00:00+08:00
closes_at = 2026-12-04T20:00:00+08:00
minutes = 15
paper = [{ subject = "constitution", kind = "single", count = 2, points = 4 }]
"""
EXAM = f"{QUIZ}\n[exam]\npass_points = 4\n"
MAKEUP = f"{EXAM}makeup_opens_at = 2026-12-08T08:00:00+08:00\nmakeup_closes_at = 2026-12-09T08:00:00+08:00\n"
HELD = {"c-1", "c-2", "c-3"}


def question(key: str, **other: object) -> Question:
    words = {
        "subject": "constitution", "kind": "single", "text": f"演示的第{key}问？", "options": ["甲", "乙", "丙"],
        "answer": "C", "explanation": "演示。", "basis": ["《宪法》第一条"], "difficulty": 1, "scenario": None,
        "scenario_text": None, "retired": False, **other,
    }  # fmt: skip
    return Question(key=key, **words)


def put_on(session, rules: str = QUIZ) -> HeldCampaign:
    held = HeldCampaign(
        id="demo", title="演示竞答", rules=rules, opens_at=OPENS, closes_at=CLOSES, commitment="", secret="",
        created_by="zhao", created_at=OPENS,
    )  # fmt: skip
    session.add(held)
    session.flush()
    return held


@pytest.fixture
def session(database):
    """A transaction that nobody keeps, with a small bank: one question was retired, two others fit no paper."""
    with database.reading() as opened:
        opened.add_all([question("c-1"), question("c-2"), question("c-3", retired=True), question("f-1", kind="judge")])
        opened.add_all(
            [
                question("l-1", subject="labour"),
                Staff(name="zhao", shown_name="演示", roles=["campaigns"], created_at=OPENS),
            ]
        )
        opened.flush()
        yield opened


def held_at(session, moment: datetime) -> set[str]:
    with clock.fixed_at(moment):
        return set(unsettled.holds(session))


def form(session, key: str, **other: object):
    """What staff types; the import, if any, and what was said."""
    was = session.get_one(Question, key)
    written = Written(**{**written_of(was, "这道题").__dict__, **other})
    made, run = imports.save(session, written, imports.digest_of(was), "zhao", unsettled.holds(session))
    return made, "".join(run.rows[0].sentences)


def hand_in(session, held: HeldCampaign, name: str, letters: str) -> Round:
    played = play.begin_paper(session, held, name, f"seed of {name}")
    for _ in played.question_keys:
        play.answer(session, played, letters)
    return played


def test_equal_letters_bring_equal_points_and_equal_a_recomputation_whatever_staff_tries(session):
    with clock.fixed_at(OPENS - DAY):
        earlier, _ = form(session, "c-1", answer="B")
        form(session, "c-2", answer="B")
        form(session, "c-2", answer="C")
    held = put_on(session)
    with clock.fixed_at(PLAYED):
        first = hand_in(session, held, "first", "B")
        for change in ({"answer": "C"}, {"options": ("甲", "丙", "乙")}, {"kind": "multiple", "answer": "BC"},
                       {"text": "演示的反问？"}, {"subject": "labour"}):  # fmt: skip
            made, told = form(session, "c-1", **change)
            assert made is None and "“演示竞答”" in told and "“改题”" in told
        with pytest.raises(NotTaken, match="改题"):
            imports.undo(session, earlier.id, "zhao", asked.asked_since, unsettled.holds(session))
        with pytest.raises(NotTaken, match="c-1"):
            imports.put(session, [question("c-1", answer="A")], "题.toml", "zhao", unsettled.holds(session))
        second = hand_in(session, held, "second", "B")
    assert first.half_points == second.half_points == 8
    answers = {one.key: one.answer for one in session.scalars(select(Question))}
    for played in (first, second):
        given = session.scalars(select(GivenAnswer).where(GivenAnswer.round_id == played.id)).all()
        assert played.half_points == sum(8 for one in given if one.letters == answers[one.question_key])


def test_of_a_file_the_held_ones_are_left_with_a_sentence_and_the_others_taken(session):
    put_on(session)
    with clock.fixed_at(PLAYED):
        held = unsettled.holds(session)
        text = "\n".join(f"{n}. 演示的第{key}问？ A. 甲 B. 乙 C. 丙 答案：A" for n, key in enumerate(("c-1", "l-1"), 1))
        row = imports.hand_in(session, text.encode(), "题.txt", "constitution", "zhao")
        run = imports.dry_run(session, row, held)
        imports.take(session, row.id, None, run.digest, "zhao", held)
    assert [one.verdict for one in run.rows] == ["bad", "changed"] and "改题" in run.rows[0].sentences[0]
    assert [session.get_one(Question, key).answer for key in ("c-1", "l-1")] == ["C", "A"]


def test_what_decides_no_point_may_be_put_right_and_a_question_retired(session):
    put_on(session)
    with clock.fixed_at(PLAYED):
        made, _ = form(session, "c-1", explanation="演示：说得更明白。", basis=("《宪法》第二条",), difficulty="难")
        imports.retire(session, "c-2", "zhao", "演示理由")
    assert made and session.get_one(Question, "c-1").difficulty == 3 and session.get_one(Question, "c-2").retired


def test_the_difficulty_stays_where_papers_are_drawn_by_it(session):
    put_on(session, QUIZ.replace("count = 2", "difficulty = 1, count = 2"))
    with clock.fixed_at(PLAYED):
        made, told = form(session, "c-1", difficulty="难")
    assert made is None and "难度" in told


@pytest.mark.parametrize(
    ("moment", "is_held"),
    [(OPENS - 2 * MINUTE, False), (OPENS - MINUTE, True), (PLAYED, True), (CLOSES - MINUTE, True), (CLOSES, False)],
)
def test_a_campaign_holds_its_questions_from_a_minute_before_the_opening_to_the_close(session, moment, is_held):
    put_on(session)
    assert held_at(session, moment) == (HELD if is_held else set())


def test_where_something_can_be_won_they_are_held_until_it_is_drawn(session):
    put_on(session, QUIZ + DRAW)
    assert held_at(session, CLOSES + 9 * DAY) == HELD
    session.add(HeldDraw(campaign_id="demo", drawn_at=CLOSES + 10 * DAY))
    session.flush()
    assert held_at(session, CLOSES + 11 * DAY) == set()


def test_of_an_exam_they_are_held_until_nobody_can_sit_it_any_more(session):
    put_on(session, MAKEUP)
    last = datetime(2026, 12, 9, tzinfo=UTC)
    assert held_at(session, CLOSES + DAY) == HELD and held_at(session, last) == set()
    session.add(Round(id="r", citizen_id="x", campaign_id="demo", question_keys=["c-1", "c-2"], started_at=last,
                      deadline_at=last + MINUTE))  # fmt: skip
    session.flush()
    assert held_at(session, last) == HELD and held_at(session, last + MINUTE) == set()
