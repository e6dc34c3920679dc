"""The played server API has the platform's paths, codes and limits."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from content.store import clock

API = "/sandbox/api/cgi-bin"
ACCOUNT = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "a-secret"}
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def stable(phone, **more):
    return phone.post(f"{API}/stable_token", json={**ACCOUNT, **more}).json


def is_accepted(phone, token):
    return phone.get(f"{API}/getcallbackip?access_token={token}").json.get("errcode", 0)


def test_a_new_ordinary_token_kills_the_old_and_leaves_the_stable_one(phone):
    steady = stable(phone)["access_token"]
    old, new = (phone.get(f"{API}/token", query_string=ACCOUNT).json["access_token"] for _ in range(2))
    assert [is_accepted(phone, token) for token in (steady, old, new)] == [0, 40001, 0]


def test_a_stable_token_stays_the_same_until_it_is_nearly_over_then_both_work(phone):
    with clock.fixed_at(START):
        first = stable(phone)
    with clock.fixed_at(START + timedelta(seconds=1000)):
        again = stable(phone)
    assert (again["access_token"], first["expires_in"], again["expires_in"]) == (first["access_token"], 7200, 6200)
    with clock.fixed_at(START + timedelta(seconds=7000)):
        renewed = stable(phone)["access_token"]
        assert renewed != first["access_token"]
        assert [is_accepted(phone, token) for token in (first["access_token"], renewed)] == [0, 0]
    with clock.fixed_at(START + timedelta(seconds=7200)):
        assert [is_accepted(phone, token) for token in (first["access_token"], renewed)] == [42001, 0]


def test_a_forced_refresh_kills_the_old_and_is_limited_to_one_in_30_seconds_and_20_a_day(phone):
    with clock.fixed_at(START):
        old, new = stable(phone)["access_token"], stable(phone, force_refresh=True)["access_token"]
        assert [is_accepted(phone, token) for token in (old, new)] == [40001, 0]
        assert stable(phone, force_refresh=True)["errcode"] == 45011
    for turn in range(1, 20):
        with clock.fixed_at(START + timedelta(seconds=30 * turn)):
            assert "access_token" in stable(phone, force_refresh=True)
    with clock.fixed_at(START + timedelta(seconds=600)):
        assert stable(phone, force_refresh=True)["errcode"] == 45009
    with clock.fixed_at(START + timedelta(days=1)):
        assert "access_token" in stable(phone, force_refresh=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"appid": "wx1"}, 40013),
        ({"secret": "no"}, 40125),
    ],
)
def test_wrong_credentials_have_the_platforms_codes(phone, change, code):
    answers = [phone.get(f"{API}/token", query_string={**ACCOUNT, **change}).json, stable(phone, **change)]
    assert [answer["errcode"] for answer in answers] == [code, code]
    assert all("rid: " in answer["errmsg"] for answer in answers)


def test_errors_come_with_status_200_and_a_rid(phone, token):
    for method, path, code in [
        ("get", "/getcallbackip", 41001),
        ("get", "/getcallbackip?access_token=guessed", 40001),
        ("get", f"/no/such/path?access_token={token}", 40066),
        ("get", f"/menu/create?access_token={token}", 43002),
        ("post", f"/menu/get?access_token={token}", 43001),
        ("post", f"/menu/create?access_token={token}", 44002),
    ]:
        response = getattr(phone, method)(API + path)
        assert (response.status_code, response.json["errcode"]) == (200, code), path
        assert "rid: " in response.json["errmsg"]


def create_menu(phone, token, buttons, escaped=False):
    body = json.dumps({"button": buttons}, ensure_ascii=escaped).encode()
    return phone.post(f"{API}/menu/create?access_token={token}", data=body).json["errcode"]


CLICK = {"type": "click", "name": "法律援助", "key": "legal-aid"}


def test_a_pushed_menu_reads_back_and_is_on_the_phone_and_deleting_takes_it_away(phone, token):
    top = {"name": "服务", "sub_button": [CLICK, {"type": "view", "name": "网页", "url": "https://example.com/"}]}
    assert phone.get(f"{API}/menu/get?access_token={token}").json["errcode"] == 46003
    assert create_menu(phone, token, [top, CLICK]) == 0
    menu = phone.get(f"{API}/menu/get?access_token={token}").json["menu"]
    assert [button["name"] for button in menu["button"]] == ["服务", "法律援助"]
    assert phone.get("/sandbox/phone/state").json["menu"] == menu
    current = phone.get(f"{API}/get_current_selfmenu_info?access_token={token}").json
    assert current["selfmenu_info"]["button"][0]["sub_button"]["list"][0]["key"] == "legal-aid"
    assert phone.get(f"{API}/menu/delete?access_token={token}").json["errcode"] == 0
    assert phone.get("/sandbox/phone/state").json["menu"] is None


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([CLICK] * 4, 40016),
        ([], 40016),
        ([{**CLICK, "type": "x"}], 40017),
        ([{**CLICK, "name": "六个汉字太长"}], 40018),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{"type": "view", "name": "网页", "url": "https://e.com/" + "x" * 1024}], 40020),
        ([{"type": "view", "name": "网页", "url": "ftp://e.com"}], 40055),
        ([{"name": "服务", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "服务", "sub_button": [{**CLICK, "type": "x"}]}], 40024),
        ([{"name": "服务", "sub_button": [{"name": "再下", "sub_button": [CLICK]}]}], 40024),
        ([{"name": "服务", "sub_button": [{**CLICK, "name": "字" * 21}]}], 40025),
        ([{"name": "服务", "sub_button": [{**CLICK, "key": ""}]}], 40026),
        ([{"name": "服务", "sub_button": [{"type": "view", "name": "a", "url": "x" * 1025}]}], 40027),
        ([{"name": "服务", "sub_button": [{"type": "view", "name": "a", "url": "x"}]}], 40054),
        (["x"], 47001),
    ],
)
def test_a_menu_beyond_the_limits_is_refused_and_the_old_one_stays(phone, token, buttons, code):
    assert create_menu(phone, token, [CLICK]) == 0
    assert create_menu(phone, token, buttons) == code
    assert len(phone.get("/sandbox/phone/state").json["menu"]["button"]) == 1


def test_escaped_characters_in_a_menu_are_refused(phone, token):
    assert create_menu(phone, token, [CLICK], escaped=True) == 40033


def test_what_the_account_had_before_can_be_read_and_says_that_it_is_a_demonstration(phone, token):
    replies = phone.get(f"{API}/get_current_autoreply_info?access_token={token}").json
    assert replies["is_add_friend_reply_open"] == replies["is_autoreply_open"] == 1
    assert replies["add_friend_autoreply_info"]["type"] == "text"
    modes = {k["match_mode"] for rule in replies["keyword_autoreply_info"]["list"] for k in rule["keyword_list_info"]}
    assert modes == {"contain", "equal"}
    for path in ("freepublish/batchget", "material/batchget_material"):
        body = {"type": "news", "offset": 1, "count": 20}
        page = phone.post(f"{API}/{path}?access_token={token}", json=body).json
        assert (page["total_count"], page["item_count"]) == (3, 2)
        assert all(item["content"]["news_item"][0]["title"].startswith("【演示】") for item in page["item"])
        bad = phone.post(f"{API}/{path}?access_token={token}", json={**body, "count": 21}).json
        assert bad["errcode"] == 40097


def custom(phone, token, openid, content="办好了", **branch):
    body = {"touser": openid, "msgtype": "text", "text": {"content": content}, **branch}
    return phone.post(f"{API}/message/custom/send?access_token={token}", json=body).json["errcode"]


def test_customer_messages_reach_the_phone_only_inside_the_window(phone, token, send):
    citizen = phone.get("/sandbox/phone/state").json["citizen"]
    with clock.fixed_at(START):
        assert custom(phone, token, "oNobody") == 40003
        assert custom(phone, token, citizen["openid"]) == 45015
        send(text="在吗")
        assert [custom(phone, token, citizen["openid"]) for _ in range(6)] == [0] * 5 + [45047]
        assert custom(phone, token, citizen["openid"], content="长" * 700) == 45002
    with clock.fixed_at(START + timedelta(hours=49)):
        token = stable(phone)["access_token"]
        assert custom(phone, token, citizen["openid"]) == 45015
        send(kind="click", key="k")
        assert [custom(phone, token, citizen["openid"]) for _ in range(4)] == [0] * 3 + [45047]
    chat = phone.get("/sandbox/phone/state").json["chat"]
    assert [entry["text"] for entry in chat if entry["side"] == "account"] == ["办好了"] * 8


def test_a_choice_message_is_shown_with_tappable_choices_and_news_with_one_article(phone, token, send):
    openid = phone.get("/sandbox/phone/state").json["citizen"]["openid"]
    send(text="在吗")
    choices = {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"}
    assert custom(phone, token, openid, msgtype="msgmenu", msgmenu=choices) == 0
    article = {"title": "标题", "description": "", "url": "https://example.com/", "picurl": "javascript:x"}
    assert custom(phone, token, openid, msgtype="news", news={"articles": [article] * 2}) == 45008
    assert custom(phone, token, openid, msgtype="news", news={"articles": [article]}) == 0
    menu, news = phone.get("/sandbox/phone/state").json["chat"][-2:]
    assert [part["type"] for part in menu["parts"]] == ["text", "choice", "text"]
    assert (news["articles"][0]["title"], news["articles"][0]["picture"]) == ("标题", "")


def test_an_unfollowed_citizen_cannot_be_written_to(phone, token, send):
    openid = phone.get("/sandbox/phone/state").json["citizen"]["openid"]
    send(text="在吗")
    send(kind="unsubscribe")
    assert custom(phone, token, openid) == 43004


def dial(phone, **fault):
    return phone.post("/sandbox/api/_faults", json=fault).json


def test_a_fault_spoils_its_own_path_as_often_as_asked(phone, token):
    dial(phone, path="/cgi-bin/getcallbackip", errcode=-1, times=1)
    dial(phone, path="/cgi-bin/menu/get", status=502)
    assert [is_accepted(phone, token) for _ in range(2)] == [-1, 0]
    assert phone.get(f"{API}/menu/get?access_token={token}").status_code == 502
    assert dial(phone, clear=True)["faults"] == []
    assert phone.get(f"{API}/menu/get?access_token={token}").json["errcode"] == 46003
    assert dial(phone, path="/x", delay="long")["errcode"] == 47001
    assert dial(phone, path="/x", status=42)["errcode"] == 40097


def test_a_delayed_call_is_late_and_right(phone, token):
    dial(phone, path="*", delay=0.3)
    began = clock.monotonic()
    assert is_accepted(phone, token) == 0
    assert clock.monotonic() - began >= 0.3


def test_a_lost_response_breaks_off_after_the_call_was_done(sandbox_address):
    api = f"{sandbox_address}{API}"
    with requests.Session() as session:
        session.trust_env = False
        token = session.get(f"{api}/token", params=ACCOUNT, timeout=5).json()["access_token"]
        fault = {"path": "/cgi-bin/menu/create", "lost": True, "times": 1}
        session.post(f"{sandbox_address}/sandbox/api/_faults", json=fault, timeout=5)
        body = json.dumps({"button": [CLICK]}, ensure_ascii=False).encode()
        with pytest.raises(requests.RequestException):
            session.post(f"{api}/menu/create?access_token={token}", data=body, timeout=5)
        menu = session.get(f"{api}/menu/get?access_token={token}", timeout=5).json()
    assert menu["menu"]["button"][0]["name"] == "法律援助"
