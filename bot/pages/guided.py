"""A guided talk as a page: one question at a time, without scripts, by the same steps as in the chat.

Whoever comes out of the chat by its link answers the talk that is open there; opening the link changes nothing, the
first tap binds this browser. Where the guide allows it, anybody may answer without a chat: then the answers travel
sealed in his forms and nothing is kept.
"""

import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from markupsafe import Markup

from bot.pages import seat
from content.phrases import say
from handlers import talks
from handlers.desk import Bureau
from handlers.guided import chat, links, overheard, paging, talking
from handlers.guided import flow as flows
from handlers.guided.guide import Guide
from handlers.guided.links import Way
from handlers.guided.paging import Form, LinkUsed, TalkOver
from handlers.message import NOTHING, Reply

PLACE = "/guided/<kind>/"
_SEAT, _PROBE = "guided_seat", "guided_probe"
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Pages(bureau)
    blueprint.add_url_rule(PLACE, "guided", pages.open)
    blueprint.add_url_rule(f"{PLACE}start", "guided_start", pages.start, methods=["POST"])
    blueprint.add_url_rule(f"{PLACE}answer", "guided_answer", pages.answer, methods=["POST"])
    blueprint.add_url_rule(f"{PLACE}visitor", "guided_visitor", pages.visitor, methods=["POST"])


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def open(self, kind: str) -> Response:
        """To whoever comes by a link, or without one, the way to begin; to the browser that has begun, the question."""
        now, guide, sealed = self.bureau(), _guide(kind), request.args.get("t", "")
        if sealed:
            if links.read_link(now.keyring, kind, sealed) is None:
                return _told(guide, "guided_page_bad_link", 403)
            response = _page("guided_begin.html", guide=guide, flow=guide.flow, sealed=sealed)
            _set(response, kind, _PROBE, "1")
            return response
        if way := self._way(kind):
            try:
                kept = paging.look(now, guide, way)
            except TalkOver:
                return _told(guide, "guided_page_over", 410)
            return _question(now, guide, kept, mark=links.mark(now.keyring, request.cookies[_SEAT]))
        if guide.anonymous is None:
            return _told(guide, "guided_page_no_seat", 403)
        return _page("guided_begin.html", guide=guide, flow=guide.flow, sealed="")

    def start(self, kind: str) -> Response:
        """The first tap of whoever came by a link."""
        now, guide = self.bureau(), _guide(kind)
        way = links.read_link(now.keyring, kind, request.form.get("t", ""))
        if not seat.came_from_us(now.public_url):
            return _told(guide, "guided_page_elsewhere", 403)
        if way is None:
            return _told(guide, "guided_page_bad_link", 403)
        if not request.cookies.get(_PROBE):
            return _told(guide, "guided_page_no_cookies", 403)
        try:
            paging.bind(now, guide, way, self._way(kind))
        except LinkUsed:
            return _told(guide, "guided_page_link_used", 403)
        except TalkOver:
            return _told(guide, "guided_page_over", 410)
        response = _private(redirect(f"/h/guided/{kind}/", 303))  # type: ignore[arg-type]
        _set(response, kind, _SEAT, links.seat(now.keyring, way))
        return response

    def answer(self, kind: str) -> Response:
        """One step of the talk that is open in the chat."""
        now, guide, way = self.bureau(), _guide(kind), self._way(kind)
        if way is None:
            return _told(guide, "guided_page_no_seat", 403)
        mark = links.mark(now.keyring, request.cookies[_SEAT])
        is_marked = hmac.compare_digest(mark.encode(), request.form.get("mark", "").encode())
        form = _form()
        if not (seat.came_from_us(now.public_url) and is_marked and form):
            return _told(guide, "guided_page_elsewhere", 403)
        try:
            reply = paging.take(now, guide, way, form)
        except TalkOver:
            return _told(guide, "guided_page_over", 410)
        if reply != NOTHING:
            return _result(guide, reply)
        try:
            kept = paging.look(now, guide, way)
        except TalkOver:
            return _told(guide, "guided_page_over", 410)
        if paging.is_refused(kept, form):
            return _question(now, guide, kept, mark=mark, typed=form.values)
        return _private(redirect(f"/h/guided/{kind}/", 303))  # type: ignore[arg-type]

    def visitor(self, kind: str) -> Response:
        """One step of somebody of whom nothing is kept."""
        now, guide, form = self.bureau(), _guide(kind), _form()
        if guide.anonymous is None:
            return _told(guide, "guided_page_no_seat", 403)
        if not request.form.get("answers"):
            return self._asked_visitor(guide, talking.begun(guide, {}, secrets.token_hex(16)))
        kept = links.open_answers(now.keyring, kind, request.form["answers"])
        if kept is None or form is None:
            return _told(guide, "guided_page_too_old", 410)
        turn = paging.take_for_visitor(now, guide, kept, form)
        if turn.is_over:
            return _result(guide, paging.told_to_visitor(now, guide, turn.answers))
        return self._asked_visitor(guide, turn.answers, form)

    def _asked_visitor(self, guide: Guide, kept: Mapping[str, Any], form: Form | None = None) -> Response:
        sealed = links.seal_answers(self.bureau().keyring, guide.kind, kept)
        typed = form.values if form and paging.is_refused(kept, form) else ()
        return _question(self.bureau(), guide, kept, sealed=sealed, typed=typed)

    def _way(self, kind: str) -> Way | None:
        return links.read_seat(self.bureau().keyring, kind, request.cookies.get(_SEAT, ""))


def open_to_all() -> list[Guide]:
    """Those that anybody may answer without having come out of the chat."""
    return [guide for guide in talks.GUIDES if guide.anonymous]


def _guide(kind: str) -> Guide:
    return next((guide for guide in talks.GUIDES if guide.kind == kind), None) or abort(404)


def _form() -> Form | None:
    key, act = request.form.get("key", ""), request.form.get("act", "answer")
    if not _KEY.fullmatch(key) or act not in ("answer", "skip", "back", "anew"):
        return None
    return Form(f"page-{key}", request.form.get("question", ""), act, request.form.getlist("value"))


def _question(
    now: Bureau, guide: Guide, kept: Mapping[str, Any], mark: str = "", sealed: str = "", typed: Sequence[str] = ()
) -> Response:
    """`mark` for the talk of the chat, `sealed` for a visitor's answers; `typed` is what was just refused."""
    flow, question = guide.flow, flows.next_step(guide.flow, kept)
    ticks = overheard.ticked(question, kept) if question else ()
    heard = overheard.told(question, kept, "guided_heard_page") if question else ""
    recap = chat.recap_lines(flow, kept, question, now) if question else []
    behind = [(one, talking.shown_value(one, kept[one.name])) for one in flows.passed(flow, kept)]
    return _page(
        "guided.html", guide=guide, flow=flow, question=question, road=flows.road(flow, kept),
        place=talking.where(flow, kept), before=kept.get("_before", ""), is_fault=int(kept.get("_tries") or 0) > 0,
        behind=behind, mark=mark, sealed=sealed, typed=typed or ticks, heard=heard, recap=recap,
        key=secrets.token_hex(16),
    )  # fmt: skip


def _result(guide: Guide, reply: Reply) -> Response:
    return _page("guided_result.html", guide=guide, flow=guide.flow, paragraphs=_paragraphs(reply.text))


def _paragraphs(text: str) -> list[Markup]:
    """A chat text for a page: links that lead to a page stay links, taps become their words."""
    return [Markup(_with_links(part)) for part in re.split(r"\n{2,}", text) if part.strip()]  # noqa: S704 - escaped below


def _with_links(text: str) -> str:
    parts, last = [], 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[last : found.start()]))
        url, label = found[1], escape(found[2])
        is_page = url.startswith(("https://", "http://", "/", "tel:"))
        parts.append(f'<a href="{escape(url)}">{label}</a>' if is_page else label)
        last = found.end()
    return "".join([*parts, escape(text[last:])]).replace("\n", "<br>")


def _told(guide: Guide, key: str, status: int) -> Response:
    sentence = say(key, title=guide.flow.title)
    return _page("guided_told.html", status, guide=guide, flow=guide.flow, sentence=sentence)


def _page(template: str, status: int = 200, **shown: object) -> Response:
    return _private(make_response(render_template(template, **shown), status))


def _private(response: Response) -> Response:
    response.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
    return response


def _set(response: Response, kind: str, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=links.SITS, path=f"/h/guided/{kind}/", secure=request.is_secure, httponly=True,
        samesite="Lax",
    )  # fmt: skip
