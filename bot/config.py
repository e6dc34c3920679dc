"""config.toml + environment → one frozen Config, or one sentence saying what is wrong.

Every setting is a row of SETTINGS: its name, default and check. `config.example.toml` holds the same rows, which a
test compares. Any value can come from PUFA_<SECTION>_<KEY>; a secret may be a file named by `<key>_file`.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_FILE = Path("config.toml")


class BadConfig(Exception):
    """A setting is wrong; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    name: str  # section.key
    default: Any
    is_secret: bool = False
    choices: tuple[str, ...] = ()
    check: Callable[[Any], str] = lambda value: ""
    """The fault of a value in Chinese; empty where there is none."""


def _between(least: int, most: int) -> Callable[[Any], str]:
    return lambda value: "" if least <= value <= most else f"应在 {least} 到 {most} 之间"


def _aes_key(value: Any) -> str:
    fits = value == "" or (len(value) == 43 and value.isalnum() and value.isascii())
    return "" if fits else "应是 43 位字母和数字（公众号后台“消息加解密密钥”）"


def _url(value: Any) -> str:
    return "" if value.startswith(("http://", "https://")) else "应以 http:// 或 https:// 开头"


def _database_url(value: Any) -> str:
    if value in ("sqlite:///", "sqlite:///:memory:"):
        return "应写上数据库文件的路径，如 sqlite:///var/pufa.db"
    fits = value.startswith(("sqlite:///", "postgresql://", "postgresql+pg8000://"))
    return "" if fits else "应以 sqlite:/// 或 postgresql:// 开头"


def _words(value: Any) -> str:
    return "" if all(isinstance(entry, str) for entry in value) else "里的每一项应是文字"


def _redis_url(value: Any) -> str:
    fits = value == "embedded" or value.startswith(("redis://", "rediss://", "unix://"))
    return "" if fits else "应是 embedded，或以 redis://、rediss://、unix:// 开头"


def _clock_time(value: Any) -> str:
    return "" if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value) else "应写成 08:30 这样的时刻"


def _mail_address(value: Any) -> str:
    fits = value == "" or re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", value)
    return "" if fits else "应是一个邮箱地址"


def _mail_addresses(value: Any) -> str:
    fault = "里的每一项应是一个邮箱地址"
    return _words(value) or ("" if all(entry and not _mail_address(entry) for entry in value) else fault)


SETTINGS: tuple[Setting, ...] = (
    Setting("wechat.token", "", is_secret=True),
    Setting("wechat.app_id", ""),
    Setting("wechat.app_secret", "", is_secret=True),
    Setting("wechat.encoding_aes_key", "", is_secret=True, check=_aes_key),
    Setting("wechat.previous_encoding_aes_key", "", is_secret=True, check=_aes_key),
    Setting("wechat.mode", "plain", choices=("plain", "compatible", "safe")),
    Setting("wechat.max_skew_seconds", 0, check=_between(0, 86400)),
    Setting("wechat.account_type", "subscription", choices=("subscription", "service")),
    Setting("wechat.api_base_url", "https://api.weixin.qq.com", check=_url),
    Setting("wechat.admin_confirms", False),
    Setting("database.url", "sqlite:///var/pufa.db", is_secret=True, check=_database_url),
    Setting("redis.url", "embedded", is_secret=True, check=_redis_url),
    Setting("server.host", "127.0.0.1"),
    Setting("server.port", 8000, check=_between(1, 65535)),
    Setting("server.workers", 2, check=_between(1, 64)),
    Setting("server.threads", 5, check=_between(1, 64)),
    Setting("server.public_url", "", check=lambda value: _url(value) if value else ""),
    Setting("server.trusted_proxies", [], check=_words),
    Setting("server.data", "var"),
    Setting("security.key_file", "var/keys.json"),
    Setting("security.second_factor", "signing", choices=("signing", "all", "off")),
    Setting("review.people", 1, check=_between(1, 3)),
    Setting("review.secrecy", "with_approval", choices=("with_approval", "separate")),
    Setting("disclosure.fees", False),
    Setting("alerts.morning", "08:30", check=_clock_time),
    Setting("alerts.mail_host", ""),
    Setting("alerts.mail_port", 465, check=_between(1, 65535)),
    Setting("alerts.mail_security", "tls", choices=("tls", "starttls", "plain")),
    Setting("alerts.mail_user", ""),
    Setting("alerts.mail_password", "", is_secret=True),
    Setting("alerts.mail_from", "", check=_mail_address),
    Setting("alerts.mail_to", [], check=_mail_addresses),
    Setting("alerts.wecom_webhook", "", is_secret=True, check=lambda value: _url(value) if value else ""),
    Setting("sandbox.enabled", False),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_KINDS = {str: "文字", int: "整数", bool: "true 或 false", list: "列表"}


@dataclass(frozen=True)
class Config:
    """Every setting by attribute: `config.wechat_token` is `wechat.token`."""

    wechat_token: str
    wechat_app_id: str
    wechat_app_secret: str
    wechat_encoding_aes_key: str
    wechat_previous_encoding_aes_key: str
    wechat_mode: str
    wechat_max_skew_seconds: int
    wechat_account_type: str
    wechat_api_base_url: str
    wechat_admin_confirms: bool
    database_url: str
    redis_url: str
    server_host: str
    server_port: int
    server_workers: int
    server_threads: int
    server_public_url: str
    server_trusted_proxies: tuple[str, ...]
    server_data: str
    security_key_file: str
    security_second_factor: str
    review_people: int
    review_secrecy: str
    disclosure_fees: bool
    alerts_morning: str
    alerts_mail_host: str
    alerts_mail_port: int
    alerts_mail_security: str
    alerts_mail_user: str
    alerts_mail_password: str
    alerts_mail_from: str
    alerts_mail_to: tuple[str, ...]
    alerts_wecom_webhook: str
    sandbox_enabled: bool

    def __repr__(self) -> str:
        return "Config(…)"  # secrets stay out of logs and tracebacks

    @property
    def data(self) -> Path:
        return Path(self.server_data)


def load_config(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """From `path`, else $PUFA_CONFIG, else config.toml here, else the defaults. Raises BadConfig."""
    environment = os.environ if environment is None else environment
    file = path or find_file(environment)
    values = _from_file(file) if file else {}
    values |= _from_environment(environment)
    return make_config(values)


def read_environment(environment: Mapping[str, str]) -> Config:
    """From the environment alone, whatever files there are. Raises BadConfig."""
    return make_config(_from_environment(environment))


def make_config(values: Mapping[str, Any]) -> Config:
    """From values by setting name. Raises BadConfig."""
    checked = {name: _checked(setting, values.get(name, setting.default)) for name, setting in _BY_NAME.items()}
    checked["database.url"] = checked["database.url"].replace("postgresql://", "postgresql+pg8000://", 1)
    config = Config(**{name.replace(".", "_"): value for name, value in checked.items()})
    _check_together(config)
    return config


def find_file(environment: Mapping[str, str]) -> Path | None:
    """$PUFA_CONFIG, else config.toml in the working directory, else None."""
    if named := environment.get("PUFA_CONFIG"):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise BadConfig(f"找不到配置文件 {path}。") from error
    except OSError as error:
        raise BadConfig(f"配置文件 {path} 读不出来：请检查路径和权限。") from error
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"配置文件 {path} 写法有误：{error}。") from error
    values: dict[str, Any] = {}
    for section, entries in sections.items():
        if not isinstance(entries, dict):
            raise BadConfig(f"配置文件 {path} 里的 {section} 应写在某一节（如 [wechat]）下面。")
        for key, value in entries.items():
            _take(values, f"{section}.{key}", value)
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        variable = "PUFA_" + setting.name.replace(".", "_").upper()
        if variable in environment:
            values[setting.name] = _from_text(setting, environment[variable])
        elif setting.is_secret and f"{variable}_FILE" in environment:
            values[setting.name] = _secret_file(setting.name, environment[f"{variable}_FILE"])
    return values


def _take(values: dict[str, Any], name: str, value: Any) -> None:
    owner = name.removesuffix("_file")
    if name not in _BY_NAME and owner in _BY_NAME and _BY_NAME[owner].is_secret:
        values[owner] = _secret_file(owner, str(value))
    elif name not in _BY_NAME:
        raise BadConfig(f"配置里有不认识的项目 {name}：请对照 config.example.toml。")
    else:
        values[name] = value


def _secret_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{name} 指定的文件 {path} 读不出来：请检查路径和权限。") from error


def _from_text(setting: Setting, text: str) -> Any:
    if isinstance(setting.default, bool):
        if text.lower() not in ("true", "false", "1", "0"):
            raise BadConfig(f"{setting.name} 应写 true 或 false，现在是“{text}”。")
        return text.lower() in ("true", "1")
    if isinstance(setting.default, int):
        try:
            return int(text)
        except ValueError as error:
            raise BadConfig(f"{setting.name} 应是整数，现在是“{text[:40]}”。") from error
    if isinstance(setting.default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _checked(setting: Setting, value: Any) -> Any:
    wanted = type(setting.default)
    if type(value) is not wanted:
        raise BadConfig(f"{setting.name} 应是{_KINDS[wanted]}。")
    if setting.choices and value not in setting.choices:
        raise BadConfig(f"{setting.name} 只能是 {'、'.join(setting.choices)} 之一。")
    if fault := setting.check(value):
        raise BadConfig(f"{setting.name} {fault}。")
    return tuple(value) if wanted is list else value


def _check_together(config: Config) -> None:
    if config.wechat_mode != "plain" and not (config.wechat_encoding_aes_key and config.wechat_app_id):
        raise BadConfig(f"wechat.mode 是 {config.wechat_mode} 时，必须填写 wechat.encoding_aes_key 和 wechat.app_id。")
    if config.alerts_mail_host and not (config.alerts_mail_from and config.alerts_mail_to):
        raise BadConfig("填了 alerts.mail_host，就必须填写 alerts.mail_from 和 alerts.mail_to。")
    if config.alerts_mail_security == "plain" and config.alerts_mail_password:
        raise BadConfig("alerts.mail_security 是 plain 时不要填 alerts.mail_password：密码会不加密地送出去。")
    if config.server_public_url.endswith("/"):
        raise BadConfig("server.public_url 末尾不要带斜杠。")
    if config.sandbox_enabled and config.server_port == 65535:
        raise BadConfig("server.port 应小于 65535：沙箱要用下一个端口。")


def require_credentials(config: Config) -> None:
    """A live account cannot be served without a token: an empty one would let anybody sign. Raises BadConfig."""
    if not config.wechat_token:
        raise BadConfig("缺少 wechat.token：请填写公众号后台“服务器配置”里的令牌（只想试用请运行 make demo）。")
