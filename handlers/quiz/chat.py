"""The quiz in the chat: one question a message, options to tap or type.

How a round begins is in entering/chat.py, how a question is written in written.py. Where several options may be right,
a tap ticks one and another tap hands in what is ticked; letters typed are handed in at once.
"""

import re
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
from handlers.quiz import admission, bank, links, play, register, taking, written
from handlers.quiz.campaign import Verdicts
from handlers.quiz.entering import beside, ended, unsent
from handlers.quiz.letters import HAND_IN, is_remark, letters_of, read_letters, read_tick, sounds_like_an_answer
from handlers.quiz.mending import marking
from handlers.quiz.models import Participant, Round
from handlers.quiz.play import Standing
from handlers.quiz.taking import Sheet

KIND = "quiz"
REMEMBERED = 8192
"""Rounds whose questions a worker holds in memory."""
TOPIC = "quiz/play"
RESUME_WORDS = frozenset({"继续", "继续答题", "接着答", "接着来", "下一题", "继续竞答"})
_AT_A_LOSS = re.compile(
    r"(这题|这道题|这个)?(我|咱|俺)?(真的?|都|也|咋都|实在|还)?(是)?"
    r"(不知道|不会|不懂|不清楚|没学过|答不上来|猜不出来?|拿不准|跳过|跳|略过|过|换一?[题道个])(选啥|选哪个|答案)?[了啊呀哦呢。.!！?？]*"
)
_BACK = re.compile("(看|看看|返回|回到)?(上一?题|前一?题)(看看)?[吧呀啊。.!！]?")
_ON_PAGE = re.compile("(我?(想|要))?(在|到|去|用|换)?(网页|页面)(上)?(来)?(答题?|做题?|打开|继续)?[吧呀啊。.!！]?")


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
    question = _question(desk, sheet.question_keys, place)
    letters = read_letters(incoming.text, question)
    if not letters or not _is_typed(incoming.text, question) or taps.is_elsewhere(incoming, question.key):
        return None
    if not taking.take_by_copy(desk.bureau.database, copy, sheet, place, question, letters, incoming.key):
        return None
    desk.copy = str(Copy(copy.citizen_id, copy.talk, place))
    asked, told = _question(desk, sheet.question_keys, place + 1), _told(question, letters, sheet, copy.talk)
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
    question = _question(desk, sheet.question_keys, standing.place)
    is_elsewhere = taps.is_elsewhere(incoming, question.key)
    if before := say("tap_elsewhere") if is_elsewhere else _before(words, desk, sheet, talk):
        return _ask(question, standing, talk, before)
    is_early = unsent.insists(words) or (unsent.wishes(words) and not talk.answers.get(question.key))
    if sheet.campaign_id and is_early:
        return _early(incoming, desk, sheet, place)
    letters = read_letters(incoming.text, question)
    if letters and standing.place < standing.total and _is_typed(incoming.text, question):
        if taking.take(desk.bureau.database, sheet, standing.place, question, letters, incoming.key):
            return _next(desk, sheet, copy, standing.place, letters)
        sheet = taking.find_sheet(desk.bureau.database, sheet.round_id) or sheet
        if not sheet.standing.is_over:
            return _again(incoming, desk, sheet, copy) or Reply(text=say("quiz_already_answered"))
    if act := _act(incoming.text, question, place, desk, incoming.key):
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
    before = _before(words, desk, sheet, talk)
    is_ours = bool(before) or sounds_like_an_answer(words) or unsent.wishes(words)
    if sheet.standing.is_closed:
        over = partial(_over, desk=desk, place=place)
        return receipts.once(desk.bureau.database, incoming.key, over) if is_ours else None
    if unsent.wishes(incoming.text) or unsent.insists(incoming.text):
        return receipts.once(desk.bureau.database, incoming.key, partial(_send, desk=desk, place=place))
    told = before if _BACK.fullmatch(words) else ""
    return unsent.all_answered(told, ways_to_page(desk, sheet.campaign_id)) if is_ours else None


def _early(incoming: Incoming, desk: Desk, sheet: Sheet, place: _Place) -> Reply:
    """He hands in a paper with open questions: asked again once. Where options are ticked the word means them."""
    if unsent.insists(incoming.text):
        return receipts.once(desk.bureau.database, incoming.key, partial(_send, desk=desk, place=place))
    answered = sum(bool(given.letters) for given in sheet.given.values())
    return unsent.asked_again(sheet.standing, answered)


def _before(words: str, desk: Desk, sheet: Sheet, talk: Talk) -> str:
    """What is said in front of the open question, where it is only to be shown again."""
    if is_remark(words):
        return say("quiz_remark")
    if words in RESUME_WORDS:
        return say("quiz_resumed")
    if _AT_A_LOSS.fullmatch(words):
        tells_later = sheet.rules and sheet.rules.verdicts is not Verdicts.AT_ONCE
        return say("quiz_at_a_loss_later" if tells_later else "quiz_at_a_loss")
    if _ON_PAGE.fullmatch(words):
        return "\n".join(ways_to_page(desk, sheet.campaign_id))
    return _previous(desk, sheet, talk) if _BACK.fullmatch(words) else ""


def _previous(desk: Desk, sheet: Sheet, talk: Talk) -> str:
    """The question before the open one, with what was answered: final answers are looked at, not changed."""
    place = max((place for place, given in sheet.given.items() if given.letters), default=0)
    if not place:
        return say("quiz_no_previous")
    given, question = sheet.given[place], _question(desk, sheet.question_keys, place)
    told = _told(question, given.letters, sheet, talk) if given.is_final else ""
    chosen = written.chosen(question, given.letters)
    return f"{say('quiz_previous', place=place, text=question.text, chosen=chosen)}\n{told}".strip()


def _next(desk: Desk, sheet: Sheet, copy: Copy, place: int, letters: str = "") -> Reply:
    """The word on the answer at `place`, and the question that comes then."""
    question = _question(desk, sheet.question_keys, place)
    given = {**sheet.given, place: taking.Given(letters, letters == question.answer, 0, True, 0, None)}
    after = replace(sheet, given=given if letters else sheet.given)
    told = _told(question, after.given[place].letters, sheet, copy.talk)
    if after.standing.is_closed:
        return Reply(text=told)
    if after.standing.is_over:
        return unsent.all_answered(told, ways_to_page(desk, sheet.campaign_id))
    if after.answered:
        _remember(desk.bureau.rounds, replace(after, given={}))
        desk.copy = str(Copy(copy.citizen_id, copy.talk, after.answered))
    return _ask(_question(desk, sheet.question_keys, after.standing.place), after.standing, copy.talk, told)


def _remember(rounds: dict[str, Any], sheet: Sheet) -> None:
    """What does not change while it is played."""
    if len(rounds) >= REMEMBERED:
        rounds.clear()
    rounds[sheet.round_id] = sheet


def _question(desk: Desk, keys: list[str], place: int) -> Question:
    return bank.question_of(desk.bureau.database, desk.bureau.questions, keys[place - 1])


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
    return _ask(_question(desk, played.question_keys, standing.place), standing, talk, before)


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


def _tick(session: Session, desk: Desk, place: _Place, letter: str) -> Reply:
    """Ticks an option, or takes the tick away. Kept under the question's key until it is handed in."""
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    key = played.question_keys[place.number - 1]
    ticked = "".join(sorted(set(talk.answers.get(key, "")) ^ {letter}))
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
    question = _question(desk, played.question_keys, place.number)
    told = _told(question, letters, _sheet(session, played), talk)
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


def _told(question: Question, letters: str, sheet: Sheet, talk: Talk | Conversation) -> str:
    """The verdict on an answer, or where the campaign tells it later that it was kept; so where the question stands on
    another running paper of his.
    """
    if question.key in beside.kept_back(talk):
        return say("quiz_kept_beside", letters=written.chosen(question, letters))
    if sheet.rules and sheet.rules.verdicts is not Verdicts.AT_ONCE:
        return say("quiz_kept", letters=written.chosen(question, letters))
    return written.verdict(question, letters, sheet.mended.get(question.key))


def _ask(question: Question, standing: Standing, talk: Talk | Conversation, before: str) -> Reply:
    asked = written.asked(question, standing.place, standing.total, talk.answers.get(question.key, ""))
    return Reply(text=render.above(before, asked), choices=tuple(letters_of(question)))
