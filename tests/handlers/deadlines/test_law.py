"""What the library says of a period is what its article says: length, unit and article taken from the laws by hand."""

import pytest

from content import citations
from handlers.deadlines import asked, periods

# key: the number in the article's own words
LENGTHS = {
    "award": "15days", "arbitration": "1years", "arbitration_left": "1years", "recognition": "1years",
    "recognition_employer": "30days", "reappraisal": "15days", "judgment": "15days", "ruling": "10days",
    "answer": "15days", "retrial": "6months", "enforcement": "2years", "execution_review": "10days",
    "award_set_aside": "3months", "payment_order": "15days",
    "confirmation": "30days", "criminal_judgment": "10days", "criminal_ruling": "5days",
    "protest": "5days", "dropped": "7days", "review": "60days", "sue": "6months", "after_review": "15days",
    "official_judgment": "15days", "official_ruling": "10days", "hearing": "5working_days", "fine": "15days",
    "compensation": "2years", "disclosure": "20working_days", "correction": "7working_days",
    "third_party": "15working_days", "aid_decision": "7days", "petition_review": "30days", "petition_recheck": "30days",
    "protection": "5days", "divorce_withdraw": "30days", "divorce_certificate": "30days", "coerced": "1years",
    "bequest": "60days", "limitation": "3years", "rescission": "1years", "misunderstanding": "90days",
    "return_goods": "7days", "award_employer": "30days", "arbitration_answer": "10days", "enforcement_effect": "2years",
    "execution_suit": "15days", "dropped_self": "7days", "divorce_applied": "30days",
}  # fmt: skip


def test_every_period_is_as_long_as_its_article_has_it():
    assert {key: f"{one.count}{one.unit}" for key, one in periods.every().items()} == LENGTHS


@pytest.mark.parametrize("key", LENGTHS)
def test_every_article_that_is_named_exists(key):
    one = periods.every()[key]
    assert list(citations.citations_in(one.law))
    for cited in citations.citations_in(f"{one.law}{one.warning}{periods.holiday_rule(one)}"):
        assert citations.is_known(cited), cited


def test_what_is_told_at_once_where_several_fit_is_what_the_articles_say():
    """Fifteen days and ten for judgments, ten and five for rulings: 民诉法 171, 行诉法 85, 刑诉法 230."""
    told = [one.tell for one in asked.every() if one.tell]
    assert all(citations.is_known(cited) for words in told for cited in citations.citations_in(words))
    assert any("民事、行政的十五日内上诉" in words and "刑事的十日内" in words for words in told)
    assert any("民事、行政的十日内" in words and "刑事的五日内" in words for words in told)
    assert all(list(citations.citations_in(words)) for words in told)


def test_every_pattern_means_a_period_of_the_library_or_kinds_that_are_its_own():
    for one in asked.every():
        assert not one.period or one.period in periods.every()
        assert all(periods.every()[key].field == field for field, key in one.kinds)
        assert one.period or one.tell
        assert not one.field or (one.field in periods.fields() and not one.period)
        assert not one.is_only_told or not (one.period or one.kinds or one.field)
