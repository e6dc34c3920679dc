"""The rules of several campaigns that are open, in one message, and those of one that is closed while its prizes are
still to come; all of them stand on the page of each.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock
from handlers import answers
from handlers.desk import Desk
from handlers.message import Reply
from handlers.quiz import register
from handlers.quiz.campaign import Draw, Phase
from handlers.quiz.chat import ways_to_list
from handlers.quiz.entering import words as choice
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import drawing


def of_all(desk: Desk, shown: Sequence[HeldCampaign], every: Sequence[HeldCampaign]) -> Reply:
    """Marking, ranks, prizes and freeze of each; what does not fit is left to the pages."""
    url = desk.bureau.public_url
    pages = [
        render.link(say("quiz_rules_page_of", title=held.title), f"{url}/h/quiz/{held.id}/") for held in shown if url
    ]
    ways = [*pages, *ways_to_list(desk)]
    taps = [*(choice.join_words(held, every) for held in shown), say("quiz_practise")]
    tail = [*ways, *(render.choice(f"{number} {tap}", tap, number) for number, tap in enumerate(taps, start=1))]
    tellings = [_told(shown, has_prizes, has_ranking) for has_prizes, has_ranking in ((True, True), (True, False))]
    fitting = (told for told in tellings if render.fits(told, tail))
    return answers.choices(next(fitting, _told(shown, has_prizes=False, has_ranking=False)), taps, ways)


def find_unsettled(session: Session) -> drawing.Look | None:
    """The newest campaign that is closed and not drawn yet, or whose prizes can still be claimed."""
    for held in drawing.all_with_prizes(session):
        if register.phase_of(held) is not Phase.CLOSED:
            continue
        now = drawing.look(session, held)
        drawn_at = now.decided.drawn_at if now.decided else None
        if drawn_at is None or clock.now() < drawn_at + timedelta(days=now.rules.claim_days):
            return now
    return None


def of_closed(desk: Desk, now: drawing.Look, how_drawn: Callable[[Draw], str]) -> Reply:
    """Who is in the draw, what there is, how it is drawn and until when it is claimed, as it was promised."""
    held, draw, url = now.held, now.rules, desk.bureau.public_url
    told = say(
        "quiz_rules_closed", title=held.title, closes=clock.spoken(held.closes_at),
        prizes="、".join(f"{prize.name} {prize.count} 份" for prize in draw.prizes),
        least=say("quiz_rules_least", least=draw.least_points) if draw.least_points else "", how=how_drawn(draw),
        days=draw.claim_days,
    )  # fmt: skip
    pages = [render.link(say("quiz_rules_page_of", title=held.title), f"{url}/h/quiz/{held.id}/")] if url else []
    return answers.choices(told, (say("quiz_my_code"), say("quiz_practise")), pages)


def _told(shown: Sequence[HeldCampaign], has_prizes: bool, has_ranking: bool) -> str:
    lines = "\n".join(_line(held, has_prizes) for held in shown)
    return say("quiz_rules_of_all", campaigns=lines, ranking=say("score_rule") if has_ranking else "")


def _line(held: HeldCampaign, has_prizes: bool) -> str:
    rules = register.rules_of(held)
    prizes = ""
    if rules.draw and has_prizes:
        named = "、".join(f"{prize.name} {prize.count} 份" for prize in rules.draw.prizes)
        least = say("quiz_rules_least", least=rules.draw.least_points) if rules.draw.least_points else ""
        prizes = f"{say('quiz_rules_prizes', prizes=named)}{least}"
    return say(
        "quiz_rules_line", title=held.title, closes=clock.spoken(held.closes_at), questions=rules.questions,
        full=rules.full_marks, minutes=rules.minutes, attempts=rules.attempts_a_day,
        marking=say(f"quiz_multiple_{rules.multiple}"), prizes=prizes,
        freeze=say("quiz_rules_freeze", minutes=rules.freeze_minutes) if rules.freeze_minutes else "",
    )  # fmt: skip
