"""留言 at the console: claimed, answered, passed on and closed by whom it may be; and the stop of answers."""

import secrets

import pytest
from sqlalchemy import select

from bot.demo.officials import NAMES
from content.audit import AuditEntry
from content.staff import Role
from content.store import clock
from content.store.keys import open_keyring
from handlers import citizens, owing, stopping
from handlers.citizens import pseudonym_of
from handlers.message import Reply
from handlers.owing import OwedState
from handlers.stopping import Switch
from handlers.talk import tickets
from handlers.talk.models import Ticket, TicketState
from tests.bot.console.conftest import NOW, ON_BOTH

SCRIPT = "<script>alert('工资')</script>"


@pytest.fixture
def keyring(tmp_path, database):
    return open_keyring(tmp_path / "keys.json")


@pytest.fixture
def ticket_id(database, keyring):
    name = f"o{secrets.token_hex(8)}"
    with database.transaction() as session:
        citizen_id = citizens.get_or_add_citizen_id(session, keyring, name)
        owing.open_window(session, citizen_id, pseudonym_of(keyring, name))
        return tickets.take_in(session, keyring, citizen_id, f"{SCRIPT} 老板不给钱", "matter/wages").id


def ticket(database, ticket_id) -> Ticket:
    with database.reading() as session:
        return tickets.get_ticket(session, ticket_id)


def told(database, keyring, ticket_id) -> list[str]:
    """What stands in front of the citizen's next reply."""
    with database.transaction() as session:
        his = session.get(citizens.Citizen, session.get(Ticket, ticket_id).citizen_id)
        return owing.take(session, keyring, his.pseudonym, "m1", 1500)[0]


@ON_BOTH
def test_an_answer_goes_from_the_console_to_the_citizen_once(database, keyring, console, writer, ticket_id):
    listed = writer.opens("/tickets/").text
    assert f"留言 {ticket_id}" in listed and "拖欠工资" in listed and "12月3日" in listed
    page = writer.opens(f"/tickets/{ticket_id}").text
    assert "还可发 5 条" in page and SCRIPT not in page and "&lt;script&gt;" in page
    answered = writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="请带上欠条，<b>到</b>劳动监察大队。")
    assert "正在送" in answered.text and "<b>到</b>" not in answered.text
    assert told(database, keyring, ticket_id) == [f"［留言 {ticket_id} 的答复］请带上欠条，＜b＞到＜/b＞劳动监察大队。"]
    assert (
        told(database, keyring, ticket_id) != []
        and "已随对方的下一条消息送到" in writer.opens(f"/tickets/{ticket_id}").text
    )
    held = ticket(database, ticket_id)
    assert (held.state, held.claimed_by, held.first_answered_at) == (TicketState.ANSWERED, NAMES[Role.WRITE], NOW)
    with database.reading() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.thing == f"ticket:{ticket_id}")).all()
        assert [entry.act for entry in acts] == ["ticket.answer"] and "欠条" not in str(acts[0].detail)


def test_anothers_ticket_is_looked_at_and_not_answered_and_what_was_typed_stays(database, writer, reviewer, ticket_id):
    writer.sends(f"/tickets/{ticket_id}/act", act="claim")
    assert "发出答复" not in reviewer.opens(f"/tickets/{ticket_id}").text
    refused = reviewer.sends(f"/tickets/{ticket_id}/act", act="close", words="我来办结")
    assert refused.status_code == 409 and "请让他转给您" in refused.text
    assert ticket(database, ticket_id).claimed_by == NAMES[Role.WRITE]
    writer.sends(f"/tickets/{ticket_id}/act", act="pass", to=NAMES[Role.REVIEW2], words="您更熟")
    assert ticket(database, ticket_id).claimed_by == NAMES[Role.REVIEW2]
    long = writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="抢答")
    assert long.status_code == 409
    assert reviewer.sends(f"/tickets/{ticket_id}/act", act="answer", words="答复").status_code == 200


def test_it_is_passed_only_to_those_who_answer(database, writer, ticket_id):
    for name in (NAMES[Role.AUDIT], NAMES[Role.CAMPAIGNS]):
        assert writer.sends(f"/tickets/{ticket_id}/act", act="pass", to=name).status_code == 409
    writer.sends(f"/tickets/{ticket_id}/act", act="claim")
    writer.sends(f"/tickets/{ticket_id}/act", act="pass", to="")
    assert ticket(database, ticket_id).state == TicketState.OPEN


def test_an_admin_takes_it_from_whoever_has_it(database, writer, sign_in, ticket_id):
    writer.sends(f"/tickets/{ticket_id}/act", act="claim")
    sign_in(Role.ADMIN).sends(f"/tickets/{ticket_id}/act", act="pass", to=NAMES[Role.REVIEW2])
    assert ticket(database, ticket_id).claimed_by == NAMES[Role.REVIEW2]


def test_closing_without_an_answer_takes_a_reason_and_ends_it(database, writer, ticket_id):
    assert writer.sends(f"/tickets/{ticket_id}/act", act="close").status_code == 409
    assert writer.sends(f"/tickets/{ticket_id}/act", act="close", words="误发").status_code == 200
    assert writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="迟到的答复").status_code == 409
    assert f"留言 {ticket_id}" in writer.opens("/tickets/", of="closed").text


@pytest.mark.parametrize("words", ["", "  ", "长" * (tickets.ANSWER_CHARACTERS + 1)])
def test_an_answer_that_is_none_or_too_long_stays_on_the_page(database, writer, ticket_id, words):
    refused = writer.sends(f"/tickets/{ticket_id}/act", act="answer", words=words)
    assert refused.status_code == 409 and words.strip() in refused.text
    assert ticket(database, ticket_id).first_answered_at is None


def test_audit_sees_what_was_done_and_no_words(writer, sign_in, ticket_id):
    writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="请带上欠条。")
    auditor = sign_in(Role.AUDIT)
    page = auditor.opens(f"/tickets/{ticket_id}").text + auditor.opens("/tickets/", of="answered").text
    assert "答复" in page and "老板" not in page and "欠条" not in page
    assert auditor.sends(f"/tickets/{ticket_id}/act", act="claim", follow=False).status_code in (302, 403)
    assert sign_in(Role.CAMPAIGNS).opens("/tickets/").status_code == 403


def test_what_may_have_arrived_is_decided_by_a_person_once(database, keyring, writer, ticket_id):
    writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="请带上欠条。")
    with database.transaction() as session:
        step = tickets.history(session, session.get(Ticket, ticket_id), keyring)[0]
        step.owed.state, step_id = OwedState.UNCERTAIN, step.step.id
    assert "要有人定" in writer.opens(f"/tickets/{ticket_id}").text
    assert writer.sends(f"/tickets/{ticket_id + 1}/steps/{step_id}", act="again").status_code == 404
    writer.sends(f"/tickets/{ticket_id}/steps/{step_id}", act="again")
    assert writer.sends(f"/tickets/{ticket_id}/steps/{step_id}", act="arrived").status_code == 404
    assert len(told(database, keyring, ticket_id)) == 1


def test_a_doubt_about_any_other_message_is_decided_on_the_list(database, keyring, writer, ticket_id):
    with database.transaction() as session:
        owing.owe_citizen(session, session.get(Ticket, ticket_id).citizen_id, "request:7", "您的申请已经答复。")
        row = owing.find_by_key(session, "request:7")
        row.state, owed_id = OwedState.UNCERTAIN, row.id
    assert "request:7" in writer.opens("/tickets/").text
    writer.sends(f"/tickets/owed/{owed_id}", act="again")
    assert writer.sends(f"/tickets/owed/{owed_id}", act="again").status_code == 404
    assert "request:7" not in writer.opens("/tickets/").text
    assert told(database, keyring, ticket_id) == ["您的申请已经答复。"]


def test_a_ticket_that_is_gone_is_told(writer):
    assert writer.opens("/tickets/99999").status_code == 404
    assert writer.sends("/tickets/99999/act", act="answer", words="答复").status_code == 404


def test_words_go_ninety_days_after_the_end(database, keyring, writer, ticket_id):
    writer.sends(f"/tickets/{ticket_id}/act", act="answer", words="请带上欠条。")
    writer.sends(f"/tickets/{ticket_id}/act", act="close")
    with clock.fixed_at(NOW + tickets.KEPT * 1.01), database.transaction() as session:
        tickets.purge(session)
        held = session.get(Ticket, ticket_id)
        assert (held.words_encrypted, held.citizen_id) == ("", "")
        assert all(not one.words for one in tickets.history(session, held, keyring))


# ── the stop of answers ───────────────────────────────────────────────────────────────────────────────────────────────

WORDS = "法律援助条件正在核对。"


def held(database):
    switch = Switch()
    with database.reading() as session:
        stopping.look(session, switch)
    return switch.held


@ON_BOTH
def test_answers_are_stopped_and_go_on_by_one_switch_in_red_on_every_page(database, publisher, writer):
    publisher.sends("/answers-stop", act="stop", mode="replace", text=WORDS)
    assert "自动答复已暂停" in writer.opens("/").text and WORDS in writer.opens("/tickets/").text
    stopped = stopping.applied(held(database), Reply(text="答复", choices=("一",)), "matter/wages")
    assert stopped.text.startswith(WORDS) and "12348" in stopped.text and "110" in stopped.text
    assert not stopped.choices
    publisher.sends("/answers-stop", act="stop", mode="notice", text="<b>核对中</b>")
    noticed = stopping.applied(held(database), Reply(text="答复", choices=("一",)), "matter/wages")
    assert noticed.text == "【提示】＜b＞核对中＜/b＞\n\n答复" and noticed.choices == ("一",)
    assert "<b>核对中</b>" not in writer.opens("/").text
    publisher.sends("/answers-stop", act="resume")
    assert held(database) is None and "核对中" not in writer.opens("/").text
    with database.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("answers."))).all()
    assert acts == ["answers.stop", "answers.stop", "answers.resume"]


@pytest.mark.parametrize("mode", ["notice", "replace"])
def test_danger_is_answered_as_ever_and_silence_stays_silence(mode):
    stop = stopping.Stop(stopping.StopMode(mode), WORDS)
    greeting = Reply(text="您好")
    for reply, topic in ((Reply(text="打110"), "talk/emergency"), (Reply(kind="none"), "talk/menu"), (greeting, "")):
        assert stopping.applied(stop, reply, topic) is reply


def test_a_notice_before_a_long_answer_keeps_the_limit():
    stop = stopping.Stop(stopping.StopMode.NOTICE, "长" * stopping.TEXT_CHARACTERS)
    assert len(stopping.applied(stop, Reply(text="答" * 660), "matter/wages").text.encode()) <= 2000


def test_only_those_who_sign_may_stop_answers(database, writer, publisher):
    assert writer.sends("/answers-stop", act="stop", mode="replace", text=WORDS).status_code == 403
    publisher.sends("/answers-stop", act="stop", mode="other", text=WORDS)
    publisher.sends("/answers-stop", act="stop", mode="replace", text=" ")
    assert held(database) is None
