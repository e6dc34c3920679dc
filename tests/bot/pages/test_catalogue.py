"""The catalogue as pages: walked by category and day, searched, read, followed by feed; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from catalogued import words
from defusedxml import ElementTree
from flask import Flask
from flask.testing import FlaskClient

from bot import pages
from content.catalogue import entries
from content.catalogue.categories import categories
from content.catalogue.index import open_index
from content.staff import Staff
from content.store import clock
from content.store.db import Database
from handlers.desk import Bureau

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
Given = Callable[..., FlaskClient]
SEARCHES = [
    ("q=社区矫正", "找到 1 条"),
    ("q=社區矯正", "找到 1 条"),
    ("q=演司发(2026)1号", "找到 1 条"),
    ("q=社区矫正&category=regulations", "没有找到"),
    ("q=社区矫正&category=<b>", "找到 1 条"),
    ("q=<b>宠物</b>", "没有找到和“&lt;b&gt;宠物&lt;/b&gt;”有关的"),
    ("q=矫", "两个字以上"),
    ("", "两个字以上"),
    ("q=社区矫正&page=99", "找到 1 条"),
    ("q=社区矫正&page=x", "找到 1 条"),
    ("q=%00%ff", "没有找到"),
]


@pytest.fixture
def given(database: Database, one_bureau: Bureau, tmp_path: Path) -> Given:
    """A reader of the pages, once these entries are published."""

    def read(*listed: dict[str, object], withdrawn: str = "") -> FlaskClient:
        with clock.fixed_at(NOW), database.transaction() as session:
            for name, role in (("pen", "write"), ("seal", "publish")):
                session.add(Staff(name=name, shown_name=name, roles=[role], created_at=NOW))
            for place, one in enumerate(listed, start=1):
                kept = words(**{"index_number": f"YS-{place}", **one})  # type: ignore[arg-type]
                entries.save(session, None, kept, "pen", 0)
            entries.publish(session, [(place, 1) for place in range(1, len(listed) + 1)], "seal")
            if withdrawn:
                entries.withdraw(session, 1, withdrawn, "seal")
        with database.reading() as session:
            bureau = replace(
                one_bureau, database=database, catalogue=open_index(session), public_url="https://pufa.example"
            )
        app = Flask("bot")
        app.register_blueprint(pages.make_blueprint(lambda: bureau, tmp_path))
        return app.test_client()

    return read


def test_the_catalogue_leads_from_category_to_entry_to_text(given: Given) -> None:
    body = "## 演示\n<script>alert(1)</script>[链接](javascript:x)"
    reader = given(
        {"document_number": "演司发〔2026〕1号", "issued_on": date(2026, 11, 1), "body": body, "validity": "void"}
    )
    home = reader.get("/h/catalogue/").text
    assert 'href="/h/catalogue/plans/"' in home and "1 条" in home
    assert 'href="/h/catalogue/1"' in reader.get("/h/catalogue/plans/").text
    entry = reader.get("/h/catalogue/1").text
    for told in (
        "YS-1",
        "演司发〔2026〕1号",
        "2026年11月1日",
        "2026年11月20日",
        "<strong>失效</strong>",
        "<h2>演示</h2>",
    ):
        assert told in entry
    assert "<script>alert" not in entry and 'href="javascript' not in entry


def test_pages_go_on_and_back_by_day_and_in_the_other_order(given: Given) -> None:
    listed = [
        {"published_on": date(2026, 10, 1) + timedelta(days=place), "title": f"第{place}件"} for place in range(23)
    ]
    reader = given(*listed)
    first = reader.get("/h/catalogue/plans/").text
    assert "第22件" in first and "第2件" not in first and 'rel="prev"' not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = reader.get(f"/h/catalogue/plans/{following}").text
    assert "第2件" in second and "第3件" not in second and 'rel="prev"' in second and 'rel="next"' not in second
    assert "第0件" in reader.get("/h/catalogue/plans/?sort=old").text


def test_a_search_says_what_it_found(given: Given) -> None:
    reader = given({"document_number": "演司发〔2026〕1号"})
    for asked, told in SEARCHES:
        assert told in reader.get(f"/h/catalogue/search?{asked}").text, asked


def test_what_is_not_there_has_no_page(given: Given) -> None:
    reader = given({})
    for place in ("2", "0", "99999999999", "x", "-1", "plans/x", "no-such/", "no-such/feed.atom", "feed.xml"):
        assert reader.get(f"/h/catalogue/{place}", follow_redirects=True).status_code == 404, place


def test_a_draft_has_no_page_and_what_was_withdrawn_says_why(given: Given, database: Database) -> None:
    reader = given({"body": "演示的全文"}, {"title": "还在的"}, withdrawn="演示：发错了<b>")
    gone = reader.get("/h/catalogue/1")
    assert gone.status_code == 410 and "演示：发错了&lt;b&gt;" in gone.text and "演示的全文" not in gone.text
    for path in ("", "plans/", "search?q=社区矫正", "feed.atom", "feed.rss"):
        assert "社区矫正工作方案" not in reader.get(f"/h/catalogue/{path}").text
    with clock.fixed_at(NOW), database.transaction() as session:
        draft = entries.save(session, None, words("CG-1"), "pen", 0).id
    assert reader.get(f"/h/catalogue/{draft}").status_code == 404


@pytest.mark.parametrize("place", ["", "plans/"])
def test_feeds_are_whole_and_well_formed(given: Given, place: str) -> None:
    reader = given({"title": "演示 <b>&\"' ]]> 😀", "abstract": "概述 & <i>"}, {"category": "regulations"})
    here = f"https://pufa.example/h/catalogue/{place}"
    atom = ElementTree.fromstring(reader.get(f"/h/catalogue/{place}feed.atom").data)
    rss = ElementTree.fromstring(reader.get(f"/h/catalogue/{place}feed.rss").data)
    assert atom.tag == f"{ATOM}feed" and atom.findtext(f"{ATOM}id") == f"{here}feed.atom"
    entry = atom.findall(f"{ATOM}entry")[-1]
    assert entry.findtext(f"{ATOM}title") == rss.findall(".//item/title")[-1].text == "演示 <b>&\"' ]]> 😀"
    assert entry.findtext(f"{ATOM}id") == rss.findall(".//item/guid")[-1].text == "https://pufa.example/h/catalogue/1"
    assert "概述 & <i>" in str(entry.findtext(f"{ATOM}summary"))
    for moment in (
        atom.findtext(f"{ATOM}updated"),
        entry.findtext(f"{ATOM}updated"),
        entry.findtext(f"{ATOM}published"),
    ):
        assert datetime.fromisoformat(str(moment)).tzinfo
    assert rss.findall(".//item/pubDate")[-1].text == "Fri, 20 Nov 2026 00:00:00 +0800"
    assert rss.findtext("channel/link") == here and len(rss.findall(".//item")) == (1 if place else 2)


def test_a_reader_that_has_the_feed_gets_it_only_when_something_has_changed(given: Given, database: Database) -> None:
    reader = given({})
    first = reader.get("/h/catalogue/feed.atom")
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert first.headers["Content-Type"].startswith("application/atom+xml")
    assert reader.get("/h/catalogue/feed.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert reader.get("/h/catalogue/feed.atom", headers=since).status_code == 304
    with clock.fixed_at(NOW + timedelta(hours=1)), database.transaction() as session:
        entries.withdraw(session, 1, "演示", "seal")
    assert reader.get("/h/catalogue/feed.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert reader.get("/h/catalogue/feed.atom", headers=since).status_code == 200


def test_an_empty_catalogue_says_so_and_feeds_are_still_feeds(given: Given) -> None:
    reader = given()
    assert "还没有内容" in reader.get("/h/catalogue/").text
    assert "还没有内容" in reader.get("/h/catalogue/plans/").text
    assert ElementTree.fromstring(reader.get("/h/catalogue/feed.atom").data).findtext(f"{ATOM}updated")
    assert ElementTree.fromstring(reader.get("/h/catalogue/feed.rss").data).tag == "rss"


def test_what_is_said_on_a_category_leads_to_its_entries(given: Given) -> None:
    reader = given({})
    assert 'href="/h/catalogue/"' in reader.get("/h/answers/disclosure/catalogue").text
    for category in categories().values():
        said = reader.get(f"/h/answers/{category.topic}").text
        assert f'href="/h/catalogue/{category.slug}/"' in said and category.name in said
