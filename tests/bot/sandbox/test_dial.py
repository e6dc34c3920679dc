"""The control and the training desk: faults, time that passes, the administrator, and what went out."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

DIAL = "/sandbox/dial"


def code(answer):
    return answer.get("errcode", 0)


def press(account, act, **fields):
    response = account.phone.post(DIAL, data={"act": act, **fields})
    assert response.status_code == 303
    return response.headers["Location"].rpartition("=")[2]


def dial(account, **fault):
    return account.phone.post("/sandbox/api/_faults", json=fault).json


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SUBMIT = "cgi-bin/freepublish/submit"


@pytest.mark.parametrize(
    ("kind", "errcode", "is_done"),
    [
        ("busy", -1, False),
        ("busy_done", -1, True),
        ("quota", 45009, False),
        ("fast", 45011, False),
        ("right", 48001, False),
    ],
)
def test_a_fault_set_on_the_page_plays_once_and_does_what_it_says(account, kind, errcode, is_done):
    media_id = account.draft()
    assert press(account, "fault", kind=kind, path=f"/{SUBMIT}", times="1") == "done"
    assert code(account.post(SUBMIT, media_id=media_id)) == errcode
    assert len(account.state()["publications"]) == is_done
    assert account.phone.get("/sandbox/api/_faults").json["faults"] == []
    assert code(account.post(SUBMIT, media_id=media_id)) == 0


def test_a_code_of_ones_own_needs_a_number(account):
    assert press(account, "fault", kind="refuse", path=f"/{SUBMIT}", times="0", errcode="53503") == "done"
    assert code(account.post(SUBMIT, media_id="x")) == 53503
    assert press(account, "fault", kind="refuse", path=f"/{SUBMIT}", times="0", errcode="") == "wrong"
    assert press(account, "fault", kind="refuse", path=f"/{SUBMIT}", times="0", errcode="五") == "wrong"
    assert press(account, "fault", kind="no such", path=f"/{SUBMIT}") == "wrong"


def test_faults_are_shown_in_words_and_taken_away_one_by_one_or_all(account):
    press(account, "fault", kind="lost", path=f"/{SUBMIT}", times="3")
    press(account, "fault", kind="stall", path="*", times="0")
    text = account.phone.get(DIAL).text
    assert "提交发布：办成了，但回答丢了，还剩 3 次" in text
    assert "全部接口：卡住 30 秒" in text
    press(account, "clear", path="*")
    assert [one["path"] for one in account.phone.get("/sandbox/api/_faults").json["faults"]] == [f"/{SUBMIT}"]
    press(account, "clear")
    assert account.phone.get("/sandbox/api/_faults").json["faults"] == []


def test_an_answer_lost_after_success_was_a_success(sandbox_address):
    api = f"{sandbox_address}/sandbox/api"
    account = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "a-secret"}
    with requests.Session() as session:
        session.trust_env = False
        token = session.post(f"{api}/cgi-bin/stable_token", json=account, timeout=5).json()["access_token"]
        session.post(f"{api}/_faults", json={"path": "/cgi-bin/tags/create", "lost": True, "times": 1}, timeout=5)
        body = json.dumps({"tag": {"name": "律师"}}, ensure_ascii=False).encode()
        with pytest.raises(requests.RequestException):
            session.post(f"{api}/cgi-bin/tags/create?access_token={token}", data=body, timeout=5)
        tags = session.get(f"{api}/cgi-bin/tags/get?access_token={token}", timeout=5).json()["tags"]
    assert "律师" in [tag["name"] for tag in tags]


@pytest.mark.parametrize(("how", "errcode"), [("expire", 42001), ("revoke", 40001)])
def test_every_token_can_be_spoiled_and_a_new_one_works(account, how, errcode):
    assert press(account, "tokens", how=how) == "done"
    assert code(account.get("cgi-bin/getcallbackip").json) == errcode
    account.renew()
    assert code(account.get("cgi-bin/getcallbackip").json) == 0
    assert press(account, "tokens", how="no such") == "wrong"


# ── time, rules and the administrator ─────────────────────────────────────────────────────────────────────────────────


def test_letting_time_pass_finishes_what_waits_and_moves_nothing_backwards(account):
    press(account, "rules", account_type="subscription", publish_seconds="600")
    account.post(SUBMIT, media_id=account.draft())
    assert press(account, "pass", minutes="10.1") == "done"
    assert account.state()["publications"][0]["status"] == 0
    assert account.state()["ahead_seconds"] == 606
    for wrong in ("", "-5", "0", "viel", "1e9", "nan"):
        assert press(account, "pass", minutes=wrong) == "wrong"
    assert account.state()["ahead_seconds"] == 606


def test_what_is_due_comes_by_itself_after_time_was_let_pass(account, webhook):
    account.turn(publish_seconds=3600)
    account.post(SUBMIT, media_id=account.draft())
    account.turn(pass_seconds=3599.6)
    until = time.monotonic() + 5
    while not webhook.seen and time.monotonic() < until:
        time.sleep(0.02)
    assert "PUBLISHJOBFINISH" in webhook.seen[0]


def test_the_rules_of_the_page_are_kept_and_shown(account):
    press(
        account, "rules", account_type="service", needs_admin="on", mass_status="err(20001)", publish_status="4",
        mass_seconds="7", clientmsgid_characters="64",
    )  # fmt: skip
    settings = account.state()["settings"]
    assert (settings["account_type"], settings["needs_admin"], settings["is_quota_lifted"]) == ("service", True, False)
    assert (settings["mass_status"], settings["publish_status"], settings["mass_seconds"]) == ("err(20001)", 4, 7.0)
    assert re.search(r'value="64"|<option selected>64', account.phone.get(DIAL).text)
    assert press(account, "rules", account_type="private") == "wrong"


@pytest.mark.parametrize(("button", "state"), [("confirm", "sending"), ("refuse", "failed")])
def test_the_administrators_answer_is_one_button(account, button, state):
    account.turn(needs_admin=True, mass_seconds=60)
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": account.draft()}}
    waiting = account.post("cgi-bin/message/mass/sendall", clientmsgid="a", **body)
    text = account.phone.get(DIAL).text
    assert "还剩 30 分钟" in text
    assert f'value="{waiting["msg_id"]}"' in text
    assert press(account, button, msg_id=waiting["msg_id"]) == "done"
    assert account.state()["sends"][0]["state"] == state
    assert press(account, button, msg_id=waiting["msg_id"]) == "wrong"
    assert "管理员的手机" not in account.phone.get(DIAL).text


def test_what_went_out_is_shown_with_a_link_to_read_it(account):
    account.turn(publish_seconds=0)
    account.post(SUBMIT, media_id=account.draft(account.article(title="<b>标题</b>")))
    account.state()
    text = account.phone.get(DIAL).text
    (address,) = set(re.findall(r'href="(/sandbox/articles/[\w-]+)"', text))
    assert "正文" in account.phone.get(address).text
    assert "&lt;b&gt;标题" in text
    assert "<b>标题" not in text


@pytest.mark.parametrize(
    "wanted",
    [
        {"no such": 1},
        {"publish_seconds": "soon"},
        {"publish_seconds": -1},
        {"needs_admin": 1},
        {"account_type": "private"},
        {"pass_seconds": "1"},
        {"pass_seconds": -1},
        {"tokens": "x"},
        {"needs_admin": True, "no such": 1},
    ],
)
def test_what_the_control_does_not_know_is_refused_and_changes_nothing(account, wanted):
    before = account.state()
    assert account.turn(**wanted)["errcode"] == 47001
    after = account.state()
    assert after["settings"] == before["settings"]
    assert after["ahead_seconds"] == 0


def test_the_control_counts_what_was_asked_for(account):
    for _ in range(3):
        account.get("cgi-bin/getcallbackip")
    assert account.state()["calls"]["/cgi-bin/getcallbackip"] == 3


def test_a_page_of_somebody_else_cannot_press_the_buttons(account):
    for act in ("pass", "fault"):
        response = account.phone.post(DIAL, data={"act": act, "minutes": "5"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
    assert account.phone.post("/sandbox/api/_control", data='{"pass_seconds": 5}').json["errcode"] == 44002
    assert account.state()["ahead_seconds"] == 0


def test_the_page_carries_no_inline_code(account):
    text = account.phone.get(DIAL).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script", text)
    assert account.phone.post(DIAL, data={"act": "no such"}).status_code == 400


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_many_at_once_publish_each_once_and_every_event_comes(sandbox_address, webhook):
    api = f"{sandbox_address}/sandbox/api"
    account = {"grant_type": "client_credential", "appid": "wx0123456789abcdef", "secret": "a-secret"}
    session = requests.Session()
    session.trust_env = False
    token = session.post(f"{api}/cgi-bin/stable_token", json=account, timeout=5).json()["access_token"]
    session.post(f"{api}/_control", json={"publish_seconds": 0, "is_quota_lifted": True}, timeout=5)

    def post(path, **body):
        raw = json.dumps(body, ensure_ascii=False).encode()
        return requests.post(f"{api}/{path}?access_token={token}", data=raw, timeout=30).json()

    cover = session.post(
        f"{api}/cgi-bin/material/add_material?type=image&access_token={token}",
        files={"media": ("a.jpg", b"\xff\xd8\xff" + bytes(60))},
        timeout=5,
    ).json()["media_id"]

    def publish(number):
        article = {"title": f"第{number}篇", "content": "<p>正文</p>", "thumb_media_id": cover}
        return post(SUBMIT, media_id=post("cgi-bin/draft/add", articles=[article])["media_id"])["publish_id"]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(publish, range(100)))
    until = time.monotonic() + 20
    while len(webhook.seen) < 100 and time.monotonic() < until:
        time.sleep(0.05)
    session.close()
    told = {re.search(r"<publish_id><!\[CDATA\[(\d+)", xml)[1] for xml in webhook.seen}
    assert (len(set(ids)), told) == (100, set(ids))  # one that was answered late may have come again, as WeChat's does
