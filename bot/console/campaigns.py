"""Campaigns: the list, and the desk of one while it runs: figures, opening and closing, its announcement, what is made
of wrong answers. How one is written stands in campaign_new.py, who takes part in campaign_people.py.
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console import guard
from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.wiring import public_url
from content import articles, audit, charts, export, pictures, repository
from content.covers import plain_cover
from content.models import Question
from content.questions import words
from content.staff import NotFound, Role
from content.store import clock
from handlers.quiz import play, score, standings, unsettled, withdrawing
from handlers.quiz import register as campaigns
from handlers.quiz.campaign import Phase
from handlers.quiz.desk import announcement, figures, lessons, looking
from handlers.quiz.desk.figures import Share
from handlers.quiz.models import HeldCampaign
from handlers.quiz.paper import TooFew

NAVIGATION = (("console.campaign_list", "活动"),)
MAY_READ = {Role.CAMPAIGNS, Role.AUDIT}
MAY_CHANGE = {Role.CAMPAIGNS}
PHASES = {
    Phase.BEFORE: ("未开始", "secondary"), Phase.OPEN: ("进行中", "success"), Phase.CLOSED: ("已结束", "dark"),
}  # fmt: skip
SORTS = {"draw": "有奖竞答", "exam": "考试", "": "竞答"}
WORST_SHOWN, FEWEST = 20, 5
"""Questions on the desk, and how often one must have been answered to stand there."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BESIDE = (
    ("console.draw_show", "name", "抽奖和奖品", "draw"),
    ("console.exam_show", "campaign_id", "名册和报告", "exam"),
    ("console.campaign_questions", "campaign_id", "题目分析", ""),
    ("console.campaign_papers", "campaign_id", "查卷", ""),
    ("console.campaign_mendings", "campaign_id", "改题", ""),
    ("console.campaign_editions", "campaign_id", "纸面卷", ""),
    ("console.campaign_certificates", "campaign_id", "证书", "exam"),
)
"""Desks of other nouns for the same campaign: view, how it names the campaign, label, for which sort of campaign."""


def campaign_list() -> str:
    with parts().database.reading() as session:
        every = campaigns.all_held(session)
        counted = figures.people_of(session, every)
        starved = unsettled.starved(session)
        waiting = {one.campaign_id for one in withdrawing.waiting(session)}
        withdrawn = withdrawing.latest(session)
    rows = [(held, sort_of(held), campaigns.phase_of(held), counted[held.id]) for held in every]
    return render_template(
        "console/campaigns.html", rows=rows, phases=PHASES, sorts=SORTS, may_change=current_user.may(*MAY_CHANGE),
        starved=starved, waiting=waiting, withdrawn=withdrawn,
    )  # fmt: skip


def campaign_list_export() -> Response:
    with parts().database.reading() as session:
        every = campaigns.all_held(session)
        counted = figures.people_of(session, every)
    rows: list[tuple[object, ...]] = [("编号", "名称", "类型", "状态", "开始", "截止", "交卷人数", "谁开办的")]
    rows += [
        (held.id, held.title, SORTS[sort_of(held)], PHASES[campaigns.phase_of(held)][0], told(held.opens_at),
         told(held.closes_at), counted[held.id], held.created_by)
        for held in every
    ]  # fmt: skip
    return as_file(export.as_xlsx({"活动": rows}), "campaigns.xlsx", XLSX)


def campaign_show(campaign_id: str) -> str:
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        found = figures.figures(session, held)
        hourly = figures.by_hour(session, held)
        units = standings.units(session, held)
        bank = repository.questions(session)
        entries = audit.entries(session, thing=f"campaign:{held.id}", limit=10)
        is_over, withdrawal = figures.is_over(session, held), withdrawing.asked(session, held)
        plots = {**_plots(session, held, hourly), "shares": _worst(session, held)}
    rules, phase = campaigns.rules_of(held), campaigns.phase_of(held)
    return render_template(
        "console/campaign.html", held=held, rules=rules, phase=phase, phases=PHASES, sort=sort_of(held), sorts=SORTS,
        found=found, expected=_expected(bank, held), units=units, entries=entries,
        acts=audit.act_names(), beside=_beside(held), may_change=current_user.may(*MAY_CHANGE), latest=figures.LATEST,
        fewest=FEWEST, subject_name=words.subject_name, is_over=is_over,
        withdrawal=withdrawal, needs_two=withdrawing.needs_two(held),
        is_frozen=standings.is_frozen(held), freezes_at=standings.freezes_at(held), **plots,
    )  # fmt: skip


def _plots(session: Session, held: HeldCampaign, hourly: dict[datetime, int]) -> dict[str, Any]:
    hours, days = figures.hours(hourly), figures.days(hourly)
    bands = figures.bands(figures.best_points(session, held), campaigns.rules_of(held).full_marks)
    hour_labels = [f"{moment:%m-%d %H}时" for moment, _ in hours]
    day_labels = [f"{day:%m-%d}" for day, _ in days]
    hour_values, day_values = [papers for _, papers in hours], [papers for _, papers in days]
    return {
        "hour_labels": hour_labels, "hour_values": {"papers": hour_values},
        "hours": charts.line_chart(hour_labels, {"papers": hour_values}) if hours else None,
        "day_labels": day_labels, "day_values": {"papers": day_values},
        "days": charts.line_chart(day_labels, {"papers": day_values}) if days else None,
        "bands": charts.bar_chart([(f"{name}分", people) for name, people in bands], left=110),
    }  # fmt: skip


def _worst(session: Session, held: HeldCampaign) -> list[Share]:
    return [share for share in figures.shares(session, held) if share.answered >= FEWEST][:WORST_SHOWN]


def _expected(bank: list[Question], held: HeldCampaign) -> looking.Expected | None:
    """None where the bank has too few questions by now."""
    try:
        return looking.expected(bank, campaigns.rules_of(held))
    except TooFew:
        return None


def _beside(held: HeldCampaign) -> list[tuple[str, str]]:
    """(address, label) of what the person signed in may open of other nouns."""
    return [
        (url_for(view, **{name: held.id}), label)  # type: ignore[arg-type]
        for view, name, label, sort in BESIDE
        if sort in ("", sort_of(held)) and current_user.roles & guard.VIEWS.get(view, frozenset())
    ]


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def campaign_act(campaign_id: str) -> Any:
    act, reason = request.form.get("act", ""), request.form.get("reason", "").strip()[:200]
    with parts().database.transaction() as session:
        held = find(session, campaign_id)
        if act not in ("open", "close"):
            raise NotFound("没有这样的操作：请刷新后再试。")
        if not reason:
            raise campaigns.NotHeld("请写明原因：它会记入操作记录。")
        if act == "open":
            campaigns.open_now(session, held.id, current_user.name, reason)
        else:
            campaigns.close_now(session, held.id, current_user.name, reason)
            play.settle(session, held)
    flash("已经开始。" if act == "open" else "已经结束，正在答的卷子都按已答的交了卷。", "success")
    return redirect(url_for("console.campaign_show", campaign_id=campaign_id))


def campaign_announcement(campaign_id: str) -> str:
    with parts().database.reading() as session:
        held = find(session, campaign_id)
    text = announcement.written(held, public_url(parts().config))
    return render_template(
        "console/campaign_announcement.html", held=held, text=text, may_change=current_user.may(*MAY_CHANGE)
    )  # fmt: skip


def campaign_draft(campaign_id: str) -> Any:
    """A draft of an article: the announcement, or what most people got wrong."""
    kind = request.form.get("kind", "")
    with parts().database.transaction() as session:
        held = find(session, campaign_id)
        cover = pictures.address(pictures.add_picture(session, plain_cover(), parts().uploads))
        if kind == "lessons":
            revision = lessons.save_draft(session, held.id, current_user.name, cover)
        elif kind == "announcement":
            url, by = public_url(parts().config), current_user.name
            revision = announcement.save_draft(session, held, url, by, cover)
        else:
            raise NotFound("没有这样的草稿：请刷新后再试。")
        slug = revision.material.slug
    flash("已存为文章草稿，还没有发布：改定后照常送审、排期。", "success")
    return redirect(url_for("console.campaign_draft_show", campaign_id=campaign_id, slug=slug))


def campaign_draft_show(campaign_id: str, slug: str) -> str:
    """What this campaign's desk has made, and nothing else: also for who may not write articles."""
    with parts().database.reading() as session:
        held = find(session, campaign_id)
        made = audit.entries(session, thing=f"campaign:{held.id}", limit=200)
        article = articles.find_article(session, slug) if slug in {one.detail.get("article") for one in made} else None
        revision = articles.latest_revision(session, article.id) if article else None
        if revision is None:
            raise NotFound("这次活动没有写过这篇草稿：请到文章列表里找。")
    return render_template(
        "console/campaign_draft.html", held=held, revision=revision, slug=slug, may_write=current_user.may(Role.WRITE)
    )  # fmt: skip


# ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────────


def campaign_export(campaign_id: str) -> Response:
    """Everything on the desk but the participants, who have files of their own."""
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        found, hours = figures.figures(session, held), figures.by_hour(session, held).items()
        sheets: dict[str, list[tuple[object, ...]]] = {
            "概况": [("项目", "数字"), *_summary(held, found)],
            "单位": [("名次", "单位", "登记人数", "交卷人数", "得分合计", "参与率×平均分"), *_unit_rows(session, held)],
            "题目": [("编号", "题目", "依据", "难度", "答的人次", "答对人次", "答错比例"),
                   *(_share_row(share) for share in figures.shares(session, held, None))],
            "每小时": [("时间", "交卷份数"), *((f"{hour:%Y-%m-%d %H}时", papers) for hour, papers in hours)],
            "得分": [("最好成绩", "人数"), *_point_rows(session, held)],
        }  # fmt: skip
    return as_file(export.as_xlsx(sheets), f"{held.id}-figures.xlsx", XLSX)


def _summary(held: HeldCampaign, found: figures.Figures) -> list[tuple[object, ...]]:
    rules = campaigns.rules_of(held)
    return [
        ("编号", held.id), ("名称", held.title), ("开始", told(held.opens_at)), ("截止", told(held.closes_at)),
        ("参加的人", found.joined), ("交过卷的人", found.people), ("发出的卷子", found.papers),
        ("交了的卷子", found.handed_in), ("正在答的卷子", found.open_papers), ("每份平均分", found.mean),
        ("每人最好成绩的平均分", found.mean_best), ("满分", rules.full_marks),
        *([("抽奖承诺（SHA-256）", held.commitment)] if rules.draw else []),
    ]  # fmt: skip


def _unit_rows(session: Session, held: HeldCampaign) -> list[tuple[object, ...]]:
    return [
        (one.rank, one.path, one.head_count, one.people, one.half_points / 2, round(one.score, 4))
        for one in standings.units(session, held)
    ]


def _share_row(share: Share) -> tuple[object, ...]:
    question = share.question
    return (
        question.key, question.text, "；".join(question.basis), words.difficulty_name(question.difficulty),
        share.answered, share.right, f"{share.percent_wrong}%",
    )  # fmt: skip


def _point_rows(session: Session, held: HeldCampaign) -> list[tuple[object, ...]]:
    return [(half / 2, people) for half, people in sorted(figures.best_points(session, held).items(), reverse=True)]


def find(session: Session, campaign_id: str) -> HeldCampaign:
    """Raises NotFound."""
    held = session.get(HeldCampaign, campaign_id)
    if held is None:
        raise NotFound("没有这次活动：请到活动列表里找。")
    return held


def sort_of(held: HeldCampaign) -> str:
    rules = campaigns.rules_of(held)
    return "exam" if rules.exam else "draw" if rules.draw else ""


def told(moment: datetime | None) -> str:
    return f"{clock.in_beijing(moment):%Y-%m-%d %H:%M}" if moment else ""


def as_file(body: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(body, headers=headers, content_type=media_type)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/campaigns/", campaign_list, MAY_READ)
    guarded(blueprint, "/campaigns/export.xlsx", campaign_list_export, MAY_READ)
    guarded(blueprint, "/campaigns/<campaign_id>/", campaign_show, MAY_READ)
    guarded(blueprint, "/campaigns/<campaign_id>/act", campaign_act, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/campaigns/<campaign_id>/announcement", campaign_announcement, MAY_READ)
    guarded(blueprint, "/campaigns/<campaign_id>/draft", campaign_draft, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/campaigns/<campaign_id>/drafts/<path:slug>", campaign_draft_show, MAY_READ)
    guarded(blueprint, "/campaigns/<campaign_id>/figures.xlsx", campaign_export, MAY_READ)
