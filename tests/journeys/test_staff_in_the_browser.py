"""An article's way from a Word file to a follower's phone, in a browser, as the demonstration shows it."""

import io
import re
from datetime import timedelta
from pathlib import Path

import docx
import pytest
import requests
from conftest import wait_until
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from content.store import clock


class Desk:
    """One member of staff at the console."""

    def __init__(self, demo, browser: Browser, name: str, width: int = 1280) -> None:
        self.base = f"http://127.0.0.1:{demo.port}/console"
        self.page: Page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console", lambda line: line.type == "error" and " 409 " not in line.text and self.wrong.append(line.text)
        )
        self.opens("/")
        self.page.fill("#name", name)
        self.page.fill("#password", re.search(r"密码都是 (\S+)", demo.log)[1])
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url("**/console/")

    def opens(self, path: str) -> None:
        self.page.goto(self.base + path)

    def presses(self, label: str) -> None:
        self.page.get_by_role("button", name=label).first.click()
        self.page.wait_for_load_state()

    @property
    def text(self) -> str:
        return self.page.inner_text("main")


@pytest.fixture
def word_file(tmp_path: Path) -> Path:
    document = docx.Document()
    document.add_heading("演示文章：欠薪怎么办", 0)
    document.add_paragraph("这是一篇演示文章。")
    document.add_heading("先做三件事", 1)
    for line in ("留好证据", "打12333", "申请法律援助"):
        document.add_paragraph(line, style="List Number")
    picture = io.BytesIO()
    Image.new("RGB", (900, 500), (11, 122, 62)).save(picture, "PNG")
    document.add_picture(io.BytesIO(picture.getvalue()))
    (tmp_path / "封面.png").write_bytes(picture.getvalue())
    path = tmp_path / "演示文章.docx"
    document.save(path)
    return path


def test_from_a_word_file_over_review_to_the_phone(standing_demo, browser, word_file):
    standing_demo.acts("citizen", name="演示关注者", following=True)
    writer = Desk(standing_demo, browser, "demo-write")
    writer.opens("/articles/")
    writer.page.set_input_files("#file", word_file)
    writer.presses("上传并导入")
    writer.page.wait_for_selector("#editor", timeout=20_000)
    assert "欠薪" in writer.page.input_value("#title") and "留好证据" in writer.page.input_value("#body")
    writer.page.frame_locator("iframe[name=phone]").get_by_text("先做三件事").wait_for()
    writer.page.set_input_files("[data-picture=cover]", word_file.parent / "封面.png")
    expect(writer.page.locator("#cover")).to_have_value(re.compile("^/h/pictures/"))
    writer.page.fill("#digest", "演示摘要")
    writer.page.fill("#author", "演示作者")
    writer.presses("保存")
    assert "已保存为第 2 版" in writer.text

    writer.page.get_by_role("link", name="去排期").click()
    due_at = clock.in_beijing(clock.now()) + timedelta(minutes=10)
    writer.page.check("#mass")
    writer.page.fill("#to_all", "全部关注者")
    writer.page.fill("#day", f"{due_at:%Y-%m-%d}")
    writer.page.fill("#at", f"{due_at:%H:%M}")
    assert f"{due_at:%H:%M}（周" in writer.page.inner_text("#plan")
    writer.page.click("#plan")
    writer.page.wait_for_url(re.compile(r"/posts/\d+$"))
    assert "待审核" in writer.text and "已送审" in writer.text
    number = writer.page.url.rsplit("/", 1)[1]
    assert not writer.page.get_by_role("button", name="通过").count()

    reviewer = Desk(standing_demo, browser, "demo-review2", width=390)

    def is_read_back() -> bool:
        reviewer.opens(f"/posts/{number}")
        return not reviewer.page.locator("#unread").count()

    wait_until(is_read_back, 60)
    for box in reviewer.page.locator("form:has(#opinion) [name=tick]").all():
        box.check()
    reviewer.page.fill("#opinion", "同意")
    reviewer.presses("通过")
    assert "还没有做保密审查" in reviewer.text and "待审核" in reviewer.text
    assert reviewer.page.input_value("#opinion") == "同意"
    for box in reviewer.page.locator("form:has(#opinion) [name=tick]").all():
        box.check()
    reviewer.page.check("#secrecy")
    reviewer.presses("通过")
    assert "已排期" in reviewer.text, reviewer.text

    publisher = Desk(standing_demo, browser, "demo-publish")
    publisher.opens(f"/posts/{number}")
    publisher.page.fill("[name=now_word]", "马上群发")
    publisher.presses("现在就发")

    def is_out() -> bool:
        reviewer.opens(f"/posts/{number}")
        return "已发布" in reviewer.text

    wait_until(is_out, 60)
    phone = requests.get(f"http://127.0.0.1:{standing_demo.port + 1}/sandbox/phone/state", timeout=5)
    assert "演示文章：欠薪怎么办" in str(phone.json())
    reviewer.opens(f"/posts/{number}/sheet")
    assert "同意" in reviewer.text or "保密审查" in reviewer.text
    assert not writer.wrong + reviewer.wrong + publisher.wrong
    auditor = Desk(standing_demo, browser, "demo-audit")
    auditor.opens("/audit/?verify=1")
    assert "记录完整" in auditor.text and f"post:{number}" in auditor.text


def test_what_was_typed_outlives_the_session_and_a_closed_window(standing_demo, browser):
    writer = Desk(standing_demo, browser, "demo-write")
    writer.opens("/articles/new")
    writer.page.fill("#title", "演示：写到一半")
    writer.page.fill("#body", "写了一上午，还没有保存。")
    writer.page.keyboard.press("Control+b")
    assert writer.page.input_value("#body").endswith("**文字**")
    wait_until(lambda: writer.page.evaluate("localStorage.length > 0"), 10)
    context, cookies = writer.page.context, writer.page.context.cookies()
    context.clear_cookies()
    writer.page.keyboard.press("Control+s")
    writer.page.get_by_text("这一页开得太久了").wait_for()
    assert "写了一上午，还没有保存。" in writer.page.content()

    context.add_cookies(cookies)
    writer.page = context.new_page()
    writer.opens("/articles/new")
    assert "没有保存，还留在这台电脑上" in writer.page.inner_text("#kept")
    writer.presses("接着写")
    assert writer.page.input_value("#title") == "演示：写到一半"
    writer.page.keyboard.press("Control+s")
    writer.page.wait_for_url("**/articles/edit/**")
    assert "已保存为第 1 版" in writer.text
    writer.opens("/articles/new")
    assert not writer.page.is_visible("#kept") and writer.page.input_value("#title") == ""


def test_a_preview_reaches_the_phone_of_a_named_follower(standing_demo, browser):
    standing_demo.acts("citizen", name="yanshi-kan", following=True)
    reviewer = Desk(standing_demo, browser, "demo-review2")
    reviewer.opens("/posts/")
    reviewer.page.get_by_role("link", name="演示：欠薪了，先做这三件事").click()
    reviewer.page.wait_for_url(re.compile(r"/posts/\d+$"))

    def is_prepared() -> bool:
        reviewer.page.reload()
        return "还没有准备好" not in reviewer.page.content()

    wait_until(is_prepared, 30)
    reviewer.page.get_by_text("发一份预览到手机上看").click()
    reviewer.page.fill("[name=wechat_name]", "yanshi-kan")
    reviewer.presses("发预览")
    reviewer.page.wait_for_url(re.compile(r"/posts/\d+$"), timeout=30_000)
    assert "预览已发到 yanshi-kan 的微信" in reviewer.text
    assert not reviewer.wrong
