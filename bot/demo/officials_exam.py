"""An exam that is held in the demonstration: made-up units and people, some of whom have sat it, and what a liaison has
asked for. Everything of it says that it is a demonstration; codes and liaisons are made at the console.
"""

import random
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.demo import open_campaign
from bot.demo.officials import NAMES, SECOND_CAMPAIGNER
from content import repository
from content.importers import roster as files
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import register, standings
from handlers.quiz.exam import overrides, roster
from handlers.quiz.exam.models import OverrideKind, Sitter
from handlers.quiz.exam.overrides import Wish
from handlers.quiz.models import HeldCampaign

CAMPAIGN = "gongzhi-2026-demo"
UNITS = ("演示市司法局/办公室", "演示市司法局/法治科", "演示市教育局", "演示市教育局/演示学校", "演示区政府")
PEOPLE, SAT, BEGUN_DAYS, LASTS_DAYS = 40, 26, 3, 14
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
RULES = """
title = "演示：公职人员法律知识考试"
opens_at = {opens}
closes_at = {closes}
minutes = 30
verdicts = "closed"
who = "演示名单上的人，凭工号和考试码进入"

[[paper]]
subject = "constitution"
kind = "single"
difficulty = 2
count = 8
points = 8

[[paper]]
subject = "constitution"
kind = "judge"
difficulty = 1
count = 6
points = 6

[exam]
pass_points = 60
attempts = 2
makeup_opens_at = {makeup_opens}
makeup_closes_at = {makeup_closes}
"""


def seed(database: Database, keyring: Keyring) -> None:
    """Adds what is lacking; safe to repeat. The demonstration's staff must be there."""
    with database.transaction() as session:
        held = session.get(HeldCampaign, CAMPAIGN)
        if held is None:
            _put_on(session, keyring)
        elif held.closes_at <= clock.now() + timedelta(days=1):
            held.closes_at = open_campaign.morning() + timedelta(days=LASTS_DAYS)


def _put_on(session: Session, keyring: Keyring) -> None:
    begin, by = open_campaign.morning() - timedelta(days=BEGUN_DAYS), NAMES[Role.CAMPAIGNS]
    closes = open_campaign.morning() + timedelta(days=LASTS_DAYS)
    written = RULES.format(
        opens=begin.isoformat(), closes=closes.isoformat(), makeup_opens=(closes + timedelta(days=14)).isoformat(),
        makeup_closes=(closes + timedelta(days=16)).isoformat(),
    )  # fmt: skip
    held = register.put_on(session, CAMPAIGN, written, keyring, by)
    lines = files.read(files.as_sheet(_row(number) for number in range(PEOPLE)), "演示名单.xlsx")
    roster.take_in(session, keyring, held, lines, by)
    people = roster.people(session, keyring, held)
    _sit(session, held, [person.participant for person in people][:SAT])
    asked = overrides.ask(
        session, keyring, held, people[-1].participant, Wish(OverrideKind.EXCUSED, "演示：长期病假"), by
    )
    overrides.decide(session, held, asked.id, True, SECOND_CAMPAIGNER)
    overrides.ask(session, keyring, held, people[0].participant, Wish(OverrideKind.ATTEMPT, "演示：停电", 1), by)


def _row(number: int) -> tuple[str, str, str, str]:
    name = f"演示{_STEMS[number % len(_STEMS)]}{_BRANCHES[number % len(_BRANCHES)]}"
    return UNITS[number % len(UNITS)], f"YS{number + 1:03}", name, "否" if number % 9 else "是"


def _sit(session: Session, held: HeldCampaign, participants: list[str]) -> None:
    lots = random.Random(CAMPAIGN)  # noqa: S311 - a demonstration, the same each time
    bank = {question.key: question for question in repository.questions(session)}
    since = clock.now() - held.opens_at
    moments = sorted(held.opens_at + since * lots.uniform(0.05, 0.97) for _ in participants)
    for participant, moment in zip(participants, moments, strict=True):
        joined = roster.join(session, held, session.get_one(Sitter, (held.id, participant)))
        standings.enter(session, held, open_campaign.answered(session, held, joined, moment, bank, lots))
