"""Words pasted from Word: one line or many, half or full width, several questions, stories, headings."""

import docx
import pytest

from content.questions import looking
from content.questions.holds import NONE

ONE_LINE = "1. 权力属于谁？ A. 人民 B. 团体 C. 企业 答案：A 解析：见第二条。 依据：《宪法》第二条 难度：易"
SPREAD = "1. 权力属于谁？\nA. 人民\nB. 团体\nC. 企业\n答案：A\n解析：见第二条。\n依据：《宪法》第二条\n难度：易"
WIDE = (
    "１．权力属于谁？\nＡ．人民　Ｂ．团体　Ｃ．企业\n【答案】Ａ\n【解析】见第二条。\n【依据】《宪法》第二条\n【难度】易"
)
BRACKETS = (
    "（1）权力属于谁？\n（A）人民\n（B）团体\n（C）企业\n正确答案：A\n答案解析：见第二条。\n"
    "法律依据：《宪法》第二条\n难度：易"
)


@pytest.mark.parametrize("text", [ONE_LINE, SPREAD, WIDE, BRACKETS], ids=["one line", "spread", "wide", "brackets"])
def test_a_question_is_read_however_it_was_laid_out(read, text):
    [row] = read(text).rows
    assert (row.text.strip(), [one.strip() for one in row.options]) == ("权力属于谁？", ["人民", "团体", "企业"])
    assert (row.answer.strip().upper().replace("Ａ", "A"), row.explanation, row.difficulty) == ("A", "见第二条。", "易")
    assert row.basis == ("《宪法》第二条",)


def test_each_part_is_told_with_its_line(read):
    [_, row] = read(f"{ONE_LINE}\n\n{SPREAD.replace('1.', '2.')}").rows
    assert (row.place, row.place_of("B"), row.place_of("answer"), row.place_of("basis")) == (
        "第 3 行", "第 5 行", "第 7 行", "第 9 行",
    )  # fmt: skip


def test_questions_without_numbers_are_parted_by_empty_lines(read):
    text = SPREAD.replace("1. ", "")
    assert [row.text for row in read(f"{text}\n\n{text}").rows] == ["权力属于谁？"] * 2


def test_lines_that_go_on_belong_to_the_part_before(read):
    [row] = read(
        SPREAD.replace("权力属于谁？", "权力属于谁？\n请选一项。").replace("见第二条。", "见第二条。\n再看一遍。")
    ).rows
    assert (row.text, row.explanation) == ("权力属于谁？\n请选一项。", "见第二条。\n再看一遍。")


def test_a_list_inside_of_an_explanation_is_no_new_question(read):
    rows = read(f"{SPREAD.replace('1.', '5.')}\n解析：\n1. 先看条文。\n2. 再想一想。\n6. 下一题对吗？\n答案：对").rows
    assert [row.text for row in rows] == ["权力属于谁？", "下一题对吗？"]
    assert "2. 再想一想。" in rows[0].explanation


@pytest.mark.parametrize(
    ("line", "text", "answer"),
    [
        ("1. 国家的权力属于（ A ）。", "国家的权力属于（　）。", "A"),
        ("1. 下列属于国家标志的有（ＡＢ）。", "下列属于国家标志的有（　）。", "AB"),
    ],
)
def test_an_answer_in_the_brackets_of_the_stem_is_taken_out(read, line, text, answer):
    [row] = read(f"{line}\nA. 甲\nB. 乙\n依据：《宪法》第二条").rows
    assert (row.text, row.answer) == (text, answer)


@pytest.mark.parametrize(("sign", "meant"), [("√", "A"), ("×", "B"), ("错", "B")])
def test_a_statement_with_its_mark_is_true_or_false(read, bank, sign, meant):
    found = read(f"一、判断题\n1. 宪法有最高的法律效力，任何法律都不得同它抵触。（{sign}）\n依据：《宪法》第五条")
    with bank.reading() as session:
        [row] = looking.look(session, found, NONE, "constitution").rows
    assert (row.values["kind"], row.values["answer"], row.values["options"]) == ("judge", meant, ["对", "错"])
    assert row.values["text"] == "宪法有最高的法律效力，任何法律都不得同它抵触。"


def test_a_heading_says_which_kind_follows(read):
    rows = read(f"二、多项选择题（每题2分）\n{ONE_LINE.replace('答案：A', '答案：AB')}\n三、单选题\n{ONE_LINE}").rows
    assert [row.kind for row in rows] == ["multiple", "single"]


def test_a_story_holds_for_the_questions_up_to_its_end(read):
    one, two, three = (ONE_LINE.replace("1.", f"{number}.") for number in (1, 2, 3))
    text = f"情景：演示小王搬了家。\n他租了房。\n{one}\n{two}\n情景完\n{three}"
    rows = read(text).rows
    assert [row.scenario_text for row in rows] == ["演示小王搬了家。\n他租了房。"] * 2 + [None]
    assert rows[0].scenario == rows[1].scenario != None  # noqa: E711


def test_what_is_no_question_is_told(read):
    found = read(f"演示题库\n{ONE_LINE}\n\n编辑：演示科室")
    assert len(found.rows) == 1 and "演示题库" in found.notes[0] and "演示科室" in found.notes[0]


def test_a_word_file_is_read_with_the_numbers_that_word_counts(read, tmp_path):
    document = docx.Document()
    for words in ("权力属于谁？", "A. 人民", "B. 团体", "答案：A", "依据：《宪法》第二条"):
        document.add_paragraph(words, style="List Number" if words.endswith("？") else None)
    document.add_paragraph("权力怎样行使？", style="List Number")
    document.add_paragraph("A. 依法\tB. 随意\n答案：A")
    document.save(tmp_path / "题.docx")
    found = read((tmp_path / "题.docx").read_bytes(), "题.docx")
    assert [(row.text, row.answer, len(row.options)) for row in found.rows] == [
        ("权力属于谁？", "A", 2),
        ("权力怎样行使？", "A", 2),
    ]
    assert found.rows[1].place == "第 6 段"


def found(rows):
    return [(row.text.strip(), [one.strip() for one in row.options], row.answer) for row in rows]


@pytest.mark.parametrize("numbers", [("1. ", "1. "), ("① ", "② "), ("1.1 ", "1.2 "), ("1.1", "2.1"), ("（1）", "（1）"),
                                     ("第1题 ", "第1题 "), ("1. ", "② "), ("⒈", "⒉")])  # fmt: skip
@pytest.mark.parametrize("second", ["A", "B"])
@pytest.mark.parametrize("is_spread", [True, False])
def test_a_question_whose_number_begins_anew_is_not_swallowed_by_the_one_before(read, numbers, second, is_spread):
    one = f"{numbers[0]}甲？ A. 子 B. 丑 答案：A 解析：先看条文。"
    two = f"{numbers[1]}乙？ A. 寅 B. 卯 答案：{second} 解析：再看条文。"
    text = f"{one}\n{two}"
    rows = read(text.replace(" A.", "\nA.").replace(" B.", "\nB.").replace(" 答", "\n答") if is_spread else text).rows
    assert found(rows) == [("甲？", ["子", "丑"], "A"), ("乙？", ["寅", "卯"], second)]
    assert [row.explanation for row in rows] == ["先看条文。", "再看条文。"] and not any(row.faults for row in rows)


@pytest.mark.parametrize("numbers", [("1. ", "2. "), ("①", "②"), ("（1）", "（2）"), ("1）", "2）")])
@pytest.mark.parametrize("head", ["1. ", "2. ", ""])
def test_statements_with_numbers_stay_in_their_stem(read, numbers, head):
    text = f"{head}属于国家机关的有：\n{numbers[0]}全国人大\n{numbers[1]}国务院\nA. 前一个\nB. 两个都是\n答案：B"
    if not head and numbers[0] != "①":
        text = f"7. {text}"
    [row] = read(text).rows
    assert row.text == f"属于国家机关的有：\n{numbers[0]}全国人大\n{numbers[1]}国务院"
    assert (len(row.options), row.answer, row.faults) == (2, "B", ())


def test_steps_of_an_explanation_stay_in_it_whatever_the_numbers(read):
    steps = "1. 看条文。\n（2）再想。\n② 又想。\n1.5 万元以下"
    one, two = read(f"1. 甲？ A. 子 B. 丑 答案：A 解析：\n{steps}\n2. 乙？ A. 寅 B. 卯 答案：B").rows
    assert one.explanation == steps
    assert (one.answer, two.text.strip(), two.answer) == ("A", "乙？", "B")


def test_statements_with_their_marks_and_one_number_for_all_are_questions_each(read):
    rows = read("1. 甲是对的。（√）\n1. 乙是错的。（×）\n1. 丙是对的。\n答案：对\n1. 丁是错的。\n答案：错").rows
    assert [(row.text, row.answer) for row in rows] == [
        ("甲是对的。", "√"), ("乙是错的。", "×"), ("丙是对的。", "对"), ("丁是错的。", "错"),
    ]  # fmt: skip


RUN_TOGETHER = [
    ("甲？\nA. 子\nB. 丑\n答案：A\n解析：看条文。\n乙？\nA. 寅\nB. 卯\n答案：B", ["第 7 行", "第 9 行"]),
    ("甲？\nA. 子\nB. 丑\n答案：A\n解析：看条文。\n乙？ A. 寅 B. 卯 答案：A", ["第 6 行", "第 6 行"]),
    ("1. 甲？\nA. 子\nB. 丑\n答案：A\n答案：B", ["第 5 行"]),
    ("甲是（A）。\nA. 子\nB. 丑\n乙是（B）。\nA. 寅\nB. 卯", ["第 5 行"]),
    ("1. 甲？\nA. 子\nB. 丑\n答案：A\n解析：看。\n1. 有：\n1. 人大\n2. 国务院\nA. 1\nB. 2\n答案：B",
     ["第 6 行", "第 8 行"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "places"), RUN_TOGETHER)
def test_questions_that_run_together_are_told_with_their_line_and_not_taken(read, bank, text, places):
    read_as = read(text)
    with bank.reading() as session:
        rows = looking.look(session, read_as, NONE, "constitution").rows
    told = [fault for row in rows for fault in row.faults if "一行" in fault.sentence]
    assert [fault.place for fault in told] == places
    assert not rows[-1].may_be_taken and all(row.values["answer"] in ("A", "B") for row in rows)


def test_options_right_behind_the_explanations_label_are_explained_there(read):
    [row] = read("1. 甲？\nA. 子\nB. 丑\n答案：A\n解析：\nA. 是条文写的。\nB. 条文没有写。").rows
    assert row.explanation == "A. 是条文写的。\nB. 条文没有写。" and not row.faults


def test_a_word_file_whose_list_begins_anew_for_each_question_gives_them_all(read, tmp_path):
    document = docx.Document()
    for name, answer in (("甲", "A"), ("乙", "A"), ("丙", "B")):
        for words in (f"1. {name}？", "A. 子", "B. 丑", f"答案：{answer}", f"解析：见{name}。"):
            document.add_paragraph(words)
    document.save(tmp_path / "题.docx")
    rows = read((tmp_path / "题.docx").read_bytes(), "题.docx").rows
    assert [(row.text, row.answer, row.explanation) for row in rows] == [
        ("甲？", "A", "见甲。"), ("乙？", "A", "见乙。"), ("丙？", "B", "见丙。"),
    ]  # fmt: skip


SPELLINGS = [
    "A）甲 B）乙 C）丙",
    "A．甲；B．乙；C．丙",
    "A. 甲; B. 乙; C. 丙",
    "A)甲 B)乙 C)丙",
    "（A）甲 （B）乙 （C）丙",
    "Ａ）甲；Ｂ）乙；Ｃ）丙",
]


@pytest.mark.parametrize("options", [*SPELLINGS, "A）甲\nB）乙\nC）丙"])
@pytest.mark.parametrize("answer", ["正确答案是：B", "答案为：B", "答案 B", "答案B", "参考答案　B", "【答案】B"])
@pytest.mark.parametrize("between", ["\n", " "])
def test_options_and_answers_are_read_in_the_spellings_that_are_about(read, options, answer, between):
    options = options.replace("\n", between)
    [row] = read(f"1. 哪一个？{between}{options}{between}{answer} 解析：见条文。").rows
    assert (row.text.strip(), [one.strip() for one in row.options], row.answer) == ("哪一个？", ["甲", "乙", "丙"], "B")
    assert row.explanation == "见条文。" and not row.faults


def test_the_word_answer_in_a_sentence_is_no_label(read):
    [row] = read("1. 哪一个？\nA. 答案 A 和 B 都对\nB. 没有 答案 B 这一说\n答案：A").rows
    assert (row.options, row.answer) == (("答案 A 和 B 都对", "没有 答案 B 这一说"), "A")


LISTED = "1. 甲？\nA. 子\nB. 丑\n2. 乙？\nA. 寅\nB. 卯\n3. 丙对。\n"


@pytest.mark.parametrize("table", ["1-2 AB 3 对", "1-2：AB；3. √", "1．A 2．B 3．对", "1-3 A B √", "\n1-2 AB\n3 对"])
def test_answers_of_all_behind_the_last_question_go_to_theirs(read, table):
    rows = read(f"{LISTED}参考答案：{table}").rows
    assert [row.answer.replace("√", "对") for row in rows] == ["A", "B", "对"] and not any(row.faults for row in rows)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LISTED.replace("2. 乙", "1. 乙") + "参考答案：1-2 AB 3 对", "第 1 题，题目里有几道"),
        (LISTED + "参考答案：1-4 ABAB", "第 4 题，题目里没有"),
        (LISTED.replace("2. 乙", "答案：B\n2. 乙") + "参考答案：1-2 AB 3 对", "自己写了答案 B"),
    ],
)
def test_answers_at_the_end_that_fit_no_question_are_told(read, text, told):
    assert any(told in fault.sentence for row in read(text).rows for fault in row.faults)


def test_too_few_answers_at_the_end_are_given_to_nobody(read):
    assert [row.answer for row in read(f"{LISTED}参考答案：1-3 AB").rows] == ["", "", "1-3 AB"]
