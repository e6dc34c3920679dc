"""Reviewing a push: the words of each reviewer, 保密审查 on its own, and the sheet that is printed."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console import looks
from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.posts import REVIEWERS, facts, is_unread, shown
from content import audit
from content.staff import NotAllowed, NotFound
from content.store import clock
from content.watch_words import RED
from scheduler import posts, preflight
from scheduler import register as pushes
from scheduler.models import State
from scheduler.moves import NotPossible
from scheduler.preflight import tick_of

NAVIGATION: tuple[tuple[str, str], ...] = ()
UNREAD = "还没有看到微信存下的版本：请等一会儿，刷新再看；来不及等的，请勾选“先不等”再通过。"


def post_review(post_id: int) -> Any:
    """What is refused comes back with everything that was ticked and typed."""
    verdict = VERDICTS.get(request.form.get("verdict", ""))
    if verdict is None:
        raise NotFound("没有这个操作。")
    try:
        with parts().database.transaction() as session:
            looks.demand_same(session, post_id, request.form)
            told = verdict(session, post_id, request.form.get("opinion", "").strip())
    except (NotAllowed, NotPossible) as refused:
        with parts().database.reading() as session:
            return shown(session, post_id, str(refused)), 409
    flash(told, "success")
    return redirect(url_for("console.post_show", post_id=post_id))


def post_sheet(post_id: int) -> str:
    """The review sheet, made to be printed on A4."""
    with parts().database.reading() as session:
        head = audit.head_of_day(session, clock.today())
        return render_template("console/sheet.html", head=head, **facts(session, post_id))


def _approve(session: Session, post_id: int, opinion: str) -> str:
    ticks = request.form.getlist("tick")
    _demand_ticks(session, post_id, ticks)
    _demand_knowledge(session, post_id)
    config = parts().config
    post = posts.approve(
        session, post_id, current_user.name, opinion, "secrecy" in request.form, ticks, config.review_people,
        config.wechat_account_type,
    )  # fmt: skip
    if post.state == State.SCHEDULED:
        return f"已通过，排期到 {clock.spoken(post.due_at)}。"
    return "已通过，等下一位审核。"


def _return(session: Session, post_id: int, opinion: str) -> str:
    posts.return_(session, post_id, current_user.name, opinion, parts().config.review_people)
    return "已退回写稿人。"


def _secrecy(session: Session, post_id: int, opinion: str) -> str:
    posts.check_secrecy(session, post_id, current_user.name, opinion)
    return "保密审查已记下。"


def _alone(session: Session, post_id: int, opinion: str) -> str:
    ticks = request.form.getlist("tick")
    _demand_ticks(session, post_id, ticks)
    posts.approve_alone(session, post_id, current_user.name, opinion, "secrecy" in request.form, ticks)
    return "已紧急签发：请尽快由另一位同事补审。"


def _afterwards(session: Session, post_id: int, opinion: str) -> str:
    posts.review_afterwards(session, post_id, current_user.name, opinion)
    return "补审已记下。"


VERDICTS = {"approve": _approve, "return": _return, "secrecy": _secrecy, "alone": _alone, "afterwards": _afterwards}


def _demand_ticks(session: Session, post_id: int, ticks: list[str]) -> None:
    """Red stops; yellow needs a named tick."""
    found = preflight.findings(session, pushes.get_post(session, post_id), parts().uploads)
    for revision, finding in found:
        if finding.level == RED:
            raise NotPossible(f"《{revision.title}》还有必须改的地方，不能通过：{finding.sentence}")
    for revision, finding in found:
        if tick_of(revision, finding) not in ticks:
            raise NotPossible(f"请逐条勾选黄色提示，表示看过：{finding.sentence}")


def _demand_knowledge(session: Session, post_id: int) -> None:
    """What an approver has not seen, he says that he does without: WeChat's own version."""
    if is_unread(pushes.get_post(session, post_id), parts().config) and "unread" not in request.form:
        raise NotPossible(UNREAD)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/posts/<int:post_id>/sheet", post_sheet, SIGNED_IN)
    guarded(blueprint, "/posts/<int:post_id>/review", post_review, REVIEWERS, ("POST",))
