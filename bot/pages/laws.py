"""One article of an imported law, whole, with the version it stands in: open to everybody."""

import re
from collections.abc import Callable

from flask import Blueprint, abort, render_template

from content import repository
from content.citations import article_name
from handlers.desk import Bureau

_PLACE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?", re.ASCII)


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/laws/<path:short>/<place>")
    def law_article(short: str, place: str) -> str:
        """`place`: 67, or 133-1 for 第133条之一."""
        found = _PLACE.fullmatch(place)
        if found is None or "\0" in short:  # PostgreSQL refuses to look for it
            abort(404)
        number, sub = int(found[1]), int(found[2] or 0)
        with bureau().database.reading() as session:
            law = repository.find_law(session, short) or abort(404)
            article = repository.find_law_article(session, short, number, sub) or abort(404)
        name = f"《{law.short}》{article_name(number, sub)}"
        return render_template("law.html", name=name, law=law, lines=article.text.split("\n"))
