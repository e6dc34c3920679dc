"""A new campaign: filled into a form, written as a file, or copied from an earlier one; looked at with what the bank
has for it; then put on. Nothing typed is ever lost: whatever is refused comes back.
"""

import re
from itertools import zip_longest
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.campaigns import MAY_CHANGE, find
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import repository
from content.phrases import say
from content.questions import words
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import draw
from handlers.quiz import register as campaigns
from handlers.quiz.campaign import LEADING, OTHERS, BadCampaign, read_campaign
from handlers.quiz.desk import looking, writing
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
FIRST: dict[str, str] = {
    "minutes": "20", "attempts_a_day": "1", "freeze_minutes": "30", "verdicts": "at_once", "multiple": "all",
    "sort": "", "draw_lottery": "双色球", "draw_claim_days": "30", "exam_attempts": "2", "exam_makeup_attempts": "1",
}  # fmt: skip
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
SORTS = {"": "只排名，没有奖品", "draw": "有奖品，抽奖", "exam": "考试（凭花名册）"}


def campaign_new() -> str:
    copied = request.args.get("copy", "")
    if not copied:
        return _form("", dict(FIRST), FIRST_CELLS, [])
    with parts().database.reading() as session:
        held = find(session, copied)
    fields, cells, prizes = writing.as_fields(held.rules)
    again = dict.fromkeys(NOT_COPIED, "")
    return _form("", {**FIRST, **fields, **again}, cells, prizes, copied=held)


def campaign_check() -> Any:
    """From the form, from a file, or from what was changed on this page."""
    name = request.form.get("id", "").strip().lower()
    if "toml" in request.form or request.files.get("file"):
        written = _written()
    else:
        fields = {field: request.form.get(field, "") for field in FIELDS}
        written = writing.as_toml(fields, _rows("cell", writing.CELLS), _rows("prize", ("name", "count")))
    if request.form.get("act") == "back":
        fields, cells, prizes = writing.as_fields(written)
        return _form(name, {**FIRST, **fields}, cells, prizes)
    return _look(name, written)


def campaign_put_on() -> Any:
    name, written = request.form.get("id", "").strip().lower(), _written()
    if not request.form.get("tells_early") and _gives_away(name, written):
        return _look(name, written, say("campaign_tells_early_unticked"))
    try:
        with parts().database.transaction() as session:
            held = campaigns.put_on(session, name, written, parts().keyring, current_user.name)
    except (BadCampaign, TooFew, campaigns.NotHeld) as refused:
        return _look(name, written, str(refused))
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


def _look(name: str, written: str, refused: str = "") -> Any:
    """The file with what it means, and what speaks against it."""
    rules, rows, expected, fault = None, [], None, refused
    doubts, gives_away = list[str](), False
    with parts().database.reading() as session:
        bank = repository.questions(session)
        taken = session.get(HeldCampaign, name) if name and len(name) <= 32 else None  # noqa: PLR2004 - the column's
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
    if not fault and taken:
        fault = f"已经有编号为“{name}”的活动（{taken.title}）：请换一个编号。"
    page = render_template(
        "console/campaign_check.html", id=name, written=written, rules=rules, rows=rows, expected=expected, fault=fault,
        kinds=KINDS, difficulties=DIFFICULTIES, subject_name=words.subject_name, verdicts=VERDICTS, multiple=MULTIPLE,
        suggested=_suggested(), doubts=doubts, gives_away=gives_away,
    )  # fmt: skip
    return page, 400 if fault else 200


def _form(
    name: str, fields: dict[str, str], cells: list[dict[str, str]], prizes: list[dict[str, str]],
    copied: HeldCampaign | None = None,
) -> str:  # fmt: skip
    with parts().database.reading() as session:
        subjects = _subjects(session)
    cells = [*cells, *({} for _ in range(max(CELL_ROWS - len(cells), SPARE_ROWS)))]
    prizes = [*prizes, *({} for _ in range(max(PRIZE_ROWS - len(prizes), SPARE_ROWS)))]
    return render_template(
        "console/campaign_form.html", id=name, fields=fields, cells=cells, prizes=prizes, subjects=subjects,
        kinds=KINDS, difficulties=DIFFICULTIES, verdicts=VERDICTS, multiple=MULTIPLE, sorts=SORTS,
        groups=(LEADING, OTHERS),
        lotteries=list(draw.LOTTERIES), subject_name=words.subject_name, copied=copied, suggested=_suggested(),
    )  # fmt: skip


KINDS = {kind: words.kind_name(kind) for kind in ("single", "multiple", "judge")}
DIFFICULTIES = {one: words.difficulty_name(one) for one in (1, 2, 3)}


def _subjects(session: Session) -> list[str]:
    """Those of the bank, in the order of the library's names."""
    there = {question.subject for question in repository.questions(session)}
    return sorted(there, key=lambda subject: (subject != "constitution", subject not in words.subjects(), subject))


def _suggested() -> str:
    return f"{clock.today().year}-12-4"


def _rows(prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    columns = [request.form.getlist(f"{prefix}_{name}") for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip_longest(*columns, fillvalue="")]


def _written() -> str:
    """The file that was handed in, else the words of the page. Raises NotAllowed."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return re.sub(r"\r\n?", "\n", request.form.get("toml", ""))[:LARGEST_FILE]
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise NotAllowed("活动文件太大：应是几十行的文本（TOML）。")
    try:
        return re.sub(r"\r\n?", "\n", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotAllowed("活动文件不是 UTF-8 编码的文本：请另存为 UTF-8 再上传。") from error


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/campaigns/new", campaign_new, MAY_CHANGE)
    guarded(blueprint, "/campaigns/check", campaign_check, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/campaigns/put-on", campaign_put_on, MAY_CHANGE, ("POST",))
