"""Certificates of a campaign: issued to all who earned one, looked at, printed, revoked with a reason."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot import certificate
from bot.console.campaign_parts import MAY_ACT, MAY_LOOK, as_named_file, get_held
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.wiring import public_url
from content.staff import NotFound
from content.store import clock
from content.store.keys import KeysUnreadable
from handlers.quiz.certificates import issuing, signing
from handlers.quiz.certificates.issuing import NotIssued
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
A_PAGE = 100
COLUMNS = ("编号", "姓名（只显示一部分）", "单位", "结果", "发证日期", "作废时间", "作废原因")


def campaign_certificates(campaign_id: str, told: str = "", status: int = 200) -> Any:
    page = max(1, request.args.get("page", 1, type=number))
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        found = issuing.listed(session, held, A_PAGE + 1, (page - 1) * A_PAGE)
        (valid, revoked), barred = issuing.counted(session, held), issuing.barred(session, held)
    shown = render_template(
        "console/campaign_certificates.html", held=held, found=found[:A_PAGE], said=_said(found), valid=valid,
        revoked=revoked, barred=barred, page=page, has_more=len(found) > A_PAGE, told=told, tab="certificates",
        keys=signing.public_keys(parts().keyring),
    )  # fmt: skip
    return shown, status


def _said(found: list[Certificate]) -> dict[str, signing.Statement]:
    return {one.serial: signing.statement_of(one.text) for one in found}


def certificates_issue(campaign_id: str) -> Any:
    try:
        with parts().database.transaction() as session:
            held = get_held(session, campaign_id)
            issued = issuing.issue_all(session, parts().keyring, held, current_user.name)
    except NotIssued as refused:
        return campaign_certificates(campaign_id, str(refused), 409)
    flash(f"已经发了 {issued} 张。" if issued else "该发的都已经发过了。", "success")
    return redirect(url_for("console.campaign_certificates", campaign_id=campaign_id))


def certificate_revoke(campaign_id: str, serial: str) -> Any:
    try:
        with parts().database.transaction() as session:
            held = get_held(session, campaign_id)
            issuing.revoke(session, held, serial, request.form.get("reason", ""), current_user.name)
    except NotIssued as refused:
        return campaign_certificates(campaign_id, str(refused), 409)
    flash("已经作废，并记入操作记录；扫码的人马上就看得到。", "success")
    return redirect(url_for("console.campaign_certificates", campaign_id=campaign_id))


def certificate_anew(campaign_id: str, serial: str) -> Any:
    try:
        with parts().database.transaction() as session:
            held = get_held(session, campaign_id)
            why = request.form.get("reason", "")
            made = issuing.issue_anew(session, parts().keyring, held, serial, why, current_user.name)
            new = made.serial
    except NotIssued as refused:
        return campaign_certificates(campaign_id, str(refused), 409)
    flash("已经重发，编号是新的；原来那张仍然作废。", "success")
    return redirect(url_for("console.certificate_show", campaign_id=campaign_id, serial=new))


def certificate_show(campaign_id: str, serial: str) -> str:
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        found = _found(session, held, serial)
    return render_template("console/campaign_certificate.html", held=held, found=found, tab="certificates")


def certificate_picture(campaign_id: str, serial: str) -> Response:
    """With the name in full, where the roster still has it."""
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        found = _found(session, held, serial)
        try:
            name = issuing.real_name(session, parts().keyring, held, found.participant)
        except KeysUnreadable:  # after a restoration without the keys of that time
            name = ""
    base = public_url(parts().config) or request.host_url.rstrip("/")
    return Response(certificate.picture(found, name, base), content_type="image/svg+xml; charset=utf-8")


def _found(session: Session, held: HeldCampaign, serial: str) -> Certificate:
    try:
        return issuing.get_certificate(session, held, serial)
    except NotIssued as error:
        raise NotFound(str(error)) from error


def certificates_export(campaign_id: str) -> Response:
    with parts().database.reading() as session:
        found = issuing.listed(session, get_held(session, campaign_id))
    rows = [
        (one.serial, said.name, said.unit, said.result, said.issued_on,
         f"{clock.in_beijing(one.revoked_at):%Y-%m-%d %H:%M}" if one.revoked_at else "", one.reason)
        for one, said in ((one, signing.statement_of(one.text)) for one in found)
    ]  # fmt: skip
    return as_named_file(campaign_id, "certificates", "证书", [COLUMNS, *rows])


def register(blueprint: Blueprint) -> None:
    every = "/campaigns/<campaign_id>/certificates"
    guarded(blueprint, f"{every}/", campaign_certificates, MAY_LOOK)
    guarded(blueprint, f"{every}.xlsx", certificates_export, MAY_LOOK)
    guarded(blueprint, f"{every}/issue", certificates_issue, MAY_ACT, ("POST",))
    guarded(blueprint, f"{every}/<serial>", certificate_show, MAY_LOOK)
    guarded(blueprint, f"{every}/<serial>.svg", certificate_picture, MAY_LOOK)
    guarded(blueprint, f"{every}/<serial>/revoke", certificate_revoke, MAY_ACT, ("POST",))
    guarded(blueprint, f"{every}/<serial>/anew", certificate_anew, MAY_ACT, ("POST",))
