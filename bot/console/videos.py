"""Videos of the showcase: what waits, the words that are shown, accepted or returned with a reason, order, votes. Rules
are those of `handlers/publicity/moderation.py`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import export, offices
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from content.store.keys import KeysUnreadable
from handlers.publicity import links, moderation, showcase, videos, votes
from handlers.publicity.links import Site
from handlers.publicity.models import MOVES, AuthorKind, Showcase, Video, VideoState
from handlers.publicity.showcase import NotPossible, Times
from handlers.publicity.videos import NotTaken, Words

NAVIGATION = (("console.video_list", "视频"),)
STATES = {
    VideoState.SUBMITTED: ("待审核", "warning"), VideoState.ACCEPTED: ("展播中", "success"),
    VideoState.RETURNED: ("已退回", "secondary"), VideoState.WITHDRAWN: ("已撤下", "secondary"),
}  # fmt: skip
PHASES = {"never": "不开", "before": "还没开始", "open": "正在进行", "over": "已经截止"}
KINDS = {AuthorKind.UNIT: "单位或集体", AuthorKind.PERSON: "个人（本人同意公开）", AuthorKind.NOBODY: "不署名"}
COLUMNS = (
    "号码", "题目", "署名", "简介", "观看网址", "状态", "票数", "逐张重数", "交来时间", "办理人", "办理时间", "原因",
)  # fmt: skip
FIELDS = ("title", "author_kind", "author", "description", "url")
MAY_LOOK = {*moderation.ENTERING, *moderation.JUDGING, Role.AUDIT, Role.ADMIN}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def video_list() -> str:
    """Of the newest showcase, or with `of` of an earlier one."""
    with parts().database.reading() as session:
        every = showcase.all_showcases(session)
        held = _chosen(every)
        listed = moderation.listed(session, held.id) if held else []
        shown = showcase.shown(session, held.id) if held else []
    phases = (PHASES[showcase.collecting(held)], PHASES[showcase.voting(held)]) if held else ("", "")
    return render_template(
        "console/videos.html", held=held, every=every, phases=phases, shown=shown, states=STATES,
        others=[one for one in listed if one.state != VideoState.ACCEPTED],
    )  # fmt: skip


def video_show(video_id: int, told: str = "", typed: dict[str, str] | None = None, status: int = 200) -> Any:
    with parts().database.reading() as session:
        video = _get(session, video_id)
        held = showcase.get_showcase(session, video.showcase_id)
        found = moderation.findings(session, video, parts().uploads, _sites())
    contact = _contact(video) if current_user.may(*moderation.JUDGING) else ""
    page = render_template(
        "console/video.html", video=video, held=held, found=found, contact=contact, states=STATES, kinds=KINDS,
        moves=MOVES[VideoState(video.state)], may_judge=current_user.may(*moderation.JUDGING), told=told,
        typed=typed or _fields_of(video), site=links.find_site(video.url, _sites()), most=videos.MOST,
    )  # fmt: skip
    return page, status


def _contact(video: Video) -> str:
    try:
        return videos.contact_of(parts().keyring, video)
    except KeysUnreadable:  # after a restoration without the keys of that time
        return "（用另一把密钥加密的，读不出来）"


def video_new() -> Any:
    return _new({"author_kind": "unit"}, "")


def _new(typed: dict[str, str], told: str, status: int = 200) -> Any:
    names = links.site_names(_sites())
    page = render_template(
        "console/video_new.html", typed=typed, told=told, kinds=KINDS, sites=names, most=videos.MOST
    )  # fmt: skip
    return page, status


def video_add() -> Any:
    typed = _typed()
    try:
        with parts().database.transaction() as session:
            made = moderation.enter(session, _words(typed), _sites(), current_user.name, consents=_consents())
    except (NotAllowed, NotPossible, NotTaken) as refused:
        return _new(typed, str(refused), 409)
    flash("已经录入，等别人审核。", "success")
    return redirect(url_for("console.video_show", video_id=made.id))


def video_words(video_id: int) -> Any:
    typed, by = _typed(), current_user.name
    try:
        with parts().database.transaction() as session:
            _get(session, video_id)
            moderation.mend(session, video_id, _seen(), _words(typed), _sites(), by, consents=_consents())
    except (NotAllowed, NotPossible, NotTaken) as refused:
        return video_show(video_id, str(refused), typed, 409)
    flash("展示的文字已经改好。", "success")
    return redirect(url_for("console.video_show", video_id=video_id))


def video_act(video_id: int) -> Any:
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        with parts().database.transaction() as session:
            _get(session, video_id)
            act(session, video_id, _seen(), current_user.name)
    except (NotAllowed, NotPossible) as refused:
        return video_show(video_id, str(refused), status=409)
    flash("已经办好，并记入操作记录。", "success")
    return redirect(url_for("console.video_list"))


def _accept(session: Session, video_id: int, seen: int, by: str) -> None:
    moderation.accept(session, video_id, seen, by, parts().uploads, _sites())


def _return(session: Session, video_id: int, seen: int, by: str) -> None:
    moderation.give_back(session, video_id, seen, by, request.form.get("reason", ""))


def _withdraw(session: Session, video_id: int, seen: int, by: str) -> None:
    moderation.withdraw(session, video_id, seen, by, request.form.get("reason", ""))


ACTS: dict[str, Callable[[Session, int, int, str], None]] = {
    "accept": _accept, "return": _return, "withdraw": _withdraw,
}  # fmt: skip


def video_order(showcase_id: int) -> Any:
    """Places by the videos' ids; an empty one lets a video come by itself."""
    try:
        places = {
            number(name.removeprefix("place-")): number(value.strip() or "0")
            for name, value in request.form.items()
            if name.startswith("place-")
        }
    except ValueError:
        flash("顺序请填数字，如 1、2、3；不排的空着。什么都没有改动。", "danger")
        return redirect(url_for("console.video_list", of=showcase_id))
    with parts().database.transaction() as session:
        _held(session, showcase_id)
        moderation.put_in_order(session, showcase_id, places, current_user.name)
    flash("顺序已经保存。", "success")
    return redirect(url_for("console.video_list", of=showcase_id))


def video_export(showcase_id: int) -> Response:
    with parts().database.reading() as session:
        _held(session, showcase_id)
        listed = moderation.listed(session, showcase_id)
        again, days = votes.recounted(session, showcase_id), votes.by_day(session, showcase_id)
    listed = sorted(listed, key=lambda one: (one.number is None, one.number or one.id))
    numbered = [one for one in listed if one.number is not None]
    head = (
        "号码",
        "题目",
        "署名",
        "简介",
        "观看网址",
        "状态",
        "票数",
        "逐张重数",
        "交来时间",
        "办理人",
        "办理时间",
        "原因",
    )
    rows: list[tuple[object, ...]] = [head]
    rows += [
        (
            one.number or "", one.title, one.author, one.description, one.url, STATES[VideoState(one.state)][0],
            one.votes, again.get(one.id, 0), _moment(one.submitted_at), one.decided_by, _moment(one.decided_at),
            one.reason,
        )
        for one in listed
    ]  # fmt: skip
    daily: list[tuple[object, ...]] = [("日期", *(f"{one.number}号" for one in numbered), "合计")]
    daily += [(on, *(tally[one.id] for one in numbered), tally.total()) for on, tally in days]
    body = export.as_xlsx({"作品": rows, "每日票数": daily})
    headers = {"Content-Disposition": f"attachment; filename=videos-{showcase_id}-{clock.today()}.xlsx"}
    return Response(body, headers=headers, content_type=XLSX)


# ── the showcase itself ───────────────────────────────────────────────────────────────────────────────────────────────


def video_showcase(showcase_id: int) -> Any:
    """0: a new one."""
    with parts().database.reading() as session:
        held = _held(session, showcase_id) if showcase_id else None
    return _settings(showcase_id, _times_of(held), "")


def video_showcase_set(showcase_id: int) -> Any:
    typed = {name: request.form.get(name, "").strip()[:40] for name in ("title", *Times.__dataclass_fields__)}
    try:
        times = Times(**{name: _read_moment(typed[name]) for name in Times.__dataclass_fields__})
        with parts().database.transaction() as session:
            if showcase_id:
                _held(session, showcase_id)
                showcase.change(session, showcase_id, typed["title"], times, current_user.name)
            else:
                showcase.put_on(session, typed["title"], times, current_user.name)
    except ValueError:
        return _settings(showcase_id, typed, "时间写得不对：请写成 2026-12-04 08:00 这样，不开的空着。", 409)
    except (NotAllowed, NotPossible) as refused:
        return _settings(showcase_id, typed, str(refused), 409)
    flash("展播设置已经保存。", "success")
    return redirect(url_for("console.video_list"))


def _settings(showcase_id: int, typed: dict[str, str], told: str, status: int = 200) -> Any:
    page = render_template("console/video_showcase.html", showcase_id=showcase_id, typed=typed, told=told)
    return page, status


def _times_of(held: Showcase | None) -> dict[str, str]:
    if held is None:
        return {}
    moments = {name: getattr(held, name) for name in Times.__dataclass_fields__}
    return {"title": held.title, **{name: f"{_moment(moment)}".replace(" ", "T") for name, moment in moments.items()}}


def _read_moment(text: str) -> datetime | None:
    """As it was typed, in Beijing. Raises ValueError."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING) if text else None


def _moment(moment: datetime | None) -> str:
    return f"{clock.in_beijing(moment):%Y-%m-%d %H:%M}" if moment else ""


# ── what was asked for ────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(every: list[Showcase]) -> Showcase | None:
    wanted = request.args.get("of", "")
    found = [one for one in every if not wanted or str(one.id) == wanted]
    if wanted and not found:
        raise NotFound("没有这次展播：请回到“视频”重新打开。")
    return found[0] if found else None


def _get(session: Session, video_id: int) -> Video:
    try:
        return moderation.get_video(session, video_id)
    except NotPossible as gone:
        raise NotFound(str(gone)) from gone


def _held(session: Session, showcase_id: int) -> Showcase:
    try:
        return showcase.get_showcase(session, showcase_id)
    except NotPossible as gone:
        raise NotFound(str(gone)) from gone


def _sites() -> tuple[Site, ...]:
    known = offices.load_offices(parts().config.data)
    return links.sites(parts().config.server_public_url, known.get("website", {}).get("url", ""))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:2000] for name in FIELDS}


def _words(typed: dict[str, str]) -> Words:
    return Words.of(**typed)


def _fields_of(video: Video) -> dict[str, str]:
    return {name: str(getattr(video, name)) for name in FIELDS}


def _consents() -> bool:
    return "consent" in request.form


def _seen() -> int:
    text = request.form.get("seen", "")
    return number(text) if text.isdecimal() and len(text) < 9 else 0


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/videos/", video_list, MAY_LOOK)
    guarded(blueprint, "/videos/<int:video_id>", video_show, MAY_LOOK)
    guarded(blueprint, "/videos/new", video_new, moderation.ENTERING)
    guarded(blueprint, "/videos/add", video_add, moderation.ENTERING, ("POST",))
    guarded(blueprint, "/videos/<int:video_id>/words", video_words, moderation.JUDGING, ("POST",))
    guarded(blueprint, "/videos/<int:video_id>/act", video_act, moderation.JUDGING, ("POST",))
    guarded(blueprint, "/videos/showcases/<int:showcase_id>", video_showcase, {Role.CAMPAIGNS})
    guarded(blueprint, "/videos/showcases/<int:showcase_id>/set", video_showcase_set, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/videos/showcases/<int:showcase_id>/order", video_order, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/videos/showcases/<int:showcase_id>/export.xlsx", video_export, MAY_LOOK)
