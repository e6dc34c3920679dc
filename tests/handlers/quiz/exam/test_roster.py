"""The roster: every fault has its cell, nothing is taken in by half, and taking it in again does no harm."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from content import audit
from content.importers import roster as files
from content.importers.library import Unreadable
from content.staff import NotAllowed, NotFound, Staff
from content.store import clock
from handlers.quiz import seats, standings
from handlers.quiz.exam import codes, entitlement, liaison, roster, units
from handlers.quiz.exam.models import EntryCode, Liaison, RosterFile, Sitter
from handlers.quiz.models import Participant, Unit
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.exams import HEADINGS, MAKEUP_CLOSES, NOW, PEOPLE, roster_file


def heads(exam) -> dict[str, int]:
    return {unit.path: unit.head_count for unit in units.all_units(exam.session, exam.held)}


def test_the_roster_makes_the_tree_of_units_and_counts_their_people(exam):
    assert heads(exam) == {"演示局": 1, "演示局/办公室": 2, "演示局/法规科": 1, "演示委": 1}
    office = exam.session.scalar(select(Unit).where(Unit.campaign_id == exam.held.id, Unit.path == "演示局/办公室"))
    assert exam.session.get_one(Unit, office.parent_id).path == "演示局"
    assert (office.entered_by, office.entered_at) == ("organiser", NOW)


def test_numbers_and_names_are_nowhere_in_clear(exam):
    rows = exam.session.execute(select(Sitter.participant, Sitter.who).where(Sitter.campaign_id == exam.held.id)).all()
    kept = audit.entries(exam.session, thing=f"campaign:{exam.held.id}")
    told = json.dumps([*map(list, rows), *(entry.detail for entry in kept)], ensure_ascii=False)
    assert len(rows) == 5 and not any(word in told for word in ("A001", "张三丰", "李四"))
    assert (exam.person("A001").name, exam.person("A001").is_leading) == ("张三丰", True)


def test_taking_the_same_roster_in_again_changes_nothing(exam):
    before = exam.session.execute(select(Sitter.participant, Sitter.who, Sitter.changed_at)).all()
    with clock.fixed_at(NOW + timedelta(hours=1)):
        plan = exam.takes_in()
    assert (plan.added, plan.changed, plan.unchanged, plan.gone) == ([], [], 5, [])
    assert exam.session.execute(select(Sitter.participant, Sitter.who, Sitter.changed_at)).all() == before


def test_what_is_exported_can_be_taken_in_again_without_a_change(exam):
    paths = {unit.id: unit.path for unit in units.all_units(exam.session, exam.held)}
    people = roster.people(exam.session, exam.keyring, exam.held)
    out = files.as_sheet(roster.as_rows(people, paths))
    plan = roster.look(exam.session, exam.keyring, exam.held, files.read(out, "名单.xlsx"), False)
    assert (plan.added, plan.changed, plan.unchanged, plan.gone) == ([], [], 5, [])


def test_a_later_roster_adds_changes_and_leaves_out(exam):
    rows = [("演示局/新科室", "A001", "张三丰", "是"), *PEOPLE[1:4], ("演示委", "B002", "孙八", "")]
    plan = exam.takes_in(rows, drops=1)
    assert [line.number for line in plan.added] == ["B002"]
    assert [(line.number, line.unit) for line, _ in plan.changed] == [("A001", "演示局/新科室")]
    assert [person.number for person in plan.gone] == ["B001"] and not exam.person("B001").is_active
    assert heads(exam) == {
        "演示局": 1, "演示局/办公室": 1, "演示局/新科室": 1, "演示局/法规科": 1, "演示委": 1,
    }  # fmt: skip


def test_who_is_left_out_sits_nothing_any_more_and_comes_back_with_his_papers(exam):
    exam.writes("B001", 100, NOW - timedelta(hours=1))
    person = exam.person("B001")
    [handed] = codes.issue(exam.session, exam.keyring, exam.held, [person], "organiser", "演示委")
    entry = codes.enter(exam.session, exam.keyring, exam.held, "B001", handed.code, "127.0.0.1")
    assert seats.find(exam.session, entry.token)
    exam.takes_in(PEOPLE[:4], drops=1)
    assert seats.find(exam.session, entry.token) is None
    assert entitlement.find_sitting(exam.session, exam.held, person.participant) is None
    assert exam.session.get(EntryCode, (exam.held.id, person.participant)) is None
    exam.takes_in()
    found = entitlement.find(exam.session, exam.held, person.participant)
    assert (found.outcome, found.best) == ("passed", 200)


def test_who_is_left_out_leaves_his_unit_with_his_points_and_brings_them_back(exam):
    """Participation never rises above all of them."""
    for number, points in (("A001", 100), ("A002", 50), ("B001", 100)):
        exam.writes(number, points, NOW - timedelta(hours=1))

    def office() -> tuple[int, int, int]:
        [found] = [one for one in standings.units(exam.session, exam.held) if one.path == "演示局/办公室"]
        return found.head_count, found.people, found.half_points

    assert office() == (2, 2, 300)
    exam.takes_in(PEOPLE[1:], drops=1)
    assert office() == (1, 1, 100)
    standings.rebuild(exam.session, exam.held)
    assert office() == (1, 1, 100)
    left = exam.session.get_one(Participant, (exam.held.id, exam.person("A001").participant))
    assert (left.half_points, standings.rank_of(exam.session, left)) == (200, 1)
    exam.writes("A001", 40, NOW - timedelta(minutes=30))  # one on paper, typed in later
    assert office() == (1, 1, 100)
    exam.takes_in()
    assert office() == (2, 2, 300)
    standings.rebuild(exam.session, exam.held)
    assert office() == (2, 2, 300)


def test_nobody_is_left_out_unless_somebody_has_agreed_to_just_so_many(exam):
    for drops in (0, 2):
        with pytest.raises(roster.NotTaken, match="1 个人"):
            exam.takes_in(PEOPLE[:4], drops=drops)
    assert exam.person("B001").is_active


def test_a_part_of_the_roster_leaves_the_other_units_alone(exam):
    plan = exam.takes_in([PEOPLE[0]], drops=1, is_part=True)
    assert [person.number for person in plan.gone] == ["A002"]
    assert exam.person("B001").is_active and exam.person("A004").is_active


def test_who_moves_to_another_unit_takes_his_points_along(exam):
    exam.writes("A003", 100, NOW - timedelta(hours=1))
    exam.takes_in([*PEOPLE[:2], ("演示委", "A003", "王五", ""), *PEOPLE[3:]])
    brought = {stand.path: (stand.people, stand.half_points) for stand in standings.units(exam.session, exam.held)}
    assert brought["演示委"] == (1, 200) and brought["演示局"] == (0, 0)
    assert "演示局/法规科" not in brought  # nobody is left there


@pytest.mark.parametrize(
    ("row", "place", "told"),
    [
        (("", "C1", "甲"), "A2", "没有写单位"),
        (("演示局//办公室", "C1", "甲"), "A2", "两个“/”之间"),
        (("局" * 65, "C1", "甲"), "A2", "太长"),
        (("演示局", "", "甲"), "B2", "没有写工号"),
        (("演示局", "211402199001011234", "甲"), "B2", "身份证号"),
        (("演示局", "21140219900101123x", "甲"), "B2", "身份证号"),
        (("演示局", "211402900101123", "甲"), "B2", "身份证号"),
        (("演示局", 211402900101123, "甲"), "B2", "身份证号"),
        (("演示局", "ID110101199001011237", "甲"), "B2", "身份证号"),
        (("演示局", "110101-19900101-123x", "甲"), "B2", "身份证号"),
        (("演示局", "1110101199001011237", "甲"), "B2", "身份证号"),
        (("演示局", "SJ13800001111", "甲"), "B2", "手机号"),
        (("演示局110101199001011237", "C1", "甲"), "A2", "身份证号"),
        (("演示局/办公室（１１０１０１ 19900101 1237）", "C1", "甲"), "A2", "身份证号"),
        (("演示局13800001111", "C1", "甲"), "A2", "手机号"),
        (("演示局", "C1", "甲110101199001011237"), "C2", "身份证号"),
        (("演示局", "13800001111", "甲"), "B2", "手机号"),
        (("演示局", 13800001111, "甲"), "B2", "手机号"),
        (("演示局", "+86-138-0000-1111", "甲"), "B2", "手机号"),
        (("演示局", "=1+1", "甲"), "B2", "公式"),
        (("演示局", "C 1!", "甲"), "B2", "工号只用"),
        (("演示局", "C1", ""), "C2", "没有写姓名"),
        (("演示局", "C1", "甲1"), "C2", "写错了列"),
        (("演示局", "C1", "甲", "也许"), "D2", "写“是”或“否”"),
    ],
)
def test_every_fault_is_told_with_its_cell(row, place, told):
    data = roster_file([row])
    [line] = files.read(data, "名单.xlsx")
    [(field, sentence)] = line.faults.items()
    assert line.places[field] == place and told in sentence
    sheet = openpyxl.load_workbook(io.BytesIO(files.marked(data, "名单.xlsx", [line]))).active
    assert sheet[place].comment.text == sentence and sheet[place].fill.start_color.rgb.endswith("FFC7CE")
    assert sheet["E1"].value == "问题" and f"{place}：{sentence}" in sheet["E2"].value


def test_a_number_twice_names_both_cells_and_a_name_twice_is_only_a_doubt():
    rows = [("演示局", "c1", "甲"), ("演示局", "Ｃ1", "乙"), ("演示局", "C2", "甲")]
    lines = files.read(roster_file(rows), "名单.xlsx")
    assert "B2" in lines[1].faults["number"] and lines[1].places["number"] == "B3"
    assert not lines[2].faults and "第 2 行" in lines[2].doubts[0]


def test_a_marked_file_is_free_of_marks_once_it_is_mended(exam):
    bad = roster_file([("演示局", "", "甲")])
    marked = files.marked(bad, "名单.xlsx", files.read(bad, "名单.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(marked))
    book.active["B2"] = "C1"
    out = io.BytesIO()
    book.save(out)
    lines = files.read(out.getvalue(), "名单.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(files.marked(out.getvalue(), "名单.xlsx", lines))).active
    assert not lines[0].faults and sheet["B2"].comment is None and sheet["E2"].value is None
    assert [cell.value for cell in sheet[1]].count("问题") == 1


def test_one_faulty_row_takes_nothing_in(exam):
    with pytest.raises(roster.NotTaken, match="第一处在 B3"):
        exam.takes_in([PEOPLE[0], ("演示局", "", "甲")], drops=4)
    assert len(roster.people(exam.session, exam.keyring, exam.held)) == 5


def test_columns_may_stand_in_any_order_and_units_be_written_with_other_signs():
    data = roster_file([("甲", "C1", "演示局＞办公室 ")], headings=("姓名", "工号*", "单 位"))
    [line] = files.read(data, "名单.xlsx")
    assert (line.unit, line.number, line.name, dict(line.faults)) == ("演示局/办公室", "C1", "甲", {})


def test_the_template_asks_for_what_is_read_and_its_example_is_nobody():
    with pytest.raises(Unreadable, match="没有人"):
        files.read(files.template(), "模板.xlsx")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nothing", roster_file([], headings=("工号", "姓名"))])
def test_what_is_no_roster_is_one_sentence(data):
    with pytest.raises(Unreadable, match="名单.xlsx"):
        files.read(data, "名单.xlsx")


def test_a_file_is_looked_through_before_it_is_taken_in_and_then_gone(exam):
    kept = roster.hand_in(exam.session, exam.keyring, exam.held, roster_file(PEOPLE[:4]), "名单.xlsx", "organiser")
    assert "UEsDB" not in kept.content and exam.person("B001").is_active
    lines = roster.lines_of(exam.keyring, kept)
    assert len(roster.look(exam.session, exam.keyring, exam.held, lines, False).gone) == 1
    roster.take_in(exam.session, exam.keyring, exam.held, lines, "organiser", drops=1)
    roster.discard(exam.session, kept)
    with pytest.raises(NotFound):
        roster.get_file(exam.session, exam.held, kept.id)


def test_an_identity_cards_number_is_not_kept_with_the_file_in_whatever_cell(exam):
    rows = [
        ("演示局", "211402199001011234", "甲", "否", 211402199001011),
        ("演示局", "C2", "乙", "否", "21140219900101123x"),
    ]
    data = roster_file(rows, headings=(*HEADINGS, "备注"))
    kept = roster.bytes_of(
        exam.keyring, roster.hand_in(exam.session, exam.keyring, exam.held, data, "名单.xlsx", "organiser")
    )
    told = [cell for row in openpyxl.load_workbook(io.BytesIO(kept)).active.iter_rows(values_only=True) for cell in row]
    assert not any("2114021990" in str(cell) for cell in told) and told.count(files.WITHHELD) == 3
    assert [dict(line.faults) for line in files.read(kept, "名单.xlsx")] == [
        {"number": files.number_fault("211402199001011234")}, {},
    ]  # fmt: skip


def test_an_identity_cards_number_within_other_words_is_not_kept_with_the_file_and_is_told_again(exam):
    rows = [
        ("演示局110101199001011237", "ID110101199001011237", "甲110101199001011237"),
        ("演示局2026/3科", "20260012345", "乙"),
    ]
    data = roster_file(rows, headings=HEADINGS[:3])
    kept = roster.bytes_of(
        exam.keyring, roster.hand_in(exam.session, exam.keyring, exam.held, data, "名单.xlsx", "organiser")
    )
    first, second = files.read(kept, "名单.xlsx")
    assert set(first.faults) == {"unit", "number", "name"} and not second.faults
    assert "1990" not in first.unit + first.number + first.name


def test_a_file_of_another_exam_is_not_found(exam, make_exam):
    kept = roster.hand_in(exam.session, exam.keyring, exam.held, roster_file(), "名单.xlsx", "organiser")
    with pytest.raises(NotFound):
        roster.get_file(exam.session, make_exam().held, kept.id)


def test_only_who_may_hold_campaigns_takes_a_roster_in(exam):
    exam.session.add(Staff(name="writer", shown_name="演示", roles=["write"], created_at=NOW))
    exam.session.flush()
    with pytest.raises(NotAllowed):
        exam.takes_in(by="writer")
    with pytest.raises(NotAllowed):
        roster.hand_in(exam.session, exam.keyring, exam.held, roster_file(), "名单.xlsx", "writer")


def test_a_campaign_without_an_exam_takes_no_roster(make_exam):
    with pytest.raises(roster.NotTaken, match="不是考试"):
        make_exam(WRITTEN).takes_in()


def test_two_years_after_the_exam_nobody_can_tell_whose_papers_they_are(exam):
    exam.writes("A001", 100, NOW - timedelta(hours=1))
    office = next(unit for unit in units.all_units(exam.session, exam.held) if unit.name == "办公室")
    liaison.appoint(exam.session, exam.keyring, exam.held, office.id, "周九", "organiser")
    with clock.fixed_at(MAKEUP_CLOSES + roster.KEPT - timedelta(seconds=1)):
        roster.purge(exam.session)
        assert exam.person("A001").name == "张三丰"
    with clock.fixed_at(MAKEUP_CLOSES + roster.KEPT):
        roster.purge(exam.session)
    exam.session.expire_all()
    assert (exam.person("A001").name, exam.person("A001").number) == ("", "")
    assert exam.session.scalars(select(Liaison).where(Liaison.campaign_id == exam.held.id)).all() == []
    assert exam.session.get_one(Participant, (exam.held.id, exam.person("A001").participant)).half_points == 200


def test_a_file_nobody_took_in_is_gone_a_day_later(exam):
    roster.hand_in(exam.session, exam.keyring, exam.held, roster_file(), "名单.xlsx", "organiser")
    with clock.fixed_at(NOW + roster.FILES_KEPT + timedelta(seconds=1)):
        roster.purge(exam.session)
    assert exam.session.scalars(select(RosterFile).where(RosterFile.campaign_id == exam.held.id)).all() == []
