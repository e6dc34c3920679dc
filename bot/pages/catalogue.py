"""The disclosure catalogue as pages: categories, their entries by day, a search, one entry; and what follows along, the
feeds. Open to everybody.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as Answer

from bot.pages import catalogue_feeds as feeds
from content import render
from content.catalogue import shelf
from content.catalogue.categories import categories, category_name, validity_name
from content.catalogue.index import MOST_FOUND
from content.catalogue.models import EntryState
from handlers.desk import Bureau

LISTED, NEWEST, FED = 20, 8, 30
LONGEST_NUMBER = 2**31 - 1
NAMES: dict[str, Any] = {"category_name": category_name, "validity_name": validity_name, "categories": categories}


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/catalogue/")
    def catalogue() -> str:
        with bureau().database.reading() as session:
            counts, newest = shelf.counts(session), shelf.newest(session, limit=NEWEST)
        return render_template("catalogue.html", counts=counts, newest=newest, **NAMES)

    @blueprint.get("/catalogue/<slug>/")
    def catalogue_category(slug: str) -> str:
        category = categories().get(slug) or abort(404)
        asked, is_oldest_first = request.args, request.args.get("sort") == "old"
        with bureau().database.reading() as session:
            page = shelf.page(
                session, slug, after=asked.get("after", ""), before=asked.get("before", ""),
                oldest_first=is_oldest_first, limit=LISTED,
            )  # fmt: skip
            count = shelf.counts(session).get(slug, 0)
        return render_template(
            "catalogue_category.html",
            category=category,
            page=page,
            count=count,
            is_oldest_first=is_oldest_first,
            **NAMES,
        )

    @blueprint.get(f"/catalogue/<int(max={LONGEST_NUMBER}):entry_id>")
    def catalogue_entry(entry_id: int) -> tuple[str, int]:
        with bureau().database.reading() as session:
            entry = shelf.find_shown(session, entry_id) or abort(404)
        is_withdrawn = entry.state == EntryState.WITHDRAWN
        html = "" if is_withdrawn else render.page(entry.body)
        told = render_template("catalogue_entry.html", entry=entry, html=html, is_withdrawn=is_withdrawn, **NAMES)
        return told, 410 if is_withdrawn else 200

    _register_search(blueprint, bureau)
    _register_feeds(blueprint, bureau)


def _register_search(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/catalogue/search")
    def catalogue_search() -> str:
        now, words = bureau(), " ".join(request.args.get("q", "").split())[:60]
        slug = request.args.get("category", "")
        slug = slug if slug in categories() else ""
        number = max(request.args.get("page", 1, type=int), 1)
        found = now.catalogue.search(now.ears.simplified(words), slug) if len(words) > 1 else []
        pages = -(-len(found) // LISTED)
        number = min(number, max(pages, 1))
        with now.database.reading() as session:
            cards = shelf.cards(session, found[(number - 1) * LISTED : number * LISTED])
        return render_template(
            "catalogue_search.html", words=words, slug=slug, cards=cards, count=len(found), number=number, pages=pages,
            is_cut=len(found) >= MOST_FOUND, **NAMES,
        )  # fmt: skip


def _register_feeds(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/catalogue/feed.<any(atom, rss):form>", defaults={"slug": ""})
    @blueprint.get("/catalogue/<slug>/feed.<any(atom, rss):form>")
    def catalogue_feed(slug: str, form: str) -> Answer:
        if slug and slug not in categories():
            abort(404)
        now = bureau()
        with now.database.reading() as session:
            cards = shelf.lately_changed(session, slug, FED)
            changed_at = shelf.changed_at(session, slug)
        place = now.public_url or request.host_url.rstrip("/")
        data = feeds.written(form, cards, place, slug, changed_at)
        response = Response(data, content_type=feeds.CONTENT_TYPES[form])
        response.add_etag()
        response.last_modified = changed_at
        response.cache_control.max_age = 300
        return response.make_conditional(request)
