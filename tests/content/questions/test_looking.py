"""A dry run: what would become of each question, what is wrong with it, and which one says nearly the same."""

import pytest

from content.importers.laws import Statute, put_statute
from content.questions import looking
from content.questions.holds import NONE
from content.store.clock import day

GOOD = "1. 演示：国家机关由下列哪一方产生？ A. 人大 B. 公司 答案：A 解析：演示。 依据：{} 难度：易"
LAW = Statute("试行法", "中华人民共和国试行法", "2026年", day("2026-01-01"), {(1, 0): "一。", (2, 1): "二之一。"}, "h")


@pytest.fixture
def look(bank, read):
    def looked(text, subject="constitution"):
        with bank.reading() as session:
            return looking.look(session, read(text), NONE, subject).rows

    return looked


@pytest.mark.parametrize(
    ("basis", "is_good", "told"),
    [
        ("《宪法》第三条", True, ""),
        ("宪法第三条、第四条", True, ""),
        ("《宪法》第三条、第九百条", False, "第九百条不存在"),
        ("《宪法》第三十三条之一", False, "不存在"),
        ("有关规定", False, "看不懂"),
        ("《宪怯》第三条", False, "没有叫《宪怯》的法律"),
        ("《劳动合同珐》第三条", False, "是不是《劳动合同法》"),
        ("《刑法》第二百条", True, "没有核对条号"),
        ("《辽宁省演示条例》第三条", True, "没有核对条号"),
    ],
)
def test_a_question_without_law_and_article_is_never_taken(look, basis, is_good, told):
    [row] = look(GOOD.format(basis))
    assert row.may_be_taken == is_good
    assert told in " ".join(row.sentences)


@pytest.mark.parametrize(
    ("explanation", "basis"),
    [
        ("《宪法》第二条规定，一切权力属于人民。", ["《宪法》第二条"]),
        ("依据《宪法》第四十三条、第 四十四 条，以及我国劳动法第四条。",
         ["《宪法》第四十三条", "《宪法》第四十四条", "《劳动法》第四条"]),
        ("略。（宪法第五十六条第二款）", ["《宪法》第五十六条"]),
        ("见《宪法》序言第七自然段。", ["《宪法》序言第七自然段"]),
        ("《刑法》第一百三十三条之一规定的危险驾驶。", ["《刑法》第一百三十三条之一"]),
        ("某某市劳动法实施办法第三条、第九条，新劳动法都没有写。", []),
    ],
)  # fmt: skip
def test_where_no_basis_is_written_it_is_what_the_explanation_cites(look, explanation, basis):
    [row] = look(f"1. 哪一个？\nA. 甲\nB. 乙\n答案：A\n解析：{explanation}")
    assert row.values["basis"] == basis and row.may_be_taken and not row.faults
    assert any("请核对" in doubt if basis else "先停用" in doubt for doubt in row.doubts)


def test_an_article_that_does_not_exist_is_no_basis_and_is_told(look):
    [row] = look("1. 哪一个？ A. 甲 B. 乙 答案：A 解析：见《宪法》第九百条、《宪法》第二条。")
    assert row.values["basis"] == ["《宪法》第二条"]
    assert any("解析里的《宪法》第九百条不存在" in sentence for sentence in row.sentences)


def test_a_preamble_is_a_basis_where_a_law_has_one(look):
    assert look(GOOD.format("《宪法》序言"))[0].may_be_taken
    assert look(GOOD.format("《中华人民共和国宪法》序言第七自然段"))[0].may_be_taken
    assert not look(GOOD.format("《劳动法》序言"))[0].may_be_taken


def test_the_text_that_is_held_counts(look, bank):
    with bank.transaction() as session:
        put_statute(session, LAW)
    assert look(GOOD.format("《试行法》第一条"))[0].may_be_taken
    assert look(GOOD.format("《中华人民共和国试行法》第二条之一"))[0].may_be_taken
    [row] = look(GOOD.format("《试行法》第二条"))
    assert "《试行法》第二条不存在：库里的《试行法》（2026年）" in row.sentences[0]


def test_many_faults_are_told_at_once(look):
    [row] = look("1. A. 甲 B. 甲 C. 丙\n答案：AE\n难度：特难\n题型：单选")
    told = " ".join(row.sentences)
    assert all(words in told for words in ("没有题干", "一样", "没有选项 E", "难度“特难”", "先停用"))


def test_the_same_words_are_the_same_question_and_others_change_it(look):
    known = "1. 宪法写明的根本制度是下列哪一项？ A. 甲制度 B. 乙制度 C. 社会主义制度 答案：C"
    [same] = look(known)
    [changed] = look(known.replace("答案：C", "答案：B 解析：另一句。"))
    assert (same.key, same.verdict) == ("c-1", "same")
    assert (changed.key, changed.verdict, set(changed.changes)) == ("c-1", "changed", {"答案", "解析"})


def test_nearly_the_same_is_warned_of_with_the_text_of_the_other(look):
    near = "1. 宪法里写明的根本制度是下列的哪一项？ A. 甲制度 B. 丁制度 答案：A 依据：《宪法》第一条"
    nearer = near.replace("1.", "2.").replace("写明", "写")
    row, again, other = look(f"{near}\n{nearer}\n{GOOD.format('《宪法》第三条').replace('1.', '3.')}")
    assert row.may_be_taken and "题库里的 c-1“宪法写明的根本制度是下列哪一项？”" in row.twin
    assert again.twin and other.twin == ""


def test_a_key_or_a_question_that_comes_twice_is_told_with_the_first(look):
    one = GOOD.format("《宪法》第三条")
    _, again = look(f"{one}\n{one.replace('1.', '2.')}")
    assert again.verdict == "bad" and "和第 1 行完全一样" in " ".join(again.sentences)
    _, twice = look(f"{one}\n编号：k-1\n{one.replace('1.', '2.').replace('哪一方', '哪个')}\n编号：k-1")
    assert twice.verdict == "bad" and "编号 k-1 和第 1 行重复" in " ".join(twice.sentences)


def test_a_story_is_the_same_for_all_questions_that_ask_about_it(bank, look):
    text = "情景：演示小王搬家。\n情景编号：move\n" + GOOD.format("《宪法》第三条")
    other = text.replace("搬家", "卖房").replace("1.", "2.").replace("哪一方", "哪个")
    assert [row.verdict for row in look(f"{text}\n{other}")] == ["new", "bad"]


def test_a_new_subject_and_a_question_without_explanation_are_only_doubts(look):
    [row] = look(GOOD.format("《宪法》第三条").replace("解析：演示。", ""), "本局类别")
    assert (
        row.may_be_taken and any("是新的" in one for one in row.doubts) and any("没有解析" in one for one in row.doubts)
    )


@pytest.mark.parametrize(("times", "is_told"), [(1, False), (12, False), (60, True)])
def test_a_question_too_long_for_one_chat_message_is_told(look, times, is_told):
    [row] = look(GOOD.format("《宪法》第三条").replace("下列哪一方产生？", "下列哪一方依法选举产生？" * times))
    assert row.may_be_taken and any("聊天里一条放不下" in one for one in row.doubts) == is_told


def test_a_thousand_questions_are_compared_without_waiting(look):
    one = "{0}. 演示第{0}问，编号{1}？ A. 甲{0} B. 乙{0} 答案：A 依据：《宪法》第一条"
    assert len(look("\n".join(one.format(number, number * 7919) for number in range(1, 1001)))) == 1000
