"""Figures: followers, reading, what citizens asked, what was not understood; as plots with tables, as CSV and XLSX."""

from datetime import date, timedelta

from flask import Blueprint, Response, render_template, request

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import charts, export
from content.store import clock
from scheduler import statistics

NAVIGATION = (("console.figures", "统计"),)
PLOTS = (
    ("关注", ("new_user", "cancel_user")),
    ("阅读和分享", ("read_user", "share_user")),
    ("来信", ("msg_user", "msg_count")),
    ("微信转来的请求", ("callback_count", "fail_count")),
)
LATELY = (1, 2, 3)
"""Days ago: the figures of a day are fetched on the next."""
SPANS = {"7": "7 天", "30": "30 天", "90": "90 天"}


def figures() -> str:
    begin, end, span = _days()
    with parts().database.reading() as session:
        plots = []
        for title, names in PLOTS:
            known = [name for name in names if name in statistics.FIGURES]
            found = statistics.series(session, known, begin, end)
            labels = [f"{day.month}-{day.day}" for day in found.days]
            plots.append((title, charts.line_chart(labels, found.values), labels, found.values, found.labels()))
        asked = statistics.asked_top(session, begin, end)
        bars = charts.bar_chart([(one.name, one.count) for one in asked])
        missed = statistics.not_understood(session, begin, end)
        read = statistics.articles_top(session, begin, end)
        lacking = {one for ago in LATELY for one in statistics.lacking_rights(session, end - timedelta(days=ago))}
    return render_template(
        "console/figures.html", plots=plots, asked=bars, missed=missed, read=read, span=span, spans=SPANS,
        lacking=sorted(lacking),
    )  # fmt: skip


def figures_export(kind: str) -> Response:
    begin, end, _ = _days()
    names = [name for _, group in PLOTS for name in group if name in statistics.FIGURES]
    with parts().database.reading() as session:
        sheets = {
            "每日": list(statistics.export_rows(session, names, begin, end)),
            "问得最多": list(statistics.asked_rows(session, begin, end)),
            "文章": list(statistics.article_rows(session, begin, end)),
        }
    if kind == "csv":
        body, media_type = export.as_csv(sheets["每日"]), "text/csv; charset=utf-8"
    else:
        body = export.as_xlsx(sheets)
        media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    headers = {"Content-Disposition": f"attachment; filename=figures-{begin}-{end}.{kind}"}
    return Response(body, headers=headers, content_type=media_type)


def _days() -> tuple[date, date, str]:
    span = request.args.get("span", "30")
    span = span if span in SPANS else "30"
    end = clock.today()
    return end - timedelta(days=int(span) - 1), end, span


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/statistics/", figures, SIGNED_IN)
    guarded(blueprint, "/statistics/export.<any(csv, xlsx):kind>", figures_export, SIGNED_IN)
