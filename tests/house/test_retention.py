"""What we say that we keep, what the tables hold and what housekeeping ends are one and the same."""

import importlib
import pkgutil
import re
from datetime import timedelta

import pytest

import content
import handlers
import scheduler
from content.store.db import Base
from handlers.forgetting import BY_OTHER_NAMES, FORGETTERS
from handlers.privacy import retention
from handlers.privacy.retention import Fate, Tie
from scheduler.housekeeping import PURGES

NAMES_SOMEBODY = re.compile(r"citizen\w*|pseudonym|participant|openid\w*|\w+_encrypted|who|sender|person|nickname|name")
NOT_ABOUT_PEOPLE = {
    "annual_figures", "asked_counts", "calendar_days", "daily_figures", "imports", "job_runs", "marks",
    "platform_articles", "platform_pictures", "publication_steps", "question_imports", "quiz_units",
}  # fmt: skip
"""Their `name` is that of a thing."""
WORDS = {0: "1小时", 2: "上架", 730: "两年"}
"""How lengths are told that are not told in days."""


@pytest.fixture(scope="module")
def tables():
    for package in (content, handlers, scheduler):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    return Base.metadata.tables


def listed() -> set[str]:
    return {place.name for kind in retention.kinds() for place in kind.places}


def test_every_table_that_names_a_person_is_in_the_table_of_retention(tables):
    naming = {
        name for name, table in tables.items() if any(NAMES_SOMEBODY.fullmatch(column.name) for column in table.columns)
    }
    assert naming - NOT_ABOUT_PEOPLE - listed() == set(), "add them to content/library/retention.toml"
    assert listed() <= set(tables)


def test_a_column_with_a_citizen_in_it_is_how_his_rows_are_found(tables):
    tied = {(place.name, place.column) for kind in retention.kinds() for place in kind.places if place.by}
    held = {
        (name, column.name)
        for name, table in tables.items()
        for column in table.columns
        if column.name in ("citizen_id", "pseudonym") and name != "citizens"
    }
    tied |= {("citizen_windows", "pseudonym")}  # found by his id
    assert held <= tied


def test_what_is_shown_to_its_owner_exists_and_is_named_in_chinese(tables):
    for kind in retention.kinds():
        for place in kind.places:
            columns = set(tables[place.name].columns.keys())
            of = place.of if place.by is Tie.PARTICIPANT else ""
            named = {place.column, of, *place.columns, *place.sealed, *place.matches} - {""}
            assert named <= columns, place.name
            assert set(place.sealed) <= set(place.columns) and bool(place.columns) == bool(place.by), place.name
            assert all(re.search("[一-鿿]", word) for word in place.columns.values())
            if place.by is Tie.VIA:
                assert set(place.matches.values()) <= set(tables[place.parent].columns.keys())


def test_what_ends_by_itself_is_ended_by_housekeeping_and_nothing_else_is():
    assert {kind.purge for kind in retention.kinds()} - {""} == set(PURGES)


def test_the_days_we_tell_are_those_the_code_keeps():
    for kind in retention.kinds():
        for where, days in kind.rules.items():
            module, name = where.rsplit(".", 1)
            kept = getattr(importlib.import_module(module), name)
            assert isinstance(kept, timedelta) and kept.days == days, where
            assert (WORDS.get(days) or f"{days}天") in kind.until or days == 2, (kind.name, days)
        assert not kind.purge or kind.rules, kind.name


def test_every_kind_says_why_by_which_law_until_when_and_what_then():
    for kind in retention.kinds():
        assert all((kind.title, kind.holds, kind.purpose, kind.until, kind.after)), kind.name
        assert kind.basis and all(re.fullmatch(r"《[一-鿿]+》第[一二三四五六七八九十百]+条", one) for one in kind.basis)
        assert bool(kind.why) == (kind.on_erasure is not Fate.GONE), kind.name


def test_the_tie_to_the_openid_is_cut_last():
    assert FORGETTERS[-1].__name__ == "forget" and FORGETTERS[-1].__module__ == "handlers.citizens"
    assert len(set(FORGETTERS)) == len(FORGETTERS) and len(set(BY_OTHER_NAMES)) == len(BY_OTHER_NAMES)
