"""What 《法律援助法》 says to somebody's answers, as a pure function: answers → outcome. Decides, and never speaks: an
outcome is made of keys of library/legal_aid.toml. Promises nothing: every card says who decides.

The numbers in comments are articles of that law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.legal_aid import bringing, helping, running
from handlers.legal_aid.matters import (
    ADMINISTRATIVE,
    EXEMPT,
    IN_SCOPE,
    STATE,
    chosen,
    groups_of,
    has_lawyer,
    is_effective,
    subject_of,
)
from handlers.legal_aid.running import Running


class Kind(StrEnum):
    LIKELY = "likely"
    EXEMPT = "exempt"
    """The standard of hardship does not matter (32)."""
    NOTIFIED = "notified"
    """Police, procuratorate or court must have a lawyer appointed (25, 28)."""
    CONSULT_ONLY = "consult_only"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Each tuple holds keys of the table of its name in library/legal_aid.toml, in the order in which they are said."""

    kind: Kind
    reason: tuple[str, ...]
    note: tuple[str, ...]
    urgent: tuple[str, ...]
    paper: tuple[str, ...]
    where: tuple[str, ...]
    running: tuple[Running, ...]
    helper: tuple[str, ...]
    priority: tuple[str, ...]
    """Groups that the bureau says it serves first."""


Answers = Mapping[str, Any]
_Verdict = tuple[Kind, tuple[str, ...]]
_MAY_HAVE_NO_INCOME = frozenset({"minor", "elderly", "disabled"})
_UNCHECKED_FOR_MIGRANTS = frozenset({"wages", "work_injury"})
_LAWS_OF_GROUPS = {"elderly": "elderly_law", "disabled": "disabled_law", "minor": "minor_law", "woman": "woman_law"}
_NOT_LISTED = {"assault": "assault", "decision": "decision"}


def outcome(answers: Answers) -> Outcome:
    """For answers of the whole road; those to questions that were not asked are missing."""
    kind, reason = _verdict(answers)
    is_applying = kind not in (Kind.NOT_COVERED, Kind.NOTIFIED)
    return Outcome(
        kind, reason,
        note=_notes(answers, kind),
        urgent=_urgent(answers),
        paper=bringing.papers(answers, is_notified=kind is Kind.NOTIFIED),
        where=helping.where(answers, is_notified=kind is Kind.NOTIFIED, is_applying=is_applying),
        running=running.running(answers),
        helper=helping.helpers(answers, is_covered=kind is not Kind.NOT_COVERED),
        priority=_priority(answers) if is_applying else (),
    )  # fmt: skip


def _verdict(answers: Answers) -> _Verdict:
    subject = subject_of(answers)
    if answers.get("applicant") == "firm":
        return Kind.NOT_COVERED, ("firm",)
    if has_lawyer(answers):
        return Kind.NOT_COVERED, (_hired(answers, subject), *(["exempt_violence"] if _is_harmed(answers) else []))
    if is_effective(answers):  # 33
        law = "administrative" if subject in ADMINISTRATIVE | STATE else "civil"
        return Kind.CONSULT_ONLY, (f"effective_{law}", "not_reopened")
    if subject in ("accused", "kin"):
        return _of_accused(answers)
    if subject == "treatment":  # 28
        return Kind.NOTIFIED, ("notified_treatment",)
    if answers.get("harmed") == "yes" or subject in EXEMPT:  # 32
        laws = {"hero": ("law_hero",), "violence": ("law_violence",)}
        exempt = subject if subject in EXEMPT else "violence"
        return Kind.EXEMPT, (f"exempt_{exempt}", *laws.get(exempt, ()))
    if subject == "retrial":
        return _of_retrial(answers)
    if subject in ("victim", "private"):  # 29
        return _by_means(answers, (subject,))
    if subject in IN_SCOPE:  # 31
        return _by_means(answers, (f"scope_{subject}",))
    return _of_the_rest(answers, subject)


def _is_harmed(answers: Answers) -> bool:
    """He told of violence: for him 32 counts, and danger comes first, whatever else the matter is."""
    return subject_of(answers) == "violence" or answers.get("harmed") == "yes"


def _hired(answers: Answers, subject: str) -> str:
    """Which article speaks of those who have no lawyer: 24 and 29, 33, 48, else 31."""
    if answers.get("defender"):
        return "defender_hired"
    if subject == "retrial":
        return "lawyer_hired_retrial"
    return "lawyer_hired_exempt" if subject in EXEMPT or answers.get("harmed") == "yes" else "lawyer_hired"


def _of_accused(answers: Answers) -> _Verdict:
    phase, grounds = answers.get("phase"), chosen(answers, "grounds")
    if phase == "review":  # 25 (5)
        return Kind.NOTIFIED, ("notified_review", "experienced")
    if phase == "final":
        return _of_retrial(answers)
    if grounds:  # 25
        reasons = tuple(f"notified_{ground}" for ground in grounds)
        return Kind.NOTIFIED, (*reasons, "experienced") if "grave" in grounds else reasons
    court = ("court_may_notify",) if phase == "court" else ()
    if answers.get("means") == "fine":
        return Kind.CONSULT_ONLY, ("accused_fine", *court)
    kind, reasons = _by_means(answers, ("accused",))
    return kind, (*reasons, *court)


def _of_retrial(answers: Answers) -> _Verdict:
    """33: only once the court has reopened the case, or the procuratorate has protested."""
    if answers.get("reopened") != "yes":
        return Kind.CONSULT_ONLY, ("not_reopened",)
    return _by_means(answers, ("reopened",))


def _by_means(answers: Answers, reasons: tuple[str, ...]) -> _Verdict:
    """42: of whom hardship is not checked; 41: of everybody else it is; 34: by the province's standard."""
    groups, means = groups_of(answers), answers.get("means")
    if "migrant" in groups and subject_of(answers) in _UNCHECKED_FOR_MIGRANTS:
        return Kind.LIKELY, (*reasons, "unchecked_migrant")
    if means in ("relief", "honoured"):
        return Kind.LIKELY, (*reasons, f"unchecked_{means}")
    if means == "no_income" and groups & _MAY_HAVE_NO_INCOME:
        return Kind.LIKELY, (*reasons, "unchecked_no_income")
    if means != "fine":
        return Kind.LIKELY, (*reasons, f"means_{means}")
    if "disabled" in groups:
        return Kind.CONSULT_ONLY, (*reasons, "disabled_other")
    return Kind.NOT_COVERED, (*reasons, "means_fine" if reasons[0].startswith("scope_") else "means_fine_criminal")


def _of_the_rest(answers: Answers, subject: str) -> _Verdict:
    """What 31 does not list. Other laws speak of aid for some people whatever the matter: those should ask."""
    groups = groups_of(answers)
    laws = tuple(law for group, law in _LAWS_OF_GROUPS.items() if group in groups)
    reason = _NOT_LISTED.get(subject, "listed_not")
    return Kind.CONSULT_ONLY if laws or subject == "assault" else Kind.NOT_COVERED, (reason, *laws)


def _urgent(answers: Answers) -> tuple[str, ...]:
    """What cannot wait (44), life first."""
    return (*(["danger"] if _is_harmed(answers) else []), *chosen(answers, "urgent"))


def _notes(answers: Answers, kind: Kind) -> tuple[str, ...]:
    """What he should know, the most pressing first."""
    notes: list[str] = []
    if subject_of(answers) in ("accused", "kin"):
        notes += ["held"] if answers.get("held") == "yes" else []
        notes += _of_phase(answers)
    if kind is Kind.NOTIFIED:
        notes += ["notify_review" if answers.get("phase") == "review" else "notify", "own_choice"]
        return tuple(note for note in notes if answers.get("phase") != "review" or note != "held")
    if (
        kind is Kind.NOT_COVERED or answers.get("reopened") == "no" or is_effective(answers)
    ):  # nothing to apply for as yet
        return tuple(notes)
    if answers.get("applicant") in ("child", "ward", "kin"):
        notes.append(str(answers["applicant"]))
    groups = groups_of(answers)
    notes += ["young_lawyer"] if "minor" in groups else []
    notes += ["migrant"] if "migrant" in groups and subject_of(answers) == "wages" else []
    notes += ["accessible"] if groups & {"elderly", "disabled"} else []
    return (*notes, "timing", "refusal", "honest")


def _of_phase(answers: Answers) -> list[str]:
    """30, 37: a duty lawyer is for the accused, not for convicts. Whose kin appeals, has to agree."""
    phase, role = answers.get("phase"), answers.get("role")
    duty = ["duty_lawyer"] if phase != "final" else []
    return [*duty, *(["consent"] if phase in ("judged", "ruled") and role == "kin" else [])]


def _priority(answers: Answers) -> tuple[str, ...]:
    groups = groups_of(answers)
    order = ("disabled", "elderly", "woman", "minor", "migrant", "laid_off", "left_behind")
    return tuple(group for group in order if group in groups)
