"""A text question of the application takes what is meant for it and nothing else."""

import pytest

WAY = ("开始申请", "个人", "演示：一份总结", "跳过", "演示申请人丙", "13900000000", "邮寄")
BEFORE = {"wanted": 2, "document_number": 3, "name": 4, "contact": 5, "address": 7}


@pytest.fixture
def says_at(somebody):
    def say_at(question: str, words: str) -> str:
        for one in WAY[: BEFORE[question]]:
            somebody.says(one)
        return somebody.says(words).text

    return say_at


@pytest.mark.parametrize(
    ("question", "words"),
    [("wanted", "怎么申请法律援助"), ("wanted", "老板不给工资"), ("wanted", "法律援助的条件"), ("wanted", "12348"),
     ("document_number", "菜单"), ("document_number", "公证处在哪"), ("document_number", "你好"),
     ("name", "怎么申请法律援助"), ("address", "怎么收费"), ("wanted", "没收到判决书"), ("wanted", "办公证书"),
     ("wanted", "我要看孩子"), ("wanted", "拆迁补偿"), ("wanted", "局长电话")],
)  # fmt: skip
def test_another_matter_is_answered_and_the_place_is_kept(says_at, question, words):
    told = says_at(question, words)
    assert "记下了" not in told and "还停在原来的地方" in told


@pytest.mark.parametrize(
    ("question", "words"),
    [("name", "为什么要姓名"), ("name", "不想说"), ("name", "匿名"), ("name", "没有"), ("name", "提交"),
     ("contact", "为什么要电话"), ("contact", "没有"), ("address", "不想说"), ("wanted", "没有"),
     ("document_number", "提交")],
)  # fmt: skip
def test_who_asks_what_for_or_will_not_say_it_hears_why(says_at, question, words):
    told = says_at(question, words)
    assert "这里要写这一项本身" in told and f"第{BEFORE[question]}步" in told


@pytest.mark.parametrize("words", ["2025年法律援助办了多少件", "法律援助补贴是怎么发的", "你们单位有多少人"])
def test_what_he_wants_to_know_may_be_a_question(says_at, words):
    told = says_at("wanted", words)
    assert "按您要的信息记下了" in told and "改要的信息" in told


@pytest.mark.parametrize(
    "words",
    ["律师名册", "我要看拆迁补偿的", "你们局长工资", "我的判决书", "调解员工资", "领导简历", "改成2025年的总结"],
)
def test_a_few_words_that_name_a_paper_are_what_he_wants_though_they_sound_like_another_matter(says_at, words):
    assert "知道文号吗" in says_at("wanted", words)


@pytest.mark.parametrize(
    ("question", "words", "wrong"),
    [("wanted", "yanshi@example.com", "这一栏里有电子邮箱"), ("document_number", "司法局的", "文号里有年份和数字")],
)
def test_an_address_of_mail_is_not_what_is_wanted_and_words_are_no_number_of_a_document(
    says_at, question, words, wrong
):
    assert wrong in says_at(question, words)


@pytest.mark.parametrize("words", ["我媳妇王演示", "替我爸张大爷申请", "姓张", "张大爷", "帮别人填", "张演示申请"])
def test_what_is_said_of_a_person_is_no_name_as_it_stands_on_his_card(says_at, words):
    assert "只写申请人的姓名" in says_at("name", words)


@pytest.mark.parametrize("words", ["王五，身份证211402199001010011", "王五 １３８００００１１１１"])
def test_a_name_holds_no_number_of_a_card_or_a_telephone(says_at, words):
    assert "不要写身份证号和电话" in says_at("name", words)


@pytest.mark.parametrize(
    "words",
    ["a@b", "138000011", "211402199001010011", "微信", "没有电话", "我在市区上班", "211402199001010011 龙港区海滨路"],
)
def test_by_what_nobody_can_be_reached_is_no_contact(says_at, words):
    assert "联系不上就没法确认收到" in says_at("contact", words)


@pytest.mark.parametrize(
    "words",
    ["0429-3112345", "3112345", "+86 139 0000 0000", "yanshi@example.com", "改成13900000001", "葫芦岛市演示镇演示村",
     "龙港区演示街道演示社区3号楼"],
)  # fmt: skip
def test_telephones_mail_and_to_who_has_neither_a_postal_address_are_contacts(says_at, words):
    assert "怎样给您" in says_at("contact", words)


@pytest.mark.parametrize("words", ["葫芦岛演示律师事务所", "演示1234公司", "我叫演示丙"])
def test_names_of_people_and_bodies_are_names(says_at, words):
    assert "怎么联系您" in says_at("name", words)
