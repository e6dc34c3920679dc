"""What is done in one place only, and how long things may be."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("content", "handlers", "scheduler", "bot")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 350, 45
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "manager", "service", "processor", "impl"}
BANNED_NAMES |= {"constants", "types"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> list[str]:
    """Every call in a file, as it is written: "session.commit"."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_only_the_store_commits() -> None:
    users = {named(path) for path in SOURCES if any(call.endswith(".commit") for call in calls(path))}
    assert users == {"content/store/db.py"}


def test_only_the_clock_reads_the_time() -> None:
    readers = re.compile(r"(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic|perf_counter))$")
    users = {named(path) for path in SOURCES if any(readers.search(call) for call in calls(path))}
    assert users == {"content/store/clock.py"}


def test_tests_share_one_browser() -> None:
    """The fixture `browser`: Playwright can be started only once at a time."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if not path.is_relative_to(ROOT / "tests" / "bench")]
    assert {named(path) for path in files if "sync_playwright" in calls(path)} == {"tests/conftest.py"}


def test_http_goes_out_only_where_it_may() -> None:
    may = ("bot/wechat/", "bot/sandbox/", "bot/alerts.py", "bot/commands/run.py")  # run.py asks itself whether it is up
    users = [named(path) for path in SOURCES if re.search(r"^import requests", path.read_text("utf-8"), re.MULTILINE)]
    assert all(user.startswith(may) for user in users)


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and "migrations" not in path.parts:
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stem != "env"], ids=named)
def test_every_module_says_what_it_owns(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_names_say_something(path: Path) -> None:
    assert not BANNED_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)


def test_the_openid_ends_where_it_should() -> None:
    may = ("bot/", "handlers/message.py", "handlers/citizens.py", "handlers/desk.py")
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        if "openid" in names:
            assert named(path).startswith(may), named(path)


def test_sentences_for_citizens_stand_in_the_library() -> None:
    """Chinese in handlers is a word people write to us, never one we say."""
    chinese = re.compile(r"[一-鿿]{7,}")
    for path in (path for path in SOURCES if path.is_relative_to(ROOT / "handlers")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                assert not chinese.search(node.value), f"{named(path)}: {node.value}"


def test_nothing_names_a_folder_of_a_machine_or_a_package_index() -> None:
    for path in [*SOURCES, ROOT / "pyproject.toml", ROOT / "constraints.txt", ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|index-url|pypi\.org|\.\./shared", text), named(path)
