"""A question as the chat writes it, with its options to tap. The only file that knows how an option is written."""

from functools import lru_cache

from content import render
from content.models import Question
from content.phrases import say
from handlers import taps
from handlers.quiz.letters import letters_of
from handlers.quiz.mending.marking import Mended
from handlers.quiz.mending.models import Kind

HELD = 8192
"""Messages that a worker holds in memory."""


def chosen(question: Question, letters: str) -> str:
    """What was answered, in the words of the question."""
    if question.kind == "judge":
        return f"“{question.options['AB'.index(letters)]}”"
    return letters


@lru_cache(maxsize=HELD)
def verdict(question: Question, letters: str, mended: Mended | None = None) -> str:
    """Whether it is right, what is right, why, and by which article. Of what was mended (in the campaign that it was
    asked in) what holds now, and not the reasons that came with the mistake.
    """
    if mended:
        return _mended_verdict(question, letters, mended)
    key, basis = "quiz_right" if letters == question.answer else "quiz_wrong", "、".join(question.basis)
    return say(key, answer=chosen(question, question.answer), explanation=question.explanation, basis=basis)


def _mended_verdict(question: Question, letters: str, mended: Mended) -> str:
    if mended.kind is Kind.VOID:
        return say("quiz_voided", reason=mended.reason)
    key = "quiz_right_mended" if mended.is_right(letters) else "quiz_wrong_mended"
    return say(key, answer=say("quiz_page_or").join(chosen(question, way) for way in mended.ways), reason=mended.reason)


@lru_cache(maxsize=HELD)
def asked(question: Question, place: int, total: int, ticked: str) -> str:
    """Finished: the same few thousand are asked again and again."""
    head = say(f"quiz_question_{question.kind}", place=place, total=total, text=_text(question))
    lines = _lines(question, ticked)
    if not render.fits(head, lines):  # it was imported with a warning
        head, lines = say("quiz_too_long", letters="、".join(letters_of(question)), text=head), []
    return render.chat(head, lines)


def _text(question: Question) -> str:
    """What is asked, behind the story that it is asked about."""
    if question.scenario_text is None:
        return question.text
    return f"{say('quiz_scenario', text=question.scenario_text)}\n{question.text}"


def _lines(question: Question, ticked: str) -> list[str]:
    """The options to tap; with the ticked ones marked and a way to hand them in, where several may be right."""
    lines = []
    for number, (letter, option) in enumerate(zip(letters_of(question), question.options, strict=True), start=1):
        label, says = f"{letter}. {option}", letter
        if question.kind == "multiple":
            says = say("quiz_tick", letter=letter)
            label = say("quiz_tick_label", letter=letter, option=option) if letter in ticked else label
        lines.append(render.choice(label, says, taps.number(question.key, number)))
    if ticked:
        label = say("quiz_hand_in_label", letters=ticked)
        lines.append(render.choice(label, say("quiz_hand_in"), taps.number(question.key, len(lines) + 1)))
    return lines
