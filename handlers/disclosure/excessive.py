"""Whoever applies far too often is asked for reasons (《政府信息公开条例》 article 35) or for a fee (article 42), with
a day that is named to him. What he does answers the last notice, and no earlier one.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock, working_days
from handlers.disclosure import awaited, fees, telling
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import NotDone, begin_act, worded

MOST_DIGITS = 7


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
    """`words`: amount, reason, how, and pages where it is counted by these. `until`: paid in time up to this day.
    `is_on`: the bureau takes fees at all.
    """
    if not is_on:
        raise NotDone(say("request_no_fees"))
    begin_act(session, request, by, State.IN_HAND, "fee", only=State.IN_HAND)
    _check_once_in_time(request)
    said = {name: worded(words.get(name, "")) for name in ("amount", "reason", "how")}
    said["amount"] = str(_checked_amount(session, request, said["amount"], words.get("pages", "").strip()))
    overrides = working_days.load_overrides(session)
    if until < fees.first_last_day(clock.today(), overrides):
        raise NotDone(say("request_pay_soon", least=fees.LEAST_TIME))
    awaited.check_until(until, overrides)
    note = f"{said['reason']}\n{say('request_note_pay', day=clock.dated(until))}"
    words = {**said, "until": clock.dated(until), "until_day": until.isoformat()}
    telling.done(session, request, by, "fee", note=note, letter="fee", words=words)


def _check_once_in_time(request: DisclosureRequest) -> None:
    """One notice for an application, while it may still be answered in time."""
    if awaited.has_step(request, "fee"):
        raise NotDone(say("request_fee_once"))
    if request.due_on and clock.today() > request.due_on:
        raise NotDone(say("request_fee_late", day=clock.dated(request.due_on)))


def _checked_amount(session: Session, request: DisclosureRequest, amount: str, pages: str) -> int:
    """Whole yuan, as every rate is; not above what the rates give, by the item or, where it says how many, by the
    pages (国办函〔2020〕109号 articles 3–5).
    """
    if pages and not _is_number(pages):
        raise NotDone(say("request_fee_pages"))
    most = fees.of_pages(int(pages)) if pages else fees.of_item(nth := fees.nth_of_month(session, request))
    if not most:
        counted = say("request_fee_free_pages", pages=pages) if pages else say("request_fee_free_item", nth=nth)
        raise NotDone(counted)
    if not _is_number(amount) or not 1 <= int(amount) <= most:
        raise NotDone(say("request_fee_amount", most=most))
    return int(amount)


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) <= MOST_DIGITS


def fee_came(session: Session, request: DisclosureRequest, by: str) -> None:
    begin_act(session, request, by, State.IN_HAND, "paid", only=State.IN_HAND)
    awaited.check_waits(request, "fee")
    telling.done(session, request, by, "paid")
