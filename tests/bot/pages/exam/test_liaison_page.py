"""The liaison's desk: his own units and nobody else's, whatever address he asks for."""

import io

import openpyxl
import pytest
from markupsafe import escape
from sqlalchemy import select

from content import audit
from content.phrases import say
from content.store import clock
from handlers.quiz.exam import liaison, overrides
from handlers.quiz.exam.models import LiaisonSession, Override
from handlers.quiz.models import HeldCampaign
from tests.bot.pages.exam.examining import ON_BOTH
from tests.handlers.quiz.exams import NOW


def unit_page(held, path: str) -> str:
    return f"/h/liaison/units/{held.unit(path)}"


def test_opening_the_link_changes_nothing_and_shows_nobody(held):
    made = held.appointed("演示局")
    before = held.rows()
    page = held.browser().opens(f"/h/liaison/enter/{made.link}")
    assert page.status_code == 200 and "口令" in page.text and "李四" not in page.text and "周九" not in page.text
    assert held.rows() == before


@pytest.mark.parametrize("link", ["x", "x" * 32, "%00", "..%2f", "'--"])
def test_a_link_nobody_was_given_leads_nowhere(held, link):
    answer = held.browser().opens(f"/h/liaison/enter/{link}")
    assert answer.status_code == 404


@ON_BOTH
def test_wrong_pins_are_counted_and_the_right_one_lets_in(held):
    made, browser = held.appointed("演示局"), held.browser()
    wrong = "111111" if made.pin != "111111" else "222222"
    told = [browser.sends(f"/h/liaison/enter/{made.link}", pin=wrong) for _ in range(6)]
    assert [answer.status_code for answer in told] == [403] * 5 + [429]
    assert say("exam_pin_wrong") in told[0].text and say("exam_pin_locked") in told[5].text
    with clock.fixed_at(NOW + liaison.tries.PAUSE):
        assert browser.sends(f"/h/liaison/enter/{made.link}", pin=made.pin).status_code == 303


def test_his_cookie_is_for_his_pages_alone_and_for_some_hours(held):
    made, browser = held.appointed("演示局"), held.browser()
    answer = browser.sends(f"/h/liaison/enter/{made.link}", pin=made.pin)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "Path=/h/liaison/" in cookie and "SameSite=Lax" in cookie
    assert f"Max-Age={8 * 3600}" in cookie and made.pin not in cookie and made.link not in cookie
    with held.bureau.database.reading() as session:
        kept = session.scalars(select(LiaisonSession.digest)).all()
    assert not any(digest in cookie for digest in kept)
    with clock.fixed_at(NOW + liaison.SIGNED_IN_FOR):
        assert browser.opens("/h/liaison/").status_code == 403


def test_he_sees_how_far_his_units_are_and_no_other(held):
    page = held.liaison("演示局").opens("/h/liaison/").text
    assert "演示局" in page and "办公室" in page and "法规科" in page and "演示委" not in page and "周九" in page


def test_with_one_unit_he_is_led_to_it(held):
    browser = held.liaison("演示局/办公室")
    assert browser.opens("/h/liaison/").location == unit_page(held, "演示局/办公室")


def test_who_has_still_to_sit_it_stands_in_the_list_and_in_the_reminder(held):
    page = held.liaison("演示局").opens(unit_page(held, "演示局")).text
    reminder = page.split('aria-label="提醒的文字">')[1].split("</textarea>")[0]
    for name in ("张三丰", "李四", "王五", "赵六"):
        assert name in reminder
    assert f"https://pufa.example/h/exam/{held.id}/" in reminder and "钱七" not in page and "A001" not in reminder


PATHS = (
    ("get", "/h/liaison/units/{unit}"), ("get", "/h/liaison/units/{unit}/table.xlsx"),
    ("post", "/h/liaison/units/{unit}/codes"), ("post", "/h/liaison/people/{person}/code"),
    ("get", "/h/liaison/people/{person}/ask"), ("post", "/h/liaison/people/{person}/ask"),
)  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("whose", ["beside", "above", "another exam", "nobody"])
def test_what_is_not_his_is_not_there(hold, method, path, whose):
    held, other = hold(), hold()
    browser = held.liaison("演示局/办公室")
    mark = browser.mark_on(unit_page(held, "演示局/办公室"))
    unit, person = {
        "beside": (held.unit("演示委"), held.person("B001").participant),
        "above": (held.unit("演示局"), held.person("A004").participant),
        "another exam": (other.unit("演示局/办公室"), other.person("A001").participant),
        "nobody": (2**31 - 1, "f" * 32),
    }[whose]
    address = path.format(unit=unit, person=person)
    before = held.rows()
    form = {"mark": mark, "whom": "all", "kind": "excused", "reason": "演示原因"}
    answer = browser.opens(address) if method == "get" else browser.sends(address, **form)
    assert answer.status_code == 404 and held.rows() == before


@pytest.mark.parametrize(("method", "path"), [*PATHS, ("get", "/h/liaison/"), ("post", "/h/liaison/leave")])
def test_without_having_come_in_every_page_asks_for_the_link(held, method, path):
    address = path.format(unit=held.unit("演示局"), person=held.person("A001").participant)
    before = held.rows()
    answer = held.browser().opens(address) if method == "get" else held.browser().sends(address, whom="all")
    assert answer.status_code in (303, 403) and "李四" not in answer.text and held.rows() == before


@pytest.mark.parametrize(("method", "path"), [(method, path) for method, path in PATHS if method == "post"])
def test_no_form_is_taken_that_is_not_his_pages_own(held, method, path):
    browser = held.liaison("演示局")
    mark = browser.mark_on(unit_page(held, "演示局"))
    address = path.format(unit=held.unit("演示局"), person=held.person("A001").participant)
    before = held.rows()
    form = {"whom": "all", "kind": "excused", "reason": "演示原因"}
    assert browser.sends(address, **form).status_code == 403
    assert browser.sends(address, mark="é" * 32, **form).status_code == 403
    assert browser.sends(address, {"Sec-Fetch-Site": "cross-site"}, mark=mark, **form).status_code == 403
    assert held.rows() == before


@ON_BOTH
def test_he_hands_out_codes_that_let_their_owners_in(held):
    browser, page = held.liaison("演示局/办公室"), unit_page(held, "演示局/办公室")
    slips = browser.sends(f"{page}/codes", mark=browser.mark_on(page), whom="missing", form="print").text
    codes = dict(zip(("A001", "A002"), _secrets(slips), strict=True))
    assert "只显示这一次" in slips and f"https://pufa.example/h/exam/{held.id}/" in slips
    for number, code in codes.items():
        citizen = held.browser()
        citizen.opens(held.page)
        assert citizen.sends(f"{held.page}/enter", number=number, code=code).status_code == 303
    again = browser.sends(f"{page}/codes", mark=browser.mark_on(page), whom="missing", form="print").text
    assert "人人都领过码了" in again and not _secrets(again)
    with held.bureau.database.reading() as session:
        kept = audit.entries(session, act="exam.codes", limit=1)[0]
    assert kept.staff_name.startswith("联络员") and kept.detail["where"] == "演示局/办公室"


def _secrets(page: str) -> list[str]:
    return [part.split("<")[0] for part in page.split('class="secret">')[1:]]


def test_codes_come_as_a_table_too_and_a_single_one_anew(held):
    browser, page = held.liaison("演示局"), unit_page(held, "演示局")
    answer = browser.sends(f"{page}/codes", mark=browser.mark_on(page), whom="all", form="xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[0] == ("单位", "工号", "姓名", "考试码") and len(rows) == 5
    old = next(row[3] for row in rows if row[1] == "A003")
    address = f"/h/liaison/people/{held.person('A003').participant}/code"
    [new] = _secrets(browser.sends(address, mark=browser.mark_on(page)).text)
    citizen = held.browser()
    citizen.opens(held.page)
    assert citizen.sends(f"{held.page}/enter", number="A003", code=old).status_code == 403
    assert citizen.sends(f"{held.page}/enter", number="A003", code=new).status_code == 303


@ON_BOTH
def test_what_he_asks_for_waits_for_staff(held):
    browser, page = held.liaison("演示局"), unit_page(held, "演示局")
    address = f"/h/liaison/people/{held.person('A003').participant}/ask"
    answer = browser.sends(address, mark=browser.mark_on(page), kind="attempt", attempts="1", reason="演示停电")
    assert answer.location == f"{address}?sent=1"
    assert "加考 1 次：等待批准" in browser.opens(answer.location).text
    with held.bureau.database.transaction() as session:
        exam = session.get_one(HeldCampaign, held.id)
        [asked] = overrides.listing(session, exam)
        overrides.decide(session, exam, asked.id, True, "organiser")
    assert "加考 1 次：已批准" in browser.opens(address).text


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"kind": "attempt", "attempts": "1", "reason": ""}, "请写明原因"),
        ({"kind": "attempt", "attempts": "百", "reason": "演示原因"}, "加考次数"),
        ({"kind": "window", "opens": "2026-12-05T08:00", "closes": "x", "reason": "演示原因"}, "开始和结束"),
        ({"kind": "all", "reason": "演示原因"}, "请选一种"),
    ],
)
def test_a_wish_that_is_written_wrongly_says_what_to_change_and_loses_nothing(held, form, told):
    browser, page = held.liaison("演示局"), unit_page(held, "演示局")
    address = f"/h/liaison/people/{held.person('A003').participant}/ask"
    answer = browser.sends(address, mark=browser.mark_on(page), **form)
    assert answer.status_code == 422 and told in answer.text and form["reason"] in answer.text
    with held.bureau.database.reading() as session:
        assert session.scalars(select(Override).where(Override.campaign_id == held.id)).all() == []


@pytest.mark.parametrize("words", ['<script>alert("1")</script>', "'\"><img src=x onerror=a()>", "{{ me }}{% x %}"])
def test_markup_in_a_field_is_shown_and_never_runs(held, words):
    browser, page = held.liaison("演示局"), unit_page(held, "演示局")
    address = f"/h/liaison/people/{held.person('A003').participant}/ask"
    for field in ("reason", "attempts", "minutes", "opens", "closes"):
        text = browser.sends(address, mark=browser.mark_on(page), kind="", **{field: words}).text
        assert str(escape(words)) in text and (words not in text or escape(words) == words), field


def test_markup_in_the_roster_is_shown_and_never_runs(hold):
    held = hold(people=[("演示<b 局", "A1", "<i>甲", ""), ("演示<b 局/'\"<s 科", "A2", "<i>乙", "")])
    browser = held.liaison("演示<b 局")
    page = browser.opens(f"{unit_page(held, '演示<b 局')}?all=1").text + browser.opens("/h/liaison/").text
    assert "&lt;i&gt;甲" in page and "&lt;s 科" in page
    assert not any(tag in page for tag in ("<i>", "<b ", "<s "))


def test_the_units_table_opens_in_excel(held):
    browser = held.liaison("演示局/办公室")
    answer = browser.opens(f"{unit_page(held, '演示局/办公室')}/table.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["A001", "A002"] and rows[1][4] == "未参加"
    assert answer.headers["Cache-Control"] == "no-store"


def test_leaving_ends_it(held):
    browser, page = held.liaison("演示局"), unit_page(held, "演示局")
    browser.sends("/h/liaison/leave", mark=browser.mark_on(page))
    assert browser.opens(page).status_code == 403
