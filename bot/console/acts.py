"""What is done with a push beside writing and reviewing: sent off, withdrawn, decided, previewed, deleted.

Previews and deletions happen at WeChat and so in the scheduler: from here only the wish goes out, and its page waits.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.looks import ALL
from bot.console.parts import parts
from bot.console.posts import REVIEWERS, shown
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from scheduler import errands, notices, posts, slots
from scheduler import register as pushes
from scheduler.errands import Errand, ErrandState
from scheduler.models import Channel
from scheduler.moves import NotPossible

NOW_WORD = "马上群发"
NAVIGATION: tuple[tuple[str, str], ...] = ()
MAY_ACT = {Role.WRITE, Role.ADMIN, *REVIEWERS}


def post_act(post_id: int) -> Any:
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        with parts().database.transaction() as session:
            errand = act(session, post_id, current_user.name, request.form.get("reason", "").strip())
            waits_for = errand.id if isinstance(errand, Errand) else None
    except (NotAllowed, NotPossible) as refused:
        with parts().database.reading() as session:
            return shown(session, post_id, str(refused)), 409
    if waits_for:
        return redirect(url_for("console.post_errand", post_id=post_id, errand_id=waits_for))
    flash("已经做好，并记入操作记录。", "success")
    return redirect(url_for("console.post_show", post_id=post_id))


def post_errand(post_id: int, errand_id: int) -> Any:
    """Waits until a scheduler has done it, then says what came of it."""
    with parts().database.reading() as session:
        errand = session.get(Errand, errand_id)
    if errand is None or errand.publication_id != post_id:
        raise NotFound("没有这次操作，或者已经清理：请看推送的页面。")
    if errand.state in (ErrandState.DONE, ErrandState.REFUSED):
        flash(errand.told, "success" if errand.state == ErrandState.DONE else "danger")
        return redirect(url_for("console.post_show", post_id=post_id))
    return render_template("console/errand.html", errand=errand)


# ── the acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _submit(session: Session, post_id: int, by: str, _reason: str) -> None:
    """A draft that goes to everybody may have been copied or kept for long: the word is typed once more."""
    if pushes.get_post(session, post_id).audience.get("all") and request.form.get("to_all", "").strip() != ALL:
        raise NotPossible(f"这条推送会发给全部关注者：请在“送审”旁边一字不差地写“{ALL}”，再送审。")
    posts.submit(session, post_id, by)


def _now(session: Session, post_id: int, by: str, _reason: str) -> None:
    """It rings on phones and spends the day's send: for that it is typed as a word."""
    is_mass = pushes.get_post(session, post_id).channel == Channel.MASS
    if is_mass and request.form.get("now_word", "").strip() != NOW_WORD:
        late = "现在是休息时间，会响起大家的手机。" if slots.is_quiet(clock.now()) else ""
        raise NotPossible(f"{late}马上群发会用掉今天的次数：确定要发，请一字不差地写“{NOW_WORD}”，再按“现在就发”。")
    posts.publish_now(session, post_id, by, parts().config.wechat_account_type)


def _withdraw(session: Session, post_id: int, by: str, reason: str) -> None:
    if not reason:
        raise NotPossible("请写明为什么撤回。")
    posts.withdraw(session, post_id, by, reason)


def _went_out(session: Session, post_id: int, by: str, reason: str) -> None:
    posts.decide(session, post_id, by, True, reason)


def _did_not(session: Session, post_id: int, by: str, reason: str) -> None:
    posts.decide(session, post_id, by, False, reason)


def _seen(session: Session, post_id: int, by: str, _reason: str) -> None:
    notices.note_seen(session, pushes.get_post(session, post_id), by)


def _preview(session: Session, post_id: int, by: str, _reason: str) -> Errand:
    return errands.ask_preview(session, post_id, by, request.form.get("wechat_name", ""))


def _delete(session: Session, post_id: int, by: str, reason: str) -> Errand:
    return errands.ask_deletion(session, post_id, by, reason, "by_hand" in request.form)


ACTS = {
    "submit": _submit, "now": _now, "withdraw": _withdraw, "went_out": _went_out, "did_not": _did_not, "seen": _seen,
    "preview": _preview, "delete": _delete,
}  # fmt: skip


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/posts/<int:post_id>/act", post_act, MAY_ACT, ("POST",))
    guarded(blueprint, "/posts/<int:post_id>/errands/<int:errand_id>", post_errand, MAY_ACT)
