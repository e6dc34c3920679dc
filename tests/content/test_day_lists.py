"""A notice of holidays as lines: read as people write them, and all of it or nothing."""

from datetime import date

import pytest

from content.day_lists import read_days
from content.store.working_days import NoSuchDay


@pytest.mark.parametrize(
    ("line", "days", "is_working", "name"),
    [
        ("2027-10-01 休 国庆节", [date(2027, 10, 1)], False, "国庆节"),
        ("2027-10-09 班", [date(2027, 10, 9)], True, "调休上班"),
        ("2027年10月9日（周六） 上班", [date(2027, 10, 9)], True, "调休上班"),
        ("2027/1/1 放假", [date(2027, 1, 1)], False, "元旦"),
        ("2027-08-16 休", [date(2027, 8, 16)], False, "放假"),
        ("2027-05-01 至 2027-05-03 休", [date(2027, 5, day) for day in (1, 2, 3)], False, "劳动节"),
        ("2027.10.1～2027.10.2，休 国庆 中秋", [date(2027, 10, 1), date(2027, 10, 2)], False, "国庆 中秋"),
    ],
)
def test_a_line_is_read_as_people_write_it(line, days, is_working, name):
    assert [(one.day, one.is_working, one.name) for one in read_days(f"\n  {line} \n\n")] == [
        (day, is_working, name) for day in days
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("10月1日 休", "看不懂"),
        ("国庆节放假七天", "看不懂"),
        ("2027-13-01 休", "没有这一天"),
        ("2027-02-29 休", "没有这一天"),
        ("1999-01-01 休", "年份不对"),
        ("2027-10-01 可能", "应写“休”或“班”"),
        ("2027-10-07 至 2027-10-01 休", "起止日期不对"),
        ("2027-10-01 至 2028-10-01 休", "起止日期不对"),
        ("2027-10-01 休 " + "长" * 33, "名称超过"),
        ("2027-05-01 班", "前面写的是放假"),
    ],
)
def test_one_bad_line_and_nothing_is_taken_and_the_line_is_named(line, fault):
    with pytest.raises(NoSuchDay, match=fault) as refused:
        read_days(f"2027-05-01 休\n{line}\n2027-05-02 休")
    assert "第 2 行" in str(refused.value) and "一天也没有记下" in str(refused.value)


def test_every_bad_line_is_named_and_an_empty_or_endless_list_is_told():
    with pytest.raises(NoSuchDay, match="第 1 行.*第 3 行"):
        read_days("x\n2027-05-01 休\ny")
    for text in ("", " \n", "2027-05-01 休\n" * 201):
        with pytest.raises(NoSuchDay):
            read_days(text)
