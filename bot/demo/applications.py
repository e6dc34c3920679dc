"""Applications for information in the demonstration: one in each state that staff meet. Everybody in them is made up
and says so.
"""

from datetime import date, datetime, time

from sqlalchemy import select

from bot.demo import officials
from content import export
from content.staff import Role
from content.store import clock, working_days
from content.store.db import Database
from content.store.keys import Keyring
from handlers.disclosure import files, handling, requests, telling
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel, DisclosureRequest

WRITER, APPROVER = officials.NAMES[Role.WRITE], officials.NAMES[Role.REVIEW1]
CONTACT = "demo@pufa.example"


def seed(database: Database, keyring: Keyring) -> None:
    """Once: what a visitor has made of it stays."""
    with database.reading() as session:
        if session.scalar(select(DisclosureRequest.id).limit(1)):
            return
    _answer(database, keyring, _file(database, keyring, "演示：上年度法律援助案件数量", 30, kind="business"))
    _file(database, keyring, "演示：公共法律服务中心的办事指南", 17)
    asked = _file(database, keyring, "演示：律师事务所年度检查考核结果", 9, kind="legal_service")
    at = _ago(6)
    with clock.fixed_at(at), database.transaction() as session:
        request = requests.get_request(session, asked)
        handling.consult(session, request, WRITER, "third_party", at.date(), "演示：考核结果里的经营数据")
    drafted = _file(database, keyring, "演示：人民调解员补贴标准的文件", 5)
    with clock.fixed_at(_ago(1)), database.transaction() as session:
        words = {"how": "演示：见公开目录“公共服务”"}
        handling.draft_answer(session, requests.get_request(session, drafted), WRITER, "published", words)
    with clock.fixed_at(_ago(1)), database.transaction() as session:
        requests.file(session, keyring, Channel.PAGE, _application("演示：村居法律顾问名单", "person"))


def _file(database: Database, keyring: Keyring, wanted: str, days: int, kind: str = "person") -> int:
    """By post, so many working days ago."""
    at = _ago(days)  # of today, not of the day that stands still
    with clock.fixed_at(at), database.transaction() as session:
        application = _application(wanted, kind)
        filed = requests.file(session, keyring, Channel.POST, application, by=WRITER, received_on=at.date())
        return filed.request.id


def _answer(database: Database, keyring: Keyring, request_id: int) -> None:
    with clock.fixed_at(_ago(20)), database.transaction() as session:
        request = requests.get_request(session, request_id)
        sheet = export.as_xlsx({"演示": [("演示：月份", "演示：案件数"), (1, 0)]})
        files.attach(session, keyring, request, WRITER, "演示：法律援助案件数量.xlsx", sheet)
        handling.draft_answer(session, request, WRITER, "granted", {"how": "演示：附表一份"})
        handling.approve(session, request, APPROVER)
        for step in filter(telling.is_untold, request.steps):
            telling.note_told(session, request, step.id, "post", WRITER)


def _application(wanted: str, kind: str) -> Application:
    return Application(kind, "演示申请人", CONTACT, wanted, "", "online", "")


def _ago(days: int) -> datetime:
    day: date = working_days.add_working_days(clock.today(), -days)
    return datetime.combine(day, time(10), clock.BEIJING)
