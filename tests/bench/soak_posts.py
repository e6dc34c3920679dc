"""Schedulers are killed again and again while pushes go out: nothing twice, nothing lost. A part of `make soak`."""

import os
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from content.store import clock
from content.store.db import Database
from scheduler.models import State
from scheduler.walk import Patience
from tests.scheduler import hands, making
from tests.scheduler.making import Desk, many_approved
from tests.scheduler.played import Played

DEATHS = int(os.environ.get("SOAK_DEATHS", "100"))
PUSHES_A_DEATH = 4
SECONDS = 600.0
PATIENCE = Patience(
    lease=timedelta(seconds=3), asking=timedelta(seconds=20), looks=(0.5, 1.0), asks=(0.5, 1.0), glances=(60.0,),
)  # fmt: skip


def run() -> bool:
    """True where every promise held; a line says what happened."""
    seed = time.time_ns()
    pick = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(Path(folder))
        living = [_begin(desk) for _ in range(3)]
        for _ in range(DEATHS):
            many_approved(desk, PUSHES_A_DEATH, clock.now())
            time.sleep(pick.uniform(0.02, 0.6))
            place = pick.randrange(len(living))
            living[place].kill()
            living[place].join()
            living[place] = _begin(desk)
        hands.join(living, SECONDS)
        sent, states = Counter(desk.played.sent_titles()), Counter(desk.states())
        doubts = [desk.evidence(one) for one, state in enumerate(desk.states(), 1) if state != State.PUBLISHED]
        desk.database.close()
    twice = sum(count > 1 for count in sent.values())
    sys.stdout.write(f"{DEATHS} deaths, {len(sent)} sent, {twice} twice, {dict(states)}, seed {seed}\n")
    sys.stdout.writelines(f"in doubt: {doubt}\n" for doubt in doubts)
    are_doubts_told = all("草稿还在草稿箱" in doubt for doubt in doubts) and states[State.UNCERTAIN] <= DEATHS
    ended = states[State.PUBLISHED] + states[State.UNCERTAIN]
    return twice == 0 and are_doubts_told and ended == DEATHS * PUSHES_A_DEATH


def _begin(desk: Desk) -> "hands.BaseProcess":
    return hands.start(desk, hands.until_all_ended(SECONDS), PATIENCE)


def _desk(folder: Path) -> Desk:
    database = Database(f"sqlite:///{folder}/pufa.db", 30)
    database.upgrade()
    desk = Desk(database, Played(folder / "played.db"), folder / "uploads")
    with database.transaction() as session:
        making.add_people(session)
        desk.cover = making.cover(session, desk.uploads)
    return desk


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
