"""How the questions of a campaign did, as a page and a table; and any paper of it, drawn again from its seed."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from bot.console.campaign_parts import MAY_LOOK, as_file, get_held, moment, settle
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content.staff import NotFound
from handlers.quiz import analysis, rebuilding
from handlers.quiz import register as campaigns
from handlers.quiz.analysis import Flag, ItemFigures
from handlers.quiz.models import Round

NAVIGATION: tuple[tuple[str, str], ...] = ()
FLAGS = {
    Flag.FEW: ("样本太少", "secondary"), Flag.NOBODY: ("没有人答对", "danger"),
    Flag.NEGATIVE: ("成绩好的反而答错多", "danger"), Flag.OTHER_CHOSEN: ("选同一种错答案的比答对的多", "danger"),
    Flag.HARDER: ("比题库标的难", "warning"), Flag.EASIER: ("比题库标的容易", "info"),
    Flag.MENDED: ("已改题", "primary"),
}  # fmt: skip
DIFFICULTIES = {1: "容易", 2: "中等", 3: "较难"}
COLUMNS = (
    "题目编号", "题干", "题型", "标准答案", "题库难度", "出现在几份卷", "答对份数", "答对率", "按难度预计",
    "区分度（高低分组27%）", "区分度（点二列相关）", "没有答", "各选项", "各种答法", "提示",
)  # fmt: skip
PAPER_COLUMNS = ("卷子编号", "参与码", "开始", "交卷", "得分", "纸面卷（A/B/C）", "谁录入")
MOST_PAPERS = 50_000
KINDS = {"single": "单选", "multiple": "多选", "judge": "判断"}


def campaign_questions(campaign_id: str) -> str:
    settle(campaign_id)
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        summary = analysis.analyse(session, held)
    return render_template(
        "console/campaign_questions.html", held=held, summary=summary, flags=FLAGS, difficulties=DIFFICULTIES,
        kinds=KINDS, tab="questions", fewest=analysis.FEWEST, alarming=analysis.ALARMING,
    )  # fmt: skip


def campaign_questions_export(campaign_id: str) -> Response:
    settle(campaign_id)
    with parts().database.reading() as session:
        summary = analysis.analyse(session, get_held(session, campaign_id))
    return as_file(f"questions-{campaign_id}", {"题目分析": [COLUMNS, *map(_row, summary.items)]})


def _row(one: ItemFigures) -> tuple[object, ...]:
    question = one.question
    return (
        question.key, question.text, KINDS[question.kind], question.answer, DIFFICULTIES[question.difficulty],
        one.asked, one.right, round(one.share, 4), one.expected, _figure(one.upper_lower), _figure(one.correlation),
        one.left_out,
        " ".join(f"{letter}:{count}" for letter, count in sorted(one.chosen.items())),
        " ".join(f"{letters}:{count}" for letters, count in one.ways.items()),
        "、".join(FLAGS[flag][0] for flag in sorted(one.flags)),
    )  # fmt: skip


def _figure(value: float | None) -> float | str:
    return "样本太少" if value is None else round(value, 3)


def campaign_papers(campaign_id: str) -> Any:
    """Of one participant, by his code or number, or one paper by its own."""
    typed = request.args.get("who", "").strip()
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        found = rebuilding.find_papers(session, parts().keyring, held, typed) if typed else []
    if len(found) == 1:
        return redirect(url_for("console.campaign_paper", campaign_id=campaign_id, round_id=found[0].id))
    return render_template("console/campaign_papers.html", held=held, typed=typed, found=found, tab="papers")


def campaign_papers_export(campaign_id: str) -> Response:
    """All, without what was answered: that is on each by itself."""
    settle(campaign_id)
    with parts().database.reading() as session:
        found = rebuilding.listed(session, get_held(session, campaign_id), MOST_PAPERS)
    rows = [
        (one.round_id, one.code, moment(one.started_at), moment(one.finished_at), one.half_points / 2,
         one.edition, one.entered_by)
        for one in found
    ]  # fmt: skip
    return as_file(f"papers-{campaign_id}", {"答卷": [PAPER_COLUMNS, *rows]})


def campaign_paper(campaign_id: str, round_id: str) -> str:
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        played = session.get(Round, round_id)
        if played is None or played.campaign_id != held.id:
            raise NotFound("这次活动没有这份卷子：请按参与码重新查。")
        rebuilt = rebuilding.rebuild(session, held, played)
    return render_template(
        "console/campaign_paper.html", held=held, paper=rebuilt, kinds=KINDS, difficulties=DIFFICULTIES,
        full=campaigns.rules_of(held).full_marks, tab="papers",
    )  # fmt: skip


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/campaigns/<campaign_id>/questions", campaign_questions, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/questions.xlsx", campaign_questions_export, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/papers", campaign_papers, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/papers.xlsx", campaign_papers_export, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/papers/<round_id>", campaign_paper, MAY_LOOK)
