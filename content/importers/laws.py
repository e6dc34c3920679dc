"""A statute file → articles. The form is that of the national database's plain text with a head between `---` lines.

Head: title short adopted effective version source. Body: blocks separated by empty lines; a block that begins with
第N条 is an article. `source` is never shown to anybody: citizens are pointed to 国家法律法规数据库.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from content.citations import number_of
from content.importers.library import Unreadable, read_text
from content.models import Law, LawArticle

_ARTICLE = re.compile(r"^第([〇零一二三四五六七八九十百千]+)条[ 　](.*)", re.DOTALL)
_ANNEX = re.compile(r"#+ 附(?!则|带|条)")
_WANTED = {"title": 128, "short": 64, "effective": 10, "version": 64}
"""Lines that must stand in the head, and how many characters the store has room for."""


@dataclass(frozen=True)
class Statute:
    short: str
    title: str
    version: str
    effective_on: date
    articles: dict[int, str]
    content_hash: str


def is_statute(text: str) -> bool:
    return text.startswith("---\n")


def read_statute(path: Path) -> Statute:
    """Raises Unreadable."""
    text = read_text(path)
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise Unreadable(f"{path} 的开头应当是两行“---”之间的 title、short、effective、version。")
    head = dict(line.split(": ", 1) for line in parts[1].splitlines() if ": " in line)
    if missing := [name for name in _WANTED if not head.get(name)]:
        raise Unreadable(f"{path} 的开头缺少 {'、'.join(missing)}。")
    if long := [name for name, most in _WANTED.items() if len(head[name]) > most]:
        raise Unreadable(f"{path} 的 {'、'.join(long)} 太长。")
    try:
        effective_on = date.fromisoformat(head["effective"])
    except ValueError as error:
        raise Unreadable(f"{path} 的 effective 应写成 2022-01-01 这样的日期。") from error
    articles = _articles(parts[2], path)
    return Statute(
        head["short"], head["title"], head["version"], effective_on, articles, hashlib.sha256(text.encode()).hexdigest()
    )


def put_statute(session: Session, statute: Statute) -> bool:
    """True where the text is new or has changed."""
    law = session.get(Law, statute.short)
    if law and law.content_hash == statute.content_hash:
        return False
    session.execute(delete(LawArticle).where(LawArticle.law_short == statute.short))
    session.merge(
        Law(
            short=statute.short,
            title=statute.title,
            version=statute.version,
            effective_on=statute.effective_on,
            content_hash=statute.content_hash,
        )  # fmt: skip
    )
    session.flush()
    session.add_all(
        LawArticle(law_short=statute.short, number=number, text=text) for number, text in statute.articles.items()
    )
    return True


def _articles(body: str, path: Path) -> dict[int, str]:
    """Raises Unreadable for a number that comes twice."""
    articles: dict[int, str] = {}
    for block in re.split(r"\n\s*\n", body):
        if _ANNEX.match(block.strip()):
            break
        if found := _ARTICLE.match(block.strip()):
            number = number_of(found[1])
            if number in articles:
                raise Unreadable(f"{path} 里第{found[1]}条出现了两次。")
            articles[number] = found[2].strip()
    return articles
