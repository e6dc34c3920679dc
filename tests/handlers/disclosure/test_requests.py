"""A request from its receipt to its end: numbers, secrecy, two people, every move that is refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from content import audit, staff
from content.staff import NotAllowed, Role
from content.store import clock
from content.store.db import Database
from handlers import owing
from handlers.disclosure import excessive, fees, handling, letters, requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import MOVES, OPEN, Channel, DisclosureRequest, State
from handlers.disclosure.requests import NotDone
from tests.handlers.disclosure.conftest import APPROVER, CONTACT, KEYRING, NAME, READER, WRITER, at

DAY = date(2026, 11, 2)
SAID = {"how": "演示：见附件", "reason": "演示：理由", "about": "演示", "organ": "演示局", "channel": "演示"}
PAY_BY = date(2026, 11, 30)
"""Twenty working days after DAY."""
FEE = SAID | {"amount": "100"}


def words(letter: str) -> dict[str, str]:
    return {name: SAID.get(name, "演示") for name in letters.kinds()[letter].blanks}


def end(session, request, letter: str = "granted", day: date = DAY) -> None:
    with clock.fixed_at(at(day)):
        handling.draft_answer(session, request, WRITER, letter, words(letter))
        handling.approve(session, request, APPROVER)


@pytest.fixture
def eleventh(received) -> DisclosureRequest:
    """The first one of its applicant in its month that costs anything."""
    return [received(DAY) for _ in range(fees.FREE_ITEMS + 1)][-1]


# ── coming in ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_comes_through_the_net_is_received_when_the_bureau_confirms_it(session, file):
    request = file(Channel.PAGE, DAY).request
    assert (request.state, request.received_on, request.due_on) == (State.NEW, None, None)
    with clock.fixed_at(at(date(2026, 11, 4))):
        handling.confirm(session, request, WRITER)
    assert (request.received_on, request.due_on) == (date(2026, 11, 4), date(2026, 12, 2))
    filed, confirmed = clock.dated(DAY), clock.dated(request.received_on)
    assert request.steps[-1].note.startswith(f"{filed}提交，本机关{confirmed}确认收到\n答复期限")
    with pytest.raises(NotDone, match="办不了“双方确认"):
        handling.confirm(session, request, WRITER)


def test_what_is_confirmed_on_the_day_it_was_handed_in_and_what_came_by_post_name_the_last_day_alone(session, file):
    at_once = file(Channel.PAGE, DAY).request
    with clock.fixed_at(at(DAY, 16)):
        handling.confirm(session, at_once, WRITER)
    for request in (at_once, file(Channel.POST, DAY).request):
        assert request.steps[-1].note.startswith("答复期限的最后一天")


@pytest.mark.parametrize("received_on", [None, DAY + timedelta(days=1)])
def test_staff_say_when_a_letter_came_and_not_a_day_to_come(session, received_on):
    application = Application("person", NAME, CONTACT, "演示", "", "online", "")
    with clock.fixed_at(at(DAY)), pytest.raises(NotDone, match="收到申请的日子"):
        requests.file(session, KEYRING, Channel.POST, application, by=WRITER, received_on=received_on)


def test_numbers_of_a_year_have_no_gap_and_begin_anew(session, file):
    numbers = [file(on=date(2026, 12, 30)).request.number, file(on=date(2026, 12, 31)).request.number]
    assert [*numbers, file(on=date(2027, 1, 4)).request.number] == ["2026-0001", "2026-0002", "2027-0001"]


def test_many_at_once_get_numbers_of_their_own(database: Database):
    def one(_: int) -> str:
        with database.transaction() as session:
            application = Application("person", NAME, CONTACT, "演示：一份信息", "", "online", "")
            return requests.file(session, KEYRING, Channel.PAGE, application).request.number

    with ThreadPoolExecutor(8) as threads:
        numbers = sorted(threads.map(one, range(24)))
    assert numbers == [f"{clock.today().year}-{serial:04d}" for serial in range(1, 25)]


def test_who_applies_stands_nowhere_in_clear_and_is_shown_on_record_alone(session, file):
    request = file(Channel.COUNTER, DAY, address="演示路1号").request
    for row in session.execute(select(DisclosureRequest.__table__)).all():
        assert not any(secret in str(row) for secret in (NAME, CONTACT, "演示路1号"))
    shown = requests.particulars_of(session, KEYRING, request, APPROVER)
    assert (shown.name, shown.contact, shown.address) == (NAME, CONTACT, "演示路1号")
    noted = audit.entries(session, act="request.particulars")
    assert [(one.staff_name, one.thing) for one in noted] == [(APPROVER, f"request:{request.number}")]
    with pytest.raises(NotAllowed):
        requests.particulars_of(session, KEYRING, request, READER)


def test_number_and_code_find_it_however_they_are_written(session, file):
    filed = file(Channel.PAGE, DAY)
    number, code = filed.request.number, filed.code
    assert requests.find_by_code(session, f" {number} ", f"{code[:5].lower()}-{code[5:]}") is filed.request
    for wrong in (code[:-1], "", code[::-1] if code[::-1] != code else "A" * 10):
        assert requests.find_by_code(session, number, wrong) is None
    for nowhere in ("2026-9999", "abc", "2026", "-", "99999999-1"):
        assert requests.find_by_code(session, nowhere, code) is None


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

ACTS = {
    "confirm": (State.IN_HAND, lambda s, r: handling.confirm(s, r, WRITER)),
    "correction": (State.CORRECTING, lambda s, r: handling.ask_to_correct(s, r, WRITER, "演示", DAY + timedelta(9))),
    "corrected": (State.IN_HAND, lambda s, r: handling.corrected(s, r, WRITER, DAY, "演示：改过")),
    "consult": (State.CONSULTING, lambda s, r: handling.consult(s, r, WRITER, "third_party", DAY, "演示")),
    "opinion": (State.IN_HAND, lambda s, r: handling.opinion_came(s, r, WRITER, DAY, "演示")),
    "reasons": (State.IN_HAND, lambda s, r: excessive.ask_reasons(s, r, WRITER, "演示", DAY + timedelta(9))),
    "extension": (State.IN_HAND, lambda s, r: handling.draft_extension(s, r, WRITER, 5, "演示")),
    "answer": (State.ANSWERED, lambda s, r: end(s, r)),
    "withdraw": (State.WITHDRAWN, lambda s, r: handling.withdraw(s, r)),
}
ALLOWED = {
    State.NEW: {"confirm", "withdraw"},
    State.IN_HAND: {"correction", "consult", "reasons", "extension", "answer", "withdraw"},
    State.CORRECTING: {"corrected", "withdraw"},
    State.CONSULTING: {"opinion", "withdraw"},
    State.ANSWERED: set(),
    State.WITHDRAWN: set(),
}


def bring_to(session, file, state: State) -> DisclosureRequest:
    channel = Channel.PAGE if state is State.NEW else Channel.COUNTER
    request = file(channel, DAY).request
    way = {State.CORRECTING: "correction", State.CONSULTING: "consult", State.ANSWERED: "answer",
           State.WITHDRAWN: "withdraw"}  # fmt: skip
    with clock.fixed_at(at(DAY)):
        if state in way:
            ACTS[way[state]][1](session, request)
    assert request.state == state
    return request


@pytest.mark.parametrize("state", ALLOWED)
def test_every_state_takes_just_its_acts(session, file, state):
    for act, (to, do) in ACTS.items():
        request = bring_to(session, file, state)
        steps = len(request.steps)
        with clock.fixed_at(at(DAY)):
            if act in ALLOWED[state]:
                do(session, request)
                assert request.state in (to, state) and len(request.steps) > steps, act
                continue
            with pytest.raises(NotDone):
                do(session, request)
        assert request.state == state and len(request.steps) == steps, act


def test_moves_are_told_for_every_state():
    assert set(MOVES) == set(State) and all(set(to) <= set(State) for to in MOVES.values())
    assert all(MOVES[state] for state in OPEN)


# ── two people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_approves_what_he_drafted(session, received):
    both = "演示两职"
    staff.add_staff(session, both, both, [Role.WRITE, Role.REVIEW1], "")
    request = received(DAY)
    with clock.fixed_at(at(DAY)):
        handling.draft_answer(session, request, both, "granted", words("granted"))
        with pytest.raises(NotDone, match="两个人"):
            handling.approve(session, request, both)
        with pytest.raises(NotAllowed):
            handling.approve(session, request, WRITER)
        with pytest.raises(NotDone, match="等着另一个人批"):
            handling.consult(session, request, WRITER, "third_party", DAY, "演示")
        handling.send_back(session, request, APPROVER, "演示：理由不够")
        with pytest.raises(NotDone, match="没有等着批"):
            handling.approve(session, request, APPROVER)
        assert request.state == State.IN_HAND
    end(session, request)
    assert (request.state, request.ended_on, request.answer) == (State.ANSWERED, DAY, "granted")


@pytest.mark.parametrize("by", [READER, "没有这个人"])
def test_whoever_only_reads_does_nothing(session, received, by):
    request = received(DAY)
    with clock.fixed_at(at(DAY)):
        for act in (
            lambda: handling.ask_to_correct(session, request, by, "演示", DAY + timedelta(9)),
            lambda: handling.draft_answer(session, request, by, "granted", words("granted")),
            lambda: handling.add_note(session, request, by, "演示"),
            lambda: handling.draft_void(session, request, by, "演示"),
            lambda: handling.withdraw(session, request, by),
            lambda: handling.approve(session, request, by),
        ):
            with pytest.raises(NotAllowed):
                act()


# ── every way it may end ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_of_the_annual_report_is_reached_by_an_answer_and_every_answer_has_a_letter():
    rows = {answer.report_class for answer in handling.answers().values()}
    assert rows == {
        "3.1", "3.2", *(f"3.3.{n}" for n in range(1, 9)), *(f"3.4.{n}" for n in range(1, 4)),
        *(f"3.5.{n}" for n in range(1, 6)), *(f"3.6.{n}" for n in range(1, 4)),
    }  # fmt: skip
    assert set(handling.answers()) <= set(letters.kinds())


def test_an_answer_is_counted_in_its_row_and_some_need_an_act_before(session, received):
    for letter, answer in handling.answers().items():
        request = received(DAY)
        if answer.after:
            with clock.fixed_at(at(DAY)), pytest.raises(NotDone):
                handling.draft_answer(session, request, WRITER, letter, words(letter))
            continue
        end(session, request, letter)
        assert (request.report_class, request.steps[-1].letter) == (answer.report_class, letter)


def test_an_application_is_given_up_only_when_its_time_for_correction_is_over(session, received):
    request, until = received(DAY), date(2026, 11, 20)
    with clock.fixed_at(at(DAY)):
        handling.ask_to_correct(session, request, WRITER, "演示：请写明年份", until)
        with pytest.raises(NotDone, match="11月20日"):
            handling.draft_answer(session, request, WRITER, "abandoned", words("abandoned"))
    end(session, request, "abandoned", until + timedelta(days=1))
    assert (request.state, request.report_class) == (State.CLOSED, "3.6.1")


def test_a_correction_is_asked_for_once_and_within_seven_working_days(session, received):
    request = received(DAY)
    with clock.fixed_at(at(date(2026, 11, 12))), pytest.raises(NotDone, match="7个工作日"):
        handling.ask_to_correct(session, request, WRITER, "演示", date(2026, 11, 30))
    with clock.fixed_at(at(date(2026, 11, 11))):  # the seventh
        handling.ask_to_correct(session, request, WRITER, "演示", date(2026, 11, 30))
        handling.corrected(session, request, WRITER, date(2026, 11, 11), "演示：改过")
        with pytest.raises(NotDone, match="一次性"):
            handling.ask_to_correct(session, request, WRITER, "演示", date(2026, 11, 30))


def test_nothing_is_said_without_a_reason(session, received):
    with clock.fixed_at(at(DAY)), pytest.raises(NotDone, match="写明"):
        handling.consult(session, received(DAY), WRITER, "third_party", DAY, "   ")


def test_words_too_long_for_a_letter_are_refused_and_never_cut(session, received):
    request, longest = received(DAY), "演" * requests.LONGEST
    with clock.fixed_at(at(DAY)):
        with pytest.raises(NotDone, match="最多写 4000 个字"):
            handling.draft_answer(session, request, WRITER, "granted", {"how": longest + "示"})
        assert request.draft is None
        handling.draft_answer(session, request, WRITER, "granted", {"how": longest})
    assert request.draft["words"]["how"] == longest


def test_whoever_came_from_the_chat_is_told_of_each_step(session):
    application = Application("person", NAME, CONTACT, "演示：一份信息", "", "online", "")
    with clock.fixed_at(at(DAY)):
        request = requests.file(session, KEYRING, Channel.CHAT, application, citizen_id="c" * 32).request
        handling.confirm(session, request, WRITER)
    end(session, request)
    told = session.scalars(select(owing.Owed).where(owing.Owed.citizen_id == "c" * 32)).all()
    assert any("答复" in owed.text and request.number in owed.text for owed in told)
    assert not any(NAME in owed.text or CONTACT in owed.text for owed in told)


# ── fees ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("nth", "yuan"), [(1, 0), (10, 0), (11, 100), (30, 100), (31, 200), (40, 200), (41, 300), (51, 400)]
)
def test_items_of_a_month_cost_more_by_tens(nth, yuan):
    assert fees.of_item(nth) == yuan


@pytest.mark.parametrize(
    ("pages", "yuan"), [(0, 0), (30, 0), (31, 10), (100, 700), (101, 720), (200, 2700), (201, 2740), (210, 3100)]
)
def test_pages_cost_more_the_more_there_are(pages, yuan):
    assert fees.of_pages(pages) == yuan


def test_items_are_counted_by_applicant_and_month(session, file):
    first, second = file(on=date(2026, 10, 31)).request, file(on=date(2026, 11, 2)).request
    third, other = file(on=date(2026, 11, 3)).request, file(on=date(2026, 11, 3), name="演示申请人乙").request
    assert [fees.nth_of_month(session, one) for one in (first, second, third, other)] == [1, 1, 2, 1]
    assert requests.same_wish(session, third) == [first, second]


def test_no_fee_is_asked_where_the_bureau_takes_none(session, received):
    with clock.fixed_at(at(DAY)), pytest.raises(NotDone, match="没有启用"):
        excessive.ask_fee(session, received(DAY), WRITER, {}, DAY, is_on=False)


def ask_fee(session, request, until: date = PAY_BY, **said: str) -> None:
    excessive.ask_fee(session, request, WRITER, FEE | said, until, is_on=True)


@pytest.mark.parametrize(
    ("amount", "pages", "refusal"),
    [
        *((amount, "", "整数元，从 1 元到 100 元") for amount in ("0", "-5", "99.5", "一百万", "101")),
        ("701", "100", "最多收 700 元"),
        ("10", "30", "30页以下的不收费"),
        ("10", "许多", "页数请写数字"),
    ],
)
def test_no_fee_is_asked_that_the_rates_do_not_give(session, eleventh, amount, pages, refusal):
    with clock.fixed_at(at(DAY)), pytest.raises(NotDone, match=refusal):
        ask_fee(session, eleventh, amount=amount, pages=pages)
    assert not any(step.act == "fee" for step in eleventh.steps)


def test_the_first_ten_of_a_month_are_free_by_the_item_and_thirty_pages_are(session, received):
    request = received(DAY)
    with clock.fixed_at(at(DAY)):
        with pytest.raises(NotDone, match="当月第 1 件.*不收费"):
            ask_fee(session, request)
        ask_fee(session, request, amount="700", pages="100")
    assert request.steps[-1].words["amount"] == "700"


def test_one_notice_goes_out_for_an_application_and_in_time(session, eleventh, received):
    late = received(DAY)
    with clock.fixed_at(at(late.due_on + timedelta(days=1))), pytest.raises(NotDone, match="答复期限.*已满"):
        ask_fee(session, late, late.due_on + timedelta(days=60))
    with clock.fixed_at(at(DAY)):
        ask_fee(session, eleventh)
        for _ in range(2):
            with pytest.raises(NotDone, match="只收一次"):
                ask_fee(session, eleventh)
            if not any(step.act == "paid" for step in eleventh.steps):
                excessive.fee_came(session, eleventh, WRITER)


def test_nobody_is_closed_as_unpaid_before_the_day_named_in_the_notice_is_over(session, eleventh):
    request = eleventh
    with clock.fixed_at(at(DAY)):
        with pytest.raises(NotDone, match="至少给 20 个工作日"):
            excessive.ask_fee(session, request, WRITER, FEE, PAY_BY - timedelta(days=1), is_on=True)
        excessive.ask_fee(session, request, WRITER, FEE, PAY_BY, is_on=True)
    assert request.steps[-1].words["until_day"] == PAY_BY.isoformat() and "以前（含当日）缴纳" in request.steps[-1].note
    with clock.fixed_at(at(PAY_BY)), pytest.raises(NotDone, match="缴费期限到2026年11月30日"):
        handling.draft_answer(session, request, WRITER, "unpaid", words("unpaid"))
    end(session, request, "unpaid", PAY_BY + timedelta(days=1))
    assert request.state == State.CLOSED and request.report_class == "3.6.2"


def test_what_the_applicant_may_still_do_is_waited_for(session, eleventh):
    request, day = eleventh, DAY + timedelta(days=7)
    with clock.fixed_at(at(DAY)):
        excessive.ask_reasons(session, request, WRITER, "演示：一个月四十件", day)
        with pytest.raises(NotDone, match="说明理由的期限"):
            handling.draft_answer(session, request, WRITER, "excessive", words("excessive"))
        excessive.ask_fee(session, request, WRITER, FEE, PAY_BY, is_on=True)
        excessive.fee_came(session, request, WRITER)
        with pytest.raises(NotDone, match="已经登记收到"):
            handling.draft_answer(session, request, WRITER, "unpaid", words("unpaid"))
        with pytest.raises(NotDone, match="60 个工作日"):
            handling.ask_to_correct(session, request, WRITER, "演示", date(2999, 1, 1))
    end(session, request, "excessive", day + timedelta(days=1))
    assert request.report_class == "3.5.4"


def test_what_came_before_a_notice_does_not_answer_it(session, received):
    request, day = received(DAY), DAY + timedelta(days=7)
    with clock.fixed_at(at(DAY)):
        for came in (lambda: excessive.reasons_came(session, request, WRITER, "演示"),
                     lambda: excessive.fee_came(session, request, WRITER)):  # fmt: skip
            with pytest.raises(NotDone, match="没有等着答复的"):
                came()
        excessive.ask_reasons(session, request, WRITER, "演示：第一次", day)
        excessive.reasons_came(session, request, WRITER, "演示")
        excessive.ask_reasons(session, request, WRITER, "演示：第二次", day)
        with pytest.raises(NotDone, match="说明理由的期限"):
            handling.draft_answer(session, request, WRITER, "excessive", words("excessive"))
        excessive.reasons_came(session, request, WRITER, "演示")
    end(session, request, "excessive")


def test_a_payment_of_before_does_not_forbid_to_end_what_a_later_notice_was_not_paid_for(session, eleventh):
    request = eleventh
    with clock.fixed_at(at(DAY)):
        requests.add_step(session, request, "paid", by=WRITER)  # as it could be put down once, without a notice
        excessive.ask_fee(session, request, WRITER, FEE, PAY_BY, is_on=True)
        with pytest.raises(NotDone, match="缴费期限"):
            handling.draft_answer(session, request, WRITER, "unpaid", words("unpaid"))
    end(session, request, "unpaid", PAY_BY + timedelta(days=1))
