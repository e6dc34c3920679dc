"""Of two days in one sentence the right one is counted or none; where no such period is held none is counted."""

from datetime import date
from pathlib import Path

import pytest

from content import citations
from content.store import clock
from handlers.deadlines import asked, chat, periods

TODAY = date(2026, 11, 26)
LINES = [
    line.split("\t")
    for line in (Path(__file__).parent / "counted.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
CASES = [one for one in LINES if one[1] != "told"]
TOLD = [(words, article) for words, period, _, article in LINES if period == "told"]


@pytest.mark.parametrize(("words", "period", "since", "last"), CASES)
def test_the_period_and_the_day_are_those_of_the_article(words, period, since, last):
    known = chat.known_from(words, TODAY)
    found = asked.asked(words)
    assert found is not None and not found.is_only_told and known.get("since", "") == since
    if period == "open" or period in periods.fields():
        assert found.period == "" and known.get("field", "open") == period and found.tell
        return
    assert known[known["field"]] == period
    if since:
        counted = periods.last_day(periods.every()[period], date.fromisoformat(since), {})
        assert counted.day.isoformat() == last


@pytest.mark.parametrize(("words", "article"), TOLD)
def test_what_no_period_is_held_for_is_told_and_never_counted(words, article):
    found = asked.asked(words)
    assert found is not None and found.is_only_told and not found.known
    assert chat.is_plain(words) and not chat.begins(words)
    assert article in found.tell
    assert all(citations.is_known(one) for one in citations.citations_in(found.tell))


def test_what_is_only_told_leaves_no_talk_open(somebody):
    text = somebody.says("财产保全裁定昨天收到，复议几天").text
    assert "《民事诉讼法》第一百一十一条" in text and "最后一天" not in text
    assert "第2步" not in somebody.says("1").text


def test_in_an_open_talk_it_is_told_and_the_place_kept(somebody):
    somebody.says("法律援助自测")
    text = somebody.says("劳动仲裁不予受理通知书昨天收到几天内起诉").text
    assert "《劳动争议调解仲裁法》第二十九条" in text and "还停在原" in text


def test_days_that_leave_it_open_are_named_and_asked(somebody):
    year = clock.today().year - 1
    words = f"民事判决书{year}年3月10日判的，{year}年3月20日或者{year}年3月21日收到，上诉到哪天"
    text = somebody.says(words).text
    assert f"您写了{year}年3月10日" in text and "收到判决书" in text and "最后一天" not in text
    assert "没有看懂是哪一天" in somebody.says(f"判的那天是{year}年3月10日").text
    assert "最后一天" in somebody.says(f"{year}年3月10日判的，{year}年3月20日收到的").text


def test_who_handed_in_the_divorce_is_told_both_thirty_days():
    period = periods.every()["divorce_applied"]
    assert periods.begins(period, date(2026, 10, 20), {}) == date(2026, 11, 19)
    assert periods.last_day(period, date(2026, 10, 20), {}).day == date(2026, 12, 21)  # the 19th is a Saturday
