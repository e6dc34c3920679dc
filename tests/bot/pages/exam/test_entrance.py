"""The way into an exam: who brings number and code, and nobody else; then what he may do and has reached."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from content.importers import roster as files
from content.phrases import say
from content.store import clock
from handlers.quiz import play
from handlers.quiz.exam import overrides, report, roster
from handlers.quiz.exam.models import OverrideKind
from handlers.quiz.exam.overrides import Wish
from handlers.quiz.models import HeldCampaign, Round
from tests.bot.pages.exam.examining import CHROME, ON_BOTH
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.exams import CLOSES, MAKEUP_OPENS, NOW, PEOPLE, roster_file


@ON_BOTH
def test_opening_the_page_changes_nothing(held):
    before = held.rows()
    for path in ("/h/exam/", f"/h/exam/{held.id}/", held.page, f"{held.page}/enter", f"{held.page}/leave"):
        held.browser().opens(path)
    assert held.rows() == before


def test_the_printed_address_leads_to_the_page(held):
    assert held.browser().opens(f"/h/exam/{held.id}/").location == held.page
    assert f'href="{held.page}"' in held.browser().opens("/h/exam/").text


@pytest.mark.parametrize("path", ["/h/exam/none/", "/h/quiz/none/exam", "/h/quiz/%00/exam", "/h/exam/A'--/"])
def test_what_is_no_exam_is_not_there(held, path):
    assert held.browser().opens(path).status_code == 404


def test_a_prize_quiz_has_no_such_page(hold):
    quiz = hold(WRITTEN, people=())
    assert quiz.browser().opens(quiz.page).status_code == 404


def test_who_comes_in_sees_his_masked_name_unit_and_what_he_may_do(held):
    page = held.entered("A001").opens(held.page).text
    assert "张**" in page and "演示局/办公室" in page and "还可以考 2 次，每次 30 分钟" in page
    assert "12月4日 20:00（周五） 截止" in page and "未参加" in page and "可以补考 1 次" in page
    assert "张三丰" not in page and "A001" not in page
    assert f'action="/h/quiz/{held.id}/start"' in page


def test_the_button_leads_to_his_paper(held):
    browser = held.entered("A001")
    begun = browser.sends(f"/h/quiz/{held.id}/start", mark=browser.mark_on(held.page))
    assert begun.location == f"/h/quiz/{held.id}/paper"
    assert "一份试卷正在答" in browser.opens(held.page).text


def test_a_wrong_code_and_a_number_nobody_has_are_told_the_same(held):
    browser = held.browser()
    browser.opens(held.page)
    told = [browser.sends(f"{held.page}/enter", number=number, code="AAAAA-AAAAA") for number in ("A001", "Z999")]
    texts = [answer.text.replace("Z999", "A001") for answer in told]
    assert texts[0] == texts[1] and say("exam_code_wrong") in texts[0]
    assert [answer.status_code for answer in told] == [403, 403]


def test_after_five_wrong_codes_he_is_told_what_to_look_at_or_whom_to_ask(held):
    browser = held.browser()
    browser.opens(held.page)
    told = [browser.sends(f"{held.page}/enter", number="A001", code="AAAAA-AAAAA") for _ in range(6)]
    assert told[-1].status_code == 429 and say("exam_code_locked") in told[-1].text and "联络员" in told[-1].text


def test_the_number_stands_there_again_and_the_code_does_not(held):
    browser = held.browser()
    browser.opens(held.page)
    page = browser.sends(f"{held.page}/enter", number='A"0', code="AAAAA-BBBBB").text
    assert 'value="A&#34;0"' in page and "BBBBB" not in page


def test_a_browser_without_cookies_keeps_its_code(held):
    code, browser = held.code("A001"), held.browser()
    answer = browser.sends(f"{held.page}/enter", number="A001", code=code)
    assert answer.status_code == 403 and say("exam_no_cookies") in answer.text
    browser.opens(held.page)
    assert browser.sends(f"{held.page}/enter", number="A001", code=code).status_code == 303


def test_a_form_from_another_site_binds_nobody(held):
    code, browser = held.code("A001"), held.browser()
    browser.opens(held.page)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert browser.sends(f"{held.page}/enter", headers, number="A001", code=code).status_code == 403
    assert browser.sends(f"{held.page}/enter", number="A001", code=code).status_code == 303


def test_going_on_with_another_phone_needs_a_new_code_and_ends_the_first(held):
    first = held.entered("A001")
    second = held.entered("A001")
    assert "张**" in second.opens(held.page).text
    page = first.opens(held.page).text
    assert "张**" not in page and "已经在另一部手机" in page and "联络员" in page


@pytest.mark.parametrize("path", ["paper", "history", "result"])
def test_who_has_no_seat_is_led_from_every_page_to_the_way_in(held, path):
    first = held.entered("A001")
    held.entered("A001")
    for browser in (held.browser(), first):
        assert browser.opens(f"/h/quiz/{held.id}/{path}").location == held.page


@ON_BOTH
def test_two_browsers_with_one_code_at_the_same_moment_get_one_seat(held):
    code, browsers = held.code("A001"), [held.browser() for _ in range(4)]
    for browser in browsers:
        browser.opens(held.page)
    start = Barrier(len(browsers))

    def taps(browser) -> int:
        start.wait()
        return browser.sends(f"{held.page}/enter", number="A001", code=code).status_code

    with ThreadPoolExecutor(len(browsers)) as threads:
        told = sorted(threads.map(taps, browsers))
    assert told == [303, 403, 403, 403]
    assert sum("张**" in browser.opens(held.page).text for browser in browsers) == 1


@ON_BOTH
def test_wrong_codes_at_the_same_moment_are_each_counted(held):
    browsers = [held.browser() for _ in range(8)]
    for browser in browsers:
        browser.opens(held.page)

    def taps(browser) -> int:
        return browser.sends(f"{held.page}/enter", number="A001", code="AAAAA-AAAAA").status_code

    with ThreadPoolExecutor(len(browsers)) as threads:
        assert sorted(threads.map(taps, browsers)) == [403] * 5 + [429] * 3


def test_a_code_of_one_exam_is_none_of_another(hold):
    one, other = hold(), hold()
    browser = one.browser()
    browser.opens(other.page)
    assert browser.sends(f"{other.page}/enter", number="A001", code=one.code("A001")).status_code == 403


def test_leaving_ends_the_seat_and_needs_the_pages_own_form(held):
    browser = held.entered("A001")
    mark = browser.mark_on(held.page)
    assert browser.sends(f"{held.page}/leave").status_code == 403
    assert browser.sends(f"{held.page}/leave", mark=mark).status_code == 303
    assert "张**" not in browser.opens(held.page).text


def test_the_result_is_on_the_page_and_who_has_passed_needs_no_make_up(held):
    browser = held.entered("A001")
    bank = held.bureau.questions
    with held.bureau.database.transaction() as session:
        exam = session.get_one(HeldCampaign, held.id)
        played = play.begin_paper(session, exam, held.person("A001").participant, "seed")
        for _ in range(2):
            play.answer(session, played, bank[play.open_question(session, played).key].answer)
    page = browser.opens(held.page).text
    assert "✓ 合格，最好成绩 100 分" in page and "不用补考" in page and "还可以考 1 次" in page
    with clock.fixed_at(MAKEUP_OPENS):
        assert "考试已经结束" in browser.opens(held.page).text


def test_who_did_not_come_is_let_into_the_make_up(held):
    browser = held.entered("A001")
    with clock.fixed_at(CLOSES):
        page = browser.opens(held.page).text
        assert "现在不是您的考试时间，下一次 12月18日 08:00" in page and "/start" not in page
    with clock.fixed_at(MAKEUP_OPENS):
        assert "补考正在进行" in browser.opens(held.page).text


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(OverrideKind.MINUTES, "演示原因", 15), "每次 45 分钟（已批准延长 15 分钟）"),
        (Wish(OverrideKind.ATTEMPT, "演示原因", 1), "还可以考 3 次"),
        (Wish(OverrideKind.EXCUSED, "演示原因"), "已批准您免考"),
        (Wish(OverrideKind.WINDOW, "演示原因", 0, CLOSES + timedelta(days=1), CLOSES + timedelta(days=2)),
         "批准您单独考：12月5日 20:00"),
    ],
)  # fmt: skip
def test_what_was_granted_is_on_the_page_once_it_is_approved(held, wish, told):
    browser = held.entered("A001")
    asked = held.doing(overrides.ask, held.person("A001").participant, wish, "联络员1号")
    assert told not in browser.opens(held.page).text
    with held.bureau.database.transaction() as session:
        overrides.decide(session, session.get_one(HeldCampaign, held.id), asked.id, True, "organiser")
    assert told in browser.opens(held.page).text


def test_who_was_left_out_of_the_roster_is_out_at_once(held):
    browser = held.entered("B001")
    held.doing(roster.take_in, files.read(roster_file(PEOPLE[:4]), "名单.xlsx"), "organiser", drops=1)
    assert "工号" in browser.opens(held.page).text and "开始考试" not in browser.opens(held.page).text


def test_the_page_is_nobodys_to_keep_and_has_nothing_inline(held):
    browser = held.entered("A001")
    for page in (browser.opens(held.page), held.browser().opens(held.page)):
        assert page.headers["Cache-Control"] == "no-store"
        assert " style=" not in page.text and "<script>" not in page.text and "onclick" not in page.text


def test_the_list_names_what_is_held_until_its_make_up_is_over(held):
    for at, is_there in ((NOW, True), (MAKEUP_OPENS, True), (MAKEUP_OPENS + timedelta(days=3), False)):
        with clock.fixed_at(at):
            assert (held.page in held.browser().opens("/h/exam/").text) is is_there


@ON_BOTH
def test_from_the_liaisons_slip_to_the_report(held):
    liaison, unit = held.liaison("演示局/办公室"), f"/h/liaison/units/{held.unit('演示局/办公室')}"
    slips = liaison.sends(f"{unit}/codes", mark=liaison.mark_on(unit), whom="missing", form="print").text
    code, browser, place = re.findall(r'class="secret">([\w-]+)', slips)[0], held.browser(), f"/h/quiz/{held.id}"
    browser.opens(held.page)
    browser.sends(f"{held.page}/enter", number="A001", code=code)
    browser.sends(f"{place}/start", mark=browser.mark_on(held.page))
    page = browser.opens(f"{place}/paper").text
    paper, mark = (re.search(rf'data-{name}="(\w+)"', page)[1] for name in ("paper", "mark"))
    with held.bureau.database.reading() as session:
        keys = session.get_one(Round, paper).question_keys
    answers = [
        {"place": number, "letters": held.bureau.questions[key].answer, "seq": number}
        for number, key in enumerate(keys, start=1)
    ]
    saved = browser.client.post(
        f"{place}/answers", json={"paper": paper, "mark": mark, "answers": answers}, headers=CHROME
    )
    assert saved.status_code == 200, saved.text
    assert browser.sends(f"{place}/hand-in", paper=paper, mark=mark).status_code == 303
    assert "✓ 合格，最好成绩 100 分" in browser.opens(held.page).text
    told = liaison.opens(f"{unit}?all=1").text
    assert "合格 1 人" in told and "未参加 1 人" in told and "合格</span>，100 分" in told
    with held.bureau.database.reading() as session:
        assert report.completion(session, session.get_one(HeldCampaign, held.id))[1] == report.Count(
            due=5, sat=1, passed=1, absent=4
        )
