"""A citizen's act goes out as WeChat would push it, and the answer is shown as WeChat would show it."""

import threading

import pytest

TROUBLE = "该公众号提供的服务出现故障，请稍后再试"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_message_is_signed_delivered_and_its_answer_shown_in_every_mode(webhook, send, text_reply, mode):
    webhook.answers = text_reply("您好，\n请讲")
    answer = send(kind="text", text="老板拖欠我三个月工资咋整", mode=mode)
    (delivery,) = answer["deliveries"]
    assert delivery["status"] == 200
    assert delivery["reply"] == {"type": "text", "text": "您好，\n请讲", "articles": []}
    assert [(entry["side"], entry["text"]) for entry in answer["shown"]] == [
        ("citizen", "老板拖欠我三个月工资咋整"),
        ("account", "您好，\n请讲"),
    ]
    assert "老板拖欠我三个月工资咋整" in webhook.seen[0]
    assert ("Encrypt" in webhook.raw[0]) == (mode != "plain")
    assert ("老板" in webhook.raw[0]) == (mode != "safe")
    assert "您好" in delivery["response_xml"]
    assert ("您好" in delivery["response_raw"]) == (mode == "plain")


def test_a_tapped_choice_is_sent_as_the_citizens_words(webhook, send, text_reply):
    webhook.answers = text_reply(
        '选一个：\n<a href="weixin://bizmsgmenu?msgmenucontent=办理公证&msgmenuid=101">1 公证</a>'
    )
    choice = send(text="你好")["shown"][-1]["parts"][1]
    assert choice == {"type": "choice", "text": "1 公证", "content": "办理公证", "id": "101"}
    send(text=choice["content"], bizmsgmenuid=choice["id"])
    assert "<Content><![CDATA[办理公证]]></Content>" in webhook.seen[1]
    assert "<bizmsgmenuid><![CDATA[101]]></bizmsgmenuid>" in webhook.seen[1]


def test_a_citizens_own_brackets_arrive_as_typed_and_are_never_links(webhook, send):
    typed = '<a href="https://example.com">x</a> ]]> & \x07'
    entry = send(text=typed)["shown"][0]
    assert entry["parts"] == [{"type": "text", "text": typed.replace("\x07", "")}]
    assert "]]]]><![CDATA[>" in webhook.seen[0]


def test_two_unanswered_attempts_are_followed_by_a_third_with_the_same_message_id(webhook, send, text_reply):
    calm, slow = text_reply("终于"), threading.Event()

    def third_time(xml: str) -> str:
        if len(webhook.seen) < 3:
            slow.wait(0.7)
        return calm(xml)

    webhook.answers = third_time
    answer = send(text="在吗")
    assert [delivery["status"] for delivery in answer["deliveries"]] == [None, None, 200]
    assert [delivery["attempt"] for delivery in answer["deliveries"]] == [1, 2, 3]
    assert len(set(webhook.seen)) == 1
    assert answer["shown"][-1]["text"] == "终于"


def test_a_webhook_that_never_answers_is_shown_as_the_platforms_grey_line(webhook, send):
    webhook.answers = lambda xml: str(threading.Event().wait(0.7))
    answer = send(text="在吗")
    assert len(answer["deliveries"]) == 3
    assert (answer["shown"][-1]["side"], answer["shown"][-1]["text"]) == ("system", TROUBLE)


@pytest.mark.parametrize("body", ["{}", "<html>error</html>", "<xml><MsgType>text</MsgType></xml>", "<xml>"])
def test_a_malformed_answer_is_not_retried_and_shown_as_the_grey_line(webhook, send, body):
    webhook.answers = lambda xml: body
    answer = send(text="在吗")
    (delivery,) = answer["deliveries"]
    assert delivery["note"].startswith("回复不合格式：")
    assert answer["shown"][-1]["text"] == TROUBLE


def test_an_error_status_and_an_unencrypted_answer_in_safe_mode_are_trouble(webhook, send, text_reply):
    webhook.status = 500
    assert send(text="在吗")["shown"][-1]["text"] == TROUBLE
    webhook.status = 200
    webhook.answers = lambda xml: " " + text_reply("明文")(xml)
    assert send(text="在吗", mode="safe")["shown"][-1]["text"] == TROUBLE


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("silence", ["success", ""])
def test_success_or_nothing_shows_nothing_in_every_mode(webhook, send, mode, silence):
    webhook.answers = lambda xml: silence
    answer = send(text="在吗", mode=mode)
    assert answer["deliveries"][0]["reply"]["type"] == "none"
    assert len(answer["shown"]) == 1


def test_delivering_twice_sends_the_same_message_and_says_that_the_replies_are_the_same(webhook, send, text_reply):
    webhook.answers = text_reply("一样的")
    answer = send(text="在吗", twice=True)
    assert [delivery["round"] for delivery in answer["deliveries"]] == [1, 2]
    assert webhook.seen[0] == webhook.seen[1]
    assert answer["same"] is True
    assert "逐字节相同" in answer["shown"][-1]["text"]
    assert sum(entry["side"] == "account" for entry in answer["shown"]) == 1


def test_delivering_twice_says_when_the_second_reply_differs(webhook, send, text_reply):
    webhook.answers = lambda xml: text_reply(f"第{len(webhook.seen)}次")(xml)
    answer = send(text="在吗", twice=True)
    assert answer["same"] is False
    assert "不同" in answer["shown"][-1]["text"]


def test_a_message_may_be_answered_with_one_article_and_an_event_with_eight(webhook, send, news_reply):
    webhook.answers = news_reply(1)
    assert send(text="文章")["shown"][-1]["articles"][0]["url"] == "https://example.com/a"
    webhook.answers = news_reply(2)
    answer = send(text="文章")
    assert len(answer["shown"]) == 1
    assert "不会显示" in answer["notes"][0]
    webhook.answers = news_reply(8)
    assert len(send(kind="subscribe")["shown"][-1]["articles"]) == 8


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"kind": "voice"}, "<MsgType><![CDATA[voice]]>"),
        ({"kind": "image"}, "<PicUrl><![CDATA[http://localhost/sandbox/static/picture.svg]]>"),
        ({"kind": "video"}, "<ThumbMediaId>"),
        ({"kind": "link", "title": "标题", "url": "https://example.com/"}, "<Url><![CDATA[https://example.com/]]>"),
        ({"kind": "location", "latitude": 40.711, "longitude": "120.837"}, "<Location_X><![CDATA[40.711000]]>"),
        ({"kind": "click", "key": "wages"}, "<EventKey><![CDATA[wages]]>"),
        ({"kind": "view", "key": "https://example.com/"}, "<Event><![CDATA[VIEW]]>"),
        ({"kind": "scan", "scene": "hall-3"}, "<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[hall-3]]>"),
        ({"kind": "pic_weixin", "key": "p"}, "<PicList><item><PicMd5Sum>"),
        ({"kind": "event", "event": "X", "fields": {"List": [{"A": 1}, {"A": 2}]}}, "<List><A>1</A></List><List>"),
    ],
)
def test_every_kind_of_push_has_the_platforms_shape(webhook, send, form, expected):
    send(**form)
    assert expected in webhook.seen[0]
    is_event = "<MsgType><![CDATA[event]]>" in webhook.seen[0]
    assert ("<MsgId>" in webhook.seen[0]) is not is_event
    assert "Recognition" not in webhook.seen[0]


def test_each_citizen_has_an_openid_and_a_chat_of_their_own(phone, webhook, send, text_reply):
    webhook.answers = text_reply("您好")
    added = phone.post("/sandbox/phone/citizen", json={"name": "赵师傅"}).json
    send(citizen=added["id"], text="我是赵师傅")
    assert added["openid"] in webhook.seen[0]
    own = phone.get(f"/sandbox/phone/state?citizen={added['openid']}").json
    others = phone.get("/sandbox/phone/state").json
    assert [entry["text"] for entry in own["chat"]] == ["我是赵师傅", "您好"]
    assert others["chat"] == []


def test_following_by_a_code_carries_its_scene_and_unfollowing_stops_the_talk(phone, webhook, send, text_reply):
    webhook.answers = text_reply("欢迎")
    added = phone.post("/sandbox/phone/citizen", json={"name": "新市民", "following": False}).json
    refused = phone.post("/sandbox/phone/send", json={"citizen": added["id"], "text": "在吗"})
    assert (refused.status_code, refused.json["key"]) == (409, "not_following")
    followed = send(citizen=added["id"], kind="scan", scene="hall-3")
    assert followed["following"] is True
    assert "<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_hall-3]]>" in webhook.seen[0]
    left = send(citizen=added["id"], kind="unsubscribe")
    assert left["following"] is False
    assert [entry["side"] for entry in left["shown"]] == ["system"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "nonsense"}, 400),
        ({"text": ""}, 400),
        ({"text": 5}, 400),
        ({"text": "x", "mode": "open"}, 400),
        ({"text": "x", "citizen": "nobody"}, 404),
        ({"kind": "location", "latitude": "north", "longitude": 1}, 400),
        ({"kind": "location", "latitude": "nan", "longitude": 1}, 400),
        (["x"], 400),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(phone, webhook, form, status):
    response = phone.post("/sandbox/phone/send", json=form)
    assert response.status_code == status
    assert response.json["error"]
    assert webhook.seen == []


def test_a_form_post_from_a_foreign_page_is_refused(phone, webhook):
    response = phone.post("/sandbox/phone/send", data='{"text": "x"}', content_type="text/plain")
    assert response.status_code == 400
    assert webhook.seen == []
