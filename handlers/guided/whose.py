"""Whose side a sentence speaks of: 老板请了律师，我没请 says two things, and only the second answers whether one has a
lawyer. Who is not asked about is named by the question (`others`).
"""

import re
import unicodedata
from functools import cache

from content.phrases import say
from handlers.guided.questions import Question

_CLAUSES = re.compile(r"[\s,，。.；;：:、!！~～…]+")
_ASKED = "我们|俺们|咱们|我|俺|咱|自己|本人"


def own(question: Question, text: str) -> str:
    """Without what is said of others; the same text where nothing is. A clause without a subject speaks of the same
    as the one before it.
    """
    if not question.others or not _forms(question)[0].search(text):
        return text
    others, subjects = _forms(question)
    kept, is_of_others = [], False
    for clause in _CLAUSES.split(unicodedata.normalize("NFKC", text)):
        for part in _parts(subjects, clause):
            if subjects.match(part):
                is_of_others = others.match(part) is not None
            if not is_of_others:
                kept.append(part)
    return "，".join(filter(None, kept))


def _parts(subjects: re.Pattern[str], clause: str) -> list[str]:
    """A part for each subject, and what stands in front of the first."""
    begins = [0, *(found.start() for found in subjects.finditer(clause) if found.start()), len(clause)]
    return [clause[begin:end] for begin, end in zip(begins, begins[1:], strict=False) if begin < end]


@cache
def _forms(question: Question) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(one of the others, any subject). Who is only the object of the sentence, is no subject: 公司给我请了."""
    others = "|".join(sorted(map(re.escape, question.others), key=len, reverse=True))
    subject = rf"(?<![{say('guided_no_subject')}])"
    return re.compile(f"{subject}(?:{others})"), re.compile(f"{subject}(?:{others}|{_ASKED})")
