"""What staff do with videos: enter, mend, accept, return, take down, put in order; a showcase's times."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from content.audit import AuditEntry, act_names
from content.staff import NotAllowed, Role, Staff
from content.store import clock
from content.store.keys import open_keyring
from handlers.publicity import moderation, showcase, videos
from handlers.publicity.models import MOVES, Video, VideoState
from handlers.publicity.showcase import NotPossible, Phase, Times
from handlers.publicity.videos import NotTaken
from tests.handlers.publicity.showing import DAY, NOW, SITES, handed_in, open_showcase, shown_video, words

JUDGE, OTHER, WRITER, AUDITOR = "demo-judge", "demo-other", "demo-writer", "demo-audit"
ROLES = {JUDGE: Role.CAMPAIGNS, OTHER: Role.REVIEW1, WRITER: Role.WRITE, AUDITOR: Role.AUDIT}


@pytest.fixture(autouse=True)
def in_december():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def desk(database):
    """A session with staff and an open showcase."""
    with database.transaction() as session:
        for name, role in ROLES.items():
            session.add(Staff(name=name, shown_name=name, roles=[role], created_at=NOW))
        open_showcase(session)
    with database.transaction() as session:
        yield session


@pytest.fixture
def video(desk, tmp_path) -> Video:
    handed_in(desk, open_keyring(tmp_path / "keys.json"))
    return desk.scalars(select(Video)).one()


def accept(session, video, by, tmp_path):
    return moderation.accept(session, video.id, video.version, by, tmp_path / "uploads", SITES)


def acts(session) -> list[str]:
    return [entry.act for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)) if "video" in entry.act]


def test_an_accepted_video_gets_the_next_number_and_no_other_ever_gets_it_again(desk, video, tmp_path):
    assert accept(desk, video, JUDGE, tmp_path).number == 1
    moderation.withdraw(desk, video.id, video.version, JUDGE, "演示原因")
    second = moderation.enter(desk, words(), SITES, WRITER, consents=False)
    assert accept(desk, second, OTHER, tmp_path).number == 2
    assert [one.id for one in showcase.shown(desk, video.showcase_id)] == [second.id]
    assert acts(desk) == ["video.accept", "video.withdraw", "video.enter", "video.accept"]
    assert set(acts(desk)) <= set(act_names())


def test_so_many_wait_as_nobody_has_decided_on(desk, video, tmp_path):
    assert moderation.waiting(desk) == 1
    accept(desk, video, JUDGE, tmp_path)
    assert moderation.waiting(desk) == 0


def test_whoever_entered_a_video_does_not_accept_it(desk, tmp_path):
    made = moderation.enter(desk, words(), SITES, JUDGE, consents=False)
    with pytest.raises(NotPossible, match="另一个人"):
        accept(desk, made, JUDGE, tmp_path)
    assert accept(desk, made, OTHER, tmp_path).state == VideoState.ACCEPTED


def test_a_returned_video_keeps_its_reason_and_may_still_be_accepted(desk, video, tmp_path):
    moderation.give_back(desk, video.id, video.version, OTHER, " 画面里\n有车牌 ")
    assert (video.state, video.reason, video.decided_by, video.decided_at) == ("returned", "画面里 有车牌", OTHER, NOW)
    assert accept(desk, video, JUDGE, tmp_path).reason == ""


def test_what_was_taken_down_stays_down_whatever_is_tried(desk, video, tmp_path):
    moderation.withdraw(desk, video.id, video.version, JUDGE, "演示原因")
    for again in (
        lambda: accept(desk, video, JUDGE, tmp_path),
        lambda: moderation.give_back(desk, video.id, video.version, JUDGE, "演示原因"),
        lambda: moderation.mend(desk, video.id, video.version, words(), SITES, JUDGE, consents=False),
    ):
        with pytest.raises(NotPossible):
            again()
    assert video.state == VideoState.WITHDRAWN and set(MOVES) == set(VideoState)


def test_without_a_reason_nothing_is_returned_or_taken_down(desk, video):
    for act in (moderation.give_back, moderation.withdraw):
        for reason in ("", " \n", "长" * 201):
            with pytest.raises(NotPossible, match="原因"):
                act(desk, video.id, video.version, JUDGE, reason)
    assert video.state == VideoState.SUBMITTED


def test_what_was_changed_meanwhile_is_looked_at_again_first(desk, video, tmp_path):
    seen = video.version
    moderation.mend(desk, video.id, seen, words(title="演示改题"), SITES, OTHER, consents=False)
    with pytest.raises(NotPossible, match="刚刚有人"):
        moderation.accept(desk, video.id, seen, JUDGE, tmp_path / "uploads", SITES)


def test_red_words_are_mended_before_a_video_is_shown(desk, video, tmp_path):
    video.description = "联系 13912345678"
    video.url = "https://elsewhere.example/x"
    desk.flush()
    found = moderation.findings(desk, video, tmp_path / "uploads", SITES)
    assert [(one.place, one.level) for one in found] == [("观看网址", "red"), ("简介", "red")]
    assert not any("13912345678" in one.sentence for one in found)
    with pytest.raises(NotPossible, match="还不能通过"):
        accept(desk, video, JUDGE, tmp_path)
    moderation.mend(desk, video.id, video.version, words(), SITES, JUDGE, consents=False)
    assert accept(desk, video, JUDGE, tmp_path).number == 1


def test_a_law_cited_wrongly_and_a_watched_word_are_found_in_what_is_shown(desk, video, tmp_path):
    video.title, video.description = "演示集赞", "《宪法》第九百条说的"
    desk.flush()
    places = {one.place for one in moderation.findings(desk, video, tmp_path / "uploads", SITES)}
    assert places == {"题目", "简介"}


def test_a_persons_name_is_shown_only_with_his_consent(desk, video):
    named = words(author_kind="person", author="演示市民")
    with pytest.raises(NotTaken, match="同意"):
        moderation.enter(desk, named, SITES, WRITER, consents=False)
    with pytest.raises(NotTaken, match="同意"):
        moderation.mend(desk, video.id, video.version, named, SITES, JUDGE, consents=False)
    moderation.mend(desk, video.id, video.version, named, SITES, JUDGE, consents=True)
    assert video.consented_at == NOW
    moderation.mend(desk, video.id, video.version, replace(named, title="演示改题"), SITES, JUDGE, consents=False)
    with pytest.raises(NotTaken):  # another person's name is another consent
        moderation.mend(desk, video.id, video.version, replace(named, author="演示他人"), SITES, JUDGE, consents=False)
    moderation.mend(desk, video.id, video.version, words(author_kind="nobody"), SITES, JUDGE, consents=False)
    assert (video.author, video.consented_at) == ("", None)


def test_staff_have_their_order_and_the_rest_follows_latest_first(desk):
    held = showcase.find_current(desk)
    made = [shown_video(desk, held) for _ in range(4)]
    moderation.put_in_order(desk, held.id, {made[0].id: 1, made[2].id: 2, 9999: 1}, JUDGE)
    assert [one.number for one in showcase.shown(desk, held.id)] == [1, 3, 4, 2]
    other = open_showcase(desk)
    moderation.put_in_order(desk, other.id, {made[3].id: 9}, JUDGE)  # of another showcase
    assert made[3].place == 0 and acts(desk) == ["video.order"]


def test_who_has_not_the_role_changes_nothing(desk, video, tmp_path):
    for by in (WRITER, AUDITOR, "nobody"):
        for act in (
            lambda by=by: accept(desk, video, by, tmp_path),
            lambda by=by: moderation.give_back(desk, video.id, video.version, by, "演示"),
            lambda by=by: moderation.withdraw(desk, video.id, video.version, by, "演示"),
            lambda by=by: moderation.mend(desk, video.id, video.version, words(), SITES, by, consents=False),
            lambda by=by: moderation.put_in_order(desk, video.showcase_id, {video.id: 1}, by),
            lambda by=by: showcase.put_on(desk, "演示展播", Times(), by),
            lambda by=by: showcase.change(desk, video.showcase_id, "演示展播", Times(), by),
        ):
            with pytest.raises(NotAllowed):
                act()
    with pytest.raises(NotAllowed):
        moderation.enter(desk, words(), SITES, OTHER, consents=False)
    assert video.state == VideoState.SUBMITTED and acts(desk) == []


def test_a_showcase_is_open_between_its_times_and_closed_at_the_second_one(desk):
    times = Times(NOW, NOW + DAY, NOW + DAY, NOW + 2 * DAY)
    held = showcase.put_on(desk, " 演示  展播 ", times, JUDGE)
    assert held.title == "演示 展播" and showcase.find_current(desk) is held
    seen = []
    for after in (0 * DAY, 1 * DAY, 2 * DAY):
        with clock.fixed_at(NOW + after):
            seen.append((showcase.collecting(held), showcase.voting(held)))
    assert seen == [(Phase.OPEN, Phase.BEFORE), (Phase.OVER, Phase.OPEN), (Phase.OVER, Phase.OVER)]
    showcase.change(desk, held.id, "演示展播", Times(), JUDGE)
    assert (showcase.collecting(held), showcase.voting(held)) == (Phase.NEVER, Phase.NEVER)


@pytest.mark.parametrize(
    ("title", "times", "told"),
    [
        ("演", Times(), "名称"),
        ("演" * 25, Times(), "名称"),
        ("演示展播", Times(NOW, None), "起止"),
        ("演示展播", Times(votes_until=NOW), "起止"),
        ("演示展播", Times(NOW, NOW), "不晚于"),
    ],
)
def test_a_showcase_with_half_a_period_or_no_title_is_refused(desk, title, times, told):
    with pytest.raises(NotPossible, match=told):
        showcase.put_on(desk, title, times, JUDGE)


def test_the_reason_reaches_whoever_holds_the_receipt(desk, tmp_path):
    keyring = open_keyring(tmp_path / "keys.json")
    code = handed_in(desk, keyring)
    found = videos.find_by_code(desk, keyring, code)
    moderation.give_back(desk, found.id, found.version, JUDGE, "演示原因")
    assert videos.find_by_code(desk, keyring, code).reason == "演示原因"
