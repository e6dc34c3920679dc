"""quiz paper, quiz enter-papers, quiz confirm-papers: the paper edition from a terminal."""

from datetime import UTC, datetime

import openpyxl
import pytest

from content.store import clock
from tests.handlers.quiz.campaigns import WRITTEN

SMALL = (
    WRITTEN[: WRITTEN.index("[draw]")]
    .replace("count = 10\n", "count = 2\n")
    .replace("count = 4\n", "count = 1\n")
    .replace("60", "0")
)


@pytest.fixture
def campaign(each_operator, tmp_path):
    file = tmp_path / "paper.toml"
    file.write_text(SMALL, encoding="utf-8")
    each_operator.types("staff", "add", "zhao", "--role", "campaigns", "--as", "nobody")
    each_operator.types("staff", "add", "qian", "--role", "campaigns", "--as", "zhao")
    with clock.fixed_at(datetime(2026, 12, 2, tzinfo=UTC)):
        each_operator.types("quiz", "create", file, "--as", "zhao")
        yield each_operator


def test_papers_and_sheet_are_written_and_what_one_typed_in_counts_once_another_confirms_it(campaign, tmp_path):
    out = tmp_path / "out"
    assert "工作人员里没有" in campaign.fails("quiz", "paper", "paper", "--out", out, "--as", "sun")
    assert campaign.types("quiz", "paper", "paper", "--out", out, "--as", "zhao").code == 0
    assert len(list(out.glob("*.docx"))) == 3
    assert campaign.types("quiz", "paper", "paper", "--key", "--out", out / "key", "--as", "zhao").code == 0
    assert [file.name for file in (out / "key").iterdir()] == ["评分标准（内部）.docx"]
    sheet = out / "答卷录入表.xlsx"
    book = openpyxl.load_workbook(sheet)
    assert [cell.value for cell in book.active[1]] == ["参与码", "编号", "卷别", "1", "2", "3"]
    book.active.append(["", "村-01", "A", "A", "Z", ""])
    book.save(sheet)
    began = ("--began", "2026-12-01 09:00", "--reason", "演示：没有网络", "--as", "zhao")
    enter = ("quiz", "enter-papers", "paper", sheet, *began)
    ran = campaign.types(*enter)
    assert ran.code == 1 and "E2：“Z”不是" in ran.out and "什么都没有录入" in ran.err
    book.active["E2"] = ""
    book.save(sheet)
    ran = campaign.types(*enter)
    assert "村-01  A 卷" in ran.out and "名次 没有 → 1" in ran.out and "第 1 批，1 份，已经记下" in ran.out
    confirm = ("quiz", "confirm-papers", "paper", "1")
    assert campaign.types(*confirm, "--as", "zhao").code == 1
    assert "1 份计入成绩" in campaign.types(*confirm, "--as", "qian").out
    assert "已经录入过" in campaign.types(*enter).out
    assert campaign.types(*enter, "--replace").code == 0
    assert "已经撤回" in campaign.types("quiz", "confirm-papers", "paper", "2", "--drop", "--as", "qian").out
    assert campaign.types("quiz", "list", "--json").json[0]["people"] == 1
