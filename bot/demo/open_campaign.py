"""An open campaign for the demonstration: made-up participants under made-up nicknames, two made-up units, papers of
the last days. Everything of it says that it is a demonstration.
"""

import random
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.officials import NAMES
from content import repository
from content.models import Question
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import paper, play, register, standings
from handlers.quiz.boards import units
from handlers.quiz.draw import LOTTERIES
from handlers.quiz.models import FrozenBoard, GivenAnswer, HeldCampaign, MeritCount, Participant, Round, Unit
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
issue = "{drawn_on:%Y}903"
drawn_on = {drawn_on}
later_issue = "{later:%Y}904"
later_drawn_on = {later}
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
            held.closes_at = morning() + timedelta(days=LASTS_DAYS)
            held.rules = _rules(held.opens_at, held.closes_at)
            if frozen := session.get(FrozenBoard, held.id):
                session.delete(frozen)


def _put_on(session: Session, keyring: Keyring) -> HeldCampaign:
    opens = morning() - timedelta(days=BEGUN_DAYS)
    closes = morning() + timedelta(days=LASTS_DAYS)
    held = register.put_on(session, CAMPAIGN, _rules(opens, closes), keyring, NAMES[Role.CAMPAIGNS])
    units.enter_all(session, held, UNITS, NAMES[Role.CAMPAIGNS])
    return held


def draws_from(day: date) -> date:
    """The first day from this one on which the lottery usually draws."""
    days = (day + timedelta(days=more) for more in range(7))
    return next(one for one in days if one.weekday() in LOTTERIES["双色球"].weekdays)


def _rules(opens: datetime, closes: datetime) -> str:
    drawn_on = draws_from(clock.in_beijing(closes).date() + timedelta(days=1))
    later = draws_from(drawn_on + timedelta(days=20))
    return RULES.format(opens=opens.isoformat(), closes=closes.isoformat(), drawn_on=drawn_on, later=later)


def _play(session: Session, held: HeldCampaign) -> None:
    """Papers in the order in which they were handed in, each entered as it would have been."""
    lots = random.Random(CAMPAIGN)  # noqa: S311 - a demonstration, the same each time
    bank = {question.key: question for question in repository.questions(session)}
    listed = units.listed(session, held)
    since = clock.now() - held.opens_at
    moments = sorted(held.opens_at + since * lots.uniform(0.01, 0.97) for _ in range(PEOPLE))
    for number, moment in enumerate(moments, start=1):
        participant = _join(session, held, number, listed[number % len(listed)] if number % 3 else None)
        played = answered(session, held, participant, moment, bank, lots)
        standings.enter(session, held, played)


def _join(session: Session, held: HeldCampaign, number: int, unit: Unit | None) -> Participant:
    participant = play.join(session, held, f"demo-{number:04}")
    participant.nickname = f"演示{number:03}" if number % 4 else ""
    participant.unit_id = unit.id if unit else None
    return participant


def answered(
    session: Session, held: HeldCampaign, participant: Participant, moment: datetime, bank: dict[str, Question],
    lots: random.Random,
) -> Round:  # fmt: skip
    """Some questions are harder than they look, some people better than others."""
    skill, seconds = lots.uniform(-0.15, 0.25), lots.randint(90, 900)
    played = _drawn(held, participant.name, f"{lots.getrandbits(128):032x}", moment, seconds, bank)
    for place, key in enumerate(played.question_keys, start=1):
        is_right = lots.random() < EXPECTED[bank[key].difficulty] + skill - _hardness(key)
        _answer(held, played, place, bank[key], is_right)
    session.add(played)
    session.flush()
    return played


def give_papers(session: Session, held: HeldCampaign) -> None:
    """To participants whose points are given already and full points of equal questions: papers that bring just those,
    and the counts that ranks are read from. Without papers where the bank is too small.
    """
    everybody = session.scalars(select(Participant).where(Participant.campaign_id == held.id)).all()
    counts = Counter((level, (one.merit or "")[:signs]) for one in everybody for level, signs in ((0, 5), (1, 11)))
    session.add_all(
        MeritCount(campaign_id=held.id, level=level, prefix=prefix, people=people)
        for (level, prefix), people in counts.items()
    )
    bank, lots = {question.key: question for question in repository.questions(session)}, random.Random(held.id)  # noqa: S311
    with suppress(paper.TooFew):
        for one in everybody:
            at, seconds = one.handed_in_at or held.opens_at, one.seconds or 0
            played = _drawn(held, one.name, f"{lots.getrandbits(128):032x}", at, seconds, bank)
            places = sorted(range(len(played.points)), key=lambda place: lots.random() - _ease(bank, played, place))
            right = set(places[: (one.half_points or 0) // 2 // played.points[0]])
            for place, key in enumerate(played.question_keys):
                _answer(held, played, place + 1, bank[key], place in right)
            session.add(played)
            one.round_id = played.id
    session.flush()


def _drawn(
    held: HeldCampaign, name: str, seed: str, finished_at: datetime, seconds: int, bank: dict[str, Question]
) -> Round:
    """A paper without its answers. Raises paper.TooFew."""
    rules, started_at = register.rules_of(held), finished_at - timedelta(seconds=seconds)
    items = paper.draw(bank.values(), rules.paper, seed)
    return Round(
        id=seed, citizen_id=name, question_keys=[item.key for item in items], campaign_id=held.id, half_points=0,
        points=[item.points for item in items], started_at=started_at, finished_at=finished_at,
        deadline_at=started_at + timedelta(minutes=rules.minutes),
    )  # fmt: skip


def _answer(held: HeldCampaign, played: Round, place: int, question: Question, is_right: bool) -> None:
    letters = question.answer if is_right else ("A" if question.answer != "A" else "B")
    multiple = register.rules_of(held).multiple
    brought = play.half_points_of(played.points, place, question, letters, multiple)
    played.half_points += brought
    played.given.append(
        GivenAnswer(
            place=place, question_key=question.key, letters=letters, is_right=is_right, half_points=brought, seq=place,
            at=played.finished_at or played.started_at,
        )
    )  # fmt: skip


def _ease(bank: dict[str, Question], played: Round, place: int) -> float:
    key = played.question_keys[place]
    return EXPECTED[bank[key].difficulty] - _hardness(key)


def _hardness(key: str) -> float:
    return random.Random(key).uniform(-0.2, 0.25)  # noqa: S311


def morning() -> datetime:
    """At eight in Beijing, today."""
    return clock.in_beijing(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
