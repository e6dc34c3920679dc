"""Review: as many different people as asked for, in order, none of them a writer, each for just what he saw."""

import itertools
import threading

import pytest

from content import audit, workflow
from content.staff import NotAllowed, Role, Staff, deactivate
from content.store import clock
from content.store.db import Database
from content.workflow import Verdict, missing_steps, needed_steps, sign, sign_offs

PEOPLE = {
    "chief": ["admin"], "deputy": ["admin"], "pen": ["write"], "first": ["review1"], "second": ["review2"],
    "both": ["review1", "review2"], "seal": ["publish"], "all": ["review1", "review2", "publish", "write"],
    "looker": ["audit"],
}  # fmt: skip


def put(session, people):
    """Without passwords, which take their time."""
    for name, roles in people.items():
        session.add(Staff(name=name, shown_name=name.title(), roles=roles, created_at=clock.now()))
    session.flush()


@pytest.fixture
def staffed(database):
    with database.transaction() as session:
        put(session, PEOPLE)
    return database


@pytest.fixture
def says(staffed):
    """One person's word on post:1 in a transaction of its own; True where all needed approvals are there."""

    def say(
        by, verdict=Verdict.APPROVE, *, digest="d1", people=1, secrecy=True, opinion="同意", writers=("pen",), **more
    ):
        with staffed.transaction() as session:
            return sign(session, "post:1", digest, set(writers), by, verdict, opinion, secrecy, [], people, **more)

    return say


def missing(staffed, digest="d1", people=1, writers=()):
    with staffed.reading() as session:
        return missing_steps(session, "post:1", digest, people, writers=writers)


# ── who ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_person_is_enough_where_one_is_asked_for(staffed, says):
    assert missing(staffed) == (Role.REVIEW2,)
    assert says("second") is True
    assert missing(staffed) == ()


def test_three_reviews_are_by_three_people_in_order(staffed, says):
    assert missing(staffed, people=3) == (Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
    assert says("first", people=3) is False
    assert says("second", people=3) is False
    assert missing(staffed, people=3) == (Role.PUBLISH,)
    assert says("seal", people=3) is True


@pytest.mark.parametrize(("by", "people"), [("second", 2), ("seal", 3), ("second", 3)])
def test_nobody_goes_before_his_turn(staffed, says, by, people):
    with pytest.raises(NotAllowed, match="初审"):
        says(by, people=people)
    assert missing(staffed, people=people) == needed_steps(people)


@pytest.mark.parametrize("people", [2, 3])
def test_who_has_every_role_still_signs_only_once(staffed, says, people):
    says("all", people=people, writers=())
    with pytest.raises(NotAllowed, match="另一个人"):
        says("all", people=people, writers=())
    assert len(missing(staffed, people=people)) == people - 1


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_writer_gives_no_word_on_his_own_work(staffed, says, verdict):
    with pytest.raises(NotAllowed, match="不能审自己写的"):
        says("all", verdict, writers=("pen", "all"))
    with staffed.reading() as session:
        assert sign_offs(session, "post:1") == []


def test_who_became_a_writer_afterwards_has_not_approved(staffed, says):
    assert says("all", writers=("pen",))
    assert missing(staffed, writers=("pen", "all")) == (Role.REVIEW2,)
    assert says("second", writers=("pen", "all")) is True


@pytest.mark.parametrize(
    ("by", "people"), [("pen", 1), ("first", 1), ("seal", 1), ("seal", 2), ("looker", 3), ("chief", 3), ("nobody", 1)]
)
def test_without_a_role_of_this_review_nobody_signs(says, by, people):
    with pytest.raises(NotAllowed):
        says(by, people=people)


def test_who_was_dismissed_signs_nothing(staffed, says):
    with staffed.transaction() as session:
        deactivate(session, "second", "chief")
    with pytest.raises(NotAllowed, match="停用"):
        says("second")


# ── what ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_approval_counts_for_just_what_was_seen(staffed, says):
    assert says("second", digest="d1")
    assert missing(staffed, digest="d2") == (Role.REVIEW2,)
    says("first", digest="d1", people=2)
    assert missing(staffed, digest="d2", people=2) == (Role.REVIEW1, Role.REVIEW2)
    assert says("second", digest="d2") is True  # and may be given again for the new state


def test_words_on_another_subject_do_not_count(staffed, says):
    says("second")
    with staffed.reading() as session:
        assert missing_steps(session, "post:11", "d1", 1) == (Role.REVIEW2,)


def test_a_return_needs_an_opinion_and_takes_back_what_was_approved(staffed, says):
    says("first", people=3)
    with pytest.raises(NotAllowed, match="写明意见"):
        says("second", Verdict.RETURN, people=3, opinion="  ")
    assert missing(staffed, people=3) == (Role.REVIEW2, Role.PUBLISH)
    assert says("second", Verdict.RETURN, people=3, opinion="标题不准确") is False
    assert missing(staffed, people=3) == needed_steps(3)
    for by in ("first", "second"):
        assert says(by, people=3) is False
    assert says("seal", people=3) is True
    with staffed.reading() as session:
        words = [(word.staff_name, word.step, word.verdict) for word in sign_offs(session, "post:1")]
    assert words[1] == ("second", "review2", "return")
    assert len(words) == 5


def test_more_people_asked_for_meanwhile_are_asked(staffed, says):
    says("second", people=1)
    assert missing(staffed, people=2) == (Role.REVIEW1,)
    assert says("first", people=2) is True


def test_what_is_approved_already_needs_no_further_word(staffed, says):
    says("second")
    assert says("both") is True
    with staffed.reading() as session:
        assert len(sign_offs(session, "post:1")) == 1


# ── secrecy ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("people", [1, 2, 3])
def test_without_a_secrecy_check_the_last_approval_does_not_count(staffed, says, people):
    *before, last = {1: ["second"], 2: ["first", "second"], 3: ["first", "second", "seal"]}[people]
    for by in before:
        assert says(by, people=people, secrecy=False) is False
    with pytest.raises(NotAllowed, match="保密审查"):
        says(last, people=people, secrecy=False)
    assert missing(staffed, people=people) == needed_steps(people)[-1:]
    assert says(last, people=people, secrecy=True) is True


def test_anyone_before_may_have_ticked_it(says):
    says("first", people=2, secrecy=True)
    assert says("second", people=2, secrecy=False) is True


def test_a_person_of_its_own_may_check_secrecy_and_that_is_no_approval(staffed, says):
    with staffed.transaction() as session:
        workflow.check_secrecy(session, "post:1", "d1", {"pen"}, "seal")
    assert missing(staffed) == (Role.REVIEW2,)
    assert says("second", secrecy=False) is True


def test_a_writer_does_not_check_the_secrecy_of_his_own(staffed):
    with pytest.raises(NotAllowed), staffed.transaction() as session:
        workflow.check_secrecy(session, "post:1", "d1", {"all"}, "all")


def test_a_secrecy_check_of_an_earlier_state_is_worth_nothing(says, staffed):
    with staffed.transaction() as session:
        workflow.check_secrecy(session, "post:1", "d0", set(), "seal")
    with pytest.raises(NotAllowed, match="保密审查"):
        says("second", secrecy=False)


def test_where_the_bureau_asks_for_none_none_is_needed(says):
    assert says("second", secrecy=False, needs_secrecy=False) is True


# ── emergency ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_an_emergency_one_person_decides_with_reason_and_secrecy_check_and_another_looks_afterwards(staffed):
    def emergency(by, opinion="台风预警", secrecy=True):
        with staffed.transaction() as session:
            return workflow.sign_emergency(session, "post:1", "d1", by, opinion, secrecy)

    for by, opinion, secrecy in [("pen", "急", True), ("seal", "", True), ("seal", "急", False)]:
        with pytest.raises(NotAllowed):
            emergency(by, opinion, secrecy)
    emergency("all")  # a writer too
    for by in ("all", "pen", "first"):
        with pytest.raises(NotAllowed), staffed.transaction() as session:
            workflow.review_afterwards(session, "post:1", "d1", {"pen"}, by, "看过")
    with staffed.transaction() as session:
        workflow.review_afterwards(session, "post:1", "d1", {"pen"}, "second", "看过")
        words = [(word.step, word.staff_name) for word in sign_offs(session, "post:1")]
    assert words == [("emergency", "all"), ("afterwards", "second")]
    assert missing(staffed) == (Role.REVIEW2,)  # neither is an ordinary approval


# ── on the record ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_word_is_in_the_audit_log_with_name_step_and_digest(staffed, says):
    says("first", people=2, opinion="可以")
    says("second", Verdict.RETURN, people=2, opinion="再改")
    with staffed.reading() as session:
        returned, approved = audit.entries(session, thing="post:1")
        assert (approved.staff_name, approved.act) == ("first", "review.approve")
        assert approved.detail | {"ticks": 0} == {
            "step": "review1", "digest": "d1", "secrecy": True, "opinion": "可以", "ticks": 0
        }  # fmt: skip
        assert (returned.act, returned.detail["opinion"]) == ("review.return", "再改")


def test_of_two_at_the_same_moment_one_completes_the_review_and_each_step_is_signed_once(database_url, staffed):
    """Everybody with the first role presses at once, then everybody with the second."""
    outcomes: list[object] = []

    def press(by):
        own = Database(database_url, patience_seconds=30)
        try:
            with own.transaction() as session:
                outcomes.append(sign(session, "post:1", "d1", set(), by, Verdict.APPROVE, "", True, [], 2))
        except NotAllowed as error:
            outcomes.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=press, args=(by,)) for by in ("first", "both", "all", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with staffed.reading() as session:
        words = [(word.step, word.staff_name) for word in sign_offs(session, "post:1")]
    assert [step for step, _ in words] == ["review1", "review2"]
    assert len({name for _, name in words}) == 2
    assert sum(outcome is False for outcome in outcomes) == 1


def test_any_order_of_three_people_with_every_role_ends_after_three(database):
    with database.transaction() as session:
        put(session, {name: ["review1", "review2", "publish"] for name in "abc"})
        for number, order in enumerate(itertools.permutations("abc")):
            said = [sign(session, f"post:{number}", "d", set(), by, Verdict.APPROVE, "", True, [], 3) for by in order]
            assert said == [False, False, True]
