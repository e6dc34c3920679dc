import pytest

from content.menu import BadMenu, load_menu


def _button(name="查法", **fields) -> str:
    return "[[button]]\n" + "".join(f'{key} = "{value}"\n' for key, value in {"name": name, **fields}.items())


def _sub(name="查法", **fields) -> str:
    return _button(name, **fields).replace("[[button]]", "[[button.sub]]")


@pytest.fixture
def menu(write, tmp_path):
    def _load(lines: str | bytes):
        write("menu.toml", lines)
        return load_menu(tmp_path)

    return _load


def test_the_librarys_menu_is_what_the_platform_takes():
    tops = load_menu()["button"]
    assert [top["name"] for top in tops] == ["法律援助", "信息公开", "学法答题"]
    assert all(len(top["name"]) <= 4 and 1 <= len(top["sub_button"]) <= 5 for top in tops)  # a phone shows four
    assert all(len(sub["name"]) <= 8 and sub["type"] == "click" for top in tops for sub in top["sub_button"])


def test_the_bureaus_own_menu_replaces_the_librarys(menu, tmp_path):
    made = menu(_button("首页", url="https://pufa.example/h/") + _button("查法") + _sub("宪法", key="宪法知识竞答"))
    assert made == {
        "button": [
            {"name": "首页", "type": "view", "url": "https://pufa.example/h/"},
            {"name": "查法", "sub_button": [{"name": "宪法", "type": "click", "key": "宪法知识竞答"}]},
        ]
    }
    (tmp_path / "menu.toml").unlink()
    assert load_menu(tmp_path) == load_menu()


KEYS = ["talk/menu", "talk/human", "legal-aid/overview", "quiz/play", "service/hotline"]


@pytest.mark.parametrize(
    "lines",
    [
        "".join(_button(name, key=key) for name, key in zip("甲乙丙", KEYS, strict=False)),
        _button() + "".join(_sub(name, key=key) for name, key in zip("甲乙丙丁戊", KEYS, strict=True)),
        _button("字" * 5 + "a", key="talk/menu"),  # 16 bytes
        _button() + _sub("字" * 20, key="talk/menu"),  # 60 bytes
        _button(url="https://" + "u" * 1016),
        _button(key="talk/menu"),
        _button(key="拖欠工资"),  # a topic's name
        _button(key="转人工"),  # a word of the library
        _button("查法", key="talk/menu") + _button("普法") + _sub("查法", key="talk/menu"),
    ],
)
def test_what_is_just_within_the_platforms_limits_is_taken(menu, lines):
    assert menu(lines)["button"]


def test_a_word_of_the_bureaus_own_may_stand_in_its_menu(write, tmp_path):
    write("menu.toml", _button(key="黑律师" * 10))
    assert load_menu(tmp_path, ["黑律师" * 10])["button"][0]["key"] == "黑律师" * 10


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "1 到 3"),
        (_button(key="talk/menu") * 4, "1 到 3"),
        (_button("普法") + _sub(key="talk/menu") * 6, "“普法”下面最多 5 个"),
        (_button("字" * 5 + "ab", key="talk/menu"), "16 个字节"),
        (_button() + _sub("字" * 20 + "a", key="talk/menu"), "60 个字节"),
        (_button("", key="talk/menu"), "1 到 16"),
        (_button(" ", key="talk/menu"), "1 到 16"),
        ('[[button]]\nkey = "talk/menu"', "1 到 16"),
        (_button(key="字" * 43), "太长"),
        (_button(url="https://" + "u" * 1017), "太长"),
        (_button(), "key 或 url"),
        (_button(key="talk/menu", url="https://pufa.example"), "二者选一"),
        (_button() + _sub(), "key 或 url"),
        (_button(url="javascript:alert(1)"), "https://"),
        (_button(key="talk/menu").replace("[[button]]", "[button]"), "两层方括号"),
        ('button = ["a"]', "两层方括号"),
        (_button() + _sub(key="talk/menu").replace("[[button.sub]]", "[button.sub]"), "两层方括号"),
        ("[[button", "写法有误"),
        (_button("普法", key="talk/menu").encode("gbk"), "写法有误"),
    ],
)
def test_what_the_platform_would_refuse_is_refused_here_with_the_reason(menu, lines, told):
    with pytest.raises(BadMenu, match=told):
        menu(lines)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (_button(key="legal-aid/overveiw"), "“legal-aid/overveiw”不认识"),
        (_button(key="咕噜咕噜"), "“咕噜咕噜”不认识"),
        (_button() + _sub(key="咕噜咕噜"), "“咕噜咕噜”不认识"),
        (_button(key="talk/menu", colour="red"), "不认识的项目：colour"),
        (_button() + _sub(key="talk/menu", type="click"), "不认识的项目：type"),
        (_button(key="talk/menu") + "\n[menu]\na = 1\n", "不认识的项目：menu"),
        (_button(key="talk/menu").replace('"talk/menu"', "1"), "key 应写在引号里"),
        (_button(url="x").replace('"x"', '["https://pufa.example"]'), "url 应写在引号里"),
        (_button(key="talk/menu").replace('"查法"', "12348"), "名称 12348 应写在引号里"),
        (_button("查法", key="talk/menu") + _button("查法", key="talk/human"), "一级菜单有两个“查法”"),
        (_button("甲", key="talk/menu") + _button("乙", key="talk/menu"), "一级菜单有两个“talk/menu”"),
        (_button() + _sub("甲", key="talk/menu") + _sub("乙", key="talk/menu"), "“查法”下面有两个“talk/menu”"),
        (_button(key="talk/menu") + _sub("甲", key="talk/human"), "只会展开"),
        (_button(url="https://pufa.example") + _sub("甲", key="talk/human"), "只会展开"),
        (_button() + _sub("甲") + '[[button.sub.sub]]\nname = "乙"\n', "不能再有菜单"),
    ],
)
def test_an_entry_that_would_lead_nowhere_was_pushed_without_a_word(menu, lines, told):
    with pytest.raises(BadMenu, match=told):
        menu(lines)
