"""Installations that run, and citizens in front of them.

`standing` is shared by journeys that leave it as they found it; `installation` is for those that break it. Both come
twice: alone on its machine (SQLite, embedded Redis) and with servers (PostgreSQL, a Redis by URL).
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys.installation import ALONE, WITH_SERVERS, Demo, Installation, make_demo, make_installation
from tests.journeys.phone import Heard, Phone


@pytest.fixture(scope="session", params=[ALONE, WITH_SERVERS])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Path
) -> Iterator[Installation]:
    """One that serves the whole session."""
    folder = tmp_path_factory.mktemp("standing")
    made = make_installation(request.param, folder, model, lambda: request.getfixturevalue("postgres_server"))
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(params=[ALONE, WITH_SERVERS])
def installation(request: pytest.FixtureRequest, tmp_path: Path, model: Path) -> Iterator[Installation]:
    """A fresh one, not started yet."""
    made = make_installation(request.param, tmp_path, model, lambda: request.getfixturevalue("postgres_server"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(params=["plain", "compatible", "safe"])
def phone(request: pytest.FixtureRequest, standing: Installation) -> Phone:
    """A new citizen, in each of the three modes."""
    return standing.phone(request.param)


@pytest.fixture
def citizen(standing: Installation) -> Phone:
    """A new citizen, in the mode of a real account."""
    return standing.phone("safe")


@pytest.fixture(scope="session")
def standing_demo(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Demo]:
    made = make_demo(tmp_path_factory.mktemp("demo"), model)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture
def demo(tmp_path: Path, model: Path) -> Iterator[Demo]:
    made = make_demo(tmp_path, model)
    yield made
    made.close()


@pytest.fixture
def in_background() -> Iterator[Callable[..., Future[Heard]]]:
    with ThreadPoolExecutor(48) as pool:
        yield pool.submit
