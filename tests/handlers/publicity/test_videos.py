"""Handing a video in: what may stand in it, its receipt, taking it back, what goes with time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from content.store import clock
from content.store.keys import open_keyring
from handlers.publicity import links, moderation, videos
from handlers.publicity.models import Showcase, Video, VideoState
from handlers.publicity.videos import NotTaken, Sender
from tests.handlers.publicity.showing import DAY, NOW, SITES, handed_in, open_showcase, shown_video, words


@pytest.fixture(autouse=True)
def in_december():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys.json")


@pytest.fixture
def collecting(database):
    """A database with an open showcase."""
    with database.transaction() as session:
        open_showcase(session)
    return database


def every(database) -> list[Video]:
    with database.reading() as session:
        return list(session.scalars(select(Video).order_by(Video.id)).all())


def test_what_is_handed_in_waits_and_is_not_shown(collecting, keyring):
    with collecting.transaction() as session:
        code = handed_in(session, keyring, sender=Sender("13800000000", "192.0.2.1"))
    [video] = every(collecting)
    assert (video.state, video.number, video.title) == (VideoState.SUBMITTED, None, "演示作品")
    assert "13800000000" not in video.contact_encrypted and videos.contact_of(keyring, video) == "13800000000"
    assert "192.0.2.1" not in video.sender and code not in video.receipt


def test_the_same_form_handed_in_twenty_times_is_one_video_with_one_code(collecting, keyring):
    codes = set()
    for _ in range(20):
        with collecting.transaction() as session:
            codes.add(handed_in(session, keyring, form="one"))
    assert len(codes) == len(every(collecting)) == 1


def test_the_same_form_from_five_workers_at_once_is_one_video(collecting, keyring):
    def send(_: int) -> str:
        with collecting.transaction() as session:
            return handed_in(session, keyring)

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(send, range(10)))) == 1
    assert len(every(collecting)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", "演"),
        ("title", "演" * 25),
        ("author", ""),
        ("author", "演" * 25),
        ("description", "\n\t "),
        ("description", "演" * 201),
        ("title", "打我电话13912345678"),
        ("description", "身份证 11010519491231002X"),
        ("author", "１３９１２３４５６７８"),
    ],
)
def test_words_that_do_not_fit_are_named_by_their_field(field, typed):
    assert list(videos.problems(words(**{field: typed}), SITES)) == [field]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "v.qq.com/x/page/a.html",
        "http://v.qq.com/x/page/a.html",
        "javascript:alert(1)//https://v.qq.com/x",
        "https://v.qq.com.evil.example/x",
        "https://evil.example/v.qq.com/x",
        "https://v.qq.com@evil.example/x",
        "https://user:word@v.qq.com/x",
        "https://v.qq.com:8443/x",
        "https://v.qq.com",
        "https://v.qq.com/",
        "https://v.qq.com/x y",
        "https://v.qq.com/x\u202e",
        "https://v.qq.com/x\\@evil.example",
        'https://v.qq.com/x"onclick=',
        "https://v.qq.com/演示",
        "https://[::1]/x",
        "https://[v.qq.com/x",
        "https://v.qq.com/" + "a" * 512,
        "https://weixin.qq.com/r/abc",
        "https://weixin.qq.com/sph/../r/abc",
    ],
)
def test_an_address_that_is_no_plain_https_on_a_listed_site_is_refused(url):
    assert links.fault(url, SITES)


@pytest.mark.parametrize(
    "url",
    [
        "https://v.qq.com/x/page/a.html?b=1&c=2#d",
        "HTTPS://V.QQ.COM/x/page/a.html",
        "https://mp.weixin.qq.com/s/abc",
        "https://channels.weixin.qq.com/web/pages/feed?eid=1",
        "https://weixin.qq.com/sph/abc",
        "https://pufa.example/video/1",
    ],
)
def test_an_address_on_a_listed_site_or_the_bureaus_own_is_taken(url):
    assert links.fault(url, SITES) == ""


def test_without_an_address_of_our_own_on_https_only_the_list_counts():
    assert links.sites("", "http://127.0.0.1:8000") == links.listed()


@pytest.mark.parametrize("times", [{"collects_until": timedelta(0)}, {"collects_from": DAY}, {"collects_from": None}])
def test_outside_of_its_period_nothing_is_taken(database, keyring, times):
    with database.transaction() as session:
        open_showcase(session, **times)
        with pytest.raises(NotTaken):
            handed_in(session, keyring)
    assert every(database) == []


def test_one_address_hands_in_so_many_a_day_and_another_goes_on(collecting, keyring):
    with collecting.transaction() as session:
        for number in range(videos.A_DAY_FROM_ONE_ADDRESS):
            handed_in(session, keyring, f"a{number}", Sender(address="192.0.2.1"))
        with pytest.raises(NotTaken, match="明天再交"):
            handed_in(session, keyring, "more", Sender(address="192.0.2.1"))
        handed_in(session, keyring, "other", Sender(address="192.0.2.2"))
        with clock.fixed_at(NOW + DAY):
            handed_in(session, keyring, "tomorrow", Sender(address="192.0.2.1"))


def test_when_too_many_wait_no_more_are_taken(collecting, keyring, monkeypatch):
    monkeypatch.setattr(videos, "MOST_WAITING", 2)
    with collecting.transaction() as session:
        for number in range(2):
            handed_in(session, keyring, f"a{number}")
        with pytest.raises(NotTaken, match="太多"):
            handed_in(session, keyring, "more")


def test_the_code_finds_the_video_however_it_is_typed_and_no_other_code_does(collecting, keyring):
    with collecting.transaction() as session:
        code = handed_in(session, keyring)
        typed = f" {code[:4].lower()}-{code[4:8]} {code[8:]}。"
        assert videos.find_by_code(session, keyring, typed).receipt
        for wrong in ("", code[:-1], code + "2", code[::-1], "２" * 12):
            assert videos.find_by_code(session, keyring, wrong) is None


def test_what_waits_and_is_taken_back_is_gone_and_what_was_shown_keeps_its_number_only(collecting, keyring):
    with collecting.transaction() as session:
        videos.take_back(session, videos.find_by_code(session, keyring, handed_in(session, keyring)))
    assert every(collecting) == []
    with collecting.transaction() as session:
        code = handed_in(session, keyring, "two")
        video = videos.find_by_code(session, keyring, code)
        video.state, video.number, video.votes = VideoState.ACCEPTED, 1, 5
        videos.take_back(session, video)
        assert videos.find_by_code(session, keyring, code) is None
    [left] = every(collecting)
    assert (left.number, left.votes, left.state, left.title) == (1, 5, "withdrawn", "（已撤回）")
    assert left.author == left.description == left.url == left.contact_encrypted == ""


def test_contacts_marks_and_what_was_refused_go_with_time_and_what_is_shown_stays(collecting, keyring):
    with collecting.transaction() as session:
        handed_in(session, keyring, "a", Sender("演示联系", "192.0.2.1"))
        held = session.scalars(select(Showcase)).one()
        shown_video(session, held, contact_encrypted="x", sender="y")
        refused = {"number": None, "state": VideoState.RETURNED}
        shown_video(session, held, **refused, decided_at=NOW)
        shown_video(session, held, **refused, decided_at=NOW + 89 * DAY)
    with collecting.transaction() as session, clock.fixed_at(NOW + 91 * DAY):
        videos.purge(session)
    left = [(one.id, one.contact_encrypted, one.sender) for one in every(collecting)]
    assert left == [(1, "", ""), (2, "", ""), (4, "", "")]


def test_a_link_that_a_citizen_has_handed_in_already_is_not_taken_twice_and_he_reads_how_it_stands(collecting, keyring):
    mine = Sender(citizen_id="演示一")
    with collecting.transaction() as session:
        handed_in(session, keyring, form="one", sender=mine)
    with collecting.transaction() as session, pytest.raises(NotTaken, match="已经交过了（《演示作品》），正在等待审核"):
        handed_in(session, keyring, form="two", sender=mine, title="演示又一次")
    with collecting.transaction() as session:
        [video] = session.scalars(select(Video)).all()
        video.state, video.number = VideoState.ACCEPTED, 3
    with collecting.transaction() as session, pytest.raises(NotTaken, match="3号《演示作品》，已经上架"):
        handed_in(session, keyring, form="three", sender=mine)
    with collecting.transaction() as session:
        handed_in(session, keyring, form="other", sender=mine, url="https://v.qq.com/x/page/other.html")
        session.scalars(select(Video).order_by(Video.id)).first().state = VideoState.RETURNED
    with collecting.transaction() as session:
        handed_in(session, keyring, form="mended", sender=mine)  # what was returned may come anew
    assert len(every(collecting)) == 3


def test_the_same_link_from_somebody_else_is_taken_and_staff_see_that_it_is_there_already(
    collecting, keyring, tmp_path
):  # fmt: skip
    with collecting.transaction() as session:
        handed_in(session, keyring, form="one", sender=Sender(citizen_id="演示一"))
        for form, sender in (("two", Sender(citizen_id="演示二")), ("three", Sender()), ("four", Sender())):
            handed_in(session, keyring, form=form, sender=sender, title=f"演示{form}")
        first, second, *_, last = session.scalars(select(Video).order_by(Video.id)).all()
        first.state, first.number = VideoState.ACCEPTED, 1
        last.state = VideoState.WITHDRAWN
        session.flush()
        told = [one.sentence for one in moderation.findings(session, second, tmp_path, SITES) if one.key == "url"]
        assert len(told) == 1 and "1号《演示作品》，已上架；《演示three》" in told[0] and "演示four" not in told[0]
