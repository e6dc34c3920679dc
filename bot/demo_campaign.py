"""An open campaign for the demonstration: made-up participants under made-up nicknames, two made-up units, papers of
the last days. Everything of it says that it is a demonstration.
"""

import random
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.demo_staff import NAMES
from content import repository
from content.models import Question
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import paper, play, register, standings
from handlers.quiz.boards import units
from handlers.quiz.models import FrozenBoard, GivenAnswer, HeldCampaign, Participant, Round, Unit
from handlers.quiz.paper import EXPECTED

CAMPAIGN = "xianfa-2026-demo"
PEOPLE, BEGUN_DAYS, LASTS_DAYS = 48, 3, 14
UNITS = "演示单位甲\t30\n演示单位乙\t20"
RULES = """
title = "演示：宪法知识竞答"
opens_at = {opens}
closes_at = {closes}
minutes = 20
attempts_a_day = 3
freeze_minutes = 30
who = "演示：谁都可以，不计入任何真实活动"

[[paper]]
subject = "constitution"
kind = "single"
difficulty = 3
count = 4
points = 6

[[paper]]
subject = "constitution"
kind = "judge"
difficulty = 2
count = 3
points = 5

[[paper]]
subject = "constitution"
kind = "multiple"
difficulty = 2
count = 2
points = 10

[[paper]]
subject = "labour"
kind = "single"
difficulty = 2
count = 3
points = 5

[[paper]]
subject = "network"
kind = "single"
count = 2
points = 8

[[paper]]
subject = "network"
kind = "judge"
difficulty = 1
count = 2
points = 5

[draw]
lottery = "双色球"
issue = "DEMO-3"
later_issue = "DEMO-4"
least_points = 60
prizes = [{{ name = "演示一等奖", count = 1 }}, {{ name = "演示二等奖", count = 5 }}]
"""


def seed(database: Database, keyring: Keyring) -> None:
    """Adds what is lacking, and holds the campaign open; safe to repeat. The demonstration's staff must be there."""
    with database.transaction() as session:
        held = session.get(HeldCampaign, CAMPAIGN)
        if held is None:
            _play(session, _put_on(session, keyring))
        elif held.closes_at <= clock.now() + timedelta(days=1):
            held.closes_at = _morning() + timedelta(days=LASTS_DAYS)
            if frozen := session.get(FrozenBoard, held.id):
                session.delete(frozen)


def _put_on(session: Session, keyring: Keyring) -> HeldCampaign:
    opens = _morning() - timedelta(days=BEGUN_DAYS)
    closes = _morning() + timedelta(days=LASTS_DAYS)
    written = RULES.format(opens=opens.isoformat(), closes=closes.isoformat())
    held = register.put_on(session, CAMPAIGN, written, keyring, NAMES[Role.CAMPAIGNS])
    units.enter_all(session, held, UNITS, NAMES[Role.CAMPAIGNS])
    return held


def _play(session: Session, held: HeldCampaign) -> None:
    """Papers in the order in which they were handed in, each entered as it would have been."""
    lots = random.Random(CAMPAIGN)  # noqa: S311 - a demonstration, the same each time
    bank = {question.key: question for question in repository.questions(session)}
    listed = units.listed(session, held)
    since = clock.now() - held.opens_at
    moments = sorted(held.opens_at + since * lots.uniform(0.01, 0.97) for _ in range(PEOPLE))
    for number, moment in enumerate(moments, start=1):
        participant = _join(session, held, number, listed[number % len(listed)] if number % 3 else None)
        played = _answered(session, held, participant, moment, bank, lots)
        standings.enter(session, held, played)


def _join(session: Session, held: HeldCampaign, number: int, unit: Unit | None) -> Participant:
    participant = play.join(session, held, f"demo-{number:04}")
    participant.nickname = f"演示{number:03}" if number % 4 else ""
    participant.unit_id = unit.id if unit else None
    return participant


def _answered(
    session: Session, held: HeldCampaign, participant: Participant, moment: datetime, bank: dict[str, Question],
    lots: random.Random,
) -> Round:  # fmt: skip
    rules, seed = register.rules_of(held), f"{lots.getrandbits(128):032x}"
    items = paper.draw(bank.values(), rules.paper, seed)
    skill, seconds = lots.uniform(-0.15, 0.25), lots.randint(90, 900)
    played = Round(
        id=seed, citizen_id=participant.name, question_keys=[item.key for item in items], campaign_id=held.id,
        points=[item.points for item in items], started_at=moment - timedelta(seconds=seconds), finished_at=moment,
        deadline_at=moment - timedelta(seconds=seconds) + timedelta(minutes=rules.minutes),
    )  # fmt: skip
    for place, item in enumerate(items, start=1):
        question = bank[item.key]
        is_right = lots.random() < EXPECTED[question.difficulty] + skill - random.Random(item.key).uniform(-0.2, 0.25)  # noqa: S311
        letters = question.answer if is_right else ("A" if question.answer != "A" else "B")
        played.given.append(
            GivenAnswer(
                place=place, question_key=item.key, letters=letters, is_right=is_right, at=moment, seq=place,
                half_points=play.half_points_of(played.points, place, question, letters, rules.multiple),
            )
        )  # fmt: skip
    played.half_points = sum(given.half_points for given in played.given)
    session.add(played)
    session.flush()
    return played


def _morning() -> datetime:
    """At eight in Beijing, today."""
    return clock.in_beijing(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
