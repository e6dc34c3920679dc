"""Last days, counted by hand from the law."""

from datetime import date, timedelta

import pytest

from content.store.working_days import Declared
from handlers.legal_aid import counting, policy
from handlers.legal_aid.running import Running
from tests.handlers.legal_aid.cases import answers_of

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("period", "since", "end"),
    [
        ("criminal_judgment", "2026-11-13", "2026-11-23"),  # ten days: the day it came does not count
        ("criminal_ruling", "2026-11-13", "2026-11-18"),
        ("protest", "2026-11-17", "2026-11-23"),  # the 22nd is a Sunday
        ("dropped", "2026-09-24", "2026-10-08"),  # 1 October: the holidays of 2026 end on the 7th
        ("judgment", "2026-11-13", "2026-11-30"),  # the 28th is a Saturday
        ("ruling", "2026-11-13", "2026-11-23"),
        ("award", "2026-11-16", "2026-12-01"),
        ("review", "2026-11-02", "2027-01-04"),  # 1 January 2027 and the weekend behind it
        ("sue", "2026-08-31", "2027-03-01"),  # six months: February has no 31st, and its 28th is a Sunday
        ("retrial", "2026-05-20", "2026-11-20"),
        ("arbitration_left", "2026-03-05", "2027-03-05"),
        ("recognition", "2025-11-29", "2026-11-29"),  # a Sunday, which does not move here
        ("compensation", "2024-02-29", "2026-02-28"),  # no 29 February; this Saturday is worked for the Spring Festival
        ("limitation", "2023-12-01", "2026-12-01"),
    ],
)  # fmt: skip
def test_the_last_day_of_each_period_is_counted_as_the_law_counts(period, since, end):
    assert counting.last_day(Running(period, date.fromisoformat(since)), {}).day == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("period", "since", "end"),
    [
        ("criminal_judgment", "2026-09-22", "2026-10-02"),  # a holiday; outside it would be the 8th
        ("criminal_ruling", "2026-02-12", "2026-02-17"),  # in the Spring Festival
    ],
)
def test_for_somebody_in_custody_no_holiday_moves_the_last_day(period, since, end):
    held = Running(period, date.fromisoformat(since), is_held=True)
    assert counting.last_day(held, {}).day == date.fromisoformat(end) < counting.last_day(
        Running(period, date.fromisoformat(since)), {}
    ).day  # fmt: skip


def test_a_day_that_the_bureau_declares_free_moves_the_end_on():
    closed = {date(2026, 12, 1): Declared(False, "（演示）停办")}
    assert counting.last_day(Running("award", date(2026, 11, 16)), closed).day == date(2026, 12, 2)


def told(written):
    return counting.told(policy.outcome(answers_of(written)).running, {}, TODAY)


VIOLENCE = "applicant=self lawyer=no groups=none stage=ruling got_on=2026-11-20 urgent=none"
INJURY = "matter=work_injury lawyer=no groups=none means=tight stage=decision"
KIN = "matter=criminal role=kin defender=no held=yes"
WAGES = "matter=wages lawyer=no groups=migrant"
PRIVATE = "matter=criminal role=private harmed=no defender=no"


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (f"matter=violence {VIOLENCE}", ["保护令 复议 11月25日 第三十一条", "别的 上诉 11月30日 第一百七十一条"]),
        (f"matter=other other_kind=family harmed=yes {VIOLENCE}", ["保护令 11月25日", "上诉 11月30日"]),
        ("matter=other other_kind=family harmed=no groups=none stage=ruling got_on=2026-11-20 urgent=none",
         ["不服一审裁定 11月30日"]),
        (f"{INJURY} finding=appraisal got_on=2026-11-16 urgent=none", ["再次鉴定 12月1日 《工伤保险条例》第二十六条"]),
        (f"{INJURY} finding=appraisal got_on= urgent=none", ["十五日内 省级的是最终结论"]),
        (f"{INJURY} finding=recognition got_on=2026-11-16 urgent=none", ["行政复议 1月15日", "起诉 5月17日"]),
        ("matter=accident accident_kind=traffic applicant=self lawyer=no groups=none means=tight stage=decision "
         "got_on=2026-11-16 urgent=none", ["事故认定书 证据 问交警队 第七十三条"]),
        (f"{KIN} phase=judged grounds=none sentenced_on=2026-11-20 means=tight",
         ["刑事判决 他本人同意 11月30日 第二百三十条 第二百二十七条"]),
        (f"{KIN} phase=ruled grounds=minor sentenced_on=2026-11-20", ["刑事裁定 他本人同意 11月25日"]),
        ("matter=criminal role=accused defender=no held=yes phase=judged grounds=none sentenced_on=2026-11-20 "
         "means=tight", ["刑事判决 11月30日"]),
        (f"{WAGES} stage=effective final_on=2026-11-20 urgent=none",
         ["申请再审 2027年5月20日 第二百一十六条", "申请执行 期间二年 第二百五十条"]),
        (f"{WAGES} stage=refused got_on=2026-11-20 urgent=none",
         ["不予受理的裁定书 上诉 11月30日 第一百二十六条", "仲裁委不受理 起诉 第二十九条"]),
        ("matter=benefits benefits_kind=relief applicant=self lawyer=no groups=none means=relief stage=effective "
         "final_on=2026-11-20 urgent=none", ["申请再审 不停止执行 《行政诉讼法》第九十条"]),
        ("matter=state state_kind=compensation applicant=self lawyer=no groups=none means=tight stage=effective "
         "final_on= urgent=none", ["赔偿委员会 申诉 第三十条"]),
        ("matter=state state_kind=decision groups=none stage=refused got_on=2026-11-20 urgent=none",
         ["不予立案的裁定书 上诉 11月30日 第五十一条 第八十五条"]),
        (f"{PRIVATE} private_paper=judgment served_on=2026-11-20 groups=none means=tight urgent=none",
         ["附带民事 11月30日 第二百三十条 第二百二十七条"]),
        (f"{PRIVATE} private_paper=ruling served_on=2026-11-20 groups=none means=tight urgent=none",
         ["一审裁定 11月25日"]),
    ],
)  # fmt: skip
def test_each_paper_has_the_remedy_and_the_days_of_its_own_law(written, lines):
    found = told(written).lines
    assert len(found) == len(lines)
    for line, words in zip(found, lines, strict=True):
        assert [word for word in words.split() if word not in line] == [], line
    assert ("同意" in found[0]) == ("role=kin" in written)


@pytest.mark.parametrize(
    "law", ["matter=wages lawyer=no groups=migrant", "matter=violence applicant=self lawyer=no groups=woman"]
)
def test_no_day_for_an_appeal_is_named_where_the_judgment_binds(law):
    found = policy.outcome(answers_of(f"{law} stage=effective final_on=2026-11-20 urgent=none"))
    lines = counting.told(found.running, {}, TODAY).lines
    assert found.kind == "consult_only" and found.where[0] == "consult"
    assert [line for line in lines if "上诉" in line] == []


def test_what_ends_first_stands_first_and_what_has_ended_is_not_the_end_of_hope():
    written = "matter=benefits benefits_kind=relief applicant=self lawyer=no groups=none means=relief"
    found = told(f"{written} stage=decision got_on=2026-09-01 urgent=none")
    assert "2026年11月2日" in found.lines[0] and "已过" in found.lines[0] and "别自己放弃" in found.lines[0]
    assert "2027年3月1日" in found.lines[1]


def test_a_year_without_an_official_calendar_is_told_as_provisional():
    (line,) = told("matter=wages lawyer=no groups=migrant stage=fresh left_on=2026-03-05 urgent=none").lines
    assert "最晚2027年3月5日（周五），暂定" in line and "《劳动争议调解仲裁法》第二十七条" in line


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("matter=wages lawyer=no groups=migrant stage=award got_on=2026-11-13 urgent=none", "soon"),
        ("matter=wages lawyer=no groups=migrant stage=award got_on=2026-11-24 urgent=none", ""),
        ("matter=wages lawyer=no groups=migrant stage=judgment got_on=2026-11-13 urgent=none", "near"),
        ("matter=wages lawyer=no groups=migrant stage=award got_on=2026-10-01 urgent=none", ""),
    ],
)
def test_less_than_seven_days_is_told_and_by_the_law_only_for_suits_arbitration_and_review(written, near):
    assert told(written).near == near


def test_seven_whole_days_are_not_less_than_seven():
    one = Running("award", TODAY + counting.NEAR - timedelta(days=15))
    assert counting.told((one,), {}, TODAY).near == ""
    assert counting.told((one,), {}, TODAY + timedelta(days=1)).near == "soon"


def test_without_a_day_the_rule_itself_is_told():
    (line,) = told("matter=wages lawyer=no groups=migrant stage=fresh left_on= urgent=none").lines
    assert line.startswith("还在职的") and "第二十七条" in line
    (line,) = told(
        "matter=support harmed=no applicant=self lawyer=no groups=none means=tight stage=going urgent=none"
    ).lines
    assert "不受诉讼时效限制" in line
