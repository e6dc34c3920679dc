"""The draw and the prize in the chat: my code and its place in the list, what I have won, until when, with which claim
code; and my own word on whether my name may be published. The only file that knows what a tap says.
"""

import re
from collections.abc import Callable
from functools import cache, partial

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock
from content.store.keys import Keyring
from handlers import answers, citizens, receipts
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply
from handlers.quiz.models import HeldCampaign, Participant
from handlers.quiz.prizes import claims, drawing, entries, line
from handlers.quiz.prizes.drawing import Look, Stage
from handlers.quiz.prizes.models import Winner, WinnerState

TOPIC = "quiz/prizes"
LOOKED_AT = 5
"""Of so many campaigns, newest first, a citizen is told."""
_PLAIN = re.compile(r"(查|看|查一?下|查询)?我?的?(参与码|领奖码|兑奖码|奖品|中奖结果)(是(多少|什么|啥))?[?？。]?")
_ENDS = " \n。.！!~～"


def is_plain(text: str) -> bool:
    """Whether these words can be about nothing but this."""
    words = text.strip(_ENDS)
    return words in _acts() or bool(_PLAIN.fullmatch(words))


def prizes(incoming: Incoming, desk: Desk) -> Reply:
    """What stands about this citizen in the newest draw; without one what is said on the topic."""
    if act := _acts().get(incoming.text.strip(_ENDS)):
        return receipts.once(desk.bureau.database, incoming.key, partial(_on_mine, desk=desk, act=act))
    with desk.bureau.database.reading() as session:
        found = _mine(session, desk)
        if found is None:
            return answers.answer(desk, TOPIC)
        now, me = found
        if me is None:
            return _reply(desk.bureau, now, [say("prizes_not_in", title=now.held.title)])
        return _told(session, desk.bureau, now, me)


def _mine(session: Session, desk: Desk) -> tuple[Look, Participant | None] | None:
    """The draw in which he may still claim something, else the newest he is in, else the newest of all."""
    shown = [
        now
        for held in drawing.all_with_prizes(session)[:LOOKED_AT]
        if (now := drawing.look(session, held)).stage is not Stage.BEFORE
    ]
    mine = [(now, me) for now in shown if (me := _find_me(session, desk, now.held))]
    offered = [one for one in mine if (won := _won(session, one[0], one[1])) and won.state == WinnerState.OFFERED]
    if found := [*offered, *mine]:
        return found[0]
    return (shown[0], None) if shown else None


def _find_me(session: Session, desk: Desk, held: HeldCampaign) -> Participant | None:
    name = citizens.participant_of(desk.bureau.keyring, desk.openid, held.id)
    return session.get(Participant, (held.id, name))


def _won(session: Session, now: Look, me: Participant) -> Winner | None:
    return claims.find_winner(session, now.held.id, me.code) if now.stage is Stage.DRAWN else None


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(session: Session, bureau: Bureau, now: Look, me: Participant) -> Reply:
    lines = [say("prizes_code", title=now.held.title, code=me.code)]
    taps: list[str] = []
    if now.stage is Stage.OPEN:
        lines += _open(now, me)
    elif now.stage is Stage.CLOSED:
        lines.append(say("prizes_listing"))
    elif place := entries.find_place(session, now.held.id, me.code):
        winner = _won(session, now, me)
        said, taps = _won_lines(bureau, now, winner) if now.stage is Stage.DRAWN else ([_wait(now)], [])
        lines += said if winner and winner.prize else [_listed(now, place), *said]
    else:
        lines.append(say("prizes_not_listed", condition=_condition(now)))
    return _reply(bureau, now, lines, taps)


def _open(now: Look, me: Participant) -> list[str]:
    points = say("prizes_no_points_yet")
    if me.half_points is not None:
        points = say("prizes_points_now", points=f"{me.half_points / 2:g}")
    return [say("prizes_open", closes=clock.spoken(now.held.closes_at), condition=_condition(now)), points]


def _condition(now: Look) -> str:
    least = now.rules.least_points
    return say("prizes_condition_points", least=least) if least else say("prizes_condition_any")


def _listed(now: Look, place: int) -> str:
    assert now.entry_list is not None  # noqa: S101 - its stage says so
    return say("prizes_listed", place=place, people=now.entry_list.people, digest=now.entry_list.digest)


def _wait(now: Look) -> str:
    return say("prizes_wait", lottery=now.rules.lottery, issue=now.issue, day=clock.spoken_day(now.drawn_on))


def _won_lines(bureau: Bureau, now: Look, winner: Winner | None) -> tuple[list[str], list[str]]:
    """(what is said, what can be tapped)."""
    if winner is None:
        return [say("prizes_no_luck")], []
    if winner.state == WinnerState.WAITING:
        is_over = now.decided is not None and now.decided.ended_at
        return [say("prizes_no_luck") if is_over else say("prizes_in_line", place=winner.place)], []
    if winner.state == WinnerState.HANDED_OVER:
        at = clock.spoken(winner.decided_at) if winner.decided_at else ""
        return [say("prizes_taken", prize=winner.prize, at=at), *_consent(winner)], _consent_taps(winner)
    is_late = winner.due_at is not None and winner.due_at <= clock.now() and not winner.reason
    if winner.state == WinnerState.OFFERED and not is_late:
        return _offered(bureau, winner), [*_consent_taps(winner), say("prizes_decline")]
    if winner.state == WinnerState.REFUSED:
        return [say("prizes_refused", prize=winner.prize, reason=render.harmless(winner.reason))], []
    state = WinnerState.EXPIRED if winner.state == WinnerState.OFFERED else winner.state
    return [say("prizes_gone", prize=winner.prize, state=say(f"prize_state_{state}"))], []


def _offered(bureau: Bureau, winner: Winner) -> list[str]:
    claim, last = claims.claim_code_of(bureau.keyring, winner), line.last_date(winner)
    due = clock.spoken_day(last) if last else ""
    address = bureau.offices.get("quiz", {}).get("address", "")
    where = say("prizes_where", address=address) if address else say("prizes_where_unknown")
    won = say("prizes_won", prize=render.harmless(winner.prize), claim=claim, due=due)
    if winner.reason:
        until, reason = clock.spoken(claims.objects_until(winner)), render.harmless(winner.reason)
        won += "\n" + say("prizes_refusal_proposed", reason=reason, until=until)
    return [won, where, say("prizes_claiming", days=claims.KEPT.days), *_consent(winner)]


def _consent(winner: Winner) -> list[str]:
    """Nothing where no name is kept any more."""
    if winner.published_name or claims.may_allow(winner):
        if winner.may_publish is None:
            return [say("prizes_consent_ask")]
        return [say("prizes_consent_given" if winner.may_publish else "prizes_consent_denied")]
    return [say("prizes_consent_guardian")] if winner.guardian_encrypted else []


def _consent_taps(winner: Winner) -> list[str]:
    may_forbid = winner.published_name or claims.may_allow(winner)
    taps = [say("prizes_yes")] if claims.may_allow(winner) and not winner.may_publish else []
    return [*taps, say("prizes_no")] if may_forbid and winner.may_publish is not False else taps


def _reply(bureau: Bureau, now: Look, lines: list[str], taps: list[str] | None = None) -> Reply:
    url = page_of(bureau.public_url, now.held.id)
    links = [render.link(say("prizes_page"), url)] if url else []
    return answers.choices("\n\n".join(lines), taps or (), links)


def page_of(public_url: str, campaign_id: str) -> str:
    """Empty where there are no pages."""
    return f"{public_url}/h/draw/{campaign_id}/" if public_url else ""


# ── what is done ──────────────────────────────────────────────────────────────────────────────────────────────────────

_Act = Callable[[Session, Winner, Keyring], Reply]


@cache
def _acts() -> dict[str, _Act]:
    return {
        say("prizes_yes"): _allow,
        say("prizes_no"): _forbid,
        say("prizes_decline"): _ask_whether_sure,
        say("prizes_decline_sure"): _decline,
    }


def _on_mine(session: Session, desk: Desk, act: _Act) -> Reply:
    """On the prize that is his now. What is said holds no claim code: replies to acts are kept for a while."""
    found = _mine(session, desk)
    winner = _won(session, found[0], found[1]) if found and found[1] else None
    if winner is None or winner.state not in (WinnerState.OFFERED, WinnerState.HANDED_OVER):
        return Reply(text=say("prizes_nothing_to_answer"))
    return act(session, winner, desk.bureau.keyring)


def _allow(session: Session, winner: Winner, keyring: Keyring) -> Reply:
    if claims.allow(session, keyring, winner):
        told = say("prizes_yes_written" if winner.published_name else "prizes_yes_done")
    else:
        told = say("prizes_consent_guardian" if winner.guardian_encrypted else "prizes_name_gone")
    return answers.choices(told, (say("prizes_mine"),))


def _forbid(session: Session, winner: Winner, _keyring: Keyring) -> Reply:
    claims.forbid(session, winner)
    return answers.choices(say("prizes_no_done"), (say("prizes_mine"),))


def _ask_whether_sure(_session: Session, _winner: Winner, _keyring: Keyring) -> Reply:
    return answers.choices(say("prizes_decline_ask"), (say("prizes_decline_sure"), say("prizes_mine")))


def _decline(session: Session, winner: Winner, _keyring: Keyring) -> Reply:
    is_his = claims.decline(session, winner)
    return Reply(text=say("prizes_declined" if is_his else "prizes_nothing_to_answer"))
