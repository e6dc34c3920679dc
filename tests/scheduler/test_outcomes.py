"""WeChat's own word on a push: kept as it came, laid to its push, told in Chinese; once, and in any order."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from content.store import clock
from scheduler import outcomes, posts, slots
from scheduler.models import Channel, PlatformEvent, State
from scheduler.platform import AwaitsAdmin, Outcome
from tests.scheduler.making import DUE, Desk


def mass_event(number: str, status: str = "send success", **more: object) -> dict[str, object]:
    return {"MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": number, "Status": status, **more}


def publish_event(number: str, status: str = "0", **more: object) -> dict[str, object]:
    told = {"publish_id": number, "publish_status": status, **more}
    return {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": told}


def submitted(desk: Desk, channel: Channel = Channel.PUBLISH) -> int:
    made = desk.approved(channel=channel)
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        desk.pipeline().tick(clock.now())
    assert desk.state(made) == State.SUBMITTED
    return made


ONE = {"idx": "1", "article_url": "https://mp.weixin.qq.com/s/one"}
TWO = {"idx": "2", "article_url": "https://mp.weixin.qq.com/s/two"}


@pytest.mark.parametrize(("items", "urls"), [(ONE, [ONE]), ([ONE, TWO], [ONE, TWO])])
def test_a_publication_is_closed_by_its_event_with_one_link_or_several(desk: Desk, items, urls) -> None:
    made = submitted(desk)
    detail = {"count": "1", "item": items}
    assert desk.pipeline().finished(publish_event("1", article_id="ART", article_detail=detail))
    post = desk.post(made)
    assert (post.state, post.article_id) == (State.PUBLISHED, "ART")
    assert post.urls == [item["article_url"] for item in urls]


@pytest.mark.parametrize(
    ("status", "words"), [("2", "原创校验"), ("3", "发布失败"), ("4", "审核没有通过"), ("6", "封禁")]
)
def test_a_publication_that_wechat_refuses_fails_with_the_reason(desk: Desk, status: str, words: str) -> None:
    made = submitted(desk)
    desk.pipeline().finished(publish_event("1", status, fail_idx=["1", "2"]))
    assert desk.state(made) == State.FAILED
    assert words in desk.post(made).trouble
    assert "第 1、2 篇" in desk.post(made).trouble


@pytest.mark.parametrize("code", sorted(outcomes._ERRORS))
def test_every_number_of_a_failed_mass_send_is_told_in_chinese(code: str) -> None:
    told = outcomes.of_mass_event(mass_event("1", f"err({code})"))
    assert told.status == outcomes.FAILED
    assert outcomes._ERRORS[code] in told.sentence
    assert f"err({code})" in told.sentence


def test_the_list_of_numbers_is_the_platforms() -> None:
    known = "10001 20001 20002 20004 20006 20008 20013 21000 22000 30001 30002 30003 40001 40002"
    assert set(outcomes._ERRORS) == set(known.split())


def test_a_mass_send_is_closed_with_its_counts_and_links(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    links = {"Count": "1", "ResultList": {"item": {"ArticleIdx": "1", "ArticleUrl": "https://mp.weixin.qq.com/s/x"}}}
    counts = {"TotalCount": "1200", "FilterCount": "1190", "SentCount": "1188", "ErrorCount": "2"}
    desk.pipeline().finished(mass_event("1", ArticleUrlResult=links, **counts))
    assert (desk.state(made), desk.post(made).urls) == (State.PUBLISHED, ["https://mp.weixin.qq.com/s/x"])
    assert "成功 1188，失败 2" in desk.evidence(made)


def test_the_check_of_originality_names_the_article(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    found = [{"ArticleIdx": "1", "AuditState": "0", "CanReprint": "1"},
             {"ArticleIdx": "2", "AuditState": "11", "CanReprint": "0"}]  # fmt: skip
    check = {"Count": "2", "CheckState": "3", "ResultList": {"item": found}}
    desk.pipeline().finished(mass_event("1", "err(30003)", CopyrightCheckResult=check))
    assert "涉及第 2 篇" in desk.post(made).trouble


def test_the_same_event_twice_is_one(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    assert desk.pipeline().finished(mass_event("1"))
    assert not desk.pipeline().finished(mass_event("1"))
    assert desk.state(made) == State.PUBLISHED
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PlatformEvent)) == 1


def test_whose_account_an_event_names_is_not_kept(desk: Desk) -> None:
    desk.pipeline().finished(mass_event("1", FromUserName="oSomebody"))
    with desk.database.reading() as session:
        assert "oSomebody" not in str(session.scalars(select(PlatformEvent.fields)).all())


def test_an_event_that_overtakes_the_answer_closes_the_push_when_its_number_is_known(desk: Desk) -> None:
    assert not desk.pipeline().finished(mass_event("1"))
    made = desk.approved(channel=Channel.MASS)
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        desk.pipeline().tick(clock.now())
    assert desk.state(made) == State.PUBLISHED


def test_a_late_event_ends_the_doubt(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    with clock.fixed_at(DUE + timedelta(hours=25)):
        desk.played.is_finishing = False
        desk.pipeline().follow_up(clock.now())
        assert desk.state(made) == State.UNCERTAIN
        desk.pipeline().finished(mass_event("1"))
    assert desk.state(made) == State.PUBLISHED


def test_an_event_of_somebody_elses_send_changes_nothing(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    assert not desk.pipeline().finished(mass_event("999", "err(20001)"))
    assert not desk.pipeline().finished(publish_event("1", "3"))
    assert desk.state(made) == State.SUBMITTED


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "event", "Event": "PUBLISHJOBFINISH"},
        {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": "x"},
        {"MsgType": "event", "Event": "PUBLISHJOBFINISH", "PublishEventInfo": {"publish_id": ["1", "2"]}},
        {"MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": {"a": "b"}, "Status": "x"},
        {"MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": "1" * 900, "Status": "y" * 900},
    ],
)
def test_a_strange_event_is_taken_without_harm(desk: Desk, fields: dict[str, object]) -> None:
    made = submitted(desk)
    assert outcomes.is_ours(fields)
    assert not desk.pipeline().finished(fields)
    assert desk.state(made) == State.SUBMITTED


def test_results_are_asked_for_seldom_and_by_one_process(desk: Desk) -> None:
    desk.played.is_finishing = False
    submitted(desk)
    for minutes in range(0, 24 * 60, 2):
        with clock.fixed_at(DUE + timedelta(minutes=minutes)):
            desk.pipeline().follow_up(clock.now())
            desk.pipeline().follow_up(clock.now())
    assert 5 <= desk.played.calls("publish_outcome") <= 30


def test_what_is_out_can_be_deleted_everywhere(desk: Desk) -> None:
    made = submitted(desk)
    desk.pipeline().finished(publish_event("1", article_id="ART"))
    with pytest.raises(posts.NotPossible, match="为什么"):
        desk.pipeline().retract(made, "sun", " ")
    desk.pipeline().retract(made, "sun", "数字写错了")
    assert desk.played.calls("delete_published") == 1
    assert desk.state(made) == State.WITHDRAWN


def awaiting_without_a_number(desk: Desk) -> int:
    desk.played.answers["send_mass"] = [AwaitsAdmin("等待管理员确认", 89504)]
    desk.played.gives_msg_id = False
    made = submitted(desk, Channel.MASS)
    assert desk.post(made).msg_id == ""
    return made


def test_the_word_on_a_send_that_got_no_number_is_laid_to_the_one_that_waits(desk: Desk) -> None:
    made = awaiting_without_a_number(desk)
    assert desk.pipeline().finished(mass_event("3147480001", "err(40001)"))
    assert (desk.state(made), desk.post(made).msg_id) == (State.FAILED, "3147480001")
    assert "管理员在手机上拒绝" in desk.post(made).trouble


def test_a_send_by_hand_is_not_taken_for_the_one_that_waits(desk: Desk) -> None:
    """As staff do at WeChat's console where the administrator's phone stays silent."""
    made = awaiting_without_a_number(desk)
    for event in (mass_event("999", SentCount="1188"), mass_event("998", "err(20001)")):
        assert not desk.pipeline().finished(event)
    assert desk.state(made) == State.SUBMITTED
    assert "成功 1188" in desk.evidence(made) and "编号 999，不知道是不是这一条" in desk.evidence(made)


@pytest.mark.parametrize("channel", list(Channel))
def test_what_wechat_tells_of_a_send_whose_answer_was_lost_is_evidence(desk: Desk, channel: Channel) -> None:
    call, event = ("submit_publish", publish_event("77", "4")), mass_event("77", SentCount="3000")
    desk.played.answers[call[0] if channel is Channel.PUBLISH else "send_mass"] = ["lost"]
    made = desk.approved(channel=channel)
    with clock.fixed_at(DUE + timedelta(seconds=1)):
        desk.pipeline().tick(clock.now())
        desk.pipeline().finished(call[1] if channel is Channel.PUBLISH else event)
    assert desk.state(made) == State.PUBLISHING
    assert ("审核没有通过" if channel is Channel.PUBLISH else "成功 3000") in desk.evidence(made)


def test_what_was_deleted_after_it_went_out_is_no_send_that_is_left(desk: Desk) -> None:
    made = submitted(desk, Channel.MASS)
    desk.played._outcome = lambda _number: Outcome("gone", "这次群发的文章已被删除。")
    with clock.fixed_at(DUE + timedelta(minutes=5)):
        desk.pipeline().follow_up(clock.now())
    with clock.fixed_at(DUE + timedelta(minutes=6)), desk.database.reading() as session:
        assert slots.remaining(session, clock.today(), "subscription") == 0
    assert desk.state(made) == State.FAILED
    assert "不要原样再发" in desk.post(made).trouble


@pytest.mark.parametrize("has_number", [True, False])
def test_a_confirmation_that_nobody_heard_of_is_an_unknown_outcome(desk: Desk, has_number: bool) -> None:
    desk.played.is_finishing, desk.played.gives_msg_id = False, has_number
    desk.played.answers["send_mass"] = [AwaitsAdmin("等待管理员确认", 89504)]
    made = submitted(desk, Channel.MASS)
    for minutes, state in ((35, State.SUBMITTED), (45, State.UNCERTAIN)):
        with clock.fixed_at(DUE + timedelta(minutes=minutes)):
            desk.pipeline().follow_up(clock.now())
        assert desk.state(made) == state
