"""The guided talks as trees: which there are, whether they stand the check, and the picture for the legal review."""

from flask import Blueprint, Response, render_template

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from content.staff import NotFound
from handlers.guided import chart, checking, flow
from handlers.guided.chart import KINDS
from handlers.guided.flow import Flow

NAVIGATION = (("console.interviews", "问答树"),)


def interviews() -> str:
    rows, unreadable = [], []
    for name in flow.names():
        try:
            one = flow.load(name)
        except flow.FlowUnreadable as error:
            unreadable.append(str(error))
        else:
            rows.append((one, checking.faults(one), _longest(one)))
    return render_template("console/interviews.html", rows=rows, unreadable=unreadable, most=checking.MOST_STEPS)


def interview(name: str) -> str:
    one = _get(name)
    numbers = chart.numbered(one)
    questions = sorted(
        (question for question in one.questions.values() if question.name in numbers),
        key=lambda question: numbers[question.name],
    )
    ways = {
        question.name: [(chart.told(one, question, way), numbers.get(way.to)) for way in question.then]
        for question in questions
    }
    return render_template(
        "console/interview.html", flow=one, faults=checking.faults(one), questions=questions, numbers=numbers,
        ways=ways, kinds=KINDS,
    )  # fmt: skip


def interview_chart(name: str) -> Response:
    try:
        drawn = chart.draw(_get(name))
    except flow.FlowUnreadable as error:
        raise NotFound(str(error)) from error
    return Response(drawn, mimetype="image/svg+xml")


def _get(name: str) -> Flow:
    try:
        return flow.load(name)
    except flow.FlowUnreadable as error:
        raise NotFound(str(error)) from error


def _longest(one: Flow) -> int | None:
    return checking.longest_way(one) if one.first in one.questions else None


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/interviews", interviews, SIGNED_IN)
    guarded(blueprint, "/interviews/<name>", interview, SIGNED_IN)
    guarded(blueprint, "/interviews/<name>/chart.svg", interview_chart, SIGNED_IN)
