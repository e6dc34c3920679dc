"""The outcome card of the legal-aid self-test: whoever has the signed link sees it, for thirty days. The link holds the
answers, sealed; nothing is kept here and looking changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import segno
from flask import Blueprint, Response, make_response, render_template, request

from content.phrases import say
from handlers.desk import Bureau
from handlers.legal_aid import chat as aid
from handlers.legal_aid.card import HOLDS, Expired, unseal
from handlers.legal_aid.policy import Kind
from handlers.legal_aid.words import word


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/aid/card")
    def aid_card() -> Response:
        """For whoever has the link of the chat or of the page with the questions."""
        now = bureau()
        try:
            made_on, answers = unseal(now.keyring, request.args.get("t", ""))
        except Expired as told:
            return _private(render_template("aid_over.html", told=told, say=say), 410)
        with now.database.reading() as session:
            card = aid.make_card(session, now, answers, made_on)
        until, picture = made_on + HOLDS, _picture(now, answers, made_on)
        return _private(
            render_template("aid_card.html", card=card, until=until, picture=picture, Kind=Kind, word=word)
        )  # fmt: skip


def _picture(bureau: Bureau, answers: Mapping[str, Any], made_on: date) -> str:
    """The link as a code on the paper: the counter opens the card by it and compares the number. Empty where the pages
    have no address of their own.
    """
    url = aid.card_url(bureau, answers, made_on)
    return str(segno.make(url, error="l", micro=False).svg_data_uri(scale=2)) if url else ""


def _private(shown: str, status: int = 200) -> Response:
    """Somebody's troubles: no cache keeps it, and no search engine lists it."""
    response = make_response(shown, status)
    response.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
    return response
