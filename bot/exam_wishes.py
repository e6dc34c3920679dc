"""What a form asks to be granted beside the rules of an exam, read and told; the liaison's desk and the console share
nothing else of it.
"""

from collections.abc import Mapping
from datetime import datetime

from content.phrases import say
from content.store import clock
from handlers.quiz.exam.models import Override, OverrideKind, OverrideState
from handlers.quiz.exam.overrides import Wish

STATES = {
    OverrideState.ASKED: "等待批准", OverrideState.APPROVED: "已批准", OverrideState.REFUSED: "没有批准",
    OverrideState.ENDED: "已收回",
}  # fmt: skip


def read(form: Mapping[str, str]) -> tuple[Wish | None, str]:
    """(what is asked for, what is wrong with how it was written): one of them is empty."""
    kind = form.get("kind", "")
    if kind not in set(OverrideKind):
        return None, say("exam_override_kind")
    reason = form.get("reason", "").replace("\0", "")
    amount = form.get("minutes" if kind == OverrideKind.MINUTES else "attempts", "").strip()
    number = int(amount) if amount.isdecimal() and len(amount) <= 4 else 0
    return Wish(OverrideKind(kind), reason, number, _moment(form, "opens"), _moment(form, "closes")), ""


def _moment(form: Mapping[str, str], name: str) -> datetime | None:
    """As datetime-local fields write it, Beijing time; None where it is none."""
    try:
        return datetime.fromisoformat(form.get(name, "")).replace(tzinfo=clock.BEIJING)
    except ValueError:
        return None


def told(override: Override) -> str:
    """ "加考 1 次"."""
    if override.kind == OverrideKind.ATTEMPT:
        return f"加考 {override.amount} 次"
    if override.kind == OverrideKind.MINUTES:
        return f"延长 {override.amount} 分钟"
    if override.kind == OverrideKind.WINDOW and override.opens_at and override.closes_at:
        return f"单独的时间：{clock.spoken(override.opens_at)} 到 {clock.spoken(override.closes_at)}"
    return "免考"
