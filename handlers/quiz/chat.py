"""The quiz in the chat: one question a message, options to tap or type. The only file that knows how an option is
written.

Where several options may be right, a tap ticks one and another tap hands in what is ticked; letters typed are handed in
at once.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from content import render
from content.models import Question
from content.phrases import say
from content.store import clock, memory
from handlers import answers, citizens, conversation, receipts
from handlers.conversation import Conversation
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.quiz import admission, bank, play, register
from handlers.quiz.models import HeldCampaign, Round

KIND = "quiz"
TOPIC = "quiz/play"
RESUME_WORDS = frozenset({"继续", "继续答题", "接着答", "接着来", "下一题", "继续竞答"})
_TRUE = frozenset({"对", "正确", "是", "√", "✓", "✔", "⭕", "对的", "对了", "是的", "没错", "true", "t", "yes"})
_FALSE = frozenset(
    {"错", "错误", "不对", "不是", "不正确", "否", "×", "✗", "✘", "❌", "✖", "x", "错的", "错了", "false", "f", "no"}
)
_AT_A_LOSS = re.compile(
    r"(这题|这道题|这个)?(我|咱|俺)?(真的?|都|也|咋都|实在|还)?(是)?"
    r"(不知道|不会|不懂|不清楚|没学过|答不上来|猜不出来?|拿不准|跳过|跳|略过|过|换一?[题道个])(选啥|选哪个|答案)?[了啊呀哦呢。.!！?？]*"
)
_HAND_IN = frozenset({"确定", "交卷", "提交", "确认", "选好了", "就这些"})
_AROUND = re.compile(
    r"^(我(觉得|认为|猜|的)?)?(选项|选择|选|答案?)?(应该)?是?(?=.)|(吧|项|呗|啊|呀|哦|答案|。|\.|!|\ufe0f)+$"
)
_BETWEEN = re.compile(r"[\s,，、;；/和+.第个项号]+")
LETTERS = "ABCDEFGH"
_PLACES = {ord(sign): str(place) for place, sign in enumerate("一二三四" + "五六七八", start=1)}


@dataclass(frozen=True, slots=True)
class _Place:
    """The question a message is about."""

    citizen_id: str
    round_id: str
    number: int


def start(incoming: Incoming, desk: Desk) -> Reply:
    """A new round, or the open one again; while a campaign is open, first the choice between it and practice."""
    desk.conversation = memory.UNKNOWN
    return receipts.once(desk.bureau.database, incoming.key, lambda session: _start(session, incoming, desk))


def go_on(incoming: Incoming, desk: Desk, citizen_id: str, talk: Conversation) -> Reply | None:
    """An answer, or a wish to go on; None for anything else, and the place is kept."""
    with desk.bureau.database.reading() as session:
        played = play.find_round(session, talk.answers["round"])
        standing = play.standing(played) if played else None
        if earlier := receipts.find_receipt(session, incoming.key):  # another worker was at it since
            return earlier
        if played is None or standing is None or standing.place > standing.total:
            return None
        words = incoming.text.strip()
        before = "quiz_resumed" if words in RESUME_WORDS else "quiz_at_a_loss" if _AT_A_LOSS.fullmatch(words) else ""
        if before and not standing.is_time_up:
            return _ask(session, played, talk, say(before))
        question, place = play.open_question(session, played), _Place(citizen_id, played.id, standing.place)
    if standing.is_time_up and (before or _act(incoming.text, question, place, desk)):
        return receipts.once(desk.bureau.database, incoming.key, partial(_time_is_up, desk=desk, place=place))
    if act := _act(incoming.text, question, place, desk):
        return receipts.once(desk.bureau.database, incoming.key, act)
    if read_letters(incoming.text, question) is None:
        return None
    return Reply(text=say("quiz_no_such_option", letters="、".join(_letters(question))))


def _act(text: str, question: Question, place: _Place, desk: Desk) -> Callable[[Session], Reply] | None:
    """What this message does; None where it changes nothing."""
    if question.kind == "multiple":
        if ticked := read_tick(text, question):
            return partial(_tick, place=place, letter=ticked)
        if text.strip() in {*_HAND_IN, say("quiz_hand_in")}:
            return partial(_hand_in, desk=desk, place=place)
    if letters := read_letters(text, question):
        return partial(_answer, desk=desk, place=place, letters=letters)
    return None


def read_letters(text: str, question: Question) -> str | None:
    """ "选a", "A、C", "对", "第三个" → letters in order; "" for no option of this question; None for no answer."""
    whole = unicodedata.normalize("NFKC", text).strip().lower()
    written = _AROUND.sub("", whole)
    is_verdict = bool({whole, written} & (_TRUE | _FALSE))
    if question.kind == "judge" and is_verdict:
        return "A" if {whole, written} & _TRUE else "B"
    signs = _BETWEEN.sub("", written).translate(_PLACES)
    if not re.fullmatch(r"[a-h]+|[1-8]+", signs) or len(set(signs)) < len(signs):
        return "" if is_verdict or whole in _HAND_IN or read_tick(text, question) else None
    letters = {sign.upper() if sign.isalpha() else LETTERS[int(sign) - 1] for sign in signs}
    if not letters <= set(_letters(question)):
        return None if signs.isdigit() and len(signs) > 1 else ""  # 12348 is a telephone number
    return "" if len(letters) > 1 and question.kind != "multiple" else "".join(sorted(letters))


def read_tick(text: str, question: Question) -> str | None:
    """The letter of a tapped option of a question with several."""
    return next((letter for letter in _letters(question) if text.strip() == say("quiz_tick", letter=letter)), None)


def _start(session: Session, incoming: Incoming, desk: Desk) -> Reply:
    citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
    talk = conversation.find_open(session, citizen_id)
    if talk and talk.kind == KIND:
        played = play.find_round(session, talk.answers["round"])
        if played and not play.standing(played).is_over:
            desk.conversation = memory.OPEN
            return _ask(session, played, talk, say("quiz_resumed"))
    held = register.find_open(session)
    if held and incoming.text.strip() == say("quiz_join"):
        return _begin_paper(session, incoming, desk, citizen_id, held)
    if held and incoming.text.strip() != say("quiz_practise"):
        return _offer(held)
    try:
        played = play.begin(session, citizen_id, seed=f"{citizen_id}:{incoming.key}")
    except bank.BankEmpty:
        return Reply(text=say("quiz_empty"))
    return _ask_first(session, desk, citizen_id, played, say("quiz_begun", total=play.QUESTIONS_A_ROUND))


def _offer(held: HeldCampaign) -> Reply:
    rules = register.rules_of(held)
    told = say(
        "quiz_campaign", title=held.title, closes=clock.spoken(held.closes_at), questions=rules.questions,
        full=rules.full_marks, minutes=rules.minutes, attempts=rules.attempts_a_day,
        marking=say(f"quiz_multiple_{rules.multiple}"),
    )  # fmt: skip
    return answers.choices(told, (say("quiz_join"), say("quiz_practise")))


def _begin_paper(session: Session, incoming: Incoming, desk: Desk, citizen_id: str, held: HeldCampaign) -> Reply:
    participant = citizens.participant_of(desk.bureau.keyring, desk.openid, held.id)
    try:
        played = play.begin_paper(session, held, participant, seed=f"{participant}:{incoming.key}")
    except admission.NoAttemptLeft:
        return answers.choices(say("quiz_no_more_today", title=held.title), (say("quiz_practise"),))
    rules = register.rules_of(held)
    begun = say("quiz_paper_begun", title=held.title, total=rules.questions, minutes=rules.minutes)
    return _ask_first(session, desk, citizen_id, played, begun)


def _ask_first(session: Session, desk: Desk, citizen_id: str, played: Round, before: str) -> Reply:
    talk = conversation.begin(session, citizen_id, KIND, {"round": played.id})
    desk.conversation = memory.OPEN
    return _ask(session, played, talk, before)


def _standing_at(session: Session, place: _Place) -> tuple[Round, Conversation] | None:
    """The round and its talk, where this question still waits."""
    played = play.find_round(session, place.round_id)
    talk = conversation.find_open(session, place.citizen_id)
    if played is None or talk is None or play.standing(played).place != place.number:
        return None
    return played, talk


def _time_is_up(session: Session, desk: Desk, place: _Place) -> Reply:
    """What was given is handed in, whatever this message was."""
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    return _end(session, desk, place.citizen_id, found[0], say("quiz_time_is_up"))


def _tick(session: Session, place: _Place, letter: str) -> Reply:
    """Ticks an option, or takes the tick away. Kept under the question's key until it is handed in."""
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    key = play.open_question(session, played).key
    ticked = "".join(sorted(set(talk.answers.get(key, "")) ^ {letter}))
    conversation.remember(session, talk, {key: ticked})
    told = say("quiz_ticked", letters="、".join(ticked)) if ticked else say("quiz_unticked")
    return _ask(session, played, talk, told)


def _hand_in(session: Session, desk: Desk, place: _Place) -> Reply:
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    ticked = talk.answers.get(play.open_question(session, played).key, "")
    return _answer(session, desk, place, ticked) if ticked else _ask(session, played, talk, say("quiz_tick_first"))


def _answer(session: Session, desk: Desk, place: _Place, letters: str) -> Reply:
    if (found := _standing_at(session, place)) is None:
        return Reply(text=say("quiz_already_answered"))
    played, talk = found
    try:
        verdict = play.answer(session, played, letters)
    except admission.Closed:
        return _end(session, desk, place.citizen_id, played, say("quiz_time_is_up"))
    told = _told(verdict)
    standing = play.standing(played)
    if not standing.is_over:
        conversation.remember(session, talk, {"place": standing.place})
        return _ask(session, played, talk, told)
    return _end(session, desk, place.citizen_id, played, told)


def _end(session: Session, desk: Desk, citizen_id: str, played: Round, told: str) -> Reply:
    play.hand_in(session, played)
    conversation.leave(session, citizen_id)
    desk.conversation = memory.NONE
    standing = play.standing(played)
    if standing.full_marks:
        points = {"points": f"{standing.points:g}", "full": standing.full_marks}
        end = say("quiz_paper_ended", right=standing.right, total=standing.total, **points)
        return answers.choices(f"{told}\n\n{end}", (say("quiz_practise"),))
    end = say("quiz_ended", right=standing.right, total=standing.total)
    again = desk.bureau.shelf.topics[TOPIC].name
    lines = [render.choice(f"1 {say('quiz_again')}", again, 1)]
    return Reply(text=render.chat(f"{told}\n\n{end}", lines), choices=(again,))


def _told(verdict: play.Verdict) -> str:
    key = "quiz_right" if verdict.is_right else "quiz_wrong"
    basis = "、".join(verdict.question.basis)
    return say(key, answer=_shown(verdict.question), explanation=verdict.question.explanation, basis=basis)


def _shown(question: Question) -> str:
    if question.kind == "judge":
        return f"“{question.options['AB'.index(question.answer)]}”"
    return question.answer


def _ask(session: Session, played: Round, talk: Conversation, before: str) -> Reply:
    question = play.open_question(session, played)
    standing = play.standing(played)
    head = say(f"quiz_question_{question.kind}", place=standing.place, total=standing.total, text=_text(question))
    lines = _lines(question, talk.answers.get(question.key, ""))
    return Reply(text=render.chat(f"{before}\n\n{head}", lines), choices=tuple(_letters(question)))


def _text(question: Question) -> str:
    """What is asked, behind the story that it is asked about."""
    if question.scenario_text is None:
        return question.text
    return f"{say('quiz_scenario', text=question.scenario_text)}\n{question.text}"


def _lines(question: Question, ticked: str) -> list[str]:
    """The options to tap; with the ticked ones marked and a way to hand them in, where several may be right."""
    lines = []
    for number, (letter, option) in enumerate(zip(_letters(question), question.options, strict=True), start=1):
        label, says = f"{letter}. {option}", letter
        if question.kind == "multiple":
            says = say("quiz_tick", letter=letter)
            label = say("quiz_tick_label", letter=letter, option=option) if letter in ticked else label
        lines.append(render.choice(label, says, number))
    if ticked:
        label = say("quiz_hand_in_label", letters=ticked)
        lines.append(render.choice(label, say("quiz_hand_in"), len(lines) + 1))
    return lines


def _letters(question: Question) -> list[str]:
    return list(LETTERS[: len(question.options)])
