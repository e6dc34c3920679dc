"""A statute file → articles. The form is that of the national database's plain text with a head between `---` lines.

Head: title short adopted effective version source, and `articles` where somebody has counted them. Body: a line that
begins with 第N条 or 第N条之M and a space opens an article; what follows belongs to it up to the next article or
heading, empty lines or not. `source` is never shown to anybody: citizens are pointed to 国家法律法规数据库.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from content.citations import article_name, number_of
from content.importers.library import Unreadable, read_text
from content.models import Law, LawArticle

FORM = "2"
"""Raise it when the same file gives other articles than before: then it is taken in anew."""
_NUMERAL = r"[〇○零一二三四五六七八九十百千\d]+"
_ARTICLE = re.compile(rf"^(?:\*\*)?第({_NUMERAL})条(?:之({_NUMERAL}))?(?:\*\*)?(?:[ \t　\u00a0]+|(?=【)|\Z)")
_HEADING = re.compile(rf"#|第{_NUMERAL}(?:分?编|章|节)(?:[ 　]|$)")
_WHICH = r"[一二三四五六七八九十\d]*"
_ANNEX = re.compile(rf"#+ 附(?!则|带|条)|附(?:件|表|录)?{_WHICH}(?:[：:]|[ 　]*$)|附(?:件|表|录){_WHICH}[ 　]")
_REMARK = re.compile(r"［[^［］]*］")
_WANTED = {"title": 128, "short": 64, "effective": 10, "version": 64}
"""Lines that must stand in the head, and how many characters the store has room for."""


class NoArticles(Unreadable):
    """A whole document, but nothing in it can be looked up by number."""


Place = tuple[int, int]
"""第133条之一 is (133, 1), 第133条 is (133, 0)."""


@dataclass(frozen=True)
class Statute:
    short: str
    title: str
    version: str
    effective_on: date
    articles: dict[Place, str]
    content_hash: str
    counted: int | None = None
    """How many articles the head says there are."""

    @property
    def doubts(self) -> list[str]:
        """What a person should look at before citizens read this, a Chinese sentence each."""
        last = max(number for number, _ in self.articles)
        if self.counted is None or self.counted in (last, len(self.articles)):
            return []
        read = f"读到 {len(self.articles)} 条，最后是{article_name(last)}"
        return [f"《{self.short}》开头写明 {self.counted} 条，却{read}：请核对文件是否完整、条号后有没有空格。"]


def is_statute(text: str) -> bool:
    return text.startswith("---\n")


def read_statute(path: Path) -> Statute:
    """Raises Unreadable, also for a text without articles: nobody could look anything up in it."""
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
    if not articles:
        raise NoArticles(
            f"{path} 没有导入：正文里没有“第N条 ”开头的条文（只有“一、二、”各项或成段文字），按条号查不了。"
            "请另作为文章导入（开头用 +++）。"
        )
    digest = hashlib.sha256(f"{FORM}\n{text}".encode()).hexdigest()
    return Statute(
        head["short"],
        head["title"],
        head["version"],
        effective_on,
        articles,
        digest,
        _counted(head.get("articles", "")),
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
        LawArticle(law_short=statute.short, number=number, sub=sub, text=text)
        for (number, sub), text in statute.articles.items()
    )
    return True


def _counted(told: str) -> int | None:
    """The number a head gives, and nothing where it says more than a number."""
    return int(told) if told.strip().isdecimal() else None


def _articles(body: str, path: Path) -> dict[Place, str]:
    """Raises Unreadable for a number that comes twice."""
    articles: dict[Place, str] = {}
    last, is_open = (0, 0), False
    for block in re.split(r"\n\s*\n", body):
        lines = block.strip().split("\n")
        if _ANNEX.match(lines[0]):
            break
        for number, line in enumerate(lines):
            is_first = number == 0
            place = _begins(line, last if not is_first else None)
            if place:
                if place in articles:
                    raise Unreadable(f"{path} 里{article_name(*place)}出现了两次。")
                articles[place], last, is_open = _ARTICLE.sub("", line).strip(), place, True
            elif _HEADING.match(line) and (is_first or _begins("".join(lines[number + 1 : number + 2]), last)):
                is_open = False
            elif is_open and not _REMARK.fullmatch("\n".join(lines)):
                articles[last] = f"{articles[last]}\n{line.strip()}".strip()
    return articles


def _begins(line: str, after: Place | None) -> Place | None:
    """The article that begins with this line; inside of a block only the very next one: an article may quote others."""
    found = _ARTICLE.match(line)
    if found is None:
        return None
    place = number_of(found[1]), number_of(found[2]) if found[2] else 0
    is_next = after is None or place in ((after[0] + 1, 0), (after[0], after[1] + 1))
    return place if is_next else None
