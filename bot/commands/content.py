"""content import, export, lint."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.demo import open_config
from content import inspection, repository
from content.importers import documents, laws, library, questions
from content.importers.library import Unreadable

SUFFIXES = (".md", ".toml")


@click.group(help="内容库：导入、导出、检查。")
def content() -> None:
    pass


@content.command(
    "import", help="导入文件或文件夹：文章（.md，+++ 开头）、法律文本（.md，--- 开头）、题库和关键词（.toml）。"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(path: Path | None, paths: tuple[Path, ...], as_json: bool) -> None:
    config = open_config(path)
    wiring.prepare(config)
    files = [file for given in paths for file in _files(given)]
    changed = 0
    with closing(wiring.open_database(config)) as database, database.transaction() as session:
        for root, file in files:
            changed += _take_in(session, root, file)
        if changed:
            repository.touch_content(session)
    told = {"files": len(files), "changed": changed}
    click.echo(json.dumps(told) if as_json else f"读了 {len(files)} 个文件，{changed} 个有变化。")


@content.command(help="把文章和关键词导出成文件；再导入不会改变任何东西。")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(path: Path | None, folder: Path) -> None:
    config = open_config(path)
    wiring.prepare(config)
    folder.mkdir(parents=True, exist_ok=True)
    with closing(wiring.open_database(config)) as database, database.reading() as session:
        count = 0
        for slug, published_at, revision in repository.published_articles(session):
            file = folder / f"{slug}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(documents.article_file(revision, published_at), encoding="utf-8")
            count += 1
        words = repository.load_shelf(session).keywords
    if words:
        lines = [f"{documents.quoted(word)} = {documents.quoted(topic)}" for word, topic in sorted(words.items())]
        (folder / "keywords.toml").write_text("[keywords]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    click.echo(f"导出了 {count} 篇文章、{len(words)} 个关键词。")


@content.command(help="检查内容库：引用的条文是否存在、长度、占位、相互链接。")
@click.option("--json", "as_json", is_flag=True)
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
    elif given.suffix in SUFFIXES:
        yield given.parent, given
    else:
        raise Unreadable(f"{given} 的格式还不能导入：目前支持 .md 和 .toml。")


def _is_ours(file: Path) -> bool:
    """False for a README or an index that lies beside the articles."""
    if file.suffix != ".md":
        return file.suffix in SUFFIXES
    text = library.read_text(file)
    return laws.is_statute(text) or text.startswith(library.FENCE)


def _take_in(session: Session, root: Path, file: Path) -> bool:
    if file.suffix == ".toml":
        return _take_in_toml(session, file)
    if laws.is_statute(library.read_text(file)):
        return laws.put_statute(session, laws.read_statute(file))
    wording, published_at = documents.read_article(file)
    slug = str(file.relative_to(root).with_suffix(""))
    return documents.put_article(session, slug, wording, published_at, origin="import")


def _take_in_toml(session: Session, file: Path) -> bool:
    try:
        tables = tomllib.loads(library.read_text(file))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file} 写法有误：{error}。") from error
    if "question" in tables:
        return questions.import_questions(session, questions.read_questions(file))
    if isinstance(words := tables.get("keywords"), dict):
        return bool(library.add_keywords(session, {word: str(topic) for word, topic in words.items()}))
    raise Unreadable(f"{file} 里既没有 [[question]] 也没有 [keywords]：不知道怎么导入。")


COMMANDS = (content,)
