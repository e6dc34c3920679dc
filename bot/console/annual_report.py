"""The year's report on disclosure: what the program counted, what staff enter, what is missing, and the Word file."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import word_forms
from content.staff import Role
from content.store import clock
from handlers.disclosure import yearly
from handlers.disclosure.models import Applicant
from handlers.disclosure.requests import NotDone
from scheduler import annual_report as reports
from scheduler.annual_report import Report

NAVIGATION = (("console.annual", "年度报告"),)
MAY_READ = {Role.WRITE, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.AUDIT}
MAY_ENTER = {Role.WRITE}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DUE = (1, 31)
"""To be handed in and published by then (《政府信息公开条例》 article 49)."""


def annual() -> Any:
    return redirect(url_for("console.annual_year", year=_reported_year()))


def annual_year(year: int) -> str:
    return _page(reports.check_year(year), {}, "")


def annual_enter(year: int) -> Any:
    """Figures and words together; where one will not do, nothing is kept and everything typed stands there again."""
    typed = {name: request.form.get(name, "") for name in yearly.figure_names()}
    words = {part: request.form.get(f"part-{part}", "") for part in yearly.written()["parts"]}
    try:
        with parts().database.transaction() as session:
            changed = yearly.enter(session, reports.check_year(year), typed, current_user.name)
            for part, text in words.items():
                changed += yearly.write(session, year, int(part), text, current_user.name)
    except NotDone as refused:
        return _page(year, {**typed, **{f"part-{part}": text for part, text in words.items()}}, str(refused)), 422
    flash(f"已保存 {changed} 处。" if changed else "没有改动。", "success")
    return redirect(url_for("console.annual_year", year=year))


def annual_file(year: int) -> Response:
    with parts().database.reading() as session:
        report = reports.gather(session, reports.check_year(year))
    headers = {"Content-Disposition": f"attachment; filename=annual-report-{year}.docx"}
    return Response(word_forms.as_docx(reports.form(report)), headers=headers, content_type=DOCX)


def _page(year: int, typed: dict[str, str], told: str) -> str:
    with parts().database.reading() as session:
        report = reports.gather(session, year)
        entered, written = yearly.figures(session, year), yearly.texts(session, year)
    return render_template(
        "console/annual_report.html", report=report, year=year,
        years=range(clock.today().year, reports.FIRST_YEAR - 1, -1),
        library=yearly.written(), blocks=yearly.blocks(), lines=reports.work_lines(report), entered=entered,
        written=written, typed=typed, told=told, kinds=tuple(Applicant), due_on=clock.dated(date(year + 1, *DUE)),
        labels={row: _label(row, words) for row, words in _rows().items()},
        totals=_totals(report), may_enter=current_user.may(*MAY_ENTER),
    )  # fmt: skip


def _rows() -> dict[str, str]:
    rows: dict[str, str] = yearly.written()["rows"]
    return rows


def _label(row: str, words: str) -> tuple[str, str]:
    """The group, where it has one, and the row's own name."""
    _, group, name = reports.labels(row, words)
    return (group, name) if name else ("", words)


def _totals(report: Report) -> dict[str, str]:
    lines = [line for block in yearly.blocks() for line in block.lines if line.has_total]
    return {line.name: reports.total(line, report.figures) for line in lines}


def _reported_year() -> int:
    """In the first months of a year the report on the last one is what people come for."""
    today = clock.today()
    return today.year - 1 if today.month <= DUE[0] + 2 else today.year


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/annual/", annual, MAY_READ)
    guarded(blueprint, "/annual/<int:year>", annual_year, MAY_READ)
    guarded(blueprint, "/annual/<int:year>/enter", annual_enter, MAY_ENTER, ("POST",))
    guarded(blueprint, "/annual/<int:year>/report.docx", annual_file, MAY_READ)
