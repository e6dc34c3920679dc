"""What the announcement and the page of the rules say of whom a campaign is for and what it keeps of people."""

from datetime import timedelta

from content.store import clock
from handlers.quiz.campaign import read_campaign
from handlers.quiz.desk import announcement
from handlers.quiz.exam import roster
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims
from tests.handlers.quiz.campaigns import WRITTEN

PLAIN = WRITTEN[: WRITTEN.index("[draw]")]
EXAM = PLAIN + "[exam]\npass_points = 60\n"


def written(rules: str) -> str:
    now = clock.now()
    held = HeldCampaign(
        id="demo", title="演示", rules=rules, opens_at=now, closes_at=now + timedelta(days=1), commitment=""
    )
    return announcement.written(held, "")


def test_an_exam_is_for_its_roster_and_says_that_names_are_kept_who_sees_them_and_how_long():
    text = written(EXAM)
    assert "名单上的人" in text and "关注本号的人都可以参加" not in text and "看不出是谁的代号" not in text
    assert "单位、工号、姓名" in text and "加密" in text and "联络员" in text
    assert f"结束 {roster.KEPT.days // 365} 年后" in text and "《个人信息保护法》第十七条" in text


def test_a_prize_campaign_says_that_name_and_telephone_are_taken_at_the_hand_over_and_how_long_they_are_kept():
    text = written(WRITTEN)
    assert "关注本号的人都可以参加" in text and "领奖时当面登记姓名和电话" in text
    assert f"{claims.KEPT.days} 天后自动删除" in text and "不算抽奖" in text
    assert "领奖" not in written(PLAIN) and "不收姓名、电话和证件号" in written(PLAIN)


def test_the_page_says_the_same_as_the_announcement():
    for rules in (EXAM, WRITTEN, PLAIN):
        assert announcement.privacy(read_campaign(rules)) in written(rules)


def test_how_units_that_are_alike_are_ranked_is_announced():
    assert "一样的参与率高的在前，两样都一样的名次并列" in written(PLAIN)
