"""Numbers that hold for a time: by the day, with their source, and never guessed."""

from datetime import date

import pytest

from content.figures import FiguresUnreadable, NoFigure, lacking, load_figures, written

HELD = """
[[aid_hardship]]
amount = 900
since = 2025-01-01
until = 2025-12-31
source = "（演示）一号文件"

[[aid_hardship]]
amount = 1000.5
since = 2026-01-01
source = "（演示）二号文件"
"""


@pytest.fixture
def own(write, tmp_path):
    def _load(lines):
        write("figures.toml", lines)
        return load_figures(tmp_path)

    return _load


def test_the_library_names_the_figure_and_ships_no_number_for_it(tmp_path):
    for shipped in (load_figures(), load_figures(tmp_path)):
        assert shipped["aid_hardship"].periods == () and shipped["aid_hardship"].law == "《法律援助法》第三十四条"
        assert [figure.name for figure in lacking(shipped, date(2026, 11, 25))] == ["aid_hardship"]


def test_a_number_is_found_by_the_day_it_holds(own):
    found = own(HELD)["aid_hardship"]
    assert (found.on(date(2025, 12, 31)).amount, found.on(date(2026, 1, 1)).amount) == (900, 1000.5)
    assert found.on(date(2026, 5, 1)).source == "（演示）二号文件"
    assert lacking(own(HELD), date(2026, 11, 25)) == []


def test_where_no_period_fits_it_is_refused_with_what_to_do(own):
    ended = HELD.replace("2026-01-01", "2026-01-01\nuntil = 2026-06-30")
    for day in (date(2024, 12, 31), date(2026, 7, 1)):
        with pytest.raises(NoFigure, match="还没有填.*figures.toml"):
            own(ended)["aid_hardship"].on(day)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("x = [", "写法有误"),
        (b"\xff\xfe", "写法有误"),
        ("[[other]]\namount = 1", "不认识的名称：other"),
        ("[aid_hardship]\namount = 1", r"写成 \[\[aid_hardship\]\]"),
        ("aid_hardship = [1]", "每段要写"),
        (HELD.replace('source = "（演示）二号文件"', ""), "每段要写"),
        (HELD + "note = 1", "每段要写"),
        (HELD.replace("1000.5", '"1000"'), "大于零的数"),
        (HELD.replace("1000.5", "0"), "大于零的数"),
        (HELD.replace("1000.5", "true"), "大于零的数"),
        (HELD.replace("since = 2026-01-01", 'since = "2026-01-01"'), "不加引号"),
        (HELD.replace("until = 2025-12-31", "until = 2024-12-31"), "先后不能颠倒"),
        (HELD.replace("（演示）二号文件", " "), "哪份文件"),
        (HELD.replace("until = 2025-12-31", ""), "重叠"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(own, lines, told):
    with pytest.raises(FiguresUnreadable, match=told) as refused:
        own(lines)
    assert "\n" not in str(refused.value).strip() or "写法有误" in str(refused.value)


@pytest.mark.parametrize(("amount", "told"), [(1000, "1000"), (1000.0, "1000"), (1066.5, "1066.5")])
def test_a_number_is_written_as_people_write_it(amount, told):
    assert written(amount) == told
