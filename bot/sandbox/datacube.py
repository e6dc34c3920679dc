"""The statistics calls: spans and codes of the platform, and figures that are made up from the day alone, so that
asking twice gives the same. Every answer says that it is the sandbox's.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bot.sandbox import drafts
from bot.sandbox.calls import Answer, Call, Table
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.stock import Article
from bot.sandbox.words import sentence
from content.store import clock

_READY_AT = 8  # o'clock: before that yesterday's figures are not there
_NEW_SINCE = date(2025, 11, 1)
_DETAIL_DAYS, _OLD_DETAIL_DAYS = 30, 7
Row = dict[str, Any]


def _figure(day: date, name: str, most: int) -> int:
    digest = hashlib.sha256(f"sandbox {name} {day.isoformat()}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (most + 1)


def _days(parts: Parts, call: Call, most: int) -> list[date]:
    body = call.body()
    try:
        begin, end = (
            datetime.strptime(str(body[name]), "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no moment
            for name in ("begin_date", "end_date")
        )
    except (KeyError, ValueError) as error:
        raise Refused(61500, "date format error") from error
    yesterday = parts.clock.today() - timedelta(days=1)
    if not begin <= end <= yesterday or (end - begin).days >= most:
        raise Refused(61501, "date range error")
    if end == yesterday and parts.clock.hour() < _READY_AT:
        raise Refused(61503, "data not ready, please try later")
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def _followers(parts: Parts, day: date) -> list[Row]:
    return [
        {
            "ref_date": day.isoformat(),
            "user_source": source,
            "new_user": _figure(day, f"new {source}", 12),
            "cancel_user": _figure(day, f"cancel {source}", 4) if source == 0 else 0,
        }
        for source in (0, 1, 30)
    ]


def _all_followers(parts: Parts, day: date) -> list[Row]:
    grown = 1000 + 10 * (day - _NEW_SINCE).days
    return [{"ref_date": day.isoformat(), "user_source": 0, "cumulate_user": max(0, grown)}]


def _messages(parts: Parts, day: date) -> list[Row]:
    return [
        {
            "ref_date": day.isoformat(),
            "msg_type": kind,
            "msg_user": _figure(day, f"users {kind}", most),
            "msg_count": 2 * _figure(day, f"users {kind}", most),
        }
        for kind, most in ((1, 60), (2, 10))
    ]


def _interface(parts: Parts, day: date) -> list[Row]:
    calls = 50 + _figure(day, "calls", 200)
    return [
        {
            "ref_date": day.isoformat(),
            "callback_count": calls,
            "fail_count": _figure(day, "failures", 2),
            "total_time_cost": calls * 90,
            "max_time_cost": 300 + _figure(day, "slowest", 700),
        }
    ]


def _account(parts: Parts, day: date) -> list[Row]:
    return [
        {"ref_date": day.isoformat(), "user_source": 0, **_read(day, "account", 400), **_shared(day, "account", 60)}
    ]


def _read(day: date, name: str, most: int) -> Row:
    readers = _figure(day, f"read {name}", most)
    return {"read_user": readers, "read_count": readers + _figure(day, f"again {name}", most // 4)}


def _shared(day: date, name: str, most: int) -> Row:
    sharers = _figure(day, f"share {name}", most)
    return {"share_user": sharers, "share_count": sharers + _figure(day, f"share again {name}", most // 4)}


def _articles(parts: Parts, day: date) -> Iterator[tuple[str, Article, str, int]]:
    """(msgid, article, address, publish_type) of what came out on that day: 1 published, 0 sent to followers."""
    with parts.stock.lock:
        out: list[tuple[int, int, Any]] = [
            *((int(one.publish_id) + 10**9, 1, one) for one in parts.stock.publications.values() if one.article_id),
            *((one.msg_id, 0, one) for one in parts.stock.sends.values() if one.state in {"success", "deleted"}),
        ]
    for number, kind, brought in out:
        if clock.in_beijing(clock.from_timestamp(brought.at)).date() == day:
            for place, article in enumerate(brought.articles, 1):
                yield f"{number}_{place}", article, drafts.page_address(article, brought.address), kind


def _head(day: date, msgid: str, article: Article) -> Row:
    return {"ref_date": day.isoformat(), "msgid": msgid, "title": article["title"]}


def _article_reads(parts: Parts, day: date) -> list[Row]:
    return [
        {**_head(day, msgid, article), "user_source": 0, **_read(day, msgid, 300)}
        for msgid, article, _, _ in _articles(parts, day)
    ]


def _article_shares(parts: Parts, day: date) -> list[Row]:
    return [
        {**_head(day, msgid, article), "share_scene": 1, **_shared(day, msgid, 40)}
        for msgid, article, _, _ in _articles(parts, day)
    ]


def _article_details(parts: Parts, day: date) -> list[Row]:
    return [
        {
            **_head(day, msgid, article),
            "publish_type": kind,
            "content_url": address,
            "detail_list": [
                {"stat_date": later.isoformat(), **_read(later, msgid, 300), **_shared(later, msgid, 40)}
                for later in _after(parts, day, _DETAIL_DAYS)
            ],
        }
        for msgid, article, address, kind in _articles(parts, day)
    ]


def _after(parts: Parts, day: date, most: int) -> list[date]:
    return [later for number in range(most) if (later := day + timedelta(days=number)) < parts.clock.today()]


def _old_figures(day: date, msgid: str) -> Row:
    read, shared = _read(day, msgid, 300), _shared(day, msgid, 40)
    return {
        "int_page_read_user": read["read_user"],
        "int_page_read_count": read["read_count"],
        "ori_page_read_user": 0,
        "ori_page_read_count": 0,
        **shared,
        "add_to_fav_user": 0,
        "add_to_fav_count": 0,
    }


def _old_articles(parts: Parts, day: date) -> list[Row]:
    return [
        {**_head(day, msgid, article), **_old_figures(day, msgid)} for msgid, article, _, _ in _articles(parts, day)
    ]


def _old_totals(parts: Parts, day: date) -> list[Row]:
    return [
        {
            **_head(day, msgid, article),
            "details": [
                {"stat_date": later.isoformat(), "target_user": 1000, **_old_figures(later, msgid)}
                for later in _after(parts, day, _OLD_DETAIL_DAYS)
            ],
        }
        for msgid, article, _, _ in _articles(parts, day)
    ]


def _table(most: int, rows: Callable[[Parts, date], list[Row]], is_new: bool = False) -> Callable[[Any, Call], Answer]:
    def answer(parts: Parts, call: Call) -> Answer:
        days = _days(parts, call, most)
        if is_new and days[0] < _NEW_SINCE:
            raise Refused(61501, "date range error")
        listed = [row for day in days for row in rows(parts, day)]
        more = {"is_delay": False} if is_new else {}
        return {"list": listed, **more, "note": sentence("notes", "made_up_figures")}

    return answer


CALLS: Table = {
    "/datacube/getusersummary": ("POST", _table(7, _followers)),
    "/datacube/getusercumulate": ("POST", _table(7, _all_followers)),
    "/datacube/getarticleread": ("POST", _table(1, _article_reads, is_new=True)),
    "/datacube/getarticleshare": ("POST", _table(1, _article_shares, is_new=True)),
    "/datacube/getarticletotaldetail": ("POST", _table(1, _article_details, is_new=True)),
    "/datacube/getbizsummary": ("POST", _table(30, _account, is_new=True)),
    "/datacube/getupstreammsg": ("POST", _table(7, _messages)),
    "/datacube/getinterfacesummary": ("POST", _table(30, _interface)),
    "/datacube/getarticlesummary": ("POST", _table(1, _old_articles)),
    "/datacube/getarticletotal": ("POST", _table(1, _old_totals)),
}
