"""The desk of applications: who sees whom, every act as a form, two people for an answer, nothing lost, nothing run."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from bot.requests_shown import clock_of
from content import audit
from content.staff import Role
from content.store import clock, working_days
from handlers.disclosure import handling, proofs, requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel, DisclosureRequest, State

HOSTILE = "演示<script>alert(1)</script>"
APPLICATION = Application("person", f"{HOSTILE}姓名", "demo-contact", f"{HOSTILE}统计表", f"{HOSTILE}号", "online", "")
PAPER = {
    "channel": "post", "received_on": "2026-12-01", "applicant_kind": "business", "name": "演示单位", "contact": "demo",
    "proof": "执照复印件", "wanted": "演示要的信息", "document_number": "", "way": "post", "address": "演示地址",
}  # fmt: skip


@pytest.fixture
def filed(console, database, keyring_of):
    """One that came through the net; its id."""

    def made(wanted: str = APPLICATION.wanted) -> int:
        application = Application(*[*[getattr(APPLICATION, name) for name in ("applicant_kind", "name", "contact")],
                                    wanted, APPLICATION.document_number, "online", ""])  # fmt: skip
        with database.transaction() as session:
            made = requests.file(session, keyring_of, Channel.PAGE, application, proof="网上传了照片")
            proofs.keep(session, keyring_of, made.request.id, b"\xff\xd8demo")
            return made.request.id

    return made


@pytest.fixture
def keyring_of(console):
    return console.extensions["console_parts"].keyring


@pytest.fixture
def stands(database):
    def found(request_id: int) -> DisclosureRequest:
        with database.reading() as session:
            return requests.get_request(session, request_id)

    return found


@pytest.fixture
def acts_on_record(database):
    def found() -> list[str]:
        with database.reading() as session:
            return [entry.act for entry in audit.entries(session, act="request")]

    return found


def does(desk, request_id, act, follow=True, **form):
    return desk.sends(f"/requests/{request_id}/act", {"act": act, **form}, follow=follow)


def test_an_application_goes_from_confirmation_to_an_answer_by_two_people(
    writer, reviewer, filed, stands, acts_on_record
):
    request_id = filed()
    assert "待确认" in writer.opens("/requests/").text
    assert "已经办好" in does(writer, request_id, "confirm").text
    page = writer.opens(f"/requests/{request_id}")
    assert "还有 20 个工作日" in page.text and "2026-12-30" in page.text and "写答复" in page.text
    page = writer.opens(f"/requests/{request_id}", answer="secret")
    assert "拟答复：不予公开：国家秘密" in page.text and "密级标识" in page.text
    does(writer, request_id, "answer", letter="secret", reason="演示理由")
    assert "等着另一个人批" in writer.opens(f"/requests/{request_id}").text
    assert does(writer, request_id, "approve").status_code == 409 and stands(request_id).state == State.IN_HAND
    shown = reviewer.opens(f"/requests/{request_id}").text
    assert "演示理由" in shown and "先向" in shown and "批准" in shown
    does(reviewer, request_id, "approve")
    found = stands(request_id)
    assert (found.state, found.report_class, found.answer) == (State.ANSWERED, "3.3.1", "secret")
    assert acts_on_record()[:3] == ["request.answer", "request.draft", "request.confirm"]
    assert "年报第 3.3.1 行" in writer.opens(f"/requests/{request_id}").text


def test_names_are_shown_only_to_who_handles_at_a_tap_and_on_record(writer, sign_in, filed, acts_on_record):
    request_id = filed()
    auditor, campaigner = sign_in(Role.AUDIT), sign_in(Role.CAMPAIGNS)
    for desk in (writer, auditor):
        text = desk.opens(f"/requests/{request_id}").text + desk.opens("/requests/").text
        assert "demo-contact" not in text and "姓名" not in text.split("要的信息")[1].split("申请人</h2>")[0]
    assert "显示申请人信息" in writer.opens(f"/requests/{request_id}").text
    assert "显示申请人信息" not in auditor.opens(f"/requests/{request_id}").text and acts_on_record() == []
    shown = writer.sends(f"/requests/{request_id}/particulars")
    assert "demo-contact" in shown.text and "&lt;script&gt;alert(1)&lt;/script&gt;姓名" in shown.text
    picture = writer.sends(f"/requests/{request_id}/proof")
    assert picture.data == b"\xff\xd8demo" and picture.headers["Cache-Control"] == "no-store"
    assert acts_on_record() == ["request.proof", "request.particulars"]
    for what in ("particulars", "proof", "letter", "number", "act"):
        assert auditor.sends(f"/requests/{request_id}/{what}").status_code == 403
        assert campaigner.sends(f"/requests/{request_id}/{what}").status_code == 403
        assert writer.sends(f"/requests/{request_id + 9}/{what}").status_code == 404
    assert campaigner.opens("/requests/").status_code == 403


def test_who_stands_with_a_wrong_name_has_it_put_right_and_only_the_fields_are_on_record(
    writer, reviewer, filed, acts_on_record, stands
):
    request_id, other = filed(), filed()
    kept = stands(request_id).applicant
    assert stands(other).applicant == kept
    assert "要求更正" in writer.sends(f"/requests/{request_id}/particulars").text
    assert "要求更正" not in reviewer.sends(f"/requests/{request_id}/particulars").text
    right = {"name": "演示更正后", "contact": "demo-contact", "address": "演示新地址", "reason": "演示：本人来电"}
    for wrong, told in (
        ({"name": " "}, "姓名或者名称不能空着"), ({"address": "长" * 201}, "最多写 200 个字"),
        ({"reason": ""}, "请写明原因"), ({"name": APPLICATION.name, "address": ""}, "没有改动"),
    ):  # fmt: skip
        refused = writer.sends(f"/requests/{request_id}/rectify", right | wrong)
        assert refused.status_code == 409 and told in refused.text
        assert ("演示：本人来电" in refused.text) == ("reason" not in wrong)
    assert reviewer.sends(f"/requests/{request_id}/rectify", right).status_code == 403
    assert writer.sends(f"/requests/{other + 9}/rectify", right).status_code == 404
    assert stands(request_id).applicant == kept
    page = writer.sends(f"/requests/{request_id}/rectify", right, follow=True).text
    assert "更正了：姓名或者名称、地址。" in page and "演示更正后" not in page and "演示：本人来电" in page
    assert acts_on_record()[0] == "request.rectified" and stands(request_id).applicant != kept
    shown = writer.sends(f"/requests/{request_id}/particulars").text
    assert "演示更正后" in shown and "演示新地址" in shown and "姓名</dd>" not in shown


def test_a_letter_is_downloaded_with_its_name_numbered_once_and_never_that_of_another(
    writer, filed, settings, acts_on_record, stands
):
    first, second = filed(), filed("另一份演示信息")
    (Path(settings["server.data"]) / "offices.toml").write_text('[disclosure_office]\nname = "演示公开办"\n', "utf-8")
    for request_id in (first, second):
        does(writer, request_id, "confirm")
    does(writer, first, "correction", reason="演示：哪一年", until="2026-12-20")
    page = writer.opens(f"/requests/{first}")
    steps = re.findall(r'name="step" value="(\d+)"><button', page.text)
    assert "还有 1 处要填，Word 里是黄底：文号" in page.text and len(steps) == 2
    assert writer.sends(f"/requests/{second}/letter", {"step": steps[-1]}).status_code == 404
    writer.sends(f"/requests/{first}/number", {"step": steps[-1], "document_number": "演示字〔2026〕2号"})
    assert "已经填全" in writer.opens(f"/requests/{first}").text
    sent = writer.sends(f"/requests/{first}/letter", {"step": steps[-1]})
    words = "\n".join(line.text for line in docx.Document(io.BytesIO(sent.data)).paragraphs)
    assert f"{HOSTILE}姓名：" in words and "演示：哪一年" in words and "演示字〔2026〕2号" in words
    does(writer, first, "corrected", on="2026-12-02", wanted="补好的演示信息")
    sent = writer.sends(f"/requests/{first}/letter", {"step": steps[-1]})
    words = "\n".join(line.text for line in docx.Document(io.BytesIO(sent.data)).paragraphs)
    assert "补好的演示信息" not in words and f"{HOSTILE}统计表" in words  # as it was then
    assert acts_on_record()[:4] == [
        "request.letter", "request.corrected", "request.letter", "request.number",
    ]  # fmt: skip


def test_files_are_attached_seen_by_who_approves_and_each_look_is_on_record(
    writer, reviewer, sign_in, filed, acts_on_record
):
    first, second = filed(), filed("另一份演示信息")
    does(writer, first, "confirm")
    sent = {"file": (io.BytesIO(b"%PDF-1.7 demo"), "<演示>统计表.pdf")}
    assert "演示统计表.pdf" in writer.sends(f"/requests/{first}/files", sent, follow=True).text
    assert (
        "附不上" in writer.sends(f"/requests/{first}/files", {"file": (io.BytesIO(b"MZ"), "x.pdf")}, follow=True).text
    )
    file_id = re.search(r'name="file" value="(\d+)"', writer.opens(f"/requests/{first}").text)[1]
    assert "附件：演示统计表.pdf" in writer.opens(f"/requests/{first}", answer="granted").text
    does(writer, first, "answer", letter="granted", how="演示：见附件")
    shown = reviewer.opens(f"/requests/{first}").text
    assert "该遮的遮了没有" in shown and "撤下：" not in shown
    got = reviewer.sends(f"/requests/{first}/files/open", {"file": file_id})
    assert got.data == b"%PDF-1.7 demo" and got.headers["Content-Disposition"].startswith("attachment")
    assert acts_on_record()[0] == "request.attachment"
    for desk, place, status in (
        (sign_in(Role.AUDIT), first, 403), (sign_in(Role.CAMPAIGNS), first, 403), (writer, second, 404),
        (writer, second + 9, 404),
    ):  # fmt: skip
        assert desk.sends(f"/requests/{place}/files/open", {"file": file_id}).status_code == status
    assert reviewer.sends(f"/requests/{first}/files/drop", {"file": file_id}).status_code == 403
    assert "等着另一个人批" in writer.sends(f"/requests/{first}/files/drop", {"file": file_id}, follow=True).text


def test_what_nobody_was_told_of_is_a_list_with_a_tick_for_each(writer, sign_in, filed):
    request_id = filed()
    does(writer, request_id, "confirm")
    assert "要打电话、写信告知的：1 条" in writer.opens("/requests/").text
    assert "1 条要打电话、写信告知申请人" in writer.opens("/").text
    page, auditor = writer.opens("/requests/untold").text, sign_in(Role.AUDIT)
    assert "登记收到" in page and "demo-contact" not in page and "<script>alert" not in page
    step = re.search(r'name="step" value="(\d+)"', page)[1]
    assert "✓ 已告知" not in auditor.opens("/requests/untold").text
    assert auditor.sends(f"/requests/{request_id}/told", {"step": step, "how": "phone"}).status_code == 403
    assert "都告知了" in writer.sends(f"/requests/{request_id}/told", {"step": step, "how": "phone"}).text
    assert "打了电话，告知了申请人" in writer.opens(f"/requests/{request_id}").text


def test_every_act_of_the_way_is_a_form_and_what_is_refused_keeps_what_was_typed(writer, reviewer, filed, stands):
    request_id = filed()
    does(writer, request_id, "confirm")
    refused = does(writer, request_id, "correction", reason=f"{HOSTILE}写过的字", until="2026-11-01")
    assert refused.status_code == 409 and "期限要写一个以后的日子" in refused.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;写过的字" in refused.text and "<script>alert" not in refused.text
    assert "请选一个日子" in does(writer, request_id, "correction", reason="演示").text
    does(writer, request_id, "correction", reason="演示：哪一年", until="2026-12-20")
    assert stands(request_id).state == State.CORRECTING and "收到补正" in writer.opens(f"/requests/{request_id}").text
    does(writer, request_id, "corrected", on="2026-12-02", wanted="补好的演示信息")
    does(writer, request_id, "consult", kind="third_party", on="2026-12-02", about="演示内容")
    assert "征求意见，期限暂停" in writer.opens(f"/requests/{request_id}").text
    with clock.fixed_at(datetime(2027, 1, 12, 2, tzinfo=UTC)):  # whoever is asked has had his fifteen working days
        runs = clock_of(stands(request_id), working_days.NONE)
        assert runs and runs.what == "答复期限" and "还有" in runs.told
    does(writer, request_id, "opinion", on="2026-12-02", note="演示：同意")
    page = writer.opens(f"/requests/{request_id}").text
    assert "1 次，期限共暂停 0 个工作日" in page and "再征求一次" in page
    assert does(writer, request_id, "consult", kind="third_party", on="2026-12-02", about="演示").status_code == 409
    does(writer, request_id, "extension", days="20", reason="演示：要查档案")
    assert "批准" not in re.sub("由另一个人批准", "", writer.opens(f"/requests/{request_id}").text.split("<h2>办理")[1])
    does(reviewer, request_id, "send_back", reason="演示：写细一点")
    does(writer, request_id, "extension", days="5", reason="演示：要查档案")
    does(reviewer, request_id, "approve")
    assert stands(request_id).extended_days == 5
    does(writer, request_id, "ask_reasons", reason="演示", until="2026-12-20")
    does(writer, request_id, "reasons", note="演示")
    does(writer, request_id, "note", note=HOSTILE)
    text = writer.opens(f"/requests/{request_id}").text
    assert "<script>alert" not in text and "延长 5 个工作日" in text
    for act in ("fee", "confirm", "opinion", "nothing"):  # switched off, not in this state, no such act
        assert (
            does(
                writer, request_id, act, amount="1", reason="x", how="x", on="2026-12-02", until="2027-01-15"
            ).status_code
            == 409
        )
    does(writer, request_id, "withdraw")
    assert stands(request_id).state == State.WITHDRAWN


def test_a_fee_is_computed_where_the_bureau_takes_fees_at_all(make_console, console, sign_in, filed):
    request_id = [filed(f"演示第 {nth} 份") for nth in range(11)][-1]
    charging = sign_in(Role.WRITE, make_console(disclosure__fees=True))
    does(charging, request_id, "confirm")
    assert "当月第 11 件，按件算 100 元" in charging.opens(f"/requests/{request_id}").text
    does(charging, request_id, "fee", amount="100", reason="演示", how="演示", until="2027-01-15")
    assert "信息处理费收费通知" in charging.opens(f"/requests/{request_id}").text
    assert "收费通知</summary>" not in sign_in(Role.WRITE).opens(f"/requests/{request_id}").text


def test_what_came_by_post_is_entered_with_its_day_and_a_code_that_is_shown_once(writer, sign_in, stands):
    for changed, sentence in (
        ({"channel": "page"}, "请选是来信还是当面"), ({"received_on": "x"}, "请写收到的日子"),
        ({"received_on": "2026-12-03"}, "不能是以后的日子"),
        ({"received_on": "2020-12-01"}, "请核对年份和日子"),
        ({"proof": ""}, "请写收了哪种身份证明"), ({"name": ""}, "请写申请人"),
        ({"address": ""}, "请写地址"),
    ):  # fmt: skip
        refused = writer.sends("/requests/new", {**PAPER, **changed})
        assert refused.status_code == 422 and sentence in refused.text and "演示要的信息" in refused.text
    page = writer.sends("/requests/new", PAPER)
    assert page.status_code == 200 and re.search(r"查询码是 [A-Z2-9]{5}-[A-Z2-9]{5}", page.text)
    form = {"act": "received", "on": "2026-11-30", "reason": "演示：看错邮戳"}
    assert "更正收到的日子" in writer.sends("/requests/1/act", **form).text
    assert "由 2026-12-01 改为 <strong>2026-11-30</strong>" in sign_in(Role.REVIEW1).opens("/requests/1").text
    sign_in(Role.REVIEW1).sends("/requests/1/act", act="approve")
    assert stands(1).received_on.isoformat() == "2026-11-30" and "查询码是" not in writer.opens("/requests/1").text
    assert sign_in(Role.AUDIT).sends("/requests/new", PAPER).status_code == 403


def test_an_entry_made_twice_is_void_by_two_people_and_its_page_and_list_say_so(
    writer, reviewer, sign_in, filed, acts_on_record
):
    for _ in range(2):
        writer.sends("/requests/new", PAPER)
    assert "作废登记错的这一件" in writer.opens("/requests/2").text
    assert sign_in(Role.AUDIT).sends("/requests/2/act", act="void", reason="演示").status_code == 403
    assert "请写明原因" in does(writer, 2, "void", reason=" ").text
    does(writer, 2, "void", reason="演示：同 2026-0001 重复")
    assert "等着另一个人批：作废登记" in writer.opens("/requests/2").text
    assert does(writer, 2, "approve").status_code == 409
    does(reviewer, 2, "approve")
    page = writer.opens("/requests/2").text
    assert "已作废" in page and "不计入年报" in page and "演示：同 2026-0001 重复" in page and "还没有告知" not in page
    assert "写备注" in page and "年报第" not in page and 'value="void"' not in page
    assert "2026-0002" in writer.opens("/requests/", show="void").text
    assert "2026-0002" not in writer.opens("/requests/", show="over").text + writer.opens("/requests/untold").text
    assert acts_on_record()[0] == "request.void"
    online = filed()
    does(writer, online, "confirm")
    assert 'value="void"' not in writer.opens(f"/requests/{online}").text
    assert "只有工作人员登记的" in does(writer, online, "void", reason="演示").text


def test_the_list_says_what_is_due_in_words_and_finds_by_number_and_words(writer, sign_in, filed, database):
    first, second = filed("第一份演示信息"), filed("第二份演示信息")
    does(writer, first, "confirm")
    with clock.fixed_at(datetime(2026, 12, 28, 2, tzinfo=UTC)):
        mine = sign_in(Role.WRITE)
        soon = mine.opens("/requests/", show="soon").text
        assert "还有 2 个工作日" in soon and "第二份" not in soon
        assert "第一份" not in mine.opens("/requests/", show="new").text
        assert "第一份" in mine.opens("/requests/", show="mine").text
    with clock.fixed_at(datetime(2026, 12, 31, 2, tzinfo=UTC)):
        assert "超期 1 个工作日" in sign_in(Role.WRITE).opens("/requests/", show="overdue").text
    mine = sign_in(Role.WRITE)  # the sign-in of today is over by then
    by_number, by_words = (mine.opens("/requests/", show="all", words=words).text for words in ("2026-0002", "第二份"))
    assert f"/console/requests/{second}" in by_number and "第一份" not in by_number
    assert f"/console/requests/{second}" in by_words and "第一份" not in by_words
    assert mine.opens("/requests/", show="x", words="%").status_code == 200


def test_a_year_is_taken_away_without_anybody_in_it_and_no_cell_is_a_formula(writer, filed, acts_on_record):
    filed("=HYPERLINK(1)演示")
    sheet = openpyxl.load_workbook(io.BytesIO(writer.opens("/requests/year.xlsx", year="2026").data)).active
    rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0] == "2026-0001" and rows[1][3].startswith("'=") and "公民个人" in rows[1]
    assert "demo-contact" not in str(rows) and "姓名" not in str(rows) and acts_on_record() == ["request.export"]
    assert writer.opens("/requests/year.xlsx", year="x").status_code == 200


def test_a_table_of_the_year_to_come_is_marked_provisional(writer, filed, database):
    request_id = filed()
    with clock.fixed_at(datetime(2026, 12, 20, 2, tzinfo=UTC)), database.transaction() as session:
        handling.confirm(session, requests.get_request(session, request_id), "demo-write")
    assert "（暂定）" in writer.opens(f"/requests/{request_id}").text
