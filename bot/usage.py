"""The words around every help text of `pufa`: click says them in English."""

import re
from collections.abc import Iterable

import click

_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}

_EXTRAS = re.compile(r"\s*\[(?:(?P<required>required)|default: (?P<default>[^\]]*))\]")


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{_HEADINGS.get(heading, heading)}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _EXTRAS.sub(_extra, told)) for name, told in rows], col_max, col_spacing)


def _extra(found: re.Match[str]) -> str:
    """What click puts behind an option's help: [required], [default: 3]."""
    return "（必填）" if found["required"] else f"（默认：{found['default']}）"


class _Context(click.Context):
    formatter_class = _Formatter


def in_chinese(command: click.Command) -> None:
    """For a command and all below it."""
    command.context_class = _Context
    command.options_metavar = "[选项]"
    command.add_help_option = False
    click.help_option("--help", help="显示这段说明。")(command)
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]…"
        for inner in command.commands.values():
            in_chinese(inner)
