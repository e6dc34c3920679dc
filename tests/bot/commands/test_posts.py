"""posts: the push schedule on the command line; its words, its refusals, its exit codes."""

import io
import json
from datetime import timedelta

import pytest
from PIL import Image

from content.models import Revision
from content.staff import Staff
from content.store import clock
from content.store.db import Database
from scheduler import posts
from scheduler.models import Step

PEOPLE = {"wang": ["write"], "li": ["review1"], "zhao": ["review2"], "sun": ["publish"], "qian": ["publish", "admin"]}
ARTICLE = '+++\ntitle = "{title}"\nauthor = "普法办"\ndigest = "摘要。"\n{more}+++\n正文的第一段。\n'
SOON = f"{clock.in_beijing(clock.now()) + timedelta(days=3):%Y-%m-%d} 08:00"


@pytest.fixture
def office(each_operator, tmp_path):
    """An operator whose installation has staff."""
    database = Database(str(each_operator.settings["database.url"]))
    with database.transaction() as session:
        for name, roles in PEOPLE.items():
            session.add(Staff(name=name, shown_name=name, roles=roles, created_at=clock.now()))
    each_operator.database = database
    yield each_operator
    database.close()


@pytest.fixture
def write(tmp_path):
    def _write(title="国家宪法日", more="", name="a.md"):
        file = tmp_path / name
        file.write_text(ARTICLE.format(title=title, more=more), encoding="utf-8")
        return str(file)

    return _write


def add(office, *files, **more):
    words = [word for name, value in more.items() for word in (f"--{name.replace('_', '-')}", value)]
    ran = office.types("posts", "add", *files, "--at", SOON, "--as", "wang", "--json", *words)
    assert ran.code == 0, ran.err
    return ran.json


def show(office, number):
    return office.types("posts", "show", str(number), "--json").json


def test_add_prints_what_was_planned_and_when(office, write):
    ran = office.types("posts", "add", write(), "--at", SOON, "--as", "wang")
    day = clock.in_beijing(clock.now()) + timedelta(days=3)
    assert ran.code == 0
    assert (
        f"第 1 号《国家宪法日》排期到 {day.month}月{day.day}日 08:00（周{'一二三四五六日'[day.weekday()]}）" in ran.out
    )
    made = add(office, write())
    assert (made["id"], made["state"], made["channel"]) == (2, "in_review", "publish")
    assert made["due_at"] == f"{SOON.replace(' ', 'T')}:00+08:00"


def test_several_files_are_one_push_in_their_order(office, write):
    made = add(office, write("第一篇", name="b.md"), write("第二篇", name="a.md"))
    assert [article["title"] for article in made["articles"]] == ["第一篇", "第二篇"]
    assert made["title"] == "第一篇"


def test_the_cover_lies_beside_the_file(office, write, tmp_path):
    Image.new("RGB", (900, 383), "navy").save(tmp_path / "cover.jpg")
    add(office, write(more='cover = "cover.jpg"\n'))
    with office.database.reading() as session:
        newest = session.query(Revision).order_by(Revision.id.desc()).first()
        assert newest.facts["cover"].startswith("/h/pictures/")


def test_an_article_without_a_cover_gets_a_plain_one_and_is_told_so(office, write):
    ran = office.types("posts", "add", write(), "--at", SOON, "--as", "wang")
    assert "没有封面图" in ran.err
    assert office.types("posts", "approve", "1", "--as", "zhao").code == 0


@pytest.mark.parametrize(("typed", "state"), [("是\n", "scheduled"), ("\n", "in_review"), ("再看看\n", "in_review")])
def test_at_a_terminal_warnings_are_shown_and_ticked_by_name_before_the_approval(
    office, write, monkeypatch, typed, state
):
    number = add(office, write("请大家转发的一篇"))["id"]

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(io, "TextIOWrapper", Terminal)
    ran = office.types("posts", "approve", str(number), "--as", "zhao", stdin=typed.encode())
    monkeypatch.undo()
    assert "诱导分享" in ran.err and "以 zhao 的名义勾选" in ran.err
    assert (show(office, number)["state"], ran.code) == (state, 0 if state == "scheduled" else 1)


def test_a_push_is_approved_by_another_and_shown_and_listed(office, write):
    number = add(office, write())["id"]
    assert "终审" in office.fails("posts", "approve", str(number), "--as", "wang")
    assert show(office, number)["state"] == "in_review"
    ran = office.types("posts", "approve", str(number), "--as", "zhao", "--opinion", "可以发", "--json")
    assert ran.json["state"] == "scheduled"
    assert [(word["by"], word["opinion"], word["is_valid"]) for word in show(office, number)["approvals"]] == [
        ("zhao", "可以发", True)
    ]
    listed = office.types("posts", "list", "--json").json
    assert [(one["id"], one["state"]) for one in listed] == [(number, "scheduled")]
    assert office.types("posts", "list", "--state", "in_review", "--json").json == []
    assert "已排期" in office.types("posts", "list").out
    assert "可以发" in office.types("posts", "show", str(number)).out


def test_who_wrote_it_cannot_approve_it_even_with_the_role(office, write):
    with office.database.transaction() as session:
        session.query(Staff).filter_by(name="wang").one().roles = ["write", "review2"]
    number = add(office, write())["id"]
    assert "起草人" in office.fails("posts", "approve", str(number), "--as", "wang")


def test_an_approval_without_the_secrecy_check_does_not_count(office, write):
    number = add(office, write())["id"]
    told = office.fails("posts", "approve", str(number), "--as", "zhao", "--no-secrecy-checked")
    assert "保密审查" in told
    assert show(office, number)["state"] == "in_review"


def test_red_findings_stop_the_approval(office, write):
    number = add(office, write("身份证 210102199003071233 的人"))["id"]
    assert "检查没有通过" in office.fails("posts", "approve", str(number), "--as", "zhao")
    assert show(office, number)["state"] == "in_review"


def test_returned_cancelled_and_sent_off_at_once(office, write):
    first, second, third = (add(office, write())["id"] for _ in range(3))
    ran = office.types("posts", "return", str(first), "--opinion", "标题太长", "--as", "zhao", "--json")
    assert ran.json["state"] == "returned"
    assert office.types("posts", "cancel", str(second), "--as", "wang", "--json").json["state"] == "withdrawn"
    office.types("posts", "approve", str(third), "--as", "zhao")
    assert "签发" in office.fails("posts", "now", str(third), "--as", "wang")
    ran = office.types("posts", "now", str(third), "--as", "sun", "--json")
    assert ran.json["due_at"] < SOON
    with office.database.reading() as session:
        assert posts.digest_of(session, posts.get_post(session, third)) == posts.get_post(session, third).digest
        assert session.query(Step).filter_by(publication_id=third, name="moved").count() == 1


def test_the_red_switch_and_its_two_persons(office, write):
    assert office.types("posts", "freeze", "标题有误", "--as", "wang").code == 0
    assert "已经停发" in office.fails("posts", "freeze", "再来", "--as", "wang")
    assert "另一个人" in office.types("posts", "release", "--as", "sun").out
    assert "两个人" in office.fails("posts", "release", "--as", "sun")
    assert "已恢复" in office.types("posts", "release", "--as", "qian").out


WRONG = {
    "mass without an audience": ("--channel", "mass"),
    "mass with two audiences": ("--channel", "mass", "--tag", "x", "--to-all"),
    "publish with a tag": ("--tag", "x"),
    "publish to all": ("--to-all",),
    "an unknown channel": ("--channel", "sms"),
    "no number of minutes": ("--late-after", "0"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_exactly_meant_is_wrong_usage(office, write, what):
    ran = office.types("posts", "add", write(), "--at", SOON, "--as", "wang", *WRONG[what])
    assert (ran.code, ran.out) == (2, "")
    assert office.types("posts", "list", "--json").json == []


@pytest.mark.parametrize(
    "at", ["明天", "2026-13-01 08:00", "2026-12-04", "08:00", "2026-02-30 08:00", "2026-12-04 25:00"]
)
def test_a_time_that_is_none_is_wrong_usage(office, write, at):
    ran = office.types("posts", "add", write(), "--at", at, "--as", "wang")
    assert (ran.code, "--at" in ran.err) == (2, True)


@pytest.mark.parametrize("at", ["2999-12-04 8:05", "2999-12-4 08:05", "2999-12-04T08:05", "2999-12-04 08:05:30"])
def test_times_as_people_write_them_are_beijings(office, write, at):
    assert "太远" in office.fails("posts", "add", write(), "--at", at, "--as", "wang")


REFUSED = {
    "a time in the past": (("--at", "2020-12-04 08:00", "--as", "wang"), "已经过去"),
    "nobody of the staff": (("--at", SOON, "--as", "nobody"), "工作人员里没有"),
    "a member who may not write": (("--at", SOON, "--as", "zhao"), "起草"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(office, write, what):
    words, told = REFUSED[what]
    assert told in office.fails("posts", "add", write(), *words)
    with office.database.reading() as session:
        assert posts.listing(session) == []


def test_a_file_that_is_not_there_or_no_article_is_told(office, tmp_path):
    assert "找不到" in office.fails("posts", "add", str(tmp_path / "x.md"), "--at", SOON, "--as", "wang")
    (tmp_path / "y.md").write_text("没有开头", encoding="utf-8")
    assert "+++" in office.fails("posts", "add", str(tmp_path / "y.md"), "--at", SOON, "--as", "wang")
    (tmp_path / "z.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    assert "另存" in office.fails("posts", "add", str(tmp_path / "z.doc"), "--at", SOON, "--as", "wang")


@pytest.mark.parametrize("act", ["show", "approve", "cancel", "now"])
def test_a_number_that_does_not_exist_is_told(office, act):
    words = [] if act == "show" else ["--as", "sun"]
    assert "没有编号为 99" in office.fails("posts", act, "99", *words)


def test_json_is_one_value_and_nothing_else(office, write):
    ran = office.types("posts", "add", write(), "--at", SOON, "--as", "wang", "--json")
    assert json.loads(ran.out)["id"] == 1
