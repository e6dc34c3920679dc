"""An application that staff entered by a slip is made void by two people, and stands nowhere but on record then."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from content import audit, staff
from content.staff import NotAllowed, Role
from content.store import clock
from handlers.disclosure import desk, fees, handling, requests, telling, yearly
from handlers.disclosure.models import Channel, State
from handlers.disclosure.requests import NotDone
from handlers.owing import Owed
from tests.handlers.disclosure.conftest import APPROVER, READER, WRITER, at

DAY = date(2026, 11, 2)
REASON = "演示：同 2026-0001 重复登记"


@pytest.fixture
def voided(session, file):
    """The second entry of one letter."""
    file(Channel.POST, DAY)
    request = file(Channel.POST, DAY).request
    with clock.fixed_at(at(DAY)):
        handling.draft_void(session, request, WRITER, REASON)
        handling.approve(session, request, APPROVER)
    return request


def test_one_asks_with_a_reason_and_another_approves_and_the_history_says_who_when_and_why(session, received):
    request = received(DAY)
    with clock.fixed_at(at(DAY)):
        for by in (READER, APPROVER):
            with pytest.raises(NotAllowed):
                handling.draft_void(session, request, by, REASON)
        with pytest.raises(NotDone, match="写明原因"):
            handling.draft_void(session, request, WRITER, "  ")
        handling.draft_void(session, request, WRITER, REASON)
        staff.set_roles(session, WRITER, [Role.WRITE, Role.REVIEW1], "")
        with pytest.raises(NotDone, match="两个人"):
            handling.approve(session, request, WRITER)
        assert request.state == State.IN_HAND and request.due_on
        handling.approve(session, request, APPROVER)
    drafted, done = request.steps[-2:]
    assert (drafted.act, drafted.by, done.act, done.by, done.note) == ("draft", WRITER, "void", APPROVER, REASON)
    assert done.at == at(DAY)
    newest = audit.entries(session, act="request")[:2]
    assert [(one.act, one.staff_name) for one in newest] == [("request.void", APPROVER), ("request.draft", WRITER)]


@pytest.mark.parametrize("state", [State.CORRECTING, State.CONSULTING])
def test_it_may_be_noticed_while_something_is_waited_for_and_nothing_is_waited_for_then(session, received, state):
    request = received(DAY)
    with clock.fixed_at(at(DAY)):
        if state is State.CORRECTING:
            handling.ask_to_correct(session, request, WRITER, "演示", DAY + timedelta(9))
        else:
            handling.consult(session, request, WRITER, "third_party", DAY, "演示")
        handling.draft_void(session, request, WRITER, REASON)
        handling.approve(session, request, APPROVER)
        with pytest.raises(NotDone):
            desk.tell_third_party(session, request, WRITER, "演示", "演示")
    assert (request.state, request.correct_until, request.due_on, request.is_provisional) == (
        State.VOID, None, None, False,
    )  # fmt: skip


def test_what_a_citizen_handed_in_himself_and_what_is_answered_is_never_void(session, file, received):
    online, answered = file(Channel.PAGE, DAY).request, received(DAY)
    with clock.fixed_at(at(DAY)):
        handling.confirm(session, online, WRITER)
        with pytest.raises(NotDone, match="只有工作人员登记的"):
            handling.draft_void(session, online, WRITER, REASON)
        handling.draft_answer(session, answered, WRITER, "granted", {"how": "演示"})
        with pytest.raises(NotDone, match="等着另一个人批"):
            handling.draft_void(session, answered, WRITER, REASON)
        handling.approve(session, answered, APPROVER)
        with pytest.raises(NotDone, match="已答复"):
            handling.draft_void(session, answered, WRITER, REASON)
    assert online.draft is None and (online.state, answered.state) == (State.IN_HAND, State.ANSWERED)


def test_its_number_stays_used_and_nothing_more_can_be_done_with_it(session, file, voided):
    assert [file(Channel.COUNTER, DAY).request.number, voided.number] == ["2026-0003", "2026-0002"]
    with clock.fixed_at(at(DAY)):
        for act in (
            lambda: handling.draft_answer(session, voided, WRITER, "granted", {"how": "演示"}),
            lambda: handling.withdraw(session, voided),
            lambda: handling.draft_void(session, voided, WRITER, REASON),
            lambda: handling.consult(session, voided, WRITER, "third_party", DAY, "演示"),
        ):
            with pytest.raises(NotDone):
                act()
        handling.add_note(session, voided, WRITER, "演示")
    assert voided.state == State.VOID


def test_nobody_is_told_and_nobody_is_reminded(session, voided):
    assert [step.request.number for step in telling.untold(session)] == ["2026-0001"]
    assert telling.count_untold(session) == 1 and not any(map(telling.is_untold, voided.steps))
    assert [one.number for one in requests.open_requests(session)] == ["2026-0001"]
    assert not handling.count_anew(session, voided)
    assert session.scalar(select(func.count()).select_from(Owed)) == 0


def test_it_is_counted_in_no_figure_and_stands_in_a_list_of_its_own(session, file, voided):
    with clock.fixed_at(at(DAY)):
        rows = yearly.count(session, 2026)
        assert (rows["1"]["all"], rows["3.7"]["all"], rows["4"]["all"]) == (1, 0, 1) and yearly.faults(rows) == []
        assert yearly.count(session, 2027)["2"]["all"] == 1
        third = file(Channel.POST, DAY).request
        assert fees.nth_of_month(session, third) == 2
        assert [one.number for one in requests.same_wish(session, third)] == ["2026-0001"]
        counts = desk.counts(session, WRITER)
        assert (counts["void"], counts["over"], counts["open"], counts["all"]) == (1, 0, 2, 3)
        assert [one.number for one in desk.listing(session, "void", WRITER).rows] == ["2026-0002"]
        names = desk.Names({"post": "来信"}, {"person": "公民个人"})
        row = next(row for row in desk.year_rows(session, 2026, names) if row[0] == "2026-0002")
    assert "已作废" in row and row[-2] == ""
