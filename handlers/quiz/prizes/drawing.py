"""From the list to the winners: two members of staff type in the lottery's numbers; where they agree, the secret is
revealed, everything is computed by draw.py and the record is published.

The secret is revealed nowhere before that. Where it is not by the last day that the rules give, or where the list was
fixed only when the numbers could be known, its published hash takes its place and the later issue counts. Nobody's word
is needed for that, and nobody's word can bring it about.
"""

import gzip
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.db import Database, take_turns
from content.store.keys import Keyring, KeysUnreadable
from handlers.quiz import draw, register
from handlers.quiz.campaign import Draw, known_from
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import entries, line
from handlers.quiz.prizes.entries import NotDrawn
from handlers.quiz.prizes.models import DrawRecord, EntryList, HeldDraw, TypedNumbers

MOST_SOURCE, MOST_WHY = 100, 200


class Stage(StrEnum):
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"
    """The list is not fixed yet."""
    LISTED = "listed"
    """The lottery's numbers are waited for."""
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Look:
    """Where a draw stands; what of it may be public."""

    held: HeldCampaign
    rules: Draw
    stage: Stage
    entry_list: EntryList | None
    decided: HeldDraw | None
    typed: list[TypedNumbers]
    """For the issue that counts; never public before two agree."""

    @property
    def issue(self) -> str:
        """The one that counts."""
        return self.rules.later_issue if self.is_withheld else self.rules.issue

    @property
    def drawn_on(self) -> date:
        """The day of the issue that counts."""
        return self.rules.later_drawn_on if self.is_withheld else self.rules.drawn_on

    @property
    def is_withheld(self) -> bool:
        return bool(self.why_withheld)

    @property
    def why_withheld(self) -> str:
        """Why the later issue counts and the secret is not revealed; empty where it is not so."""
        if self.decided and self.decided.secret:
            return ""
        if self.entry_list and self.entry_list.fixed_at >= known_from(self.rules.drawn_on):
            return say("prizes_list_late", at=clock.spoken(self.entry_list.fixed_at))
        if clock.now() >= self.rules.reveal_until:
            return say("prizes_reveal_over", day=clock.spoken_day(self.rules.last_day_to_reveal))
        return ""

    @property
    def agreed(self) -> list[TypedNumbers]:
        """What two or more have typed alike; empty while nobody agrees, or one pair agrees against another."""
        counted = Counter(one.numbers for one in self.typed)
        alike = [numbers for numbers, times in counted.items() if times > 1]
        return [one for one in self.typed if alike == [one.numbers]]

    @property
    def differs(self) -> bool:
        """Whether two or more have typed, and it is not settled whose numbers are right."""
        return len(self.typed) > 1 and not self.agreed


def look(session: Session, held: HeldCampaign) -> Look:
    """Raises NotDrawn for a campaign without prizes."""
    fixed, decided = session.get(EntryList, held.id), session.get(HeldDraw, held.id)
    stage = Stage(register.phase_of(held).value)
    if fixed:
        stage = Stage.DRAWN if decided and decided.drawn_at else Stage.LISTED
    found = Look(held, entries.get_rules(held), stage, fixed, decided, [])
    return replace(found, typed=_typed(session, held.id, found.issue))


def all_with_prizes(session: Session) -> list[HeldCampaign]:
    """The latest first."""
    return [held for held in register.all_held(session) if register.rules_of(held).draw]


# ── the numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def type_numbers(session: Session, held: HeldCampaign, numbers: str, source: str, by: str) -> Look:
    """What one member of staff has read, and where; typed again it takes the place of his first. Two different people
    must have typed the same. Raises NotAllowed, NotDrawn and draw.BadNumber.
    """
    name = staff.require(session, by, Role.CAMPAIGNS).name
    take_turns(session, f"draw:{held.id}")
    now = _waiting(session, held)
    if clock.now() < known_from(now.drawn_on):
        raise NotDrawn(say("prizes_too_early", issue=now.issue, day=clock.spoken_day(now.drawn_on)))
    read, source = draw.read_numbers(now.rules.lottery, numbers), " ".join(source.split())
    if not source or len(source) > MOST_SOURCE:
        raise NotDrawn(say("prizes_source", most=MOST_SOURCE))
    typed = session.get(TypedNumbers, (held.id, now.issue, name))
    if typed is None:
        typed = TypedNumbers(campaign_id=held.id, issue=now.issue, typed_by=name)
        session.add(typed)
    typed.numbers, typed.source, typed.typed_at = read, source, clock.now()
    session.flush()
    audit.record(session, name, "draw.numbers", f"campaign:{held.id}", issue=now.issue, numbers=read, source=source)
    return look(session, held)


def give_reason(session: Session, held: HeldCampaign, why: str, by: str) -> None:
    """Says in public why the secret was not revealed. Decides nothing: the later issue counts already, by the rules.
    Raises NotAllowed and NotDrawn.
    """
    name = staff.require(session, by, Role.CAMPAIGNS).name
    take_turns(session, f"draw:{held.id}")
    now, why = _waiting(session, held), why.strip()
    if not now.is_withheld:
        raise NotDrawn(say("prizes_not_withheld", day=clock.spoken_day(now.rules.last_day_to_reveal)))
    if not why or len(why) > MOST_WHY:
        raise NotDrawn(say("prizes_why", most=MOST_WHY))
    decided = _decided(session, held.id)
    decided.withheld_at, decided.withheld_by, decided.withheld_why = clock.now(), name, why
    session.flush()
    audit.record(session, name, "draw.withhold", f"campaign:{held.id}", reason=why, later_issue=now.rules.later_issue)


def is_readable(held: HeldCampaign, keyring: Keyring) -> bool:
    """Whether the secret could be revealed. Tells nothing of it."""
    try:
        return bool(_reveal(held, keyring))
    except KeysUnreadable:
        return False


# ── the draw ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def conclude(database: Database, keyring: Keyring, campaign_id: str, by: str) -> draw.Record:
    """Draws with the numbers that two have typed alike, and publishes the record. What takes long is computed outside
    of the transaction. A second time hands back the same record. Raises NotAllowed and NotDrawn.
    """
    with database.reading() as session:
        name = staff.require(session, by, Role.CAMPAIGNS).name
        held = register.get_held(session, campaign_id)
        if published := session.get(DrawRecord, campaign_id):
            return draw.read_record(gzip.decompress(published.body))
        now = _waiting(session, held)
        if not now.agreed:
            raise NotDrawn(say("prizes_differ" if now.differs else "prizes_second_lacking"))
        codes = entries.codes_of(session, campaign_id)
        record, order = _drawn(now, codes, None if now.is_withheld else _reveal_now(now, keyring))
    body = entries.packed(draw.as_json(record))
    with database.transaction() as session:
        take_turns(session, f"draw:{campaign_id}")
        if published := session.get(DrawRecord, campaign_id):
            return draw.read_record(gzip.decompress(published.body))
        again = look(session, session.get_one(HeldCampaign, campaign_id))
        if (again.issue, [one.numbers for one in again.agreed][:1]) != (record.drawn.issue, [record.drawn.numbers]):
            raise NotDrawn(say("prizes_changed_meanwhile"))
        session.add(DrawRecord(campaign_id=campaign_id, body=body))
        _note(session, campaign_id, record, name)
        line.write(session, campaign_id, now.rules, order)
        audit.record(
            session, name, "draw.draw", f"campaign:{campaign_id}", issue=record.drawn.issue,
            numbers=record.drawn.numbers, entries=record.entries_sha256, winners=len(record.winners),
        )  # fmt: skip
    return record


def record_of(session: Session, campaign_id: str) -> bytes | None:
    """The published record, gzip; None before the draw."""
    return session.scalar(select(DrawRecord.body).where(DrawRecord.campaign_id == campaign_id))


def _drawn(now: Look, codes: list[str], secret: str | None) -> tuple[draw.Record, list[str]]:
    """What is published, and the order of the draw as far as it is kept."""
    digest, numbers = draw.entries_digest(codes), now.agreed[0].numbers
    source = "；".join(dict.fromkeys(one.source for one in now.agreed))
    seed = draw.seed_of(secret or now.held.commitment, digest, numbers)
    order = draw.first(codes, seed, line.length(now.rules, len(codes)))
    record = draw.Record(
        format=draw.FORMAT, campaign=now.held.title, prizes=now.rules.prizes, commitment=now.held.commitment,
        lottery=now.rules.lottery, issue=now.rules.issue, later_issue=now.rules.later_issue,
        drawn=draw.Drawn(now.rules.lottery, now.issue, numbers, source), entries=codes, entries_sha256=digest,
        secret=secret, winners=draw.award(order, now.rules.prizes),
    )  # fmt: skip
    return record, order


def _note(session: Session, campaign_id: str, record: draw.Record, by: str) -> None:
    decided = _decided(session, campaign_id)
    decided.drawn_at, decided.drawn_by, decided.secret = clock.now(), by, record.secret
    decided.issue, decided.numbers = record.drawn.issue, record.drawn.numbers
    decided.source = record.drawn.source[:200]
    session.flush()


def _reveal_now(now: Look, keyring: Keyring) -> str:
    """The numbers stay typed in where the key is missing. Raises NotDrawn."""
    try:
        return _reveal(now.held, keyring)
    except KeysUnreadable as error:
        day = clock.spoken_day(now.rules.last_day_to_reveal)
        raise NotDrawn(say("prizes_key_lost", day=day, later=now.rules.later_issue)) from error


def _reveal(held: HeldCampaign, keyring: Keyring) -> str:
    """Raises KeysUnreadable."""
    secret = keyring.decrypt(register.SECRET, held.secret)
    if draw.commitment_of(secret) != held.commitment:
        raise KeysUnreadable(say("prizes_secret_wrong"))
    return secret


def _waiting(session: Session, held: HeldCampaign) -> Look:
    """Raises NotDrawn where the lottery's numbers are not what is waited for."""
    now = look(session, held)
    if now.stage is Stage.DRAWN:
        raise NotDrawn(say("prizes_drawn_already", title=held.title))
    if now.stage is not Stage.LISTED:
        raise NotDrawn(say("prizes_no_list_yet", title=held.title))
    return now


def _decided(session: Session, campaign_id: str) -> HeldDraw:
    found = session.get(HeldDraw, campaign_id)
    if found is None:
        found = HeldDraw(campaign_id=campaign_id)
        session.add(found)
    return found


def _typed(session: Session, campaign_id: str, issue: str) -> list[TypedNumbers]:
    mine = (TypedNumbers.campaign_id == campaign_id) & (TypedNumbers.issue == issue)
    in_turn = select(TypedNumbers).where(mine).order_by(TypedNumbers.typed_at, TypedNumbers.typed_by)
    return list(session.scalars(in_turn).all())
