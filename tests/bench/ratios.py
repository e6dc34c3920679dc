"""Two sides of a ratio take turns, and the median counts: machines are noisy."""

import statistics
import sys
from collections.abc import Callable


def ratio(what: str, one: Callable[[], float], other: Callable[[], float], turns: int) -> str:
    """Each side gives so much a second."""
    pairs = [(one(), other()) for _ in range(turns)]
    ours, others = (statistics.median(side) for side in zip(*pairs, strict=True))
    sys.stderr.write(f"{what}: {ours:.0f}/s against {others:.0f}/s\n")
    return f"{statistics.median(mine / theirs for mine, theirs in pairs):.2f} x"
