"""The outcome card as a page, and on one sheet of paper."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

import bot
from content.store import clock
from content.store.keys import Keyring
from handlers.legal_aid import card as cards
from tests.handlers.legal_aid.cases import answers_of, every_outcome

WAGES = answers_of("matter=wages lawyer=no groups=migrant stage=fresh left_on=2026-03-05 urgent=none")
STATIC = Path(bot.__file__).parent / "static"
_A_PAGE = re.compile(rb"/Type\s*/Page[^s]")


@pytest.fixture
def address(one_bureau):
    def _address(answers, made_on=None):
        return f"/h/aid/card?t={cards.seal(one_bureau.keyring, made_on or clock.today(), answers)}"

    return _address


def test_the_link_shows_the_whole_card_to_be_kept_by_nobody(shared_app, address):
    shown = shared_app.test_client().get(address(WAGES))
    assert shown.status_code == 200 and shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["X-Robots-Tag"] == "noindex" and shown.headers["Referrer-Policy"] == "no-referrer"
    for words in ("看起来可以申请法律援助", "不是决定", "第四十二条", "2027年3月5日", "工牌、考勤", "农民工优先受理",
                  "进城务工人员", "12348"):  # fmt: skip
        assert words in shown.text
    assert "{{" not in shown.text and "<script>" not in shown.text and "style=" not in shown.text


def test_chat_and_page_show_one_number(shared_app, one_bureau, address):
    number = cards.number_of(one_bureau.keyring, clock.today(), WAGES)
    assert number in shared_app.test_client().get(address(WAGES)).text


def test_an_old_link_and_one_that_is_not_ours_say_what_to_do(shared_app, address):
    client = shared_app.test_client()
    old = client.get(address(WAGES, clock.today() - timedelta(days=31)))
    assert old.status_code == 410 and "重新做一遍自测" in old.text
    for token in ("", "x", "%00", "gAAAAAB" + "x" * 200, "甲" * 300):
        shown = client.get("/h/aid/card", query_string={"t": token})
        assert shown.status_code == 410 and "打不开" in shown.text


def test_the_longest_card_fits_on_one_sheet_of_a4(shared_app, address, browser):
    examples = sorted(list(every_outcome().values())[::17], key=_weight)
    longest = [examples[-1], max(examples, key=_weight_of_short)]  # the second in the larger type of short cards
    client, page = shared_app.test_client(), browser.new_page()
    for answers in longest:
        page.set_content(_with_styles(client.get(address(answers)).text))
        assert len(_A_PAGE.findall(page.pdf(prefer_css_page_size=True))) == 1


def _made(answers):
    return cards.make(answers, clock.today(), Keyring((b"1" * 32,)), {}, {}, {})


def _weight_of_short(answers):
    return _weight(answers) if _made(answers).is_short else 0


def _weight(answers):
    """Characters of what is printed."""
    card = _made(answers)
    parts = (card.reasons, card.notes, card.urgent, card.papers, card.periods, card.helpers)
    return sum(len(line) for part in parts for line in part)


def _with_styles(html):
    """As a browser has it that has fetched the stylesheets: this page comes from no server."""
    for file in ("pages.css", "aid.css"):
        text = (STATIC / file).read_text(encoding="utf-8")
        html = html.replace(f'<link rel="stylesheet" href="/static/{file}">', f"<style>{text}</style>")
    assert 'rel="stylesheet"' not in html
    return re.sub(r"<script.*?</script>", "", html)
