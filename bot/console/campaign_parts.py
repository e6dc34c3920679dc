"""What the views of one campaign share: the campaign of an address, its papers settled, a table to take away."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.parts import parts
from content import audit, export
from content.staff import NotFound, Role
from content.store import clock
from handlers.quiz import play, register
from handlers.quiz.models import HeldCampaign

MAY_LOOK = {Role.CAMPAIGNS, Role.AUDIT}
MAY_ACT = {Role.CAMPAIGNS}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_SUCH = "没有这次活动：请回到活动列表重新选。"


def get_held(session: Session, campaign_id: str) -> HeldCampaign:
    """Raises NotFound."""
    try:
        return register.get_held(session, campaign_id)
    except register.NotHeld as error:
        raise NotFound(NO_SUCH) from error


def settle(campaign_id: str) -> None:
    """Papers whose time is up are handed in before their figures are shown."""
    with parts().database.reading() as session:
        is_due = play.has_due(session, get_held(session, campaign_id))
    if is_due:
        with parts().database.transaction() as session:
            play.settle(session, get_held(session, campaign_id))


def moment(at: datetime | None) -> str:
    """In Beijing time, for a cell; empty where there was none."""
    return f"{clock.in_beijing(at):%Y-%m-%d %H:%M}" if at else ""


def as_named_file(campaign_id: str, what: str, title: str, rows: list[Sequence[object]]) -> Response:
    """A table with people's names: that it was taken out is audited. `rows`: with their headings."""
    with parts().database.transaction() as session:
        audit.record(
            session, current_user.name, "campaign.export", f"campaign:{campaign_id}", what=title, rows=len(rows) - 1
        )
    return as_file(f"{what}-{campaign_id}", {title: rows})


def as_file(name: str, sheets: dict[str, list[Sequence[object]]]) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}.xlsx"}
    return Response(export.as_xlsx(sheets), headers=headers, content_type=XLSX)
