"""WeChat's word on the account itself: its 认证 ends, must be renewed, or was refused. Staff hear it at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from content.store import clock
from scheduler import outbox

_EVENTS = {
    "verify_expired": ("【账号】认证已过期", "多数接口已停用，群发、发布、统计都会失败：请立即到公众号后台续办认证。"),
    "annual_renew": ("【账号】认证快到期，需要年审", "过期后群发、发布、统计接口都会停用：请到公众号后台办理年审。"),
    "qualification_verify_fail": ("【账号】资质认证未通过", "请到公众号后台查看原因并重新提交。"),
    "naming_verify_fail": ("【账号】名称认证未通过", "请到公众号后台查看原因并重新提交。"),
    "qualification_verify_success": ("【账号】资质认证已通过", "可以使用认证账号的接口了。"),
    "naming_verify_success": ("【账号】名称认证已通过", "认证已完成。"),
}
_MOMENT_DIGITS = 10
_REASON_CHARACTERS = 200


def is_ours(fields: Mapping[str, Any]) -> bool:
    """Whether a message of WeChat tells of the account."""
    return _word(fields, "MsgType").lower() == "event" and _word(fields, "Event").lower() in _EVENTS


def take_in(session: Session, fields: Mapping[str, Any]) -> bool:
    """Tells staff; once, however often WeChat says it. True where they are told now."""
    event = _word(fields, "Event").lower()
    title, text = _EVENTS[event]
    moment = _word(fields, "ExpiredTime") or _word(fields, "FailTime")
    is_moment = moment.isascii() and moment.isdecimal() and len(moment) <= _MOMENT_DIGITS
    if is_moment:
        day = clock.in_beijing(clock.from_timestamp(int(moment)))
        text += f"微信给出的时间：{day:%Y-%m-%d %H:%M}。"
    if reason := _word(fields, "FailReason")[:_REASON_CHARACTERS]:
        text += f"原因：{reason}"
    return outbox.tell(session, f"account:{event}:{moment if is_moment else clock.today()}", title, text)


def _word(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""
