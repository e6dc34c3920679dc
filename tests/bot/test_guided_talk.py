"""A guided talk through the webhook, with a real Redis beside SQL."""

import secrets

import pytest
import redis
from makers import message_xml

from content.store.db import Database
from tests.handlers.guided.small import ENDED, wire

START = "法律援助条件"
ROAD = ("1", "1", "1和3", "去年12月3日", "3000", "欧阳演示", "跳过")


@pytest.fixture
def citizen(each_post, monkeypatch):
    """Somebody who has begun the talk; what he says next."""
    wire(monkeypatch)
    openid = f"o{secrets.token_hex(8)}"

    def says(text: str, number: int | None = None) -> str:
        return each_post.sends(message_xml(openid, Content=text, number=number)).text

    says("你好")
    says(START)
    return says


def _gone(_client: object, _key: bytes) -> None:
    """It ended between being listed and being looked at."""


@pytest.fixture
def in_redis(shared_redis):
    """All that stands in Redis, as one text."""

    def look() -> str:
        read = {
            b"string": lambda client, key: client.get(key), b"hash": lambda client, key: client.hgetall(key),
            b"list": lambda client, key: client.lrange(key, 0, -1), b"set": lambda client, key: client.smembers(key),
            b"zset": lambda client, key: client.zrange(key, 0, -1),
        }  # fmt: skip
        with redis.Redis.from_url(shared_redis) as client:
            return str([(key, read.get(client.type(key), _gone)(client, key)) for key in client.scan_iter()])

    return look


def test_a_talk_goes_from_the_first_message_to_the_end(citizen):
    told = [citizen(text) for text in ROAD]
    assert "第2步" in told[0] and told[-1] == "结果：wages" and len(ENDED) == 1


def test_redis_emptied_between_any_two_messages_loses_nothing(citizen, shared_redis):
    for text in ROAD:
        with redis.Redis.from_url(shared_redis) as client:
            client.flushall()
        citizen(text)
    assert len(ENDED) == 1 and ENDED[0][1]["papers"] == ["contract", "record"]


def test_a_private_answer_stands_neither_in_redis_nor_readable_in_sql(citizen, in_redis, each_post, shared_bureau):
    for text in (*ROAD[:-1], "帮助"):  # with each message arrives what was stored behind the one before
        citizen(text)
    database: Database = shared_bureau.database
    rows = str(database.quick.rows("SELECT answers FROM conversations", ()))
    assert "欧阳演示" not in rows and "sealed" in rows
    assert str("记下了".encode())[2:-1] in in_redis() and str("欧阳演示".encode())[2:-1] not in in_redis()


def test_a_delivery_that_comes_again_is_answered_the_same(citizen, shared_redis):
    first = citizen("1", number=77)
    with redis.Redis.from_url(shared_redis) as client:
        client.flushall()  # its reply is gone, and SQL alone knows
    assert citizen("1", number=77) == first and "第3步" in citizen("1")
