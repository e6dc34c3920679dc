"""How staff prove who they are: password, six-digit code, and a growing pause after wrong ones.

A try is counted and kept before anything is compared, and nothing is compared inside a transaction: an answer that is
thrown away undoes no count, tries at the same moment are each counted, and SQLite's one writer is not held for the
length of an argon2 digest. Names that nobody has are counted, paused and answered just like those of staff.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, passwords, security_log
from content.security_log import Event
from content.staff import Staff, end_all_sessions, folded, get_staff
from content.store import clock
from content.store.db import Base, Database
from content.store.keys import Keyring, KeysUnreadable

FREE_FAILURES = 5
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""After the fifth wrong try in a row, after the sixth, and so on; the last one stays."""
STRANGERS_KEPT = timedelta(days=1)
PURPOSE = "staff-totp"
_HELP = "急用请找管理员：他可以在“人员”页或用 pufa staff unlock 解除。"


class Refused(Exception):
    """The message is a sentence for whoever tried."""


class StrangeName(Base):
    """A name that nobody has and that was tried: paused like a real one, so that nobody learns which ones are real."""

    __tablename__ = "strange_names"

    name_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    tried_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class _Try:
    staff_id: int | None
    password_hash: str
    totp_encrypted: str
    totp_last_step: int
    failures: int
    locked_until: datetime | None


def sign_in(database: Database, keyring: Keyring, name: str, password: str, code: str) -> Staff:
    """Raises Refused. Takes a database, not a session: see above. Must not be called inside a transaction."""
    with database.transaction() as session:
        tried = _count(session, folded(name))
    is_right = passwords.is_right(tried.password_hash, password)
    step = _step(keyring, tried, code, is_right)
    if not is_right or step is None or tried.staff_id is None:
        raise Refused(_sentence(tried))
    renewed = passwords.hashed(password) if passwords.is_outdated(tried.password_hash) else ""
    with database.transaction() as session:
        return _let_in(session, tried, step, renewed)


def prove(database: Database, name: str, password: str) -> None:
    """Whoever is signed in says his password once more; a wrong one counts as at the sign-in. Raises Refused.

    Must not be called inside a transaction.
    """
    with database.transaction() as session:
        tried = _count(session, folded(name))
    if tried.staff_id is None or not passwords.is_right(tried.password_hash, password):
        raise Refused(f"现在的密码不对：请再输一次。{_sentence(tried) if tried.locked_until else ''}")
    with database.transaction() as session:
        session.execute(update(Staff).where(Staff.id == tried.staff_id).values(failures=0, locked_until=None))


def change_password(database: Database, name: str, old: str, new: str) -> None:
    """Of somebody who is signed in; all his sign-ins end. Raises Refused. Must not be called inside a transaction."""
    prove(database, name, old)
    if old == new:
        raise Refused("新密码和原来的一样：请换一个。")
    with database.transaction() as session:
        set_password(session, get_staff(session, name), new)


def set_password(session: Session, staff: Staff, new: str) -> None:
    """Raises Refused."""
    if fault := passwords.fault_of(new, staff.name):
        raise Refused(fault)
    staff.password_hash, staff.must_change_password = passwords.hashed(new), False
    end_all_sessions(session, staff)
    session.flush()
    audit.record(session, staff.name, "staff.password", f"staff:{staff.name}")


def begin_totp(session: Session, keyring: Keyring, staff: Staff) -> str:
    """The otpauth:// address of a new secret. The one before holds until a code of the new one has been typed."""
    if staff.totp_pending:
        secret = _decrypted(keyring, staff.totp_pending)
    else:
        secret = passwords.new_secret()
        staff.totp_pending = keyring.encrypt(PURPOSE, secret)
        session.flush()
    return passwords.secret_address(secret, staff.name)


def confirm_totp(session: Session, keyring: Keyring, staff: Staff, code: str) -> None:
    """Raises Refused."""
    if not staff.totp_pending:
        raise Refused("动态码还没有开始设置：请重新打开设置页，扫码后再输。")
    step = passwords.step_of(_decrypted(keyring, staff.totp_pending), code, clock.timestamp(), 0)
    if not step:
        raise Refused("动态码不对：请核对手机的时间是否自动校准，再输一次新的 6 位数字。")
    staff.totp_encrypted, staff.totp_pending, staff.totp_last_step = staff.totp_pending, "", step
    session.flush()
    audit.record(session, staff.name, "staff.totp", f"staff:{staff.name}")


def _count(session: Session, name: str) -> _Try:
    """Counts this try as failed until it is known to be right. Raises Refused during a pause, which counts nothing."""
    staff = session.scalar(select(Staff).where(Staff.name == name).with_for_update())
    counted = staff or _stranger(session, name)
    moment = clock.now()
    if counted.locked_until and counted.locked_until > moment:
        raise Refused(f"因为连续输错，这个用户名暂停登录到 {_clock_time(counted.locked_until)}：请到时再试。{_HELP}")
    counted.failures += 1
    counted.locked_until = None
    if counted.failures >= FREE_FAILURES:
        pause = PAUSES[min(counted.failures - FREE_FAILURES, len(PAUSES) - 1)]
        counted.locked_until = moment + pause
    session.flush()
    if staff and staff.locked_until:
        security_log.note(session, Event.LOCKED, name)
        audit.record(session, "", "staff.locked", f"staff:{name}", failures=staff.failures)
    if staff is None or not staff.is_active:
        return _Try(None, "", "", 0, counted.failures, counted.locked_until)
    return _Try(
        staff.id, staff.password_hash, staff.totp_encrypted, staff.totp_last_step, staff.failures, staff.locked_until
    )


def _stranger(session: Session, name: str) -> StrangeName:
    moment = clock.now()
    session.execute(delete(StrangeName).where(StrangeName.tried_at < moment - STRANGERS_KEPT))
    digest = hashlib.sha256(name.encode()).hexdigest()
    found = session.get(StrangeName, digest, with_for_update=True)
    if found is None:
        found = StrangeName(name_digest=digest, failures=0, locked_until=None, tried_at=moment)
        session.add(found)
    found.tried_at = moment
    return found


def _step(keyring: Keyring, tried: _Try, code: str, is_right: bool) -> int | None:
    """The step of the code, 0 where no second factor is set up, None where the code is wrong or was used before."""
    if not tried.totp_encrypted:
        return 0
    try:
        secret = keyring.decrypt(PURPOSE, tried.totp_encrypted)
    except KeysUnreadable:
        if not is_right:
            return None
        raise Refused("动态码的密钥读不出来（密钥文件换过）：请管理员重设，或运行 pufa staff reset 用户名。") from None
    return passwords.step_of(secret, code, clock.timestamp(), tried.totp_last_step) or None


def _let_in(session: Session, tried: _Try, step: int, renewed: str) -> Staff:
    """Looks once more: the same code may have been used, the password changed, the person dismissed meanwhile."""
    staff = session.scalar(select(Staff).where(Staff.id == tried.staff_id).with_for_update())
    if staff is None or not staff.is_active or staff.password_hash != tried.password_hash:
        raise Refused(_sentence(tried))
    if staff.totp_encrypted != tried.totp_encrypted or (step and staff.totp_last_step >= step):
        raise Refused(_sentence(tried))
    staff.failures, staff.locked_until = 0, None
    staff.totp_last_step = step or staff.totp_last_step
    staff.password_hash = renewed or staff.password_hash
    session.flush()
    security_log.note(session, Event.SIGNED_IN, staff.name)
    audit.record(session, staff.name, "staff.sign_in", f"staff:{staff.name}", second_factor=bool(step))
    return staff


def _sentence(tried: _Try) -> str:
    if tried.locked_until:
        until = _clock_time(tried.locked_until)
        return f"用户名、密码或动态码不对。已经连续输错 {tried.failures} 次，暂停登录到 {until}。{_HELP}"
    left = FREE_FAILURES - tried.failures
    return f"用户名、密码或动态码不对：请核对后再试（再错 {left} 次会暂停登录）。"


def _clock_time(moment: datetime) -> str:
    return f"{clock.in_beijing(moment):%H:%M:%S}"


def _decrypted(keyring: Keyring, text: str) -> str:
    try:
        return keyring.decrypt(PURPOSE, text)
    except KeysUnreadable:
        raise Refused("动态码的密钥读不出来（密钥文件换过）：请管理员重设密码后再设置。") from None
