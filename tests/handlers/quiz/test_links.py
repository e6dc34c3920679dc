"""A link says who plays; only we can write or read it, for one campaign and ten minutes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from content.store import clock
from content.store.keys import Keyring
from handlers import citizens
from handlers.quiz import links

OURS, THEIRS = Keyring((b"a" * 32,)), Keyring((b"b" * 32,))
AT = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
SOMEBODY = "o-somebody_1"


def written(keyring: Keyring = OURS, campaign: str = "demo") -> str:
    with clock.fixed_at(AT):
        return links.write(keyring, campaign, SOMEBODY)


def read(sealed: str, campaign: str = "demo", after: timedelta = timedelta(), keyring: Keyring = OURS):
    with clock.fixed_at(AT + after):
        return links.read(keyring, campaign, sealed)


def test_it_leads_to_the_campaigns_page_and_says_who_plays():
    with clock.fixed_at(AT):
        address = urlsplit(links.page_link(OURS, "https://pufa.example", "demo", SOMEBODY))

    assert (address.netloc, address.path) == ("pufa.example", "/h/quiz/demo/")
    assert read(parse_qs(address.query)["t"][0]).participant == citizens.participant_of(OURS, SOMEBODY, "demo")


def test_nobody_can_read_in_it_who_plays():
    assert SOMEBODY not in written()


def test_it_holds_for_ten_minutes():
    sealed = written()

    assert read(sealed, after=timedelta(minutes=10, seconds=-1))
    assert read(sealed, after=timedelta(minutes=10)) is None


def test_it_holds_in_its_own_campaign_and_installation_only():
    assert read(written(), campaign="other") is None
    assert read(written(THEIRS)) is None


def test_it_is_read_after_the_keys_were_rotated():
    assert read(written(), keyring=Keyring((b"c" * 32, *OURS.masters)))


def test_every_link_is_another():
    assert len({read(written()).nonce for _ in range(20)}) == 20


@pytest.mark.parametrize("sealed", ["", "x", "演示", "gAAAAA" * 40, "." * 100_000, "\0", "%00"])
def test_what_we_did_not_write_is_no_link(sealed):
    assert read(sealed) is None


def test_one_changed_sign_makes_it_no_link():
    sealed = written()

    for place in range(0, len(sealed) - 2, 7):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        assert read(changed) is None


def test_the_list_opens_each_campaign_with_links_of_its_own_that_hold_no_longer_than_it_and_bind_one_browser():
    with clock.fixed_at(AT):
        sealed = parse_qs(urlsplit(links.list_link(OURS, "https://pufa.example", SOMEBODY)).query)["t"][0]
    assert read(sealed) is None
    with clock.fixed_at(AT + timedelta(minutes=9)):
        ways = links.ways_in(OURS, sealed, ["demo", "other"])
        again = links.ways_in(OURS, sealed, ["demo"])
    mine = citizens.participant_of(OURS, SOMEBODY, "demo")
    assert read(ways["demo"]).participant == mine and read(ways["demo"], campaign="other") is None
    assert read(ways["demo"], after=timedelta(minutes=10)) is None
    assert read(ways["demo"]).nonce == read(again["demo"]).nonce != read(ways["other"], campaign="other").nonce
    for nothing in (written(), "", "x"):
        with clock.fixed_at(AT):
            assert links.ways_in(OURS, nothing, ["demo"]) == {}
    with clock.fixed_at(AT + timedelta(minutes=10)):
        assert links.ways_in(OURS, sealed, ["demo"]) == {}


def test_the_browser_knows_its_owners_other_names_and_nobody_can_lend_it_anothers():
    kept, mine = links.keep(OURS, SOMEBODY), citizens.participant_of(OURS, SOMEBODY, "demo")
    assert SOMEBODY not in kept
    other = citizens.participant_of(OURS, SOMEBODY, "other")
    assert links.names_in(OURS, kept, ("demo", mine), ["other"]) == [other]
    for lent, name in ((kept, "somebody else"), ("", mine), ("x", mine), (written(), mine)):
        assert links.names_in(OURS, lent, ("demo", name), ["other"]) is None
