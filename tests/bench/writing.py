"""How long an official waits while he writes: a Word file with its pictures, the look before an article goes out."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session
from word_files import rich

from content import proofread
from content.article_html import article_html
from content.articles import find_article, save_draft
from content.importers.documents import open_word
from content.store import clock
from content.store.db import Database

PAGES, PICTURES = 30, 20
PHOTO = (4000, 3000)
CHARACTERS = 20_000
PUBLISHED = 200
ROUNDS = 5
SENTENCE = "《民法典》第一千零六十二条规定，夫妻在婚姻关系存续期间所得的财产，为夫妻的共同财产，归夫妻共同所有。\n\n"


def rows() -> Iterator[tuple[str, str, str]]:
    data = rich(PAGES, PICTURES, PHOTO)
    with tempfile.TemporaryDirectory(prefix="pufa-bench-") as name:
        folder = Path(name)
        what = f"a Word file of {PAGES} pages with {PICTURES} photos ({len(data) / 1e6:.0f} MB)"
        yield what, f"{_import(data, folder):.1f} s", "<= 5 s"
        database = Database(f"sqlite:///{folder}/pufa.db")
        database.upgrade()
        with database.transaction() as session:
            looked = _proofread(session, folder / "uploads")
        database.close()
    yield f"proofreading {CHARACTERS} characters", f"{looked * 1000:.0f} ms", "<= 50 ms"
    yield f"preview of {CHARACTERS} characters", f"{_preview() * 1000:.0f} ms", "<= 50 ms"


def _import(data: bytes, folder: Path) -> float:
    started = time.perf_counter()
    article = open_word(data, "bench.docx", folder / "uploads")
    if len(article.pictures) != PICTURES:
        raise RuntimeError(f"{len(article.pictures)} pictures of {PICTURES}")
    return time.perf_counter() - started


def _proofread(session: Session, uploads: Path) -> float:
    """Beside as many published articles as ninety days may bring."""
    for number in range(PUBLISHED):
        words = {"title": f"第{number}期", "body": f"{number}期：" + SENTENCE * 20}
        revision = save_draft(session, f"bench/{number}", **words, by="bench", base_number=0)
        if material := find_article(session, f"bench/{number}"):
            material.current_revision_id, material.published_at = revision.id, clock.now()
    revision = save_draft(session, None, title="长文", body=_long(), by="bench", base_number=0)
    return _median(lambda: proofread.inspect(session, revision, uploads, is_first=True))


def _preview() -> float:
    turns = iter(range(ROUNDS))
    return _median(lambda: article_html(_long() + f"第{next(turns)}次。", {}))  # each time another text: none is kept


def _long() -> str:
    return (SENTENCE * (CHARACTERS // len(SENTENCE) + 1))[:CHARACTERS]


def _median(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
