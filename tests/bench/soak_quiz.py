"""Two thousand people play a campaign at once while Redis is emptied and workers are killed with -9."""

import random
import sys
import tempfile
from pathlib import Path

from handlers.understanding import training
from tests.journeys import crowd
from tests.journeys.installation import ALONE, make_installation

PEOPLE = 2000


def run(people: int = PEOPLE) -> bool:
    seed = random.randrange(1_000_000)  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="pufa-soak-") as name:
        folder = Path(name)
        model = training.ensure(folder / "trained")
        installation = make_installation(ALONE, folder / "own", model, lambda: "")
        try:
            installation.start()
            crowd.put_on(installation)
            players, breaker = crowd.play_all(installation, people, seed)
            found = crowd.problems(installation, players) + crowd.draw_problems(installation, players)
        finally:
            installation.close()
    sys.stdout.write(
        f"{people} players, {people * crowd.QUESTIONS} answers, Redis emptied {breaker.emptied} times, "
        f"{breaker.killed} workers and {breaker.felled} times everything killed (seed {seed}): "
        f"{len(found)} promises broken\n"
    )
    for fault in found[:20]:
        sys.stdout.write(f"broken: {fault}\n")
    return not found
