"""Learning from misses: gathered once a week, worked off by staff, measured by the weeks that follow."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from content import repository, staff
from content.importers.library import Wording, add_keywords, put
from content.models import Keyword, MaterialKind
from content.repository import content_version, load_shelf
from content.staff import NotAllowed, Role
from content.store import clock
from handlers import misses, turns
from handlers.misses import ClusterState, MissCluster
from handlers.turns import Turn

MONDAY = date(2026, 11, 16)
CAR = ["电动车上牌去哪", "电动车怎么上牌", "电动车上牌"]


@pytest.fixture
def people(database):
    """Members of staff by role."""
    with database.transaction() as session:
        for role in (Role.ADMIN, Role.WRITE, Role.REVIEW1, Role.AUDIT):
            by = "admin" if role is not Role.ADMIN else ""
            staff.add_staff(session, str(role), str(role), [role], by, first_password="long enough password 1")
    return


def said(database, day, missed, **understood):
    """What was said on a day: words that were not understood, and how often topics were."""
    at = datetime(day.year, day.month, day.day, 10, tzinfo=clock.BEIJING)
    known = [Turn(topic.replace("_", "/"), "p") for topic, count in understood.items() for _ in range(count)]
    lost = [Turn(misses.UNKNOWN, f"p{place}", text) for place, text in enumerate(missed)]
    with clock.fixed_at(at), database.transaction() as session:
        turns.record(session, [*known, *lost])


def said_with(database, word, **understood):
    """How often a word of the bureau's own stood in what was understood as a topic."""
    heard = [Turn(topic.replace("_", "/"), "p", "", word) for topic, count in understood.items() for _ in range(count)]
    with database.transaction() as session:
        turns.record(session, heard)


def gathered(database, monday=MONDAY) -> list[MissCluster]:
    with database.transaction() as session:
        misses.gather_week(session, monday)
    with database.reading() as session:
        return misses.of_week(session, monday)


def test_a_week_is_gathered_once_with_what_each_gathering_would_add(database):
    said(database, MONDAY, [*CAR, "狗咬人"], service_notary=16)
    said(database, MONDAY + timedelta(days=6), ["电动车上牌"])
    said(database, MONDAY + timedelta(days=7), CAR)  # the next week
    first = gathered(database)
    assert [(one.size, one.people, one.asked) for one in first] == [(4, 3, 21), (1, 1, 21)]
    assert [one.id for one in gathered(database)] == [one.id for one in first]
    with database.reading() as session:
        assert dict(misses.texts(session, first)[first[0].id])["电动车上牌"] == 2
        (week,) = misses.weeks(session)
        assert (week.asked, week.missed, round(week.understood_share, 2)) == (21, 5, 0.76)


def test_words_go_with_the_citizen_and_the_figures_stay(database):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        for place in range(len(CAR)):
            turns.forget(session, f"p{place}")
    with database.reading() as session:
        assert misses.texts(session, [one])[one.id] == [] and misses.of_week(session, MONDAY)[0].size == 3


def test_a_name_is_heard_when_another_has_confirmed_it_and_the_end_of_that_week_measures_it(database, people):
    said(database, MONDAY, CAR, service_notary=2)
    (one,) = gathered(database)
    with database.reading() as session:
        before = content_version(session)
    with (
        clock.fixed_at(datetime(2026, 11, 24, 10, tzinfo=clock.BEIJING)),
        database.transaction() as session,
    ):
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌", " 电动车  上牌 ", "电动车上牌"])
        assert session.scalars(select(Keyword)).all() == []
        misses.confirm(session, one.id, "review1")
    with database.reading() as session:
        assert content_version(session) != before
        assert {word.word: word.topic for word in session.scalars(select(Keyword))} == {
            "电动车上牌": "service/notary", "电动车 上牌": "service/notary",
        }  # fmt: skip
    said(database, MONDAY + timedelta(days=9), ["电动车上牌费", "别的"], service_notary=40)
    said_with(database, "电动车上牌", service_notary=3, service_hotline=2)  # what went elsewhere is no gain
    with database.transaction() as session:
        assert [misses.measure(session, MONDAY + timedelta(days=after)) for after in (0, 7, 14)] == [0, 1, 0]
    with database.reading() as session:
        now = misses.of_week(session, MONDAY)[0]
        assert (now.state, now.gained, now.again) == (ClusterState.SYNONYM, 3, 1)


def test_a_name_that_nobody_has_said_since_has_gained_nothing_and_is_measured_by_a_later_week(database, people):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with clock.fixed_at(datetime(2026, 11, 23, 9, tzinfo=clock.BEIJING)), database.transaction() as session:
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌"])
        misses.confirm(session, one.id, "review1")
    said(database, MONDAY + timedelta(days=8), ["别的"], service_notary=40)
    with database.transaction() as session:
        assert misses.measure(session, MONDAY + timedelta(days=7)) == 0
    said_with(database, "电动车上牌", service_notary=2)
    with database.transaction() as session:
        assert misses.measure(session, MONDAY + timedelta(days=14)) == 1
        assert (misses.of_week(session, MONDAY)[0].gained, misses.of_week(session, MONDAY)[0].again) == (2, 0)


def test_what_was_named_can_be_taken_back_and_is_not_heard_any_more(database, people):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌"])
        misses.confirm(session, one.id, "review1")
    with database.transaction() as session:
        misses.take_back(session, one.id, "review1")
    with database.reading() as session:
        assert session.scalars(select(Keyword)).all() == []
        assert misses.of_week(session, MONDAY)[0].state == ClusterState.OPEN


def keywords(database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Keyword.word)))


def test_taking_ones_own_proposal_back_leaves_what_two_have_made(database, people):
    said(database, MONDAY, CAR)
    said(database, MONDAY + timedelta(days=7), CAR)
    (first,), (second,) = gathered(database), gathered(database, MONDAY + timedelta(days=7))
    with database.transaction() as session:
        misses.propose(session, first.id, "write", "service/notary", ["电动车上牌"])
        misses.confirm(session, first.id, "review1")
    with database.transaction() as session:
        misses.propose(session, second.id, "write", "service/notary", ["电动车上牌", "电动车怎么上牌"])
        misses.take_back(session, second.id, "write")
    assert keywords(database) == ["电动车上牌"]
    with database.transaction() as session:
        misses.propose(session, second.id, "write", "service/notary", ["电动车上牌", "电动车怎么上牌"])
        misses.confirm(session, second.id, "review1")
        misses.take_back(session, first.id, "review1")  # the second gathering still means it
    assert keywords(database) == ["电动车上牌", "电动车怎么上牌"]
    with database.transaction() as session:
        misses.take_back(session, second.id, "review1")
    assert keywords(database) == []


def test_words_from_the_bureaus_own_file_stay_whatever_is_taken_back(database, people):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        add_keywords(session, {"电动车上牌": "service/notary"})
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌", "电动车怎么上牌"])
        misses.confirm(session, one.id, "review1")
        add_keywords(session, {"电动车怎么上牌": "service/notary"})
    with database.transaction() as session:
        misses.take_back(session, one.id, "review1")
    assert keywords(database) == ["电动车上牌", "电动车怎么上牌"]


def test_taking_back_a_name_leaves_the_topics_own_answer_in_force(database, people):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        put(session, MaterialKind.ANSWER, "service/notary", Wording(title="公证", chat="演示"), "console")
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌"])
        misses.confirm(session, one.id, "review1")
        misses.take_back(session, one.id, "review1")
        misses.propose(session, one.id, "write", "service/notary", ["电动车上牌"])
        misses.take_back(session, one.id, "write")
    with database.reading() as session:
        assert repository.current_revision(session, MaterialKind.ANSWER, "service/notary")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("service/notary", []), ("service/none", ["电动车"]), (misses.UNKNOWN, ["电动车"]), ("service/notary", ["不"]),
        ("service/notary", ["？？"]), ("service/notary", ["长" * 25]), ("service/notary", ["打＊没人接"]),
        ("service/notary", ["别人的说法"]), ("service/notary", ["欠薪"]),
    ],
)  # fmt: skip
def test_what_would_be_heard_everywhere_or_never_is_no_name(database, people, topic, words):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        session.add(Keyword(word="别人的说法", topic="matter/debt"))
    with pytest.raises(NotAllowed), database.transaction() as session:
        misses.propose(session, one.id, "review1", topic, words)
    with database.reading() as session:
        assert len(session.scalars(select(Keyword)).all()) == 1


def test_what_the_ear_is_sure_of_is_not_taken_from_it(database, people, ears):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    for words in (["老板不给工资"], ["电动车上牌", "我要申请法律援助"]):
        with pytest.raises(NotAllowed, match="现在就听得懂"), database.transaction() as session:
            misses.propose(session, one.id, "review1", "service/hotline", words, ears.hear)
    with database.transaction() as session:
        misses.propose(session, one.id, "review1", "service/hotline", ["电动车上牌"], ears.hear)


ANSWER = "（演示）带身份证和购车发票，到车管所办。依据《道路交通安全法》第十八条。"


def test_an_answer_of_our_own_is_approved_by_another_and_then_heard_by_its_words_alone(database, people, ears_with):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with database.transaction() as session:
        written = misses.write_answer(session, one.id, "write", "电动车上牌怎么办", ANSWER, ["电动车上牌"])
        assert written.material.kind == MaterialKind.ANSWER and written.material.current_revision_id is None
        misses.write_answer(session, one.id, "write", "电动车上牌怎么办", ANSWER + "工作日办。", ["电动车上牌"])
    with database.transaction() as session:
        misses.approve_answer(session, one.id, "review1")
    with database.reading() as session:
        shelf = load_shelf(session)
    slug = f"own/miss-{one.id}"
    assert shelf.answers[slug].chat.endswith("工作日办。") and shelf.topics[slug].name == "电动车上牌怎么办"
    assert shelf.answers[slug].is_reviewed and shelf.answers[slug].facts["basis"] == ["《道路交通安全法》第18条"]
    ear = ears_with(shelf.keywords)
    assert ear.hear("我家电动车上牌去哪儿办").topic == slug == ear.hear("电动车上牌").topic
    assert ear.hear("老板不给工资，我连电动车上牌的钱都没有").topic == "matter/wages"
    assert ear.hear("暖气不热找谁").topic != slug and slug in ear.reasons("我家电动车上牌去哪儿办")[0]
    with database.transaction() as session:
        misses.take_back(session, one.id, "review1")
        assert slug not in load_shelf(session).answers and load_shelf(session).keywords == {}


@pytest.mark.parametrize("words", ["", "长" * 331, "依据《道路交通安全法》第九百条。"])
def test_an_answer_says_something_and_names_articles_that_exist(database, people, words):
    said(database, MONDAY, CAR)
    (one,) = gathered(database)
    with pytest.raises(NotAllowed), database.transaction() as session:
        misses.write_answer(session, one.id, "write", "电动车上牌怎么办", words, ["电动车上牌"])


def test_who_may_not_propose_confirm_or_set_aside_is_refused_and_nobody_confirms_his_own(database, people):
    said(database, MONDAY, [*CAR, "狗咬人"])
    one, other = gathered(database)
    with database.transaction() as session:
        misses.propose(session, one.id, "review1", "service/notary", ["电动车上牌"])
        misses.write_answer(session, other.id, "write", "狗咬人怎么办", ANSWER, ["狗咬人"])
    acts = (
        lambda session: misses.propose(session, one.id, "audit", "service/notary", ["电动车上牌"]),
        lambda session: misses.confirm(session, one.id, "review1"),
        lambda session: misses.confirm(session, one.id, "write"),
        lambda session: misses.approve_answer(session, other.id, "write"),
        lambda session: misses.set_aside(session, one.id, "audit", ""),
        lambda session: misses.write_answer(session, one.id, "review1", "标题", ANSWER, ["电动车上牌"]),
    )
    for act in acts:
        with pytest.raises(NotAllowed), database.transaction() as session:
            act(session)


def test_of_very_many_only_the_largest_gatherings_are_kept(database):
    said(database, MONDAY, [f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}" for n in range(misses.MOST_CLUSTERS)] + CAR)
    found = gathered(database)
    assert len(found) == misses.MOST_CLUSTERS and found[0].size == len(CAR)
