"""The acts on an application for information as forms: which are offered in its state to this person, their fields, and
what each does. The rules themselves are those of handlers/disclosure/handling.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.disclosure import awaited, desk, excessive, fees, files, handling, letters, receiving, voiding
from handlers.disclosure.handling import APPROVERS, CORRECTION, EXTENSION
from handlers.disclosure.models import MOVES, OPEN, DisclosureRequest, State
from handlers.disclosure.requests import NotDone

CONSULTED = {"third_party": "第三方（第三十二条）", "other_organ": "共同制作的其他机关（第三十四条）"}
ANSWERS: dict[str, str] = {
    "published": "已主动公开，告知怎样获取", "granted": "予以公开", "partly": "部分公开",
    "secret": "不予公开：国家秘密", "forbidden": "不予公开：法律、行政法规禁止公开",
    "endangering": "不予公开：危及安全稳定",
    "third_party_rights": "不予公开：保护第三方合法权益", "internal": "不予公开：内部事务信息",
    "process": "不予公开：过程性信息", "case_file": "不予公开：行政执法案卷", "registers": "另有规定（登记资料查询等）",
    "not_there": "无法提供：经检索不存在", "other_body": "无法提供：不属于本机关公开",
    "needs_making": "无法提供：没有现成信息，要加工、分析", "unclear": "无法提供：补正后仍不明确",
    "petition": "不予处理：信访、投诉、举报", "repeated": "不予处理：重复申请", "publications": "不予处理：公开出版物",
    "excessive": "不予处理：数量频次过多，理由不合理", "already_given": "不予处理：要求确认或者重新出具",
    "abandoned": "不再处理：逾期不补正", "unpaid": "不再处理：逾期不缴费", "ended": "其他",
}  # fmt: skip
ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    kind: str = "area"
    hint: str = ""
    most: int = 4000
    choices: Mapping[str, str] = field(default_factory=dict)
    start: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    name: str
    label: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    button: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the forms are filled with from the beginning."""

    chosen: str
    """The letter of the answer that is being written; empty where none is chosen yet."""
    nth: int
    """Which of this applicant's in its month; 0 where no fees are taken at all."""
    pay_by: str
    """The earliest last day to pay one."""
    titles: Sequence[str]
    """Of the files that are attached."""


def offered(request: DisclosureRequest, name: str, roles: set[Role], known: Known) -> list[Act]:
    found: list[Act] = []
    if request.draft:
        if roles & set(APPROVERS) and name != request.drafted_by:
            found.append(APPROVE)
        if roles & {Role.WRITE, *APPROVERS}:
            found.append(SEND_BACK)
    elif Role.WRITE in roles and request.state in OPEN:
        if known.chosen in possible_answers(request):
            found.append(answering(known.chosen, known.titles))
        found += _of_state(request, known.nth, known.pay_by)
        if State.WITHDRAWN in MOVES[State(request.state)]:
            found.append(WITHDRAW)
        if voiding.may_void(request):
            found.append(VOID)
    if Role.WRITE in roles:
        may_tell_them = desk.was_third_party_asked(request) and request.state != State.VOID
        found += [TELL_THEM, NOTE] if may_tell_them else [NOTE]
    return found


def possible_answers(request: DisclosureRequest) -> dict[str, str]:
    """Letter → its name, for those of which the steps that must go before have been done."""
    if request.draft or request.state not in (State.IN_HAND, State.CORRECTING):
        return {}
    done = {step.act for step in request.steps}
    possible = [one for one in handling.answers().values() if not one.after or one.after in done]
    if request.state == State.CORRECTING:
        possible = [one for one in possible if one.letter == "abandoned"]
    return {one.letter: ANSWERS[one.letter] for one in possible}


def answering(letter: str, titles: Sequence[str] = ()) -> Act:
    """`titles`: of the files that go out with it."""
    listed = "附件：" + "；".join(titles) if titles and letter in files.RELEASES else ""
    blanks = [
        Field(name, label, start=listed if name == "how" else "")
        for name, label in letters.kinds()[letter].blanks.items()
    ]
    number = Field("document_number", "文号（可以批准以后再编）", "text", most=60)
    hint = f"{handling.answers()[letter].basis}。提交以后由另一个人（初审、终审或者签发）批准，批准的当天算答复日。"
    return Act(ANSWER, f"拟答复：{ANSWERS[letter]}", (*blanks, number), hint, "交给另一个人批")


def _of_state(request: DisclosureRequest, nth: int, pay_by: str) -> list[Act]:
    today = clock.today().isoformat()
    if request.state == State.NEW:
        return [CONFIRM]
    if request.state == State.CORRECTING:
        wanted = Field("wanted", "补正以后，申请公开的信息是", start=request.wanted, most=2000)
        return [Act("corrected", "收到补正", (_on("收到补正的日子", today), wanted), "从这一天起重新计算20个工作日。")]
    if request.state == State.CONSULTING:
        note = Field("note", "意见的内容（只给同事看）", most=2000)
        return [
            Act(
                "opinion",
                "收到意见，或者期限已满没有意见",
                (_on("收到意见的日子", today), note),
                "期限从第二天接着算。",
            )
        ]
    about = Field("about", "涉及的是哪些内容（写进征求意见书，不写申请人是谁）", most=2000)
    asked = Field("kind", "征求谁的意见", "choice", choices=CONSULTED)
    again = [_AGAIN] if request.rests else []
    is_late = request.due_on is not None and clock.today() > request.due_on
    consult = Act(
        "consult",
        "书面征求意见",
        (asked, _on("发出的日子", today), about, *again),
        "答复期限已满：现在征求意见不再延后期限。"
        if is_late
        else "对方15个工作日内答复，这段时间不计入期限；超过15个工作日的，照样计入。",
    )
    wrong_day = [_received_wrong(request)] if receiving.may_correct(request) else []
    reasons = [ASK_REASONS, *([REASONS] if awaited.waits(request, "ask_reasons") else [])]
    fee = _fees(request, nth, pay_by) if nth else []
    return [CORRECTING, consult, EXTENDING, *reasons, *fee, *wrong_day]


def _received_wrong(request: DisclosureRequest) -> Act:
    is_sure = Field("sure", "离今天超过一个月的，再确认一次", "choice", choices={"1": "确实是这一天"})
    fields = (
        _on("正确的收到日", str(request.received_on)),
        is_sure,
        Field("reason", "为什么登记错了（申请人会看到）", most=500),
    )
    hint = "只用来改登记时写错的日子：批准以后，期限从正确的收到日重新算，改动记入经过。"
    return Act(receiving.RECEIVED, "更正收到的日子", fields, hint, "交给另一个人批")


def _fees(request: DisclosureRequest, nth: int, pay_by: str) -> list[Act]:
    """One notice, then its payment."""
    if awaited.waits(request, "fee"):
        return [PAID]
    return [] if awaited.has_step(request, "fee") else [_fee(nth, pay_by)]


def _fee(nth: int, pay_by: str) -> Act:
    """With what it comes to by the item; the pages staff count themselves."""
    amount = fees.of_item(nth)
    fields = (
        Field("amount", "金额（整数元）", "text", most=7, start=str(amount or "")),
        Field("pages", "页数（只在按量计收时写；按件计收的不写）", "text", most=7),
        Field("reason", "计费标准和算法", start=f"按件计收：本自然月第{nth}件。" if amount else ""),
        Field("how", "缴费的方式（账户、地点、要带什么）"),
        Field("until", "缴费期限的最后一天（至少20个工作日，过了这天才能按逾期了结）", "date", start=pay_by),
    )
    counted = f"按件算 {amount} 元" if amount else "按件不收费"
    hint = "数量、频次明显超过合理范围时才可以收（第四十二条），一件只发一次通知，按件、按量只用一种。"
    return Act("fee", "发出收费通知", fields, f"{hint}这是该申请人当月第 {nth} 件，{counted}。")


def _on(label: str, start: str) -> Field:
    return Field("on", label, "date", start=start)


_AGAIN = Field("sure", "同一种已经征求过的，再确认一次", "choice", choices={"1": "再征求一次"})
_UNTIL = Field("until", "期限的最后一天", "date")
CONFIRM = Act(
    "confirm",
    "确认收到，开始计算期限",
    hint="申请人已经确认。网上来的申请，双方确认的那一天（今天）是收到日（第三十一条）。",
)
CORRECTING = Act(
    CORRECTION, "告知补正",
    (Field("reason", "需要补正的事项（一次说清）"), Field("until", "补正期限的最后一天", "date")),
    "内容不明确时用：自收到申请之日起7个工作日内，一次性告知（第三十条）。",
)  # fmt: skip
EXTENDING = Act(
    EXTENSION, "延长答复期限",
    (Field("days", "延长几个工作日（最多20个）", "number"), Field("reason", "延长的原因（写在“因”字后面）")),
    "须经工作机构负责人同意并告知申请人（第三十三条）：提交以后由另一个人批准。", "交给另一个人批",
)  # fmt: skip
ASK_REASONS = Act(
    "ask_reasons", "请申请人说明理由", (Field("reason", "数量、频次的具体情况"), _UNTIL),
    "数量、频次明显超过合理范围时用（第三十五条）。",
)  # fmt: skip
REASONS = Act("reasons", "收到申请人说明的理由", (Field("note", "理由的内容"),))
TELL_THEM = Act(
    desk.TOLD_THEM, "把决定公开告知第三方", (Field("about", "决定公开的内容"), Field("reason", "决定公开的理由")),
    "第三方不同意、仍决定公开时，书面告知第三方（第三十二条）。文书在下面下载，申请人看不到。",
)  # fmt: skip
PAID = Act("paid", "收到信息处理费")
WITHDRAW = Act("withdraw", "申请人书面撤回", hint="只在申请人自己提出撤回时用，撤回后不能恢复。", is_final=True)
VOID = Act(
    voiding.VOID, "作废登记错的这一件",
    (Field("reason", "为什么作废，例如同哪一件重复（不写姓名：凭查询码的人看得到）", most=500),),
    "只用来作废工作人员登记错、登记重的。批准以后编号不再用，期限不再算，不计入年报，也不通知任何人；作废后不能恢复。",
    "交给另一个人批", is_final=True,
)  # fmt: skip
NOTE = Act("note", "写备注（只给同事看）", (Field("note", "备注"),))
APPROVE = Act("approve", "批准", hint="核对上面的内容、依据和救济途径。批准后立即生效，申请人会看到。")
SEND_BACK = Act("send_back", "退回重拟", (Field("reason", "退回的原因"),), is_final=True)


def do(session: Session, request: DisclosureRequest, act: str, form: Mapping[str, str], by: str, fees: bool) -> None:
    """Raises NotAllowed and NotDone."""
    if (done := DOES.get(act)) is None:
        raise NotDone(say("request_no_act"))
    done(session, request, by, {**form, "takes_fees": "1" if fees else ""})


def _day(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise NotDone(say("request_no_day")) from error


def _days(form: Mapping[str, str]) -> int:
    typed = form.get("days", "").strip()
    return int(typed) if typed.isdecimal() and len(typed) <= 3 else 0


def _answer(session: Session, request: DisclosureRequest, by: str, form: Mapping[str, str]) -> None:
    letter = form.get("letter", "")
    kind = letters.kinds().get(letter)
    words = {name: form.get(name, "") for name in kind.blanks} if kind else {}
    if number := form.get("document_number", "").strip():
        words["document_number"] = number[:60]
    handling.draft_answer(session, request, by, letter, words)


Does = Callable[[Session, DisclosureRequest, str, Mapping[str, str]], None]
DOES: dict[str, Does] = {
    "confirm": lambda session, request, by, form: handling.confirm(session, request, by),
    "correction": lambda session, request, by, form: handling.ask_to_correct(
        session, request, by, form.get("reason", ""), _day(form, "until")
    ),
    "corrected": lambda session, request, by, form: handling.corrected(
        session, request, by, _day(form, "on"), form.get("wanted", "")
    ),
    "consult": lambda session, request, by, form: handling.consult(
        session, request, by, form.get("kind", ""), _day(form, "on"), form.get("about", ""), bool(form.get("sure"))
    ),
    "opinion": lambda session, request, by, form: handling.opinion_came(
        session, request, by, _day(form, "on"), form.get("note", "")
    ),
    "ask_reasons": lambda session, request, by, form: excessive.ask_reasons(
        session, request, by, form.get("reason", ""), _day(form, "until")
    ),
    "reasons": lambda session, request, by, form: excessive.reasons_came(session, request, by, form.get("note", "")),
    "fee": lambda session, request, by, form: excessive.ask_fee(
        session, request, by, form, _day(form, "until"), is_on=bool(form["takes_fees"])
    ),
    "paid": lambda session, request, by, form: excessive.fee_came(session, request, by),
    "extension": lambda session, request, by, form: handling.draft_extension(
        session, request, by, _days(form), form.get("reason", "")
    ),
    receiving.RECEIVED: lambda session, request, by, form: handling.draft_received(
        session, request, by, _day(form, "on"), form.get("reason", ""), bool(form.get("sure"))
    ),
    voiding.VOID: lambda session, request, by, form: handling.draft_void(session, request, by, form.get("reason", "")),
    "answer": _answer,
    desk.TOLD_THEM: lambda session, request, by, form: desk.tell_third_party(
        session, request, by, form.get("about", ""), form.get("reason", "")
    ),
    "approve": lambda session, request, by, form: handling.approve(session, request, by),
    "send_back": lambda session, request, by, form: handling.send_back(session, request, by, form.get("reason", "")),
    "withdraw": lambda session, request, by, form: handling.withdraw(session, request, by),
    "note": lambda session, request, by, form: handling.add_note(session, request, by, form.get("note", "")),
}
