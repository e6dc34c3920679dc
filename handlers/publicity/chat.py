"""Articles in the chat."""

from content import render
from content.phrases import say
from content.repository import ArticleCard
from handlers import answers
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.publicity import latest

ARTICLES = "publicity/articles"


def articles(incoming: Incoming, desk: Desk) -> Reply:
    """Articles on the words asked, else the latest ones, with what is said on the topic."""
    bureau = desk.bureau
    if not len(bureau.articles):
        return answers.answer(desk, ARTICLES)
    is_found, cards = latest.meant(bureau, incoming.text)
    head = say("articles_found" if is_found else "articles_latest")
    return Reply(text=render.chat(head, [_line(card, bureau.public_url) for card in cards]))


def _line(card: ArticleCard, public_url: str) -> str:
    url = card.source_url or (f"{public_url}/h/articles/{render.path(card.slug)}" if public_url else "")
    return f"· {render.link(card.title, url)}" if url else f"· {render.harmless(card.title)}"
