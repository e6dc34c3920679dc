"""The showcase as pages: what is shown, handing in without a session, and looking after what was handed in."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from content.store import clock
from handlers import citizens
from handlers.publicity import entrance
from handlers.publicity.models import Showcase, Video, VideoState, VideoVote
from tests.handlers.publicity.showing import DAY, NOW, open_showcase, shown_video

TYPED = {
    "title": "演示<b>作品</b>", "author_kind": "unit", "author": "演示单位", "description": "演示简介。",
    "url": "https://v.qq.com/x/page/demo.html", "contact": "演示联系", "agree": "1",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_december():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def show(one_bureau):
    """A new showcase in place of all others, with this many videos; their ids."""

    def made(number: int = 0, **times) -> list[int]:
        with one_bureau.database.transaction() as session:
            for table in (VideoVote, Video, Showcase):
                session.execute(delete(table))
            held = open_showcase(session, **times)
            return [shown_video(session, held, title=f"演示作品{place}").id for place in range(1, number + 1)]

    return made


@pytest.fixture
def visitor(shared_app):
    return shared_app.test_client()


@pytest.fixture
def kept(one_bureau):
    def found() -> list[Video]:
        with one_bureau.database.reading() as session:
            return list(session.scalars(select(Video)).all())

    return found


def ticket(page) -> str:
    return re.search(r'name="ticket" value="([^"]+)"', page.text)[1]


def sends(visitor, path="/h/videos/submit", headers=None, **changed):
    form = {"ticket": ticket(visitor.get(path)), **(TYPED if path.endswith("submit") else {}), **changed}
    return visitor.post(path, data=form, headers=headers)


def code_of(page) -> str:
    return re.search(r"<strong>([0-9A-Z-]{14})</strong>", page.text)[1]


def test_the_list_shows_what_was_accepted_with_where_it_is_watched_and_how_to_vote(visitor, show, one_bureau):
    ids = show(2)
    with one_bureau.database.transaction() as session:
        session.get_one(Video, ids[0]).state = VideoState.SUBMITTED
    text = visitor.get("/h/videos/").text
    assert "演示作品2" in text and "演示作品1" not in text and f'href="/h/videos/{ids[1]}"' in text
    assert 'href="https://v.qq.com/x/page/demo.html" rel="noopener noreferrer">▶ 去腾讯视频看' in text
    assert "网页上不投票" in text and "“投票 2”" in text and "我要投稿" in text
    assert visitor.get(f"/h/videos/{ids[1]}").status_code == 200
    for lacking in (
        f"/h/videos/{ids[0]}",
        "/h/videos/0",
        "/h/videos/2147483648",
        "/h/videos/?of=999",
        "/h/videos/?of=x",
    ):
        assert visitor.get(lacking).status_code == 404


def test_by_votes_and_an_earlier_showcase_have_addresses_of_their_own(visitor, show, one_bureau):
    ids = show(2)
    with one_bureau.database.transaction() as session:
        session.get_one(Video, ids[0]).votes = 7
        earlier = session.scalars(select(Showcase)).one().id
    text = visitor.get("/h/videos/?by=votes").text
    assert text.index("演示作品1") < text.index("演示作品2") and "7 票" in text
    with one_bureau.database.transaction() as session:
        open_showcase(session)
    assert f"/h/videos/?of={earlier}" in visitor.get("/h/videos/").text
    text = visitor.get(f"/h/videos/?of={earlier}").text
    assert "演示作品1" in text and "我要投稿" not in text


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({"votes_from": DAY}, "投票 12月3日 10:00（周四）开始"),
        ({"votes_until": timedelta(0)}, "投票已在 12月2日 10:00（周三）截止"),
        ({"votes_from": None}, "只看作品，不投票"),
    ],
)
def test_when_votes_are_closed_the_page_says_so(visitor, show, times, told):
    [video] = show(1, **times)
    assert told in visitor.get("/h/videos/").text and told in visitor.get(f"/h/videos/{video}").text


def test_what_is_handed_in_waits_and_its_code_shows_how_it_stands(visitor, show, kept):
    show()
    code = code_of(sends(visitor))
    assert [(one.title, one.state) for one in kept()] == [("演示<b>作品</b>", "submitted")]
    assert "演示" not in visitor.get("/h/videos/").text.split("<ul")[1].split("</ul>")[0]
    text = sends(visitor, "/h/videos/mine", code=code.lower()).text
    assert "等待审核" in text and "演示&lt;b&gt;作品" in text


def test_a_form_tapped_many_times_is_one_video(visitor, show, kept):
    show()
    form = {"ticket": ticket(visitor.get("/h/videos/submit")), **TYPED}
    assert len({code_of(visitor.post("/h/videos/submit", data=form)) for _ in range(5)}) == len(kept()) == 1


def test_what_is_wrong_is_named_beside_its_field_and_nothing_typed_is_lost(visitor, show, kept):
    show()
    page = sends(visitor, url="https://evil.example/x", author_kind="person", agree="", description="电话 13912345678")
    assert page.status_code == 422 and kept() == []
    for field in ("url", "consent", "agree", "description"):
        assert f'href="#{field}"' in page.text and f'id="{field}-fault"' in page.text
    assert 'value="https://evil.example/x"' in page.text and html.escape(TYPED["title"]) in page.text
    assert 'value="person" checked' in page.text and "电话 13912345678</textarea>" in page.text


@pytest.mark.parametrize(
    ("headers", "changed"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({}, {"ticket": ""}),
        ({}, {"ticket": "0" * 24 + ".1796264400." + "0" * 32}),
        ({}, {"website": "https://spam.example"}),
    ],
)
def test_what_does_not_come_from_our_own_form_is_not_taken(visitor, show, kept, headers, changed):
    show()
    page = sends(visitor, headers=headers, **changed)
    assert page.status_code == 409 and kept() == [] and html.escape(TYPED["title"]) in page.text
    assert ticket(page)  # to be sent again by a person


def test_a_form_that_lay_open_for_too_long_is_sent_again_with_one_tap(visitor, show, kept):
    show()
    form = {"ticket": ticket(visitor.get("/h/videos/submit")), **TYPED}
    with clock.fixed_at(NOW + timedelta(hours=12)):
        page = visitor.post("/h/videos/submit", data=form)
        assert page.status_code == 409 and kept() == []
        assert visitor.post("/h/videos/submit", data={**form, "ticket": ticket(page)}).status_code == 200
    assert len(kept()) == 1


def test_a_ticket_of_another_form_is_none(visitor, show, kept):
    show()
    other = ticket(visitor.get("/h/videos/mine"))
    assert sends(visitor, ticket=other).status_code == 409 and kept() == []


def test_a_flood_from_one_address_is_stopped_and_another_address_goes_on(visitor, show, kept):
    show()
    assert [sends(visitor).status_code for _ in range(21)] == [200] * 20 + [409]
    form = {"ticket": ticket(visitor.get("/h/videos/submit")), **TYPED}
    there = {"REMOTE_ADDR": "192.0.2.9"}
    assert visitor.post("/h/videos/submit", data=form, environ_overrides=there).status_code == 200
    assert len(kept()) == 21


def test_a_form_that_is_far_too_large_is_refused(visitor, show, kept):
    show()
    assert sends(visitor, description="演" * 40_000).status_code == 413 and kept() == []


def test_outside_of_its_period_there_is_no_form_and_what_was_typed_stays_on_the_page(visitor, show, kept):
    show()
    form = {"ticket": ticket(visitor.get("/h/videos/submit")), **TYPED}
    show(collects_until=timedelta(0))
    page = visitor.get("/h/videos/submit")
    assert "现在不收稿" in page.text and "<form" not in page.text
    page = visitor.post("/h/videos/submit", data=form)
    assert page.status_code == 409 and html.escape(TYPED["title"]) in page.text and kept() == []


def test_who_comes_out_of_the_chat_and_is_known_is_tied_to_his_video(visitor, show, kept, one_bureau):
    show()
    openid = "odemo-video"
    with one_bureau.database.transaction() as session:
        known = citizens.get_or_add_citizen_id(session, one_bureau.keyring, openid)
    pseudonym = citizens.pseudonym_of(one_bureau.keyring, openid)
    address = entrance.form_url(one_bureau, pseudonym, NOW).removeprefix("https://pufa.example")
    came = re.search(r'name="from" value="([^"]+)"', visitor.get(address).text)[1]
    sends(visitor, **{"from": came})
    sends(visitor, **{"from": came[:-1] + "x"})
    assert [one.citizen_id for one in kept()] == [known, None]


def test_what_was_handed_in_is_taken_back_by_its_code_only(visitor, show, kept):
    show()
    code = code_of(sends(visitor))
    back = {"act": "take_back", "sure": "1"}
    assert sends(visitor, "/h/videos/mine", code="2" * 12, **back).status_code == 404
    assert sends(visitor, "/h/videos/mine", {"Sec-Fetch-Site": "cross-site"}, code=code, **back).status_code == 409
    assert "我确定要撤回" in sends(visitor, "/h/videos/mine", code=code, act="take_back").text and len(kept()) == 1
    assert "已经撤回" in sends(visitor, "/h/videos/mine", code=code, **back).text and kept() == []
    assert sends(visitor, "/h/videos/mine", code=code).status_code == 404


def test_the_reason_of_a_return_is_told_to_whoever_holds_the_code(visitor, show, one_bureau):
    show()
    code = code_of(sends(visitor))
    with one_bureau.database.transaction() as session:
        video = session.scalars(select(Video)).one()
        video.state, video.reason = VideoState.RETURNED, "演示：画面里有车牌"
    text = sends(visitor, "/h/videos/mine", code=code).text
    assert "没有通过" in text and "演示：画面里有车牌" in text


def test_the_page_of_the_topic_leads_to_the_showcase(visitor):
    assert '<a href="/h/videos/">' in visitor.get("/h/answers/publicity/videos").text


def test_without_any_showcase_every_page_says_so(visitor, one_bureau):
    with one_bureau.database.transaction() as session:
        for table in (VideoVote, Video, Showcase):
            session.execute(delete(table))
    assert "现在没有展播" in visitor.get("/h/videos/").text
    assert "现在没有征集作品" in visitor.get("/h/videos/submit").text
    assert visitor.post("/h/videos/submit", data=TYPED).status_code == 409
