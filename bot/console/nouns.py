"""The console's nouns in the order of its navigation. A noun has `register(blueprint)` and `NAVIGATION`."""

from types import ModuleType

from bot.console import (
    acts,
    articles,
    audit,
    calendar,
    campaign_new,
    campaign_people,
    campaigns,
    draws,
    freezing,
    importing,
    pictures,
    planning,
    posts,
    question_imports,
    questions,
    reviews,
    signing,
    staff,
    statistics,
    today,
    videos,
    words,
)

NOUNS: tuple[ModuleType, ...] = (
    today, articles, importing, pictures, posts, planning, reviews, acts, calendar, campaigns, campaign_new,
    campaign_people, questions, question_imports, draws, videos, statistics, words, staff, audit, freezing, signing,
)  # fmt: skip
