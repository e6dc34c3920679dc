"""What citizens read below /h/: every answer, every article, nothing unfilled, nothing that runs."""

import logging
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from content import offices, repository
from content.importers.documents import put_article
from content.importers.library import Wording
from content.phrases import say
from content.store import clock


@pytest.fixture
def reader(shared_app):
    return shared_app.test_client()


class Page(HTMLParser):
    """Links, sources and inline scripts or styles of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("href", "src")]
        self.inline += [name for name, _ in attributes if name == "style" or name.startswith("on")]
        is_ours = tag == "script" and dict(attributes).get("src") == "/static/type.js"
        self.inline += [tag] if tag in ("script", "style", "iframe") and not is_ours else []


def slugs(bureau) -> list[str]:
    return sorted(bureau.shelf.answers)


def test_every_topic_has_a_page_that_can_be_read(reader, one_bureau):
    assert len(slugs(one_bureau)) >= 61
    for slug in slugs(one_bureau):
        response = reader.get(f"/h/answers/{slug}")
        assert (response.status_code, response.mimetype) == (200, "text/html")
        assert f"<h1>{one_bureau.shelf.answers[slug].title}</h1>" in response.text
        assert 'lang="zh-CN"' in response.text


def test_no_page_shows_an_unfilled_place_or_a_sign_of_markup(reader, one_bureau):
    for slug in slugs(one_bureau):
        text = reader.get(f"/h/answers/{slug}").text
        assert "{{" not in text, slug
        assert not re.search(r"\*\*|\n#+ |\]\(", text), slug
        assert not re.search(r"\b(None|Undefined)\b", text), slug


def test_what_only_the_bureau_knows_points_to_the_hotline_until_it_is_filled_in(reader, one_bureau):
    answers = one_bureau.shelf.answers.values()
    unfilled = [found.slug for found in answers if offices.unfilled(found.body, one_bureau.offices)]
    assert unfilled
    for slug in unfilled:
        assert say("ask_12348") in reader.get(f"/h/answers/{slug}").text


def test_a_page_that_no_lawyer_has_reviewed_says_so(reader, one_bureau):
    for found in one_bureau.shelf.answers.values():
        assert ("尚待本局律师审核" in reader.get(f"/h/answers/{found.slug}").text) is not found.is_reviewed


def test_every_page_names_the_law_it_stands_on(reader, one_bureau):
    for found in one_bureau.shelf.answers.values():
        text = reader.get(f"/h/answers/{found.slug}").text
        for citation in found.facts.get("basis", []):
            assert f"<li>{citation}</li>" in text


def test_the_basis_is_named_in_the_order_of_the_text(reader, one_bureau):
    for found in one_bureau.shelf.answers.values():
        listed = re.findall(r"<li>(《[^<]+条)</li>", reader.get(f"/h/answers/{found.slug}").text)
        places = [place for cited in listed if (place := found.body.find(cited)) >= 0]
        assert places == sorted(places), found.slug
        assert sorted(listed) == sorted(found.facts.get("basis", []))


def test_a_browser_finds_the_sign_of_the_house(reader):
    assert '<link rel="icon" href="/static/favicon.svg"' in reader.get("/h/").text
    assert reader.get("/static/favicon.svg", buffered=True).mimetype == "image/svg+xml"


def test_every_link_of_ours_leads_somewhere(reader, one_bureau):
    paths = {"/h/", "/h/articles/", *(f"/h/answers/{slug}" for slug in slugs(one_bureau))}
    links = {link for path in paths for link in Page(reader.get(path).text).links}
    assert {link for link in links if not link.startswith(("/", "#", "tel:", "https://"))} == set()
    for link in sorted(link for link in links if link.startswith("/")):
        assert reader.get(link, buffered=True).status_code == 200, link


def test_the_list_leads_to_every_answer_but_those_of_small_talk(reader, one_bureau):
    listed = {link.removeprefix("/h/answers/") for link in Page(reader.get("/h/").text).links}
    assert {slug for slug in slugs(one_bureau) if not slug.startswith("talk/")} <= listed


def test_nothing_on_a_page_can_run_or_come_from_elsewhere(reader, one_bureau):
    for path in [
        "/h/",
        "/h/articles/",
        "/h/nowhere",
        "/nowhere",
        *(f"/h/answers/{slug}" for slug in slugs(one_bureau)),
    ]:
        response = reader.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; img-src 'self' data:")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert Page(response.text).inline == [], path


@pytest.mark.parametrize(
    "path",
    ["/h/answers/nothing", "/h/answers/", "/h/articles/nothing", "/nowhere", "/h/answers/../x", "/h/articles/%00",
     "/h/articles/%ff", "/h/answers/%00", "/h/articles/" + "a" * 3000, "/h/answers/matter"],
)  # fmt: skip
def test_a_page_that_is_not_there_says_so_in_chinese(reader, caplog, path):
    response = reader.get(path)
    assert response.status_code == 404
    assert say("page_missing") in response.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_path_without_its_last_slash_leads_on(reader):
    assert reader.get("/h", follow_redirects=True).status_code == 200
    assert reader.get("/h/articles", follow_redirects=True).status_code == 200


@pytest.fixture
def published(one_bureau):
    wording = Wording(
        title="国家宪法日<b>", author="普法办", digest="摘要&", source_url="https://mp.weixin.qq.com/s/1?a=1&b=2",
        body="第一段 **重点**\n\n<script>alert(1)</script>\n\n[坏](javascript:alert(1))\n\n"
        "- 列表\n\n| 甲 | 乙 |\n|--|--|\n| 1 | 2 |",
    )  # fmt: skip
    with one_bureau.database.transaction() as session:
        put_article(session, "2026/宪法日", wording, clock.now(), "import")
        repository.touch_content(session)


def test_a_published_article_is_listed_and_can_be_read(reader, published):
    assert f"/h/articles/{quote('2026/宪法日')}" in reader.get("/h/articles/").text
    text = reader.get("/h/articles/2026/宪法日").text
    for part in ("<h1>国家宪法日&lt;b&gt;</h1>", "<strong>重点</strong>", "<li>列表</li>", "<td>1</td>", "普法办"):
        assert part in text
    assert 'href="https://mp.weixin.qq.com/s/1?a=1&amp;b=2"' in text


def test_nothing_in_an_article_can_run(reader, published):
    page = Page(reader.get("/h/articles/2026/宪法日").text)
    assert page.inline == []
    assert not any(link.startswith("javascript") for link in page.links)
