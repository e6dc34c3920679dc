"""Our articles as WeChat's draft, and what WeChat's copy lacks of ours. Calls nobody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.article_html import article_html, picture_addresses, pictures_in
from content.models import Revision
from content.pictures import DIGEST
from content.pictures import digest_of as digest_of_address
from scheduler.models import PlatformPicture
from scheduler.platform import DraftArticle

BODY, COVER = "body", "cover"
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[。！？；!?])")
_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """A picture that WeChat must have under a name of its own."""

    purpose: str
    digest: str


def needs(revisions: Sequence[Revision]) -> list[Need]:
    """In the order of the articles, each once."""
    found: list[Need] = []
    for revision in revisions:
        found += [Need(BODY, digest) for digest in pictures_in(revision.body)]
        if cover := cover_of(revision):
            found.append(Need(COVER, cover))
    return list(dict.fromkeys(found))


def cover_of(revision: Revision) -> str:
    """The digest of the cover; without one the first picture of the body serves; empty where there is none."""
    named = str(revision.facts.get("cover", ""))
    own = named if DIGEST.fullmatch(named) else digest_of_address(named)
    return own or next(iter(pictures_in(revision.body)), "")


def names(session: Session, wanted: Sequence[Need]) -> dict[Need, str]:
    """What WeChat calls those that it already has."""
    rows = session.scalars(select(PlatformPicture).where(PlatformPicture.digest.in_({need.digest for need in wanted})))
    known = {Need(row.purpose, row.digest): row.name for row in rows.all()}
    return {need: known[need] for need in wanted if need in known}


def articles(revisions: Sequence[Revision], known: Mapping[Need, str]) -> list[DraftArticle]:
    return [_article(revision, known) for revision in revisions]


def _article(revision: Revision, known: Mapping[Need, str]) -> DraftArticle:
    shown = {
        address: known.get(Need(BODY, digest_of_address(address)), "") for address in picture_addresses(revision.body)
    }
    return DraftArticle(
        title=revision.title, author=revision.author, digest=revision.digest,
        content=article_html(revision.body, shown), source_url=revision.source_url,
        cover_media_id=known.get(Need(COVER, cover_of(revision)), ""),
    )  # fmt: skip


def difference(ours: Sequence[DraftArticle], theirs: Sequence[DraftArticle]) -> list[str]:
    """What a reader would miss or find changed in WeChat's copy, a line each. Markup alone is no difference."""
    if len(ours) != len(theirs):
        return [f"微信草稿里有 {len(theirs)} 篇文章，我们送去的是 {len(ours)} 篇。"]
    found: list[str] = []
    for own, kept in zip(ours, theirs, strict=True):
        found += [f"《{own.title}》{line}" for line in _differences(own, kept)]
    return found


def _differences(own: DraftArticle, kept: DraftArticle) -> list[str]:
    found: list[str] = []
    for name, mine, yours in (("标题", own.title, kept.title), ("作者", own.author, kept.author)):
        if _plain(mine) != _plain(yours):
            found.append(f"{name}变成了“{_plain(yours)[:_SHOWN]}”。")
    if own.digest and _plain(own.digest) != _plain(kept.digest):
        found.append(f"摘要变成了“{_plain(kept.digest)[:_SHOWN]}”。")
    pictures, left = len(_PICTURE.findall(own.content)), len(_PICTURE.findall(kept.content))
    if pictures != left:
        found.append(f"有 {pictures} 张图片，微信草稿里有 {left} 张。")
    return found + _lost_words(_plain(own.content), _plain(kept.content))


def _lost_words(mine: str, yours: str) -> list[str]:
    if mine == yours:
        return []
    lost = [part for part in _SENTENCE.split(mine) if part and part not in yours]
    more = [part for part in _SENTENCE.split(yours) if part and part not in mine]
    lines = [f"微信去掉或改动了：“{part[:_SHOWN]}”" for part in lost]
    lines += [f"微信草稿里多出了：“{part[:_SHOWN]}”" for part in more]
    return lines or ["文字的顺序和我们送去的不同。"]


def _plain(text: str) -> str:
    """What is read, without markup and spacing."""
    return _SPACE.sub("", unescape(_TAG.sub("", text)).replace("\u200b", "").replace("\xa0", " "))
