"""quiz questions and quiz cite-check: the bank's ways in and out from a terminal."""

from datetime import UTC, datetime

import openpyxl
import pytest

from content.store import clock
from tests.handlers.quiz.campaigns import WRITTEN

GOOD = "1. 演示：国家机关由下列哪一方产生？ A. 人大 B. 公司 答案：A 解析：演示。 依据：《宪法》第三条 难度：易"
BAD = "2. 演示：下列哪一项不对？ A. 甲 B. 甲 答案：C"


@pytest.fixture
def staffed(operator):
    operator.types("staff", "add", "zhao", "--role", "campaigns", "--as", "nobody")
    return operator


@pytest.fixture
def written(tmp_path):
    def made(*lines, name="题.txt"):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        return tmp_path / name

    return made


def test_a_dry_run_tells_everything_and_changes_nothing(operator, written, tmp_path):
    marked = tmp_path / "标.xlsx"
    ran = operator.types("quiz", "questions", "import", written(GOOD, BAD), "--subject", "宪法", "--dry-run",
                         "--marked", marked)  # fmt: skip
    assert ran.code == 1 and "没有选项 C" in ran.out and "什么都没有改" in ran.out
    told = ran.out.splitlines()
    assert any("有问题：" in line and "没有选项 C" in line for line in told)
    assert any("提醒：" in line and "没有写依据" in line for line in told)
    assert "没有选项 C" in str([cell.value for cell in openpyxl.load_workbook(marked)["题目"][3]])
    assert operator.types("quiz", "questions", "imports", "--json").json == []


def test_nothing_is_imported_while_something_is_wrong_unless_it_is_asked_for(staffed, written):
    file, subject = written(GOOD, BAD), ("--subject", "constitution", "--as", "zhao")
    refused = staffed.types("quiz", "questions", "import", file, *subject)
    assert refused.code == 1 and "没有选项 C" in refused.out and "一道也没有导入" in refused.err
    ran = staffed.types("quiz", "questions", "import", file, *subject, "--good", "--json")
    assert (ran.code, ran.json["new"], ran.json["bad"]) == (0, 1, 1)
    [row] = staffed.types("quiz", "questions", "imports", "--json").json
    assert (row["id"], row["state"], row["by"], row["new"]) == (ran.json["id"], "taken", "zhao", 1)
    assert "没有变化" in staffed.types("quiz", "questions", "import", written(GOOD), *subject).out
    undone = staffed.types("quiz", "questions", "undo", row["id"], "--as", "zhao")
    assert undone.code == 0 and "删去 1 道" in undone.out
    assert "已经撤销过" in staffed.fails("quiz", "questions", "undo", row["id"], "--as", "zhao")


def test_an_import_on_which_an_open_campaign_lives_is_not_undone_from_a_terminal_either(staffed, written):
    subject = ("--subject", "演示类别", "--as", "zhao")
    taken = staffed.types("quiz", "questions", "import", written(GOOD), *subject, "--json").json["id"]
    rules = WRITTEN[: WRITTEN.index("[[paper]]")] + '[[paper]]\nsubject = "演示类别"\ncount = 1\npoints = 4\n'
    with clock.fixed_at(datetime(2026, 12, 2, tzinfo=UTC)):
        staffed.types("quiz", "create", written(rules, name="open.toml"), "--as", "zhao")
        told = staffed.fails("quiz", "questions", "undo", taken, "--as", "zhao")
        assert "没有做" in told and "“演示竞答”" in told
        assert "已导入" in staffed.types("quiz", "questions", "imports").out
    with clock.fixed_at(datetime(2026, 12, 5, tzinfo=UTC)):  # it is over: nobody wants a paper any more
        assert "删去 1 道" in staffed.types("quiz", "questions", "undo", taken, "--as", "zhao").out


def test_only_who_keeps_the_bank_imports(staffed, written):
    staffed.types("staff", "add", "sun", "--role", "write", "--as", "nobody")
    told = staffed.fails("quiz", "questions", "import", written(GOOD), "--subject", "宪法", "--as", "sun")
    assert "活动" in told and staffed.types("quiz", "questions", "imports", "--json").json == []


@pytest.mark.parametrize("form", ["xlsx", "toml", "gift", "aiken"])
def test_what_was_exported_comes_in_without_a_change(operator, tmp_path, form):
    file = tmp_path / f"题.{form}"
    assert operator.types("quiz", "questions", "export", file, "--subject", "劳动和工伤").code == 0
    ran = operator.types("quiz", "questions", "import", file, "--json")
    assert ran.code == 0 and ran.json["id"] is None and ran.json["same"] == len(ran.json["questions"]) > 5


def test_a_template_is_written_and_another_form_is_wrong_usage(operator, tmp_path):
    assert operator.types("quiz", "questions", "template", tmp_path / "模板.xlsx").code == 0
    assert openpyxl.load_workbook(tmp_path / "模板.xlsx").sheetnames == ["题目", "说明", "类别"]
    assert operator.types("quiz", "questions", "export", tmp_path / "题.docx").code == 2


def test_what_is_no_file_of_questions_is_one_sentence(operator, written):
    assert "没有找到题目" in operator.fails("quiz", "questions", "import", written(""))
    assert "TOML 写法有误" in operator.fails("quiz", "questions", "import", written("[[x", name="题.toml"))


def test_an_exported_toml_is_also_taken_by_content_import_and_can_be_undone(staffed, tmp_path):
    file = tmp_path / "题.toml"
    staffed.types("quiz", "questions", "export", file)
    assert staffed.types("content", "import", file, "--json").json["changed"] == 0
    file.write_text(
        file.read_text(encoding="utf-8").replace("社会主义制度是国家的根本制度，", "演示，"), encoding="utf-8"
    )
    assert staffed.types("content", "import", file, "--json").json["changed"] == 1
    [row] = staffed.types("quiz", "questions", "imports", "--json").json
    assert (
        row["changed"] == 1 and "恢复 1 道" in staffed.types("quiz", "questions", "undo", row["id"], "--as", "zhao").out
    )


def test_citations_are_checked_once_more_against_the_laws_that_are_held(operator, written):
    ran = operator.types("quiz", "cite-check")
    assert ran.code == 0 and "还没有导入任何法律" in ran.out and "0 道有问题" in ran.out
    head = "---\ntitle: 中华人民共和国宪法\nshort: 宪法\neffective: 2018-03-11\nversion: 2018年修正\nsource: x\n---\n"
    operator.types("content", "import", written(head + "第二条 演示。", name="宪法.md"))
    ran = operator.types("quiz", "cite-check", "--json")
    assert ran.code == 1 and ran.json["laws_held"] and {one["key"] for one in ran.json["wrong"]} >= {"const-001"}
    assert "宪法" not in ran.json["not_held"] and "法律援助法" in ran.json["not_held"]
    assert any("题目的依据查不到" in line["what"] for line in operator.types("content", "lint", "--json").json)
