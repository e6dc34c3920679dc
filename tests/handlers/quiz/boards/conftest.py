import pytest

from tests.handlers.quiz.holding import holding


@pytest.fixture
def held(bureau):
    with holding(bureau) as made:
        yield made
