"""Review at the console: one to three people, findings, 保密审查, emergencies, the sheet."""

from datetime import timedelta

import pytest

from content import audit, staff
from content.staff import Role
from content.store import clock
from scheduler.models import State
from tests.bot.console.conftest import NOW, ON_BOTH

YES = {"verdict": "approve", "secrecy": "1", "opinion": "同意"}
SPOILED = "证件号码 110101199003077707 不能公开。"


def test_one_reviewer_is_enough_where_the_bureau_wants_one(reviewer, planned, post):
    page = reviewer.reviews((number := planned()), **YES)
    assert "已通过，排期到 12月4日 08:00（周五）" in page.text and post(number).state == State.SCHEDULED


@pytest.mark.parametrize("people", [2, 3])
def test_the_steps_go_in_order_each_by_another_person(people, make_console, sign_in, planned, post):
    console = make_console(review__people=people)
    number = planned()
    steps = [Role.REVIEW1, Role.REVIEW2, Role.PUBLISH][:people]
    desks = {role: sign_in(role, console) for role in steps}
    page = desks[steps[-1]].reviews(number, **YES)
    assert page.status_code == 409 and "现在要先由" in page.text
    for role in steps:
        assert post(number).state == State.IN_REVIEW
        desks[role].reviews(number, **YES)
    assert post(number).state == State.SCHEDULED
    sheet = desks[steps[0]].opens(f"/posts/{number}/sheet").text
    assert all(name in sheet for name in ("演示·初审", "演示·终审", "演示·签发")[:people])


def test_nobody_approves_his_own(make_console, sign_in, planned, database, post, writer):
    number = planned()
    with database.transaction() as session:
        staff.set_roles(session, "demo-write", [Role.WRITE, Role.REVIEW2], "demo-admin")
    page = sign_in(Role.WRITE).reviews(number, **YES)
    assert "不能审自己写的" in page.text and post(number).state == State.IN_REVIEW


def test_without_the_secrecy_check_nothing_goes_and_what_was_typed_stays(reviewer, planned, post):
    page = reviewer.reviews((number := planned()), verdict="approve", opinion="看过，没有问题")
    assert page.status_code == 409 and "还没有做保密审查" in page.text and "看过，没有问题" in page.text
    assert post(number).state == State.IN_REVIEW


def test_the_secrecy_check_is_an_act_of_its_own(sign_in, reviewer, planned, post):
    number = planned()
    page = sign_in(Role.REVIEW1).reviews(number, verdict="secrecy", opinion="不涉密")
    assert "保密审查已记下" in page.text and post(number).state == State.IN_REVIEW
    assert "保密审查已做" in reviewer.opens(f"/posts/{number}").text
    reviewer.reviews(number, verdict="approve", opinion="同意")
    assert post(number).state == State.SCHEDULED
    assert "不涉密" in reviewer.opens(f"/posts/{number}/sheet").text


def test_where_the_secrecy_check_is_kept_apart_the_reviewer_has_no_tick(make_console, sign_in, planned):
    desk = sign_in(Role.REVIEW2, make_console(review__secrecy="separate"))
    page = desk.opens(f"/posts/{planned()}").text
    assert 'id="secrecy"' not in page and "只做保密审查" in page


def test_a_red_finding_stops_everybody_and_is_named(reviewer, planned, wrote, post):
    number = planned(wrote(body=SPOILED))
    page = reviewer.opens(f"/posts/{number}").text
    assert "处必须改，改好之前不能通过" in page and 'value="approve" disabled' in page
    for verdict in ("approve", "alone"):
        answer = reviewer.reviews(number, {**YES, "verdict": verdict})
        assert answer.status_code == 409 and "还有必须改的地方" in answer.text
    assert post(number).state == State.IN_REVIEW


def test_a_yellow_finding_wants_its_own_tick(reviewer, planned, wrote, post):
    number = planned(wrote(digest=""))
    page = reviewer.reviews(number, **YES)
    assert page.status_code == 409 and "请逐条勾选黄色提示" in page.text
    ticks = [part.split('"')[0] for part in page.text.split('name="tick" value="')[1:]]
    reviewer.reviews(number, {**YES, "tick": ticks})
    assert ticks and post(number).state == State.SCHEDULED


def test_returning_wants_a_word_and_the_writer_reads_it(reviewer, writer, planned, post):
    number = planned()
    assert "写明要改什么" in reviewer.reviews(number, verdict="return", opinion=" ").text
    reviewer.reviews(number, verdict="return", opinion="第二段的电话不对")
    assert post(number).state == State.RETURNED
    page = writer.opens(f"/posts/{number}").text
    assert "第二段的电话不对" in page and "不再有效" not in page


@ON_BOTH
def test_an_edit_after_approval_voids_it_and_shows_just_what_changed(reviewer, writer, planned, wrote, post):
    slug = wrote(body="远处的一段。\n\n第一段不动。\n\n电话是一二三。")
    number = planned(slug)
    reviewer.reviews(number, **YES)
    wording = {"slug": slug, "base": 1, "title": "演示标题", "author": "演示作者", "digest": "演示摘要"}
    cover = writer.opens(f"/articles/edit/{slug}").text.split('name="cover" value="')[1].split('"')[0]
    with clock.fixed_at(NOW + timedelta(minutes=5)):
        writer.sends(
            "/articles/save", {**wording, "cover": cover, "body": "远处的一段。\n\n第一段不动。\n\n电话是四五六。"}
        )
    assert post(number).state == State.DRAFT
    page = writer.sends(f"/posts/{number}/act", act="submit").text
    shown = page.split("上次审核之后的改动")[1].split("</details>")[0]
    assert "<ins>" in shown and "<del>" in shown and "四五六" in shown and "一二三" in shown
    assert "第一段不动" in shown and "远处的一段" not in shown  # just what changed, and what stands beside it
    assert "内容已改，不再有效" in page


def test_an_emergency_wants_a_reason_and_the_check_and_stays_red_until_another_reviews(
    sign_in, publisher, reviewer, planned, post
):
    number = planned()
    for lacking in ({"opinion": ""}, {"opinion": "汛情", "secrecy": None}):
        form = {name: words for name, words in {**YES, "verdict": "alone", **lacking}.items() if words is not None}
        assert publisher.reviews(number, form).status_code == 409
    assert post(number).state == State.IN_REVIEW
    page = publisher.reviews(number, {**YES, "verdict": "alone", "opinion": "汛情"})
    assert post(number).state == State.SCHEDULED and "还没有补审" in page.text
    mine = publisher.reviews(number, verdict="afterwards", opinion="看过")
    assert mine.status_code == 409 and "补审要由另一个人做" in mine.text
    page = reviewer.reviews(number, verdict="afterwards", opinion="同意")
    assert post(number).reviewed_afterwards_at and "还没有补审" not in page.text


@ON_BOTH
def test_the_sheet_carries_the_days_audit_head_names_and_digest(reviewer, planned, database, post):
    number = planned()
    reviewer.reviews(number, **YES)
    sheet = reviewer.opens(f"/posts/{number}/sheet").text
    with database.reading() as session:
        assert audit.head_of_day(session, clock.today()) in sheet
    assert post(number).digest in sheet and "演示·终审" in sheet and "已审查" in sheet


@pytest.mark.parametrize("role", [Role.WRITE, Role.ADMIN, Role.AUDIT, Role.CAMPAIGNS])
def test_who_is_no_reviewer_sees_no_buttons_and_is_refused(role, sign_in, planned, post):
    desk, number = sign_in(role), planned()
    assert 'value="approve"' not in desk.opens(f"/posts/{number}").text
    assert desk.sends(f"/posts/{number}/review", **YES).status_code == 403 and post(number).state == State.IN_REVIEW
