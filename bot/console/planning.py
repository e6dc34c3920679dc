"""Planning a push and changing a planned one: which articles in which order, how, to whom, when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.looks import ALL
from bot.console.parts import number, parts
from bot.console.posts import MAY_CHANGE
from content import articles
from content.models import Material, Revision
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from scheduler import posts, slots
from scheduler import register as pushes
from scheduler.models import Channel, Publication
from scheduler.moves import NotPossible

NAVIGATION: tuple[tuple[str, str], ...] = ()
OFFERED = 30
DAYS_TOLD = 62
TAGS_LOOKED_AT = 100
LAST_PLACE = 999
LATENESS = {10: "10 分钟", 30: "30 分钟", 120: "2 小时", 720: "12 小时"}
FIRST_HOUR = "08:00"
Wanted = list[tuple[int, int]]


def post_new() -> str:
    given = request.args
    day = given.get("day", "") or (clock.today() + timedelta(days=1)).isoformat()
    values = {"channel": Channel.PUBLISH, "day": day, "at": given.get("at", FIRST_HOUR), "tag": given.get("tag", "")}
    with parts().database.reading() as session:
        for slug in given.getlist("article"):
            _newest(session, slug)
        return _form(session, given.getlist("article"), values)


def post_add() -> Any:
    """What is refused comes back in the form, with everything that was typed."""
    form, by = request.form, current_user.name
    if form.get("act") == "search":
        return _form_again("")
    try:
        with parts().database.transaction() as session:
            due_at, channel, audience = _moment(form), form.get("channel", ""), _audience(form)
            late_after = timedelta(minutes=form.get("late_after", 30, type=number))
            act = posts.save_as_draft if form.get("act") == "draft" else posts.plan
            post = act(session, _wanted(session), due_at, channel, audience, by, late_after)
            _warn(session, post)
            identity = post.id
    except (NotPossible, NotFound) as refused:
        return _form_again(str(refused)), 409
    if form.get("act") == "draft":
        flash(f"已存为草稿，时间定在 {clock.spoken(due_at)}：送审并通过之后才会发出。", "success")
    else:
        flash(f"已送审，排期到 {clock.spoken(due_at)}。审核通过后会按时发出。", "success")
    return redirect(url_for("console.post_show", post_id=identity))


def post_change(post_id: int) -> Any:
    """Time, audience, channel, articles and their order; every approval is void afterwards."""
    if request.method == "GET":
        with parts().database.reading() as session:
            post = pushes.get_post(session, post_id)
            if post.state not in MAY_CHANGE:
                raise NotFound("这条推送正在发送或已经结束，不能再改：需要更正请在它的页面上选“更正后再发”。")
            slugs = [one["slug"] for one in pushes.as_json(post)["articles"]]
            return _form(session, slugs, _values_of(post), post=post)
    if request.form.get("act") == "search":
        return _form_again("", post_id)
    try:
        with parts().database.transaction() as session:
            due_at, channel, audience = _moment(request.form), request.form.get("channel", ""), _audience(request.form)
            late_after = request.form.get("late_after", type=number)
            post = posts.change(
                session, post_id, current_user.name, revisions=_wanted(session), due_at=due_at, audience=audience,
                channel=channel, late_after=None if late_after is None else timedelta(minutes=late_after),
            )  # fmt: skip
            _warn(session, post)
    except (NotPossible, NotAllowed, NotFound) as refused:
        return _form_again(str(refused), post_id), 409
    flash(f"已经改好，时间是 {clock.spoken(due_at)}。以前的审核不再有效，请重新送审。", "success")
    return redirect(url_for("console.post_show", post_id=post_id))


def post_correct(post_id: int) -> Any:
    """Another push of the same articles, to be put right first."""
    due_at = datetime.fromisoformat(f"{clock.today() + timedelta(days=1)} {FIRST_HOUR}").replace(tzinfo=clock.BEIJING)
    with parts().database.transaction() as session:
        made = posts.copy(session, post_id, current_user.name, due_at).id
    flash("已另建一条草稿：请先点“修改”改好文章，再改时间、送审。改动会自动进入这条推送。", "success")
    return redirect(url_for("console.post_show", post_id=made))


# ── the form ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _form(
    session: Session,
    slugs: Sequence[str],
    values: Mapping[str, Any],
    sentence: str = "",
    post: Publication | None = None,
) -> str:
    account = parts().config.wechat_account_type
    picked = [found for slug in slugs if (found := _find(session, slug))]
    words = str(values.get("words", "")).strip()
    offered = [one for one in articles.listing(session, words, limit=OFFERED) if one.slug not in slugs]
    today = clock.today()
    left = slots.remaining_by_day(session, today, today + timedelta(days=DAYS_TOLD), account)
    return render_template(
        "console/post_form.html", picked=picked, offered=offered, values=values, sentence=sentence, post=post,
        left={day.isoformat(): number for day, number in left.items()}, account=account, all_word=ALL,
        lateness=_lateness(str(values.get("late_after", ""))), words=words, tags=_tags_used(session),
    )  # fmt: skip


def _lateness(minutes: str) -> dict[int, str]:
    """What is offered, and what the push has already."""
    own = {int(minutes): f"{minutes} 分钟"} if minutes.isdecimal() and len(minutes) < len("99999") else {}
    return dict(sorted({**own, **LATENESS}.items()))


def _tags_used(session: Session) -> list[str]:
    mass = select(Publication.audience).where(Publication.channel == Channel.MASS).order_by(Publication.id.desc())
    return list(dict.fromkeys(str(one["tag"]) for one in session.scalars(mass.limit(TAGS_LOOKED_AT)) if one.get("tag")))


def _form_again(sentence: str, post_id: int | None = None) -> str:
    with parts().database.reading() as session:
        post = pushes.get_post(session, post_id) if post_id else None
        return _form(session, _slugs(request.form), request.form, sentence, post)


def _values_of(post: Publication) -> dict[str, Any]:
    due = clock.in_beijing(post.due_at)
    return {  # not the word for everybody: it is typed anew by whoever changes something
        "channel": post.channel, "day": f"{due:%Y-%m-%d}", "at": f"{due:%H:%M}", "tag": post.audience.get("tag", ""),
        "late_after": str(post.late_after_seconds // 60),
    }  # fmt: skip


# ── what was typed ────────────────────────────────────────────────────────────────────────────────────────────────────


def _slugs(form: Any) -> list[str]:
    """The chosen articles by the places typed beside them; those without a place come last, as they stand."""

    def place(slug: str) -> int:
        typed = form.get(f"place:{slug}", "")
        return int(typed) if typed.isdecimal() and len(typed) < len(str(LAST_PLACE)) else LAST_PLACE

    return sorted(form.getlist("article"), key=place)


def _wanted(session: Session) -> Wanted:
    return [
        (material.id, revision.id) for material, revision in (_newest(session, one) for one in _slugs(request.form))
    ]


def _find(session: Session, slug: str) -> tuple[Material, Revision] | None:
    material = articles.find_article(session, slug)
    revision = articles.latest_revision(session, material.id) if material else None
    return (material, revision) if material and revision else None


def _newest(session: Session, slug: str) -> tuple[Material, Revision]:
    if (found := _find(session, slug)) is None:
        raise NotFound("没有这篇文章：请到文章列表里选。")
    return found


def _moment(form: Any) -> datetime:
    """Beijing time as typed into the two fields. Raises NotPossible."""
    try:
        return datetime.fromisoformat(f"{form.get('day', '')} {form.get('at', '')}").replace(tzinfo=clock.BEIJING)
    except ValueError:
        raise NotPossible("日期或时间不完整：请选好日期和几点几分。") from None


def _audience(form: Any) -> dict[str, Any]:
    """Raises NotPossible where it is not said who gets it."""
    if form.get("channel") != Channel.MASS:
        return {}
    tag, word = form.get("tag", "").strip(), form.get("to_all", "").strip()
    if tag and not word:
        return {"tag": tag}
    if word == ALL and not tag:
        return {"all": True}
    raise NotPossible(f"群发要写清楚发给谁：发给所有人，请在“发给谁”里一字不差地写“{ALL}”；否则写一个标签。")


def _warn(session: Session, post: Publication) -> None:
    for warning in slots.check_slot(session, post.due_at, post.channel, parts().config.wechat_account_type, post.id):
        flash(warning, "warning")


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/posts/new", post_new, {Role.WRITE})
    guarded(blueprint, "/posts/add", post_add, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/posts/<int:post_id>/change", post_change, {Role.WRITE, Role.PUBLISH}, ("GET", "POST"))
    guarded(blueprint, "/posts/<int:post_id>/correct", post_correct, {Role.WRITE}, ("POST",))
