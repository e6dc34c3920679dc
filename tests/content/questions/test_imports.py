"""An import is a unit: taken as far as wanted, undone as a whole, and never overwritten by the library."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from content import audit, repository
from content.importers.library import sync_library
from content.models import Question
from content.questions import imports, records, shelf
from content.questions.holds import NONE
from content.questions.imports import NotTaken
from content.questions.written import worded, written_of
from content.staff import NotAllowed
from tests.content.questions.conftest import question

NEW = "1. 演示：国家机关由下列哪一方产生？ A. 人大 B. 公司 答案：A 解析：演示。 依据：《宪法》第三条 难度：易"
CHANGE = "2. 宪法写明的根本制度是下列哪一项？ A. 甲制度 B. 乙制度 C. 社会主义制度 答案：C 解析：改过的话。"
BAD = "3. 没有答案的题？ A. 甲 B. 乙"
ON_BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def never(_session, _keys, _since):
    return set()


def always(_session, keys, _since):
    return set(keys)


def everything(database):
    with database.reading() as session:
        return {one.key: (worded(one), one.retired) for one in session.scalars(select(Question)).all()}


@ON_BOTH
def test_good_ones_are_taken_and_bad_ones_left(bank, hand_in):
    row = hand_in(f"{NEW}\n{CHANGE}\n{BAD}")
    assert (row.state, row.told) == ("taken", {"new": 1, "changed": 1, "same": 0, "bad": 1, "left": 0})
    assert everything(bank)["c-1"][0]["explanation"] == "改过的话。" and len(everything(bank)) == 3


def test_only_what_was_ticked_is_taken(bank, hand_in):
    row = hand_in(f"{NEW}\n{CHANGE}", chosen={1})
    assert row.told["left"] == 1 and len(everything(bank)) == 2
    with pytest.raises(NotTaken, match="没有选中"):
        hand_in(NEW, chosen={7})


@ON_BOTH
@pytest.mark.parametrize(("asked", "left"), [(never, False), (always, True)])
def test_undoing_brings_back_every_word_and_deletes_only_what_was_never_asked(bank, hand_in, asked, left):
    before = everything(bank)
    row = hand_in(f"{NEW}\n{CHANGE}")
    [new] = set(everything(bank)) - set(before)
    with bank.transaction() as session:
        told = imports.undo(session, row.id, "zhao", asked, NONE).told
    after = everything(bank)
    assert {key: after[key] for key in before} == before and (told["retired"], told["deleted"]) == (left, not left)
    assert (new in after) == left and (not left or after[new][1])
    with bank.transaction() as session, pytest.raises(NotTaken, match="已经撤销过"):
        imports.undo(session, row.id, "zhao", asked, NONE)


def test_a_later_change_is_undone_first(bank, hand_in):
    first, second = hand_in(CHANGE), hand_in(CHANGE.replace("改过", "又改过"))
    with bank.transaction() as session, pytest.raises(NotTaken, match=f"先撤销第 {second.id} 次"):
        imports.undo(session, first.id, "zhao", never, NONE)
    for row in (second, first):
        with bank.transaction() as session:
            imports.undo(session, row.id, "zhao", never, NONE)
    assert everything(bank)["c-1"][0]["explanation"] == "见第一条。"


def test_later_is_what_was_taken_later_whenever_it_was_handed_in(bank, hand_in):
    with bank.transaction() as session:
        waited = imports.hand_in(session, CHANGE.replace("改过", "等过").encode(), "题.txt", "", "zhao")
    first = hand_in(CHANGE)
    with bank.transaction() as session:
        imports.take(session, waited.id, None, "", "zhao", NONE)
    with bank.transaction() as session, pytest.raises(NotTaken, match=f"先撤销第 {waited.id} 次"):
        imports.undo(session, first.id, "zhao", never, NONE)


def test_what_rests_on_nothing_comes_in_but_is_not_asked_before_its_law_is_written(bank, hand_in):
    text = "演示：哪一个？\nA. 甲\nB. 乙\nANSWER: A"
    row = hand_in(text, "题.txt")
    [key] = [one for one, (words, _) in everything(bank).items() if words["text"] == "演示：哪一个？"]
    assert row.told["new"] == 1 and everything(bank)[key][1]
    with bank.transaction() as session, pytest.raises(NotTaken, match="补上"):
        imports.retire(session, key, "zhao", "演示理由", back=True)
    with pytest.raises(NotTaken, match="没有选中"):
        hand_in(text, "题.txt")  # the same again
    with bank.transaction() as session:
        was = session.get(Question, key)
        unwritten, run = imports.save(session, written_of(was, "这道题"), imports.digest_of(was), "zhao", NONE)
        assert unwritten is None and any("没有写依据" in told for told in run.rows[0].sentences)
        written = replace(written_of(was, "这道题"), basis=("《宪法》第一条",))
        imports.save(session, written, imports.digest_of(was), "zhao", NONE)
        imports.retire(session, key, "zhao", "演示理由", back=True)
    assert everything(bank)[key][0]["basis"] == ["《宪法》第一条"] and not everything(bank)[key][1]


def test_the_same_file_again_changes_nothing(bank, hand_in):
    hand_in(f"{NEW}\n{CHANGE}")
    before = everything(bank)
    with pytest.raises(NotTaken, match="没有选中"):
        hand_in(f"{NEW}\n{CHANGE}")
    assert everything(bank) == before


@pytest.mark.parametrize("by", ["sun", "nobody"])
def test_only_who_keeps_the_bank_may_change_it(bank, hand_in, by):
    row = hand_in(NEW)
    with pytest.raises(NotAllowed):
        hand_in(CHANGE, by=by)
    for act in (
        lambda session: imports.undo(session, row.id, by, never, NONE),
        lambda session: imports.retire(session, "c-1", by, "演示"),
        lambda session: imports.save(session, written_of(question("c-9"), "x"), "", by, NONE),
        lambda session: imports.take(session, row.id, None, "", by, NONE),
    ):
        with bank.transaction() as session, pytest.raises(NotAllowed):
            act(session)


def test_what_was_not_looked_at_is_not_taken(bank):
    with bank.transaction() as session:
        row = imports.hand_in(session, CHANGE.encode(), "题.txt", "constitution", "zhao")
        seen = imports.dry_run(session, row, NONE).digest
        session.get(Question, "c-1").explanation = "改过的话。"
    with bank.transaction() as session, pytest.raises(NotTaken, match="有了变化"):
        imports.take(session, row.id, None, seen, "zhao", NONE)


def test_every_act_is_audited(bank, hand_in):
    row = hand_in(NEW)
    with bank.transaction() as session:
        imports.undo(session, row.id, "zhao", never, NONE)
        imports.retire(session, "c-1", "zhao", "演示理由")
        imports.retire(session, "c-1", "zhao", "演示理由", back=True)
        acts = {entry.act for entry in audit.entries(session)}
    assert acts == {"questions.import", "questions.undo", "question.retire", "question.bring_back"}


def test_a_retired_question_stays_so_when_it_is_imported_again(bank, hand_in):
    with bank.transaction() as session:
        imports.retire(session, "c-1", "zhao", "演示理由")
    hand_in(CHANGE)
    words, retired = everything(bank)["c-1"]
    assert retired and words["explanation"] == "改过的话。"


def test_nothing_is_retired_without_a_reason(bank):
    with bank.transaction() as session, pytest.raises(NotTaken, match="为什么"):
        imports.retire(session, "c-1", "zhao", "  ")


# ── and the library ───────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN = "编号：const-001\n题型：单选\n答案：A\n依据：《宪法》第一条\n解析：本局的话。"


def _sync(database):
    with database.transaction() as session:
        repository.set_mark(session, "library", "another")
        sync_library(session)


def test_the_library_never_takes_back_what_staff_have_written_or_retired(bank, hand_in):
    _sync(bank)
    row = hand_in(f"1. 演示：哪一个？ A. 甲 B. 乙\n{KNOWN}")
    with bank.transaction() as session:
        imports.retire(session, "const-002", "zhao", "演示理由")
    _sync(bank)
    now = everything(bank)
    assert now["const-001"][0]["explanation"] == "本局的话。" and now["const-002"][1]
    with bank.transaction() as session:
        imports.undo(session, row.id, "zhao", never, NONE)
        session.get(Question, "const-001").text = "很旧的库里的话"
        sync_library(session)  # the next start
    assert everything(bank)["const-001"][0]["text"].startswith("宪法写明")


# ── one question by form ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_question_by_form_is_an_import_of_its_own_and_can_be_undone(bank):
    with bank.transaction() as session:
        old = session.get(Question, "c-1")
        base = imports.digest_of(old)
        changed = question("c-1", text="宪法写明的根本制度是哪一项？")
        row, run = imports.save(session, written_of(changed, "这道题"), base, "zhao", NONE)
        same, _ = imports.save(session, written_of(changed, "这道题"), imports.digest_of(old), "zhao", NONE)
    assert row and run.rows[0].verdict == "changed" and same is None
    with bank.transaction() as session:
        imports.undo(session, row.id, "zhao", never, NONE)
    assert everything(bank)["c-1"][0]["text"] == "宪法写明的根本制度是下列哪一项？"


def test_two_who_change_one_question_do_not_overwrite_each_other(bank):
    with bank.transaction() as session, pytest.raises(NotTaken, match="刚刚有人改过"):
        imports.save(session, written_of(question("c-1", text="另一问？"), "x"), "0" * 16, "zhao", NONE)


def test_a_story_changed_by_form_is_changed_for_all_its_questions(bank):
    story = {"scenario": "move", "scenario_text": "演示小王搬家。"}
    with bank.transaction() as session:
        session.add_all([question("s-1", text="第一问？", **story), question("s-2", text="第二问？", **story)])
        session.flush()
        base = imports.digest_of(session.get(Question, "s-1"))
        changed = question("s-1", text="第一问？", **{**story, "scenario_text": "演示小王卖房。"})
        row, _ = imports.save(session, written_of(changed, "x"), base, "zhao", NONE)
        assert [one.key for one in records.rows_of(session, row.id)] == ["s-1", "s-2"]
    assert {everything(bank)[key][0]["scenario_text"] for key in ("s-1", "s-2")} == {"演示小王卖房。"}


# ── looked up ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_found_by_filter_and_counted(bank):
    with bank.transaction() as session:
        session.add(question("x_1", subject="labour", difficulty=3, text="加班100%怎么算？", retired=True))
        session.flush()
        find = lambda **wanted: [one.key for one in shelf.find(session, shelf.Wanted(**wanted))]  # noqa: E731
        assert find(kind="judge") == ["c-2"] and find(words="0%怎") == ["x_1"] and find(words="%") == ["x_1"]
        assert find(subject="labour", difficulty=3) == ["x_1"] and find(retired=True) == ["x_1"]
        assert shelf.counts(session) == {"constitution": {("single", 1): 1, ("judge", 1): 1}}
        assert shelf.counts_by_law(session) == {"宪法": {("single", 1): 1, ("judge", 1): 1}}
