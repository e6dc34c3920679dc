"""catalogue: the disclosure catalogue's ways in and out from a terminal."""

import pytest

GOOD = "索引号,名称,类别,正文,生成日期\nYS-1,演示一,法规文件类,演示正文,2026-11-01\nYS-2,演示二,工作状态,演示正文,\n"


@pytest.fixture
def staffed(operator):
    operator.types("staff", "add", "zhao", "--role", "write", "--as", "nobody")
    operator.types("staff", "add", "qian", "--role", "publish", "--as", "nobody")
    return operator


@pytest.fixture
def written(tmp_path):
    def made(text=GOOD, name="目录.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return made


def test_what_was_taken_in_is_published_by_another_and_comes_out_as_it_was(staffed, written, tmp_path):
    ran = staffed.types("catalogue", "import", written(), "--as", "zhao")
    assert ran.code == 0 and "新增 2 条" in ran.out
    refused = staffed.types("catalogue", "publish", "--all", "--as", "zhao")
    assert refused.code == 1 and "角色" in refused.err
    assert "公开了 1 条" in staffed.types("catalogue", "publish", "YS-1", "--as", "qian").out
    assert "公开了 1 条" in staffed.types("catalogue", "publish", "--all", "--as", "qian").out
    assert "导出了 2 条" in staffed.types("catalogue", "export", tmp_path / "出.xlsx").out
    again = staffed.types("catalogue", "import", tmp_path / "出.xlsx", "--as", "zhao", "--json").json
    assert (again["same"], again["new"], again["changed"]) == (2, 0, 0)
    listed = staffed.types("catalogue", "list", "--category", "法规文件类", "--json").json
    assert [entry["index_number"] for entry in listed["entries"]] == ["YS-1"]
    assert "YS-2" in staffed.types("catalogue", "list", "--state", "published").out


def test_a_dry_run_and_a_fault_change_nothing_and_tell_the_cell(operator, written):
    dry = operator.types("catalogue", "import", written(), "--dry-run")
    assert dry.code == 0 and "新增 2 条。没有导入" in dry.out
    bad = written(GOOD.replace("工作状态", "宠物类"), "坏.csv")
    refused = operator.types("catalogue", "import", bad)
    assert refused.code == 1 and "C3 类别：没有“宠物类”这一类" in refused.err and "没有导入" in refused.out
    assert operator.types("catalogue", "list", "--json").json["count"] == 0
    assert "新增 1 条" in operator.types("catalogue", "import", bad, "--good").out


def test_a_template_and_what_cannot_be_used_are_told(operator, tmp_path):
    assert "模板写好了" in operator.types("catalogue", "template", tmp_path / "模板.xlsx").out
    assert operator.types("catalogue", "import", tmp_path / "模板.xlsx").code == 1
    assert operator.types("catalogue", "export", tmp_path / "出.pdf").code == 2
    assert operator.types("catalogue", "publish", "--as", "nobody").code == 2
