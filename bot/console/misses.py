"""没听懂的话: a week's misses, gathered; one press proposes a name of a topic or an answer, another person confirms;
later weeks show the gain.
"""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import repository
from content.importers.library import Unreadable
from content.inspection import CHAT_CHARACTERS
from content.render import TITLE_CHARACTERS
from content.staff import NotFound
from handlers import misses, own_answers
from handlers.misses import ClusterState

NAVIGATION = (("console.miss_list", "没听懂的话"),)
STATES = {
    ClusterState.OPEN: ("还没处理", "light"), ClusterState.SYNONYM: ("已加成说法", "success"),
    ClusterState.PROPOSED: ("等另一个人确认", "warning"), ClusterState.DRAFT: ("答复等另一个人批", "warning"),
    ClusterState.ANSWERED: ("已有答复", "success"), ClusterState.SET_ASIDE: ("搁下", "secondary"),
}  # fmt: skip
TICKED = 3
"""So many of the most frequent sayings are ticked beforehand."""


def miss_list() -> str:
    with parts().database.reading() as session:
        weeks = misses.weeks(session)
        chosen = _chosen([one.monday for one in weeks])
        found = misses.of_week(session, chosen) if chosen else []
        said = misses.texts(session, found)
        written = {one.id: own_answers.latest(session, own_answers.slug_of(one.id)) for one in found}
        is_writer = {one.id: own_answers.is_writer(session, one.topic, current_user.name) for one in found}
    topics = [topic for slug, topic in repository.topics().items() if slug != misses.UNKNOWN]
    return render_template(
        "console/misses.html", weeks=weeks, chosen=chosen, found=found, said=said, states=STATES, topics=topics,
        written=written, is_writer=is_writer, title_most=TITLE_CHARACTERS, chat_most=CHAT_CHARACTERS,
        names={topic.slug: topic.name for topic in topics}, ticked=TICKED, longest=misses.WORD_CHARACTERS[1],
        shortest=misses.WORD_CHARACTERS[0], NAMING=misses.NAMING, ACTING=misses.ACTING,
        HEARD=misses.HEARD,
    )  # fmt: skip


def miss_act(cluster_id: int) -> Any:
    act = request.form.get("act", "")
    with parts().database.transaction() as session:
        week = misses.get_cluster(session, cluster_id).week
        told = _do(session, cluster_id, act)
    flash(told, "success")
    return redirect(url_for("console.miss_list", week=week.isoformat(), _anchor=f"miss-{cluster_id}"))


def _do(session: Session, cluster_id: int, act: str) -> str:
    """What is said of it."""
    form, by, hear = request.form, current_user.name, parts().hear
    words = [*form.getlist("word"), *form.get("more", "").splitlines()]
    if act == "name":
        misses.propose(session, cluster_id, by, form.get("topic", ""), words, hear)
        return "提交了：另一个人确认以后，这些说法就听得懂。"
    if act == "confirm":
        try:
            misses.confirm(session, cluster_id, by, hear)
        except Unreadable as refused:
            raise NotFound(str(refused)) from refused
        return "确认了：几秒后这些说法就听得懂。下周在这里看效果。"
    if act == "draft":
        misses.write_answer(session, cluster_id, by, form.get("title", ""), form.get("chat", ""), words, hear)
        return "答复存好了：另一个人批准以后，公众号就这样答。"
    if act == "approve":
        misses.approve_answer(session, cluster_id, by, hear)
        return "批准了：几秒后公众号就这样答。下周在这里看效果。"
    if act == "aside":
        misses.set_aside(session, cluster_id, by, form.get("why", ""))
        return "搁下了。"
    if act == "back":
        misses.take_back(session, cluster_id, by)
        return "已收回，回到还没处理。"
    raise NotFound("没有这个操作。")


def _chosen(mondays: list[date]) -> date | None:
    """The week asked for, else the newest."""
    wanted = request.args.get("week", "")
    return next((one for one in mondays if one.isoformat() == wanted), mondays[0] if mondays else None)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/misses/", miss_list, misses.LOOKING)
    guarded(blueprint, "/misses/<int:cluster_id>/act", miss_act, misses.ACTING, ("POST",))
