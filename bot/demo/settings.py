"""The demonstration's settings: everything embedded, secrets of this installation's own making, nothing to fill in."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path

from bot.config import SETTINGS, Config, find_file, load_config, read_environment
from content.store.keys import Keyring, open_keyring

DATA = "var/demo"
APP_ID = "wxdemo0000000000"
ACCOUNT = "gh_demo00000001"


def open_config(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """The settings of a real installation where there are any, else those of the demonstration. Raises BadConfig."""
    environment = os.environ if environment is None else environment
    named = path or find_file(environment)
    is_real = named or any(name in environment for name in ("PUFA_WECHAT_TOKEN", "PUFA_WECHAT_TOKEN_FILE"))
    return load_config(path, environment) if is_real else _demonstration(environment)


def demonstration(host: str, port: int, data: str) -> Config:
    """The demonstration and nothing else: a real account that is configured here is left alone. Raises BadConfig."""
    return _demonstration({"PUFA_SERVER_HOST": host, "PUFA_SERVER_PORT": str(port), "PUFA_SERVER_DATA": data})


def environment_of(config: Config) -> dict[str, str]:
    """The same settings for a child process, which then looks for no file."""
    variables = {"PUFA_CONFIG": os.devnull}
    for setting in SETTINGS:
        value = getattr(config, setting.name.replace(".", "_"))
        text = ",".join(value) if isinstance(value, tuple) else str(value)
        variables["PUFA_" + setting.name.replace(".", "_").upper()] = text
    return variables


def _demonstration(environment: Mapping[str, str]) -> Config:
    return read_environment({**_defaults(environment), **environment})


def _defaults(environment: Mapping[str, str]) -> dict[str, str]:
    data = environment.get("PUFA_SERVER_DATA", DATA)
    host, port = environment.get("PUFA_SERVER_HOST", "127.0.0.1"), environment.get("PUFA_SERVER_PORT", "8000")
    sandbox_port = int(port) + 1 if port.isdecimal() else 8001
    key_file = environment.get("PUFA_SECURITY_KEY_FILE", f"{data}/keys.json")
    ring = open_keyring(Path(key_file))
    return {
        "PUFA_WECHAT_TOKEN": ring.derive("demo-token").hex()[:32],
        "PUFA_WECHAT_APP_ID": APP_ID,
        "PUFA_WECHAT_APP_SECRET": ring.derive("demo-secret").hex()[:32],
        "PUFA_WECHAT_ENCODING_AES_KEY": _aes_key(ring),
        "PUFA_WECHAT_MODE": "compatible",
        "PUFA_WECHAT_API_BASE_URL": f"http://{reachable(host)}:{sandbox_port}/sandbox/api",
        "PUFA_DATABASE_URL": f"sqlite:///{data}/pufa.db",
        "PUFA_SERVER_DATA": data,
        "PUFA_SECURITY_KEY_FILE": key_file,
        "PUFA_SECURITY_SECOND_FACTOR": "off",
        "PUFA_SANDBOX_ENABLED": "true",
    }


def reachable(host: str) -> str:
    """How a process on this machine reaches a server that listens on `host`."""
    return "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound


def _aes_key(ring: Keyring) -> str:
    """43 letters and digits that are base64 of 32 bytes without the sign at the end."""
    for round_ in range(1000):
        text = base64.b64encode(ring.derive(f"demo-aes-{round_}")).decode().rstrip("=")
        if text.isalnum():
            return text
    return "A" * 43
