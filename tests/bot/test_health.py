"""What monitoring asks, and the platform's domain check."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine

from bot import health
from bot.app import create_app
from content.store import clock
from content.store.db import Database
from scheduler import silence


@pytest.fixture
def caller(shared_app):
    return shared_app.test_client()


@pytest.fixture
def fresh(prepared_url, own_redis, tmp_path):
    """A health check over a database and a Redis of its own, with its data in the test's folder."""
    database = Database(prepared_url, 1.5)
    yield check_of(database, own_redis.memory(), tmp_path)
    database.close()


def check_of(database, memory, folder):
    app = Flask("health")
    app.register_blueprint(health.make_blueprint(database, memory, folder))
    return app.test_client()


@pytest.fixture
def files(one_bureau, shared_memory, tmp_path):
    """A health check with its data in the test's folder."""
    return check_of(one_bureau.database, shared_memory, tmp_path)


def test_a_worker_that_serves_says_so(caller):
    assert (caller.get("/healthz").status_code, caller.get("/healthz").text) == (200, "ok")


def test_a_worker_that_can_do_its_work_is_ready(caller):
    response = caller.get("/readyz")
    assert (response.status_code, response.json) == (200, {"ready": True, "missing": [], "redis": "ok"})


def remove(url: str) -> None:
    """The database is gone: its file, or the database in the server."""
    if url.startswith("sqlite"):
        for file in (path := Path(url.removeprefix("sqlite:///"))).parent.glob(f"{path.name}*"):
            file.unlink()
        return
    server, name = url.rsplit("/", 1)
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def test_when_the_database_is_gone_it_is_not_ready_and_says_what_is_missing(fresh, prepared_url):
    assert fresh.get("/readyz").status_code == 200
    remove(prepared_url)
    response = fresh.get("/readyz")
    assert (response.status_code, response.json["ready"]) == (503, False)
    assert "database" in response.json["missing"][0]
    assert fresh.get("/healthz").status_code == 200


def test_an_older_schema_is_not_ready_and_names_the_command(fresh, prepared_url):
    database = Database(prepared_url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    response = fresh.get("/readyz")
    assert response.status_code == 503
    assert "pufa db upgrade" in response.json["missing"][0]


def test_without_redis_it_is_ready_and_says_that_redis_is_away(fresh, own_redis):
    own_redis.killed()
    response = fresh.get("/readyz")
    assert (response.status_code, response.json["redis"]) == (200, "away")


def figures(response) -> dict[str, float]:
    families = text_string_to_metric_families(response.text)
    return {
        sample.name + "".join(sample.labels.values()): sample.value for family in families for sample in family.samples
    }


def test_figures_are_given_on_this_machine_in_the_format_of_prometheus(fresh, own_redis):
    assert figures(fresh.get("/metrics"))["pufa_redis_up"] == 1
    own_redis.killed()
    assert figures(fresh.get("/metrics"))["pufa_redis_up"] == 0


def test_a_scheduler_that_fell_silent_is_told_and_answers_go_on(fresh, prepared_url):
    database = Database(prepared_url, 1.5)
    silence.leave_sign(database, clock.now())
    assert fresh.get("/readyz").json["scheduler"] == "ok"
    silence.leave_sign(database, clock.now() - timedelta(minutes=10))
    database.close()
    response = fresh.get("/readyz")
    assert (response.status_code, response.json["scheduler"]) == (200, "silent")
    found = figures(fresh.get("/metrics"))
    assert found["pufa_scheduler_silent_seconds"] >= 600 and found["pufa_posts_left_lying"] == 0


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_figures_are_refused_from_outside(caller, environ):
    response = caller.get("/metrics", environ_overrides=environ)
    assert (response.status_code, response.data) == (403, b"")


def test_behind_a_trusted_proxy_figures_are_refused_whatever_the_visitor_claims(installations):
    app = create_app(replace(installations("sqlite"), server_trusted_proxies=("127.0.0.1",)))
    for claimed in ("127.0.0.1", "::1", "203.0.113.7"):
        headers = {"X-Forwarded-For": claimed}
        assert app.test_client().get("/metrics", headers=headers).status_code == 403


def test_the_platforms_check_file_is_served_from_the_data_folder(files, tmp_path):
    word = secrets.token_hex(8)
    (tmp_path / "MP_verify_aB3dE5.txt").write_text(word)
    response = files.get("/MP_verify_aB3dE5.txt")
    assert (response.status_code, response.text, response.mimetype) == (200, word, "text/plain")


@pytest.mark.parametrize("name", ["other", "", "../keys", "..%2Fkeys", "%00", "a.b", "a" * 700])
def test_no_other_file_is_served(files, tmp_path, name):
    (tmp_path / "MP_verify_a.b.txt").write_text("secret")
    (tmp_path / "keys.txt").write_text("secret")
    (tmp_path / "MP_verify_").mkdir()
    response = files.get(f"/MP_verify_{name}.txt")
    assert response.status_code == 404
    assert "secret" not in response.text
