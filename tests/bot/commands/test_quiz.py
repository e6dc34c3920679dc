"""quiz: a draw's record is checked by anybody who has the file."""

from datetime import UTC, datetime

import openpyxl
import pytest

from content.store import clock
from handlers.quiz import draw
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.drawing import record


def test_a_campaign_that_can_be_held_is_called_so(each_operator, tmp_path):
    file = tmp_path / "campaign.toml"
    file.write_text(WRITTEN, encoding="utf-8")
    with clock.fixed_at(datetime(2026, 12, 2, tzinfo=UTC)):
        ran = each_operator.types("quiz", "check", file)
    assert ran.code == 0 and "现在正开着" in ran.out and "14 题，满分 100 分，限时 15 分钟" in ran.out


def test_a_campaign_for_which_the_bank_is_too_small_is_refused(operator, tmp_path):
    file = tmp_path / "campaign.toml"
    file.write_text(WRITTEN.replace("count = 4\n", "count = 150\n"), encoding="utf-8")
    assert "劳动和工伤" in operator.fails("quiz", "check", file)


def test_a_campaign_that_is_written_wrongly_is_one_sentence(operator, tmp_path):
    file = tmp_path / "campaign.toml"
    file.write_text("title = 5", encoding="utf-8")
    assert "title" in operator.fails("quiz", "check", file)


@pytest.mark.parametrize("coding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_campaign_file_is_read_as_windows_writes_it(operator, tmp_path, coding):
    file = tmp_path / "campaign.toml"
    file.write_bytes(WRITTEN.replace("\n", "\r\n").encode(coding))
    told = operator.types("quiz", "check", file, "--json").json
    assert (told["title"], told["questions"], told["points"]) == ("演示竞答", 14, 100)


@pytest.mark.parametrize("data", [b"\x81", b"PK\x03\x04\x00\x00", b"\xff\xfe\x00"])
def test_what_is_no_text_is_told_with_what_to_do(operator, tmp_path, data):
    (tmp_path / "campaign.toml").write_bytes(data)
    assert "另存为 UTF-8" in operator.fails("quiz", "check", tmp_path / "campaign.toml")


def test_a_sample_is_written_that_can_be_held_and_nothing_is_written_over(operator, tmp_path):
    file = tmp_path / "2026-12-4.toml"
    assert "pufa quiz sample" in operator.fails("quiz", "check", _empty(tmp_path))
    operator.types("quiz", "sample", file)
    told = operator.types("quiz", "check", file, "--json").json
    assert told["points"] == 100 and told["doubts"] == []
    assert "换一个名字" in operator.fails("quiz", "sample", file)
    assert operator.types("quiz", "sample").out.strip() == file.read_text("utf-8").strip()


def _empty(folder):
    (folder / "empty.toml").write_text("", encoding="utf-8")
    return folder / "empty.toml"


@pytest.fixture
def campaign(each_operator, tmp_path):
    """Put on by somebody who may."""
    file = tmp_path / "2026-12-4.toml"
    file.write_text(WRITTEN, encoding="utf-8")
    each_operator.types("staff", "add", "zhao", "--role", "campaigns", "--as", "nobody")
    with clock.fixed_at(datetime(2026, 12, 2, tzinfo=UTC)):
        yield each_operator, file


def test_a_campaign_is_put_on_once_by_who_may_and_listed(campaign):
    operator, file = campaign
    assert "工作人员里没有" in operator.fails("quiz", "create", file, "--as", "qian")
    ran = operator.types("quiz", "create", file, "--as", "zhao")
    [listed] = operator.types("quiz", "list", "--json").json
    assert ran.code == 0 and listed["commitment"] in ran.out
    assert (listed["id"], listed["phase"], listed["opens_at"]) == ("2026-12-4", "open", "2026-12-01T08:00:00+08:00")
    assert "规则定了就不能改" in operator.fails("quiz", "create", file, "--as", "zhao")
    assert "演示竞答" in operator.types("quiz", "list").out


def test_what_was_put_on_is_told_as_one_value_of_json(campaign):
    operator, file = campaign
    told = operator.types("quiz", "create", file, "--as", "zhao", "--json").json
    assert (told["id"], told["phase"], len(told["commitment"])) == ("2026-12-4", "open", 64)
    assert "已经过了" in told["doubts"][0]


def test_a_campaign_that_overlaps_another_is_warned_of_when_it_is_checked_and_put_on(campaign):
    operator, file = campaign
    assert "同一时间还有" not in operator.types("quiz", "check", file).out
    assert "同一时间还有" not in operator.types("quiz", "create", file, "--as", "zhao").out
    other = file.with_name("another.toml")
    other.write_text(WRITTEN, encoding="utf-8")
    for act in (("check", other), ("create", other, "--as", "zhao")):
        assert "同一时间还有“演示竞答”" in operator.types("quiz", *act).out


def test_a_campaign_is_opened_early_and_closed_early_with_a_reason_by_who_may(campaign):
    operator, file = campaign
    file.write_text(WRITTEN.replace("2026-12-01T08", "2026-12-03T08"), encoding="utf-8")
    operator.types("quiz", "create", file, "--as", "zhao")
    assert "工作人员里没有" in operator.fails("quiz", "open", "2026-12-4", "--as", "qian")
    assert "没有开着" in operator.fails("quiz", "close", "2026-12-4", "--reason", "试", "--as", "zhao")
    operator.types("quiz", "open", "2026-12-4", "--as", "zhao")
    assert operator.types("quiz", "list", "--json").json[0]["phase"] == "open"
    assert "为什么" in operator.fails("quiz", "close", "2026-12-4", "--as", "zhao")
    operator.types("quiz", "close", "2026-12-4", "--reason", "演示", "--as", "zhao")
    assert operator.types("quiz", "list", "--json").json[0]["phase"] == "closed"
    assert "不能再提前开始" in operator.fails("quiz", "open", "2026-12-4", "--as", "zhao")


def test_a_campaign_is_withdrawn_before_its_opening_by_two_where_it_has_a_draw(campaign):
    operator, file = campaign
    operator.types("staff", "add", "qian", "--role", "campaigns", "--as", "zhao")
    file.write_text(WRITTEN.replace("2026-12-01T08", "2026-12-03T08"), encoding="utf-8")
    operator.types("quiz", "create", file, "--as", "zhao")
    withdraw = ("quiz", "withdraw", "2026-12-4", "--as")
    assert "为什么撤回" in operator.fails(*withdraw, "zhao")
    assert "另一个人同意" in operator.types(*withdraw, "zhao", "--reason", "演示").out
    assert "另一个人" in operator.fails(*withdraw, "zhao", "--agree")
    assert "照常" in operator.types(*withdraw, "qian", "--keep").out
    operator.types(*withdraw, "zhao", "--reason", "演示")
    assert "已经撤回" in operator.types(*withdraw, "qian", "--agree").out
    assert operator.types("quiz", "list", "--json").json == []
    assert "没有编号" in operator.fails(*withdraw, "qian", "--agree")
    assert operator.types("quiz", "create", file, "--as", "zhao").code == 0


def test_results_are_a_table_that_opens_in_excel(campaign, tmp_path):
    operator, file = campaign
    operator.types("quiz", "create", file, "--as", "zhao")
    ran = operator.types("quiz", "results", "2026-12-4", "--xlsx", tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert ran.code == 0 and [cell.value for cell in sheet[1]][:2] == ["名次", "参与码"]
    assert "没有编号为“无”的活动" in operator.fails("quiz", "results", "无", "--xlsx", tmp_path / "out.xlsx")


def test_a_true_draw_is_called_true(operator, tmp_path):
    file = tmp_path / "draw.json"
    file.write_bytes(draw.as_json(record()))
    ran = operator.types("quiz", "verify-draw", file)
    assert ran.code == 0 and "和它自己写的承诺一致" in ran.out and "200个参与码" in ran.out
    assert all(value in ran.out for value in draw.promise_of(record())) and "对照，都一样才作数" in ran.out


def test_a_draw_that_is_true_to_itself_alone_fails_beside_what_was_published(operator, tmp_path):
    file, mine = tmp_path / "draw.json", record()
    file.write_bytes(draw.as_json(mine))
    same = ("--commitment", mine.commitment.upper(), "--entries-sha256", mine.entries_sha256)
    ran = operator.types("quiz", "verify-draw", file, *same)
    assert ran.code == 0 and ran.out.count("和公布的一样") == 2
    for option in ("--commitment", "--entries-sha256"):
        ran = operator.types("quiz", "verify-draw", file, *same, option, "0" * 64)
        assert ran.code == 1 and ran.out.count("和公布的不一样") == 1 and "0" * 64 in ran.out


def test_a_draw_that_was_tampered_with_is_called_so_and_fails(operator, tmp_path):
    file = tmp_path / "draw.json"
    file.write_bytes(draw.as_json(record(winners=[])))
    ran = operator.types("quiz", "verify-draw", file)
    assert ran.code == 1 and ran.out.startswith("不对：") and "重算一致" not in ran.out


@pytest.mark.parametrize("content", ["", "亲爱的同志们", '{"format": "pufa-draw/1"}'])
def test_what_is_no_record_is_one_sentence(operator, tmp_path, content):
    (tmp_path / "letter.json").write_text(content, encoding="utf-8")
    assert "完整的抽奖记录" in operator.fails("quiz", "verify-draw", tmp_path / "letter.json")


def test_a_file_that_is_not_there_is_wrong_usage(operator, tmp_path):
    assert operator.types("quiz", "verify-draw", tmp_path / "nothing.json").code == 2
