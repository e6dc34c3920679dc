"""Campaigns at the console: written, looked at, put on, watched, ended; their units and participants."""

import html
import io
import re
import shutil
import sqlite3
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from bot import wiring
from bot.config import make_config
from bot.demo import officials
from content import articles, audit, proofread
from content.importers.library import sync_library
from content.models import Material
from content.staff import Role
from content.store import clock
from content.store.db import Database
from handlers.quiz import register
from handlers.quiz.boards import nicknames, units
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import HeldCampaign, Participant, Unit
from tests.bot.console.conftest import NOW, entered
from tests.bot.console.test_markup import EVIL, SHORT, Executables
from tests.handlers.quiz.holding import RULES, hands_in

FORM = {
    "id": "twelve-four", "title": "演示：新办的", "opens_at": "2026-12-03T08:00", "closes_at": "2026-12-05T20:00",
    "minutes": "15", "attempts_a_day": "2", "freeze_minutes": "30", "verdicts": "handed_in", "multiple": "half",
    "sort": "draw", "draw_lottery": "双色球", "draw_issue": "2026901", "draw_drawn_on": "2026-12-06",
    "draw_later_issue": "2026902", "draw_later_drawn_on": "2026-12-22",
    "cell_subject": ["constitution", "labour", ""], "cell_kind": ["single", "", ""], "cell_difficulty": ["2", "", ""],
    "cell_count": ["5", "2", ""], "cell_points": ["10", "25", ""],
    "prize_name": ["一等奖", ""], "prize_count": ["3", ""],
}  # fmt: skip


@pytest.fixture(scope="module")
def installed(installed, tmp_path_factory):
    """With the library's bank, read once."""
    folder = tmp_path_factory.mktemp("with-bank")
    for name in ("pufa.db", "keys.json"):
        shutil.copy(installed / name, folder / name)
    made = Database(f"sqlite:///{folder}/pufa.db")
    with made.transaction() as session:
        sync_library(session)
    made.close()
    with sqlite3.connect(folder / "pufa.db") as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def keeper(sign_in):
    return sign_in(Role.CAMPAIGNS)


@pytest.fixture
def held(keeper, database, settings) -> HeldCampaign:
    with database.transaction() as session:
        by = officials.NAMES[Role.CAMPAIGNS]
        return register.put_on(session, "demo", RULES, wiring.keyring(make_config(settings)), by)


@pytest.fixture
def played(held, database) -> HeldCampaign:
    """Six papers, the last questions of each answered wrongly; one participant with a nickname and a unit."""
    for number in range(6):
        hands_in(database, held, f"p{number}", wrong=number % 4, seconds=60 + number)
    with database.transaction() as session:
        units.enter_all(session, held, "甲\t10\n乙\t5", officials.NAMES[Role.CAMPAIGNS])
        one = session.get_one(Participant, (held.id, "p0"))
        nicknames.choose(session, held, one, "小明")
        units.choose(session, held, one, units.find(session, held, "甲")[0].id)
    return held


def book(answer) -> dict[str, list[list]]:
    assert answer.status_code == 200, answer.text
    whole = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in whole}


def acts(database, act: str) -> list:
    with database.reading() as session:
        return [entry for entry in audit.entries(session) if entry.act == act]


# ── a new one ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_goes_from_the_form_over_a_look_to_the_public(keeper, database):
    assert "（不用这一行）" in keeper.opens("/campaigns/new").text
    looked = keeper.sends("/campaigns/check", FORM)
    for told in (
        "题库够不够",
        "按题目难度预计",
        "58",
        "满分 100 分",
        "2026901",
        "2026-12-06 开奖",
        "一等奖 3 份",
        "少选得一半分",
    ):
        assert told in looked.text, told
    written = looked.text.split('spellcheck="false">')[1].split("</textarea>")[0].replace("&#34;", '"').strip()
    shown = keeper.sends("/campaigns/put-on", id="twelve-four", toml=written)
    assert "已经开办" in shown.text and "演示：新办的" in shown.text and "未开始" in shown.text
    with database.reading() as session:
        held = register.get_held(session, "twelve-four")
        rules = register.rules_of(held)
    assert (rules.minutes, rules.attempts_a_day, rules.questions, str(rules.multiple)) == (15, 2, 7, "half")
    assert clock.in_beijing(held.opens_at).isoformat() == "2026-12-03T08:00:00+08:00"
    assert len(acts(database, "quiz.put_on")) == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"closes_at": "2026-12-03T07:00"}, {"closes_at": "不晚于"}), ({"id": "十二四"}, {"id": "不能用"}),
        ({"closes_at": "2026-12-02T09:00", "opens_at": "2026-12-01T09:00"}, {"closes_at": "已经过了"}),
        ({"minutes": "viel"}, {"minutes": "1 到 300 的整数"}),
        ({"opens_at": ""}, {"opens_at": "开始（北京时间）”还没有填"}),
        ({"cell_count": ["200", "2", ""]}, {"cell_count.0": "只有 58 道，要 200 道"}),
        ({"title": ""}, {"title": "“名称”还没有填"}), ({"title": "长" * 33}, {"title": "最多 32 个字，现在是 33"}),
        ({"prize_name": ["", ""], "prize_count": ["", ""]}, {"prize_name.0": "奖项至少要有一个"}),
        ({"prize_name": ["一等奖", "二等奖"]}, {"prize_count.1": "这一行的“几份”还没有填"}),
        ({"cell_count": ["200", "2", ""], "cell_points": ["x", "25", ""]}, {"cell_points.0": "1 到 100 的整数"}),
        ({"cell_subject": ["constitution", "", "labour"], "cell_kind": ["", "judge", ""]},
         {"cell_subject.1": "“类别”还没有填", "cell_count.2": "“几题”", "cell_points.2": "“每题几分”"}),
        ({"draw_issue": "", "draw_drawn_on": ""},
         {"draw_issue": "“第几期”还没", "draw_drawn_on": "“这一期哪天开奖”还没"}),
        ({"draw_drawn_on": "2026-12-05"}, {"draw_drawn_on": "截止的第二天或以后"}),
        ({"draw_later_issue": "2026900"}, {"draw_later_issue": "“秘密数没公布时改用第几期”要和原定的"}),
        ({"draw_later_drawn_on": "2026-12-08"}, {"draw_later_drawn_on": "2026-12-21 以后才开奖"}),
        ({"draw_least_points": "101"}, {"draw_least_points": "超过了满分 100 分"}),
        ({"cell_for": ["领导干部"]}, {"cell_for.0": "只有考试才分"}),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_told_at_its_field_and_nothing_typed_is_lost(keeper, changed, told):
    form = keeper.sends("/campaigns/check", {**FORM, **changed})
    assert form.status_code == 400 and f"有 {len(told)} 处要改" in form.text and "活动文件里" not in form.text
    for field, words in told.items():
        [fault] = re.findall(f'id="{re.escape(field)}-fault">✗ ([^<]*)<', form.text)
        assert words in fault and f'href="#{field}"' in form.text, field
    for name, typed in {**FORM, **changed}.items():
        for words in [typed] if isinstance(typed, str) else typed:
            assert f'value="{words}"' in form.text, name
    assert ">开办</button>" not in form.text


def test_a_file_comes_by_upload_or_by_paste_and_goes_back_into_the_form(keeper):
    for way in ({"toml": RULES}, {"toml": "", "file": (io.BytesIO(RULES.encode()), "demo.toml")}):
        assert "演示竞答" in keeper.sends("/campaigns/check", {"id": "demo", **way}).text
    form = keeper.sends("/campaigns/check", {"id": "demo", "toml": RULES, "act": "back"}).text
    assert 'value="演示竞答"' in form and 'value="2026-12-01T08:00"' in form and 'value="二等奖"' in form
    assert keeper.sends("/campaigns/check", {"id": "demo", "toml": "= broken"}).status_code == 400


@pytest.mark.parametrize("coding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_as_windows_writes_it(keeper, coding):
    file = (io.BytesIO(RULES.replace("\n", "\r\n").encode(coding)), "demo.toml")
    looked = keeper.sends("/campaigns/check", {"id": "demo", "toml": "", "file": file})
    assert looked.status_code == 200 and "演示竞答" in looked.text


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"\xff\xfe\x00", "另存为 UTF-8"), (b"\x81", "另存为 UTF-8"), (b"#" * 70_000, "太大"), (b"", "没有选文件")],
)
def test_a_file_that_cannot_be_read_is_told_on_the_form(keeper, data, told):
    sent = {"file": (io.BytesIO(data), "demo.toml")} if data else {}
    form = keeper.sends("/campaigns/check", {"id": "demo", "toml": "", **sent})
    assert form.status_code == 400 and told in form.text and 'value="demo"' in form.text


def test_a_sample_of_a_file_is_there_and_can_be_put_on(keeper):
    assert "/campaigns/sample.toml" in keeper.opens("/campaigns/new").text
    sample = keeper.opens("/campaigns/sample.toml")
    looked = keeper.sends("/campaigns/check", {"id": "demo", "toml": sample.text})
    assert looked.status_code == 200 and ">开办</button>" in looked.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"sort": ""}, "“奖品和抽奖”里填了“第几期”"), ({"sort": "exam", "exam_pass_points": "60"}, "、“奖项”"),
     ({"exam_pass_points": "60"}, "“考试”里填了“几分合格”")],
)  # fmt: skip
def test_what_the_chosen_sort_does_not_use_is_dropped_only_when_he_says_so(keeper, changed, told):
    form = keeper.sends("/campaigns/check", {**FORM, **changed})
    assert form.status_code == 400 and told in form.text and 'value="2026901"' in form.text
    looked = keeper.sends("/campaigns/check", {**FORM, **changed, "drop": "1"})
    assert looked.status_code == 200 and ">开办</button>" in looked.text


def test_a_make_up_of_which_one_time_is_lacking_is_told_at_its_field(keeper):
    exam = {"sort": "exam", "drop": "1", "exam_pass_points": "60", "exam_makeup_opens_at": "2026-12-10T08:00"}
    form = keeper.sends("/campaigns/check", {**FORM, **exam})
    assert 'id="exam_makeup_closes_at-fault">✗ 补考的开始和截止要写就都写：“补考截止”没有写。<' in form.text


def test_the_way_back_into_the_form_loses_nothing(keeper):
    wrong = RULES.replace("minutes = 15", 'minutes = "viel"')
    assert "填的“viel”不对" in keeper.sends("/campaigns/check", {"id": "demo", "toml": wrong, "act": "back"}).text
    for written, told in (
        (RULES.replace("minutes =", "minuten = 1\nminutes =", 1), "“minuten”"),
        ("= broken", "先在这里改好"),
    ):
        page = keeper.sends("/campaigns/check", {"id": "demo", "toml": written, "act": "back"})
        assert page.status_code == 400 and told in page.text and written.splitlines()[-1][:9] in page.text


def test_an_opening_that_is_over_is_warned_of(keeper):
    looked = keeper.sends("/campaigns/check", {"id": "demo", "toml": RULES})
    assert "12月1日 08:00（周二），已经过了" in looked.text and "承诺要到开办的那一刻才定下" in looked.text
    later = RULES.replace("2026-12-01T08", "2026-12-03T08")
    assert "已经过了" not in keeper.sends("/campaigns/check", {"id": "demo", "toml": later}).text


def test_a_campaign_that_overlaps_another_is_warned_of_before_it_is_put_on(keeper, held):
    looked = keeper.sends("/campaigns/check", {"id": "other", "toml": RULES})
    assert looked.status_code == 200 and "同一时间还有“演示竞答”" in looked.text
    later = RULES.replace("2026-12", "2027-12")
    assert "同一时间还有" not in keeper.sends("/campaigns/check", {"id": "other", "toml": later}).text


def test_where_the_answers_of_another_would_be_read_somebody_ticks_that_he_wants_it(keeper, held, database):
    secret = RULES.replace("minutes = ", 'verdicts = "closed"\nminutes = ', 1)
    assert 'name="tells_early"' not in keeper.sends("/campaigns/check", {"id": "other", "toml": RULES}).text
    looked = keeper.sends("/campaigns/check", {"id": "other", "toml": secret})
    assert 'name="tells_early"' in looked.text and "“演示竞答”同一时间可能出同样的题" in looked.text
    refused = keeper.sends("/campaigns/put-on", id="other", toml=secret)
    assert refused.status_code == 400 and "勾选“我知道”" in refused.text
    assert ">开办</button>" in refused.text  # there is nothing else to press for who ticks it now
    again = keeper.sends("/campaigns/check", {"id": "other", "toml": secret, "tells_early": "1"})
    assert 'value="1" checked>' in again.text
    assert "已经开办" in keeper.sends("/campaigns/put-on", id="other", toml=secret, tells_early="1").text
    [act] = [one for one in acts(database, "quiz.put_on") if one.thing == "campaign:other"]
    assert act.detail["tells_early"] == ["demo"]


def test_an_earlier_campaign_is_copied_without_its_times(keeper, held):
    form = keeper.opens("/campaigns/new", copy="demo").text
    assert 'value="演示竞答"' in form and "照“演示竞答”抄来的" in form and 'value="2026141"' not in form
    assert keeper.opens("/campaigns/new", copy="nothing").status_code == 404


def test_a_name_that_is_taken_is_refused_before_and_at_putting_on(keeper, held):
    assert "已经有编号" in keeper.sends("/campaigns/check", {"id": "demo", "toml": RULES}).text
    refused = keeper.sends("/campaigns/put-on", id="demo", toml=RULES)
    assert refused.status_code == 400 and "规则定了就不能改" in refused.text and "演示竞答" in refused.text


def test_nothing_that_is_typed_becomes_markup(keeper):
    evil = dict.fromkeys(("title", "who", "draw_issue", "id", "minutes"), EVIL[:32])
    looked = keeper.sends(
        "/campaigns/check", {**FORM, **evil, "cell_subject": [EVIL[:32], "", ""], "prize_name": [EVIL[:32]]}
    )
    form = keeper.sends("/campaigns/check", {"id": EVIL[:32], "toml": f'title = "{EVIL[:20]}"', "act": "back"})
    for page in (looked, form):
        assert page.status_code in (200, 400) and EVIL[:20] not in page.text and Executables(page.text).found == []


def test_a_nickname_or_a_unit_with_markup_stays_text(keeper, played, database):
    with database.transaction() as session:
        session.get_one(Participant, (played.id, "p1")).nickname = "<img src=x>"
        session.execute(update(Unit).where(Unit.path == "甲").values(name=SHORT, path=SHORT))
    for path in ("", "people", "units", "units.xlsx"):
        page = keeper.opens(f"/campaigns/demo/{path}")
        assert page.status_code == 200 and (path.endswith("xlsx") or Executables(page.text).found == [])
        assert path.endswith("xlsx") or "<img" not in page.text


# ── the desk ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_desk_tells_who_played_how_they_did_and_what_was_expected(keeper, played):
    page = keeper.opens("/campaigns/demo/").text
    for told in (
        "进行中",
        "按题目难度预计",
        "每小时交卷",
        "12-02 10时",
        "得分分布",
        "1/10",
        "开办竞答活动",
    ):
        assert told in page, told
    assert page.count("<svg") >= 2 and "style=" not in page.split("<main")[1]
    listed = keeper.opens("/campaigns/").text
    assert "6 人交了卷" in listed and "进行中" in listed


def test_every_list_is_a_workbook(keeper, played):
    figures = book(keeper.opens("/campaigns/demo/figures.xlsx"))
    assert "抽奖承诺（SHA-256）" in {row[0] for row in figures["概况"]}
    assert ["交过卷的人", 6] in figures["概况"] and figures["单位"][1][:4] == [1, "甲", 10, 1]
    assert sum(row[4] for row in figures["题目"][1:]) == 18 and figures["每小时"][1] == ["2026-12-02 10时", 6]
    people = book(keeper.opens("/campaigns/demo/people.xlsx"))["参与者"]
    assert len(people) == 7 and people[1][0] == 1 and people[1][2:5] == ["小明", "甲", 23]
    plain = keeper.opens("/campaigns/demo/people.csv").data.decode("utf-8-sig").splitlines()
    assert len(plain) == 7 and plain[1].split(",")[1:5] == [str(cell) for cell in people[1][1:4]] + ["23.0"]
    assert len(book(keeper.opens("/campaigns/demo/units.xlsx"))["单位"]) == 3
    assert book(keeper.opens("/campaigns/export.xlsx"))["活动"][1][0] == "demo"


def test_it_is_ended_with_a_reason_and_only_once(keeper, played, database):
    told = keeper.sends("/campaigns/demo/act", act="close", reason="")
    assert "写明原因" in told.text and acts(database, "quiz.close") == []
    assert "已经结束" in keeper.sends("/campaigns/demo/act", act="close", reason="演示").text
    keeper.sends("/campaigns/demo/act", act="close", reason="演示")
    [entry] = acts(database, "quiz.close")
    assert entry.detail["reason"] == "演示"


COMING = RULES.replace("2026-12-01T08", "2026-12-03T08")


def test_before_its_opening_a_campaign_is_withdrawn_by_two_and_begun_anew_from_its_rules(
    keeper, database, settings, console, password
):  # fmt: skip
    other = entered(console, officials.SECOND_CAMPAIGNER, password)
    with database.transaction() as session:
        by = officials.NAMES[Role.CAMPAIGNS]
        register.put_on(session, "coming", COMING, wiring.keyring(make_config(settings)), by)
    assert "为什么撤回" in keeper.sends("/campaigns/coming/withdraw", act="ask", reason=" ").text
    asked = keeper.sends("/campaigns/coming/withdraw", act="ask", reason="演示：奖品写漏了").text
    assert "要另一个人同意" in asked and "演示：奖品写漏了" in asked and "同意撤回</button>" not in asked
    assert "另一个人" in keeper.sends("/campaigns/coming/withdraw", act="agree").text
    assert "同意撤回</button>" in other.opens("/campaigns/coming/").text
    assert "等第二个人同意撤回" in other.opens("/campaigns/").text
    listed = other.sends("/campaigns/coming/withdraw", act="agree").text
    assert "已经撤回" in listed and "演示：奖品写漏了" in listed and "/campaigns/coming/" not in listed
    assert keeper.opens("/campaigns/coming/").status_code == 404
    rules = listed.split('name="toml" hidden')[1].split(">", 1)[1].split("</textarea>")[0]
    form = keeper.sends("/campaigns/check", id="coming", toml=html.unescape(rules), act="back").text
    assert 'value="演示竞答"' in form and 'value="2026141"' in form
    assert [entry.act for entry in acts(database, "quiz.withdraw")] == ["quiz.withdraw"]


def test_what_is_open_is_not_withdrawn_and_its_desk_does_not_offer_it(keeper, held, sign_in):
    assert "/campaigns/demo/withdraw" not in keeper.opens("/campaigns/demo/").text
    assert "不能撤回了" in keeper.sends("/campaigns/demo/withdraw", act="ask", reason="演示").text
    assert keeper.sends("/campaigns/nothing/withdraw", act="ask", reason="演示").status_code == 404
    assert sign_in(Role.AUDIT).sends("/campaigns/demo/withdraw", act="ask", reason="演示").status_code == 403


def test_the_announcement_promises_what_the_rules_say_and_becomes_a_draft(keeper, held, database, uploads):
    text = keeper.opens("/campaigns/demo/announcement").text
    for told in ("3 题，满分 23 分", "每天可以答 3 次", "双色球", held.commitment, "一等奖：1 份", "封榜"):
        assert told in text, told
    assert "文章草稿" in keeper.sends("/campaigns/demo/draft", kind="announcement").text
    with database.reading() as session:
        [draft] = articles.listing(session)
        assert draft.title == "演示竞答开始了" and draft.published_at is None
        revision = articles.latest_revision(session, draft.material_id)
        assert proofread.reds(proofread.inspect(session, revision, uploads, is_first=True)) == []
    assert held.commitment in keeper.opens(f"/campaigns/demo/drafts/{draft.slug}").text
    for slug in ("nothing", "article/2026/00000000"):
        assert keeper.opens(f"/campaigns/demo/drafts/{slug}").status_code == 404


def test_no_other_article_is_shown_as_a_draft_of_the_campaign(keeper, held, wrote):
    assert keeper.opens(f"/campaigns/demo/drafts/{wrote()}").status_code == 404


def test_what_was_got_wrong_becomes_a_draft_only_after_the_end(keeper, held, database):
    assert "还没有全部结束" in keeper.sends("/campaigns/demo/draft", kind="lessons").text
    keeper.sends("/campaigns/demo/act", act="close", reason="演示")
    assert "答卷还不够" in keeper.sends("/campaigns/demo/draft", kind="lessons").text
    with database.reading() as session:
        assert session.scalars(select(Material)).all() == [] or articles.listing(session) == []


# ── units and participants ────────────────────────────────────────────────────────────────────────────────────────────


def test_units_are_entered_pasted_after_a_look_and_removed(keeper, held, database):
    assert (
        "单位已更新" in keeper.sends("/campaigns/demo/units/act", {"act": "enter", "path": "甲", "people": "12"}).text
    )
    looked = keeper.sends("/campaigns/demo/units/act", act="look", pasted="甲\t15\n乙\t0").text
    assert "1 行要改" in looked and "改人数" in looked
    assert "一行都没有录入" in keeper.sends("/campaigns/demo/units/act", act="paste", pasted="甲\t15\n乙\t0").text
    page = keeper.sends("/campaigns/demo/units/act", act="paste", pasted="甲\t15\n乙\t3").text
    assert "12-02 10:00" in page and ">15<" in page
    with database.reading() as session:
        second = session.scalars(select(Unit).where(Unit.path == "乙")).one()
    assert ">乙<" not in keeper.sends("/campaigns/demo/units/act", act="remove", unit=str(second.id)).text
    for wrong in ({"act": "enter", "path": "丙", "people": "viele"}, {"act": "remove", "unit": "999"}):
        keeper.sends("/campaigns/demo/units/act", wrong)
    assert len(acts(database, "quiz.unit")) == 1


def test_a_unit_of_another_campaign_is_not_touched(keeper, held, database, settings):
    with database.transaction() as session:
        by = officials.NAMES[Role.CAMPAIGNS]
        other = register.put_on(session, "other", RULES, wiring.keyring(make_config(settings)), by)
        foreign = units.enter(session, other, "别处", 5, by).id
    assert "没有这个单位" in keeper.sends("/campaigns/demo/units/act", act="remove", unit=str(foreign)).text
    with database.reading() as session:
        assert session.get(Unit, foreign) is not None


def test_a_paper_quicker_than_reading_is_marked_in_list_and_export(keeper, played, database):
    assert "过快" not in keeper.opens("/campaigns/demo/people").text
    hands_in(database, played, "quick", seconds=2)
    page = keeper.opens("/campaigns/demo/people").text
    assert "有 1 人" in page and page.count("过快") == 1
    assert keeper.opens("/campaigns/demo/people", quick="1").text.count("<code>") == 1
    marks = [row[8] for row in book(keeper.opens("/campaigns/demo/people.xlsx"))["参与者"][1:] if len(row) > 8]
    assert [mark for mark in marks if mark] == ["是"]
    assert keeper.opens("/campaigns/demo/people.csv").data.decode().count(",是") == 1


def test_a_paper_answered_on_paper_is_marked_in_the_exports_and_has_no_measured_time(keeper, played, database):
    with database.transaction() as session:
        best = session.scalars(select(Participant).order_by(Participant.merit)).first()
        session.add(
            PaperEntry(round_id=best.round_id, campaign_id=played.id, edition="A", entered_by="s", entered_at=NOW)
        )
    head, first, *others = book(keeper.opens("/campaigns/demo/people.xlsx"))["参与者"]
    assert head[9] == "纸面" and first[9] == "是" and first[5] in ("", None)
    assert not any(row[9] for row in others if len(row) > 9)
    first, second = keeper.opens("/campaigns/demo/people.csv").data.decode("utf-8-sig").splitlines()[1:3]
    assert first.endswith(",,是") and not second.endswith("是")


def test_a_nickname_is_found_and_taken_away_with_a_reason(keeper, played, database):
    with database.reading() as session:
        code = session.get_one(Participant, (played.id, "p0")).code
    for wanted in (code, code[:6].lower(), "小"):
        page = keeper.opens("/campaigns/demo/people", words=wanted).text
        assert code in page and "p0" not in page
    assert "没有找到" in keeper.opens("/campaigns/demo/people", words="%").text
    assert "写明为什么" in keeper.sends("/campaigns/demo/people/nickname", code=code, reason=" ").text
    assert "小明" not in keeper.sends("/campaigns/demo/people/nickname", code=code, reason="像真名").text
    assert len(acts(database, "quiz.nickname")) == 1


def test_staff_without_the_role_read_or_do_nothing_here(keeper, held, sign_in):
    auditor, writer = sign_in(Role.AUDIT), sign_in(Role.WRITE)
    for path in ("/campaigns/", "/campaigns/demo/", "/campaigns/demo/units", "/campaigns/demo/people"):
        page = auditor.opens(path)
        assert page.status_code == 200 and "<form method" not in page.text.split("<main")[1], path
        assert writer.opens(path).status_code == 403
    assert auditor.sends("/campaigns/demo/act", act="close", reason="x").status_code == 403
    assert auditor.opens("/campaigns/new").status_code == 403


def test_an_exam_is_written_by_the_form_and_its_units_are_the_rosters(keeper):
    exam = {
        **FORM, "sort": "exam", "drop": "1", "exam_pass_points": "60", "exam_attempts": "2",
        "exam_makeup_attempts": "1", "exam_makeup_opens_at": "2026-12-10T08:00",
        "exam_makeup_closes_at": "2026-12-11T18:00",
    }  # fmt: skip
    looked = keeper.sends("/campaigns/check", exam).text
    assert "一共 2 次，60 分合格；补考 1 次" in looked and "抽奖" not in looked.split("<dl")[1].split("</dl>")[0]
    written = looked.split('spellcheck="false">')[1].split("</textarea>")[0].replace("&#34;", '"').strip()
    page = keeper.sends("/campaigns/put-on", id="exam", toml=written).text
    assert "考试" in page and "公开的排行榜" not in page
    assert "花名册" in keeper.opens("/campaigns/exam/units").text
    assert "花名册" in keeper.sends("/campaigns/exam/units/act", act="paste", pasted="甲\t5").text
    assert "60 分合格" in keeper.opens("/campaigns/exam/announcement").text


@pytest.mark.parametrize("path", ["", "units", "people", "announcement", "figures.xlsx", "units.xlsx", "people.csv"])
def test_a_campaign_that_is_not_there_is_told_as_such(keeper, path):
    assert keeper.opens(f"/campaigns/nothing/{path}").status_code == 404


def test_before_its_time_it_is_opened_with_a_reason(keeper, database):
    later = {**FORM, "opens_at": "2026-12-04T08:00"}
    looked = keeper.sends("/campaigns/check", later).text
    written = looked.split('spellcheck="false">')[1].split("</textarea>")[0].replace("&#34;", '"').strip()
    keeper.sends("/campaigns/put-on", id="later", toml=written)
    with clock.fixed_at(NOW + timedelta(minutes=1)):
        assert "已经开始" in keeper.sends("/campaigns/later/act", act="open", reason="演示").text
    [entry] = acts(database, "quiz.open")
    assert entry.detail["reason"] == "演示"
