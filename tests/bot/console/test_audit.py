"""The audit log's page: what stands on paper can be held against it."""

import pytest

from content import audit
from content.staff import Role


@pytest.fixture
def head(database, console):
    with database.transaction() as session:
        return audit.record(session, "demo-write", "article.save", "article:x").digest


@pytest.mark.parametrize("length", [8, 16, 64])
def test_a_head_on_paper_is_found_in_the_log(head, sign_in, length):
    page = sign_in(Role.AUDIT).opens("/audit/", paper=f" {head[:length].upper()} ")
    assert "在记录里找得到" in page.text


@pytest.mark.parametrize("paper", ["0" * 64, "abc", "%", "不是校验码", "<script>"])
def test_a_head_that_the_log_has_not_is_told(head, sign_in, paper):
    page = sign_in(Role.AUDIT).opens("/audit/", paper=paper)
    assert page.status_code == 200 and "记录里没有这个校验码" in page.text and "<script>" not in page.text
