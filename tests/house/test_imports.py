"""Who may import whom: the line content ← handlers ← scheduler ← bot, held by walking the syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("content", "handlers", "scheduler", "bot")
FORBIDDEN = {
    "content": {"handlers", "scheduler", "bot", "flask", "wechatpy", "apscheduler"},
    "handlers": {"scheduler", "bot", "flask", "wechatpy", "redis", "apscheduler"},
    "scheduler": {"bot", "flask", "wechatpy"},
    "bot": set(),
}
SURFACES = ("bot.webhook", "bot.pages", "bot.console", "bot.sandbox")
SLICES = ("talk", "legal_aid", "disclosure", "quiz", "publicity", "understanding")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, in full."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_line_of_packages_is_never_a_circle(package: str) -> None:
    for path in modules(package):
        found = {name.split(".")[0] for name in imports(path)} & FORBIDDEN[package]
        assert not found, f"{named(path)} imports {found}"


def test_redis_is_opened_only_in_the_store_and_for_tokens() -> None:
    allowed = {"content/store/memory.py", "content/store/embedded.py", "bot/wechat/client.py"}
    users = {named(path) for package in PACKAGES for path in modules(package) if "redis" in set(imports(path))}
    assert users <= allowed


def test_only_the_runner_knows_apscheduler() -> None:
    users = {
        named(path)
        for package in PACKAGES
        for path in modules(package)
        if any(name.startswith("apscheduler") for name in imports(path))
    }
    assert users == {"scheduler/runner.py"}


def test_only_the_envelope_and_the_client_know_wechatpy() -> None:
    users = {
        named(path)
        for path in modules("bot")
        if any(name.startswith("wechatpy") for name in imports(path)) and "sandbox" not in path.parts
    }
    assert users == {"bot/wechat/envelope.py", "bot/wechat/client.py"}


def test_surfaces_do_not_import_one_another() -> None:
    for surface in SURFACES:
        files = [
            path for path in modules("bot") if named(path).removesuffix(".py").replace("/", ".").startswith(surface)
        ]
        others = [other for other in SURFACES if other != surface]
        for path in files:
            found = [name for name in imports(path) if name.startswith(tuple(others))]
            assert not found, f"{named(path)} imports {found}"


def test_the_sandbox_shares_no_code_with_our_side_of_the_platform() -> None:
    for path in modules("bot"):
        if "sandbox" in path.parts:
            ours = [name for name in imports(path) if name.startswith(("bot.", "handlers", "scheduler", "content"))]
            assert all(name.startswith(("bot.sandbox", "content.store")) for name in ours), named(path)


def test_a_slice_of_handlers_does_not_import_another() -> None:
    for path in modules("handlers"):
        own = path.relative_to(ROOT / "handlers").parts[0]
        others = tuple(f"handlers.{name}" for name in SLICES if name != own and name != "understanding")
        if own in SLICES:
            assert not [name for name in imports(path) if name.startswith(others)], named(path)


def test_jobs_never_speak_as_a_chat() -> None:
    for path in modules("scheduler"):
        assert not [name for name in imports(path) if name.endswith(".chat")], named(path)


def test_no_import_hides_inside_a_function_but_what_only_training_needs() -> None:
    allowed = {"handlers/understanding/training.py", "handlers/understanding/tables.py"}
    for package in PACKAGES:
        for path in modules(package):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            hidden = [
                inner.lineno
                for outer in ast.walk(tree)
                if isinstance(outer, ast.FunctionDef)
                for inner in ast.walk(outer)
                if isinstance(inner, (ast.Import, ast.ImportFrom))
            ]
            assert not hidden or named(path) in allowed, f"{named(path)}:{hidden}"
