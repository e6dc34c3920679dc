"""What thousands of participants ask of the account at once: answers in the chat, ranks and boards."""

import hashlib
import itertools
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

import redis
from conftest import free_port
from makers import message_xml, signed_query
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot import wiring
from bot.config import Config
from content.phrases import say
from content.store import clock
from content.store.db import Database
from handlers.quiz import play, standings
from handlers.quiz.models import GivenAnswer, HeldCampaign, MeritCount, Participant, Round
from tests.bench import load
from tests.bench.ratios import ratio
from tests.bench.servers import TOKEN, folder_with_redis, ours, settings

PLAYERS = 5000
ANSWERS, TURNS = 3000, 5
A_SECOND, SECONDS = 400, 15
FEW, STORED, GIVEN, CHUNK = 1_000, 1_000_000, 3, 20_000
"""Attempts that are there already, on two machines; answers of each; rows written at once."""
KEYWORD = "法律援助"
CAMPAIGN = "demo"
RULES = """
title = "演示竞答"
opens_at = 2026-01-01T00:00:00+08:00
closes_at = 2099-01-01T00:00:00+08:00
minutes = 300

[[paper]]
subject = "constitution"
count = 50
points = 2
"""
_numbers = itertools.count(int(time.time()) * 1000)


def rows() -> Iterator[tuple[str, str, str]]:
    with folder_with_redis() as folder, folder_with_redis() as grown_folder:
        config, grown_config = settings(folder, free_port()), settings(grown_folder, free_port())
        for one in (config, grown_config):
            _put_on(one)
        _grow(config, FEW)
        _grow(grown_config, STORED)
        first, seconds = _asked_by(grown_config)
        with ours(config) as server, ours(grown_config) as grown:
            for one in (server, grown):
                _join(one.port)
            what = "quiz answers in the chat, against keywords"
            yield (
                what,
                ratio(what, lambda: _rate(server.port, "A"), lambda: _rate(server.port, KEYWORD), TURNS),
                ">= 0.4 x",
            )
            what = f"cost of an answer from {FEW:,} to {STORED:,} stored attempts"
            yield what, ratio(what, lambda: _rate(server.port, "A"), lambda: _rate(grown.port, "A"), TURNS), "<= 1.2 x"
    yield f"own rank and top 100 of {STORED:,}", f"{seconds * 1000:.1f} ms", "<= 5 ms"
    yield "the first one after Redis was emptied", f"{first * 1000:.1f} ms", "<= 50 ms"
    with folder_with_redis() as folder:
        config = settings(folder, free_port(), **{"server.workers": 2})
        _put_on(config)
        with ours(config) as server:
            _join(server.port)
            result = load.paced(server.port, _messages(server.port, "A", A_SECOND * SECONDS), A_SECOND)
            if result.wrong:
                raise RuntimeError(f"{result.wrong} wrong answers")
            what = f"p99 of an answer at {A_SECOND}/s of {PLAYERS:,} players, two workers"
            yield what, f"{result.percentile(0.99):.0f} ms", "<= 150 ms"


def _rate(port: int, text: str) -> float:
    result = load.run(port, _messages(port, text, ANSWERS))
    if result.wrong or len(result.latencies) != ANSWERS:
        raise RuntimeError(f"{result.wrong} wrong answers, {ANSWERS - len(result.latencies)} missing")
    return result.per_second


def _messages(port: int, text: str, count: int) -> list[bytes]:
    """One of each player in turn; keywords come from others, who play nothing."""
    query = "&".join(f"{name}={value}" for name, value in signed_query(TOKEN).items())
    numbers = list(itertools.islice(_numbers, count))
    who = [_openid(number % PLAYERS + (PLAYERS if text == KEYWORD else 0)) for number in numbers]
    bodies = [message_xml(openid, number=number, Content=text) for openid, number in zip(who, numbers, strict=True)]
    return [load.post(port, f"/wechat?{query}", body.encode()) for body in bodies]


def _openid(number: int) -> str:
    return "o" + hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()[:27]


def _put_on(config: Config) -> None:
    """A campaign is open."""
    wiring.prepare(config)
    database = Database(config.database_url)
    with database.transaction() as session:
        now = clock.now()
        held = HeldCampaign(
            id=CAMPAIGN, title="演示竞答", rules=RULES, opens_at=now, closes_at=now + timedelta(days=9), commitment="",
            secret="", created_by="", created_at=now,
        )  # fmt: skip
        session.add(held)
    database.close()


def _join(port: int) -> None:
    """Every player has his first question before him."""
    load.run(port, _messages(port, say("quiz_join"), PLAYERS), most_seconds=300)


def _grow(config: Config, attempts: int) -> None:
    """So many finished attempts of others."""
    database, pick = Database(config.database_url), random.Random(5)  # noqa: S311 - made-up papers
    counts: dict[tuple[int, str], int] = {}
    with database.transaction() as session:
        for first in range(0, attempts, CHUNK):
            _store(session, range(first, min(first + CHUNK, attempts)), pick, counts)
        tallies = [
            {"campaign_id": CAMPAIGN, "level": level, "prefix": prefix, "people": people}
            for (level, prefix), people in counts.items()
        ]
        session.execute(insert(MeritCount), tallies)
    database.close()


def _asked_by(config: Config) -> tuple[float, float]:
    """How long the first question of a process takes, and the later ones. None of it stands in Redis: emptied, there is
    nothing that would have to be made anew.
    """
    database, pick = Database(config.database_url), random.Random(6)  # noqa: S311
    redis.Redis.from_url(wiring.redis_url(config)).flushall()
    taken = [_asked(database, f"{pick.randrange(STORED):032x}") for _ in range(4 * TURNS)]
    database.close()
    return taken[0], statistics.median(taken[1:])


def _asked(database: Database, name: str) -> float:
    """In a session of its own, as a page asks."""
    started = time.perf_counter()
    with database.reading() as session:
        held = session.get_one(HeldCampaign, CAMPAIGN)
        if not play.has_due(session, held):
            standings.rank_of(session, session.get_one(Participant, (CAMPAIGN, name)))
            standings.top(session, held)
    return time.perf_counter() - started


def _store(session: Session, numbers: range, pick: random.Random, counts: dict[tuple[int, str], int]) -> None:
    now = clock.now()
    keys = json.dumps([f"q{number}" for number in range(50)])
    people, papers, answers = [], [], []
    for number in numbers:
        name, seconds, half_points = f"{number:032x}", pick.randrange(60, 3600), pick.randrange(201)
        handed_in = now - timedelta(seconds=pick.randrange(86_400), microseconds=pick.randrange(1_000_000))
        merit = standings.merit_of(half_points, seconds, handed_in)
        paper = {"id": name, "citizen_id": name, "campaign_id": CAMPAIGN, "question_keys": keys, "points": "[]"}
        times = {"started_at": handed_in - timedelta(seconds=seconds), "finished_at": handed_in}
        papers.append({**paper, **times, "half_points": half_points, "deadline_at": now})
        people.append(
            {"campaign_id": CAMPAIGN, "name": name, "code": f"{number:016X}", "joined_at": now, "papers": 1,
             "round_id": name, "half_points": half_points, "seconds": seconds, "handed_in_at": handed_in,
             "merit": merit}
        )  # fmt: skip
        for level, end in ((0, 5), (1, 11)):
            counts[level, merit[:end]] = counts.get((level, merit[:end]), 0) + 1
        answers += [
            {"round_id": name, "place": place, "question_key": f"q{place}", "letters": "A", "is_right": True, "at": now}
            for place in range(1, GIVEN + 1)
        ]
    session.execute(insert(Participant), people)
    session.execute(insert(Round), papers)
    session.execute(insert(GivenAnswer), answers)
