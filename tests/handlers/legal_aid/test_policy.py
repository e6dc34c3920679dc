"""What the law says to answers: a table made by hand from its articles, and what holds for every outcome there is."""

import random

import pytest

from content.citations import article_name, citations_in
from handlers.guided import checking
from handlers.guided import flow as flows
from handlers.legal_aid import policy
from handlers.legal_aid.policy import Kind
from handlers.legal_aid.words import tables, words
from tests.handlers.legal_aid.cases import FLOW, answers_of, every_outcome, lines

CASES = lines("cases.tsv")


@pytest.mark.parametrize(("written", "kind", "grounds"), CASES, ids=[case[0] for case in CASES])
def test_each_case_of_the_law_comes_out_as_its_articles_have_it(written, kind, grounds):
    answers = answers_of(written)
    assert flows.next_step(FLOW, answers) is None and flows.on_road(FLOW, answers) == answers
    found = policy.outcome(answers)
    cited = {one.article for reason in words("reason", found.reason) for one in citations_in(reason)
             if one.law == "法律援助法"}  # fmt: skip
    articles = {int(ground) for ground in grounds.split() if ground.isdecimal()}
    keys = {ground for ground in grounds.split() if not ground.isdecimal()}
    assert found.kind == kind
    assert articles <= cited, article_name(min(articles - cited))
    assert keys <= set(found.reason)


def test_the_table_holds_at_least_sixty_cases_of_every_kind():
    assert len(CASES) >= 60
    assert {case[1] for case in CASES} == set(Kind)


def test_the_flow_has_no_dead_end_no_loop_and_no_question_without_words():
    assert checking.faults(FLOW) == []


def test_nobody_is_asked_more_than_ten_questions():
    assert max(len(flows.passed(FLOW, answers)) for answers in every_outcome().values()) <= 10


def test_a_thousand_random_walks_end_in_an_outcome():
    chance = random.Random(5)  # noqa: S311
    for _ in range(1000):
        answers: dict[str, object] = {}
        while question := flows.next_step(FLOW, answers):
            if question.kind is flows.Kind.DATE:
                answers[question.name] = chance.choice(["", "2026-03-05"])
            elif question.kind is flows.Kind.SEVERAL:
                answers[question.name] = chance.sample(question.values, chance.randint(1, len(question.values)))
            else:
                answers[question.name] = chance.choice(question.values)
            assert len(answers) <= 15
        assert policy.outcome(answers).kind in Kind


@pytest.mark.parametrize("table", ["reason", "note", "urgent", "paper", "where", "helper", "priority", "period"])
def test_every_word_of_the_card_is_said_to_somebody_and_none_is_missing(table):
    said: set[str] = set()
    for found in every_outcome():
        keys = [one.period for one in found.running] if table == "period" else getattr(found, table)
        said |= set(keys)
    by_the_card = {"note": {"priority"}, "urgent": {"near"}}
    assert said | by_the_card.get(table, set()) == set(tables()[table])


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("matter=wages lawyer=no groups=migrant stage=going urgent=none", ("migrant",)),
        ("matter=wages lawyer=no groups=laid_off+left_behind means=tight stage=going urgent=none",
         ("laid_off", "left_behind")),
        ("matter=support harmed=no applicant=child lawyer=no means=tight stage=going urgent=none", ("minor",)),
        ("matter=support harmed=no applicant=self lawyer=no groups=elderly+disabled+woman means=tight "
         "stage=going urgent=none",
         ("disabled", "elderly", "woman")),
        ("matter=support harmed=no applicant=self lawyer=no groups=none means=tight stage=going urgent=none", ()),
    ],
)  # fmt: skip
def test_each_group_that_the_bureau_serves_first_is_told_so(written, names):
    assert policy.outcome(answers_of(written)).priority == names


def test_whoever_is_not_covered_is_told_who_helps_and_where_to_ask():
    for found, answers in every_outcome().items():
        assert found.where and found.reason and found.paper and found.helper[-1] == "hotline"
        if found.kind is Kind.NOT_COVERED and "yes" not in (answers.get("lawyer"), answers.get("defender")):
            assert len(found.helper) >= 2 and found.where[0] == "consult"


def test_danger_to_life_stands_first_wherever_there_was_violence():
    for found, answers in every_outcome().items():
        is_hurt = answers.get("matter") == "violence" or answers.get("harmed") == "yes"
        assert (found.urgent[:1] == ("danger",)) == is_hurt


def test_who_told_of_violence_never_hears_no_without_the_article_that_spares_him_the_check_of_his_means():
    for found, answers in every_outcome().items():
        if found.kind is Kind.NOT_COVERED and (answers.get("matter") == "violence" or answers.get("harmed") == "yes"):
            is_firm = answers.get("applicant") == "firm"
            assert is_firm or {"defender_hired", "lawyer_hired_exempt"} & set(found.reason)
            assert is_firm or "exempt_violence" in found.reason


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("matter=wages lawyer=no groups=migrant stage=fresh left_on= urgent=none", "other"),
        ("matter=wages lawyer=no groups=migrant stage=award got_on= urgent=none", "court"),
        ("matter=support harmed=no applicant=self lawyer=no groups=none means=tight stage=fresh urgent=none", "court"),
        ("matter=benefits benefits_kind=relief applicant=self lawyer=no groups=none means=relief stage=decision "
         "got_on= urgent=none", "review"),
        ("matter=benefits benefits_kind=relief applicant=self lawyer=no groups=none means=relief stage=review "
         "got_on= urgent=none", "court"),
        ("matter=benefits benefits_kind=relief applicant=self lawyer=no groups=none means=relief stage=judgment "
         "got_on= urgent=none", "court"),
        ("matter=benefits benefits_kind=insurance applicant=self lawyer=no groups=none means=tight stage=going "
         "urgent=none", "underway"),
        ("matter=state state_kind=decision groups=woman stage=going urgent=none", "underway"),
        ("matter=state state_kind=decision groups=woman stage=judgment got_on= urgent=none", "court"),
        ("matter=state state_kind=compensation applicant=self lawyer=no groups=none means=tight stage=going "
         "urgent=none", "court"),
        ("matter=criminal role=kin defender=no held=yes phase=police grounds=none means=tight", "case"),
        ("matter=criminal role=kin defender=no held=yes phase=police grounds=minor", "notified"),
        ("matter=criminal role=treatment defender=no", "treatment"),
        ("matter=wages lawyer=yes", "consult"),
    ],
)  # fmt: skip
def test_where_to_go_follows_where_the_case_is_handled(written, where):
    assert policy.outcome(answers_of(written)).where[0] == where


def test_a_detained_person_may_apply_from_inside_and_his_family_for_him():
    kept = policy.outcome(
        answers_of("matter=criminal role=kin defender=no held=yes phase=police grounds=none means=tight")
    )
    assert {"held", "duty_lawyer"} <= set(kept.note) and "relative" in kept.paper


def test_a_duty_lawyer_is_for_the_accused_and_not_for_who_serves_his_sentence():
    convict = policy.outcome(answers_of("matter=criminal role=kin defender=no held=yes phase=final reopened=no"))
    assert "held" in convict.note and "duty_lawyer" not in convict.note


def test_kin_of_somebody_convicted_are_told_that_the_appeal_is_his():
    written = (
        "matter=criminal role={} defender=no held=yes phase=judged grounds=none sentenced_on=2026-11-20 means=tight"
    )
    assert "consent" in policy.outcome(answers_of(written.format("kin"))).note
    assert "consent" not in policy.outcome(answers_of(written.format("accused"))).note


@pytest.mark.parametrize(("who", "paper"), [("child", "relative"), ("ward", "guardian"), ("kin", "relative")])
def test_whoever_asks_for_another_brings_what_shows_the_tie(who, paper):
    asked = "" if who == "child" else " groups=none"
    found = policy.outcome(
        answers_of(f"matter=support harmed=no applicant={who} lawyer=no{asked} means=tight stage=going urgent=none")
    )
    assert paper in found.paper and who in found.note
