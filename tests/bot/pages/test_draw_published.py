"""What everybody can see of a draw at each of its stages, and what nobody can before its time."""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from content.store import clock
from content.store.db import Database
from handlers.quiz import draw, register
from handlers.quiz.prizes import claims, drawing, entries, line
from handlers.quiz.prizes.models import Winner
from tests.bot.pages.published import app_over
from tests.handlers.quiz.prizes.makers_of_prizes import (
    DRAWN,
    NUMBERS,
    OPEN,
    OVER,
    RULES,
    SECRET,
    SOURCE,
    drawn,
    held_in,
)

PATHS = ("/h/draw/", "/h/draw/demo/", "/h/draw/demo/?code=C0001", "/h/draw/demo.json", "/h/draw/demo/entries.txt")
COMMITMENT = draw.commitment_of(SECRET)


@dataclass
class Public:
    client: FlaskClient
    database: Database

    def sees(self, path: str = "/h/draw/demo/", **headers: str) -> str:
        with self.client.get(path, headers=headers) as answer:
            assert answer.status_code in (200, 404), path
            return answer.text if answer.status_code == 200 else ""

    def everything(self) -> str:
        return "".join(self.sees(path) for path in PATHS)


@pytest.fixture(params=["sqlite"])
def database_url(request, tmp_path) -> str:
    return f"sqlite:///{tmp_path}/pufa.db"


@pytest.fixture
def public(one_bureau, database, keyring) -> Public:
    held_in(database, keyring)
    return Public(app_over(one_bureau, database).test_client(), database)


@pytest.fixture
def listed(public) -> Public:
    with public.database.transaction() as session, clock.fixed_at(OVER):
        entries.fix(session, register.get_held(session, "demo"))
    return public


def types(database: Database, who: str, numbers: str = NUMBERS) -> None:
    with database.transaction() as session, clock.fixed_at(DRAWN):
        drawing.type_numbers(session, register.get_held(session, "demo"), numbers, SOURCE, who)


@pytest.mark.parametrize(
    ("made_at", "told"),
    [(OPEN - timedelta(days=3), "开办活动时定下，2026年"), (OPEN, "开办活动时定下，晚于活动写的开始时间，2026年")],
)  # fmt: skip
def test_the_commitment_stands_with_the_moment_at_which_it_was_made(public, made_at, told):
    with public.database.transaction() as session:
        held = register.get_held(session, "demo")
        held.created_at = made_at
        made, opens = (clock.in_beijing(at) for at in (made_at, held.opens_at))
    with clock.fixed_at(OPEN):
        [line] = [line for line in public.sees().splitlines() if "秘密数的校验码" in line and "定下" in line]
    assert told in line and f"{made.month}月{made.day}日 {made:%H:%M}" in line.partition("定下")[0]
    assert f"{opens.month}月{opens.day}日 {opens:%H:%M}" in line.partition("定下")[2]


def test_before_the_opening_there_is_no_page_and_from_then_on_the_commitment_stands_there(public):
    with clock.fixed_at(OPEN - timedelta(days=2)):
        assert public.sees() == "" and "演示竞答" not in public.sees("/h/draw/")
    with clock.fixed_at(OPEN):
        told = public.sees()
        assert COMMITMENT in told and "第 2026141 期（2026年12月6日（周日）开奖）" in told
        assert "秘密数到2026年12月21日（周一）" in told and "改用第 2026148 期（2026年12月22日（周二）开奖）" in told
        assert "/h/draw/demo/" in public.sees("/h/draw/")
        assert public.sees("/h/draw/demo.json") == public.sees("/h/draw/demo/entries.txt") == ""
        assert "名单还没有定下来" in public.sees("/h/draw/demo/?code=C0001")


def test_the_hash_of_the_list_stands_there_and_anybody_finds_a_code_in_it(listed):
    with clock.fixed_at(OVER), listed.database.reading() as session:
        digest = entries.find_list(session, "demo").digest
        assert digest in listed.sees() and "共 20 个参与码" in listed.sees()
        assert hashlib.sha256(listed.sees("/h/draw/demo/entries.txt").encode()).hexdigest() == digest
        assert "C0001 在名单第 2 位" in listed.sees("/h/draw/demo/?code=%20c0001%20")
        with listed.client.get("/h/draw/demo/entries.txt") as answer:
            assert answer.content_type == "text/plain; charset=utf-8"
        for code in ("C0020", "C9999", "没有", "%25", "'; DROP TABLE x", "9" * 60):
            assert "名单里没有" in listed.sees(f"/h/draw/demo/?code={code}")


def test_neither_secret_nor_numbers_nor_winners_are_anywhere_before_two_agree(listed, caplog):
    caplog.set_level("DEBUG")
    types(listed.database, "jia")
    with clock.fixed_at(DRAWN):
        seen = listed.everything()
        types(listed.database, "yi", "1 2 3 4 5 6 7")
        seen += listed.everything()
        types(listed.database, "yi")
        seen += listed.everything() + caplog.text
    assert COMMITMENT in seen and SECRET not in seen
    assert "03 07 11 18 22 29" not in seen and "01 02 03" not in seen and SOURCE not in seen and "一等奖 1 份" in seen


def test_after_the_draw_the_published_record_is_true_and_is_handed_out_packed_or_plain(public, keyring):
    record = drawn(public.database, keyring)
    with clock.fixed_at(DRAWN):
        told, plain = public.sees(), public.sees("/h/draw/demo.json")
        with public.client.get("/h/draw/demo.json", headers={"Accept-Encoding": "gzip"}) as packed:
            assert gzip.decompress(packed.data).decode() == plain and packed.headers["Content-Encoding"] == "gzip"
            etag = packed.headers["ETag"]
        again = public.client.get("/h/draw/demo.json", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert again.status_code == 304
    assert draw.read_record(plain) == record and draw.problems(record) == []
    assert SECRET in told and "03 07 11 18 22 29+05" in told and SOURCE in told
    assert all(winner.code in told for winner in record.winners)
    with clock.fixed_at(DRAWN):
        assert "得到：一等奖" in public.sees(f"/h/draw/demo/?code={record.winners[0].code}")


def test_a_name_stands_there_by_consent_only_and_no_claim_code_or_telephone_ever(public, keyring):
    drawn(public.database, keyring)
    with clock.fixed_at(DRAWN):
        for place, may_publish in ((1, True), (2, False)):
            with public.database.transaction() as session:
                held = register.get_held(session, "demo")
                code = claims.claim_code_of(keyring, claims.get_winner(session, held, place))
                taker = claims.Taker(
                    code, f"演示名{place}", f"1380000000{place}", is_once=True, may_publish=may_publish
                )
                claims.hand_over(session, keyring, held, place, taker, "jia")
            assert code.split("-", 1)[1] not in public.everything()
        assert "演示名1" in public.sees() and "演示名2" not in public.everything()
        assert "1380000000" not in public.everything()
        with public.database.transaction() as session:
            claims.forbid(session, session.get_one(Winner, ("demo", 1)))
        assert "演示名1" not in public.everything()


def test_what_was_decided_otherwise_stands_there_with_its_reason(listed):
    with listed.database.transaction() as session, clock.fixed_at(DRAWN + timedelta(days=16)):
        drawing.give_reason(session, register.get_held(session, "demo"), "<b>密钥</b>找不回来", "jia")
    with clock.fixed_at(DRAWN + timedelta(days=16)):
        told = listed.sees()
    assert "&lt;b&gt;密钥&lt;/b&gt;找不回来" in told and "等双色球第 2026148 期开奖" in told


def test_a_time_that_is_over_stands_there_without_anybodys_word(listed):
    with clock.fixed_at(DRAWN + timedelta(days=16)):
        told = listed.sees()
    assert "过了最后一天（12月21日（周一））还没有公布" in told and "等双色球第 2026148 期开奖" in told


def test_who_was_refused_stands_there_with_the_reason_once_two_have_said_so(public, keyring):
    drawn(public.database, keyring)
    with public.database.transaction() as session, clock.fixed_at(DRAWN):
        claims.propose_refusal(session, register.get_held(session, "demo"), 2, "<i>冒领</i>", "jia")
    assert "冒领" not in public.sees() and "留 3 天说明" in public.sees()
    with public.database.transaction() as session, clock.fixed_at(DRAWN + claims.OBJECTION):
        claims.confirm_refusal(session, register.get_held(session, "demo"), 2, "yi")
    assert "不予发放：&lt;i&gt;冒领&lt;/i&gt;" in public.sees()


def test_when_nobody_follows_any_more_that_stands_there(public, keyring):
    drawn(public.database, keyring)
    with public.database.transaction() as session, clock.fixed_at(DRAWN):
        line.end(session, register.get_held(session, "demo"), "预算年度结束", "jia")
    assert "不再递补：预算年度结束" in public.sees()


def test_looking_changes_nothing(public, keyring):
    drawn(public.database, keyring)

    def rows() -> str:
        names = ("quiz_winners", "quiz_draws", "quiz_draw_numbers", "audit_entries", "quiz_participants")
        with public.database.reading() as session:
            return str([session.execute(text(f"SELECT * FROM {name}")).all() for name in names])  # noqa: S608

    before = rows()
    with clock.fixed_at(DRAWN + timedelta(days=90)):
        public.everything()
    assert rows() == before


@pytest.mark.parametrize("name", ["none", "DEMO", "demo%00", "%3Cscript%3E", "x" * 40, "..", "exam"])
def test_what_is_no_draw_is_no_page(public, name):
    with public.database.transaction() as session, clock.fixed_at(OPEN):
        held = register.get_held(session, "demo")
        rules = RULES[: RULES.index("[draw]")]
        fields = {column.name: getattr(held, column.name) for column in held.__table__.columns}
        session.add(type(held)(**{**fields, "id": "exam", "rules": rules}))
    with clock.fixed_at(DRAWN):
        for path in (f"/h/draw/{name}/", f"/h/draw/{name}.json", f"/h/draw/{name}/entries.txt"):
            assert public.client.get(path).status_code == 404, path


def test_script_in_a_code_is_text(public):
    with clock.fixed_at(OVER):
        told = public.sees("/h/draw/demo/?code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in told.lower() and "&lt;SCRIPT&gt;" in told
