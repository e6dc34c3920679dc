"""Whoever applies far too often is asked for his reasons (《政府信息公开条例》 article 35) or for a fee (article 42), each
with a day that is named to him. What he does answers the last notice, and no earlier one.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock, working_days
from handlers.disclosure import awaited, fees, telling
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import NotDone, begin_act, worded


def ask_reasons(session: Session, request: DisclosureRequest, by: str, reason: str, until: date) -> None:
    """Of whoever applies far too often (article 35); the clock goes on."""
    begin_act(session, request, by, State.IN_HAND, "ask_reasons", only=State.IN_HAND)
    said = worded(reason)
    awaited.check_until(until, working_days.load_overrides(session))
    words = {"reason": said, "until": clock.dated(until), "until_day": until.isoformat()}
    note = f"{said}\n{say('request_note_explain', day=clock.dated(until))}"
    telling.done(session, request, by, "ask_reasons", note=note, letter="ask_reasons", words=words)


def reasons_came(session: Session, request: DisclosureRequest, by: str, note: str) -> None:
    begin_act(session, request, by, State.IN_HAND, "reasons", only=State.IN_HAND)
    awaited.check_waits(request, "ask_reasons")
    telling.done(session, request, by, "reasons", note=worded(note))


def ask_fee(
    session: Session, request: DisclosureRequest, by: str, words: Mapping[str, str], until: date, *, is_on: bool
) -> None:
    """`words`: amount, reason, how, as fees.py and staff have them. `until`: paid in time up to this day. `is_on`: the
    bureau takes fees at all.
    """
    if not is_on:
        raise NotDone(say("request_no_fees"))
    begin_act(session, request, by, State.IN_HAND, "fee", only=State.IN_HAND)
    said = {name: worded(words.get(name, "")) for name in ("amount", "reason", "how")}
    overrides = working_days.load_overrides(session)
    if until < fees.first_last_day(clock.today(), overrides):
        raise NotDone(say("request_pay_soon", least=fees.LEAST_TIME))
    awaited.check_until(until, overrides)
    note = f"{said['reason']}\n{say('request_note_pay', day=clock.dated(until))}"
    words = {**said, "until": clock.dated(until), "until_day": until.isoformat()}
    telling.done(session, request, by, "fee", note=note, letter="fee", words=words)


def fee_came(session: Session, request: DisclosureRequest, by: str) -> None:
    begin_act(session, request, by, State.IN_HAND, "paid", only=State.IN_HAND)
    awaited.check_waits(request, "fee")
    telling.done(session, request, by, "paid")
