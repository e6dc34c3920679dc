"""A reviewer's word counts for just what he had in front of him, and for nothing that changed behind his back."""

import html
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from content import staff
from content.staff import Role
from content.store import clock
from scheduler import preparing
from scheduler.models import Channel, Publication, State
from tests.bot.console.conftest import DUE, NOW, ON_BOTH

YES = {"verdict": "approve", "secrecy": "1", "opinion": "同意，看得很仔细"}
ACCOUNT = {"wechat__app_id": "wxdemo0000000000", "wechat__app_secret": "demo"}


def look_at(desk, number):
    found = re.search(r'name="look" value="([^"]*)"', desk.opens(f"/posts/{number}").text)
    return html.unescape(found[1])


@ON_BOTH
def test_an_edit_between_the_page_and_the_yes_is_not_approved_and_just_it_is_shown(
    reviewer, planned, writer, wrote, post
):
    slug = wrote(body="第一段。\n\n第二段。")
    number = planned(slug)
    look = look_at(reviewer, number)
    edit = dict.fromkeys(("author", "digest", "category", "source_url", "cover"), "")
    writer.sends(
        "/articles/save", {**edit, "slug": slug, "base": "1", "title": "演示标题", "body": "第一段。\n\n换过的一段。"}
    )
    page = reviewer.sends(f"/posts/{number}/review", {**YES, "look": look})
    assert page.status_code == 409 and post(number).state == State.IN_REVIEW
    shown = page.text.split("您打开这一页之后的改动")[1].split("</details>")[0]
    assert "换过的" in shown and "同意，看得很仔细" in page.text
    assert json.loads(look_at(reviewer, number)) != json.loads(look)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"day": "2026-12-05", "at": "08:00", "channel": "publish"}, "排期：12月4日 08:00（周五） → 12月5日"),
        ({"day": "2026-12-04", "at": "08:00", "channel": "mass", "to_all": "全部关注者"}, "发给：不推送 → 全部关注者"),
    ],
)
def test_another_time_or_audience_is_not_approved_either(change, line, reviewer, writer, planned, wrote, post):
    slug = wrote()
    number = planned(slug)
    look = look_at(reviewer, number)
    writer.sends(f"/posts/{number}/change", {"article": slug, **change})
    page = reviewer.sends(f"/posts/{number}/review", {**YES, "look": look})
    assert page.status_code == 409 and line in page.text and post(number).state == State.IN_REVIEW


def test_articles_put_in_taken_out_and_in_another_order_are_shown_as_changes(reviewer, writer, planned, wrote, post):
    one, two, three = wrote("演示甲"), wrote("演示乙"), wrote("演示丙")
    number = planned(one, two)
    reviewer.reviews(number, **YES)
    places = {f"place:{three}": "1", f"place:{two}": "2", f"place:{one}": "3"}
    form = {"channel": "publish", "day": "2026-12-04", "at": "08:00", "late_after": "10"}
    writer.sends(f"/posts/{number}/change", {**form, **places, "article": [one, two, three]})
    writer.sends(f"/posts/{number}/act", act="submit")
    shown = reviewer.opens(f"/posts/{number}").text.split("上次审核之后的改动")[1].split("</details>")[0]
    assert "新放进来：《演示丙》" in shown and "先后换过了，现在是：《演示丙》、《演示乙》、《演示甲》" in shown
    writer.sends(f"/posts/{number}/change", {**form, "article": [two]})
    shown = reviewer.opens(f"/posts/{number}").text.split("上次审核之后的改动")[1].split("</details>")[0]
    assert "拿掉了：《演示甲》" in shown and post(number).state == State.IN_REVIEW


@pytest.mark.parametrize("verdict", ["approve", "return", "secrecy", "alone"])
def test_a_word_without_the_page_or_with_a_forged_one_counts_for_nothing(verdict, reviewer, planned, post):
    number = planned()
    for look in ("", "[]", "{", '{"revisions": "x"}', '{"revisions": [null], "due_at": 1}', "[" * 5000):
        page = reviewer.sends(f"/posts/{number}/review", {**YES, "verdict": verdict, "look": look})
        assert page.status_code == 409 and post(number).state == State.IN_REVIEW


@pytest.mark.parametrize("verdict", ["", "nonsense", "Approve"])
def test_a_verdict_that_nobody_knows_is_no_yes(verdict, reviewer, planned, post):
    number = planned()
    assert reviewer.reviews(number, {**YES, "verdict": verdict}).status_code == 404
    assert post(number).state == State.IN_REVIEW


def test_who_changed_the_push_does_not_approve_it(sign_in, planned, wrote, database, post):
    with database.transaction() as session:
        staff.set_roles(session, "demo-review2", [Role.WRITE, Role.REVIEW2], "demo-admin")
    slug = wrote()
    number, desk = planned(slug), sign_in(Role.REVIEW2)
    desk.sends(f"/posts/{number}/change", article=slug, channel="mass", tag="演示", day="2026-12-05", at="09:30")
    page = desk.reviews(number, **YES)
    assert page.status_code == 409 and "不能审自己写的" in page.text and post(number).state == State.IN_REVIEW


def test_what_wechat_makes_of_it_is_waited_for_or_knowingly_done_without(
    make_console, sign_in, planned, database, post
):
    desk, number = sign_in(Role.REVIEW2, make_console(**ACCOUNT)), planned()
    assert "还没有看到微信存下的版本" in desk.opens(f"/posts/{number}").text
    page = desk.reviews(number, **YES)
    assert page.status_code == 409 and "先不等" in page.text
    look = look_at(desk, number)
    with database.transaction() as session:
        told = {"draft_read_at": clock.now(), "draft_difference": ["微信去掉了一个链接。"]}
        session.execute(update(Publication).where(Publication.id == number).values(**told))
    page = desk.sends(f"/posts/{number}/review", {**YES, "look": look})
    assert page.status_code == 409 and "微信存下的草稿：微信去掉了一个链接。" in page.text
    desk.reviews(number, **YES)
    assert post(number).state == State.SCHEDULED


def test_what_waits_for_its_review_is_made_at_wechat_however_far_ahead_it_is(console, planned, database):
    number = planned(due_at=NOW + timedelta(days=60))
    with database.reading() as session:
        assert preparing.wanting(session, NOW, timedelta(days=1), 5) == [number]


def test_who_does_not_want_to_wait_for_wechat_says_so(make_console, sign_in, planned, post):
    desk, number = sign_in(Role.REVIEW2, make_console(**ACCOUNT)), planned()
    desk.reviews(number, unread="1", **YES)
    assert post(number).state == State.SCHEDULED


def test_a_second_mass_send_of_a_day_is_approved_only_once_the_first_is_given_up(
    reviewer, writer, planned, wrote, post
):
    first = planned(wrote("演示甲"), channel=Channel.MASS, audience={"all": True})
    second = planned(wrote("演示乙"), channel=Channel.MASS, audience={"all": True}, due_at=DUE + timedelta(hours=3))
    assert reviewer.reviews(first, **YES).status_code == 200
    page = reviewer.reviews(second, **YES)
    assert page.status_code == 409 and "已经排满或用完" in page.text and post(second).state == State.IN_REVIEW
    writer.sends(f"/posts/{first}/act", act="withdraw", reason="改发另一条")
    reviewer.reviews(second, **YES)
    assert post(second).state == State.SCHEDULED


def test_an_emergency_wants_the_yellow_findings_ticked_too(publisher, planned, wrote, post):
    number = planned(wrote(digest=""))
    page = publisher.reviews(number, {**YES, "verdict": "alone"})
    assert page.status_code == 409 and "请逐条勾选黄色提示" in page.text
    ticks = {part.split('"')[0] for part in page.text.split('name="tick" value="')[1:]}
    with clock.fixed_at(NOW + timedelta(minutes=1)):
        publisher.reviews(number, {**YES, "verdict": "alone", "tick": list(ticks)})
    assert post(number).state == State.SCHEDULED
