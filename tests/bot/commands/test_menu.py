"""menu show and push, against the platform's own limits as the sandbox plays them."""

import pytest

OWN = '[[button]]\nname = "公证"\nkey = "service/notary"\n[[button]]\nname = "网站"\nurl = "https://example.com/a?b=1&c=2"\n'


def test_the_shipped_menu_is_shown_as_lines_and_as_json(operator):
    body = operator.types("menu", "show", "--json").json
    lines = operator.types("menu", "show").out.splitlines()
    assert 1 <= len(body["button"]) <= 3
    assert lines[0] == body["button"][0]["name"]
    first = body["button"][0]["sub_button"][0]
    assert lines[1] == f"  └ {first['name']} → {first['key']}"


def test_the_bureaus_own_menu_takes_the_place_of_the_shipped_one(operator, tmp_path):
    (tmp_path / "menu.toml").write_text(OWN)
    lines = operator.types("menu", "show").out.splitlines()
    assert lines == ["公证 → service/notary", "网站 → https://example.com/a?b=1&c=2"]


def test_an_entry_may_say_a_word_of_the_bureaus_own_and_no_other(operator, tmp_path):
    (tmp_path / "menu.toml").write_text('[[button]]\nname = "问"\nkey = "咕噜乌拉"\n')
    assert "“咕噜乌拉”不认识" in operator.fails("menu", "show")
    (tmp_path / "words.toml").write_text('[keywords]\n"咕噜乌拉" = "service/notary"\n')
    operator.types("content", "import", tmp_path / "words.toml")
    assert operator.types("menu", "show").out == "问 → 咕噜乌拉\n"


def test_the_menu_that_is_pushed_is_the_one_that_is_then_live(live_operator, tmp_path):
    for text in (None, OWN):
        if text:
            (tmp_path / "menu.toml").write_text(text)
        assert live_operator.types("menu", "push").out == "菜单已推送。\n"
        wanted = live_operator.types("menu", "show").out
        assert live_operator.types("menu", "show", "--live").out == wanted


def test_an_account_without_a_menu_shows_none(live_operator):
    assert live_operator.types("menu", "show", "--live", "--json").json == {"button": []}


BAD = {
    "no toml": "[[button",
    "no buttons": "",
    "four buttons": OWN * 2,
    "a long name": '[[button]]\nname = "' + "字" * 6 + '"\nkey = "a"',
    "no name": '[[button]]\nkey = "a"',
    "no target": '[[button]]\nname = "a"',
    "two targets": '[[button]]\nname = "a"\nkey = "a"\nurl = "https://a"',
    "six below": '[[button]]\nname = "a"\n' + '[[button.sub]]\nname = "b"\nkey = "c"\n' * 6,
    "a long key": '[[button]]\nname = "a"\nkey = "' + "k" * 129 + '"',
    "an address without scheme": '[[button]]\nname = "a"\nurl = "example.com"',
    "a button of words": 'button = ["a"]',
    "buttons of words": 'button = "a"',
    "a number of buttons": "button = 1",
    "sub-buttons of words": '[[button]]\nname = "a"\nsub = ["b"]',
}


@pytest.mark.parametrize("name", BAD)
def test_a_menu_that_the_platform_would_refuse_is_told_before_it_is_pushed(live_operator, platform, tmp_path, name):
    (tmp_path / "menu.toml").write_text(BAD[name])
    told = live_operator.fails("menu", "push")
    assert "PUFA_DEBUG" not in told
    assert live_operator.fails("menu", "show") == told
    assert platform.times("menu/create") == 0


def test_without_credentials_nothing_is_pushed_and_the_settings_are_named(operator):
    assert "wechat.app_secret" in operator.fails("menu", "push")
    assert "wechat.app_id" in operator.fails("menu", "show", "--live")


@pytest.mark.parametrize(("code", "word"), [(48001, "权限"), (45009, "明天"), (65301, "65301"), (-1, "繁忙")])
def test_what_the_platform_refuses_is_told_with_its_code(live_operator, platform, code, word):
    platform.fails_at("menu/create", errcode=code)
    told = live_operator.fails("menu", "push")
    assert word in told
    assert str(code) in told


def test_wrong_credentials_are_told_without_telling_them(live_operator):
    live_operator.configure(wechat__app_secret="wr0ng-secret")
    told = live_operator.fails("menu", "push")
    assert "40125" in told
    assert "wr0ng" not in told
