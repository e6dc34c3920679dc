"""Campaigns that are held for the tests of their pages, and browsers in front of them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from content.models import Question
from content.store.db import Base
from handlers.desk import Bureau
from handlers.quiz import links
from handlers.quiz.models import GivenAnswer, Round

START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
MINUTES = 15
CHROME = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}


@dataclass
class Browser:
    """A phone's browser in front of one campaign."""

    client: FlaskClient
    campaign: str
    seen: list[str] = field(default_factory=list)

    def opens(self, path: str, **more: object):
        response = self.client.get(f"/h/quiz/{self.campaign}/{path}", **more)
        self.seen.append(response.text)
        return response

    def posts(self, path: str, **more: object):
        response = self.client.post(f"/h/quiz/{self.campaign}/{path}", **{"headers": CHROME, **more})
        self.seen.append(response.text)
        return response

    def begins(self, link: str):
        sealed = link.split("?t=")[1]
        self.opens(f"?t={sealed}")
        return self.posts("start", data={"t": sealed})

    def reads_paper(self) -> None:
        text = self.opens("paper").text
        self.paper = re.search(r'data-paper="(\w+)"', text)[1]
        self.mark = re.search(r'data-mark="(\w+)"', text)[1]

    def taps(self, place: int, letters: str, seq: int, **more: object):
        answers = [{"place": place, "letters": letters, "seq": seq}]
        body = {"paper": self.paper, "mark": self.mark, "answers": answers, **more}
        return self.posts("answers", json=body)

    def hands_in(self, **fields: object):
        return self.posts("hand-in", data={"paper": self.paper, "mark": self.mark, **fields})


@dataclass
class Held:
    bureau: Bureau
    app: Flask
    id: str

    def browser(self) -> Browser:
        return Browser(self.app.test_client(), self.id)

    def participant(self, who: str) -> str:
        return self.bureau.keyring.pseudonym(f"campaign:{self.id}", who)

    def link(self, who: str) -> str:
        return links.page_link(self.bureau.keyring, self.bureau.public_url, self.id, who)

    def playing(self, who: str = "somebody") -> Browser:
        """Somebody who has begun and sees his paper."""
        browser = self.browser()
        assert browser.begins(self.link(who)).status_code == 303
        browser.reads_paper()
        return browser

    def given(self, browser: Browser) -> dict[int, tuple[str, int]]:
        """What stands in SQL: place → letters and number."""
        with self.bureau.database.reading() as session:
            rows = session.scalars(select(GivenAnswer).where(GivenAnswer.round_id == browser.paper)).all()
            return {row.place: (row.letters, row.seq) for row in rows}

    def asked(self, browser: Browser) -> list[Question]:
        with self.bureau.database.reading() as session:
            return [self.bureau.questions[key] for key in session.get_one(Round, browser.paper).question_keys]

    def rows(self) -> dict[str, list[str]]:
        """Everything that stands in SQL."""
        with self.bureau.database.reading() as session:
            tables = Base.metadata.sorted_tables
            return {table.name: sorted(str(tuple(row)) for row in session.execute(select(table))) for table in tables}


def letters_of(text: str, place: int) -> str:
    """What is chosen in a page."""
    return "".join(re.findall(rf'name="q{place}" value="(\w)" checked', text))
