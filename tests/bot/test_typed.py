"""The one character that no person types and no text of PostgreSQL holds: it reaches no database out of a page."""

import io
import re
from contextlib import closing

import pytest
from werkzeug.test import EnvironBuilder

from bot.quick import QuickFlask
from bot.typed import TypedRequest
from tests.bot.pages.published import app_over
from tests.bot.pages.test_requests import TYPED


@pytest.fixture
def visitor(bureaus):
    bureau = bureaus("postgresql")
    app = app_over(bureau, bureau.database)
    app.request_class = QuickFlask.request_class
    return app.test_client()


def test_it_is_taken_out_of_what_was_typed_and_nothing_else_is():
    form = {"one": "甲\0乙", "more": ["丙\0", "丁"], "file": (io.BytesIO(b"\0\1"), "a.png")}
    sent = EnvironBuilder(method="POST", query_string={"q": "\0戊"}, data=form)
    with closing(sent), TypedRequest(sent.get_environ()) as asked:
        assert (asked.args["q"], asked.form["one"], asked.form.getlist("more")) == ("戊", "甲乙", ["丙", "丁"])
        assert asked.files["file"].read() == b"\0\1"


@pytest.mark.parametrize("path", ["certificates/a%00b/name", "certificates/a%00b", "articles/a%00b"])
def test_an_address_with_it_leads_nowhere(visitor, path):
    ask = visitor.post if path.endswith("/name") else visitor.get
    assert ask(f"/h/{path}", data={"name": "演示"}).status_code == 404


@pytest.mark.parametrize("field", TYPED)
def test_an_application_with_it_in_a_field_is_read_without_it(visitor, field):
    ticket = re.search(r'name="ticket" value="([^"]+)"', visitor.get("/h/requests/").text)[1]
    form = {**TYPED, field: f"\0{TYPED[field]}\0", "ticket": f"{ticket}\0", "from": "\0", "act": "check\0"}
    came = visitor.post("/h/requests/", data=form)
    assert came.status_code == 200 and "2025年法律援助案件统计表" in came.text and "\0" not in came.text
