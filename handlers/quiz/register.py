"""The campaigns that are held: put on, looked up, and read as they were promised."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content import audit, repository, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import draw, paper
from handlers.quiz.campaign import Campaign, Phase, Verdicts, as_promised, doubts_of, phase_between, read_campaign
from handlers.quiz.models import HeldCampaign, Round, Withdrawal

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
TAKEN = frozenset({"practice"})
"""What stands at a campaign's place in the addresses of pages and is none."""
SECRET = "quiz-draw"  # noqa: S105 - what the key is for


class NotHeld(Exception):
    """The campaign cannot be put on, or there is none of this name; the message says why."""


def put_on(session: Session, name: str, written: str, keyring: Keyring, by: str) -> HeldCampaign:
    """From the words of its file. Its draw is committed to at once. Raises BadCampaign, TooFew, NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    rules = read_campaign(written)
    if fault := fault_of_name(session, name):
        raise NotHeld(fault)
    if rules.closes_at <= clock.now():
        raise NotHeld(say("campaign_is_over"))
    for blueprint in rules.papers:
        paper.draw(repository.questions(session), blueprint, "")
    secret = secrets.token_hex(32)
    held = HeldCampaign(
        id=name, title=rules.title, rules=written, opens_at=rules.opens_at, closes_at=rules.closes_at,
        commitment=draw.commitment_of(secret), secret=keyring.encrypt(SECRET, secret), created_by=by,
        created_at=clock.now(),
    )  # fmt: skip
    session.add(held)
    session.flush()
    early = {"tells_early": [other.id for other in giving_away(session, name, rules)]}
    told = {"title": rules.title, "commitment": held.commitment, **(early if early["tells_early"] else {})}
    audit.record(session, by, "quiz.put_on", f"campaign:{name}", **told)
    return held


def fault_of_name(session: Session, name: str) -> str:
    """Why no campaign can be put on under this name; empty where one can."""
    if not _ID.fullmatch(name) or name in TAKEN:
        return say("campaign_bad_name", name=name)
    return say("campaign_exists", name=name) if session.get(HeldCampaign, name) else ""


def open_quizzes(session: Session) -> list[HeldCampaign]:
    """Those for everybody, the one that closes first before the others."""
    return [held for held in all_open(session) if rules_of(held).exam is None]


def overlapping(session: Session, name: str, rules: Campaign) -> list[HeldCampaign]:
    """Other quizzes for everybody that are open at some moment of this one: citizens will have to choose."""
    if rules.exam:
        return []
    meets = (HeldCampaign.opens_at < rules.closes_at) & (HeldCampaign.closes_at > rules.opens_at)
    others = select(HeldCampaign).where(meets, HeldCampaign.id != name, HeldCampaign.closes_at > clock.now())
    found = session.scalars(others.order_by(HeldCampaign.opens_at, HeldCampaign.id)).all()
    return [held for held in found if rules_of(held).exam is None]


def doubts(session: Session, name: str, rules: Campaign) -> list[str]:
    """What may be right, but wants a look before it stands for good."""
    titles = "、".join(f"“{other.title}”" for other in overlapping(session, name, rules))
    told = [*doubts_of(rules), *_behind(rules), *([say("campaign_overlaps", titles=titles)] if titles else [])]
    return [*told, *(say("campaign_tells_early", title=other.title) for other in giving_away(session, name, rules))]


def _behind(rules: Campaign) -> list[str]:
    """An opening that is over: what is promised before it will be promised behind it."""
    if not rules.opens_at < clock.now() < rules.closes_at:
        return []
    key = "campaign_opens_behind_draw" if rules.draw else "campaign_opens_behind"
    return [say(key, opens=clock.spoken(rules.opens_at))]


def giving_away(session: Session, name: str, rules: Campaign) -> list[HeldCampaign]:
    """Others, also exams, that may ask the same questions at the same time and tell their answers sooner, or later: who
    takes part in both reads in the one what the other still keeps.
    """
    others = [held for held in all_held(session) if held.id != name and ended_at(held) > clock.now()]
    return [
        held
        for held in others
        if held.opens_at < _ends(rules)
        and ended_at(held) > rules.opens_at
        and _keeps(rules_of(held)) != _keeps(rules)
        and any(paper.meet(one, other) for one in rules.paper for other in rules_of(held).paper)
    ]


def _keeps(rules: Campaign) -> int:
    """How long answers are kept: not at all, until a paper is handed in, until nobody can sit it any more."""
    kept = (Verdicts.AT_ONCE, Verdicts.HANDED_IN, Verdicts.CLOSED).index(rules.verdicts)
    return max(kept, 1) if rules.exam else kept


def _ends(rules: Campaign) -> datetime:
    return max(rules.closes_at, rules.exam.makeup_closes_at or rules.closes_at) if rules.exam else rules.closes_at


def all_open(session: Session) -> list[HeldCampaign]:
    """Quizzes and exams, in the order in which they close."""
    now = clock.now()
    is_open = (HeldCampaign.opens_at <= now) & (HeldCampaign.closes_at > now)
    ordered = select(HeldCampaign).where(is_open).order_by(HeldCampaign.closes_at, HeldCampaign.id)
    return list(session.scalars(ordered).all())


def get_held(session: Session, name: str) -> HeldCampaign:
    """Raises NotHeld."""
    held = session.get(HeldCampaign, name)
    if held is None:
        raise NotHeld(say("campaign_no_such", name=name))
    return held


def get_alone(session: Session, name: str) -> HeldCampaign:
    """The same; nobody else changes it before this transaction ends. Raises NotHeld."""
    held = session.get(HeldCampaign, name, with_for_update=True, populate_existing=True)
    return held or get_held(session, name)


def all_held(session: Session) -> list[HeldCampaign]:
    """The latest first."""
    return list(session.scalars(select(HeldCampaign).order_by(HeldCampaign.opens_at.desc(), HeldCampaign.id)).all())


def phase_of(held: HeldCampaign) -> Phase:
    return phase_between(held.opens_at, held.closes_at, clock.now())


def ended_at(held: HeldCampaign) -> datetime:
    """When nobody sits it any more by the rules, make-up included."""
    exam = rules_of(held).exam
    return max(held.closes_at, exam.makeup_closes_at or held.closes_at) if exam else held.closes_at


def open_now(session: Session, name: str, by: str, reason: str = "") -> HeldCampaign:
    """Before its time. Raises NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = get_alone(session, name)
    if phase_of(held) is not Phase.BEFORE:
        raise NotHeld(say("campaign_not_before", title=held.title))
    if session.scalar(select(Withdrawal.id).where(Withdrawal.campaign_id == name, Withdrawal.withdrawn_at.is_(None))):
        raise NotHeld(say("withdraw_first", title=held.title))
    before, held.opens_at = held.opens_at, clock.now()
    session.flush()
    audit.record(session, by, "quiz.open", f"campaign:{name}", before=clock.spoken(before), reason=reason)
    return held


def close_now(session: Session, name: str, by: str, reason: str) -> HeldCampaign:
    """Before its time; papers that are being answered are handed in as they are. Raises NotHeld, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    held = get_alone(session, name)
    if phase_of(held) is not Phase.OPEN:
        raise NotHeld(say("campaign_not_open", title=held.title))
    if not reason:
        raise NotHeld(say("campaign_why_close"))
    before, held.closes_at = held.closes_at, clock.now()
    late = (Round.campaign_id == name) & Round.finished_at.is_(None) & (Round.deadline_at > held.closes_at)
    session.execute(update(Round).where(late).values(deadline_at=held.closes_at))
    session.flush()
    audit.record(session, by, "quiz.close", f"campaign:{name}", before=clock.spoken(before), reason=reason)
    return held


@dataclass(frozen=True, slots=True)
class Early:
    """A campaign that was closed before its time: the close that was promised, and the reason that staff gave."""

    promised: datetime
    why: str


def closed_early(session: Session, held: HeldCampaign) -> Early | None:
    promised = rules_of(held).closes_at
    if phase_of(held) is not Phase.CLOSED or held.closes_at >= promised:
        return None
    closing = next(iter(audit.entries(session, thing=f"campaign:{held.id}", act="quiz.close", limit=1)), None)
    return Early(promised, str(closing.detail.get("reason", "")) if closing else "")


def rules_of(held: HeldCampaign) -> Campaign:
    return read(held.rules)


@lru_cache(maxsize=32)
def read(written: str) -> Campaign:
    """The rules of a campaign that is held."""
    return as_promised(written)
