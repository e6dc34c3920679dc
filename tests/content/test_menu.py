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
    made = menu(_button("首页", url="https://pufa.example/h/") + _button("查法") + _sub("宪法", key="宪法"))
    assert made == {
        "button": [
            {"name": "首页", "type": "view", "url": "https://pufa.example/h/"},
            {"name": "查法", "sub_button": [{"name": "宪法", "type": "click", "key": "宪法"}]},
        ]
    }
    (tmp_path / "menu.toml").unlink()
    assert load_menu(tmp_path) == load_menu()


@pytest.mark.parametrize(
    "lines",
    [
        _button(key="a") * 3,
        _button() + _sub(key="a") * 5,
        _button("字" * 5 + "a", key="a"),  # 16 bytes
        _button() + _sub("字" * 20, key="a"),  # 60 bytes
        _button(key="k" * 128),
        _button(url="https://" + "u" * 1016),
    ],
)
def test_what_is_just_within_the_platforms_limits_is_taken(menu, lines):
    assert menu(lines)["button"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "1 到 3"),
        (_button(key="a") * 4, "1 到 3"),
        (_button("普法") + _sub(key="a") * 6, "“普法”下面最多 5 个"),
        (_button("字" * 5 + "ab", key="a"), "16 个字节"),
        (_button() + _sub("字" * 20 + "a", key="a"), "60 个字节"),
        (_button("", key="a"), "1 到 16"),
        ('[[button]]\nkey = "a"', "1 到 16"),
        (_button(key="字" * 43), "太长"),
        (_button(url="https://" + "u" * 1017), "太长"),
        (_button(), "key 或 url"),
        (_button(key="a", url="https://pufa.example"), "二者选一"),
        (_button() + _sub(), "key 或 url"),
        (_button(url="javascript:alert(1)"), "https://"),
        (_button(key="a").replace("[[button]]", "[button]"), "两层方括号"),
        ('button = ["a"]', "两层方括号"),
        (_button() + _sub(key="a").replace("[[button.sub]]", "[button.sub]"), "两层方括号"),
        ("[[button", "写法有误"),
        (_button("普法", key="a").encode("gbk"), "写法有误"),
    ],
)
def test_what_the_platform_would_refuse_is_refused_here_with_the_reason(menu, lines, told):
    with pytest.raises(BadMenu, match=told):
        menu(lines)
