"""The morning card: what was sent, what is unclear, what waits, and what was not heard. Looks; changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, inspection, legal_calendar
from content.store import clock, working_days
from handlers.publicity import moderation
from handlers.quiz import second
from handlers.quiz.prizes import due
from handlers.quiz.prizes.due import Due, Press
from handlers.talk import tickets
from scheduler import outbox, slots, ticket_clock
from scheduler.freezing import find_freeze
from scheduler.freshness import freshness, material
from scheduler.models import JobRun, Publication, State

SOON = timedelta(days=1)
LEGAL_DAYS_AHEAD = timedelta(days=14)
_SHOWN = 5
_JOBS = {
    "send_posts": "按时发送", "prepare_posts": "预备草稿", "follow_posts": "跟踪结果", "tell_staff": "提醒工作人员",
    "remind": "到时提醒", "morning_card": "晨报", "daily_figures": "每日统计", "purge": "清理过期记录",
    "tell_citizens": "给市民的答复", "mark_owed": "待送答复", "learn": "每周归并没听懂的话", "warm_memory": "预热缓存",
    "read_word_files": "导入 Word 文件", "alive": "定时任务", "do_errands": "预览和删除",
}  # fmt: skip
_NOTHING = "无"
_MARKS = {"ok": "", "warn": "▲", "red": "●"}


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    value: str
    level: Level = Level.OK
    details: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    """Of each detail, as far as there are any: what it is about and of which campaign. The console leads there."""


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    sections: tuple[Section, ...]

    @property
    def level(self) -> Level:
        """The worst of its sections."""
        levels = {section.level for section in self.sections}
        return next((level for level in (Level.RED, Level.WARN) if level in levels), Level.OK)


@dataclass(frozen=True, slots=True)
class Moment:
    """When and for whom the card is made."""

    now: datetime
    account_type: str
    data: Path | None
    overrides: working_days.Overrides

    @property
    def today(self) -> date:
        return clock.in_beijing(self.now).date()

    @property
    def since(self) -> date:
        """The last working day before today: what happened over a weekend belongs to Monday's card."""
        return working_days.add_working_days(self.today, -1, self.overrides)


def make_card(session: Session, now: datetime, account_type: str, data: Path | None = None) -> Card:
    moment = Moment(now, account_type, data, working_days.load_overrides(session))
    sections = tuple(section for make in _SECTIONS if (section := make(session, moment)))
    today = moment.today
    weekday = "一二三四五六日"[today.weekday()]
    return Card(f"【晨报】{today.month}月{today.day}日（周{weekday}）", sections)


def as_text(card: Card) -> str:
    """For mail and the robot: a line a section, what is urgent marked before it."""
    lines = []
    for section in card.sections:
        lines.append(f"{_MARKS[section.level]}{section.label}：{section.value}")
        lines += [f"  · {detail}" for detail in section.details]
    return "\n".join(lines)


def _frozen(session: Session, moment: Moment) -> Section | None:
    held = find_freeze(session)
    if held is None:
        return None
    return Section("停发", f"{clock.spoken(held.set_at)}起全部停发", Level.RED, (f"{held.set_by}：{held.reason}",))


def _tickets(session: Session, moment: Moment) -> Section | None:
    waiting = tickets.count(session, tickets.UNANSWERED)
    if not waiting:
        return None
    due = ticket_clock.due(session, moment.today)
    late = [ticket for ticket in due if ticket.due_on < moment.today]
    level = Level.RED if late else (Level.WARN if due else Level.OK)
    details = tuple(f"第 {ticket.id} 号，应在 {clock.spoken_day(ticket.due_on)}答复" for ticket in due[:_SHOWN])
    return Section("留言", f"{waiting} 条待答复", level, details)


def _sent(session: Session, moment: Moment) -> Section:
    begin = datetime.combine(moment.since, time(), clock.BEIJING)
    end = datetime.combine(moment.today, time(), clock.BEIJING)
    rows = session.scalars(
        select(Publication)
        .where(Publication.published_at >= begin, Publication.published_at < end)
        .order_by(Publication.published_at)
    ).all()
    is_yesterday = moment.today - moment.since == timedelta(days=1)
    label = "昨日发出" if is_yesterday else f"{moment.since.month}月{moment.since.day}日以来发出"
    titles = tuple(_named(row, row.published_at) for row in rows)
    return Section(label, f"{len(rows)} 条" if rows else _NOTHING, details=_few(titles))


def _unclear(session: Session, moment: Moment) -> Section:
    return _count(session, "结果不明", (State.UNCERTAIN,), Level.RED)


def _missed(session: Session, moment: Moment) -> Section:
    return _count(session, "失败或过时", (State.FAILED, State.OVERDUE), Level.RED)


def _waiting(session: Session, moment: Moment) -> Section:
    rows = _in(session, (State.IN_REVIEW,))
    is_soon = any(row.due_at < moment.now + SOON for row in rows)
    level = Level.RED if is_soon else Level.WARN if rows else Level.OK
    return Section("等待审核", _many(len(rows)), level, _few(tuple(_named(row, row.due_at) for row in rows)))


def _videos(session: Session, moment: Moment) -> Section | None:
    waiting = moderation.waiting(session)
    return Section("视频等待审核", f"{waiting} 部，请到工作台“视频”里办", Level.WARN) if waiting else None


def _draws(session: Session, moment: Moment) -> Section | None:
    found = due.dues(session)
    waits = [one for one in found if one.press is not Press.AHEAD]
    return _dues("抽奖", f"{len(waits)} 件要办" if waits else "等开奖", found)


def _seconds(session: Session, moment: Moment) -> Section | None:
    found = second.dues(session)
    return _dues("活动里等另一个人", f"{len(found)} 件", found)


def _afterwards(session: Session, moment: Moment) -> Section | None:
    """What went out on one person's word and nobody has reviewed since."""
    rows = session.scalars(
        select(Publication).where(
            Publication.is_emergency, Publication.reviewed_afterwards_at.is_(None),
            Publication.state.in_((State.SUBMITTED.value, State.PUBLISHED.value)),
        )
    ).all()  # fmt: skip
    titles = tuple(_named(row, row.due_at) for row in rows)
    return Section("应急发布待补审", _many(len(rows)), Level.RED, _few(titles)) if rows else None


def _confirming(session: Session, moment: Moment) -> Section | None:
    rows = session.scalars(
        select(Publication).where(Publication.state == State.SUBMITTED.value, Publication.confirm_until > moment.now)
    ).all()
    titles = tuple(_named(row, row.confirm_until) for row in rows)
    return Section("等管理员手机确认", _many(len(rows)), Level.RED, titles) if rows else None


def _today(session: Session, moment: Moment) -> Section:
    end = datetime.combine(moment.today + timedelta(days=1), time(), clock.BEIJING)
    rows = [row for row in _in(session, (State.SCHEDULED, State.PUBLISHING)) if row.due_at < end]
    return Section("今天要发", _many(len(rows)), details=_few(tuple(_named(row, row.due_at) for row in rows)))


def _quota(session: Session, moment: Moment) -> Section:
    period = "本月" if moment.account_type == "service" else "今天"
    left = slots.remaining(session, moment.today, moment.account_type)
    return Section("剩余群发", f"{period}还可以排 {left} 次")


def _legal_days(session: Session, moment: Moment) -> Section | None:
    """Legal days soon for which nothing is planned."""
    begin = datetime.combine(moment.today, time(), clock.BEIJING)
    states = (State.IN_REVIEW.value, State.SCHEDULED.value, State.SUBMITTED.value, State.PUBLISHED.value)
    planned = session.scalars(
        select(Publication.due_at).where(Publication.state.in_(states), Publication.due_at >= begin)
    )
    taken = {clock.in_beijing(due_at).date() for due_at in planned}
    coming = [
        legal
        for legal in legal_calendar.next_days(moment.today, 10)
        if legal.begin <= moment.today + LEGAL_DAYS_AHEAD and not any(legal.holds(day) for day in taken)
    ]
    told = tuple(f"{legal.begin.month}月{legal.begin.day}日 {legal.name}" for legal in coming)
    return Section("还没有排期的纪念日", _many(len(coming)), Level.WARN, _few(told)) if coming else None


def _checks(session: Session, moment: Moment) -> Section:
    """Jobs that failed on their last run, and what of the content would hurt citizens."""
    failed = session.scalars(select(JobRun).where(JobRun.trouble != "").order_by(JobRun.name)).all()
    told = [f"{_JOBS.get(row.name, row.name)}：{row.trouble}" for row in failed]
    findings = inspection.inspect(session, moment.data)
    told += [f"{found.where}：{found.what}" for found in findings if found.level == inspection.RED]
    return Section("检查未通过", _many(len(told)), Level.RED if told else Level.OK, _few(tuple(told)))


def _freshness(session: Session, moment: Moment) -> Section:
    state = freshness(session, moment.now)
    level = Level.RED if state.is_urgent else Level.WARN if state.needs_post else Level.OK
    proposed = tuple(material(session, moment.now)) if state.needs_post else ()
    return Section("更新", state.sentence, level, proposed)


def _unheard(session: Session, moment: Moment) -> Section | None:
    rows = outbox.undelivered(session)
    told = tuple(f"{row.body['title']}（{row.trouble}）" for row in rows)
    return Section("没有送达的提醒", _many(len(rows)), Level.RED, _few(told)) if rows else None


def _audit(session: Session, moment: Moment) -> Section:
    """Noted outside of the database, the chain's head makes a later change of old entries visible."""
    head = audit.head_of_day(session, moment.today - timedelta(days=1))
    return Section("昨日操作日志校验码", head or "昨日及以前没有操作")


_SECTIONS: tuple[Callable[[Session, Moment], Section | None], ...] = (
    _frozen, _unclear, _missed, _confirming, _afterwards, _waiting, _draws, _seconds, _tickets, _videos, _today, _quota,
    _sent, _freshness, _legal_days, _checks, _unheard, _audit,
)  # fmt: skip


def _count(session: Session, label: str, states: tuple[State, ...], level: Level) -> Section:
    rows = _in(session, states)
    titles = tuple(f"{_named(row, row.due_at)} {row.trouble}".rstrip() for row in rows)
    return Section(label, _many(len(rows)), level if rows else Level.OK, _few(titles))


def _dues(label: str, value: str, found: list[Due]) -> Section | None:
    """Whole, however many they are: each has somebody who waits for it."""
    if not found:
        return None
    worst = {one.press for one in found}
    level = Level.RED if Press.PRESSING in worst else Level.WARN if Press.NOW in worst else Level.OK
    places = tuple((one.what, one.campaign_id) for one in found)
    return Section(label, value, level, tuple(one.told for one in found), places)


def _in(session: Session, states: tuple[State, ...]) -> list[Publication]:
    named = [state.value for state in states]
    return list(session.scalars(select(Publication).where(Publication.state.in_(named)).order_by(Publication.due_at)))


def _named(row: Publication, at: datetime | None) -> str:
    return f"《{row.title}》" + (clock.spoken(at) if at else "")


def _many(number: int) -> str:
    return f"{number} 项" if number else _NOTHING


def _few(told: tuple[str, ...]) -> tuple[str, ...]:
    more = len(told) - _SHOWN
    return (*told[:_SHOWN], f"另有 {more} 项") if more > 0 else told
