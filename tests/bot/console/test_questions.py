"""题库 in the console: found, read, written, retired; uploads looked at, taken and undone."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from bot.console import question_imports
from content.importers.library import sync_library
from content.models import Question
from content.questions import template
from content.staff import Role
from content.store import clock
from handlers.quiz.models import HeldCampaign
from tests.bot.console.test_markup import EVIL, Executables
from tests.handlers.quiz.campaigns import WRITTEN

HOUR = timedelta(hours=1)
GOOD = "1. 演示：国家机关由下列哪一方产生？ A. 人大 B. 公司 答案：A 解析：演示。 依据：《宪法》第三条 难度：易"
CHANGE = (
    "2. 宪法写明，我国的根本制度是哪一项？\nA. 总理负责制度\nB. 按劳分配制度\nC. 社会主义制度\nD. 承包经营制度\n"
    "答案：C\n解析：改过的话。"
)
BAD = "3. 演示：下列哪一项不对？ A. 甲 B. 甲 答案：C"


@pytest.fixture
def keeper(database, sign_in):
    """Who keeps the bank, with the library's questions in it."""
    with database.transaction() as session:
        sync_library(session)
    return sign_in(Role.CAMPAIGNS)


def hand_in(desk, text=f"{GOOD}\n{CHANGE}\n{BAD}", **form):
    page = desk.sends("/questions/imports/add", {"words": text, "subject": "宪法", **form})
    return page, page.request.path.removeprefix("/console")


@pytest.fixture
def put_on(database):
    """A campaign that has just opened, with this row as its paper."""

    def held(row: str) -> None:
        opens = clock.now() - HOUR
        rules = WRITTEN[: WRITTEN.index("[[paper]]")] + f"[[paper]]\npoints = 4\n{row}"
        with database.transaction() as session:
            session.add(HeldCampaign(
                id="open", title="演示竞答", rules=rules, opens_at=opens, closes_at=opens + 9 * HOUR,
                commitment="", secret="", created_by="somebody", created_at=opens,
            ))  # fmt: skip

    return held


def look_of(page):
    return re.search(r'name="look" value="(\w+)"', page.text)[1]


def found(database, key):
    with database.reading() as session:
        return session.get(Question, key)


def test_the_bank_is_found_by_subject_kind_difficulty_and_words(keeper):
    page = keeper.opens("/questions/", subject="labour", kind="multiple", difficulty="3").text
    assert "劳动和工伤 · 多选 · 难" in page and "宪法 · 单选" not in page
    assert "找到 1 道题" in keeper.opens("/questions/", words="const-001").text
    assert "找到 464 道题" in keeper.opens("/questions/", kind="x", difficulty="9", page="0").text
    assert "没有找到" in keeper.opens("/questions/", page="999").text


def test_a_question_shows_all_of_itself(keeper):
    page = keeper.opens("/questions/of/const-001").text
    assert all(words in page for words in ("社会主义制度", "✓ 正确", "《宪法》第一条", "还没有人答过", "停用这道题"))
    assert keeper.opens("/questions/of/nothing").status_code == 404


def test_an_upload_is_looked_at_taken_as_far_as_ticked_and_undone(keeper, database):
    page, path = hand_in(keeper)
    assert (
        "没有选项 C" in page.text
        and "解析：</span><del>" in page.text
        and found(database, "const-001").explanation[:3] != "改过的"
    )
    taken = keeper.sends(f"{path}/take", {"look": look_of(page), "row": ["1"]})
    assert "改动 1 道" in taken.text and found(database, "const-001").explanation == "改过的话。"
    assert "没有选 1 道" in taken.text and "改过的话。" in taken.text
    undone = keeper.sends(f"{path}/undo")
    listed = openpyxl.load_workbook(io.BytesIO(keeper.opens("/questions/imports/list").data))["导入记录"]
    heads, row = ([cell.value for cell in line] for line in listed.iter_rows())
    assert (row[2], row[heads.index("改动")], row[heads.index("恢复原样")]) == ("已撤销", 1, 1)
    assert "恢复 1 道" in undone.text and found(database, "const-001").explanation.startswith("社会主义制度")
    assert "已经撤销过" in keeper.sends(f"{path}/undo").text


def test_what_the_bank_has_become_meanwhile_is_shown_before_anything_is_taken(keeper, database):
    page, path = hand_in(keeper)
    with database.transaction() as session:
        session.get(Question, "const-001").explanation = "改过的话。"
    answer = keeper.sends(f"{path}/take", {"look": look_of(page), "all": "1"})
    assert answer.status_code == 409 and "有了变化" in answer.text
    assert "新题 1 道" in keeper.sends(f"{path}/take", {"look": look_of(answer), "all": "1"}).text
    assert "已经导入过了" in keeper.sends(f"{path}/take", {"look": look_of(answer), "all": "1"}).text


def test_nothing_is_taken_without_a_look_or_a_tick(keeper):
    page, path = hand_in(keeper)
    assert keeper.sends(f"{path}/take", {"all": "1"}).status_code == 409
    assert keeper.sends(f"{path}/take", {"look": look_of(page), "row": ["2", "x", "99"]}).status_code == 409


def test_the_uploaded_sheet_comes_back_marked(keeper):
    book = openpyxl.load_workbook(io.BytesIO(template.template()))
    book["题目"]["G3"], book["题目"]["P3"] = "演示问？", "Z"
    out = io.BytesIO()
    book.save(out)
    _, path = hand_in(keeper, "", file=(io.BytesIO(out.getvalue()), "C:\\题\\演示.xlsx"))
    answer = keeper.opens(f"{path}/marked")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.isascii() and "attachment" in disposition and "filename*=UTF-8''" in disposition
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))["题目"]
    assert sheet["S1"].value == "问题" and "答案“Z”看不懂" in sheet["S3"].value


def test_before_questions_come_in_it_is_said_which_campaigns_they_do_not_reach(keeper, put_on):
    told = "此后导入的新题不会出现在它的试卷上"
    page, path = hand_in(keeper)
    assert told not in page.text and told not in keeper.opens("/questions/imports/").text
    put_on('count = 2\nsubject = "constitution"')
    for shown in (keeper.opens("/questions/imports/"), keeper.opens(path)):
        assert told in shown.text and "“演示竞答”" in shown.text


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "", "没有选文件"),
        (b"PK\x03\x04", "a.xlsx", "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "另存为"),
        (b"\0\xff\xfe", "a.txt", "不是文本文件"),
        ("没有题目".encode(), "a.toml", "TOML"),
        (b"x" * 5_001, "a.txt", "太大"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_on_the_same_page(keeper, monkeypatch, data, name, told):
    monkeypatch.setattr(question_imports, "MOST_BYTES", 5_000)
    page, _ = hand_in(keeper, "", file=(io.BytesIO(data), name))
    assert page.status_code == 400 and told in page.text and "上传，先看一遍" in page.text


def test_a_question_is_written_and_changed_by_form_and_nothing_typed_is_lost(keeper, database):
    fields = {
        "subject": "宪法", "kind": "single", "difficulty": "2", "text": "演示：由谁产生？", "A": "人大", "B": "公司",
        "answer": "C", "basis": "宪法第九百条", "explanation": "演示解析",
    }  # fmt: skip
    refused = keeper.sends("/questions/save", fields)
    assert refused.status_code == 400 and "没有选项 C" in refused.text and "第九百条不存在" in refused.text
    assert "演示解析" in refused.text and "人大" in refused.text
    saved = keeper.sends("/questions/save", {**fields, "answer": "A", "basis": "宪法第三条"})
    key = saved.request.path.rsplit("/", 1)[1]
    assert "已保存" in saved.text and found(database, key).basis == ["《宪法》第三条"]
    edit = keeper.opens(f"/questions/edit/{key}").text
    base = re.search(r'name="base" value="(\w+)"', edit)[1]
    changed = {**fields, "answer": "B", "basis": "《宪法》第三条", "key": key}
    assert "已保存" in keeper.sends("/questions/save", {**changed, "base": base}).text
    late = keeper.sends("/questions/save", {**changed, "answer": "A", "base": base})
    assert late.status_code == 409 and "刚刚有人改过" in late.text and found(database, key).answer == "B"


def test_what_a_running_campaign_asks_keeps_its_words_and_it_is_said_where_they_are_mended(keeper, database):
    now = clock.now()
    with database.transaction() as session:
        session.add(
            HeldCampaign(
                id="demo", title="演示竞答", rules=WRITTEN, opens_at=now - HOUR, closes_at=now + HOUR, commitment="",
                secret="", created_by="", created_at=now,
            )
        )  # fmt: skip
    edit = keeper.opens("/questions/edit/const-001").text
    for page in (keeper.opens("/questions/of/const-001").text, edit):
        assert "“演示竞答”正在用这道题" in page and "“改题”" in page
    was = found(database, "const-001")
    form = {"key": was.key, "base": re.search(r'name="base" value="(\w+)"', edit)[1], "subject": "宪法",
            "kind": "single", "difficulty": str(was.difficulty), "text": was.text, "answer": was.answer,
            "explanation": "改过的话。", "basis": "\n".join(was.basis),
            **dict(zip("ABCD", was.options, strict=False))}  # fmt: skip
    refused = keeper.sends("/questions/save", {**form, "answer": "A"})
    assert refused.status_code == 400 and "“改题”" in refused.text and found(database, "const-001").answer == was.answer
    assert "已保存" in keeper.sends("/questions/save", form).text
    page, path = hand_in(keeper, CHANGE.replace("答案：C", "答案：A"))
    assert (
        "“改题”" in page.text and keeper.sends(f"{path}/take", {"look": look_of(page), "all": "1"}).status_code == 409
    )
    assert found(database, "const-001").answer == was.answer


def test_a_question_is_retired_with_a_reason_and_brought_back(keeper, database):
    assert "为什么停用" in keeper.sends("/questions/retire/const-001", act="retire", reason=" ").text
    page = keeper.sends("/questions/retire/const-001", act="retire", reason="演示理由").text
    assert "已停用" in page and "演示理由" in page and found(database, "const-001").retired
    assert "找到 1 道题" in keeper.opens("/questions/", state="retired").text
    keeper.sends("/questions/retire/const-001", act="back", reason="演示理由")
    assert not found(database, "const-001").retired
    assert keeper.sends("/questions/retire/nothing", act="retire", reason="x").status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "toml", "gift", "aiken"])
def test_what_was_found_can_be_downloaded_and_changes_nothing_when_it_comes_in_again(keeper, form):
    answer = keeper.opens(f"/questions/export/{form}", subject="labour")
    page, _ = hand_in(keeper, "", file=(io.BytesIO(answer.data), f"题.{form}"))
    assert "没有要导入的" in page.text


def test_the_template_and_unknown_forms(keeper):
    assert keeper.opens("/questions/template").data[:2] == b"PK"
    assert keeper.opens("/questions/export/docx").status_code == 404
    answer = keeper.opens("/questions/export/aiken", kind="judge")
    assert answer.status_code == 302


def test_auditors_read_and_change_nothing(keeper, sign_in):
    _, path = hand_in(keeper)
    auditor = sign_in(Role.AUDIT)
    for address in ("/questions/", "/questions/of/const-001", "/questions/imports/", path):
        page = auditor.opens(address).text
        assert not re.search(r'<form[^>]*method="post"(?![^>]*sign-out)[^>]*questions/(?!imports/\d+/take)', page), (
            address
        )
        assert "导入勾选的题" not in page and "停用这道题" not in page
    assert auditor.sends(f"{path}/take", {"all": "1"}).status_code == 403


def test_script_in_any_field_is_text_everywhere(keeper, database):
    parts = ("答案", "依据", "难度", "题型", "类别", "解析", "编号")
    evil = f"1. {EVIL}\nA. {EVIL}\nB. 乙\n答案：A\n解析：{EVIL}\n依据：《宪法》第三条\n题型：单选"
    bad = f"情景：{EVIL}\n2. {EVIL}\nA. {EVIL}\nB. {EVIL}\n" + "\n".join(f"{part}：{EVIL}" for part in parts)
    page, _ = hand_in(keeper, f"{evil}\n{bad}\n\n{EVIL}", subject="<svg onload=alert(1)>")
    listed = [page, keeper.opens("/questions/imports/"), keeper.opens("/questions/", words=EVIL, subject=EVIL)]
    fields = dict.fromkeys((*"ABCDEFGH", "subject", "kind", "text", "answer", "basis", "explanation", "scenario"), EVIL)
    listed.append(keeper.sends("/questions/save", {**fields, "key": "", "base": ""}))
    key = "x\"'><script>1</script>"
    with database.transaction() as session:
        words = {"kind": "single", "options": [EVIL, "乙"], "answer": "A", "basis": [EVIL], "difficulty": 1}
        session.add(Question(key=key, subject=EVIL[:32], text=EVIL, explanation=EVIL, scenario=EVIL[:32],
                             scenario_text=EVIL, retired=False, **words))  # fmt: skip
    listed += [
        keeper.opens(f"/questions/of/{key}"),
        keeper.opens(f"/questions/edit/{key}"),
        keeper.opens("/questions/"),
    ]
    for one in listed:
        assert one.status_code in (200, 400) and Executables(one.text).found == [], one.request.path
    assert sum("alert(1)" in one.text for one in listed) >= 6


def test_nobody_alone_takes_the_last_questions_from_a_campaign_that_is_open(keeper, database, put_on):
    with database.reading() as session:
        fitting = session.query(Question).filter_by(subject="constitution", kind="multiple", difficulty=3).count()
    key = next(iter(_keys(database)))
    put_on(f'subject = "constitution"\nkind = "multiple"\ndifficulty = 3\ncount = {fitting}\n')
    assert "发不出" not in keeper.opens("/").text and "发不出试卷" not in keeper.opens("/campaigns/open/").text
    refused = keeper.sends(f"/questions/retire/{key}", {"reason": "演示"})
    assert "没有做" in refused.text and "“演示竞答”" in refused.text and not found(database, key).retired
    with database.transaction() as session:
        session.get_one(Question, key).retired = True
    assert "“演示竞答”现在一份试卷也发不出" in keeper.opens("/").text
    assert "“演示竞答”现在一份试卷也发不出" in keeper.opens("/campaigns/").text
    assert "谁来答都发不出试卷" in keeper.opens("/campaigns/open/").text


def _keys(database) -> list[str]:
    with database.reading() as session:
        hard = session.query(Question).filter_by(subject="constitution", kind="multiple", difficulty=3)
        return [one.key for one in hard]


def test_an_import_on_which_an_open_campaign_lives_is_not_undone(keeper, database, put_on):
    page, path = hand_in(keeper)
    keeper.sends(f"{path}/take", {"look": look_of(page), "row": ["0"]})
    with database.reading() as session:
        easy = session.query(Question).filter_by(subject="constitution", kind="single", difficulty=1).count()
    put_on(f'subject = "constitution"\nkind = "single"\ndifficulty = 1\ncount = {easy}\n')
    undone = keeper.sends(f"{path}/undo").text
    assert "没有做" in undone and "已撤销：" not in undone
