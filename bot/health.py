"""/healthz, /readyz and /metrics: for those who operate the account."""

import os
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from content.store import clock
from content.store.db import Database
from content.store.memory import Memory
from handlers import turns
from scheduler import silence

LONGEST_CHECK = 64
"""Of what WeChat puts into the name of its file; a file system knows no name of any length."""
LOOPBACK = ("127.0.0.1", "::1")


def make_blueprint(database: Database, memory: Memory, data: Path) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return Response("ok", mimetype="text/plain")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        missing = _missing(database)
        redis, sends = "away" if memory.is_away() else "ok", "" if missing else _scheduler(database)
        state = {"ready": not missing, "missing": missing, "redis": redis} | ({"scheduler": sends} if sends else {})
        return jsonify(state), 503 if missing else 200

    @blueprint.get("/metrics")
    def metrics() -> Response:
        if request.remote_addr not in LOOPBACK or request.headers.get("X-Forwarded-For"):
            return Response("", status=403)
        return Response(_figures(database, memory), content_type=CONTENT_TYPE_LATEST)

    @blueprint.get("/MP_verify_<name>.txt")
    def domain_check(name: str) -> Response:
        file = data / f"MP_verify_{name}.txt"
        if not name.isalnum() or len(name) > LONGEST_CHECK or not file.is_file():
            return Response("", status=404)
        return Response(file.read_text(encoding="utf-8"), mimetype="text/plain")

    return blueprint


def _missing(database: Database) -> list[str]:
    """What keeps this worker from doing its work. Redis does not: messages are answered without it."""
    try:
        return [] if database.is_current() else ["database schema is not current: run pufa db upgrade"]
    except SQLAlchemyError:
        return ["database does not answer"]


def _scheduler(database: Database) -> str:
    """How it stands with sending; empty where no scheduler has ever run. Messages are answered without it."""
    with database.reading() as session:
        if silence.last_sign(session) is None:
            return ""
        return "silent" if silence.is_silent(session, clock.now()) else "ok"


def _figures(database: Database, memory: Memory) -> bytes:
    """Read from the store, so that any worker gives the figures of all."""
    registry = CollectorRegistry()
    asked = Gauge("pufa_asked_today", "Messages understood today (Beijing), by topic", ["topic"], registry=registry)
    with database.reading() as session:
        for topic, count in turns.counts_today(session).items():
            asked.labels(topic).set(count)
        last, lying = silence.last_sign(session), silence.left_lying(session, clock.now())
    if last:
        age = Gauge("pufa_scheduler_silent_seconds", "Since a scheduler was last heard of", registry=registry)
        age.set((clock.now() - last).total_seconds())
    left = Gauge("pufa_posts_left_lying", "Approved posts whose time has passed and nobody sends", registry=registry)
    left.set(len(lying))
    Gauge("pufa_redis_up", "1 while Redis answers", registry=registry).set(0 if memory.is_away() else 1)
    Gauge("pufa_worker_pid", "Which worker answered", registry=registry).set(os.getpid())
    return generate_latest(registry)
