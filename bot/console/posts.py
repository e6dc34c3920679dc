"""Pushes: their list, and all that there is to see of one. What is done with one stands in acts.py and reviews.py."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.config import Config
from bot.console import looks
from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import staff, workflow
from content.models import Revision
from content.proofread import Finding
from content.staff import Role
from content.store import clock
from content.watch_words import RED
from scheduler import errands, preflight, slots
from scheduler import register as pushes
from scheduler.looks import look_of
from scheduler.models import Publication, State
from scheduler.moves import subject
from scheduler.notices import WORRYING

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
MAY_CHANGE = (State.DRAFT, State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.OVERDUE, State.FAILED)
OPEN = (State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED, State.DRAFT)
LISTED = 50


def post_list() -> str:
    page = max(request.args.get("page", 1, type=number), 1)
    with parts().database.reading() as session:
        worrying = pushes.listing(session, WORRYING, limit=LISTED)
        ahead = pushes.listing(session, OPEN, limit=LISTED)[::-1]
        past = pushes.listing(session, (State.PUBLISHED, State.WITHDRAWN), limit=LISTED + 1, offset=(page - 1) * LISTED)
    return render_template(
        "console/posts.html", worrying=worrying, ahead=ahead, past=past[:LISTED], page=page,
        has_more=len(past) > LISTED, states=STATES,
    )  # fmt: skip


def post_show(post_id: int) -> str:
    with parts().database.reading() as session:
        return shown(session, post_id)


def shown(session: Session, post_id: int, sentence: str = "") -> str:
    """The page of one push; `sentence`: why what was just tried was refused, with all that was typed still there."""
    return render_template("console/post.html", sentence=sentence, **seen(session, post_id))


def seen(session: Session, post_id: int) -> dict[str, Any]:
    """All that a reviewer must see: the words, what has changed since he last signed, what speaks against it."""
    told, account = facts(session, post_id), parts().config.wechat_account_type
    post, signed = told["post"], workflow.sign_offs(session, subject(told["post"]))
    findings = findings_of(session, post, told["revisions"])
    changes, moved = looks.since_opened(session, post, request.form)
    is_fresh = not (changes or moved)
    if is_fresh and signed:
        changes, moved = looks.since(session, post, signed[-1].seen)
    return {
        **told,
        "may_change": post.state in MAY_CHANGE,
        "findings": findings,
        "reds": [(revision, finding) for revision, found in findings for finding in found if finding.level == RED],
        "evidence": [evidence_line(line) for line in post.evidence],
        "is_secrecy_done": workflow.is_secrecy_done(session, subject(post), told["digest"]),
        "is_secrecy_separate": parts().config.review_secrecy == "separate",
        "changes": changes,
        "moved": moved,
        "changed_since": "上次审核之后的改动" if is_fresh else "您打开这一页之后的改动",
        "look": look_of(session, post),
        "is_unread": is_unread(post, parts().config),
        "slot": slots.check_slot(session, post.due_at, post.channel, account, post.id),
        "last_wechat_name": errands.last_wechat_name(session, current_user.name),
    }


def facts(session: Session, post_id: int) -> dict[str, Any]:
    """What there is to say of it without judging it: enough for the sheet."""
    post, people = pushes.get_post(session, post_id), parts().config.review_people
    digest = post.digest or pushes.digest_of(session, post)
    missing = workflow.missing_steps(session, subject(post), digest, people)
    return {
        "post": post,
        "states": STATES,
        "revisions": pushes.revisions(session, post_id),
        "told": pushes.as_json(post),
        "steps": workflow.STEP_NAMES,
        "missing": [workflow.STEP_NAMES.get(step, step) for step in missing],
        "digest": digest,
        "names": {member.name: member.shown_name for member in staff.all_staff(session)},
    }


def evidence_line(line: Any) -> str:
    """Who told us what and when, in Beijing's time; how often where it was told again and again."""
    if not isinstance(line, dict) or "said" not in line:
        return str(line)
    at = _spoken(line.get("at"))
    if (times := line.get("times", 1)) > 1:
        at = f"{at} 起到 {_spoken(line.get('until'))} 共 {times} 次"
    return f"{at} {line.get('source', '')}：{line['said']}".strip()


def _spoken(moment: Any) -> str:
    try:
        return f"{clock.in_beijing(datetime.fromisoformat(str(moment))):%m-%d %H:%M:%S}"
    except ValueError:
        return ""


def is_unread(post: Publication, config: Config) -> bool:
    """Nobody has seen yet what WeChat makes of it, though there is an account that it could be asked of."""
    return post.draft_read_at is None and bool(config.wechat_app_id and config.wechat_app_secret)


def findings_of(session: Session, post: Publication, revisions: list[Revision]) -> list[tuple[Revision, list[Finding]]]:
    """What the gate of an approval says, article by article."""
    found = preflight.findings(session, post, parts().uploads)
    return [(one, [finding for revision, finding in found if revision.id == one.id]) for one in revisions]


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/posts/", post_list, SIGNED_IN)
    guarded(blueprint, "/posts/<int:post_id>", post_show, SIGNED_IN)
