"""The list of who takes part in a draw: fixed once, behind the close, and never changed. Its hash is public from then
on, and whoever knows a code can see whether and where it stands in it.
"""

import gzip
from itertools import pairwise

from sqlalchemy import ColumnElement, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from content import audit
from content.phrases import say
from content.store import clock
from handlers.quiz import draw, play, register, standings
from handlers.quiz.campaign import Draw, Phase
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import HeldCampaign, Participant, Round
from handlers.quiz.prizes.models import Entry, EntryList


class NotDrawn(Exception):
    """This step of the draw cannot be taken now; the message says why."""


def get_rules(held: HeldCampaign) -> Draw:
    """What can be won. Raises NotDrawn for a campaign without prizes."""
    rules = register.rules_of(held).draw
    if rules is None:
        raise NotDrawn(say("prizes_none", title=held.title))
    return rules


def fix(session: Session, held: HeldCampaign, by: str = "") -> EntryList:
    """Everybody whose best paper has enough points, once the campaign is over; papers that staff typed in bring nobody
    into it. A second time changes nothing. The roles of `by` are the caller's matter: empty where the program does it.
    Raises NotDrawn.
    """
    rules = get_rules(held)
    standings.take_turns_of(session, held)
    if fixed := session.get(EntryList, held.id):
        return fixed
    if register.phase_of(held) is not Phase.CLOSED:
        raise NotDrawn(say("prizes_not_over", title=held.title, closes=clock.spoken(held.closes_at)))
    play.settle(session, held)
    _write(session, held, rules.least_points)
    codes = codes_of(session, held.id)
    if any(earlier >= later for earlier, later in pairwise(codes)):
        raise RuntimeError(f"{held.id}: the database sorts codes in another order than the published one")
    made = EntryList(
        campaign_id=held.id, digest=draw.entries_digest(codes), people=len(codes), fixed_at=clock.now(), fixed_by=by,
        body=packed(draw.listed(codes).encode()),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, by, "draw.list", f"campaign:{held.id}", people=made.people, digest=made.digest)
    return made


def find_list(session: Session, campaign_id: str) -> EntryList | None:
    return session.get(EntryList, campaign_id)


def codes_of(session: Session, campaign_id: str) -> list[str]:
    """In the order of the list."""
    listed = select(Entry.code).where(Entry.campaign_id == campaign_id).order_by(Entry.place)
    return list(session.scalars(listed).all())


def find_place(session: Session, campaign_id: str, code: str) -> int | None:
    """Where this code stands in the list, from 1."""
    mine = (Entry.campaign_id == campaign_id) & (Entry.code == code)
    return session.scalar(select(Entry.place).where(mine))


def file_of(session: Session, campaign_id: str) -> bytes | None:
    """The published list, gzip: its SHA-256 is the published hash. None before it is fixed."""
    return session.scalar(select(EntryList.body).where(EntryList.campaign_id == campaign_id))


def _write(session: Session, held: HeldCampaign, least_points: int) -> None:
    """By the database itself: a million rows are sorted and numbered where they lie."""
    code = _sortable(session)
    numbered = select(literal(held.id), func.row_number().over(order_by=code), Participant.code).where(
        Participant.campaign_id == held.id, Participant.merit.is_not(None),
        Participant.half_points >= 2 * least_points, _answered_himself(held, least_points),
    )  # fmt: skip
    session.execute(insert(Entry).from_select(["campaign_id", "place", "code"], numbered))


def _answered_himself(held: HeldCampaign, least_points: int) -> ColumnElement[bool]:
    """His best paper, or another with enough points, was not typed in for him: few are, and only they are looked up."""
    typed_in = select(PaperEntry.round_id).where(PaperEntry.campaign_id == held.id)
    another = exists().where(
        Round.campaign_id == held.id, Round.citizen_id == Participant.name, Round.finished_at.is_not(None),
        Round.half_points >= 2 * least_points, Round.id.not_in(typed_in),
    )  # fmt: skip
    return or_(Participant.round_id.not_in(typed_in), another)


def _sortable(session: Session) -> ColumnElement[str]:
    """PostgreSQL sorts by its language unless it is told not to."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return Participant.code.collate("C") if is_postgres else Participant.code.collate("BINARY")


def packed(published: bytes) -> bytes:
    """The same bytes whenever it is done. Codes are random: trying harder hardly makes them smaller."""
    return gzip.compress(published, 1, mtime=0)
