"""Where to go with it, and who else helps: also those whom the law does not give a lawyer."""

from collections.abc import Mapping
from typing import Any

from handlers.legal_aid.matters import ADMINISTRATIVE, LABOUR, groups_of, has_lawyer, is_effective, subject_of

_BEFORE_COURT = ("fresh", "going")
_NEXT_IS_COURT = ("review", "judgment", "ruling", "refused")
"""What comes then is an action or an appeal, whatever the matter began with."""
_CIVIL = frozenset({"support", "money", "house", "family", "assault", "unlisted"})


def where(answers: Mapping[str, Any], *, is_notified: bool, is_applying: bool) -> tuple[str, ...]:
    """《法律援助法》 article 38: by where the case is handled, not by where he lives."""
    subject, stage = subject_of(answers), answers.get("stage")
    if is_notified:
        return ("treatment",) if subject == "treatment" else ("notified",)
    if not is_applying or answers.get("reopened") == "no" or is_effective(answers):
        return "consult", "address", "phone", "hours"
    places = ["court"]
    if answers.get("matter") == "criminal":
        places = ["case"]
    elif (subject in LABOUR and stage in _BEFORE_COURT) or answers.get("finding") == "appraisal":
        places = ["other"]
    elif stage in _NEXT_IS_COURT:
        places = ["court"]
    elif subject in ADMINISTRATIVE and stage == "going":
        places = ["underway"]
    elif subject in ADMINISTRATIVE or (stage == "decision" and subject != "traffic"):
        places = ["review", "court"]
    elif subject in ("acquitted", "compensation"):
        places = ["court", "other"] if stage == "going" else ["other", "court"]
    return *places, "address", "phone", "hours"


def helpers(answers: Mapping[str, Any], *, is_covered: bool) -> tuple[str, ...]:
    """At most five: who can do most first, whom anybody may ask last."""
    subject, groups = subject_of(answers), groups_of(answers)
    found: list[str] = []
    if subject == "violence" or answers.get("harmed") == "yes":
        found.append("violence")
    if subject in LABOUR:
        found += ["labour", *(["union"] if subject != "work_injury" else [])]
    found += ["traffic"] if subject == "traffic" else []
    found += ["review_office"] if subject in ADMINISTRATIVE else []
    found += ["consumer"] if subject == "money" else []
    found += ["prosecutor"] if answers.get("reopened") == "no" or is_effective(answers) else []
    found += [helper for group, helper in _OF_GROUPS.items() if group in groups]
    found += ["mediation"] if subject in _CIVIL and answers.get("harmed") != "yes" else []
    own = [] if is_covered or has_lawyer(answers) else ["own_lawyer"]
    return (*found[: _MOST - 1 - len(own)], *own, "hotline")


_MOST = 5
_OF_GROUPS = {"elderly": "elderly", "disabled": "disabled", "woman": "women", "minor": "minor"}
