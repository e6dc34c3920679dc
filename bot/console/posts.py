"""Pushes: planned from articles, reviewed, watched, decided. Every act is a function of `scheduler/posts.py`."""

from datetime import datetime, timedelta
from typing import Any

from content.proofread import Finding
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import articles, audit, proofread, workflow
from content.models import Material, Revision
from content.staff import NotFound, Role
from content.store import clock
from scheduler import posts, slots
from scheduler import register as pushes
from scheduler.models import Channel, Publication, State
from scheduler.moves import NotPossible, subject

NAVIGATION = (("console.post_list", "推送"),)
REVIEWERS = {Role.REVIEW1, Role.REVIEW2, Role.PUBLISH}
STATES = {
    State.DRAFT: ("草稿", "secondary"),
    State.IN_REVIEW: ("待审核", "warning"),
    State.RETURNED: ("已退回", "danger"),
    State.SCHEDULED: ("已排期", "primary"),
    State.PUBLISHING: ("发送中", "info"),
    State.SUBMITTED: ("等微信结果", "info"),
    State.PUBLISHED: ("已发布", "success"),
    State.WITHDRAWN: ("已撤回", "secondary"),
    State.OVERDUE: ("过期未发", "danger"),
    State.FAILED: ("失败", "danger"),
    State.UNCERTAIN: ("结果不明", "danger"),
}
WORRYING = (State.UNCERTAIN, State.FAILED, State.OVERDUE)
OPEN = (State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED, State.DRAFT)
LISTED = 50
ALL = "全部关注者"  # typed as a word: who sends to all must mean it


def post_list() -> str:
    page = max(request.args.get("page", 1, type=int), 1)
    with parts().database.reading() as session:
        worrying = pushes.listing(session, WORRYING, limit=LISTED)
        ahead = pushes.listing(session, OPEN, limit=LISTED)[::-1]
        past = pushes.listing(session, (State.PUBLISHED, State.WITHDRAWN), limit=LISTED + 1, offset=(page - 1) * LISTED)
    return render_template(
        "console/posts.html", worrying=worrying, ahead=ahead, past=past[:LISTED], page=page,
        has_more=len(past) > LISTED, states=STATES,
    )  # fmt: skip


def post_new() -> str:
    """What goes out, to whom and when, with what speaks against it."""
    chosen = request.args.getlist("article")
    with parts().database.reading() as session:
        picked = [_newest(session, slug) for slug in chosen]
        offered = articles.listing(session, limit=30)
        day = request.args.get("day", "") or clock.today().isoformat()
        account = parts().config.wechat_account_type
        left = slots.remaining(session, clock.day(day), account)
    return render_template(
        "console/post_new.html", picked=picked, offered=offered, day=day, at=request.args.get("at", "08:00"),
        left=left, account=account, all_word=ALL, tags=request.args.get("tag", ""),
    )  # fmt: skip


def post_add() -> Any:
    form = request.form
    due_at, channel = _moment(form.get("day", ""), form.get("at", "")), form.get("channel", Channel.PUBLISH)
    with parts().database.transaction() as session:
        chosen = [_newest(session, slug) for slug in form.getlist("article")]
        wanted = [(material.id, revision.id) for material, revision in chosen]
        late_after = timedelta(minutes=form.get("late_after", 30, type=int))
        post = posts.plan(session, wanted, due_at, channel, _audience(channel), current_user.name, late_after)
        warnings = slots.check_slot(session, due_at, channel, parts().config.wechat_account_type, post.id)
        identity = post.id
    flash(f"已送审，排期到 {clock.spoken(due_at)}。审核通过后会按时发出。", "success")
    for warning in warnings:
        flash(warning, "warning")
    return redirect(url_for("console.post_show", post_id=identity))


def post_show(post_id: int) -> str:
    with parts().database.reading() as session:
        return render_template("console/post.html", **_seen(session, post_id))


def post_sheet(post_id: int) -> str:
    """The review sheet, made to be printed on A4."""
    with parts().database.reading() as session:
        seen = _seen(session, post_id)
        return render_template("console/sheet.html", head=audit.head(session), **seen)


def _seen(session: Session, post_id: int) -> dict[str, Any]:
    """All that a reviewer must see: the words, what has changed since he last signed, what speaks against it."""
    post = pushes.get_post(session, post_id)
    revisions = pushes.revisions(session, post_id)
    people = parts().config.review_people
    digest = post.digest or pushes.digest_of(session, post)
    return {
        "post": post,
        "states": STATES,
        "revisions": revisions,
        "findings": [(revision, _findings(session, revision, place == 0)) for place, revision in enumerate(revisions)],
        "told": pushes.as_json(post),
        "missing": [
            workflow.STEP_NAMES.get(step, step)
            for step in workflow.missing_steps(session, subject(post), digest, people)
        ],
        "changes": _changes(session, post, revisions),
        "people": people,
        "slot": slots.check_slot(session, post.due_at, post.channel, parts().config.wechat_account_type, post.id),
        "digest": digest,
    }


def _missing(session: Session, post: Publication, digest: str) -> tuple[Role, ...]:
    return workflow.missing_steps(session, subject(post), digest, parts().config.review_people)


def _findings(session: Session, revision: Revision, is_first: bool) -> list[Finding]:
    return proofread.inspect(session, revision, parts().uploads, is_first=is_first)


def _changes(session: Session, post: Publication, revisions: list[Revision]) -> dict[str, Any]:
    """What each article gained and lost since the newest revision that somebody had in front of him when he signed."""
    signed = workflow.sign_offs(session, subject(post))
    if not signed:
        return {}
    before = max(word.at for word in signed)
    found: dict[str, Any] = {}
    for revision in revisions:
        earlier = [one for one in articles.history(session, revision.material_id) if one.created_at <= before]
        if earlier and earlier[0].id != revision.id:
            found[revision.title] = articles.changes(earlier[0], revision)
    return found


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def post_review(post_id: int) -> Any:
    form, people = request.form, parts().config.review_people
    opinion, is_secret_checked = form.get("opinion", ""), "secrecy" in form
    with parts().database.transaction() as session:
        if form.get("verdict") == "return":
            posts.return_(session, post_id, current_user.name, opinion, people)
            told = "已退回写稿人。"
        elif form.get("verdict") == "alone":
            posts.approve_alone(session, post_id, current_user.name, opinion, is_secret_checked)
            told = "已紧急签发：请尽快由另一位同事补审。"
        elif form.get("verdict") == "afterwards":
            posts.review_afterwards(session, post_id, current_user.name, opinion)
            told = "补审已记下。"
        else:
            _demand_ticks(session, post_id, form.getlist("tick"))
            post = posts.approve(
                session, post_id, current_user.name, opinion, is_secret_checked, form.getlist("tick"), people
            )
            is_scheduled = post.state == State.SCHEDULED
            told = f"已通过，{f'排期到 {clock.spoken(post.due_at)}' if is_scheduled else '等下一位审核'}。"
    flash(told, "success")
    return redirect(url_for("console.post_show", post_id=post_id))


def _demand_ticks(session: Session, post_id: int, ticks: list[str]) -> None:
    """Red stops; yellow needs a named tick."""
    for place, revision in enumerate(pushes.revisions(session, post_id)):
        for finding in _findings(session, revision, place == 0):
            if finding.level == "red":
                raise NotPossible(f"《{revision.title}》还有必须改的地方，不能通过：{finding.sentence}")
            if f"{revision.id}:{finding.key}" not in ticks:
                raise NotPossible(f"请逐条勾选黄色提示，表示看过：{finding.sentence}")


def post_act(post_id: int) -> Any:
    form, by = request.form, current_user.name
    act, reason = form.get("act", ""), form.get("reason", "").strip()
    with parts().database.transaction() as session:
        if act == "withdraw":
            posts.withdraw(session, post_id, by, reason)
        elif act == "now":
            posts.publish_now(session, post_id, by)
        elif act == "submit":
            posts.submit(session, post_id, by)
        elif act == "time":
            posts.change(session, post_id, by, due_at=_moment(form.get("day", ""), form.get("at", "")))
        elif act in ("went_out", "did_not"):
            posts.decide(session, post_id, by, act == "went_out", reason)
        else:
            raise NotFound("没有这个操作。")
    flash("已经做好，并记入操作记录。", "success")
    return redirect(url_for("console.post_show", post_id=post_id))


def freeze_page() -> Any:
    """The red switch."""
    if request.method == "POST":
        with parts().database.transaction() as session:
            if request.form.get("act") == "freeze":
                posts.freeze(session, current_user.name, request.form.get("reason", ""))
                flash("已冻结：现在起什么都不会发出去。", "warning")
            elif posts.release(session, current_user.name):
                flash("已解除冻结：到时间的推送会继续发。", "success")
            else:
                flash("已记下您的确认：还要另一位同事确认。", "info")
        return redirect(url_for("console.freeze_page"))
    with parts().database.reading() as session:
        held = posts.find_freeze(session)
    return render_template("console/freeze.html", held=held)


# ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────────


def _newest(session: Session, slug: str) -> tuple[Material, Revision]:
    material = articles.find_article(session, slug)
    revision = articles.latest_revision(session, material.id) if material else None
    if material is None or revision is None:
        raise NotFound("没有这篇文章：请到文章列表里选。")
    return material, revision


def _moment(day: str, at: str) -> datetime:
    """Beijing time as typed into the two fields. Raises NotPossible."""
    try:
        return datetime.fromisoformat(f"{day} {at}").replace(tzinfo=clock.BEIJING)
    except ValueError:
        raise NotPossible("日期或时间不完整：请选好日期和几点几分。") from None


def _audience(channel: str) -> dict[str, Any]:
    """Raises NotPossible where it is not said who gets it."""
    if channel != Channel.MASS:
        return {}
    tag, word = request.form.get("tag", "").strip(), request.form.get("to_all", "").strip()
    if tag and not word:
        return {"tag": tag}
    if word == ALL and not tag:
        return {"all": True}
    raise NotPossible(f"群发要写清楚发给谁：发给所有人，请在“发给谁”里一字不差地写“{ALL}”；否则写一个标签。")


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/posts/", post_list, SIGNED_IN)
    guarded(blueprint, "/posts/new", post_new, {Role.WRITE})
    guarded(blueprint, "/posts/add", post_add, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/posts/<int:post_id>", post_show, SIGNED_IN)
    guarded(blueprint, "/posts/<int:post_id>/sheet", post_sheet, SIGNED_IN)
    guarded(blueprint, "/posts/<int:post_id>/review", post_review, REVIEWERS, ("POST",))
    guarded(blueprint, "/posts/<int:post_id>/act", post_act, {Role.WRITE, Role.ADMIN, *REVIEWERS}, ("POST",))
    guarded(blueprint, "/freeze", freeze_page, {Role.WRITE, Role.ADMIN, *REVIEWERS}, ("GET", "POST"))
