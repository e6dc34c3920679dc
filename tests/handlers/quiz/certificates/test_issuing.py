"""Certificates: for whoever earned one, signed, true or false for everybody, revoked with a reason."""

import pytest

from content import audit
from content.store import clock, keys
from content.store.keys import Keyring
from handlers import tries
from handlers.quiz import standings
from handlers.quiz.certificates import issuing, naming, signing
from handlers.quiz.certificates.issuing import NotIssued, Worth
from handlers.quiz.exam import roster, units
from handlers.quiz.exam.models import Sitter
from handlers.quiz.mending import proposals
from handlers.quiz.mending.models import Kind
from handlers.quiz.models import Participant, Unit
from tests.handlers.quiz.examined import AFTER, EXAM, PEOPLE, START, asked, campaign, hand_in


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened, clock.fixed_at(AFTER):
        yield opened


@pytest.fixture
def exam(session, bureau):
    """张三演示 has passed, who is left out of the roster has not."""
    held, questions = campaign(session, EXAM), asked(session)
    right = {question.key: question.answer for question in questions}
    passed = roster.participant_of(bureau.keyring, held.id, "D001")
    [unit] = units.put(session, held, {"演示单位"}, PEOPLE[0]).values()
    sitter = Sitter(
        campaign_id=held.id, participant=passed, unit_id=unit.id, is_leading=False, is_active=True, changed_at=AFTER,
        who=bureau.keyring.encrypt("exam-sitter", '["D001", "张三演示"]'),
    )  # fmt: skip
    session.add(sitter)
    session.flush()
    hand_in(session, held, passed, questions, right)
    hand_in(session, held, "failed", questions, {}, minute=1)
    standings.rebuild(session, held)
    roster.join(session, held, sitter)
    return held, passed


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("演示局/办公室", "演示局办公室"), ("演示局/演示局办公室", "演示局办公室"),
        ("演示区/演示局/一科", "演示区演示局一科"), ("演" * 40 + "/" + "示" * 40, "示" * 40),
    ],
)  # fmt: skip
def test_it_names_the_unit_with_those_above_it_and_the_office_that_issues_it(session, bureau, exam, path, told):
    held, passed = exam
    his = session.get(Participant, (held.id, passed))
    session.get(Unit, his.unit_id).path = path
    said = signing.statement_of(issuing.issue(session, bureau.keyring, held, passed).text)
    assert (said.unit, said.issuer) == (told, "葫芦岛市司法局")


def code_of(certificate) -> str:
    return signing.code_of(certificate.text, certificate.signature)


def test_whoever_passed_gets_one_and_the_same_again_and_nobody_else_does(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    assert issuing.issue(session, bureau.keyring, held, passed, PEOPLE[0]).serial == made.serial
    said = signing.read(signing.public_keys(bureau.keyring), code_of(made))
    assert (said.name, said.unit, said.result, said.issued_on) == ("张***", "演示单位", "合格", "2026-12-05")
    for nobody in ("failed", "never there"):
        with pytest.raises(NotIssued):
            issuing.issue(session, bureau.keyring, held, nobody)
    assert issuing.issue_all(session, bureau.keyring, held, PEOPLE[0]) == 0


def test_who_was_left_out_of_the_roster_afterwards_has_his_unit_on_it_all_the_same(session, bureau, exam):
    held, passed = exam
    sitter = session.get_one(Sitter, (held.id, passed))
    sitter.is_active = False
    assert roster.join(session, held, sitter).unit_id is None
    said = signing.statement_of(issuing.issue(session, bureau.keyring, held, passed).text)
    assert (said.name, said.unit) == ("张***", "演示单位")


def test_a_name_in_full_stands_nowhere_in_what_is_public(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    assert "三演示" not in made.text + str(issuing.check(session, bureau.keyring, made.serial))
    assert issuing.real_name(session, bureau.keyring, held, passed) == "张三演示"


def test_the_name_on_it_is_told_to_be_his_or_another_s_a_few_times_only(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)

    def told(name: str) -> str:
        return naming.compare(session, bureau.keyring, made.serial.lower(), name)

    assert told(" 张三 演示") == "same" and told("张四演示") == "other"
    for _ in range(naming.MOST_WRONG):
        told("张")
    assert told("张三演示") == "locked"
    with clock.fixed_at(AFTER + tries.PAUSE):
        assert told("张三演示") == "same"
        issuing.revoke(session, held, made.serial, "演示", PEOPLE[0])
        assert told("张三演示") == "gone"
    assert naming.compare(session, bureau.keyring, "2026-0000-0000-0000", "张三演示") == "gone"


def test_it_is_true_for_everybody_until_it_is_revoked_with_a_reason(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    for serial in (made.serial, made.serial.lower()):
        assert issuing.check(session, bureau.keyring, serial, code_of(made)).worth is Worth.TRUE
    with pytest.raises(NotIssued, match="为什么"):
        issuing.revoke(session, held, made.serial, " ", PEOPLE[0])
    issuing.revoke(session, held, made.serial, "演示原因", PEOPLE[0])
    found = issuing.check(session, bureau.keyring, made.serial, code_of(made))
    assert (found.worth, found.reason) == (Worth.REVOKED, "演示原因")
    with pytest.raises(NotIssued, match="已经作废"):
        issuing.revoke(session, held, made.serial, "演示", PEOPLE[0])
    assert [entry.act for entry in audit.entries(session, thing=f"certificate:{made.serial}")] == [
        "quiz.certificate_revoke"
    ]


def test_whose_was_revoked_for_a_cause_gets_none_until_another_of_staff_issues_it_anew(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)

    def anew(reason: str, by: str):
        return issuing.issue_anew(session, bureau.keyring, held, made.serial, reason, by)

    with pytest.raises(NotIssued, match="不用重发"):
        anew("演示", PEOPLE[1])
    issuing.revoke(session, held, made.serial, "演示：冒名顶替", PEOPLE[0])
    for by in ("", *PEOPLE):
        with pytest.raises(NotIssued, match="演示：冒名顶替"):
            issuing.issue(session, bureau.keyring, held, passed, by)
    assert issuing.issue_all(session, bureau.keyring, held, PEOPLE[1]) == 0
    assert issuing.find_revoked(session, held, passed) is made and issuing.barred(session, held) == 1
    for reason, by, told in (("演示", PEOPLE[0].upper(), "是您作废的"), (" ", PEOPLE[1], "为什么重发")):
        with pytest.raises(NotIssued, match=told):
            anew(reason, by)
    new = anew("演示：已核实本人", PEOPLE[1])
    assert new.serial != made.serial and issuing.issue(session, bureau.keyring, held, passed) is new
    assert issuing.check(session, bureau.keyring, made.serial).worth is Worth.REVOKED
    assert (issuing.barred(session, held), issuing.find_revoked(session, held, passed)) == (0, None)
    with pytest.raises(NotIssued, match="不用重发"):
        anew("演示", PEOPLE[1])
    [entry] = [one for one in audit.entries(session, thing=f"certificate:{new.serial}") if one.act.endswith("anew")]
    assert (entry.staff_name, entry.detail["replaces"]) == (PEOPLE[1], made.serial)


def test_who_is_no_pass_any_more_gets_none_anew_either(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    issuing.revoke(session, held, made.serial, "演示", PEOPLE[0])
    session.get_one(Participant, (held.id, passed)).half_points = 0
    with pytest.raises(NotIssued, match="还不能发证"):
        issuing.issue_anew(session, bureau.keyring, held, made.serial, "演示", PEOPLE[1])


def test_its_number_may_be_typed_in_small_letters_without_dashes_and_with_signs_that_look_alike(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    alike = made.serial.replace("0", "O").replace("1", "I")
    tight = made.serial.replace("-", "")
    for typed in (alike, alike.lower(), tight, tight.lower().replace("1", "l"), made.serial.replace("-", " － ")):
        assert issuing.check(session, bureau.keyring, typed, code_of(made)).worth is Worth.TRUE, typed
        assert issuing.get_certificate(session, held, typed) is made
        assert naming.compare(session, bureau.keyring, typed, "张三演示") == "same"
    other = tight[:-1] + ("2" if tight[-1] != "2" else "3")
    assert issuing.check(session, bureau.keyring, other).worth is Worth.UNKNOWN


def test_whatever_was_changed_or_made_elsewhere_is_not_true(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    other = issuing.issue(session, bureau.keyring, *another(session, bureau))
    elsewhere = signing.sign(Keyring((b"x" * 32,)), signing.statement_of(made.text))
    forged = {
        "another name": signing.code_of(made.text.replace("张", "李"), made.signature),
        "another key": signing.code_of(made.text, elsewhere),
        "another one's code": code_of(other),
        "a piece": code_of(made)[:-4],
        "no code": "亲爱的同志们",
    }
    for what, code in forged.items():
        assert issuing.check(session, bureau.keyring, made.serial, code).worth is Worth.FORGED, what
    assert issuing.check(session, bureau.keyring, "2026-0000-0000-0000").worth is Worth.UNKNOWN


def another(session, bureau):
    """A prize quiz that is over: its certificates are for whoever has finished."""
    held, questions = campaign(session, name="prizes"), asked(session)
    hand_in(session, held, "who", questions, {})
    standings.rebuild(session, held)
    return held, "who"


def test_a_prize_quiz_gives_them_once_it_is_closed(session, bureau):
    held, who = another(session, bureau)
    with clock.fixed_at(START), pytest.raises(NotIssued):
        issuing.issue(session, bureau.keyring, held, who)
    made = issuing.issue(session, bureau.keyring, held, who)
    assert signing.statement_of(made.text).result == "完成竞答"


def test_what_was_signed_before_a_key_was_changed_stays_true(session, bureau, exam, tmp_path):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    rotated = Keyring((b"n" * 32, *bureau.keyring.masters))
    assert issuing.check(session, rotated, made.serial, code_of(made)).worth is Worth.TRUE
    assert signing.public_keys(rotated)[1:] == signing.public_keys(bureau.keyring)
    assert keys.open_keyring(tmp_path / "k.json").derive_all("p")[0] == keys.open_keyring(tmp_path / "k.json").derive(
        "p"
    )


def test_who_fails_after_a_question_was_mended_loses_his_certificate(session, bureau, exam):
    held, passed = exam
    made = issuing.issue(session, bureau.keyring, held, passed)
    for question in asked(session)[:2]:
        wrong = next(letter for letter in "ABCD" if letter != question.answer)
        proposed = proposals.propose(session, held, question.key, Kind.ANSWER, wrong, "演示", PEOPLE[0])
        proposals.approve(session, held, proposed.id, PEOPLE[1])
    found = issuing.check(session, bureau.keyring, made.serial, code_of(made))
    assert found.worth is Worth.REVOKED and "更正" in found.reason
    assert issuing.find_revoked(session, held, passed) is made and not issuing.barred(session, held)
    session.get_one(Participant, (held.id, passed)).half_points = 160  # he has passed after all
    assert issuing.issue(session, bureau.keyring, held, passed).serial != made.serial
