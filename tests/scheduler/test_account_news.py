"""WeChat's word on the account reaches staff once, whatever it looks like."""

from datetime import UTC, datetime

import pytest

from scheduler import account_news
from scheduler.models import Outgoing

RENEW = {"MsgType": "event", "Event": "annual_renew", "ExpiredTime": "1798682400"}


def told(database, *said) -> list[tuple[str, str]]:
    for fields in said:
        with database.transaction() as session:
            assert account_news.is_ours(fields)
            account_news.take_in(session, fields)
    with database.reading() as session:
        return [(row.body["title"], row.body["text"]) for row in session.query(Outgoing).order_by(Outgoing.id)]


def test_the_end_of_the_verification_is_told_once_with_its_date(database):
    assert datetime.fromtimestamp(1798682400, UTC).hour == 2
    ((title, text),) = told(database, RENEW, RENEW)
    assert title == "【账号】认证快到期，需要年审"
    assert "2026-12-31 10:00" in text


def test_another_year_is_told_again(database):
    assert len(told(database, RENEW, RENEW | {"ExpiredTime": "1830218400"})) == 2


def test_a_refusal_comes_with_its_reason(database):
    fields = {"MsgType": "Event", "Event": "NAMING_VERIFY_FAIL", "FailTime": "1798682400", "FailReason": "名称不符"}
    ((_, text),) = told(database, fields)
    assert text.endswith("原因：名称不符")


@pytest.mark.parametrize("moment", ["", "0", "x", "9" * 30, "-1", "１２", {"a": "b"}])
def test_no_moment_whatever_keeps_staff_from_hearing_it(database, moment):
    assert len(told(database, {"MsgType": "event", "Event": "verify_expired", "ExpiredTime": moment})) == 1


@pytest.mark.parametrize(
    "fields",
    [{}, {"MsgType": "text", "Event": "annual_renew"}, {"MsgType": "event", "Event": "subscribe"}, {"MsgType": []}],
)
def test_other_messages_are_not_taken(fields):
    assert not account_news.is_ours(fields)
