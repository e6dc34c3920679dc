"""Signing in: right, wrong, ended, first password."""

import sqlite3
from datetime import timedelta

import pyotp
import pytest

from bot.demo import officials
from content import sign_in as sign_ins
from content import staff
from content.staff import Role
from content.store import clock
from content.store.clock import fixed_at
from tests.bot.console.conftest import NOW, Desk, csrf, entered

WRITER = officials.NAMES[Role.WRITE]


def test_who_signs_in_comes_back_to_where_he_wanted_to_go_and_nowhere_else(console, stranger, password):
    form = {"name": WRITER, "password": password}
    assert stranger.sends("/sign-in?next=/console/articles/", follow=False, **form).location == "/console/articles/"
    for elsewhere in ("https://a.example/", "//a.example/console/", "/console/\\a.example"):
        answer = stranger.sends(f"/sign-in?next={elsewhere}", follow=False, **form)
        assert answer.location == "/console/"


def test_a_wrong_password_is_one_sentence_that_tells_no_more(stranger, password):
    wrong = stranger.sends("/sign-in", name=WRITER, password="wrong")
    unknown = stranger.sends("/sign-in", name="nobody", password="wrong")
    assert wrong.status_code == unknown.status_code == 403
    sentences = {page.text.split('role="alert">')[1].split("<")[0] for page in (wrong, unknown)}
    assert len(sentences) == 1


def test_whoever_signs_out_is_out_and_his_cookie_opens_nothing(sign_in):
    desk = sign_in(Role.WRITE)
    cookie = desk.client.get_cookie("pufa_console", path="/console")
    desk.sends("/sign-out")
    desk.client.set_cookie("pufa_console", cookie.value, path="/console")
    assert desk.opens("/").status_code == 302


def test_a_session_ends_when_nobody_is_there(sign_in):
    desk = sign_in(Role.WRITE)
    with fixed_at(clock.now() + staff.IDLE_LIMIT * 2):
        assert desk.opens("/").status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(console, database):
    with database.transaction() as session:
        _, first = staff.add_staff(session, "neu", "演示·新人", [Role.WRITE], officials.NAMES[Role.ADMIN])

    client = console.test_client()
    desk = Desk(client, csrf(client.get("/console/sign-in")))
    desk.sends("/sign-in", name="neu", password=first)
    assert desk.opens("/articles/").location.endswith("/console/password")
    desk.token = csrf(desk.opens("/password"))
    page = desk.sends("/password", old=first, new="a-long-new-password", again="a-long-new-password")
    assert "密码已经改好" in page.text and desk.opens("/articles/").status_code == 200


def test_the_second_factor_is_asked_for_once_it_is_set_up(console, sign_in, stranger, password, database):
    desk = sign_in(Role.PUBLISH)
    address = desk.opens("/second-factor").text.split("<code")[1].split(">")[1].split("<")[0].replace("&amp;", "&")
    code = pyotp.parse_uri(address).at(clock.now())
    assert "动态码已启用" in desk.sends("/second-factor", code=code, password=password).text
    name = officials.NAMES[Role.PUBLISH]
    assert stranger.sends("/sign-in", name=name, password=password).status_code == 403
    with database.reading() as session:
        assert staff.get_staff(session, name).totp_encrypted


@pytest.mark.parametrize("words", ["短", "demo-write"])
def test_a_weak_password_is_refused_with_a_reason(sign_in, password, words):
    page = sign_in(Role.WRITE).sends("/password", old=password, new=words, again=words)
    assert "密码已经改好" not in page.text and ("至少" in page.text or "密码" in page.text)
    assert sign_ins.FREE_FAILURES > 0


def test_who_loses_a_role_while_he_works_is_out_with_the_next_page(console, sign_in, database, password):
    admin, desk = officials.NAMES[Role.ADMIN], sign_in(Role.REVIEW2)
    with database.transaction() as session:
        staff.set_roles(session, officials.NAMES[Role.REVIEW2], [Role.AUDIT], admin)
    assert desk.opens("/posts/").status_code == 302
    again = entered(console, officials.NAMES[Role.REVIEW2], password)
    assert again.sends("/posts/1/review", verdict="approve").status_code == 403
    with database.transaction() as session:
        staff.deactivate(session, officials.NAMES[Role.REVIEW2], admin)
    assert again.opens("/posts/").status_code == 302


def test_who_types_wrong_again_and_again_is_locked_out_and_an_administrator_lets_him_in(console, stranger, password):
    answers = [stranger.sends("/sign-in", name=WRITER, password="wrong").text for _ in range(8)]
    assert "锁定" in answers[-1] or "分钟" in answers[-1]
    assert stranger.sends("/sign-in", name=WRITER, password=password).status_code == 403
    admin = entered(console, officials.NAMES[Role.ADMIN], password)
    assert "锁定到" in admin.opens("/staff/").text
    admin.sends(f"/staff/{WRITER}", act="unlock")
    assert entered(console, WRITER, password).opens("/").status_code == 200


def test_a_browser_that_tried_without_end_was_never_slowed_down(console):
    client = console.test_client()
    token = csrf(client.get("/console/sign-in"))
    form = {"csrf_token": token, "name": "nobody", "password": "wrong"}
    codes = [client.post("/console/sign-in", data=form).status_code for _ in range(25)]
    assert codes[0] == 403 and codes[-1] == 429


def test_the_cookie_cannot_be_read_by_pages_and_stays_with_us(make_console, console, password):
    client = make_console(server__public_url="https://pufa.example").test_client()
    cookie = client.get("/console/sign-in", base_url="https://pufa.example").headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/console"))


def test_a_page_is_there_while_somebody_else_writes(writer, settings):
    busy = sqlite3.connect(settings["database.url"].removeprefix("sqlite:///"))
    busy.execute("BEGIN IMMEDIATE")
    try:
        assert all(writer.opens(path).status_code == 200 for path in ("/", "/articles/", "/posts/", "/calendar/"))
    finally:
        busy.close()


def secret_on(page):
    address = page.text.split("<code")[1].split(">")[1].split("<")[0].replace("&amp;", "&")
    return pyotp.TOTP(pyotp.parse_uri(address).secret)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("rule", ["signing", "all"])
def test_who_signs_or_administers_sets_up_his_second_factor_before_anything_else(
    rule, role, make_console, sign_in, password
):
    desk = sign_in(role, make_console(security__second_factor=rule))
    must = rule == "all" or role in staff.SIGNING
    answer = desk.opens("/")
    assert (answer.status_code, answer.location or "") == ((302, "/console/second-factor") if must else (200, ""))
    if not must:
        return
    page = desk.opens("/second-factor")
    assert "请先设好" in page.text and desk.opens("/password").status_code == 200
    assert desk.sends("/posts/1/review", follow=False, verdict="approve").location == "/console/second-factor"
    code = secret_on(page).at(NOW)
    assert "动态码已启用" in desk.sends("/second-factor", code=code, password=password).text
    assert desk.opens("/").status_code == 200


def test_an_open_session_is_not_enough_to_bind_another_phone(sign_in, password):
    desk = sign_in(Role.PUBLISH)
    mine = secret_on(desk.opens("/second-factor"))
    assert "动态码已启用" in desk.sends("/second-factor", code=mine.at(NOW), password=password).text
    later = NOW + timedelta(minutes=2)
    with fixed_at(later):
        thief = secret_on(desk.opens("/second-factor"))
        page = desk.sends("/second-factor", code=thief.at(later), password="guessed")
        assert "现在的密码不对" in page.text and "动态码已启用" not in page.text
        assert "换成这部手机" in desk.opens("/second-factor").text


def test_an_open_session_of_an_administrator_is_not_enough_for_a_new_password(sign_in):
    desk = sign_in(Role.ADMIN)
    page = desk.sends(f"/staff/{officials.NAMES[Role.ADMIN]}", act="reset")
    assert "不能重设自己的密码" in page.text and "初始密码" not in page.text
