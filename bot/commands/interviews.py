"""interviews: the guided talks checked like code, and drawn for the lawyer who reviews them."""

import json
from pathlib import Path

import click

from content.phrases import say
from handlers.guided import chart, checking, flow


@click.group(help="引导问答（自测、申请、算期限）：检查和画出问答树。")
def interviews() -> None:
    pass


@interviews.command(
    name="check", help="检查问答：问不到的题、走不通的路、绕回来的路、缺的话、查不到的法条；有问题时退出码为 1。"
)
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def check(names: tuple[str, ...], as_json: bool) -> int:
    looked = {name: flow.load(name) for name in names or flow.names()}
    found = {name: checking.faults(one) for name, one in looked.items()}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    for name, faults in found.items() if not as_json else ():
        one = looked[name]
        told = {"name": name, "title": one.title, "questions": len(one.questions)}
        for fault in faults:
            click.echo(say("flow_fault", name=name, fault=fault))
        if not faults:
            click.echo(say("flow_good", **told, longest=checking.longest_way(one)))
    return 1 if any(found.values()) else 0


@interviews.command(name="chart", help="把一个问答画成流程图（SVG），给审核的律师看。")
@click.argument("name", metavar="NAME")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件。")
def draw(name: str, out: Path) -> None:
    out.write_text(chart.draw(flow.load(name)), encoding="utf-8")
    click.echo(say("flow_drawn", name=name, file=out))


COMMANDS = (interviews,)
