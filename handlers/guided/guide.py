"""What a slice gives the guided engine: which flow, under which kind it is kept, and what happens at its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from handlers.desk import Bureau, Desk
from handlers.guided import flow
from handlers.guided.questions import Flow
from handlers.message import Reply

Finish = Callable[[Session, Desk, str, Mapping[str, Any], str], Reply]
"""`finish(session, desk, citizen_id, answers, message_key)`: once, in one transaction, when the road ends."""
Check = Callable[[str, Any, Mapping[str, Any]], str]
"""`check(question_name, value, answers)`: why this answer will not do, as a Chinese sentence; empty where it does.
The sentence is kept with the talk: it must not repeat a private answer.
"""


@dataclass(frozen=True)
class Guide:
    flow_name: str
    kind: str
    """At most 16 characters: conversations.kind."""
    finish: Finish
    """Answers are those of the road alone, private ones readable. The talk is closed by the engine."""
    check: Check | None = None
    """None: whatever can be read will do."""
    anonymous: Callable[[Bureau, Mapping[str, Any]], Reply] | None = None
    """What the page tells at the end to a visitor who did not come out of the chat, of whom nothing is kept; None:
    the page is only for those who come by a link of the chat.
    """

    @property
    def flow(self) -> Flow:
        return flow.load(self.flow_name)
