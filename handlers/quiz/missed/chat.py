"""The questions that somebody got wrong, in the chat: a few a page, each with what would have been right and why. The
only file that knows how they are drawn.
"""

from sqlalchemy.orm import Session

from content.models import Question
from content.phrases import say
from content.store import clock
from handlers import answers, citizens
from handlers.desk import Desk
from handlers.message import Reply
from handlers.quiz import register, score
from handlers.quiz.campaign import Phase
from handlers.quiz.missed import questions
from handlers.quiz.missed.questions import Missed
from handlers.quiz.models import HeldCampaign

A_PAGE, PAGE_BYTES = 3, 1400
"""Questions in one message, and what they may have together."""
_LETTERS = "ABCDEFGH"


def missed(desk: Desk, page: int) -> Reply:
    """Of all his campaigns first, then of practice."""
    with score.looking(desk.bureau.database) as session:
        taken = [held for held, _ in score.taken_part(session, lambda one: _name(desk, one))]
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        found = _all_missed(session, desk, taken, citizen_id)
        later = say("missed_running") if _is_answering(session, desk) else ""
        if held := next((one for one in taken if not score.may_be_told(session, one)), None):
            later = say("missed_later", title=held.title, closes=clock.spoken(score.told_from(session, held)))
    if not found:
        return Reply(text=later or say("missed_none"))
    pages = _pages(found)
    page = min(max(page, 1), len(pages))
    head = say("missed_head", page=page, pages=len(pages), count=len(found))
    told = "\n\n".join(part for part in (head, *pages[page - 1], later) if part)
    return answers.choices(told, [say("missed_page", page=page + 1)] if page < len(pages) else [])


def _all_missed(
    session: Session, desk: Desk, taken: list[HeldCampaign], citizen_id: str | None
) -> list[Missed]:  # fmt: skip
    """Each question once."""
    names = _names(session, desk)
    found = questions.missed_in_all(session, [(held, _name(desk, held)) for held in taken], names)
    known = {one.question.key for one in found}
    practice = questions.missed_in_practice(session, citizen_id, names) if citizen_id else []
    return [*found, *(one for one in practice if one.question.key not in known)]


def _names(session: Session, desk: Desk) -> list[str]:
    """His in each campaign that is open."""
    return [_name(desk, one) for one in score.quizzes(session) if register.phase_of(one) is Phase.OPEN]


def _is_answering(session: Session, desk: Desk) -> bool:
    """A paper of his runs: what is wrong on it is told after it was handed in."""
    return bool(score.asked_now(session, _names(session, desk)))


def _name(desk: Desk, held: HeldCampaign) -> str:
    return citizens.participant_of(desk.bureau.keyring, desk.openid, held.id)


def _pages(found: list[Missed]) -> list[list[str]]:
    """As many questions a page as a message holds, three at most."""
    pages: list[list[str]] = [[]]
    for number, one in enumerate(found, start=1):
        told = _told(number, one)
        size = sum(len(other.encode()) for other in pages[-1])
        if pages[-1] and (len(pages[-1]) >= A_PAGE or size + len(told.encode()) > PAGE_BYTES):
            pages.append([])
        pages[-1].append(told)
    return pages


def _told(number: int, one: Missed) -> str:
    question = one.question
    given = say("missed_given", given=_shown(question, one.letters)) if one.letters else say("missed_not_given")
    story = f"{say('quiz_scenario', text=question.scenario_text)}\n" if question.scenario_text else ""
    asked = {"number": number, "text": f"{story}{question.text}", "given": given}
    if one.mended:
        right = say("quiz_page_or").join(_shown(question, way) for way in one.mended.ways)
        return say("missed_one_mended", **asked, right=right, reason=one.mended.reason)
    right = _shown(question, question.answer)
    return say("missed_one", **asked, right=right, explanation=question.explanation, basis="、".join(question.basis))


def _shown(question: Question, letters: str) -> str:
    """B. 监察委员会; 对."""
    options = dict(zip(_LETTERS, question.options, strict=False))
    if question.kind == "judge":
        return "、".join(options.get(letter, letter) for letter in letters)
    return "；".join(f"{letter}. {options.get(letter, '')}" for letter in letters)
