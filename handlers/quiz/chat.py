"""The quiz in the chat: one question a message, options to tap or type.

How a round begins is in entering/chat.py, how a question is written in written.py. Where several options may be right,
a tap ticks one and another tap hands in what is ticked; letters typed are handed in at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from content import render
from content.models import Question
from content.phrases import say
from content.store import memory
from handlers import answers, conversation, receipts, taps
from handlers.conversation import Conversation, Copy, Talk
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.quiz import admission, links, play, register, spoken, taking, written
from handlers.quiz.entering import beside, ended, unsent
from handlers.quiz.letters import HAND_IN, letters_of, read_letters, read_tick, sounds_like_an_answer
from handlers.quiz.mending import marking
from handlers.quiz.models import Participant, Round
from handlers.quiz.play import Standing
from handlers.quiz.spoken import question_at
from handlers.quiz.taking import Sheet

KIND = "quiz"
REMEMBERED = 8192
"""Rounds whose questions a worker holds in memory."""
TOPIC = "quiz/play"


@dataclass(frozen=True, slots=True)
class _Place:
    """The question a message is about."""

    citizen_id: str
    round_id: str
    number: int


def go_on_by_copy(incoming: Incoming, desk: Desk, copy: Copy) -> Reply | None:
    """A typed answer to a question that is not the last, taken without looking first; None for anything else."""
    sheet, place = desk.bureau.rounds.get(copy.talk.answers["round"]), int(copy.more) + 1
    if sheet is None or place >= len(sheet.question_keys) or sheet.is_late:
        return None
    question = question_at(desk, sheet.question_keys, place)
    letters = read_letters(incoming.text, question)
    if not letters or not _is_typed(incoming.text, question) or taps.is_elsewhere(incoming, question.key):
        return None
    if question.key in copy.talk.answers:  # something is ticked
        return None
    if not taking.take_by_copy(desk.bureau.database, copy, sheet, place, question, letters, incoming.key):
        return None
    desk.copy = str(Copy(copy.citizen_id, copy.talk, place))
    asked, told = question_at(desk, sheet.question_keys, place + 1), spoken.told(question, letters, sheet, copy.talk)
    return _ask(asked, Standing(place + 1, len(sheet.question_keys), 0), copy.talk, told)


def go_on(incoming: Incoming, desk: Desk, citizen_id: str, talk: Talk) -> Reply | None:
    """An answer, or a wish to go on; None for anything else, and the place is kept."""
    sheet = taking.find_sheet(desk.bureau.database, talk.answers["round"])
    if sheet is None:
        return None
    copy = Copy(citizen_id, talk)
    if again := _again(incoming, desk, sheet, copy):
        return again
    standing, words = sheet.standing, incoming.text.strip()
    place = _Place(citizen_id, sheet.round_id, standing.place)
    if standing.is_over:
        return _nothing_open(incoming, desk, sheet, place, talk)
    question = question_at(desk, sheet.question_keys, standing.place)
    if before := _before(incoming, desk, sheet, talk, question):
        return _ask(question, standing, talk, before)
    is_early = unsent.insists(words) or (unsent.wishes(words) and not talk.answers.get(question.key))
    if sheet.campaign_id and is_early:
        return _early(incoming, desk, sheet, place)
    return _answered(incoming, desk, sheet, copy, place, question)


def _before(incoming: Incoming, desk: Desk, sheet: Sheet, talk: Talk, question: Question) -> str:
    """What is said in front of the open question, where it is only to be shown again."""
    if taps.is_elsewhere(incoming, question.key):
        return say("tap_elsewhere")
    if told := spoken.before(incoming.text.strip(), desk, sheet, talk, partial(ways_to_page, desk, sheet.campaign_id)):
        return told
    is_ours = read_letters(incoming.text, question) is not None or incoming.text.strip() in HAND_IN
    is_lost = not is_ours and not unsent.wishes(incoming.text) and spoken.means_nothing(incoming, desk)
    return spoken.how(question, sheet) if is_lost else ""


def _answered(
    incoming: Incoming, desk: Desk, sheet: Sheet, copy: Copy, place: _Place, question: Question
) -> Reply | None:
    letters, standing = read_letters(incoming.text, question), sheet.standing
    is_typed = bool(letters) and _is_typed(incoming.text, question)
    act = _act(incoming.text, question, place, desk, incoming.key)
    if letters and is_typed and len(letters) == 1 and copy.talk.answers.get(question.key):
        act = partial(_tick, desk=desk, place=place, letter=letters, stays=True)
    elif letters and is_typed and standing.place < standing.total:
        if taking.take(desk.bureau.database, sheet, standing.place, question, letters, incoming.key):
            return _next(desk, sheet, copy, standing.place, letters)
        sheet = taking.find_sheet(desk.bureau.database, sheet.round_id) or sheet
        if not sheet.standing.is_over:
            return _again(incoming, desk, sheet, copy) or Reply(text=say("quiz_already_answered"))
    if act:
        return receipts.once(desk.bureau.database, incoming.key, act)
    told = say("quiz_no_such_option", letters="、".join(letters_of(question)))
    return None if letters is None else Reply(text=told)


def _again(incoming: Incoming, desk: Desk, sheet: Sheet, copy: Copy) -> Reply | None:
    """The reply to an answer that has been taken already: the message came once more."""
    place = next((place for place, given in sheet.given.items() if given.message_key == incoming.key), None)
    return None if place is None else _next(desk, sheet, copy, place)


def _nothing_open(incoming: Incoming, desk: Desk, sheet: Sheet, place: _Place, talk: Talk) -> Reply | None:
    """The paper is closed; or all is answered, and what the page has answered may still be changed there: then only the
    word ends it.
    """
    words = incoming.text.strip()
    before = spoken.before(words, desk, sheet, talk, partial(ways_to_page, desk, sheet.campaign_id))
    is_ours = bool(before) or sounds_like_an_answer(words) or unsent.wishes(words)
    if sheet.standing.is_closed:
        over = partial(_over, desk=desk, place=place)
        return receipts.once(desk.bureau.database, incoming.key, over) if is_ours else None
    if unsent.wishes(incoming.text) or unsent.insists(incoming.text):
        return receipts.once(desk.bureau.database, incoming.key, partial(_send, desk=desk, place=place))
    told = before if spoken.goes_back(words) else ""
    return unsent.all_answered(told, ways_to_page(desk, sheet.campaign_id)) if is_ours else None


def _early(incoming: Incoming, desk: Desk, sheet: Sheet, place: _Place) -> Reply:
    """He hands in a paper with open questions: asked again once. Where options are ticked the word means them."""
    if unsent.insists(incoming.text):
        return receipts.once(desk.bureau.database, incoming.key, partial(_send, desk=desk, place=place))
    answered = sum(bool(given.letters) for given in sheet.given.values())
    return unsent.asked_again(sheet.standing, answered)


def _next(desk: Desk, sheet: Sheet, copy: Copy, place: int, letters: str = "") -> Reply:
    """The word on the answer at `place`, and the question that comes then."""
    question = question_at(desk, sheet.question_keys, place)
    given = {**sheet.given, place: taking.Given(letters, letters == question.answer, 0, True, 0, None)}
    after = replace(sheet, given=given if letters else sheet.given)
    told = spoken.told(question, after.given[place].letters, sheet, copy.talk)
    if after.standing.is_closed:
        return Reply(text=told)
    if after.standing.is_over:
        return unsent.all_answered(told, ways_to_page(desk, sheet.campaign_id))
    if after.answered:
        _remember(desk.bureau.rounds, replace(after, given={}))
        desk.copy = str(Copy(copy.citizen_id, copy.talk, after.answered))
    return _ask(question_at(desk, sheet.question_keys, after.standing.place), after.standing, copy.talk, told)


def _remember(rounds: dict[str, Any], sheet: Sheet) -> None:
    """What does not change while it is played."""
    if len(rounds) >= REMEMBERED:
        rounds.clear()
    rounds[sheet.round_id] = sheet


def _is_typed(text: str, question: Question) -> bool:
    return question.kind != "multiple" or read_tick(text, question) is None


def _act(
    text: str, question: Question, place: _Place, desk: Desk, message_key: str
) -> Callable[[Session], Reply] | None:
    """What this message does in a transaction of its own; None where it changes nothing."""
    if question.kind == "multiple":
        if ticked := read_tick(text, question):
            return partial(_tick, desk=desk, place=place, letter=ticked)
        if text.strip() in {*HAND_IN, say("quiz_hand_in")}:
            return partial(_hand_in, desk=desk, place=place, message_key=message_key)
    if letters := read_letters(text, question):
        return partial(_answer, desk=desk, place=place, letters=letters, message_key=message_key)
    return None


def ways_to_page(desk: Desk, campaign_id: str | None) -> list[str]:
    """The way to the page, where there is one."""
    bureau = desk.bureau
    if not (bureau.public_url and campaign_id):
        return []
    minutes = int(links.HOLDS.total_seconds() // 60)
    address = links.page_link(bureau.keyring, bureau.public_url, campaign_id, desk.openid)
    return [render.link(say("quiz_on_page", minutes=minutes), address)]


def ways_to_list(desk: Desk) -> list[str]:
    """The way to the pages of all campaigns, where there are pages."""
    if not desk.bureau.public_url:
        return []
    address = links.list_link(desk.bureau.keyring, desk.bureau.public_url, desk.openid)
    return [render.link(say("quiz_all_on_page", minutes=int(links.HOLDS.total_seconds() // 60)), address)]


def ask_first(session: Session, desk: Desk, citizen_id: str, played: Round, before: str) -> Reply:
    talk = conversation.begin(session, citizen_id, KIND, {"round": played.id, **beside.noted(session, desk, played)})
    desk.conversation = memory.OPEN
    _leave_copy(session, desk, played, talk)
    return ask_open(desk, played, talk, before)


def _leave_copy(session: Session, desk: Desk, played: Round, talk: Conversation) -> None:
    """So that the first answer need not look either."""
    sheet = _sheet(session, played)
    if sheet.answered is not None:
        _remember(desk.bureau.rounds, replace(sheet, given={}))
        open_talk = Talk(talk.kind, dict(talk.answers), talk.version)
        desk.copy = str(Copy(talk.citizen_id, open_talk, sheet.answered))


def ask_open(desk: Desk, played: Round, talk: Conversation, before: str) -> Reply:
    standing = play.standing(played)
    if standing.is_over:
        return unsent.all_answered(before, ways_to_page(desk, played.campaign_id))
    return _ask(question_at(desk, played.question_keys, standing.place), standing, talk, before)


def _standing_at(session: Session, place: _Place) -> tuple[Round, Conversation] | None:
    """The round and its talk, where this question still waits."""
    played = play.find_round(session, place.round_id)
    talk = conversation.find_open(session, place.citizen_id)
    if played is None or talk is None or play.standing(played).place != place.number:
        return None
    return played, talk


def _over(session: Session, desk: Desk, place: _Place) -> Reply:
    """The time is up, or the paper was handed in elsewhere: what was given counts, whatever this message was."""
    played, talk = play.find_round(session, place.round_id), conversation.find_open(session, place.citizen_id)
    if played is None or talk is None:
        return Reply(text=say("quiz_already_answered"))
    is_late = play.standing(played).is_time_up and not played.finished_at
    return _end(session, desk, place.citizen_id, played, say("quiz_time_is_up" if is_late else "quiz_handed_in"))


def _send(session: Session, desk: Desk, place: _Place) -> Reply:
    """On his word, whatever is answered."""
    played, talk = play.find_round(session, place.round_id), conversation.find_open(session, place.citizen_id)
    if played is None or talk is None or play.standing(played).is_closed:
        return _over(session, desk, place)
    return _end(session, desk, place.citizen_id, played, "")


def _tick(session: Session, desk: Desk, place: _Place, letter: str, stays: bool = False) -> Reply:
    """Ticks an option, or takes the tick away where it does not stay. Kept under the question's key until it is handed
    in.
    """
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    key = played.question_keys[place.number - 1]
    before = set(talk.answers.get(key, ""))
    ticked = "".join(sorted(before | {letter} if stays else before ^ {letter}))
    conversation.remember(session, talk, {key: ticked})
    told = say("quiz_ticked", letters="、".join(ticked)) if ticked else say("quiz_unticked")
    return ask_open(desk, played, talk, told)


def _hand_in(session: Session, desk: Desk, place: _Place, message_key: str) -> Reply:
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    ticked = talk.answers.get(played.question_keys[place.number - 1], "")
    if not ticked:
        return ask_open(desk, played, talk, say("quiz_tick_first"))
    return _answer(session, desk, place, ticked, message_key)


def _answer(session: Session, desk: Desk, place: _Place, letters: str, message_key: str) -> Reply:
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    try:
        play.answer(session, played, letters, message_key)
    except admission.Closed:
        return _over(session, desk, place)
    question = question_at(desk, played.question_keys, place.number)
    told = spoken.told(question, letters, _sheet(session, played), talk)
    if not play.standing(played).is_closed:
        return ask_open(desk, played, talk, told)
    return _end(session, desk, place.citizen_id, played, told)


def _sheet(session: Session, played: Round) -> Sheet:
    if not played.campaign_id:
        return taking.sheet_of(played, None)
    rules = register.get_held(session, played.campaign_id).rules
    return taking.sheet_of(played, rules, marking.done(session, played.campaign_id))


def _end(session: Session, desk: Desk, citizen_id: str, played: Round, told: str) -> Reply:
    play.hand_in(session, played)
    conversation.leave(session, citizen_id)
    desk.conversation, desk.has_ended = memory.NONE, True
    standing = play.standing(played)
    if standing.full_marks:
        points = {"points": f"{standing.points:g}", "full": standing.full_marks}
        end = say("quiz_paper_ended", right=standing.right, total=standing.total, **points)
        held = register.get_held(session, played.campaign_id or "")
        also = ended.told(session, held, session.get_one(Participant, (held.id, played.citizen_id)))
        taps = (say("score_tap"), say("board_tap"), say("quiz_practise"))
        return answers.choices(f"{told}\n\n{end}\n{also}".strip(), taps)
    end = say("quiz_ended", right=standing.right, total=standing.total)
    again = desk.bureau.shelf.topics[TOPIC].name
    lines = [render.choice(f"1 {say('quiz_again')}", again, 1)]
    return Reply(text=render.chat(f"{told}\n\n{end}", lines), choices=(again,))


def _ask(question: Question, standing: Standing, talk: Talk | Conversation, before: str) -> Reply:
    asked = written.asked(question, standing.place, standing.total, talk.answers.get(question.key, ""))
    return Reply(text=render.above(before, asked), choices=tuple(letters_of(question)))
