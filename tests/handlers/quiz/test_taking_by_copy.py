"""An answer that is taken without looking first is taken only where SQL has the talk and the round as the copy has."""

import pytest

from content.store import clock
from handlers import conversation, receipts
from handlers.message import Reply
from handlers.quiz import play, taking

QUESTION = 2
"""The place of the question that waits."""


@pytest.fixture
def player(somebody):
    """He has answered the first question of a round; the copy of his talk is there."""
    somebody.says("宪法知识竞答")
    somebody.says("A", key=f"first-{somebody.openid}")
    assert somebody.copy
    return somebody


@pytest.fixture
def statements(bureau, monkeypatch):
    """What the driver is asked by itself."""
    sent: list[str] = []
    quick, rows, write = bureau.database.quick, bureau.database.quick.rows, bureau.database.quick.write
    monkeypatch.setattr(quick, "rows", lambda sql, values: (sent.append(sql), rows(sql, values))[1])
    monkeypatch.setattr(quick, "write", lambda sql, values: (sent.append(sql), write(sql, values))[1])
    return sent


def given(played, player) -> dict[int, str]:
    return {answer.place: answer.letters for answer in played(player).given}


def test_an_answer_costs_one_statement(player, played, statements):
    player.says("B")
    assert len(statements) == 1 and statements[0].sql.startswith("INSERT INTO quiz_answers")
    assert given(played, player) == {1: "A", QUESTION: "B"}


def test_so_does_the_first_answer_of_a_round(somebody, played, statements):
    somebody.says("宪法知识竞答")
    statements.clear()
    somebody.says("A")
    assert len(statements) == 1 and given(played, somebody) == {1: "A"}


def test_the_same_message_once_more_is_no_answer_to_the_next_question(player, played):
    player.says("A", key=f"first-{player.openid}")  # Redis has lost the reply, but not the talk
    assert given(played, player) == {1: "A"}
    player.says("B")
    assert given(played, player) == {1: "A", QUESTION: "B"}


def test_a_message_that_has_done_something_else_is_no_answer(bureau, player, played):
    receipts.once(bureau.database, f"seen-{player.openid}", lambda session: Reply(text="已做"))
    assert player.says("B", key=f"seen-{player.openid}").text == "已做"
    assert given(played, player) == {1: "A"}


def test_a_talk_that_was_begun_anew_is_looked_up(bureau, player, played, citizen_id):
    with bureau.database.transaction() as session:
        conversation.begin(session, citizen_id(player), "quiz", {"round": played(player).id})
    statements_before = player.copy
    player.says("B")
    assert given(played, player) == {1: "A", QUESTION: "B"} and player.copy != statements_before


def test_a_talk_that_was_left_takes_nothing(bureau, player, played, citizen_id):
    round_id = played(player).id
    with bureau.database.transaction() as session:
        conversation.leave(session, citizen_id(player))
    player.says("B")
    assert list(taking.find_sheet(bureau.database, round_id).given) == [1]


def test_what_was_answered_on_the_page_meanwhile_is_not_asked_again(bureau, player, played):
    sheet = played(player)
    taking.save(bureau.database, bureau.questions, sheet.id, sheet.citizen_id, QUESTION, "A", 1)
    player.says("B")
    assert given(played, player) == {1: "A", QUESTION: "A", 3: "B"}


def test_a_round_that_was_handed_in_elsewhere_takes_nothing(bureau, player, played):
    round_id = played(player).id
    with bureau.database.transaction() as session:
        play.hand_in(session, play.find_round(session, round_id))
    assert "第 3" not in player.says("B").text
    assert list(taking.find_sheet(bureau.database, round_id).given) == [1]


def test_a_week_later_nothing_is_taken(player, played, bureau):
    round_id = played(player).id
    with clock.fixed_at(clock.now() + conversation.KEPT):
        player.says("B")
    assert list(taking.find_sheet(bureau.database, round_id).given) == [1]


@pytest.mark.parametrize("copy", ["", "{", "[]", '["x"]', "null", '"quiz"', "[1,2,3,4,5]", '["x","nothing",{},1,null]'])
def test_a_copy_that_nobody_can_read_is_no_copy(player, played, copy):
    player.copy = copy
    player.says("B")
    assert given(played, player) == {1: "A", QUESTION: "B"}


def test_what_cannot_be_a_plain_answer_is_looked_up(player, played, statements):
    player.says("继续")
    assert len(statements) == 2 and given(played, player) == {1: "A"}
