"""A finished campaign with its draw, for the demonstration: 120 made-up participants, numbers that no lottery drew, all
of it said to be so. Drawn by the same functions as a real one, so that it verifies.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.demo import open_campaign
from bot.demo.officials import NAMES, SECOND_CAMPAIGNER
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import draw, register, standings
from handlers.quiz.models import HeldCampaign, Participant
from handlers.quiz.prizes import claims, drawing, entries

CAMPAIGN = "xianfa-2026-demo-drawn"
PEOPLE = 120
LATER = timedelta(days=20)
NUMBERS, SOURCE = "01 02 03 04 05 06+07", "演示号码，不是真的开奖号码"
RULES = """
title = "演示：宪法知识竞答（已抽奖）"
opens_at = {opens}
closes_at = {closes}
minutes = 15

[[paper]]
subject = "constitution"
count = 20
points = 5

[draw]
lottery = "双色球"
issue = "{drawn_on:%Y}901"
drawn_on = {drawn_on}
later_issue = "{later:%Y}902"
later_drawn_on = {later}
least_points = 60
claim_days = 30
prizes = [
  {{ name = "演示一等奖", count = 1 }},
  {{ name = "演示二等奖", count = 3 }},
  {{ name = "演示三等奖", count = 6 }},
]
"""


def seed(database: Database, keyring: Keyring) -> None:
    """Adds what is lacking; safe to repeat. The demonstration's staff must be there."""
    with database.transaction() as session:
        held = session.get(HeldCampaign, CAMPAIGN) or _put_on(session, keyring)
        with clock.fixed_at(held.closes_at + timedelta(minutes=1)):
            entries.fix(session, held)
        if drawing.record_of(session, CAMPAIGN) is None:
            for who in (NAMES[Role.CAMPAIGNS], SECOND_CAMPAIGNER):
                drawing.type_numbers(session, held, NUMBERS, SOURCE, who)
    with database.reading() as session:
        is_drawn = drawing.record_of(session, CAMPAIGN) is not None
    if not is_drawn:
        drawing.conclude(database, keyring, CAMPAIGN, SECOND_CAMPAIGNER)
        _hand_over(database, keyring)


def _put_on(session: Session, keyring: Keyring) -> HeldCampaign:
    now = clock.now()
    drawn_on = open_campaign.draws_from(clock.today() - timedelta(days=7))
    closes = now - (clock.today() - drawn_on) - timedelta(days=1)
    opens = closes - timedelta(days=6)
    secret = draw.commitment_of(f"demonstration:{keyring.derive('demo-draw').hex()}")  # 64 hexadecimal digits
    held = HeldCampaign(
        id=CAMPAIGN, title="演示：宪法知识竞答（已抽奖）", opens_at=opens, closes_at=closes,
        rules=RULES.format(
            opens=opens.isoformat(timespec="seconds"), closes=closes.isoformat(timespec="seconds"), drawn_on=drawn_on,
            later=open_campaign.draws_from(drawn_on + LATER),
        ),
        commitment=draw.commitment_of(secret), secret=keyring.encrypt(register.SECRET, secret),
        created_by=NAMES[Role.CAMPAIGNS], created_at=opens,
    )  # fmt: skip
    session.add(held)
    session.flush()
    session.add_all(_participant(number, opens) for number in range(1, PEOPLE + 1))
    session.flush()
    open_campaign.give_papers(session, held)
    return held


def _participant(number: int, opens: datetime) -> Participant:
    """Points and seconds as they may well come; 14 of them have too few."""
    half_points, seconds = 2 * (100 - 10 * (number * 7 % 10) // 2 * (number % 3)), 60 + number * 37 % 500
    at = opens + timedelta(hours=number)
    return Participant(
        campaign_id=CAMPAIGN, name=f"demo-{number:04}", code=f"DEMO-{number:04}", nickname=f"演示{number:03}", papers=1,
        joined_at=at, round_id=None, half_points=half_points, seconds=seconds, handed_in_at=at,
        merit=standings.merit_of(half_points, seconds, at),
    )  # fmt: skip


def _hand_over(database: Database, keyring: Keyring) -> None:
    """Two prizes have been fetched already, by somebody who wants his name published and somebody who does not."""
    with database.transaction() as session:
        held = register.get_held(session, CAMPAIGN)
        for place, name, may_publish in ((1, "演示人甲", True), (3, "演示人乙", False)):
            code = claims.claim_code_of(keyring, claims.get_winner(session, held, place))
            taker = claims.Taker(code, name, f"0000000{place:04}", is_once=True, may_publish=may_publish)
            claims.hand_over(session, keyring, held, place, taker, NAMES[Role.CAMPAIGNS])
