"""Script that somebody puts into a title, a name, an opinion, a word or a Word file is text and runs nowhere: read by
an HTML parser, and tried in Chromium.
"""

import io
import threading
from html.parser import HTMLParser

import docx
import pytest
from conftest import free_port
from werkzeug.serving import make_server

from bot.demo import officials
from content import articles, staff
from content.staff import Role
from scheduler import imports

EVIL = """"'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"""
SHORT = "<img src=x onerror=alert(1)>"
LINK = '[点我](javascript:alert(1)) ![图](x" onerror="alert(1)) <svg onload=alert(1)>'


class Executables(HTMLParser):
    """What of a page would run: scripts that are not ours, handlers, addresses that are programs."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        source = held.get("src") or ""
        if tag == "script" and not source.startswith(("/console/static/", "/bootstrap/")):
            self.found.append(f"script {source}")
        if tag in ("object", "embed", "base", "link") and tag != "link":
            self.found.append(tag)
        for name, value in held.items():
            if name.startswith("on") or (value or "").strip().lower().startswith(
                ("javascript:", "vbscript:", "data:text")
            ):
                self.found.append(f"{tag} {name}={value}")


@pytest.fixture
def poisoned(sign_in, writer, reviewer, database, uploads, wrote):
    """Pages of the console after evil words have been put everywhere that takes words; (paths, desk)."""
    slug = wrote(EVIL[:64], body=f"{EVIL}\n\n{LINK}", author=SHORT[:32], digest=EVIL, category=SHORT[:32])
    wrote(SHORT, body=f"{LINK}\n\n# {EVIL}", slug=slug)
    number = posts_of(writer, slug)
    reviewer.reviews(number, verdict="return", opinion=EVIL)
    writer.sends(f"/posts/{number}/act", act="submit")
    reviewer.sends("/words/set", word=EVIL[:64], advice=EVIL, level="yellow")
    admin = sign_in(Role.ADMIN)
    admin.sends("/staff/add", {"name": "evil", "shown_name": SHORT, "role": [Role.WRITE]})
    publisher = sign_in(Role.PUBLISH)
    publisher.sends("/calendar/day", day="2026-12-08", kind="holiday", name=SHORT)
    publisher.sends("/freeze", act="freeze", reason=EVIL)
    imported = handed_in(writer, database, uploads)
    paths = [
        "/", "/articles/", f"/articles/?words={EVIL}", f"/articles/edit/{slug}", f"/articles/history/{slug}",
        f"/articles/difference/{slug}?old=1&new=2", f"/articles/edit/{imported}", "/posts/", f"/posts/{number}",
        f"/posts/{number}/change", f"/posts/{number}/sheet", "/calendar/", f"/calendar/?view={EVIL}&day={EVIL}",
        f"/posts/new?article={slug}&tag={EVIL}&day={EVIL}&at={EVIL}", "/calendar/?view=list", "/statistics/", "/words/",
        "/freeze", "/staff/", "/audit/", f"/audit/?thing={EVIL}", f"/sign-in?next={EVIL}", f"/articles/edit/{EVIL}",
    ]  # fmt: skip
    return paths, all_roles(database, sign_in)


def all_roles(database, sign_in):
    """One who may open every page."""
    with database.transaction() as session:
        staff.set_roles(session, officials.NAMES[Role.WRITE], list(Role), officials.NAMES[Role.ADMIN])
    return sign_in(Role.WRITE)


def posts_of(writer, slug):
    page = writer.sends("/posts/add", article=slug, channel="publish", day="2026-12-04", at="08:00")
    return int(page.request.path.rsplit("/", 1)[1])


def handed_in(writer, database, uploads):
    document = docx.Document()
    document.add_heading(EVIL, 0)
    document.add_paragraph(f"{EVIL} {LINK}")
    out = io.BytesIO()
    document.save(out)
    writer.sends("/articles/imports", {"file": (io.BytesIO(out.getvalue()), "演示.docx")})
    assert imports.read_waiting(database, uploads)
    with database.reading() as session:
        return articles.listing(session)[0].slug


def test_no_page_holds_markup_that_somebody_typed(poisoned):
    paths, desk = poisoned
    told = 0
    for path in paths:
        address, _, query = path.partition("?")
        page = desk.client.get(
            f"/console{address}", query_string=dict(part.split("=", 1) for part in query.split("&") if part)
        )
        assert page.status_code in (200, 302, 404), (path, page.status_code)
        assert Executables(page.text).found == [], path
        told += "alert(1)" in page.text
    assert told > 8, "the evil words must be on the pages, as text"


def test_the_preview_and_the_import_page_hold_none_either(poisoned, writer):
    _, desk = poisoned
    page = desk.sends("/articles/preview", title=EVIL, author=SHORT, body=f"{EVIL}\n\n{LINK}")
    assert Executables(page.text).found == [] and "alert(1)" in page.text


def test_nothing_that_was_sent_after_the_session_ended_runs(stranger):
    page = stranger.sends("/articles/save", {f"title{SHORT}": EVIL, "body": EVIL * 20, "base": SHORT})
    assert page.status_code == 401 and Executables(page.text).found == [] and "alert(1)" in page.text


def test_in_a_browser_no_page_opens_a_dialog_or_breaks_its_policy(poisoned, console, browser):
    paths, desk = poisoned
    server = make_server("127.0.0.1", free_port(), console, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cookie = desk.client.get_cookie("pufa_console", path="/console")
    ran: list[str] = []
    try:
        context = browser.new_context()
        context.add_cookies(
            [{"name": "pufa_console", "value": cookie.value, "url": f"http://127.0.0.1:{server.port}/console"}]
        )
        page = context.new_page()
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda line: "Content Security Policy" in line.text and ran.append(line.text))
        page.on("pageerror", lambda error: ran.append(str(error)))
        for path in paths:
            page.goto(f"http://127.0.0.1:{server.port}/console{path}")
            assert "登录工作台" not in page.inner_text("main") or "sign-in" in path, path
        page.wait_for_timeout(300)
    finally:
        server.shutdown()
    assert ran == []
