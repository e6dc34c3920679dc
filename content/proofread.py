"""What must not go out, and what wants a second look, before an article does. Red stops; yellow must be ticked by name.

Looks at one revision; changes nothing, asks nobody outside. Every finding has a key that stays the same while the fault
stays, so that a tick can name it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import offices
from content.article_html import article_html, foreign_pictures, links_in, picture_addresses, pictures_in
from content.cited_laws import check_laws
from content.likeness import alike
from content.link_check import link_fault
from content.models import Attachment, Revision
from content.named_days import day_faults
from content.personal_numbers import find_numbers
from content.pictures import COVER_HEIGHT, COVER_WIDTH, digest_of, picture_path
from content.render import (
    AUTHOR_CHARACTERS,
    CONTENT_BYTES,
    CONTENT_CHARACTERS,
    DIGEST_CHARACTERS,
    SOURCE_URL_BYTES,
    TITLE_CHARACTERS,
)
from content.watch_words import RED, YELLOW, bureau_words, find_words

LONGER_ADDRESS = 150
"""Characters by which WeChat's address of a picture may be longer than ours."""
_MARKUP = re.compile(r"(\]\()[^\s()]*(?:\s+\"[^\"]*\")?\)|\*\*|~~|<https?://[^>]*>|https?://[^\s）》」]+")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    """red or yellow."""
    key: str
    place: str
    sentence: str


@dataclass(frozen=True)
class _Text:
    """All words of a revision as one text, without markup, and where each place begins in it."""

    words: str
    starts: list[int]
    places: list[str]

    def place(self, start: int) -> str:
        return self.places[bisect_right(self.starts, start) - 1]


def inspect(
    session: Session, revision: Revision, uploads: Path, *, is_first: bool, scheduled: Sequence[int] = ()
) -> list[Finding]:
    """Red first, then by place. `is_first`: of its push, so that its cover is shown large; `scheduled`: revisions of
    other articles that are to go out.
    """
    text = _text(revision)
    found = [
        *_fields(revision), *_size(revision), *_cover(session, revision, uploads, is_first), *_links(revision),
        *_pictures(session, revision, uploads), *_words(session, text), *_numbers(text, uploads), *_laws(session, text),
        *(Finding(fault.level, fault.key, text.place(fault.start), fault.sentence) for fault in day_faults(text.words)),
        *_likeness(session, revision, scheduled),
    ]  # fmt: skip
    return _sorted(found)


def inspect_words(session: Session, places: Sequence[tuple[str, str]], uploads: Path) -> list[Finding]:
    """Of words that are no article: (place, words). Red first."""
    text = _joined([(place, _plain(words)) for place, words in places])
    return _sorted([*_words(session, text), *_numbers(text, uploads), *_laws(session, text)])


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    once: dict[str, Finding] = {}
    for finding in found:
        once.setdefault(finding.key, finding)
    return sorted(once.values(), key=lambda finding: finding.level != RED)


def reds(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == RED]


def _text(revision: Revision) -> _Text:
    lines = [("标题", revision.title), ("作者", revision.author), ("摘要", revision.digest)]
    paragraphs = (line for line in revision.body.split("\n") if line.strip())
    lines += [(f"正文第 {number} 段", _plain(line)) for number, line in enumerate(paragraphs, start=1)]
    return _joined(lines)


def _joined(lines: Sequence[tuple[str, str]]) -> _Text:
    starts, length = [], 0
    for _, words in lines:
        starts.append(length)
        length += len(words) + 1
    return _Text("\n".join(words for _, words in lines), starts, [place for place, _ in lines])


def _plain(line: str) -> str:
    """A line as a reader sees it; addresses are no words."""
    return _ESCAPE.sub("", _MARKUP.sub(lambda found: "]" if found[1] else "", line))


def _fields(revision: Revision) -> Iterator[Finding]:
    limits = (("标题", revision.title, TITLE_CHARACTERS), ("作者", revision.author, AUTHOR_CHARACTERS),
              ("摘要", revision.digest, DIGEST_CHARACTERS))  # fmt: skip
    for name, words, most in limits:
        if len(words) > most:
            yield Finding(RED, f"long:{name}", name, f"{name}有 {len(words)} 个字，微信最多 {most} 个字：请缩短。")
    if not revision.title.strip():
        yield Finding(RED, "empty:标题", "标题", "没有标题：请填写。")
    if not revision.body.strip():
        yield Finding(RED, "empty:正文", "正文", "没有正文：请填写。")
    if not revision.digest.strip():
        yield Finding(YELLOW, "empty:摘要", "摘要", "没有摘要，微信会取正文开头的字：建议写一句。")


def _size(revision: Revision) -> Iterator[Finding]:
    shown = picture_addresses(revision.body)
    html = article_html(revision.body, shown)
    characters = len(html) + LONGER_ADDRESS * html.count("<img")
    if characters >= CONTENT_CHARACTERS:
        yield Finding(
            RED, "long:正文", "正文",
            f"正文连同版式约 {characters} 个字符，微信要求少于 {CONTENT_CHARACTERS}：请删减，或分成两篇。",
        )  # fmt: skip
    elif len(html.encode()) + LONGER_ADDRESS * html.count("<img") >= CONTENT_BYTES:
        yield Finding(RED, "long:正文", "正文", "正文超过 1 MB：请删减，或分成两篇。")


def _cover(session: Session, revision: Revision, uploads: Path, is_first: bool) -> Iterator[Finding]:
    digest = digest_of(str(revision.facts.get("cover", "")))
    picture = session.get(Attachment, digest) if digest else None
    if picture is None:
        yield Finding(RED, "cover", "封面", "没有封面图片：请上传一张。")
    elif picture_path(uploads, digest) is None:
        yield Finding(RED, "cover", "封面", "封面图片的文件不见了：请重新上传。")
    elif picture.width < COVER_WIDTH or picture.height < COVER_HEIGHT:
        size = f"{picture.width}×{picture.height}"
        yield Finding(RED, "cover", "封面", f"封面太小（{size}），看不清：请换成至少 900×383 的图片。")
    elif is_first and (picture.width < 900 or picture.height < 383):
        size = f"{picture.width}×{picture.height}"
        yield Finding(YELLOW, "cover", "封面", f"头条封面偏小（{size}）：建议 900×383 以上。")


def _pictures(session: Session, revision: Revision, uploads: Path) -> Iterator[Finding]:
    for place in foreign_pictures(revision.body):
        yield Finding(
            RED, f"picture:{place[:80]}", "正文", f"图片 {place[:60]} 不在本系统里，微信不会显示：请下载后重新插入。"
        )
    digests = pictures_in(revision.body)
    known = set(session.scalars(select(Attachment.digest).where(Attachment.digest.in_(digests))).all())
    for number, digest in enumerate(digests, start=1):
        if digest not in known or picture_path(uploads, digest) is None:
            yield Finding(RED, f"picture:{digest}", "正文", f"第 {number} 幅图片的文件不见了：请重新插入。")


def _links(revision: Revision) -> Iterator[Finding]:
    places = [("正文", words, url) for words, url in links_in(revision.body)]
    if revision.source_url:
        places.append(("原文链接", "", revision.source_url))
        if len(revision.source_url.encode()) > SOURCE_URL_BYTES:
            yield Finding(RED, "long:原文链接", "原文链接", f"原文链接超过 {SOURCE_URL_BYTES} 个字节：请换短的。")
    for place, words, url in places:
        if fault := link_fault(url):
            name = f"链接“{words[:20]}”（{url[:60]}）" if words and words != url else f"链接 {url[:60]} "
            yield Finding(fault[0], f"link:{url[:200]}", place, f"{name}{fault[1]}")


def _words(session: Session, text: _Text) -> Iterator[Finding]:
    found: dict[str, list[int]] = {}
    watched = {}
    for start, word in find_words(text.words, bureau_words(session)):
        found.setdefault(word.name, []).append(start)
        watched[word.name] = word
    for name, starts in found.items():
        often = f"（共 {len(starts)} 处）" if len(starts) > 1 else ""
        yield Finding(
            watched[name].level, f"word:{name}", text.place(starts[0]), f"“{name}”{often}：{watched[name].advice}"
        )


def _numbers(text: _Text, uploads: Path) -> Iterator[Finding]:
    for number in find_numbers(text.words, _own_numbers(uploads.parent)):
        sentence = f"出现没有遮盖的{number.kind}（{number.masked}）：请删去或用星号遮盖。"
        yield Finding(RED, f"number:{number.masked}", text.place(number.start), sentence)


def _own_numbers(data: Path) -> set[str]:
    """The bureau's own telephones, as digits."""
    try:
        known = offices.load_offices(data)
    except offices.OfficesUnreadable:
        return set()
    phones = (place.get("phone", "") for place in known.values())
    return {number for phone in phones for number in _DIGITS.findall(re.sub(r"[ \-]", "", phone))}


def _laws(session: Session, text: _Text) -> Iterator[Finding]:
    for fault in check_laws(session, text.words):
        yield Finding(fault.level, fault.key, text.place(fault.start), fault.sentence)


def _likeness(session: Session, revision: Revision, scheduled: Sequence[int]) -> Iterator[Finding]:
    for number, title, what in alike(session, revision, scheduled):
        yield Finding(
            YELLOW, f"like:{number}", what, f"{what}和《{title}》几乎一样（90 天内发过或排了期）：请确认不是重复发布。"
        )
