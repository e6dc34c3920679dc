"""What is kept, why and until when, as housekeeping enforces it; erasures by number; what happened to safety. Read
only: the table is library/retention.toml.
"""

from datetime import timedelta

from flask import Blueprint, render_template, request

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import security_log
from content.staff import Role
from content.store import clock
from handlers.privacy import register as erasures
from handlers.privacy import retention
from scheduler.housekeeping import PURGES
from scheduler.models import JobRun

NAVIGATION = (("console.kept", "数据保存"),)
ROLES = {Role.AUDIT, Role.ADMIN}
LATELY = timedelta(days=30)
FATES = {"gone": "一并删除", "untied": "留下，认不出是谁", "kept": "照期限留", "apart": "不同微信号对应"}
EVENTS = {
    "signed_in": "工作人员登录", "locked": "连续输错、暂停登录", "link_opened": "市民打开自己的数据",
    "taken_away": "市民带走自己的数据", "erased": "删除市民的数据", "refused": "签名不对的请求",
}  # fmt: skip
ASKED_BY = {"words": "本人要求", "leaving": "取消关注或撤回授权"}


def kept() -> str:
    asked = request.args.get("number", "").strip().upper()[:24]
    with parts().database.reading() as session:
        found = erasures.find(session, asked) if asked else None
        latest = erasures.latest(session)
        totals = security_log.totals(session, clock.now() - LATELY)
        purge = session.get(JobRun, "purge")
    return render_template(
        "console/retention.html", kinds=retention.kinds(), enforced=PURGES, fates=FATES, latest=latest, asked=asked,
        found=found, totals=totals, events=EVENTS, asked_by=ASKED_BY, days=LATELY.days,
        purged_at=purge.finished_at if purge else None,
        titles={kind.name: kind.title for kind in retention.kinds()}, backups=erasures.KEPT.days,
    )  # fmt: skip


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/retention/", kept, ROLES)
