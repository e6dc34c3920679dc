"""Picks the real parts: which database, which Redis, which keys; opens the bureau and keeps it up to date. No rules."""

import logging
import os
import platform
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from bot import alerts
from bot.config import BadConfig, Config
from bot.demo.settings import reachable
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.login import WECHAT_CONNECT, Login
from bot.wechat.platform import WeChatPlatform
from content import repository
from content.catalogue.index import CatalogueIndex, open_index
from content.figures import OWN as OWN_FIGURES
from content.figures import load_figures
from content.importers.library import sync_library
from content.offices import load_offices
from content.search import ArticleIndex
from content.store import embedded
from content.store.db import Database
from content.store.keys import Keyring, open_keyring
from content.store.memory import Away, Memory
from handlers import answers, stopping
from handlers.desk import Bureau, topic_names
from handlers.quiz import unsettled
from handlers.understanding import Understanding, training
from scheduler import housekeeping
from scheduler.pipeline import Pipeline
from scheduler.reminders import Telling

FRESHEN_SECONDS = 5.0
STOP_SECONDS = 1.0
"""So often a worker looks whether answers are stopped: a stop holds everywhere within two seconds."""
_log = logging.getLogger(__name__)


class NoModel(Exception):
    """The ear could not be trained; the message says in Chinese where it is told why."""


def open_database(config: Config, patience_seconds: float = 5.0) -> Database:
    return Database(config.database_url, patience_seconds)


@contextmanager
def current_database(config: Config) -> Iterator[Database]:
    """With its tables, also on a fresh machine; closed in the end."""
    with closing(open_database(config)) as database:
        if not database.is_current():
            database.upgrade()
        yield database


def redis_url(config: Config) -> str:
    """Where Redis answers; the embedded one must have been started."""
    return embedded.socket_url(config.data) if config.redis_url == "embedded" else config.redis_url


def start_embedded(config: Config) -> "subprocess.Popen[bytes] | None":
    """This machine's private Redis, where the settings ask for it and no other process of ours runs it yet."""
    return embedded.start(config.data) if config.redis_url == "embedded" else None


def open_memory(config: Config) -> Memory:
    return Memory(redis_url(config))


def keyring(config: Config) -> Keyring:
    return open_keyring(Path(config.security_key_file))


def prepare(config: Config) -> None:
    """Everything that must exist before anybody serves: schema, library in the store, keys, model. Safe to repeat."""
    database = open_database(config)
    try:
        database.upgrade()
        with database.transaction() as session:
            sync_library(session, unsettled.holds(session))
            repository.note_machine(session, platform.node())
    finally:
        database.close()
    keyring(config)
    _model(config)


def _model(config: Config) -> Path:
    """Where the ear's model stands. Raises BadConfig where it could not be written: asked before a process of its own
    builds it, which would only show where in our code it failed.
    """
    folder = training.model_folder(config.data)
    if not (folder / "words.json").exists():
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder.parent):
                pass
        except OSError as error:
            told = "请检查 server.data 写的文件夹是否存在、是否可写、磁盘是否已满"
            raise BadConfig(f"数据文件夹 {config.data} 写不进去：{told}。") from error
    try:
        return training.ensure(config.data)
    except training.NotTrained as error:
        why = "多半是内存不够，" if error.is_killed else ""
        told = f"听懂模型没有训练成：{why}原因写在 {error.log}。处理后再运行一次；仍然不行，请把这个文件发给技术支持。"
        raise NoModel(told) from error


def open_bureau(config: Config, database: Database, public_url: str, known: CatalogueIndex | None = None) -> Bureau:
    """Reads what may be said and builds the ear for it. `known`: the catalogue's index until now."""
    with database.reading() as session:
        shelf = repository.load_shelf(session)
        cards = repository.latest_articles(session)
        questions = repository.questions_by_key(session)
        catalogue = open_index(session, known)
    offices = load_offices(config.data)
    names: Mapping[str, str] = {**answers.titles(shelf), **topic_names()}
    return Bureau(
        database=database,
        keyring=keyring(config),
        public_url=public_url,
        shelf=shelf,
        offices=offices,
        figures=load_figures(config.data),
        ears=Understanding.open(_model(config), names, shelf.keywords),
        articles=ArticleIndex((card.slug, f"{card.title} {card.digest}") for card in cards),
        cards={card.slug: card for card in cards},
        questions=questions,
        replies=answers.prepare(shelf, offices, public_url),
        catalogue=catalogue,
    )


class FreshBureau:
    """The bureau as it is now: a thread looks every few seconds whether content has changed and opens it anew."""

    def __init__(self, config: Config, database: Database, public_url: str) -> None:
        self._config, self._database, self._public_url = config, database, public_url
        self._places = _written_at(config)
        self.now = open_bureau(config, database, public_url)
        self._switch = self.now.switch
        self._stop = threading.Event()
        self.look_for_stop()
        threading.Thread(target=self._keep_fresh, name="freshen", daemon=True).start()
        threading.Thread(target=self._keep_looking_for_stop, name="stop", daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def freshen(self) -> bool:
        """True where content had changed."""
        places = _written_at(self._config)
        with self._database.reading() as session:
            if repository.content_version(session) == self.now.shelf.version and places == self._places:
                return False
        self._places = places
        opened = open_bureau(self._config, self._database, self._public_url, self.now.catalogue)
        self.now = replace(opened, switch=self._switch)
        return True

    def look_for_stop(self) -> None:
        with self._database.reading() as session:
            stopping.look(session, self._switch)

    def _keep_fresh(self) -> None:
        while not self._stop.wait(FRESHEN_SECONDS):
            try:
                self.freshen()
            except Exception:  # the old content stays up until the store can be read again
                _log.warning("content could not be read", exc_info=True)

    def _keep_looking_for_stop(self) -> None:
        while not self._stop.wait(STOP_SECONDS):
            try:
                self.look_for_stop()
            except Exception:  # what was found last holds
                _log.warning("the stop of answers could not be read", exc_info=True)


def _written_at(config: Config) -> tuple[int, ...]:
    """When the bureau last wrote down its own places and figures; 0 where it has not."""
    files = [config.data / name for name in ("offices.toml", OWN_FIGURES)]
    return tuple(own.stat().st_mtime_ns if own.exists() else 0 for own in files)


def public_url(config: Config) -> str:
    """Where citizens reach the pages: as set, else this machine where it plays the sandbox, else nowhere."""
    if config.server_public_url or not config.sandbox_enabled:
        return config.server_public_url
    return f"http://{reachable(config.server_host)}:{config.server_port}"


def warm(database: Database, memory: Memory) -> None:
    """Tells Redis who is in a talk, where it does not know; without Redis nothing is lost but a little time."""
    try:
        housekeeping.warm_memory(database, memory)
    except Away:
        _log.warning("redis is away")


def open_wechat(config: Config) -> WeChatClient:
    """Raises BadConfig where the account's credentials are missing."""
    if not (config.wechat_app_id and config.wechat_app_secret):
        raise BadConfig("缺少 wechat.app_id 或 wechat.app_secret：请填写公众号后台“基本配置”里的值。")
    store = TokenStore(open_memory(config).client)
    return WeChatClient(config.wechat_app_id, config.wechat_app_secret, config.wechat_api_base_url, store)


def open_login(config: Config) -> Login | None:
    """How a browser is asked who it is; None for a subscription account, which may not ask."""
    if config.wechat_account_type != "service" or not (config.wechat_app_id and config.wechat_app_secret):
        return None
    asked_at = f"{config.wechat_api_base_url}/connect" if config.sandbox_enabled else WECHAT_CONNECT
    return Login(open_wechat(config), asked_at)


def open_platform(config: Config) -> WeChatPlatform:
    """What publishing asks of WeChat. Raises BadConfig where the account's credentials are missing."""
    return WeChatPlatform(open_wechat(config), config.wechat_account_type)


def open_pipeline(config: Config, database: Database) -> Pipeline | None:
    """This process's hands for pushes; None where the account's credentials are missing."""
    try:
        opened = open_platform(config)
    except BadConfig:
        return None
    owner = f"{platform.node()[:24]}:{os.getpid()}"
    return Pipeline(database, opened, config.data / "uploads", config.wechat_account_type, owner)


def open_telling(config: Config) -> Telling:
    """How staff hear of what happens: mail, WeCom robot, or neither; and when the morning card goes out."""
    return Telling(
        senders=alerts.open_senders(config),
        morning=config.alerts_morning,
        admin_confirms=config.wechat_admin_confirms,
        account_type=config.wechat_account_type,
        data=config.data,
    )
