"""GET and POST /wechat through Flask, with real Redis and both databases."""

import itertools
import logging
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import wait_until
from makers import ACCOUNT, message_xml, signed_query
from sqlalchemy import func, select

from bot import turnstile
from bot.log import JsonLines
from content.phrases import say
from content.store import clock
from content.store.db import Database
from handlers import citizens, router
from handlers.citizens import Citizen, pseudonym_of
from handlers.message import Article, Reply
from handlers.quiz.models import GivenAnswer, Round
from handlers.turns import Miss

TOKEN = "test-token"
_moments = itertools.count(1_793_500_000)


def somebody() -> str:
    return f"o{secrets.token_hex(13)}"


def text(words: str, openid: str | None = None, **fields: object) -> str:
    return message_xml(openid or somebody(), Content=words, **fields)


def event(name: str, openid: str | None = None, at: int | None = None, **fields: object) -> str:
    return message_xml(openid or somebody(), "event", at or next(_moments), Event=name, **fields)


def errors(caplog) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


# ── GET: the server's address is saved in the platform's console ──────────────────────────────────────────────────────


@pytest.fixture
def browser(post):
    return post.app.test_client()


@pytest.mark.parametrize("echo", ["5837397520665485", "a b+c/=", "<b>"])
def test_the_platforms_echo_comes_back_word_for_word_as_plain_text(browser, echo):
    response = browser.get("/wechat", query_string={**signed_query(TOKEN), "echostr": echo})
    assert (response.status_code, response.text) == (200, echo)
    assert response.mimetype == "text/plain"


def spoilt_queries() -> dict[str, object]:
    good = {**signed_query(TOKEN), "echostr": "1"}
    pairs = list(good.items())
    cases: dict[str, object] = {"nothing": {}}
    for name in good:
        cases[f"no {name}"] = [pair for pair in pairs if pair[0] != name]
        cases[f"{name} twice"] = [*pairs, (name, good[name])]
        cases[f"{name} as a list"] = [(f"{name}[]" if key == name else key, value) for key, value in pairs]
        cases[f"an empty {name}"] = [(key, "" if key == name else value) for key, value in pairs]
        cases[f"a long {name}"] = [(key, value * 600 if key == name else value) for key, value in pairs]
    cases["another signature"] = {**good, "signature": "0" * 40}
    cases["more than anybody writes"] = {**good, "x": "a" * 5000}
    cases["another token's signature"] = {**good, **signed_query("another")}
    cases["a signature in capitals"] = {**good, "signature": good["signature"].upper()}
    return cases


@pytest.mark.parametrize("name", [name for name in spoilt_queries() if name != "an empty echostr"])
def test_an_address_that_is_not_rightly_signed_is_refused(browser, name):
    response = browser.get("/wechat", query_string=spoilt_queries()[name])
    assert (response.status_code, response.data) == (403, b"")


@pytest.mark.parametrize("name", [name for name in spoilt_queries() if "echostr" not in name])
def test_a_message_that_is_not_rightly_signed_is_refused_and_nothing_else_happens(post, shared_memory, caplog, name):
    before = set(shared_memory.client.keys())
    query = spoilt_queries()[name]
    for body in (text("办理公证"), "<no xml"):
        came = post.raw(body.encode(), query)
        assert (came.status, came.wire) == (403, b"")
    assert set(shared_memory.client.keys()) == before
    assert [record.levelname for record in caplog.records] in ([], ["WARNING"] * 2)
    assert "公证" not in caplog.text


def test_a_query_in_broken_utf_8_is_refused(post):
    assert post.raw(text("你好").encode(), "signature=%ff&timestamp=1&nonce=%fe%fe").status == 403


@pytest.mark.parametrize(("moved", "status"), [(0, 200), (300, 200), (-300, 200), (301, 403), (-301, 403)])
def test_a_request_too_far_from_our_clock_is_refused_where_that_is_asked_for(
    one_bureau, shared_memory, make_post, moved, status
):
    strict = make_post(one_bureau, shared_memory, max_skew_seconds=300)
    with clock.fixed_at(datetime.fromtimestamp(1_793_500_000 + moved, UTC)):
        assert strict.sends(text("你好")).status == status


@pytest.mark.parametrize("timestamp", ["soon", "-1793500000", "1793500000.5", "²"])
def test_where_the_clock_counts_a_timestamp_must_be_a_number(one_bureau, shared_memory, make_post, timestamp):
    strict = make_post(one_bureau, shared_memory, max_skew_seconds=300)
    assert strict.raw(text("你好").encode(), signed_query(TOKEN, timestamp=timestamp)).status == 403


def test_a_wrong_clock_does_not_silence_the_account(post):
    with clock.fixed_at(datetime(2001, 1, 1, tzinfo=UTC)):
        assert post.sends(text("你好")).text


# ── size ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def body_of(size: int) -> bytes:
    body = text("").encode()
    return body.replace(b"<Content>", b"<Content>" + b"a" * (size - len(body)))


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413), (3_000_000, 413)])
def test_a_body_over_64_kilobytes_is_refused(post, size, status):
    assert post.sends(body_of(size)).status == status


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413), (3_000_000, 413)])
def test_a_body_that_does_not_say_its_length_is_refused_just_the_same(post, size, status):
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert post.sends(body_of(size), content_length="", environ_overrides=environ).status == status


# ── what is no message ────────────────────────────────────────────────────────────────────────────────────────────────

GOOD = message_xml("oA", Content="你好", number=1)
CLICK = message_xml("oA", "event", Event="CLICK", EventKey="talk/menu")


def without(tag: str) -> str:
    start, end = GOOD.index(f"<{tag}>"), GOOD.index(f"</{tag}>") + len(f"</{tag}>")
    return GOOD[:start] + GOOD[end:]


def with_(tag: str, inside: str) -> str:
    start, end = GOOD.index(f"<{tag}>") + len(tag) + 2, GOOD.index(f"</{tag}>")
    return GOOD[:start] + inside + GOOD[end:]


HEAD = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
MALFORMED: dict[str, str | bytes] = {
    "nothing": b"",
    "a space": b" ",
    "a null": b"\0",
    "words": "你好",
    "json": '{"ToUserName": "gh_a", "MsgType": "text"}',
    "a form": "MsgType=text&Content=1",
    "html": "<html><body>你好</body></html>",
    "another root": GOOD.replace("xml>", "message>"),
    "a root in capitals": GOOD.replace("xml>", "XML>"),
    "an empty root": "<xml/>",
    "a root of words": "<xml>你好</xml>",
    "an unclosed root": GOOD.removesuffix("</xml>"),
    "an unclosed field": GOOD.replace("</Content>", ""),
    "crossed fields": GOOD.replace("</Content>", "</MsgId></Content>"),
    "two messages": GOOD + GOOD,
    "words before": "你好" + GOOD,
    "words behind": GOOD + "你好",
    "a lone sign": with_("Content", "<"),
    "a lone ampersand": with_("Content", "a & b"),
    "an unknown entity": with_("Content", "&nbsp;"),
    "an unclosed cdata": with_("Content", "<![CDATA[你好"),
    "a cdata's end": with_("Content", "]]>"),
    "a forbidden character": with_("Content", "\x0b"),
    "a forbidden reference": with_("Content", "&#x1;"),
    "half a surrogate": with_("Content", "&#xD83D;"),
    "a reference beyond everything": with_("Content", "&#x110000;"),
    "an attribute twice": with_("Content", "<a b='1' b='2'/>"),
    "half a character": GOOD.encode().replace("你".encode(), b"\xe4\xbd"),
    "gbk": GOOD.encode("gbk"),
    "utf-16": GOOD.encode("utf-16"),
    "a surrogate in utf-8": GOOD.encode().replace("你".encode(), b"\xed\xa0\xbd"),
    "an overlong null": GOOD.encode().replace("你".encode(), b"\xc0\x80"),
    "declared as something unknown": '<?xml version="1.0" encoding="x-unknown"?><xml><a>1</a></xml>',
    "declared as gbk": '<?xml version="1.0" encoding="gbk"?><xml><a>1</a></xml>',
    "declared late": GOOD + '<?xml version="1.0"?>',
    "a doctype": "<!DOCTYPE xml>" + GOOD,
    "an entity of its own": '<!DOCTYPE xml [<!ENTITY a "你好">]>' + with_("Content", "&a;"),
    "a billion laughs": '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + with_("Content", "&b;"),
    "a file of ours": '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + with_("Content", "&a;"),
    "an address": '<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/a.dtd">' + GOOD,
    "deep nesting": "<xml>" + "<a>" * 5000 + "</a>" * 5000 + "</xml>",
    "a little deep nesting": with_("Content", "<a><b><c><d><e>1</e></d></c></b></a>"),
    "many fields": GOOD.replace("<Content>", "<a/>" + "".join(f"<b{n}/>" for n in range(500)) + "<Content>"),
    "only what is not ours": "<xml><SuiteId>1</SuiteId><InfoType>suite_ticket</InfoType></xml>",
    "nested words": with_("Content", "<b>你好</b>"),
    "a nested number": with_("MsgId", "<b>1</b>"),
    "a repeated number": GOOD.replace("<MsgId>", "<MsgId>2</MsgId><MsgId>"),
    "repeated words": GOOD.replace("<Content>", "<Content>再见</Content><Content>"),
    "repeated field of no meaning": GOOD.replace("</xml>", "<a>1</a><a>2</a></xml>"),
    "an endless sender": with_("FromUserName", "o" * 65),
    "a time in words": with_("CreateTime", "今天"),
    "a time below zero": with_("CreateTime", "-1"),
    "a time with a point": with_("CreateTime", "1.5"),
    "an endless time": with_("CreateTime", "9" * 30),
    "an event with a nested name": CLICK.replace("CLICK", "<a>CLICK</a>"),
    "an event without a name": CLICK.replace("<Event>CLICK</Event>", ""),
    "an event with an empty name": CLICK.replace("CLICK", " "),
    "an event with a nested key": CLICK.replace("talk/menu", "<a>talk/menu</a>"),
    **{f"no {tag}": without(tag) for tag in HEAD},
    **{f"an empty {tag}": with_(tag, "") for tag in HEAD},
    **{f"a blank {tag}": with_(tag, " \n") for tag in HEAD},
    **{f"a nested {tag}": with_(tag, "<a>1</a>") for tag in HEAD},
    **{f"{tag} twice": GOOD.replace(f"<{tag}>", f"<{tag}>1</{tag}><{tag}>") for tag in HEAD},
}


def test_there_are_enough_ways_to_be_malformed():
    assert len(MALFORMED) >= 50


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_message_is_refused_without_a_word_and_without_an_error(
    make_post, one_bureau, shared_memory, caplog, mode, name
):
    came = make_post(one_bureau, shared_memory, mode).sends(MALFORMED[name])
    assert (came.status, came.wire) == (400, b"")
    assert errors(caplog) == []


def test_a_body_that_ends_too_early_is_refused(post, caplog):
    came = post.sends(GOOD, environ_overrides={"CONTENT_LENGTH": str(len(GOOD.encode()) + 10)})
    assert 400 <= came.status < 500
    assert b"Traceback" not in came.wire
    assert errors(caplog) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(browser, method):
    assert browser.open("/wechat", method=method).status_code == 405


@pytest.fixture(params=["plain", "compatible", "safe"])
def each_mode(request, one_bureau, shared_memory, make_post):
    """An account in each of the three modes."""
    return make_post(one_bureau, shared_memory, request.param)


def test_an_account_in_safe_mode_refuses_plain_messages(one_bureau, shared_memory, make_post):
    safe = make_post(one_bureau, shared_memory, "safe")
    came = safe.raw(GOOD.encode(), signed_query(TOKEN))
    assert (came.status, came.wire) == (403, b"")


@pytest.mark.parametrize("encryption", ["des", "AES", "", "none"])
@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_an_encryption_that_nobody_knows_was_taken_for_none(one_bureau, shared_memory, make_post, mode, encryption):
    query = {**signed_query(TOKEN), "encrypt_type": encryption}
    came = make_post(one_bureau, shared_memory, mode).raw(GOOD.encode(), query)
    assert (came.status, came.wire) == (403, b"")


# ── every message and every event ─────────────────────────────────────────────────────────────────────────────────────

FROM_AN_ARTICLE = {"MsgDataId": "2247483650_1", "Idx": "1"}
MESSAGES = {
    "text": ("text", {"Content": "拖欠工资怎么办"}, "工资"),
    "a tapped choice": ("text", {"Content": "办理公证", "bizmsgmenuid": "101"}, "公证"),
    "from an article": ("text", {"Content": "法律援助", **FROM_AN_ARTICLE}, "法律援助"),
    "image": ("image", {"PicUrl": "https://mmbiz.qpic.cn/a", "MediaId": "m"}, "图片"),
    "voice": ("voice", {"MediaId": "m", "Format": "amr", "MediaId16K": "k"}, "语音"),
    "voice with dead recognition": ("voice", {"MediaId": "m", "Format": "amr", "Recognition": ""}, "语音"),
    "video": ("video", {"MediaId": "m", "ThumbMediaId": "t"}, "视频"),
    "shortvideo": ("shortvideo", {"MediaId": "m", "ThumbMediaId": "t"}, "视频"),
    "location": ("location", {"Location_X": "40.7", "Location_Y": "120.8", "Scale": "15", "Label": "海边"}, "位置"),
    "link": ("link", {"Title": "标题", "Description": "说明", "Url": "https://example.com"}, "链接"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_kind_of_message_is_answered_in_every_mode(each_mode, name):
    kind, fields, word = MESSAGES[name]
    openid = somebody()
    came = each_mode.sends(message_xml(openid, kind, **fields))
    assert (came.status, came.xml.findtext("ToUserName"), came.xml.findtext("FromUserName")) == (200, openid, ACCOUNT)
    assert word in came.text
    assert came.content_type.startswith("text/xml")


@pytest.mark.parametrize("kind", ["hardware", "device_text", "TEXTX", "中文"])
def test_a_kind_of_message_that_is_not_known_yet_is_acknowledged(post, kind):
    assert post.sends(message_xml(somebody(), kind, Anything={"Nested": "1"})).is_silent


@pytest.mark.parametrize("words", ["", " ", "\n\n", "？？？", "😀", "​", "a" * 2000, "字" * 5000])
def test_whatever_is_written_is_answered_with_something_to_read(post, words):
    assert post.sends(text(words)).text.strip()


LIST = "<List><TemplateId>T{0}</TemplateId>{1}</List>"
STATUS = "<SubscribeStatusString>accept</SubscribeStatusString><PopupScene>1</PopupScene>"
SENT = "<MsgID>17</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus>"
ARTICLE = "<item><ArticleIdx>{0}</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>0</AuditState></item>"
URL = "<item><ArticleIdx>{0}</ArticleIdx><ArticleUrl><![CDATA[https://mp.weixin.qq.com/s/{0}]]></ArticleUrl></item>"
MASS = (
    "<MsgID>3147480001</MsgID><Status><![CDATA[send success]]></Status><TotalCount>1200</TotalCount>"
    "<FilterCount>1190</FilterCount><SentCount>1188</SentCount><ErrorCount>2</ErrorCount><CopyrightCheckResult>"
    "<Count>8</Count><ResultList>{0}</ResultList><CheckState>1</CheckState></CopyrightCheckResult>"
    "<ArticleUrlResult><Count>8</Count><ResultList>{1}</ResultList></ArticleUrlResult>"
)
PUBLISHED = (
    "<PublishEventInfo><publish_id>2247480001</publish_id><publish_status>0</publish_status><article_id>A</article_id>"
    "<article_detail><count>2</count><item><idx>1</idx><article_url>u</article_url></item><item><idx>2</idx>"
    "<article_url>u</article_url></item></article_detail><fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>"
)
SCANNED = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"
PICTURES = (
    "<SendPicsInfo><Count>2</Count><PicList>"
    + "<item><PicMd5Sum>m</PicMd5Sum></item>" * 2
    + ("</PicList></SendPicsInfo>")
)
PLACE = (
    "<SendLocationInfo><Location_X>40</Location_X><Location_Y>120</Location_Y><Scale>15</Scale><Label>海边</Label>"
    "<Poiname></Poiname></SendLocationInfo>"
)
USER = "<OpenID>oX</OpenID><AppID>wx</AppID><RevokeInfo>1</RevokeInfo>"
KEY = "<EventKey><![CDATA[{0}]]></EventKey>"
SILENT_EVENTS = {
    "unsubscribe": ("unsubscribe", "<EventKey></EventKey>"),
    "SCAN": ("SCAN", KEY.format("hall-3") + "<Ticket>t</Ticket>"),
    "LOCATION": ("LOCATION", "<Latitude>40</Latitude><Longitude>120</Longitude><Precision>40.0</Precision>"),
    "VIEW": ("VIEW", KEY.format("https://example.com/?a=1&b=2") + "<MenuId>1</MenuId>"),
    "view_miniprogram": ("view_miniprogram", KEY.format("pages/index") + "<MenuId>1</MenuId>"),
    "scancode_push": ("scancode_push", KEY.format("k") + SCANNED),
    "pic_sysphoto": ("pic_sysphoto", KEY.format("k") + PICTURES),
    "pic_photo_or_album": ("pic_photo_or_album", KEY.format("k") + PICTURES),
    "pic_weixin": ("pic_weixin", KEY.format("k") + PICTURES.replace("2", "1", 1)),
    "TEMPLATESENDJOBFINISH": ("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>failed: system failed</Status>"),
    "MASSSENDJOBFINISH with one article": (
        "MASSSENDJOBFINISH", MASS.format(ARTICLE.format(1), URL.format(1)),
    ),
    "MASSSENDJOBFINISH with eight": (
        "masssendjobfinish", MASS.format("".join(map(ARTICLE.format, range(1, 9))), "".join(map(URL.format, range(8)))),
    ),
    "MASSSENDJOBFINISH with none": ("MASSSENDJOBFINISH", "<MsgID>1</MsgID><Status>err(30003)</Status>"),
    "PUBLISHJOBFINISH": ("PUBLISHJOBFINISH", PUBLISHED),
    "subscribe_msg_popup_event": (
        "subscribe_msg_popup_event",
        f"<SubscribeMsgPopupEvent>{LIST.format(1, STATUS)}{LIST.format(2, STATUS)}</SubscribeMsgPopupEvent>",
    ),
    "subscribe_msg_change_event": (
        "subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{LIST.format(1, STATUS)}</SubscribeMsgChangeEvent>",
    ),
    "subscribe_msg_sent_event": (
        "subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{LIST.format(1, SENT)}</SubscribeMsgSentEvent>",
    ),
    "kf_create_session": ("kf_create_session", "<KfAccount>a@b</KfAccount>"),
    "kf_close_session": ("kf_close_session", "<KfAccount>a@b</KfAccount><CloseType>KF</CloseType>"),
    "kf_switch_session": ("kf_switch_session", "<FromKfAccount>a</FromKfAccount><ToKfAccount>b</ToKfAccount>"),
    "user_info_modified": ("user_info_modified", USER),
    "user_authorization_revoke": ("user_authorization_revoke", USER),
    "user_authorization_cancellation": ("user_authorization_cancellation", USER.lower()),
    "qualification_verify_success": ("qualification_verify_success", "<ExpiredTime>1793500000</ExpiredTime>"),
    "qualification_verify_fail": ("qualification_verify_fail", "<FailTime>1</FailTime><FailReason>r</FailReason>"),
    "naming_verify_success": ("naming_verify_success", "<ExpiredTime>1</ExpiredTime>"),
    "naming_verify_fail": ("naming_verify_fail", "<FailTime>1</FailTime><FailReason>r</FailReason>"),
    "annual_renew": ("annual_renew", "<ExpiredTime>1</ExpiredTime>"),
    "verify_expired": ("verify_expired", "<ExpiredTime>1</ExpiredTime>"),
    "card_pass_check": ("card_pass_check", "<CardId>c</CardId>"),
    "user_get_card": ("user_get_card", "<CardId>c</CardId><IsGiveByFriend>1</IsGiveByFriend>"),
    "one of next year": ("something_new_2027", "<Deep><Deeper><Deepest>1</Deepest></Deeper></Deep>"),
}  # fmt: skip


def raw_event(name: str, inside: str, openid: str = "") -> str:
    return event(name, openid or somebody()).replace("</xml>", inside + "</xml>")


@pytest.mark.parametrize("name", SILENT_EVENTS)
def test_every_event_that_wants_no_answer_is_acknowledged(post, caplog, name):
    event_name, inside = SILENT_EVENTS[name]
    sender = "mphelper" if "mass" in event_name.lower() else somebody()
    came = post.sends(raw_event(event_name, inside, sender))
    assert came.is_silent
    assert came.content_type.startswith("text/plain")
    assert errors(caplog) == []


SPEAKING_EVENTS = {
    "subscribe": ("subscribe", "", "葫芦岛普法"),
    "subscribe with an empty key": ("subscribe", "<EventKey></EventKey>", "葫芦岛普法"),
    "subscribe by a scene": ("subscribe", "<EventKey>qrscene_hall-3</EventKey><Ticket>t</Ticket>", "葫芦岛普法"),
    "SUBSCRIBE in capitals": ("SUBSCRIBE", "<EventKey>qrscene_</EventKey>", "葫芦岛普法"),
    "CLICK": ("CLICK", KEY.format("service/hotline"), "12348"),
    "click in small letters": ("click", KEY.format("service/hotline"), "12348"),
    "CLICK on words": ("CLICK", KEY.format("办理公证"), "公证"),
    "scancode_waitmsg": ("scancode_waitmsg", KEY.format("k") + SCANNED, "链接"),
    "location_select": ("location_select", KEY.format("k") + PLACE, "位置"),
}


@pytest.mark.parametrize("name", SPEAKING_EVENTS)
def test_every_event_that_a_citizen_waits_upon_is_answered(each_mode, name):
    event_name, inside, word = SPEAKING_EVENTS[name]
    assert word in each_mode.sends(raw_event(event_name, inside)).text


def test_every_event_of_the_platforms_list_has_a_test():
    """wechat-platform.md section 1.5, by hand."""
    named = {name.lower() for name, *_ in [*SILENT_EVENTS.values(), *SPEAKING_EVENTS.values()]}
    listed = (
        "subscribe unsubscribe scan location click view view_miniprogram scancode_push scancode_waitmsg pic_sysphoto "
        "pic_photo_or_album pic_weixin location_select templatesendjobfinish masssendjobfinish publishjobfinish "
        "subscribe_msg_popup_event subscribe_msg_change_event subscribe_msg_sent_event kf_create_session "
        "kf_close_session kf_switch_session user_info_modified user_authorization_revoke "
        "user_authorization_cancellation qualification_verify_success qualification_verify_fail naming_verify_success "
        "naming_verify_fail annual_renew verify_expired"
    )
    assert set(listed.split()) <= named


# ── once ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_messages_of_two_senders_with_the_same_number_are_two_messages(post):
    first, second = somebody(), somebody()
    one = post.sends(text("办理公证", first, number=77))
    two = post.sends(text("工伤认定", second, number=77))
    assert (one.xml.findtext("ToUserName"), two.xml.findtext("ToUserName")) == (first, second)
    assert "公证" in one.text
    assert "工伤" in two.text


def test_a_number_means_what_the_last_reply_offered_and_nothing_after_one_that_offered_nothing(post):
    reader = somebody()
    post.sends(text("老板拖欠我三个月工资", reader))
    assert post.sends(event("VIEW", reader, EventKey="https://pufa.example")).is_silent
    assert post.sends(text("选2", reader)).text != say("not_understood_number")
    post.sends(text("民法典第1062条", reader))
    assert post.sends(text("1", reader)).text == say("not_understood_number")


def test_two_events_of_one_second_with_different_keys_are_two_events(post):
    openid, at = somebody(), next(_moments)
    replies = [
        post.sends(event("CLICK", openid, at, EventKey=key)).text for key in ("service/hotline", "legal-aid/materials")
    ]
    assert replies[0] != replies[1]


def test_an_event_that_is_delivered_again_gets_the_same_bytes_and_happens_once(each_post, shared_bureau):
    xml = event("subscribe", openid := somebody(), EventKey="qrscene_hall-3")
    came = [each_post.sends(xml) for _ in range(3)]
    assert came[0].text
    assert len({one.wire for one in came}) == 1
    with shared_bureau.database.reading() as session:
        pseudonym = pseudonym_of(shared_bureau.keyring, openid)
        rows = session.scalars(select(Citizen).where(Citizen.pseudonym == pseudonym)).all()
    assert [(row.is_following, row.scene) for row in rows] == [(True, "hall-3")]


def test_a_retry_in_safe_mode_is_the_same_down_to_the_last_encrypted_byte(one_bureau, shared_memory, make_post):
    safe = make_post(one_bureau, shared_memory, "safe")
    xml = text("法律援助要带什么材料")
    assert len({safe.sends(xml).wire for _ in range(3)}) == 1


def given_answers(bureau, openid: str) -> int:
    with bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, pseudonym_of(bureau.keyring, openid))
        rounds = select(Round.id).where(Round.citizen_id == citizen_id)
        return session.scalar(select(func.count()).select_from(GivenAnswer).where(GivenAnswer.round_id.in_(rounds)))


def test_whatever_happens_to_redis_a_repeated_answer_gets_the_same_bytes_and_counts_once(
    shared_bureau, own_redis, make_post, mishap
):
    worker = make_post(shared_bureau, own_redis.memory(), "safe")
    openid = somebody()
    worker.sends(text("宪法知识竞答", openid))
    xml = text("A", openid)
    first = worker.sends(xml)
    mishap()
    another = make_post(shared_bureau, own_redis.memory(), "safe")
    start = time.monotonic()
    came = [worker.sends(xml), another.sends(xml), worker.sends(xml)]
    assert {one.wire for one in came} == {first.wire}
    assert given_answers(shared_bureau, openid) == 1
    assert time.monotonic() - start < 3


def test_whatever_happens_to_redis_everybody_is_answered_within_a_second(shared_bureau, own_redis, make_post, mishap):
    worker = make_post(shared_bureau, own_redis.memory())
    mishap()
    for xml in (text("办理公证"), event("subscribe"), message_xml(somebody(), "voice"), text("宪法知识竞答")):
        start = time.monotonic()
        assert worker.sends(xml).text
        assert time.monotonic() - start < 1


def test_a_message_that_changes_nothing_durable_writes_nothing_durable(each_post, shared_bureau):
    openid = somebody()
    each_post.sends(text("办理公证", openid))
    with shared_bureau.database.reading() as session:
        assert citizens.find_citizen_id(session, pseudonym_of(shared_bureau.keyring, openid)) is None


# ── in time ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def slow(monkeypatch):
    """Pictures are answered only when the event is set; the deadline is a tenth of the real one."""
    gate = threading.Event()

    def look(incoming, desk):
        assert gate.wait(20)
        return Reply(text="终于看完了")

    monkeypatch.setitem(router.KINDS, "image", look)
    monkeypatch.setattr(turnstile, "DEADLINE_SECONDS", 0.35)
    return gate


def test_a_slow_answer_is_promised_on_the_third_delivery_and_comes_with_the_next_message(post, slow):
    openid = somebody()
    xml = message_xml(openid, "image")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(post.sends, xml)
        time.sleep(0.1)
        second, third = post.sends(xml), post.sends(xml)
        slow.set()
        first.result()
    after = post.sends(text("好", openid))
    assert (second.status, second.wire) == (503, b"")
    assert third.text == say("still_working")
    assert after.text.startswith(say("late_answer"))
    assert "终于看完了" in after.text
    assert say("late_answer") not in post.sends(text("好", openid)).text


def test_a_late_answer_and_the_next_one_fit_into_one_message(post, slow, monkeypatch):
    openid = somebody()
    xml = message_xml(openid, "image")
    monkeypatch.setitem(router.KINDS, "image", lambda incoming, desk: slow.wait(20) and Reply(text="长" * 600))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(post.sends, xml)
        time.sleep(0.1)
        post.sends(xml), post.sends(xml)
        slow.set()
        first.result()
    after = post.sends(text("拖欠工资怎么办", openid)).text
    assert len(after.encode()) <= 2048
    assert "长长长" in after
    assert "工资" in after


def test_who_sends_too_much_at_once_is_asked_to_wait(post, slow):
    openid = somebody()
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(post.sends, message_xml(openid, "image")) for _ in range(5)]
        wait_until(lambda: any(one.done() and one.result().status == 200 for one in sent), 5)
        slow.set()
    texts = [one.result().text for one in sent if one.result().status == 200]
    assert say("one_at_a_time") in texts


def test_while_one_citizen_waits_others_are_answered_at_once(post, slow):
    with ThreadPoolExecutor() as pool:
        held = pool.submit(post.sends, message_xml(somebody(), "image"))
        time.sleep(0.05)
        start = time.monotonic()
        assert "公证" in post.sends(text("办理公证")).text
        assert time.monotonic() - start < 0.5
        slow.set()
        held.result()


# ── length ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_answer_fits_what_the_platform_shows(post, one_bureau):
    for slug in one_bureau.shelf.topics:
        came = post.sends(event("CLICK", EventKey=slug))
        if not came.is_silent:
            assert len(came.text.encode()) <= 2048, slug


def test_no_words_of_a_citizen_become_markup_of_ours(post):
    came = post.sends(text('<a href="https://evil.example">点我</a>]]></Content><Content>'))
    assert len(came.xml.findall("Content")) == 1
    assert "evil.example" not in came.text


# ── when something goes wrong ─────────────────────────────────────────────────────────────────────────────────────────

SECRET_WORDS = "我老公昨天打了我 电话13900001111"


def falls_over(incoming, desk):
    try:
        raise ValueError(f"{incoming.text} of {incoming.openid}")
    except ValueError as error:
        raise RuntimeError(f"could not answer {incoming.text}") from error


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setitem(router.KINDS, "event:click", falls_over)


def test_a_handler_that_falls_over_still_answers_and_names_the_hotline(each_mode, broken):
    came = each_mode.sends(event("CLICK", EventKey="talk/menu"))
    assert came.status == 200
    assert came.text == say("trouble")
    assert "12348" in came.text


def test_what_goes_wrong_is_logged_with_its_place_and_without_words_or_openid(post, broken, caplog):
    openid = somebody()
    post.sends(event("CLICK", openid, EventKey=SECRET_WORDS))
    lines = [JsonLines().format(record) for record in caplog.records]
    assert len(errors(caplog)) == 1
    assert any("falls_over" in line and "RuntimeError" in line and "ValueError" in line for line in lines)
    assert not any(openid in line or "13900001111" in line or "老公" in line for line in lines)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(kind="news"),
        Reply(kind="something"),
        Reply(kind="news", articles=(Article(None, "", ""),)),
    ],
)
def test_a_reply_that_cannot_be_written_is_trouble_and_no_error_page(post, monkeypatch, reply):
    monkeypatch.setitem(router.KINDS, "image", lambda incoming, desk: reply)
    assert post.sends(message_xml(somebody(), "image")).text == say("trouble")


def test_after_trouble_the_next_message_is_answered_as_usual(post, broken):
    openid = somebody()
    post.sends(event("CLICK", openid, EventKey="talk/menu"))
    assert "公证" in post.sends(text("办理公证", openid)).text


def test_with_an_empty_database_what_needs_none_is_answered_and_the_rest_is_trouble(
    one_bureau, own_redis, make_post, tmp_path
):
    memory = own_redis.memory()
    memory.warm([], memory.generation())
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    worker = make_post(replace(one_bureau, database=empty), memory)
    assert "公证" in worker.sends(text("办理公证")).text
    assert worker.sends(text("宪法知识竞答")).text == say("trouble")
    empty.close()


# ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_unfollows_is_forgotten_by_database_and_redis(each_post, shared_bureau, shared_memory):
    openid = somebody()
    pseudonym = pseudonym_of(shared_bureau.keyring, openid)

    def misses() -> list[Miss]:
        with shared_bureau.database.reading() as session:
            return session.scalars(select(Miss).where(Miss.pseudonym == pseudonym)).all()

    for xml in (event("subscribe", openid), text("宪法知识竞答", openid), text("阿巴阿巴阿巴阿巴阿巴阿巴阿巴", openid)):
        each_post.sends(xml)
    wait_until(misses)  # what was not understood is written down within a second
    assert each_post.sends(event("unsubscribe", openid)).is_silent
    assert misses() == []
    with shared_bureau.database.reading() as session:
        assert citizens.find_citizen_id(session, pseudonym) is None
    assert [key for key in shared_memory.client.keys(f"*{pseudonym}*") if b"lock" not in key] == []
