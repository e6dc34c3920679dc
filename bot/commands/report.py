"""report annual: the year's report on disclosure as a Word file."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot import wiring
from bot.demo.settings import open_config
from content import word_forms
from scheduler import annual_report


@click.group(help="报告。")
def report() -> None:
    pass


@report.command(help="政府信息公开工作年度报告，写成 Word 文件：没有填的数写“待填”，一并列出。")
@click.argument("year", type=int)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到哪个 .docx 文件。")
@click.option("--json", "as_json", is_flag=True, help="输出各项数字的 JSON。")
@click.pass_obj
def annual(path: Path | None, year: int, out: Path, as_json: bool) -> None:
    annual_report.check_year(year)
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        found = annual_report.gather(session, year)
    out.write_bytes(word_forms.as_docx(annual_report.form(found)))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    click.echo(f"{year} 年的报告已写入 {out}。")
    for fault in found.faults:
        click.echo(fault)
    if found.missing:
        click.echo(f"还有 {len(found.missing)} 处待填，请在控制台“年度报告”里补：")
        for item in found.missing:
            click.echo(f"  {item}")


COMMANDS = (report,)
