"""What a question rests on where nobody wrote it apart: the citations in its explanation. And preambles, which have no
articles and can still be what a question rests on.
"""

import re
from functools import cache

from content import citations, law_names

_NUMBER = r"[〇零一二两三四五六七八九十百千\d]+"
_ARTICLE = rf"第\s*{_NUMBER}\s*条(?:之{_NUMBER}(?![般切些定致]))?"
_PREAMBLE = rf"序言(?:第{_NUMBER}自然段)?"
_WITH_PREAMBLE = ("宪法", "民族区域自治法", "香港特别行政区基本法", "澳门特别行政区基本法")
_IS_PREAMBLE = re.compile(rf"《(?:{law_names.FULL})?(?:{'|'.join(_WITH_PREAMBLE)})》\s*{_PREAMBLE}")


def is_preamble(text: str) -> bool:
    """《宪法》序言第七自然段, and nothing else."""
    return _IS_PREAMBLE.fullmatch(text.strip()) is not None


def found_in(explanation: str) -> list[str]:
    """Each law and article that it cites, with or without 《》, in its order."""
    found: list[str] = []
    for said in _said().finditer(explanation):
        law = said["law"] or said["bare"]
        places = re.findall(_ARTICLE, said["places"]) or [said["places"]]
        found += [f"《{law}》{''.join(place.split())}" for place in places]
    return list(dict.fromkeys(found))


@cache
def _said() -> re.Pattern[str]:
    """Without 《》 only laws of the list, and not where the name may be the end of a longer one."""
    names = "|".join(map(re.escape, sorted(citations.laws(), key=len, reverse=True)))
    bare = rf"(?:(?<![一-鿿《])|(?<=[据照见反由按看和与及在国]))(?P<bare>{names})"
    places = rf"(?P<places>{_ARTICLE}(?:\s*[、，,和及与]+\s*{_ARTICLE})*|{_PREAMBLE})"
    return re.compile(rf"(?:《(?P<law>[^《》]+)》|{bare})\s*{places}")
