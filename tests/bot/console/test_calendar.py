"""The calendar and the first page: what goes out, what is left, what clashes, what is a holiday."""

from datetime import UTC, datetime, timedelta

import pytest

from content.staff import Role
from content.store import clock, working_days
from scheduler import snapshots
from scheduler.models import DailyFigure, Publication, State
from tests.bot.console.conftest import DUE, ON_BOTH


def of_day(page, day):
    """The part of a month's page that belongs to one day."""
    return page.text.split(f'title="在12月{day}日安排推送"')[1].split('<div class="day')[0]


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_a_push_is_in_every_view_with_its_state_as_a_word(view, writer, planned):
    planned()
    page = writer.opens("/calendar/", view=view, day="2026-12-04")
    assert "演示标题" in page.text and "待审核" in page.text


def test_what_is_left_to_send_is_told_day_by_day(writer, reviewer, planned):
    number = planned(channel="mass", audience={"all": True})
    assert "可群发 1" in of_day(writer.opens("/calendar/"), 4)
    reviewer.reviews(number, verdict="approve", secrecy="1", opinion="同意")
    page = writer.opens("/calendar/")
    assert "可群发 0" in of_day(page, 4) and "可群发 1" in of_day(page, 5)


@ON_BOTH
def test_clashes_are_warned_of_on_their_day(writer, planned, wrote):
    for minutes, title in ((0, "演示甲"), (20, "演示乙"), (600, "演示丙")):
        planned(wrote(title), channel="mass", audience={"all": True}, due_at=DUE + timedelta(minutes=minutes))
    day = of_day(writer.opens("/calendar/"), 4)
    assert "08:00 和 08:20 相隔不到半小时" in day and "排了 3 次群发，每天只能 1 次" in day
    assert day.count("相隔不到半小时") == 1
    assert "相隔不到半小时" in writer.opens("/calendar/", view="list").text


def test_legal_days_propose_what_fits_and_lead_to_planning(writer):
    page = writer.opens("/calendar/")
    assert "国家宪法日" in of_day(page, 4)
    assert "/console/posts/new?day=2026-12-04" in page.text


def test_the_bureaus_own_holiday_counts_and_can_be_taken_back(publisher, writer):
    publisher.sends("/calendar/day", day="2026-12-08", kind="holiday", name="演示假日")
    assert "演示假日" in of_day(writer.opens("/calendar/"), 8)
    publisher.sends("/calendar/day", day="2026-12-08", kind="clear")
    assert "演示假日" not in writer.opens("/calendar/").text
    assert publisher.sends("/calendar/day", day="nonsense", kind="holiday").status_code == 400


@pytest.mark.parametrize("words", [{"day": "2026-13-77"}, {"day": "0001-01-01"}, {"day": "9999-12-31"}, {"view": "x"}])
def test_a_calendar_of_nonsense_is_still_a_calendar(writer, words):
    assert writer.opens("/calendar/", **words).status_code == 200


def test_years_beyond_the_official_calendar_are_called_provisional(writer):
    assert "暂定" in writer.opens("/calendar/", day="2029-10-01").text


@ON_BOTH
def test_the_first_page_leads_to_what_waits_and_what_went_wrong(writer, sign_in, planned, wrote, database):
    waiting, lost = planned(wrote("演示等审核")), planned(wrote("演示结果不明"))
    with database.transaction() as session:
        session.get(Publication, lost).state = State.UNCERTAIN
    for desk in (writer, sign_in(Role.AUDIT)):
        page = desk.opens("/").text
        assert f"/console/posts/{waiting}" in page and f"/console/posts/{lost}" in page
        assert "距上次发布" in page or "还没有发布记录" in page


def test_who_has_no_right_to_figures_is_told_why_there_are_none(writer, database):
    assert "没有给这个账号" not in writer.opens("/statistics/").text
    with database.transaction() as session:
        yesterday = clock.today() - timedelta(days=1)
        refused = {"on": yesterday, "source": "getusersummary", "name": snapshots.ASKED}
        session.add(DailyFigure(**refused, value=snapshots.NO_RIGHT))
    page = writer.opens("/statistics/").text
    assert "微信没有给这个账号以下数据的权限" in page and "getusersummary" in page
    assert "这段时间还没有数字" in page


def test_figures_can_be_taken_away_as_tables(writer):
    assert writer.opens("/statistics/", span="7").status_code == 200
    assert writer.opens("/statistics/export.csv").data[:3] == b"\xef\xbb\xbf"
    assert writer.opens("/statistics/export.xlsx").data[:2] == b"PK"
    assert writer.opens("/statistics/", span="nonsense").status_code == 200


NOTICE = """2028-01-01 休 元旦
2028-01-26 至 2028-02-01 休 春节
2028-04-04 休 清明节
2028-05-01 至 2028-05-03 休 劳动节
2028-05-28 休 端午节
2028-10-01 至 2028-10-07 休 国庆节 中秋节
2028-10-08 班"""


def test_a_years_notice_is_entered_at_once_and_makes_the_year_official(publisher, writer):
    assert "暂定" in publisher.opens("/calendar/", day="2028-10-01").text
    page = publisher.sends("/calendar/days", lines=NOTICE)
    assert "已经记下 21 天：放假 20 天，上班 1 天" in page.text and "暂定" not in page.text
    october = publisher.opens("/calendar/", day="2028-10-01").text
    assert "国庆节 中秋节" in october and "调休上班" in october and "暂定" not in october
    assert writer.sends("/calendar/days", lines=NOTICE).status_code == 403


def test_a_notice_with_a_bad_line_changes_nothing_and_comes_back_as_it_was_typed(publisher, database):
    page = publisher.sends("/calendar/days", lines="2028-10-01 休 国庆节\n2028-10-40 休")
    assert page.status_code == 400 and "第 2 行" in page.text and "2028-10-01 休 国庆节" in page.text
    with database.reading() as session:
        assert not working_days.load_overrides(session)
    page = publisher.sends("/calendar/days", lines="2028-10-01 休 国庆节")
    assert "2028年还缺：元旦、春节、清明、劳动节、端午、中秋" in page.text


@pytest.mark.parametrize("form", [{"day": "x", "kind": "holiday", "name": "y"}, {"day": "2028-10-01", "name": ""}])
def test_a_day_that_cannot_be_entered_is_a_sentence(publisher, form):
    page = publisher.sends("/calendar/day", form)
    assert page.status_code == 400 and 'role="alert"' in page.text


def test_a_day_whose_push_was_withdrawn_or_missed_is_open_again(writer, planned, database):
    open_days = "还空着的法治日子"
    assert "国家宪法日" in writer.opens("/calendar/").text.split(open_days)[1]
    number = planned()
    assert "国家宪法日" not in writer.opens("/calendar/").text.partition(open_days)[2]
    for state in (State.OVERDUE, State.WITHDRAWN):
        with database.transaction() as session:
            session.get(Publication, number).state = state
        page = writer.opens("/calendar/").text
        assert "国家宪法日" in page.split(open_days)[1]
    assert f"/posts/{number}" not in page


def test_the_open_days_of_next_month_are_told_in_time(writer):
    with clock.fixed_at(datetime(2026, 11, 26, 2, tzinfo=UTC)):
        assert "国家宪法日" in writer.opens("/calendar/").text.split("还空着的法治日子")[1]
