"""The letters of a request: articles that exist and say so, remedies as the law has them, gaps nobody overlooks."""

import io
from datetime import date

import docx
import pytest

from content import citations, word_letters
from handlers.disclosure import handling, letters

SAYS = {
    ("政府信息公开条例", 14): "国家秘密 法律、行政法规禁止公开 危及国家安全、公共安全、经济安全、社会稳定",
    ("政府信息公开条例", 15): "商业秘密、个人隐私 合法权益",
    ("政府信息公开条例", 16): "人事管理、后勤管理、内部工作流程 讨论记录、过程稿、磋商信函、请示报告 行政执法案卷信息",
    ("政府信息公开条例", 30): "7个工作日 一次性告知 补正 不再处理",
    ("政府信息公开条例", 31): "收到申请",
    ("政府信息公开条例", 32): "第三方 15个工作日 对公共利益造成重大影响",
    ("政府信息公开条例", 33): "20个工作日 工作机构负责人同意 延长",
    ("政府信息公开条例", 34): "牵头 15个工作日 视为同意公开",
    ("政府信息公开条例", 35): "明显超过合理范围 说明 不予处理",
    ("政府信息公开条例", 36): "主动公开 可以公开 不予公开 不存在 不属于 重复 特别规定",
    ("政府信息公开条例", 37): "区分处理",
    ("政府信息公开条例", 38): "加工、分析",
    ("政府信息公开条例", 39): "信访、投诉、举报 政府公报、报刊、书籍等公开出版物",
    ("政府信息公开条例", 42): "不收取费用 明显超过合理范围 收取",
    ("政府信息公开条例", 51): "投诉、举报 上一级行政机关 政府信息公开工作主管部门",
    ("信息处理费管理办法", 3): "信息处理费",
    ("行政复议法", 20): "六十日",
    ("行政复议法", 22): "互联网渠道",
    ("行政复议法", 23): "不予公开",
    ("行政复议法", 28): "上一级司法行政部门",
    ("行政复议法实施条例", 31): "不予公开",
    ("行政诉讼法", 45): "十五日",
    ("行政诉讼法", 46): "六个月",
    ("政府信息公开司法解释", 10): "立案",
}
"""Words of each article that a letter may cite; the letters that cite it say some of them."""
FACTS = {
    "addressee": "演示申请人", "number": "2026-0001", "wanted": "演示信息", "received_on": date(2026, 11, 2),
    "due_on": date(2026, 11, 30), "new_due_on": date(2026, 12, 28), "document_number": "演示字〔2026〕1号",
    "dated": date(2026, 11, 25), "reason": "演示理由", "how": "演示途径", "until": date(2026, 11, 20), "days": 20,
    "about": "演示内容", "amount": 100,
}  # fmt: skip
OFFICES = {
    "disclosure_office": {"name": "演示公开办", "phone": "0000-0000000"},
    "review_office": {"name": "演示复议机关", "url": "https://review.example"},
    "superior_office": {"name": "演示上级部门"},
}
REFUSALS = {"secret", "forbidden", "endangering", "third_party_rights", "internal", "process", "case_file"}


def composed(name: str, **changed) -> word_letters.Letter:
    return letters.compose(letters.kinds()[name], {**FACTS, **changed}, OFFICES)


def read_again(letter: word_letters.Letter) -> list[str]:
    return [found.text for found in docx.Document(io.BytesIO(word_letters.as_docx(letter))).paragraphs]


@pytest.mark.parametrize("name", handling.answers())
def test_what_an_answer_is_said_to_rest_on_its_letter_names_too(name):
    kind, basis = letters.kinds()[name], handling.answers()[name].basis
    named = set(citations.citations_in("".join((*kind.said, *kind.blanks.values()))))
    cited = set(citations.citations_in(basis))
    assert cited <= named
    assert cited or name == "ended"


@pytest.mark.parametrize("name", letters.kinds())
def test_every_letter_is_whole_in_word_when_everything_is_known(name):
    letter = composed(name)
    lines = read_again(letter)
    assert lines == letter.text.split("\n") and letter.gaps == ()
    assert lines[0] == "葫芦岛市司法局" and lines[-1] == "2026年11月25日" and "{" not in letter.text
    assert letter.title in lines and "演示申请人：" in lines and "2026-0001" in letter.text


@pytest.mark.parametrize("name", letters.kinds())
def test_every_article_that_a_letter_cites_exists_and_is_about_what_the_letter_says(name):
    kind = letters.kinds()[name]
    words = "".join((*kind.said, *letters.compose(kind, FACTS, OFFICES, is_online=True).said))
    cited = list(citations.citations_in(words))
    assert cited or name in ("receipt", "ended", "already_given")
    for one in cited:
        law = citations.laws()[one.law].short
        assert citations.is_known(one), one
        assert any(said in words for said in SAYS[law, one.article].split()), (name, one)


def test_letters_name_laws_in_full():
    text = composed("secret").text
    assert "《中华人民共和国政府信息公开条例》第十四条" in text and "《政府信息公开条例》" not in text


def test_who_is_refused_is_sent_to_review_first_and_only_he():
    for name, kind in letters.kinds().items():
        text = composed(name).text
        is_first = "先向演示复议机关或者演示上级部门申请行政复议" in text
        assert is_first == (name in REFUSALS | {"partly"}), name
        if is_first:
            assert "六十日" in text and "十五日" in text and "六个月" not in text
        elif kind.remedy.startswith("either"):
            assert "六十日" in text and "六个月" in text and "十五日" not in text
        else:
            assert "行政诉讼" not in text


def test_what_staff_has_not_written_and_the_office_not_filled_in_stands_on_yellow_and_is_listed():
    letter = letters.compose(letters.kinds()["secret"], {"number": "2026-0001"}, {}, is_online=True)
    assert {"文号", "收件人的姓名或者名称", "理由（密级标识、保密期限等，不写秘密本身）"} <= set(letter.gaps)
    assert {"本级人民政府的行政复议机关名称、地址", "上一级司法行政部门的名称、地址"} <= set(letter.gaps)
    assert "网上提交行政复议申请书的网址" in letter.gaps
    paragraphs = docx.Document(io.BytesIO(word_letters.as_docx(letter))).paragraphs
    yellow = "".join(run.text for one in paragraphs for run in one.runs if run.font.highlight_color)
    assert all(f"【请填写：{gap}】" in yellow for gap in letter.gaps)


def test_what_a_citizen_wrote_is_text_in_his_letter_and_nothing_more():
    hostile = "<script>x</script>{number}【请填写：假的】\x00\x0b{0.__class__}"
    letter = composed("granted", wanted=hostile)
    assert letter.gaps == () and "<script>x</script>{number}［请填写：假的】" in letter.text
    assert any("<script>x</script>{number}" in line for line in read_again(letter))


def test_an_answer_given_through_the_net_names_where_review_is_applied_for_through_the_net():
    kind = letters.kinds()["granted"]
    assert "https://review.example" in letters.compose(kind, FACTS, OFFICES, is_online=True).text
    assert "https://review.example" not in letters.compose(kind, FACTS, OFFICES).text
