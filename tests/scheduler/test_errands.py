"""Previews and deletions that the console asks for: done by one scheduler, and whoever asked hears what came of it."""

from datetime import timedelta

import pytest

from content.staff import NotAllowed
from content.store import clock
from content.store.clock import fixed_at
from scheduler import errands
from scheduler.errands import Errand, ErrandState
from scheduler.models import Channel, State
from scheduler.moves import NotPossible
from scheduler.platform import Never
from tests.scheduler.making import BEFORE, DUE


def asked(desk, ask, *words):
    with desk.database.transaction() as session:
        return ask(session, *words).id


def told(desk, errand_id):
    with desk.database.reading() as session:
        found = session.get(Errand, errand_id)
        return found.state, found.told


def prepared(desk):
    number = desk.plan()
    assert desk.pipeline().prepare(number)
    return number


def published(desk, channel=Channel.PUBLISH):
    number = desk.approved(channel=channel)
    pipeline = desk.pipeline()
    with fixed_at(DUE):
        pipeline.tick(DUE)
        pipeline.follow_up(DUE + timedelta(minutes=5))
    assert desk.state(number) == State.PUBLISHED
    return number


def test_a_preview_is_sent_once_and_the_next_form_knows_the_name(desk):
    number = prepared(desk)
    errand = asked(desk, errands.ask_preview, number, "zhao", " li-phone ")
    means = desk.pipeline().means
    assert errands.do_next(desk.database, means) and not errands.do_next(desk.database, means)
    assert desk.played.calls("preview") == 1
    state, words = told(desk, errand)
    assert state == ErrandState.DONE and "li-phone" in words
    with desk.database.reading() as session:
        assert errands.last_wechat_name(session, "zhao") == "li-phone"
        assert errands.last_wechat_name(session, "li") == ""


def test_what_cannot_be_previewed_is_refused_before_it_is_queued(desk):
    unprepared = desk.plan()
    for number, by, name, refusal in (
        (unprepared, "zhao", "li-phone", NotPossible),
        (prepared(desk), "zhao", "  ", NotPossible),
        (prepared(desk), "wu", "li-phone", NotAllowed),
    ):
        with pytest.raises(refusal):
            asked(desk, errands.ask_preview, number, by, name)
    assert not errands.do_next(desk.database, desk.pipeline().means)


def test_wechats_refusal_reaches_whoever_asked(desk):
    desk.played.answers["preview"] = [Never("没有这个微信号。", 40132)]
    errand = asked(desk, errands.ask_preview, prepared(desk), "zhao", "nobody")
    errands.do_next(desk.database, desk.pipeline().means)
    assert told(desk, errand) == (ErrandState.REFUSED, "预览没有发出：没有这个微信号。")


@pytest.mark.parametrize("channel", list(Channel))
def test_what_is_out_is_deleted_at_wechat_and_withdrawn(desk, channel):
    number = published(desk, channel)
    errand = asked(desk, errands.ask_deletion, number, "sun", "数字写错了", False)
    assert desk.state(number) == State.PUBLISHED
    errands.do_next(desk.database, desk.pipeline().means)
    assert told(desk, errand)[0] == ErrandState.DONE and desk.state(number) == State.WITHDRAWN
    assert desk.played.calls("delete_published") + desk.played.calls("delete_mass") == 1


def test_what_was_deleted_by_hand_is_not_deleted_again(desk):
    number = published(desk)
    asked(desk, errands.ask_deletion, number, "sun", "已在后台删除", True)
    errands.do_next(desk.database, desk.pipeline().means)
    assert desk.state(number) == State.WITHDRAWN and not desk.played.calls("delete_published")


@pytest.mark.parametrize(("by", "reason", "refusal"), [("sun", " ", NotPossible), ("wang", "错了", NotAllowed)])
def test_a_deletion_wants_a_reason_and_somebody_who_may(desk, by, reason, refusal):
    number = published(desk)
    with pytest.raises(refusal):
        asked(desk, errands.ask_deletion, number, by, reason, False)
    assert desk.state(number) == State.PUBLISHED


def test_nothing_that_is_not_out_can_be_deleted(desk):
    with pytest.raises(NotPossible):
        asked(desk, errands.ask_deletion, desk.approved(), "sun", "错了", False)


def test_an_errand_whose_scheduler_died_is_done_by_another(desk):
    errand = asked(desk, errands.ask_preview, prepared(desk), "zhao", "li-phone")
    assert errands._take(desk.database) is not None  # and nothing more is heard of it
    assert not errands.do_next(desk.database, desk.pipeline().means)
    with fixed_at(BEFORE + errands.DEAD_AFTER * 2):
        assert errands.do_next(desk.database, desk.pipeline().means)
    assert told(desk, errand)[0] == ErrandState.DONE


def test_without_an_account_the_answer_says_what_to_do(desk):
    errand = asked(desk, errands.ask_preview, prepared(desk), "zhao", "li-phone")
    assert errands.do_next(desk.database, None)
    assert told(desk, errand) == (ErrandState.REFUSED, errands.NO_ACCOUNT)


def test_names_of_phones_are_kept_for_a_month(desk):
    asked(desk, errands.ask_preview, prepared(desk), "zhao", "li-phone")
    with fixed_at(clock.now() + errands.KEPT * 2), desk.database.transaction() as session:
        errands.purge(session)
        assert errands.last_wechat_name(session, "zhao") == ""
