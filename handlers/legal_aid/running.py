"""Which of the law's periods are running for him, and from which day. Counting them is content/periods.py's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.legal_aid.matters import ACCIDENTS, ADMINISTRATIVE, LABOUR, STATE, has_lawyer, subject_of


@dataclass(frozen=True, slots=True)
class Running:
    period: str
    """A key of [period]."""
    since: date | None = None
    """None: he did not say, or it never ends."""
    is_held: bool = False
    """In custody: no holiday moves the last day (《刑事诉讼法》 article 105)."""


_LIMITED = (ACCIDENTS | {"money", "house", "brave"}) - LABOUR
_AT_COURT = ("judgment", "ruling")


def running(answers: Mapping[str, Any]) -> tuple[Running, ...]:
    """The soonest first, as far as that is known without counting."""
    if has_lawyer(answers) or answers.get("applicant") == "firm":
        return ()
    return tuple(_criminal(answers) if answers.get("matter") == "criminal" else _other(answers))


def _criminal(answers: Mapping[str, Any]) -> Iterator[Running]:
    phase, paper, own = answers.get("phase"), answers.get("victim_paper"), answers.get("private_paper")
    if phase in ("judged", "ruled"):
        whose = "kin" if answers.get("role") == "kin" else "criminal"
        key = f"{whose}_{'judgment' if phase == 'judged' else 'ruling'}"
        yield Running(key, _day(answers, "sentenced_on"), is_held=answers.get("held") == "yes")
    if own in ("judgment", "ruling"):  # a private prosecutor, or who claims damages within the case
        yield Running(f"private_{own}", _day(answers, "served_on"))
    if paper in ("dropped", "judgment"):
        yield Running("dropped" if paper == "dropped" else "protest", _day(answers, "served_on"))


def _other(answers: Mapping[str, Any]) -> Iterator[Running]:
    subject, stage = subject_of(answers), str(answers.get("stage", ""))
    got_on = _day(answers, "got_on")
    if answers.get("final_case") == "civil":
        yield Running("retrial", _day(answers, "final_on"))
    if stage in _AT_COURT:
        yield from _at_court(answers, subject, stage)
    elif stage in _SINCE_THEN:
        yield from _SINCE_THEN[stage](answers, subject)
    elif stage == "award":
        yield Running("award", got_on)
    elif stage in ("decision", "review") and subject in STATE:  # which of several it is, depends on who decided
        yield Running("state_decision")
    elif stage == "review":
        yield Running("after_review", got_on)
    elif stage == "decision":
        yield from _decided(answers, subject)
    elif stage == "fresh":
        yield from _fresh(answers, subject)
    if subject in ("support", "hero"):
        yield Running(f"never_{subject}")


def _at_court(answers: Mapping[str, Any], subject: str, stage: str) -> Iterator[Running]:
    """Where there was violence, a ruling is mostly that on a protection order: reviewed, and within five days."""
    got_on = _day(answers, "got_on")
    if stage == "ruling" and (subject == "violence" or answers.get("harmed") == "yes"):
        yield from (Running("protection", got_on), Running("ruling_other", got_on))
    else:
        yield Running(f"{stage}{'_administrative' if subject in ADMINISTRATIVE | STATE else ''}", got_on)


def _effective(answers: Mapping[str, Any], subject: str) -> Iterator[Running]:
    """No appeal is left; against whoever does not do what he was sentenced to, there is enforcement."""
    if subject in STATE:
        yield Running("retrial_state")
    elif subject in ADMINISTRATIVE:
        yield Running("retrial_administrative")
    else:
        yield from (Running("retrial", _day(answers, "final_on")), Running("enforcement"))


def _refused(answers: Mapping[str, Any], subject: str) -> Iterator[Running]:
    """Arbitration did not take it: he may sue. A court did not: its ruling may be appealed."""
    if subject in LABOUR:
        yield Running("refused_arbitration")
    law = "_administrative" if subject in ADMINISTRATIVE | STATE else ""
    yield Running(f"refused_ruling{law}", _day(answers, "got_on"))


_SINCE_THEN = {"effective": _effective, "refused": _refused}


def _decided(answers: Mapping[str, Any], subject: str) -> Iterator[Running]:
    """An appraisal of an injury has a remedy of its own; what the police find of an accident is but evidence."""
    got_on = _day(answers, "got_on")
    if answers.get("finding") == "appraisal":
        yield Running("reappraisal", got_on)
    elif subject == "traffic":
        yield Running("traffic_finding")
    else:
        yield from (Running("review", got_on), Running("sue", got_on))


def _fresh(answers: Mapping[str, Any], subject: str) -> Iterator[Running]:
    """Nothing has been done about it yet."""
    knew_on = _day(answers, "knew_on")
    if subject == "wages":
        yield Running("arbitration_left", _day(answers, "left_on"))
    elif subject == "work_injury":
        yield Running("recognition", _day(answers, "hurt_on"))
    elif subject in LABOUR:
        yield Running("arbitration", knew_on)
    elif subject in STATE:
        yield Running("compensation", knew_on)
    elif subject == "decision":
        yield from (Running("review", knew_on), Running("sue", knew_on))
    elif subject in _LIMITED:
        yield Running("limitation", knew_on)


def _day(answers: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(answers[name]) if answers.get(name) else None
