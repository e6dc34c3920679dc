"""A campaign as staff write it."""

import re
from datetime import timedelta

import pytest

from handlers.quiz.campaign import BadCampaign, Multiple, Phase, as_promised, doubts_of, known_from, read_campaign
from tests.handlers.quiz.campaigns import WRITTEN


def test_a_campaign_says_all_that_is_promised():
    campaign = read_campaign(WRITTEN)
    assert (campaign.full_marks, campaign.questions, campaign.multiple) == (100, 14, Multiple.ALL)
    assert campaign.draw and [prize.count for prize in campaign.draw.prizes] == [1, 10]


def test_whether_it_is_open_is_computed_to_the_moment():
    campaign, moment = read_campaign(WRITTEN), timedelta(microseconds=1)
    assert campaign.phase(campaign.opens_at - moment) is Phase.BEFORE
    assert campaign.phase(campaign.opens_at) is campaign.phase(campaign.closes_at - moment) is Phase.OPEN
    assert campaign.phase(campaign.closes_at) is Phase.CLOSED


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("+08:00", "", "时区"),
        ("2026-12-04", "2026-11-04", "不晚于"),
        ('kind = "single"', 'kind = "essay"', "essay"),
        ("points = 4", "points = 0", "paper[0].points"),
        ("minutes = 15", "", "minutes"),
        ("minutes = 15", "minuten = 15", "minuten"),
        ("双色球", "福彩3D", "福彩3D"),
        ("drawn_on = 2026-12-06\n", "", "draw.drawn_on"),
        ("2026141", "DEMO-1", "DEMO-1"),
        ("2026141", "2025141", "2025141"),
        ("2026148", "2026141", "later_issue"),
        ("2026148", "26148", "later_issue"),
        ("drawn_on = 2026-12-06", "drawn_on = 2026-12-04", "截止的第二天"),
        ("drawn_on = 2026-12-06", "drawn_on = 2026-01-01", "截止的第二天"),
        ("later_drawn_on = 2026-12-22", "later_drawn_on = 2026-12-21", "2026-12-21 以后"),
        ("二等奖", "一等奖", "不能重复"),
        ("least_points = 60", "least_points = 101", "100"),
        ("least_points = 60", "least_points = -5", "不能是负数"),
        ('"演示竞答"', '"   "', "活动名称里没有字"),
        ('"演示竞答"', '"！——！"', "活动名称里没有字"),
        ('"演示竞答"', '"\u200b"', "活动名称里有看不见的字符"),
        ('"演示竞答"', '"\u3164"', "活动名称里有看不见的字符"),
        ('"演示竞答"', '"演示\u202e竞答"', "“演示□竞答”"),
        ('"演示竞答"', '"演示\\n竞答"', "活动名称里有换行"),
        ('"演示竞答"', '"演示\u2028竞答"', "活动名称里有换行"),
        ('"二等奖"', '" "', "奖项名称里没有字"),
        ('"二等奖"', '"二等\\r\\n奖"', "奖项名称里有换行"),
        ("minutes = 15", 'minutes = 15\nwho = "\u3000"', "“谁能参加”里没有字"),
        ("minutes = 15", "minutes = 15\nfreeze_minutes = 5040", "只有 5040 分钟"),
        ("[[paper]]", "[[[", "活动文件读不懂"),
        ("演示竞答", "长" * 33, "title"),
    ],
)
def test_what_cannot_be_held_is_refused_with_its_place(was, becomes, told):
    with pytest.raises(BadCampaign) as refused:
        read_campaign(WRITTEN.replace(was, becomes))
    assert told in str(refused.value)


def test_words_as_people_write_them_and_a_freeze_within_the_campaign_are_taken():
    again = WRITTEN.replace("演示竞答", "演示 2026年“12·4”竞答（第1届）🎉").replace("二等奖", "U盘 16G")
    read = read_campaign(again.replace("minutes = 15", "minutes = 15\nfreeze_minutes = 5039"))
    assert read.title.endswith("🎉") and read.freeze_minutes == 5039


def test_what_we_have_come_to_refuse_does_not_take_away_a_campaign_that_is_held():
    assert as_promised(WRITTEN.replace("least_points = 60", "least_points = -5")).title == "演示竞答"
    assert as_promised(WRITTEN.replace("minutes = 15", "minutes = 15\nfreeze_minutes = 9999")).freeze_minutes == 9999


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("title 1", "第 1 行第 7 个字"), ('# 说明\ntitle = "演示\n', "第 2 行"), ("a = 1\na = 2", "写了两遍"),
        ("title = 1", "“名称”（title）不对，要写文字"), ('title = "演示"', "（opens_at）没有写"),
        ("unknown = 1", "没有“unknown”这一项"),
    ],
)  # fmt: skip
def test_what_is_no_campaign_file_is_told_in_chinese_with_its_place(written, told):
    with pytest.raises(BadCampaign) as refused:
        read_campaign(written)
    assert told in str(refused.value)

    assert re.search("[A-Za-z]{4,} [A-Za-z]", str(refused.value).replace("pufa quiz sample", "")) is None


def test_a_campaign_needs_a_paper():
    head = WRITTEN[: WRITTEN.index("[[paper]]")]
    with pytest.raises(BadCampaign, match="试卷"):
        read_campaign(head + "paper = []")


def test_a_day_on_which_a_lottery_does_not_usually_draw_is_doubted_and_not_refused():
    assert doubts_of(read_campaign(WRITTEN)) == []
    odd = read_campaign(WRITTEN.replace("drawn_on = 2026-12-06", "drawn_on = 2026-12-05", 1))
    [told] = doubts_of(odd)
    assert "第 2026141 期" in told and "周六" in told and "周二、周四、周日" in told
    other = read_campaign(WRITTEN.replace("双色球", "大乐透"))
    assert [("周一、周三、周六" in one) for one in doubts_of(other)] == [True, True]


def test_an_issue_is_written_as_its_lottery_does_and_may_be_of_the_next_year():
    lotto = WRITTEN.replace("双色球", "大乐透").replace("2026141", "26141").replace("2026148", "27001")
    read = read_campaign(lotto.replace("2026-12-22", "2027-01-02")).draw
    assert read and (read.later_issue, str(read.last_day_to_reveal)) == ("27001", "2026-12-21")
    assert read.reveal_until < known_from(read.later_drawn_on)
