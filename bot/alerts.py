"""What staff must hear at once, by mail and by a WeCom robot: the two channels that the outbox sends over.

Knows how to reach them and what their answers mean; never what is worth telling. Nothing here writes an address, a
password or a robot's key into a log or an error: what went wrong is said in our own words.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import requests

from bot.config import Config
from content.store import clock
from scheduler.outbox import Message, Send
from scheduler.platform import Later, Never, PlatformTrouble, Unknown

MAIL, WECOM = "邮件", "企业微信机器人"
MAIL_SECONDS = 10.0
WECOM_SECONDS = (3.0, 7.0)  # to connect, to answer
MARKDOWN_BYTES = 4096
REPEATED = "（可能重复）"
MORE = "\n……（全文见管理台）"
_CHECK_SERVER = "请检查 alerts.mail_host、alerts.mail_port 和 alerts.mail_security。"
_WECOM_LATER = {-1, 45009, 45033}  # busy, too many this minute, too many at once
_PLAIN = str.maketrans({"[": "［", "]": "］", "<": "＜", ">": "＞", "*": "＊", "`": "｀", "_": "＿", "#": "＃"})


def open_senders(config: Config) -> dict[str, Send]:
    """The channels that the settings name; none where they name none."""
    senders: dict[str, Send] = {}
    if config.alerts_mail_host:
        senders[MAIL] = lambda message: send_mail(config, message)
    if config.alerts_wecom_webhook:
        senders[WECOM] = lambda message: send_wecom(config.alerts_wecom_webhook, message)
    return senders


# ── mail ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def send_mail(config: Config, message: Message) -> None:
    """Raises Later, Never or Unknown."""
    with _mail_faults(Later("连不上邮件服务器。")):
        server = _connect(config)
    try:
        with _mail_faults(Later("邮件服务器在登录时断开了。")):
            if config.alerts_mail_user:
                server.login(config.alerts_mail_user, config.alerts_mail_password)
        with _mail_faults(Unknown("邮件服务器没有答复，不知道收没收下。")):
            refused = server.send_message(_mail(config, message), to_addrs=list(config.alerts_mail_to))
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    if refused:
        raise Never(f"邮件服务器拒收 {len(refused)} 个收件人：请检查 alerts.mail_to。")


def _connect(config: Config) -> smtplib.SMTP:
    host, port = config.alerts_mail_host, config.alerts_mail_port
    trusted = ssl.create_default_context()
    if config.alerts_mail_security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=MAIL_SECONDS, context=trusted)
    server = smtplib.SMTP(host, port, timeout=MAIL_SECONDS)
    if config.alerts_mail_security == "starttls":
        try:
            server.starttls(context=trusted)
        except BaseException:
            server.close()
            raise
    return server


@contextmanager
def _mail_faults(where_silent: PlatformTrouble) -> Iterator[None]:
    """What the server's refusal means; `where_silent` for a connection that breaks or says nothing."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        told = "邮件服务器不认用户名或密码：请检查 alerts.mail_user 和 alerts.mail_password。"
        raise Never(told, error.smtp_code) from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(max(code for code, _ in error.recipients.values()), "收件人") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, "这封邮件") from None
    except smtplib.SMTPNotSupportedError:
        raise Never(f"邮件服务器不支持这种加密或登录方式：{_CHECK_SERVER}") from None
    except ssl.SSLError:
        raise Never(f"邮件服务器的证书或加密方式不对：{_CHECK_SERVER}") from None
    except (smtplib.SMTPException, OSError):
        raise where_silent from None


def _refusal(code: int, what: str) -> PlatformTrouble:
    """4xx is for now, 5xx for good."""
    if 400 <= code < 500:
        return Later(f"邮件服务器暂时不收{what}（{code}）。", code)
    return Never(f"邮件服务器拒收{what}（{code}）：请检查 alerts.mail_from 和 alerts.mail_to。", code)


def _mail(config: Config, message: Message) -> EmailMessage:
    """The same Message-ID however often it is sent, so that a mail program shows a repeated one once."""
    number = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    mail = EmailMessage()
    mail["Subject"] = " ".join(_title(message).split())
    mail["From"] = config.alerts_mail_from
    mail["To"] = ", ".join(config.alerts_mail_to)
    mail["Date"] = format_datetime(clock.in_beijing(clock.now()))
    mail["Message-ID"] = f"<{number}@{config.alerts_mail_from.rpartition('@')[2]}>"
    mail.set_content(message.text, cte="base64")
    return mail


# ── WeCom ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def send_wecom(webhook: str, message: Message) -> None:
    """Raises Later, Never or Unknown."""
    body = {"msgtype": "markdown", "markdown": {"content": markdown(message)}}
    try:
        answer = requests.post(webhook, json=body, timeout=WECOM_SECONDS, allow_redirects=False)
    except (requests.ConnectTimeout, requests.exceptions.SSLError):
        raise Later("连不上企业微信。") from None
    except requests.ConnectionError as error:
        raise _broken(error) from None
    except requests.RequestException:
        raise Unknown("企业微信没有答复，不知道收没收下。") from None
    if answer.status_code >= 500:
        raise Later(f"企业微信暂时不可用（{answer.status_code}）。", answer.status_code)
    if answer.status_code != 200:
        told = f"企业微信不认这个机器人地址（{answer.status_code}）：请检查 alerts.wecom_webhook。"
        raise Never(told, answer.status_code)
    _check_code(_errcode(answer))


def markdown(message: Message) -> str:
    """As the robot shows it: the title bold; what would be markup in our words is none; cut where it is too long."""
    text = f"**{_title(message).translate(_PLAIN)}**\n{message.text.translate(_PLAIN)}"
    raw = text.encode()
    if len(raw) <= MARKDOWN_BYTES:
        return text
    return raw[: MARKDOWN_BYTES - len(MORE.encode())].decode(errors="ignore") + MORE


def _broken(error: requests.ConnectionError) -> PlatformTrouble:
    """A connection never made has sent nothing; one that broke may have."""
    is_never_made = "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    return Later("连不上企业微信。") if is_never_made else Unknown("企业微信断开了，不知道收没收下。")


def _errcode(answer: requests.Response) -> int:
    try:
        told: Any = answer.json()
        return int(told["errcode"])
    except (ValueError, KeyError, TypeError):
        raise Unknown("企业微信的答复看不懂，不知道收没收下。") from None


def _check_code(code: int) -> None:
    if code in _WECOM_LATER:
        raise Later(f"企业微信说太频繁或正忙（{code}）。", code)
    if code:
        raise Never(f"企业微信没有收下（{code}）：请检查 alerts.wecom_webhook 和机器人的设置。", code)


def _title(message: Message) -> str:
    return (REPEATED if message.is_repeated else "") + message.title
