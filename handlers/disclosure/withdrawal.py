"""The way to take an application back, for who asks for it in the chat: that is done on the page which shows how it
stands, where it cannot happen by a word said in passing.
"""

import re

from content import render
from content.phrases import say
from content.store import clock
from handlers import citizens
from handlers.desk import Desk
from handlers.disclosure import links, requests
from handlers.message import Reply

MOST = 5
_LONGEST = 24
_IT = r"(?:我的?|这个|那个|这份|那份|这件|之前的?|刚才的?)*(?:政府)?(?:信息)?(?:公开)?的?申请书?"
_ASKS = r"(?:请|请问|帮我|我|想|要|能不能|可不可以|可以|能|怎么样?|怎样|如何|在哪里?|给我|给|把)*"
_BACK = r"(?:撤回来?|撤销|撤掉|撤了?)"
_TAIL = r"(?:[了吗吧呢]|[啊么嘛]|怎么办|怎么弄|咋办|咋弄|行不行|可以吗)*"
_MEANT = re.compile(rf"\W*{_ASKS}(?:{_BACK}{_IT}|{_IT}\W*{_ASKS}{_BACK}){_TAIL}\W*")


def is_meant(text: str) -> bool:
    return "撤" in text and len(text) <= _LONGEST and _MEANT.fullmatch(text) is not None


def told(desk: Desk) -> Reply:
    """With the pages of those that he handed in from this chat and that are not over."""
    url = desk.bureau.public_url
    if not url:
        return Reply(text=render.chat(say("request_withdraw_how", mine=say("request_withdraw_letter"))))
    with desk.bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        open_now = requests.open_of(session, citizen_id)[-MOST:] if citizen_id else []
        found = [one for number in open_now if (one := requests.find_by_number(session, number))]
        ways = [
            render.link(
                say("request_withdraw_link", number=one.number),
                links.status_url(desk.bureau.keyring, url, one.id, clock.now()),
            )
            for one in found
        ]
    mine = say("request_withdraw_mine" if ways else "request_withdraw_none")
    ways = ways or [render.link(say("request_withdraw_page"), f"{url}/h/requests/status")]
    return Reply(text=render.chat(say("request_withdraw_how", mine=mine), ways))
