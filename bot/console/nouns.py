"""The console's nouns in the order of its navigation. A noun has `register(blueprint)` and `NAVIGATION`."""

from types import ModuleType

from bot.console import articles, audit, calendar, posts, signing, staff, statistics, today, words

NOUNS: tuple[ModuleType, ...] = (
    today, articles, posts, calendar, statistics, words, staff, audit, signing,
)  # fmt: skip
