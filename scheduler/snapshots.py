"""Yesterday's figures from WeChat, kept here day by day, since WeChat forgets them.

Every interface is asked for each of the last seven days until it has answered; what WeChat calls delayed is asked
again. Asking twice changes nothing. Interfaces that an account has no right to are let go for that day; the older ones
that stand in for them answer under the same names with other fields, and both are read here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import Database, take_turns
from scheduler.models import DailyFigure, PlatformArticle
from scheduler.platform import Later, Never, Platform, PlatformTrouble

READY_HOUR = 8
"""Beijing; WeChat asks not to be asked before."""
DAYS_BACK = 7
LAST_DAY_OF_ARTICLE = 30
"""For so many days WeChat adds up what an article is read."""
ASKED = "asked"
OWN = "own"
TOTALS = "getarticletotaldetail"
NO_RIGHT = -1
"""As the value of a mark: the account may not ask this."""
_NO_RIGHT_CODE, _NOT_READY = 48001, 61503
_ALL_SOURCES = 99999999
_NAME_LENGTH = 96
_MOST = 2**31 - 1  # what a column holds
_ARTICLE = {
    "read_user": "read_user", "read_count": "read_count", "share_user": "share_user", "share_count": "share_count",
    "like_user": "like_user", "zaikan_user": "zaikan_user", "comment_count": "comment_count",
    "collection_user": "collection_user", "int_page_read_user": "read_user", "int_page_read_count": "read_count",
    "add_to_fav_user": "collection_user",
}  # fmt: skip
"""WeChat's field → ours; the last three are the older interfaces'."""
ACCOUNT_FIELDS: Mapping[str, Mapping[str, str]] = {
    "getusersummary": {"new_user": "new_user", "cancel_user": "cancel_user"},
    "getusercumulate": {"cumulate_user": "cumulate_user"},
    "getbizsummary": _ARTICLE,
    "getupstreammsg": {"msg_user": "msg_user", "msg_count": "msg_count"},
    "getinterfacesummary": {
        "callback_count": "callback_count", "fail_count": "fail_count", "total_time_cost": "total_time_cost",
        "max_time_cost": "max_time_cost",
    },
}  # fmt: skip
ARTICLE_INTERFACES = ("getarticleread", "getarticleshare")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """What one question gave: figures by day and name, articles by WeChat's number, and whether all is final."""

    figures: Mapping[tuple[date, str], int]
    articles: Mapping[str, PlatformArticle]
    is_final: bool


def collect(database: Database, platform: Platform, now: datetime) -> list[str]:
    """Asks for what is still lacking; the sentences of what could not be had this time."""
    local = clock.in_beijing(now)
    if local.hour < READY_HOUR:
        return []
    yesterday = local.date() - timedelta(days=1)
    troubles: list[str] = []
    lacking: set[str] = set()
    for source, on, mark_on, mark in _questions(yesterday):
        if _is_answered(database, source, mark_on, mark):
            continue
        if source in lacking:
            _mark(database, source, mark_on, mark, NO_RIGHT, True)
            continue
        try:
            _ask(database, platform, source, on, mark_on, mark)
        except Never as refused:
            troubles.append(refused.sentence)
            if refused.code == _NO_RIGHT_CODE:
                lacking.add(source)
                _mark(database, source, mark_on, mark, NO_RIGHT, True)
        except PlatformTrouble as trouble:
            if isinstance(trouble, Later) and trouble.code == _NOT_READY:
                continue  # nothing is wrong: the next run asks again
            troubles.append(trouble.sentence)
            break  # WeChat is away or wants to be left alone
    else:
        troubles += _count_followers(database, platform, yesterday)
    return list(dict.fromkeys(troubles))


def _questions(yesterday: date) -> Iterator[tuple[str, date, date, str]]:
    """(interface, day asked for, day and name of the mark that it was answered), the newest first.

    What an article was read in all changes for a month: it is asked anew each day for a week, and once at the end.
    """
    for back in range(DAYS_BACK):
        on = yesterday - timedelta(days=back)
        for source in (*ACCOUNT_FIELDS, *ARTICLE_INTERFACES):
            yield source, on, on, ASKED
    for back in (*range(DAYS_BACK), LAST_DAY_OF_ARTICLE - 1):
        on = yesterday - timedelta(days=back)
        yield TOTALS, on, yesterday, f"{ASKED}:{on}"


def _ask(database: Database, platform: Platform, source: str, on: date, mark_on: date, mark: str) -> None:
    rows = [row for row in platform.statistics(source, on, on) if isinstance(row, dict)]
    answered = _read(source, on, rows)
    with database.transaction() as session:
        take_turns(session, "daily_figures")
        for (day, name), value in answered.figures.items():
            _put(session, day, source, name, value, answered.is_final)
        for article in answered.articles.values():
            session.merge(article)
        _put(session, mark_on, source, mark, len(rows), answered.is_final)


def _read(source: str, on: date, rows: list[dict[str, Any]]) -> Answered:
    is_final = not any(row.get("is_delay") for row in rows)
    if fields := ACCOUNT_FIELDS.get(source):
        return Answered(_sums(on, rows, fields, is_max=("max_time_cost",)), {}, is_final)
    figures: dict[tuple[date, str], int] = {}
    articles: dict[str, PlatformArticle] = {}
    for msgid, listed in _by_article(rows).items():
        if any(row.get("title") for row in listed):
            articles[msgid] = _article(msgid, on, listed[0])
        if source == TOTALS:
            figures |= _totals(msgid, on, listed)
        else:
            sums = _sums(on, listed, _ARTICLE)
            figures |= {(day, f"{msgid}:{name}"[:_NAME_LENGTH]): value for (day, name), value in sums.items()}
    return Answered(figures, articles, is_final)


def _by_article(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by WeChat's number of the article; one without (an older interface of the whole account) is left out."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if msgid := str(row.get("msgid") or ""):
            found[msgid[:64]].append(row)
    return found


def _article(msgid: str, on: date, row: Row) -> PlatformArticle:
    title, url = str(row.get("title") or ""), str(row.get("content_url") or row.get("url") or "")
    on = _day(row.get("ref_date"), on)
    return PlatformArticle(msgid=msgid, title=title.replace("\0", "")[:128], url=url[:512], published_on=on)


def _totals(msgid: str, on: date, rows: list[dict[str, Any]]) -> dict[tuple[date, str], int]:
    """Added up from the day of publishing to each `stat_date`."""
    found: dict[tuple[date, str], int] = {}
    for row in rows:
        for part in _parts(row):
            day = _day(part.get("stat_date"), on)
            for name, value in _values(part, _ARTICLE):
                found[day, f"{msgid}:total_{name}"[:_NAME_LENGTH]] = value
    return found


def _parts(row: Row) -> list[dict[str, Any]]:
    listed = row.get("detail_list") or row.get("details") or []
    return [part for part in listed if isinstance(part, dict)]


def _sums(
    on: date,
    rows: list[dict[str, Any]],
    fields: Mapping[str, str],
    is_max: Collection[str] = (),
) -> dict[tuple[date, str], int]:
    """Added over rows of several sources, unless one of them is already for all sources."""
    whole = [row for row in rows if row.get("user_source") == _ALL_SOURCES]
    found: dict[tuple[date, str], int] = {}
    for row in whole or rows:
        for name, value in _values(row, fields):
            before = found.get((on, name), 0)
            found[on, name] = max(before, value) if name in is_max else before + value
    return found


def _values(row: Row, fields: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Figures of a row; the current interfaces keep them one level deeper, under `detail`."""
    inner = row.get("detail")
    for place in (row, inner if isinstance(inner, dict) else {}):
        for theirs, ours in fields.items():
            value = place.get(theirs)
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST:
                yield ours, int(value)


def _day(text: object, otherwise: date) -> date:
    try:
        return clock.day(str(text)[:10])
    except ValueError:
        return otherwise


def _count_followers(database: Database, platform: Platform, yesterday: date) -> list[str]:
    """By the list of users, which also accounts without statistics have."""
    if _is_answered(database, OWN, yesterday, "followers"):
        return []
    try:
        number = platform.count_followers()
    except PlatformTrouble as trouble:
        return [trouble.sentence]
    _mark(database, OWN, yesterday, "followers", number, True)
    return []


def _is_answered(database: Database, source: str, on: date, name: str) -> bool:
    with database.reading() as session:
        kept = session.get(DailyFigure, (on, source, name))
        return kept is not None and kept.is_final


def _mark(database: Database, source: str, on: date, name: str, value: int, is_final: bool) -> None:
    with database.transaction() as session:
        take_turns(session, "daily_figures")
        _put(session, on, source, name, value, is_final)


def _put(session: Session, on: date, source: str, name: str, value: int, is_final: bool) -> None:
    session.merge(DailyFigure(on=on, source=source, name=name, value=value, is_final=is_final))
