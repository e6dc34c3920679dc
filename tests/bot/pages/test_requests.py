"""Applying as pages: form, look, receipt, how it stands. Nothing typed is lost, and nobody else looks in."""

import io
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select

from bot.demo import officials
from content.staff import Role
from content.store import clock
from handlers import citizens, seals
from handlers.disclosure import files, handling, links, proofs, requests
from handlers.disclosure.files import RequestFile
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel, DisclosureRequest, RequestStep, State
from handlers.disclosure.proofs import RequestProof
from handlers.tries import WrongTries
from tests.bot.pages.published import app_over
from tests.bot.pages.test_draw import opened

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TYPED = {
    "applicant_kind": "person", "name": "演示<b>甲</b>", "contact": "demo@example.org", "way": "online",
    "wanted": "演示<script>x</script>：2025年法律援助案件统计表", "document_number": "演示发〔2025〕1号", "address": "",
}  # fmt: skip
WRITER, REVIEWER = officials.NAMES[Role.WRITE], officials.NAMES[Role.REVIEW1]


@pytest.fixture(autouse=True)
def in_november(one_bureau):
    with clock.fixed_at(NOW):
        officials.seed(one_bureau.database, one_bureau.keyring)
        with one_bureau.database.transaction() as session:
            for table in (RequestFile, RequestProof, RequestStep, DisclosureRequest, WrongTries):
                session.execute(delete(table))
        yield


@dataclass
class Visitor:
    client: FlaskClient

    def ticket(self) -> str:
        return re.search(r'name="ticket" value="([^"]+)"', self.client.get("/h/requests/").text)[1]

    def sends(self, act="check", files=None, headers=None, **changed):
        form = {"ticket": self.ticket(), "from": "", **TYPED, "act": act, **changed}
        return self.client.post("/h/requests/", data={**form, **(files or {})}, headers=headers)

    def files(self, **changed):
        return self.sends("file", **({"proof_later": "1"} | changed))

    def asks(self, number, code):
        return self.client.post("/h/requests/status", data={"number": number, "code": code})


@pytest.fixture
def visitor(shared_app):
    return Visitor(shared_app.test_client())


def picture() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "demo-camera-maker"
    Image.new("RGB", (300, 200), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def receipt(page) -> tuple[str, str]:
    number = re.search(r"<strong>(\d{4}-\d{4})</strong>", page.text)[1]
    return number, re.search(r"<strong>([A-Z2-9]{5}-[A-Z2-9]{5})</strong>", page.text)[1]


def only(bureau) -> DisclosureRequest:
    with bureau.database.reading() as session:
        return session.scalars(select(DisclosureRequest)).one()


def test_an_application_is_looked_at_handed_in_and_answered_with_number_code_and_days(visitor, one_bureau):
    looked = visitor.sends()
    assert looked.status_code == 200 and "核对一遍" in looked.text and "提交申请" in looked.text
    assert "<script>x" not in looked.text and "<b>甲" not in looked.text and "第三十一条第三项" in looked.text
    page = visitor.files()
    number, code = receipt(page)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store" and "<script>x" not in page.text
    for day in ("2026年12月4日", "2026年12月23日", "2027年1月"):  # 7, 20 and 40 working days
        assert day in page.text
    assert "暂定" in page.text  # the calendar of 2027 is not published
    found = only(one_bureau)
    assert found.number == number and found.state == State.NEW and found.received_on is None
    assert "演示<b>甲" not in found.particulars and "demo@example.org" not in found.particulars
    assert visitor.asks(number, code.lower().replace("-", " ")).status_code == 200


def test_before_anything_is_typed_the_page_says_who_keeps_what_and_why(visitor):
    text = visitor.client.get("/h/requests/").text
    assert text.index("《个人信息保护法》第十七条") < text.index("<form")
    assert "用途" in text and 'type="file"' not in text  # no purpose is asked for; the picture comes last


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": " "}, "name", "请写申请人的姓名或者名称。"),
        ({"contact": ""}, "contact", "请写手机号或者电子邮箱，好和您联系；都没有的，写能收到信的邮寄地址。"),
        ({"contact": "电话没有"}, "contact", "联系不上就没法确认收到"),
        ({"contact": "１１０１０５１９４９１２３１００２Ｘ 13800000000"}, "contact", "这里不要写身份证号"),
        ({"name": "演"}, "name", "要和身份证明上的一样"),
        ({"name": "演示甲 138 0000 0000"}, "name", "姓名里有一长串数字"),
        ({"wanted": "表"}, "wanted", "请写清楚要哪份信息"),
        ({"wanted": "身份证 11010519491231002X 的案件"}, "wanted", "这一栏里有身份证号：请删掉"),
        ({"wanted": "字" * 2001}, "wanted", "这一栏最多写 2000 个字"),
        ({"applicant_kind": "king"}, "applicant_kind", "请选您是个人"),
        ({"way": "pigeon"}, "way", "请选怎样给您"),
        ({"way": "post"}, "address", "请写地址或者邮箱"),
        ({"way": "email", "address": "no sign"}, "address", "请检查有没有 @"),
    ],
)
def test_what_is_lacking_is_said_beside_its_field_and_nothing_typed_is_lost(
    visitor, one_bureau, changed, field, sentence
):
    for act in ("check", "file"):
        page = visitor.sends(act, proof_later="1", document_number="演示〔1〕号", **changed)
        assert page.status_code == 422 and "演示〔1〕号" in page.text
        fault = page.text.split(f'id="{field}-fault"')[1]
        assert sentence in fault.split("</p>")[0] and f'href="#{field}"' in page.text
    with one_bureau.database.reading() as session:
        assert session.scalars(select(DisclosureRequest)).all() == []


def test_the_picture_is_kept_plain_and_sealed_and_what_is_no_picture_is_told(visitor, one_bureau):
    refused = visitor.sends("file", files={"proof": (io.BytesIO(b"%PDF-1.4"), "demo.jpg")}, consent="1")
    assert (
        refused.status_code == 422 and "这张照片打不开" in refused.text and "2025年法律援助案件统计表" in refused.text
    )
    assert visitor.sends("file").status_code == 422  # neither a picture nor another way
    sent = visitor.sends("file", files={"proof": (io.BytesIO(picture()), "demo.jpg")}, consent="1")
    assert sent.status_code == 200
    found = only(one_bureau)
    with one_bureau.database.reading() as session:
        sealed = session.get(RequestProof, found.id).sealed
        plain, kind = proofs.find(session, one_bureau.keyring, found.id)
    assert kind in ("image/jpeg", "image/png") and b"demo-camera-maker" not in plain and plain[:8].hex() not in sealed
    assert Image.open(io.BytesIO(plain)).size == (300, 200)


def test_no_picture_is_taken_without_a_consent_of_its_own_which_is_kept_with_its_time(visitor, one_bureau):
    def sends(**ticked):
        return visitor.sends("file", files={"proof": (io.BytesIO(picture()), "demo.jpg")}, **ticked)

    for ticked, field, sentence in (
        ({}, "consent", "单独同意"), ({"consent": "1", "under_14": "1"}, "guardian", "监护人来勾"),
    ):  # fmt: skip
        refused = sends(**ticked)
        assert refused.status_code == 422 and f'href="#{field}"' in refused.text
        assert sentence in refused.text.split(f'id="{field}-fault"')[1].split("</p>")[0]
    assert visitor.files(under_14="1").status_code == 422  # nor is anything else of a child
    number, code = receipt(sends(consent="1", under_14="1", guardian="1"))
    with one_bureau.database.reading() as session:
        step = session.scalars(select(RequestStep).where(RequestStep.act == "consent")).one()
    assert "第二十九条" in step.note and "监护人同意" in step.note and step.at == NOW
    opened = re.search(r'proof/back".*?name="pass" value="([^"]+)"', visitor.asks(number, code).text, re.DOTALL)[1]
    back = visitor.client.post("/h/requests/proof/back", data={"pass": opened})
    assert "还差身份证明" in back.text and "撤回同意，删除身份证明照片" in back.text
    with one_bureau.database.reading() as session:
        assert not proofs.is_kept(session, only(one_bureau).id)
    assert visitor.client.post("/h/requests/proof/back", data={"pass": opened}).status_code == 409
    assert visitor.client.post("/h/requests/proof/back", data={"pass": "1"}).status_code == 403


def test_a_form_that_comes_twice_is_one_application_with_one_receipt(visitor):
    ticket = visitor.ticket()
    first, again = (visitor.files(ticket=ticket) for _ in range(2))
    assert receipt(first) == receipt(again)
    assert receipt(visitor.files(ticket=ticket, wanted="另一份演示信息"))[0] != receipt(first)[0]


def test_what_another_site_a_machine_or_an_old_page_sends_changes_nothing_and_keeps_the_words(visitor, one_bureau):
    for sent in (
        visitor.files(headers={"Sec-Fetch-Site": "cross-site"}),
        visitor.files(website="x"),
        visitor.files(ticket="ab.1.00000000000000000000000000000000"),
    ):
        assert sent.status_code == 409 and "2025年法律援助案件统计表" in sent.text
    with one_bureau.database.reading() as session:
        assert session.scalars(select(DisclosureRequest)).all() == []


def test_who_came_out_of_the_chat_is_known_and_a_false_link_is_nobodys(visitor, one_bureau):
    with one_bureau.database.transaction() as session:
        mine = citizens.get_or_add_citizen_id(session, one_bureau.keyring, "o-demo-request")
        pseudonym = citizens.pseudonym_of(one_bureau.keyring, "o-demo-request")
    address = links.form_url(one_bureau.keyring, "", pseudonym, NOW)
    came = re.search(r'name="from" value="([^"]+)"', visitor.client.get(address).text)[1]
    visitor.files(**{"from": came})
    assert only(one_bureau).citizen_id == mine
    visitor.files(**{"from": came[:-1] + "x"}, wanted="另一份演示信息")
    with one_bureau.database.reading() as session:
        assert requests.find_by_number(session, "2026-0002").citizen_id is None


def answered(bureau, found, letter="granted", **words):
    with bureau.database.transaction() as session:
        mine = requests.get_request(session, found.id)
        handling.confirm(session, mine, WRITER)
        handling.add_note(session, mine, WRITER, "只给同事看的演示备注")
        handling.draft_answer(session, mine, WRITER, letter, {"document_number": "演示字〔2026〕1号", **words})
        handling.approve(session, mine, REVIEWER)


def test_the_status_shows_history_what_comes_next_and_whole_letters_to_whoever_has_the_code(visitor, one_bureau):
    named = {"name": "演示机构", "phone": "0000-0000000", "url": "https://review.example"}
    places = dict.fromkeys(("disclosure_office", "review_office", "superior_office"), named)
    whole = Visitor(app_over(replace(one_bureau, offices=places), one_bureau.database).test_client())
    number, code = receipt(visitor.files())
    assert "等本机关确认" in visitor.asks(number, code).text
    answered(one_bureau, only(one_bureau), how="演示途径")
    page = whole.asks(number, code)
    assert "已答复" in page.text and "双方确认" in page.text and "演示途径" in page.text
    assert "同事看" not in page.text and "甲" not in page.text and "<script>x" not in page.text
    passes = re.findall(r'name="pass" value="([^"]+)"><button class="pick plain">下载', page.text)
    sent = whole.client.post("/h/requests/letter", data={"pass": passes[-1]})
    words = "\n".join(line.text for line in docx.Document(io.BytesIO(sent.data)).paragraphs)
    assert "演示<b>甲</b>：" in words and "https://review.example" in words and "演示字〔2026〕1号" in words
    unfilled = visitor.asks(number, code).text
    assert "已答复" in unfilled and "演示途径" not in unfilled  # a letter with a gap is not out


def test_wrong_codes_are_counted_and_then_nobody_is_heard_for_a_while(visitor):
    number, code = receipt(visitor.files())
    for _ in range(20):
        wrong = visitor.asks(number, "AAAAA-AAAAA")
        assert wrong.status_code == 404 and f'value="{number}"' in wrong.text
    assert visitor.asks(number, code).status_code == 429
    with clock.fixed_at(datetime(2026, 11, 25, 2, 16, tzinfo=UTC)):
        assert visitor.asks(number, code).status_code == 200


def test_a_pass_of_one_application_opens_no_other_and_ends(visitor, one_bureau):
    visitor.files()
    keyring, until = one_bureau.keyring, datetime(2026, 11, 25, 3, tzinfo=UTC)
    with one_bureau.database.reading() as session:
        step = session.scalars(select(RequestStep)).first()
    false = seals.write(keyring, "request-letter", f"{step.request_id + 1:08x}{step.id:x}", until)
    assert visitor.client.post("/h/requests/letter", data={"pass": false}).status_code == 404
    assert visitor.client.post("/h/requests/letter", data={"pass": "x"}).status_code == 403
    old = links.status_url(keyring, "", step.request_id, datetime(2026, 11, 25, 1, tzinfo=UTC))
    assert visitor.client.get(old).status_code == 403
    assert "等本机关确认" in visitor.client.get(links.status_url(keyring, "", step.request_id, NOW)).text


def test_the_applicant_takes_it_back_with_a_tick_and_once(visitor, one_bureau):
    number, code = receipt(visitor.files())
    opened = re.search(r'withdraw".*?name="pass" value="([^"]+)"', visitor.asks(number, code).text, re.DOTALL)[1]
    unsure = visitor.client.post("/h/requests/withdraw", data={"pass": opened})
    assert unsure.status_code == 422 and "请先勾" in unsure.text
    assert "已撤回" in visitor.client.post("/h/requests/withdraw", data={"pass": opened, "sure": "1"}).text
    assert visitor.client.post("/h/requests/withdraw", data={"pass": opened, "sure": "1"}).status_code == 409
    assert only(one_bureau).ended_on == date(2026, 11, 25)


def test_whoever_holds_the_code_of_a_void_entry_reads_why_and_finds_no_clock_and_no_letter(visitor, one_bureau):
    application = Application("person", "演示甲", "demo@example.org", "演示的信息", "", "online", "")
    with one_bureau.database.transaction() as session:
        filed = requests.file(
            session, one_bureau.keyring, Channel.COUNTER, application, by=WRITER, received_on=clock.today()
        )
        number, code = filed.request.number, filed.code
    assert "还有 20 个工作日" in (before := visitor.asks(number, code).text) and "文书" in before
    with one_bureau.database.transaction() as session:
        found = requests.find_by_number(session, number)
        handling.draft_void(session, found, WRITER, "演示：录了两次")
        handling.approve(session, found, REVIEWER)
    page = visitor.asks(number, code).text
    assert "已作废" in page and "工作人员登记错的" in page and "演示：录了两次" in page
    assert not any(word in page for word in ("个工作日", "文书", "撤回", "还差身份证明"))


def test_what_is_given_is_fetched_from_the_page_of_the_one_who_has_the_code(visitor, one_bureau):
    number, code = receipt(visitor.files())
    with one_bureau.database.transaction() as session:
        found = session.scalars(select(DisclosureRequest)).one()
        handling.confirm(session, found, WRITER)
        files.attach(session, one_bureau.keyring, found, WRITER, "演示<统计表.pdf", b"%PDF-1.7 demo")
        handling.draft_answer(session, found, WRITER, "granted", {"how": "演示：见附件"})
    assert "给您的文件" not in visitor.asks(number, code).text
    with one_bureau.database.transaction() as session:
        handling.approve(session, session.scalars(select(DisclosureRequest)).one(), REVIEWER)
    text = visitor.asks(number, code).text
    passed = re.search(r'requests/file".*?name="pass" value="([^"]+)"', text, re.DOTALL)[1]
    got = visitor.client.post("/h/requests/file", data={"pass": passed})
    assert got.data == b"%PDF-1.7 demo" and got.headers["Cache-Control"] == "no-store"
    assert got.headers["Content-Disposition"].startswith("attachment") and "演示统计表.pdf" in text
    letter = re.search(r'requests/letter".*?name="pass" value="([^"]+)"', text, re.DOTALL)
    for wrong in ("", "1", passed[:-1] + ("0" if passed[-1] != "0" else "1"), letter[1] if letter else "x"):
        assert visitor.client.post("/h/requests/file", data={"pass": wrong}).status_code == 403
    with clock.fixed_at(NOW + timedelta(minutes=31)):
        assert visitor.client.post("/h/requests/file", data={"pass": passed}).status_code == 403


def test_who_applied_in_the_chat_sends_his_proof_on_the_page_once(visitor, one_bureau):
    number, code = receipt(visitor.files())
    opened = re.search(r'proof".*?name="pass" value="([^"]+)"', visitor.asks(number, code).text, re.DOTALL)[1]

    def sends(data: bytes):
        form = {"pass": opened, "proof": (io.BytesIO(data), "demo.jpg"), "consent": "1"}
        return visitor.client.post("/h/requests/proof", data=form)

    assert sends(b"x").status_code == 422 and "这张照片打不开" in sends(b"x").text
    sent = sends(picture())
    assert sent.status_code == 200 and "收到身份证明" in sent.text and "还差身份证明" not in sent.text
    assert sends(picture()).text.count("收到身份证明") == 1
    with one_bureau.database.reading() as session:
        assert proofs.is_kept(session, only(one_bureau).id)


def test_no_address_breaks_the_pages(visitor):
    for path in ("status?t=%00", "status?t=" + "9" * 400, "?from=%00", "letter", "nothing"):
        assert visitor.client.get(f"/h/requests/{path}").status_code in (200, 403, 404, 405)


def test_the_pages_fit_a_small_phone_and_run_nothing_that_was_typed(shared_app, visitor, one_bureau, chromium):
    visitor.files(wanted="演示<img src=x onerror=alert(1)>" + "很长的字" * 40)
    status = links.status_url(one_bureau.keyring, "", only(one_bureau).id, NOW)
    page = opened(shared_app, chromium, "/h/requests/")
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/h/requests/", "/h/requests/status", status):
        page.goto(f"http://pufa.test{path}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        assert page.locator("input:not([type=hidden]):visible, textarea:visible").evaluate_all(
            "fields => fields.every(field => field.labels.length)"
        )
    assert page.wrong == []
    page.close()
