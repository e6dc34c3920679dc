"""Everything that can be enumerated is complete: topics, phrases, settings, jobs, commands, the tree itself."""

import ast
import re
from pathlib import Path

from bot.cli import pufa
from bot.version import VERSION
from content import phrases, repository
from content.importers.library import read_answer
from content.phrases import LIBRARY
from handlers import router, talks
from scheduler.jobs import JOBS

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(path for name in ("content", "handlers", "scheduler", "bot") for path in (ROOT / name).rglob("*.py"))


PUT_TOGETHER = (
    "group_", "quiz_question_", "quiz_kind_", "quiz_difficulty_", "quiz_multiple_", "prize_state_", "request_state_",
    "request_field_", "video_yours_", "video_there_",
)  # fmt: skip


def _said() -> tuple[set[str], list[str]]:
    """Keys given to say(), and the beginnings of those that are put together."""
    whole: set[str] = set()
    begun: list[str] = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                begun.append(str(node.values[0].value))
    return whole, begun


def test_every_phrase_is_used() -> None:
    whole, begun = _said()
    beginnings = tuple(text for text in begun if text in PUT_TOGETHER)
    assert {key for key in phrases.all_keys() if key not in whole and not key.startswith(beginnings)} == set()


def test_every_phrase_that_is_said_exists() -> None:
    for path in SOURCES:
        for key in re.findall(r"""\bsay\(\s*["'](\w+)["']""", path.read_text(encoding="utf-8")):
            assert key in phrases.all_keys(), f"{path.name}: {key}"


def test_every_topic_has_an_answer_of_its_own() -> None:
    files = {str(file.relative_to(LIBRARY / "answers").with_suffix("")) for file in (LIBRARY / "answers").rglob("*.md")}
    assert files == set(repository.topics())
    assert len(files) == 61


def test_every_answer_leads_only_to_topics() -> None:
    for file in (LIBRARY / "answers").rglob("*.md"):
        related = (read_answer(file).facts or {})["related"]
        assert set(related) <= set(repository.topics()), file


def test_tables_of_the_router_name_topics() -> None:
    assert set(router.TOPICS) | set(talks.TALK_NAMES.values()) | set(router.WELCOME_TOPICS) <= set(repository.topics())
    assert set(talks.TALKS) == set(talks.TALK_NAMES)


def test_utterances_and_synonyms_are_about_topics() -> None:
    files = {
        str(file.relative_to(LIBRARY / "utterances").with_suffix(""))
        for file in (LIBRARY / "utterances").rglob("*.txt")
    }
    assert files == set(repository.topics())


def test_jobs_have_names_of_their_own_and_a_rule_for_missed_runs() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.missed and job.every_seconds > 0 for job in JOBS)


def test_every_command_of_the_contract_that_exists_so_far_is_there() -> None:
    assert {"demo", "serve", "web", "scheduler", "check", "db", "ask", "content", "menu"} <= set(pufa.commands)


def test_the_version_is_the_changelogs_first() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first and first[1] == VERSION


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
