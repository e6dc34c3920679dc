"""A wrong question of a campaign: proposed with a reason, looked at, approved by another person, taken back the same
way. Rules are those of `handlers/quiz/mending/`.
"""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.campaign_parts import MAY_ACT, MAY_LOOK, as_file, get_held, moment, settle
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import repository, staff
from content.staff import NotFound
from content.store.keys import KeysUnreadable
from handlers.quiz import register as campaigns
from handlers.quiz.exam import roster
from handlers.quiz.mending import proposals
from handlers.quiz.mending.models import Kind, Mending, State
from handlers.quiz.mending.preview import PersonChange, Preview
from handlers.quiz.mending.proposals import NotMended
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
KINDS = {
    Kind.VOID: "作废：抽到这道题的人都得满分（没有答的也得）", Kind.ANSWER: "改答案：按新的正确答案重新计分",
    Kind.RESTORE: "撤回修改：恢复第一次的计分",
}  # fmt: skip
STATES = {State.PROPOSED: "等别人批准", State.DONE: "已批准，重新计过分", State.DROPPED: "没有批准"}
SHOWN = 200
"""Changes on the page; the table has all."""
COLUMNS = ("谁", "单位", "原来得分", "改后得分", "原来名次", "改后名次", "原来合格", "改后合格")
LISTED = (
    "题目编号", "题目", "怎么改", "第一次的答案", "改成", "为什么", "提出人", "提出时间", "现在", "办理人", "办理时间",
    "得分变了的卷子", "成绩变了的人",
)  # fmt: skip
YES_NO = {True: "合格", False: "不合格", None: ""}


def campaign_mendings(campaign_id: str, told: str = "", status: int = 200) -> Any:
    """All that were proposed, and the form for one more; `key`: the question it is about."""
    key = request.values.get("key", "").strip()
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        mendings = proposals.all_of(session, held)
        bank = repository.questions_by_key(session)
    page = render_template(
        "console/campaign_mendings.html", held=held, mendings=mendings, bank=bank, question=bank.get(key), key=key,
        kinds=KINDS, states=STATES, told=told, typed=request.form, tab="mendings",
    )  # fmt: skip
    return page, status


def mendings_export(campaign_id: str) -> Response:
    """All that were proposed, with what became of them."""
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        mendings, bank = proposals.all_of(session, held), repository.questions_by_key(session)
    rows = [
        (
            one.question_key, bank[one.question_key].text if one.question_key in bank else "", KINDS[Kind(one.kind)],
            one.original, one.accepted.replace("|", " 或 "), one.reason, one.proposed_by, moment(one.proposed_at),
            STATES[State(one.state)], one.decided_by, moment(one.decided_at), one.figures.get("changed_papers", ""),
            one.figures.get("people", ""),
        )
        for one in mendings
    ]  # fmt: skip
    return as_file(f"mendings-{held.id}", {"改题": [LISTED, *rows]})


def mending_propose(campaign_id: str) -> Any:
    form = request.form
    try:
        with parts().database.transaction() as session:
            made = proposals.propose(
                session, get_held(session, campaign_id), form.get("key", "").strip(), form.get("kind", ""),
                form.get("ways", ""), form.get("reason", ""), current_user.name,
            )  # fmt: skip
    except NotMended as refused:
        return campaign_mendings(campaign_id, str(refused), 409)
    flash("已经提出，还没有改：请另一名有“活动”角色的人看过影响以后批准。", "success")
    return redirect(url_for("console.mending_show", campaign_id=campaign_id, mending_id=made.id))


def mending_show(campaign_id: str, mending_id: int, told: str = "", status: int = 200) -> Any:
    settle(campaign_id)
    with parts().database.reading() as session:
        held, mending, seen = _looked_at(session, campaign_id, mending_id)
        question = repository.questions_by_key(session)[mending.question_key]
        people = seen.people[:SHOWN] if seen else []
        names = _names(session, held, people)
    is_mine = staff.folded(current_user.name) == mending.proposed_by
    page = render_template(
        "console/campaign_mending.html", held=held, mending=mending, question=question, seen=seen, people=people,
        names=names, counted=seen.counted() if seen else mending.figures, kinds=KINDS, states=STATES, told=told,
        is_exam=campaigns.rules_of(held).exam is not None, is_mine=is_mine, yes_no=YES_NO, tab="mendings",
    )  # fmt: skip
    return page, status


def mending_export(campaign_id: str, mending_id: int) -> Response:
    """All who would change, while it waits."""
    settle(campaign_id)
    with parts().database.reading() as session:
        held, _, seen = _looked_at(session, campaign_id, mending_id)
        people = seen.people if seen else []
        names = _names(session, held, people)
    rows = [
        (
            names[one.participant], one.unit, one.points_before, one.points_after, one.rank_before, one.rank_after,
            YES_NO[one.passed_before], YES_NO[one.passed_after],
        )
        for one in people
    ]  # fmt: skip
    return as_file(f"mending-{mending_id}", {"谁会变": [COLUMNS, *rows]})


def mending_decide(campaign_id: str, mending_id: int) -> Any:
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        with parts().database.transaction() as session:
            act(session, get_held(session, campaign_id), mending_id, current_user.name)
    except NotMended as refused:
        return mending_show(campaign_id, mending_id, str(refused), 409)
    flash(DONE[request.form["act"]], "success")
    return redirect(url_for("console.mending_show", campaign_id=campaign_id, mending_id=mending_id))


ACTS = {"approve": proposals.approve, "drop": proposals.drop}
DONE = {
    "approve": "已经办好，并记入操作记录。作废、更正的题已从题库停用（别的活动会因此出不了卷的除外），改好后可以恢复。",
    "drop": "已经办好，并记入操作记录。",
}


def _looked_at(session: Session, campaign_id: str, mending_id: int) -> tuple[HeldCampaign, Mending, Preview | None]:
    """With who would change, while it waits for a decision. Raises NotFound."""
    held = get_held(session, campaign_id)
    try:
        mending = proposals.get_mending(session, held, mending_id)
    except NotMended as error:
        raise NotFound(str(error)) from error
    return held, mending, proposals.look(session, held, mending) if mending.state == State.PROPOSED else None


def _names(session: Session, held: HeldCampaign, people: list[PersonChange]) -> dict[str, str]:
    """The code under which he takes part; of an exam with the masked name, and with his staff number instead of it for
    whoever approves: two of one office may share the rest.
    """
    found = {one.participant: one.code for one in people}
    if campaigns.rules_of(held).exam is None or not people:
        return found
    try:
        if len(people) > SHOWN:
            persons = roster.people(session, parts().keyring, held, is_all=True)
        else:
            sitters = (roster.find_sitter(session, held, one.participant) for one in people)
            persons = [roster.person_of(parts().keyring, sitter) for sitter in sitters if sitter]
    except KeysUnreadable:  # after a restoration without the keys of that time
        return found
    sees_number = current_user.may(*MAY_ACT)
    known = [person for person in persons if person.name and person.participant in found]
    beside = {one.participant: one.number if sees_number else found[one.participant] for one in known}
    return found | {one.participant: f"{roster.masked(one.name)}（{beside[one.participant]}）" for one in known}


def register(blueprint: Blueprint) -> None:
    one = "/campaigns/<campaign_id>/mendings/<int:mending_id>"
    guarded(blueprint, "/campaigns/<campaign_id>/mendings/", campaign_mendings, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/mendings/all.xlsx", mendings_export, MAY_LOOK)
    guarded(blueprint, "/campaigns/<campaign_id>/mendings/propose", mending_propose, MAY_ACT, ("POST",))
    guarded(blueprint, one, mending_show, MAY_LOOK)
    guarded(blueprint, f"{one}.xlsx", mending_export, MAY_LOOK)
    guarded(blueprint, f"{one}/decide", mending_decide, MAY_ACT, ("POST",))
