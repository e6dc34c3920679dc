"""留言: what citizens wrote to a person and what they say is wrong: claimed, answered, passed on, closed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import repository, staff
from content.models import Revision
from content.staff import NotAllowed, NotFound
from content.store import clock
from handlers import owing
from handlers.owing import OwedState
from handlers.talk import tickets
from handlers.talk.models import Ticket, TicketState

NAVIGATION = (("console.ticket_list", "留言"),)
TABS: dict[str, tuple[str, tuple[TicketState, ...]]] = {
    "waiting": ("待答复", tickets.UNANSWERED),
    "answered": ("已答复", (TicketState.ANSWERED,)),
    "closed": ("已办结", (TicketState.CLOSED,)),
}
STATES = {
    TicketState.OPEN: ("没有人接", "warning"), TicketState.CLAIMED: ("在办", "primary"),
    TicketState.ANSWERED: ("已答复", "success"), TicketState.CLOSED: ("已办结", "secondary"),
}  # fmt: skip
KINDS = {"message": "留言", "mistake": "报错"}
ACTS = {"claim": "接办", "answer": "答复", "pass": "转办", "close": "办结"}
ON_ITS_WAY = {
    OwedState.WAITING: "正在送", OwedState.SENDING: "正在送", OwedState.SENT: "已送到对方微信",
    OwedState.HELD: "等对方再来消息时一起送到", OwedState.TOLD: "已随对方的下一条消息送到",
    OwedState.UNCERTAIN: "不知道送到没有，要有人定",
}  # fmt: skip
PAGE = 50
GLANCE = 40


def ticket_list() -> str:
    chosen = request.args.get("of", "waiting")
    label, states = TABS.get(chosen, TABS["waiting"])
    before = request.args.get("before", "")
    with parts().database.reading() as session:
        last = number(before) if before.isdecimal() and len(before) < 10 else None
        found = tickets.listing(session, states, PAGE, last if TicketState.CLOSED in states else None)
        glances = {one.id: _glance(one) for one in found}
        doubts = [one for one in owing.uncertain(session) if not tickets.is_answer(one)]
        counts = {name: tickets.count(session, of) for name, (_, of) in TABS.items()}
    return render_template(
        "console/tickets.html", found=found, glances=glances, counts=counts, tabs=TABS, label=label, states=STATES,
        chosen=chosen if chosen in TABS else "waiting", kinds=KINDS, topics=repository.topics(), today=clock.today(),
        is_late=tickets.is_late, doubts=doubts, ANSWERING=tickets.ANSWERING,
        has_more=TicketState.CLOSED in states and len(found) == PAGE,
    )  # fmt: skip


def ticket_show(ticket_id: int) -> str:
    with parts().database.reading() as session:
        return _page(session, ticket_id)


def ticket_act(ticket_id: int) -> Any:
    act, form = request.form.get("act", ""), request.form
    try:
        with parts().database.transaction() as session:
            told = _do(session, ticket_id, act, form.get("words", ""), form.get("to", ""))
    except NotAllowed as refused:  # what was typed stays on the page
        with parts().database.reading() as session:
            return _page(session, ticket_id, str(refused), act, form.get("words", "")), 409
    flash(told, "success")
    return redirect(url_for("console.ticket_show", ticket_id=ticket_id))


def ticket_arrival(ticket_id: int, step_id: int) -> Any:
    has_arrived = request.form.get("act") == "arrived"
    with parts().database.transaction() as session:
        tickets.decide_arrival(session, ticket_id, step_id, current_user.name, has_arrived)
    flash("记下了。" if has_arrived else "会随对方的下一条消息再送一次。", "success")
    return redirect(url_for("console.ticket_show", ticket_id=ticket_id))


def owed_arrival(owed_id: int) -> Any:
    """A message to a citizen that answers no ticket, of which nobody knows whether it arrived."""
    has_arrived = request.form.get("act") == "arrived"
    with parts().database.transaction() as session:
        tickets.decide_other(session, owed_id, current_user.name, has_arrived)
    flash("记下了。" if has_arrived else "会随对方的下一条消息再送一次。", "success")
    return redirect(url_for("console.ticket_list"))


def _do(session: Session, ticket_id: int, act: str, words: str, to: str) -> str:
    by, keyring = current_user.name, parts().keyring
    if act == "claim":
        tickets.claim(session, ticket_id, by)
        return "接下了：请在期限前答复。"
    if act == "answer":
        tickets.answer(session, keyring, ticket_id, by, words)
        return "答复已交出：下面能看到送到没有。"
    if act == "pass":
        tickets.pass_on(session, keyring, ticket_id, by, to, words)
        return "已经转办。" if to else "已经放回，等别人接。"
    if act == "close":
        tickets.close(session, keyring, ticket_id, by, words)
        return "已经办结。"
    raise NotFound("没有这个操作。")


def _page(session: Session, ticket_id: int, told: str = "", act: str = "", typed: str = "") -> str:
    ticket, keyring = tickets.get_ticket(session, ticket_id), parts().keyring
    may_read = current_user.may(*tickets.ANSWERING)
    colleagues = [one for one in staff.all_staff(session) if one.is_active and staff.roles_of(one) & tickets.ANSWERING]
    wording = session.get(Revision, ticket.answer_number) if ticket.answer_number else None
    return render_template(
        "console/ticket.html", ticket=ticket, words=tickets.words_of(ticket, keyring) if may_read else "",
        before=tickets.before_of(ticket, keyring) if may_read else "",
        history=tickets.history(session, ticket, keyring), left=owing.left(session, ticket.citizen_id),
        may_read=may_read, is_late=tickets.is_late(ticket, clock.today()), kinds=KINDS, states=STATES, acts=ACTS,
        ways=ON_ITS_WAY, topic=repository.topics().get(ticket.topic), wording=wording, colleagues=colleagues,
        others=tickets.others_of(session, ticket), told=told, act=act, typed=typed, most=tickets.ANSWER_CHARACTERS,
        reason_most=tickets.REASON_CHARACTERS, is_closed=ticket.state == TicketState.CLOSED,
        is_mine=ticket.claimed_by in ("", current_user.name), kept_days=tickets.KEPT_DAYS,
    )  # fmt: skip


def _glance(ticket: Ticket) -> str:
    """The first words, for those who may read them."""
    if not current_user.may(*tickets.ANSWERING):
        return ""
    words = " ".join(tickets.words_of(ticket, parts().keyring).split())
    return words[:GLANCE] + ("…" if len(words) > GLANCE else "")


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/tickets/", ticket_list, tickets.LOOKING)
    guarded(blueprint, "/tickets/<int:ticket_id>", ticket_show, tickets.LOOKING)
    guarded(blueprint, "/tickets/owed/<int:owed_id>", owed_arrival, tickets.ANSWERING, ("POST",))
    guarded(blueprint, "/tickets/<int:ticket_id>/act", ticket_act, tickets.ANSWERING, ("POST",))
    guarded(blueprint, "/tickets/<int:ticket_id>/steps/<int:step_id>", ticket_arrival, tickets.ANSWERING, ("POST",))
