"""A quiz campaign as staff write it: when, for whom, which questions, how they are marked, what can be won.

Everything that a participant is promised stands here and nowhere else; whether it is open is computed from its times.
"""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from content.phrases import say
from content.store import clock
from handlers.quiz.draw import LOTTERIES, Prize
from handlers.quiz.items import label_of
from handlers.quiz.misread import misread

LONGEST_TITLE = 32
LEADING, OTHERS = "领导干部", "其他人员"
"""For whom a part of an exam's paper may be."""
REVEAL_DAYS = 15
"""Days behind the day of the lottery within which the secret is revealed: stands in the published rules."""
_EVENING = time(20, tzinfo=clock.BEIJING)
"""Neither lottery draws earlier in the day."""
_ISSUE = re.compile(r"\d{5,7}")
_NAMES = {"title": "campaign_name_of_title", "prize": "campaign_name_of_prize", "who": "campaign_name_of_who"}
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Issue = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=200)]


class BadCampaign(Exception):
    """The campaign cannot be held as it is written; the message says what to change."""

    def __init__(self, sentence: str, item: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.item = sentence, item
        """`item`: as the file names it, draw.issue or paper[0].points; empty where it is not one."""

    def __str__(self) -> str:
        """For whoever has the file before him."""
        is_named = not self.item or self.item in self.sentence
        return self.sentence if is_named else self.sentence + say("campaign_item_is", item=self.item)


class _Wrong(NamedTuple):
    item: str
    sentence: str


class Phase(StrEnum):
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


class Multiple(StrEnum):
    """How a question with several right options is marked."""

    ALL = "all"
    """All right ones and no other, or nothing."""
    HALF = "half"
    """Half for some of the right ones and no wrong one."""


class Verdicts(StrEnum):
    """When a participant is told what would have been right."""

    AT_ONCE = "at_once"
    """In the chat with each answer, which is final then; on a page when the paper has been handed in."""
    HANDED_IN = "handed_in"
    CLOSED = "closed"
    """Once the campaign is closed, so that nobody can pass it on."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a campaign's file."""


class Cell(_Part, frozen=True):
    """So many questions of one sort on every paper."""

    subject: _Text
    count: _Count
    points: Annotated[int, msgspec.Meta(ge=1, le=100)]
    kind: str = ""
    """single, multiple or judge; empty for any."""
    difficulty: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    """1 to 3; 0 for any."""
    group: str = msgspec.field(name="for", default="")
    """Of an exam: on whose papers, as the roster says; empty for everybody's."""


class Draw(_Part, frozen=True):
    """What can be won, and which public numbers decide it."""

    lottery: str
    issue: _Issue
    drawn_on: date
    """The day in Beijing on which the lottery draws this issue: behind the day of the close."""
    later_issue: _Issue
    """Counts where the secret is not revealed in time."""
    later_drawn_on: date
    prizes: list[Prize]
    least_points: int = 0
    """Who takes part in the draw has at least so many."""
    claim_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30

    @property
    def last_day_to_reveal(self) -> date:
        return self.drawn_on + timedelta(days=REVEAL_DAYS)

    @property
    def reveal_until(self) -> datetime:
        """The end of that day; the later issue is drawn behind it, so that nobody chooses between known numbers."""
        return datetime.combine(self.last_day_to_reveal + timedelta(days=1), time(tzinfo=clock.BEIJING))


class Exam(_Part, frozen=True):
    """For whom a roster says it: what is a pass, how often, and when it is made up for."""

    pass_points: Annotated[int, msgspec.Meta(ge=1)]
    attempts: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    """Papers in all between opening and close; the best counts."""
    makeup_opens_at: datetime | None = None
    makeup_closes_at: datetime | None = None
    makeup_attempts: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


class Campaign(_Part, frozen=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE)]
    opens_at: datetime
    closes_at: datetime
    paper: list[Cell]
    minutes: Annotated[int, msgspec.Meta(ge=1, le=300)]
    attempts_a_day: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    """Not of an exam, which says how many in all."""
    verdicts: Verdicts = Verdicts.AT_ONCE
    multiple: Multiple = Multiple.ALL
    who: str = ""
    """Who may take part, in the words of the rules; empty for everybody."""
    freeze_minutes: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 0
    """The boards stand still for so long before the end."""
    draw: Draw | None = None
    exam: Exam | None = None

    @property
    def has_groups(self) -> bool:
        """Whether leading officials get other papers than everybody else; of as many questions and points."""
        return any(cell.group for cell in self.paper)

    @property
    def papers(self) -> list[list[Cell]]:
        """Each blueprint that is drawn from."""
        return [self.paper_for(True), self.paper_for(False)] if self.has_groups else [self.paper]

    def paper_for(self, is_leading: bool) -> list[Cell]:
        mine = LEADING if is_leading else OTHERS
        return [cell for cell in self.paper if cell.group in ("", mine)]

    @property
    def full_marks(self) -> int:
        return _sums(self.papers[0])[1]

    @property
    def questions(self) -> int:
        return _sums(self.papers[0])[0]

    def phase(self, at: datetime) -> Phase:
        """As its file says; of one that is held register.phase_of knows."""
        return phase_between(self.opens_at, self.closes_at, at)


def _sums(blueprint: list[Cell]) -> tuple[int, int]:
    """(questions, points)."""
    return sum(cell.count for cell in blueprint), sum(cell.count * cell.points for cell in blueprint)


def known_from(drawn_on: date) -> datetime:
    """Before this moment nobody can know what the lottery draws on that day."""
    return datetime.combine(drawn_on, _EVENING)


def phase_between(opens_at: datetime, closes_at: datetime, at: datetime) -> Phase:
    """Open from the first moment up to, and without, the last."""
    if at < opens_at:
        return Phase.BEFORE
    return Phase.OPEN if at < closes_at else Phase.CLOSED


def read_campaign(text: str) -> Campaign:
    """From TOML. Raises BadCampaign."""
    campaign = as_promised(text)
    if fault := _fault(campaign) or _fault_of_words(campaign) or _fault_of_freeze(campaign):
        raise BadCampaign(fault.sentence, fault.item)
    return campaign


def as_promised(text: str) -> Campaign:
    """Of one that was put on: what we have come to refuse since does not take it away. Raises BadCampaign."""
    try:
        return msgspec.toml.decode(text, type=Campaign)
    except msgspec.MsgspecError as error:
        item, told = misread(str(error))
        raise BadCampaign(say("campaign_unreadable", told=told), item) from error


def _fault(campaign: Campaign) -> _Wrong | None:
    """What cannot be promised; empty where all is well."""
    if campaign.opens_at.tzinfo is None or campaign.closes_at.tzinfo is None:
        return _Wrong("opens_at", say("campaign_no_zone"))
    if campaign.closes_at <= campaign.opens_at:
        return _Wrong("closes_at", say("campaign_ends_before"))
    if not campaign.paper:
        return _Wrong("paper", say("campaign_no_paper"))
    if unknown := sorted({cell.kind for cell in campaign.paper} - {"", "single", "multiple", "judge"}):
        return _Wrong("paper.kind", say("campaign_no_such_kind", kind=unknown[0]))
    if campaign.has_groups and (fault := _fault_of_groups(campaign)):
        return fault
    if campaign.draw and campaign.exam:
        return _Wrong("exam", say("campaign_draw_or_exam"))
    if campaign.exam and (fault := _fault_of_exam(campaign.exam, campaign)):
        return fault
    return _fault_of_draw(campaign.draw, campaign) if campaign.draw else None


def _fault_of_words(campaign: Campaign) -> _Wrong | None:
    """A name that nobody can see, read out or type is none, and none that breaks the line it stands in."""
    prizes = campaign.draw.prizes if campaign.draw else []
    written = [("title", "title", campaign.title)]
    written += [(f"draw.prizes[{row}].name", "prize", prize.name) for row, prize in enumerate(prizes)]
    written += [("who", "who", campaign.who)] if campaign.who else []
    for item, what, words in written:
        if _BREAKS & set(words):
            return _Wrong(item, say("campaign_broken_words", what=say(_NAMES[what])))
        shown = "".join("□" if _is_unseen(sign) else sign for sign in words)
        if shown != words:
            return _Wrong(item, say("campaign_unseen_words", what=say(_NAMES[what]), words=shown))
        if not any(sign.isalnum() for sign in words):
            return _Wrong(item, say("campaign_no_words", what=say(_NAMES[what])))
    return None


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") or sign in _BLANK


def _fault_of_freeze(campaign: Campaign) -> _Wrong | None:
    lasts = (campaign.closes_at - campaign.opens_at) // timedelta(minutes=1)
    if campaign.exam or campaign.freeze_minutes < max(lasts, 1):
        return None
    return _Wrong("freeze_minutes", say("campaign_freezes_always", minutes=campaign.freeze_minutes, lasts=lasts))


def _fault_of_groups(campaign: Campaign) -> _Wrong | None:
    """One pass mark, one report and one list of results: so all papers weigh the same."""
    if unknown := sorted({cell.group for cell in campaign.paper} - {"", LEADING, OTHERS}):
        return _Wrong("paper.for", say("campaign_no_such_group", group=unknown[0], groups=f"{LEADING}、{OTHERS}"))
    if campaign.exam is None:
        return _Wrong("paper.for", say("campaign_groups_without_exam"))
    leading, others = map(_sums, campaign.papers)
    if leading == others:
        return None
    told = {"leading": leading[0], "leading_full": leading[1], "others": others[0], "others_full": others[1]}
    return _Wrong("paper.for", say("campaign_groups_differ", **told))


def _fault_of_exam(exam: Exam, campaign: Campaign) -> _Wrong | None:
    if exam.pass_points > campaign.full_marks:
        return _Wrong("exam.pass_points", say("campaign_pass_points", full=campaign.full_marks))
    opens, closes = exam.makeup_opens_at, exam.makeup_closes_at
    if opens is None and closes is None:
        return None
    if opens is None or closes is None:
        lacking = "exam.makeup_closes_at" if opens else "exam.makeup_opens_at"
        return _Wrong(lacking, say("campaign_makeup_times", lacking=label_of(lacking)))
    if opens.tzinfo is None or closes.tzinfo is None:
        return _Wrong("exam.makeup_opens_at", say("campaign_no_zone"))
    in_order = campaign.closes_at <= opens < closes
    return None if in_order else _Wrong("exam.makeup_opens_at", say("campaign_makeup_order"))


def _fault_of_draw(draw: Draw, campaign: Campaign) -> _Wrong | None:
    if draw.lottery not in LOTTERIES:
        return _Wrong("draw.lottery", say("draw_no_such_lottery", lottery=draw.lottery, lotteries="、".join(LOTTERIES)))
    if fault := _fault_of_issues(draw, campaign.closes_at):
        return fault
    if not draw.prizes or max(Counter(prize.name for prize in draw.prizes).values()) > 1:
        return _Wrong("draw.prizes", say("campaign_prizes"))
    if draw.least_points < 0:
        return _Wrong("draw.least_points", say("campaign_least_points_negative"))
    if draw.least_points > campaign.full_marks:
        return _Wrong("draw.least_points", say("campaign_least_points", full=campaign.full_marks))
    return None


def doubts_of(campaign: Campaign) -> list[str]:
    """What may be right, but wants a look before it stands for good."""
    draw = campaign.draw
    if draw is None:
        return []
    usual = LOTTERIES[draw.lottery].weekdays
    days = ((draw.issue, draw.drawn_on), (draw.later_issue, draw.later_drawn_on))
    return [
        say("campaign_odd_weekday", lottery=draw.lottery, issue=issue, day=clock.dated(day),
            usual="、".join(map(clock.weekday, sorted(usual))))
        for issue, day in days if day.weekday() not in usual
    ]  # fmt: skip


def _fault_of_issues(draw: Draw, closes_at: datetime) -> _Wrong | None:
    """The list is fixed before anybody can know the numbers, the secret revealed before he can know the later ones."""
    issues = (("draw.issue", draw.issue, draw.drawn_on), ("draw.later_issue", draw.later_issue, draw.later_drawn_on))
    for item, issue, day in issues:
        if not _ISSUE.fullmatch(issue) or not str(day.year).endswith(issue[:-3]):
            return _Wrong(item, say("campaign_issue_form", item=label_of(item), issue=issue, year=day.year))
    if len(draw.later_issue) != len(draw.issue) or draw.later_issue <= draw.issue:
        return _Wrong("draw.later_issue", say("campaign_later_issue", item=label_of("draw.later_issue")))
    if draw.drawn_on <= clock.in_beijing(closes_at).date():
        return _Wrong("draw.drawn_on", say("campaign_drawn_early", issue=draw.issue, day=draw.drawn_on))
    if draw.later_drawn_on <= draw.last_day_to_reveal:
        return _Wrong("draw.later_drawn_on", say("campaign_later_early", days=REVEAL_DAYS, day=draw.last_day_to_reveal))
    return None
