"""Which of the published articles a citizen means: those on his words, else the latest."""

import re
from collections.abc import Sequence
from itertools import islice

from content.repository import ArticleCard
from handlers.desk import Bureau

SHOWN = 5
_ASKING = re.compile(
    r"普法|文章|推文|推送|往期|以前|之前|发过|发的|历史|消息|最近|最新|有没有|关于|想|看看?|找|搜索?|查|的|我|那个|一下|吗|呢|了|那篇|一篇|哪里|在哪|怎么"
)


def meant(bureau: Bureau, text: str) -> tuple[bool, Sequence[ArticleCard]]:
    """Whether his words found them, and the articles."""
    words = _ASKING.sub(" ", bureau.ears.plain(text))
    found = bureau.articles.search(words, SHOWN) if words.strip() else []
    return bool(found), [bureau.cards[slug] for slug in found or islice(bureau.cards, SHOWN)]
