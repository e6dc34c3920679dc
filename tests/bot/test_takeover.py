"""What a live account has, read into files that can be imported; the account itself stays as it is."""

import json
import tomllib
from pathlib import Path

import pytest

from bot.takeover import NotEmpty, take_over
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.errors import PlatformError
from content import repository
from content.store.db import Database


@pytest.fixture
def read(tmp_path):
    """Takes over from a platform into `out`."""
    clients = []

    def act(url: str):
        clients.append(WeChatClient("wxtest0000000000", "test-secret", url, TokenStore(None)))
        return take_over(clients[-1], tmp_path / "out")

    yield act
    for client in clients:
        client._http.close()


def toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_replies_menu_and_articles_are_read_and_nothing_is_changed(platform, read, tmp_path):
    taken = read(platform.url)
    out = tmp_path / "out"
    assert (taken.replies, taken.buttons, taken.articles) == (4, 3, 3)
    rules = {rule["rule"]: rule for rule in toml(out / "autoreplies.toml")["reply"]}
    assert rules["【演示】公证"]["asked"] == ["公证"]
    assert "12348" in rules["默认回复"]["says"]
    assert set(toml(out / "keywords.toml")["keywords"]) == {"法律援助", "法援", "公证"}
    assert [sub["name"] for sub in toml(out / "menu.toml")["button"][0]["sub"]] == ["12348中国法律服务网", "联系我们"]
    assert "【演示】法律咨询请拨打12348。" in (out / "menu.toml").read_text()
    assert {path.rsplit("/", 1)[1] for path in platform.asked} == {
        "stable_token", "get_current_autoreply_info", "get_current_selfmenu_info", "batchget", "batchget_material",
    }  # fmt: skip


def test_the_command_says_what_to_do_next_and_the_articles_can_be_imported(live_operator, tmp_path):
    ran = live_operator.types("takeover", tmp_path / "out")
    assert "4 条自动回复、3 个菜单项、3 篇文章" in ran.out
    assert live_operator.types("content", "import", tmp_path / "out" / "articles", "--json").json["changed"] == 3
    database = Database(str(live_operator.settings["database.url"]))
    with database.reading() as session:
        cards = repository.latest_articles(session, 9)
    database.close()
    assert all(card.title.startswith("【演示】") and card.source_url.startswith("https://mp.weixin") for card in cards)


def test_keywords_can_be_imported_once_people_have_said_what_they_mean(live_operator, tmp_path):
    live_operator.types("takeover", tmp_path / "out")
    file = tmp_path / "out" / "keywords.toml"
    assert "不存在的主题" in live_operator.fails("content", "import", file)
    file.write_text(file.read_text().replace('= ""', '= "legal-aid/overview"'))
    assert live_operator.types("content", "import", file, "--json").json["changed"] == 1


def test_what_was_read_before_is_never_written_over(platform, read, tmp_path):
    read(platform.url)
    (tmp_path / "out" / "keywords.toml").write_text("公证 = 'service/notary'", encoding="utf-8")
    before = {file: file.read_bytes() for file in (tmp_path / "out").rglob("*.*")}
    with pytest.raises(NotEmpty, match="空文件夹"):
        read(platform.url)
    assert {file: file.read_bytes() for file in (tmp_path / "out").rglob("*.*")} == before


def account(odd_platform, articles=(), materials=(), rules=None, menu=None):
    """An account of ours, page by page as the platform gives it."""

    def page(items):
        def give(asked: dict) -> dict:
            assert 1 <= asked["count"] <= 20
            found = list(items)[asked["offset"] : asked["offset"] + asked["count"]]
            return {"total_count": len(items), "item_count": len(found), "item": found}

        return give

    odd_platform.answers |= {
        "get_current_autoreply_info": lambda asked: rules or {},
        "get_current_selfmenu_info": lambda asked: menu or {"is_menu_open": 0},
        "batchget": page(articles),
        "batchget_material": page(materials),
    }
    return odd_platform.url


def item(title: str, content: str = "<p>正文</p>", at: int = 1_790_000_000, **more) -> dict:
    news = {"title": title, "author": "", "digest": "", "content": content, "url": "https://mp.weixin.qq.com/s/1"}
    return {"article_id": title, "content": {"news_item": [{**news, **more}]}, "update_time": at}


def articles_of(tmp_path) -> list[str]:
    return [file.read_text() for file in sorted((tmp_path / "out" / "articles").glob("*.md"))]


def test_an_account_that_has_nothing_gives_nothing(odd_platform, read, tmp_path):
    taken = read(account(odd_platform))
    assert (taken.replies, taken.buttons, taken.articles) == (0, 0, 0)
    assert toml(tmp_path / "out" / "keywords.toml") == {"keywords": {}}


def test_every_page_of_the_list_is_read(odd_platform, read, tmp_path):
    url = account(odd_platform, [item(f"第{number}篇") for number in range(45)], [item("旧的")])
    assert read(url).articles == 46
    assert len(articles_of(tmp_path)) == 46


def test_an_article_in_both_lists_is_taken_once_and_a_deleted_one_not_at_all(odd_platform, read):
    gone = item("删掉的", is_deleted=True)
    assert (
        read(account(odd_platform, [item("同一篇"), gone], [item("同一篇"), item("同一篇", "<p>改过的</p>")])).articles
        == 2
    )


def test_an_account_without_the_right_to_a_list_gives_the_rest(platform, read):
    platform.fails_at("freepublish/batchget", errcode=48001)
    assert read(platform.url).articles == 3


def test_any_other_refusal_ends_the_reading(platform, read):
    platform.fails_at("material/batchget_material", errcode=45009)
    with pytest.raises(PlatformError, match="45009"):
        read(platform.url)


def test_an_articles_words_are_kept_in_paragraphs_without_its_layout(odd_platform, read, tmp_path):
    markup = (
        "<section><h2>一、标题</h2><p>第一段&nbsp;有<b>粗体</b>。</p><p>第二段<br/>换行 &lt;法&gt; &amp; 理</p>"
        "<ul><li>甲</li><li>乙</li></ul></section><style>p{color:red}</style><script>alert(1)</script>"
    )
    read(account(odd_platform, [item("标题", markup)]))
    body = articles_of(tmp_path)[0].split("+++\n")[2]
    assert [line for line in body.replace("\xa0", " ").split("\n") if line] == [
        "一、标题", "第一段 有粗体。", "第二段", "换行 <法> & 理", "甲", "乙",
    ]  # fmt: skip


AWKWARD = {
    "long": item("长" * 64, author="作" * 30, digest="摘" * 200),
    "quotes": item('引"号\\和\n换行'),
    "no title": item(""),
    "no address": item("没有网址", url=""),
    "fences": item("分隔线", "<p>+++</p><p>title = 1</p><p>+++</p><p>---</p>"),
    "controls": item("控\x00制\x07符", "正\x00文"),
    "numbers": item("数字", update_time=0) | {"update_time": 0},
    "nothing": {"content": {"news_item": [{}]}, "update_time": 1_790_000_000},
}


@pytest.mark.parametrize("name", AWKWARD)
def test_whatever_an_article_holds_its_file_can_be_imported(odd_platform, read, operator, tmp_path, name):
    read(account(odd_platform, [AWKWARD[name]]))
    ran = operator.types("content", "import", tmp_path / "out" / "articles", "--json")
    assert ran.json == {"files": 1, "changed": 1}


def test_whatever_a_rule_or_a_button_holds_its_file_is_toml(odd_platform, read, tmp_path):
    odd = '引"号\\\n\t\x07'
    rule = {
        "rule_name": odd,
        "keyword_list_info": [{"type": "text", "content": odd}, {"type": "text"}],
        "reply_list_info": [{"type": "img", "content": "media"}, {"type": "news", "news_info": {}}],
    }
    button = {"name": odd, "type": "text", "value": odd}
    url = account(
        odd_platform, rules={"keyword_autoreply_info": {"list": [rule]}, "add_friend_autoreply_info": {"content": odd}},
        menu={"selfmenu_info": {"button": [button, {"name": "b", "sub_button": {"list": [button]}}]}},
    )  # fmt: skip
    read(url)
    out = tmp_path / "out"
    assert toml(out / "menu.toml")["button"][0]["value"].startswith('引"号')
    assert len(toml(out / "autoreplies.toml")["reply"]) == 2
    assert len(toml(out / "keywords.toml")["keywords"]) == 1


def test_no_secret_and_no_token_is_written_into_the_files(platform, read, tmp_path):
    read(platform.url)
    written = b"".join(file.read_bytes() for file in (tmp_path / "out").rglob("*.*"))
    assert b"test-secret" not in written
    assert b"access_token" not in written
    assert json.dumps(platform.asked)
