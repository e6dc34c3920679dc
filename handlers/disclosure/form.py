"""What article 29 of the regulation wants in an application, and what is wrong with what was written, field by field.

Nothing more is asked for: no purpose, no number of an identity card.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

from content import personal_numbers
from content.phrases import say

MOST = {"name": 60, "contact": 120, "wanted": 2000, "document_number": 60, "address": 200, "proof": 120}
WAYS = ("online", "email", "post", "counter", "read")
"""How he wants to get it: on the status page, by e-mail, by post, on paper at the counter, reading it there."""
_NEEDS_ADDRESS = ("email", "post")
LEAST_WANTED, LEAST_ADDRESS = 4, 6
PERSON = "person"
_MYSELF = "我俺"
_CONTACT = re.compile(
    r"(?<!\d)(?:(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d){8}|(?:0\d{2,3}[\s)-]*)?[2-8]\d{2,3}[\s-]?\d{4}|"
    r"[48]00(?:[\s-]?\d){7})(?!\d)|[^\s@]+@[^\s@]+\.[a-z]{2,}",
    re.I,
)
"""A telephone number as they are in this country, or an address of mail."""
_MAIL = re.compile(r"[^\s@，。；：、]+@[^\s@]+\.[a-z]{2,}", re.I)
_PLACE = re.compile(r"[省县区镇乡]|[街路道巷村屯]|[组号楼栋室]|市(?!区)|小区|社区|单元")
"""What stands in an address that a letter reaches: two of it."""
_NO_PLACE = re.compile(r"[我俺您吗？?]|没有|上班|不知|\d{8}")
_FOR_ANOTHER = re.compile(
    r"(?:[替代]|代替|[帮给为])(?:[我俺他她您]|别人).*|姓.{1,2}|.+(?:先生|女士|小姐|大爷|大妈|大娘|大叔|大哥|大姐|阿姨|师傅|同志|某)"
    r"|.{2,}[来要]?申请"
)
"""What somebody says of a person, and no name as it stands on a card."""
_LONG_NUMBER = re.compile(r"(?:\d[\s-]?){7,}")


@dataclass(frozen=True, slots=True)
class Application:
    applicant_kind: str
    name: str
    contact: str
    wanted: str
    document_number: str
    way: str
    address: str

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "Application":
        """Of a form as it was sent; lines keep their ends, edges go."""
        return cls(*(typed.get(field.name, "").replace("\r\n", "\n").strip() for field in fields(cls)))


NAMES = tuple(field.name for field in fields(Application))


def problems(application: Application, kinds: Mapping[str, str]) -> dict[str, str]:
    """Field → a sentence that says what to do; empty where it is whole. `kinds`: the kinds of applicants there are."""
    told = {
        name: say("request_too_long", most=MOST[name])
        for name, words in zip(NAMES, astuple(application), strict=True)
        if name in MOST and len(words) > MOST[name]
    }
    if application.applicant_kind not in kinds:
        told["applicant_kind"] = say("request_no_kind")
    if not application.name:
        told.setdefault("name", say("request_no_name"))
    if not application.contact:
        told.setdefault("contact", say("request_no_contact"))
    if len(application.wanted) < LEAST_WANTED:
        told.setdefault("wanted", say("request_no_wanted"))
    if found := next(personal_numbers.find_numbers(application.wanted), None):
        told.setdefault("wanted", say("request_number_inside", kind=found.kind))
    elif _MAIL.search(unicodedata.normalize("NFKC", application.wanted)):
        told.setdefault("wanted", say("request_mail_inside"))
    if application.way not in WAYS:
        told["way"] = say("request_no_way")
    if application.way in _NEEDS_ADDRESS and not application.address:
        told.setdefault("address", say("request_no_address"))
    if application.way == "email" and application.address and "@" not in application.address:
        told.setdefault("address", say("request_no_email"))
    return told


def problems_online(application: Application, kinds: Mapping[str, str]) -> dict[str, str]:
    """The same of what he writes himself, where nobody stands by: whether it is a name, and whether he can be reached
    by it: article 29 wants a way to reach him, and to who has neither telephone nor mail that is a letter.
    """
    told = problems(application, kinds)
    is_person = application.applicant_kind == PERSON
    if application.name and (wrong := _wrong_name(application.name, is_person)):
        told.setdefault("name", wrong)
    if application.contact and (wrong := _wrong_contact(application.contact)):
        told.setdefault("contact", wrong)
    return told


def _wrong_name(name: str, is_person: bool) -> str:
    if _LONG_NUMBER.search(unicodedata.normalize("NFKC", name)):
        return say("request_name_number")
    if is_person and (any(sign in name for sign in _MYSELF) or _FOR_ANOTHER.fullmatch("".join(name.split()))):
        return say("request_name_alone")
    return say("request_name_wanted") if name.isdecimal() or len(name) == 1 else ""


def _wrong_contact(contact: str) -> str:
    words = unicodedata.normalize("NFKC", contact)
    if any(one.kind == personal_numbers.IDENTITY for one in personal_numbers.find_numbers(words)):
        return say("request_contact_identity")
    return "" if _CONTACT.search(words) or _is_address(words) else say("request_contact_wanted")


def _is_address(words: str) -> bool:
    return len(words) >= LEAST_ADDRESS and len(_PLACE.findall(words)) > 1 and not _NO_PLACE.search(words)
