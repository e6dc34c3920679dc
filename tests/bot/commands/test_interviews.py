"""interviews: the check and the picture from a terminal."""

from handlers.guided import flow
from tests.handlers.guided.small import WRITTEN


def test_the_flows_of_the_library_stand_the_check(operator):
    told = operator.types("interviews", "check")
    assert all(f"{name}（{flow.load(name).title}）" in told.out for name in flow.names())
    assert operator.types("interviews", "check", "--json").json == {name: [] for name in flow.names()}


def test_a_fault_is_told_with_its_flow_and_fails(operator, monkeypatch):
    monkeypatch.setattr(flow, "names", lambda: ["small"])
    monkeypatch.setattr(flow, "load", lambda name: flow.parse(name, WRITTEN.replace('to = "migrant"', 'to = "gone"')))
    told = operator.types("interviews", "check")
    assert told.code == 1 and "small：“matter”指向的“gone”不存在。" in told.out


def test_a_flow_is_drawn_into_a_file(operator, tmp_path):
    drawn = tmp_path / "tree.svg"
    assert str(drawn) in operator.types("interviews", "chart", flow.names()[0], "--out", str(drawn)).out
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    assert "没有名为“gone”的问答" in operator.fails("interviews", "chart", "gone", "--out", str(drawn))
