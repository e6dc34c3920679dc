"""What people write in the middle of a paper beside answers, and what is said in front of the open question then."""

import re
from collections.abc import Callable

from content.models import Question
from content.phrases import say
from content.store import clock
from handlers.conversation import Conversation, Talk
from handlers.desk import Desk
from handlers.message import Incoming
from handlers.quiz import bank, written
from handlers.quiz.campaign import Verdicts
from handlers.quiz.entering import beside
from handlers.quiz.letters import is_remark, letters_of
from handlers.quiz.taking import Sheet

UNKNOWN = "talk/unknown"
SHORT = 12
"""Characters: longer lines are about something else."""
RESUME_WORDS = frozenset({"继续", "继续答题", "接着答", "接着来", "下一题", "继续竞答"})
_AT_A_LOSS = re.compile(
    r"(这题|这道题|这个)?(我|咱|俺)?(真的?|都|也|咋都|实在|还)?(是)?"
    r"(不知道|不会|不懂|不清楚|没学过|答不上来|猜不出来?|拿不准|跳过|跳|略过|过|换一?[题道个])(选啥|选哪个|答案)?[了啊呀哦呢。.!！?？]*"
)
_BACK = re.compile("(看|看看|返回|回到)?(上一?题|前一?题)(看看)?[吧呀啊。.!！]?")
_STATE = re.compile(
    "(我)?(还)?(剩|有|差)(下)?(多少|几)(时间|分钟|[道个]?题)(了|没答)?[?？]?|(几|多少)[道个]?题了?[?？]?|"
    "(我)?(现在)?在?(答到)?(第几题|哪一步|哪一题|哪题)了?[?？]?|帮助|怎么答|咋答|怎么(选|交卷)"
)
_ON_PAGE = re.compile("(我?(想|要))?(在|到|去|用|换)?(网页|页面)(上)?(来)?(答题?|做题?|打开|继续)?[吧呀啊。.!！]?")


def question_at(desk: Desk, keys: list[str], place: int) -> Question:
    return bank.question_of(desk.bureau.database, desk.bureau.questions, keys[place - 1])


def before(words: str, desk: Desk, sheet: Sheet, talk: Talk, ways_to_page: Callable[[], list[str]]) -> str:
    """What is said in front of the open question, where it is only to be shown again."""
    if is_remark(words):
        return say("quiz_remark")
    if words in RESUME_WORDS:
        return say("quiz_resumed")
    if _AT_A_LOSS.fullmatch(words):
        tells_later = sheet.rules and sheet.rules.verdicts is not Verdicts.AT_ONCE
        return say("quiz_at_a_loss_later" if tells_later else "quiz_at_a_loss")
    if _ON_PAGE.fullmatch(words):
        return "\n".join(ways_to_page())
    return previous(desk, sheet, talk) if goes_back(words) else ""


def goes_back(words: str) -> bool:
    return bool(_BACK.fullmatch(words))


def previous(desk: Desk, sheet: Sheet, talk: Talk) -> str:
    """The question before the open one, with what was answered: final answers are looked at, not changed."""
    place = max((place for place, given in sheet.given.items() if given.letters), default=0)
    if not place:
        return say("quiz_no_previous")
    given, question = sheet.given[place], question_at(desk, sheet.question_keys, place)
    verdict = told(question, given.letters, sheet, talk) if given.is_final else ""
    chosen = written.chosen(question, given.letters)
    return f"{say('quiz_previous', place=place, text=question.text, chosen=chosen)}\n{verdict}".strip()


def means_nothing(incoming: Incoming, desk: Desk) -> bool:
    """A short line that nobody could make anything of, or a question about the paper itself."""
    words = incoming.text.strip()
    if _STATE.fullmatch(words):
        return True
    return len(words) <= SHORT and desk.understood is not None and desk.understood.topic == UNKNOWN


def how(question: Question, sheet: Sheet) -> str:
    """How it is answered, and how much time is left."""
    told_how = say(
        "quiz_how_several" if question.kind == "multiple" else "quiz_how", letters="、".join(letters_of(question))
    )
    if sheet.deadline_at is None:
        return told_how
    return f"{told_how}{say('quiz_time_left', until=clock.spoken(sheet.deadline_at))}"


def told(question: Question, letters: str, sheet: Sheet, talk: Talk | Conversation) -> str:
    """The verdict on an answer, or where the campaign tells it later that it was kept; so where the question stands on
    another running paper of his.
    """
    if question.key in beside.kept_back(talk):
        return say("quiz_kept_beside", letters=written.chosen(question, letters))
    if sheet.rules and sheet.rules.verdicts is not Verdicts.AT_ONCE:
        return say("quiz_kept", letters=written.chosen(question, letters))
    return written.verdict(question, letters, sheet.mended.get(question.key))
