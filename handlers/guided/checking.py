"""A flow checked like code: what would leave somebody stuck, unasked or misled. Sentences for those who wrote it.

Knows no law: whether an article says what is claimed of it is for a lawyer; that it exists is checked.
"""

from collections.abc import Iterator

from content import citations, render, repository
from content.phrases import say
from handlers import taps
from handlers.guided import flow as flows
from handlers.guided import roads
from handlers.guided.questions import END, Flow, Kind, Question
from handlers.guided.reading import labels, plain
from handlers.guided.recap import MASKS

MOST_STEPS = 15
MOST_OPTIONS = 9
"""A number is one digit for most people."""
ROOM = 600
"""Bytes of a message kept free for what is said in front of a question."""
TIED = ("依法", "法律规定", "依照规定", "法定")
"""Who says so names the article."""


def faults(flow: Flow) -> list[str]:
    """Empty where nothing is wrong."""
    found = [*_of_head(flow), *(fault for one in flow.questions.values() for fault in _of_question(flow, one))]
    if not found:  # what follows walks the ways
        found += [*_of_ways(flow), *_of_citations(flow)]
    return found


def longest_way(flow: Flow) -> int:
    """Questions on the longest way from the first to the end."""
    return flows.road(flow, {}).at_most


def _of_head(flow: Flow) -> Iterator[str]:
    if not flow.title or not flow.intro:
        yield say("flow_no_head")
    if flow.topic not in repository.topics():
        yield say("flow_no_topic", topic=flow.topic)
    if flow.first not in flow.questions:
        yield say("flow_no_question", where=say("flow_first"), name=flow.first)


def _of_question(flow: Flow, question: Question) -> Iterator[str]:
    name = question.name
    if not question.ask or not question.explain:
        yield say("flow_no_words", name=name)
    if name == END or name.startswith("_"):
        yield say("flow_bad_name", name=name)
    if question.is_private and question.kind is not Kind.TEXT:
        yield say("flow_private", name=name)
    if question.is_private and question.known_as and question.mask not in MASKS:
        yield say("flow_mask", name=name, masks="、".join(MASKS))
    yield from _of_options(question)
    for way in question.then:
        if way.to != END and way.to not in flow.questions:
            yield say("flow_no_question", where=name, name=way.to)
        for asked, values in way.when.items():
            yield from _of_condition(flow, name, asked, values)


def _of_options(question: Question) -> Iterator[str]:
    name, options = question.name, question.options
    if question.kind not in (Kind.CHOICE, Kind.SEVERAL):
        if options:
            yield say("flow_options_unused", name=name)
        return
    if not 2 <= len(options) <= MOST_OPTIONS:
        yield say("flow_options_count", name=name, most=MOST_OPTIONS)
    heard: dict[str, str] = {}
    for option in options:
        if not option.label or not option.value:
            yield say("flow_option_empty", name=name)
        for word in {plain(option.label), *map(plain, option.words)}:
            if heard.setdefault(word, option.value) != option.value:
                yield say("flow_word_twice", name=name, word=word)
    yield from (say("flow_no_topic", topic=topic) for topic in _unknown_topics(question))
    if len(set(question.values)) < len(options):
        yield say("flow_value_twice", name=name)
    lines = [
        render.choice(f"{place}. {option.label}", option.label, taps.number(name, place))
        for place, option in enumerate(options, start=1)
    ]
    if len("\n".join([question.ask, *lines]).encode()) > render.TEXT_BYTES - render.NOTE_BYTES - ROOM:
        yield say("flow_too_long", name=name)


def _unknown_topics(question: Question) -> set[str]:
    return {topic for option in question.options for topic in option.topics} - set(repository.topics())


def _of_condition(flow: Flow, name: str, asked: str, values: frozenset[str]) -> Iterator[str]:
    if asked not in flow.questions:
        yield say("flow_no_question", where=name, name=asked)
        return
    other = flow.questions[asked]
    known = {*other.values, *([""] if other.may_skip else [])}
    for value in sorted(values - known):
        yield say("flow_no_value", where=name, name=asked, value=value)


def _of_ways(flow: Flow) -> Iterator[str]:
    """By walking every road."""
    asked, taken, loops, alike = {flow.first}, set(), set(), set()
    for stop, way in roads.stops(flow):
        behind = {name for name, _ in stop.known} | {stop.name}
        asked |= behind
        if way is None:
            yield say("flow_no_way_on", name=stop.name, labels=say("flow_any_answer"))
            return
        taken.add((stop.name, way))
        if way.to in flow.questions:
            both = labels(flow.questions[stop.name]).keys() & labels(flow.questions[way.to]).keys()
            alike |= {(stop.name, way.to, label) for label in both}
        if way.to in behind:
            loops.add((stop.name, way.to))
    yield from (say("flow_loop", name=name, to=to) for name, to in sorted(loops))
    yield from (say("flow_same_label", name=name, to=to, label=label) for name, to, label in sorted(alike))
    for name, question in flow.questions.items():
        if name not in asked:
            yield say("flow_unreachable", name=name)
            continue
        for place, way in enumerate(question.then, start=1):
            if (name, way) not in taken:
                yield say("flow_way_hidden", name=name, place=place, to=way.to)
    if (longest := longest_way(flow)) > MOST_STEPS:
        yield say("flow_too_many", count=longest, most=MOST_STEPS)


def _of_citations(flow: Flow) -> Iterator[str]:
    for where, text in _texts(flow):
        cited = list(citations.citations_in(text))
        for one in cited:
            if not citations.is_known(one):
                yield say("flow_no_such_article", name=where, law=one.law, article=one.article)
        if not cited and any(word in text for word in TIED):
            yield say("flow_no_article", name=where)


def _texts(flow: Flow) -> Iterator[tuple[str, str]]:
    yield say("flow_intro"), flow.intro
    for question in flow.questions.values():
        labels = [option.label for option in question.options]
        yield question.name, "\n".join([question.ask, question.explain, *labels])
