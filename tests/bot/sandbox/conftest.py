"""A little webhook on a free port that answers what a test tells it to, and a sandbox that plays WeChat against it."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask, Response, request
from flask.testing import FlaskClient
from wechatpy.crypto import WeChatCrypto
from werkzeug.serving import make_server

from bot.sandbox.app import SandboxSettings, create_sandbox

TOKEN, APP_ID, AES_KEY, ACCOUNT = (
    "a-token",
    "wx0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "gh_demo00000001",
)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Webhook:
    """`answers(xml)` gives the body for a push as it reads decrypted; `seen` and `queries` are what came."""

    answers: Callable[[str], str] = lambda xml: "success"
    status: int = 200
    seen: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def app(self) -> Flask:
        app = Flask("webhook")
        app.add_url_rule("/wechat", "wechat", self.take, methods=["POST"])
        return app

    def take(self) -> Response:
        query, body = request.args.to_dict(), request.get_data(as_text=True)
        pieces = sorted([TOKEN, query["timestamp"], query["nonce"]])
        assert query["signature"] == hashlib.sha1("".join(pieces).encode(), usedforsecurity=False).hexdigest()
        crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        sealed = query.get("encrypt_type") == "aes"
        xml = (
            crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"]) if sealed else body
        )
        for kept, one in ((self.seen, xml), (self.raw, body), (self.queries, query)):
            kept.append(one)
        answer = self.answers(xml)
        if sealed and answer.startswith("<xml>"):
            answer = crypto.encrypt_message(answer, "12345", "1793500000")
        return Response(answer, self.status, content_type="text/xml")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    with served(hook.app()) as address:
        hook.url = f"{address}/wechat"
        yield hook


@pytest.fixture
def settings(webhook: Webhook) -> SandboxSettings:
    return SandboxSettings(webhook.url, TOKEN, APP_ID, "a-secret", AES_KEY, ACCOUNT, answer_seconds=0.4)


@pytest.fixture
def phone(settings: SandboxSettings) -> FlaskClient:
    return create_sandbox(settings).test_client()


@pytest.fixture
def sandbox_address(settings: SandboxSettings) -> Iterator[str]:
    with served(create_sandbox(settings)) as address:
        yield address


@pytest.fixture
def text_reply() -> Callable[[str], Callable[[str], str]]:
    """text_reply("您好") answers every push with that text, to its sender."""

    def fixed(content: str) -> Callable[[str], str]:
        return lambda xml: _reply(xml, f"<MsgType>text</MsgType><Content><![CDATA[{content}]]></Content>")

    return fixed


@pytest.fixture
def news_reply() -> Callable[[int], Callable[[str], str]]:
    item = "<item><Title>标题</Title><Description>说明</Description><PicUrl></PicUrl><Url>https://example.com/a</Url></item>"

    def fixed(count: int) -> Callable[[str], str]:
        inside = f"<MsgType>news</MsgType><ArticleCount>{count}</ArticleCount><Articles>{item * count}</Articles>"
        return lambda xml: _reply(xml, inside)

    return fixed


def _reply(xml: str, inside: str) -> str:
    sender = xml.split("<FromUserName><![CDATA[")[1].split("]]>")[0]
    return (
        f"<xml><ToUserName>{sender}</ToUserName><FromUserName>{ACCOUNT}</FromUserName>"
        f"<CreateTime>1793500000</CreateTime>{inside}</xml>"
    )


@pytest.fixture
def send(phone: FlaskClient) -> Callable[..., dict[str, Any]]:
    def act(**form: object) -> dict[str, Any]:
        response = phone.post("/sandbox/phone/send", json=form)
        assert response.status_code == 200, response.text
        return dict(response.json)

    return act


@pytest.fixture
def token(phone: FlaskClient) -> str:
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": "a-secret"}
    return str(phone.get("/sandbox/api/cgi-bin/token", query_string=query).json["access_token"])


JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@dataclass
class Account:
    """Calls of the server API with a token, and the sandbox's control."""

    phone: FlaskClient
    token: str

    def post(self, path: str, **body: object) -> dict[str, Any]:
        raw = json.dumps(body, ensure_ascii=False).encode()
        return dict(self.phone.post(f"/sandbox/api/{path}?access_token={self.token}", data=raw).json)

    def get(self, path: str, **query: str) -> Any:
        return self.phone.get(f"/sandbox/api/{path}", query_string={"access_token": self.token, **query})

    def upload(self, path: str, data: bytes, part: str = "media", **query: str) -> dict[str, Any]:
        going = requests.Request("POST", "http://localhost/", files={part: ("picture.jpg", data)}).prepare()
        address, query = f"/sandbox/api/cgi-bin/{path}", {"access_token": self.token, **query}
        kind = going.headers["Content-Type"]
        return dict(self.phone.post(address, query_string=query, data=going.body, content_type=kind).json)

    def renew(self) -> None:
        """A new token: the old one has ended where much time was let pass."""
        account = {"grant_type": "client_credential", "appid": APP_ID, "secret": "a-secret"}
        self.token = self.phone.post("/sandbox/api/cgi-bin/stable_token", json=account).json["access_token"]

    def cover(self) -> str:
        return str(self.upload("material/add_material", JPEG, type="image")["media_id"])

    def article(self, **changed: object) -> dict[str, object]:
        return {"title": "标题", "author": "作者", "digest": "摘要", "content": "<p>正文</p>",
                "thumb_media_id": self.cover(), **changed}  # fmt: skip

    def draft(self, *articles: dict[str, object]) -> str:
        return str(self.post("cgi-bin/draft/add", articles=list(articles) or [self.article()])["media_id"])

    def turn(self, **wanted: object) -> dict[str, Any]:
        return dict(self.phone.post("/sandbox/api/_control", json=wanted).json)

    def state(self) -> dict[str, Any]:
        return dict(self.phone.get("/sandbox/api/_control").json)

    def chat(self, citizen: str = "") -> list[dict[str, Any]]:
        return list(self.phone.get(f"/sandbox/phone/state?citizen={citizen}").json["chat"])


@pytest.fixture
def open_account() -> Callable[[SandboxSettings], Account]:
    """The account in a sandbox of its own."""

    def opened(settings: SandboxSettings) -> Account:
        made = Account(create_sandbox(settings).test_client(), "")
        made.renew()
        return made

    return opened


@pytest.fixture
def account(settings: SandboxSettings, open_account: Callable[[SandboxSettings], Account]) -> Account:
    return open_account(settings)
