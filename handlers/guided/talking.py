"""One step of a guided talk: what was kept and what was said → what is kept now. Changes nothing and sends nothing, so
that chat and page take the same steps.

Names that begin with "_" are the engine's own: `_at` when (seconds), `_key` of the last message and `_keys` of those
before it, `_before` what is said in front of the open question, `_tries` how often it was not understood, `_ticked`
what is ticked of several, `_heard` what was said before of later questions, `_paused` while he is asked whether to go
on, `_id` the talk's own name, `_links` those by which a browser has come.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from content.phrases import say
from content.store import clock
from handlers.guided import flow as flows
from handlers.guided import overheard, reading, recap, replies
from handlers.guided.asked import Wish, read_wish
from handlers.guided.beside import Beside, beside
from handlers.guided.days import read_day
from handlers.guided.guide import Guide
from handlers.guided.questions import SEALED, Flow, Kind, Question, is_sealed
from handlers.guided.reading import NO_ANSWER, Read, is_asking, is_skipped, plain, read, together

PAUSE = timedelta(hours=6)
"""Who comes back later than this is asked whether to go on."""
TREMBLE = timedelta(seconds=4)
"""Within this the same word is a second tap."""
SHORT_WORD = 2
"""Characters: such words answer many questions."""
PATIENCE = 3
"""So many answers to one question are not understood before it is explained and a person offered."""
REMEMBERED = 4
_BLANK = {"_tries": 0, "_ticked": None, "_paused": None}

Seal = Callable[[str], str]


class Heard(NamedTuple):
    """What words mean outside of the talk."""

    is_aside: bool = False
    """They are well understood as something else."""
    story: str = ""
    """The topic that they clearly tell of without asking anything."""
    is_exact: bool = False
    """They are a topic's name and nothing else."""
    is_clear: bool = False
    """They are understood well enough to be answered as they stand."""


NOTHING = Heard()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a message does."""

    answers: dict[str, Any]
    """As they are kept from now on."""
    is_kept: bool = True
    """False where nothing but what is shown has changed."""
    is_over: bool = False
    """The road is at its end."""
    wants_page: bool = False


def begun(guide: Guide, known: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A new talk; `known` answers are not asked again."""
    taken = {name: value for name, value in known.items() if name in guide.flow.questions}
    return {**marked(taken, key, guide.flow.intro), "_id": secrets.token_hex(8)}


def paused(guide: Guide, kept: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An open talk to which he comes back: he is asked whether to go on."""
    return {**marked(kept, key, ""), "_paused": True}


def has_answers(guide: Guide, kept: Mapping[str, Any]) -> bool:
    return bool(flows.passed(guide.flow, kept))


def step(
    guide: Guide, kept: Mapping[str, Any], text: str, key: str, seal: Seal, heard: Callable[[], Heard] = lambda: NOTHING
) -> Turn | None:
    """None where the words are not meant for this talk. `heard`, asked of what is no answer: what they mean outside."""
    question = flows.next_step(guide.flow, kept)
    is_named = question is not None and reading.named(question, plain(text)) is not None
    wish = None if is_named and not kept.get("_paused") else read_wish(text)
    if question is None:  # the flow has changed, and nothing is left to ask
        return Turn(dict(kept), is_over=True) if wish or not heard().is_aside else None
    found = read(question, text, clock.today()) if _may_answer(question, text, wish) else NO_ANSWER
    found = overheard.joined(question, kept, found, text)
    kept = kept if is_named else overheard.listen(guide.flow, kept, question, text)
    if kept.get("_paused"):
        return _after_pause(guide, kept, question, wish, found, text, key, seal)
    if is_late(kept) and (found != NO_ANSWER or wish in (Wish.ON, Wish.WHERE)):
        return Turn(paused(guide, kept, key))
    if tapped := _tapped_again(guide.flow, kept, question, text) or _ticking(question, kept, text, key):
        return tapped
    if question.kind is Kind.SEVERAL and plain(text) == plain(say("guided_ready")):
        return _hand_in(guide, kept, question, key, seal)
    if found.value is not None:
        taken = _text if question.kind is Kind.TEXT else _chosen
        turn = taken(guide, kept, question, found.value, key, seal, heard)
        return turn if turn is None or is_named else _with_its_day(guide, turn, question, text)
    if (changed := recap.wanted_back(guide.flow, kept, question, text)) is not None:
        return Turn(without(kept, changed, key))
    if found.problem:
        return missed(kept, question, key, found.problem)
    if wish:
        return _wished(guide, kept, question, wish, key)
    return _unread(guide, kept, question, text, key, seal, heard())


def _chosen(
    guide: Guide, kept: Mapping[str, Any], question: Question, value: Any, key: str, seal: Seal,
    _heard: Callable[[], Heard],
) -> Turn | None:  # fmt: skip
    return answer(guide, kept, question, value, key, seal)


def _text(
    guide: Guide, kept: Mapping[str, Any], question: Question, text: str, key: str, seal: Seal,
    heard: Callable[[], Heard],
) -> Turn | None:  # fmt: skip
    """What is written to a text question, where it is not something beside it."""
    if not text:
        return answer(guide, kept, question, text, key, seal)
    meant = heard()
    what = beside(question, text, meant.is_exact, meant.is_clear, meant.is_aside)
    if what is Beside.OTHER:
        return None
    if what is Beside.EXPLAIN:
        return missed(kept, question, key, say("guided_text_wanted", explain=question.explain))
    return answer(guide, kept, question, text, key, seal)


def _unread(
    guide: Guide, kept: Mapping[str, Any], question: Question, text: str, key: str, seal: Seal, heard: Heard
) -> Turn | None:
    """What does not read as an answer. A story may tell of one; a reply that does not fit is explained, whatever else
    it may sound like.
    """
    if (option := reading.of_topic(question, heard.story)) is not None:
        return answer(guide, kept, question, option.value, key, seal)
    if (left := overheard.unticked(question, kept, text)) is not None:
        return Turn({**marked(kept, key, say("guided_taken_away")), "_ticked": left})
    if question.explain and replies.is_reply(plain(text)):
        return missed(kept, question, key, say("guided_unfit", explain=question.explain))
    if heard.is_aside and (heard.is_exact or not _is_told_already(guide.flow, kept, heard.story)):
        return None
    is_explained = is_asking(text) and bool(question.explain)
    told = say("guided_asked", explain=question.explain) if is_explained else say("guided_not_understood")
    return missed(kept, question, key, told)


def _is_told_already(flow: Flow, kept: Mapping[str, Any], story: str) -> bool:
    """Who tells more of his own matter asks nothing else."""
    behind = flows.passed(flow, kept) if story else ()
    return any(story in option.topics for one in behind for option in one.options if option.value == kept[one.name])


def answer(guide: Guide, kept: Mapping[str, Any], question: Question, value: Any, key: str, seal: Seal) -> Turn:
    """A value for this question, from the chat or the page."""
    if guide.check and (problem := guide.check(question.name, value, flows.on_road(guide.flow, kept))):
        return missed(kept, question, key, problem)
    is_hidden = question.is_private and isinstance(value, str) and value != ""
    answers = {**kept, question.name: {SEALED: seal(value)} if is_hidden else value}
    is_over = flows.next_step(guide.flow, answers) is None
    return Turn(marked(answers, key, _noted(question, value)), is_over=is_over)


def _with_its_day(guide: Guide, turn: Turn, question: Question, text: str) -> Turn:
    """What a sentence tells of the day is not asked again, where that is the next question: “裁决书上周五刚拿到”."""
    following = flows.next_step(guide.flow, turn.answers) if question.kind is Kind.CHOICE else None
    if following is None or following.kind is not Kind.DATE or question.name not in turn.answers:
        return turn
    day = read_day(text, clock.today())
    value = day.isoformat() if day else ""
    if not value or (guide.check and guide.check(following.name, value, flows.on_road(guide.flow, turn.answers))):
        return turn
    answers = {**turn.answers, following.name: value}
    said = "，".join((shown_value(question, answers[question.name]), shown_value(following, value)))
    answers["_before"] = say("guided_noted", answer=said)
    return Turn(answers, is_over=flows.next_step(guide.flow, answers) is None)


def back(flow: Flow, kept: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Without the last answer of the road."""
    behind = flows.passed(flow, kept)
    if not behind:
        return marked(kept, key, say("guided_no_previous"))
    left = {name: value for name, value in kept.items() if name != behind[-1].name}
    return marked(left, key, say("guided_back"))


def without(kept: Mapping[str, Any], question: Question, key: str) -> dict[str, Any]:
    """One answer is given anew; those behind it stay where they are."""
    left = {name: value for name, value in kept.items() if name != question.name}
    return marked(left, key, say("guided_change", name=question.known_as[0]))


def anew(guide: Guide, kept: Mapping[str, Any], key: str) -> dict[str, Any]:
    left = {name: value for name, value in kept.items() if name not in guide.flow.questions and name != "_heard"}
    return marked(left, key, say("guided_anew"))


def where(flow: Flow, kept: Mapping[str, Any]) -> str:
    """第3步/共7步."""
    return told_place(flows.road(flow, kept))


@cache
def told_place(place: flows.Road) -> str:
    return say("guided_place", number=place.number, most=place.at_most)


def shown_value(question: Question, value: Any) -> str:
    """An answer as it is told again; a private one never is."""
    if value == "":
        return say("guided_skipped")
    if question.is_private or is_sealed(value):
        return say("guided_private")
    if question.kind is Kind.DATE:
        return clock.dated(date.fromisoformat(value))
    if question.kind in (Kind.CHOICE, Kind.SEVERAL):
        return "、".join(map(question.label_of, value if isinstance(value, list) else [value]))
    return str(value)


def _may_answer(question: Question, text: str, wish: Wish | None) -> bool:
    """A wish is no answer, but where an option says the same."""
    if wish is None or is_skipped(question, text):
        return True
    if wish is Wish.HELP:
        return reading.names_an_option(question, text)
    return reading.named(question, plain(text)) is not None


def _tapped_again(flow: Flow, kept: Mapping[str, Any], question: Question, text: str) -> Turn | None:
    """The answer of the question before, once more: a thumb that trembled, or an older message. What is a label of the
    open question answers that; so does a short word, but in the moment of a second tap.
    """
    words = plain(text)
    if words in reading.labels(question) or not (behind := flows.passed(flow, kept)):
        return None
    option = reading.labels(behind[-1]).get(words)
    given = kept[behind[-1].name]
    if option is None or option.value not in (given if isinstance(given, list) else [given]):
        return None
    if len(words) <= SHORT_WORD and clock.timestamp() - int(kept.get("_at") or 0) > TREMBLE.total_seconds():
        return None
    return Turn({**kept, "_before": say("guided_tapped_again", label=option.label)}, is_kept=False)


def is_late(kept: Mapping[str, Any]) -> bool:
    return "_at" in kept and clock.timestamp() - int(kept["_at"]) > PAUSE.total_seconds()


def _after_pause(
    guide: Guide, kept: Mapping[str, Any], question: Question, wish: Wish | None, found: Read, text: str, key: str,
    seal: Seal,
) -> Turn | None:  # fmt: skip
    """1 or 继续 goes on, 0 or 重来 begins again; what is plainly an answer is taken."""
    if wish is Wish.ANEW or plain(text) in ("0", "零", "〇"):
        return Turn(anew(guide, kept, key))
    if wish is Wish.ON or plain(text) in ("1", "一", "①", "是", "好", "好的", "嗯", "对"):
        return Turn(marked(kept, key, say("guided_resumed")))
    if found.value is not None and question.kind is not Kind.TEXT and not plain(text).isdecimal():
        return answer(guide, kept, question, found.value, key, seal)
    return Turn(paused(guide, kept, key)) if found != NO_ANSWER or wish else None


def _wished(guide: Guide, kept: Mapping[str, Any], question: Question, wish: Wish, key: str) -> Turn | None:
    if wish is Wish.BACK:
        return Turn(back(guide.flow, kept, key))
    if wish is Wish.ANEW:
        return Turn(anew(guide, kept, key))
    if wish is Wish.PERSON:
        return None
    if wish is Wish.PAGE:
        return Turn({**kept, "_before": ""}, is_kept=False, wants_page=True)
    told = {
        Wish.HELP: question.explain or say("guided_no_explanation"), Wish.ON: say("guided_resumed"),
        Wish.WHERE: say("guided_where", title=guide.flow.title, answered=_answered(guide.flow, kept)),
    }  # fmt: skip
    return Turn({**kept, "_before": told[wish]}, is_kept=False)


def _answered(flow: Flow, kept: Mapping[str, Any]) -> str:
    behind = flows.passed(flow, kept)
    lines = [f"{place}. {shown_value(one, kept[one.name])}" for place, one in enumerate(behind, start=1)]
    return "\n".join(lines) or say("guided_nothing_yet")


def _ticking(question: Question, kept: Mapping[str, Any], text: str, key: str) -> Turn | None:
    """A tap ticks one of several, another takes the tick away."""
    if question.kind is not Kind.SEVERAL:
        return None
    taps = {plain(say("guided_tick", label=option.label)): option.value for option in question.options}
    if (value := taps.get(plain(text))) is None:
        return None
    before = list(overheard.ticked(question, kept))
    ticked = [one for one in before if one != value] if value in before else [*before, value]
    return Turn({**marked(kept, key, ""), "_ticked": ticked})


def _hand_in(guide: Guide, kept: Mapping[str, Any], question: Question, key: str, seal: Seal) -> Turn:
    ticked = [value for value in question.values if value in overheard.ticked(question, kept)]
    if not ticked:
        return Turn({**marked(kept, key, say("guided_tick_first")), "_ticked": []})
    return answer(guide, kept, question, together(question, ticked), key, seal)


def missed(kept: Mapping[str, Any], question: Question, key: str, told: str) -> Turn:
    """The question once more; at the third time with what it means and the way to a person."""
    tries = int(kept.get("_tries") or 0) + 1
    if tries >= PATIENCE and question.explain not in told:
        told = f"{told}\n{question.explain}"
    return Turn({**marked(kept, key, told), "_ticked": kept.get("_ticked"), "_tries": tries})


def _noted(question: Question, value: Any) -> str:
    if question.kind is Kind.TEXT:
        is_doubtful = isinstance(value, str) and bool(question.known_as) and is_asking(value)
        return say("guided_noted_asked", name=question.known_as[0]) if is_doubtful else say("guided_noted_text")
    return say("guided_noted", answer=shown_value(question, value))


def marked(kept: Mapping[str, Any], key: str, before: str) -> dict[str, Any]:
    earlier = [*kept.get("_keys", ()), *([kept["_key"]] if "_key" in kept else ())][-REMEMBERED:]
    marks = {"_at": clock.timestamp(), "_key": key, "_keys": earlier, "_before": before}
    left = {name: value for name, value in kept.items() if name not in _BLANK}
    return {**left, **marks}
