"""What a citizen writes about videos, where the words alone say it: a vote, a page of the list, one video."""

import re
import unicodedata
from dataclasses import dataclass

from content.citations import number_of

LONGEST = 24
_NUMERALS = "一二两三四五" + "六七八九十百"
_N = rf"(?P<number>\d{{1,4}}|[{_NUMERALS}]{{1,5}})"
_AFTER = r"[吧了啊呀呢哦!.。!~\s]*"
_WHO = r"\W*(?:我|俺|咱)?(?:要|想|来)?(?:把票)?\s*"
_VOTES = tuple(
    re.compile(rf"{_WHO}{words}{_AFTER}")
    for words in (
        rf"投票?\s*(?:一?票)?\s*[给給]?\W*第?\s*{_N}\s*(?:[号號部](?:作品|微?视频)?)?(?:一票|的票)?",
        rf"[给給为為]\W*第?\s*{_N}\s*[号號部]?(?:作品|微?视频)?\s*(?:投票?|投?[一1]票)",
        rf"(?:支持|投票支持)\W*第?\s*{_N}\s*[号號](?:作品|微?视频)?",
        rf"第?\s*{_N}\s*[号號](?:作品|微?视频)?\s*(?:投票|投?[一1]票)",
    )
)
_ONE = re.compile(rf"\W*(?:我?[想要]?[看查])?\s*第?\s*{_N}\s*[号號部](?:作品|微?视频){_AFTER}")
_PAGE = re.compile(rf"\W*微视频(?P<by_votes>按票数)?(?:第\s*{_N}\s*页)?\W*")
_BY_VOTES = re.compile("票数|按票|排名|排行|第一名|得票|几票|最多")
_SUBMITTING = re.compile("投稿|投作品|上传|交作品|交视频|怎么交|报名|征集|参赛|参加|收稿|怎么投(?!票)|提交|发给你们")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wished. `number`: of a vote or of one video; None where none was named."""

    is_vote: bool = False
    number: int | None = None
    page: int = 1
    by_votes: bool = False
    is_submission: bool = False


def is_plain(text: str) -> bool:
    """Whether nothing but a vote, a page or one video is meant: then nobody else needs to be asked what it means."""
    return len(text) <= LONGEST and _plainly(text) is not None


def read(text: str) -> Asked:
    """What somebody wants who has been understood as asking about videos."""
    if len(text) <= LONGEST and (found := _plainly(text)):
        return found
    if _SUBMITTING.search(text):
        return Asked(is_submission=True)
    return Asked(by_votes=bool(_BY_VOTES.search(text)))


def _plainly(text: str) -> Asked | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    for pattern in _VOTES:
        if found := pattern.fullmatch(plain):
            return Asked(is_vote=True, number=number_of(found["number"]))
    if found := _ONE.fullmatch(plain):
        return Asked(number=number_of(found["number"]))
    if plain and (found := _PAGE.fullmatch(plain)):
        return Asked(page=number_of(found["number"] or "1"), by_votes=bool(found["by_votes"]))
    return None
