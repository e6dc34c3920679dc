"""What is done with a push beside review: withdrawn, decided, previewed, deleted; and the bar that nobody overlooks."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.demo import officials
from content.staff import Role
from content.store import clock
from scheduler import errands, notices, outbox, posts
from scheduler.errands import Errand
from scheduler.models import Outgoing, Publication, State
from scheduler.walk import Means
from tests.bot.console.conftest import ON_BOTH
from tests.scheduler.played import Played

YES = {"verdict": "approve", "secrecy": "1", "opinion": "同意"}


@pytest.fixture
def become(database, planned):
    """A push in any state."""

    def made(state, **more):
        number = planned()
        with database.transaction() as session:
            post = session.get(Publication, number)
            post.state = state
            for name, value in more.items():
                setattr(post, name, value)
        return number

    return made


@pytest.fixture
def means(database, tmp_path):
    return Means(database, Played(tmp_path / "played.db"), tmp_path / "uploads", "subscription", lambda *_: [])


def test_withdrawing_wants_a_reason_and_keeps_it(writer, planned, post):
    number = planned()
    refused = writer.sends(f"/posts/{number}/act", act="withdraw", reason=" ")
    assert refused.status_code == 409 and "为什么撤回" in refused.text and post(number).state == State.IN_REVIEW
    page = writer.sends(f"/posts/{number}/act", act="withdraw", reason="改到下周")
    assert post(number).state == State.WITHDRAWN and "改到下周" in page.text


def test_what_is_approved_can_go_out_at_once_and_only_by_whom_may(writer, reviewer, publisher, planned, post):
    number = planned()
    assert publisher.sends(f"/posts/{number}/act", act="now").status_code == 409
    reviewer.reviews(number, **YES)
    assert writer.sends(f"/posts/{number}/act", act="now").status_code == 409
    assert post(number).due_at > clock.now()
    publisher.sends(f"/posts/{number}/act", act="now")
    assert post(number).due_at == clock.now() and post(number).state == State.SCHEDULED


def test_a_mass_send_at_once_is_typed_as_a_word(reviewer, publisher, planned, post):
    number = planned(channel="mass", audience={"tag": "演示"})
    reviewer.reviews(number, **YES)
    page = publisher.sends(f"/posts/{number}/act", act="now")
    assert page.status_code == 409 and "马上群发" in page.text and post(number).due_at > clock.now()
    publisher.sends(f"/posts/{number}/act", act="now", now_word="马上群发")
    assert post(number).due_at == clock.now()


def test_a_mass_send_at_night_is_told_that_it_rings(reviewer, sign_in, planned):
    number = planned(channel="mass", audience={"tag": "演示"})
    reviewer.reviews(number, **YES)
    with clock.fixed_at(clock.now() + timedelta(hours=13)):  # 23:00 in Beijing
        assert "休息时间" in sign_in(Role.PUBLISH).sends(f"/posts/{number}/act", act="now").text


def test_a_preview_waits_for_a_scheduler_and_then_says_what_came_of_it(reviewer, become, means, database):
    number = become(State.IN_REVIEW, draft_media_id="1")
    waiting = reviewer.sends(f"/posts/{number}/act", act="preview", wechat_name="li-phone")
    assert "正在把预览发到手机" in waiting.text and 'http-equiv="refresh"' in waiting.text
    assert means.platform.calls() == 0
    assert errands.do_next(database, means)
    page = reviewer.client.get(waiting.request.path, follow_redirects=True)
    assert "预览已发到 li-phone 的微信" in page.text and means.platform.calls("preview") == 1
    assert 'value="li-phone"' in page.text


def test_a_preview_without_a_draft_is_refused_at_once(reviewer, planned, database):
    page = reviewer.sends(f"/posts/{planned()}/act", act="preview", wechat_name="li-phone")
    assert page.status_code == 409 and "还没有这条推送的草稿" in page.text and "li-phone" in page.text


@ON_BOTH
def test_what_is_out_is_deleted_by_a_scheduler_with_a_reason(publisher, writer, become, means, database, post):
    number = become(State.PUBLISHED, article_id="a1")
    assert publisher.sends(f"/posts/{number}/act", act="delete", reason="").status_code == 409
    assert writer.sends(f"/posts/{number}/act", act="delete", reason="错了").status_code == 409
    waiting = publisher.sends(f"/posts/{number}/act", act="delete", reason="数字写错了")
    assert "正在删除" in waiting.text and post(number).state == State.PUBLISHED
    errands.do_next(database, means)
    page = publisher.client.get(waiting.request.path, follow_redirects=True)
    assert "已经删除" in page.text and post(number).state == State.WITHDRAWN


def test_an_errand_is_found_only_under_its_own_push(reviewer, become, database):
    one, other = become(State.IN_REVIEW, draft_media_id="1"), become(State.IN_REVIEW)
    reviewer.sends(f"/posts/{one}/act", act="preview", wechat_name="li-phone")
    with database.reading() as session:
        errand = session.query(Errand).one().id
    assert reviewer.opens(f"/posts/{other}/errands/{errand}").status_code == 404
    assert reviewer.opens(f"/posts/{one}/errands/999").status_code == 404


@pytest.mark.parametrize(("act", "state"), [("went_out", State.PUBLISHED), ("did_not", State.SCHEDULED)])
def test_an_unknown_outcome_is_decided_by_a_person_with_what_he_saw(act, state, publisher, become, post):
    number = become(State.UNCERTAIN)
    page = publisher.sends(f"/posts/{number}/act", act=act, reason="")
    assert page.status_code == 409 and post(number).state == State.UNCERTAIN
    publisher.sends(f"/posts/{number}/act", act=act, reason="在公众号后台看过")
    assert post(number).state == state


def test_evidence_is_read_in_beijings_time_and_counted(publisher, become):
    lines = [
        {"at": "2026-12-01T16:38:00+00:00", "source": "微信的回答", "said": "没有收到回答"},
        {"at": "2026-12-01T17:00:00+00:00", "until": "2026-12-01T18:10:00+00:00", "times": 12, "source": "列表",
         "said": "没有"}, "旧的一行", {"at": "nonsense", "said": "怪"},
    ]  # fmt: skip
    page = publisher.opens(f"/posts/{become(State.UNCERTAIN, evidence=lines, trouble='先看列表')}").text
    assert "12-02 00:38:00 微信的回答：没有收到回答" in page and "先看列表" in page
    assert "12-02 01:00:00 起到 12-02 02:10:00 共 12 次 列表：没有" in page and "旧的一行" in page


def test_the_administrators_confirmation_shows_its_countdown(reviewer, become):

    number = become(State.SUBMITTED, confirm_until=clock.now() + timedelta(minutes=23))
    page = reviewer.opens(f"/posts/{number}").text
    assert "等管理员在手机上确认" in page and "23 分钟" in page and "data-until=" in page


def test_an_act_that_nobody_knows_does_nothing(writer, planned, post):
    number = planned()
    assert writer.sends(f"/posts/{number}/act", act="explode").status_code == 404
    assert post(number).state == State.IN_REVIEW


def test_a_message_that_could_not_be_sent_is_sent_again_by_a_button(writer, sign_in, database):
    with database.transaction() as session:
        outbox.tell(session, "demo", "演示提醒", "看一看")
        row = session.scalars(select(Outgoing)).one()
        row.state, row.trouble, number = outbox.FAILED, "邮箱不收", row.id
    assert "邮箱不收" in writer.opens("/").text and 'value="again"' in writer.opens("/").text
    assert sign_in(Role.CAMPAIGNS).sends("/alarms", alarm=number, act="again").status_code == 403
    assert "马上再发一次" in writer.sends("/alarms", alarm=number, act="again").text
    with database.reading() as session:
        assert session.get(Outgoing, number).state == outbox.WAITING


def test_a_refused_act_leads_back_to_a_page_of_ours_and_nowhere_else(sign_in):
    desk = sign_in(Role.ADMIN)
    ways = {
        "http://localhost/console/staff/?x=1": "/console/staff/?x=1",
        "http://evil.example/console/": "/console/",
        "http://localhost//evil.example/": "/console/",
        "http://localhost/console//evil.example": "/console/",
    }
    for came_from, leads_to in ways.items():
        form = {"csrf_token": desk.token, "name": "a b", "shown_name": "x", "role": "write"}
        answer = desk.client.post("/console/staff/add", data=form, headers={"Referer": came_from})
        assert answer.location == leads_to


# ── the bar ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = ("/", "/articles/", "/posts/", "/calendar/", "/statistics/", "/words/", "/password")


def is_on_the_bar(words, page):
    bars = page.text.split('<div class="alert alert-danger py-2')[1:]
    return any(words in one.split("</div>")[0] for one in bars)


@pytest.mark.parametrize("role", [Role.WRITE, Role.AUDIT])
def test_a_freeze_is_on_every_page_until_two_have_released_it(role, sign_in, database):
    desk = sign_in(role)
    with database.transaction() as session:
        posts.freeze(session, officials.NAMES[Role.ADMIN], "演示停发")
    assert all("全部停发中" in desk.opens(path).text for path in PAGES)
    one, two = sign_in(Role.PUBLISH), sign_in(Role.ADMIN)
    assert "还要另一位同事确认" in one.sends("/freeze", act="release").text
    assert "要两个人" in one.sends("/freeze", act="release").text
    assert "已恢复发送" in two.sends("/freeze", act="release").text
    assert not any("全部停发中" in desk.opens(path).text for path in PAGES)


def test_freezing_wants_a_reason(publisher):
    assert "请写明停发的原因" in publisher.sends("/freeze", act="freeze", reason=" ").text
    assert "已停发" in publisher.sends("/freeze", act="freeze", reason="演示").text


@ON_BOTH
@pytest.mark.parametrize("state", [State.FAILED, State.OVERDUE])
def test_a_failure_is_on_every_page_until_somebody_has_looked(state, writer, sign_in, become, database, post):
    number = become(state, title="演示没发成", trouble="微信说不行")
    with database.transaction() as session:
        notices.tell(session, session.get(Publication, number))
    auditor = sign_in(Role.AUDIT)
    assert all(is_on_the_bar("演示没发成", desk.opens(path)) for desk in (writer, auditor) for path in PAGES)
    assert auditor.sends(f"/posts/{number}/act", act="seen").status_code == 403
    writer.sends(f"/posts/{number}/act", act="seen")
    assert post(number).looked_by == officials.NAMES[Role.WRITE]
    assert not any(is_on_the_bar("演示没发成", writer.opens(path)) for path in PAGES)
    assert 'name="alarm"' not in writer.opens("/").text  # its message counts as read


@ON_BOTH
def test_an_unknown_outcome_stays_on_every_page_until_it_is_decided(writer, publisher, become):
    number = become(State.UNCERTAIN, title="演示不明")
    writer.sends(f"/posts/{number}/act", act="seen")
    assert all(is_on_the_bar("演示不明", writer.opens(path)) for path in PAGES)
    publisher.sends(f"/posts/{number}/act", act="went_out", reason="在后台看到了")
    assert not any(is_on_the_bar("演示不明", writer.opens(path)) for path in PAGES)


def test_alarms_are_in_the_console_where_nothing_else_tells_them(make_console, sign_in, become, database):
    number = become(State.FAILED, title="演示没发成", trouble="微信说不行")
    with database.transaction() as session:
        notices.tell(session, session.get(Publication, number))
    assert 'name="alarm"' in sign_in(Role.WRITE).opens("/").text
    told = make_console(alerts__wecom_webhook="https://robot.example/hook")
    assert 'name="alarm"' not in sign_in(Role.WRITE, told).opens("/").text


def test_a_dead_scheduler_is_on_every_page_while_something_waits_to_be_sent(writer, reviewer, planned):
    assert "没有在发送" not in writer.opens("/").text
    reviewer.reviews(planned(), **YES)
    assert all(is_on_the_bar("没有在发送", writer.opens(path)) for path in PAGES)
