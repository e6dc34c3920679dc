"""Exams that are held for the tests of their pages, and browsers in front of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from bot import pages
from content import staff
from content.importers import roster as files
from content.store import clock
from content.store.db import Base
from handlers.desk import Bureau
from handlers.quiz import register
from handlers.quiz.exam import codes, liaison, roster, units
from handlers.quiz.exam.models import Sitter
from handlers.quiz.exam.roster import Person
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round, Unit
from handlers.tries import WrongTries
from tests.handlers.quiz.exams import EXAM, NOW, PEOPLE, roster_file

CHROME = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
_numbers = count(1)
ON_BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


@dataclass
class Browser:
    client: FlaskClient

    def opens(self, path: str) -> TestResponse:
        return self.client.get(path)

    def sends(self, path: str, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
        return self.client.post(path, data=form, headers=CHROME if headers is None else headers)

    def mark_on(self, path: str) -> str:
        found = re.search(r'name="mark" value="(\w+)"', self.opens(path).text)
        assert found, path
        return found[1]


@dataclass
class Held:
    bureau: Bureau
    app: Flask
    id: str

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    @property
    def page(self) -> str:
        return f"/h/quiz/{self.id}/exam"

    def doing(self, act: Callable, *arguments: object, **more: object):
        """An act of staff, kept."""
        with self.bureau.database.transaction() as session:
            held = session.get_one(HeldCampaign, self.id)
            return act(session, self.bureau.keyring, held, *arguments, **more)

    def person(self, number: str) -> Person:
        name = roster.participant_of(self.bureau.keyring, self.id, number)
        with self.bureau.database.reading() as session:
            return roster.person_of(self.bureau.keyring, session.get_one(Sitter, (self.id, name)))

    def code(self, number: str) -> str:
        [handed] = self.doing(codes.issue, [self.person(number)], "organiser", "演示局")
        return handed.code

    def unit(self, path: str) -> int:
        with self.bureau.database.reading() as session:
            held = session.get_one(HeldCampaign, self.id)
            return next(unit.id for unit in units.all_units(session, held) if unit.path == path)

    def entered(self, number: str) -> Browser:
        """Somebody who has come in with his code."""
        browser = self.browser()
        browser.opens(self.page)
        answer = browser.sends(f"{self.page}/enter", number=number, code=self.code(number))
        assert answer.status_code == 303, answer.text
        return browser

    def appointed(self, path: str) -> liaison.Appointed:
        return self.doing(liaison.appoint, self.unit(path), "周九", "organiser")

    def liaison(self, path: str) -> Browser:
        """A unit's liaison who has come in."""
        made, browser = self.appointed(path), self.browser()
        assert browser.sends(f"/h/liaison/enter/{made.link}", pin=made.pin).status_code == 303
        return browser

    def rows(self) -> dict[str, list[str]]:
        """Everything that stands in SQL."""
        with self.bureau.database.reading() as session:
            tables = Base.metadata.sorted_tables
            return {table.name: sorted(str(tuple(row)) for row in session.execute(select(table))) for table in tables}


@contextmanager
def examining(bureau: Bureau, folder: Path) -> Iterator[Callable[..., Held]]:
    """Makes exams with the roster of the demonstration; gone when the test is over."""
    app = Flask("bot")
    app.register_blueprint(pages.make_blueprint(lambda: bureau, folder))
    made: list[str] = []

    def make(written: str = EXAM, people: object = PEOPLE) -> Held:
        name = f"exam-{next(_numbers)}"
        with bureau.database.transaction() as session:
            if staff.find_staff(session, "organiser") is None:
                staff.add_staff(session, "organiser", "演示", ["campaigns"], "")
            held = register.put_on(session, name, written, bureau.keyring, "organiser")
            if people:
                lines = files.read(roster_file(people), "名单.xlsx")
                roster.take_in(session, bureau.keyring, held, lines, "organiser")
        made.append(name)
        return Held(bureau, app, name)

    with clock.fixed_at(NOW):
        yield make
    with bureau.database.transaction() as session:
        session.execute(delete(WrongTries))
        for name in made:
            rounds = select(Round.id).where(Round.campaign_id == name)
            session.execute(delete(GivenAnswer).where(GivenAnswer.round_id.in_(rounds)))
            session.execute(delete(Round).where(Round.campaign_id == name))
            session.execute(delete(Sitter).where(Sitter.campaign_id == name))
            session.execute(delete(HeldCampaign).where(HeldCampaign.id == name))
            assert session.scalar(select(Unit).where(Unit.campaign_id == name)) is None
