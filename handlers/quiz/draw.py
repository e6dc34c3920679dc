"""A prize draw that anybody can recompute: what is promised before it, what decides it, and how a record is checked.

Before the campaign opens the hash of a secret is published, with the state lottery and the issue whose numbers will be
mixed in. At the close the hash of the sorted list of entry codes is published. Once the lottery has drawn:

    seed  = HMAC-SHA256(key: the secret, message: hash of the list, LF, the lottery's numbers)
    order = entry codes by HMAC-SHA256(key: the seed, message: the code), smallest first

The prizes go down that order; who cannot take one is followed by the next in line. Nobody can choose the result: the
secret is fixed before the list, the list before the numbers, and the numbers are not ours and have more than ten
million outcomes. If the secret is not revealed in time, its published hash takes its place and the numbers are those of
a later issue that was named, too, and is drawn behind that time. A record can only be true to itself: whether it is the
promised one is seen by comparing `Promise` with what was published at the opening and at the close. Everything is text
in UTF-8, hashes in lower-case hexadecimal.
"""

import hashlib
import heapq
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise, repeat
from typing import Annotated, NamedTuple, Protocol

import msgspec

from content.phrases import say

FORMAT = "pufa-draw/1"
SECRET = re.compile("[0-9a-f]{64}")
MOST_PRIZES = 100_000
_QUOTED = re.compile("`[^`]+`")


class Lottery(NamedTuple):
    """How many numbers are drawn from 1 to how many, in front and behind. Named as 国家彩票 names them."""

    front: int
    front_most: int
    back: int
    back_most: int
    weekdays: frozenset[int]
    """On which it usually draws, Monday is 0. It pauses over long holidays: its own calendar says."""


LOTTERIES = {
    "双色球": Lottery(6, 33, 1, 16, frozenset({1, 3, 6})), "大乐透": Lottery(5, 35, 2, 12, frozenset({0, 2, 5})),
}  # fmt: skip
"""17,721,088 and 21,425,712 outcomes."""


class BadNumber(Exception):
    """These are no numbers that this lottery can draw; the message says why."""


class BadRecord(Exception):
    """The file is no record of a draw; the message says what is missing."""


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the published record."""


class Prize(_Row, frozen=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_PRIZES)]


class Drawn(_Row, frozen=True):
    """What the lottery has drawn."""

    lottery: str
    issue: str
    numbers: str
    source: str
    """Where it was read."""


class Winner(_Row, frozen=True):
    code: str
    prize: str


class Record(_Row, frozen=True):
    """A whole draw, as it is published."""

    format: str
    campaign: str
    prizes: list[Prize]
    commitment: str
    lottery: str
    issue: str
    """Of the lottery above, as they were named before the opening."""
    later_issue: str
    """The one that counts instead where the secret is not revealed."""
    drawn: Drawn
    entries: list[str]
    entries_sha256: str
    secret: str | None
    winners: list[Winner]


class Promise(NamedTuple):
    """As words, the same in the record and where it was published."""

    commitment: str
    entries: str
    lottery: str
    prizes: str


class _Named(Protocol):
    @property
    def lottery(self) -> str: ...
    @property
    def issue(self) -> str: ...
    @property
    def later_issue(self) -> str: ...


def commitment_of(secret: str) -> str:
    """What is published before the opening. `secret`: 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def entries_digest(codes: Iterable[str]) -> str:
    """Of the codes in order, each followed by LF."""
    return hashlib.sha256(listed(sorted(codes)).encode()).hexdigest()


def listed(codes: Sequence[str]) -> str:
    """The list as it is published: each code with LF behind it."""
    return "\n".join((*codes, ""))


def read_numbers(lottery: str, text: str) -> str:
    """ "3 18 7 22 29 11 + 5" → "03 07 11 18 22 29+05". Raises BadNumber."""
    rule = LOTTERIES.get(lottery)
    if rule is None:
        raise BadNumber(say("draw_no_such_lottery", lottery=lottery, lotteries="、".join(LOTTERIES)))
    found = [int(digits) for digits in re.findall(r"\d+", text)]
    front, back = sorted(found[: rule.front]), sorted(found[rule.front :])
    parts = (("draw_front", front, rule.front, rule.front_most), ("draw_back", back, rule.back, rule.back_most))
    for name, part, count, most in parts:
        if len(part) != count or len(set(part)) != count or not all(1 <= number <= most for number in part):
            raise BadNumber(say("draw_bad_numbers", lottery=lottery, part=say(name), count=count, most=most))
    return "+".join(" ".join(f"{number:02}" for number in part) for part in (front, back))


def seed_of(key: str, digest: str, numbers: str) -> bytes:
    """`key`: the secret, or the commitment where it was not revealed."""
    return hmac.digest(key.encode(), f"{digest}\n{numbers}".encode(), "sha256")


def first(codes: Sequence[str], seed: bytes, count: int) -> list[str]:
    """The first `count` codes in the order of the draw."""
    return heapq.nsmallest(count, codes, key=lambda code: hmac.digest(seed, code.encode(), "sha256"))


def winners_of(codes: Sequence[str], seed: bytes, prizes: Sequence[Prize]) -> list[Winner]:
    """The prizes in the order of their list, one for each of the first codes."""
    return award(first(codes, seed, sum(prize.count for prize in prizes)), prizes)


def award(order: Iterable[str], prizes: Sequence[Prize]) -> list[Winner]:
    """`order`: at least so many codes of the draw as there are prizes, or all."""
    names = chain.from_iterable(repeat(prize.name, prize.count) for prize in prizes)
    return [Winner(code=code, prize=name) for name, code in zip(names, order, strict=False)]


def read_record(text: str | bytes) -> Record:
    """Raises BadRecord."""
    try:
        record = msgspec.json.decode(text, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        place = _QUOTED.search(str(error))
        told = say("draw_no_record_place", place=place[0].strip("`")) if place else ""
        raise BadRecord(say("draw_no_record", place=told)) from error
    if record.format != FORMAT:
        raise BadRecord(say("draw_other_format", found=record.format, format=FORMAT))
    return record


def as_json(record: Record) -> bytes:
    """The record as it is published."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1)


def promise_of(record: Record) -> Promise:
    """What is to be compared with what was published."""
    return promise(record.commitment, record.entries_sha256, record, record.prizes)


def promise(commitment: str, entries_sha256: str, lottery: _Named, prizes: Iterable[Prize]) -> Promise:
    """`entries_sha256`: empty before the list is fixed."""
    named = say("draw_named", lottery=lottery.lottery, issue=lottery.issue, later=lottery.later_issue)
    listed = "、".join(say("draw_prize", name=prize.name, count=prize.count) for prize in prizes)
    return Promise(commitment, entries_sha256 or say("draw_no_list"), named, listed)


def problems(record: Record) -> list[str]:
    """What is wrong with a draw, in Chinese; empty where it was drawn as it was promised."""
    return list(_problems(record))


def _problems(record: Record) -> Iterator[str]:
    if any(earlier >= later for earlier, later in pairwise(record.entries)):
        yield say("draw_entries_order")
    if entries_digest(record.entries) != record.entries_sha256:
        yield say("draw_entries_changed")
    if record.secret is not None and not SECRET.fullmatch(record.secret):
        yield say("draw_secret_form")
    if record.secret is not None and commitment_of(record.secret) != record.commitment:
        yield say("draw_secret_changed")
    if record.drawn.lottery != record.lottery:
        yield say("draw_other_lottery", lottery=record.drawn.lottery, expected=record.lottery)
    expected = record.issue if record.secret is not None else record.later_issue
    if record.drawn.issue != expected:
        yield say("draw_other_issue", issue=record.drawn.issue, expected=expected)
    try:
        numbers = read_numbers(record.drawn.lottery, record.drawn.numbers)
    except BadNumber as error:
        yield str(error)
        return
    if numbers != record.drawn.numbers:
        yield say("draw_numbers_form", numbers=numbers)
    seed = seed_of(record.secret or record.commitment, record.entries_sha256, numbers)
    if winners_of(record.entries, seed, record.prizes) != record.winners:
        yield say("draw_other_winners")
