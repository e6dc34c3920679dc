"""Videos in the chat: the list, one video, a vote a day, how to hand one in."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from makers import Somebody
from sqlalchemy import delete, select

from content.render import TEXT_BYTES
from content.store import clock
from handlers.publicity import entrance, votes
from handlers.publicity.models import Showcase, Video, VideoState, VideoVote
from tests.handlers.publicity.showing import DAY, NOW, open_showcase, person, shown_video


@pytest.fixture(autouse=True)
def in_december():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def show(bureau):
    """A new showcase with this many videos; its id."""

    def made(number: int = 3, **times) -> int:
        with bureau.database.transaction() as session:
            held = open_showcase(session, **times)
            for place in range(1, number + 1):
                shown_video(session, held, title=f"演示作品{place}", url=f"https://v.qq.com/x/page/demo{place}.html")
            return held.id

    return made


@pytest.fixture
def rows(bureau):
    def found(showcase_id: int) -> list[VideoVote]:
        with bureau.database.reading() as session:
            return list(session.scalars(select(VideoVote).where(VideoVote.showcase_id == showcase_id)).all())

    return found


@pytest.fixture
def counted(bureau):
    """(votes as they are shown, votes recounted from the single ones), by number."""

    def both(showcase_id: int) -> tuple[dict[int, int], dict[int, int]]:
        with bureau.database.reading() as session:
            every = session.scalars(select(Video).where(Video.showcase_id == showcase_id)).all()
            again = votes.recounted(session, showcase_id)
            return {one.number: one.votes for one in every}, {one.number: again.get(one.id, 0) for one in every}

    return both


def test_the_list_shows_accepted_videos_latest_first_with_a_link_and_a_tap_for_each(somebody, show):
    show(3)
    text = somebody.says("我与宪法微视频").text
    assert somebody.topic == "publicity/videos"
    assert [int(number) for number in re.findall(r"(\d)号 演示作品", text)] == [3, 2, 1]
    assert '<a href="https://v.qq.com/x/page/demo3.html">3号 演示作品3（0票）</a>' in text
    assert "msgmenucontent=投票3&" in text and "每人每天一票" in text


def test_a_vote_counts_for_its_video_and_is_in_sql_before_the_reply(somebody, show, counted):
    held = show(3)
    assert "投好了：2号《演示作品2》，现在 1 票" in somebody.says("投票 2").text
    assert counted(held) == ({1: 0, 2: 1, 3: 0}, {1: 0, 2: 1, 3: 0})


@pytest.mark.parametrize(
    "text", ["投票2", "投票 ２", "投给2号", "我投二号", "给2号投一票", "2号投票", "支持2号", "投②", "投票給2號"]
)
def test_a_vote_is_understood_however_it_is_written(somebody, show, text):
    show(3)
    assert "投好了：2号" in somebody.says(text).text and somebody.topic == "publicity/videos"


@pytest.mark.parametrize("text", ["投2票", "投一票", "一天能投几票", "给几号作品投票", "投票"])
def test_what_names_no_video_is_no_vote(somebody, show, rows, text):
    held = show(3)
    somebody.says(text)
    assert rows(held) == []


def test_a_digit_alone_votes_only_for_what_stands_in_the_list(somebody, show, rows):
    held = show(6)
    text = somebody.says("微视频").text
    assert "3号" in text and "2号" not in text
    assert "投好了" not in somebody.says("2").text
    assert rows(held) == []
    somebody.says("微视频")
    assert "投好了：5号" in somebody.says("5").text


def test_the_second_vote_of_a_day_is_refused_kindly_and_the_next_day_gives_another(somebody, show, counted):
    held = show(3)
    somebody.says("投票 2")
    told = somebody.says("投票 1").text
    assert "已经投给了 2号《演示作品2》" in told and "零点" in told
    before_midnight, midnight = NOW.replace(hour=15, minute=59), NOW.replace(hour=16)
    with clock.fixed_at(before_midnight):
        assert "已经投给了 2号" in somebody.says("投票 1").text
    with clock.fixed_at(midnight):  # in Beijing
        assert "投好了：1号" in somebody.says("投票 1").text
    assert counted(held)[0] == {1: 1, 2: 1, 3: 0}


def test_leaving_and_coming_back_gives_no_second_vote_of_the_day(somebody, show, rows):
    held = show(3)
    somebody.says("投票 2")
    somebody.sends("event:unsubscribe")
    somebody.sends("event:subscribe")
    assert "已经投给了 2号" in somebody.says("投票 1").text
    assert len(rows(held)) == 1


def test_a_vote_stands_under_no_name_that_leads_to_the_citizen(somebody, show, rows, citizen_id):
    held = show(3)
    somebody.sends("event:subscribe")
    somebody.says("投票 2")
    assert rows(held)[0].participant not in (somebody.openid, somebody.desk.citizen, citizen_id(somebody))


def test_a_repeated_delivery_counts_once_and_gets_the_same_words(somebody, show, rows):
    held = show(3)
    first = somebody.says("投票 2", key="vote-once")
    assert somebody.says("投票 2", key="vote-once") == first
    assert len(rows(held)) == 1


def test_a_hundred_votes_at_once_from_twenty_citizens_are_twenty(bureau, show, counted, rows):
    held = show(3)
    crowd = [Somebody(bureau) for _ in range(20)]
    every = [(person_, number) for person_ in crowd for number in (1, 2, 3, 1, 2)]
    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(lambda one: Somebody(bureau, one[0].openid).says(f"投票{one[1]}").text, every))
    assert Counter(text.startswith("投好了") for text in told) == {True: 20, False: 80}
    shown, recounted = counted(held)
    assert shown == recounted and sum(shown.values()) == len(rows(held)) == 20


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ({"votes_from": DAY}, "投票 12月3日 10:00（周四）开始"),
        ({"votes_from": -2 * DAY, "votes_until": timedelta(0)}, "已在 12月2日 10:00（周三）截止"),
        ({"votes_from": None, "votes_until": None}, "只看作品，不投票"),
    ],
)
def test_outside_of_its_period_no_vote_is_taken_and_the_list_says_so(somebody, show, rows, times, told):
    held = show(3, **times)
    assert told in somebody.says("投票 2").text and rows(held) == []
    listed = somebody.says("微视频")
    assert told in listed.text and "msgmenucontent=投票" not in listed.text and listed.choices == ()


def test_the_last_moment_still_votes(somebody, show):
    show(3, votes_until=timedelta(seconds=1))
    assert "投好了" in somebody.says("投票 2").text


def test_a_number_that_is_not_shown_leaves_the_vote_of_the_day(somebody, bureau, show, rows):
    held = show(3)
    with bureau.database.transaction() as session:
        second = session.scalars(select(Video).where(Video.showcase_id == held, Video.number == 2)).one()
        second.state = VideoState.WITHDRAWN
    for number in ("2", "99", "0"):
        told = somebody.says(f"投票 {number}").text
        assert f"现在没有 {number}号作品" in told and "您今天的票还在" in told and "3号 演示作品3" in told
    assert rows(held) == [] and "投好了" in somebody.says("投票 3").text


def test_by_votes_the_most_voted_comes_first(bureau, somebody, show):
    show(3)
    Somebody(bureau).says("投票 1")
    text = somebody.says("微视频按票数").text
    assert [int(number) for number in re.findall(r"(\d)号 演示作品", text)] == [1, 2, 3] and "按票数排" in text
    assert "按票数排" in somebody.says("视频票数排名").text


def test_every_video_is_on_one_page_and_every_page_fits(somebody, bureau):
    with bureau.database.transaction() as session:
        held = open_showcase(session)
        for _ in range(11):
            shown_video(session, held, title="演" * 24, url="https://v.qq.com/x/" + "a" * 91)
    seen: list[str] = []
    text = somebody.says("微视频").text
    for page in (2, 3, 4):
        assert len(text.encode()) <= TEXT_BYTES
        seen += re.findall(r"(\d+)号 演", text)
        assert (f"msgmenucontent=微视频第{page}页" in text) == (page < 4)
        assert "/h/answers/publicity/videos" in text and "每人每天一票" in text
        text = somebody.says(f"微视频第{page}页").text
    assert sorted(map(int, seen)) == list(range(1, 12))


def test_one_video_can_be_looked_at(somebody, bureau, show):
    show(2)
    text = somebody.says("看2号微视频").text
    assert "演示用的一句简介" in text and '<a href="https://v.qq.com/x/page/demo2.html">' in text and "投2号" in text


def test_a_title_brings_no_markup_into_a_reply(somebody, bureau):
    with bureau.database.transaction() as session:
        held = open_showcase(session)
        shown_video(session, held, title='<a href="x">演', author="<b>", description="<i>")
    for text in ("微视频", "看1号微视频", "投票1"):
        told = somebody.says(text).text
        assert '<a href="x">' not in told and "<b>" not in told and "<i>" not in told


def test_how_to_hand_in_leads_to_the_form_and_the_link_says_whose_it_is(somebody, bureau, show):
    show(1)
    text = somebody.says("微视频怎么投稿").text
    assert "/h/answers/publicity/videos" in text
    ticket = re.search(r'https://pufa\.example/h/videos/submit\?from=([^"]+)"', text)[1]
    with clock.fixed_at(clock.from_timestamp(1_793_500_000)):  # when it was written
        assert entrance.who_came(bureau.keyring, ticket) == somebody.desk.citizen
        assert entrance.who_came(bureau.keyring, ticket[:-1] + ("0" if ticket[-1] != "0" else "1")) == ""
    with clock.fixed_at(clock.from_timestamp(1_793_500_000) + 2 * DAY):
        assert entrance.who_came(bureau.keyring, ticket) == ""
    assert somebody.says("微视频怎么投稿").text == text  # a retry computed again gets the same bytes


def test_when_nothing_is_collected_that_is_said(somebody, show):
    show(1, collects_until=-timedelta(hours=1))
    assert "现在不收稿" in (told := somebody.says("微视频怎么投稿").text) and "submit" not in told


def test_without_a_showcase_the_topic_is_answered_as_it_is_written(somebody, bureau):
    with bureau.database.transaction() as session:
        for table in (VideoVote, Video, Showcase):
            session.execute(delete(table))
    assert somebody.says("我与宪法微视频").text == bureau.replies["publicity/videos"].text
    assert somebody.says("投票 3").text == bureau.replies["publicity/videos"].text


def test_who_is_erased_leaves_no_name_at_his_video_and_nothing_of_what_waits(somebody, bureau, citizen_id):
    somebody.sends("event:subscribe")
    identity = citizen_id(somebody)
    with bureau.database.transaction() as session:
        held = open_showcase(session)
        shown_video(session, held, **person(), citizen_id=identity, contact_encrypted="x")
        shown_video(session, held, number=None, state=VideoState.SUBMITTED, citizen_id=identity)
        shown_video(session, held, author="演示单位二", citizen_id=identity)
        shown_video(session, held, state=VideoState.WITHDRAWN, citizen_id=identity)
    somebody.sends("event:unsubscribe")
    with bureau.database.reading() as session:
        left = session.scalars(select(Video).where(Video.showcase_id == held.id).order_by(Video.number)).all()
    assert [(one.number, one.author, one.url != "") for one in left] == [
        (1, "", True),
        (2, "演示单位二", True),
        (3, "", False),
    ]
    assert all(one.citizen_id is None and one.contact_encrypted == "" and one.consented_at is None for one in left)
