"""An exam that is held, with its roster taken in, in a transaction that nobody keeps."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from content import staff
from content.importers import roster as files
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import play, register
from handlers.quiz.exam import roster
from handlers.quiz.exam.models import Sitter
from handlers.quiz.exam.roster import Person, Plan
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from tests.handlers.quiz.exams import EXAM, NOW, roster_file


@dataclass
class Exam:
    session: Session
    keyring: Keyring
    held: HeldCampaign

    def takes_in(self, rows=None, drops: int = 0, is_part: bool = False, by: str = "organiser") -> Plan:
        lines = files.read(roster_file() if rows is None else roster_file(rows), "名单.xlsx")
        return roster.take_in(self.session, self.keyring, self.held, lines, by, drops=drops, is_part=is_part)

    def person(self, number: str) -> Person:
        name = roster.participant_of(self.keyring, self.held.id, number)
        return roster.person_of(self.keyring, self.session.get_one(Sitter, (self.held.id, name)))

    def writes(self, number: str, points: int, at: datetime, is_handed_in: bool = True) -> Round:
        """A paper of his, put into SQL as it would have been written then."""
        person = self.person(number)
        with clock.fixed_at(at):
            sitter = self.session.get_one(Sitter, (self.held.id, person.participant))
            roster.join(self.session, self.held, sitter)
            played = Round(
                id=secrets.token_hex(16), citizen_id=person.participant, question_keys=["q1", "q2"], started_at=at,
                campaign_id=self.held.id, points=[50, 50], deadline_at=at + timedelta(minutes=30),
            )  # fmt: skip
            for place in (1, 2):
                brought = 2 * min(50, max(0, points - 50 * (place - 1)))
                given = GivenAnswer(place=place, question_key=f"q{place}", letters="A", is_right=brought > 0, at=at)
                given.half_points = brought
                played.given.append(given)
            self.session.add(played)
            self.session.flush()
        if is_handed_in:
            with clock.fixed_at(at + timedelta(minutes=5)):
                play.hand_in(self.session, played)
        return played


@pytest.fixture
def make_exam(bureau) -> Iterator[Callable[..., Exam]]:
    with bureau.database.reading() as session, clock.fixed_at(NOW):
        for name in ("organiser", "approver"):
            if staff.find_staff(session, name) is None:
                session.add(staff.Staff(name=name, shown_name="演示", roles=["campaigns"], created_at=NOW))
        session.flush()

        def made(written: str = EXAM) -> Exam:
            name = f"exam-{secrets.token_hex(4)}"
            return Exam(session, bureau.keyring, register.put_on(session, name, written, bureau.keyring, "organiser"))

        yield made


@pytest.fixture
def exam(make_exam) -> Exam:
    made = make_exam()
    made.takes_in()
    return made
