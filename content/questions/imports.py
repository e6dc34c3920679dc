"""Imports of questions as units: handed in, looked at, taken and taken back as a whole.

Everything that staff change in the wording of a question is such an import, also a single one by form: what it had been
before stands in its row, and nothing that was asked is ever deleted. A question whose newest taken row is here has the
bureau's words, and the library no longer changes them.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from content import audit, repository, staff
from content.models import Question
from content.questions import citing, holds, reading
from content.questions.holds import Holds
from content.questions.looking import DryRun, Looked, counts, look
from content.questions.reading import Reading
from content.questions.records import ImportState, QuestionImport, QuestionImportRow, get_import, rows_of
from content.questions.written import Written, values_of, worded, written_of
from content.staff import NotFound, Role
from content.store import clock
from content.store.db import take_turns

MAY_CHANGE = (Role.CAMPAIGNS,)
"""Whose the bank is; an administrator appoints people and writes nothing."""
WAITS = timedelta(days=7)
"""A file that was handed in and not taken is kept for so long."""
KEPT = timedelta(days=30)
"""The file of an import that was taken; what came of it is kept for good."""
_Row = tuple[str, Mapping[str, Any] | None, Mapping[str, Any]]
_NAMED = 5
Asked = Callable[[Session, Collection[str], datetime], set[str]]
"""Which of these questions have stood on anybody's paper since then."""


class NotTaken(Exception):
    """Nothing was imported or undone; the message says why and what to do."""


# ── in ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_in(session: Session, data: bytes, name: str, subject: str, by: str) -> QuestionImport:
    """Kept until it is taken, or for a week. Raises Unreadable, NotAllowed."""
    staff.require(session, by, *MAY_CHANGE)
    found = reading.read(data, name)
    return _add(session, name, found.form, subject, data, by)


def dry_run(session: Session, row: QuestionImport, held: Holds) -> DryRun:
    """Raises Unreadable, NotTaken."""
    return look(session, read_again(row), held, row.subject)


def read_again(row: QuestionImport) -> Reading:
    """Raises Unreadable, NotTaken."""
    if not row.data:
        raise NotTaken("这个文件已经过期清理：请重新上传。")
    return reading.read(row.data, row.name)


def take(
    session: Session, number: int, chosen: Collection[int] | None, digest: str, by: str, held: Holds
) -> QuestionImport:
    """Takes the questions with these places among the rows (from 0), or all that can be taken. `digest`: of the dry run
    that was looked at; empty where nobody looked. Raises NotTaken, NotAllowed, NotFound, Unreadable.
    """
    staff.require(session, by, *MAY_CHANGE)
    take_turns(session, "questions")
    row = get_import(session, number)
    if row.state != ImportState.WAITING:
        raise NotTaken("这个文件已经导入过了：请到导入记录里看结果。")
    run = dry_run(session, row, held)
    if digest and digest != run.digest:
        raise NotTaken("题库在您查看之后有了变化：请重新看一遍，再导入。")
    rows = [one for place, one in enumerate(run.rows) if one.may_be_taken and (chosen is None or place in chosen)]
    if not rows:
        raise NotTaken("没有选中可以导入的题：请至少勾选一道，或先改好文件。")
    _write(session, row, run, rows, by)
    return row


def save(session: Session, written: Written, base: str, by: str, held: Holds) -> tuple[QuestionImport | None, DryRun]:
    """One question by form; no import where it has faults or is as before. `base`: the digest of the wording that the
    form began with. Other questions of the same story get it, too. Raises NotTaken, NotAllowed.
    """
    staff.require(session, by, *MAY_CHANGE)
    take_turns(session, "questions")
    question = session.get(Question, written.key) if written.key else None
    if base != (digest_of(question) if question else ""):
        raise NotTaken("这道题刚刚有人改过，您写的没有保存：请先复制您写的，再打开这道题重新改。")
    told = values_of(written, None)
    siblings = select(Question).where(Question.subject == told["subject"], Question.scenario == told["scenario"])
    others = session.scalars(siblings.where(Question.key != written.key)).all() if told["scenario"] else []
    same_story = [replace(written_of(one, one.key), scenario_text=written.scenario_text) for one in others]
    run = look(session, Reading("form", [written, *same_story]), held)
    first, *rest = run.rows
    if not first.may_be_taken:
        return None, run
    row = _add(session, f"网页填写 {first.key}", "form", "", b"", by)
    _write(session, row, run, [first, *(one for one in rest if one.may_be_taken)], by)
    return row, run


def digest_of(question: Question) -> str:
    """Of its wording."""
    return hashlib.sha256(json.dumps(worded(question), sort_keys=True).encode()).hexdigest()[:16]


def put(session: Session, questions: Collection[Question], name: str, by: str, held: Holds) -> bool:
    """What an operator imports with other content; its citations are looked at by `pufa check`. True where anything
    changed. Raises NotTaken where a campaign holds one of them.
    """
    take_turns(session, "questions")
    known = {question.key: question for question in session.scalars(select(Question)).all()}
    rows = []
    for question in questions:
        before, after = known.get(question.key), worded(question)
        if before is None or worded(before) != after:
            rows.append((question.key, worded(before) if before else None, after))
    if not rows:
        return False
    _refuse_held(rows, held, name)
    row = _add(session, name, "toml", "", b"", by)
    books = citing.open_books(session)
    for key, was, after in rows:
        _put(session, key, after)
        checked = citing.texts_of(books, after["basis"])
        session.add(
            QuestionImportRow(import_id=row.id, key=key, place=name[:32], before=was, after=after, checked=checked)
        )
    fresh = sum(was is None for _, was, _ in rows)
    row.state, row.taken_at = ImportState.TAKEN, clock.now()
    row.told = {"new": fresh, "changed": len(rows) - fresh, "same": len(questions) - len(rows), "bad": 0, "left": 0}
    session.flush()
    return True


def _refuse_held(rows: Collection[_Row], held: Holds, name: str) -> None:
    """`rows`: key, wording before and after. Raises NotTaken."""
    broken = [key for key, before, after in rows if holds.broken(held.get(key), before, after)]
    if broken:
        keys = "、".join(broken[:_NAMED]) + ("等" if len(broken) > _NAMED else "")
        raise NotTaken(f"{name}里的 {keys}（{len(broken)} 道）现在不能改，一道也没有动。{held[broken[0]].sentence}")


def _add(session: Session, name: str, form: str, subject: str, data: bytes, by: str) -> QuestionImport:
    _let_go(session)
    row = QuestionImport(
        name=name[-200:], form=form, subject=subject, state=ImportState.WAITING, data=data, handed_in_by=by[:32],
        handed_in_at=clock.now(), undone_by="", told={},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _write(session: Session, row: QuestionImport, run: DryRun, chosen: Collection[Looked], by: str) -> None:
    for one in chosen:
        _put(session, one.key, one.values)
        session.add(QuestionImportRow(
            import_id=row.id, key=one.key, place=one.written.place[:32], after=dict(one.values),
            before=dict(one.before) if one.before else None, checked=dict(run.texts.get(one.key, {})),
        ))  # fmt: skip
    told = {**counts(run), "new": 0, "changed": 0}
    for one in chosen:
        told[str(one.verdict)] += 1
    told["left"] = sum(one.may_be_taken for one in run.rows) - len(chosen)
    row.state, row.taken_at, row.told = ImportState.TAKEN, clock.now(), told
    session.flush()
    repository.touch_content(session)
    keys = [one.key for one in chosen]
    act = "question.save" if row.form == "form" else "questions.import"
    audit.record(session, by, act, f"questions:{row.id}" if row.form != "form" else f"question:{keys[0]}",
                 number=row.id, file=row.name, new=told["new"], changed=told["changed"], keys=keys[:50])  # fmt: skip


def _put(session: Session, key: str, values: Mapping[str, Any]) -> None:
    question = session.get(Question, key)
    if question is None:
        session.add(Question(key=key, retired=not values["basis"], **values))
        return
    for name, value in values.items():
        setattr(question, name, value)


# ── out again ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def undo(session: Session, number: int, by: str, asked: Asked, held: Holds) -> QuestionImport:
    """Earlier wordings come back; what was new is deleted, or retired where it has been asked. Raises NotTaken,
    NotAllowed, NotFound.
    """
    staff.require(session, by, *MAY_CHANGE)
    take_turns(session, "questions")
    row = get_import(session, number)
    if row.state != ImportState.TAKEN or row.taken_at is None:
        raise NotTaken(f"第 {number} 次导入没有可撤销的内容：它还没有导入，或已经撤销过。")
    rows = rows_of(session, number)
    if later := _later(session, row, [one.key for one in rows]):
        raise NotTaken(f"其中有题后来又改过：请先撤销第 {'、'.join(map(str, later))} 次，再撤销这一次。")
    now = {one.key: worded(question) for one in rows if (question := session.get(Question, one.key))}
    _refuse_held([(one.key, now.get(one.key), one.before) for one in rows if one.before], held, row.name)
    were_asked = asked(session, [one.key for one in rows if one.before is None], row.taken_at)
    told = {"restored": 0, "retired": 0, "deleted": 0}
    for one in rows:
        question = session.get(Question, one.key)
        if question is None:
            continue
        if one.before is not None:
            _put(session, one.key, one.before)
            told["restored"] += 1
        elif one.key in were_asked:
            question.retired = True
            told["retired"] += 1
        else:
            session.delete(question)
            told["deleted"] += 1
    row.state, row.undone_by, row.undone_at = ImportState.UNDONE, by[:32], clock.now()
    row.told = {**row.told, **told}
    repository.set_mark(session, "library", "")  # what is the library's again may have changed there meanwhile
    session.flush()
    repository.touch_content(session)
    audit.record(session, by, "questions.undo", f"questions:{number}", **told)
    return row


def _later(session: Session, row: QuestionImport, keys: Collection[str]) -> list[int]:
    """Imports that changed one of these questions after this one, the newest first."""
    is_later = (QuestionImport.taken_at > row.taken_at) | (
        (QuestionImport.taken_at == row.taken_at) & (QuestionImport.id > row.id)
    )
    query = (
        select(QuestionImport.id, QuestionImport.taken_at)
        .join(QuestionImportRow, QuestionImportRow.import_id == QuestionImport.id)
        .where(QuestionImport.state == ImportState.TAKEN, is_later)
        .where(QuestionImportRow.key.in_(keys))
    )
    found = session.execute(query.distinct().order_by(QuestionImport.taken_at.desc(), QuestionImport.id.desc())).all()
    return [number for number, _ in found]


def retire(session: Session, key: str, by: str, reason: str, *, back: bool = False) -> Question:
    """No longer asked, or again; what was answered stays. Raises NotTaken, NotAllowed, NotFound."""
    staff.require(session, by, *MAY_CHANGE)
    take_turns(session, "questions")  # two at one moment could together leave a campaign without questions
    question = session.get(Question, key)
    if question is None:
        raise NotFound("没有这道题：请到题库列表里找。")
    if not reason.strip():
        raise NotTaken(f"请写明为什么{'恢复' if back else '停用'}。")
    if back and not question.basis:
        raise NotTaken("这道题还没有依据：请先点“修改”补上法律和条，再恢复。")
    if question.retired is back:
        question.retired = not back
        session.flush()
        repository.touch_content(session)
        act = "question.bring_back" if back else "question.retire"
        audit.record(session, by, act, f"question:{key}", reason=reason.strip()[:200])
    return question


# ── kept no longer than needed ────────────────────────────────────────────────────────────────────────────────────────


def _let_go(session: Session) -> None:
    """What was never taken is forgotten; of what was, the file."""
    now = clock.now()
    is_waiting = QuestionImport.state == ImportState.WAITING
    session.execute(delete(QuestionImport).where(is_waiting, QuestionImport.handed_in_at < now - WAITS))
    is_old = (QuestionImport.taken_at < now - KEPT) & (QuestionImport.data != b"")
    session.execute(update(QuestionImport).where(is_old).values(data=b""))
