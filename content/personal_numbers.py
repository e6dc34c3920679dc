"""Numbers that belong to one person and stand unmasked in a text: identity cards, mobile phones, bank cards. Proven by
their check digits where they have one. What is found is never repeated whole.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_DIGITS = re.compile(r"(?<![\dA-Za-z*])\d(?:[ \-]?[\dXx*]){9,22}(?![\dA-Za-z])")
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST = "10X98765432"
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
IDENTITY, MOBILE, CARD = "身份证号", "手机号", "银行卡号"


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    start: int
    kind: str
    masked: str


def find_numbers(text: str, allowed: Collection[str] = ()) -> Iterator[PersonalNumber]:
    """`allowed`: digits of the bureau's own telephones."""
    for found in _DIGITS.finditer(text.translate(_NARROW)):
        digits = re.sub(r"[ \-]", "", found[0]).upper()
        if kind := _kind(digits, allowed):
            yield PersonalNumber(found.start(), kind, f"{digits[:3]}…{digits[-2:]}")


def _kind(digits: str, allowed: Collection[str]) -> str:
    if "*" in digits:
        return ""
    if is_identity(digits):
        return IDENTITY
    if _MOBILE.fullmatch(digits) and digits not in allowed and digits[-11:] not in allowed:
        return MOBILE
    return CARD if is_card(digits) else ""


def is_identity(digits: str) -> bool:
    """18 signs with a birthday and a right check digit (GB 11643)."""
    if not re.fullmatch(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]", digits):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return _LAST[total % 11] == digits[-1]


def is_card(digits: str) -> bool:
    """16 to 19 digits of a bank's card with a right check digit (Luhn)."""
    if not re.fullmatch(r"(?:4|5|6|35|37|9)\d{14,18}", digits) or not 16 <= len(digits) <= 19:
        return False
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
