"""The legal calendar: each day stands on an article or says what must be verified, and finds what of ours fits."""

from datetime import date

import pytest

from content import citations, legal_calendar, repository
from content.models import Material, MaterialKind, Revision
from content.store import clock

YEARS = range(2026, 2037)


def named(year: int) -> dict[str, legal_calendar.LegalDay]:
    return {day.key: day for day in legal_calendar.days_in(year)}


def test_every_day_stands_on_an_article_that_exists_or_says_what_must_be_verified():
    for day in legal_calendar.days_in(2026):
        assert day.basis or day.to_verify, day.name
        for text in day.basis:
            cited = list(citations.citations_in(text))
            assert cited, text
            assert all(citations.is_known(one) for one in cited), text


def test_every_day_leads_to_topics_of_ours_and_has_a_proposal():
    for day in legal_calendar.days_in(2026):
        assert day.topics, day.name
        assert set(day.topics) <= set(repository.topics()), day.name
        assert 10 <= len(day.proposal) <= 60, day.name


@pytest.mark.parametrize("year", YEARS)
def test_days_come_in_order_and_each_key_once(year):
    days = legal_calendar.days_in(year)
    assert [day.begin for day in days] == sorted(day.begin for day in days)
    assert len({day.key for day in days}) == len(days) >= 29
    assert all(day.begin <= day.end for day in days)


def test_days_that_the_law_names_fall_where_the_law_puts_them():
    days = named(2026)
    assert days["constitution-day"].begin == date(2026, 12, 4)
    assert days["national-security"].begin == date(2026, 4, 15)
    assert days["martyrs"].begin == date(2026, 9, 30)
    assert days["disabled"].begin == date(2026, 5, 17)  # the third Sunday of May
    assert days["elderly"].begin == date(2026, 10, 18)  # the ninth of the ninth month
    assert (days["family-education"].begin, days["family-education"].end) == (date(2026, 5, 11), date(2026, 5, 17))


def test_the_third_sunday_is_right_where_the_month_begins_on_a_sunday():
    assert named(2033)["disabled"].begin == date(2033, 5, 15)


def test_a_day_of_the_chinese_calendar_is_left_out_where_nobody_has_computed_it():
    assert "elderly" not in named(2099)
    assert "constitution-day" in named(2099)


def test_the_next_days_include_what_runs_and_go_over_the_end_of_the_year():
    assert [day.key for day in legal_calendar.next_days(date(2026, 12, 3), 3)] == [
        "constitution-week",
        "constitution-day",
        "memorial",
    ]
    assert [day.begin.year for day in legal_calendar.next_days(date(2026, 12, 14), 2)] == [2027, 2027]


def test_a_day_belongs_to_all_that_hold_it():
    assert [day.key for day in legal_calendar.days_on(date(2026, 12, 4))] == ["constitution-week", "constitution-day"]


def article(session, slug: str, title: str, is_published: bool) -> None:
    material = Material(kind=MaterialKind.ARTICLE, slug=slug)
    session.add(material)
    session.flush()
    for number in (1, 2):
        revision = Revision(
            material_id=material.id, number=number, title=title, body="正文", content_hash=f"{slug}{number}",
            origin="console", created_at=clock.now(),
        )  # fmt: skip
        session.add(revision)
        session.flush()
    material.current_revision_id = revision.id if is_published else None


def test_an_empty_day_is_proposed_with_our_answers_and_fitting_articles(database):
    with database.transaction() as session:
        article(session, "2026/xianfa", "宪法与生活", False)
        article(session, "2025/xianfa", "学宪法讲宪法", True)
        article(session, "2026/qiyan", "100%讨回工资", True)
    with database.reading() as session:
        found = {proposal.day.key: proposal for proposal in legal_calendar.proposals(session, date(2026, 12, 9))}
    assert set(found) == {"constitution-week", "traffic-safety", "constitution-day", "memorial"}
    proposal = found["constitution-day"]
    assert [(fit.slug, fit.is_published) for fit in proposal.articles] == [
        ("2025/xianfa", True),
        ("2026/xianfa", False),
    ]
    assert ("publicity/constitution-day", "国家宪法日") in proposal.answers


def test_a_day_that_has_something_planned_is_not_proposed(database):
    with database.reading() as session:
        found = legal_calendar.proposals(session, date(2026, 12, 1), taken={date(2026, 12, 4)})
    assert {proposal.day.key for proposal in found} == {"traffic-safety", "memorial"}
