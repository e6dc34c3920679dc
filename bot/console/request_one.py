"""One application: its history, what may be done with it now, its letters. Who applied is shown only to who handles it,
at their own tap and on record.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console import request_acts
from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.request_telling import HOW
from bot.console.requests import MAY_LOOK
from bot.requests_shown import (
    CHANNELS,
    KINDS,
    WAYS,
    addressee_of,
    clock_of,
    drafted,
    saved_as,
    size_of,
    state_of,
    written,
)
from content import audit, staff, word_letters
from content.offices import load_offices
from content.staff import NotAllowed
from content.store import clock, working_days
from content.store.working_days import Overrides
from handlers.disclosure import clocks, desk, fees, files, form, letters, proofs, rectifying, requests, telling
from handlers.disclosure.files import RequestFile
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import HANDLERS, NotDone, Particulars

NAVIGATION: tuple[tuple[str, str], ...] = ()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def request_show(request_id: int) -> Any:
    with parts().database.reading() as session:
        return page_of(session, requests.get_request(session, request_id))


def request_act(request_id: int) -> Any:
    act, form = request.form.get("act", ""), request.form.to_dict()
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            request_acts.do(session, found, act, form, current_user.name, takes_fees())
    except (NotDone, NotAllowed) as refused:
        with parts().database.reading() as session:
            found = requests.get_request(session, request_id)
            return page_of(session, found, told=str(refused), opened=act, typed=form), 409
    flash("已经办好，记入经过和操作记录。", "success")
    return redirect(url_for("console.request_show", request_id=request_id))


def request_letter(request_id: int) -> Any:
    with parts().database.transaction() as session:
        found = requests.get_request(session, request_id)
        step = desk.get_letter(found, request.form.get("step", 0, type=int))
        name = addressee_of(parts().keyring, found)
        every = written(found, load_offices(parts().config.data), name, working_days.load_overrides(session))
        letter = next(one.letter for one in every if one.step.id == step.id)
        audit.record(session, current_user.name, "request.letter", requests.thing_of(found), letter=step.letter)
    headers = {"Content-Disposition": saved_as(f"{found.number}-{letter.title}.docx", found.number)}
    return Response(word_letters.as_docx(letter), mimetype=DOCX, headers=headers)


def request_number(request_id: int) -> Any:
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            step_id, given = request.form.get("step", 0, type=int), request.form.get("document_number", "")
            desk.number_letter(session, found, step_id, given, current_user.name)
    except NotDone as refused:
        flash(str(refused), "danger")
    return redirect(url_for("console.request_show", request_id=request_id))


def takes_fees() -> bool:
    return parts().config.disclosure_fees


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(
    session: Session, found: DisclosureRequest, *, person: Particulars | None = None, told: str = "", opened: str = "",
    typed: dict[str, str] | None = None,
) -> str:  # fmt: skip
    overrides, offices = working_days.load_overrides(session), load_offices(parts().config.data)
    may_handle = current_user.may(*HANDLERS)
    chosen = (typed or {}).get("letter") or request.args.get("answer", "")
    nth = fees.nth_of_month(session, found) if takes_fees() else 0
    pay_by = fees.first_last_day(clock.today(), overrides).isoformat()
    attached = files.attached(session, found.id)
    known = request_acts.Known(chosen, nth, pay_by, [one.title for one in attached])
    acts = request_acts.offered(found, current_user.name, current_user.roles, known)
    return render_template(
        "console/request.html", found=found, state=state_of(found), clock=clock_of(found, overrides), told=told,
        opened=opened or (request_acts.ANSWER if chosen else ""), typed=typed or {}, acts=acts, chosen=chosen,
        answers=request_acts.possible_answers(found) if current_user.may(staff.Role.WRITE) else {},
        facts=_facts(found, overrides), may_handle=may_handle, person=_person(person),
        rectified=_rectified(person, typed or {}),
        has_proof=proofs.is_kept(session, found.id), draft=drafted(found, offices, overrides),
        letters=_letters(found, offices, overrides), history=_history(found),
        in_chat=telling.of_chat(session, found),
        files=_files(attached), may_attach=_may_attach(found), most_files=files.MOST_FILES,
        most_megabytes=files.MOST_BYTES // 1_000_000, kept_days=files.KEPT.days,
        earlier=requests.same_wish(session, found) if may_handle and found.state != State.VOID else [],
    )  # fmt: skip


def _facts(found: DisclosureRequest, overrides: Overrides) -> list[tuple[str, str]]:
    kind = letters.kinds().get(found.answer)
    facts = [
        ("怎样来的", f"{CHANNELS[found.channel]}，{clock.in_beijing(found.filed_at):%Y-%m-%d %H:%M} 提交"),
        ("申请人", KINDS[found.applicant_kind]),
        ("要的信息", found.wanted),
        ("文号", found.document_number or "（没有写）"),
        ("怎样给", WAYS[found.way]),
        ("收到日", str(found.received_on or "（还没有确认）")),
    ]
    if found.due_on:
        facts.append(("答复期限", f"{found.due_on}{'（暂定）' if found.is_provisional else ''}"))
    if found.rests:
        rested = clocks.rested_days(found, overrides)
        facts.append(("征求意见", f"{len(found.rests)} 次，期限共暂停 {rested} 个工作日"))
    if found.extended_days:
        facts.append(("已延长", f"{found.extended_days} 个工作日"))
    if found.correct_until:
        facts.append(("补正期限", str(found.correct_until)))
    if found.state == State.VOID:
        facts.append(("作废", f"{found.ended_on}，不计时限，不计入年报和任何数字"))
    elif found.ended_on:
        title = request_acts.ANSWERS.get(found.answer, kind.title if kind else "")
        facts.append(("办结", f"{found.ended_on}，{title}（年报第 {found.report_class} 行）"))
    return facts


def _person(person: Particulars | None) -> list[tuple[str, str]]:
    if person is None:
        return []
    words = asdict(person)
    return [*((requests.field_name(name), words[name]) for name in rectifying.FIELDS), ("身份证明", person.proof)]


def _rectified(person: Particulars | None, typed: dict[str, str]) -> dict[str, Any]:
    """What the form for a rectification begins with: as it stands, or as it was typed."""
    if person is None or not current_user.may(staff.Role.WRITE):
        return {}
    fields = [(name, requests.field_name(name), form.MOST[name]) for name in rectifying.FIELDS]
    return {"fields": fields, "words": typed if rectifying.FIELDS[0] in typed else asdict(person)}


def _letters(found: DisclosureRequest, offices: Any, overrides: Any) -> list[dict[str, Any]]:
    """With what is still to be filled in; the applicant's name is not among it: it is known and not shown here."""
    return [
        {"step": one.step.id, "title": one.letter.title, "at": one.step.at, "gaps": one.letter.gaps,
         "has_number": "document_number" in one.step.words or one.step.letter == "receipt"}
        for one in written(found, offices, "（申请人）", overrides)
    ]  # fmt: skip


def _files(attached: Sequence[RequestFile]) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "title": one.title, "size": size_of(one.size), "by": one.added_by, "at": one.added_at}
        for one in attached
    ]


def _may_attach(found: DisclosureRequest) -> bool:
    return current_user.may(staff.Role.WRITE) and found.state == State.IN_HAND and not found.draft


def _history(found: DisclosureRequest) -> list[dict[str, Any]]:
    return [
        {"id": step.id, "at": step.at, "act": requests.act_name(step.act), "by": step.by, "note": step.note,
         "is_inner": step.is_inner, "is_untold": telling.is_untold(step), "told_at": step.told_at,
         "told_by": step.told_by, "told_how": HOW.get(step.told_how, "")}
        for step in found.steps
    ]  # fmt: skip


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/requests/<int:request_id>", request_show, MAY_LOOK)
    guarded(blueprint, "/requests/<int:request_id>/act", request_act, HANDLERS, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/letter", request_letter, HANDLERS, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/number", request_number, HANDLERS, ("POST",))
