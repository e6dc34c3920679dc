"""Videos at the console: entered, mended, accepted by somebody else, returned, taken down, in order, counted."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from content import audit
from content.staff import Role
from content.store.keys import open_keyring
from handlers.publicity import votes
from handlers.publicity.models import Showcase, Video
from handlers.publicity.videos import Sender
from tests.handlers.publicity.showing import handed_in, open_showcase, shown_video

WORDS = {
    "title": "演示录入", "author_kind": "unit", "author": "演示单位", "description": "演示简介。",
    "url": "https://v.qq.com/x/page/demo.html",
}  # fmt: skip
TIMES = {
    "title": "演示展播", "collects_from": "2026-12-01T08:00", "collects_until": "2026-12-10T18:00",
    "votes_from": "2026-12-02 08:00", "votes_until": "2026-12-10T18:00",
}  # fmt: skip


@pytest.fixture
def campaigner(sign_in):
    return sign_in(Role.CAMPAIGNS)


@pytest.fixture
def held(database) -> int:
    with database.transaction() as session:
        return open_showcase(session).id


@pytest.fixture
def waiting(database, held, tmp_path) -> int:
    """A video that somebody handed in, with his telephone for the staff."""
    with database.transaction() as session:
        handed_in(session, open_keyring(tmp_path / "keys.json"), sender=Sender("演示电话13900000000"))
        return session.scalars(select(Video)).one().id


@pytest.fixture
def video(database):
    def found(number: int = 0) -> Video:
        with database.reading() as session:
            every = session.scalars(select(Video).order_by(Video.id)).all()
            return every[number]

    return found


def acts(database) -> list[str]:
    with database.reading() as session:
        every = session.scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.id)).all()
        return [entry.act for entry in every if entry.act.startswith("video.")]


def decides(desk, number: int, act: str, **form):
    seen = re.search(r'name="seen" value="(\d+)"', desk.opens(f"/videos/{number}").text)
    return desk.sends(f"/videos/{number}/act", act=act, **{"seen": seen[1] if seen else "0", **form})


def test_a_showcase_is_set_up_with_its_times_and_changed(campaigner, writer, database):
    assert "还没有设立展播" in campaigner.opens("/videos/").text
    assert writer.sends("/videos/showcases/0/set", TIMES).status_code == 403
    assert "演示展播" in campaigner.sends("/videos/showcases/0/set", TIMES).text
    with database.reading() as session:
        held = session.scalars(select(Showcase)).one()
    assert held.votes_from.isoformat() == "2026-12-02T00:00:00+00:00"  # 08:00 in Beijing
    page = campaigner.opens(f"/videos/showcases/{held.id}").text
    assert 'value="2026-12-01T08:00"' in page
    changed = {**TIMES, "votes_from": "", "votes_until": ""}
    assert "不开" in campaigner.sends(f"/videos/showcases/{held.id}/set", changed).text
    assert acts(database) == ["video.put_on", "video.times"]


@pytest.mark.parametrize(
    "wrong", [{"votes_until": ""}, {"title": "演"}, {"collects_from": "明天"}, {"votes_from": "9"}]
)
def test_times_that_cannot_be_kept_are_named_and_what_was_typed_stays(campaigner, database, wrong):
    page = campaigner.sends("/videos/showcases/0/set", {**TIMES, **wrong})
    assert page.status_code == 409 and 'role="alert"' in page.text and 'value="2026-12-10T18:00"' in page.text
    with database.reading() as session:
        assert session.scalars(select(Showcase)).all() == []


def test_what_staff_enter_is_accepted_by_somebody_else_and_shown(writer, campaigner, held, database, video):
    assert "等别人审核" in writer.sends("/videos/add", WORDS).text
    assert decides(writer, 1, "accept").status_code == 403
    assert "已经办好" in decides(campaigner, 1, "accept").text
    assert (video().number, video().state, video().decided_by) == (1, "accepted", "demo-campaigns")
    campaigner.sends("/videos/add", {**WORDS, "title": "演示第二"})
    page = decides(campaigner, 2, "accept")
    assert page.status_code == 409 and "请由另一个人审核" in page.text
    assert acts(database) == ["video.enter", "video.accept", "video.enter"]


def test_an_entry_that_is_refused_keeps_what_was_typed(writer, held, database):
    page = writer.sends("/videos/add", {**WORDS, "url": "https://evil.example/x"})
    assert page.status_code == 409 and "只收放在这些网站上的视频" in page.text and 'value="演示录入"' in page.text
    with database.reading() as session:
        assert session.scalars(select(Video)).all() == []


def test_a_contact_is_shown_to_whoever_judges_and_to_nobody_else(sign_in, writer, waiting):
    assert "演示电话13900000000" in sign_in(Role.REVIEW1).opens(f"/videos/{waiting}").text
    assert "演示电话" not in writer.opens(f"/videos/{waiting}").text
    assert "演示电话" not in sign_in(Role.AUDIT).opens(f"/videos/{waiting}").text


def test_a_return_wants_a_reason_and_keeps_it(campaigner, waiting, video, database):
    assert decides(campaigner, waiting, "return", reason=" ").status_code == 409
    assert "已经办好" in decides(campaigner, waiting, "return", reason="演示原因").text
    assert (video().state, video().reason) == ("returned", "演示原因")
    assert "演示原因" in campaigner.opens("/videos/").text and acts(database) == ["video.return"]


def test_what_was_mended_by_another_meanwhile_is_not_accepted_unseen(campaigner, reviewer, waiting, video):
    stale = video().version
    reviewer.sends(f"/videos/{waiting}/words", {**WORDS, "title": "演示改题", "seen": str(stale)})
    assert video().title == "演示改题"
    page = decides(campaigner, waiting, "accept", seen=str(stale))
    assert page.status_code == 409 and "刚刚有人改过" in page.text and video().state == "submitted"


def test_words_with_a_persons_number_are_shown_masked_and_not_accepted(campaigner, held, database, video):
    with database.transaction() as session:
        wrong = {"author": "13912345678", "url": "javascript:alert(1)", "title": "<script>alert(1)</script>"}
        shown_video(session, session.scalars(select(Showcase)).one(), state="submitted", number=None, **wrong)
    page = campaigner.opens("/videos/1").text
    assert "必须改" in page and "139…78" in page
    assert 'href="javascript' not in page and "<script>alert" not in page
    assert decides(campaigner, 1, "accept").status_code == 409 and video().state == "submitted"


def test_taken_down_it_is_off_the_list_and_its_votes_stay_in_the_export(campaigner, held, database, video):
    with database.transaction() as session:
        shown = session.scalars(select(Showcase)).one()
        for title in ("=演示甲", "演示乙"):
            shown_video(session, shown, title=title)
        for person, number in (("p1", 1), ("p2", 1), ("p3", 2)):
            votes.vote(session, shown, person, number)
    decides(campaigner, 1, "withdraw", reason="演示原因")
    answer = campaigner.opens(f"/videos/showcases/{held}/export.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    rows = [[cell.value for cell in row] for row in book["作品"].iter_rows()]
    assert [(row[0], row[1], row[5], row[6], row[7]) for row in rows[1:]] == [
        (1, "'=演示甲", "已撤下", 2, 2), (2, "演示乙", "展播中", 1, 1),
    ]  # fmt: skip
    assert [[cell.value for cell in row] for row in book["每日票数"].iter_rows()] == [
        ["日期", "1号", "2号", "合计"], ["2026-12-02", 2, 1, 3],
    ]  # fmt: skip


def test_the_order_is_typed_and_only_numbers_are_taken(campaigner, held, database, video):
    with database.transaction() as session:
        for title in ("演示甲", "演示乙", "演示丙"):
            shown_video(session, session.scalars(select(Showcase)).one(), title=title)
    assert "请填数字" in campaigner.sends(f"/videos/showcases/{held}/order", {"place-1": "第一", "place-2": "2"}).text
    assert video(1).place == 0
    text = campaigner.sends(f"/videos/showcases/{held}/order", {"place-1": "1", "place-2": "", "place-x": ""}).text
    assert "请填数字" in text
    text = campaigner.sends(f"/videos/showcases/{held}/order", {"place-1": "1", "place-2": ""}).text
    assert text.index("演示甲") < text.index("演示丙") < text.index("演示乙")


@pytest.mark.parametrize(
    "path", ["/videos/99", "/videos/showcases/99", "/videos/showcases/99/export.xlsx", "/videos/?of=99"]
)
def test_what_is_not_there_is_said_in_a_sentence(campaigner, held, path):
    assert campaigner.client.get(f"/console{path}").status_code == 404


@pytest.mark.parametrize("path", ["/videos/99/act", "/videos/99/words", "/videos/showcases/99/set"])
def test_nothing_is_done_to_what_is_not_there(campaigner, held, path, database):
    form = {**TIMES, **WORDS, "act": "accept", "reason": "演示", "seen": "1"}
    assert campaigner.sends(path, form).status_code == 404 and acts(database) == []
