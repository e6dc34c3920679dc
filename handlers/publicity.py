"""What the account has published: the latest, or what was asked for."""

import re
from itertools import islice

from content import render
from content.phrases import say
from content.repository import ArticleCard
from handlers import answers
from handlers.desk import Desk
from handlers.message import Incoming, Reply

SHOWN = 5
_ASKING = re.compile(
    r"普法|文章|推文|推送|往期|以前|之前|发过|发的|历史|消息|最近|最新|有没有|关于|想|看看?|找|搜索?|查|的|我|那个|一下|吗|呢|了|那篇|一篇|哪里|在哪|怎么"
)


def articles(incoming: Incoming, desk: Desk) -> Reply:
    """Articles on the words asked, else the latest ones, with what is said on the topic."""
    bureau = desk.bureau
    if not len(bureau.articles):
        return answers.answer(desk, "publicity/articles")
    words = _ASKING.sub(" ", bureau.ears.plain(incoming.text))
    found = bureau.articles.search(words, SHOWN) if words.strip() else []
    head = say("articles_found" if found else "articles_latest")
    cards = [bureau.cards[slug] for slug in found or islice(bureau.cards, SHOWN)]
    return Reply(text=render.chat(head, [_line(card, bureau.public_url) for card in cards]))


def _line(card: ArticleCard, public_url: str) -> str:
    url = card.source_url or (f"{public_url}/h/articles/{render.path(card.slug)}" if public_url else "")
    return f"· {render.link(card.title, url)}" if url else f"· {render.harmless(card.title)}"
