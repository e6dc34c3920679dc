"""`make bench`: one table, ratios in one run. Machines are noisy: the two sides of a ratio take turns, and the median
counts.
"""

import hashlib
import itertools
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from conftest import free_port
from makers import message_xml, signed_query
from sqlalchemy import insert

from bot import wiring
from content.importers.library import Wording, put
from content.models import Keyword, MaterialKind
from content.repository import touch_content
from content.store.db import Database
from handlers.desk import Bureau
from handlers.router import STATELESS, TOPICS
from handlers.understanding import training
from tests.bench import (
    annual_report,
    answers,
    catalogue,
    console,
    interviews,
    load,
    posts,
    quiz,
    understanding,
    writing,
)
from tests.bench.servers import TOKEN, folder_with_redis, ours, settings, the_bare_app

CITIZENS = 5000
MESSAGES = 3000
ROUNDS = 5
_numbers = itertools.count(1)


def main() -> None:
    rows = [
        *_understanding(),
        *_throughput(),
        *writing.rows(),
        *posts.rows(),
        *console.rows(),
        *quiz.rows(),
        *answers.rows(),
        *catalogue.rows(),
        *interviews.rows(),
        *annual_report.rows(),
    ]
    width = max(len(row[0]) for row in rows)
    print(f"{'what':<{width}}  {'measured':>12}  {'wanted':>10}")  # noqa: T201 - a report
    for what, measured, wanted in rows:
        print(f"{what:<{width}}  {measured:>12}  {wanted:>10}")  # noqa: T201
    understanding.print_confusion()


def _throughput() -> Iterator[tuple[str, str, str]]:
    lines = understanding.asked()
    stateless = [(kind, text) for kind, text, topic in lines if topic in STATELESS or topic not in TOPICS]
    keywords = [text for kind, text in stateless if kind == "keyword"]
    everything = [text for _, text in stateless]
    with folder_with_redis() as folder, folder_with_redis() as grown_folder:
        config, bare_port = settings(folder, free_port()), free_port()
        with ours(config) as server, the_bare_app(folder, bare_port, keywords) as bare:
            started = server.seconds_to_first_answer
            yield _ratio("keywords, one worker, against the bare app", server.port, bare.port, keywords, ">= 1.0 x")
            what = "lines of every kind, against the bare app's keywords"
            yield _ratio(what, server.port, bare.port, everything, ">= 0.5 x", keywords)
            yield "memory of a worker", f"{server.resident_megabytes():.0f} MB", "<= 220 MB"
            yield "start until the first answer (model cached)", f"{started:.2f} s", "<= 2 s"
        grown_config = settings(grown_folder, free_port())
        wiring.prepare(grown_config)
        _grow(grown_config.database_url)
        with ours(config) as server, ours(grown_config) as grown:
            what = "cost of 100 k keywords and 10 k materials"
            yield _ratio(what, server.port, grown.port, keywords, "<= 1.2 x")
            yield "memory of a worker with them", f"{grown.resident_megabytes():.0f} MB", ""


def _ratio(
    what: str, port: int, other_port: int, texts: list[str], wanted: str, other_texts: list[str] | None = None
) -> tuple[str, str, str]:
    pairs = [(_rate(port, texts), _rate(other_port, other_texts or texts)) for _ in range(ROUNDS)]
    ratio = statistics.median(own / other for own, other in pairs)
    own, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    sys.stderr.write(f"{what}: {own:.0f}/s against {other:.0f}/s\n")
    return what, f"{ratio:.2f} x", wanted


def _rate(port: int, texts: list[str]) -> float:
    """Messages a second; each its own, from one of many citizens."""
    result = load.run(port, prepared(port, texts))
    if result.wrong or len(result.latencies) != MESSAGES:
        raise RuntimeError(f"{result.wrong} wrong answers, {MESSAGES - len(result.latencies)} missing")
    return result.per_second


def prepared(port: int, texts: list[str]) -> list[bytes]:
    """Requests with messages drawn from the texts, always the same ones."""
    query = "&".join(f"{name}={value}" for name, value in signed_query(TOKEN).items())
    pick = random.Random(7)  # noqa: S311 - a load, not a secret
    requests = []
    for _ in range(MESSAGES):
        number = next(_numbers)
        openid = "o" + hashlib.md5(str(number % CITIZENS).encode(), usedforsecurity=False).hexdigest()[:27]
        body = message_xml(openid, number=number, Content=pick.choice(texts))
        requests.append(load.post(port, f"/wechat?{query}", body.encode()))
    return requests


def _grow(database_url: str) -> None:
    """100,000 keywords and 10,000 materials, made up."""
    signs = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
    pick = random.Random(1)  # noqa: S311
    words = {"".join(pick.choices(signs, k=6)): "talk/menu" for _ in range(100_000)}
    database = Database(database_url)
    with database.transaction() as session:
        session.execute(insert(Keyword), [{"word": word, "topic": topic} for word, topic in words.items()])
        for number in range(10_000):
            title = "".join(pick.choices(signs, k=12))
            wording = Wording(title=title, body=title * 20)
            put(session, MaterialKind.ARTICLE, f"bench/{number}", wording, origin="import")
        touch_content(session)
    database.close()


def _understanding() -> Iterator[tuple[str, str, str]]:
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        before = time.perf_counter()
        training.ensure(config.data)
        yield "training from the library", f"{time.perf_counter() - before:.1f} s", "<= 10 s"
        wiring.prepare(config)
        database = Database(config.database_url)
        bureau: Bureau = wiring.open_bureau(config, database, "")
        yield from understanding.rows(bureau)
        database.close()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    main()
