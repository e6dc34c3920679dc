"""What somebody may be called on a board that everybody sees."""

from pathlib import Path

import pytest

from content import audit
from content.models import WatchWord
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import play, standings
from handlers.quiz.boards import nicknames
from handlers.quiz.boards.nicknames import BadNickname
from handlers.quiz.models import Participant
from tests.handlers.quiz.holding import CLOSED, FROZEN, hands_in


@pytest.mark.parametrize("written", ["小明", "普法小能手", "Tom", "连山的老王", "兔子2号", " 小 明 ", "“小明”"])
def test_harmless_names_are_taken(bureau, written):
    with bureau.database.reading() as session:
        assert nicknames.fault_of(session, nicknames.clean(written)) == ""


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("明", "2 到 10"), ("一二三四五六七八九十一", "2 到 10"), ("小明😀", "汉字"), ("<b>明</b>", "汉字"),
        ("1234", "汉字"),
        ("老王13812", "数字最多"), ("一三八一二老王", "数字最多"), ("①②③④⑤号", "数字最多"),
        ("司法局小李", "机关"), ("司-法·局", "机关"), ("ＡＤＭＩＮ", "机关"), ("普法官方", "机关"),
        ("加我微信", "联系方式"), ("QQ小王", "联系方式"), ("代答十元", "联系方式"), ("傻逼", "不合适"),
        ("小胡锦涛", "不合适"), ("台独万岁", "不合适"), ("六-四事件", "不合适"), ("法 轮 功", "不合适"),
        ("反共先锋", "不合适"),
        ("色情网站", "不合适"), ("赌博平台", "不合适"), ("SB", "不合适"), ("习大大", "不合适"),
        ("第一名", "名次"), ("一等奖得主", "名次"), ("退出", "名次"),
        ("小明\u202e", "汉字"), ("a\u200bb", "汉字"),
    ],
)  # fmt: skip
def test_names_that_mislead_carry_numbers_or_hurt_are_refused_with_the_reason(bureau, written, told):
    with bureau.database.reading() as session:
        assert told in nicknames.fault_of(session, nicknames.clean(written))


NAMES = Path(__file__).parent


def names_of(file):
    return (NAMES / f"{file}.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize(("file", "told"), [("disguised", "不合适"), ("reaching", "联系方式")])
def test_disguises_go_round_nothing(bureau, file, told):
    with bureau.database.reading() as session:
        passed = [name for name in names_of(file) if told not in nicknames.fault_of(session, nicknames.clean(name))]
    assert passed == []


@pytest.mark.parametrize("written", ["司法廳", "檢察院小李", "縣長", "公証處長", "中獎了", "黃色網站"])
def test_traditional_characters_are_read_as_simplified(bureau, written):
    with bureau.database.reading() as session:
        assert nicknames.fault_of(session, nicknames.clean(written))


def test_two_hundred_ordinary_names_pass(bureau):
    ordinary = names_of("ordinary")
    with bureau.database.reading() as session:
        refused = {name: told for name in ordinary if (told := nicknames.fault_of(session, nicknames.clean(name)))}
    assert len(ordinary) > 200 and refused == {}


def test_no_two_on_one_board_have_the_same_nickname(bureau, held, named):
    hands_in(bureau.database, held, "two")
    with bureau.database.transaction() as session:
        other = session.get_one(Participant, (held.id, "two"))
        nicknames.choose(session, held, session.get_one(Participant, (held.id, "one")), "Tom")
        with pytest.raises(BadNickname, match="已经有人叫"):
            nicknames.choose(session, held, other, "tom")
        nicknames.choose(session, held, named(session), "小明")
        assert nicknames.choose(session, held, other, "tom") == "tom"
        assert nicknames.choose(session, held, other, "tom") == "tom"


def test_the_bureaus_own_words_hold_for_nicknames(bureau):
    with bureau.database.reading() as session:
        assert nicknames.fault_of(session, "某某某") == ""
        session.add(WatchWord(word="某某某", advice="", level="yellow", set_by="演示"))
        session.flush()
        assert "不合适" in nicknames.fault_of(session, "某某某")


@pytest.fixture
def named(bureau, held):
    """A participant with a paper and a nickname; looked at anew each time."""
    hands_in(bureau.database, held, "one")
    with bureau.database.transaction() as session:
        nicknames.choose(session, held, session.get_one(Participant, (held.id, "one")), "小明")

    def find(session):
        return session.get_one(Participant, (held.id, "one"))

    return find


def shown(session, held):
    return [stand.nickname for stand in standings.board(session, held).people]


def test_staff_take_a_nickname_away_with_a_reason_also_from_a_board_that_stands_still(bureau, held, named):
    with clock.fixed_at(FROZEN):
        hands_in(bureau.database, held, "two", wrong=3)
        with bureau.database.transaction() as session:
            code = named(session).code
            assert shown(session, held) == ["小明"]
            nicknames.clear(session, held, code, "campaigner", "像真名")
        with bureau.database.reading() as session:
            assert shown(session, held) == [""] and named(session).nickname == ""
            entry = next(entry for entry in audit.entries(session) if entry.act == "quiz.nickname")
            assert entry.detail["reason"] == "像真名" and "小明" not in str(entry.detail)


def test_only_staff_of_campaigns_take_a_nickname_away_and_say_why(bureau, held, named):
    with bureau.database.transaction() as session:
        code = named(session).code
        with pytest.raises(NotAllowed):
            nicknames.clear(session, held, code, "nobody", "像真名")
        with pytest.raises(BadNickname, match="写明为什么"):
            nicknames.clear(session, held, code, "campaigner", " ")
        with pytest.raises(BadNickname, match="没有昵称"):
            nicknames.clear(session, held, "0" * 16, "campaigner", "像真名")
        assert named(session).nickname == "小明"


def test_after_the_close_a_name_can_only_be_taken_away(bureau, held, named):
    with clock.fixed_at(CLOSED), bureau.database.transaction() as session:
        with pytest.raises(BadNickname, match="已经结束"):
            nicknames.choose(session, held, named(session), "小红")
        assert nicknames.choose(session, held, named(session), "") == ""
        assert play.has_due(session, held) is False and shown(session, held) == [""]
