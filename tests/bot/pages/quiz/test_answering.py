"""Answering on the page: what a tap changes, and when it is too late."""

from datetime import timedelta

import pytest

from content.phrases import say
from content.store import clock
from handlers.quiz import play
from handlers.quiz.models import Participant, Round
from tests.bot.pages.quiz.playing import MINUTES, START, letters_of

# ── taps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_tap_is_in_sql_before_it_is_told_and_the_later_one_stays(held):
    browser = held.playing()

    told = browser.taps(1, "A", 5).json
    assert told["saved"] == [{"place": 1, "letters": "A", "seq": 5, "state": "saved"}]
    assert told["state"] == "open"
    assert told["deadline"] - told["server_now"] == MINUTES * 60_000
    assert held.given(browser) == {1: ("A", 5)}

    assert browser.taps(1, "C", 4).json["saved"] == [{"place": 1, "letters": "A", "seq": 5, "state": "older"}]
    assert browser.taps(1, "A", 5).json["saved"][0] == {"place": 1, "letters": "A", "seq": 5, "state": "older"}
    browser.taps(1, "D", 6)
    assert held.given(browser) == {1: ("D", 6)}
    browser.taps(1, "", 7)
    assert held.given(browser) == {1: ("", 7)}


def test_a_queue_of_taps_is_taken_in_one_go(held):
    browser = held.playing()
    answers = [{"place": place, "letters": "B", "seq": place} for place in range(1, 15)]

    browser.posts("answers", json={"paper": browser.paper, "mark": browser.mark, "answers": answers})

    assert held.given(browser) == {place: ("B", place) for place in range(1, 15)}


WRONG = (
    {"place": 0, "letters": "A", "seq": 1}, {"place": 15, "letters": "A", "seq": 1},
    {"place": -1, "letters": "A", "seq": 1}, {"place": 1, "letters": "AB", "seq": 1},
    {"place": 1, "letters": "H", "seq": 1}, {"place": 1, "letters": "a", "seq": 1},
    {"place": 1, "letters": "A\0", "seq": 1}, {"place": 1, "letters": "A", "seq": 0},
    {"place": 1, "letters": "A", "seq": 2**31}, {"place": 1, "letters": "A", "seq": 10**30},
    {"place": "1", "letters": "A", "seq": 1}, {"place": 1, "letters": ["A"], "seq": 1}, {"letters": "A"},
)  # fmt: skip


def test_what_is_no_answer_is_refused_with_all_that_came_with_it(held):
    browser = held.playing()
    right = {"place": 2, "letters": "A", "seq": 1}

    for wrong in WRONG:
        body = {"paper": browser.paper, "mark": browser.mark, "answers": [right, wrong]}
        refused = browser.posts("answers", json=body)
        assert (refused.status_code, refused.json["told"]) == (400, say("quiz_page_bad_answer")), wrong
    assert held.given(browser) == {}


def test_what_is_too_large_or_no_json_is_refused(held):
    browser = held.playing()

    assert browser.posts("answers", data=b"{" + b" " * 20_000, content_type="application/json").status_code == 413
    assert browser.posts("answers", data=b"{", content_type="application/json").status_code == 400
    assert browser.posts("hand-in", data={"q1": "A" * 20_000}).status_code == 413


def test_a_forged_or_foreign_paper_takes_nothing(held):
    browser, other = held.playing(), held.playing("other")
    before = held.rows()

    for paper in ("", "forged", "0" * 32, "\0", "演示", other.paper):
        assert browser.taps(1, "A", 1, paper=paper).status_code == 404
        assert browser.posts("hand-in", data={"paper": paper, "mark": browser.mark}).status_code == 404
        assert browser.opens(f"result/{paper or 'none'}").status_code in (400, 404)
        assert browser.client.get(f"/h/quiz/{held.id}/clock", query_string={"paper": paper}).status_code == 404
    assert held.rows() == before


def test_what_another_site_sends_in_his_name_is_refused(held):
    browser = held.playing()
    form = {"paper": browser.paper, "mark": browser.mark}
    body = {**form, "answers": [{"place": 1, "letters": "A", "seq": 1}]}
    sealed = held.link("another").split("?t=")[1]

    for headers in (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"},
    ):  # fmt: skip
        assert browser.posts("answers", json=body, headers=headers).status_code == 403, headers
        assert browser.posts("hand-in", data=form, headers=headers).status_code == 403, headers
        assert browser.posts("start", data={"t": sealed}, headers=headers).status_code == 403, headers
    assert held.given(browser) == {}


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {}])
def test_a_browser_that_has_not_seen_our_page_is_not_bound_by_a_strangers_link(held, headers):
    browser, link = held.browser(), held.link("stranger")
    before = held.rows()

    refused = browser.posts("start", data={"t": link.split("?t=")[1]}, headers=headers)

    assert (refused.status_code, say("quiz_page_no_cookies") in refused.text) == (403, True)
    assert held.rows() == before and "quiz_seat" not in str(refused.headers)
    assert browser.begins(link).status_code == 303


def test_a_form_without_the_seats_mark_is_refused(held):
    browser, other = held.playing(), held.playing("other")

    for mark in ("", "forged", "演示", other.mark):
        assert browser.taps(1, "A", 1, mark=mark).status_code == 403
        assert browser.posts("hand-in", data={"paper": browser.paper, "mark": mark}).status_code == 403
        assert browser.posts("start", data={"mark": mark}).status_code == 403
    assert held.given(browser) == {}


def test_without_scripts_each_question_is_saved_by_its_button_and_nothing_else_is_touched(held):
    browser = held.playing()
    browser.taps(2, "C", 9)

    saved = browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q1": "B", "save": "1"})

    assert (saved.status_code, saved.location.endswith("/paper#q1")) == (303, True)
    assert held.given(browser) == {1: ("B", 1), 2: ("C", 9)}
    page = browser.opens("paper").text
    assert (letters_of(page, 1), letters_of(page, 2)) == ("B", "C")
    browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q1": "D", "q2": "C", "save": "1"})
    assert held.given(browser) == {1: ("D", 2), 2: ("C", 9)}


def test_what_was_answered_in_the_chat_stays(held):
    browser = held.playing()
    with held.bureau.database.transaction() as session:
        play.answer(session, session.get_one(Round, browser.paper), "A", "message-1")

    assert browser.taps(1, "B", 99).json["saved"] == [{"place": 1, "letters": "A", "seq": 0, "state": "final"}]
    assert "在聊天里答过了" in browser.opens("paper").text
    browser.hands_in(q1="B")
    assert held.given(browser)[1] == ("A", 0)


# ── the clock and the end ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_answer_a_second_before_the_deadline_counts_and_a_second_after_it_does_not(held):
    browser = held.playing()
    with clock.fixed_at(START + timedelta(minutes=MINUTES, seconds=-1)):
        assert browser.taps(1, "A", 1).json["saved"][0]["state"] == "saved"
    with clock.fixed_at(START + timedelta(minutes=MINUTES, seconds=1)):
        told = browser.taps(2, "A", 2).json
        assert (told["state"], told["saved"][0]["state"]) == ("over", "over")
        form = browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q2": "A", "save": "2"})
        assert say("quiz_page_late") in browser.client.get(form.location).text
        assert browser.opens("paper").location.endswith("/result")
        assert browser.opens(f"clock?paper={browser.paper}").json["state"] == "over"

    assert held.given(browser) == {1: ("A", 1)}


def test_a_paper_that_was_left_lying_counts_with_what_was_saved(held):
    browser = held.playing()
    right = held.asked(browser)[0].answer
    browser.taps(1, right, 1)

    with clock.fixed_at(START + timedelta(hours=1)):
        result = browser.opens("result").text

    assert "<strong>4</strong> 分" in result
    assert "到时间自动交卷" in result


def test_a_hand_in_tapped_twenty_times_counts_once(held):
    browser = held.playing()
    question = held.asked(browser)[0]

    answers = [browser.hands_in(q1=question.answer) for _ in range(20)]

    assert {(answer.status_code, answer.location) for answer in answers} == {
        (303, f"/h/quiz/{held.id}/result/{browser.paper}")
    }
    with held.bureau.database.reading() as session:
        participant = session.get_one(Participant, (held.id, held.participant("somebody")))
        assert (participant.papers, participant.half_points) == (1, 8)
        assert session.get_one(Round, browser.paper).finished_at == START
    assert browser.taps(2, "A", 9).json["state"] == "over"


def test_an_earlier_tap_is_saved_with_the_hand_in(held):
    browser = held.playing()
    browser.taps(1, "A", 3)

    browser.hands_in(q1="B", q2="C")

    assert held.given(browser) == {1: ("B", 4), 2: ("C", 1)}
