"""没听懂的话: a week's misses, gathered; one press makes a name of a topic or a draft; later weeks show the gain."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import repository
from content.importers.library import Unreadable
from content.staff import NotFound
from handlers import misses
from handlers.misses import ClusterState

NAVIGATION = (("console.miss_list", "没听懂的话"),)
STATES = {
    ClusterState.OPEN: ("还没处理", "light"), ClusterState.SYNONYM: ("已加成说法", "success"),
    ClusterState.DRAFT: ("正在写", "primary"), ClusterState.SET_ASIDE: ("搁下", "secondary"),
}  # fmt: skip
TICKED = 3
"""So many of the most frequent sayings are ticked beforehand."""


def miss_list() -> str:
    with parts().database.reading() as session:
        weeks = misses.weeks(session)
        chosen = _chosen([one.monday for one in weeks])
        found = misses.of_week(session, chosen) if chosen else []
        said = misses.texts(session, found)
    topics = [topic for slug, topic in repository.topics().items() if slug != misses.UNKNOWN]
    return render_template(
        "console/misses.html", weeks=weeks, chosen=chosen, found=found, said=said, states=STATES, topics=topics,
        names={topic.slug: topic.name for topic in topics}, ticked=TICKED, longest=misses.WORD_CHARACTERS[1],
        shortest=misses.WORD_CHARACTERS[0], NAMING=misses.NAMING, ACTING=misses.ACTING,
    )  # fmt: skip


def miss_act(cluster_id: int) -> Any:
    act = request.form.get("act", "")
    with parts().database.transaction() as session:
        week = misses.get_cluster(session, cluster_id).week
        told, draft = _do(session, cluster_id, act)
    flash(told, "success")
    if draft:
        return redirect(url_for("console.article_edit", slug=draft))
    return redirect(url_for("console.miss_list", week=week.isoformat(), _anchor=f"miss-{cluster_id}"))


def _do(session: Session, cluster_id: int, act: str) -> tuple[str, str]:
    """(what is said of it, the article that is written now)."""
    form, by = request.form, current_user.name
    if act == "name":
        words = [*form.getlist("word"), *form.get("more", "").splitlines()]
        try:
            misses.name_topic(session, cluster_id, by, form.get("topic", ""), words)
        except Unreadable as refused:
            raise NotFound(str(refused)) from refused
        return "加好了：几秒后这些说法就听得懂。下周在这里看效果。", ""
    if act == "draft":
        revision = misses.write_draft(session, cluster_id, by, form.get("title", ""))
        return "提纲写进了草稿：写好后照常送审。", revision.material.slug
    if act == "aside":
        misses.set_aside(session, cluster_id, by, form.get("why", ""))
        return "搁下了。", ""
    if act == "back":
        misses.take_back(session, cluster_id, by)
        return "已收回，回到还没处理。", ""
    raise NotFound("没有这个操作。")


def _chosen(mondays: list[date]) -> date | None:
    """The week asked for, else the newest."""
    wanted = request.args.get("week", "")
    return next((one for one in mondays if one.isoformat() == wanted), mondays[0] if mondays else None)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/misses/", miss_list, misses.LOOKING)
    guarded(blueprint, "/misses/<int:cluster_id>/act", miss_act, misses.ACTING, ("POST",))
