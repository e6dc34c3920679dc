"""alerts: what could not be sent is seen, and sent again once the settings are mended."""

import pytest

from content import staff
from content.store import clock
from content.store.db import Database
from scheduler import outbox
from scheduler.models import Outgoing
from scheduler.platform import Never


def refuse(_message):
    raise Never("邮件服务器不认用户名或密码。")


@pytest.fixture
def failed(each_operator):
    """An alert that failed for good, and its number."""
    database = Database(str(each_operator.settings["database.url"]))
    with database.transaction() as session:
        for name, roles in {"boss": ["admin"], "pen": ["write"]}.items():
            session.add(staff.Staff(name=name, shown_name=name, roles=roles, created_at=clock.now()))
        outbox.tell(session, "post:1", "推送失败", "第 1 号。")
    outbox.send_due(database, {"邮件": refuse}, clock.now())
    yield each_operator, database
    database.close()


def test_what_was_not_sent_is_listed_with_its_reason(failed):
    operator, _ = failed
    (told,) = operator.types("alerts", "list", "--failed", "--json").json
    assert (told["id"], told["state"], told["title"]) == (1, "failed", "推送失败")
    assert "没有送出" in operator.types("alerts", "list").out and "不认用户名" in operator.types("alerts", "list").out


def test_a_failed_alert_is_sent_again(failed):
    operator, database = failed
    assert "没有地方可发" in operator.fails("alerts", "again", 1, "--as", "boss")
    operator.configure(alerts__wecom_webhook="http://127.0.0.1:9/cgi-bin/webhook/send?key=k")
    assert "没有" in operator.fails("alerts", "again", 1, "--as", "pen")
    assert operator.types("alerts", "again", 1, "--as", "boss").code == 0
    assert "不是" in operator.fails("alerts", "again", 1, "--as", "boss")
    arrived = []
    outbox.send_due(database, {"邮件": arrived.append}, clock.now())
    with database.reading() as session:
        assert ([message.title for message in arrived], session.get(Outgoing, 1).state) == (["推送失败"], "sent")
    assert operator.types("alerts", "list", "--failed").out.strip() == "没有提醒。"
