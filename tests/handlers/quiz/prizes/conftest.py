"""A campaign with prizes that is held, and one whose list is fixed."""

import pytest

from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import register
from handlers.quiz.prizes import entries
from tests.handlers.quiz.prizes.makers_of_prizes import OVER, held_in


@pytest.fixture
def keyring() -> Keyring:
    return Keyring((b"1" * 32,))


@pytest.fixture
def held(database, keyring) -> str:
    return held_in(database, keyring)


@pytest.fixture
def listed(database, held) -> str:
    with database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, held))
    return held
