"""A backup is a folder: every table of one moment, the bureau's own files, and a manifest with a digest of each. Never
the keys, never a secret of the settings. Nothing is restored before every digest has been compared.
"""

import gzip
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import wiring
from bot.config import SETTINGS, Config
from bot.version import VERSION
from content import audit, repository
from content.models import Mark, Material, MaterialKind
from content.store import clock, dump
from content.store.db import Database
from content.store.dump import SUFFIX, Progress
from content.store.keys import KeysUnreadable
from handlers import forgetting
from handlers.privacy import register
from scheduler import recovery
from scheduler.models import JobRun

MANIFEST, SETTINGS_FILE, FORM = "manifest.json", "settings.toml", 1
PATIENCE_SECONDS = 60.0
"""Nobody waits for a backup; however busy the others are, its one entry in the audit log is written."""
_OWN_FILES = ("offices.toml", "menu.toml", "MP_verify_*.txt")
_FROM_LIBRARY = frozenset({"materials", "revisions", "questions", "marks", "job_runs"})
"""What any machine has by itself once it has been started."""


class BadBackup(Exception):
    """The message says what is wrong and what to do."""


@dataclass(frozen=True)
class Manifest:
    made_at: str
    program: str
    step: str
    database: str
    key_mark: str
    """Tells whether a machine has the same keys, and nothing about them."""
    tables: dict[str, int]
    files: dict[str, str] = field(default_factory=dict)
    """Path in the backup → SHA-256."""
    form: int = FORM

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    held_back: int
    """Pushes that wait for a person, since the lost machine may have sent them."""
    broken: str
    """What the audit log's own check says; empty where it is whole."""
    has_same_keys: bool
    erased_again: int | None
    """People who had been erased since; None where the keys to know them are not here yet."""


# ── making ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def make_backup(config: Config, folder: Path, tell: Progress) -> Manifest:
    """Raises BadBackup. Everything else may go on running; what is half made is never found under the folder's name."""
    _check_target(folder)
    database = wiring.open_database(config, PATIENCE_SECONDS)
    unfinished = folder.with_name(f".{folder.name}.unfinished-{secrets.token_hex(4)}")
    try:
        if not (step := database.step()):
            raise BadBackup("数据库还没有建好，没有可备份的内容：请先运行 pufa db upgrade。")
        (unfinished / "database").mkdir(parents=True, mode=0o700)
        unfinished.chmod(0o700)
        made_at = clock.now().isoformat()
        tables = dump.write_tables(database, unfinished / "database", tell)
        _copy_own_files(config.data, unfinished / "data", tell)  # after the tables: what they name is there
        (unfinished / SETTINGS_FILE).write_text(_settings(config), encoding="utf-8")
        kind = "sqlite" if database.is_sqlite else "postgresql"
        manifest = Manifest(made_at, VERSION, step, kind, _key_mark(config), tables, _digests(unfinished))
        _write_manifest(unfinished / MANIFEST, manifest)
        if database.is_current():
            with database.transaction() as session:
                audit.record(session, "", "backup.make", f"backup:{folder.name}", rows=sum(tables.values()))
        unfinished.replace(folder)
    finally:
        database.close()
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _check_target(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadBackup(f"{folder} 里已经有东西：备份不覆盖任何内容，请换一个新的文件夹名，例如加上日期。")
    folder.parent.mkdir(parents=True, exist_ok=True)


def _copy_own_files(data: Path, target: Path, tell: Progress) -> None:
    target.mkdir(mode=0o700)
    for count, path in enumerate(_own_files(data)):
        place = target / path.relative_to(data)
        place.parent.mkdir(parents=True, exist_ok=True)
        if count % 100 == 99:
            tell(f"文件 {count + 1}")
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:  # a file that waited to be read in has been read meanwhile
            continue


def _own_files(data: Path) -> Iterator[Path]:
    for pattern in _OWN_FILES:
        yield from sorted(data.glob(pattern))
    for path in sorted((data / "uploads").rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def _settings(config: Config) -> str:
    """For whoever sets up the new machine; not read by the program."""
    lines = ["# 备份时的设置，供在新机器上填写 config.toml 时对照；密码、令牌等不在其中，要另外填。"]
    section = ""
    for setting in SETTINGS:
        head, key = setting.name.split(".")
        if head != section:
            section = head
            lines += ["", f"[{head}]"]
        value = getattr(config, setting.name.replace(".", "_"))
        plain = list(value) if isinstance(value, tuple) else value
        told = f"{key} = {json.dumps(plain, ensure_ascii=False)}"
        lines.append(f"# {key}：不在备份中" if setting.is_secret else told)
    return "\n".join(lines) + "\n"


def _key_mark(config: Config) -> str:
    """Empty where this machine has no keys yet."""
    has_keys = Path(config.security_key_file).exists()
    return wiring.keyring(config).pseudonym("backup", "which keys") if has_keys else ""


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _digest(path) for path in files}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(path: Path, manifest: Manifest) -> None:
    words = asdict(manifest)
    with path.open("w", encoding="utf-8") as file:
        json.dump(words | {"seal": _seal(words)}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _seal(words: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# ── restoring ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_manifest(folder: Path) -> Manifest:
    """Raises BadBackup unless every file is there as it was written."""
    try:
        words = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        seal = words.pop("seal")
        manifest = Manifest(**words)
    except FileNotFoundError:
        raise BadBackup(f"{folder} 不是一份完整的备份（没有 {MANIFEST}）：请核对路径，或换一份备份。") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadBackup(f"{folder / MANIFEST} 读不出来：这份备份已损坏，请换一份。") from None
    if manifest.form != FORM or not dump.is_known_step(manifest.step):
        raise BadBackup(f"这份备份是 {manifest.program} 版做的，比本机的 {VERSION} 版新：请先升级程序，再恢复。")
    if seal != _seal(words):
        raise BadBackup(f"{folder / MANIFEST} 被改动过：这份备份不可靠，请换一份。")
    for name, digest in manifest.files.items():
        place = folder / name
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or not place.is_file():
            raise BadBackup(f"备份里少了文件 {name}：这份备份不完整，请换一份。")
        if _digest(place) != digest:
            raise BadBackup(f"备份里的文件 {name} 已损坏或被改动：什么都没有恢复，请换一份备份。")
    if lost := next((table for table in manifest.tables if f"database/{table}{SUFFIX}" not in manifest.files), ""):
        raise BadBackup(f"备份里少了数据表 {lost}：这份备份不完整，请换一份。")
    return manifest


def restore_backup(
    config: Config, folder: Path, is_replacing: bool, tell: Progress, registers: Sequence[Path] = ()
) -> Restored:
    """Raises BadBackup, BadRegister or Damaged, and then the database is as it was. `registers`: of erasures since, as
    files or in later backups; this machine's own is taken by itself.
    """
    manifest = read_manifest(folder)
    database = wiring.open_database(config, PATIENCE_SECONDS)
    try:
        if not is_replacing and (found := _occupied(config, database)):
            raise BadBackup(f"这台机器不是空的（{found}）：恢复会覆盖它。确要覆盖，请先停掉服务，再加 --replace。")
        if (now := database.step()) and not dump.is_known_step(now):
            raise BadBackup("本机的数据库比程序新：请先升级程序，再恢复。")
        erased = [*_erased_here(database), *(line for path in registers for line in _erased_there(path))]
        dump.read_tables(database, folder / "database", manifest.step, manifest.tables, tell)
        _put_own_files(folder, config.data, manifest)
        with database.transaction() as session:
            broken = audit.verify(session)
            _settle(session)
            held = recovery.hold_back(session, manifest.moment)
            register.take_in(session, erased)
            has_same_keys = manifest.key_mark in ("", _key_mark(config))
            again = _erase_again(session, config) if has_same_keys else None
            audit.record(session, "", "backup.restore", f"backup:{folder.name}", made_at=manifest.made_at, held=held)
    finally:
        database.close()
    return Restored(manifest, held, broken, has_same_keys, again)


def _erased_here(database: Database) -> list[str]:
    if not database.is_current():
        return []
    with database.reading() as session:
        return list(register.write(session))


def _erased_there(path: Path) -> list[str]:
    """Of a file that `pufa privacy register` wrote, or of a later backup. Raises BadRegister."""
    try:
        if not path.is_dir():
            lines = path.read_text(encoding="utf-8").splitlines()
        else:
            with gzip.open(path / "database" / f"erasures{SUFFIX}", "rt", encoding="utf-8") as file:
                columns, *rows = (json.loads(line) for line in file)
            lines = list(register.write_lines(dict(zip(columns, row, strict=True)) for row in rows))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise register.BadRegister(f"{path} 里的删除登记读不出来：什么都没有恢复，请核对路径，或换一份。") from error
    register.check(lines)
    return lines


def _erase_again(session: Session, config: Config) -> int | None:
    """The scheduler does it once more, so also where the keys are put in their place afterwards (`_settle`)."""
    if not Path(config.security_key_file).exists():
        return None
    try:
        return forgetting.erase_again(session, wiring.keyring(config))
    except KeysUnreadable:
        return None


def _occupied(config: Config, database: Database) -> str:
    """What a machine has that was just set up has not."""
    counts = dump.rows_in(database)
    if used := sorted(table for table, count in counts.items() if count and table not in _FROM_LIBRARY):
        return f"数据表 {used[0]} 里有 {counts[used[0]]} 行"
    if counts.get("materials"):
        with database.reading() as session:
            if session.scalar(select(Material.id).where(Material.kind == MaterialKind.ARTICLE).limit(1)):
                return "内容库里有文章"
    return next((f"有文件 {path}" for path in _own_files(config.data)), "")


def _put_own_files(folder: Path, data: Path, manifest: Manifest) -> None:
    for name in manifest.files:
        if name.startswith("data/"):
            place = data / name.removeprefix("data/")
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
            shutil.copyfile(folder / name, draft)
            draft.replace(place)


def _settle(session: Session) -> None:
    """The lost machine is no machine of this store any more, and workers that run look at the content anew."""
    session.execute(delete(Mark).where(Mark.name.like("machine:%")))
    session.execute(delete(JobRun).where(JobRun.name == "erase_again"))
    repository.touch_content(session)
