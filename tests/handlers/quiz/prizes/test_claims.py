"""Who takes which prize: with the claim code, once a person, in time; else the next in line; no more than there are."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from content import audit
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import draw, register
from handlers.quiz.prizes import claims, line
from handlers.quiz.prizes.claims import NotHandedOver, Taker
from handlers.quiz.prizes.entries import NotDrawn
from handlers.quiz.prizes.models import TAKEN, Winner, WinnerState
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, SECRET, drawn, held_in

END = datetime(2027, 1, 5, 16, 0, tzinfo=UTC)  # the end of 5 January in Beijing


@pytest.fixture
def record(database, keyring) -> draw.Record:
    held_in(database, keyring)
    made = drawn(database, keyring)
    with clock.fixed_at(DRAWN + timedelta(days=1)):
        yield made


def order(record: draw.Record) -> list[str]:
    return draw.first(record.entries, draw.seed_of(SECRET, record.entries_sha256, record.drawn.numbers), 20)


def winner(database, place: int) -> Winner:
    with database.reading() as session:
        return session.get_one(Winner, ("demo", place))


def code_of(database, keyring, place: int) -> str:
    return claims.claim_code_of(keyring, winner(database, place))


def hands_over(database, keyring, place: int, by: str = "jia", **changed) -> Winner:
    # fmt: off
    fields = {"claim_code": code_of(database, keyring, place), "name": f"演示{place}",
              "phone": f"1380000{place:04}", "is_once": True, **changed}
    # fmt: on
    with database.transaction() as session:
        return claims.hand_over(session, keyring, register.get_held(session, "demo"), place, Taker(**fields), by)


def proposes(database, place: int, why: str = "冒领", by: str = "jia") -> None:
    with database.transaction() as session:
        claims.propose_refusal(session, register.get_held(session, "demo"), place, why, by)


def confirms(database, place: int, by: str = "yi") -> None:
    with database.transaction() as session:
        claims.confirm_refusal(session, register.get_held(session, "demo"), place, by)


def refuses(database, place: int) -> None:
    """By two, with three days between them."""
    with clock.fixed_at(clock.now() - claims.OBJECTION):
        proposes(database, place)
    confirms(database, place)


def moves_on(database) -> list[tuple[int, str]]:
    with database.transaction() as session:
        return [(one.place, one.prize) for one in line.move_on(session, "demo")]


def taken(database) -> Counter[str]:
    with database.reading() as session:
        return Counter(session.scalars(select(Winner.prize).where(Winner.state.in_(TAKEN))).all())


# ── the hand-over ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_brings_the_claim_code_gets_the_prize_and_is_kept_encrypted(database, keyring, record):
    done = hands_over(database, keyring, 1, phone="+86 138-0000-0001", tax_note="演示：不到起征点")
    assert (done.state, done.decided_by, done.code) == (WinnerState.HANDED_OVER, "jia", order(record)[0])
    assert claims.person_of(keyring, done) == ("演示1", "+8613800000001", "")
    with database.reading() as session:
        rows = str(session.execute(text("SELECT * FROM quiz_winners")).all())
        told = str([entry.detail for entry in audit.entries(session)])
    assert "演示1" not in rows + told and "13800000001" not in rows + told
    with pytest.raises(NotHandedOver, match="已领取"):
        hands_over(database, keyring, 1)


def test_the_claim_code_is_read_however_it_was_typed_and_nobody_elses_serves(database, keyring, record):
    code = code_of(database, keyring, 2)
    with database.reading() as session:
        for typed in (code, code.lower(), f" {code.replace('-', '—')} ", code.replace("-", " ")):
            assert claims.find_by_claim(session, keyring, "demo", typed).place == 2
        wrong = (
            "",
            "2",
            "2-",
            "9999999999-AAAAA-AAAAA",
            "2-AAAAA-AAAAA",
            code.replace("2-", "3-", 1),
            "<script>",
            "二",
        )
        assert [claims.find_by_claim(session, keyring, "demo", typed) for typed in wrong] == [None] * len(wrong)
        assert claims.find_by_claim(session, keyring, "other", code) is None
    for other in ("", code_of(database, keyring, 3)):
        with pytest.raises(NotHandedOver, match="领奖码不对"):
            hands_over(database, keyring, 2, claim_code=other)


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"name": " "}, "姓名"), ({"name": "甲" * 33}, "姓名"), ({"phone": "12"}, "电话"),
        ({"phone": "不告诉"}, "电话"),
        ({"is_once": False}, "同一个人"), ({"is_under_fourteen": True}, "监护人"),
        ({"is_under_fourteen": True, "guardian": "甲" * 33}, "监护人"), ({"tax_note": "税" * 101}, "税务"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_said_and_nothing_is_handed_over(database, keyring, record, lacking, sentence):
    with pytest.raises(NotHandedOver, match=sentence):
        hands_over(database, keyring, 1, **lacking)
    assert winner(database, 1).state == WinnerState.OFFERED


def test_somebody_under_fourteen_comes_with_whoever_consents_for_him(database, keyring, record):
    done = hands_over(database, keyring, 1, is_under_fourteen=True, guardian="演示家长")
    assert claims.person_of(keyring, done)[2] == "演示家长"


def test_the_same_person_takes_one_prize_of_a_campaign_however_he_writes_himself(database, keyring, record):
    hands_over(database, keyring, 1, name="演示", phone="13800001111")
    for name, phone in (("演示", "13800001111"), (" 演 示 ", "+86 138 0000 1111")):
        with pytest.raises(NotHandedOver, match="一个人只领一份"):
            hands_over(database, keyring, 2, name=name, phone=phone)
    hands_over(database, keyring, 2, name="演示家长", phone="13800001111")  # a family shares a telephone


def test_only_who_has_the_role_hands_over_refuses_ends_and_erases(database, keyring, record):
    with database.transaction() as session:
        held = register.get_held(session, "demo")
        for act in (
            lambda: claims.hand_over(session, keyring, held, 1, Taker("", "", ""), "bing"),
            lambda: claims.propose_refusal(session, held, 1, "冒领", "bing"),
            lambda: claims.confirm_refusal(session, held, 1, "bing"),
            lambda: claims.drop_refusal(session, held, 1, "bing"),
            lambda: claims.rectify(session, keyring, held, 1, "演示", "13800000001", "", "bing"),
            lambda: claims.erase(session, held, 1, "bing"),
            lambda: line.end(session, held, "发完", "bing"),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert winner(database, 1).state == WinnerState.OFFERED


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def allows(database, keyring, place: int) -> bool:
    with database.transaction() as session:
        return claims.allow(session, keyring, session.get_one(Winner, ("demo", place)))


def forbids(database, place: int) -> None:
    with database.transaction() as session:
        claims.forbid(session, session.get_one(Winner, ("demo", place)))


def test_a_name_is_published_by_his_own_word_only_and_goes_when_he_takes_it_back(database, keyring, record):
    allows(database, keyring, 1)
    assert hands_over(database, keyring, 1).published_name == "演示1"
    forbids(database, 1)
    assert winner(database, 1).published_name == ""
    forbids(database, 2)
    assert hands_over(database, keyring, 2).published_name == ""
    assert hands_over(database, keyring, 3).published_name == ""  # who was never asked has not consented


def test_who_consents_after_the_hand_over_stands_there_at_once_as_long_as_his_name_is_kept(database, keyring, record):
    hands_over(database, keyring, 1)
    for _ in range(2):
        assert allows(database, keyring, 1) and winner(database, 1).published_name == "演示1"
        forbids(database, 1)
        assert winner(database, 1).published_name == ""
    with database.transaction() as session:
        claims.erase(session, register.get_held(session, "demo"), 1, "jia")
    assert not allows(database, keyring, 1) and winner(database, 1).published_name == ""


def test_a_childs_name_is_published_by_the_guardians_own_word_and_by_nobody_elses(database, keyring, record):
    child = {"is_under_fourteen": True, "guardian": "演示家长"}
    allows(database, keyring, 1)  # whoever holds the telephone
    assert hands_over(database, keyring, 1, **child, may_publish=True).published_name == ""
    assert not allows(database, keyring, 1) and winner(database, 1).published_name == ""
    assert hands_over(database, keyring, 2, **child, guardian_publishes=True).published_name == "演示2"
    forbids(database, 2)
    assert winner(database, 2).published_name == "" and not allows(database, keyring, 2)
    assert hands_over(database, keyring, 3, guardian_publishes=True).published_name == ""  # no child


def test_what_is_written_down_wrongly_is_put_right_also_on_the_page_and_never_as_a_person_who_has_a_prize(
    database, keyring, record
):
    child = {"is_under_fourteen": True, "guardian": "演示家长", "guardian_publishes": True}
    hands_over(database, keyring, 1, **child)
    hands_over(database, keyring, 2)

    def rectifies(place, name, phone, guardian=""):
        with database.transaction() as session:
            claims.rectify(session, keyring, register.get_held(session, "demo"), place, name, phone, guardian, "jia")

    _, phone, _ = claims.person_of(keyring, winner(database, 2))
    rectifies(1, "演示 更正", "139 0000 0000", "演示另一家长")
    assert claims.person_of(keyring, winner(database, 1)) == ("演示 更正", "13900000000", "演示另一家长")
    assert winner(database, 1).published_name == "演示 更正"
    for wrong, told in (
        ((1, "", phone, "演示"), "姓名"), ((1, "演示", "12", "演示"), "电话"), ((1, "演示", phone), "监护人"),
        ((1, "演示2", phone, "演示"), "领过"), ((3, "演示", phone), "没有存"),
    ):  # fmt: skip
        with pytest.raises(NotHandedOver, match=told):
            rectifies(*wrong)
    rectifies(2, "演示2", phone)  # the same again is no second person
    assert claims.person_of(keyring, winner(database, 1))[0] == "演示 更正" and winner(database, 2).published_name == ""


def test_what_is_written_down_of_a_person_goes_when_he_wants_it_and_when_its_time_is_over(database, keyring, record):
    for place in (1, 2):
        allows(database, keyring, place)
        hands_over(database, keyring, place)
    with database.transaction() as session:
        held = register.get_held(session, "demo")
        claims.erase(session, held, 1, "jia")
        with pytest.raises(NotHandedOver, match="没有存"):
            claims.erase(session, held, 1, "jia")
    gone = winner(database, 1)
    assert claims.person_of(keyring, gone) == ("", "", "") and gone.published_name == "" and gone.person is None
    for later, kept in ((claims.KEPT, True), (claims.KEPT + timedelta(seconds=1), False)):
        with clock.fixed_at(DRAWN + timedelta(days=1) + later), database.transaction() as session:
            claims.purge(session)
        assert bool(claims.person_of(keyring, winner(database, 2))[0]) is kept
    assert winner(database, 2).state == WinnerState.HANDED_OVER  # that it was handed over stays


# ── next in line ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_refused_or_declines_is_followed_by_the_next_with_a_time_of_his_own(database, keyring, record):
    with pytest.raises(NotHandedOver, match="原因"):
        proposes(database, 2, " ")
    refuses(database, 2)
    with database.transaction() as session:
        assert claims.decline(session, session.get_one(Winner, ("demo", 1)))
        assert not claims.decline(session, session.get_one(Winner, ("demo", 1)))
    assert [(winner(database, place).prize, winner(database, place).state) for place in range(1, 7)] == [
        ("一等奖", "declined"), ("二等奖", "refused"), ("二等奖", "offered"), ("二等奖", "offered"),
        ("一等奖", "offered"), ("", "waiting"),
    ]  # fmt: skip
    assert winner(database, 3).due_at == END and winner(database, 4).due_at == END + timedelta(days=1)
    assert [winner(database, place).code for place in range(1, 7)] == order(record)[:6]


def test_nobody_refuses_a_prize_alone_or_before_the_winner_could_object(database, keyring, record):
    proposes(database, 2)
    with pytest.raises(NotHandedOver, match="已经有人提出"):
        proposes(database, 2, by="yi")
    with pytest.raises(NotHandedOver, match="以后才能确认"):
        confirms(database, 2)
    with clock.fixed_at(END):  # his time is over, but it is not settled whether he gets it
        with pytest.raises(NotHandedOver, match="另一名"):
            confirms(database, 2, by="jia")
        assert 2 not in [place for place, _ in moves_on(database)] and winner(database, 2).state == "offered"
        with database.transaction() as session:
            claims.drop_refusal(session, register.get_held(session, "demo"), 2, "yi")
        with pytest.raises(NotHandedOver, match="没有人提出"):
            confirms(database, 2)
        assert winner(database, 2).due_at > clock.now() + timedelta(days=3)
        proposes(database, 2, by="yi")
    with clock.fixed_at(END + timedelta(days=4)):
        confirms(database, 2, by="jia")
    assert (winner(database, 2).state, winner(database, 2).reason) == ("refused", "冒领")


def test_a_prize_is_his_up_to_the_last_moment_of_the_day_and_then_the_next_ones(database, keyring, record):
    with clock.fixed_at(END - timedelta(seconds=1)):
        assert moves_on(database) == []
        hands_over(database, keyring, 3)
    with clock.fixed_at(END):
        with pytest.raises(NotHandedOver, match="过期未领"):  # no job has run yet
            hands_over(database, keyring, 1)
        assert moves_on(database) == [(4, "一等奖"), (5, "二等奖")]
        assert moves_on(database) == []
    assert taken(database) == {"一等奖": 1, "二等奖": 2}


def test_the_line_goes_on_through_everybody_and_then_prizes_are_left(database, keyring, record, monkeypatch):
    monkeypatch.setattr(line, "LEAST_WAITING", 2)
    with database.transaction() as session:
        session.execute(text("DELETE FROM quiz_winners WHERE place > 4"))  # as if few had been kept
    moment, seen = DRAWN, [1, 2, 3]
    for _ in range(7):
        moment += timedelta(days=32)
        with clock.fixed_at(moment):
            seen += [place for place, _ in moves_on(database)]
        assert sum(taken(database).values()) <= 3
    assert seen == list(range(1, 21)) and taken(database) == {}
    with database.reading() as session:
        codes = session.scalars(select(Winner.code).order_by(Winner.place)).all()
    assert list(codes) == order(record)


def test_when_staff_end_the_line_nobody_follows_any_more(database, keyring, record):
    with database.transaction() as session:
        held = register.get_held(session, "demo")
        with pytest.raises(NotDrawn, match="原因"):
            line.end(session, held, "", "jia")
        line.end(session, held, "预算年度结束", "jia")
        with pytest.raises(NotDrawn, match="已经停止"):
            line.end(session, held, "预算年度结束", "jia")
    refuses(database, 1)
    assert taken(database) == {"二等奖": 2}
    hands_over(database, keyring, 2)  # what was offered stays offered


def test_however_many_act_at_once_there_is_never_more_than_the_stock(database, keyring, record):
    barrier, told = threading.Barrier(6), []

    def act(number: int) -> None:
        barrier.wait()
        try:
            if number % 2:
                confirms(database, 1 + number // 2)
            else:
                hands_over(database, keyring, 1 + number // 2, name=f"演示{number}", phone=f"1390000{number:04}")
            told.append("done")
        except NotHandedOver:
            told.append("refused")

    for place in (1, 2, 3):
        proposes(database, place)
    with clock.fixed_at(DRAWN + timedelta(days=5)):
        threads = [threading.Thread(target=act, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(told) == {"done": 3, "refused": 3}  # of two at the same prize one was first
    assert taken(database) == {"一等奖": 1, "二等奖": 2}
