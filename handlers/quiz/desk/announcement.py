"""The announcement of a campaign, as a text to go on from: all that is promised, with the draw's commitment. Written
out of the rules, so that it says what the program does; staff change and publish it, never this file.
"""

from sqlalchemy.orm import Session

from content import articles, audit
from content.models import Revision
from content.phrases import say
from content.render import DIGEST_CHARACTERS, TITLE_CHARACTERS
from content.store import clock
from handlers.quiz import register
from handlers.quiz.campaign import Campaign, Draw, Exam
from handlers.quiz.exam import roster
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims


def written(held: HeldCampaign, public_url: str) -> str:
    """In Markdown. `public_url`: where the pages are; empty where there are none."""
    rules = register.rules_of(held)
    opens, closes = clock.spoken(held.opens_at), clock.spoken(held.closes_at)
    parts = [
        say("announcement_who", who=rules.who or _who(rules)),
        say("announcement_when", opens=opens, closes=closes),
        say("announcement_how_exam" if rules.exam else "announcement_how"),
        "\n".join([_paper(rules), *(_sittings(rules.exam) if rules.exam else [_attempts(rules)])]),
    ]
    if not rules.exam:
        parts.append(_ranks(held, rules, public_url))
    if rules.draw:
        parts += [_prizes(rules.draw), _draw(held, rules.draw, public_url)]
    parts.append(say("announcement_privacy", privacy=privacy(rules)))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def privacy(rules: Campaign) -> str:
    """What is kept of whoever takes part, who sees it and how long; the page of the rules says the same."""
    if rules.exam:
        return say("privacy_exam", years=roster.KEPT.days // 365)
    return say("privacy_code") + (say("privacy_prizes", days=claims.KEPT.days) if rules.draw else "")


def _who(rules: Campaign) -> str:
    return say("announcement_who_exam") if rules.exam else say("announcement_who_all")


def save_draft(session: Session, held: HeldCampaign, public_url: str, by: str, cover: str) -> Revision:
    """A new draft of an article; whether `by` may do that has been asked. Raises articles.NotSaved."""
    key = "announcement_digest_exam" if register.rules_of(held).exam else "announcement_digest"
    opens, closes = clock.spoken(held.opens_at), clock.spoken(held.closes_at)
    revision = articles.save_draft(
        session, None, title=say("announcement_title", title=held.title)[:TITLE_CHARACTERS],
        body=written(held, public_url), by=by, base_number=0, author=say("lessons_author"),
        digest=say(key, opens=opens, closes=closes)[:DIGEST_CHARACTERS],
        category=say("lessons_category"), cover=cover,
    )  # fmt: skip
    audit.record(session, by, "quiz.announcement", f"campaign:{held.id}", article=revision.material.slug)
    return revision


def _paper(rules: Campaign) -> str:
    marking = say(f"quiz_multiple_{rules.multiple}")
    return say(
        "announcement_paper", questions=rules.questions, full=rules.full_marks, minutes=rules.minutes, marking=marking
    )  # fmt: skip


def _attempts(rules: Campaign) -> str:
    return say("announcement_attempts", attempts=rules.attempts_a_day)


def _sittings(exam: Exam) -> list[str]:
    lines = [say("announcement_attempts_exam", attempts=exam.attempts, pass_points=exam.pass_points)]
    if exam.makeup_opens_at and exam.makeup_closes_at:
        opens, closes = clock.spoken(exam.makeup_opens_at), clock.spoken(exam.makeup_closes_at)
        lines.append(say("announcement_makeup", attempts=exam.makeup_attempts, opens=opens, closes=closes))
    return lines


def _ranks(held: HeldCampaign, rules: Campaign, public_url: str) -> str:
    frozen = say("announcement_frozen", minutes=rules.freeze_minutes) if rules.freeze_minutes else ""
    told = say("announcement_ranks", frozen=frozen)
    if not public_url:
        return told
    return f"{told}\n\n{say('announcement_board', url=f'{public_url}/h/quiz/{held.id}/board')}"


def _prizes(draw: Draw) -> str:
    prizes = "\n".join(f"- {prize.name}：{prize.count} 份" for prize in draw.prizes)
    least = say("announcement_least", points=draw.least_points) if draw.least_points else ""
    return say("announcement_prizes", prizes=prizes, least=least, days=draw.claim_days)


def _draw(held: HeldCampaign, draw: Draw, public_url: str) -> str:
    return say(
        "announcement_draw", commitment=held.commitment, lottery=draw.lottery, issue=draw.issue,
        later_issue=draw.later_issue, day=clock.dated(draw.drawn_on), last_day=clock.dated(draw.last_day_to_reveal),
        later_day=clock.dated(draw.later_drawn_on), url=f"{public_url}/h/draw/" if public_url else "",
    )  # fmt: skip
