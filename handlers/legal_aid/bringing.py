"""What to bring, once and complete. The law has no list; the card says so."""

from collections.abc import Mapping
from typing import Any

from handlers.legal_aid.matters import groups_of, is_effective, subject_of

_OF_SUBJECT = {
    "insurance": "benefits", "relief": "benefits", "pension": "benefits", "acquitted": "compensation",
    "accused": "criminal", "kin": "criminal", "treatment": "criminal", "victim": "victim", "private": "victim",
    "retrial": "reopened", "assault": "case", "job": "relation", "family": "case", "money": "case", "house": "case",
    "unlisted": "case", "decision": "case",
}  # fmt: skip
"""Where the paper is not called as the matter is."""
_PROOF = {"relief": "relief", "honoured": "honoured", "tight": "hardship", "unsure": "hardship"}
_RECEIVED = ("award", "judgment", "ruling", "decision", "review", "refused")


def papers(answers: Mapping[str, Any], *, is_notified: bool) -> tuple[str, ...]:
    found = ["identity", *_who(answers), *_proofs(answers), *_case(answers), "story"]
    if is_notified:  # nothing has to be proved but what the case is
        found = [paper for paper in found if paper not in ("hardship", "story")]
    return tuple(dict.fromkeys(found))


def _who(answers: Mapping[str, Any]) -> list[str]:
    if answers.get("applicant") == "ward":
        return ["guardian"]
    is_for_another = answers.get("applicant") in ("child", "kin") or answers.get("role") == "kin"
    return ["relative"] if is_for_another else []


def _proofs(answers: Mapping[str, Any]) -> list[str]:
    """Of what spares him the check of his means, or of his means."""
    groups, means, grounds = groups_of(answers), str(answers.get("means", "")), answers.get("grounds") or ()
    found = [_PROOF[means]] if means in _PROOF else []
    if "migrant" in groups and subject_of(answers) in ("wages", "work_injury"):
        found.append("migrant")
    if ("minor" in groups and answers.get("applicant") != "child") or "minor" in grounds:  # the others' cards show it
        found.append("age")
    if "disabled" in groups or {"senses", "mind"} & set(grounds):
        found.append("disability")
    return [*found, *(["no_income"] if means == "no_income" else [])]


def _case(answers: Mapping[str, Any]) -> list[str]:
    subject = subject_of(answers)
    found = [_OF_SUBJECT.get(subject, subject)]
    if answers.get("harmed") == "yes":
        found.insert(0, "violence")
    if (answers.get("reopened") or is_effective(answers)) and "reopened" not in found:
        found.append("reopened")
    papers_of_case = {answers.get("victim_paper"), answers.get("private_paper")}
    is_received = answers.get("stage") in _RECEIVED or bool(papers_of_case & {"dropped", "judgment", "ruling"})
    return [*found, *(["received"] if is_received or answers.get("phase") in ("judged", "ruled") else [])]
