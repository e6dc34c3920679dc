"""The console's side of an exam: roster, codes, what is granted, liaisons and the report, each behind its role."""

import io
import re

import docx
import openpyxl
import pytest
from sqlalchemy import select

from bot import wiring
from bot.config import make_config
from bot.console.exams import get_exam
from bot.demo import officials
from content import audit, staff
from content.staff import Role
from handlers.quiz.exam import codes, liaison, overrides, roster, units
from handlers.quiz.exam.models import OverrideKind, OverrideState, RosterFile
from handlers.quiz.exam.overrides import Wish
from handlers.quiz.models import HeldCampaign
from tests.bot.console.conftest import ON_BOTH
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.exams import EXAM, NOW, PEOPLE, roster_file

BY = officials.NAMES[Role.CAMPAIGNS]
PLACE = "/exams/demo"


@pytest.fixture
def keyring(settings):
    return wiring.keyring(make_config(settings))


@pytest.fixture
def hold(database, keyring, console):
    """An exam that is held, as if it had been put on."""

    def made(name: str = "demo", written: str = EXAM) -> None:
        with database.transaction() as session:
            session.add(
                HeldCampaign(
                    id=name, title="演示考试", rules=written, opens_at=NOW, closes_at=NOW.replace(day=4), commitment="",
                    secret="", created_by=BY, created_at=NOW,
                )
            )  # fmt: skip

    return made


@pytest.fixture
def organiser(hold, sign_in):
    """In front of the desk of an exam with its roster."""
    hold()
    desk = sign_in(Role.CAMPAIGNS)
    sends_roster(desk, roster_file())
    assert takes(desk).status_code == 200
    return desk


@pytest.fixture
def doing(database, keyring):
    def act(what, *arguments, **more):
        with database.transaction() as session:
            return what(session, keyring, session.get_one(HeldCampaign, "demo"), *arguments, **more)

    return act


@pytest.fixture
def person(database, keyring):
    def of(number: str) -> roster.Person:
        with database.reading() as session:
            found = roster.people(session, keyring, session.get_one(HeldCampaign, "demo"), is_all=True)
        return next(one for one in found if one.number == number)

    return of


def sends_roster(desk, data: bytes, name: str = "名单.xlsx", **form):
    return desk.sends(f"{PLACE}/roster/send", data={"file": (io.BytesIO(data), name), **form})


def takes(desk, number: int | None = None, **form):
    if number is None:
        number = _newest(desk)
    return desk.sends(f"{PLACE}/roster/{number}/take", **form)


def _newest(desk) -> int:
    with desk.client.application.extensions["console_parts"].database.reading() as session:
        return max(session.scalars(select(RosterFile.id)).all())


def rows_of(answer) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))


# ── the roster ────────────────────────────────────────────────────────────────────────────────────────────────────────


@ON_BOTH
def test_a_roster_is_looked_at_before_it_is_taken_in(hold, sign_in, database, keyring):
    hold()
    desk = sign_in(Role.CAMPAIGNS)
    page = sends_roster(desk, roster_file()).text
    assert "读到 5 人：新来 5" in page and "现在还没有导入" in page and "张三丰" in page
    with database.reading() as session:
        assert roster.people(session, keyring, get_exam(session, "demo")) == []
    assert "新来 5 人" in takes(desk).text
    again = sends_roster(desk, roster_file()).text
    assert "新来 0，改动 0，不变 5，停考 0" in again


def test_every_fault_has_its_cell_on_the_page_and_in_the_marked_file(hold, sign_in):
    hold()
    desk = sign_in(Role.CAMPAIGNS)
    page = sends_roster(desk, roster_file([PEOPLE[0], ("演示局", "211402199001011234", "甲")])).text
    assert "1 行要改" in page and "<td>B3</td>" in page and "身份证号" in page and ">导入</button>" not in page
    marked = desk.opens(f"{PLACE}/roster/{_newest(desk)}/marked.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(marked.data)).active
    assert "身份证号" in sheet["B3"].comment.text
    assert takes(desk).status_code == 409


def test_who_is_left_out_stands_on_the_page_and_needs_a_tick(organiser, person):
    page = sends_roster(organiser, roster_file(PEOPLE[:4])).text
    assert "下面 1 人停考" in page and "钱七" in page
    refused = takes(organiser, gone="1")
    assert refused.status_code == 409 and "1 个人" in refused.text and person("B001").is_active
    takes(organiser, gone="1", agree="1")
    assert not person("B001").is_active


def test_a_part_of_the_roster_leaves_other_units_alone(organiser, person):
    page = sends_roster(organiser, roster_file([PEOPLE[0]]), whole="part").text
    assert "停考 1（只管表里出现的单位）" in page
    takes(organiser, gone="1", agree="1", part="1")
    assert not person("A002").is_active and person("B001").is_active


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "名单.xlsx", "不是 Excel"),
        (roster_file([]), "名单.xlsx", "没有人"),
        (b"", "", "没有选文件"),
    ],
)
def test_what_is_no_roster_is_told_on_the_page(hold, sign_in, data, name, told):
    hold()
    answer = sends_roster(sign_in(Role.CAMPAIGNS), data, name)
    assert answer.status_code == 400 and told in answer.text


def test_the_template_and_the_roster_are_to_be_had(organiser):
    assert rows_of(organiser.opens(f"{PLACE}/roster/template.xlsx"))[0] == ("单位", "工号", "姓名", "是否领导干部")
    rows = rows_of(organiser.opens(f"{PLACE}/roster/roster.xlsx"))
    assert ("演示局/办公室", "A001", "张三丰", "是") in rows and len(rows) == 6


# ── codes ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_codes_of_a_unit_are_shown_once_to_print_and_let_their_owners_in(organiser, doing, database):
    with database.reading() as session:
        unit = next(one.id for one in units.all_units(session, get_exam(session, "demo")) if one.path == "演示局")
    page = organiser.sends(f"{PLACE}/people/codes", unit=str(unit), whom="missing", form="print").text
    found = re.findall(r"工号 (\w+)</div><div class=\"fs-5 font-monospace\">([\w-]+)<", page)
    assert [number for number, _ in found] == ["A004", "A001", "A002", "A003"] and "钱七" not in page
    for number, code in found:
        assert doing(codes.enter, number, code, "192.0.2.1").token
    assert "（0 人）" in organiser.sends(f"{PLACE}/people/codes", unit=str(unit), whom="missing", form="print").text


def test_codes_of_all_come_as_a_table_and_one_anew(organiser, doing, person):
    rows = rows_of(organiser.sends(f"{PLACE}/people/codes", unit="0", whom="all", form="xlsx"))
    old = next(row[3] for row in rows if row[1] == "B001")
    page = organiser.sends(f"{PLACE}/people/{person('B001').participant}/code").text
    [new] = re.findall(r"font-monospace\">([\w-]+)<", page)
    assert not doing(codes.enter, "B001", old, "192.0.2.1").token and doing(codes.enter, "B001", new, "192.0.2.1").token


def test_people_are_found_by_number_name_and_unit(organiser):
    assert "李四" in organiser.opens(f"{PLACE}/people/", words="a002").text
    page = organiser.opens(f"{PLACE}/people/", words="钱").text
    assert "钱七" in page and "李四" not in page
    assert organiser.opens(f"{PLACE}/people/", unit="999999").status_code == 404


# ── what is granted ───────────────────────────────────────────────────────────────────────────────────────────────────


def asked(session) -> list:
    return overrides.listing(session, session.get_one(HeldCampaign, "demo"))


def test_people_and_exams_are_tables_that_make_no_codes(organiser, doing, database):
    from_page = {"words": "A00", "unit": "0"}
    sheet = openpyxl.load_workbook(io.BytesIO(organiser.sends(f"{PLACE}/people/list.xlsx", from_page).data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:5] == ("单位", "工号", "姓名", "领导干部", "结果") and len(rows) == 5
    assert rows[1][4] == "未参加" and rows[1][-1] == "没有领过码"
    with database.reading() as session:
        assert audit.entries(session, act="campaign.export", limit=1)[0].detail["rows"] == 4
    [listed] = openpyxl.load_workbook(io.BytesIO(organiser.opens("/exams/list.xlsx").data))
    heads, row = listed.iter_rows(values_only=True)
    assert row[:2] == ("demo", "演示考试") and row[heads.index("应考")] == len(PEOPLE)


def test_one_asks_and_another_approves(organiser, person, database, sign_in):
    form = {"kind": "attempt", "attempts": "1", "reason": "演示停电"}
    page = organiser.sends(f"{PLACE}/people/{person('A001').participant}/ask", **form).text
    assert "加考 1 次" in page and "演示停电" in page and "请另一位同事批" in page
    with database.reading() as session:
        number = asked(session)[0].id
    assert "不能自己批" in organiser.sends(f"{PLACE}/overrides/{number}", act="approve").text
    with database.transaction() as session:
        staff.set_roles(session, officials.NAMES[Role.WRITE], ["write", "campaigns"], officials.NAMES[Role.ADMIN])
    other = sign_in(Role.WRITE)
    assert "已批准" in other.sends(f"{PLACE}/overrides/{number}", act="approve").text
    assert "已经办过" in other.sends(f"{PLACE}/overrides/{number}", act="refuse").text
    with database.reading() as session:
        [one] = asked(session)
        kept = [entry.act for entry in audit.entries(session, thing=f"campaign:demo/override:{number}")]
    assert (one.state, one.decided_by) == (OverrideState.APPROVED, officials.NAMES[Role.WRITE])
    assert kept == ["exam.approve", "exam.ask"]
    assert "已收回" in organiser.sends(f"{PLACE}/overrides/{number}", act="end").text


def test_a_wish_that_is_written_wrongly_comes_back_with_all_that_was_typed(organiser, person, database):
    form = {"kind": "minutes", "minutes": "999", "reason": '演示"原因'}
    answer = organiser.sends(f"{PLACE}/people/{person('A001').participant}/ask", **form)
    assert answer.status_code == 422 and "延长的分钟" in answer.text
    assert 'value="999"' in answer.text and "演示&#34;原因" in answer.text
    with database.reading() as session:
        assert asked(session) == []


def test_who_only_reads_sees_neither_names_nor_reasons(organiser, doing, person, sign_in):
    doing(overrides.ask, person("A001").participant, Wish(OverrideKind.EXCUSED, "演示住院"), "联络员1号")
    reader = sign_in(Role.AUDIT)
    page = reader.opens(f"{PLACE}/overrides/").text
    assert "张**" in page and "免考" in page
    assert not any(word in page for word in ("张三丰", "A001", "住院", "批准</button>"))
    assert rows_of(reader.opens(f"{PLACE}/overrides.xlsx"))[1][:5] == ("免考", "张**", None, "演示局/办公室", None)
    assert rows_of(organiser.opens(f"{PLACE}/overrides.xlsx"))[1][1:5] == (
        "张三丰",
        "A001",
        "演示局/办公室",
        "演示住院",
    )
    assert reader.opens(f"{PLACE}/liaisons.xlsx").status_code == 403
    assert reader.opens(f"{PLACE}/").status_code == 200 and reader.opens(f"{PLACE}/people/").status_code == 403


# ── liaisons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_liaison_is_given_link_and_pin_once_and_revoked_at_once(organiser, doing, database, keyring):
    with database.reading() as session:
        every = units.all_units(session, get_exam(session, "demo"))
    unit = next(one.id for one in every if one.path == "演示局/办公室")
    page = organiser.sends(f"{PLACE}/liaisons/add", unit=str(unit), name="周九").text
    link = re.search(r"/h/liaison/enter/([\w-]+)", page)[1]
    pin = re.search(r">(\d{6})<", page)[1]
    with database.transaction() as session:
        token = liaison.enter(session, keyring, link, pin, "192.0.2.1").token
        number = liaison.find(session, token).id
    listed = organiser.opens(f"{PLACE}/liaisons/").text
    assert "周九" in listed and link not in listed and pin not in re.sub(r"[0-9a-f]{40,}|\S{60,}", "", listed)
    assert "演示局、演示局/法规科、演示委。" in listed
    assert rows_of(organiser.opens(f"{PLACE}/liaisons.xlsx"))[1][:4] == (number, "周九", "演示局/办公室", BY)
    with database.reading() as session:
        noted = audit.entries(session, act="campaign.export")[0]
    assert (noted.staff_name, noted.detail) == (BY, {"what": "联络员", "rows": 1})
    assert "已停用" in organiser.sends(f"{PLACE}/liaisons/{number}", act="revoke").text
    with database.reading() as session:
        assert liaison.find(session, token) is None
    assert "口令" in organiser.sends(f"{PLACE}/liaisons/{number}", act="renew").text


# ── the report ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_report_is_one_click_in_word_and_in_excel(organiser):
    desk = organiser.opens(f"{PLACE}/").text
    for kind in ("docx", "xlsx"):
        assert f"/console/exams/demo/report.{kind}" in desk
    rows = rows_of(organiser.opens(f"{PLACE}/report.xlsx"))
    assert rows[-1][:7] == ("合计", 5, 0, 0, 0, 0, 5)
    document = docx.Document(io.BytesIO(organiser.opens(f"{PLACE}/report.docx").data))
    assert [cell.text for cell in document.tables[0].rows[-1].cells][:3] == ["合计", "5", "0"]
    assert organiser.opens(f"{PLACE}/report.csv").status_code == 404


def test_the_desk_of_an_exam_promises_no_draw_and_its_units_are_chosen_by_nobody(organiser):
    desk, table = organiser.opens("/campaigns/demo/").text, organiser.opens("/campaigns/demo/units").text
    assert "pass_points" in desk and "抽奖承诺" not in desk
    assert "进过考场的人数" in table and "选了它" not in table and "已满" not in table


# ── what is not there ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", ["", "roster/", "people/", "overrides/", "liaisons/", "report.xlsx"])
@pytest.mark.parametrize("name", ["none", "quiz"])
def test_a_campaign_that_is_no_exam_has_no_desk(hold, sign_in, page, name):
    hold("quiz", WRITTEN)
    answer = sign_in(Role.CAMPAIGNS).opens(f"/exams/{name}/{page}")
    assert answer.status_code == 404 and "公职人员考试" in answer.text


def test_what_belongs_to_another_exam_is_not_found(organiser, hold, doing, person, database):
    hold("other")
    sends_roster(organiser, roster_file())
    number = _newest(organiser)
    override = doing(overrides.ask, person("A001").participant, Wish(OverrideKind.EXCUSED, "演示原因"), "联络员1号").id
    made = doing(liaison.appoint, person("A001").unit_id, "周九", BY).liaison.id
    other = "/exams/other"
    for path in (f"roster/{number}", f"roster/{number}/marked.xlsx", f"people/{person('A001').participant}"):
        assert organiser.opens(f"{other}/{path}").status_code == 404, path
    for path, form in (
        (f"roster/{number}/take", {}), (f"people/{person('A001').participant}/code", {}),
        (f"people/{person('A001').participant}/ask", {"kind": "excused", "reason": "演示原因"}),
        (f"overrides/{override}", {"act": "approve"}), (f"liaisons/{made}", {"act": "revoke"}),
        ("liaisons/add", {"unit": str(person("A001").unit_id), "name": "周九"}),
    ):  # fmt: skip
        assert organiser.sends(f"{other}/{path}", **form).status_code == 404, path
    with database.reading() as session:
        assert asked(session)[0].state == OverrideState.ASKED
        assert liaison.all_liaisons(session, get_exam(session, "demo"))[0].ended_at is None


def test_markup_in_the_roster_is_shown_and_never_runs(hold, sign_in):
    hold()
    desk = sign_in(Role.CAMPAIGNS)
    page = sends_roster(desk, roster_file([("演示<b 局", "A1", "<i>甲", "")]), "<u>名单.xlsx").text
    takes(desk)
    page += desk.opens(f"{PLACE}/people/").text + desk.opens(f"{PLACE}/").text + desk.opens(f"{PLACE}/roster/").text
    assert "&lt;i&gt;甲" in page and not any(tag in page for tag in ("<i>", "<b ", "<u>"))
