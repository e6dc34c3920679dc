"""Mass sends: quota, the memory of clientmsgid, the administrator's phone, the finished event, and the arrival on the
phones.
"""

import time
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring

from content.store import clock

NOON = datetime(2026, 12, 4, 4, 0, tzinfo=UTC)
CALL = "cgi-bin/message/mass/sendall"


def code(answer):
    return answer.get("errcode", 0)


def events(webhook, count):
    until = time.monotonic() + 5
    while len(webhook.seen) < count and time.monotonic() < until:
        time.sleep(0.02)
    return [fromstring(xml) for xml in webhook.seen]


def send(account, name="a-1", **changed):
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "send_ignore_reprint": 0, "clientmsgid": name}
    if "mpnews" not in changed and changed.get("msgtype", "mpnews") == "mpnews":
        changed["mpnews"] = {"media_id": account.draft()}
    return account.post(CALL, **{**body, **changed})


@pytest.fixture
def quick(account):
    """At noon, with results at once."""
    with clock.fixed_at(NOON):
        account.renew()
        account.turn(mass_seconds=0)
        yield account


def test_a_send_to_all_arrives_as_a_card_that_opens_the_article_and_is_told(account, webhook):
    account.turn(mass_seconds=10)
    made = send(account)
    assert account.post("cgi-bin/message/mass/get", msg_id=made["msg_id"])["msg_status"] == "SENDING"
    account.turn(pass_seconds=11)
    assert account.post("cgi-bin/message/mass/get", msg_id=made["msg_id"])["msg_status"] == "SEND_SUCCESS"
    for citizen in ("c1", "c2"):
        (card,) = account.chat(citizen)[-1]["articles"]
        assert "正文" in account.phone.get(card["url"]).text
        assert account.phone.get(card["picture"]).content_type == "image/jpeg"
    assert account.chat("c3") == []  # does not follow
    (event,) = events(webhook, 1)
    assert event.findtext("FromUserName") == "mphelper"
    told = {
        name: event.findtext(name) for name in ("Event", "MsgID", "Status", "TotalCount", "SentCount", "ErrorCount")
    }
    assert told == {
        "Event": "MASSSENDJOBFINISH", "MsgID": str(made["msg_id"]), "Status": "send success",
        "TotalCount": "2", "SentCount": "2", "ErrorCount": "0",
    }  # fmt: skip
    assert event.findtext("CopyrightCheckResult/CheckState") == "1"
    address = event.findtext("ArticleUrlResult/ResultList/item/ArticleUrl")
    assert "正文" in account.phone.get(address).text
    assert account.state()["drafts"] == []


def test_a_send_to_a_tag_reaches_only_those_who_have_it(quick):
    tag = quick.post("cgi-bin/tags/create", tag={"name": "律师"})["tag"]["id"]
    openid = quick.phone.get("/sandbox/phone/state?citizen=c2").json["citizen"]["openid"]
    assert code(quick.post("cgi-bin/tags/members/batchtagging", tagid=tag, openid_list=[openid])) == 0
    assert code(send(quick, filter={"is_to_all": False, "tag_id": tag})) == 0
    quick.state()
    assert (len(quick.chat("c1")), len(quick.chat("c2"))) == (0, 1)
    assert code(send(quick, "a-2", filter={"is_to_all": False, "tag_id": 999})) == 40152


def test_a_repeated_clientmsgid_is_told_the_first_number_for_a_day(quick):
    first = send(quick)
    again = send(quick)
    assert (again["errcode"], again["msg_id"], "msg_data_id" in again) == (45065, first["msg_id"], False)
    assert "rid: " in again["errmsg"]
    assert [code(send(quick)) for _ in range(5)] == [45065] * 4 + [45066]
    quick.turn(pass_seconds=61)
    assert code(send(quick)) == 45065
    quick.turn(pass_seconds=86_400)
    quick.renew()
    assert code(send(quick)) == 0
    assert len(quick.state()["sends"]) == 2


def test_without_a_clientmsgid_the_same_content_to_the_same_audience_is_a_repetition(quick):
    media_id = quick.draft()
    answers = [send(quick, None, mpnews={"media_id": media_id}) for _ in range(2)]
    assert [code(answer) for answer in answers] == [0, 45065]


def test_a_clientmsgid_may_have_32_characters_or_64_where_that_is_set(quick):
    assert code(send(quick, "a" * 33)) == 45067
    assert code(send(quick, "推送")) == 45067
    quick.turn(clientmsgid_characters=64)
    assert code(send(quick, "a" * 64)) == 0


def test_a_subscription_account_sends_once_a_day(quick):
    assert [code(send(quick, name)) for name in ("a-1", "a-2")] == [0, 45028]
    quick.turn(pass_seconds=12 * 3600)
    quick.renew()
    assert code(send(quick, "a-3")) == 0
    quick.turn(is_quota_lifted=True)
    assert code(send(quick, "a-4")) == 0


def test_a_send_that_failed_spends_no_quota(quick):
    quick.turn(mass_status="err(20001)")
    send(quick)
    quick.turn(mass_status="send success")
    assert code(send(quick, "a-2")) == 0


def test_a_service_account_sends_to_all_four_times_a_month_and_to_tags_until_each_has_had_four(quick):
    quick.turn(account_type="service")
    tag = quick.post("cgi-bin/tags/create", tag={"name": "甲"})["tag"]["id"]
    openid = quick.phone.get("/sandbox/phone/state?citizen=c1").json["citizen"]["openid"]
    quick.post("cgi-bin/tags/members/batchtagging", tagid=tag, openid_list=[openid])
    for number in range(4):
        assert code(send(quick, f"a-{number}")) == 0
        quick.turn(pass_seconds=86_400)
        quick.renew()
    assert code(send(quick, "a-5")) == 45028
    assert code(send(quick, "a-6", filter={"is_to_all": False, "tag_id": tag})) == 0
    assert quick.state()["sends"][-1]["counts"]["SentCount"] == 0
    quick.turn(pass_seconds=25 * 86_400)
    quick.renew()
    assert code(send(quick, "a-7")) == 0
    assert quick.state()["sends"][-1]["counts"]["SentCount"] == 2


def test_only_a_service_account_sends_to_named_followers(quick):
    openids = [
        quick.phone.get(f"/sandbox/phone/state?citizen={name}").json["citizen"]["openid"] for name in ("c1", "c2")
    ]
    body = {"msgtype": "text", "text": {"content": "通知"}}
    assert code(quick.post("cgi-bin/message/mass/send", touser=openids, **body)) == 48001
    quick.turn(account_type="service")
    assert code(quick.post("cgi-bin/message/mass/send", touser=openids[:1], **body)) == 40130
    assert code(quick.post("cgi-bin/message/mass/send", touser=openids, **body)) == 0
    quick.state()
    assert quick.chat("c2")[-1]["text"] == "通知"


def test_the_administrators_yes_lets_it_go(quick, webhook):
    quick.turn(needs_admin=True)
    waiting = send(quick)
    assert (waiting["errcode"], code(send(quick))) == (89505, 89504)
    assert quick.chat() == []
    quick.turn(confirm=waiting["msg_id"])
    quick.state()
    (event,) = events(webhook, 1)
    assert (event.findtext("MsgID"), event.findtext("Status")) == (str(waiting["msg_id"]), "send success")
    assert len(quick.chat()) == 1
    assert quick.turn(confirm=waiting["msg_id"])["errcode"] == 40059


@pytest.mark.parametrize(("how", "said"), [("refuse", "err(40001)"), ("pass", "err(40002)")])
def test_the_administrators_no_and_his_silence_end_it_as_failed(quick, webhook, how, said):
    quick.turn(needs_admin=True, gives_msg_id=False)
    assert "msg_id" not in send(quick)
    (waiting,) = quick.state()["sends"]
    assert waiting["confirm_until"] == int(NOON.timestamp()) + 1800
    quick.turn(**({"refuse": waiting["msg_id"]} if how == "refuse" else {"pass_seconds": 1801}))
    (event,) = events(webhook, 1)
    assert (event.findtext("MsgID"), event.findtext("Status")) == (str(waiting["msg_id"]), said)
    assert quick.post("cgi-bin/message/mass/get", msg_id=waiting["msg_id"])["msg_status"] == "SEND_FAIL"
    assert quick.chat() == []


def test_a_send_that_the_platform_turns_down_reaches_nobody_and_keeps_the_draft(quick, webhook):
    quick.turn(mass_status="err(30002)")
    send(quick)
    assert len(quick.state()["drafts"]) == 1
    (event,) = events(webhook, 1)
    assert (event.findtext("Status"), event.findtext("CopyrightCheckResult/CheckState")) == ("err(30002)", "3")
    assert event.find("ArticleUrlResult") is None
    assert quick.chat() == []


def test_results_can_be_lost_on_their_way(quick, webhook):
    quick.turn(loses_events=True)
    made = send(quick)
    assert quick.post("cgi-bin/message/mass/get", msg_id=made["msg_id"])["msg_status"] == "SEND_SUCCESS"
    assert webhook.seen == []


def test_a_deleted_send_leaves_its_card_and_takes_the_article(quick):
    made = send(quick)
    assert code(quick.post("cgi-bin/message/mass/delete", msg_id=made["msg_id"], article_idx=2)) == 40065
    assert code(quick.post("cgi-bin/message/mass/delete", msg_id=made["msg_id"])) == 0
    (card,) = quick.chat()[-1]["articles"]
    assert "已被发布者删除" in quick.phone.get(card["url"]).text
    assert quick.post("cgi-bin/message/mass/get", msg_id=made["msg_id"])["msg_status"] == "DELETE"
    assert code(quick.post("cgi-bin/message/mass/delete", msg_id=1)) == 40059


def test_a_preview_comes_to_one_phone_and_spends_no_quota(quick):
    body = {"msgtype": "mpnews", "mpnews": {"media_id": quick.draft()}}
    assert code(quick.post("cgi-bin/message/mass/preview", towxname="演示市民乙", **body)) == 0
    assert (len(quick.chat("c1")), len(quick.chat("c2"))) == (0, 1)
    assert "预览" in quick.phone.get(quick.chat("c2")[0]["articles"][0]["url"]).text
    assert code(quick.post("cgi-bin/message/mass/preview", towxname="没有这个人", **body)) == 40132
    assert code(quick.post("cgi-bin/message/mass/preview", towxname="演示市民丙", **body)) == 43004
    assert code(send(quick)) == 0


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"filter": None}, 40035),
        ({"filter": {"is_to_all": False}}, 40152),
        ({"mpnews": {"media_id": "nobody"}}, 40007),
        ({"msgtype": "wxcard"}, 40008),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "image", "images": {"media_ids": ["nobody"]}}, 40007),
    ],
)
def test_what_cannot_be_sent_is_refused_and_spends_nothing(quick, changed, errcode):
    assert code(send(quick, **changed)) == errcode
    assert code(send(quick, "a-2")) == 0


def test_the_speed_can_be_set_and_read(quick):
    assert code(quick.post("cgi-bin/message/mass/speed/set", speed=4)) == 0
    assert quick.post("cgi-bin/message/mass/speed/get")["realspeed"] == 10
    assert code(quick.post("cgi-bin/message/mass/speed/set", speed=5)) == 45083
