"""The rules of keeping, and one's own data by a link out of the chat."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from makers import Somebody
from sqlalchemy import select

from bot import pages
from content.phrases import say
from content.security_log import SecurityEvent
from content.store import clock
from content.store.memory import NONE
from handlers.disclosure import proofs
from handlers.privacy import links, retention
from handlers.publicity import videos
from handlers.quiz.prizes import claims
from tests.handlers.privacy.lived import NICKNAME, WORDS, everything
from tests.handlers.publicity.showing import NOW


@pytest.fixture
def own(one_bureau, database):
    return replace(one_bureau, database=database, heard={}, public_url="https://pufa.example")


@pytest.fixture
def somebody(own):
    with clock.fixed_at(NOW):
        yield Somebody(own, conversation=NONE)


@pytest.fixture
def reader(own, tmp_path):
    app = Flask("bot.app")
    app.register_blueprint(pages.make_blueprint(lambda: own, tmp_path))
    return app.test_client()


def sealed(somebody) -> str:
    return links.write(somebody.bureau.keyring, somebody.openid)


def test_the_rules_say_of_every_kind_what_why_by_which_law_and_until_when(shared_app):
    text = shared_app.test_client().get("/h/privacy/").text
    for kind in retention.told():
        assert all(word in text for word in (kind.title, kind.holds, kind.purpose, kind.until, *kind.basis)), kind.name
    for word in ("葫芦岛市司法局", "不满十四周岁", "自动答复", "人民法院", "未成年人网络保护条例"):
        assert word in text
    assert not any(kind.holds in text for kind in retention.kinds() if kind.is_inner)


def test_there_are_rules_of_their_own_for_whoever_is_under_fourteen_and_their_days_are_those_of_the_code(shared_app):
    text = shared_app.test_client().get("/h/privacy/").text
    rules = text.split('id="children"')[1].split("</dl>")[0]
    for word in ("第二十八条", "第二十九条", "第三十一条", "监护人", "不公布孩子的姓名", "查改删"):
        assert word in rules
    for kept in (claims.KEPT, videos.CONTACT_KEPT, proofs.KEPT):
        assert f" {kept.days} 天" in rules
    special = [kind for kind in retention.told() if "监护人" in kind.holds]
    assert {kind.name for kind in special} == {"prize", "video", "requests"}
    assert all("《个人信息保护法》第三十一条" in kind.basis for kind in special)


def test_everything_kept_of_a_person_is_on_his_page_and_in_his_file_in_the_clear(somebody, reader):
    everything(somebody)
    token = sealed(somebody)
    page, file = (reader.get(f"/h/privacy/mine{end}", query_string={"t": token}) for end in ("", ".json"))
    read = json.loads(file.text)
    titles = {kind.title for kind in retention.kinds() if kind.is_tied}
    assert {one["kind"] for one in read["held"]} == titles
    for word in (
        WORDS,
        NICKNAME,
        "演示海报",
        "演示姓名",
        "13000000000",
        "演示奖品",
        "演示申请人",
        "演示的心里话",
        *titles,
    ):
        assert word in page.text and word in file.text, word
    assert "_key" not in file.text  # the engine's own
    assert page.headers["Cache-Control"] == file.headers["Cache-Control"] == "no-store"
    assert somebody.openid in file.text  # his own, and he may have it


def test_looking_changes_nothing_but_that_it_was_looked(somebody, reader):
    everything(somebody)
    token = sealed(somebody)
    first, second = (json.loads(reader.get("/h/privacy/mine.json", query_string={"t": token}).text) for _ in range(2))
    assert [one["kind"] for one in first["held"]] == [one["kind"] for one in second["held"]]
    assert [one for one in first["held"] if one not in second["held"]] == [
        one for one in first["held"] if one["kind"] == "安全记录"
    ]
    with somebody.bureau.database.reading() as session:
        rows = session.scalars(select(SecurityEvent)).all()
    assert [row.what for row in rows] == ["taken_away"] * 2
    assert len({row.who for row in rows}) == 1 and rows[0].who not in ("", somebody.openid)


def test_without_a_link_of_ours_that_still_holds_nothing_is_shown(somebody, reader, keyring):
    everything(somebody)
    good, others = sealed(somebody), links.write(keyring, somebody.openid)
    for token, at in (("", NOW), ("x", NOW), ("x" * 2000, NOW), (good[:-2] + "AA", NOW), (others, NOW),
                      (good, NOW + links.HOLDS)):  # fmt: skip
        with clock.fixed_at(at):
            for end in ("", ".json"):
                answer = reader.get(f"/h/privacy/mine{end}", query_string={"t": token})
                assert answer.status_code == 403 and say("privacy_link_gone") in answer.text
                assert WORDS not in answer.text


def test_a_link_from_before_the_erasure_shows_that_nothing_is_left_of_what_went(somebody, reader):
    everything(somebody)
    told = somebody.says("我的数据").text
    assert "https://pufa.example/h/privacy/mine?t=" in told and "有奖竞答" in told
    token = sealed(somebody)
    somebody.says(say("erase_words"))
    text = reader.get("/h/privacy/mine", query_string={"t": token}).text
    assert "领奖登记" in text and "答题练习" not in text and WORDS not in text and NICKNAME not in text


def test_a_script_in_what_somebody_wrote_stays_words(somebody, reader):
    somebody.sends("event:subscribe", "<script>alert(1)</script>")
    text = reader.get("/h/privacy/mine", query_string={"t": sealed(somebody)}).text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text
