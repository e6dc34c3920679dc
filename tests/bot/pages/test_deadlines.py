"""Counting a period on a page: without scripts, with its law, and as a file for the calendar."""

from datetime import timedelta

import pytest

from content.store import clock
from handlers.deadlines import periods


def _get(app, path="", **asked):
    return app.test_client().get(f"/h/deadlines/{path}", query_string=asked)


def test_every_period_can_be_chosen_and_stands_in_the_list_with_its_article(shared_app):
    shown = _get(shared_app)
    assert shown.status_code == 200 and "style=" not in shown.text
    for one in periods.every().values():
        assert f'value="{one.key}"' in shown.text and one.law in shown.text


def test_the_last_day_is_shown_with_how_it_was_counted(shared_app):
    shown = _get(shared_app, period="award", since="2026-09-22")
    for words in ("2026年10月8日（周四）", "2026年10月7日（周三）", "第五十条", "第八十五条"):
        assert words in shown.text
    assert "last-day.ics?period=award&amp;since=2026-09-22" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


def test_somebody_in_custody_is_told_that_nothing_moves_his_day(shared_app):
    assert "在押的人不顺延" in _get(shared_app, period="criminal_judgment", since="2026-09-24").text


@pytest.mark.parametrize(("ago", "words"), [(13, "只剩2天"), (15, "就是今天"), (40, "别自己下结论")])
def test_who_has_little_time_or_none_is_told_what_to_do_and_never_that_it_is_lost(shared_app, ago, words):
    told = _get(shared_app, period="fine", since=str(clock.today() - timedelta(days=ago))).text
    assert words in told and "12348" in told and "丧失" not in told and 'data-pressing="true"' in told


@pytest.mark.parametrize("since", ["", "2026-02-30", "昨天", "0001-01-01", "9999-12-31", "<script>"])
def test_a_day_that_is_none_is_asked_again_with_the_rest_kept(shared_app, since):
    shown = _get(shared_app, period="award", since=since)
    assert shown.status_code == 422 and 'value="award" selected' in shown.text and "<script>" not in shown.text


def test_a_period_that_is_none_is_asked_again(shared_app):
    assert _get(shared_app, period="nothing", since="2026-11-20").status_code == 422
    assert _get(shared_app, "last-day.ics", period="nothing", since="2026-11-20").status_code == 404


def test_the_file_for_the_calendar_holds_the_same_day(shared_app):
    file = _get(shared_app, "last-day.ics", period="award", since="2026-09-22")
    assert file.content_type.startswith("text/calendar") and b"DTSTART;VALUE=DATE:20261008\r\n" in file.data
