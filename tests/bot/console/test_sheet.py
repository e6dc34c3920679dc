"""The review sheet on paper: one page of A4, however much was said."""

import re
import threading

import pytest
from conftest import free_port
from werkzeug.serving import make_server

from content.staff import Role


@pytest.fixture
def full(make_console, sign_in, wrote, planned):
    """A push of eight articles, approved by three people who had much to say; (console, desk, number)."""
    console = make_console(review__people=3)
    number = planned(
        *(wrote(f"演示：第{place}篇，题目写得很长很长，一直写到三十二个字那么长为止") for place in range(8))
    )
    for role in (Role.REVIEW1, Role.REVIEW2, Role.PUBLISH):
        desk = sign_in(role, console)
        page = desk.opens(f"/posts/{number}").text
        ticks = [part.split('"')[0] for part in page.split('name="tick" value="')[1:]]
        desk.reviews(number, {"verdict": "approve", "secrecy": "1", "opinion": "同意。" * 300, "tick": ticks})
    return console, desk, number


def test_a_full_sheet_prints_on_one_page_of_a4(full, browser):
    console, desk, number = full
    assert "已排期" in desk.opens(f"/posts/{number}").text
    server = make_server("127.0.0.1", free_port(), console, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    cookie = desk.client.get_cookie("pufa_console", path="/console").value
    base = f"http://127.0.0.1:{server.port}/console"
    try:
        context = browser.new_context()
        context.add_cookies([{"name": "pufa_console", "value": cookie, "url": base}])
        page = context.new_page()
        page.goto(f"{base}/posts/{number}/sheet")
        assert "信息发布审核单" in page.inner_text("main")
        paper = page.pdf(prefer_css_page_size=True)
    finally:
        server.shutdown()
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert [round(float(side)) for side in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)[0]] == [
        595,
        842,
    ]
