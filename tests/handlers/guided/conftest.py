"""The small flow, wired into the router for these tests alone."""

from collections.abc import Callable

import pytest
from makers import Somebody

from handlers import conversation
from handlers.guided import flow
from handlers.guided.guide import Guide
from tests.handlers.guided.small import ENDED, WRITTEN, wire


@pytest.fixture
def small_flow() -> flow.Flow:
    return flow.parse("small", WRITTEN)


@pytest.fixture
def guide(monkeypatch) -> Guide:
    return wire(monkeypatch)


@pytest.fixture
def make_somebody(bureau) -> Callable[[], Somebody]:
    return lambda: Somebody(bureau)


@pytest.fixture
def kept_of(citizen_id) -> Callable[[Somebody], dict | None]:
    """The open talk's answers as SQL has them; None where no talk is open."""

    def find(somebody: Somebody) -> dict | None:
        with somebody.bureau.database.reading() as session:
            talk = conversation.find_open(session, citizen_id(somebody) or "")
            return dict(talk.answers) if talk else None

    return find


@pytest.fixture
def ended() -> list[tuple[str, dict]]:
    """(message key, answers) of every end so far."""
    return ENDED
