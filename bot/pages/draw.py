"""What is published of a prize draw, stage by stage, and where anybody recomputes it in his own browser. Open to
everybody; nothing is sent and nothing is changed.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import draw
from handlers.quiz import register as campaigns
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims, drawing, entries
from handlers.quiz.prizes.drawing import Look, Stage
from handlers.quiz.prizes.models import WinnerState

SENTENCES = (
    "draw_true", "draw_false", "draw_no_record", "draw_entries_order", "draw_entries_changed", "draw_secret_form",
    "draw_secret_changed", "draw_other_lottery", "draw_other_issue", "draw_other_winners", "draw_not_fetched",
    "draw_numbers_used", "draw_ours", "draw_not_ours", "draw_same", "draw_differs", "draw_named", "draw_prize",
    "draw_value_commitment", "draw_value_entries", "draw_value_lottery", "draw_value_prizes",
)  # fmt: skip
_FILLED = (
    "campaign", "entries", "winners", "problem", "issue", "expected", "place", "lottery", "later", "numbers", "source",
    "name", "count", "value", "told", "published",
)  # fmt: skip
"""Left open, for the browser to fill in."""
SHOWN = 200
"""Winners on the page; all of them are in the record."""
STATES = {state: f"prize_state_{state}" for state in WinnerState}
_ID = re.compile(r"[a-z0-9-]{1,32}")
_CODE = re.compile(r"[0-9A-Z-]{1,16}")


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Pages(bureau)
    blueprint.add_url_rule("/draw/", "draw", pages.file)
    blueprint.add_url_rule("/draw/<name>/", "draw_of", pages.one)
    blueprint.add_url_rule("/draw/<name>.json", "draw_record", pages.record)
    blueprint.add_url_rule("/draw/<name>/entries.txt", "draw_entries", pages.entry_list)


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def file(self) -> str:
        """Any record, from wherever; and the draws of this bureau."""
        with self.bureau().database.reading() as session:
            held = [one for one in drawing.all_with_prizes(session) if one.opens_at <= clock.now()]
            published = [_published(drawing.look(session, one)) for one in held]
        return render_template("draw.html", sentences=_sentences(), held=held, published=published)

    def one(self, name: str) -> str:
        with self.bureau().database.reading() as session:
            now = _shown(session, name)
            won = claims.winners(session, now.held.id, SHOWN + 1) if now.stage is Stage.DRAWN else []
            asked, place, lot = _asked(session, now)
            early = campaigns.closed_early(session, now.held)
        return render_template(
            "draw_of.html", now=now, held=now.held, rules=now.rules, fixed=now.entry_list, decided=now.decided,
            won=won[:SHOWN], has_more=len(won) > SHOWN, asked=asked, place=place, lot=lot, spoken=_spoken,
            state_of=lambda winner: say(STATES[winner.state]), sentences=_sentences(), dated=clock.dated,
            is_drawn=now.stage is Stage.DRAWN, objection=claims.OBJECTION.days, published=[_published(now)],
            early=early,
        )  # fmt: skip

    def record(self, name: str) -> Any:
        return self._file(name, drawing.record_of, "application/json")

    def entry_list(self, name: str) -> Any:
        return self._file(name, entries.file_of, "text/plain")

    def _file(self, name: str, find: Callable[[Session, str], bytes | None], media_type: str) -> Any:
        """What was published never changes: whoever has it need not fetch it again."""
        with self.bureau().database.reading() as session:
            packed = find(session, _shown(session, name).held.id) or abort(404)
        takes_gzip = request.accept_encodings["gzip"] > 0
        response = Response(packed if takes_gzip else gzip.decompress(packed), mimetype=media_type)
        if takes_gzip:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.set_etag(hashlib.sha256(packed).hexdigest()[:32] + ("-gzip" if takes_gzip else ""))
        return response.make_conditional(request)


def _shown(session: Session, name: str) -> Look:
    """Of a campaign with prizes, from its opening on."""
    held = session.get(HeldCampaign, name) if _ID.fullmatch(name) else None
    if held is None or campaigns.rules_of(held).draw is None:
        abort(404)
    now = drawing.look(session, held)
    return abort(404) if now.stage is Stage.BEFORE else now


@dataclass(frozen=True, slots=True)
class _Published:
    """What this account has promised, to be set beside what stands in a record."""

    title: str
    promise: draw.Promise


def _published(now: Look) -> _Published:
    digest = now.entry_list.digest if now.entry_list else ""
    return _Published(now.held.title, draw.promise(now.held.commitment, digest, now.rules, now.rules.prizes))


def _asked(session: Session, now: Look) -> tuple[str, int | None, str]:
    """(the code asked for, its place in the list, its prize or an empty text)."""
    asked = request.args.get("code", "").strip().upper()[:40]
    if not _CODE.fullmatch(asked) or now.entry_list is None:
        return asked, None, ""
    winner = claims.find_winner(session, now.held.id, asked)
    return asked, entries.find_place(session, now.held.id, asked), winner.prize if winner else ""


def _spoken(moment: Any) -> str:
    return f"{clock.in_beijing(moment).year}年{clock.spoken(moment)}" if moment else ""


def _sentences() -> dict[str, str]:
    left_open = {name: f"{{{name}}}" for name in _FILLED}
    return {key: say(key, **left_open) for key in SENTENCES}
