"""What is read out of a citizen's words about his points, name and unit."""

import pytest

from handlers.quiz.boards.asking import Asked, Wish, read


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("我的错题", Asked(Wish.MISSED)),
        ("错题第2页", Asked(Wish.MISSED, number=2)),
        ("单位榜", Asked(Wish.UNITS)),
        ("各单位排名", Asked(Wish.UNITS)),
        ("昵称 小明", Asked(Wish.NICKNAME, "小明")),
        ("昵称：小明", Asked(Wish.NICKNAME, "小明")),
        ("我的昵称改成小明", Asked(Wish.NICKNAME, "小明")),
        ("设个昵称", Asked(Wish.NICKNAME)),
        ("昵称怎么改", Asked(Wish.NICKNAME)),
        ("不用昵称", Asked(Wish.NO_NICKNAME)),
        ("我的单位是龙港区教育局", Asked(Wish.UNIT, "龙港区教育局", names_unit=True)),
        ("单位 没有的局", Asked(Wish.UNIT, "没有的局", is_loose=True, names_unit=True)),
        ("单位 不发工资", Asked(Wish.UNIT, "不发工资", is_loose=True)),
        ("单位", Asked(Wish.UNIT, is_loose=True)),
        ("我的单位。", Asked(Wish.UNIT, is_loose=True)),
        ("选单位", Asked(Wish.UNIT, is_loose=True)),
        ("确认单位12", Asked(Wish.CONFIRM, number=12)),
    ],
)
def test_what_is_plainly_said_is_read(written, asked):
    assert read(written) == asked


@pytest.mark.parametrize(
    "written",
    [
        "单位不给交社保怎么办",
        "单位 拖欠工资怎么办",
        "错题能不能再给我看一下",
        "我的成绩",
        "A",
        "确认",
        "单位" + "很长" * 40,
    ],
)
def test_anything_else_is_left_to_be_understood(written):
    assert read(written) is None
