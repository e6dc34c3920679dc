"""Plots: lines and bars stand where the figures put them, gaps stay gaps, and nothing leaves the drawing."""

import pytest
from conftest import ROOT
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from content import charts


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (7, [0, 2, 4, 6, 8]),
        (100, [0, 20, 40, 60, 80, 100]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_the_scale_goes_in_round_steps(most, steps):
    assert charts.ticks_up_to(most) == steps


def test_a_day_that_nobody_knows_is_a_gap_and_not_nought():
    chart = charts.line_chart(["1日", "2日", "3日", "4日"], {"asked": [5, None, 0, 5]})
    (line,) = chart.lines
    assert [len(path.split()) for path in line.paths] == [1, 2]
    assert [dot.label for dot in line.dots] == ["1日：5", "3日：0", "4日：5"]


def test_more_stands_higher_and_nought_on_the_lowest_line():
    chart = charts.line_chart(["1日", "2日"], {"asked": [0, 10]})
    low, high = chart.lines[0].dots
    assert high.y < low.y == chart.y_ticks[0].at


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=60))
def test_nothing_leaves_the_drawing(values):
    chart = charts.line_chart([str(number) for number in range(len(values))], {"x": values})
    for dot in chart.lines[0].dots:
        assert 0 <= dot.x <= chart.width
        assert 0 <= dot.y <= chart.height
    assert len(chart.x_ticks) <= 8
    assert len(chart.y_ticks) <= 7


def test_bars_are_as_long_as_their_share_of_the_longest():
    chart = charts.bar_chart([("工资", 100), ("婚姻", 25), ("借款", None)])
    longest, quarter, unknown = chart.bars
    assert quarter.length == pytest.approx(longest.length / 4, abs=0.1)
    assert (unknown.length, unknown.label) == (0, "无数据")


def test_bars_of_nothing_are_drawn_without_a_fault():
    assert charts.bar_chart([]).bars == ()
    assert charts.bar_chart([("工资", 0)]).bars[0].length == 0


# ── the drawing itself ────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(call: str, **names):
    environment = Environment(loader=FileSystemLoader(ROOT / "bot/console/templates"), autoescape=True)
    source = f'{{% from "console/charts.html" import line_plot, bar_plot %}}{{{{ {call} }}}}'
    text = environment.from_string(source).render(**names)
    ElementTree.fromstring(text)
    assert "style=" not in text  # the console's policy would drop it
    return text


def test_a_line_plot_has_its_table_beside_it():
    labels, values = ["12月3日", "12月4日"], {"asked": [1200, None]}
    chart = charts.line_chart(labels, values)
    text = drawn(
        "line_plot('提问', chart, labels, values, {'asked': '市民提问'})", chart=chart, labels=labels, values=values
    )
    assert "<polyline" in text
    assert "1,200</td>" in text
    assert "—</td>" in text


def test_names_are_shown_as_they_are_and_never_as_markup():
    text = drawn("bar_plot('最常问', chart)", chart=charts.bar_chart([("<script>x</script>", 3)]))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
