"""How a round begins in the chat: the campaigns that are open, their rules, a paper begun or gone on with, or practice;
and what is said to whoever leaves a paper whose time runs on.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock, memory
from handlers import answers, citizens, conversation, receipts
from handlers.conversation import Talk
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.quiz import admission, asked, bank, paper, play, register, taking
from handlers.quiz.campaign import Draw
from handlers.quiz.chat import KIND, TOPIC, ask_first, ask_open, ways_to_list, ways_to_page
from handlers.quiz.entering import rules_told
from handlers.quiz.entering import words as choice
from handlers.quiz.models import HeldCampaign, Round

RULES_TOPIC = "quiz/rules"
OFFERED = 4
"""Campaigns in one message, where several are open."""


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """A campaign's title may name a law: its choice is not a question for an article."""
    return start(incoming, desk) if choice.is_plain(incoming.text) else None


def start(incoming: Incoming, desk: Desk) -> Reply:
    """A new round, or the open one again; while a campaign is open, first the choice between it and practice."""
    desk.conversation = memory.UNKNOWN
    return receipts.once(desk.bureau.database, incoming.key, lambda session: _start(session, incoming, desk))


def led_back(incoming: Incoming, desk: Desk) -> Reply | None:
    """To a paper of his that runs; None where none does."""
    with desk.bureau.database.reading() as session:
        runs = any(_running(session, desk, held) for held in register.open_quizzes(session))
    return start(incoming, desk) if runs else None


def rules(incoming: Incoming, desk: Desk) -> Reply:
    """Those of the campaigns that are open; else of the one whose prizes are still to come; else what holds for
    practice.
    """
    with desk.bureau.database.reading() as session:
        every = register.open_quizzes(session)
        closed = None if every else rules_told.find_unsettled(session)
    if closed:
        return rules_told.of_closed(desk, closed, _draw)
    if not every:
        return answers.answer(desk, RULES_TOPIC)
    return _offer_one(desk, every[0]) if len(every) == 1 else rules_told.of_all(desk, every[:OFFERED], every)


def parting(talk: Talk, desk: Desk) -> str:
    """Until when a paper can be gone on with; nothing where a practice round is left."""
    sheet = taking.find_sheet(desk.bureau.database, talk.answers["round"])
    if sheet is None or sheet.deadline_at is None or sheet.standing.is_closed:
        return ""
    is_ticked = any(key in talk.answers for key in sheet.question_keys if not _is_given(sheet, key))
    ticks = say("quiz_ticks_gone") if is_ticked else ""
    return f"{say('quiz_paper_left', until=clock.spoken(sheet.deadline_at))}{ticks}"


def _is_given(sheet: taking.Sheet, key: str) -> bool:
    given = sheet.given.get(sheet.question_keys.index(key) + 1)
    return bool(given and given.letters)


def waiting(talk: Talk, desk: Desk) -> str:
    """How the round that waits in the chat is called; empty where the page has handed it in, or its time is up."""
    sheet = taking.find_sheet(desk.bureau.database, talk.answers["round"])
    if sheet is None or sheet.standing.is_closed:
        return ""
    return sheet.rules.title if sheet.rules else desk.bureau.shelf.topics[TOPIC].name


def _start(session: Session, incoming: Incoming, desk: Desk) -> Reply:
    citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
    words, every = incoming.text.strip(), register.open_quizzes(session)
    if held := _meant(session, desk, words, every):
        return _paper(session, incoming, desk, citizen_id, held, wants_practice=choice.wants_practice(words))
    if reply := _gone_on_with(session, desk, citizen_id):
        return reply
    if every and not choice.wants_practice(words):
        return _offer(desk, every)
    kept_back = asked.kept_back(session)
    try:
        played = play.begin(session, citizen_id, f"{citizen_id}:{incoming.key}", kept_back)
    except bank.BankEmpty:
        return Reply(text=say("quiz_all_kept_back" if kept_back else "quiz_empty"))
    return ask_first(session, desk, citizen_id, played, say("quiz_begun", total=play.QUESTIONS_A_ROUND))


def _gone_on_with(session: Session, desk: Desk, citizen_id: str) -> Reply | None:
    """The round that is open in the chat."""
    talk = conversation.find_open(session, citizen_id)
    played = play.find_round(session, talk.answers["round"]) if talk and talk.kind == KIND else None
    if talk is None or played is None or play.standing(played).is_closed:
        return None
    desk.conversation = memory.OPEN
    return ask_open(desk, played, talk, say("quiz_resumed"))


def _meant(session: Session, desk: Desk, words: str, every: Sequence[HeldCampaign]) -> HeldCampaign | None:
    """Which the words choose; else the one of which a paper of his runs, whether the chat is at it or not."""
    if chosen := choice.chosen(words, every):
        return chosen
    running = [(begun.started_at, held) for held in every if (begun := _running(session, desk, held))]
    return max(running, key=lambda one: one[0])[1] if running else None


def _running(session: Session, desk: Desk, held: HeldCampaign) -> Round | None:
    return play.find_open_paper(session, held, citizens.participant_of(desk.bureau.keyring, desk.openid, held.id))


def _offer(desk: Desk, every: Sequence[HeldCampaign]) -> Reply:
    return _offer_one(desk, every[0]) if len(every) == 1 else _offer_all(desk, every)


def _offer_all(desk: Desk, every: Sequence[HeldCampaign]) -> Reply:
    """Each with its times and a tap; one link to the pages of all. How prizes are drawn is told where there is room, on
    the pages always.
    """
    shown, ways = every[:OFFERED], ways_to_list(desk)
    taps = [*(choice.join_words(held, every) for held in shown), say("quiz_practise")]
    whole, short = (
        say("quiz_campaigns", campaigns="\n".join(_line(held, has_draw) for held in shown))
        for has_draw in (True, False)
    )
    tail = [*ways, *(render.choice(f"{number} {tap}", tap, number) for number, tap in enumerate(taps, start=1))]
    return answers.choices(whole if render.fits(whole, tail) else short, taps, ways)


def _line(held: HeldCampaign, has_draw: bool) -> str:
    promised = register.rules_of(held)
    line = say(
        "quiz_campaign_line", title=held.title, closes=clock.spoken(held.closes_at), questions=promised.questions,
        full=promised.full_marks, minutes=promised.minutes, attempts=promised.attempts_a_day,
    )  # fmt: skip
    return f"{line}{_draw(promised.draw)}" if promised.draw and has_draw else line


def _draw(draw: Draw) -> str:
    """Which public numbers decide, and what holds where the secret is not revealed."""
    return say(
        "quiz_campaign_draw", lottery=draw.lottery, issue=draw.issue, day=clock.spoken_day(draw.drawn_on),
        last_day=clock.spoken_day(draw.last_day_to_reveal), later_issue=draw.later_issue,
        later_day=clock.spoken_day(draw.later_drawn_on),
    )  # fmt: skip


def _offer_one(desk: Desk, held: HeldCampaign) -> Reply:
    promised = register.rules_of(held)
    told = say(
        "quiz_campaign", title=held.title, closes=clock.spoken(held.closes_at), questions=promised.questions,
        full=promised.full_marks, minutes=promised.minutes, attempts=promised.attempts_a_day,
        marking=say(f"quiz_multiple_{promised.multiple}"),
    )  # fmt: skip
    if promised.draw:
        told = f"{told}\n{_draw(promised.draw)}"
    ways = ways_to_page(desk, held.id)
    if desk.bureau.public_url:
        ways.append(render.link(say("quiz_rules_page"), f"{desk.bureau.public_url}/h/quiz/{held.id}/"))
    return answers.choices(told, (choice.join_words(held, [held]), say("quiz_practise")), ways)


def _paper(
    session: Session, incoming: Incoming, desk: Desk, citizen_id: str, held: HeldCampaign, wants_practice: bool
) -> Reply:
    """Begun, or gone on with where he left it."""
    participant = citizens.participant_of(desk.bureau.keyring, desk.openid, held.id)
    if running := play.find_open_paper(session, held, participant):
        key = "quiz_paper_first" if wants_practice else "quiz_paper_resumed"
        until = clock.spoken(running.deadline_at or held.closes_at)
        ways = [] if play.standing(running).is_over else ways_to_page(desk, held.id)  # told behind the last answer
        told = "\n".join([say(key, title=held.title, until=until), *ways])
        return ask_first(session, desk, citizen_id, running, told)
    try:
        played = play.begin_paper(session, held, participant, seed=f"{participant}:{incoming.key}")
    except admission.NoAttemptLeft:
        is_last_day = clock.in_beijing(held.closes_at).date() == clock.today()
        key = "quiz_no_more" if is_last_day else "quiz_no_more_today"
        return answers.choices(say(key, title=held.title), (say("quiz_practise"),))
    except paper.TooFew:  # questions were retired since it was put on; staff see it at the desk
        return answers.choices(say("quiz_not_ready", title=held.title), (say("quiz_practise"),))
    promised = register.rules_of(held)
    begun = say("quiz_paper_begun", title=held.title, total=promised.questions, minutes=promised.minutes)
    return ask_first(session, desk, citizen_id, played, f"{begun}{_beside(session, desk, held)}")


def _beside(session: Session, desk: Desk, begun: HeldCampaign) -> str:
    """The papers of other campaigns whose time runs on meanwhile, and how they are gone on with."""
    every = register.open_quizzes(session)
    running = [(held, other) for held in every if held.id != begun.id and (other := _running(session, desk, held))]
    return "".join(
        say("quiz_paper_beside", title=held.title, words=choice.join_words(held, every),
            until=clock.spoken(other.deadline_at or held.closes_at))
        for held, other in running
    )  # fmt: skip
