"""数据保存: the whole table, the erasures by number, what happened to safety."""

from content.staff import Role
from handlers import citizens, forgetting
from handlers.privacy import retention


def test_the_page_lists_every_kind_and_checks_a_receipts_number(console, sign_in):
    parts = console.extensions["console_parts"]
    with parts.database.transaction() as session:
        citizens.follow(session, parts.keyring, "o-demo-console", "")
        person = citizens.find_person(session, parts.keyring, "o-demo-console")
        number = forgetting.erase(session, person, forgetting.WORDS).receipt.number
    desk = sign_in(Role.AUDIT)
    page = desk.opens("/retention/").text
    for kind in retention.kinds():
        assert kind.title in page and kind.until in page and all(basis in page for basis in kind.basis)
    assert number in page and "删除市民的数据" in page and "工作人员登录" in page
    assert person.pseudonym not in page and "o-demo-console" not in page
    found = desk.opens("/retention/", number=f" {number.lower()} ").text
    assert "有这个编号" in found and "关注记录 1 条" in found
    assert "没有这个编号" in desk.opens("/retention/", number="SC20260101-AAAAAA").text
