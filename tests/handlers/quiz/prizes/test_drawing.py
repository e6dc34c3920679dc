"""From the close to the published record: the list that nobody changes, the numbers that two must agree on, the secret
that is nowhere before its time.
"""

import gzip
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from content import audit
from content.staff import NotAllowed
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import draw, play, register
from handlers.quiz.draw import BadNumber
from handlers.quiz.models import GivenAnswer, Participant, Round
from handlers.quiz.prizes import claims, drawing, entries
from handlers.quiz.prizes.drawing import Stage
from handlers.quiz.prizes.entries import NotDrawn
from tests.handlers.quiz.prizes import recompute
from tests.handlers.quiz.prizes.makers_of_prizes import (
    DRAWN,
    LATER,
    NUMBERS,
    OPEN,
    OVER,
    SECRET,
    SOURCE,
    drawn,
    held_in,
)

OTHER_KEYS = Keyring((b"2" * 32,))


def typed(database, by: str, numbers: str = NUMBERS, source: str = SOURCE, at=DRAWN) -> drawing.Look:
    with database.transaction() as session, clock.fixed_at(at):
        return drawing.type_numbers(session, register.get_held(session, "demo"), numbers, source, by)


def explained(database, why: str = "密钥文件丢了", by: str = "jia", at=DRAWN) -> None:
    with database.transaction() as session, clock.fixed_at(at):
        drawing.give_reason(session, register.get_held(session, "demo"), why, by)


def concluded(database, keyring, by: str = "yi", at=DRAWN) -> draw.Record:
    with clock.fixed_at(at):
        return drawing.conclude(database, keyring, "demo", by)


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_holds_who_has_enough_points_in_order_and_its_published_file_has_the_published_hash(database, listed):
    with database.reading() as session:
        fixed = entries.find_list(session, "demo")
        published = gzip.decompress(entries.file_of(session, "demo"))
        codes = entries.codes_of(session, "demo")
        places = [entries.find_place(session, "demo", code) for code in ("C0000", "C0019", "C0020", "", "c0000")]
    assert codes == [f"C{number:04}" for number in range(20)] == published.decode().split()
    assert fixed.digest == hashlib.sha256(published).hexdigest() and fixed.people == 20
    assert places == [1, 20, None, None, None]


def test_the_list_waits_for_the_close_and_is_fixed_once(database, held):
    with database.transaction() as session, clock.fixed_at(OVER - timedelta(seconds=1)), pytest.raises(NotDrawn):
        entries.fix(session, register.get_held(session, held))
    with database.transaction() as session, clock.fixed_at(OVER):
        first = entries.fix(session, register.get_held(session, held)).digest
    with database.transaction() as session:
        session.get(Participant, (held, "p0000")).half_points = 0
        again = entries.fix(session, register.get_held(session, held))
        assert (again.digest, again.people) == (first, 20)
        assert [entry.act for entry in audit.entries(session, thing="campaign:demo")] == ["draw.list"]


def test_a_paper_that_was_lying_open_at_the_close_is_handed_in_before_the_list_is_fixed(database, held):
    with database.transaction() as session, clock.fixed_at(OVER - timedelta(minutes=5)):
        code = play.join(session, register.get_held(session, held), "late").code
        paper = Round(
            id="late", citizen_id="late", question_keys=["q"], started_at=clock.now(), campaign_id=held, points=[60],
            deadline_at=OVER,
        )  # fmt: skip
        answer = {"question_key": "q", "letters": "A", "is_right": True, "half_points": 120, "at": clock.now()}
        paper.given.append(GivenAnswer(place=1, **answer))
        session.add(paper)
    with database.transaction() as session, clock.fixed_at(OVER):
        assert entries.fix(session, register.get_held(session, held)).people == 21
        assert entries.find_place(session, held, code)


@pytest.mark.parametrize("table", ["quiz_entries", "quiz_entry_lists", "quiz_draw_records"])
def test_what_was_published_can_neither_be_changed_nor_removed_not_even_by_sql(database, keyring, held, table):
    drawn(database, keyring)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET campaign_id = 'x'"):  # noqa: S608
        with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
            session.execute(text(change))


def test_one_entry_changed_is_another_hash_and_another_record_is_not_true(database, keyring, held):
    record = json.loads(draw.as_json(drawn(database, keyring)))
    assert recompute.is_true(record)
    changed = {**record, "entries": [*record["entries"][:-1], "C9999"]}
    assert not recompute.is_true(changed)
    assert draw.entries_digest(changed["entries"]) != record["entries_sha256"]
    assert draw.problems(draw.read_record(json.dumps(changed)))


# ── the numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_different_people_must_type_the_same_numbers(database, keyring, listed):
    assert typed(database, "jia").agreed == []
    with pytest.raises(NotDrawn, match="还差另一个人"):
        concluded(database, keyring)
    assert typed(database, " JIA ", "3 18 7 22 29 11 + 5").agreed == []  # the same person, however he writes himself
    now = typed(database, "yi", "3 18 7 22 29 12 + 5")
    assert now.differs and now.agreed == [] and len(now.typed) == 2
    with pytest.raises(NotDrawn, match="不一样"):
        concluded(database, keyring)
    assert len(typed(database, "yi", "11 29 22 07 18 03 05", "演示：另一处").agreed) == 2
    record = concluded(database, keyring)
    assert record.drawn.numbers == "03 07 11 18 22 29+05"
    assert set(record.drawn.source.split("；")) == {SOURCE, "演示：另一处"}


def test_numbers_are_typed_by_who_may_when_it_is_time_and_as_the_lottery_has_them(database, keyring, held):
    with pytest.raises(NotDrawn, match="名单还没有定"):
        typed(database, "jia")
    with database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, held))
    with pytest.raises(NotAllowed):
        typed(database, "bing")
    with pytest.raises(BadNumber):
        typed(database, "jia", "1 2 3")
    for source in ("", " ", "甲" * 101):
        with pytest.raises(NotDrawn, match="哪里"):
            typed(database, "jia", source=source)
    drawn(database, keyring)
    with pytest.raises(NotDrawn, match="已经抽过"):
        typed(database, "jia", "1 2 3 4 5 6 7")


# ── the draw ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_script_that_shares_no_code_finds_the_published_record_true(database, keyring, held, tmp_path):
    drawn(database, keyring)
    with database.reading() as session:
        record = gzip.decompress(drawing.record_of(session, "demo"))
        winners = [(winner.code, winner.prize) for winner in claims.winners(session, "demo")]
    assert draw.problems(draw.read_record(record)) == []
    assert [(one["code"], one["prize"]) for one in json.loads(record)["winners"]] == winners and len(winners) == 3
    file = tmp_path / "record.json"
    file.write_bytes(record)
    script = Path(recompute.__file__)
    assert subprocess.run([sys.executable, "-I", script, file], check=False).returncode == 0
    file.write_bytes(record.replace(winners[0][0].encode(), b"C0099"))
    assert subprocess.run([sys.executable, "-I", script, file], check=False).returncode == 1


def test_a_draw_is_made_once(database, keyring, listed):
    for who in ("jia", "yi"):
        typed(database, who)
    assert concluded(database, keyring) == concluded(database, keyring)
    with database.reading() as session:
        assert [one.act for one in audit.entries(session, act="draw")].count("draw.draw") == 1


def test_the_secret_is_in_no_row_in_the_clear_before_the_draw(database, keyring, listed):
    typed(database, "jia")

    def rows() -> str:
        with database.reading() as session:
            tables = ("quiz_campaigns", "quiz_draws", "quiz_draw_numbers", "audit_entries", "quiz_entry_lists")
            return "".join(str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)  # noqa: S608

    assert SECRET not in rows()
    typed(database, "yi")
    assert SECRET not in rows()
    assert concluded(database, keyring).secret == SECRET and SECRET in rows()


def test_a_campaign_nobody_entered_is_drawn_without_winners(database, keyring):
    held_in(database, keyring, people=0, weak=2)
    record = drawn(database, keyring)
    assert (record.entries, record.winners) == ([], []) and draw.problems(record) == []


# ── a secret that is not revealed ─────────────────────────────────────────────────────────────────────────────────────


OVERDUE = datetime(2026, 12, 21, 16, 0, tzinfo=UTC)
"""Midnight in Beijing behind the last day on which the secret is revealed."""


def test_with_lost_keys_the_later_issue_counts_and_the_commitment_takes_the_secrets_place(database, held, listed):
    for who in ("jia", "yi"):
        typed(database, who)
    with pytest.raises(NotDrawn, match="号码已经记下.*密钥文件.*12月21日.*2026148"):
        concluded(database, OTHER_KEYS)
    with pytest.raises(NotDrawn, match="原因"):
        explained(database, why=" ", at=OVERDUE)
    with pytest.raises(NotAllowed):
        explained(database, by="bing", at=OVERDUE)
    explained(database, at=OVERDUE)
    with database.reading() as session, clock.fixed_at(OVERDUE):
        now = drawing.look(session, register.get_held(session, held))
        assert (now.issue, now.typed, now.stage) == ("2026148", [], Stage.LISTED)
    with pytest.raises(NotDrawn, match="12月22日（周二）晚上才开奖"):
        typed(database, "jia", "1 2 3 4 5 6 7", at=OVERDUE)
    for who in ("jia", "yi"):
        typed(database, who, "1 2 3 4 5 6 7", at=LATER)
    record = concluded(database, OTHER_KEYS, at=LATER)
    assert record.secret is None and record.drawn.issue == "2026148" and draw.problems(record) == []
    assert recompute.is_true(json.loads(draw.as_json(record)))
    assert draw.problems(replace_secret(record)) != []


def replace_secret(record: draw.Record) -> draw.Record:
    return draw.read_record(json.dumps({**json.loads(draw.as_json(record)), "secret": SECRET}))


def test_nobody_throws_again_by_hiding_the_key_once_the_numbers_are_known(database, keyring, listed):
    for who in ("jia", "yi"):
        typed(database, who)
        with pytest.raises(NotDrawn, match="谁也不能提前改"):
            explained(database, by=who, at=OVERDUE - timedelta(seconds=1))
    with pytest.raises(NotDrawn, match="密钥文件"):
        concluded(database, OTHER_KEYS)
    record = concluded(database, keyring, at=OVERDUE - timedelta(seconds=1))
    assert (record.secret, record.drawn.issue) == (SECRET, "2026141")


def test_what_was_not_drawn_by_the_last_day_is_drawn_with_the_later_issue_whoever_would_choose(
    database, keyring, listed
):
    for who in ("jia", "yi"):
        typed(database, who)
    with database.reading() as session:
        held = register.get_held(session, "demo")
        with clock.fixed_at(OVERDUE - timedelta(seconds=1)):
            assert drawing.look(session, held).issue == "2026141"
        with clock.fixed_at(OVERDUE):
            now = drawing.look(session, held)
            assert (now.issue, now.is_withheld, now.agreed) == ("2026148", True, [])
    with pytest.raises(NotDrawn, match="还差另一个人"):
        concluded(database, keyring, at=LATER)
    for who in ("jia", "yi"):
        typed(database, who, "1 2 3 4 5 6 7", at=LATER)
    record = concluded(database, keyring, at=LATER)
    assert (record.secret, record.drawn.issue, draw.problems(record)) == (None, "2026148", [])


def test_a_list_that_was_fixed_when_the_numbers_could_be_known_is_drawn_with_the_later_issue(database, keyring, held):
    evening = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)
    with database.transaction() as session, clock.fixed_at(evening):
        entries.fix(session, register.get_held(session, held))
        now = drawing.look(session, register.get_held(session, held))
        assert (now.issue, now.is_withheld) == ("2026148", True) and "已经开奖" in now.why_withheld
    with pytest.raises(NotDrawn, match="12月22日"):
        typed(database, "jia")


def test_numbers_are_not_taken_before_the_evening_on_which_they_are_drawn(database, listed):
    evening = datetime(2026, 12, 6, 12, 0, tzinfo=UTC)
    with pytest.raises(NotDrawn, match="12月6日（周日）晚上才开奖"):
        typed(database, "jia", at=evening - timedelta(seconds=1))
    assert typed(database, "jia", at=evening).typed


def test_the_stages_follow_the_clock_and_the_acts(database, keyring, held):
    def stage(at) -> Stage:
        with database.reading() as session, clock.fixed_at(at):
            return drawing.look(session, register.get_held(session, held)).stage

    assert [stage(at) for at in (OPEN - timedelta(days=2), OPEN, OVER)] == [Stage.BEFORE, Stage.OPEN, Stage.CLOSED]
    with database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, held))
    assert stage(OVER) is Stage.LISTED
    drawn(database, keyring)
    assert stage(DRAWN) is Stage.DRAWN
