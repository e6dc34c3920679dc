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
    assert "在记录里找得到" in page.text and "演示·起草 保存文章" in page.text


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ("0" * 64, "记录里没有这个校验码"),
        ("abc", "这不是校验码"),
        ("%%%%%%%%", "这不是校验码"),
        ("不是校验码也不短", "这不是校验码"),
        ("<script>", "这不是校验码"),
    ],
)
def test_what_the_log_has_not_and_what_is_no_head_are_told_apart(head, sign_in, paper, told):
    page = sign_in(Role.AUDIT).opens("/audit/", paper=paper)
    assert page.status_code == 200 and told in page.text and "<script>" not in page.text
