"""What a page tells, and when: nothing of an open paper, everything once it is over; and practice for anybody."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from content.models import Question
from content.phrases import say
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz.mending.models import Mending
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from tests.bot.pages.quiz.playing import START, Browser, Held
from tests.handlers.quiz.campaigns import WRITTEN

# ── what is kept secret ───────────────────────────────────────────────────────────────────────────────────────────────


def everything(held: Held) -> list[str]:
    """Every response that a participant can get while his paper is open, one paper handed in before it."""
    browser = held.playing()
    sealed = held.link("somebody").split("?t=")[1]
    for place in range(1, 15):
        browser.taps(place, "A", place)
    browser.taps(1, "B", 1)
    browser.taps(1, "H", 20)
    browser.posts("answers", data={"paper": browser.paper, "mark": browser.mark, "q3": "B", "save": "3"})
    for path in ("", f"?t={sealed}", "paper", f"clock?paper={browser.paper}", "history", "result",
                 f"result/{browser.paper}", "board"):  # fmt: skip
        browser.opens(path, follow_redirects=True)
    browser.begins(held.link("somebody"))
    browser.opens("paper")
    return browser.seen


def test_no_response_of_an_open_paper_holds_a_key_or_an_explanation(held):
    seen = everything(held)
    whole = "\n".join(seen)
    with held.bureau.database.reading() as session:
        keys = session.scalars(select(Round.question_keys).where(Round.campaign_id == held.id)).one()

    assert len(seen) > 25
    for question in (held.bureau.questions[key] for key in keys):
        assert question.text in whole  # it is the right paper
        assert question.explanation not in whole
        assert question.key not in whole
        assert not any(citation in whole and citation not in question.text for citation in question.basis)
    for name in ("is_right", "half_points", "explanation", "basis", "solution", "正确答案", "答对"):
        assert name not in whole, name


def test_every_response_of_an_open_paper_is_the_same_whatever_is_right(held):
    """Not one byte of what is sent depends on a key or an explanation."""

    def shown(bureau: Bureau) -> list[str]:
        held.swap(bureau)
        browser = held.browser()
        browser.client.set_cookie("quiz_seat", token, path=f"/h/quiz/{held.id}/")
        browser.paper, browser.mark = playing.paper, playing.mark
        for place in range(1, 15):
            browser.taps(place, "A", place)
        for path in ("", "paper", f"clock?paper={browser.paper}", "history", "result"):
            browser.opens(path, follow_redirects=True)
        return browser.seen

    playing = held.playing()
    token = playing.client.get_cookie("quiz_seat", path=f"/h/quiz/{held.id}/").value
    first = shown(held.bureau)
    other = {key: changed(question) for key, question in held.bureau.questions.items()}
    with held.bureau.database.transaction() as session:
        session.execute(delete(GivenAnswer).where(GivenAnswer.round_id == playing.paper))

    second = shown(replace(held.bureau, questions=other))

    assert first == second
    assert len(first) == 19


def changed(question: Question) -> Question:
    """The same question with another answer and another explanation."""
    names = ("key", "subject", "kind", "text", "options", "difficulty", "scenario", "scenario_text", "retired")
    kept = {name: getattr(question, name) for name in names}
    answer = "A" if question.answer != "A" else "B"
    return Question(**kept, answer=answer, explanation="别的解析", basis=["《宪法》第一条"])


@pytest.mark.parametrize("rule", ["at_once", "handed_in"])
def test_after_the_hand_in_each_question_is_explained_with_its_article(hold, rule):
    held = hold(WRITTEN.replace("minutes = 15", f'minutes = 15\nverdicts = "{rule}"'))
    browser = held.playing()
    first, second = held.asked(browser)[:2]
    browser.hands_in(q1=first.answer, q2="A" if second.answer != "A" else "B")

    text = browser.opens("result").text

    assert "<strong>4</strong> 分" in text
    for question in held.asked(browser):
        assert question.explanation in text
        assert all(citation in text for citation in question.basis)
    assert ("✓ 答对了" in text, "✗ 答错了" in text, "— 没有答" in text) == (True, True, True)


def test_where_the_rule_says_so_nothing_is_explained_before_the_close(hold):
    held = hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"'))
    browser = held.playing()
    question = held.asked(browser)[0]
    browser.hands_in(q1=question.answer)

    before = browser.opens("result").text
    with clock.fixed_at(START + timedelta(days=2)):
        after = browser.opens("result").text

    assert "<strong>4</strong> 分" in before
    assert not any(one.explanation in before for one in held.asked(browser))
    assert not any(sign in before for sign in ("✓", "✗", "正确）", "得 4 分"))
    assert all(one.explanation in after for one in held.asked(browser))


def test_a_question_that_stands_on_the_open_paper_is_not_explained_in_an_earlier_one(hold):
    few = WRITTEN.replace("minutes = 15", "minutes = 15\nattempts_a_day = 2").replace("count = 4", "count = 17")
    held = hold(few.replace("count = 10", "count = 60"))
    first = held.playing()
    first.hands_in()
    earlier = {question.key: question for question in held.asked(first)}

    second = held.playing()

    shared = [question for question in held.asked(second) if question.key in earlier]
    shown = second.opens(f"result/{first.paper}").text
    assert shared
    assert not any(question.explanation in shown for question in shared)
    second.hands_in()
    shown = second.opens(f"result/{first.paper}").text
    assert all(question.explanation in shown for question in earlier.values())


@pytest.mark.parametrize("is_known", [True, False])
def test_a_question_on_his_running_paper_in_another_campaign_is_not_explained(hold, is_known):
    many = WRITTEN.replace("count = 4", "count = 17").replace("count = 10", "count = 60")
    held, other = hold(many), hold(many)
    browser, stranger = held.playing("somebody"), held.playing("a stranger")
    if not is_known:
        browser.client.delete_cookie("quiz_whose", path=f"/h/quiz/{held.id}/")
    browser.hands_in()
    stranger.hands_in()
    beside = other.playing("somebody")
    running = {question.key for question in other.asked(beside)}
    shared = [question for question in held.asked(browser) if question.key in running]
    shown = browser.opens("result").text
    assert shared and not any(question.explanation in shown for question in shared)
    assert any(question.explanation in shown for question in held.asked(browser) if question.key not in running)
    assert all(question.explanation in stranger.opens("result").text for question in held.asked(stranger))
    beside.hands_in()
    assert all(question.explanation in browser.opens("result").text for question in shared)


def mended(held: Held) -> tuple[Browser, str]:
    """A paper on which one question was made void and another got a further right answer."""
    browser = held.playing()
    void, changed = held.asked(browser)[:2]
    browser.hands_in()
    with held.bureau.database.transaction() as session:
        for question, kind, accepted in ((void, "void", ""), (changed, "answer", "A|B")):
            session.add(
                Mending(
                    campaign_id=held.id, question_key=question.key, kind=kind, accepted=accepted,
                    original=question.answer, reason=f"演示原因{kind}", state="done", proposed_by="a",
                    proposed_at=START, decided_by="b", decided_at=START, figures={},
                )
            )  # fmt: skip
    return browser, browser.opens("result").text


def test_whoever_had_a_question_that_was_mended_is_told_why(held):
    _, text = mended(held)

    assert say("quiz_page_mended_void", reason="演示原因void") in text
    assert say("quiz_page_mended_answer", right="A或B", reason="演示原因answer") in text


def test_nothing_of_the_mistake_is_told_any_more(held):
    browser, text = mended(held)
    void, changed, *others = held.asked(browser)

    assert void.explanation not in text and changed.explanation not in text and others[0].explanation in text
    assert "答错了" not in text.split("演示原因void")[1].split("</section>")[0]
    assert "得 0 分" in text.split(void.text)[0].rsplit("<h3>", 1)[1]  # as it was before it was counted anew


def test_where_answers_are_told_later_a_mending_is_told_without_them(hold):
    browser, before = mended(hold(WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')))
    with clock.fixed_at(START + timedelta(days=2)):
        after = browser.opens("result").text

    assert say("quiz_page_mended_void", reason="演示原因void") in before
    assert say("quiz_page_mended_later") in before and "演示原因answer" not in before
    assert say("quiz_page_mended_answer", right="A或B", reason="演示原因answer") in after


def test_behind_the_hand_in_the_pages_tell_his_rank_his_code_and_whether_he_is_in_the_draw(hold):
    held = hold(WRITTEN.replace("minutes = 15", "minutes = 15\nfreeze_minutes = 60\nattempts_a_day = 2"))
    first, second = held.playing("first"), held.playing("second")
    for place, question in enumerate(held.asked(first), start=1):
        first.taps(place, question.answer, place)
    first.hands_in()
    second.hands_in()
    told = first.opens("result").text
    assert "您现在排第 1 名，共 2 人" in told and say("quiz_ended_in_draw", least=60) in told
    assert re.search(r"您的参与码：[0-9A-F]{16}", told) and "今天还可以答 1 次" in told
    assert "排第 2 名" in second.opens("history").text
    assert say("quiz_ended_not_in_draw", least=60) in second.opens("result").text
    board = second.opens("board")
    assert "您现在排第 2 名" in board.text and board.text.count("<small>您</small>") == 1
    assert "private" in board.headers["Cache-Control"]
    assert "您现在排" not in held.app.test_client().get(f"/h/quiz/{held.id}/board").text
    with held.bureau.database.reading() as session:
        closes = session.get_one(HeldCampaign, held.id).closes_at
    with clock.fixed_at(closes - timedelta(minutes=30)):  # the boards stand still
        for page in ("result", "history", "board"):
            assert "排第" not in first.opens(page).text, page


def test_own_pages_are_kept_by_nobody(held):
    browser = held.playing()

    for path in ("", "paper", "history", "result", f"clock?paper={browser.paper}"):
        assert browser.opens(path, follow_redirects=True).headers["Cache-Control"] == "no-store", path


# ── practice ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_anybody_practises_with_a_verdict_after_each_answer_and_nothing_is_kept(held):
    client, before = held.app.test_client(), held.rows()
    address = re.search(r'href="(/h/quiz/practice/round[^"]+)"', client.get("/h/quiz/practice/").text)[1]
    query: list[tuple[str, str]] = [tuple(pair.split("=")) for pair in address.split("?")[1].split("&amp;")]
    text = client.get("/h/quiz/practice/round", query_string=query).text

    for _ in range(5):
        earlier = [("a", said) for said in re.findall(r'name="a" value="([^"]+)"', text)]
        sent = [*query, *earlier, ("q", re.search(r'name="q" value="([^"]+)"', text)[1]), ("pick", "B"), ("go", "1")]
        text = client.get("/h/quiz/practice/round", query_string=sent).text
        assert "正确答案" in text
        assert "依据：" in text

    assert "再来五题" in text
    assert held.rows() == before
    assert not client.get("/h/quiz/practice/").headers.get("Set-Cookie")


def test_todays_questions_are_the_same_for_everybody_and_others_tomorrow(held):
    def asked() -> str:
        page = held.app.test_client().get("/h/quiz/practice/").text
        address = re.search(r'href="([^"]+)">答今天的五题', page)[1].replace("&amp;", "&")
        return re.search(r'class="text">([^<]+)', held.app.test_client().get(address).text)[1]

    today = [asked(), asked()]
    with clock.fixed_at(START + timedelta(days=1)):
        tomorrow = asked()

    assert today[0] == today[1] != tomorrow


def test_practice_that_does_not_exist_leads_back_to_the_choice(held):
    client = held.app.test_client()

    for query in ("", "?on=nothing&seed=a", "?on=labour", "?on=labour&seed=A B", "?on=%00&seed=a", f"?seed={'a' * 99}"):
        missing = client.get(f"/h/quiz/practice/round{query}")
        assert (missing.status_code, "请重新选" in missing.text) == (404, True), query


def test_an_answer_that_was_not_chosen_is_asked_for(held):
    page = held.app.test_client().get("/h/quiz/practice/round?on=labour&seed=a&go=1")

    assert "还没有选" in page.text


def test_what_stands_on_a_running_paper_is_neither_asked_nor_solved_and_others_take_its_place(held):
    browser = held.playing()
    on_paper = {question.key: question for question in held.asked(browser)}
    for number in range(20):
        text = browser.client.get(f"/h/quiz/practice/round?on=labour&seed={number}").text
        assert re.search(r'name="q" value="([^"]+)"', text)[1] not in on_paper and "共 5 题" in text

    for question in on_paper.values():  # asked before the paper began, or typed into the address
        for said in (f"q={question.key}&pick=A", f"a=A.{question.key}"):
            page = browser.client.get(f"/h/quiz/practice/round?on={question.subject}&seed=a&go=1&{said}")
            assert (page.status_code, question.explanation in page.text) == (200, False)
            assert question.text not in page.text


def test_a_paper_that_has_just_begun_is_kept_back_at_once(held):
    stranger = held.app.test_client()
    stranger.get("/h/quiz/practice/")  # what is kept back has been looked up before
    for question in held.asked(held.playing()):
        address = f"/h/quiz/practice/round?on={question.subject}&seed=a&go=1&q={question.key}&pick=A"
        page = stranger.get(address).text
        assert question.explanation not in page and question.text not in page


def test_while_a_campaign_tells_its_answers_later_its_subject_is_not_practised_and_the_others_are(hold):
    closed = WRITTEN.replace("minutes = 15", 'minutes = 15\nverdicts = "closed"')
    client = hold(closed).app.test_client()

    refused = client.get("/h/quiz/practice/round?on=labour&seed=a")
    choice = client.get("/h/quiz/practice/").text

    assert (refused.status_code, "先不能练" in refused.text) == (409, True)
    assert "on=labour" not in choice
    offered = re.findall(r'href="(/h/quiz/practice/round[^"]+)"', choice)
    assert len(offered) > 5
    for address in offered:
        assert "共 5 题" in client.get(address.replace("&amp;", "&")).text, address
