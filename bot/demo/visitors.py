"""What the demonstration's staff find waiting: what a made-up citizen wrote and found wrong, and a week of words
that were not understood. All of it says that it is a demonstration.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import Material, MaterialKind
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers import citizens, misses, turns
from handlers.talk import tickets
from handlers.talk.models import Ticket, TicketKind
from handlers.turns import Miss, Turn

CITIZEN = "oDEMO-people-00000000000000"
MESSAGE = "（演示留言）厂里说干满一年才给交社保，我干了八个月，想问问能不能要求现在就补，要带什么去哪里。"
MISTAKE = "（演示报错）答复里写的材料和窗口说的不一样，请核对。"
WRONG = "legal-aid/materials"
MISSED = (
    *["电动车上牌去哪"] * 5, "电动车怎么上牌", "请问电动车上牌照要什么", "电动车上牌", "暖气不热找谁",
    "家里暖气不热咋整",
    "供暖不热找哪个部门", "退休金什么时候涨", "退休金涨多少", "公交卡丢了咋办",
)  # fmt: skip
UNDERSTOOD = {"matter/wages": 61, "legal-aid/eligibility": 44, "service/notary": 37, "quiz/play": 29}


def seed(database: Database, keyring: Keyring) -> None:
    """Adds what is lacking; safe to repeat."""
    with database.transaction() as session:
        if session.scalar(select(Ticket.id).limit(1)) is None:
            _write(session, keyring)
        monday = misses.monday_of(clock.today()) - misses.WEEK
        begin = datetime.combine(monday, time(10), clock.BEIJING)
        if session.scalar(select(Miss.id).where(Miss.at >= begin - timedelta(hours=10)).limit(1)) is None:
            with clock.fixed_at(begin):
                _ask(session)


def _write(session: Session, keyring: Keyring) -> None:
    citizen_id = citizens.get_or_add_citizen_id(session, keyring, CITIZEN)
    tickets.take_in(session, keyring, citizen_id, MESSAGE, "matter/labour-dispute")
    wrong = select(Material.current_revision_id).where(Material.kind == MaterialKind.ANSWER, Material.slug == WRONG)
    tickets.take_in(session, keyring, citizen_id, MISTAKE, WRONG, TicketKind.MISTAKE, session.scalar(wrong))


def _ask(session: Session) -> None:
    known = [Turn(topic, "demo") for topic, count in UNDERSTOOD.items() for _ in range(count)]
    turns.record(session, [*known, *(Turn(misses.UNKNOWN, f"demo-{n}", text) for n, text in enumerate(MISSED))])
