"""Certificates as people meet them: the owner's own page, and the page that tells everybody whether one is true."""

import re

import pytest
from sqlalchemy import delete

from content.staff import Staff
from content.store import clock
from handlers.quiz import seats, standings
from handlers.quiz.certificates import issuing, signing
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.models import HeldCampaign, MeritCount, Participant, Round, Seat
from tests.bot.pages.old_browser import AS_OLD
from tests.handlers.quiz.examined import AFTER, PEOPLE, asked, campaign, hand_in


@pytest.fixture
def finished(one_bureau):
    """A prize quiz that is over, with one who has finished it; (its id, his seat's token)."""
    with clock.fixed_at(AFTER):
        with one_bureau.database.transaction() as session:
            held = campaign(session, name="certified")
            hand_in(session, held, "who", asked(session), {})
            standings.rebuild(session, held)
            token = seats.bind(session, held.id, "who")
        yield held.id, token
        with one_bureau.database.transaction() as session:
            for table in (Certificate, Seat, MeritCount, Participant, Round, HeldCampaign):
                session.execute(delete(table))
            session.execute(delete(Staff).where(Staff.name.in_(PEOPLE)))


@pytest.fixture
def owner(shared_app, finished):
    client = shared_app.test_client()
    client.set_cookie("quiz_seat", finished[1], path=f"/h/quiz/{finished[0]}/")
    return client


def issued(one_bureau) -> tuple[str, str]:
    """(number, code) of one that was just issued."""
    with one_bureau.database.transaction() as session:
        made = issuing.issue(session, one_bureau.keyring, session.get(HeldCampaign, "certified"), "who")
        return made.serial, signing.code_of(made.text, made.signature)


def test_its_owner_takes_it_by_a_tap_and_sees_it_and_nobody_else_does(owner, shared_app, finished):
    page = owner.get("/h/quiz/certified/certificate")
    assert "领取证书" in page.text and owner.get("/h/quiz/certified/certificate.svg").status_code == 404
    assert owner.post("/h/quiz/certified/certificate", data={}).status_code == 403
    mark = re.search(r'name="mark" value="(\w+)"', page.text)[1]
    assert owner.post("/h/quiz/certified/certificate", data={"mark": mark}).status_code == 303
    assert "certificate.svg" in owner.get("/h/quiz/certified/certificate").text
    picture = owner.get("/h/quiz/certified/certificate.svg")
    assert picture.content_type.startswith("image/svg+xml") and "竞 答 证 书" in picture.text
    stranger = shared_app.test_client()
    assert stranger.get("/h/quiz/certified/certificate").status_code == 404
    assert stranger.get("/h/quiz/certified/certificate.svg").status_code == 404


def test_its_owner_reads_that_it_was_revoked_and_why_and_a_tap_gives_him_no_other(owner, one_bureau, finished):
    mark = re.search(r'name="mark" value="(\w+)"', owner.get("/h/quiz/certified/certificate").text)[1]
    serial, _ = issued(one_bureau)
    with one_bureau.database.transaction() as session:
        issuing.revoke(session, session.get(HeldCampaign, "certified"), serial, "演示<原因>", PEOPLE[0])
    page = owner.get("/h/quiz/certified/certificate").text
    assert "已经作废" in page and "演示&lt;原因&gt;" in page and serial in page and "领取证书" not in page
    tapped = owner.post("/h/quiz/certified/certificate", data={"mark": mark})
    assert tapped.status_code == 409 and "另一位工作人员" in tapped.text and "领取证书" not in tapped.text
    assert owner.get("/h/quiz/certified/certificate.svg").status_code == 404
    with one_bureau.database.transaction() as session:
        held = session.get(HeldCampaign, "certified")
        issuing.issue_anew(session, one_bureau.keyring, held, serial, "演示", PEOPLE[1])
    page = owner.get("/h/quiz/certified/certificate").text
    assert "certificate.svg" in page and "已经作废" not in page


def test_everybody_is_told_whether_it_is_true(shared_app, one_bureau, finished):
    serial, code = issued(one_bureau)
    visitor = shared_app.test_client()
    for address in (f"{serial}?c={code}", serial, f"?number={serial}", f"?number=https://pufa.example/x?c={code}"):
        assert "是真的，现在有效" in visitor.get(f"/h/certificates/{address}").text, address
    other = code[:40] + ("A" if code[40] != "A" else "B") + code[41:]
    assert "不是真的" in visitor.get(f"/h/certificates/{serial}?c={other}").text
    assert visitor.get("/h/certificates/2026-0000-0000-0000").status_code == 404
    for odd in ("%00", "x" * 99):
        assert visitor.get(f"/h/certificates/{odd}").status_code == 404
    with one_bureau.database.transaction() as session:
        issuing.revoke(session, session.get(HeldCampaign, "certified"), serial, "演示原因", PEOPLE[0])
    told = visitor.get(f"/h/certificates/{serial}?c={code}").text
    assert "已经作废" in told and "演示原因" in told and "是真的" not in told.split("<form")[0]


def test_where_a_name_is_masked_the_page_says_so_and_compares_the_one_that_is_typed(shared_app, one_bureau, finished):
    serial, code = issued(one_bureau)
    visitor = shared_app.test_client()
    assert "核对姓名" not in visitor.get(f"/h/certificates/{serial}?c={code}").text  # a prize quiz knows no names
    told = visitor.post(f"/h/certificates/{serial}/name", data={"name": "<b>", "c": code})
    assert told.status_code == 200 and "是真的，现在有效" in told.text
    with one_bureau.database.transaction() as session:
        found = session.get(Certificate, serial)
        masked = signing.Statement(serial, "演示", "演示", "张***", "演示单位", "合格", "2026-12-05")
        found.text, found.signature = masked.text, signing.sign(one_bureau.keyring, masked)
        code = signing.code_of(found.text, found.signature)
    page = visitor.get(f"/h/certificates/{serial}?c={code}").text
    assert "签名也只担保这一个字" in page and "核对姓名" in page
    asked = {"name": "<b>张三", "c": code}
    told = visitor.post(f"/h/certificates/{serial}/name", data=asked).text
    assert "全名核对不了" in told and "<b>" not in told and "是真的，现在有效" in told
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(f"/h/certificates/{serial}/name", data=asked, headers=foreign).status_code == 403


def test_the_code_on_the_picture_leads_to_the_page_that_checks_it(owner, one_bureau, finished):
    serial, code = issued(one_bureau)
    drawn = owner.get("/h/quiz/certified/certificate.svg").text
    assert f"编号 {serial}" in drawn and len(f"https://pufa.example/h/certificates/{serial}?c={code}") < 500


@pytest.fixture
def page(shared_app, browser):
    """The page as this app sends it, at phone width; nothing else is reached."""
    client = shared_app.test_client()

    def send(route):
        with client.get(route.request.url.removeprefix("http://pufa.test")) as answer:
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    page = browser.new_page(viewport={"width": 375, "height": 800})
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.add_init_script(AS_OLD)
    page.route("http://pufa.test/**", send)
    page.goto("http://pufa.test/h/certificates/")
    yield page
    assert page.wrong == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_signature_is_checked_in_the_browser_without_a_network(page, one_bureau, finished):
    """By code that the program which signed does not share, with several texts, and every forgery is found."""
    serial, code = issued(one_bureau)
    page.unroute_all()
    page.context.set_offline(True)

    def told(text: str) -> str:
        page.fill("#pasted", text)
        return page.locator("#verdict").inner_text()

    assert "签名是真的" in told(f"https://pufa.example/h/certificates/{serial}?c={code}") and serial in told(code)
    for number in range(5):
        statement = signing.Statement(serial, "演示", f"演示{number}" * number, "张*", "", "合格", "2026-12-05")
        good = signing.code_of(statement.text, signing.sign(one_bureau.keyring, statement))
        assert f"“{statement.title}”合格" in told(good)
        bad = signing.code_of(statement.text.replace("合格", "优秀"), good.split(".")[1])
        assert "不是真的" in told(bad)
    for odd in ("亲爱的同志们", code[:-9], code.split(".")[0]):
        assert "不是" in told(odd)
