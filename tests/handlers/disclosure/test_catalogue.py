"""A citizen finds what the bureau has made public: the newest of a category, a search, one entry by its number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from makers import Somebody
from sqlalchemy import delete, event, insert

from content.catalogue import shelf
from content.catalogue.index import CatalogueIndex
from content.catalogue.models import CatalogueEntry
from handlers.desk import Bureau
from handlers.disclosure.catalogue import TOPICS

AT = datetime(2026, 11, 20, tzinfo=UTC)
ENTRIES = (
    ("YS-1", "regulations", "演示：社区矫正实施办法", "演司发〔2026〕1号", "规范性文件", "amended", "怎样报到。", ""),
    ("YS-2", "plans", "演示：2026年普法工作计划", "", "", "unchecked", "", "## 演示\n**正文**的第一句。"),
    ("YS-3", "plans", "演示：2025年普法工作计划", "", "", "valid", "", "演示正文。"),
    ("YS-4", "work-news", "演示<a href=x>动态", "", "", "valid", "演示", "演示正文。"),
    ("YS-5", "plans", "演示：开放日安排", "", "", "void", "演示", "演示正文。"),
)  # fmt: skip


@pytest.fixture(scope="module")
def stocked(bureau: Bureau) -> Iterator[Bureau]:
    """The bureau with a few entries; afterwards without."""
    with bureau.database.transaction() as session:
        session.execute(insert(CatalogueEntry), [_row(place, *one) for place, one in enumerate(ENTRIES)])
    with bureau.database.reading() as session:
        newest = {slug: shelf.newest(session, slug) for slug in ("", "regulations", "plans", "work-news")}
        index = CatalogueIndex(shelf.rows_for_index(session, 100), newest, "1")
    yield replace(bureau, catalogue=index, heard={}, offering={})
    with bureau.database.transaction() as session:
        session.execute(delete(CatalogueEntry))


def _row(
    place, index_number, category, title, document_number, keywords, validity, abstract, body
) -> dict[str, object]:
    return {
        "index_number": index_number, "state": "published", "category": category, "title": title,
        "document_number": document_number, "keywords": keywords, "validity": validity, "abstract": abstract,
        "body": body, "issued_on": None, "published_on": date(2026, 11, 20 - place), "issuer": "", "url": "",
        "newest_number": 1, "shown_number": 1, "created_at": AT, "changed_at": AT, "withdrawn_by": "",
        "withdrawn_reason": "",
    }  # fmt: skip


@pytest.fixture
def villager(stocked: Bureau) -> Somebody:
    return Somebody(stocked)


def test_a_villager_who_wants_the_bureaus_documents_is_led_to_one_by_a_number(villager: Somebody) -> None:
    listed = villager.says("想看看你们发的规范性文件").text
    assert "1 演示：社区矫正实施办法（2026.11.20）" in listed
    assert "/h/catalogue/regulations/" in listed
    shown = villager.says("1").text
    for told in (
        "演示：社区矫正实施办法",
        "演司发〔2026〕1号",
        "有效性：已修改。",
        "怎样报到。",
        "/h/catalogue/",
    ):
        assert told in shown


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("查目录 社区矫正", "演示：社区矫正实施办法"),
        ("我想查一下信息公开目录：普法计划", "演示：2026年普法工作计划"),
        ("目录里有没有开放日", "演示：开放日安排"),
        ("发展计划", "演示：2026年普法工作计划"),
        ("去年的普法工作计划", "演示：2026年普法工作计划"),
        ("信息公开目录", "演示：社区矫正实施办法"),
        ("工作动态", "演示＜a href=x＞动态"),
    ],
)
def test_what_is_asked_for_stands_first(villager: Somebody, text: str, first: str) -> None:
    assert f"1 {first}" in villager.says(text).text


@pytest.mark.parametrize("validity", ["YS-1 已修改", "YS-2 待核", "YS-3 有效", "YS-5 失效"])
def test_an_entry_says_whether_it_is_still_valid(villager: Somebody, validity: str) -> None:
    number, name = validity.split()
    shown = villager.says(f"看目录{number}").text
    assert f"有效性：{name}" in shown
    assert ("12348" in shown) == (name != "有效")
    assert "#" not in shown.split("/h/")[0] and "**" not in shown


def test_the_number_of_a_document_shows_it_however_it_is_typed(villager: Somebody) -> None:
    for text in (
        "演司发〔2026〕1号",
        "演司发[2026] 1号？",
        "查目录：演司发（2026）1号",
        "查目录 ys-1",
        "YS-1",
        " ys－1。",
    ):
        assert villager.says(text).text.startswith("演示：社区矫正实施办法\n索引号：YS-1"), text


def test_what_only_looks_like_a_number_of_the_index_is_heard_as_ever(villager: Somebody) -> None:
    for text in ("YS-999", "COVID-19"):
        assert "索引号" not in villager.says(text).text


def test_what_is_not_there_leads_to_a_request(villager: Somebody) -> None:
    told = villager.says("查目录 宠物医院").text
    assert "没有找到" in told and "依申请公开" in told
    assert "两个字以上" in villager.says("查目录 宠").text


def test_an_answer_is_one_read_of_the_database_at_most(villager: Somebody, stocked: Bureau) -> None:
    asked: list[str] = []
    engine = stocked.database.engine
    count = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", count)
    try:
        for text, most in (("发展计划", 0), ("去年的普法工作计划", 1), ("看目录YS-1", 1), ("查目录 普法计划", 1)):
            asked.clear()
            villager.says(text)
            assert len([one for one in asked if "catalogue" in one]) <= most, text
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_without_entries_the_topics_are_answered_as_ever(bureau: Bureau) -> None:
    somebody = Somebody(bureau)
    for topic in TOPICS:
        assert somebody.says(bureau.shelf.topics[topic].name).text == bureau.replies[topic].text


def test_every_answer_with_entries_fits_and_keeps_its_last_sentence(villager: Somebody, stocked: Bureau) -> None:
    for topic in TOPICS:
        text = villager.says(stocked.shelf.topics[topic].name).text
        assert len(text.encode()) <= 2000
        last = stocked.shelf.answers[topic].chat.strip().splitlines()[-1]
        assert last in text or "{{" in last, topic
