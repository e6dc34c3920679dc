"""The yardstick: wechatpy + Flask + a dictionary of keywords + one Redis SET NX, as a small account is written."""

import os

import redis
from flask import Flask, request
from wechatpy import parse_message
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

ANSWER = "您好，您问的事请拨打 12348 公共法律服务热线，或回复“菜单”。" * 8


def create() -> Flask:
    app = Flask(__name__)
    seen = redis.Redis.from_url(os.environ["BARE_REDIS"])
    keywords = dict.fromkeys(os.environ["BARE_KEYWORDS"].split("\n"), ANSWER)

    @app.post("/wechat")
    def wechat() -> str:
        args = request.args
        check_signature(os.environ["BARE_TOKEN"], args["signature"], args["timestamp"], args["nonce"])
        message = parse_message(request.get_data())
        if not seen.set(f"seen:{message.id}", "1", nx=True, ex=60):
            return "success"
        return str(TextReply(message=message, content=keywords.get(message.content, ANSWER)).render())

    return app
