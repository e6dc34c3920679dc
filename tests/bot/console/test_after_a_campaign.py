"""Once papers are in: how questions did, a wrong one mended by two, any paper, certificates, the paper edition."""

import io
import json
import re
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from bot.demo import officials
from content import export, staff
from content.audit import AuditEntry
from content.models import Question
from content.staff import Role
from content.store import clock
from handlers.quiz import standings
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.exam import units
from handlers.quiz.exam.models import Sitter
from handlers.quiz.mending.models import Mending
from handlers.quiz.models import HeldCampaign, Participant, Round
from tests.bot.console.conftest import entered
from tests.handlers.quiz.examined import hand_in

OPENS = clock.from_timestamp(1_764_554_400)  # 2025-12-01, long over when these tests act
RULES = """
title = "演示竞答"
opens_at = 2025-12-01T08:00:00+08:00
closes_at = 2025-12-04T20:00:00+08:00
minutes = 15

[[paper]]
subject = "constitution"
count = 4
points = 20

[exam]
pass_points = 60
"""
AT = "/campaigns/demo"


@pytest.fixture
def questions(console, database):
    with database.transaction() as session:
        made = [
            Question(key=f"q{number}", subject="constitution", kind="single", text=f"演示题干{number}", answer="A",
                     options=["甲", "乙", "丙", "丁"], explanation="演示", basis=["《宪法》第一条"], difficulty=1)
            for number in range(6)
        ]  # fmt: skip
        session.add_all(made)
    return made


@pytest.fixture
def papers(database, questions):
    """Forty people: all chose B for the first question, whose key says A; half of them are right in the rest."""
    with database.transaction() as session:
        held = HeldCampaign(
            id="demo", title="演示竞答", rules=RULES, opens_at=OPENS, closes_at=OPENS + timedelta(days=3),
            commitment="", secret="", created_by="演示", created_at=OPENS,
        )  # fmt: skip
        session.add(held)
        session.flush()
        for number in range(40):
            given = {one.key: "A" if number % 2 else "C" for one in questions[1:4]} | {"q0": "B"}
            played = hand_in(session, held, f"p{number}", questions[:4], given, minute=number)
            shift = OPENS - played.started_at + timedelta(minutes=number)
            for moment in ("started_at", "finished_at", "deadline_at"):
                setattr(played, moment, getattr(played, moment) + shift)
        standings.rebuild(session, held)
    return held


@pytest.fixture
def second(console, database, password):
    """Another member of staff for campaigns."""

    with database.transaction() as session:
        staff.set_roles(session, officials.NAMES[Role.WRITE], [Role.CAMPAIGNS], officials.NAMES[Role.ADMIN])
    return entered(console, officials.NAMES[Role.WRITE], password)


@pytest.fixture
def desk(papers, sign_in):
    return sign_in(Role.CAMPAIGNS)


def table(answer) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_how_questions_did_is_a_page_and_a_table_that_mark_the_wrong_one(desk):
    page = desk.opens(f"{AT}/questions").text
    assert "交卷 <strong>40</strong> 份" in page and "没有人答对" in page and "B 100%" in page
    rows = table(desk.opens(f"{AT}/questions.xlsx"))
    assert rows[1][0] == "q0" and rows[1][6] == 0 and "没有人答对" in rows[1][-1] and len(rows) == 5


def test_a_question_is_mended_by_one_and_approved_by_another_who_sees_who_changes(desk, second, database):
    form = desk.opens(f"{AT}/mendings/", key="q0").text
    assert "演示题干0" in form and "全部重新计分" in form
    refused = desk.sends(f"{AT}/mendings/propose", key="q0", kind="answer", ways="Z", reason="演示原因")
    assert refused.status_code == 409 and "字母" in refused.text and "演示原因" in refused.text
    page = desk.sends(f"{AT}/mendings/propose", key="q0", kind="answer", ways="B", reason="演示原因").text
    assert "<strong>40</strong> 份得分会变" in page and "由不合格变合格 <strong>0</strong>" in page
    assert "60 → <strong>80</strong>" in page and "是您提出的" in page
    assert len(table(desk.opens(f"{AT}/mendings/1.xlsx"))) == 41
    heads, row = table(desk.opens(f"{AT}/mendings/all.xlsx"))
    assert row[0] == "q0" and row[heads.index("为什么")] == "演示原因" and row[heads.index("现在")] == "等别人批准"
    assert desk.sends(f"{AT}/mendings/1/decide", act="approve").status_code == 409
    assert "已批准" in second.sends(f"{AT}/mendings/1/decide", act="approve").text
    with database.reading() as session:
        assert session.get(Mending, 1).figures["people"] == 40
        assert session.get(Participant, ("demo", "p1")).half_points == 160
    assert "已改题" in desk.opens(f"{AT}/questions").text


def test_whoever_approves_can_tell_apart_two_of_one_name_in_two_offices(desk, database, console, sign_in):
    keyring = console.extensions["console_parts"].keyring
    with database.transaction() as session:
        held = session.get_one(HeldCampaign, "demo")
        made = units.put(session, held, {"演示局/办公室", "演示委/办公室"}, "demo")
        for name, number, unit in (("p1", "D001", "演示局/办公室"), ("p3", "D003", "演示委/办公室")):
            who = keyring.encrypt("exam-sitter", json.dumps([number, "张三演示"]))
            session.add(Sitter(campaign_id="demo", participant=name, unit_id=made[unit].id, is_leading=False,
                               is_active=True, changed_at=OPENS, who=who))  # fmt: skip
            session.get_one(Participant, ("demo", name)).unit_id = made[unit].id
        code = session.get_one(Participant, ("demo", "p1")).code
    page = desk.sends(f"{AT}/mendings/propose", key="q0", kind="answer", ways="B", reason="演示原因").text
    for words in ("张***（D001）", "张***（D003）", "演示局/办公室</td>", "演示委/办公室</td>"):
        assert words in page
    assert {"张***（D001）", "张***（D003）"} <= {row[0] for row in table(desk.opens(f"{AT}/mendings/1.xlsx"))}
    seen = sign_in(Role.AUDIT).opens(f"{AT}/mendings/1").text
    assert f"张***（{code}）" in seen and "D001" not in seen


def test_any_paper_is_drawn_again_and_shown_with_what_was_given(desk, database):
    with database.reading() as session:
        code = session.get(Participant, ("demo", "p1")).code
    found = desk.client.get(f"/console{AT}/papers", query_string={"who": code.lower()}, follow_redirects=True).text
    assert "演示题干0" in found and "答：B；题库答案 A；得 0 分" in found and "预计 <strong>72.0</strong> 分" in found
    assert "没有这个参与码、工号或编号" in desk.opens(f"{AT}/papers", who="NOBODY").text


def test_certificates_are_issued_looked_at_revoked_and_issued_anew_by_another(desk, second, database):
    assert "已经发了 20 张" in desk.sends(f"{AT}/certificates/issue").text
    with database.reading() as session:
        serial = session.scalars(select(Certificate.serial)).first()
    assert "certificate" in desk.opens(f"{AT}/certificates/{serial}").text
    assert desk.opens(f"{AT}/certificates/{serial}.svg").text.startswith("<svg")
    assert "为什么" in desk.sends(f"{AT}/certificates/{serial}/revoke", reason=" ").text
    assert "演示原因" in desk.sends(f"{AT}/certificates/{serial}/revoke", reason="演示原因").text
    assert len(table(desk.opens(f"{AT}/certificates.xlsx"))) == 21
    assert "<strong>1</strong> 人的证书是因故作废" in desk.sends(f"{AT}/certificates/issue").text
    assert "重发一张" not in desk.opens(f"{AT}/certificates/{serial}").text
    assert "是您作废的" in desk.sends(f"{AT}/certificates/{serial}/anew", reason="演示原因").text
    assert "重发一张" in second.opens(f"{AT}/certificates/{serial}").text
    assert "已经重发" in second.sends(f"{AT}/certificates/{serial}/anew", reason="演示原因").text
    assert len(table(desk.opens(f"{AT}/certificates.xlsx"))) == 22


def test_the_paper_edition_is_made_taken_away_and_typed_in(desk, database):
    assert "已经出好" in desk.sends(f"{AT}/editions/make").text
    packed = zipfile.ZipFile(io.BytesIO(desk.opens(f"{AT}/editions/files.zip").data))
    assert len(packed.namelist()) == 4 and not any("评分" in name for name in packed.namelist())
    assert desk.opens(f"{AT}/editions/key.docx").data.startswith(b"PK")
    with database.reading() as session:
        assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() == "quiz.paper_key"
    assert table(desk.opens(f"{AT}/editions/template.xlsx"))[0][:2] == ["工号", "卷别"]
    with database.reading() as session:
        before = session.get(PrintedPaper, "demo").seed
    desk.sends(f"{AT}/editions/make", act="again")
    with database.reading() as session:
        assert session.get(PrintedPaper, "demo").seed != before
        rounds = session.query(Round).count()
    wrong = export.as_xlsx({"录入": [["工号", "卷别", "1", "2", "3", "4"], ["D001", "Z", "A", "A", "A", "A"]]})
    file = {"file": (io.BytesIO(wrong), "录入.xlsx")}
    told = desk.sends(f"{AT}/editions/enter", file, started_at="2025-12-02T09:00")
    assert told.status_code == 409 and "<strong>A2</strong>" in told.text and "<strong>B2</strong>" in told.text
    assert desk.sends(f"{AT}/editions/enter", started_at="2025-12-02T09:00").status_code == 400
    assert desk.sends(f"{AT}/editions/enter", started_at="昨天").status_code == 400
    with database.reading() as session:
        assert session.query(Round).count() == rounds


def test_papers_typed_in_wait_for_another_who_sees_whom_they_change(desk, second, sign_in, database):
    desk.sends(f"{AT}/editions/make")
    with database.transaction() as session:
        session.get(HeldCampaign, "demo").rules = RULES[: RULES.index("[exam]")]
        code = session.get(Participant, ("demo", "p2")).code
    filled = export.as_xlsx(
        {"录入": [["参与码", "编号", "卷别", "1", "2", "3", "4"], [code, "", "A", "A", "A", "A", "A"]]}
    )
    form = {"started_at": "2025-12-02T09:00", "reason": "演示原因"}
    told = desk.sends(f"{AT}/editions/enter", {"file": (io.BytesIO(filled), "录入.xlsx")}, **{**form, "reason": " "})
    assert told.status_code == 409 and "请写原因" in told.text
    page = desk.sends(f"{AT}/editions/enter", {"file": (io.BytesIO(filled), "录入.xlsx")}, **form).text
    assert "还没有计入成绩" in page and f"<code>{code}</code>" in page and "演示原因" in page and "是您录入的" in page
    assert desk.sends(f"{AT}/editions/1/decide", act="confirm").status_code == 409
    assert table(desk.opens(f"{AT}/editions/1.xlsx"))[1][1] == code
    auditor = sign_in(Role.AUDIT)
    assert "谁会变" in auditor.opens(f"{AT}/editions/1").text
    assert auditor.sends(f"{AT}/editions/1/decide", act="confirm").status_code == 403
    with database.reading() as session:
        assert session.get(Participant, ("demo", "p2")).papers == 1
    assert "已确认，计入成绩" in second.sends(f"{AT}/editions/1/decide", act="confirm").text
    with database.reading() as session:
        assert session.get(Participant, ("demo", "p2")).papers == 2
    assert table(desk.opens(f"{AT}/editions/typed.xlsx"))[1][3] == "演示原因"
    papers = table(desk.opens(f"{AT}/papers.xlsx"))
    assert len(papers) == 42 and [row[1] for row in papers if row[5] == "A"] == [code]
    assert "第 1 批" in desk.opens(f"{AT}/editions/").text and desk.opens(f"{AT}/editions/2").status_code == 404


def test_who_audits_sees_everything_and_gets_no_key_and_changes_nothing(papers, sign_in):
    auditor = sign_in(Role.AUDIT)
    for page in ("questions", "mendings/", "papers", "certificates/", "editions/"):
        shown = auditor.opens(f"{AT}/{page}")
        main = re.sub(r"(?s)<header.*?</header>", "", shown.text)
        assert shown.status_code == 200 and 'method="post"' not in main, page
    assert auditor.opens(f"{AT}/editions/files.zip").status_code == 403
    assert auditor.opens(f"{AT}/editions/key.docx").status_code == 403


def test_a_campaign_a_mending_or_a_paper_of_another_is_not_found(desk, database):
    desk.sends(f"{AT}/mendings/propose", key="q0", kind="void", reason="演示原因")
    with database.transaction() as session:
        held = session.get(HeldCampaign, "demo")
        session.add(
            HeldCampaign(id="other", title="演示", rules=held.rules, opens_at=held.opens_at, closes_at=held.closes_at,
                         commitment="", secret="", created_by="", created_at=held.created_at)
        )  # fmt: skip
        paper = session.scalars(select(Round.id)).first()
    for path in ("/campaigns/none/questions", "/campaigns/other/mendings/1", f"/campaigns/other/papers/{paper}",
                 "/campaigns/demo/certificates/none", "/campaigns/other/editions/files.zip"):  # fmt: skip
        assert desk.opens(path).status_code == 404, path
    assert desk.sends("/campaigns/other/mendings/1/decide", act="drop", follow=False).status_code in (404, 409)
