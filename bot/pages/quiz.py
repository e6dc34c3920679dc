"""A quiz campaign as pages: what is open and its rules, the tap that begins a paper, own papers and what they brought.

A GET changes nothing: WeChat's own scanner opens every link before a citizen does. Only the tap on 开始答题 binds the
browser. How a paper is answered stands in quiz_paper.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request
from sqlalchemy.orm import Session

from bot.pages import quiz_paper, quiz_practice, quiz_sign_in, seat
from bot.pages.quiz_parts import PLACE, get_held, no_seat, page, private, told
from bot.wechat.login import Login
from content.phrases import say
from content.store import clock
from handlers import citizens
from handlers.desk import Bureau
from handlers.quiz import admission, links, paper, play, register, score, seats, shown
from handlers.quiz.admission import Closed, NoAttemptLeft
from handlers.quiz.boards import own
from handlers.quiz.campaign import Phase
from handlers.quiz.desk import announcement
from handlers.quiz.entering import elsewhere
from handlers.quiz.links import Link
from handlers.quiz.models import HeldCampaign, Participant, Round

CLOSED_SHOWN = 10


class _Refused(Exception):
    """Nobody was bound and nothing has begun; the message is the key of the sentence that says why."""

    def __init__(self, key: str, status: int = 403) -> None:
        super().__init__(key)
        self.key, self.status = key, status


LATE = {"1": "quiz_page_late", "2": "quiz_page_late_handed_in"}
"""Why the last tap did not count."""


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau], login: Login | None) -> None:
    """`login`: of a service account, which may ask a browser whose it is."""
    quiz_paper.register_pages(blueprint, bureau)
    quiz_practice.register_pages(blueprint, bureau)
    if login:
        quiz_sign_in.register_pages(blueprint, bureau, login)
    pages = _Pages(bureau, has_sign_in=login is not None)
    blueprint.add_url_rule("/quiz/", "quiz", pages.listed)
    blueprint.add_url_rule(f"{PLACE}/", "quiz_campaign", pages.one)
    blueprint.add_url_rule(f"{PLACE}/start", "quiz_start", pages.start, methods=["POST"])
    blueprint.add_url_rule(f"{PLACE}/history", "quiz_history", pages.history)
    blueprint.add_url_rule(f"{PLACE}/result", "quiz_last_result", pages.last_result)
    blueprint.add_url_rule(f"{PLACE}/result/<round_id>", "quiz_result", pages.result)


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]
    has_sign_in: bool

    def listed(self) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            every = register.all_held(session)
        sealed = request.args.get("t", "")
        ways = links.ways_in(now.keyring, sealed, [held.id for held in every if not register.rules_of(held).exam])
        groups = {phase: [held for held in every if register.phase_of(held) is phase] for phase in Phase}
        return page(
            "quiz_index.html", running=groups[Phase.OPEN], coming=groups[Phase.BEFORE][::-1],
            closed=groups[Phase.CLOSED][:CLOSED_SHOWN], rules_of=register.rules_of, ways=ways,
            fault=say("quiz_page_bad_link") if sealed and not ways else "",
        )  # fmt: skip

    def one(self, campaign_id: str) -> Any:
        """The rules as they were promised; to whoever comes by a link that holds, the button that begins."""
        now, sealed = self.bureau(), request.args.get("t", "")
        with now.database.reading() as session:
            held = get_held(session, campaign_id)
            early = register.closed_early(session, held)
            link, sitter = links.read(now.keyring, campaign_id, sealed), seat.sitter(now.database, campaign_id)
            has_seat = sitter is not None and not sitter.has_ended
            hindrance = _hindrance(session, held, sitter.participant) if sitter and has_seat else ""
        response = page(
            "quiz_campaign.html", held=held, rules=register.rules_of(held), phase=register.phase_of(held).value,
            sealed=sealed if link else "", has_seat=has_seat,
            fault=say("quiz_page_bad_link") if sealed and link is None else "",
            may_begin=has_seat and not hindrance, mark=seat.mark(now.keyring, seat.token()),
            early=early, has_sign_in=self.has_sign_in, privacy=announcement.privacy(register.rules_of(held)),
        )  # fmt: skip
        if link and link.whole:
            seat.prepare_for_all(response)
        elif link:
            seat.prepare(response, campaign_id)
        return response

    # ── the tap ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, campaign_id: str) -> Any:
        """Binds the browser where it came by a link, and begins a paper, or goes on with the one that runs."""
        now = self.bureau()
        if not seat.came_from_us(now.public_url):
            return told("quiz_page_elsewhere", 403)
        try:
            with now.database.transaction() as session:
                held = get_held(session, campaign_id)
                participant, token, whose = self._sit_down(session, held)
                has_paper = _has_begun(session, held, participant, seed=f"{participant}:{seats.new_token()}")
                if identity := links.identity_in(now.keyring, whose or seat.whose(), (held.id, participant)):
                    elsewhere.has_begun(session, citizens.find_person(session, now.keyring, identity))
        except _Refused as refused:
            with now.database.reading() as session:
                return told(refused.key, refused.status, get_held(session, campaign_id))
        response = private(redirect(f"/h/quiz/{campaign_id}/{'paper' if has_paper else 'history'}", 303))  # type: ignore[arg-type]
        seat.give(response, campaign_id, token, whose)
        return response

    def _sit_down(self, session: Session, held: HeldCampaign) -> tuple[str, str, str]:
        """Who plays, the token of his seat, and whose the browser is as far as the link says it. A link alone is not
        enough: the browser has seen our page, which gave it a cookie that another site's form does not bring along.
        Raises _Refused.
        """
        now, sealed = self.bureau(), request.form.get("t", "")
        if not sealed:
            return *self._by_seat(held), ""
        if register.rules_of(held).exam:
            raise _Refused("quiz_page_by_code")
        link = links.read(now.keyring, held.id, sealed)
        if link is None:
            raise _Refused("quiz_page_bad_link")
        fresh = seats.token_of(seat.browser(), link.whole, held.id) if link.whole else seat.fresh_token()
        if not (fresh or seat.token()):
            raise _Refused("quiz_page_no_cookies")
        self._refuse_another_browser(session, link)
        seats.take_turn(session, held.id, link.participant)
        if session.get(Participant, (held.id, link.participant)) is None:
            if hindrance := _hindrance(session, held, link.participant):
                raise _Refused(hindrance, 409)
            play.join(session, held, link.participant)
        try:
            token = seats.bind(session, held.id, link.participant, link.nonce, seat.token(), fresh)
        except seats.LinkUsed:
            raise _Refused("quiz_page_link_used") from None
        return link.participant, token, links.keep(now.keyring, link.identity)

    def _refuse_another_browser(self, session: Session, link: Link) -> None:
        """Where a link to the list was used by one already. Raises _Refused."""
        if not link.whole:
            return
        nonces = links.nonces_of(link.whole, [held.id for held in register.all_held(session)])
        try:
            seats.refuse_another_browser(session, link.whole, nonces, seat.browser())
        except seats.LinkUsed:
            raise _Refused("quiz_page_link_used") from None

    def _by_seat(self, held: HeldCampaign) -> tuple[str, str]:
        now = self.bureau()
        sitter = seat.sitter(now.database, held.id)
        if sitter is None:
            raise _Refused("quiz_page_no_seat")
        if sitter.has_ended:
            raise _Refused("quiz_page_passed_on")
        if not seat.is_marked(now.keyring, request.form.get("mark")):
            raise _Refused("quiz_page_elsewhere")
        return sitter.participant, seat.token()

    # ── own papers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def history(self, campaign_id: str) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            held = get_held(session, campaign_id)
            sitter = seat.sitter(now.database, campaign_id)
            if sitter is None or sitter.has_ended:
                return no_seat(held, is_passed_on=sitter is not None)
            papers = shown.papers(session, held, sitter.participant)
            hindrance = _hindrance(session, held, sitter.participant)
            joined = session.get(Participant, (held.id, sitter.participant))
            mine = own.rank(session, held, joined) if joined and not register.rules_of(held).exam else ""
        running = next((one for one in papers if one.ended_at is None), None)
        return page(
            "quiz_history.html", held=held, papers=[one for one in papers if one.ended_at], running=running,
            hindrance=say(hindrance) if hindrance else "", rules=register.rules_of(held),
            code=joined.code if joined else "", mine=mine,
            mark=seat.mark(now.keyring, seat.token()),
        )  # fmt: skip

    def last_result(self, campaign_id: str) -> Any:
        return self.result(campaign_id, "")

    def result(self, campaign_id: str, round_id: str) -> Any:
        """Of the paper of this name; of the latest one that is over where none is named."""
        now = self.bureau()
        with now.database.reading() as session:
            held = get_held(session, campaign_id)
            sitter = seat.sitter(now.database, campaign_id)
            if sitter is None or sitter.has_ended:
                return no_seat(held, is_passed_on=sitter is not None)
            played = _paper(session, held, sitter.participant, round_id)
            if played is None:
                return private(redirect(f"/h/quiz/{campaign_id}/history"))  # type: ignore[arg-type]
            taken = shown.taken(played, played.id in score.typed_in_of(session, [played.id]))
            if taken.ended_at is None:
                return private(redirect(f"/h/quiz/{campaign_id}/paper"))  # type: ignore[arg-type]
            beside = _beside(session, now, held, sitter.participant)
            marked = shown.marked(session, now.questions, held, played, beside)
            told_from = score.told_from(session, held)
            hindrance, mine = _hindrance(session, held, sitter.participant), own.told(session, held, sitter.participant)
        return page(
            "quiz_result.html", held=held, rules=register.rules_of(held), taken=taken, marked=marked,
            told_from=told_from, mine=mine,
            late=say(LATE[late]) if (late := request.args.get("late", "")) in LATE else "", may_begin=not hindrance,
            mark=seat.mark(now.keyring, seat.token()),
        )  # fmt: skip


def _paper(session: Session, held: HeldCampaign, participant: str, round_id: str) -> Round | None:
    """404 where one is named that is not his."""
    if not round_id:
        latest = next((one for one in shown.papers(session, held, participant) if one.ended_at), None)
        round_id = latest.round_id if latest else ""
        return play.find_round(session, round_id) if round_id else None
    return shown.find_paper(session, held, participant, round_id.replace("\0", "")) or abort(404)


def _beside(session: Session, bureau: Bureau, held: HeldCampaign, participant: str) -> shown.Beside:
    """In the exam nobody can tell who he is in the chat."""
    others = [one.id for one in register.open_quizzes(session) if one.id != held.id]
    if not others or register.rules_of(held).exam:
        return shown.ALONE
    names = links.names_in(bureau.keyring, seat.whose(), (held.id, participant), others)
    return shown.Beside(campaigns=others) if names is None else shown.Beside(names)


def _has_begun(session: Session, held: HeldCampaign, participant: str, seed: str) -> bool:
    """False where he may look at his papers but begin no other one."""
    try:
        play.begin_paper(session, held, participant, seed)
    except (Closed, NoAttemptLeft):
        return False
    except paper.TooFew:
        raise _Refused("quiz_page_not_ready", 409) from None
    return True


def _hindrance(session: Session, held: HeldCampaign, participant: str) -> str:
    """The sentence that says why he may not begin a paper now, and has none to go on with; empty where he may."""
    if play.find_open_paper(session, held, participant):
        return ""
    try:
        admission.admit(session, held, participant)
    except Closed:
        return "quiz_page_before" if clock.now() < held.opens_at else "quiz_page_closed"
    except NoAttemptLeft:
        return "quiz_page_none_left_exam" if register.rules_of(held).exam else "quiz_page_none_left"
    return ""
