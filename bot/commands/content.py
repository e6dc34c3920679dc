"""content import, export, lint."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.demo.settings import open_config
from content import audit, inspection, pictures, repository, staff
from content.importers import documents, laws, library, questions
from content.importers.laws import NoArticles
from content.importers.library import Unreadable
from content.questions import imports as question_imports
from content.staff import Role
from handlers.quiz import unsettled

SUFFIXES = (".md", ".docx", ".toml")
BESIDE = (".jpg", ".jpeg", ".png", ".gif", ".webp")
"""Pictures of the articles: taken in with them."""
_QUESTIONS = "表格里的题目请用 pufa quiz questions import"
_INSTEAD = {
    ".doc": "请用 Word 另存为 .docx", ".wps": "请用 WPS 另存为 .docx", ".xls": _QUESTIONS, ".xlsx": _QUESTIONS,
    ".pdf": "请用原来的 Word 文件（.docx）", ".txt": "请改成 .md",
}  # fmt: skip
MOST_NAMED = 20
"""Files that an entry of the audit log names."""
TakeIn = Callable[[Session], bool]
"""Puts what has been read into the store; True where anything changed."""


@click.group(help="内容库：导入、导出、检查。")
def content() -> None:
    pass


@content.command(
    "import",
    help="导入文件或文件夹：文章（.md，+++ 开头，图片放在旁边；或 Word 的 .docx）、法律文本（.md，--- 开头）、"
    "题库和关键词（.toml）。",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "by", metavar="NAME", default="", help="由谁导入（工作台的登录名），记进操作记录。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def import_(path: Path | None, paths: tuple[Path, ...], by: str, as_json: bool) -> int:
    config = open_config(path)
    wiring.prepare(config)
    refused = [_why_not(file) for given in paths for file in _others(given)]
    files = [file for given in paths for file in _files(given)]
    taken: list[TakeIn] = []
    for root, file in files:  # pictures take time: nobody waits
        try:
            taken.append(_read(root, file, config.data / "uploads", by))
        except NoArticles as fault:
            refused.append(str(fault))
    with closing(wiring.open_database(config)) as database, database.transaction() as session:
        if by:
            staff.require(session, by, Role.WRITE, Role.PUBLISH, Role.ADMIN)
        changed = sum(take_in(session) for take_in in taken)
        if changed:
            repository.touch_content(session)
            names = [file.name for _, file in files]
            audit.record(session, by, "content.import", "content:import", changed=changed, files=names[:MOST_NAMED])
    told = {"files": len(taken), "changed": changed, **({"refused": refused} if refused else {})}
    for why in refused:
        click.echo(why, err=True)
    not_taken = f"，{len(refused)} 个没有导入（原因见上）" if refused else ""
    shown = f"读了 {len(taken)} 个文件，{changed} 个有变化{not_taken}。"
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else shown)
    return 1 if refused else 0


@content.command(help="把文章（连同图片）和关键词导出成文件；再导入不会改变任何东西。")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(path: Path | None, folder: Path) -> None:
    config = open_config(path)
    wiring.prepare(config)
    folder.mkdir(parents=True, exist_ok=True)
    with closing(wiring.open_database(config)) as database, database.reading() as session:
        count = 0
        for slug, published_at, revision in repository.published_articles(session):
            documents.export_article(folder, slug, revision, published_at, config.data / "uploads")
            count += 1
        words = repository.load_shelf(session).keywords
    if words:
        lines = [f"{documents.quoted(word)} = {documents.quoted(topic)}" for word, topic in sorted(words.items())]
        (folder / "keywords.toml").write_text("[keywords]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"导出了 {count} 篇文章、{len(words)} 个关键词。")


@content.command(help="检查内容库：引用的条文是否存在、长度、占位、相互链接。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def lint(path: Path | None, as_json: bool) -> int:
    config = open_config(path)
    wiring.prepare(config)
    with closing(wiring.open_database(config)) as database, database.reading() as session:
        findings = inspection.inspect(session, config.data)
    if as_json:
        click.echo(json.dumps([{"level": found.level, "where": found.where, "what": found.what} for found in findings],
                              ensure_ascii=False))  # fmt: skip
    else:
        for found in findings:
            click.echo(f"{found.level} {found.where}：{found.what}")
    return 1 if any(found.level == inspection.RED for found in findings) else 0


def _files(given: Path) -> Iterator[tuple[Path, Path]]:
    """(the folder names are relative to, file)."""
    if not given.exists():
        raise Unreadable(f"找不到 {given}：请检查路径。")
    if given.is_dir():
        yield from ((given, file) for file in sorted(given.rglob("*")) if file.is_file() and _is_ours(file))
    elif given.suffix.lower() in SUFFIXES:
        yield given.parent, given
    else:
        raise Unreadable(_why_not(given))


def _others(given: Path) -> list[Path]:
    """Files of a folder that somebody may have meant to be taken in, and that cannot be."""
    known = {*SUFFIXES, *BESIDE}
    found = sorted(given.rglob("*")) if given.is_dir() else []
    return [
        file
        for file in found
        if file.is_file() and file.suffix.lower() not in known and not file.name.startswith((".", "~$", "Thumbs.db"))
    ]


def _why_not(file: Path) -> str:
    instead = _INSTEAD.get(file.suffix.lower(), "目前支持 .md、.docx 和 .toml")
    return f"{file} 的格式还不能导入：{instead}。"


def _is_ours(file: Path) -> bool:
    """False for a README or an index that lies beside the articles, and for what Word leaves while a file is open."""
    if file.suffix != ".md":
        return file.suffix.lower() in SUFFIXES and not file.name.startswith("~$")
    text = library.read_text(file)
    return laws.is_statute(text) or text.startswith(library.FENCE)


def _read(root: Path, file: Path, uploads: Path, by: str) -> TakeIn:
    """Raises Unreadable."""
    if file.suffix.lower() == ".toml":
        return lambda session: _take_in_toml(session, file, by)
    if file.suffix.lower() == ".md" and laws.is_statute(library.read_text(file)):
        statute = laws.read_statute(file)
        for doubt in statute.doubts:
            click.echo(f"{file.name}：{doubt}", err=True)
        return lambda session: laws.put_statute(session, statute)
    article = documents.open_article(file, uploads, show_progress(file))
    for note in article.notes:
        click.echo(f"{file.name}：{note}", err=True)
    slug = str(file.relative_to(root).with_suffix(""))

    def take_in(session: Session) -> bool:
        for picture in article.pictures:
            pictures.keep(session, picture)
        return documents.put_article(session, slug, article.wording, article.published_at, origin="import")

    return take_in


def show_progress(file: Path) -> Callable[[int, int, str], None] | None:
    if not sys.stderr.isatty():
        return None
    return lambda done, total, what: click.echo(
        f"\r{file.name} {done}/{total} {what}\033[K", err=True, nl=done == total
    )


def _take_in_toml(session: Session, file: Path, by: str) -> bool:
    try:
        tables = tomllib.loads(library.read_text(file))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file} 写法有误：{error}。") from error
    if "question" in tables:
        held = unsettled.holds(session)
        return question_imports.put(session, questions.read_questions(file), file.name, by, held)
    if isinstance(words := tables.get("keywords"), dict):
        return bool(library.add_keywords(session, {word: str(topic) for word, topic in words.items()}))
    raise Unreadable(f"{file} 里既没有 [[question]] 也没有 [keywords]：不知道怎么导入。")


COMMANDS = (content,)
