"""Who may do what with a push, in which state, and what every change does to its approval."""

from datetime import timedelta

import pytest

from content import audit
from content.staff import NotAllowed
from content.store import clock
from scheduler import posts, preflight
from scheduler.models import MOVES, Channel, State
from scheduler.moves import NotPossible
from tests.scheduler.making import BEFORE, DUE, Desk, add_article, add_revision


def act(desk: Desk, function, *words, **named):
    with desk.database.transaction() as session:
        return function(session, *words, **named)


def test_a_planned_push_waits_for_its_review(desk: Desk) -> None:
    made = desk.plan("国家宪法日")
    with desk.database.reading() as session:
        told = posts.as_json(posts.get_post(session, made))
    assert (told["state"], told["title"], told["due_at"]) == ("in_review", "国家宪法日", "2026-12-04T08:00:00+08:00")
    assert (told["written_by"], told["late_after_seconds"], told["approvals"]) == ("wang", 1800, [])
    assert [article["title"] for article in told["articles"]] == ["国家宪法日"]


@pytest.mark.parametrize(
    ("channel", "audience"),
    [
        (Channel.MASS, {}), (Channel.MASS, {"all": False}), (Channel.MASS, {"tag": ""}), (Channel.MASS, {"tag": " "}),
        (Channel.MASS, {"all": True, "tag": "x"}), (Channel.PUBLISH, {"all": True}), ("sms", {}),
    ],
)  # fmt: skip
def test_an_audience_that_is_not_exactly_meant_is_refused(desk: Desk, channel: str, audience: dict) -> None:
    with pytest.raises(NotPossible):
        desk.plan(channel=channel, audience=audience)


def test_a_time_in_the_past_is_refused(desk: Desk) -> None:
    with pytest.raises(NotPossible, match="已经过去"):
        desk.plan(due_at=BEFORE)


def test_a_push_has_one_to_eight_articles_each_once(desk: Desk) -> None:
    with desk.database.transaction() as session:
        several = [add_article(session, cover=desk.cover) for _ in range(9)]
    for wanted in ([], several, [several[0], several[0]], [(several[0][0], several[1][1])]):
        with pytest.raises(NotPossible):
            act(desk, posts.plan, wanted, DUE, "publish", {}, "wang")
    assert act(desk, posts.plan, several[:8], DUE, "publish", {}, "wang").state == State.IN_REVIEW


@pytest.mark.parametrize("who", ["li", "zhao", "sun", "zhou", "wu", "nobody"])
def test_only_writers_plan(desk: Desk, who: str) -> None:
    with desk.database.transaction() as session:
        article = add_article(session, cover=desk.cover)
    with pytest.raises(NotAllowed):
        act(desk, posts.plan, [article], DUE, "publish", {}, who)


@pytest.mark.parametrize("who", ["wang", "li", "sun", "zhou", "wu"])
def test_only_the_final_reviewer_approves_where_one_is_enough(desk: Desk, who: str) -> None:
    made = desk.plan()
    with pytest.raises(NotAllowed):
        act(desk, posts.approve, made, who, "", True)
    assert desk.state(made) == State.IN_REVIEW


def test_three_reviews_by_three_people(desk: Desk) -> None:
    made = desk.plan()
    for who, state in (("li", State.IN_REVIEW), ("zhao", State.IN_REVIEW), ("sun", State.SCHEDULED)):
        assert act(desk, posts.approve, made, who, "同意", True, people=3).state == state
    with desk.database.reading() as session:
        told = posts.as_json(posts.get_post(session, made))["approvals"]
        assert [(word["by"], word["is_valid"]) for word in told] == [("li", True), ("zhao", True), ("sun", True)]


def test_who_wrote_any_wording_of_it_cannot_approve(desk: Desk) -> None:
    with desk.database.transaction() as session:
        material_id, _ = add_article(session, cover=desk.cover, by="zhao")
        newest = add_revision(session, material_id, "第二稿", "正文。", desk.cover, by="wang")
        made = posts.plan(session, [(material_id, newest.id)], DUE, "publish", {}, "wang").id
    with pytest.raises(NotAllowed):
        act(desk, posts.approve, made, "zhao", "", True)


CHANGES = {
    "its time": {"due_at": DUE + timedelta(minutes=1)},
    "its audience": {"audience": {"tag": "普法志愿者"}},
    "its channel": {"channel": Channel.PUBLISH, "audience": {}},
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_voids_the_approval(desk: Desk, what: str) -> None:
    made = desk.approved(channel=Channel.MASS)
    changed = act(desk, posts.change, made, "wang", **CHANGES[what])
    assert (changed.state, changed.digest) == (State.DRAFT, "")
    with clock.fixed_at(DUE + timedelta(minutes=2)):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == []
    with desk.database.reading() as session:
        assert [word["is_valid"] for word in posts.as_json(posts.get_post(session, made))["approvals"]] == [False]


def test_an_article_written_on_takes_its_pushes_out_of_the_schedule(desk: Desk) -> None:
    made = desk.approved("第一稿")
    with desk.database.transaction() as session:
        material_id = posts.items(session, made)[0].material_id
        add_revision(session, material_id, "第二稿", "正文。", desk.cover)
        assert posts.note_edit(session, material_id, "wang") == [made]
    assert (desk.state(made), desk.post(made).title) == (State.DRAFT, "第二稿")


def test_what_was_written_on_after_submission_cannot_be_approved(desk: Desk) -> None:
    made = desk.plan("第一稿")
    with desk.database.transaction() as session:
        add_revision(session, posts.items(session, made)[0].material_id, "第二稿", "正文。", desk.cover)
    with pytest.raises(NotPossible, match="又改过"):
        act(desk, posts.approve, made, "zhao", "", True)


def test_a_returned_push_is_mended_and_submitted_again(desk: Desk) -> None:
    made = desk.plan()
    assert act(desk, posts.return_, made, "zhao", "标题太长").state == State.RETURNED
    act(desk, posts.change, made, "wang", due_at=DUE + timedelta(hours=1))
    assert act(desk, posts.submit, made, "wang").state == State.IN_REVIEW
    assert act(desk, posts.approve, made, "zhao", "", True).state == State.SCHEDULED


def test_a_withdrawn_push_never_goes_out(desk: Desk) -> None:
    made = desk.approved()
    act(desk, posts.withdraw, made, "wang", "不发了")
    with clock.fixed_at(DUE):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == []
    with pytest.raises(NotPossible):
        act(desk, posts.change, made, "wang", due_at=DUE + timedelta(hours=1))


def test_what_is_being_sent_cannot_be_withdrawn_or_changed(desk: Desk) -> None:
    made = desk.approved()
    assert act(desk, posts.claim_due, DUE, "somebody") == [made]
    for function, words in ((posts.withdraw, ("wang", "x")), (posts.change, ("wang",)), (posts.publish_now, ("sun",))):
        with pytest.raises(NotPossible):
            act(desk, function, made, *words)


def test_publish_now_sends_the_approved_words_at_once(desk: Desk) -> None:
    made = desk.approved()
    with pytest.raises(NotAllowed):
        act(desk, posts.publish_now, made, "wang")
    act(desk, posts.publish_now, made, "sun")
    desk.pipeline().tick(clock.now())
    assert len(desk.played.sent_titles()) == 1
    with desk.database.reading() as session:
        assert [word["is_valid"] for word in posts.as_json(posts.get_post(session, made))["approvals"]] == [True]


def test_publish_now_does_not_approve_what_was_changed(desk: Desk) -> None:
    made = desk.approved(channel=Channel.MASS, audience={"tag": "x"})
    with desk.database.transaction() as session:
        posts.get_post(session, made).audience = {"all": True}
    act(desk, posts.publish_now, made, "sun")
    desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == []


def test_one_person_alone_publishes_in_an_emergency_and_another_reviews_it_afterwards(desk: Desk) -> None:
    made = desk.plan()
    with pytest.raises(NotAllowed):
        act(desk, posts.approve_alone, made, "wang", "暴雨停课", True)
    post = act(desk, posts.approve_alone, made, "sun", "暴雨停课", True)
    assert (post.state, post.is_emergency, post.reviewed_afterwards_at) == (State.SCHEDULED, True, None)
    with pytest.raises(NotAllowed):
        act(desk, posts.review_afterwards, made, "sun", "看过")
    assert act(desk, posts.review_afterwards, made, "zhao", "看过").reviewed_afterwards_at == clock.now()


def test_who_was_reviewed_by_all_after_all_is_no_emergency_any_more(desk: Desk) -> None:
    made = desk.plan()
    act(desk, posts.approve_alone, made, "sun", "暴雨停课", True)
    act(desk, posts.change, made, "wang", due_at=DUE + timedelta(hours=1))
    act(desk, posts.submit, made, "wang")
    assert not act(desk, posts.approve, made, "zhao", "同意", True).is_emergency


def test_how_late_it_may_go_out_can_be_changed_and_voids_the_approval(desk: Desk) -> None:
    made = desk.approved()
    changed = act(desk, posts.change, made, "wang", late_after=timedelta(hours=3))
    assert (changed.state, changed.late_after_seconds) == (State.DRAFT, 3 * 3600)
    with pytest.raises(NotPossible, match="最多迟多久"):
        act(desk, posts.change, made, "wang", late_after=timedelta(days=2))


def test_the_red_switch_stops_everything_and_two_people_release_it(desk: Desk) -> None:
    made = desk.approved()
    act(desk, posts.freeze, "wang", "标题有误")
    with clock.fixed_at(DUE):
        assert desk.pipeline().tick(clock.now()) == 0
        assert desk.state(made) == State.SCHEDULED
        assert act(desk, posts.release, "sun") is False
        with pytest.raises(NotPossible, match="两个人"):
            act(desk, posts.release, "sun")
        with pytest.raises(NotAllowed):
            act(desk, posts.release, "wang")
        desk.pipeline().tick(clock.now())
        assert desk.played.sent_titles() == []
        assert act(desk, posts.release, "qian") is True
        desk.pipeline().tick(clock.now())
    assert len(desk.played.sent_titles()) == 1


def test_a_freeze_in_the_last_moment_holds_back_what_is_claimed_already(desk: Desk) -> None:
    made = desk.approved()

    def freeze_then(moment: str, call: str) -> None:
        if (moment, call) == ("after", "find_draft"):
            act(desk, posts.freeze, "wang", "等一等")

    desk.played.moment = freeze_then
    with clock.fixed_at(DUE):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == []
    assert desk.state(made) == State.SCHEDULED


def test_every_state_is_in_the_table_of_moves_and_published_things_do_not_come_back() -> None:
    assert set(MOVES) == set(State)
    assert MOVES[State.PUBLISHED] == {State.WITHDRAWN}
    assert MOVES[State.WITHDRAWN] == set()


def test_all_that_was_done_stands_in_the_audit_log(desk: Desk) -> None:
    made = desk.approved()
    act(desk, posts.withdraw, made, "wang", "不发了")
    with desk.database.reading() as session:
        acts = [entry.act for entry in reversed(audit.entries(session, thing=f"post:{made}"))]
        assert acts == ["post.plan", "post.in_review", "review.approve", "post.scheduled", "post.withdrawn"]
        assert audit.verify(session) == ""


def test_two_mass_sends_of_one_day_are_not_both_approved(desk: Desk) -> None:
    first, second = (desk.plan(channel=Channel.MASS) for _ in range(2))
    act(desk, posts.approve, first, "zhao", "同意", True, account_type="subscription")
    with pytest.raises(NotPossible, match="12月4日的群发已经排满"):
        act(desk, posts.approve, second, "zhao", "同意", True, account_type="subscription")
    other = desk.approved(due_at=DUE + timedelta(days=1), channel=Channel.MASS)
    with clock.fixed_at(DUE), pytest.raises(NotPossible, match="已经排满"):
        act(desk, posts.publish_now, other, "sun", account_type="subscription")
    assert desk.state(other) == State.SCHEDULED


def test_the_same_article_and_one_that_says_the_same_are_found_in_other_pushes_that_wait(desk: Desk) -> None:
    body = "".join(f"第{number}条：拖欠工资的，可以向劳动监察大队投诉，并保留好考勤记录。" for number in range(30))
    first, second = desk.plan("欠薪怎么办", body=body), desk.plan("被拖欠工资怎么办", body=body)
    with desk.database.transaction() as session:
        twin = posts.copy(session, first, "wang", DUE + timedelta(days=1))
        posts.submit(session, twin.id, "wang")
    with desk.database.reading() as session:
        told = " ".join(preflight.yellows(session, posts.get_post(session, first), desk.uploads).values())
        assert preflight.reds(session, posts.get_post(session, first), desk.uploads) == []
    assert f"第 {twin.id} 号推送" in told and "《被拖欠工资怎么办》几乎一样" in told
    assert f"第 {second} 号" not in told
