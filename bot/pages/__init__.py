"""Pages for citizens under /h/: open to everybody, rendered on the server, working without scripts.

Every page here is public; a page that needs a signed link says so where it is registered.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, request

from bot.pages import (
    aid,
    boards,
    catalogue,
    certificates,
    deadlines,
    draw,
    exam,
    exam_liaison,
    guided,
    laws,
    pictures,
    privacy,
    promise,
    quiz,
    requests,
    requests_status,
    stopped,
    videos,
)
from bot.wechat.login import Login
from content import offices, render, repository
from content.models import MaterialKind
from content.phrases import say
from handlers.desk import Bureau

POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
LISTED = 50
PARTS = (
    laws.register, boards.register, draw.register, exam.register_pages, exam_liaison.register_pages,
    certificates.register, videos.register, catalogue.register,
    privacy.register, promise.register, requests.register, requests_status.register, guided.register, aid.register,
    deadlines.register, stopped.register,
)  # fmt: skip


def make_blueprint(bureau: Callable[[], Bureau], uploads: Path, login: Login | None = None) -> Blueprint:
    blueprint = Blueprint("pages", __name__, url_prefix="/h", template_folder="templates")
    pictures.register(blueprint, uploads)
    quiz.register_pages(blueprint, bureau, login)
    for register in PARTS:
        register(blueprint, bureau)

    @blueprint.get("/")
    def index() -> str:
        shelf = bureau().shelf
        groups = [(say(f"group_{name}"), _entries(bureau(), name)) for name in GROUPS]
        return render_template("index.html", groups=groups, topics=shelf.topics, guides=guided.open_to_all())

    @blueprint.get("/answers/<path:slug>")
    def answer(slug: str) -> str:
        now = bureau()
        found = now.shelf.answers.get(slug) or abort(404)
        html = render.page(offices.fill(found.body, now.offices))
        related = [now.shelf.topics[topic] for topic in found.related if topic in now.shelf.answers]
        return render_template("answer.html", answer=found, basis=_basis(found), html=html, related=related)

    @blueprint.get("/articles/")
    def articles() -> str:
        with bureau().database.reading() as session:
            cards = repository.latest_articles(session, LISTED)
        return render_template("articles.html", cards=cards)

    @blueprint.get("/articles/<path:slug>")
    def article(slug: str) -> str:
        with bureau().database.reading() as session:
            revision = repository.current_revision(session, MaterialKind.ARTICLE, slug) or abort(404)
        return render_template("article.html", article=revision, html=render.page(revision.body))

    @blueprint.before_request
    def look_at_the_address() -> None:
        if "\0" in request.path:  # PostgreSQL refuses to look for it
            abort(404)

    @blueprint.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return blueprint


def _basis(found: repository.Answer) -> list[str]:
    """What the answer stands on, in the order of the page's text, then of the chat's."""
    text = f"{found.body}\n{found.chat}"
    return sorted(found.facts.get("basis", []), key=lambda cited: text.find(cited) % (len(text) + 1))


GROUPS = ("legal-aid", "matter", "service", "disclosure", "quiz", "publicity")


def _entries(bureau: Bureau, group: str) -> list[tuple[str, str]]:
    """(slug, name) of the topics of a group that have a page."""
    return [
        (topic.slug, topic.name)
        for topic in bureau.shelf.topics.values()
        if topic.slug.startswith(f"{group}/") and topic.slug in bureau.shelf.answers
    ]
