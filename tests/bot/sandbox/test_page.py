"""The page is safe to open, says what it is, and works in a real browser."""

import io
import json
import re

import pytest
import requests
from conftest import wait_until
from PIL import Image

from content.citations import find_lookup


def test_the_page_says_what_it_is_and_carries_no_inline_code(phone):
    response = phone.get("/sandbox/")
    assert "这是一部模拟手机：像市民一样给公众号发消息" in response.text
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", response.text)
    assert not re.search(r"(?:src|href)=\"(?!/|#)", response.text)


def test_every_example_is_one_tap_away(phone):
    page = phone.get("/sandbox/").text
    for example in ("老板拖欠我三个月工资咋整", "flyz", "我老公打我怎么办"):
        assert f'data-say="{example}"' in page


def test_no_example_asks_for_a_law_that_a_new_installation_does_not_hold(phone):
    examples = re.findall(r'data-say="([^"]+)"', phone.get("/sandbox/").text)
    assert examples and [example for example in examples if find_lookup(example)] == []


def test_the_health_check_and_the_static_files_are_below_sandbox(phone):
    paths = ("/sandbox/healthz", "/sandbox/static/phone.js", "/sandbox/static/phone.css", "/sandbox/static/picture.svg")
    for path in paths:
        with phone.get(path) as response:
            assert response.status_code == 200


@pytest.fixture
def page(sandbox_address, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.wrong = []
    page.on("console", lambda message: message.type == "error" and page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{sandbox_address}/sandbox/")
    page.locator("#citizen option").first.wait_for(state="attached")
    yield page
    assert page.wrong == []
    page.context.close()  # before the sandbox ends, of which it asks for news


def push_menu(address):
    account = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "a-secret"}
    button = {"name": "服务", "sub_button": [{"type": "click", "name": "法律援助", "key": "legal-aid"}]}
    api = f"{address}/sandbox/api/cgi-bin"
    with requests.Session() as session:
        session.trust_env = False
        token = session.post(f"{api}/stable_token", json=account, timeout=5).json()["access_token"]
        body = json.dumps({"button": [button]}, ensure_ascii=False).encode()
        session.post(f"{api}/menu/create?access_token={token}", data=body, timeout=5)


def test_a_typed_message_is_answered_a_choice_is_tapped_and_the_menu_opens(page, sandbox_address, webhook, text_reply):
    webhook.answers = text_reply(
        '请讲 <b>您</b>\n<a href="weixin://bizmsgmenu?msgmenucontent=办理公证&msgmenuid=101">公证</a>'
    )
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("你好")
    page.keyboard.press("Enter")
    page.locator("#chat").get_by_text("请讲 <b>您</b>").wait_for()
    page.get_by_role("button", name="公证", exact=True).click()
    page.locator(".theirs").nth(1).wait_for()
    assert "<bizmsgmenuid><![CDATA[101]]></bizmsgmenuid>" in webhook.seen[1]
    assert "<MsgId>" in page.locator("#wire pre").first.inner_text()

    push_menu(sandbox_address)
    page.get_by_role("button", name="切换到菜单").click()
    page.get_by_role("button", name="服务").click()
    page.get_by_role("button", name="法律援助", exact=True).click()
    page.get_by_text("你点了菜单「法律援助」").wait_for()
    assert "<EventKey><![CDATA[legal-aid]]>" in webhook.seen[2]


def test_a_long_reply_was_shown_from_its_end(page, webhook, text_reply):
    webhook.answers = text_reply("开头一句\n" + "中间的话很长。\n" * 120 + "末尾一句")
    page.get_by_label("给公众号发消息").fill("你好")
    page.get_by_role("button", name="发送").click()
    page.locator(".theirs").first.wait_for()
    place = "document.querySelector('{}').getBoundingClientRect().top"
    away = f"{place.format('.theirs')} - {place.format('#chat')}"
    wait_until(lambda: abs(page.evaluate(away)) < 60, 5)  # it scrolls smoothly
    assert page.evaluate("chat.scrollHeight - chat.scrollTop > chat.clientHeight")


def test_another_citizen_follows_first_and_talks_in_an_empty_chat(page, webhook, text_reply):
    webhook.answers = text_reply("欢迎关注")
    page.get_by_label("添一位市民").fill("赵师傅")
    page.get_by_role("button", name="添加").click()
    page.get_by_role("button", name="关注公众号", exact=True).click()
    page.locator("#chat").get_by_text("欢迎关注").wait_for()
    page.get_by_label("给公众号发消息").fill("在吗")
    page.get_by_label("投递两次").check()
    page.get_by_role("button", name="发送").click()
    page.get_by_text("两次的回复逐字节相同", exact=True).wait_for()
    assert len(webhook.seen) == 3


def test_a_visitor_finds_the_training_desk_sets_a_fault_and_lets_time_pass(page, sandbox_address):
    page.get_by_text("演练：平台接口和故障").click()
    page.get_by_role("link", name="打开演练台").click()
    page.get_by_label("在哪一步").select_option("提交群发")
    page.get_by_label("卡住 30 秒").check()
    page.get_by_role("button", name="设置故障").click()
    page.get_by_text("提交群发：卡住 30 秒，还剩 1 次").wait_for()
    page.get_by_role("button", name="1 天", exact=True).click()
    page.get_by_text("比真实时间快 1 天").wait_for()
    page.get_by_label("群发给全部人时，要管理员在手机上确认").check()
    page.get_by_role("button", name="保存规则").click()
    page.get_by_text("已经设好。").wait_for()
    assert requests.get(f"{sandbox_address}/sandbox/api/_control", timeout=5).json()["settings"]["needs_admin"]
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def cover_bytes():
    file = io.BytesIO()
    Image.new("RGB", (90, 38), "red").save(file, "JPEG")
    return file.getvalue()


def test_a_send_to_all_is_a_card_on_the_phone_that_opens_the_article(page, sandbox_address):
    api = f"{sandbox_address}/sandbox/api"
    account = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "a-secret"}
    with requests.Session() as session:
        session.trust_env = False
        token = session.post(f"{api}/cgi-bin/stable_token", json=account, timeout=5).json()["access_token"]

        def post(path, **body):
            raw = json.dumps(body, ensure_ascii=False).encode()
            return session.post(f"{api}/cgi-bin/{path}?access_token={token}", data=raw, timeout=5).json()

        session.post(f"{api}/_control", json={"mass_seconds": 0}, timeout=5)
        cover = session.post(
            f"{api}/cgi-bin/material/add_material?type=image&access_token={token}",
            files={"media": ("cover.jpg", cover_bytes())},
            timeout=5,
        ).json()["media_id"]
        content = "<p>【演示】正文</p>"
        draft = post("draft/add", articles=[{"title": "【演示】宪法日", "content": content, "thumb_media_id": cover}])
        post(
            "message/mass/sendall", filter={"is_to_all": True}, msgtype="mpnews", mpnews={"media_id": draft["media_id"]}
        )
    card = page.get_by_role("link", name="【演示】宪法日")
    card.wait_for()
    with page.context.expect_page() as opened:
        card.click()
    opened.value.get_by_text("【演示】正文").wait_for()
    opened.value.close()
