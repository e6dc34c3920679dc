"""Any paper is drawn again from its seed: the same, whatever became of the bank (see test_pool.py)."""

import pytest

from content import repository
from content.store import clock
from handlers.quiz import paper, pool, rebuilding, register
from handlers.quiz.exam import roster
from handlers.quiz.models import Participant
from tests.handlers.quiz.examined import AFTER, campaign, hand_in


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened, clock.fixed_at(AFTER):
        yield opened


@pytest.fixture
def played(session, bureau):
    held = campaign(session)
    bank = {question.key: question for question in repository.questions(session)}
    name = roster.participant_of(bureau.keyring, held.id, "D001")
    state, there = pool.fixed(session, held)
    drawn = paper.draw(there, register.rules_of(held).paper, f"{name[:24]}-0")
    mine = hand_in(session, held, name, [bank[item.key] for item in drawn], {})
    mine.drawn_from = state
    return held, mine


def test_it_is_found_by_code_number_or_its_own_name_and_is_the_same(session, bureau, played):
    held, mine = played
    code = session.get(Participant, (held.id, mine.citizen_id)).code
    for typed in (code.lower(), "d001", f" {mine.id} "):
        assert rebuilding.find_papers(session, bureau.keyring, held, typed) == [mine]
    for typed in ("", "D002", "%"):
        assert rebuilding.find_papers(session, bureau.keyring, held, typed) == []
    rebuilt = rebuilding.rebuild(session, held, mine)
    assert rebuilt.is_same and [line.question.key for line in rebuilt.lines] == mine.question_keys
    assert rebuilt.expected == pytest.approx(rebuilt.average_expected)


def test_a_question_that_is_retired_or_changed_leaves_it_the_same_and_another_order_is_told(session, played):
    held, mine = played
    question = rebuilding.rebuild(session, held, mine).lines[0].question
    question.retired = True
    session.flush()
    assert rebuilding.rebuild(session, held, mine).is_same
    question.subject = "other"
    session.flush()
    assert rebuilding.rebuild(session, held, mine).is_same
    mine.question_keys = list(reversed(mine.question_keys))
    assert not rebuilding.rebuild(session, held, mine).is_same
