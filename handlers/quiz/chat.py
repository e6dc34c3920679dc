"""The quiz in the chat: one question a message, options to tap or type. The only file that knows how an option is
written.
"""

import re
import unicodedata

from sqlalchemy.orm import Session

from content import render
from content.models import Question
from content.phrases import say
from content.store import memory
from handlers import citizens, conversation, receipts
from handlers.conversation import Conversation
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.quiz import bank, play
from handlers.quiz.models import Round

KIND = "quiz"
TOPIC = "quiz/play"
RESUME_WORDS = frozenset({"继续", "继续答题", "接着答", "接着来", "下一题", "继续竞答"})
_TRUE = frozenset({"对", "正确", "是", "√", "✓", "✔", "⭕", "对的", "对了", "是的", "没错", "true", "t", "yes"})
_FALSE = frozenset(
    {"错", "错误", "不对", "不是", "不正确", "否", "×", "✗", "✘", "❌", "✖", "x", "错的", "错了", "false", "f", "no"}
)
_AROUND = re.compile(
    r"^(我(觉得|认为|猜|的)?)?(选项|选择|选|答案?)?(应该)?是?(?=.)|(吧|项|呗|啊|呀|哦|。|\.|!|\ufe0f)+$"
)
_BETWEEN = re.compile(r"[\s,，、;；/和+.]+")


def start(incoming: Incoming, desk: Desk) -> Reply:
    """A new round, or the open one again."""
    desk.conversation = memory.UNKNOWN
    return receipts.once(desk.bureau.database, incoming.key, lambda session: _start(session, incoming, desk))


def go_on(incoming: Incoming, desk: Desk, citizen_id: str, talk: Conversation) -> Reply | None:
    """An answer, or a wish to go on; None for anything else, and the place is kept."""
    with desk.bureau.database.reading() as session:
        played = play.find_round(session, talk.answers["round"])
        standing = play.standing(played) if played else None
        if earlier := receipts.find_receipt(session, incoming.key):  # another worker was at it since
            return earlier
        if played is None or standing is None or standing.is_over:
            return None
        if incoming.text.strip() in RESUME_WORDS:
            return _ask(session, played, say("quiz_resumed"))
        question, place, round_id = play.open_question(session, played), standing.place, played.id
    letters = read_letters(incoming.text, question)
    if letters is None:
        return None
    if not letters:
        return Reply(text=say("quiz_no_such_option", letters="、".join(_letters(question))))
    return receipts.once(
        desk.bureau.database, incoming.key, lambda session: _answer(session, desk, citizen_id, round_id, place, letters)
    )


def read_letters(text: str, question: Question) -> str | None:
    """ "选a", "A、C", "对", "3" → letters in order; "" for an option there is not; None where the text is no answer."""
    whole = unicodedata.normalize("NFKC", text).strip().lower()
    written = _AROUND.sub("", whole)
    if question.kind == "judge" and {whole, written} & (_TRUE | _FALSE):
        return "A" if {whole, written} & _TRUE else "B"
    signs = _BETWEEN.sub("", written)
    if not re.fullmatch(r"[a-h]+|[1-8]+", signs) or len(set(signs)) < len(signs):
        return None
    letters = {sign.upper() if sign.isalpha() else "ABCDEFGH"[int(sign) - 1] for sign in signs}
    if not letters <= set(_letters(question)):
        return None if signs.isdigit() and len(signs) > 1 else ""  # 12348 is a telephone number
    return "" if len(letters) > 1 and question.kind != "multiple" else "".join(sorted(letters))


def _start(session: Session, incoming: Incoming, desk: Desk) -> Reply:
    citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
    talk = conversation.find_open(session, citizen_id)
    if talk and talk.kind == KIND:
        played = play.find_round(session, talk.answers["round"])
        if played and not play.standing(played).is_over:
            desk.conversation = memory.OPEN
            return _ask(session, played, say("quiz_resumed"))
    try:
        played = play.begin(session, citizen_id, seed=f"{citizen_id}:{incoming.key}")
    except bank.BankEmpty:
        return Reply(text=say("quiz_empty"))
    conversation.begin(session, citizen_id, KIND, {"round": played.id})
    desk.conversation = memory.OPEN
    return _ask(session, played, say("quiz_begun", total=play.QUESTIONS_A_ROUND))


def _answer(session: Session, desk: Desk, citizen_id: str, round_id: str, place: int, letters: str) -> Reply:
    played = play.find_round(session, round_id)
    talk = conversation.find_open(session, citizen_id)
    if played is None or talk is None or play.standing(played).place != place:
        return Reply(text=say("quiz_already_answered"))
    verdict = play.answer(session, played, letters)
    told = _told(verdict)
    standing = play.standing(played)
    if not standing.is_over:
        conversation.remember(session, talk, {"place": standing.place})
        return _ask(session, played, told)
    conversation.leave(session, citizen_id)
    desk.conversation = memory.NONE
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
        return question.options["AB".index(question.answer)]
    return question.answer


def _ask(session: Session, played: Round, before: str) -> Reply:
    question = play.open_question(session, played)
    standing = play.standing(played)
    head = say(f"quiz_question_{question.kind}", place=standing.place, total=standing.total, text=question.text)
    options = list(zip(_letters(question), question.options, strict=True))
    if question.kind == "multiple":
        lines = [f"{letter}. {option}" for letter, option in options]
        return Reply(text=render.chat(f"{before}\n\n{head}", lines), choices=tuple(_letters(question)))
    lines = [render.choice(f"{letter}. {option}", letter, place) for place, (letter, option) in enumerate(options, 1)]
    return Reply(text=render.chat(f"{before}\n\n{head}", lines), choices=tuple(letter for letter, _ in options))


def _letters(question: Question) -> list[str]:
    return list("ABCDEFGH"[: len(question.options)])
