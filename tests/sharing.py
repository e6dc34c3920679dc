"""How the suite is shared out among processes (`make test`, `pytest -n 2`).

A file stays in one process, in its order, so that what it makes once is made once; so do the journeys of one kind of
installation, which share one that runs. What takes longest goes first, lest everybody wait for it in the end.
"""

import re
from typing import Any

from xdist.scheduler.loadscope import LoadScopeScheduling

LONGEST = (
    "tests/journeys/ sqlite+embedded",
    "tests/journeys/ postgresql+redis",
    "tests/scheduler/test_against_the_sandbox.py",
    "tests/journeys/",
    "tests/scheduler/",
    "tests/bot/",
    "tests/asked/",
    "tests/content/",
    "",
)
_KIND = re.compile(r"\[[^]]*(sqlite\+embedded|postgresql\+redis)")


class ByFile(LoadScopeScheduling):
    """A unit of work is a file, or what one kind of installation is for."""

    def __init__(self, config: Any, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the order of the files is the same as in one process

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        kind = _KIND.search(nodeid) if file.startswith("tests/journeys/") else None
        return f"tests/journeys/ {kind[1]}" if kind else file

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=_place), last=False)
        super()._assign_work_unit(node)


def _place(unit: str) -> int:
    return next(place for place, start in enumerate(LONGEST) if unit.startswith(start))
