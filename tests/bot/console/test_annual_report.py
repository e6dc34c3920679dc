"""年度报告 in the console: what is counted, entered with a name, refused whole, and taken away."""

import io

import docx
import pytest

from content.staff import Role
from handlers.disclosure import yearly

PLACE = "/annual/2025"


def test_figures_are_entered_by_name_and_stand_in_the_file(sign_in):
    desk = sign_in(Role.WRITE)
    page = desk.opens(PLACE).text
    assert all(words in page for words in yearly.written()["rows"].values()) and "2026年1月31日" in page
    assert "对得上" in page and "处待填" in page
    page = desk.sends(f"{PLACE}/enter", permits="12", charges="1.5", **{"part-5": "演示：<script>1</script>"}).text
    assert 'value="12"' in page and "已保存 3 处" in page and "<script>1" not in page
    opened = docx.Document(io.BytesIO(desk.opens(f"{PLACE}/report.docx").data))
    assert opened.tables[1].rows[1].cells[1].text == "12"
    assert any("<script>1</script>" in one.text for one in opened.paragraphs)


def test_where_one_number_will_not_do_nothing_is_kept_and_nothing_typed_is_lost(sign_in):
    desk = sign_in(Role.WRITE)
    answer = desk.sends(f"{PLACE}/enter", permits="一百", penalties="3", **{"part-1": "演示：写了很久"})
    assert answer.status_code == 422 and "“一百”不是能填的数" in answer.text
    assert 'value="一百"' in answer.text and "演示：写了很久" in answer.text
    assert "演示：写了很久" not in desk.opens(PLACE).text


@pytest.mark.parametrize("role", [Role.AUDIT, Role.REVIEW1])
def test_who_does_not_write_reads_alone(sign_in, role):
    desk = sign_in(role)
    assert "保存</button>" not in desk.opens(PLACE).text
    assert desk.sends(f"{PLACE}/enter", permits="1").status_code == 403
    assert desk.opens(f"{PLACE}/report.docx").status_code == 200


@pytest.mark.parametrize("year", ["2018", "2999"])
def test_there_is_no_report_of_another_time(sign_in, year):
    assert sign_in(Role.WRITE).opens(f"/annual/{year}").status_code == 404
