"""Two hundred people play at once while Redis is emptied and workers are killed: nothing acknowledged is lost."""

import random

import pytest

from tests.journeys import crowd
from tests.journeys.installation import ALONE, WITH_SERVERS


@pytest.mark.parametrize(("installation", "people"), [(ALONE, 200), (WITH_SERVERS, 16)], indirect=["installation"])
def test_every_acknowledged_answer_is_kept_once_and_all_figures_equal_a_recomputation(installation, people):
    seed = random.randrange(1_000_000)  # noqa: S311
    print("seed", seed)  # noqa: T201 - shown where it fails
    installation.start()
    crowd.put_on(installation)
    players, breaker = crowd.play_all(installation, people, seed)
    assert breaker.emptied and (breaker.killed or people < 100)
    assert crowd.problems(installation, players) == []
    assert crowd.draw_problems(installation, players) == []
