"""The people of an exam's roster: how far each is, codes for a unit or for one, and what one is to be granted."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from bot import exam_wishes
from bot.console.exams import MAY_ACT, attached, get_exam
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.wiring import public_url
from content import audit
from handlers.quiz import register as campaigns
from handlers.quiz.exam import codes, entitlement, entrance, overrides, report, roster, units
from handlers.quiz.exam.codes import Handed, State
from handlers.quiz.exam.overrides import NotGranted
from handlers.quiz.exam.report import PersonLine
from handlers.quiz.models import HeldCampaign, Unit

NAVIGATION: tuple[tuple[str, str], ...] = ()
SHOWN = 200
CODES = {State.NONE: "没有领过码", State.UNUSED: "码已发，还没用", State.USED: "已进入过"}


def exam_people(campaign_id: str) -> str:
    words = request.args.get("words", "").strip()
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        every = units.all_units(session, held)
        unit, lines = _of_unit(session, held, every, request.args)
    found = _named(lines, words)
    return render_template(
        "console/exam_people.html", held=held, units=every, unit=unit, words=words, found=found[:SHOWN],
        count=len(found), left=sum(line.code is State.NONE for line in lines), people=len(lines), codes=CODES,
        outcome_name=report.outcome_name, points_of=report.points_of,
    )  # fmt: skip


def exam_people_export(campaign_id: str) -> Response:
    """Those whom the page lists, with unit and result; no code is made and none goes out of force."""
    words = request.form.get("words", "").strip()
    with parts().database.transaction() as session:
        held = get_exam(session, campaign_id)
        unit, lines = _of_unit(session, held, units.all_units(session, held), request.form)
        found = _named(lines, words)
        where = unit.path if unit else held.title
        audit.record(session, current_user.name, "campaign.export", f"campaign:{held.id}", what="人员", rows=len(found))
    return attached(report.people_xlsx("人员", found), f"人员-{where}.xlsx")


def _of_unit(
    session: Session, held: HeldCampaign, every: list[Unit], typed: MultiDict[str, str]
) -> tuple[Unit | None, list[PersonLine]]:
    """The unit that was chosen, and its people; everybody where none was."""
    unit = _unit(session, held, typed.get("unit", 0, type=number))
    return unit, report.people(session, parts().keyring, held, units.below(every, unit) if unit else every)


def _named(lines: list[PersonLine], words: str) -> list[PersonLine]:
    return [line for line in lines if words.lower() in f"{line.person.number} {line.person.name}".lower()]


def _unit(session: Session, held: HeldCampaign, unit_id: int) -> Unit | None:
    return units.get_unit(session, held, unit_id) if unit_id else None


def exam_codes(campaign_id: str) -> Any:
    """New codes for a unit with those below it, or for all: shown once."""
    is_all = request.form.get("whom") == "all"
    with parts().database.transaction() as session:
        held = get_exam(session, campaign_id)
        every = units.all_units(session, held)
        unit = _unit(session, held, request.form.get("unit", 0, type=number))
        lines = report.people(session, parts().keyring, held, units.below(every, unit) if unit else every)
        people = [line.person for line in lines if is_all or line.code is State.NONE]
        where = unit.path if unit else held.title
        handed = codes.issue(session, parts().keyring, held, people, current_user.name, where[:120])
    paths = {unit.id: unit.path for unit in every}
    if request.form.get("form") == "xlsx":
        return attached(report.codes_xlsx(where.rpartition("/")[2], handed, paths), f"考试码-{where}.xlsx")
    return _slips(held, handed, paths)


def exam_person(campaign_id: str, participant: str) -> str:
    with parts().database.reading() as session:
        return _person(session, get_exam(session, campaign_id), participant)


def _person(session: Session, held: HeldCampaign, participant: str, sentence: str = "") -> str:
    sitter = roster.get_sitter(session, held, participant[:32])
    keyring = parts().keyring
    line = PersonLine(
        roster.person_of(keyring, sitter), units.get_unit(session, held, sitter.unit_id).path,
        entitlement.of_these(session, held, [sitter])[sitter.participant],
        codes.states(session, held).get(sitter.participant, State.NONE),
    )  # fmt: skip
    asked = [one for one in overrides.listing(session, held) if one.participant == sitter.participant]
    reasons = {one.id: overrides.reason_of(keyring, one) for one in asked}
    return render_template(
        "console/exam_person.html", held=held, line=line, asked=asked, reasons=reasons, sentence=sentence,
        told=exam_wishes.told, states=exam_wishes.STATES, codes=CODES, outcome_name=report.outcome_name,
        points_of=report.points_of, typed=request.form, most=overrides.LONGEST_REASON, rules=campaigns.rules_of(held),
    )  # fmt: skip


def exam_person_code(campaign_id: str, participant: str) -> str:
    with parts().database.transaction() as session:
        held = get_exam(session, campaign_id)
        person = roster.person_of(parts().keyring, roster.get_sitter(session, held, participant[:32]))
        path = units.get_unit(session, held, person.unit_id).path
        handed = codes.issue(session, parts().keyring, held, [person], current_user.name, path[:120])
    return _slips(held, handed, {person.unit_id: path})


def exam_person_ask(campaign_id: str, participant: str) -> Any:
    """Another person approves it."""
    wish, fault = exam_wishes.read(request.form)
    try:
        if wish is None:
            raise NotGranted(fault)
        with parts().database.transaction() as session:
            held, by = get_exam(session, campaign_id), current_user.name
            overrides.ask_as_staff(session, parts().keyring, held, participant[:32], wish, by)
    except NotGranted as refused:
        with parts().database.reading() as session:
            return _person(session, get_exam(session, campaign_id), participant, str(refused)), 422
    return redirect(url_for("console.exam_overrides", campaign_id=campaign_id))


def _slips(held: HeldCampaign, handed: list[Handed], paths: dict[int, str]) -> str:
    address = entrance.page_of(public_url(parts().config), held)
    return render_template("console/exam_codes.html", held=held, handed=handed, paths=paths, address=address)


def register(blueprint: Blueprint) -> None:
    place = "/exams/<campaign_id>/people"
    guarded(blueprint, f"{place}/", exam_people, MAY_ACT)
    guarded(blueprint, f"{place}/list.xlsx", exam_people_export, MAY_ACT, ("POST",))
    guarded(blueprint, f"{place}/codes", exam_codes, MAY_ACT, ("POST",))
    guarded(blueprint, f"{place}/<participant>", exam_person, MAY_ACT)
    guarded(blueprint, f"{place}/<participant>/code", exam_person_code, MAY_ACT, ("POST",))
    guarded(blueprint, f"{place}/<participant>/ask", exam_person_ask, MAY_ACT, ("POST",))
