"""A new campaign: filled into a form, written as a file, or copied from an earlier one; looked at with what the bank
has for it; then put on. Nothing typed is ever lost: whatever is refused comes back, with the fault at its field.
"""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.campaigns import MAY_CHANGE, as_file, find
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import repository
from content.phrases import say
from content.questions import words
from content.store import clock
from handlers.quiz import draw
from handlers.quiz import register as campaigns
from handlers.quiz.campaign import LEADING, OTHERS, BadCampaign, Campaign, read_campaign
from handlers.quiz.desk import filling, looking, writing
from handlers.quiz.desk.filling import FIRST, Filled
from handlers.quiz.desk.writing import Fields
from handlers.quiz.models import HeldCampaign
from handlers.quiz.paper import TooFew

NAVIGATION: tuple[tuple[str, str], ...] = ()
LARGEST_FILE = 64 * 1024
CELL_ROWS, PRIZE_ROWS = 8, 6
SPARE_ROWS = 2
FIELDS = (
    "title", "opens_at", "closes_at", "minutes", "attempts_a_day", "freeze_minutes", "verdicts", "multiple", "who",
    "sort", "draw_lottery", "draw_issue", "draw_drawn_on", "draw_later_issue", "draw_later_drawn_on",
    "draw_least_points", "draw_claim_days",
    "exam_pass_points", "exam_attempts", "exam_makeup_opens_at", "exam_makeup_closes_at", "exam_makeup_attempts",
)  # fmt: skip
NOT_COPIED = ("opens_at", "closes_at", "draw_issue", "draw_drawn_on", "draw_later_issue", "draw_later_drawn_on")
FIRST_CELLS = [
    {"subject": "constitution", "kind": "single", "difficulty": "", "count": "8", "points": "5"},
    {"subject": "constitution", "kind": "judge", "difficulty": "", "count": "4", "points": "5"},
    {"subject": "constitution", "kind": "multiple", "difficulty": "", "count": "4", "points": "10"},
]
VERDICTS = {
    "at_once": "聊天里答一题告诉一题，网页上交卷后告诉",
    "handed_in": "交卷后告诉",
    "closed": "活动结束后才告诉",
}
MULTIPLE = {"all": "全部选对才得分", "half": "少选得一半分，选错不得分"}
ID_LABEL = "编号"
SORTS = {"": "只排名，没有奖品", "draw": "有奖品，抽奖", "exam": "考试（凭花名册）"}


def campaign_new() -> Any:
    copied = request.args.get("copy", "")
    if not copied:
        return _form("", Filled(FIRST, FIRST_CELLS, []))
    with parts().database.reading() as session:
        held = find(session, copied)
    fields, cells, prizes = writing.as_fields(held.rules)
    again = dict.fromkeys(NOT_COPIED, "")
    return _form("", Filled({**FIRST, **fields, **again}, cells, prizes), copied=held)


def campaign_sample() -> Response:
    return as_file(writing.sample().encode(), "campaign.toml", "application/toml")


def campaign_check() -> Any:
    """From the form, from a file, or from what was changed on this page."""
    name = request.form.get("id", "").strip().lower()
    if "toml" not in request.form and not request.files.get("file"):
        return _check_form(name, _filled())
    try:
        written = _written()
    except BadCampaign as refused:
        faults = {"file": str(refused)}
        return _form(name, Filled(FIRST, FIRST_CELLS, []), faults, pasted=request.form.get("toml", ""))
    return _back(name, written) if request.form.get("act") == "back" else _look(name, written)


def _filled() -> Filled:
    posted = {name: request.form.getlist(name) for name in request.form}
    cells, prizes = (filling.rows_of(posted, kind, names) for kind, names in _ROWS)
    filled = Filled({field: request.form.get(field, "") for field in FIELDS}, cells, prizes)
    return filling.without_unused(filled) if request.form.get("drop") else filled


_ROWS = (("cell", writing.CELLS), ("prize", writing.PRIZES))


def _check_form(name: str, filled: Filled) -> Any:
    rules, faults = filling.read(filled)
    with parts().database.reading() as session:
        if told := campaigns.fault_of_name(session, name):
            faults["id"] = told if name else say("campaign_fill_in", label=ID_LABEL)
        if rules:
            faults |= _faults_beside(session, rules, filled)
    return _form(name, filled, faults) if faults else _look(name, filled.written)


def _faults_beside(session: Session, rules: Campaign, filled: Filled) -> dict[str, str]:
    """What the rules alone do not show: the time that it is, and what the bank has."""
    faults = {"closes_at": say("campaign_is_over")} if rules.closes_at <= clock.now() else {}
    for at, row in enumerate(looking.rows(repository.questions(session), rules)):
        if row.there < row.cell.count:
            field = filling.field_of(f"paper[{at}].count", filled)
            faults[field] = say("campaign_short_row", there=row.there, wanted=row.cell.count)
    return faults


def _back(name: str, written: str) -> Any:
    """Into the form, unless it would lose something there."""
    fields, cells, prizes = writing.as_fields(written)
    lost = writing.strangers(written)
    if lost or not fields:
        names = "、".join(lost)
        told = say("campaign_back_loses", names=names) if lost else say("campaign_back_unreadable")
        return _look(name, written, told)
    filled = Filled({**FIRST, **fields}, cells, prizes)
    return _form(name, filled, filling.read(filled)[1])


def campaign_put_on() -> Any:
    name, is_ticked = request.form.get("id", "").strip().lower(), bool(request.form.get("tells_early"))
    try:
        written = _written()
        if not is_ticked and _gives_away(name, written):
            return _look(name, written, say("campaign_tells_early_unticked"), is_unticked=True)
        with parts().database.transaction() as session:
            held = campaigns.put_on(session, name, written, parts().keyring, current_user.name)
    except (BadCampaign, TooFew, campaigns.NotHeld) as refused:
        return _look(name, request.form.get("toml", ""), str(refused))
    promised = "，抽奖的承诺（校验码）在公告里" if campaigns.rules_of(held).draw else ""
    flash(f"已经开办。规则从现在起不能再改；请把公告发出去{promised}。", "success")
    return redirect(url_for("console.campaign_show", campaign_id=held.id))


def _gives_away(name: str, written: str) -> bool:
    """Whether the answers of another would be read in this one, which somebody has to want."""
    try:
        rules = read_campaign(written)
    except BadCampaign:
        return False
    with parts().database.reading() as session:
        return bool(campaigns.giving_away(session, name, rules))


def _look(name: str, written: str, refused: str = "", is_unticked: bool = False) -> Any:
    """The file with what it means, and what speaks against it. `is_unticked`: nothing else does."""
    rules, rows, expected, fault = None, [], None, refused
    doubts, gives_away = list[str](), False
    with parts().database.reading() as session:
        bank = repository.questions(session)
        taken = campaigns.fault_of_name(session, name)
    try:
        rules = read_campaign(written)
        rows = looking.rows(bank, rules)
        expected = looking.expected(bank, rules)
    except (BadCampaign, TooFew) as error:
        fault = fault or str(error)
    if rules:
        with parts().database.reading() as session:
            doubts = campaigns.doubts(session, name, rules)
            gives_away = bool(campaigns.giving_away(session, name, rules))
        fault = fault or taken or (say("campaign_is_over") if rules.closes_at <= clock.now() else "")
    page = render_template(
        "console/campaign_check.html", id=name, written=written, rules=rules, rows=rows, expected=expected, fault=fault,
        kinds=KINDS, difficulties=DIFFICULTIES, subject_name=words.subject_name, verdicts=VERDICTS, multiple=MULTIPLE,
        suggested=_suggested(), doubts=doubts, gives_away=gives_away, may_put_on=rules and (is_unticked or not fault),
        is_ticked=bool(request.form.get("tells_early")), is_behind=bool(rules and rules.opens_at <= clock.now()),
    )  # fmt: skip
    return page, 400 if fault else 200


def _form(
    name: str, filled: Filled, faults: dict[str, str] | None = None, copied: HeldCampaign | None = None,
    pasted: str = "",
) -> Any:  # fmt: skip
    with parts().database.reading() as session:
        subjects = _subjects(session)
    faults = faults or {}
    cells, prizes = _with_spare(filled.cells, CELL_ROWS), _with_spare(filled.prizes, PRIZE_ROWS)
    page = render_template(
        "console/campaign_form.html", id=name, fields=filled.fields, cells=cells, prizes=prizes,
        named_subjects=lambda now: [(one, words.subject_name(one)) for one in _with_this(subjects, now)],
        kinds=KINDS, difficulties=DIFFICULTIES, verdicts=VERDICTS, multiple=MULTIPLE, sorts=SORTS,
        groups=[(group, group) for group in (LEADING, OTHERS)], lotteries={name: name for name in draw.LOTTERIES},
        copied=copied, suggested=_suggested(), faults=faults, label=filling.label, where=filling.where,
        id_label=ID_LABEL, limits=filling.LIMITS, lengths=filling.LENGTHS, pasted=pasted, unused="sort" in faults,
        opened={filled.sort, *filling.unused(filled), *map(filling.part_of, faults)},
    )  # fmt: skip
    return page, 400 if faults else 200


def _with_spare(rows: Sequence[Fields], least: int) -> list[Fields]:
    return [*rows, *({} for _ in range(max(least - len(rows), SPARE_ROWS)))]


KINDS = {kind: words.kind_name(kind) for kind in ("single", "multiple", "judge")}
DIFFICULTIES = {one: words.difficulty_name(one) for one in (1, 2, 3)}


def _subjects(session: Session) -> list[str]:
    """Those of the bank, in the order of the library's names."""
    there = {question.subject for question in repository.questions(session)}
    return sorted(there, key=lambda subject: (subject != "constitution", subject not in words.subjects(), subject))


def _with_this(subjects: list[str], now: str) -> list[str]:
    return subjects if not now or now in subjects else [*subjects, now]


def _suggested() -> str:
    return f"{clock.today().year}-12-4"


def _written() -> str:
    """The file that was handed in, else the words of the page. Raises BadCampaign."""
    file = request.files.get("file")
    if file is None or not file.filename:
        words = re.sub(r"\r\n?", "\n", request.form.get("toml", ""))
        if not words.strip():
            raise BadCampaign(say("campaign_file_none"))
        return words[:LARGEST_FILE]
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise BadCampaign(say("campaign_file_large"))
    return writing.text_of(data)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/campaigns/new", campaign_new, MAY_CHANGE)
    guarded(blueprint, "/campaigns/sample.toml", campaign_sample, MAY_CHANGE)
    guarded(blueprint, "/campaigns/check", campaign_check, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/campaigns/put-on", campaign_put_on, MAY_CHANGE, ("POST",))
