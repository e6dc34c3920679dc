"""Mail and WeCom: what arrives, what each answer means, and that no secret shows anywhere."""

import logging
import socket
import threading

import pytest
from conftest import free_port
from post_office import post_office, robot

from bot import alerts
from bot.config import make_config
from scheduler.outbox import Message
from scheduler.platform import Later, Never, Unknown

MESSAGE = Message("uncertain:12", "【结果不明】《宪法与生活》", "微信没有答复，请到管理台确认。\n. 行首的点也要到")
PASSWORD = "s3cret-Passw0rd"


@pytest.fixture
def office(tmp_path, monkeypatch):
    with post_office(tmp_path) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
        yield made


@pytest.fixture
def wecom():
    with robot() as made:
        yield made


def config(port, security="plain", **more):
    return make_config(
        {
            "alerts.mail_host": "localhost", "alerts.mail_port": port, "alerts.mail_security": security,
            "alerts.mail_from": "pufa@bureau.example", "alerts.mail_to": ["duty@bureau.example", "b@bureau.example"],
            **{f"alerts.{name}": value for name, value in more.items()},
        }
    )  # fmt: skip


def send(office, security="plain", message=MESSAGE, **more):
    alerts.send_mail(config(office.port, security, **more), message)


# ── which channels there are ──────────────────────────────────────────────────────────────────────────────────────────


def test_without_settings_there_is_no_channel():
    assert alerts.open_senders(make_config({})) == {}


def test_each_setting_opens_its_channel_and_both_deliver(office, wecom):
    senders = alerts.open_senders(config(office.port, wecom_webhook=wecom.url))
    assert list(senders) == [alerts.MAIL, alerts.WECOM]
    for deliver in senders.values():
        deliver(MESSAGE)
    assert (len(office.letters), len(wecom.told)) == (1, 1)


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_arrives_whole_at_everybody(office):
    send(office)
    letter = office.letters[0]
    assert letter["Subject"] == MESSAGE.title
    assert letter["From"] == "pufa@bureau.example"
    assert letter.get_content().replace("\r\n", "\n").strip() == MESSAGE.text
    assert office.recipients == [["duty@bureau.example", "b@bureau.example"]]


def test_a_repeated_mail_says_so_and_keeps_its_number(office):
    send(office)
    send(office, message=Message(MESSAGE.key, MESSAGE.title, MESSAGE.text, is_repeated=True))
    assert office.letters[1]["Subject"] == f"（可能重复）{MESSAGE.title}"
    assert office.letters[0]["Message-ID"] == office.letters[1]["Message-ID"]


def test_a_title_cannot_smuggle_a_header(office):
    send(office, message=Message("k", "标题\r\nBcc: thief@evil.example", "正文"))
    assert office.letters[0]["Bcc"] is None
    assert office.letters[0]["Subject"] == "标题 Bcc: thief@evil.example"


def test_a_password_goes_out_only_encrypted(office):
    send(office, "starttls", mail_user="pufa", mail_password=PASSWORD)
    assert office.logins == [f"pufa {PASSWORD}"]
    assert office.was_encrypted == [True]


def test_mail_goes_out_encrypted_from_the_start(tmp_path, monkeypatch):
    with post_office(tmp_path, is_encrypted=True) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(office.certificate))
        send(office, "tls")
    assert office.was_encrypted == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path, security):
    with post_office(tmp_path, is_encrypted=security == "tls") as office, pytest.raises(Never, match="证书"):
        send(office, security, mail_user="pufa", mail_password=PASSWORD)
    assert (office.letters, office.logins) == ([], [])


def test_a_server_without_encryption_gets_no_password(office):
    office.says["EHLO"] = "250 test"
    with pytest.raises(Never, match=r"alerts\.mail_security"):
        send(office, "starttls", mail_user="pufa", mail_password=PASSWORD)
    assert office.logins == []


@pytest.mark.parametrize(
    ("verb", "answer", "kind"),
    [
        ("MAIL", "451 try later", Later),
        ("MAIL", "550 not you", Never),
        ("RCPT", "450 busy", Later),
        ("RCPT", "550 no", Never),
        ("DATA", "452 full", Later),
        ("DATA", "554 spam", Never),
    ],
)
def test_a_refusal_for_now_is_told_from_one_for_good(office, verb, answer, kind):
    office.says[verb] = answer
    with pytest.raises(kind, match=answer[:3]):
        send(office)


def test_a_wrong_password_is_for_a_person_to_mend(office):
    office.says["AUTH"] = "535 bad"
    with pytest.raises(Never, match=r"alerts\.mail_password"):
        send(office, "starttls", mail_user="pufa", mail_password=PASSWORD)


def test_one_bad_address_among_good_ones_is_told(office):
    with pytest.raises(Never, match=r"拒收 1 个收件人.*alerts\.mail_to"):
        send(office, mail_to=["nobody@bureau.example", "duty@bureau.example"])
    assert office.recipients == [["duty@bureau.example"]]


def test_no_answer_after_the_letter_is_unknown_and_before_it_is_later(office):
    office.hangs_up_at = "END"
    with pytest.raises(Unknown):
        send(office)
    with pytest.raises(Later):
        alerts.send_mail(config(free_port()), MESSAGE)


def test_a_refused_goodbye_does_not_undo_the_delivery(office):
    office.says["QUIT"] = "500 what"
    send(office)
    assert len(office.letters) == 1


def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(alerts, "MAIL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Later):
        alerts.send_mail(config(silent.getsockname()[1]), MESSAGE)


# ── WeCom ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_robot_gets_title_and_text(wecom):
    alerts.send_wecom(wecom.url, MESSAGE)
    assert wecom.told == [{"msgtype": "markdown", "markdown": {"content": f"**{MESSAGE.title}**\n{MESSAGE.text}"}}]


def test_a_title_cannot_smuggle_a_link_or_markup(wecom):
    alerts.send_wecom(wecom.url, Message("k", "[点我](http://evil.example)", "<font color=red>*假*</font>"))
    content = wecom.told[0]["markdown"]["content"]
    assert "[" not in content
    assert "<" not in content
    assert content.count("*") == 4  # our own


@pytest.mark.parametrize("text", ["长" * 2000, "ab长" * 1500])
def test_what_is_too_long_for_the_robot_is_cut_between_characters(text):
    content = alerts.markdown(Message("k", "晨报", text))
    assert len(content.encode()) <= 4096
    assert content.endswith("（全文见管理台）")
    assert "�" not in content


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', Never),
        (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}', Later),
        (200, b'{"errcode":-1,"errmsg":"busy"}', Later),
        (200, b"<html>", Unknown),
        (200, b"[]", Unknown),
        (502, b"", Later),
        (404, b"", Never),
        (302, b"", Never),
    ],
)
def test_the_robots_answer_means_what_it_says(wecom, status, answer, kind):
    wecom.status, wecom.answer = status, answer
    with pytest.raises(kind):
        alerts.send_wecom(wecom.url, MESSAGE)


def test_a_robot_that_hangs_up_may_have_heard_and_one_that_is_not_there_has_not(wecom):
    wecom.hangs_up = True
    with pytest.raises(Unknown):
        alerts.send_wecom(wecom.url, MESSAGE)
    with pytest.raises(Later):
        alerts.send_wecom(f"http://127.0.0.1:{free_port()}/", MESSAGE)


def test_a_robot_that_never_answers_is_given_up(wecom, monkeypatch):
    monkeypatch.setattr(alerts, "WECOM_SECONDS", (0.3, 0.3))
    release = threading.Event()
    wecom.waits = lambda: release.wait(5)
    with pytest.raises(Unknown):
        alerts.send_wecom(wecom.url, MESSAGE)
    release.set()


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_failure_tells_a_secret(office, wecom, caplog):
    caplog.set_level(logging.DEBUG, logger="bot")
    told = []
    office.says["AUTH"] = "535 bad"
    wecom.hangs_up = True
    for deliver in alerts.open_senders(
        config(office.port, "starttls", mail_user="pufa", mail_password=PASSWORD, wecom_webhook=wecom.url)
    ).values():
        with pytest.raises((Never, Unknown)) as caught:
            deliver(MESSAGE)
        told.append(f"{caught.value!r} {caught.value.__cause__!r} {caught.value.sentence}")
    assert len(told) == 2
    assert not any(secret in "".join(told) + caplog.text for secret in (PASSWORD, "geheim-0123", "duty@"))
