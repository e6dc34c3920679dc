"""A wrong question: who would change is shown first, two people decide, and everything equals a recomputation."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from content import audit, repository, staff
from content.models import Question
from content.store import clock
from handlers.quiz import play, pool, standings
from handlers.quiz.mending import proposals
from handlers.quiz.mending.models import Kind, State
from handlers.quiz.mending.proposals import NotMended
from handlers.quiz.models import GivenAnswer, Participant, Round
from handlers.quiz.prizes.models import EntryList
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.examined import AFTER, EXAM, PEOPLE, START, asked, campaign, hand_in


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened, clock.fixed_at(AFTER):
        yield opened


@pytest.fixture
def exam(session):
    """Three people: everything right, one wrong, and one wrong with the same question left out."""
    held, questions = campaign(session, EXAM), asked(session)
    right = {question.key: question.answer for question in questions}
    first = questions[0]
    wrong = next(letter for letter in "ABCD" if letter != first.answer)
    hand_in(session, held, "all", questions, right)
    hand_in(session, held, "wrong", questions, {**right, first.key: wrong, questions[1].key: ""}, minute=1)
    del right[first.key]
    hand_in(session, held, "left out", questions, {**right, questions[1].key: ""}, minute=2)
    standings.rebuild(session, held)
    return held, first, wrong


def mend(session, held, key: str, kind: str, ways: str = ""):
    proposed = proposals.propose(session, held, key, kind, ways, "演示理由", PEOPLE[0])
    return proposals.approve(session, held, proposed.id, PEOPLE[1])


def points(session, held) -> dict[str, float]:
    return {stand.participant: stand.half_points / 2 for stand in standings.top(session, held, None)}


def raw(session) -> list[tuple[str, int, str]]:
    given = select(GivenAnswer.round_id, GivenAnswer.place, GivenAnswer.letters).where(GivenAnswer.letters != "")
    return sorted(map(tuple, session.execute(given).all()))


def test_a_void_question_brings_its_points_to_everybody_who_had_it(session, exam):
    held, question, _ = exam
    before = raw(session)
    mending = mend(session, held, question.key, Kind.VOID)
    assert points(session, held) == {"all": 80, "wrong": 60, "left out": 60}
    assert raw(session) == before
    assert mending.figures == {
        "papers": 3, "changed_papers": 2, "people": 2, "passed": 2, "failed": 0, "ranks": 0,
    }  # fmt: skip


def test_the_preview_names_who_changes_from_what_to_what_and_changes_nothing(session, exam):
    held, question, wrong = exam
    proposed = proposals.propose(session, held, question.key, Kind.ANSWER, wrong, "演示理由", PEOPLE[0])
    seen = proposals.look(session, held, proposed)
    changes = {one.participant: (one.points_before, one.points_after, one.passed_before, one.passed_after)
               for one in seen.people}  # fmt: skip
    assert changes == {"all": (80, 60, True, True), "wrong": (40, 60, False, True)}
    assert (seen.papers, seen.changed_papers) == (3, 2)
    assert points(session, held) == {"all": 80, "wrong": 40, "left out": 40}


def test_another_answer_is_right_or_both_are(session, exam):
    held, question, wrong = exam
    mend(session, held, question.key, Kind.ANSWER, f"{question.answer} 或 {wrong.lower()}")
    assert points(session, held) == {"all": 80, "wrong": 60, "left out": 40}
    mend(session, held, question.key, Kind.ANSWER, wrong)
    assert points(session, held) == {"all": 60, "wrong": 60, "left out": 40}


def test_what_was_mended_can_be_taken_back(session, exam):
    held, question, _ = exam
    before = points(session, held)
    mend(session, held, question.key, Kind.VOID)
    back = mend(session, held, question.key, Kind.RESTORE)
    assert points(session, held) == before and back.figures["failed"] == 2
    with pytest.raises(NotMended, match="不用改"):
        proposals.propose(session, held, question.key, Kind.RESTORE, "", "演示", PEOPLE[0])


def test_it_takes_two_people_a_reason_and_a_trace(session, exam):
    held, question, _ = exam
    with pytest.raises(NotMended, match="为什么"):
        proposals.propose(session, held, question.key, Kind.VOID, "", " ", PEOPLE[0])
    with pytest.raises(staff.NotAllowed):
        proposals.propose(session, held, question.key, Kind.VOID, "", "演示", "nobody")
    proposed = proposals.propose(session, held, question.key, Kind.VOID, "", "演示", PEOPLE[0])
    with pytest.raises(NotMended, match="还没有定"):
        proposals.propose(session, held, question.key, Kind.VOID, "", "演示", PEOPLE[1])
    with pytest.raises(NotMended, match="不能自己批准"):
        proposals.approve(session, held, proposed.id, PEOPLE[0].upper())
    proposals.approve(session, held, proposed.id, PEOPLE[1])
    for act in (proposals.approve, proposals.drop):
        with pytest.raises(NotMended, match="已经有人处理"):
            act(session, held, proposed.id, PEOPLE[1])
    acts = [entry.act for entry in audit.entries(session, thing=f"campaign:{held.id}")]
    assert acts == ["quiz.mending_approve", "quiz.mending_propose"]


def test_it_notes_whose_points_have_changed_for_the_chat_to_tell_them_but_not_in_an_exam(session, exam):
    held, question, _ = exam
    assert mend(session, held, question.key, Kind.VOID).untold == []
    quiz = campaign(session, name="quiz")
    questions = asked(session)
    hand_in(session, quiz, "right", questions, {one.key: one.answer for one in questions})
    hand_in(session, quiz, "nothing", questions, {}, minute=1)
    standings.rebuild(session, quiz)
    assert mend(session, quiz, questions[0].key, Kind.VOID).untold == ["nothing"]


def test_a_proposal_that_is_dropped_changes_nothing(session, exam):
    held, question, _ = exam
    before = points(session, held)
    proposed = proposals.propose(session, held, question.key, Kind.VOID, "", "演示", PEOPLE[0])
    assert proposals.drop(session, held, proposed.id, PEOPLE[0]).state == State.DROPPED
    assert points(session, held) == before and proposals.find_open(session, held, question.key) is None


@pytest.mark.parametrize("ways", ["", "E", "AB", "对", "B或Z"])
def test_letters_that_the_question_does_not_have_are_refused(session, exam, ways):
    held, question, _ = exam
    with pytest.raises(NotMended, match="字母"):
        proposals.propose(session, held, question.key, Kind.ANSWER, ways, "演示", PEOPLE[0])


def test_a_question_that_nobody_had_and_a_mending_of_another_campaign_are_refused(session, exam):
    held, question, _ = exam
    with pytest.raises(NotMended, match="没有人抽到"):
        proposals.propose(session, held, asked(session, 9)[-1].key, Kind.VOID, "", "演示", PEOPLE[0])
    other = campaign(session, EXAM, "other")
    proposed = proposals.propose(session, held, question.key, Kind.VOID, "", "演示", PEOPLE[0])
    with pytest.raises(NotMended, match="没有这条"):
        proposals.approve(session, other, proposed.id, PEOPLE[1])


def test_nothing_is_mended_once_the_list_of_the_draw_is_public(session):
    held, questions = campaign(session), asked(session)
    hand_in(session, held, "who", questions, {})
    proposed = proposals.propose(session, held, questions[0].key, Kind.VOID, "", "演示", PEOPLE[0])
    session.add(fixed_list(held))
    session.flush()
    for refused in (
        lambda: proposals.propose(session, held, questions[1].key, Kind.VOID, "", "演示", PEOPLE[0]),
        lambda: proposals.approve(session, held, proposed.id, PEOPLE[1]),
    ):
        with pytest.raises(NotMended, match="名单已经公布"):
            refused()


def fixed_list(held) -> EntryList:
    return EntryList(campaign_id=held.id, digest="0" * 64, people=1, body=b"", fixed_at=AFTER, fixed_by="")


def test_a_paper_handed_in_after_the_mending_is_marked_by_it(session, exam):
    held, question, _ = exam
    questions = asked(session)
    mend(session, held, question.key, Kind.VOID)
    late = hand_in(session, held, "late", questions, {}, minute=30)
    late.finished_at = None
    with clock.fixed_at(START + timedelta(minutes=32)):
        play.hand_in(session, late)
    assert late.half_points == 40 and points(session, held)["late"] == 20


def test_what_is_wrong_is_asked_no_more_until_it_was_put_right(session, exam):
    held, question, _ = exam
    mend(session, held, question.key, Kind.VOID)
    assert session.get_one(Question, question.key).retired
    assert question.key not in {one.key for one in pool.now(session, held)}
    newest = audit.entries(session, act="question.retire")[0]
    assert newest.thing == f"question:{question.key}" and newest.detail["reason"] == "演示理由"


def test_but_it_stays_where_a_campaign_that_goes_on_would_have_no_paper_left(session, exam):
    held, question, _ = exam
    others = select(Question).where(Question.subject == question.subject, Question.key != question.key)
    for other in session.scalars(others):
        other.retired = True
    one = f'[[paper]]\nsubject = "{question.subject}"\ncount = 1\npoints = 4\n'
    narrow = campaign(session, WRITTEN[: WRITTEN.index("[[paper]]")] + one, "narrow")
    narrow.closes_at = AFTER + timedelta(days=9)
    session.flush()
    mend(session, held, question.key, Kind.VOID)
    assert not session.get_one(Question, question.key).retired


def test_the_board_that_was_frozen_shows_what_stood_before_also_after_everything_was_counted_anew(session):
    rules, questions = WRITTEN.replace("minutes = 15", "minutes = 15\nfreeze_minutes = 60"), asked(session)
    held = campaign(session, rules)
    hand_in(session, held, "early", questions, {})
    hand_in(session, held, "late", questions, {question.key: question.answer for question in questions}, minute=2830)
    standings.rebuild(session, held)
    with clock.fixed_at(START + timedelta(minutes=2840)):
        assert [stand.participant for stand in standings.board(session, held).people] == ["early"]
    assert [stand.participant for stand in standings.board(session, held).people] == ["late", "early"]


def test_points_ranks_and_standings_equal_a_recomputation_from_raw_answers_and_mendings(session):
    held, questions = campaign(session, WRITTEN), asked(session, 12)
    chance = random.Random(7)  # noqa: S311 - made-up answers
    for number in range(60):
        drawn = chance.sample(questions, 5)
        letters = {question.key: chance.choice("ABCD") for question in drawn if chance.random() < 0.9}
        hand_in(session, held, f"p{number % 40}", drawn, letters, minute=number)
    standings.rebuild(session, held)
    mended: dict[str, tuple[str, str]] = {}
    for question in questions[:4]:
        for kind, ways in chance.sample([("void", ""), ("answer", "A或C"), ("answer", "D"), ("restore", "")], 3):
            try:
                mend(session, held, question.key, kind, ways)
            except NotMended:
                continue
            mended[question.key] = (kind, ways)
            as_recomputed(session, held, mended)


def as_recomputed(session, held, mended: dict[str, tuple[str, str]]) -> None:
    """By code of its own: from the letters, the bank and what was decided."""
    keys = {key: question.answer for key, question in repository.questions_by_key(session).items()}
    best: dict[str, tuple[int, object]] = {}
    session.expire_all()
    papers = select(Round).where(Round.campaign_id == held.id).options(selectinload(Round.given))
    for played in session.scalars(papers):
        letters = {given.question_key: given.letters for given in played.given}
        points = 0
        for key in played.question_keys:
            kind, ways = mended.get(key, ("restore", ""))
            right = ways.split("或") if kind == "answer" else [keys[key]]
            points += 20 if kind == "void" or letters.get(key) in right else 0
        merit = (-points, played.finished_at)
        best[played.citizen_id] = min(merit, best.get(played.citizen_id, merit))
        assert played.half_points == 2 * points == sum(given.half_points for given in played.given)
    order = sorted(best.values())
    for name, merit in best.items():
        participant = session.get(Participant, (held.id, name))
        assert standings.rank_of(session, participant) == order.index(merit) + 1
        assert participant.half_points == -2 * merit[0]
