"""The console's nouns in the order of its navigation. A noun has `register(blueprint)` and `NAVIGATION`."""

from types import ModuleType

from bot.console import (
    acts,
    analysis,
    articles,
    audit,
    calendar,
    campaign_new,
    campaign_people,
    campaigns,
    catalogue,
    certificates,
    draws,
    editions,
    exam_liaisons,
    exam_overrides,
    exam_people,
    exam_rosters,
    exams,
    freezing,
    importing,
    interviews,
    mending,
    pictures,
    planning,
    posts,
    question_imports,
    questions,
    retention,
    reviews,
    signing,
    staff,
    statistics,
    stopping,
    tickets,
    today,
    videos,
    words,
)

NOUNS: tuple[ModuleType, ...] = (
    today, tickets, articles, catalogue, importing, pictures, posts, planning, reviews, acts, calendar, campaigns,
    campaign_new, campaign_people, analysis, mending, certificates, editions, exams,
    exam_rosters, exam_people, exam_overrides, exam_liaisons, questions, question_imports, draws, videos,
    statistics, interviews, words, staff, audit, retention, freezing, stopping, signing,
)  # fmt: skip
