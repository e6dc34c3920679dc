"""The card: it fits, it promises nothing, its number can be checked, its link holds everything."""

import random
import re
from datetime import date, timedelta

import pytest

from content import offices, render
from content.figures import Figure, Period
from content.store import clock
from content.store.keys import Keyring
from handlers.legal_aid import card as cards
from handlers.legal_aid.card import Expired
from handlers.legal_aid.policy import Kind
from handlers.legal_aid.words import tables, word
from tests.handlers.legal_aid.cases import answers_of, every_outcome

DAY = date(2026, 11, 25)
KEYS = Keyring((b"1" * 32,))
UNFILLED = offices.load_offices()
FILLED = {place: dict.fromkeys(offices.FIELDS, "葫芦岛市龙港区某某路某某号某某楼一层西侧大厅") for place in UNFILLED}
URL = "https://pufa.a-rather-long-name-of-a-bureau.huludao.gov.example/h/aid/card?t="
WAGES = answers_of("matter=wages lawyer=no groups=migrant stage=fresh left_on=2026-03-05 urgent=none")
PROMISES = re.compile(r"一定(?:能|会|给|可以)|(?<!低)保证|肯定|您符合条件|必须给您|批准您|就能申请到|包您")


def made(answers, day=DAY, known=UNFILLED, local=None, overrides=None):
    return cards.make(answers, day, KEYS, known, local or {}, overrides or {})


def test_what_the_chat_shows_fits_whole_for_every_outcome_with_the_longest_address():
    chance = random.Random(7)  # noqa: S311
    for answers in chance.sample(sorted(every_outcome().values(), key=str), 200):
        card = made(answers, known=FILLED)
        link = render.link("看整张卡", URL + cards.seal(KEYS, DAY, answers))
        text = cards.chat_text(card, link)
        assert len(text.encode()) <= render.TEXT_BYTES - render.NOTE_BYTES and text.endswith("</a>")
        assert card.short_decides in text and card.number in text and card.where[0] in text  # nothing was cut off


def test_no_word_of_the_card_promises_anything():
    for table in tables().values():
        assert not PROMISES.findall(str(table))
    for kind in Kind:
        assert word("kind", kind).startswith(("看起来", "先"))


@pytest.mark.parametrize(
    ("written", "who"),
    [
        ("matter=wages lawyer=no groups=migrant stage=going urgent=none", "由法律援助机构审查"),
        ("matter=criminal role=treatment defender=no", "由办案机关审查并通知"),
    ],
)
def test_every_card_says_that_it_is_no_decision_and_who_decides(written, who):
    card = made(answers_of(written))
    assert "不是决定" in card.decides and who in card.decides


def test_the_number_stands_for_the_answers_and_the_day_and_cannot_be_made_elsewhere():
    number = made(WAGES).number
    assert re.fullmatch(r"FY-1125-[0-9A-HJKMNP-TV-Z]{6}", number)
    assert made(dict(reversed(WAGES.items()))).number == number
    assert made({**WAGES, "left_on": "2026-03-06"}).number != number
    assert made(WAGES, day=DAY + timedelta(days=365)).number != number
    assert cards.number_of(Keyring((b"2" * 32,)), DAY, WAGES) != number


def test_answers_that_are_not_on_the_road_change_nothing():
    assert made({**WAGES, "role": "kin", "means": "fine"}) == made(WAGES)


def test_a_link_opens_for_thirty_days_and_gives_back_the_answers(at):
    sealed = cards.seal(KEYS, DAY, WAGES)
    for day in (DAY, DAY + timedelta(days=30)):
        with at(day):
            assert cards.unseal(KEYS, sealed) == (DAY, WAGES)
    for day in (DAY + timedelta(days=31), DAY - timedelta(days=1)):
        with at(day), pytest.raises(Expired, match="三十天"):
            cards.unseal(KEYS, sealed)


@pytest.mark.parametrize("sealed", ["", "x", "gAAAA" * 30, "甲", "a" * 5000])
def test_a_link_that_is_not_ours_opens_nothing(sealed):
    with pytest.raises(Expired, match="打不开"):
        cards.unseal(KEYS, sealed)


def test_a_link_shows_nobody_what_was_answered():
    assert "wages" not in cards.seal(KEYS, DAY, WAGES) and cards.seal(KEYS, DAY, WAGES) != cards.seal(KEYS, DAY, WAGES)


TIGHT = answers_of("matter=wages lawyer=no groups=none means=tight stage=going urgent=none")


def test_without_a_local_standard_the_card_says_that_it_asked_in_the_laws_own_words():
    assert "还没有填本地的数" in made(TIGHT).standard and "第三十四条" in made(TIGHT).standard


def test_a_local_standard_is_shown_with_source_and_day_and_only_while_it_holds():
    period = Period(1000, date(2026, 1, 1), date(2026, 12, 31), "（演示）某文件")
    local = {cards.HARDSHIP: Figure(cards.HARDSHIP, "标准", "", (period,))}
    told = made(TIGHT, local=local).standard
    assert "1000元" in told and "（演示）某文件" in told and "2026年1月1日" in told
    assert "还没有填" in made(TIGHT, day=date(2027, 1, 1), local=local).standard
    assert made(WAGES, local=local).standard == ""  # his means are not checked


def test_places_that_the_bureau_has_not_filled_in_point_to_the_hotline():
    assert any("12348" in line for line in made(WAGES).where) and "{{" not in str(made(WAGES))
    assert "市法律援助中心电话：葫芦岛市" in "\n".join(made(WAGES, known=FILLED).where)


def test_nothing_is_left_to_fill_in_on_any_card():
    for answers in list(every_outcome().values())[::40]:
        assert not re.findall(r"[{}]", str(made(answers).periods + made(answers).notes + made(answers).where))


@pytest.fixture
def at():
    """Stands still at noon of a day in Beijing."""
    from contextlib import contextmanager
    from datetime import UTC, datetime

    @contextmanager
    def _at(day):
        with clock.fixed_at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
            yield

    return _at
