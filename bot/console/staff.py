"""Members of staff: roles, unlocking, first passwords."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import staff
from content.staff import NotAllowed, Role

NAVIGATION = (("console.staff_list", "人员"),)


def staff_list() -> str:
    with parts().database.reading() as session:
        members = staff.all_staff(session)
    return render_template("console/staff.html", members=members, sentences=staff.SENTENCES)


def add_member() -> Any:
    form = request.form
    with parts().database.transaction() as session:
        member, password = staff.add_staff(
            session, form.get("name", "").strip(), form.get("shown_name", "").strip(), _roles(), current_user.name
        )
    return render_template("console/first_password.html", member=member, password=password)


def change_member(name: str) -> Any:
    by, act = current_user.name, request.form.get("act", "")
    with parts().database.transaction() as session:
        if act == "reset" and staff.folded(name) == by:
            raise NotAllowed("不能重设自己的密码：改密码请用右上角的“修改密码”；换手机请用“动态码”。")
        if act == "reset":
            password = staff.reset(session, name, by)
            return render_template(
                "console/first_password.html", member=staff.get_staff(session, name), password=password
            )
        acts = {"unlock": staff.unlock, "deactivate": staff.deactivate, "activate": staff.activate}
        if act in acts:
            acts[act](session, name, by)
        else:
            staff.set_roles(session, name, _roles(), by)
    flash("已经改好，并记入操作记录。", "success")
    return redirect(url_for("console.staff_list"))


def _roles() -> list[Role]:
    return [Role(role) for role in request.form.getlist("role") if role in set(Role)]


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/staff/", staff_list, {Role.ADMIN})
    guarded(blueprint, "/staff/add", add_member, {Role.ADMIN}, ("POST",))
    guarded(blueprint, "/staff/<name>", change_member, {Role.ADMIN}, ("POST",))
