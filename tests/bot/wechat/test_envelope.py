"""The envelope against wechatpy's own crypto as the other side, and against everything that is no message."""

import base64
import hashlib
import struct
from contextlib import suppress
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import assume, given
from hypothesis import strategies as st
from makers import message_xml, signed_query
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto

from bot.wechat.envelope import Envelope, Forged, Malformed, incoming, read_xml, reply_xml
from handlers.message import NOTHING, Article, Reply

TOKEN, APP_ID = "test-token", "wxtest0000000000"
KEY, OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
WECHAT = WeChatCrypto(TOKEN, KEY, APP_ID)
ENVELOPES = {mode: Envelope(TOKEN, APP_ID, (KEY, OLD_KEY), mode, b"s" * 32) for mode in ("plain", "compatible", "safe")}
SAFE = ENVELOPES["safe"]


def sealed(xml: str, crypto: WeChatCrypto = WECHAT) -> tuple[bytes, dict[str, str]]:
    """A body and its query as WeChat sends them in safe mode."""
    query = signed_query(TOKEN)
    fields = read_xml(crypto.encrypt_message(xml, query["nonce"], query["timestamp"]).encode())
    body = f"<xml><ToUserName>gh_a</ToUserName><Encrypt>{fields['Encrypt']}</Encrypt></xml>"
    return body.encode(), {**query, "encrypt_type": "aes", "msg_signature": fields["MsgSignature"]}


def locked(plain: bytes, key: str = KEY) -> tuple[bytes, dict[str, str]]:
    """Any bytes, encrypted with the account's key and rightly signed."""
    aes = base64.b64decode(key + "=")
    encryptor = Cipher(algorithms.AES(aes), modes.CBC(aes[:16])).encryptor()
    return signed_as_encrypted(base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode())


def signed_as_encrypted(encrypted: str) -> tuple[bytes, dict[str, str]]:
    query = signed_query(TOKEN)
    parts = sorted(part.encode() for part in (TOKEN, query["timestamp"], query["nonce"], encrypted))
    signature = hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    return body, {**query, "encrypt_type": "aes", "msg_signature": signature}


def padded(text: bytes, owner: bytes = APP_ID.encode(), length: int | None = None, pad: bytes | None = None) -> bytes:
    plain = b"r" * 16 + struct.pack(">I", len(text) if length is None else length) + text + owner
    missing = 32 - len(plain) % 32
    return plain + (bytes([missing]) * missing if pad is None else pad)


# ── signature ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_platforms_signature_is_accepted():
    SAFE.check_signature(**signed_query(TOKEN))


@pytest.mark.parametrize("signature", ["", "0" * 40, "é" * 40, signed_query("another-token")["signature"]])
def test_any_other_signature_is_forged(signature):
    with pytest.raises(Forged):
        SAFE.check_signature(signature, "1793500000", "n0nce")


@given(st.text(), st.text(), st.text())
def test_no_words_pass_for_a_signature(signature, timestamp, nonce):
    with pytest.raises(Forged):
        SAFE.check_signature(signature, timestamp, nonce)


def test_an_account_without_a_token_is_refused_since_anybody_could_sign():
    with pytest.raises(ValueError, match="token"):
        Envelope("", APP_ID, (KEY,), "plain", b"s")


# ── the three modes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ENVELOPES)
def test_an_encrypted_message_is_opened_in_every_mode(mode):
    body, query = sealed(message_xml("oA", Content="办理公证"))
    opened = ENVELOPES[mode].open(body, query)
    assert opened.fields["Content"] == "办理公证"
    assert opened.aes_key is not None


@pytest.mark.parametrize("query", [{}, {"encrypt_type": "raw"}])
def test_a_plain_message_is_opened_unless_the_account_is_in_safe_mode(query):
    body = message_xml("oA", Content="你好").encode()
    for mode in ("plain", "compatible"):
        assert ENVELOPES[mode].open(body, query).fields["Content"] == "你好"
    with pytest.raises(Forged):
        SAFE.open(body, query)


def test_the_compatible_mode_believes_what_is_encrypted_and_not_what_stands_beside_it():
    body, query = sealed(message_xml("oA", Content="真的"))
    both = body.replace(b"<Encrypt>", "<Content>假的</Content><Encrypt>".encode())
    assert ENVELOPES["compatible"].open(both, query).fields["Content"] == "真的"


def test_what_we_close_wechatpy_opens():
    _, query = sealed("<xml/>")
    answer = reply_xml(Reply(text="到法律援助中心申请。"), "oA", "gh_a", 1_793_500_000)
    closed = SAFE.close(answer, "key", 1_793_500_000, base64.b64decode(KEY + "="))
    outer = read_xml(closed)
    inner = WECHAT.decrypt_message(closed.decode(), outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    assert inner.encode() == answer


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff")))
def test_whatever_wechatpy_seals_is_opened_unchanged(words):
    body, query = sealed(message_xml("oA", Content=words))
    assert SAFE.open(body, query).fields["Content"] == words


def test_an_answer_to_a_plain_message_stays_plain():
    assert SAFE.close(b"<xml/>", "key", 1, None) == b"<xml/>"


def test_after_a_rotation_the_previous_key_still_opens_and_closes_the_answer():
    older = WeChatCrypto(TOKEN, OLD_KEY, APP_ID)
    body, query = sealed(message_xml("oA", Content="旧钥匙"), older)
    opened = SAFE.open(body, query)
    closed = SAFE.close(b"<xml>a</xml>", "key", 1, opened.aes_key)
    outer = read_xml(closed)
    assert opened.fields["Content"] == "旧钥匙"
    assert older.decrypt_message(closed.decode(), outer["MsgSignature"], "1", outer["Nonce"]) == "<xml>a</xml>"


def test_a_key_that_is_neither_current_nor_previous_is_forged():
    foreign = WeChatCrypto(TOKEN, "Z" * 43, APP_ID)
    with pytest.raises(Forged):
        SAFE.open(*sealed(message_xml("oA", Content="?"), foreign))


def test_a_message_for_another_account_is_forged():
    with pytest.raises(Forged):
        SAFE.open(*sealed(message_xml("oA", Content="?"), WeChatCrypto(TOKEN, KEY, "wxsomebodyelse00")))


def test_an_account_without_a_key_refuses_what_is_encrypted():
    with pytest.raises(Forged):
        Envelope(TOKEN, APP_ID, ("", ""), "plain", b"s").open(*sealed(message_xml("oA", Content="?")))


@pytest.mark.parametrize("signature", ["", "0" * 40, "中文"])
def test_an_encrypted_body_needs_its_own_signature(signature):
    body, query = sealed(message_xml("oA", Content="?"))
    with pytest.raises(Forged):
        SAFE.open(body, {**query, "msg_signature": signature})


def test_a_signature_of_another_encrypted_body_is_forged():
    body, _ = sealed(message_xml("oA", Content="一"))
    _, query = sealed(message_xml("oA", Content="二"))
    with pytest.raises(Forged):
        SAFE.open(body, query)


# ── determinism ───────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=300), st.text(max_size=40), st.integers(0, 2**31))
def test_the_same_message_gets_the_same_bytes_from_every_worker(answer, key, at):
    another = Envelope(TOKEN, APP_ID, (KEY,), "safe", b"s" * 32)
    aes = base64.b64decode(KEY + "=")
    assert SAFE.close(answer, key, at, aes) == another.close(answer, key, at, aes)


def test_two_messages_never_share_random_prefix_or_nonce():
    aes = base64.b64decode(KEY + "=")
    first, second = (read_xml(SAFE.close(b"<xml>a</xml>", key, 1, aes)) for key in ("one", "two"))
    assert first["Nonce"] != second["Nonce"]
    assert first["Encrypt"][:20] != second["Encrypt"][:20]


def test_nonces_cannot_be_foreseen_without_the_installations_secret():
    aes = base64.b64decode(KEY + "=")
    other = Envelope(TOKEN, APP_ID, (KEY,), "safe", b"t" * 32)
    assert SAFE.close(b"<xml>a</xml>", "one", 1, aes) != other.close(b"<xml>a</xml>", "one", 1, aes)


# ── what identifies a message ─────────────────────────────────────────────────────────────────────────────────────────

CLICK = {
    "FromUserName": "oA", "CreateTime": "1793500000", "MsgType": "event", "Event": "CLICK", "EventKey": "talk/menu",
}  # fmt: skip


def test_messages_are_told_apart_by_number_and_sender():
    keys = {
        SAFE.message_key({"FromUserName": openid, "MsgId": number}) for openid in ("oA", "oB") for number in ("1", "2")
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": "oB"},
        {"CreateTime": "1793500001"},
        {"Event": "VIEW"},
        {"EventKey": "quiz/play"},
        {"MsgID": "1"},
        {"Ticket": "t"},
        {"OpenID": "oB"},
    ],
)
def test_events_are_told_apart_by_sender_time_event_and_key(change):
    assert SAFE.message_key(CLICK) != SAFE.message_key({**CLICK, **change})


def test_a_repeated_delivery_has_the_same_key_however_it_is_written():
    assert SAFE.message_key(CLICK) == SAFE.message_key({**CLICK, "EventKey": " talk/menu\n", "Extra": "x"})


def test_a_message_never_passes_for_an_event():
    assert SAFE.message_key({**CLICK, "MsgId": "1"}) != SAFE.message_key(CLICK)


def test_a_key_says_nothing_of_the_sender():
    plain = hashlib.blake2b(b"oA\x1f1", digest_size=16).hexdigest()
    assert SAFE.message_key({"FromUserName": "oA", "MsgId": "1"}) != plain


# ── what is no message ────────────────────────────────────────────────────────────────────────────────────────────────

MESSAGE = message_xml("oA", Content="你好").encode()
NO_XML = {
    "nothing": b"",
    "spaces": b"  \n",
    "json": b'{"MsgType": "text"}',
    "another root": b"<message><MsgType>text</MsgType></message>",
    "no fields": b"<xml></xml>",
    "words only": b"<xml>text</xml>",
    "not closed": b"<xml><MsgType>text</MsgType>",
    "two roots": b"<xml><A>1</A></xml><xml><A>1</A></xml>",
    "something behind": MESSAGE + b"<",
    "broken utf-8": MESSAGE.replace("你".encode(), b"\xe4\xbd"),
    "half a character": MESSAGE.replace("你".encode(), b"\xed\xa0\x80"),
    "utf-16": message_xml("oA", Content="你好").encode("utf-16"),
    "a null": MESSAGE.replace("你".encode(), b"\0"),
    "a forbidden reference": MESSAGE.replace("你".encode(), b"&#0;"),
    "an entity": MESSAGE.replace("你".encode(), b"&hello;"),
    "a doctype": b"<!DOCTYPE xml>" + MESSAGE,
    "an internal entity": b'<!DOCTYPE xml [<!ENTITY a "aaaa">]>' + MESSAGE.replace("你".encode(), b"&a;"),
    "an external entity": b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + MESSAGE,
    "an external doctype": b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/a.dtd">' + MESSAGE,
    "a parameter entity": b'<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://127.0.0.1:1/a"> %a;]>' + MESSAGE,
    "a doctype behind signs": b"\xef\xbb\xbf<?a ?> <!-- <![CDATA[ --> <?b <![CDATA[ ?>\n<!DOCTYPE xml>" + MESSAGE,
    "laughs": b'<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><A>&b;</A></xml>',
    "nested deeply": b"<xml>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</xml>",
    "nested a little too deeply": b"<xml>" + b"<a>" * 6 + b"1" + b"</a>" * 6 + b"</xml>",
    "too many fields": b"<xml>" + b"".join(b"<a%d/>" % number for number in range(400)) + b"</xml>",
    "a repeated field": MESSAGE.replace(b"<MsgType>", b"<MsgType>event</MsgType><MsgType>"),
    "a repeated sender": MESSAGE.replace(b"<FromUserName>", b"<FromUserName>oB</FromUserName><FromUserName>"),
}


@pytest.mark.parametrize("body", NO_XML.values(), ids=NO_XML)
def test_what_is_no_xml_of_a_message_is_malformed(body):
    with pytest.raises(Malformed):
        SAFE.open(*locked(padded(body)))
    with pytest.raises(Malformed):
        read_xml(body)


def test_a_citizen_may_write_of_document_types():
    words = "<!DOCTYPE html><!ENTITY a>"
    assert read_xml(message_xml("oA", Content=words).encode())["Content"] == words


def test_a_body_of_nothing_but_comments_is_refused_at_once():
    with pytest.raises(Malformed):
        read_xml(b"<?a?><!--b-->" * 4000 + b"<!DOCTYP")


@pytest.mark.parametrize("name", ["utf-8", "gbk", "utf-7", "iso-8859-1", "idna", "rot13", "no-such-thing"])
def test_a_declared_encoding_changes_nothing_and_cannot_fail(name):
    body = f'<?xml version="1.0" encoding="{name}"?>'.encode() + MESSAGE
    assert read_xml(body)["Content"] == "你好"


LOCKED = {
    "shorter than its head": b"r" * 12 + b"\x14" * 20,
    "only padding": b"\x20" * 32,
    "padding of nothing": padded(b"<xml/>", pad=b"\0" * 32),
    "padding longer than a block": padded(b"<xml/>" * 20, pad=b"\x40" * 64)[:128],
    "padding longer than the message": b"\x1f" * 16,
    "padding that differs": padded(b"<xml><a>1</a></xml>")[:-2] + b"\x01\x02",
    "a length beyond the end": padded(b"<xml><a>1</a></xml>", length=5000),
    "a length of four gigabytes": padded(b"<xml><a>1</a></xml>", length=2**32 - 1),
    "a length in characters": padded(MESSAGE, length=len(MESSAGE.decode())),
    "no owner": padded(MESSAGE, owner=b""),
    "another owner": padded(MESSAGE, owner=b"wxsomebodyelse00"),
    "an owner and more": padded(MESSAGE, owner=APP_ID.encode() + b"0"),
}


@pytest.mark.parametrize("plain", LOCKED.values(), ids=LOCKED)
def test_a_wrong_inside_is_forged(plain):
    whole = plain + b"\x01" * (-len(plain) % 16)
    with pytest.raises(Forged):
        SAFE.open(*locked(whole))


@pytest.mark.parametrize(
    "encrypted", ["", "AAAA", "A" * 21, "AAA=AAA=", "中文" * 8, "A" * 32 + "\n", " " * 32, "!" * 64]
)
def test_what_is_no_base64_of_whole_blocks_is_malformed(encrypted):
    with pytest.raises(Malformed):
        SAFE.open(*signed_as_encrypted(encrypted))


@pytest.mark.parametrize("body", [b"<xml><a>1</a></xml>", b"<xml><Encrypt><a>1</a></Encrypt></xml>", MESSAGE])
def test_an_encrypted_body_without_its_encrypted_field_is_malformed(body):
    with pytest.raises(Malformed):
        SAFE.open(body, {**signed_query(TOKEN), "encrypt_type": "aes", "msg_signature": "0" * 40})


FRAGMENTS = st.lists(
    st.sampled_from([
        b"<xml>", b"</xml>", b"<a>", b"</a>", b"<Encrypt>", b"</Encrypt>", b"<![CDATA[", b"]]>", b"<!DOCTYPE a>",
        b"<?xml version='1.0' encoding='x'?>", b"<!--", b"-->", b"\xff", b"\0", "中".encode(), b"<a b='1'/>", b"&#65;",
        b"&a;",
    ]),
    max_size=20,
).map(b"".join)  # fmt: skip


@given(st.one_of(st.binary(max_size=200), FRAGMENTS))
def test_any_bytes_are_a_message_or_malformed_and_nothing_else(body):
    try:
        fields = read_xml(body)
        incoming(fields, SAFE.message_key(fields))
    except Malformed:
        pass


@given(st.one_of(st.binary(max_size=200), FRAGMENTS), st.sampled_from(["aes", "raw", "", "AES"]), st.text(max_size=50))
def test_any_body_and_query_are_opened_or_refused(body, encrypt_type, signature):
    query = {**signed_query(TOKEN), "encrypt_type": encrypt_type, "msg_signature": signature}
    for envelope in ENVELOPES.values():
        with suppress(Forged, Malformed):
            envelope.open(body, query)


@given(st.integers(1, 8).flatmap(lambda blocks: st.binary(min_size=16 * blocks, max_size=16 * blocks)))
def test_any_inside_that_wechat_did_not_make_is_refused(plain):
    with pytest.raises((Forged, Malformed)):
        SAFE.open(*locked(plain))


@given(st.integers(0, 300), st.integers(0, 255))
def test_one_changed_byte_never_passes(place, value):
    body, query = sealed(message_xml("oA", Content="一二三"))
    place %= len(body)
    assume(body[place] != value)
    try:
        opened = SAFE.open(body[:place] + bytes([value]) + body[place + 1 :], query)
    except (Forged, Malformed):
        return
    assert opened.fields["Content"] == "一二三"  # the byte was outside of what is signed


WORDS = st.text(max_size=8)
NESTED = st.dictionaries(st.sampled_from(["item", "List"]), WORDS | st.lists(WORDS, max_size=2), max_size=2)
VALUES = WORDS | NESTED | st.lists(WORDS | NESTED, max_size=2)


@given(
    st.dictionaries(
        st.sampled_from(
            ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event", "EventKey", "Content"]
        ),
        VALUES,
    )
)
def test_any_fields_are_a_message_or_malformed(fields):
    try:
        message = incoming(fields, SAFE.message_key(fields))
    except Malformed:
        return
    assert message.openid and message.kind and message.at >= 0


# ── fields → Incoming ─────────────────────────────────────────────────────────────────────────────────────────────────


def heard(openid: str = "oA", kind: str = "text", **fields: object):
    return incoming(read_xml(message_xml(openid, kind, **fields).encode()), "key")


def test_a_text_is_taken_as_it_was_written():
    message = heard(Content="  我想\n办公证 ", bizmsgmenuid=101)
    assert (message.kind, message.text) == ("text", "  我想\n办公证 ")
    assert message.detail["bizmsgmenuid"] == "101"


def test_cdata_and_plain_fields_read_the_same():
    written = b"<xml><MsgType><![CDATA[text]]></MsgType><Content>a&lt;b</Content></xml>"
    assert read_xml(written) == {"MsgType": "text", "Content": "a<b"}


@pytest.mark.parametrize(
    ("event", "key", "text"),
    [
        ("subscribe", "qrscene_hall-3", "hall-3"),
        ("SUBSCRIBE", "qrscene_qrscene_1", "qrscene_1"),
        ("subscribe", "", ""),
        ("SCAN", "qrscene_1", "qrscene_1"),
        ("CLICK", "quiz/play", "quiz/play"),
    ],
)
def test_an_event_is_its_name_in_lower_case_and_its_key(event, key, text):
    message = heard(kind="event", Event=event, EventKey=key)
    assert (message.kind, message.text) == (f"event:{event.lower()}", text)


def test_the_message_location_and_the_event_location_are_kept_apart():
    assert heard(kind="location", Location_X="40.7").kind == "location"
    assert heard(kind="event", Event="LOCATION", Latitude="40.7").kind == "event:location"


@pytest.mark.parametrize("tag", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
def test_a_message_without_a_field_that_every_message_has_is_malformed(tag):
    fields = read_xml(MESSAGE)
    for value in ("", "  ", {"a": "1"}, ["1", "2"], None):
        with pytest.raises(Malformed):
            incoming({**fields, tag: value}, "key")


@pytest.mark.parametrize("value", ["soon", "-1", "1.5", "1e9", "9" * 21])
def test_a_time_that_is_no_number_is_malformed(value):
    with pytest.raises(Malformed):
        incoming({**read_xml(MESSAGE), "CreateTime": value}, "key")


def test_nested_lists_of_one_and_of_two_are_both_read():
    one = read_xml(b"<xml><L><item><a>1</a></item></L></xml>")
    two = read_xml(b"<xml><L><item><a>1</a></item><item><a>2</a></item></L></xml>")
    assert one["L"]["item"] == {"a": "1"}
    assert two["L"]["item"] == [{"a": "1"}, {"a": "2"}]


# ── Reply → XML ───────────────────────────────────────────────────────────────────────────────────────────────────────

XML_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff")


def rendered(reply: Reply) -> ElementTree.Element:
    return ElementTree.fromstring(reply_xml(reply, to="oA", sender="gh_a", at=1_793_500_000))  # noqa: S314 - our own


def test_the_addresses_are_swapped_and_the_time_is_the_messages():
    told = rendered(Reply(text="好"))
    assert [told.findtext(tag) for tag in ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Content")] == [
        "oA", "gh_a", "1793500000", "text", "好",
    ]  # fmt: skip


@given(st.text(XML_CHARACTERS, min_size=1))
def test_every_text_arrives_as_it_was_written(words):
    assert rendered(Reply(text=words)).findtext("Content") == words


@given(st.text(min_size=1))
def test_no_text_breaks_the_xml(words):
    told = reply_xml(Reply(text=words), to=words, sender=words, at=1)
    assert ElementTree.fromstring(told).tag == "xml"  # noqa: S314 - our own


@pytest.mark.parametrize("words", ["]]>", "a]]>b]]>", "]]]]>>", "]]]>", "]]><Content>别的</Content><![CDATA["])
def test_the_end_of_a_cdata_section_is_only_text(words):
    told = rendered(Reply(text=words))
    assert told.findtext("Content") == words
    assert len(told.findall("Content")) == 1


def test_characters_that_xml_cannot_hold_are_left_out():
    assert rendered(Reply(text="a\x00b\x0bc\ud800d\uffffe\n")).findtext("Content") == "abcde\n"


def test_a_card_is_a_news_of_one_article_however_many_there_are():
    card = Article("标题]]>", "说明", "https://pufa.example/h/?a=1&b=2", "https://pufa.example/p.png")
    told = rendered(Reply(kind="news", articles=(card, replace(card, title="第二"))))
    items = told.findall("Articles/item")
    assert told.findtext("ArticleCount") == "1"
    assert [item.findtext("Title") for item in items] == ["标题]]>"]
    assert [items[0].findtext(tag) for tag in ("Description", "PicUrl", "Url")] == [
        card.description, card.picture_url, card.url,
    ]  # fmt: skip


def test_a_picture_is_named_by_its_media_id():
    assert rendered(Reply(kind="image", media_id="MEDIA")).findtext("Image/MediaId") == "MEDIA"


@pytest.mark.parametrize("reply", [NOTHING, Reply(text=""), Reply(kind="none", text="x")])
def test_where_nothing_is_said_nothing_is_written_and_never_an_empty_content(reply):
    assert reply_xml(reply, "oA", "gh_a", 1) == b""


def test_wechatpy_reads_what_we_read():
    body = message_xml("oA", "event", Event="subscribe", EventKey="qrscene_7", Ticket="t")
    theirs, ours = parse_message(body), incoming(read_xml(body.encode()), "key")
    assert (theirs.source, theirs.scene_id) == (ours.openid, ours.text)
