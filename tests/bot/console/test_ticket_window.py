"""The 48 hours and five messages in which WeChat lets an answer be pushed: staff see them before they answer."""

import secrets
from datetime import datetime, timedelta

import pytest

from content.staff import Role
from content.store import clock
from content.store.keys import open_keyring
from handlers import citizens, owing, turns
from handlers.citizens import pseudonym_of
from handlers.talk import tickets
from scheduler import citizen_messages
from scheduler.platform import Never
from tests.bot.console.conftest import NOW, ON_BOTH

ANSWER, NOT_NOW = "［留言 {} 的答复］演示答复{}", "微信现在不让直接发：答复会等对方再来消息时一起送到"


class WeChat:
    """The platform's rule (45015, 45047): five messages after each of the citizen's own, for forty-eight hours."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.hears()

    def hears(self) -> None:
        self.until, self.left = clock.now() + timedelta(hours=48), 5

    def push(self, _receiver: str, text: str) -> None:
        if clock.now() > self.until:
            raise Never("演示：超过48小时", 45015)
        if not self.left:
            raise Never("演示：条数用完", 45047)
        self.left -= 1
        self.got.append(text)


class Case:
    """One message of one citizen, written at NOW, and what becomes of its answers."""

    def __init__(self, database, keyring, sign_in) -> None:
        self.database, self.keyring, self.sign_in, self.wechat = database, keyring, sign_in, WeChat()
        name = f"o{secrets.token_hex(8)}"
        self.citizen = pseudonym_of(keyring, name)
        with database.transaction() as session:
            citizen_id = citizens.get_or_add_citizen_id(session, keyring, name)
            owing.open_window(session, citizen_id, self.citizen)
            self.id = tickets.take_in(session, keyring, citizen_id, "演示：老板不给钱", "matter/wages").id

    def page(self) -> str:
        return self.sign_in(Role.WRITE).opens(f"/tickets/{self.id}").text

    def answers(self, which: int = 1) -> None:
        self.sign_in(Role.WRITE).sends(f"/tickets/{self.id}/act", act="answer", words=f"演示答复{which}")
        citizen_messages.send_due(self.database, self.keyring, self.wechat.push, clock.now())

    def he_writes(self) -> list[str]:
        """What stands in front of the reply."""
        self.wechat.hears()
        with self.database.transaction() as session:
            turns.record(session, [turns.Turn("talk/menu", self.citizen, "还在吗")])
            return owing.take(session, self.keyring, self.citizen, secrets.token_hex(4), 1500)[0]


@pytest.fixture
def case(database, tmp_path, console, sign_in) -> Case:
    return Case(database, open_keyring(tmp_path / "keys.json"), sign_in)


def after(**how_long: int) -> datetime:
    return NOW + timedelta(**how_long)


@ON_BOTH
def test_an_answer_a_minute_before_the_48_hours_are_over_is_pushed(case):
    with clock.fixed_at(after(hours=47, minutes=59)):
        before = case.page()
        assert "还可发 5 条" in before and NOT_NOW not in before
        case.answers()
        assert case.wechat.got == [ANSWER.format(case.id, 1)]
        assert "已送到对方微信" in case.page() and "还可发 4 条" in case.page()
        assert case.he_writes() == []


@ON_BOTH
@pytest.mark.parametrize("nights", [0, 1])
def test_a_minute_after_them_it_waits_for_his_next_message_and_staff_are_told_so_beforehand(case, nights):
    with clock.fixed_at(after(hours=48, minutes=1)):
        before = case.page()
        assert NOT_NOW in before and "还可发" not in before
        case.answers()
        assert case.wechat.got == [] and "已送到对方微信" not in case.page()
    with clock.fixed_at(after(hours=60)):
        for _ in range(nights):
            with case.database.transaction() as session:
                owing.purge(session)
        assert case.he_writes() == [ANSWER.format(case.id, 1)]
        assert "已随对方的下一条消息送到" in case.page() and "还可发 5 条" in case.page()
        case.answers(2)
        assert case.wechat.got == [ANSWER.format(case.id, 2)]


@ON_BOTH
def test_five_are_counted_down_the_sixth_waits_and_his_next_message_begins_the_count_anew(case):
    with clock.fixed_at(after(hours=2)):
        for which in range(1, 6):
            assert f"还可发 {6 - which} 条" in case.page()
            case.answers(which)
        assert NOT_NOW in case.page()
        case.answers(6)
        assert case.wechat.got == [ANSWER.format(case.id, which) for which in range(1, 6)]
    with clock.fixed_at(after(hours=3)):
        assert case.he_writes() == [ANSWER.format(case.id, 6)]
        assert "还可发 5 条" in case.page() and "12月4日 13:00" in case.page()
        case.answers(7)
        assert len(case.wechat.got) == 6 and "还可发 4 条" in case.page()
