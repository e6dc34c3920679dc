"""A request in the chat: the questions of article 29, the receipt with its number and code, and how it stands."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock
from handlers import answers as shelf_answers
from handlers import citizens, tries
from handlers.desk import Bureau, Desk
from handlers.disclosure import clocks, form, links, requests, telling, withdrawal
from handlers.disclosure.form import Application
from handlers.disclosure.models import OPEN, Channel, DisclosureRequest, RequestStep
from handlers.guided import chat as guided
from handlers.guided.guide import Guide
from handlers.guided.reading import plain
from handlers.message import Incoming, Reply

KIND = "request"
TOPIC = "disclosure/request"
_LONGEST = 48
SHOWN = 4
"""Steps of the history, the newest."""
MOST = 5
"""Of his own applications, the newest."""
_BEGINS = frozenset(map(plain, say("request_begins").split()))
_ASKS = r"\W*查(?:询|一下)?(?:我的)?(?:公开)?申请\W*"
_ASKED = re.compile(_ASKS + r"(\d{4}\s*[-—－]\s*\d{1,6})?\W*([A-Za-z0-9\s-]{8,16})?\W*")
_NUMBERED = re.compile("[0-9〇零]|[一二三四五]|[六七八九十]")
_NUMBER = re.compile(r"\W*(?:查(?:询|一下)?)?\W*((?:19|20)\d\d\s*[-—－]\s*\d{4,6})\W*([A-Za-z0-9\s-]{8,16})?\W*")
_HOW_FAR = re.compile(
    r"\W*(?:我的?|那个|之前的?|上次的?|提交的?|信息|公开)*申请(?:公开)?的?(?:现在)?(?:到哪(?:一步|儿|里)?了?|"
    r"办(?:得|的|理)?(?:到哪一步|怎么样|咋样|好|完)了?[吗没]?|进度|进展|有(?:消息|结果|回音|回复|答复|信)了?[吗没]?|"
    r"批(?:准|下来)?了?[吗没]|怎么样了|咋样了|什么时候(?:答复|有结果|办好))[呢啊呀]?\W*"
)
_GLUED = re.compile(rf"{_ASKS}(\d{{4}}\s*[-—－]\s*\d{{1,6}}?)\W*((?:[A-Za-z0-9]\W*){{{requests.CODE_LENGTH}}})")
"""As telephones paste it: the code has its length, the number has what stands before it."""


def begins(text: str) -> bool:
    """Words that mean a new application and nothing else."""
    return len(text) <= _LONGEST and plain(text) in _BEGINS


def is_plain(text: str) -> bool:
    """The same, or words that ask after one, or how it is taken back."""
    is_number = len(text) <= _LONGEST and _NUMBER.fullmatch(text) is not None
    return is_number or begins(text) or _asked(text) is not None or withdrawal.is_meant(text)


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """Words that begin an application, or ask after one; the topic itself is answered as ever."""
    if begins(incoming.text):
        return guided.begin(GUIDE, incoming, desk)
    if reply := asked_after(incoming, desk):
        return reply
    number = _NUMBER.fullmatch(incoming.text.strip()) if len(incoming.text) <= _LONGEST else None
    return _by_number(incoming, desk, _folded(number[1]), number[2] or "") if number else None


def asked_after(incoming: Incoming, desk: Desk) -> Reply | None:
    """“查申请”, with its number or without, how far his own have come, or “撤回申请”: an open talk does not take it
    for an answer.
    """
    if withdrawal.is_meant(incoming.text):
        return withdrawal.told(desk)
    if len(incoming.text) <= _LONGEST and _HOW_FAR.fullmatch(incoming.text):
        return _all_his_own(desk)
    if (asked := _asked(incoming.text)) is None:
        return None
    number, code = asked
    if not number:
        return _all_his_own(desk) or _how_to_ask(incoming, desk.bureau, desk.citizen)
    return _by_number(incoming, desk, number, code)


def _by_number(incoming: Incoming, desk: Desk, number: str, code: str) -> Reply:
    told = _status(desk, number, code) if code else _his_own(desk, number)
    return told or _how_to_ask(incoming, desk.bureau, desk.citizen)


def _all_his_own(desk: Desk) -> Reply | None:
    """How those stand that came out of this chat: one at length, several with a tap for each; None without any."""
    with desk.bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        found = requests.of_citizen(session, citizen_id, MOST) if citizen_id else []
        if len(found) == 1:
            return _told(desk.bureau, found[0])
        lines = [say("request_own_line", number=one.number, state=requests.state_name(one.state)) for one in found]
    if not found:
        return None
    taps = tuple(say("request_ask_one", number=one.number) for one in found)
    return shelf_answers.choices(say("request_own", lines="\n".join(lines)), taps)


def _asked(text: str) -> tuple[str, str] | None:
    """Number and code, each empty where it is not said."""
    if len(text) > _LONGEST or "查" not in text:
        return None
    found = _GLUED.fullmatch(text.strip()) or _ASKED.fullmatch(text.strip())
    return (_folded(found[1] or ""), found[2] or "") if found else None


def _folded(number: str) -> str:
    return "".join(number.split()).replace("－", "-").replace("—", "-")


def _how_to_ask(incoming: Incoming, bureau: Bureau, citizen: str) -> Reply:
    """With the way to the form as a page, which knows whose it is."""
    ways = []
    if bureau.public_url:
        url = links.form_url(bureau.keyring, bureau.public_url, citizen, clock.from_timestamp(incoming.at))
        ways.append(render.link(say("request_form_page"), url))
    return Reply(text=render.chat(say("request_ask_how"), ways))


def _his_own(desk: Desk, number: str) -> Reply | None:
    """Without the code in the chat that it was handed in from: the code was told there as well."""
    with desk.bureau.database.reading() as session:
        found = requests.find_by_number(session, number)
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        return _told(desk.bureau, found) if found and citizen_id and found.citizen_id == citizen_id else None


def _status(desk: Desk, number: str, code: str) -> Reply:
    """Whoever tries codes is slowed, and nobody shuts a number for its owner."""
    bureau = desk.bureau
    with bureau.database.transaction() as session:
        mine = tries.name_of(bureau.keyring, "request-citizen", desk.citizen)
        if tries.is_locked(session, mine, tries.OF_A_PERSON):
            return Reply(text=say("request_tries"))
        found = requests.find_by_code(session, number, code)
        if found is None:
            tries.count(session, mine)
            return Reply(text=say("request_not_found"))
        tries.clear(session, mine)
        return _told(bureau, found)


def _told(bureau: Bureau, request: DisclosureRequest) -> Reply:
    history = [step for step in request.steps if not step.is_inner]
    lines = [say("request_step_line", day=_day(step), act=requests.act_name(step.act)) for step in history[-SHOWN:]]
    due = requests.due_note(request) if request.state in OPEN else ""
    ways = []
    if bureau.public_url:
        url = links.status_url(bureau.keyring, bureau.public_url, request.id, clock.now())
        ways.append(render.link(say("request_whole"), url))

    def told(note: str) -> str:
        state = requests.state_name(request.state)
        text = say("request_stands", number=request.number, state=state, due=due, history="\n".join(lines), note=note)
        return text.replace("\n\n\n", "\n\n")  # where no clock runs

    newest = history[-1]
    whole = told(_note(newest, render.harmless(newest.note)))
    text = whole if render.fits(whole, ways) else told(_note(newest, telling.brief(newest.note)))
    return Reply(text=render.chat(text, ways))


def _note(step: RequestStep, said: str) -> str:
    """What the newest step says: whole where it fits, else so that its day is seen; the page has it in any case."""
    return say("request_stands_note", act=requests.act_name(step.act), note=said) if said else ""


def _day(step: RequestStep) -> str:
    return clock.spoken_day(clock.in_beijing(step.at).date())


def _finish(session: Session, desk: Desk, citizen_id: str, given: Mapping[str, Any], message_key: str) -> Reply:
    del message_key
    if given["confirm"] != "yes":
        return shelf_answers.choices(say("request_not_filed"), (say("request_begin_again"),))
    application = Application.of({name: str(given.get(name) or "") for name in form.NAMES})
    filed = requests.file(session, desk.bureau.keyring, Channel.CHAT, application, citizen_id=citizen_id)
    return _receipt(desk.bureau, filed)


def _receipt(bureau: Bureau, filed: requests.Filed) -> Reply:
    request = filed.request
    text = say(
        "request_receipt", number=request.number, code=filed.code, filed=clock.spoken(request.filed_at),
        days=clocks.ANSWER, more=clocks.MOST_MORE, correction=clocks.CORRECTION,
    )  # fmt: skip
    ways = []
    if bureau.public_url:
        url = links.status_url(bureau.keyring, bureau.public_url, request.id, request.filed_at)
        ways.append(render.link(say("request_whole"), url))
    return Reply(text=render.chat(text, ways))


def _check(name: str, value: Any, answers: Mapping[str, Any]) -> str:
    """By the rules of the form, one field at a time; the way is known before the address."""
    if name not in form.NAMES:
        return ""
    if name == "document_number" and value and not _NUMBERED.search(unicodedata.normalize("NFKC", str(value))):
        return say("request_document_wanted")
    typed = {**{field: str(answers.get(field) or "") for field in form.NAMES}, name: str(value)}
    return form.problems_online(Application.of(typed), {typed["applicant_kind"]: ""}).get(name, "")


GUIDE = Guide(flow_name="request", kind=KIND, finish=_finish, check=_check)
