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
     ("name", "怎么申请法律援助"), ("address", "怎么收费")],
)  # fmt: skip
def test_another_matter_is_answered_and_the_place_is_kept(says_at, question, words):
    told = says_at(question, words)
    assert "记下了" not in told and "还停在原来的地方" in told


@pytest.mark.parametrize(
    ("question", "words"),
    [("name", "为什么要姓名"), ("name", "不想说"), ("name", "匿名"), ("name", "没有"), ("name", "提交"),
     ("contact", "为什么要电话"), ("contact", "没有"), ("address", "不想说"), ("wanted", "没有")],
)  # fmt: skip
def test_who_asks_what_for_or_will_not_say_it_hears_why(says_at, question, words):
    told = says_at(question, words)
    assert "这里要写这一项本身" in told and f"第{BEFORE[question]}步" in told


@pytest.mark.parametrize("words", ["2025年法律援助办了多少件", "法律援助补贴是怎么发的", "你们单位有多少人"])
def test_what_he_wants_to_know_may_be_a_question(says_at, words):
    told = says_at("wanted", words)
    assert "按您要的信息记下了" in told and "改要的信息" in told


@pytest.mark.parametrize("words", ["王五，身份证211402199001010011", "王五 １３８００００１１１１"])
def test_a_name_holds_no_number_of_a_card_or_a_telephone(says_at, words):
    assert "不要写身份证号和电话" in says_at("name", words)


@pytest.mark.parametrize("words", ["a@b", "138000011", "211402199001010011", "微信"])
def test_by_what_nobody_can_be_reached_is_no_contact(says_at, words):
    assert "联系不上就没法确认收到" in says_at("contact", words)


@pytest.mark.parametrize("words", ["0429-3112345", "3112345", "+86 139 0000 0000", "yanshi@example.com"])
def test_telephones_and_mail_are_contacts(says_at, words):
    assert "怎样给您" in says_at("contact", words)


@pytest.mark.parametrize("words", ["葫芦岛演示律师事务所", "演示1234公司", "我叫演示丙"])
def test_names_of_people_and_bodies_are_names(says_at, words):
    assert "怎么联系您" in says_at("name", words)
