"""What most people got wrong becomes a draft post: the articles of law that were answered worst, with the figures.

A draft and nothing more: staff read, change and review it as any other. Not before the campaign is over, since it tells
the answers.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content import articles, audit, citations, repository, staff
from content.models import Question, Revision
from content.phrases import say
from content.render import DIGEST_CHARACTERS, TITLE_CHARACTERS
from content.staff import Role
from handlers.quiz import register, score
from handlers.quiz.desk import figures
from handlers.quiz.desk.figures import Share
from handlers.quiz.mending import marking
from handlers.quiz.models import HeldCampaign

LEAST_ANSWERS, MOST_LESSONS = 10, 5
LEAST_WRONG = 0.2
"""The share that must have got an article wrong: of what nearly everybody knows there is nothing to tell."""
_LETTERS = "ABCDEFGH"


class NoLessons(Exception):
    """There is nothing to write about yet; the message says why."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """An article of law, and the question on it that was answered worst."""

    basis: str
    share: Share
    wrong: float
    """Share of wrong answers to all questions on this article: told, since the lessons stand in this order."""


def worst(session: Session, held: HeldCampaign) -> list[Lesson]:
    """The worst-answered article first, by questions that were right as they were asked. Raises NoLessons."""
    if not figures.is_over(session, held):
        raise NoLessons(say("lessons_not_over", title=held.title))
    by_article: dict[str, list[Share]] = {}
    mended = marking.in_force(session, held.id)
    for share in figures.shares(session, held, None):
        if share.question.basis and share.question.key not in mended:
            by_article.setdefault(share.question.basis[0], []).append(share)
    lessons = []
    for basis, shares in by_article.items():
        answered = sum(share.answered for share in shares)
        wrong = 1 - sum(share.right for share in shares) / answered
        if shares[0].answered >= LEAST_ANSWERS and wrong >= LEAST_WRONG:
            lessons.append(Lesson(basis, shares[0], wrong))
    if not lessons:
        raise NoLessons(say("lessons_too_few", least=LEAST_ANSWERS))
    return sorted(lessons, key=lambda lesson: (-lesson.wrong, lesson.basis))[:MOST_LESSONS]


def save_draft(session: Session, campaign_id: str, by: str, cover: str) -> Revision:
    """Raises NoLessons, NotHeld, NotAllowed, articles.NotSaved."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = register.get_held(session, campaign_id)
    lessons = worst(session, held)
    revision = articles.save_draft(
        session, None, title=say("lessons_title", count=_counted(lessons))[:TITLE_CHARACTERS],
        body=written(session, held, lessons), by=by, base_number=0, author=say("lessons_author"),
        digest=say("lessons_digest", title=held.title)[:DIGEST_CHARACTERS], category=say("lessons_category"),
        cover=cover,
    )  # fmt: skip
    audit.record(
        session, by, "quiz.lessons", f"campaign:{held.id}", article=revision.material.slug,
        basis=[lesson.basis for lesson in lessons],
    )  # fmt: skip
    return revision


def written(session: Session, held: HeldCampaign, lessons: list[Lesson]) -> str:
    """In Markdown."""
    people = score.people(session, held)
    parts = [say("lessons_intro", title=held.title, people=people, count=_counted(lessons))]
    for number, lesson in enumerate(lessons, start=1):
        parts += _told(session, number, lesson)
    return "\n\n".join([*parts, say("lessons_end")])


def _told(session: Session, number: int, lesson: Lesson) -> list[str]:
    question = lesson.share.question
    parts = [say("lessons_head", number=number, basis="、".join(question.basis))]
    asked = say("lessons_judge", text=question.text.rstrip("。")) if question.kind == "judge" else question.text
    text = " ".join(part for part in (question.scenario_text, asked) if part)
    parts.append(say("lessons_wrong", percent=round(100 * lesson.wrong), text=text))
    if question.kind != "judge":
        parts.append("\n".join(f"- {letter}. {option}" for letter, option in _options(question).items()))
    parts += [say("lessons_right", right=_right(question)), f"{question.explanation}（{'、'.join(question.basis)}）"]
    if laws := [law for basis in question.basis if (law := _law(session, basis))]:
        lines = (line for law in laws for line in law.split("\n") if line.strip())
        parts.append(say("lessons_law", text="\n>\n".join(f"> {line}" for line in lines)))
    return parts


def _right(question: Question) -> str:
    options = _options(question)
    if question.kind == "judge":
        return "；".join(options.get(letter, letter) for letter in question.answer)
    return "；".join(f"{letter}. {options.get(letter, '')}" for letter in question.answer)


def _options(question: Question) -> dict[str, str]:
    return dict(zip(_LETTERS, question.options, strict=False))


def _law(session: Session, basis: str) -> str:
    """The article's own words, where the bureau has imported them; else nothing."""
    cited = next(citations.citations_in(basis), None)
    facts = citations.laws().get(cited.law) if cited else None
    short = facts.short if facts else cited.law if cited else ""
    found = repository.find_law_article(session, short, cited.article, cited.sub) if cited else None
    return found.text if found else ""


def _counted(lessons: list[Lesson]) -> str:
    return citations.chinese(len(lessons)) if len(lessons) != 2 else "两"  # noqa: PLR2004 - Chinese says 两条
