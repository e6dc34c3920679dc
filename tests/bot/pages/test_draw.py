"""A prize draw recomputed in the visitor's own browser, by code that the program which drew does not share."""

import shutil

import pytest

from bot.pages.draw import SENTENCES
from content.store import clock
from handlers.quiz import draw
from tests.bot.pages.old_browser import AS_OLD
from tests.bot.pages.published import app_over
from tests.handlers.quiz.drawing import NUMBERS, PRIZES, SECRET, record
from tests.handlers.quiz.prizes import makers_of_prizes as prizes


def opened(app, chromium, path: str):
    """A page as this app sends it, at phone width, with no way to anything else."""
    client = app.test_client()

    def send(route):
        with client.get(route.request.url.removeprefix("http://pufa.test")) as answer:
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.wrong = []
    page.on("console", lambda message: message.type == "error" and page.wrong.append(message.text))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.add_init_script(AS_OLD)
    page.route("http://pufa.test/**", send)
    page.goto(f"http://pufa.test{path}")
    return page


@pytest.fixture(params=["sqlite"])
def database_url(request, sqlite_schema, tmp_path) -> str:
    """Of this test's own: what other tests have held may bear the name of the campaign in the record."""
    return f"sqlite:///{shutil.copy(sqlite_schema, tmp_path / 'pufa.db')}"


@pytest.fixture
def page(one_bureau, database, chromium):
    page = opened(app_over(one_bureau, database), chromium, "/h/draw/")
    yield page
    assert page.wrong == []
    page.close()


def hand_in(page, content: bytes) -> tuple[str, str]:
    """(what the page says, its state) of a file."""
    page.evaluate("document.querySelector('#verdict').textContent = ''")
    page.set_input_files("#record", {"name": "draw.json", "mimeType": "application/json", "buffer": content})
    page.locator("#verdict li").first.wait_for()
    return page.locator("#verdict").inner_text(), page.locator("#verdict").get_attribute("data-state")


def test_a_true_draw_is_called_true_and_whatever_was_changed_is_found(page):
    told, state = hand_in(page, draw.as_json(record()))
    assert "和它自己写的承诺一致" in told and "本号没有公布过这份承诺" in told and state == "unknown"
    for value in draw.promise_of(record()):
        assert value in told
    assert f"双色球第2026141期 {NUMBERS}（演示）" in told
    for changed, sentence in [
        ({"winners": [draw.Winner("DEMO-0000", "一等奖")]}, "中奖名单"),
        ({"secret": "0" * 64}, "秘密数被换过"),
        ({"entries": ["DEMO-0001", "DEMO-0000"]}, "没有按顺序"),
        ({"lottery": "大乐透"}, "应当用大乐透"),
        ({"issue": "2026150"}, "应当用第2026150期"),
    ]:
        told, state = hand_in(page, draw.as_json(record(**changed)))
        assert sentence in told and state == "false"


def test_a_draw_whose_secret_was_withheld_is_recomputed_with_its_hash(page):
    whole = record()
    key = draw.commitment_of(SECRET)
    winners = draw.winners_of(whole.entries, draw.seed_of(key, whole.entries_sha256, NUMBERS), PRIZES)
    withheld = record(secret=None, drawn=draw.Drawn("双色球", "2026148", NUMBERS, "演示"), winners=winners)
    assert "重算一致" in hand_in(page, draw.as_json(withheld))[0]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "pufa-draw/1"}', "亲爱的同志们".encode()])
def test_what_is_no_record_is_one_sentence(page, content):
    assert "不是一份完整的抽奖记录" in hand_in(page, content)[0]


def test_names_in_any_writing_are_hashed_alike(page):
    codes = sorted(["甲-1", "乙-2", "😀-3", *(f"DEMO-{number}" for number in range(120))])
    digest = draw.entries_digest(codes)
    winners = draw.winners_of(codes, draw.seed_of(SECRET, digest, NUMBERS), PRIZES)
    assert "重算一致" in hand_in(page, draw.as_json(record(entries=codes, entries_sha256=digest, winners=winners)))[0]


def test_a_hundred_thousand_entries_are_recomputed_while_one_waits(page):
    codes = [f"C{number:09}" for number in range(100_000)]
    digest = draw.entries_digest(codes)
    winners = draw.winners_of(codes, draw.seed_of(SECRET, digest, NUMBERS), PRIZES)
    assert "重算一致" in hand_in(page, draw.as_json(record(entries=codes, entries_sha256=digest, winners=winners)))[0]


def test_nothing_but_the_page_and_its_files_is_asked_for_and_nothing_runs_over(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#sentences li").count() == len(SENTENCES)


def says_what_else_to_do(page) -> bool:
    """Where the script does not run: a sentence, and no button that would do nothing."""
    page.route("http://pufa.test/static/*.js", lambda route: route.abort())
    page.reload()
    dead = page.locator("#scripted :visible, [hidden]:visible").count()
    return "太旧，或者没有运行脚本" in page.locator("#unscripted").inner_text() and dead == 0


@pytest.mark.parametrize("path", ["/h/draw/", "/h/certificates/"])
def test_a_page_whose_script_does_not_run_says_what_else_to_do(shared_app, chromium, path):
    page = opened(shared_app, chromium, path)
    assert page.locator("#scripted").is_visible() and page.locator("#unscripted").is_hidden()
    assert says_what_else_to_do(page)
    page.close()


def test_a_real_draw_is_recomputed_on_its_own_page(one_bureau, chromium, keyring, database):
    prizes.held_in(database, keyring)
    prizes.drawn(database, keyring)
    with clock.fixed_at(prizes.DRAWN):
        page = opened(app_over(one_bureau, database), chromium, "/h/draw/demo/")
        page.click("#recompute")
        page.locator("#verdict li").first.wait_for()
        told = page.locator("#verdict").inner_text()
        assert "“演示竞答”这份记录和它自己写的承诺一致：20个参与码，3个中奖" in told
        assert told.count("和公布的一样") == 4 and page.locator("#verdict").get_attribute("data-state") == "true"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.goto("http://pufa.test/h/draw/")
        told, state = hand_in(page, draw.as_json(record()))  # true to itself, under the name of this campaign
        assert state == "false" and told.count("和公布的不一样") == 3 and prizes.COMMITMENT in told
        assert page.wrong == []
        page.goto("http://pufa.test/h/draw/demo/")
        assert says_what_else_to_do(page)
    page.close()
