"""Somebody has a question about legal aid, taps on, and reads the whole of it on a page."""

import requests


def test_a_question_leads_to_an_answer_a_tapped_choice_and_a_page(standing, phone):
    first = phone.says("家里困难请不起律师，怎么申请法律援助？")
    assert "12348" in first.text and "《法律援助法》" in first.text
    name = first.choices[0]
    second = phone.taps(1)
    assert second.status == 200 and second.text != first.text
    assert second.text == standing.phone().says(name).text
    page = requests.get(second.links[0], timeout=5)
    assert page.status_code == 200 and second.links[0].startswith(f"http://127.0.0.1:{standing.port}/h/answers/")
    assert "《法律援助法》" in page.text and "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_written_number_does_what_tapping_does(standing, phone):
    offered = phone.says("法律援助条件").choices
    assert phone.says("2").text == standing.phone().says(offered[1]).text


def test_a_menu_tap_gets_the_same_as_the_words(phone):
    tapped = phone.event("CLICK", EventKey="legal-aid/eligibility")
    assert tapped.text == phone.says("法律援助条件").text


def test_a_repeated_message_gets_the_same_bytes(phone):
    first = phone.says("老板拖欠工资不给")
    assert [phone.again().wire, phone.again().wire] == [first.wire, first.wire]


def test_every_kind_of_message_is_answered_or_acknowledged(phone):
    for kind, fields in {
        "image": {"PicUrl": "http://mmbiz.example/1", "MediaId": "m1"},
        "voice": {"MediaId": "m2", "Format": "amr"},
        "video": {"MediaId": "m3", "ThumbMediaId": "t"},
        "location": {"Location_X": "40.71", "Location_Y": "120.83", "Scale": "15", "Label": "葫芦岛市"},
        "link": {"Title": "中奖", "Description": "点我", "Url": "http://a.example"},
    }.items():
        assert phone.sends(kind, **fields).text, kind
    assert phone.event("VIEW", EventKey="http://a.example").wire == b"success"
    assert phone.event("something_new").wire == b"success"
    assert phone.sends("something_else").wire == b"success"
