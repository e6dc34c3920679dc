"""The morning card and what is told ahead: once, on working days, in time, and with what staff must know."""

from datetime import date, datetime, timedelta

import pytest

from content import audit
from content.models import Material, MaterialKind, Revision
from content.store import clock, working_days
from scheduler import cards, freshness, outbox, reminders
from scheduler.cards import Level
from scheduler.models import Channel, Freeze, JobRun, Outgoing, Publication, State

FRIDAY = date(2026, 12, 4)
SATURDAY, MONDAY = date(2026, 12, 5), date(2026, 12, 7)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.BEIJING)


@pytest.fixture(autouse=True)
def on_friday():
    with clock.fixed_at(at(FRIDAY, 8, 30)):
        yield


def post(session, title="宪法与生活", **fields) -> Publication:
    values = {
        "channel": Channel.PUBLISH.value, "audience": {}, "due_at": at(FRIDAY, 16), "late_after_seconds": 1800,
        "state": State.SCHEDULED.value, "written_by": "wang", "created_at": clock.now(), "changed_at": clock.now(),
    }  # fmt: skip
    made = Publication(title=title, **(values | fields))
    session.add(made)
    session.flush()
    return made


def article(session, slug: str, title: str, published_at: datetime | None = None) -> None:
    material = Material(kind=MaterialKind.ARTICLE, slug=slug, published_at=published_at)
    session.add(material)
    session.flush()
    revision = Revision(
        material_id=material.id, number=1, title=title, body="正文", content_hash=slug, origin="console",
        created_at=clock.now(),
    )  # fmt: skip
    session.add(revision)
    session.flush()
    material.current_revision_id = revision.id if published_at else None


def send_card(database, now: datetime, morning: str = "08:30") -> bool:
    with clock.fixed_at(now):
        return reminders.send_morning_card(database, "subscription", morning, now)


def owed(database) -> list[Outgoing]:
    with database.reading() as session:
        return list(session.query(Outgoing).order_by(Outgoing.id))


def card(database, now: datetime) -> dict[str, cards.Section]:
    with clock.fixed_at(now), database.reading() as session:
        return {section.label: section for section in reminders.morning_card(session, now, "subscription").sections}


# ── when the card goes out ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_card_goes_out_once_a_working_day_whoever_looks_first(database):
    assert not send_card(database, at(FRIDAY, 8, 29))
    assert send_card(database, at(FRIDAY, 8, 30))
    assert not send_card(database, at(FRIDAY, 8, 31))
    assert [(row.key, row.kind) for row in owed(database)] == [("morning-card:2026-12-04", "card")]


def test_a_missed_morning_is_made_up_for_until_noon_and_not_after(database):
    assert not send_card(database, at(FRIDAY, 12, 0))
    assert send_card(database, at(FRIDAY, 11, 59))


def test_no_card_on_a_day_off_and_one_on_a_worked_weekend(database):
    assert not send_card(database, at(SATURDAY, 8, 30))
    assert not send_card(database, at(date(2026, 10, 2), 9))
    assert send_card(database, at(date(2026, 10, 10), 9))  # a Saturday that is worked


def test_the_bureaus_own_day_off_is_kept(database):
    with database.transaction() as session:
        working_days.set_day(session, FRIDAY, False, "机关搬迁", "wang")
    assert not send_card(database, at(FRIDAY, 9))


def test_a_card_wanted_in_the_afternoon_goes_out_in_the_afternoon(database):
    assert not send_card(database, at(FRIDAY, 11), "13:00")
    assert send_card(database, at(FRIDAY, 13, 20), "13:00")


def test_a_card_that_nobody_can_be_sent_is_no_alarm_in_the_console(database):
    send_card(database, at(FRIDAY, 8, 30))
    with database.reading() as session:
        assert outbox.console_alarms(session) == []


# ── what the card says ────────────────────────────────────────────────────────────────────────────────────────────────


def test_mondays_card_tells_of_the_whole_weekend(database):
    with database.transaction() as session:
        post(session, "周五的", state=State.PUBLISHED.value, published_at=at(FRIDAY, 16))
        post(session, "周六的", state=State.PUBLISHED.value, published_at=at(SATURDAY, 8))
        post(session, "周四的", state=State.PUBLISHED.value, published_at=at(FRIDAY, 8) - timedelta(days=1))
        post(session, "今天的", state=State.PUBLISHED.value, published_at=at(MONDAY, 7))
    sent = card(database, at(MONDAY, 8, 30))["12月4日以来发出"]
    assert sent.value == "2 条"
    assert sent.details == ("《周五的》12月4日 16:00（周五）", "《周六的》12月5日 08:00（周六）")


def test_what_is_unclear_or_went_wrong_is_red_and_comes_first(database):
    with database.transaction() as session:
        post(session, "没有回音", state=State.UNCERTAIN.value, trouble="微信没有答复。")
        post(session, "没发出去", state=State.OVERDUE.value)
        post(session, "不合格", state=State.FAILED.value)
    sections = card(database, at(FRIDAY, 8, 30))
    assert list(sections)[:2] == ["结果不明", "失败或过时"]
    assert (sections["结果不明"].level, sections["结果不明"].value) == (Level.RED, "1 项")
    assert "微信没有答复。" in sections["结果不明"].details[0]
    assert sections["失败或过时"].value == "2 项"


def test_a_review_that_presses_is_told_from_one_that_can_wait(database):
    with database.transaction() as session:
        post(session, state=State.IN_REVIEW.value, due_at=at(date(2026, 12, 20), 8))
    assert card(database, at(FRIDAY, 8, 30))["等待审核"].level is Level.WARN
    with database.transaction() as session:
        post(session, state=State.IN_REVIEW.value, due_at=at(FRIDAY, 20))
    assert card(database, at(FRIDAY, 8, 30))["等待审核"].level is Level.RED


def test_quota_plans_and_commemoration_days_are_told(database):
    with database.transaction() as session:
        post(session, "主推", channel=Channel.MASS.value, audience={"all": True}, due_at=at(FRIDAY, 9))
    sections = card(database, at(FRIDAY, 8, 30))
    assert sections["今天要发"].details == ("《主推》12月4日 09:00（周五）",)
    assert sections["剩余群发"].value == "今天还可以排 0 次"
    assert sections["还没有排期的纪念日"].details == ("12月13日 南京大屠杀死难者国家公祭日",)


def test_an_emergency_stays_red_until_it_is_reviewed(database):
    with database.transaction() as session:
        row = post(session, "台风提醒", state=State.PUBLISHED.value, is_emergency=True, published_at=at(FRIDAY, 7))
    assert card(database, at(FRIDAY, 8, 30))["应急发布待补审"].level is Level.RED
    with database.transaction() as session:
        session.get_one(Publication, row.id).reviewed_afterwards_at = clock.now()
    assert "应急发布待补审" not in card(database, at(FRIDAY, 8, 30))


def test_the_red_switch_stands_before_everything(database):
    with database.transaction() as session:
        session.add(Freeze(reason="账号异常", set_by="li", set_at=at(FRIDAY, 7)))
    sections = card(database, at(FRIDAY, 8, 30))
    assert next(iter(sections)) == "停发"
    assert sections["停发"].details == ("li：账号异常",)


def test_failed_jobs_and_what_was_not_delivered_are_told(database):
    with database.transaction() as session:
        session.add(JobRun(name="daily_figures", trouble="微信没有答复"))
        outbox.tell(session, "k", "结果不明", "…")
        session.query(Outgoing).update({"state": "failed", "trouble": "连不上邮件服务器。"})
    sections = card(database, at(FRIDAY, 8, 30))
    assert "每日统计：微信没有答复" in sections["检查未通过"].details
    assert sections["没有送达的提醒"].details == ("结果不明（连不上邮件服务器。）",)


def test_yesterdays_head_of_the_audit_log_is_on_the_card(database):
    with clock.fixed_at(at(FRIDAY, 8) - timedelta(days=1)), database.transaction() as session:
        head = audit.record(session, "wang", "calendar.set", "day:2027-01-01").digest
    with database.transaction() as session:
        audit.record(session, "wang", "calendar.set", "day:2027-01-02")  # today's does not change it
    assert card(database, at(FRIDAY, 8, 30))["昨日操作日志校验码"].value == head


def test_a_long_list_is_cut_and_says_so(database):
    with database.transaction() as session:
        for number in range(8):
            post(session, f"第{number}篇", state=State.UNCERTAIN.value)
    details = card(database, at(FRIDAY, 8, 30))["结果不明"].details
    assert (len(details), details[-1]) == (6, "另有 3 项")


def test_the_card_as_text_marks_what_is_urgent(database):
    with database.transaction() as session:
        post(session, "没有回音", state=State.UNCERTAIN.value)
    send_card(database, at(FRIDAY, 8, 30))
    (row,) = owed(database)
    assert row.body["title"] == "【晨报】12月4日（周五）"
    assert row.body["text"].startswith("●结果不明：1 项\n  · 《没有回音》")


# ── freshness ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def state_of(database, now: datetime) -> freshness.Freshness:
    with clock.fixed_at(now), database.reading() as session:
        return freshness.freshness(session, now)


@pytest.mark.parametrize(
    ("days", "needs_post", "is_urgent"), [(0, False, False), (9, False, False), (10, True, False), (13, True, True)]
)
def test_days_without_an_update_are_counted_and_warned_of_from_the_tenth(database, days, needs_post, is_urgent):
    with database.transaction() as session:
        post(session, state=State.PUBLISHED.value, published_at=at(FRIDAY, 23))
    state = state_of(database, at(FRIDAY + timedelta(days=days), 0, 30))
    assert (state.days, state.needs_post, state.is_urgent) == (days, needs_post, is_urgent)


def test_after_two_weeks_the_sentence_says_what_inspection_will_say(database):
    with database.transaction() as session:
        post(session, state=State.PUBLISHED.value, published_at=at(FRIDAY, 8))
    assert "请在 12月18日前发布" in state_of(database, at(date(2026, 12, 15), 9)).sentence
    assert "判不合格" in state_of(database, at(date(2026, 12, 18), 9)).sentence


def test_an_article_taken_over_from_the_account_counts_and_a_withdrawn_post_does_not(database):
    with database.transaction() as session:
        article(session, "2026/a", "已发的", at(date(2026, 11, 20), 9))
        post(session, state=State.WITHDRAWN.value, published_at=at(date(2026, 12, 1), 9))
    assert state_of(database, at(FRIDAY, 9)).days == 14


def test_a_planned_post_before_the_limit_calms_and_one_after_it_does_not(database):
    with database.transaction() as session:
        article(session, "2026/a", "已发的", at(date(2026, 11, 23), 9))
        row = post(session, due_at=at(date(2026, 12, 8), 9))
    assert not state_of(database, at(FRIDAY, 9)).planned_on
    assert state_of(database, at(FRIDAY, 9)).needs_post
    with database.transaction() as session:
        session.get_one(Publication, row.id).due_at = at(date(2026, 12, 6), 9)
    assert not state_of(database, at(FRIDAY, 9)).needs_post


def test_an_account_that_never_published_is_told_so(database):
    assert state_of(database, at(FRIDAY, 9)).is_urgent


def test_staff_are_told_on_four_days_once_each_by_day_and_with_material(database):
    with database.transaction() as session:
        article(session, "2026/a", "已发的", at(date(2026, 11, 20), 9))
        article(session, "2026/b", "待发的稿子")
    for day in range(20):
        for hour in (3, 8, 9, 19):
            now = at(date(2026, 11, 20) + timedelta(days=day), hour)
            with clock.fixed_at(now), database.transaction() as session:
                freshness.watch(session, now)
    rows = owed(database)
    assert [row.key.rpartition(":")[2] for row in rows] == ["10", "12", "13", "14"]
    assert [clock.in_beijing(row.owed_at).hour for row in rows] == [8, 8, 8, 8]
    assert "稿件《待发的稿子》" in rows[0].body["text"]
    assert "宪法宣传周" in rows[0].body["text"]
    assert "已两周" in rows[3].body["title"]


# ── told ahead ────────────────────────────────────────────────────────────────────────────────────────────────────────


def watch(database, now: datetime, admin_confirms: bool = False) -> list[str]:
    with clock.fixed_at(now):
        reminders.watch(database, now, admin_confirms)
    return [row.key for row in owed(database) if not row.key.startswith("freshness")]


def mass_to_all(session, **fields) -> Publication:
    return post(session, channel=Channel.MASS.value, audience={"all": True}, due_at=at(FRIDAY, 16), **fields)


def test_the_administrators_confirmation_is_announced_half_an_hour_ahead_once(database):
    with database.transaction() as session:
        mass_to_all(session)
    assert watch(database, at(FRIDAY, 15, 29), admin_confirms=True) == []
    assert len(watch(database, at(FRIDAY, 15, 30), admin_confirms=True)) == 1
    assert len(watch(database, at(FRIDAY, 15, 45), admin_confirms=True)) == 1


def test_an_account_that_was_asked_once_is_reminded_without_a_setting(database):
    with database.transaction() as session:
        mass_to_all(session)
    assert watch(database, at(FRIDAY, 15, 45)) == []
    with database.transaction() as session:
        post(session, state=State.PUBLISHED.value, confirm_until=at(FRIDAY, 8), due_at=at(FRIDAY, 7))
    assert len(watch(database, at(FRIDAY, 15, 45))) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"audience": {"tag": "村居"}},
        {"channel": Channel.PUBLISH.value, "audience": {}},
        {"state": State.WITHDRAWN.value},
    ],
)
def test_what_is_not_sent_to_all_needs_no_confirmation(database, fields):
    with database.transaction() as session:
        post(session, **({"channel": Channel.MASS.value, "audience": {"all": True}} | fields))
    assert watch(database, at(FRIDAY, 15, 45), admin_confirms=True) == []


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.DRAFT, State.RETURNED])
def test_staff_are_reminded_of_what_is_not_approved_once_two_hours_before_the_time(database, state):
    with database.transaction() as session:
        row = post(session, state=state.value)
    assert watch(database, at(FRIDAY, 13, 59)) == []
    assert len(watch(database, at(FRIDAY, 14, 0))) == 1
    assert len(watch(database, at(FRIDAY, 15, 0))) == 1
    with database.transaction() as session:
        session.get_one(Publication, row.id).due_at = at(FRIDAY, 17)
    assert len(watch(database, at(FRIDAY, 15, 0))) == 2  # another time is another reminder
