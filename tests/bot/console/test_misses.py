"""没听懂的话 at the console: seen, named with one press, written, set aside; by whom it may be."""

from datetime import datetime

import pytest
from sqlalchemy import select

from content.models import Keyword
from content.staff import Role
from content.store import clock
from handlers import misses, turns
from handlers.turns import Turn

SCRIPT = "<script>狗咬人</script>"


@pytest.fixture
def cluster_id(database):
    with clock.fixed_at(datetime(2026, 11, 25, 10, tzinfo=clock.BEIJING)), database.transaction() as session:
        lost = [Turn(misses.UNKNOWN, f"p{n}", "电动车上牌去哪") for n in range(3)]
        turns.record(session, [*lost, Turn(misses.UNKNOWN, "p", SCRIPT), Turn("service/notary", "p")])
    with database.transaction() as session:
        misses.gather_week(session, datetime(2026, 11, 23, tzinfo=clock.BEIJING).date())
        return session.scalars(select(misses.MissCluster.id)).first()


def test_one_press_proposes_a_name_another_confirms_it_and_the_page_says_what_came_of_it(
    database, console, writer, reviewer, cluster_id
):
    page = reviewer.opens("/misses/").text
    assert "电动车上牌去哪" in page and "听懂率能高 60.0 个百分点" in page and SCRIPT not in page
    writer.sends(f"/misses/{cluster_id}/act", act="name", topic="service/notary", word=["电动车上牌去哪"])
    assert "从现在起这样听" not in writer.opens("/misses/").text and "从现在起这样听" in reviewer.opens("/misses/").text
    reviewer.sends(f"/misses/{cluster_id}/act", act="confirm")
    with database.reading() as session:
        assert session.get(Keyword, "电动车上牌去哪").topic == "service/notary"
    assert "下周一起在这里看" in reviewer.opens("/misses/").text
    with database.transaction() as session:
        one = session.get(misses.MissCluster, cluster_id)
        one.gained, one.again = 12, 4
    assert "问了 16 次，听懂 <strong>12 次</strong>（75.0%）" in reviewer.opens("/misses/").text
    reviewer.sends(f"/misses/{cluster_id}/act", act="back")
    with database.reading() as session:
        assert session.get(Keyword, "电动车上牌去哪") is None


def test_a_writer_answers_what_no_topic_is_about_and_another_approves(database, writer, reviewer, cluster_id):
    form = {"title": "电动车上牌怎么办", "chat": f"演示：到车管所办。{SCRIPT}", "word": ["电动车上牌去哪"]}
    told = writer.sends(f"/misses/{cluster_id}/act", act="draft", **form).text
    assert "另一个人批准" in told and "从现在起这样答" not in told and SCRIPT not in told
    writer.sends(f"/misses/{cluster_id}/act", act="approve")
    with database.reading() as session:
        assert session.scalars(select(Keyword)).all() == []
    assert "从现在起这样答" in reviewer.opens("/misses/").text
    assert "公众号就这样答" in reviewer.sends(f"/misses/{cluster_id}/act", act="approve").text
    with database.reading() as session:
        assert session.get(Keyword, "电动车上牌去哪").topic == f"own/miss-{cluster_id}"


def test_who_only_looks_only_looks(sign_in, cluster_id):
    auditor = sign_in(Role.AUDIT)
    assert "电动车上牌去哪" in auditor.opens("/misses/").text
    assert auditor.sends(f"/misses/{cluster_id}/act", act="aside").status_code == 403
    assert sign_in(Role.CAMPAIGNS).opens("/misses/").status_code == 403


def test_before_the_first_week_is_over_the_page_says_so(writer):
    assert "还没有满一周" in writer.opens("/misses/").text
    assert writer.sends("/misses/99999/act", act="aside").status_code == 404
