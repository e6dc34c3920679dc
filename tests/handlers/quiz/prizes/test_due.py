"""Staff are told that it is their turn in a draw: which step, by whom and until when, before it is too late."""

from datetime import UTC, datetime, timedelta

from content import staff
from content.store import clock
from handlers.quiz import register
from handlers.quiz.prizes import drawing, due, entries
from handlers.quiz.prizes.due import Due, Press, Walked
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, LATER, NUMBERS, OPEN, OVER, SOURCE, drawn

HOUR = timedelta(hours=1)


def day(number: int, month: int = 12, hour: int = 10) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=clock.BEIJING)


def dues(database, at: datetime) -> list[Due]:
    with database.reading() as session, clock.fixed_at(at):
        return due.dues(session)


def told(database, at: datetime) -> Due:
    [one] = dues(database, at)
    return one


def types(database, by: str, numbers: str = NUMBERS, at: datetime = DRAWN) -> None:
    with database.transaction() as session, clock.fixed_at(at):
        drawing.type_numbers(session, register.get_held(session, "demo"), numbers, SOURCE, by)


def test_nobody_is_bothered_while_people_answer_or_the_program_fixes_the_list(database, held):
    assert dues(database, OPEN) == dues(database, OVER) == []


def test_a_list_that_the_program_did_not_fix_is_told_with_the_last_moment_for_it(database, held):
    waiting = told(database, OVER + HOUR)
    assert waiting.press is Press.PRESSING and "最晚12月6日 20:00（周日）" in waiting.told
    assert "马上" in told(database, day(7)).told


def test_from_the_list_to_the_last_day_it_is_said_again_three_days_and_one_day_before(database, listed):
    ahead = told(database, day(5))
    assert ahead.press is Press.AHEAD and "20个参与码" in ahead.told
    assert told(database, day(6, hour=22)).step == "listed"  # the evening itself: nobody has read the numbers yet
    first, later = told(database, day(7)), told(database, day(17))
    assert (first.step, first.press) == (later.step, later.press) == ("numbers-none", Press.NOW)
    assert "12月6日（周日）晚上开了奖" in first.told and "两个有“活动”角色的人" in first.told
    assert "最晚12月21日（周一），还有14天" in first.told
    near = [told(database, day(number)) for number in (18, 19, 20, 21)]
    assert [one.step for one in near] == ["numbers-none-3", "numbers-none-3", "numbers-none-1", "numbers-none-0"]
    assert {one.press for one in near} == {Press.PRESSING} and "就是今天" in near[-1].told


def test_numbers_that_one_has_typed_wait_for_another_by_name_and_those_that_differ_for_both(database, listed):
    types(database, "jia")
    second = told(database, day(6, hour=22))  # on the evening itself, now that there is something to say
    assert second.step == "numbers-second" and "演示已经录入，还差另一个" in second.told
    types(database, "yi", "1 2 3 4 5 6 + 7")
    assert "不一样" in told(database, day(7)).told
    types(database, "yi")
    agreed = told(database, day(7))
    assert agreed.press is Press.PRESSING and "现在抽奖" in agreed.told


def test_a_secret_withheld_and_the_later_issue_are_told_until_somebody_draws(database, listed, keyring):
    withheld = told(database, day(22))
    assert (withheld.step, withheld.press) == ("withheld", Press.NOW)
    assert "改用双色球第2026148期，12月22日（周二）晚上开奖" in withheld.told and "写明" in withheld.told
    with database.transaction() as session, clock.fixed_at(day(22)):
        drawing.give_reason(session, register.get_held(session, "demo"), "演示", "jia")
    assert told(database, day(22)).press is Press.AHEAD
    later = [told(database, at) for at in (day(23), day(29), datetime(2027, 2, 1, tzinfo=UTC))]
    assert [one.step for one in later] == ["later-none-0", "later-none-1", "later-none-5"]
    assert {one.press for one in later} == {Press.PRESSING}
    for who in ("jia", "yi"):
        types(database, who, at=LATER)
    with clock.fixed_at(LATER):
        drawing.conclude(database, keyring, "demo", "yi")
    assert dues(database, LATER + HOUR) == []


def test_a_list_fixed_too_late_for_its_issue_leads_to_the_later_one(database, held):
    with database.transaction() as session, clock.fixed_at(day(7)):
        entries.fix(session, register.get_held(session, held))
    assert told(database, day(8)).step == "withheld"


def test_a_draw_for_which_there_are_not_two_people_is_told_while_there_is_time_to_find_one(database, held):
    with database.transaction() as session:
        staff.get_staff(session, "yi").roles = ["write"]
    alone = told(database, OPEN)
    assert alone.press is Press.PRESSING and "只有1人" in alone.told


def test_the_page_lists_the_steps_with_who_and_when_from_the_opening_on(database, held, keyring):
    def walked(at: datetime) -> list[Walked]:
        with database.reading() as session, clock.fixed_at(at):
            return [step.walked for step in due.steps(drawing.look(session, register.get_held(session, held)))]

    with database.reading() as session, clock.fixed_at(OPEN):
        first, numbers, later, claims = due.steps(drawing.look(session, register.get_held(session, held)))
    assert "12月4日 20:00（周五）截止" in first.when
    assert (numbers.who, numbers.when) == (later.who, "12月6日（周日）晚上开奖以后，最晚12月21日（周一）")
    assert "两个有“活动”角色的人" in later.who and "30天" in claims.when
    assert walked(OPEN) == [Walked.AHEAD] * 4
    with database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, held))
    assert walked(DRAWN) == [Walked.DONE, Walked.NOW, Walked.AHEAD, Walked.AHEAD]
    assert walked(LATER) == [Walked.DONE, Walked.PASSED, Walked.NOW, Walked.AHEAD]
    drawn(database, keyring)
    assert walked(LATER) == [Walked.DONE, Walked.DONE, Walked.NOW]
