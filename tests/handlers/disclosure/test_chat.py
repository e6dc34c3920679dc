"""An application in the chat, from its first words to the receipt, and asking after it."""

import re

import pytest
from makers import Somebody
from sqlalchemy import select

from content.store import clock
from handlers.disclosure import requests
from handlers.disclosure.models import DisclosureRequest
from handlers.tries import OF_A_PERSON

NAME, CONTACT = "演示申请人丙", "13900000000"
ANSWERS = ("个人", "演示：2025年法律援助工作总结", "跳过", NAME, CONTACT, "在查进度的页面上看")


@pytest.fixture
def receipt(somebody):
    somebody.says("开始申请")
    for said in ANSWERS:
        reply = somebody.says(said)
    assert "提交吗" in reply.text
    return somebody.says("提交").text


def requests_of(bureau):
    with bureau.database.reading() as session:
        return list(session.scalars(select(DisclosureRequest).order_by(DisclosureRequest.id.desc()).limit(1)))


def test_an_application_ends_with_number_code_and_honest_days(bureau, receipt):
    number = re.search(r"编号：(\d{4}-\d{4})", receipt)[1]
    request = requests_of(bureau)[0]
    assert request.number == number and request.wanted == ANSWERS[1] and request.due_on is None
    assert "双方确认的那天算收到" in receipt and "20个工作日" in receipt
    assert NAME not in receipt and CONTACT not in receipt


def test_what_is_private_stands_nowhere_in_clear(bureau, somebody):
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.says(said)
    assert NAME not in somebody.copy and CONTACT not in somebody.copy


def test_it_is_asked_after_with_number_and_code(somebody, receipt):
    number, code = re.search(r"查申请 (\d{4}-\d{4}) ([A-Z0-9]+)", receipt).groups()
    told = somebody.says(f"查申请 {number} {code.lower()}").text
    assert f"申请 {number}：等本机关确认" in told and "提交申请" in told and NAME not in told
    how = Somebody(somebody.bureau).says("查申请").text
    assert "编号和查询码" in how and re.search(
        r'/h/requests/\?from=[0-9a-f]+\.\d+\.[0-9a-f]{32}">在网页上填表申请', how
    )


@pytest.mark.parametrize(
    "said",
    [
        "查申请",
        "我的申请到哪一步了",
        "我的申请办得咋样了",
        "我的申请进度",
        "申请有消息吗",
        "申请批了吗？",
        "公开申请怎么样了",
    ],
)
def test_who_asks_how_far_his_own_has_come_hears_it_also_in_the_middle_of_a_talk(somebody, receipt, said):
    number = re.search(r"编号：(\d{4}-\d{4})", receipt)[1]
    assert f"申请 {number}：等本机关确认" in somebody.says(said).text
    somebody.says("开始自测")
    assert f"申请 {number}：等本机关确认" in somebody.says(said).text
    stranger = Somebody(somebody.bureau)
    assert number not in stranger.says(said).text


def test_a_number_alone_is_enough_in_the_chat_it_came_from_and_nowhere_else(somebody, receipt):
    number, code = re.search(r"查申请 (\d{4}-\d{4}) ([A-Z0-9]+)", receipt).groups()
    for said in (number, f"查{number}", number.replace("-", "－")):
        assert f"申请 {number}：" in somebody.says(said).text
    stranger = Somebody(somebody.bureau)
    assert "编号和查询码" in stranger.says(number).text and f"申请 {number}：" in stranger.says(f"{number} {code}").text


def test_of_several_each_can_be_tapped(somebody, receipt):
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.says(said)
    somebody.says("提交")
    reply = somebody.says("我的申请进度")
    assert "您在这里提交过这些申请" in reply.text and len(reply.choices) == 2
    assert f"申请 {reply.choices[1].split()[1]}：" in somebody.taps(reply, 2).text


def test_whoever_guesses_is_not_heard_for_a_while(somebody, receipt):
    number, code = re.search(r"查申请 (\d{4}-\d{4}) ([A-Z0-9]+)", receipt).groups()
    for _ in range(OF_A_PERSON):
        assert "没有找到" in somebody.says(f"查申请 {number} AAAAABBBBB").text
    assert "15 分钟" in somebody.says(f"查申请 {number} {code}").text


def test_nobody_shuts_an_application_for_its_owner_who_needs_no_code_in_his_own_chat(bureau, somebody, receipt):
    number, code = re.search(r"查申请 (\d{4}-\d{4}) ([A-Z0-9]+)", receipt).groups()
    guesser, friend = Somebody(bureau), Somebody(bureau)
    for _ in range(OF_A_PERSON):
        assert "没有找到" in guesser.says(f"查申请 {number} AAAAABBBBB").text
    assert "15 分钟" in guesser.says(f"查申请 {number} {code}").text
    assert f"申请 {number}" in somebody.says(f"查申请 {number}").text
    assert "查询码" in friend.says(f"查申请 {number}").text
    assert f"申请 {number}" in friend.says(f"查申请{number}{code[:5]}-{code[5:]}").text


@pytest.mark.parametrize("is_short", [True, False])
def test_the_notice_is_read_where_the_application_stands_whole_where_it_fits(bureau, somebody, receipt, is_short):
    number = re.search(r"编号：(\d{4}-\d{4})", receipt)[1]
    reason = "演示：请写明要哪一年的、哪个科室的工作总结。" * (12 if is_short else 90)
    with bureau.database.transaction() as session:
        found = requests.find_by_number(session, number)
        requests.add_step(session, found, "correction", note=f"<b>{reason}\n请在2026年12月10日以前补正")
    told = somebody.says(f"查申请 {number}").text
    assert (reason in told) is is_short and "2026年12月10日" in told and "\n\n\n" not in told
    assert "告知补正\n\n最近一步" in told and "<b>" not in told and "看全部经过和文书" in told


def test_whoever_thinks_better_of_it_leaves_nothing(bureau, somebody):
    before = requests_of(bureau)
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.says(said)
    assert "没有提交" in somebody.says("不提交").text
    assert [one.id for one in requests_of(bureau)] == [one.id for one in before]


def test_nothing_is_filed_or_thrown_away_but_by_a_plain_word(bureau, somebody):
    before = requests_of(bureau)
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.says(said)
    for said in (
        "确认取消", "等我确认", "我要确认一下", "确认一下姓名对不对", "嗯？", "提交？",
        "是的，我是农民工", "还不想提交", "先别提交", "没有确认", "先等等", "先不交", "要不要提交",
    ):  # fmt: skip
        told = somebody.says(said).text
        assert "编号：" not in told and "没有提交" not in told, said
    assert [one.id for one in requests_of(bureau)] == [one.id for one in before]
    assert "编号：" in somebody.says("提交").text


def test_a_last_answer_that_comes_twice_files_once(bureau, somebody):
    somebody.says("开始申请")
    for said in ANSWERS:
        somebody.says(said)
    first = somebody.says("提交", key=f"last-{somebody.openid}").text
    assert somebody.says("提交", key=f"last-{somebody.openid}").text == first
    year = clock.today().year
    with bureau.database.reading() as session:
        serials = session.scalars(select(DisclosureRequest.serial).where(DisclosureRequest.year == year)).all()
    assert len(serials) == len(set(serials)) == max(serials)


@pytest.mark.parametrize("words", ["撤回申请", "我要撤回申请", "怎么撤回我的公开申请？", "申请怎么撤销"])
def test_who_wants_it_back_is_led_to_the_page_where_that_is_done(somebody, receipt, words):
    number = re.search(r"编号：(\d{4}-\d{4})", receipt)[1]
    told = somebody.says(words).text
    assert "不要了，撤回申请" in told and re.search(rf'/h/requests/status\?t=\S+">撤回申请 {number}', told)


def test_whoever_has_filed_nothing_here_hears_the_way_and_other_applications_are_another_matter(somebody):
    told = somebody.says("撤回申请").text
    assert "没有提交过还在办的申请" in told and '/h/requests/status">' in told
    for words in ("撤回仲裁申请", "撤诉"):
        assert "不要了，撤回申请" not in somebody.says(words).text


def test_the_topic_keeps_its_answer_and_offers_the_application(somebody):
    told = somebody.says("依申请公开").text
    assert "第二十九条" in told and "开始申请" in told


def test_a_number_of_a_person_is_refused_in_what_is_wanted(somebody):
    somebody.says("开始申请")
    somebody.says("个人")
    reply = somebody.says("演示：13900000000这个人的材料").text
    assert "请删掉" in reply


def test_a_name_and_a_contact_must_be_such(somebody):
    somebody.says("开始申请")
    for said in ANSWERS[:3]:
        somebody.says(said)
    assert "姓名或者名称" in somebody.says("1").text
    somebody.says(NAME)
    assert "手机号" in somebody.says("演示乙").text
    assert "怎样给您" in somebody.says(CONTACT).text
