"""The desk of draws and prizes: from the list to the signed sheet, by who may, and nothing that was typed is lost."""

import gzip
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl
import pytest

from bot import wiring
from bot.config import make_config
from bot.demo import drawn_campaign, officials
from content import audit
from content.staff import Role
from content.store import clock
from handlers.quiz import draw, register
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims, drawing, entries
from handlers.quiz.prizes.models import Winner
from scheduler import campaign_clock
from tests.bot.console.conftest import Desk, entered
from tests.bot.console.test_markup import EVIL, SHORT, Executables
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, NUMBERS, OPEN, OVER, RULES, SECRET, SOURCE, held_in

PAGE = "/draws/demo"


@pytest.fixture(autouse=True)
def after_the_draw(in_december):
    with clock.fixed_at(DRAWN):
        yield


@dataclass
class Two:
    """Two members of staff at the desk of one campaign."""

    first: Desk
    second: Desk

    def fixes(self) -> str:
        with clock.fixed_at(OVER):
            return self.first.sends(f"{PAGE}/act", act="fix").text

    def draws(self) -> None:
        self.fixes()
        for desk in (self.first, self.second):
            desk.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=SOURCE)


@pytest.fixture
def keyring(settings):
    return wiring.keyring(make_config(settings))


@pytest.fixture
def two(sign_in, console, password, database, keyring) -> Two:
    held_in(database, keyring)
    return Two(sign_in(Role.CAMPAIGNS), entered(console, officials.SECOND_CAMPAIGNER, password))


@pytest.fixture
def drawn(two) -> Two:
    two.draws()
    return two


def winner(database, place: int) -> Winner:
    with database.reading() as session:
        return session.get_one(Winner, ("demo", place))


def hands_over(desk: Desk, database, keyring, place: int, **changed):
    claim = claims.claim_code_of(keyring, winner(database, place))
    form = {"claim_code": claim, "name": f"演示{place}", "phone": f"1380000{place:04}", "is_once": "on", **changed}
    return desk.sends(f"{PAGE}/{place}/act", act="hand_over", **form)


def test_a_draw_is_walked_from_the_close_to_the_prizes_by_two_people(two, database):
    with clock.fixed_at(OPEN):
        assert "正在答题" in two.first.opens(PAGE).text
        assert two.first.sends(f"{PAGE}/act", act="fix").status_code == 409
    assert "已截止，名单还没有定" in two.first.opens("/draws/").text
    assert "20 个参与码" in two.fixes()
    with clock.fixed_at(OVER):
        early = two.first.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=SOURCE)
        assert early.status_code == 409 and "要到12月6日（周日）晚上才开奖" in early.text
    told = two.first.sends(f"{PAGE}/act", act="numbers", numbers="1 2", source=SOURCE)
    assert told.status_code == 409 and 'value="1 2"' in told.text and SOURCE in told.text  # nothing typed is lost
    assert "另一名工作人员" in two.first.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=SOURCE).text
    blind = two.second.opens(PAGE).text
    assert "您录入以后才显示" in blind and "03 07 11" not in blind
    differs = two.second.sends(f"{PAGE}/act", act="numbers", numbers="1 2 3 4 5 6 7", source="演示：另一处")
    assert differs.status_code == 409
    for desk in (two.first, two.second):
        assert "03 07 11 18 22 29+05" in desk.opens(PAGE).text and "01 02 03 04 05 06+07" in desk.opens(PAGE).text
    told = two.second.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source="演示：另一处").text
    assert "抽完了：20 个参与码，3 份奖" in told and "办理第 3 位" in told
    with database.reading() as session:
        acts = [entry.act for entry in reversed(audit.entries(session, thing="campaign:demo"))]
    assert acts == ["draw.list", "draw.numbers", "draw.numbers", "draw.numbers", "draw.draw"]


def test_the_secret_is_in_no_answer_of_the_console_before_the_draw(two, caplog):
    caplog.set_level("DEBUG")
    seen = two.fixes()
    seen += two.first.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=SOURCE).text
    for path in ("/draws/", PAGE, f"{PAGE}/prizes.xlsx", "/audit/"):
        seen += two.second.opens(path).get_data().decode("latin-1")
    seen += two.second.sends(f"{PAGE}/act", act="withhold", why="试").text + caplog.text
    assert draw.commitment_of(SECRET) in seen and SECRET not in seen


def test_a_winner_is_found_by_his_claim_code_and_signs_for_what_he_takes(drawn, database, keyring):
    claim = claims.claim_code_of(keyring, winner(database, 2))
    found = drawn.first.sends(f"{PAGE}/find", claim_code=claim.lower().replace("-", " "))
    assert "第 2 位：二等奖" in found.text and found.status_code == 200
    assert drawn.first.sends(f"{PAGE}/find", claim_code="2-AAAAA-AAAAA").status_code == 404
    refused = hands_over(drawn.first, database, keyring, 2, phone="1")
    assert refused.status_code == 409 and "电话" in refused.text and 'value="演示2"' in refused.text
    told = hands_over(
        drawn.first, database, keyring, 2, under_fourteen="on", guardian="演示家长", guardian_publishes="on"
    )
    assert "已登记发放" in told.text
    sheet = drawn.first.opens(f"{PAGE}/2/sheet").text
    for words in ("演示2", "13800000002", "演示家长", "领奖人签字", "☑ 同意", "《个人所得税法》第二条"):
        assert words in sheet
    assert winner(database, 2).published_name == "演示2"
    right = {"act": "rectify", "name": "演示更正", "phone": "13800000002", "guardian": "演示家长"}
    refused = drawn.first.sends(f"{PAGE}/2/act", **right | {"phone": "1"})
    assert refused.status_code == 409 and 'value="演示更正"' in refused.text
    assert "已经更正" in drawn.first.sends(f"{PAGE}/2/act", **right).text
    assert "演示更正" in drawn.first.opens(f"{PAGE}/2/sheet").text
    assert "姓名和电话已经删除" in drawn.first.sends(f"{PAGE}/2/act", act="erase").text
    assert "演示更正" not in drawn.first.opens(f"{PAGE}/2").text


def test_the_same_person_twice_is_refused_and_the_next_in_line_gets_the_prize(drawn, database, keyring, sign_in):
    hands_over(drawn.first, database, keyring, 1, name="演示", phone="13800001111")
    twice = hands_over(drawn.second, database, keyring, 2, name="演示", phone="138 0000 1111")
    assert twice.status_code == 409 and "一个人只领一份" in twice.text
    assert drawn.second.sends(f"{PAGE}/2/act", act="refuse", why=" ").status_code == 409
    assert "请另一名工作人员确认" in drawn.second.sends(f"{PAGE}/2/act", act="refuse", why="同一个人").text
    assert drawn.first.sends(f"{PAGE}/2/act", act="confirm").status_code == 409
    with clock.fixed_at(DRAWN + claims.OBJECTION):
        again = sign_in(Role.CAMPAIGNS)
        assert "确认不予发放" in again.opens(f"{PAGE}/2").text
        assert "由下一位递补" in again.sends(f"{PAGE}/2/act", act="confirm").text
    assert winner(database, 4).prize == "二等奖"
    with clock.fixed_at(DRAWN + timedelta(days=40)):
        again = sign_in(Role.CAMPAIGNS)
        assert "2 份由下一位递补" in again.sends(f"{PAGE}/act", act="move_on").text
        assert "不再递补" in again.sends(f"{PAGE}/act", act="end", why="预算年度结束").text


def test_lists_are_taken_out_without_names_or_with_them_and_the_second_is_audited(drawn, database, keyring):
    hands_over(drawn.first, database, keyring, 1)

    def cells(answer) -> str:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return str(list(book.active.iter_rows(values_only=True)))

    assert "演示1'" not in (told := cells(drawn.first.opens(f"{PAGE}/prizes.xlsx"))) and "已领取" in told
    assert "13800000001" in cells(drawn.first.sends(f"{PAGE}/register.xlsx"))
    with database.reading() as session:
        assert audit.entries(session, act="prize")[0].act == "prize.export"


def test_the_list_of_draws_is_a_table(drawn):
    [sheet] = openpyxl.load_workbook(io.BytesIO(drawn.first.opens("/draws/list.xlsx").data))
    heads, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert row[heads.index("到哪一步")] == "已抽奖" and row[heads.index("名单人数")] == 20
    assert (row[heads.index("待领取")], row[heads.index("已领取")]) == (3, 0)


def test_who_only_looks_sees_no_name_and_no_form(drawn, sign_in, database, keyring):
    hands_over(drawn.first, database, keyring, 1, may_publish="no")
    looking = sign_in(Role.AUDIT)
    for path in ("/draws/", PAGE, f"{PAGE}/1", f"{PAGE}/prizes.xlsx"):
        answer = looking.opens(path)
        assert answer.status_code == 200 and b"13800000001" not in answer.data
        assert "演示1" not in answer.get_data().decode("latin-1") and f"/console{PAGE}" + "/act" not in str(answer.data)
    assert looking.opens(f"{PAGE}/1/sheet").status_code == 403


@pytest.mark.parametrize("path", ["/draws/none", "/draws/exam", "/draws/demo/99", "/draws/demo/4", "/draws/other/1",
                                  "/draws/demo/0", "/draws/demo/99999999999", "/draws/demo/4/sheet"])  # fmt: skip
def test_what_does_not_belong_to_the_campaign_is_no_page(drawn, database, keyring, path):
    with database.transaction() as session:
        held = register.get_held(session, "demo")
        fields = {column.name: getattr(held, column.name) for column in held.__table__.columns}
        session.add(HeldCampaign(**{**fields, "id": "other"}))
        session.add(HeldCampaign(**{**fields, "id": "exam", "rules": RULES[: RULES.index("[draw]")]}))
    assert drawn.first.opens(path).status_code == 404
    if path.removeprefix("/draws/").count("/") == 1:
        assert drawn.first.sends(f"{path}/act", act="refuse", why="试").status_code == 404
    claim = claims.claim_code_of(keyring, winner(database, 1))
    assert drawn.first.sends("/draws/other/find", claim_code=claim).status_code == 404
    assert drawn.first.sends(f"{PAGE}/2/act", act="hand_over", claim_code=claim, name="甲", phone="13800000000",
                             is_once="on").status_code == 409  # fmt: skip


def test_script_in_every_field_is_text(two, database, keyring):
    two.fixes()
    pages = [two.first.sends(f"{PAGE}/act", act="numbers", numbers=EVIL, source=EVIL).text]
    for desk in (two.first, two.second):
        pages.append(desk.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=EVIL).text)
    pages.append(two.first.sends(f"{PAGE}/find", claim_code=EVIL).text)
    evil = {"name": SHORT, "guardian": SHORT, "under_fourteen": "on", "tax_note": EVIL, "guardian_publishes": "on"}
    pages.append(hands_over(two.first, database, keyring, 1, **{**evil, "phone": EVIL}).text)
    pages.append(hands_over(two.first, database, keyring, 1, **evil).text)
    pages.append(two.first.sends(f"{PAGE}/2/act", act="refuse", why=EVIL).text)
    pages.append(two.first.sends(f"{PAGE}/act", act="end", why=EVIL).text)
    pages += [two.first.opens(path).text for path in (PAGE, f"{PAGE}/1", f"{PAGE}/1/sheet", f"{PAGE}/2")]
    assert all("alert(1)" in page for page in pages)
    assert [Executables(page).found for page in pages] == [[]] * len(pages)


def test_where_the_key_is_lost_the_page_says_what_to_do(two, make_console, tmp_path, password):
    two.fixes()
    other = make_console(security__key_file=str(tmp_path / "other.json"))
    for name in (officials.NAMES[Role.CAMPAIGNS], officials.SECOND_CAMPAIGNER):
        desk = entered(other, name, password)
        told = desk.sends(f"{PAGE}/act", act="numbers", numbers=NUMBERS, source=SOURCE)
    assert told.status_code == 409 and "号码已经记下，两个人录入的一致，可是秘密数读不出来" in told.text
    early = desk.sends(f"{PAGE}/act", act="withhold", why="密钥文件找不回来")
    assert early.status_code == 409 and "谁也不能提前改" in early.text
    with clock.fixed_at(DRAWN + timedelta(days=16)):
        desk = entered(other, name, password)
        assert desk.sends(f"{PAGE}/act", act="withhold", why=" ").status_code == 409
        told = desk.sends(f"{PAGE}/act", act="withhold", why="密钥文件找不回来").text
        assert "第 2026148 期" in told and "密钥文件找不回来" in told


def test_the_demonstration_is_a_finished_draw_that_verifies_and_is_made_once(database, keyring, console):
    for _ in range(2):
        drawn_campaign.seed(database, keyring)
    with database.reading() as session:
        record = drawing.record_of(session, drawn_campaign.CAMPAIGN)
        assert entries.find_list(session, drawn_campaign.CAMPAIGN).people >= 90
        published = [one.published_name for one in claims.winners(session, drawn_campaign.CAMPAIGN)]
    assert draw.problems(draw.read_record(gzip.decompress(record))) == []
    assert published.count("演示人甲") == 1 and len([name for name in published if name]) == 1


def test_the_first_page_says_whose_turn_it_is_and_leads_there_and_the_alarm_is_theirs_to_end(two, sign_in, database):
    two.fixes()
    morning = datetime(2026, 12, 7, 9, tzinfo=clock.BEIJING)
    with clock.fixed_at(morning), database.transaction() as session:
        assert campaign_clock.watch(session, morning) == 1
    with clock.fixed_at(morning):
        campaigner, writer = sign_in(Role.CAMPAIGNS), sign_in(Role.WRITE)
        page, theirs = campaigner.opens("/").text, writer.opens("/").text
        number = page.split('name="alarm" value="')[1].split('"')[0]
        assert "各录一遍号码。最晚12月21日（周一），还有14天" in page and f'href="/console{PAGE}">去看</a>' in page
        assert "还有14天" in theirs and "去看</a></li>" not in theirs and ">知道了<" not in theirs
        assert writer.sends("/alarms", alarm=number).status_code == 403
        campaigner.sends("/alarms", alarm=number)
        assert 'name="alarm"' not in campaigner.opens("/").text


def test_the_page_of_a_draw_says_who_does_what_when_while_people_still_answer(two):
    with clock.fixed_at(OPEN):
        page = two.first.opens(PAGE).text
    assert "谁在什么时候办什么" in page and "12月6日（周日）晚上开奖以后，最晚12月21日（周一）" in page
    assert "两个有“活动”角色的人，各录一遍" in page and "不够两个人" not in page
