"""`pufa`: exit codes, Chinese sentences, never a traceback."""

import os
import re
import subprocess
import sys

import click
import pytest
from conftest import ROOT

from bot import cli
from bot.version import VERSION

MISUSED = [
    (), ("menu",), ("nonsense",), ("menu", "nonsense"), ("ask",), ("ask", "a", "b"), ("ask", "--nonsense", "a"),
    ("ask", "a", "--batch"), ("ask", "--openid"), ("content", "import"), ("content", "export"),
    ("demo", "--port", "abc"), ("demo", "--port", "0"), ("demo", "--port", "65535"),
    ("takeover",), ("db", "upgrade", "x"),
]  # fmt: skip


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_wrong_usage_is_explained_in_chinese_and_ends_with_2(operator, words):
    ran = operator.types(*words)
    assert (ran.code, ran.out) == (2, "")
    assert re.search("[一-鿿]", ran.err)
    assert not re.search("No such|Missing|Invalid|unexpected|requires", ran.err)


def every_command(command, *words):
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, *words, name)


@pytest.mark.parametrize("words", list(every_command(cli.pufa)), ids=" ".join)
def test_help_was_half_in_english(operator, words):
    told = operator.types(*words, "--help")
    first = told.out.splitlines()[0]
    assert told.code == 0 and first.startswith("用法：") and " ".join((*words, "[选项]")) in first
    assert "选项：" in told.out and "显示这段说明。" in told.out
    assert not re.search(r"Usage|Options|Commands|Show this|OPTIONS|COMMAND|\[required\]|\[default", told.out)


def test_help_and_version_end_with_0(operator):
    assert "像市民一样" in operator.types("ask", "--help").out
    assert operator.types("--version").out.strip() == VERSION


COMMANDS = [("ask", "你好"), ("check",), ("content", "lint"), ("db", "upgrade"), ("menu", "show"), ("serve",), ("web",)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_wrong_settings_stop_every_command_with_one_sentence(operator, words):
    operator.file.write_text("[server]\nprot = 1\n")
    assert "server.prot" in operator.fails(*words)


def test_a_config_file_that_is_not_there_is_named(operator, tmp_path):
    operator.file = tmp_path / "nowhere.toml"
    assert "nowhere.toml" in operator.fails("check")


UNREACHABLE = {
    "sqlite:////proc/nowhere/pufa.db": "/proc/nowhere",
    "postgresql://pufa@127.0.0.1:1/pufa": "database.url",
    "sqlite:////etc/hostname": "database.url",
}


@pytest.mark.parametrize("url", UNREACHABLE)
def test_a_database_that_cannot_be_opened_is_told_in_chinese(operator, url):
    operator.configure(database__url=url)
    assert UNREACHABLE[url] in operator.fails("content", "lint")


@pytest.mark.parametrize("folder", ["/proc/nope", "/proc"])
def test_a_data_folder_that_cannot_be_written_showed_a_traceback_of_the_training(operator, folder):
    operator.configure(server__data=folder)
    ran = run("--config", str(operator.file), "ask", "你好", capture_output=True, text=True)  # a child's words, too
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"数据文件夹 {folder} 写不进去") and ran.stderr.count("\n") == 1


def test_a_spoilt_key_file_is_told_in_chinese(operator, tmp_path):
    (tmp_path / "keys.json").write_text("{}")
    assert "keys.json" in operator.fails("ask", "你好")


@pytest.mark.parametrize("name", ["serve", "web"])
def test_without_a_token_nothing_is_served(operator, name):
    operator.configure(wechat__token="")
    assert "wechat.token" in operator.fails(name)


def test_what_nobody_foresaw_is_one_sentence_and_ends_with_1(operator, monkeypatch):
    @click.command
    def fall_over():
        raise ZeroDivisionError("secret words")

    monkeypatch.setitem(cli.pufa.commands, "fall-over", fall_over)
    told = operator.fails("fall-over")
    assert "ZeroDivisionError" in told
    assert "PUFA_DEBUG" in told
    assert "secret words" not in told


def run(*words: str, environment: dict[str, str] | None = None, **more) -> subprocess.CompletedProcess:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PUFA_")}
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, env={**own, "PYTHONPATH": str(ROOT), **(environment or {})}, **more)  # noqa: S603


def test_as_a_process_of_its_own_it_keeps_to_its_codes_and_streams(tmp_path):
    done = run("--config", str(tmp_path), "check", capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1


def test_a_reader_who_goes_away_early_is_no_accident(operator):
    lines = "你好\n" * 50
    batch = [sys.executable, "-m", "bot.cli", "--config", str(operator.file), "ask", "--batch"]
    child = subprocess.Popen(batch, stdin=-1, stdout=-1, stderr=-1, cwd=ROOT)  # noqa: S603
    child.stdout.close()
    _, told = child.communicate(lines.encode(), timeout=60)
    assert b"Traceback" not in told
    assert b"Error" not in told


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_settings_file_may_be_named_before_or_behind_the_command(operator, tmp_path, place):
    missing = str(tmp_path / "missing.toml")
    words = ("--config", missing, "menu", "show") if place == "before" else ("menu", "show", "--config", missing)
    ran = operator.types(*words)
    assert ran.code == 1 and "missing.toml" in ran.err


def test_a_training_that_fails_is_one_sentence_with_the_place_of_its_log(operator, tmp_path, monkeypatch):
    (tmp_path / "sklearn.py").write_text("raise RuntimeError('the library is spoilt')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    operator.configure(server__data=str(tmp_path / "bare"))
    assert "没有训练成" in (told := operator.fails("ask", "你好")) and "training.log" in told
