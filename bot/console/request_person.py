"""Who applied: shown only to who handles it, at their own tap and on record; put right when he asks."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.request_one import page_of
from content import audit, staff
from content.staff import NotAllowed, Role
from content.store.keys import KeysUnreadable
from handlers.disclosure import proofs, rectifying, requests
from handlers.disclosure.models import DisclosureRequest
from handlers.disclosure.requests import HANDLERS, NotDone, Particulars

NAVIGATION: tuple[tuple[str, str], ...] = ()
UNREADABLE = Particulars(*["（用另一把密钥加密的，读不出来）"] * 4)


def request_particulars(request_id: int) -> Any:
    """On record before it is shown."""
    with parts().database.transaction() as session:
        found = requests.get_request(session, request_id)
        return page_of(session, found, person=_person(session, found))


def request_rectify(request_id: int) -> Any:
    typed = request.form.to_dict()
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            reason = typed.get("reason", "")
            rectifying.rectify(session, parts().keyring, found, current_user.name, typed, reason)
    except KeysUnreadable:
        return _again(request_id, "这些信息是用另一把密钥加密的，改不了：请管理员先恢复当时的密钥文件。", typed)
    except (NotDone, NotAllowed) as refused:
        return _again(request_id, str(refused), typed)
    flash("申请人的信息已经更正，记入经过和操作记录。", "success")
    return redirect(url_for("console.request_show", request_id=request_id))


def request_proof(request_id: int) -> Any:
    with parts().database.transaction() as session:
        found = requests.get_request(session, request_id)
        staff.require(session, current_user.name, *HANDLERS)
        audit.record(session, current_user.name, "request.proof", requests.thing_of(found))
        picture = proofs.find(session, parts().keyring, request_id)
    if picture is None:
        raise staff.NotFound("没有身份证明的照片：可能已经过了保存期，或者申请人没有在网上传。")
    return Response(picture[0], mimetype=picture[1])


def _again(request_id: int, told: str, typed: dict[str, str]) -> Any:
    with parts().database.transaction() as session:
        found = requests.get_request(session, request_id)
        person = _person(session, found)
        return page_of(session, found, person=person, told=told, opened="rectify", typed=typed), 409


def _person(session: Session, found: DisclosureRequest) -> Particulars:
    try:
        return requests.particulars_of(session, parts().keyring, found, current_user.name)
    except KeysUnreadable:  # after a restoration without the keys of that time
        return UNREADABLE


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/requests/<int:request_id>/particulars", request_particulars, HANDLERS, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/proof", request_proof, HANDLERS, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/rectify", request_rectify, {Role.WRITE}, ("POST",))
