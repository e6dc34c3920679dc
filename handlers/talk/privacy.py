"""我的数据, 删除我的数据, and what is told before anything is kept: who keeps what, why, until when, and how to end
it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock, memory
from handlers import answers, citizens, forgetting, receipts
from handlers.desk import Bureau, Desk
from handlers.forgetting import Erased
from handlers.message import Incoming, Reply
from handlers.privacy import holdings, links
from handlers.privacy.holdings import Holding
from handlers.understanding import Understood

TOPIC = "talk/privacy"
MOST_NUMBERS = 5
HOTLINE = "12348"
"""Where the bureau has not filled in its own number."""
_MINE = re.compile(
    r"(请|帮我|给我|我要|我想|想|要|能不能|能|把|查一下|查看|查询|查|看一下|看看|看|导出|下载|复制)*我(自己)?的(个人)?(数据|信息|资料)"
    r"(有哪些|都有啥|导出来?|给我|[吗呢吧。？?！!\s])*"
)
_OWN = re.compile(
    rf"{_MINE.pattern}|(请|帮我|给我|我要|我想|想|要|把)*(删除|删掉|删了|清除|清空|注销|抹掉)(我|我的|本人的?)(全部|所有)?(的)?(个人)?"
    r"(数据|信息|资料|记录)[吧了。！!\s]*"
    r"|(请|帮我|给我|我要|我想|想|要|把)*(我|我的|本人的?)(全部|所有)?(的)?(个人)?(数据|信息|资料|记录)(都|全)*"
    r"(删除|删掉|删了|删|清除|清空|注销|抹掉)(掉|了)*[吧。！!\s]*"
)
"""Nothing but one of his rights."""
_SIGNS, LONGEST = ("我", "本人", "删除"), 24
"""One of which stands in all of them."""
_ERASING = ("删", "注销", "清除", "清空", "抹")
_CONFIRMS, _EDGES = frozenset({say("erase_words"), *say("erase_words_too").split()}), " 。.！!"
_TOLD = "SELECT told_with FROM citizens WHERE pseudonym = ?"


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """His rights are answered whatever else is going on: an open talk does not take their words for an answer."""
    written = incoming.text.strip()
    if len(written) > LONGEST or not any(sign in written for sign in _SIGNS):
        return None
    if written.strip(_EDGES) not in _CONFIRMS and not _OWN.fullmatch(written):
        return None
    desk.understood = Understood(TOPIC, 1.0, ())
    return answer(incoming, desk)


def answer(incoming: Incoming, desk: Desk) -> Reply:
    written = incoming.text.strip()
    if written.strip(_EDGES) in _CONFIRMS:
        return _erase(incoming, desk)
    if any(word in written for word in _ERASING):
        return _ask_first(desk)
    return mine(desk) if _MINE.fullmatch(written) else answers.answer(desk, TOPIC)


# ── what is kept of me ────────────────────────────────────────────────────────────────────────────────────────────────


def mine(desk: Desk) -> Reply:
    with desk.bureau.database.reading() as session:
        person = citizens.find_person(session, desk.bureau.keyring, desk.openid)
        held = holdings.held(session, person)
    if not held:
        return Reply(text=render.chat(say("privacy_mine_nothing"), _rules_link(desk.bureau)))
    tail = [render.choice(say("privacy_erase_tap"), say("privacy_erase_tap"), 1)]
    if desk.bureau.public_url:
        sealed = links.write(desk.bureau.keyring, desk.openid)
        tail.insert(0, render.link(say("privacy_mine_link"), f"{desk.bureau.public_url}/h/privacy/mine?t={sealed}"))
    return Reply(text=render.chat(_listed(desk.bureau, held, tail), tail))


def _listed(bureau: Bureau, held: list[Holding], tail: list[str]) -> str:
    """With purpose and law where all of it fits into one message, else the least; the page has everything."""
    room = render.TEXT_BYTES - render.NOTE_BYTES - len("\n".join(tail).encode()) - 2
    rights = say("privacy_mine_rights", phone=_phone(bureau))
    full = [_line("privacy_mine_line", one) for one in held]
    short = [_line("privacy_mine_short", one) for one in held]
    for lines in (full, [*short, say("privacy_mine_other")]):
        told = "\n".join([say("privacy_mine_head"), *lines, rights])
        if len(told.encode()) <= room:
            break
    return told


def _line(key: str, one: Holding) -> str:
    kind = one.kind
    values = {"title": kind.title, "count": one.count, "purpose": kind.purpose, "until": kind.until}
    return say(key, **values, basis="、".join(kind.basis)) if key == "privacy_mine_line" else say(key, **values)


# ── erasing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def erase(session: Session, desk: Desk, asked_by: str) -> Erased:
    """All that is kept under this citizen's openid, at once."""
    person = citizens.find_person(session, desk.bureau.keyring, desk.openid)
    erased = forgetting.erase(session, person, asked_by)
    desk.conversation, desk.is_erased = memory.NONE, True
    return erased


def _ask_first(desk: Desk) -> Reply:
    """What he still waits for stands first, by number."""
    with desk.bureau.database.reading() as session:
        person = citizens.find_person(session, desk.bureau.keyring, desk.openid)
        waiting = forgetting.waiting(session, person)
    told = [say("erase_tickets_wait", numbers=_numbers(waiting.tickets))] if waiting.tickets else []
    told += [say("erase_requests_open", numbers=_numbers(waiting.requests))] if waiting.requests else []
    tap = render.choice(say("erase_words"), say("erase_words"), 1)  # no number: one written later must not erase
    return Reply(text=render.chat("\n\n".join([*told, say("erase_ask")]), [tap]))


def _numbers(numbers: Sequence[object]) -> str:
    shown = "、".join(map(str, numbers[:MOST_NUMBERS]))
    return shown if len(numbers) <= MOST_NUMBERS else say("erase_and_more", shown=shown, count=len(numbers))


def _erase(incoming: Incoming, desk: Desk) -> Reply:
    return receipts.once(
        desk.bureau.database,
        incoming.key,
        lambda session: Reply(text=render.chat(_receipt(erase(session, desk, forgetting.WORDS)))),
    )


def _receipt(erased: Erased) -> str:
    went = [say("erase_went", title=one.kind.title, count=one.count) for one in erased.went]
    stays = [say("erase_stays", title=one.kind.title, why=one.kind.why) for one in erased.stays]
    at = clock.in_beijing(erased.receipt.at)
    return say(
        "erase_done", number=erased.receipt.number, at=f"{at:%Y-%m-%d %H:%M}",
        went="、".join(went) or say("erase_went_nothing"), stays="".join(stays),
    )  # fmt: skip


# ── what is told first ────────────────────────────────────────────────────────────────────────────────────────────────


def welcome(desk: Desk, topics: tuple[str, ...]) -> Reply:
    """To a new follower, with the notice of article 17."""
    names = [desk.bureau.shelf.topics[slug].name for slug in topics]
    text = say("welcome_body", welcome=say("welcome"), notice=say("notice", phone=_phone(desk.bureau)))
    return answers.choices(text, names, _rules_link(desk.bureau))


def with_notice(incoming: Incoming, desk: Desk, reply: Reply) -> Reply:
    """Above the reply with which something is kept of somebody for the first time. The same message gets it again."""
    if reply.kind != "text" or not _is_first(incoming, desk):
        return reply
    room = render.TEXT_BYTES - len(reply.text.encode()) - 2
    whole = say("notice", phone=_phone(desk.bureau))
    told = whole if len(whole.encode()) <= room else say("notice_short")
    return replace(reply, text=f"{told}\n\n{reply.text}")


def _is_first(incoming: Incoming, desk: Desk) -> bool:
    """One look for every talk that begins; one write in a citizen's life."""
    database = desk.bureau.database
    found = database.quick.row(_TOLD, (desk.citizen,))
    if found and not found[0]:
        with database.transaction() as session:
            if citizens.note_told(session, desk.citizen, incoming.key):
                return True
        found = database.quick.row(_TOLD, (desk.citizen,))  # another worker has the same message
    return found is not None and found[0] == incoming.key


def _rules_link(bureau: Bureau) -> list[str]:
    return [render.link(say("notice_link"), f"{bureau.public_url}/h/privacy/")] if bureau.public_url else []


def _phone(bureau: Bureau) -> str:
    return bureau.offices.get("bureau", {}).get("phone") or HOTLINE
