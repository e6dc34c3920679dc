"""How one comes to a paper on the page: a GET changes nothing, a link lets its owner in and nobody else."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from content.phrases import say
from content.store import clock
from handlers import citizens, conversation
from handlers.quiz import links
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import HeldCampaign, Participant, Round, Seat
from tests.bot.pages.quiz.playing import START, Browser, letters_of
from tests.handlers.quiz.campaigns import WRITTEN

# ── a GET changes nothing ─────────────────────────────────────────────────────────────────────────────────────────────


def test_opening_any_page_changes_nothing(held):
    playing, link = held.playing(), held.link("another").split("?t=")[1]
    before = held.rows()

    for browser in (held.browser(), playing):
        for path in ("", f"?t={link}", "?t=forged", "paper", f"clock?paper={playing.paper}", "history", "result",
                     f"result/{playing.paper}", "start", "answers", "hand-in"):  # fmt: skip
            assert browser.opens(path).status_code < 500, path
        for path in ("/h/quiz/", "/h/quiz/practice/", "/h/quiz/practice/round?on=labour&seed=a&pick=A&go=1"):
            assert browser.client.get(path).status_code == 200

    assert held.rows() == before


def test_the_scanner_that_opens_a_link_first_binds_nobody(held):
    link = held.link("somebody")
    scanner = held.browser()
    for _ in range(3):
        assert "开始答题" in scanner.opens(f"?t={link.split('?t=')[1]}").text

    citizen = held.browser()

    assert citizen.begins(link).status_code == 303
    assert "第 1 题" in citizen.opens("paper").text


def test_the_rules_say_what_is_kept_of_people_in_an_exam_and_where_prizes_are_drawn(hold):
    prizes = hold().browser().opens("").text
    exam = hold(WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\n").browser().opens("").text

    assert "不收姓名、电话和证件号" in prizes and "领奖时当面登记姓名和电话" in prizes
    assert "单位、工号、姓名" in exam and "看不出是谁的代号" not in exam


def test_the_rules_are_told_as_they_were_promised(hold):
    page = hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nmultiple = "half"\nattempts_a_day = 3')).browser()

    text = page.opens("").text

    for promised in (
        "15 分钟",
        "每天 3 次",
        "少选得一半分，选错不得分",
        "满分 100 分",
        "双色球",
        "2026141",
        "2026148",
        "c0ffee",
    ):
        assert promised in text
    assert "开始答题" not in text


# ── who is let in ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_with_the_same_link_is_refused_and_told_what_to_do(held):
    link = held.link("somebody")
    owner, stranger = held.browser(), held.browser()
    owner.begins(link)
    before = held.rows()

    refused = stranger.begins(link)

    assert (refused.status_code, say("quiz_page_link_used") in refused.text) == (403, True)
    assert stranger.opens("paper").status_code == 403
    assert held.rows() == before
    assert owner.opens("paper").status_code == 200


def test_a_tap_that_comes_twice_begins_one_paper_in_one_browser(held):
    browser, sealed = held.browser(), held.link("somebody").split("?t=")[1]
    browser.opens(f"?t={sealed}")
    lost = browser.client.get_cookie("quiz_next", path=f"/h/quiz/{held.id}/")

    first = browser.posts("start", data={"t": sealed})
    browser.client.delete_cookie("quiz_seat", path=f"/h/quiz/{held.id}/")  # its answer never came
    browser.client.set_cookie("quiz_next", lost.value, path=f"/h/quiz/{held.id}/")
    second = browser.posts("start", data={"t": sealed})

    assert (first.status_code, second.status_code) == (303, 303)
    browser.reads_paper()
    with held.bureau.database.reading() as session:
        assert len(session.scalars(select(Round).where(Round.campaign_id == held.id)).all()) == 1
        assert len(session.scalars(select(Seat).where(Seat.campaign_id == held.id)).all()) == 1


def test_of_many_browsers_that_tap_at_the_same_moment_one_is_bound(held):
    sealed = held.link("somebody").split("?t=")[1]
    browsers = [held.browser() for _ in range(6)]
    for browser in browsers:
        browser.opens(f"?t={sealed}")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: browser.posts("start", data={"t": sealed}).status_code, browsers))

    assert sorted(answers) == [303] + [403] * 5
    with held.bureau.database.reading() as session:
        assert len(session.scalars(select(Seat).where(Seat.campaign_id == held.id)).all()) == 1
        assert len(session.scalars(select(Round).where(Round.campaign_id == held.id)).all()) == 1


def test_the_same_browser_may_open_its_link_again(held):
    link, browser = held.link("somebody"), held.browser()

    assert browser.begins(link).status_code == 303
    assert browser.begins(link).status_code == 303
    browser.reads_paper()


def test_a_link_that_is_over_lets_nobody_in(held):
    link = held.link("somebody")
    with clock.fixed_at(START + timedelta(minutes=10)):
        browser = held.browser()
        assert say("quiz_page_bad_link") in browser.opens(f"?t={link.split('?t=')[1]}").text
        refused = browser.begins(link)

    assert (refused.status_code, say("quiz_page_bad_link") in refused.text) == (403, True)


def test_a_link_of_another_campaign_and_a_forged_one_let_nobody_in(held, hold):
    browser = held.browser()

    for sealed in (hold().link("somebody").split("?t=")[1], "forged", "x" * 5000, "演示"):
        assert browser.posts("start", data={"t": sealed}).status_code == 403
    assert browser.posts("start").status_code == 403


def test_a_link_lets_nobody_into_an_exam(hold):
    rules = WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\n"

    refused = hold(rules).browser().begins(hold(rules).link("somebody"))

    assert refused.status_code == 403


def test_another_phone_goes_on_where_the_first_one_was_and_the_first_is_told(held):
    first = held.playing()
    first.taps(1, "B", 1)

    second = held.playing()

    assert second.paper == first.paper
    assert letters_of(second.opens("paper").text, 1) == "B"
    late = first.taps(2, "A", 2)
    assert (late.status_code, late.json["state"], late.json["told"]) == (403, "passed_on", say("quiz_page_passed_on"))
    assert say("quiz_page_passed_on") in first.hands_in().text
    assert say("quiz_page_passed_on") in first.opens("paper").text
    assert held.given(second) == {1: ("B", 1)}


def test_the_cookie_is_for_these_pages_and_no_script_can_read_it(held):
    browser, sealed = held.browser(), held.link("somebody").split("?t=")[1]
    browser.opens(f"?t={sealed}", base_url="https://pufa.example")

    given = browser.posts("start", data={"t": sealed}, base_url="https://pufa.example").headers.getlist("Set-Cookie")

    seat = next(cookie for cookie in given if cookie.startswith("quiz_seat="))
    assert all(part in seat for part in ("HttpOnly", "SameSite=Lax", "Secure", f"Path=/h/quiz/{held.id}/"))


def test_who_has_no_attempt_left_still_sees_what_he_has(held):
    browser = held.playing()
    browser.hands_in()

    again = held.browser()

    assert again.begins(held.link("somebody")).location.endswith("/history")
    assert say("quiz_page_none_left") in again.opens("history").text
    assert f"/result/{browser.paper}" in again.opens("history").text
    with held.bureau.database.reading() as session:
        code = session.get_one(Participant, (held.id, held.participant("somebody"))).code
    assert code in again.opens("history").text


def test_a_paper_that_staff_typed_in_is_told_to_its_owner(held):
    browser = held.playing()
    browser.hands_in()
    assert "工作人员录入" not in browser.opens("history").text
    with held.bureau.database.transaction() as session:
        session.add(
            PaperEntry(round_id=browser.paper, campaign_id=held.id, edition="A", entered_by="s", entered_at=START)
        )  # fmt: skip
    told = browser.opens("history").text
    assert "在纸上答的，由工作人员录入" in told and "请告诉主办单位" in told
    assert "由工作人员录入" in browser.opens(f"result/{browser.paper}").text


def test_nobody_joins_by_a_link_after_the_close(held):
    with clock.fixed_at(START + timedelta(days=3)):
        refused = held.browser().begins(held.link("late"))

    assert (refused.status_code, say("quiz_page_closed") in refused.text) == (409, True)
    with held.bureau.database.reading() as session:
        assert session.get(Participant, (held.id, held.participant("late"))) is None


# ── no such campaign ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_that_does_not_exist_is_not_found(held):
    client = held.app.test_client()

    for name in ("none", "NO", "演示", "a" * 40):
        for path in ("", "paper", "history", "result", "result/x"):
            assert client.get(f"/h/quiz/{name}/{path}").status_code == 404, name
        assert client.post(f"/h/quiz/{name}/start", data={"t": "x"}).status_code == 404, name
        assert client.post(f"/h/quiz/{name}/hand-in", data={"paper": "x"}).status_code == 404, name
        body = {"paper": "x", "mark": "x", "answers": []}
        assert client.post(f"/h/quiz/{name}/answers", json=body).status_code == 403, name
    assert client.get("/h/quiz/%00/").status_code == 404


def test_the_list_leads_to_what_is_open_comes_and_has_been(hold):
    coming, running, over = hold(), hold(), hold()
    with running.bureau.database.transaction() as session:
        session.get_one(HeldCampaign, coming.id).opens_at = START + timedelta(days=1)
        session.get_one(HeldCampaign, over.id).closes_at = START - timedelta(hours=1)

    parts = re.split("正在进行|快要开始|平时练习|已经结束", running.app.test_client().get("/h/quiz/").text)

    where = {held.id: [place for place, part in enumerate(parts) if f'"/h/quiz/{held.id}/"' in part] for held in
             (running, coming, over)}  # fmt: skip
    assert where == {running.id: [1], coming.id: [2], over.id: [4]}


def test_by_the_link_to_the_list_one_browser_comes_into_each_open_campaign_and_no_other_into_any(hold):
    held, other = hold(), hold()
    address = links.list_link(held.bureau.keyring, "", "somebody")
    owner, late = held.app.test_client(), held.app.test_client()
    before = held.rows()
    for _ in range(2):  # looked at by both, begun by none: nothing is bound
        for client in (late, owner):
            ways = dict(re.findall(r'/h/quiz/([^/]+)/\?t=([^"]+)"', client.get(address).text))
            for campaign in (held, other):
                assert "开始答题" in Browser(client, campaign.id).opens(f"?t={ways[campaign.id]}").text
    assert held.rows() == before
    for campaign in (held, other):
        way = f"?t={ways[campaign.id]}"
        assert Browser(owner, campaign.id).begins(way).location.endswith("/paper")
        for one in (held, other):
            before = held.rows()
            refused = Browser(late, one.id).begins(f"?t={ways[one.id]}")
            assert (refused.status_code, say("quiz_page_link_used") in refused.text) == (403, True)
            assert held.rows() == before
        assert Browser(owner, campaign.id).begins(way).status_code == 303  # once more, by whom it was bound
        with campaign.bureau.database.reading() as session:
            assert session.get(Participant, (campaign.id, campaign.participant("somebody")))
    another = links.list_link(held.bureau.keyring, "", "somebody")  # sending the word again lets the other phone in
    ways = dict(re.findall(r'/h/quiz/([^/]+)/\?t=([^"]+)"', late.get(another).text))
    assert Browser(late, held.id).begins(f"?t={ways[held.id]}").location.endswith("/paper")
    assert say("quiz_page_bad_link") in held.app.test_client().get("/h/quiz/?t=forged").text


def test_a_paper_begun_on_the_page_is_seen_by_the_round_that_is_open_in_the_chat(hold):
    held, other = hold(), hold()
    keyring, begun = held.bureau.keyring, held.playing()
    with held.bureau.database.transaction() as session:
        session.get_one(Round, begun.paper).question_keys = sorted(held.bureau.questions)
        citizen_id = citizens.get_or_add_citizen_id(session, keyring, "somebody")
        version = conversation.begin(session, citizen_id, "quiz", {"round": begun.paper}).version
    page = other.playing()
    asked = sorted(question.key for question in other.asked(page))
    with held.bureau.database.transaction() as session:
        talk = conversation.find_open(session, citizen_id)
        assert (talk.answers["kept_back"], talk.version) == (asked, version + 1)
        conversation.remember(session, talk, {"kept_back": []})
    page.opens("")
    page.posts("start", data={"mark": page.mark})  # gone on with by the seat: the browser still says whose it is
    with held.bureau.database.reading() as session:
        assert conversation.find_open(session, citizen_id).answers["kept_back"] == asked
