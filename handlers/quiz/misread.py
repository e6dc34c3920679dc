"""What is wrong with a campaign's file that cannot be read, in the words of those who wrote it. msgspec says it in
English, with the place as the last words; where it is no TOML, the line.
"""

import re

from content.phrases import say
from handlers.quiz.items import named

_LINE = re.compile(r"at line (\d+), column (\d+)")
_LACKS = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")
_LONG = re.compile(r"length <= (\d+)")
_EMPTY = re.compile(r"length >= ")
_BETWEEN = re.compile(r"`int` ([<>])= (\d+)")
_WANTED = re.compile(r"Expected `(\w+)")
_FORMS = {
    "int": "campaign_wants_int", "str": "campaign_wants_str", "date": "campaign_wants_date",
    "datetime": "campaign_wants_moment", "array": "campaign_wants_several", "object": "campaign_wants_several",
}  # fmt: skip


def misread(error: str) -> tuple[str, str]:
    """(the item or "", the sentence)."""
    place = error.rsplit(" - at ", 1)[-1].strip("`$.") if " - at " in error else ""
    above = f"{place}." if place else ""
    if found := _LACKS.search(error):
        return above + found[1], say("campaign_lacks_item", item=named(above + found[1]))
    if found := _UNKNOWN.search(error):
        return above + found[1], say("campaign_no_such_item", item=above + found[1])
    if place:
        return place, say("campaign_bad_item", item=named(place), wanted=_wanted(error))
    line = _LINE.search(error)
    return "", say("campaign_bad_line", line=line[1], column=line[2]) if line else say("campaign_bad_writing")


def _wanted(error: str) -> str:
    if found := _LONG.search(error):
        return say("campaign_wants_short", most=found[1])
    if _EMPTY.search(error):
        return say("campaign_wants_words")
    if found := _BETWEEN.search(error):
        return say("campaign_wants_most" if found[1] == "<" else "campaign_wants_least", number=found[2])
    found = _WANTED.search(error)
    return say(_FORMS[found[1]]) if found and found[1] in _FORMS else say("campaign_wants_other")
