"""The boards of a campaign: open to everybody, without scripts; the same for everybody, but for a line with his own
rank for whoever takes part in this browser. Nothing on it says who anybody is: the participants chose their nicknames
or stand under their codes, without their units.
"""

import re
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort, make_response, render_template

from bot.pages import seat
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import register as campaigns
from handlers.quiz import score, standings
from handlers.quiz.boards import own, units
from handlers.quiz.models import HeldCampaign

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/quiz/<campaign_id>/board")
    def quiz_board(campaign_id: str) -> Response:
        """Of campaigns for everybody; nobody's place in an exam is published."""
        if not _ID.fullmatch(campaign_id):
            abort(404)
        with score.looking(bureau().database, campaign_id) as session:
            held = session.get(HeldCampaign, campaign_id) or abort(404)
            rules = campaigns.rules_of(held)
            if rules.exam:
                abort(404)
            board, people = standings.board(session, held), score.people(session, held)
            sitter = seat.sitter(bureau().database, campaign_id)
            here = sitter is not None and not sitter.has_ended
            me = score.find_participant(session, held, sitter.participant) if sitter and here else None
            mine = own.rank(session, held, me) if me else ""
            early = campaigns.closed_early(session, held)
            dates = {unit.path: unit.entered_at for unit in units.open_to(session, held)}
        shown = render_template(
            "quiz_board.html", held=held, rules=rules, board=board, phase=campaigns.phase_of(held), people=people,
            dates=dates, mine=mine, my_code=me.code if me else "", now=clock.now(), spoken=clock.spoken, day=_day,
            early=early,
        )  # fmt: skip
        response = make_response(shown)
        response.headers["Cache-Control"] = "private, no-cache" if me else "no-cache"
        return response


def _day(moment: datetime | None) -> str:
    """12月1日; empty where nobody knows."""
    there = clock.in_beijing(moment) if moment else None
    return f"{there.month}月{there.day}日" if there else ""
