"""Before an application goes off it is shown what will, masked where it is private; each answer can be taken back."""

import pytest

from handlers.guided import recap

ANSWERS = ("个人", "演示：2025年法律援助工作总结", "跳过", "张演示", "13800000000", "邮寄", "葫芦岛市龙港区演示路5号")


@pytest.fixture
def at_end(somebody):
    """Who stands before 提交."""
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.last = somebody.says(said)
    return somebody


def test_what_will_go_off_is_shown_and_nothing_private_of_it_whole(at_end):
    told = at_end.last.text
    assert "要的信息：演示：2025年法律援助工作总结" in told and "文号：跳过" in told and "怎么给：邮寄" in told
    assert "姓名：张**" in told and "联系方式：138****0000（11位）" in told
    assert "寄到哪里：葫芦岛市龙港****5号（12个字）" in told
    for private in ("张演示", "13800000000", ANSWERS[-1]):
        assert private not in told + at_end.copy


@pytest.mark.parametrize(
    ("said", "anew", "shown"),
    [
        ("改姓名", "李小四", "姓名：李**"), ("名字写错了", "李小四", "姓名：李**"),
        ("我要改一下电话", "z@example.com", "z***@example.com"),
        ("改地址", "演示县演示镇", "寄到哪里：演示****（6个字）"), ("改方式", "当面取", "怎么给：当面取"),
        ("改一下", "演示市演示区演示路7号", "****7号"),
    ],
)  # fmt: skip
def test_one_answer_is_given_anew_and_the_others_stay(at_end, said, anew, shown):
    assert "提交吗" not in at_end.says(said).text
    told = at_end.says(anew).text
    assert shown in told and "提交吗" in told and "要的信息：演示" in told


def test_a_long_text_is_shown_short_and_its_length_told(somebody):
    somebody.says("开始申请")
    for said in ("个人", "演示" * 200, *ANSWERS[2:5], "当面取"):
        told = somebody.says(said).text
    assert "（共400个字）" in told and told.index("提交吗") > 0 and "2. 不提交" in told


@pytest.mark.parametrize(
    ("mask", "written", "shown"),
    [
        ("name", "张三", "张*"), ("name", "张", "张*"), ("name", "葫芦岛演示有限公司", "葫芦*****公司"),
        ("contact", "13800000000", "138****0000（11位）"), ("contact", "1380000000", "138***0000（10位）"),
        ("contact", "3100000", "31***00（7位）"),
        ("contact", "0429-3100000 找张三", "042****0000（11位）"), ("contact", "微信abc", "****（5个字）"),
        ("contact", "zhang@example.com", "z***@example.com"), ("address", "zhang@example.com", "z***@example.com"),
    ],
)  # fmt: skip
def test_a_mask_shows_enough_to_see_a_slip_and_no_more(mask, written, shown):
    assert recap.MASKS[mask](written) == shown
