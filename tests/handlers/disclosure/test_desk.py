"""Lists of the desk, numbers of letters, a year without anybody in it: on both databases."""

from datetime import UTC, date, datetime

import pytest

from bot.demo import officials
from content.staff import NotFound, Role
from content.store import clock
from handlers.disclosure import desk, handling, requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel
from handlers.disclosure.requests import NotDone

WRITER, REVIEWER = officials.NAMES[Role.WRITE], officials.NAMES[Role.REVIEW1]
NAMES = desk.Names({"post": "来信", "page": "网页"}, {"person": "公民个人"})


def application(wanted: str) -> Application:
    return Application("person", "演示姓名", "demo-contact", wanted, "", "counter", "")


@pytest.fixture
def four(database, keyring):
    """New; due in two working days; overdue; answered. Their ids."""
    officials.seed(database, keyring)
    with clock.fixed_at(datetime(2026, 12, 2, 2, tzinfo=UTC)), database.transaction() as session:
        new = requests.file(session, keyring, Channel.PAGE, application("第一份 100%"))
        days = (date(2026, 11, 6), date(2026, 10, 12), date(2026, 12, 1))
        entered = [
            requests.file(session, keyring, Channel.POST, application(f"第{name}份"), by=WRITER, received_on=day)
            for name, day in zip("二三四", days, strict=True)
        ]
        last = entered[-1].request
        handling.consult(session, last, WRITER, "third_party", date(2026, 12, 2), "演示")
        handling.opinion_came(session, last, WRITER, date(2026, 12, 2), "不同意")
        handling.draft_answer(session, last, WRITER, "granted", {"how": "演示"})
        assert numbers(session, "waiting") == ["2026-0004"]
        handling.approve(session, last, REVIEWER)
        return [new.request.id, *(one.request.id for one in entered)]


def numbers(session, chosen, words=""):
    return [one.number for one in desk.listing(session, chosen, WRITER, words).rows]


def test_each_list_holds_what_its_name_says_and_what_is_due_first_stands_first(database, four):
    with clock.fixed_at(datetime(2026, 12, 2, 2, tzinfo=UTC)), database.reading() as session:
        assert numbers(session, "open") == ["2026-0001", "2026-0003", "2026-0002"]
        assert (numbers(session, "new"), numbers(session, "soon")) == (["2026-0001"], ["2026-0002"])
        assert (numbers(session, "overdue"), numbers(session, "over")) == (["2026-0003"], ["2026-0004"])
        assert numbers(session, "mine") == ["2026-0003", "2026-0002"] and len(numbers(session, "all")) == 4
        assert desk.counts(session, WRITER) == {
            name: len(desk.listing(session, name, WRITER).rows) for name in desk.FILTERS
        }
        assert numbers(session, "all", "2026-0002") == ["2026-0002"] and numbers(session, "all", "第三") == [
            "2026-0003"
        ]
        assert numbers(session, "all", "%") == ["2026-0001"] and desk.years(session) == [2026]


def test_a_year_has_a_row_for_each_and_nobody_in_it(database, four):
    with database.reading() as session:
        rows = desk.year_rows(session, 2026, NAMES)
    assert len(rows) == 5 and {len(row) for row in rows} == {len(rows[0])}
    assert rows[4][0] == "2026-0004" and "3.1" in rows[4]
    assert "演示姓名" not in str(rows) and "demo-contact" not in str(rows)


def test_a_letter_gets_its_number_and_that_of_another_request_is_not_there(database, four):
    with database.transaction() as session:
        mine, other = (requests.get_request(session, four[place]) for place in (3, 1))
        step = next(step for step in mine.steps if step.letter == "granted")
        desk.number_letter(session, mine, step.id, " 演示字 〔2026〕1号 ", WRITER)
        assert step.words["document_number"] == "演示字 〔2026〕1号"
        with pytest.raises(NotFound):
            desk.number_letter(session, other, step.id, "x", WRITER)
        with pytest.raises(NotDone):
            desk.number_letter(session, mine, step.id, " ", WRITER)


def test_who_was_asked_is_told_that_it_is_made_public_and_the_applicant_is_not_told_of_that(database, four):
    with database.transaction() as session:
        mine, other = (requests.get_request(session, four[place]) for place in (3, 1))
        desk.tell_third_party(session, mine, WRITER, "演示内容", "演示理由")
        assert mine.steps[-1].letter == "third_party_told" and mine.steps[-1].is_inner
        for request, reason in ((other, "演示"), (mine, " ")):
            with pytest.raises(NotDone):
                desk.tell_third_party(session, request, WRITER, "演示", reason)
