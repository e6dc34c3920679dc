"""A small flow with every kind of question, and a guide for it that can be wired into the router for a test."""

from functools import partial

import pytest

from handlers import router, talks
from handlers.guided import chat, flow
from handlers.guided.guide import Guide
from handlers.message import Reply

WRITTEN = """
title = "试问"
topic = "legal-aid/eligibility"
intro = "共约 5 问。"
first = "matter"

[[question]]
name = "matter"
kind = "choice"
ask = "您遇到的是哪一类事？"
explain = "选最接近的一类，比如老板不给钱选第 1 项。"
options = [
  { value = "wages", label = "拖欠工资", words = ["工钱", "欠薪"] },
  { value = "injury", label = "工伤", words = ["干活受伤"] },
  { value = "other", label = "别的事" },
]
then = [
  { when = { matter = ["wages", "injury"] }, to = "migrant" },
  { to = "papers" },
]

[[question]]
name = "migrant"
kind = "choice"
ask = "您是农民工吗？"
explain = "户口在农村、在城里务工的，就是农民工。"
options = [
  { value = "yes", label = "是", words = ["农民工"] },
  { value = "no", label = "不是" },
]
then = [{ to = "papers" }]

[[question]]
name = "papers"
kind = "several"
ask = "您手里有哪些材料？"
explain = "照实写就行。"
options = [
  { value = "contract", label = "劳动合同", words = ["合同"] },
  { value = "note", label = "工资欠条", words = ["欠条"] },
  { value = "record", label = "考勤记录", words = ["考勤"] },
  { value = "none", label = "都没有" },
]
then = [{ to = "since" }]

[[question]]
name = "since"
kind = "date"
ask = "从哪一天开始欠的？"
explain = "照实写就行。"
then = [{ to = "amount" }]

[[question]]
name = "amount"
kind = "number"
ask = "一共欠多少元？"
explain = "照实写就行。"
may_skip = true
then = [{ to = "name" }]

[[question]]
name = "name"
kind = "text"
ask = "怎么称呼您？"
explain = "照实写就行。"
longest = 20
is_private = true
then = [{ to = "note" }]

[[question]]
name = "note"
kind = "text"
ask = "还有什么要补充的？"
explain = "照实写就行。"
may_skip = true
then = [{ to = "end" }]
"""
ENDED: list[tuple[str, dict]] = []


def _finish(session, desk, citizen_id, answers, message_key) -> Reply:
    ENDED.append((message_key, dict(answers)))
    return Reply(text=f"结果：{answers['matter']}")


def _check(name, value, answers) -> str:
    return "金额不能这么大，请核对。" if name == "amount" and value != "" and value > 10_000_000 else ""


def _told(bureau, answers) -> Reply:
    """With a link to a page, a tap and signs that must not become markup."""
    tap = '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">再来</a>'
    return Reply(text=f'结果：{answers["name"]} & <b>\n\n<a href="https://pufa.example/h/">看全文</a>\n{tap}')


def wire(patch: pytest.MonkeyPatch, is_open_to_all: bool = False) -> Guide:
    """The guide is one of the talks until the test is over."""
    ENDED.clear()
    small, real = flow.parse("small", WRITTEN), flow.load
    patch.setattr(flow, "load", lambda name: small if name == "small" else real(name))
    made = Guide("small", "small", _finish, _check, anonymous=_told if is_open_to_all else None)
    patch.setattr(talks, "GUIDES", (*talks.GUIDES, made))
    patch.setitem(talks.TALKS, made.kind, partial(chat.go_on, made))
    patch.setitem(talks.BY_COPY, made.kind, partial(chat.go_on_by_copy, made))
    patch.setitem(talks.TALK_NAMES, made.kind, small.topic)
    patch.setitem(talks.GUIDED, made.kind, small.title)
    patch.setitem(router.TOPICS, small.topic, partial(chat.begin, made))
    return made
