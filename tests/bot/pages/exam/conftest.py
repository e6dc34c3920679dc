"""An exam of a test's own on a page."""

import pytest

from tests.bot.pages.exam.examining import examining


@pytest.fixture
def database_kind(request):
    """SQLite; PostgreSQL too where a test asks for it: what the rules do with either is tested beside them."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def hold(bureaus, database_kind, tmp_path):
    with examining(bureaus(database_kind), tmp_path) as make:
        yield make


@pytest.fixture
def held(hold):
    return hold()
