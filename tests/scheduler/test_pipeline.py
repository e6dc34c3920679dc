"""A push from its plan to the phone: each step once, what fails is told, and nothing goes out that was not approved."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from content import audit
from content.models import Material
from content.store import clock
from scheduler import posts
from scheduler.models import Channel, Outgoing, State
from scheduler.pipeline import HANDS
from scheduler.platform import AlreadySent, AwaitsAdmin, Later, Never, Unknown
from tests.scheduler.making import DUE, Desk, add_revision


def at(seconds: float = 1):
    return clock.fixed_at(DUE + timedelta(seconds=seconds))


def tick(desk: Desk, seconds: float = 1, **more) -> int:
    with at(seconds):
        return desk.pipeline(**more).tick(clock.now())


def alerts(desk: Desk) -> str:
    with desk.database.reading() as session:
        return " ".join(f"{row.body['title']}{row.body['text']}" for row in session.scalars(select(Outgoing)).all())


def test_an_approved_push_goes_out_at_its_time_and_not_before(desk: Desk) -> None:
    made = desk.approved("国家宪法日")
    assert tick(desk, -1) == 0
    assert desk.played.sent_titles() == []
    assert tick(desk) == 1
    assert desk.played.sent_titles() == ["国家宪法日"]
    assert desk.state(made) == State.SUBMITTED
    assert desk.steps(made) == ["seen", "check", "pictures", "draft", "read_back", "submitting", "submit"]


def test_a_push_that_is_out_is_published_for_citizens_too(desk: Desk) -> None:
    made = desk.approved("国家宪法日")
    tick(desk)
    with at(90):
        desk.pipeline().follow_up(clock.now())
    post = desk.post(made)
    assert (post.state, post.urls) == (State.PUBLISHED, ["https://mp.weixin.qq.com/s/1"])
    with desk.database.reading() as session:
        assert session.scalar(select(Material.current_revision_id)) is not None
        assert audit.verify(session) == ""


def test_nothing_is_left_at_the_due_time_but_check_and_submit(desk: Desk) -> None:
    made = desk.plan()
    with clock.fixed_at(DUE - timedelta(hours=3)):
        assert desk.pipeline().prepare(made)
        with desk.database.transaction() as session:
            posts.approve(session, made, "zhao", "", True)
    before = desk.played.calls()
    tick(desk)
    assert desk.played.calls() == before + 1
    assert len(desk.played.sent_titles()) == 1


def test_a_draft_older_than_a_day_is_read_back_once_more(desk: Desk) -> None:
    made = desk.approved()
    assert desk.pipeline().prepare(made)
    assert desk.played.calls("find_draft") == 1
    tick(desk)
    assert desk.played.calls("find_draft") == 2
    assert desk.played.calls("add_draft") == 1


@pytest.mark.parametrize("act", ["never submitted", "returned"])
def test_a_push_that_was_never_ready_is_told_when_its_time_has_passed(desk: Desk, act: str) -> None:
    made = desk.plan("谁也没有再管的一条")
    with desk.database.transaction() as session:
        if act == "returned":
            posts.return_(session, made, "zhao", "标题不对")
        else:
            made = posts.copy(session, made, "wang", DUE).id
    with at(3600):
        desk.pipeline().follow_up(clock.now())
    assert desk.state(made) == State.OVERDUE
    assert "送审" in alerts(desk) and "谁也没有再管的一条" in alerts(desk)


def test_an_edit_that_voids_an_approval_is_told(desk: Desk) -> None:
    made = desk.approved("第一稿")
    with desk.database.transaction() as session:
        material_id = posts.items(session, made)[0].material_id
        add_revision(session, material_id, "第二稿", "另一篇正文。", desk.cover)
        assert posts.note_edit(session, material_id, "wang") == [made]
    assert desk.state(made) == State.DRAFT
    assert "审核已作废" in alerts(desk) and "wang 改了文章" in alerts(desk)


def test_a_push_nobody_approved_is_never_sent_and_becomes_overdue(desk: Desk) -> None:
    made = desk.plan()
    tick(desk)
    with at(3600):
        desk.pipeline().follow_up(clock.now())
    assert desk.state(made) == State.OVERDUE
    assert "没有审核通过" in alerts(desk)
    assert desk.played.sent_titles() == []


def test_an_edit_after_the_approval_blocks_the_send_and_staff_are_told(desk: Desk) -> None:
    made = desk.approved("第一稿")
    with desk.database.transaction() as session:
        add_revision(session, 1, "第二稿", "另一篇正文。", desk.cover)
    tick(desk)
    assert desk.state(made) == State.DRAFT
    assert desk.played.sent_titles() == []
    assert "审核之后又改过" in alerts(desk)


def test_a_row_changed_behind_our_back_is_not_what_was_approved(desk: Desk) -> None:
    made = desk.approved(channel=Channel.MASS, audience={"tag": "普法志愿者"})
    with desk.database.transaction() as session:
        posts.get_post(session, made).audience = {"all": True}
    tick(desk)
    assert desk.state(made) == State.DRAFT
    assert desk.played.sent_titles() == []


def test_red_findings_stop_it(desk: Desk) -> None:
    made = desk.approved()
    tick(desk, inspect=lambda session, publication, uploads: ["《旧法》第一条已废止"])
    assert desk.state(made) == State.DRAFT
    assert "已废止" in desk.post(made).trouble


def test_what_wechat_changed_and_no_approver_saw_is_not_sent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.approved(body="第一句。会被微信去掉的一句。")
    real = desk.played._draft
    monkeypatch.setattr(
        desk.played, "_draft", lambda media_id: [_without(one, "会被微信去掉的一句。") for one in real(media_id)]
    )
    tick(desk)
    assert desk.state(made) == State.DRAFT
    assert "会被微信去掉的一句" in desk.post(made).trouble


def test_what_wechat_changed_and_the_approver_saw_goes_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = desk.plan(body="第一句。会被微信去掉的一句。")
    real = desk.played._draft
    monkeypatch.setattr(
        desk.played, "_draft", lambda media_id: [_without(one, "会被微信去掉的一句。") for one in real(media_id)]
    )
    desk.pipeline().prepare(made)
    assert "会被微信去掉的一句" in desk.post(made).draft_difference[0]
    with desk.database.transaction() as session:
        posts.approve(session, made, "zhao", "知道", True)
    tick(desk)
    assert len(desk.played.sent_titles()) == 1


def _without(article, words):
    return type(article)(
        article.title, article.author, article.digest, article.content.replace(words, ""), article.source_url,
        article.cover_media_id,
    )  # fmt: skip


def test_a_busy_platform_is_tried_again_within_the_posts_own_time(desk: Desk) -> None:
    desk.played.answers["submit_publish"] = [Later("繁忙", 45011, seconds=60)]
    made = desk.approved()
    tick(desk, 1)
    assert desk.state(made) == State.SCHEDULED
    assert tick(desk, 30) == 0
    tick(desk, 62)
    assert desk.state(made) == State.SUBMITTED
    assert len(desk.played.sent_titles()) == 1


def test_a_quota_that_opens_too_late_makes_it_overdue_at_once(desk: Desk) -> None:
    desk.played.answers["submit_publish"] = [Later("今天的次数已经用完", 45009, seconds=50_000)]
    made = desk.approved()
    tick(desk)
    assert desk.state(made) == State.OVERDUE
    assert "次数已经用完" in alerts(desk)


def test_a_refusal_fails_with_its_reason(desk: Desk) -> None:
    desk.played.answers["submit_publish"] = [Never("草稿没有通过发布检查", 53503)]
    made = desk.approved()
    tick(desk)
    assert desk.state(made) == State.FAILED
    assert "没有通过发布检查" in alerts(desk)


def test_pictures_are_uploaded_once_for_all_pushes(desk: Desk) -> None:
    desk.approved(body=f"看图。\n\n![图]({desk.cover})")
    desk.approved(body=f"同一张图。\n\n![图]({desk.cover})")
    tick(desk)
    assert desk.played.calls("upload_cover") == 1
    assert desk.played.calls("upload_body_picture") == 1
    assert len(desk.played.sent_titles()) == 2


def test_pushes_of_one_minute_do_not_wait_for_each_others_answers(desk: Desk) -> None:
    """All are with WeChat before the first has its answer."""
    made = [desk.approved() for _ in range(HANDS)]
    for one in made:
        desk.pipeline().prepare(one)
    together = threading.Barrier(HANDS)

    def meet(moment: str, call: str) -> None:
        if (moment, call) == ("during", "submit_publish"):
            together.wait(timeout=30)

    desk.played.moment = meet
    assert tick(desk) == HANDS
    assert {desk.state(one) for one in made} == {State.SUBMITTED}
    assert len(desk.played.sent_titles()) == HANDS


def test_a_storm_before_the_send_only_delays(desk: Desk) -> None:
    desk.played.answers["add_draft"] = [Unknown("-1"), Unknown("-1"), Unknown("-1")]
    made = desk.approved()
    for seconds in range(1, 400, 61):
        tick(desk, seconds)
    assert desk.state(made) == State.SUBMITTED
    assert len(desk.played.sent_titles()) == 1


# ── an answer that never came ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_publish_whose_answer_was_lost_is_found_and_not_sent_again(desk: Desk) -> None:
    desk.played.answers["submit_publish"] = ["lost"]
    made = desk.approved("国家宪法日")
    tick(desk, 1)
    assert desk.state(made) == State.PUBLISHING
    assert tick(desk, 10) == 0
    tick(desk, 25)
    assert desk.state(made) == State.PUBLISHED
    assert desk.played.sent_titles() == ["国家宪法日"]
    assert "列表里有这一篇" in desk.evidence(made)


def test_a_publish_that_wechat_took_and_does_not_list_yet_is_waited_for(desk: Desk) -> None:
    desk.played.answers["submit_publish"], desk.played.is_finishing = ["lost"], False
    made = desk.approved()
    tick(desk, 1)
    tick(desk, 25)
    assert desk.state(made) == State.SUBMITTED
    desk.played.is_finishing = True
    with at(120):
        desk.pipeline().follow_up(clock.now())
    assert desk.state(made) == State.PUBLISHED
    assert len(desk.played.sent_titles()) == 1


@pytest.mark.parametrize("did_reach", [True, False])
def test_a_draft_that_still_stands_is_no_proof_that_it_was_not_sent(desk: Desk, did_reach: bool) -> None:
    """WeChat keeps it while it examines what was submitted, for as long as that takes: only a person can tell."""
    desk.played.keeps_draft, desk.played.is_finishing = True, False
    desk.played.answers["submit_publish"] = ["lost" if did_reach else Unknown("没有应答")]
    made = desk.approved(late_after=timedelta(hours=3))
    for seconds in range(1, 9000, 100):
        tick(desk, seconds)
        with at(seconds):
            desk.pipeline().follow_up(clock.now())
    assert (desk.state(made), desk.played.calls("submit_publish")) == (State.UNCERTAIN, 1)
    assert "草稿还在草稿箱" in desk.evidence(made)
    assert desk.played.calls("list_published") < 25
    if did_reach:
        desk.played.is_finishing = True  # the examination ends, and it comes to light by itself
        with at(40_000):
            desk.pipeline().follow_up(clock.now())
        assert (desk.state(made), len(desk.played.sent_titles())) == (State.PUBLISHED, 1)


def test_where_wechat_cannot_be_asked_a_person_decides(desk: Desk) -> None:
    desk.played.answers |= {"submit_publish": ["lost"], "list_published": [Never("没有权限", 48001)] * 99}
    made = desk.approved()
    for seconds in range(1, 4500, 60):
        tick(desk, seconds)
    assert desk.state(made) == State.UNCERTAIN
    assert "没有权限" in desk.evidence(made)
    assert "结果不明" in alerts(desk)
    with at(4600), desk.database.transaction() as session:
        posts.decide(session, made, "sun", True, "在公众号后台看到了")
    assert desk.state(made) == State.PUBLISHED
    assert len(desk.played.sent_titles()) == 1


def test_a_person_who_says_no_has_it_sent_again(desk: Desk) -> None:
    desk.played.answers |= {
        "submit_publish": [Unknown("没有应答")], "list_published": [Never("没有权限", 48001)] * 25,
    }  # fmt: skip
    made = desk.approved()
    for seconds in range(1, 4500, 60):
        tick(desk, seconds)
    assert desk.state(made) == State.UNCERTAIN
    desk.played.answers.clear()
    with at(4600), desk.database.transaction() as session:
        posts.decide(session, made, "sun", False, "后台没有，手机上也没有")
    tick(desk, 4602)
    assert desk.state(made) == State.SUBMITTED
    assert len(desk.played.sent_titles()) == 1


def test_two_pushes_of_the_same_title_are_not_taken_for_each_other(desk: Desk) -> None:
    desk.played.answers["submit_publish"] = ["lost", "ok"]
    first, second = desk.approved("普法周报"), desk.approved("普法周报")
    tick(desk, 1)
    for seconds in (25, 90, 220):
        tick(desk, seconds)
        with at(seconds):
            desk.pipeline().follow_up(clock.now())
    assert desk.played.sent_titles() == ["普法周报"] * 2
    assert {desk.state(first), desk.state(second)} <= {State.PUBLISHED, State.SUBMITTED}
    for seconds in (300, 900, 1900, 3700, 7400):
        with at(seconds):
            desk.pipeline().follow_up(clock.now())
    assert {desk.state(first), desk.state(second)} == {State.PUBLISHED}
    assert desk.post(first).urls != desk.post(second).urls
    assert len(desk.played.sent_titles()) == 2


def test_a_mass_send_whose_answer_was_lost_is_asked_with_the_same_number(desk: Desk) -> None:
    desk.played.answers["send_mass"] = ["lost"]
    made = desk.approved(channel=Channel.MASS)
    tick(desk, 1)
    tick(desk, 25)
    assert desk.state(made) == State.SUBMITTED
    assert (len(desk.played.sent_titles()), desk.played.calls("send_mass")) == (1, 2)
    assert desk.post(made).msg_id == "1"
    assert "45065" in desk.evidence(made)


def test_45065_on_a_first_call_means_that_it_is_out(desk: Desk) -> None:
    desk.played.answers["send_mass"] = [AlreadySent("这个群发已经存在", "3147480001")]
    made = desk.approved(channel=Channel.MASS)
    tick(desk, 1)
    assert (desk.state(made), desk.post(made).msg_id) == (State.SUBMITTED, "3147480001")
    for seconds in (60, 300, 900):
        tick(desk, seconds)
    assert desk.played.calls("send_mass") == 1


def test_a_storm_of_minus_one_never_sends_a_mass_message_twice(desk: Desk) -> None:
    desk.played.answers["send_mass"] = [Unknown("-1"), "lost", Unknown("-1"), Later("太快", 45066), Unknown("-1")]
    made = desk.approved(channel=Channel.MASS)
    for seconds in range(1, 1200, 30):
        tick(desk, seconds)
    assert desk.state(made) == State.SUBMITTED
    assert len(desk.played.sent_titles()) == 1


def test_an_unknown_mass_send_is_not_repeated_after_its_time(desk: Desk) -> None:
    desk.played.answers["send_mass"] = [Unknown("-1")] * 99
    made = desk.approved(channel=Channel.MASS, late_after=timedelta(minutes=10))
    for seconds in range(1, 700, 30):
        tick(desk, seconds)
    calls = desk.played.calls("send_mass")
    for seconds in range(700, 3000, 60):
        tick(desk, seconds)
    assert desk.state(made) == State.UNCERTAIN
    assert desk.played.calls("send_mass") == calls


def test_no_quota_left_at_a_repetition_is_a_question_and_no_answer(desk: Desk) -> None:
    """It may well be the first call that spent it."""
    desk.played.answers["send_mass"] = [Unknown("-1"), *[Later("没有次数了", 45028, seconds=9999)] * 9]
    made = desk.approved(channel=Channel.MASS, late_after=timedelta(minutes=10))
    for seconds in range(1, 3000, 60):
        tick(desk, seconds)
    assert desk.state(made) == State.UNCERTAIN
    assert "没有次数了" in desk.evidence(made)


def test_a_draft_published_by_hand_is_not_published_again(desk: Desk) -> None:
    made = desk.approved("国家宪法日")
    desk.pipeline().prepare(made)
    with clock.fixed_at(DUE - timedelta(hours=20)):
        desk.played.submit_publish(desk.post(made).draft_media_id)
    tick(desk)
    assert desk.played.sent_titles() == ["国家宪法日"]
    assert desk.state(made) == State.DRAFT
    assert "已经有人在公众号后台发布" in desk.post(made).trouble


def test_a_draft_deleted_by_hand_is_made_again(desk: Desk) -> None:
    made = desk.approved()
    desk.pipeline().prepare(made)
    desk.played.delete_by_hand(desk.post(made).draft_media_id)
    tick(desk, 1)
    tick(desk, 10)
    assert desk.state(made) == State.SUBMITTED
    assert len(desk.played.sent_titles()) == 1


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("late_minutes", "state"), [(30, State.SUBMITTED), (10, State.OVERDUE)])
def test_a_machine_off_from_0750_to_0820_does_what_the_post_says(desk: Desk, late_minutes: int, state: State) -> None:
    made = desk.approved(late_after=timedelta(minutes=late_minutes))
    with clock.fixed_at(DUE - timedelta(minutes=10)):
        desk.pipeline().tick(clock.now())
    with clock.fixed_at(DUE + timedelta(minutes=20)):
        pipeline = desk.pipeline()
        pipeline.follow_up(clock.now())
        pipeline.tick(clock.now())
    assert desk.state(made) == state
    assert len(desk.played.sent_titles()) == (state == State.SUBMITTED)


def test_a_clock_that_goes_back_sends_nothing_twice(desk: Desk) -> None:
    desk.approved()
    tick(desk, 5)
    for seconds in (-3600, -1, 0, 5, 10):
        tick(desk, seconds)
    assert len(desk.played.sent_titles()) == 1


def test_a_lease_written_by_a_wrong_clock_does_not_last(desk: Desk) -> None:
    made = desk.approved()
    with desk.database.transaction() as session:
        assert posts.claim_due(session, DUE + timedelta(days=3), "dead") == [made]
    tick(desk, 5)
    assert desk.state(made) in (State.SUBMITTED, State.OVERDUE)


def test_the_administrators_phone_is_a_state_with_its_countdown(desk: Desk) -> None:
    desk.played.answers["send_mass"] = [AwaitsAdmin("等待管理员确认", 89504)]
    made = desk.approved(channel=Channel.MASS)
    tick(desk, 1)
    post = desk.post(made)
    assert (post.state, post.confirm_until) == (State.SUBMITTED, DUE + timedelta(minutes=30, seconds=1))
    assert "管理员" in alerts(desk)
    with at(1700):
        assert desk.pipeline().finished(
            {"MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": post.msg_id, "Status": "err(40002)"}
        )
    assert desk.state(made) == State.FAILED
    assert "30 分钟内没有在手机上确认" in desk.post(made).trouble
