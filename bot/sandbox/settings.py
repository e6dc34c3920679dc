"""What the sandbox must know of the account it plays the platform for. It reads no configuration by itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SandboxSettings:
    webhook_url: str
    token: str
    app_id: str
    app_secret: str
    encoding_aes_key: str  # 43 characters; empty: only the plain mode can be played
    account: str  # the account's original id, gh_…
    account_name: str = "葫芦岛普法"
    account_type: str = "subscription"  # or "service"
    mode: str = "plain"  # what the phone starts with; plain, compatible or safe
    answer_seconds: float = 5.0  # the platform's patience for one delivery; tests shorten it
