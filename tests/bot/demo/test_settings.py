"""The demonstration needs nothing, and never touches a real account."""

from pathlib import Path

import pytest

from bot.config import make_config, require_credentials
from bot.demo.settings import demonstration, environment_of, open_config, reachable

REAL = '[wechat]\ntoken = "real"\napp_id = "wxreal"\napp_secret = "real"\n'


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_without_any_settings_the_demonstration_is_complete():
    config = open_config(None, {})
    require_credentials(config)
    assert config.sandbox_enabled
    assert config.wechat_mode == "compatible"
    assert config.redis_url == "embedded"
    assert config.database_url == "sqlite:///var/demo/pufa.db"
    assert config.wechat_api_base_url == "http://127.0.0.1:8001/sandbox/api"


def test_its_secrets_are_its_own_and_stay_the_same():
    first, again = open_config(None, {}), open_config(None, {})
    other = open_config(None, {"PUFA_SERVER_DATA": "elsewhere"})
    for name in ("wechat_token", "wechat_app_secret", "wechat_encoding_aes_key"):
        assert len(getattr(first, name)) >= 32
        assert getattr(first, name) == getattr(again, name) != getattr(other, name)


def test_host_port_and_data_can_be_chosen():
    config = demonstration("0.0.0.0", 9000, "there")  # noqa: S104
    assert (config.server_host, config.server_port, config.server_data) == ("0.0.0.0", 9000, "there")  # noqa: S104
    assert config.wechat_api_base_url == "http://127.0.0.1:9001/sandbox/api"
    assert config.database_url == "sqlite:///there/pufa.db"
    assert Path("there/keys.json").exists()


def test_a_wrong_port_is_told_as_any_wrong_setting():
    for port in ("abc", "0"):
        with pytest.raises(Exception, match="server.port"):
            open_config(None, {"PUFA_SERVER_PORT": port})


@pytest.mark.parametrize("environment", [{"PUFA_WECHAT_TOKEN": "real"}, {"PUFA_CONFIG": "config.toml"}, {}])
def test_where_a_real_account_is_configured_its_settings_hold(environment):
    Path("config.toml").write_text(REAL)
    config = open_config(None, environment)
    assert (config.wechat_token, config.sandbox_enabled) == ("real", False)


def test_the_demonstration_never_touches_a_real_account(monkeypatch):
    Path("config.toml").write_text(REAL)
    monkeypatch.setenv("PUFA_WECHAT_APP_ID", "wxreal")
    config = demonstration("127.0.0.1", 8000, "var/demo")
    assert config.wechat_app_id == "wxdemo0000000000"
    assert config.wechat_api_base_url.startswith("http://127.0.0.1:")


def test_its_processes_get_its_settings_whatever_file_lies_beside_them():
    config = demonstration("127.0.0.1", 8000, "var/demo")
    for text in (REAL, "[server]\nport = 1\nnonsense"):
        Path("config.toml").write_text(text)
        assert open_config(None, environment_of(config)) == config


def test_settings_survive_the_way_through_the_environment():
    config = make_config(
        {
            "wechat.token": "t",
            "server.trusted_proxies": ["127.0.0.1", "::1"],
            "sandbox.enabled": True,
            "server.workers": 7,
            "server.data": "数据 目录",
        }
    )
    assert open_config(None, environment_of(config)) == config


@pytest.mark.parametrize(
    ("host", "target"),
    [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("", "127.0.0.1"), ("10.0.0.5", "10.0.0.5")],  # noqa: S104
)
def test_a_server_that_listens_everywhere_is_reached_on_this_machine(host, target):
    assert reachable(host) == target
