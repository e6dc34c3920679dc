"""Aiken: single choice and nothing else."""

from content.questions import aiken, looking
from content.questions.holds import NONE

TEXT = "权力属于谁？\nA. 人民\nB) 团体\nANSWER: A\n\n哪一部是根本法？\nA. 民法典\nB. 宪法\nANSWER: B\n"


def test_questions_are_read_with_their_lines():
    [one, two], _ = aiken.read(TEXT)
    assert (one.text, one.options, one.answer) == ("权力属于谁？", ("人民", "团体"), "A")
    assert (two.place, two.place_of("B"), two.place_of("answer")) == ("第 6 行", "第 8 行", "第 9 行")
    assert aiken.looks_like(TEXT) and not aiken.looks_like("答案：A")


def test_what_breaks_the_form_is_told():
    [one], _ = aiken.read("问？\nA. 甲\nC. 乙\n又一行\nANSWER: A")
    assert [fault.place for fault in one.faults] == ["第 3 行", "第 4 行"]
    [two], _ = aiken.read("问？\nA. 甲\nB. 乙")
    assert two.answer == ""


def test_a_new_question_is_not_asked_without_a_law_and_one_of_the_bank_keeps_its_own(read, bank):
    known = "宪法写明的根本制度是下列哪一项？\nA. 甲制度\nB. 乙制度\nC. 社会主义制度\nANSWER: C\n\n"
    with bank.reading() as session:
        same, new = looking.look(session, read(known + TEXT.split("\n\n")[0]), NONE, "constitution").rows
    assert (same.key, same.verdict) == ("c-1", "same")
    assert new.verdict == "new" and any("先停用" in sentence for sentence in new.sentences)
