"""Settings from file and environment, and one Chinese sentence for whatever is wrong with them."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bot.config import SETTINGS, BadConfig, Config, load_config, make_config, read_environment, require_credentials

EXAMPLE = ROOT / "config.example.toml"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def fault_of(path: Path | None, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(BadConfig) as caught:
        load_config(path, environment or {})
    told = str(caught.value)
    assert "\n" not in told
    assert re.search("[一-鿿]", told)
    return told


# ── where settings come from ──────────────────────────────────────────────────────────────────────────────────────────


def test_without_file_and_environment_every_setting_has_its_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_config(None, {}) == make_config({})


def test_a_file_is_found_by_name_by_environment_and_in_the_working_directory(tmp_path, monkeypatch, file):
    path = file("[server]\nport = 9000\n")
    assert load_config(path, {}).server_port == 9000
    assert load_config(None, {"PUFA_CONFIG": str(path)}).server_port == 9000
    monkeypatch.chdir(tmp_path)
    assert load_config(None, {}).server_port == 9000


def test_the_environment_goes_before_the_file(file):
    path = file('[server]\nport = 9000\nhost = "0.0.0.0"\n')
    config = load_config(path, {"PUFA_SERVER_PORT": "9001"})
    assert (config.server_port, config.server_host) == (9001, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("start", ["\ufeff", "", "# 说明\n"])
def test_a_file_saved_by_any_editor_is_read(file, start):
    assert load_config(file(f'{start}[wechat]\r\ntoken = "令牌"\r\n'), {}).wechat_token == "令牌"


@pytest.mark.parametrize("setting", [setting for setting in SETTINGS if setting.is_secret], ids=lambda s: s.name)
def test_every_secret_may_be_a_file_of_its_own(file, tmp_path, setting):
    urls = {"database.url": "sqlite:///x.db", "redis.url": "redis://x", "alerts.wecom_webhook": "https://x.example"}
    value = urls.get(setting.name, AES_KEY)
    secret = tmp_path / "secret"
    secret.write_text(f"{value}\n")
    section, key = setting.name.split(".")
    name = f"PUFA_{section}_{key}_FILE".upper()
    for config in (
        load_config(file(f'[{section}]\n{key}_file = "{secret}"\n'), {}),
        load_config(file(""), {name: str(secret)}),
    ):
        assert getattr(config, f"{section}_{key}") == value


def test_every_kind_of_value_can_come_from_the_environment():
    config = read_environment(
        {
            "PUFA_WECHAT_TOKEN": "t",
            "PUFA_SERVER_WORKERS": " 3 ",
            "PUFA_SANDBOX_ENABLED": "TRUE",
            "PUFA_SERVER_TRUSTED_PROXIES": "127.0.0.1, ::1,",
        }
    )
    assert (config.wechat_token, config.server_workers, config.sandbox_enabled) == ("t", 3, True)
    assert config.server_trusted_proxies == ("127.0.0.1", "::1")


@pytest.mark.parametrize("word", ["true", "True", "1"])
def test_yes_and_no_can_be_written_in_several_ways(word):
    assert read_environment({"PUFA_SANDBOX_ENABLED": word}).sandbox_enabled is True


def test_a_plain_postgresql_address_is_taken_with_the_driver_that_is_here():
    config = make_config({"database.url": "postgresql://pufa@db/pufa"})
    assert config.database_url == "postgresql+pg8000://pufa@db/pufa"


def test_secrets_do_not_show_when_the_settings_are_printed():
    assert "s3cret" not in repr(make_config({"wechat.token": "s3cret"}))


# ── what is wrong ─────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {
    'port = "9000"': "server.port",
    "port = 0": "server.port",
    "port = 65536": "server.port",
    "port = true": "server.port",
    "port = 80.5": "server.port",
    "workers = 0": "server.workers",
    "threads = 65": "server.threads",
    "host = 1": "server.host",
    "host = ['a']": "server.host",
    "data = 2026-01-01": "server.data",
    "public_url = 'pufa.example'": "server.public_url",
    "public_url = 'javascript:alert(1)'": "server.public_url",
    "public_url = 'https://pufa.example/'": "server.public_url",
    "trusted_proxies = '127.0.0.1'": "server.trusted_proxies",
    "trusted_proxies = [1, 2]": "server.trusted_proxies",
    "trusted_proxies = [['a']]": "server.trusted_proxies",
    "prot = 9000": "server.prot",
    "port_file = 'x'": "server.port_file",
    "[server.port]\na = 1": "server.port",
    "[wechat]\nmode = 'Safe'": "wechat.mode",
    "[wechat]\nmode = ''": "wechat.mode",
    "[wechat]\nmode = 'safe'": "wechat.encoding_aes_key",
    "[wechat]\nmode = 'compatible'\napp_id = 'wx'": "wechat.encoding_aes_key",
    f"[wechat]\nmode = 'safe'\nencoding_aes_key = '{AES_KEY}'": "wechat.app_id",
    "[wechat]\ntoken = 1": "wechat.token",
    "[wechat]\nencoding_aes_key = 'short'": "wechat.encoding_aes_key",
    f"[wechat]\nencoding_aes_key = '{AES_KEY[:-1]}+'": "wechat.encoding_aes_key",
    f"[wechat]\nencoding_aes_key = '{AES_KEY[:-1]}字'": "wechat.encoding_aes_key",
    f"[wechat]\nprevious_encoding_aes_key = '{AES_KEY}='": "wechat.previous_encoding_aes_key",
    "[wechat]\nmax_skew_seconds = -1": "wechat.max_skew_seconds",
    "[wechat]\naccount_type = 'personal'": "wechat.account_type",
    "[wechat]\napi_base_url = ''": "wechat.api_base_url",
    "[wechat]\napi_base_url = 'api.weixin.qq.com'": "wechat.api_base_url",
    "[wechat]\ntoken_file = '/no/such/file'": "wechat.token",
    "[wechat]\ntoken_file = '/'": "wechat.token",
    "[wechat]\ntoken_file = 5": "wechat.token",
    "[database]\nurl = 'mysql://x/y'": "database.url",
    "[database]\nurl = 'pufa.db'": "database.url",
    "[database]\nurl = 'sqlite:///:memory:'": "database.url",
    "[database]\nurl = 'sqlite:///'": "database.url",
    "[redis]\nurl = 'localhost'": "redis.url",
    "[redis]\nurl = ''": "redis.url",
    "[security]\nkey_file = []": "security.key_file",
    "[alerts]\nmorning = '8:30'": "alerts.morning",
    "[alerts]\nmorning = '24:00'": "alerts.morning",
    "[alerts]\nmail_security = 'ssl'": "alerts.mail_security",
    "[alerts]\nmail_from = 'duty'": "alerts.mail_from",
    "[alerts]\nmail_to = 'a@b.example'": "alerts.mail_to",
    "[alerts]\nmail_to = ['a@b.example', '']": "alerts.mail_to",
    "[alerts]\nmail_host = 'mail.example'": "alerts.mail_from",
    "[alerts]\nmail_security = 'plain'\nmail_password = 'x'": "alerts.mail_security",
    "[alerts]\nwecom_webhook = 'qyapi.weixin.qq.com'": "alerts.wecom_webhook",
    "[sandbox]\nenabled = 'yes'": "sandbox.enabled",
    "[sandbox]\nenabled = 1": "sandbox.enabled",
    "[wecaht]\ntoken = 'x'": "wecaht.token",
    "port = 65535\n[sandbox]\nenabled = true": "server.port",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(file, text):
    assert WRONG[text] in fault_of(file(text if text.startswith("[") else f"[server]\n{text}"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER_PORT", "abc"), ("SERVER_PORT", ""), ("SERVER_PORT", "--5"), ("SERVER_PORT", "-"),
        ("SERVER_PORT", "9" * 5000), ("SERVER_PORT", "8e3"), ("SANDBOX_ENABLED", "yes"), ("SANDBOX_ENABLED", ""),
        ("WECHAT_MODE", "x"), ("REDIS_URL", "x"), ("WECHAT_TOKEN_FILE", "/no/such/file"),
    ],
)  # fmt: skip
def test_a_wrong_value_of_the_environment_is_one_sentence_that_names_the_setting(file, name, value):
    told = fault_of(file(""), {f"PUFA_{name}": value})
    assert name.removesuffix("_FILE").lower().replace("_", ".", 1) in told
    assert len(told) < 200


@pytest.mark.parametrize(
    "text",
    [
        "port = 1",
        "[server",
        "[server]\nport = ",
        "[server]\nport = 1\nport = 2",
        b"\xff\xfe[\x00s\x00",
        "[server]\nhost = '\xff'".encode("latin-1"),
        "[[server]]\nport = 1",
        "a = " + "[" * 20_000,
        "[server]\nport = " + "9" * 5000,
    ],
)
def test_a_file_that_is_no_toml_is_named(file, text):
    path = file(text)
    assert str(path) in fault_of(path)


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "nowhere.toml", tmp_path):
        assert str(path) in fault_of(path)
        assert str(path) in fault_of(None, {"PUFA_CONFIG": str(path)})


def test_a_fault_does_not_tell_the_secret(file):
    assert "s3cret" not in fault_of(file("[wechat]\nencoding_aes_key = 's3cret'"))


@given(
    st.dictionaries(st.sampled_from([setting.name for setting in SETTINGS]), st.integers() | st.text() | st.booleans())
)
def test_any_values_are_settings_or_one_sentence(values):
    try:
        make_config(values)
    except BadConfig as fault:
        assert any(name in str(fault) for name in [*values, "wechat.encoding_aes_key"])


def test_nothing_is_served_without_a_token():
    with pytest.raises(BadConfig, match="wechat.token"):
        require_credentials(make_config({}))
    require_credentials(make_config({"wechat.token": "t"}))


# ── config.example.toml ───────────────────────────────────────────────────────────────────────────────────────────────

COMMENTED = re.compile(r"^# (?=\w+ = )", re.MULTILINE)


def test_the_example_holds_every_setting_with_its_default_and_nothing_else():
    sections = tomllib.loads(COMMENTED.sub("", EXAMPLE.read_text(encoding="utf-8")))
    written = {f"{section}.{key}": value for section, entries in sections.items() for key, value in entries.items()}
    assert written == {setting.name: setting.default for setting in SETTINGS}
    assert list(written) == [setting.name for setting in SETTINGS]


def test_the_example_as_it_stands_changes_nothing():
    assert load_config(EXAMPLE, {}) == make_config({})


def test_in_the_example_only_what_is_empty_is_commented_out():
    live = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert {f"{section}.{key}" for section, entries in live.items() for key in entries} == {
        setting.name for setting in SETTINGS if setting.default not in ("", [])
    }


def test_every_setting_of_the_example_has_a_line_of_explanation_in_chinese():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for before, line in zip(lines, lines[1:], strict=False):
        if re.match(r"(# )?\w+ = ", line):
            assert re.match("# .*[一-鿿]", before), line


def test_every_setting_is_an_attribute_and_every_attribute_a_setting():
    assert [field.name for field in fields(Config)] == [setting.name.replace(".", "_") for setting in SETTINGS]
