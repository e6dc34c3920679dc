"""WeChat's word on a push comes to the webhook: kept before it is acknowledged, however deep its fields are nested."""

import pytest
from makers import message_xml
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from scheduler import outcomes
from scheduler.models import PlatformEvent

LINKS = "".join(f"<item><idx>{n}</idx><article_url>https://mp.weixin.qq.com/s/{n}</article_url></item>" for n in (1, 2))
DETAIL = f"<article_detail><count>2</count>{LINKS}</article_detail>"


def publish_event(number: str) -> str:
    told = f"<publish_id>{number}</publish_id><publish_status>0</publish_status><article_id>ART</article_id>{DETAIL}"
    xml = message_xml("oDEMO", "event", Event="PUBLISHJOBFINISH")
    return xml.replace("</xml>", f"<PublishEventInfo>{told}</PublishEventInfo></xml>")


@pytest.fixture
def database(one_bureau):
    return one_bureau.database


def events(database, number: str) -> list[PlatformEvent]:
    with database.reading() as session:
        return list(session.scalars(select(PlatformEvent).where(PlatformEvent.number == number)).all())


def test_a_result_is_kept_with_its_nested_fields_and_acknowledged(post, database):
    came = post.sends(publish_event("2247480011"))
    assert (came.status, came.wire) == (200, b"success")
    (event,) = events(database, "2247480011")
    assert outcomes.of_publish_event(event.fields).urls == [f"https://mp.weixin.qq.com/s/{n}" for n in (1, 2)]


def test_a_result_delivered_three_times_is_kept_once(post, database):
    xml = message_xml("mphelper", "event", Event="MASSSENDJOBFINISH", MsgID="3147480777", Status="send success")
    assert [post.sends(xml).wire for _ in range(3)] == [b"success"] * 3
    assert len(events(database, "3147480777")) == 1


def test_a_result_that_could_not_be_kept_is_not_acknowledged(post, database, monkeypatch):
    def broken(*_words: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(outcomes, "take_in", broken)
    assert post.sends(publish_event("2247480002")).status == 503
    monkeypatch.undo()
    assert post.sends(publish_event("2247480002")).wire == b"success"
    assert len(events(database, "2247480002")) == 1


def test_a_result_that_is_not_signed_is_not_looked_at(post, database):
    assert (
        post.raw(publish_event("2247480003").encode(), {"signature": "x", "timestamp": "1", "nonce": "1"}).status == 403
    )
    assert events(database, "2247480003") == []
