"""What the faces of the sandbox, phone, server API and dial, hold in common: settings, clock, memory, tokens, faults,
a log.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.codes import Codes
from bot.sandbox.controls import Controls
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.quotas import Quotas
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.state import State
from bot.sandbox.stock import Stock
from bot.sandbox.timing import Agenda, Clock
from bot.sandbox.tokens import Tokens


@dataclass(frozen=True)
class Parts:
    settings: SandboxSettings
    clock: Clock
    agenda: Agenda
    controls: Controls
    state: State
    stock: Stock
    tokens: Tokens
    faults: Faults
    quotas: Quotas
    events: Events
    codes: Codes
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=40))  # newest last
    called: Counter[str] = field(default_factory=Counter)
    """How often each path was asked for, whatever came of it."""


def make_parts(settings: SandboxSettings) -> Parts:
    clock = Clock()
    controls = Controls(account_type=settings.account_type)
    return Parts(
        settings=settings,
        clock=clock,
        agenda=Agenda(clock),
        controls=controls,
        state=State(settings.app_id, clock),
        stock=Stock(),
        tokens=Tokens(settings, clock),
        faults=Faults(),
        quotas=Quotas(clock, controls),
        events=Events(settings, clock),
        codes=Codes(clock),
    )
