"""Who may sit it, when and how often: computed, from the rules, the papers and what was granted."""

from datetime import timedelta

import pytest

from content import audit
from content.staff import NotAllowed, NotFound, Staff
from content.store import clock
from handlers.quiz import admission, play, score
from handlers.quiz.exam import entitlement, overrides
from handlers.quiz.exam.models import OverrideKind
from handlers.quiz.exam.overrides import NotGranted, Wish
from tests.handlers.quiz.exams import CLOSES, MAKEUP_CLOSES, MAKEUP_OPENS, NOW, OPENS, PEOPLE

HOUR = timedelta(hours=1)
BETWEEN = CLOSES + timedelta(days=3)


@pytest.fixture
def entitled(exam):
    def of(number: str = "A001"):
        return entitlement.find(exam.session, exam.held, exam.person(number).participant)

    return of


@pytest.fixture
def sitting(entitled):
    def of(at, number: str = "A001"):
        with clock.fixed_at(at):
            return entitled(number).find_sitting(at)

    return of


@pytest.fixture
def grant(exam):
    """Asked for and approved; of whom, what."""

    def granted(kind: str, number: str = "A001", **more):
        wish = Wish(OverrideKind(kind), "演示原因", **more)
        participant = exam.person(number).participant
        asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
        return overrides.decide(exam.session, exam.held, asked.id, True, "approver")

    return granted


@pytest.mark.parametrize(
    ("at", "left"),
    [(OPENS - timedelta(seconds=1), None), (OPENS, 2), (CLOSES - timedelta(seconds=1), 2), (CLOSES, None),
     (MAKEUP_OPENS - timedelta(seconds=1), None), (MAKEUP_OPENS, 1), (MAKEUP_CLOSES - timedelta(seconds=1), 1),
     (MAKEUP_CLOSES, None)],
)  # fmt: skip
def test_it_is_open_in_its_windows_and_not_a_second_longer(sitting, at, left):
    found = sitting(at)
    assert (found.attempts_left if found else None) == left
    assert found is None or found.is_makeup is (at >= MAKEUP_OPENS)


def test_each_paper_takes_an_attempt_also_one_that_was_only_begun(exam, sitting):
    exam.writes("A001", 0, NOW, is_handed_in=False)
    assert sitting(NOW + HOUR).attempts_left == 1
    exam.writes("A001", 20, NOW + HOUR)
    assert sitting(NOW + 2 * HOUR).attempts_left == 0


def test_without_an_attempt_left_no_paper_is_begun(exam):
    for place in range(2):
        exam.writes("A001", 0, OPENS + place * HOUR)
    with pytest.raises(admission.NoAttemptLeft):
        play.begin_paper(exam.session, exam.held, exam.person("A001").participant, "seed")


def test_who_is_not_on_the_roster_begins_no_paper(exam):
    with pytest.raises(admission.Closed):
        play.begin_paper(exam.session, exam.held, "f" * 32, "seed")


@pytest.mark.parametrize(
    ("points", "outcome", "may"),
    [([], "absent", True), ([0], "failed", True), ([59, 59], "failed", True), ([60], "passed", False),
     ([100, 0], "passed", False)],
)  # fmt: skip
def test_the_make_up_is_for_who_has_not_passed(exam, entitled, sitting, points, outcome, may):
    for place, brought in enumerate(points):
        exam.writes("A001", brought, NOW + place * HOUR)
    assert (entitled().outcome, entitled().may_make_up) == (outcome, may)
    assert (sitting(MAKEUP_OPENS) is not None) is may


def test_papers_of_the_make_up_are_counted_apart_and_the_best_is_kept(exam, entitled, sitting):
    exam.writes("A001", 40, NOW)
    exam.writes("A001", 70, MAKEUP_OPENS)
    with clock.fixed_at(MAKEUP_OPENS + HOUR):
        found = entitled()
    assert (found.outcome, found.best, found.sat, found.made_up) == ("passed", 140, 2, 1)
    assert sitting(MAKEUP_OPENS + HOUR) is None


def test_a_paper_left_lying_counts_with_what_was_saved_once_its_time_is_up(exam, entitled):
    exam.writes("A001", 80, NOW, is_handed_in=False)
    assert entitled().outcome == "absent"
    with clock.fixed_at(NOW + timedelta(minutes=30)):
        assert (entitled().outcome, entitled().best) == ("passed", 160)


def test_a_granted_attempt_is_used_once_whichever_window_it_is(exam, sitting, grant):
    grant("attempt", amount=1)
    for place in range(2):
        exam.writes("A001", 0, NOW + place * HOUR)
    assert sitting(NOW + 3 * HOUR).attempts_left == 1
    exam.writes("A001", 0, NOW + 3 * HOUR)
    assert sitting(NOW + 4 * HOUR).attempts_left == 0
    assert sitting(MAKEUP_OPENS).attempts_left == 1


def test_an_attempt_that_was_not_needed_is_there_in_the_make_up(exam, sitting, grant):
    grant("attempt", amount=1)
    exam.writes("A001", 0, NOW)
    assert sitting(MAKEUP_OPENS).attempts_left == 2


def test_granted_minutes_make_the_next_paper_longer(exam, grant):
    grant("minutes", amount=15)
    played = play.begin_paper(exam.session, exam.held, exam.person("A001").participant, "seed")
    assert played.deadline_at == NOW + timedelta(minutes=45)


def test_another_time_is_open_to_its_owner_alone_with_what_is_left_of_the_exams_attempts(exam, sitting, grant):
    exam.writes("A001", 0, NOW)
    grant("window", opens_at=BETWEEN, closes_at=BETWEEN + HOUR)
    found = sitting(BETWEEN)
    assert (found.attempts_left, found.is_makeup, found.closes_at) == (1, False, BETWEEN + HOUR)
    assert sitting(BETWEEN + HOUR) is None and sitting(BETWEEN, "A002") is None


def test_a_paper_of_another_time_runs_no_longer_than_that(exam, grant):
    grant("window", opens_at=BETWEEN, closes_at=BETWEEN + timedelta(minutes=10))
    with clock.fixed_at(BETWEEN):
        played = play.begin_paper(exam.session, exam.held, exam.person("A001").participant, "seed")
    assert played.deadline_at == BETWEEN + timedelta(minutes=10)


def test_who_is_excused_sits_nothing(sitting, entitled, grant):
    grant("excused")
    assert (sitting(NOW), sitting(MAKEUP_OPENS), entitled().outcome) == (None, None, "excused")


def test_what_is_not_approved_has_no_effect_and_what_is_ended_has_none_any_more(exam, entitled, grant):
    wish = Wish(OverrideKind.ATTEMPT, "演示原因", amount=1)
    participant = exam.person("A001").participant
    asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
    assert entitled().left == 2
    overrides.decide(exam.session, exam.held, asked.id, False, "approver")
    assert entitled().left == 2
    granted = grant("attempt", amount=1)
    assert entitled().left == 3
    overrides.end(exam.session, exam.held, granted.id, "approver")
    assert entitled().left == 2


def test_nobody_approves_what_he_asked_for_himself(exam, entitled):
    wish = Wish(OverrideKind.EXCUSED, "演示原因")
    participant = exam.person("A001").participant
    asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
    for name in ("organiser", " Organiser"):
        with pytest.raises(NotAllowed, match="不能自己批"):
            overrides.decide(exam.session, exam.held, asked.id, True, name)
    assert entitled().outcome == "absent"


def test_only_who_may_hold_campaigns_asks_and_decides(exam):
    exam.session.add(Staff(name="writer", shown_name="演示", roles=["write"], created_at=NOW))
    exam.session.flush()
    wish = Wish(OverrideKind.EXCUSED, "演示原因")
    participant = exam.person("A001").participant
    with pytest.raises(NotAllowed):
        overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "writer")
    asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
    for act in (overrides.decide, overrides.end):
        with pytest.raises(NotAllowed):
            act(exam.session, exam.held, asked.id, *([True] if act is overrides.decide else []), by="writer")


def test_what_was_decided_is_not_decided_again(exam, grant):
    granted = grant("excused")
    for is_approved in (True, False):
        with pytest.raises(NotGranted, match="已经办过"):
            overrides.decide(exam.session, exam.held, granted.id, is_approved, "approver")


def test_one_of_another_exam_is_not_found(exam, make_exam, grant):
    granted, other = grant("excused"), make_exam()
    with pytest.raises(NotFound):
        overrides.end(exam.session, other.held, granted.id, "approver")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(OverrideKind.EXCUSED, " "), "原因"),
        (Wish(OverrideKind.EXCUSED, "长" * 201), "原因"),
        (Wish(OverrideKind.ATTEMPT, "演示原因", amount=0), "次数"),
        (Wish(OverrideKind.ATTEMPT, "演示原因", amount=6), "次数"),
        (Wish(OverrideKind.MINUTES, "演示原因", amount=301), "分钟"),
        (Wish(OverrideKind.WINDOW, "演示原因"), "开始和结束"),
        (Wish(OverrideKind.WINDOW, "演示原因", opens_at=BETWEEN, closes_at=BETWEEN), "开始和结束"),
        (Wish(OverrideKind.WINDOW, "演示原因", opens_at=OPENS, closes_at=OPENS + HOUR), "还没有过去"),
    ],
)
def test_what_cannot_be_granted_says_what_to_change(exam, wish, told):
    with pytest.raises(NotGranted, match=told):
        overrides.ask_as_staff(
            exam.session, exam.keyring, exam.held, exam.person("A001").participant, wish, "organiser"
        )


def test_a_reason_is_kept_encrypted_and_stands_in_no_log(exam):
    wish = Wish(OverrideKind.EXCUSED, "演示住院")
    participant = exam.person("A001").participant
    asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
    overrides.decide(exam.session, exam.held, asked.id, True, "approver")
    assert "住院" not in asked.reason and overrides.reason_of(exam.keyring, asked) == "演示住院"
    kept = audit.entries(exam.session, thing=f"campaign:{exam.held.id}/override:{asked.id}")
    assert [(entry.act, entry.staff_name) for entry in kept] == [
        ("exam.approve", "approver"), ("exam.ask", "organiser"),
    ]  # fmt: skip
    assert "住院" not in str([entry.detail for entry in kept])


def test_who_was_left_out_of_the_roster_is_entitled_to_nothing(exam, entitled, sitting):
    exam.takes_in(PEOPLE[:4], drops=1)
    assert sitting(NOW, "B001") is None and not entitled("B001").may_make_up


def test_the_answers_are_told_to_nobody_while_anybody_may_still_sit_it(exam, grant):
    def told_at(moment) -> bool:
        with clock.fixed_at(moment):
            return score.may_be_told(exam.session, exam.held)

    exam.takes_in()
    assert [told_at(moment) for moment in (CLOSES, MAKEUP_CLOSES - HOUR, MAKEUP_CLOSES)] == [False, False, True]
    with clock.fixed_at(BETWEEN):
        grant(OverrideKind.WINDOW, opens_at=MAKEUP_CLOSES, closes_at=MAKEUP_CLOSES + HOUR)
    assert not told_at(MAKEUP_CLOSES) and told_at(MAKEUP_CLOSES + HOUR)


def test_the_same_thing_is_not_asked_for_twice_while_it_waits(exam):
    person = exam.person("A001").participant
    wish, other = Wish(OverrideKind.MINUTES, "手受伤", 15), Wish(OverrideKind.ATTEMPT, "停电", 1)

    def ask(what: Wish):
        return overrides.ask_as_staff(exam.session, exam.keyring, exam.held, person, what, "organiser")

    asked = ask(wish)
    with pytest.raises(NotGranted, match="等人批"):
        ask(wish)
    ask(other)
    overrides.decide(exam.session, exam.held, asked.id, True, "approver")
    assert ask(wish).state == "asked"
