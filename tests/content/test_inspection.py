from datetime import UTC, datetime

import pytest

from content import inspection
from content.importers.library import Wording, put, sync_library
from content.inspection import RED, YELLOW, Finding
from content.models import MaterialKind, Question
from content.store import clock
from content.store.db import Database

FACTS = {
    "basis": ["《宪法》第三十三条"], "related": ["matter/debt"], "checked_on": "2026-11-23", "review_by": "业务负责人",
    "drafted_by": "项目组", "reviewed_by": "某律师", "to_verify": [],
}  # fmt: skip
GOOD = Wording("拖欠工资", chat="先打12333。（《宪法》第三十三条）", body="## 现在就做", facts=FACTS)
SLUG = "matter/wages"


@pytest.fixture
def library():
    """The whole library, read once; a test's changes are thrown away."""
    database = Database("sqlite:///:memory:")
    database.upgrade()
    with database.transaction() as session:
        sync_library(session)
    yield database
    database.close()


@pytest.fixture
def findings(library):
    """What is found of one answer when it is worded like this."""

    def _inspect(chat: str = GOOD.chat, body: str = GOOD.body, data=None, **facts) -> list[Finding]:
        wording = Wording("拖欠工资", chat=chat, body=body, facts={**FACTS, **facts})
        with clock.fixed_at(datetime(2026, 12, 1, tzinfo=UTC)), library.transaction() as session:
            put(session, MaterialKind.ANSWER, SLUG, wording, "import")
            return [finding for finding in inspection.inspect(session, data) if finding.where == SLUG]

    return _inspect


def test_a_good_answer_has_no_finding(findings):
    assert findings() == []


def test_the_shipped_library_has_nothing_that_would_hurt_citizens(library):
    with library.reading() as session:
        assert [finding for finding in inspection.inspect(session) if finding.level == RED] == []


@pytest.mark.parametrize(
    ("planted", "level", "told"),
    [
        ({"chat": "见《宪法》第一百四十四条"}, RED, "《宪法》第144条查不到"),
        ({"body": "见《没有的法》第一条"}, RED, "《没有的法》第1条查不到"),
        ({"basis": ["《宪法》第三十三条", "《宪法》第九百条"]}, RED, "《宪法》第900条查不到"),
        ({"basis": ["《宪法》第三十三条", "宪法30"]}, RED, "“宪法30”看不懂"),
        ({"body": "见《宪法》第三十四条"}, YELLOW, "《宪法》第34条没有列入依据"),
        ({"body": "见《宪法》第3十4条"}, YELLOW, "《宪法》第34条没有列入依据"),
        ({"basis": ["《律师法》第一条", "《宪法》第三十三条"]}, YELLOW, "《律师法》"),
        ({"related": ["matter/debt", "matter/none"]}, RED, "matter/none 不存在"),
        ({"chat": "（《宪法》第三十三条）" + "字" * 330}, YELLOW, "聊天里的话有 341 个字"),
        ({"reviewed_by": ""}, YELLOW, "还没有律师审核"),
        ({"to_verify": ["窗口地址"]}, YELLOW, "待核实：窗口地址"),
        ({"checked_on": "2025-11-23"}, YELLOW, "超过一年"),
        ({"checked_on": ""}, YELLOW, "超过一年"),
        ({"checked_on": "2026-13-40"}, YELLOW, "超过一年"),
        ({"body": "电话：{{bureau.phone}}"}, YELLOW, "待填：bureau.phone"),
        ({"body": "电话：{{burau.phone}}"}, RED, "占位 burau.phone 写错了"),
        ({"body": "电话：{{bureau.fone}}"}, RED, "占位 bureau.fone 写错了"),
        ({"body": "电话：{{bureau}}"}, RED, "占位 {{bureau}} 写错了"),
        ({"body": "电话：{{bureau.phone"}, RED, "写错了"),
    ],
)  # fmt: skip
def test_each_planted_fault_is_found_and_nothing_else(findings, planted, level, told):
    [found] = findings(**planted)
    assert (found.level, told in found.what) == (level, True), found


def test_what_was_checked_within_a_year_is_fresh(findings):
    assert findings(checked_on="2025-12-01") == []
    assert findings(checked_on="2025-11-30") != []


def test_a_placeholder_is_no_finding_once_the_bureau_has_filled_it(findings, write, tmp_path):
    write("offices.toml", '[bureau]\nphone = "见公告"\n')
    assert findings(body="电话：{{bureau.phone}}", data=tmp_path) == []


def test_a_topic_without_an_answer_is_found(database):
    with database.transaction() as session:
        put(session, MaterialKind.ANSWER, SLUG, GOOD, "import")
        found = inspection.inspect(session)
    assert Finding(RED, "matter/debt", "这个主题没有答复") in found
    assert sum(finding.what == "这个主题没有答复" for finding in found) == 60


@pytest.mark.parametrize(
    ("basis", "retired", "is_found"),
    [
        (["《宪法》第一百四十四条"], False, True),
        (["《宪法》第一条", "《没有的法》第一条"], False, True),
        (["宪法第一条"], False, True),
        (["《宪法》第一条"], False, False),
        (["《宪法》第一百四十四条"], True, False),
    ],
)
def test_a_question_whose_law_does_not_exist_is_found_unless_it_is_retired(library, basis, retired, is_found):
    question = Question(
        key="q-x", subject="x", kind="judge", text="?", options=["对", "错"], answer="A", explanation="", basis=basis,
        difficulty=1, retired=retired,
    )  # fmt: skip
    with library.transaction() as session:
        session.add(question)
        session.flush()
        found = [finding for finding in inspection.inspect(session) if finding.where == "q-x"]
    assert [finding.level for finding in found] == [RED] * is_found


def test_what_hurts_citizens_comes_first(library):
    with library.transaction() as session:
        put(session, MaterialKind.ANSWER, "talk/thanks", Wording("谢谢", facts={"related": ["none"]}), "import")
        levels = [finding.level for finding in inspection.inspect(session)]
    assert levels[0] == RED
    assert levels == sorted(levels, key=lambda level: level != RED)


def test_looking_changes_nothing(library):
    with library.reading() as session:
        before = inspection.inspect(session)
        assert not session.new
        assert not session.dirty
        assert inspection.inspect(session) == before


def test_interviews_and_the_words_of_their_card_are_inspected_too(write, tmp_path):
    write("interviews/one.toml", 'explain = "见《宪法》第九百条"')
    write("legal_aid.toml", 'phone = "电话：{{legal_aid_centre.phone}}（《刑事诉讼法》第二百三十条）"')
    write("deadlines.toml", 'law = "《民法典》第一千九百条"')
    found = list(inspection.talks({"legal_aid_centre": {}}, tmp_path))
    assert Finding(RED, "deadlines.toml", "《民法典》第1900条查不到：法律名称或条号有误") in found
    assert Finding(RED, "interviews/one.toml", "《宪法》第900条查不到：法律名称或条号有误") in found
    assert Finding(YELLOW, "legal_aid.toml", "待填：legal_aid_centre.phone") in found


def test_a_figure_that_nobody_has_filled_in_for_today_is_told(library, write, tmp_path):
    with library.reading() as session:
        told = {finding.where: finding for finding in inspection.inspect(session, tmp_path)}
        assert told["figures/aid_hardship"].level == YELLOW and "figures.toml" in told["figures/aid_hardship"].what
        write("figures.toml", '[[aid_hardship]]\namount = 1\nsince = 2026-01-01\nsource = "（演示）"\n')
        assert "figures/aid_hardship" not in {finding.where for finding in inspection.inspect(session, tmp_path)}
