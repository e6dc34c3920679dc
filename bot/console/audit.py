"""The audit log: read, checked and taken away as a table; never changed."""

from flask import Blueprint, Response, render_template, request

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import audit
from content.staff import Role

NAVIGATION = (("console.audit_log", "操作记录"),)
ROLES = {Role.AUDIT, Role.ADMIN}


def audit_log() -> str:
    with parts().database.reading() as session:
        entries = audit.entries(
            session, thing=request.args.get("thing", ""), before=request.args.get("before", type=number)
        )
        broken = audit.verify(session) if "verify" in request.args else None
        head, paper = audit.head(session), request.args.get("paper", "").strip()
        held = audit.find_by_head(session, paper)
    return render_template(
        "console/audit.html", entries=entries, broken=broken, head=head, paper=paper, held=held,
        is_head=audit.is_head(paper), acts=audit.act_names(),
    )  # fmt: skip


def audit_export() -> Response:
    with parts().database.reading() as session:
        table = audit.export_csv(session)
    headers = {"Content-Disposition": "attachment; filename=audit.csv"}
    return Response(table, headers=headers, content_type="text/csv; charset=utf-8")


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/audit/", audit_log, ROLES)
    guarded(blueprint, "/audit/export.csv", audit_export, ROLES)
