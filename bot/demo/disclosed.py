"""The disclosure catalogue of the demonstration: every entry says that it is one, none is a document of the bureau."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot.demo.officials import NAMES
from content.catalogue import entries
from content.catalogue.models import Validity
from content.catalogue.wording import Words
from content.staff import Role
from content.store import clock

WRITER, REVIEWER = NAMES[Role.WRITE], NAMES[Role.REVIEW2]
_ABOUT = "这是程序演示用的条目，不是本局的文件。"
_BODY = f"""> {_ABOUT}

## 这里会是全文

正文用 Markdown 写：可以有**小标题**、列表和表格。

| 事项 | 找谁 |
| --- | --- |
| 法律援助 | 12348 |
| 公证 | 公证处 |
"""
_SHOWN = (
    ("organisation", "演示：内设机构和职责", "", 3, Validity.VALID, "机构 科室"),
    ("regulations", "演示：规范性文件的样子", "演司发〔2026〕1号", 5, Validity.VALID, "规范性文件"),
    ("regulations", "演示：被新文件代替的规范性文件", "演司发〔2019〕2号", 2400, Validity.VOID, "规范性文件 废止"),
    ("regulations", "演示：社区矫正工作办法", "演司发〔2024〕3号", 700, Validity.AMENDED, "社区矫正 规范性文件"),
    ("plans", "演示：年度普法工作计划", "", 12, Validity.UNCHECKED, "普法 计划"),
    ("work-news", "演示：国家宪法日活动安排", "", 1, Validity.VALID, "宪法日 活动"),
    ("public-services", "演示：法律援助办事指南", "", 8, Validity.VALID, "法律援助 指南"),
    ("public-services", "演示：撤回的条目", "", 9, Validity.VALID, ""),
)
_WITHDRAWN = "演示：撤回的条目"


def seed(session: Session) -> None:
    """Once: what a visitor has made of it stays."""
    if entries.find_by_index_number(session, _number(1)) is not None:
        return
    today = clock.today()
    made = []
    for place, (category, title, number, days, validity, keywords) in enumerate(_SHOWN, start=1):
        words = _words(place, category, title, today - timedelta(days=days), number, validity, keywords)
        made.append(entries.save(session, None, words, WRITER, 0))
    entries.publish(session, [(entry.id, entry.newest_number) for entry in made], REVIEWER)
    for entry in made:
        if entry.title == _WITHDRAWN:
            entries.withdraw(session, entry.id, "演示：名称写错，改好后再公开", REVIEWER)
    changed = _words(
        5,
        "plans",
        "演示：年度普法工作计划（改过，待公开）",
        today - timedelta(days=12),
        "",
        Validity.VALID,
        "普法 计划",
    )
    entries.save(session, made[4].id, changed, WRITER, 1)
    waiting = _words(len(_SHOWN) + 1, "work-news", "演示：写好了还没有公开的条目", today, "", Validity.VALID, "")
    entries.save(session, None, waiting, WRITER, 0)


def _words(
    place: int, category: str, title: str, on: date, document_number: str, validity: Validity, keywords: str
) -> Words:
    return Words(
        index_number=_number(place), category=category, title=title, document_number=document_number, issued_on=on,
        published_on=on, issuer="演示机构", validity=validity, abstract=_ABOUT, keywords=keywords, body=_BODY.strip(),
    )  # fmt: skip


def _number(place: int) -> str:
    return f"YS-{place:03d}"
