"""Daily figures: asked until answered, kept once, delayed ones asked again; and what is told of them."""

from collections import deque
from datetime import date, datetime, timedelta

import pytest

from content.store import clock
from handlers import turns
from handlers.turns import Miss, Turn
from scheduler import snapshots, statistics
from scheduler.models import DailyFigure, PlatformArticle
from scheduler.platform import Later, Never, Unknown

YESTERDAY = date(2026, 12, 3)
SOURCES = [*snapshots.ACCOUNT_FIELDS, *snapshots.ARTICLE_INTERFACES]


def at(hour: int, minute: int = 0, day: date = YESTERDAY + timedelta(days=1)) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.BEIJING)


class Queue:
    """WeChat as a queue of answers for each interface and day; nothing (no rows) where nothing is queued."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, date], deque] = {}
        self.always: dict[str, Exception] = {}
        self.asked: list[tuple[str, date]] = []
        self.followers: int | Exception = 1200

    def put(self, name: str, *answers, on: date = YESTERDAY) -> None:
        self.answers.setdefault((name, on), deque()).extend(answers)

    def statistics(self, name: str, begin: date, end: date) -> list[dict]:
        assert begin == end
        self.asked.append((name, begin))
        waiting = self.answers.get((name, begin))
        answer = waiting.popleft() if waiting else self.always.get(name, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count_followers(self) -> int:
        if isinstance(self.followers, Exception):
            raise self.followers
        return self.followers

    def times(self, name: str, on: date = YESTERDAY) -> int:
        return self.asked.count((name, on))


@pytest.fixture
def wechat():
    return Queue()


def figures(database, source: str, on: date = YESTERDAY) -> dict[str, int]:
    with database.reading() as session:
        rows = session.query(DailyFigure).filter_by(source=source, on=on)
        return {row.name: row.value for row in rows if not row.name.startswith("asked")}


def series(database, *names: str, begin: date = YESTERDAY, end: date = YESTERDAY) -> statistics.Series:
    with database.reading() as session:
        return statistics.series(session, names, begin, end)


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_asked_before_eight(database, wechat):
    assert snapshots.collect(database, wechat, at(7, 59)) == []
    assert wechat.asked == []


def test_seven_days_are_asked_for_and_each_only_once(database, wechat):
    snapshots.collect(database, wechat, at(8))
    for source in SOURCES:
        assert sorted(on for name, on in wechat.asked if name == source) == [
            YESTERDAY - timedelta(days=back) for back in range(6, -1, -1)
        ]
    before = len(wechat.asked)
    snapshots.collect(database, wechat, at(9))
    assert len(wechat.asked) == before


def test_after_two_days_away_only_the_gap_is_asked_for(database, wechat):
    snapshots.collect(database, wechat, at(8))
    wechat.asked.clear()
    snapshots.collect(database, wechat, at(8, day=YESTERDAY + timedelta(days=3)))
    assert sorted(on for name, on in wechat.asked if name == "getusersummary") == [
        YESTERDAY + timedelta(days=1),
        YESTERDAY + timedelta(days=2),
    ]


def test_what_is_not_ready_is_asked_again_later_and_holds_up_nothing_else(database, wechat):
    wechat.put("getusersummary", Later("还没有算好", 61503), [{"new_user": 5, "cancel_user": 1, "user_source": 0}])
    assert snapshots.collect(database, wechat, at(8)) == []  # nothing is wrong
    assert (figures(database, "getusersummary"), wechat.times("getbizsummary")) == ({}, 1)
    assert snapshots.collect(database, wechat, at(9)) == []
    assert figures(database, "getusersummary") == {"new_user": 5, "cancel_user": 1}


@pytest.mark.parametrize("trouble", [Later("忙", 45009), Unknown("没有答复")])
def test_where_wechat_is_away_it_is_left_alone_until_the_next_time(database, wechat, trouble):
    wechat.put("getusersummary", trouble)
    assert snapshots.collect(database, wechat, at(8)) == [trouble.sentence]
    assert len(wechat.asked) == 1
    snapshots.collect(database, wechat, at(9))
    assert wechat.times("getusersummary") == 2


def test_delayed_figures_are_kept_marked_and_asked_again(database, wechat):
    row = {"ref_date": "2026-12-03", "detail": {"read_user": 40, "share_user": 2}}
    wechat.put("getbizsummary", [row | {"is_delay": True}], [row | {"detail": {"read_user": 55, "share_user": 3}}])
    snapshots.collect(database, wechat, at(8))
    assert series(database, "read_user").provisional == {YESTERDAY}
    assert series(database, "read_user").values == {"read_user": (40,)}
    snapshots.collect(database, wechat, at(9))
    assert series(database, "read_user").provisional == frozenset()
    assert series(database, "read_user").values == {"read_user": (55,)}
    snapshots.collect(database, wechat, at(10))
    assert wechat.times("getbizsummary") == 2


def test_an_account_without_the_right_is_asked_once_a_day(database, wechat):
    wechat.always = dict.fromkeys([*SOURCES, snapshots.TOTALS], Never("本号没有统计权限", 48001))
    assert snapshots.collect(database, wechat, at(8)) == ["本号没有统计权限"]
    assert len(wechat.asked) == len(SOURCES) + 1
    snapshots.collect(database, wechat, at(9))
    assert len(wechat.asked) == len(SOURCES) + 1
    with database.reading() as session:
        assert statistics.lacking_rights(session, YESTERDAY) == set(SOURCES)
    assert figures(database, "own") == {"followers": 1200}  # by the list of users, which it may read
    wechat.always = {}
    snapshots.collect(database, wechat, at(8, day=YESTERDAY + timedelta(days=2)))
    assert wechat.times("getusersummary", YESTERDAY + timedelta(days=1)) == 1


def test_followers_are_counted_once_a_day_and_again_where_that_failed(database, wechat):
    wechat.followers = Unknown("没有答复")
    assert snapshots.collect(database, wechat, at(8)) == ["没有答复"]
    wechat.followers = 1300
    snapshots.collect(database, wechat, at(9))
    wechat.followers = 9
    snapshots.collect(database, wechat, at(10))
    assert figures(database, "own") == {"followers": 1300}


# ── reading what WeChat says ──────────────────────────────────────────────────────────────────────────────────────────


def test_figures_by_source_are_added_unless_one_row_is_for_all(database, wechat):
    wechat.put("getusersummary", [{"user_source": 0, "new_user": 3}, {"user_source": 1, "new_user": 4}])
    wechat.put(
        "getbizsummary",
        [
            {"user_source": 0, "int_page_read_user": 30, "add_to_fav_user": 1},
            {"user_source": 2, "int_page_read_user": 20, "add_to_fav_user": 1},
            {"user_source": 99999999, "int_page_read_user": 45, "add_to_fav_user": 2},
        ],
    )
    snapshots.collect(database, wechat, at(8))
    assert figures(database, "getusersummary") == {"new_user": 7}
    assert figures(database, "getbizsummary") == {"read_user": 45, "collection_user": 2}


def test_the_slowest_answer_is_the_slowest_and_not_the_sum(database, wechat):
    rows = [{"callback_count": 10, "max_time_cost": 900}, {"callback_count": 5, "max_time_cost": 400}]
    wechat.put("getinterfacesummary", rows)
    snapshots.collect(database, wechat, at(8))
    assert figures(database, "getinterfacesummary") == {"callback_count": 15, "max_time_cost": 900}


def test_articles_have_their_readers_by_day_and_their_totals(database, wechat):
    wechat.put(
        "getarticleread", [{"msgid": "2247_1", "detail": {"read_user": 31}}, {"msgid": "2247_2", "read_user": 4}]
    )
    wechat.put("getarticleshare", [{"msgid": "2247_1", "detail": {"share_user": 3}}])
    wechat.put(
        snapshots.TOTALS,
        [
            {
                "msgid": "2247_1", "title": "宪法与生活", "content_url": "https://mp.weixin.qq.com/s/x",
                "ref_date": "2026-12-01",
                "detail_list": [
                    {"stat_date": "2026-12-01", "read_user": 20}, {"stat_date": "2026-12-02", "read_user": 60},
                ],
            }
        ],
        on=date(2026, 12, 1),
    )  # fmt: skip
    snapshots.collect(database, wechat, at(8))
    with database.reading() as session:
        top = statistics.articles_top(session, YESTERDAY, YESTERDAY)
    assert [(row.title, row.readers, row.sharers) for row in top] == [("宪法与生活", 31, 3), ("（编号 2247_2）", 4, 0)]
    assert top[0].published_on == date(2026, 12, 1)
    assert figures(database, snapshots.TOTALS, date(2026, 12, 2)) == {"2247_1:total_read_user": 60}


def test_the_older_interface_gives_the_same_articles_and_counts_nobody_twice(database, wechat):
    row = {"msgid": "2247_1", "title": "宪法与生活", "int_page_read_user": 31, "share_user": 3, "user_source": 0}
    wechat.put("getarticleread", [row])
    wechat.put("getarticleshare", [{"share_scene": 1, "share_user": 3}])  # of the whole account
    snapshots.collect(database, wechat, at(8))
    with database.reading() as session:
        (top,) = statistics.articles_top(session, YESTERDAY, YESTERDAY)
    assert (top.title, top.readers, top.sharers) == ("宪法与生活", 31, 3)


@pytest.mark.parametrize(
    "rows",
    [
        [{}],
        [None, "x", 5],
        [{"msgid": None, "detail": 5}],
        [{"msgid": "1_1", "detail_list": "x", "details": 3}],
        [{"msgid": "1" * 500, "title": "长" * 500, "content_url": "u" * 5000, "read_user": "5"}],
        [{"new_user": True, "cumulate_user": "12", "read_user": float("nan"), "msg_count": 10**30}],
        [{"msgid": "1_1", "title": "\0", "read_user": 1}],
        [{"msgid": "1_1", "detail_list": [{"stat_date": "gestern", "read_user": 1.0}]}],
    ],
)
def test_no_answer_of_wechat_stops_the_others(database, wechat, rows):
    for source in [*SOURCES, snapshots.TOTALS]:
        wechat.put(source, rows)
    assert snapshots.collect(database, wechat, at(8)) == []
    with database.reading() as session:
        assert session.query(DailyFigure).filter_by(name="asked", on=YESTERDAY).count() == len(SOURCES)


def test_two_schedulers_that_ask_at_once_keep_the_same_figures(database, wechat):
    other = Queue()
    for queue in (wechat, other):
        queue.put("getusersummary", [{"new_user": 3}])
    snapshots.collect(database, wechat, at(8))
    with database.transaction() as session:  # as if the other had looked before this one wrote
        session.query(DailyFigure).filter_by(name="asked").delete()
    snapshots.collect(database, other, at(8))
    assert figures(database, "getusersummary") == {"new_user": 3}


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(database, day: date, *asked: Turn) -> None:
    with clock.fixed_at(at(12, day=day)), database.transaction() as session:
        turns.record(session, list(asked))


def test_what_citizens_asked_is_counted_without_greetings(database):
    ask(database, YESTERDAY, *[Turn("matter/wages", "a")] * 3, Turn("matter/debt", "b"), Turn("talk/greeting", "c"))
    ask(database, YESTERDAY, Turn("talk/unknown", "d", "天上的星星几颗"), Turn("talk/unknown", "e", "天上的星星几颗"))
    ask(database, YESTERDAY - timedelta(days=1), Turn("matter/debt", "a"))
    made = series(database, "asked", "not_understood", begin=YESTERDAY - timedelta(days=2))
    assert made.values == {"asked": (None, 1, 6), "not_understood": (None, 0, 2)}
    assert made.totals() == {"asked": 7, "not_understood": 2}
    with database.reading() as session:
        top = statistics.asked_top(session, YESTERDAY - timedelta(days=1), YESTERDAY)
        assert [(asked.slug, asked.name, asked.count) for asked in top] == [
            ("matter/wages", "拖欠工资", 3),
            ("matter/debt", "民间借贷", 2),
        ]
        assert statistics.not_understood(session, YESTERDAY, YESTERDAY) == [("天上的星星几颗", 2)]
        assert session.query(Miss).count() == 2


def test_a_day_that_nobody_asked_wechat_for_is_unknown_and_not_nought(database, wechat):
    wechat.put("getusersummary", [{"new_user": 0, "cancel_user": 0}])
    snapshots.collect(database, wechat, at(8))
    made = series(database, "new_user", begin=YESTERDAY - timedelta(days=1))
    assert made.values == {"new_user": (None, 0)}


def test_a_table_for_export_has_headings_and_says_what_is_provisional(database, wechat):
    wechat.put("getbizsummary", [{"detail": {"read_user": 9}, "is_delay": True}])
    snapshots.collect(database, wechat, at(8))
    with database.reading() as session:
        rows = list(statistics.export_rows(session, ["read_user", "asked"], YESTERDAY, YESTERDAY))
    assert rows == [["日期", "阅读人数", "市民提问", "备注"], ["2026-12-03", 9, None, "暂定：微信尚未算完"]]


def test_tables_of_questions_and_articles_have_their_headings(database, wechat):
    ask(database, YESTERDAY, Turn("matter/wages", "a"))
    wechat.put("getarticleread", [{"msgid": "2247_1", "title": "=1+1", "read_user": 4}])
    snapshots.collect(database, wechat, at(8))
    with database.reading() as session:
        assert list(statistics.asked_rows(session, YESTERDAY, YESTERDAY))[1:] == [["matter/wages", "拖欠工资", 1]]
        assert list(statistics.article_rows(session, YESTERDAY, YESTERDAY))[1:] == [["=1+1", "2026-12-03", 4, 0, ""]]
        assert session.query(PlatformArticle).count() == 1


@pytest.mark.parametrize(("begin", "end"), [(YESTERDAY, date(2026, 12, 2)), (date(2020, 1, 1), YESTERDAY)])
def test_impossible_spans_are_refused_in_chinese(database, begin, end):
    with database.reading() as session, pytest.raises(ValueError, match="日期范围"):
        statistics.series(session, ["asked"], begin, end)


def test_every_figure_has_a_source_that_is_asked():
    known = {*snapshots.ACCOUNT_FIELDS, snapshots.OWN, "asked_counts"}
    assert {figure.source for figure in statistics.FIGURES.values()} <= known
    for name, figure in statistics.FIGURES.items():
        if figure.source in snapshots.ACCOUNT_FIELDS:
            assert name in snapshots.ACCOUNT_FIELDS[figure.source].values()
