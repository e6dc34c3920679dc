"""A guided talk as a page: by a link of the chat, or by a visitor of whom nothing is kept; on both databases."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from makers import Somebody
from sqlalchemy import event

from bot import pages
from content.phrases import say
from content.store import clock
from handlers.desk import Bureau
from handlers.guided import links
from handlers.guided.guide import Guide
from tests.handlers.guided.small import ENDED, wire

PLACE = "/h/guided/small/"
START = "法律援助条件"
ROAD = (
    {"value": "wages"}, {"value": "yes"}, {"value": ["contract", "record"]}, {"value": "2026年3月5日"},
    {"act": "skip"}, {"value": "张三<b>"}, {"act": "skip"},
)  # fmt: skip


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> Guide:
    return wire(monkeypatch, is_open_to_all=True)


@pytest.fixture
def somebody(shared_bureau: Bureau, guide: Guide) -> Somebody:
    made = Somebody(shared_bureau)
    made.sends("event:subscribe")
    made.says(START)
    return made


@pytest.fixture
def app(shared_bureau: Bureau, guide: Guide, tmp_path: Path) -> Flask:
    made = Flask("bot")
    made.register_blueprint(pages.make_blueprint(lambda: shared_bureau, tmp_path))
    return made


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def link(somebody: Somebody) -> str:
    found = re.search(r'href="https://pufa\.example(/h/guided/[^"]*)"', somebody.says("网页").text)
    assert found
    return found[1]


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def sits_down(browser: FlaskClient, somebody: Somebody) -> str:
    """He has come by a link and tapped; the page that he sees."""
    sealed = hidden(browser.get(link(somebody)).text)
    return browser.post(f"{PLACE}start", data=sealed, follow_redirects=True).text


def answers(browser: FlaskClient, page: str, **form: object) -> str:
    way = "visitor" if "answers" in hidden(page) else "answer"
    return browser.post(f"{PLACE}{way}", data={**hidden(page), **form}, follow_redirects=True).text


# ── out of the chat ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_road_is_walked_on_the_page_and_ends_as_in_the_chat(browser: FlaskClient, somebody: Somebody) -> None:
    page = sits_down(browser, somebody)
    assert "第1步/共7步" in page and "您遇到的是哪一类事" in page
    for form in ROAD:
        page = answers(browser, page, **form)
    assert "结果：wages" in page and ENDED[0][1]["papers"] == ["contract", "record"]
    assert ENDED[0][1]["name"] == "张三<b>" and ENDED[0][1]["amount"] == ""


def test_chat_and_page_are_one_talk(browser: FlaskClient, somebody: Somebody) -> None:
    page = answers(browser, sits_down(browser, somebody), value="wages")
    assert "您是农民工吗" in page and "第2步" in somebody.says("继续").text
    assert "第3步" in somebody.says("是").text
    assert "您手里有哪些材料" in answers(browser, page, value="no")  # that question waits no more: nothing is changed
    assert "1. 拖欠工资\n2. 是\n" in somebody.says("我在哪一步").text


def test_opening_a_link_changes_nothing(browser: FlaskClient, somebody: Somebody) -> None:
    path, written = link(somebody), []
    event.listen(somebody.bureau.database.engine, "commit", lambda connection: written.append(1))
    assert "开始答，或接着答" in browser.get(path).text and browser.get(path).headers["Cache-Control"] == "no-store"
    assert written == []


def test_a_link_binds_one_browser(app: Flask, browser: FlaskClient, somebody: Somebody) -> None:
    path, other = link(somebody), app.test_client()
    sealed = hidden(browser.get(path).text)
    other.get(path)
    for _ in range(2):  # the tap may come twice
        assert "第1步" in browser.post(f"{PLACE}start", data=sealed, follow_redirects=True).text
    refused = other.post(f"{PLACE}start", data=sealed)
    assert refused.status_code == 403 and say("guided_page_link_used") in refused.text


def test_a_form_of_another_site_or_without_a_cookie_binds_nobody(app: Flask, somebody: Somebody) -> None:
    path, browser = link(somebody), app.test_client()
    sealed = hidden(browser.get(path).text)
    abroad = browser.post(f"{PLACE}start", data=sealed, headers={"Sec-Fetch-Site": "cross-site"})
    assert abroad.status_code == 403 and app.test_client().post(f"{PLACE}start", data=sealed).status_code == 403


@pytest.mark.parametrize("changed", [{"mark": "0" * 32}, {"mark": ""}, {"key": "x"}, {"act": "end"}])
def test_a_form_that_is_not_ours_changes_nothing(browser: FlaskClient, somebody: Somebody, changed: dict) -> None:
    page = sits_down(browser, somebody)
    refused = browser.post(f"{PLACE}answer", data={**hidden(page), "value": "wages", **changed})
    assert refused.status_code == 403 and "第1步" in browser.get(PLACE).text


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "x" * 700, "\0"])
def test_a_link_that_is_not_ours_opens_nothing(browser: FlaskClient, sealed: str) -> None:
    assert browser.post(f"{PLACE}start", data={"t": sealed}).status_code == 403
    assert browser.post(f"{PLACE}answer", data={"mark": sealed}).status_code == 403
    if sealed:
        assert browser.get(PLACE, query_string={"t": sealed}).status_code == 403


def test_a_link_holds_ten_minutes_and_not_for_a_talk_that_was_begun_anew(
    browser: FlaskClient, somebody: Somebody
) -> None:
    path = link(somebody)
    sealed = hidden(browser.get(path).text)
    somebody.says("退出")
    somebody.says(START)
    gone = browser.post(f"{PLACE}start", data=sealed)
    assert gone.status_code == 410 and say("guided_page_over") in gone.text
    path = link(somebody)
    with clock.fixed_at(clock.now() + links.HOLDS):
        assert browser.get(path).status_code == 403


def test_a_browser_whose_talk_is_over_is_told_so(browser: FlaskClient, somebody: Somebody) -> None:
    page = sits_down(browser, somebody)
    somebody.says("退出")
    assert browser.get(PLACE).status_code == 410
    assert browser.post(f"{PLACE}answer", data={**hidden(page), "value": "wages"}).status_code == 410


def test_a_form_sent_twice_counts_once(browser: FlaskClient, somebody: Somebody) -> None:
    page = answers(browser, sits_down(browser, somebody), value="wages")
    form = {**hidden(page), "act": "back"}
    for _ in range(2):
        browser.post(f"{PLACE}answer", data=form)
    page = answers(browser, browser.get(PLACE).text, value="other")
    for form in ROAD[2:-1]:
        page = answers(browser, page, **form)
    last = {**hidden(page), "act": "skip"}
    told = [browser.post(f"{PLACE}answer", data=last) for _ in range(2)]
    assert [one.status_code for one in told] == [200, 410] or told[0].text == told[1].text
    assert len(ENDED) == 1


def test_back_and_anew_on_the_page(browser: FlaskClient, somebody: Somebody) -> None:
    page = answers(browser, answers(browser, sits_down(browser, somebody), value="wages"), value="yes")
    assert "您是农民工吗" in answers(browser, page, act="back")
    assert "第1步" in answers(browser, browser.get(PLACE).text, act="anew")


@pytest.mark.parametrize(
    ("place", "form", "told"),
    [
        (0, {"value": "gone"}, "请选一项"), (0, {}, "请选一项"), (0, {"value": ["wages", "other"]}, "请选一项"),
        (2, {"value": "gone"}, "请选一项"), (3, {"value": "哪天呢"}, "没有看懂是哪一天"),
        (3, {"value": " "}, "请写上回答"),
        (3, {"act": "skip"}, "请写上回答"), (4, {"value": "99999999"}, "金额不能这么大"),
        (4, {"value": "很多"}, "请只写一个数"), (5, {"value": "长" * 21}, "最多 20 个字"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said_at_the_question(
    browser: FlaskClient, somebody: Somebody, place: int, form: dict, told: str
) -> None:
    page = sits_down(browser, somebody)
    for before in ROAD[:place]:
        page = answers(browser, page, **before)
    page = answers(browser, page, **form)
    assert told in page and 'role="alert"' in page and f"第{place + 1}步" in page


def test_a_day_is_picked_or_told_in_words(browser: FlaskClient, somebody: Somebody) -> None:
    page = sits_down(browser, somebody)
    for form in ROAD[:3]:
        page = answers(browser, page, **form)
    assert re.findall(r'name="value" type="(\w+)"', page) == ["date"] and 'id="words" name="value"' in page

    page = answers(browser, page, value=["", "下辈子5月"])
    assert 'value="下辈子5月"' in page and page.count('aria-invalid="true"') == 1

    page = answers(browser, page, value=["", "昨天"])
    yesterday = clock.today() - timedelta(days=1)
    assert "第5步/共7步" in page and f"{yesterday.month}月{yesterday.day}日" in page
    page = answers(browser, answers(browser, page, act="back"), value=["2026-03-05", ""])
    assert "第5步/共7步" in page and "3月5日" in page


@pytest.mark.parametrize("is_visitor", [True, False])
def test_what_was_typed_and_would_not_do_is_not_lost(
    browser: FlaskClient, somebody: Somebody, is_visitor: bool
) -> None:
    page = browser.post(f"{PLACE}visitor").text if is_visitor else sits_down(browser, somebody)
    for before in ROAD[:4]:
        page = answers(browser, page, **before)
    page = answers(browser, page, value='99999999"')
    assert 'value="99999999&#34;"' in page and "金额不能这么大" in page
    page = answers(browser, answers(browser, page, value="3000"), value="长<" * 11)
    assert ">" + "长&lt;" * 11 + "</textarea>" in page and "第6步" in page


# ── a visitor ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_visitor_walks_the_road_and_nothing_is_kept(browser: FlaskClient, shared_bureau: Bureau) -> None:
    written: list[int] = []
    event.listen(shared_bureau.database.engine, "commit", lambda connection: written.append(1))
    assert "不保存在我们这里" in browser.get(PLACE).text
    page = browser.post(f"{PLACE}visitor").text
    for form in ROAD:
        assert "张三" not in page
        page = answers(browser, page, **form)
    assert "结果：张三&lt;b&gt; &amp; &lt;b&gt;" in page and '<a href="https://pufa.example/h/">看全文</a>' in page
    assert "weixin:" not in page and "再来" in page and written == [] and ENDED == []


def test_what_is_open_to_all_is_reached_from_the_first_page(browser: FlaskClient) -> None:
    assert f'<a href="{PLACE}">试问</a>' in browser.get("/h/").text


def test_a_visitor_goes_back(browser: FlaskClient) -> None:
    page = answers(browser, browser.post(f"{PLACE}visitor").text, value="wages")
    assert "第1步" in answers(browser, page, act="back")


@pytest.mark.parametrize("sealed", ["x", "gAAAAA", "x" * 30_000])
def test_answers_that_we_did_not_seal_are_refused(browser: FlaskClient, sealed: str) -> None:
    page = browser.post(f"{PLACE}visitor").text
    refused = browser.post(f"{PLACE}visitor", data={**hidden(page), "answers": sealed, "value": "wages"})
    assert refused.status_code == 410 and say("guided_page_too_old") in refused.text


def test_where_the_guide_keeps_strangers_out_they_are_told_how_to_come_in(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.talks.GUIDES", (wire(monkeypatch),))
    for answer in (browser.get(PLACE), browser.post(f"{PLACE}visitor")):
        assert answer.status_code == 403 and "先在聊天里开始“试问”" in answer.text


def test_there_is_no_page_of_a_talk_that_does_not_exist(browser: FlaskClient) -> None:
    for path in ("/h/guided/quiz/", "/h/guided/gone/"):
        assert browser.get(path).status_code == 404


def test_what_was_said_in_passing_and_what_will_go_off_is_seen_on_the_page_too(browser, somebody):
    """The talk was begun in the chat; nothing private is shown whole."""
    says = {
        "legal-aid": ("开始自测", "我是农民工，老板欠我工资", "没请"),
        "request": ("退出", "开始申请", "个人", "演示：工作总结", "跳过", "张演示", "13800000000", "当面取"),
    }
    somebody.says("退出")
    pages_seen = {}
    for kind, words in says.items():
        for said in words:
            somebody.says(said)
        begins = browser.get(link(somebody)).text
        pages_seen[kind] = browser.post(f"/h/guided/{kind}/start", data=hidden(begins), follow_redirects=True).text
    assert say("guided_heard_page", labels="进城务工人员") in pages_seen["legal-aid"]
    assert pages_seen["legal-aid"].count(" checked") == 1
    told = pages_seen["request"]
    assert "姓名：张**" in told and "联系方式：138****0000（11位）" in told and "张演示" not in told
