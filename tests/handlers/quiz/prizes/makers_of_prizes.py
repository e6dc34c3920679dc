"""A campaign that is over, with made-up participants whose papers are simply said to have been handed in."""

from datetime import UTC, datetime, timedelta

from content import staff
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import draw, register, standings
from handlers.quiz.models import HeldCampaign, Participant
from handlers.quiz.prizes import drawing, entries
from tests.handlers.quiz.campaigns import WRITTEN

OPEN = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
OVER = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)  # 20:00 in Beijing: closed from this moment on
DRAWN = datetime(2026, 12, 6, 14, 0, tzinfo=UTC)
SECRET = "5e" * 32
COMMITMENT = draw.commitment_of(SECRET)
LATER = datetime(2026, 12, 22, 14, 0, tzinfo=UTC)
NUMBERS, SOURCE = "3 18 7 22 29 11 + 5", "演示：不是真的开奖公告"
RULES = WRITTEN.replace("count = 10 }]", "count = 2 }]").replace(
    "least_points = 60", "least_points = 60\nclaim_days = 30"
)


def held_in(database: Database, keyring: Keyring, people: int = 20, weak: int = 3, name: str = "demo") -> str:
    """`people` with enough points, `weak` without; two members of staff, one who may not."""
    with database.transaction() as session, clock.fixed_at(OPEN):
        admin = next((member.name for member in staff.active_admins(session)), "")
        for who, role in (("jia", "campaigns"), ("yi", "campaigns"), ("bing", "write")):
            if staff.find_staff(session, who) is None:
                staff.add_staff(session, who, "演示", [role], admin)
        session.add(
            HeldCampaign(
                id=name, title="演示竞答", rules=RULES, opens_at=OPEN - timedelta(days=1), closes_at=OVER,
                commitment=draw.commitment_of(SECRET), secret=keyring.encrypt(register.SECRET, SECRET),
                created_by="jia", created_at=OPEN,
            )
        )  # fmt: skip
        session.flush()
        for number in range(people + weak):
            session.add(participant(name, f"p{number:04}", f"C{number:04}", 60 if number < people else 59))
    return name


def participant(campaign: str, name: str, code: str, points: int) -> Participant:
    return Participant(
        campaign_id=campaign, name=name, code=code, joined_at=OPEN, nickname="", papers=1, round_id="r",
        half_points=2 * points, seconds=100, handed_in_at=OPEN, merit=standings.merit_of(2 * points, 100, OPEN),
    )  # fmt: skip


def drawn(database: Database, keyring: Keyring, name: str = "demo") -> draw.Record:
    """As two members of staff draw it."""
    with database.transaction() as session, clock.fixed_at(OVER):
        held = register.get_held(session, name)
        entries.fix(session, held)
    with database.transaction() as session, clock.fixed_at(DRAWN):
        held = register.get_held(session, name)
        for who in ("jia", "yi"):
            drawing.type_numbers(session, held, NUMBERS, SOURCE, who)
    with clock.fixed_at(DRAWN):
        return drawing.conclude(database, keyring, name, "yi")
