"""One line an entry, and nothing in it that says who somebody is."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.log import JsonLines, start_logging


def written(caplog) -> dict:
    return json.loads(JsonLines().format(caplog.records[-1]))


def test_an_entry_is_one_line_of_json_with_its_fields(caplog):
    logging.getLogger("x").warning("redis is away", extra={"job": "更新\n第二行"})
    line = JsonLines().format(caplog.records[-1])
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["what"], told["job"]) == ("warning", "redis is away", "更新\n第二行")
    assert told["at"].endswith("+00:00")


def test_a_field_that_is_no_json_is_written_as_words(caplog):
    logging.getLogger("x").warning("it", extra={"where": {1, 2}})
    assert written(caplog)["where"] == "{1, 2}"


def fail(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as error:
        raise RuntimeError(words) from error


def test_an_error_is_told_by_kind_and_place_with_what_led_to_it_and_never_in_its_own_words(caplog):
    try:
        fail("13900001111")
    except RuntimeError:
        logging.getLogger("x").exception("it failed")
    told = written(caplog)["error"]
    assert [error["kind"] for error in told] == ["RuntimeError", "KeyError"]
    assert "test_log.py" in told[0]["where"][-1]
    assert told[0]["where"][-1].endswith(" fail")
    assert "13900001111" not in json.dumps(told)


def test_an_error_of_the_database_is_told_by_its_code_without_the_values_of_the_statement(database, caplog):
    try:
        with database.reading() as session:
            session.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "13900001111"})
    except SQLAlchemyError:
        logging.getLogger("x").exception("it failed")
    told = written(caplog)["error"]
    assert any(error["code"] in ("SQLITE_ERROR", "42P01") for error in told)
    assert "13900001111" not in json.dumps(told)


def test_an_error_of_the_system_is_told_by_its_name(tmp_path, caplog):
    try:
        (tmp_path / "13900001111").read_text()
    except OSError:
        logging.getLogger("x").exception("it failed")
    assert written(caplog)["error"][0]["code"] == "No such file or directory"
    assert "13900001111" not in json.dumps(written(caplog)["error"])


@pytest.mark.parametrize("name", ["urllib3", "werkzeug", "alembic"])
def test_libraries_that_log_addresses_are_kept_quiet(name):
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    start_logging()
    try:
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
