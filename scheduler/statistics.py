"""What the figures say: series by day, what citizens asked and we did not understand, articles by readers.

Reads what `snapshots.py` and `handlers/turns.py` have kept, and makes tables of it for pages and files.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import repository
from content.repository import topics
from content.store import clock
from handlers.turns import AskedCount, Miss
from scheduler.models import DailyFigure, PlatformArticle
from scheduler.snapshots import ARTICLE_INTERFACES, ASKED, NO_RIGHT, OWN

UNKNOWN_TOPIC = "talk/unknown"
LONGEST_DAYS = 400
_TALK = "talk/"


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    source: str
    is_own: bool = False


FIGURES = {
    "asked": Figure("市民提问", "asked_counts", is_own=True),
    "not_understood": Figure("没有听懂", "asked_counts", is_own=True),
    "followers": Figure("关注人数", OWN),
    "cumulate_user": Figure("累计关注（微信统计）", "getusercumulate"),
    "new_user": Figure("新关注", "getusersummary"),
    "cancel_user": Figure("取消关注", "getusersummary"),
    "read_user": Figure("阅读人数", "getbizsummary"),
    "read_count": Figure("阅读次数", "getbizsummary"),
    "share_user": Figure("分享人数", "getbizsummary"),
    "like_user": Figure("点赞人数", "getbizsummary"),
    "collection_user": Figure("收藏人数", "getbizsummary"),
    "comment_count": Figure("留言数", "getbizsummary"),
    "msg_user": Figure("发消息的人数", "getupstreammsg"),
    "msg_count": Figure("收到消息", "getupstreammsg"),
    "callback_count": Figure("微信转来的请求", "getinterfacesummary"),
    "fail_count": Figure("没能答复的请求", "getinterfacesummary"),
}
"""Every figure that a page or a file may show, by name."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values by name, one for each day; None where nobody knows."""

    days: tuple[date, ...]
    values: dict[str, tuple[int | None, ...]]
    provisional: frozenset[date]
    """Days whose figures WeChat may still change."""

    def labels(self) -> dict[str, str]:
        return {name: FIGURES[name].label for name in self.values}

    def totals(self) -> dict[str, int]:
        return {name: sum(value or 0 for value in values) for name, values in self.values.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    slug: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    msgid: str
    title: str
    url: str
    published_on: date | None
    readers: int
    sharers: int


def series(session: Session, names: Sequence[str], begin: date, end: date) -> Series:
    """Raises KeyError for a name that is no figure, ValueError for days that end before they begin or are too many."""
    length = (end - begin).days + 1
    if not 0 < length <= LONGEST_DAYS:
        raise ValueError(f"日期范围应在 1 到 {LONGEST_DAYS} 天之间。")
    days = tuple(begin + timedelta(days=number) for number in range(length))
    figures = {name: FIGURES[name] for name in names}
    kept, provisional = _kept(session, figures, begin, end)
    if any(figure.is_own for figure in figures.values()):
        kept |= _own(session, begin, end)
    values = {name: tuple(kept.get((day, name)) for day in days) for name in names}
    return Series(days, values, frozenset(provisional))


def asked_top(session: Session, begin: date, end: date, limit: int = 20) -> list[Asked]:
    """What citizens asked most; greetings and the like are no question."""
    total = func.sum(AskedCount.count)
    rows = session.execute(
        select(AskedCount.topic, total)
        .where(AskedCount.asked_on >= begin, AskedCount.asked_on <= end, AskedCount.topic.not_like(f"{_TALK}%"))
        .group_by(AskedCount.topic)
        .order_by(total.desc(), AskedCount.topic)
        .limit(limit)
    )
    known = {**topics(), **repository.own_topics(session)}
    return [Asked(slug, known[slug].name if slug in known else slug, int(count)) for slug, count in rows]


def not_understood(session: Session, begin: date, end: date, limit: int = 50) -> list[tuple[str, int]]:
    """Words that we failed at and how often, scrubbed when they were kept; they are kept for 30 days."""
    first = datetime.combine(begin, time(), clock.BEIJING)
    after = datetime.combine(end + timedelta(days=1), time(), clock.BEIJING)
    texts = session.scalars(select(Miss.text).where(Miss.at >= first, Miss.at < after))
    return Counter(text.strip() for text in texts if text.strip()).most_common(limit)


def articles_top(session: Session, begin: date, end: date, limit: int = 20) -> list[ArticleFigures]:
    """Articles by readers, added up over these days: who reads on two days counts twice."""
    sums: dict[str, Counter[tuple[str, str]]] = {}
    rows = session.execute(
        select(DailyFigure.source, DailyFigure.name, DailyFigure.value).where(
            DailyFigure.on >= begin, DailyFigure.on <= end, DailyFigure.source.in_(ARTICLE_INTERFACES),
            DailyFigure.name != ASKED,
        )
    )  # fmt: skip
    for source, name, value in rows:
        msgid, _, field = name.rpartition(":")
        sums.setdefault(msgid, Counter())[source, field] += value
    named = {row.msgid: row for row in session.scalars(select(PlatformArticle))}
    found = [_article(msgid, named.get(msgid), counted) for msgid, counted in sums.items()]
    return sorted(found, key=lambda row: (-row.readers, row.msgid))[:limit]


def lacking_rights(session: Session, on: date) -> set[str]:
    """The interfaces that WeChat refused to this account for a day: it is not verified, or its 认证 has ended."""
    refused = select(DailyFigure.source).where(
        DailyFigure.on == on, DailyFigure.name == ASKED, DailyFigure.value == NO_RIGHT
    )
    return set(session.scalars(refused))


def export_rows(session: Session, names: Sequence[str], begin: date, end: date) -> Iterator[list[object]]:
    """A table of the series with its heading, for CSV and XLSX."""
    made = series(session, names, begin, end)
    yield ["日期", *made.labels().values(), "备注"]
    for number, day in enumerate(made.days):
        note = "暂定：微信尚未算完" if day in made.provisional else ""
        yield [day.isoformat(), *(values[number] for values in made.values.values()), note]


def asked_rows(session: Session, begin: date, end: date) -> Iterator[list[object]]:
    yield ["主题", "名称", "次数"]
    for asked in asked_top(session, begin, end, limit=1000):
        yield [asked.slug, asked.name, asked.count]


def article_rows(session: Session, begin: date, end: date) -> Iterator[list[object]]:
    yield ["文章", "发布日期", "阅读人数", "分享人数", "网址"]
    for row in articles_top(session, begin, end, limit=10_000):
        yield [row.title, row.published_on.isoformat() if row.published_on else "", row.readers, row.sharers, row.url]


def _kept(
    session: Session, figures: dict[str, Figure], begin: date, end: date
) -> tuple[dict[tuple[date, str], int], set[date]]:
    sources = {figure.source for figure in figures.values()}
    rows = session.scalars(
        select(DailyFigure).where(
            DailyFigure.on >= begin, DailyFigure.on <= end, DailyFigure.source.in_(sources),
            DailyFigure.name.in_([*figures, ASKED]),
        )
    ).all()  # fmt: skip
    kept = {
        (row.on, row.name): row.value for row in rows if row.name in figures and row.source == figures[row.name].source
    }
    return kept, {row.on for row in rows if not row.is_final}


def _own(session: Session, begin: date, end: date) -> dict[tuple[date, str], int]:
    rows = session.execute(
        select(AskedCount.asked_on, AskedCount.topic, AskedCount.count).where(
            AskedCount.asked_on >= begin, AskedCount.asked_on <= end
        )
    )
    found: dict[tuple[date, str], int] = {}
    for on, topic, count in rows:
        is_question = topic == UNKNOWN_TOPIC or not topic.startswith(_TALK)
        found[on, "asked"] = found.get((on, "asked"), 0) + count * is_question
        found[on, "not_understood"] = found.get((on, "not_understood"), 0) + count * (topic == UNKNOWN_TOPIC)
    return found


def _article(msgid: str, known: PlatformArticle | None, counted: Counter[tuple[str, str]]) -> ArticleFigures:
    """Sharers stand in an interface of their own; where an account has only the older one, beside the readers."""
    readers = counted["getarticleread", "read_user"]
    sharers = counted["getarticleshare", "share_user"] or counted["getarticleread", "share_user"]
    if known is None:
        return ArticleFigures(msgid, f"（编号 {msgid}）", "", None, readers, sharers)
    return ArticleFigures(msgid, known.title, known.url, known.published_on, readers, sharers)
