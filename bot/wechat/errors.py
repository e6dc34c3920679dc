"""The platform's return codes in Chinese sentences, and what each means for whoever asked: later, never, perhaps done.
Source: wechat-platform.md section 4. The same number can differ by interface: (interface, code) comes before the code.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from content.store import clock
from scheduler.platform import AlreadySent, AwaitsAdmin, Later, Never, PlatformTrouble, Unknown

SENTENCES = {
    -1: "微信系统繁忙，请过几分钟再试。",
    40001: "凭据无效：请核对 wechat.app_secret；如果另有程序在用同一个公众号的旧接口取凭据，请停掉它。",
    40002: "取凭据的请求不对，请告诉技术支持。",
    40003: "微信不认识这位用户，或者对方没有关注公众号。",
    40004: "微信不接受这种素材，请换成 JPG 或 PNG 图片。",
    40005: "微信不接受这种文件，请换成 JPG 或 PNG 图片。",
    40006: "文件大小不合要求，请压缩后再试。",
    40007: "微信上没有这个素材或草稿：可能已过期、已删除，或者这份草稿已经发出去了。请核对后重新保存并提交审核。",
    40008: "微信不接受这种消息，请告诉技术支持。",
    40009: "图片太大：正文图片要小于 1 MB，封面要小于 10 MB，请压缩后再试。",
    40010: "语音太大，请压缩后再试。",
    40011: "视频太大，请压缩后再试。",
    40012: "缩略图太大，请压缩后再试。",
    40013: "wechat.app_id 不对：请核对公众号后台的 AppID。",
    40014: "微信不认这次的凭据，系统会重新取一个再试。",
    40029: "微信不认这次登录：请再点一次登录。",
    40031: "收件人名单不合要求，请告诉技术支持。",
    40032: "收件人数量不合要求。",
    40035: "微信说参数不对，请告诉技术支持。",
    40059: "微信上没有这次群发的记录，请到公众号后台核对。",
    40060: "这条群发不能删除：只能删除已经发出的图文和视频。",
    40065: "要删除的文章序号不对，请核对后再试。",
    40114: "文章序号不对，请告诉技术支持。",
    40125: "wechat.app_secret 不对：请核对公众号后台的 AppSecret。",
    40130: "至少要有两位收件人。",
    40132: "没有这个微信号，或者对方没有关注公众号，请核对预览人的微信号。",
    40152: "公众号上没有这个标签，请重新选择发给谁。",
    40163: "这次登录已经用过：请再点一次登录。",
    40164: "本机出口 IP 不在公众号后台的“IP 白名单”里：请把它加进去再试。",
    40204: "这条群发不能删除，请到公众号后台核对。",
    40243: "AppSecret 已被冻结：请到公众号后台解冻。",
    41001: "这次调用没有带凭据，请告诉技术支持。",
    41002: "缺少 AppID，请核对 wechat.app_id。",
    41004: "缺少 AppSecret，请核对 wechat.app_secret。",
    41005: "没有收到文件内容，请重新上传。",
    41039: "原文链接不能用：请换一个，或者留空。",
    41040: "原创校验没有通过，请在公众号后台核对后再发。",
    42001: "凭据已过期，系统会重新取一个再试。",
    42010: "群发请求太快，一分钟后再试。",
    43002: "调用方式不对，请告诉技术支持。",
    43004: "对方没有关注公众号，不能发给他。",
    43019: "对方在公众号的黑名单里，不能发给他。",
    44001: "文件是空的，请重新上传。",
    44002: "请求是空的，请告诉技术支持。",
    44003: "草稿里没有可用的文章，请核对后再试。",
    44004: "正文是空的，请补上正文。",
    44990: "调用太快，一分钟后再试。",
    45001: "文件太大，请压缩后再试。",
    45002: "内容太长，请删减后再试（正文要少于 2 万字）。",
    45003: "标题太长：最多 32 个字，请改短。",
    45004: "摘要太长：最多 128 个字，请改短。",
    45005: "原文链接太长，请换一个短的。",
    45006: "图片链接太长，请告诉技术支持。",
    45008: "文章太多：一次最多 8 篇。",
    45009: "今天这个接口的调用次数已经用完：请明天再试。",
    45011: "调用太快，一分钟后再试。",
    45015: "对方超过 48 小时没有来消息，微信不允许再发，请等对方来消息。",
    45028: "群发次数已经用完，要等下一个周期（订阅号次日，服务号次月）。",
    45047: "对方来消息后能回复的条数已经用完，请等对方再来消息。",
    45062: "公众号已预定广告，这次群发被微信拒绝，请到公众号后台核对。",
    45065: "这次群发微信已经收到过，不会重复发送。",
    45066: "同一次群发重试太快，一分钟后用同一个编号再试。",
    45067: "群发编号太长，请告诉技术支持。",
    45083: "群发速度不对，请告诉技术支持。",
    45110: "作者太长：最多 16 个字，请改短。",
    45113: "微信不再允许群发这种内容。",
    45157: "标签名字重复或不合要求，请换一个。",
    45159: "公众号上没有这个标签，请重新选择发给谁。",
    45166: "正文里有微信不接受的内容，请删去后再试。",
    45169: "有人正在修改同一位用户的标签，稍后再试。",
    46003: "公众号上还没有自定义菜单。",
    47001: "微信读不懂这次请求，请告诉技术支持。",
    47003: "参数不对，请告诉技术支持。",
    48001: "公众号没有这个接口的权限：请检查账号是否已认证、认证是否过期。",
    48002: "对方不接收公众号的消息。",
    48003: "公众号没有同意群发协议：请登录公众号后台同意后再发。",
    48004: "这个接口已被微信封禁：请登录公众号后台查看通知。",
    48005: "这个素材正被菜单或自动回复使用，不能删除。",
    48006: "本月清零次数已经用完，请下个月再试。",
    48008: "公众号没有发送这种消息的权限。",
    48021: "这份草稿只是公众号后台自动保存的：请在后台打开它，点“保存”，再发。",
    48022: "微信不允许群发这份内容，请到公众号后台核对。",
    50001: "用户没有授权，不能调用这个接口。",
    50002: "公众号或这位用户受到限制：请登录公众号后台查看通知。",
    50004: "公众号不能使用这个接口：请登录公众号后台查看通知。",
    50005: "对方没有关注公众号，不能发给他。",
    50007: "公众号已被冻结：请登录公众号后台查看通知。",
    53500: "公众号的发布功能已被微信禁用：请登录公众号后台查看通知。",
    53501: "发布太频繁，微信要求等一等，几分钟后再试。",
    53502: "微信上没有这次发布的记录，请到公众号后台核对。",
    53503: "草稿没有通过微信的发布检查：请在公众号后台打开这份草稿，看微信的提示。",
    53504: "微信要求这份草稿在公众号后台人工发布。",
    53505: "这份草稿只是公众号后台自动保存的：请在后台打开它，点“保存”，再发。",
    53600: "微信上没有这篇文章，可能已经删除。",
    61500: "统计日期写得不对，请告诉技术支持。",
    61501: "统计日期范围不对，请告诉技术支持。",
    61503: "微信还没有算好这一天的统计，几小时后再取。",
    70000: "对方受未成年人保护，不能发给他。",
    88000: "公众号没有留言功能的权限，请关掉“打开留言”再试。",
    89503: "这次调用要管理员在手机上确认 IP：请管理员确认后再试。",
    89504: "正在等管理员在手机上确认群发，30 分钟内不确认就会失败。",
    89505: "群发要管理员在手机上确认：请管理员在 30 分钟内点“确认”。",
    89506: "管理员拒绝了这个 IP 的调用，24 小时内不能再试。",
    89507: "管理员拒绝了这个 IP 的调用，1 小时内不能再试。",
    268487001: "微信系统繁忙，一分钟后再试。",
    268487002: "微信系统繁忙，一分钟后再试。",
    268488001: "微信系统繁忙，一分钟后再试。",
}
STALE_TOKEN = frozenset({40001, 40014, 42001})
TOKEN_CALL = "stable_token"  # noqa: S105 - the name of a call

_MINUTE, _HOUR = 60, 3600
_AFTER_MIDNIGHT = timedelta(minutes=10)  # at which minute the counters begin anew is not known
# code → in how many seconds again; surely not done
_LATER = {
    **dict.fromkeys((42010, 44990, 45011, 45066, 268487001, 268487002, 268488001), _MINUTE),
    **dict.fromkeys(STALE_TOKEN, _MINUTE),
    45169: 10,
    53501: 10 * _MINUTE,
    61503: 2 * _HOUR,
}
# (interface, code) where the code means something else there than elsewhere
_NEVER_AT = frozenset({(TOKEN_CALL, 40001)})
_AT = {
    ("draft/get", 40007): "微信上已经没有这份草稿：可能已经发出去，或者在公众号后台被删除。",
    ("draft/add", 40007): "封面图片在微信上找不到：请重新选择封面后再提交。",
    (
        "freepublish/submit",
        40007,
    ): "微信上已经没有这份草稿：可能已经发出去，或者被删除。请到公众号后台核对，不要直接重发。",
    (
        "message/mass/sendall",
        40007,
    ): "微信上已经没有这份草稿：可能已经发出去，或者被删除。请到公众号后台核对，不要直接重发。",
    ("message/mass/sendall", 48001): "公众号没有群发接口的权限：请检查账号是否已认证、认证是否过期。",
    ("freepublish/submit", 48001): "公众号没有发布接口的权限（2025 年 7 月起未认证账号不能调用）：请检查认证是否过期。",
    ("message/custom/send", 45002): "消息太长，请改短后再发。",
}
NO_ANSWER = "微信接口没有应答：请检查网络和 wechat.api_base_url，过几分钟再试。"
NOT_KNOWN = "微信没有给出明确结果，这一次可能已经办成：系统会去核对，请不要重发。"
_UNKNOWN_CODE = "微信拒绝了这次操作，请把下面的代码告诉技术支持。"


class PlatformError(Exception):
    """WeChat refused or did not answer; the message says in Chinese what to do. `was_sent` is False where the call
    surely never reached it.
    """

    def __init__(
        self,
        endpoint: str,
        code: int | None,
        detail: str = "",
        answer: Mapping[str, Any] | None = None,
        *,
        was_sent: bool = True,
    ) -> None:
        self.endpoint, self.code, self.detail = endpoint, code, detail
        self.answer, self.was_sent = dict(answer or {}), was_sent
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        if self.code is None:
            return NO_ANSWER
        told = _AT.get((self.endpoint, self.code)) or SENTENCES.get(self.code, _UNKNOWN_CODE)
        return f"{told}（代码 {self.code}，接口 {self.endpoint}{'，' + self.detail if self.detail else ''}）"


def trouble(error: PlatformError, *, is_once_only: bool, account_type: str) -> PlatformTrouble:
    """What the error means. `is_once_only`: the call must not be done twice, so that a doubt stays a doubt."""
    code, sentence, rid = error.code, str(error), error.detail
    if code in (None, -1):
        if is_once_only and error.was_sent and error.endpoint != TOKEN_CALL:
            return Unknown(f"{NOT_KNOWN}{f'（代码 {code}，接口 {error.endpoint}）' if code else ''}", code, rid)
        return Later(sentence, code, rid, _MINUTE)
    if code == 45065:
        return AlreadySent(sentence, _msg_id(error))
    if code in (89504, 89505):
        return AwaitsAdmin(sentence, code, _msg_id(error))
    if code == 45009:
        return Later(sentence, code, rid, _seconds_until_tomorrow())
    if code == 45028:
        is_monthly = account_type == "service"
        return Later(sentence, code, rid, _seconds_until_next_month() if is_monthly else _seconds_until_tomorrow())
    if code in _LATER and (error.endpoint, code) not in _NEVER_AT:
        return Later(sentence, code, rid, _LATER[code])
    return Never(sentence, code, rid, error.answer)


def _msg_id(error: PlatformError) -> str:
    value = error.answer.get("msg_id", "")
    return str(value) if isinstance(value, int | str) else ""


def _seconds_until_tomorrow() -> int:
    return _seconds_until(clock.today() + timedelta(days=1))


def _seconds_until_next_month() -> int:
    return _seconds_until((clock.today().replace(day=1) + timedelta(days=32)).replace(day=1))


def _seconds_until(day: date) -> int:
    """Until a little after that day's midnight in Beijing."""
    moment = datetime.combine(day, time(), clock.BEIJING) + _AFTER_MIDNIGHT
    return int((moment - clock.now()).total_seconds()) + 1
