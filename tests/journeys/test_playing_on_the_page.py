"""From the chat to the page and to the points, in a phone's browser: the network goes, the page is closed, another
phone goes on, and every answer that was shown as saved stands in SQL once.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from conftest import wait_until
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from content.store import clock
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round
from tests.bot.pages.old_browser import AS_OLD
from tests.handlers.quiz.campaigns import WRITTEN
from tests.journeys.installation import ALONE

pytestmark = pytest.mark.parametrize("standing", [ALONE], indirect=True)
TOTAL = 14
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def held(standing) -> Iterator[HeldCampaign]:
    """A campaign that is open as long as the test runs."""
    now = clock.now()
    made = HeldCampaign(
        id=f"page-{secrets.token_hex(4)}", title="演示竞答", rules=WRITTEN, opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(hours=1), commitment="", secret="", created_by="", created_at=now,
    )  # fmt: skip
    with standing.database.transaction() as session:
        session.add(made)
    yield made
    with standing.database.transaction() as session:
        session.get_one(HeldCampaign, made.id).closes_at = clock.now()


class Hand:
    """A phone's browser. `acknowledged`: what the server said it has, by place, the latest."""

    def __init__(self, browser: Browser, width: int = 375) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 667}, has_touch=True)
        self.context.add_init_script(AS_OLD)
        self.acknowledged: dict[int, tuple[str, int]] = {}
        self.wrong: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", self._heard)
        return self.page

    def _heard(self, response) -> None:
        if response.url.endswith("/answers") and response.ok:
            for sent in response.request.post_data_json["answers"]:
                self.acknowledged[sent["place"]] = (sent["letters"], sent["seq"])

    def begins(self, link: str) -> None:
        self.page.goto(link)
        self.page.get_by_role("button", name="开始答题").tap()
        self.page.wait_for_url("**/paper*")

    def goes_to(self, place: int) -> None:
        self.page.locator(".numbers a").nth(place - 1).tap()
        expect(self.page.locator(f"#q{place}")).to_be_visible()

    def chooses(self, place: int, *letters: str) -> None:
        self.goes_to(place)
        for letter in letters:
            self.page.locator(f'#q{place} input[value="{letter}"] + span').tap()

    def sees(self, text: str) -> None:
        expect(self.page.locator("#kept")).to_contain_text(text)

    def state_of(self, place: int) -> str:
        return self.page.locator(".numbers a").nth(place - 1).inner_text()

    def fits(self) -> bool:
        return bool(self.page.evaluate(FITS))


def given(standing, held: HeldCampaign) -> dict[int, tuple[str, int]]:
    with standing.database.reading() as session:
        rows = session.scalars(select(GivenAnswer).join(Round).where(Round.campaign_id == held.id)).all()
        assert len({row.place for row in rows}) == len(rows)
        return {row.place: (row.letters, row.seq) for row in rows}


def link_in(heard) -> str:
    return next(link.replace("&amp;", "&") for link in heard.links if "/h/quiz/" in link)


def is_kept(acknowledged: dict[int, tuple[str, int]], kept: dict[int, tuple[str, int]]) -> bool:
    """Whatever the page was told is saved stands there, or what was tapped later. A page that is closed or loaded anew
    may not hear of what has just been saved.
    """
    return bool(acknowledged) and all(
        kept[place][1] > seq or kept[place] == (letters, seq) for place, (letters, seq) in acknowledged.items()
    )


def test_out_of_the_chat_through_a_dead_network_and_a_closed_page_to_the_points(standing, held, citizen, browser):
    link = link_in(citizen.says("宪法知识竞答"))
    assert requests.get(link, timeout=5).status_code == 200  # WeChat's scanner
    assert "演示竞答" in citizen.heard[-1].text
    hand = Hand(browser)
    hand.page.clock.install()
    hand.begins(link)
    hand.chooses(1, "A")
    hand.sees("已保存")
    hand.chooses(1, "B")
    hand.page.reload()
    assert "未答" not in hand.state_of(1)  # kept: saved, or still on its way
    assert hand.page.locator('#q1 input[value="B"]').is_checked()

    hand.context.set_offline(True)
    for place in (2, 3, 4):
        hand.chooses(place, "C" if place < 4 else "A")
        hand.page.clock.fast_forward("00:20")
    hand.sees("没有网络，3 题待保存")
    assert "待存" in hand.state_of(3)
    assert set(given(standing, held)) == {1}
    hand.page.close()
    hand.context.set_offline(False)
    hand.new_page().goto(f"{link.split('?')[0]}paper")
    hand.sees("已保存")
    hand.chooses(3, "D")
    hand.sees("已保存")

    hand.context.set_offline(True)
    hand.chooses(5, "A")
    hand.page.get_by_role("button", name="交卷").tap()
    expect(hand.page.locator("#sure")).to_contain_text(f"还有 {TOTAL - 5} 题没答")
    hand.page.get_by_role("button", name="确定交卷").tap()
    expect(hand.page.locator("#sure")).to_contain_text("第 5 题还没有保存")
    hand.context.set_offline(False)
    hand.page.wait_for_url("**/result/*")

    expected = {1: "B", 2: "C", 3: "D", 4: "A", 5: "A"}
    assert {place: letters for place, (letters, _) in given(standing, held).items()} == expected
    assert is_kept(hand.acknowledged, given(standing, held))
    with standing.database.reading() as session:
        participant = session.scalars(select(Participant).where(Participant.campaign_id == held.id)).one()
    shown = hand.page.locator(".points strong").inner_text()
    assert (participant.papers, float(shown)) == (1, participant.half_points / 2)
    assert "正确答案" in hand.page.inner_text("main")
    assert hand.wrong == []


def test_another_phone_goes_on_and_the_first_one_says_what_it_could_not_save(standing, held, citizen, browser):
    first, second = Hand(browser), Hand(browser)
    first.begins(link_in(citizen.says("宪法知识竞答")))
    first.chooses(1, "A")
    first.sees("已保存")
    first.context.set_offline(True)
    first.chooses(2, "B")

    second.begins(link_in(citizen.says("宪法知识竞答")))
    assert second.page.locator('#q1 input[value="A"]').is_checked()
    second.chooses(2, "C")
    second.sees("已保存")
    first.context.set_offline(False)

    expect(first.page.locator("#stopped")).to_contain_text("另一部手机")
    expect(first.page.locator("#stopped")).to_contain_text("这里没存上的：第 2 题")
    assert {place: letters for place, (letters, _) in given(standing, held).items()} == {1: "A", 2: "C"}
    assert first.wrong + second.wrong == []


def test_a_page_left_open_goes_on_after_the_same_browser_was_bound_anew(standing, held, citizen, browser):
    hand = Hand(browser)
    hand.begins(link_in(citizen.says("宪法知识竞答")))
    left_open = hand.page
    hand.new_page()
    hand.begins(link_in(citizen.says("宪法知识竞答")))

    left_open.locator('#q1 input[value="B"] + span').tap()

    wait_until(lambda: given(standing, held).get(1, ("",))[0] == "B")
    expect(left_open.locator("#kept")).to_contain_text("已保存")
    assert left_open.locator('#q1 input[value="B"]').is_checked()
    assert hand.wrong == []


def test_a_second_tab_shows_as_saved_what_the_first_has_saved_and_says_that_it_was_handed_in(
    standing, held, citizen, browser
):
    hand = Hand(browser)
    hand.begins(link_in(citizen.says("宪法知识竞答")))
    first, address = hand.page, hand.page.url
    hand.new_page().goto(address)
    second, hand.page = hand.page, first
    hand.chooses(1, "A")
    hand.sees("已保存")
    hand.page = second
    hand.sees("已保存")
    assert "待存" not in hand.state_of(1) and hand.page.locator('#q1 input[value="A"]').is_checked()
    hand.page = first
    first.get_by_role("button", name="交卷").tap()
    first.get_by_role("button", name="交卷").last.tap()
    first.wait_for_url("**/result/**")
    hand.page = second
    hand.chooses(2, "B")
    second.wait_for_url("**/result/**")
    expect(second.locator(".notice").first).to_contain_text("已经交了")


def test_with_the_keyboard_alone_and_letters_twice_as_large(standing, held, citizen, browser):
    hand = Hand(browser, width=320)
    page = hand.page
    page.goto(link_in(citizen.says("宪法知识竞答")))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert hand.fits()
    page.get_by_role("button", name="开始答题").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/paper*")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert hand.fits()
    page.locator("#q1 input").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    hand.sees("已保存")
    page.keyboard.press("Enter")  # hands nothing in
    for _ in range(10):
        if page.evaluate("document.activeElement.id") == "next":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert re.match("第 2 题", page.evaluate("document.activeElement.innerText"))
    wait_until(lambda: given(standing, held).get(1, ("",))[0] == "B")
    page.locator("#hand-in").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/*")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert hand.fits()
    page.goto(f"{page.url.partition('/result/')[0]}/board")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.get_by_role("table").get_by_role("row").count() == 2 and hand.fits()  # its headings, and his own
    assert hand.wrong == []


def test_the_clock_is_the_servers_and_says_when_little_is_left(standing, held, citizen, browser):
    hand = Hand(browser)
    hand.page.clock.install()
    hand.begins(link_in(citizen.says("宪法知识竞答")))
    expect(hand.page.locator("#left")).to_contain_text(re.compile("还剩 1[45]:"))

    hand.page.clock.fast_forward("10:05")
    expect(hand.page.locator("#alarm")).to_have_text("剩下不到 5 分钟了")
    with standing.database.transaction() as session:
        played = session.scalars(select(Round).where(Round.campaign_id == held.id)).one()
        played.deadline_at = clock.now()
    hand.page.clock.fast_forward("06:00")

    hand.page.wait_for_url("**/result/*")
    expect(hand.page.locator("main")).to_contain_text("到时间自动交卷")


def test_without_scripts_the_paper_is_a_form(standing, held, citizen, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 667})
    page = context.new_page()
    page.goto(link_in(citizen.says("宪法知识竞答")))
    page.get_by_role("button", name="开始答题").click()
    page.check('#q2 input[value="C"]')
    page.get_by_role("button", name="保存第 2 题").click()

    assert given(standing, held) == {2: ("C", 1)}
    assert page.is_checked('#q2 input[value="C"]')
    page.check('#q3 input[value="A"]')
    page.get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result/*")
    assert {place: letters for place, (letters, _) in given(standing, held).items()} == {2: "C", 3: "A"}
