"""What the two faces of the sandbox, phone and server API, hold in common: settings, memory, tokens,
faults, a log.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.state import State
from bot.sandbox.tokens import Tokens


@dataclass(frozen=True)
class Parts:
    settings: SandboxSettings
    state: State
    tokens: Tokens
    faults: Faults
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=40))  # newest last


def make_parts(settings: SandboxSettings) -> Parts:
    return Parts(settings, State(settings.app_id), Tokens(settings), Faults())
