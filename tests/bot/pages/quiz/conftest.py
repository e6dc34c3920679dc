"""A campaign of a test's own on a page, and the time standing still."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import update

from bot import pages
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz.models import HeldCampaign, Round
from tests.bot.pages.quiz.playing import START, Held
from tests.handlers.quiz.campaigns import WRITTEN

_numbers = count(1)


@pytest.fixture
def hold(shared_bureau, tmp_path) -> Iterator:
    """Makes campaigns of a test's own; the time stands still."""
    app = Flask("bot")
    bureau = [shared_bureau]
    app.register_blueprint(pages.make_blueprint(lambda: bureau[0], tmp_path))

    def make(rules: str = WRITTEN) -> Held:
        name = f"page-{next(_numbers)}"
        with shared_bureau.database.transaction() as session:
            session.add(
                HeldCampaign(
                    id=name, title="演示竞答", rules=rules, opens_at=START - timedelta(days=1),
                    closes_at=START + timedelta(days=2), commitment="c0ffee" * 10, secret="", created_by="",
                    created_at=START,
                )
            )  # fmt: skip
        made = Held(shared_bureau, app, name)
        made.swap = lambda other: bureau.__setitem__(0, other)
        return made

    with clock.fixed_at(START):
        yield make
        _is_over(shared_bureau)


def _is_over(bureau: Bureau) -> None:
    """What runs is kept back from practice: none of it runs for the next test."""
    with bureau.database.transaction() as session:
        long_ago = START - timedelta(days=90)
        session.execute(update(Round).values(deadline_at=long_ago))
        session.execute(update(HeldCampaign).values(opens_at=long_ago, closes_at=long_ago))


@pytest.fixture
def held(hold) -> Held:
    return hold()
