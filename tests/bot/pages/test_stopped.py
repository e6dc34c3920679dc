"""The emergency stop on the pages that answer."""

from dataclasses import replace

import pytest
from flask import Flask

from bot import pages
from handlers.stopping import Stop, StopMode, Switch

WORDS = "演示：正在核对内容。"
ANSWERING = ("answers/matter/wages", "guided/legal-aid/", "deadlines/?period=award&since=2026-11-20")


@pytest.fixture
def ask(one_bureau, tmp_path):
    """A page of a bureau whose switch is so."""

    def asked(path, mode=None, **form):
        bureau = replace(one_bureau, switch=Switch())
        bureau.switch.held = Stop(mode, WORDS) if mode else None
        app = Flask("bot")
        app.register_blueprint(pages.make_blueprint(lambda: bureau, tmp_path))
        client = app.test_client()
        return client.post(f"/h/{path}", data=form) if form else client.get(f"/h/{path}")

    return asked


@pytest.mark.parametrize("path", ANSWERING)
def test_a_notice_stands_above_every_page_that_answers(ask, path):
    assert WORDS not in ask(path).text
    assert ask(path, StopMode.NOTICE).text.count(WORDS) == 1 and ask(path, StopMode.NOTICE).status_code == 200


@pytest.mark.parametrize("path", ANSWERING)
def test_where_answers_are_stopped_the_page_says_nothing_else(ask, path):
    shown = ask(path, StopMode.REPLACE)
    assert shown.status_code == 503 and WORDS in shown.text and "12348" in shown.text
    assert "劳动争议" not in shown.text and "<form" not in shown.text


def test_a_talk_on_the_page_does_not_move_either(ask):
    assert ask("guided/legal-aid/visitor", StopMode.REPLACE, key="").status_code == 503
    assert ask("guided/legal-aid/visitor", key="1").status_code == 200


@pytest.mark.parametrize("path", ["answers/talk/emergency", "answers/talk/human", "privacy/", "requests/"])
def test_danger_people_ones_own_data_and_applications_can_be_reached(ask, path):
    assert ask(path, StopMode.REPLACE).status_code == 200
