"""demo, serve, web, scheduler: what keeps running."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import requests
from werkzeug.serving import make_server

from bot import wiring
from bot.commands.menu import push_menu
from bot.config import Config, require_credentials
from bot.demo import applications, drawn_campaign, editorial, officials, officials_exam, open_campaign, visitors
from bot.demo.settings import ACCOUNT, demonstration, environment_of, open_config, reachable
from bot.log import start_logging
from bot.processes import Child, check_port_free, end_with_parent, supervise
from bot.sandbox.app import SandboxSettings, create_sandbox
from bot.server import serve_web
from content import staff
from content.store import clock, embedded
from content.store.embedded import NoRedisServer
from scheduler import runner
from scheduler.jobs import Parts

READY_SECONDS = 60.0
LOOK_SECONDS = 1.0
_WHEN_ORPHANED = {
    "web": signal.SIGKILL,  # what it was asked comes again; the next one must not find it half dead
    "scheduler": signal.SIGTERM,  # what it has begun to send should be known to have been sent
    "sandbox": signal.SIGTERM,
}
SCHEDULER_PATIENCE_SECONDS = 20.0  # what was sent must be written down, however busy the database is
_log = logging.getLogger(__name__)


@click.command(help="试用：不需要公众号、Redis 和数据库，启动全部内容和沙箱手机。")
@click.option("--host", envvar="HOST", default="127.0.0.1", help="监听地址。")
@click.option("--port", envvar="PORT", default=8000, type=click.IntRange(1, 65534), help="端口；沙箱用下一个端口。")
@click.option("--data", envvar="DATA", default="var/demo", help="数据目录。")
def demo(host: str, port: int, data: str) -> None:
    config = demonstration(host, port, data)
    check_port_free(host, port + 1)
    click.echo("正在准备内容库和听懂模型，第一次大约需要十几秒……")
    wiring.prepare(config)
    database = wiring.open_database(config)
    ring = wiring.keyring(config)
    officials.seed(database, ring)
    editorial.seed(database, config.data / "uploads")
    open_campaign.seed(database, ring)
    drawn_campaign.seed(database, ring)
    officials_exam.seed(database, ring)
    visitors.seed(database, ring)
    applications.seed(database, ring)
    database.close()
    _run_all(config, environment_of(config), ["web", "scheduler", "sandbox"], lambda stop: _welcome(config, stop))


@click.command(help="正式运行：网页进程和定时任务都在这台机器上。")
@click.pass_obj
def serve(path: Path | None) -> None:
    config = open_config(path)
    require_credentials(config)
    _run_all(config, _named(path), ["web", "scheduler", *(["sandbox"] if config.sandbox_enabled else [])])


@click.command(help="只运行网页进程。")
@click.pass_obj
def web(path: Path | None) -> None:
    config = open_config(path)
    require_credentials(config)
    os.environ.update(_named(path))
    wiring.prepare(config)
    with _redis(config) as look, _repeated(look):
        serve_web(config)


@click.command(help="只运行定时任务。")
@click.pass_obj
def scheduler(path: Path | None) -> None:
    end_with_parent()
    start_logging()
    config = open_config(path)
    wiring.prepare(config)
    with _redis(config) as look, _repeated(look):
        database = wiring.open_database(config, SCHEDULER_PATIENCE_SECONDS)
        pipeline, telling = wiring.open_pipeline(config, database), wiring.open_telling(config)
        if pipeline is None:
            _log.warning("没有填写 wechat.app_id 或 wechat.app_secret：推送到时间发不出去")
        memory, uploads = wiring.open_memory(config), config.data / "uploads"
        keyring = wiring.keyring(config)
        parts = Parts(database, memory, pipeline, telling=telling, uploads=uploads, keyring=keyring)
        runner.run(parts, config.data / "scheduler.alive")


@click.command(hidden=True, help="沙箱手机（由 demo 启动）。")
@click.pass_obj
def sandbox(path: Path | None) -> None:
    end_with_parent()
    start_logging()
    config = open_config(path)
    settings = SandboxSettings(
        webhook_url=f"http://{reachable(config.server_host)}:{config.server_port}/wechat",
        token=config.wechat_token,
        app_id=config.wechat_app_id,
        app_secret=config.wechat_app_secret,
        encoding_aes_key=config.wechat_encoding_aes_key,
        account=ACCOUNT,
        account_type=config.wechat_account_type,
        mode=config.wechat_mode,
    )
    make_server(config.server_host, config.server_port + 1, create_sandbox(settings), threaded=True).serve_forever()


def _run_all(
    config: Config,
    environment: dict[str, str],
    commands: Sequence[str],
    after: Callable[[list[int]], None] | None = None,
) -> None:
    check_port_free(config.server_host, config.server_port)
    wiring.prepare(config)
    with _redis(config) as look:
        supervise([Child([name], environment, _WHEN_ORPHANED[name]) for name in commands], after, look)


@contextmanager
def _redis(config: Config) -> Iterator[Callable[[], None]]:
    """While this lasts there is an embedded Redis, where the settings ask for one. It may be that of a process which
    ends before us, even at this moment: what is yielded looks whether one runs, and starts one where none does.
    """
    process = wiring.start_embedded(config)

    def look() -> None:
        nonlocal process
        with suppress(NoRedisServer, OSError):  # the next look tries again
            if config.redis_url == "embedded" and not embedded.is_running(config.data):
                _log.error("redis ended and is started again")
                process = wiring.start_embedded(config)

    try:
        yield look
    finally:
        if process:
            embedded.stop(process)


@contextmanager
def _repeated(look: Callable[[], None]) -> Iterator[None]:
    """Looks again and again beside what runs here, less often than a main process that looks after us does."""
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(LOOK_SECONDS):
            look()

    thread = threading.Thread(target=go_on, name="redis-look", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _named(path: Path | None) -> dict[str, str]:
    return {"PUFA_CONFIG": str(path.resolve())} if path else {}


def _welcome(config: Config, stop: list[int]) -> None:
    """Waits until everything answers, gives the sandbox its menu, and says where to look."""
    base = f"http://{reachable(config.server_host)}:{config.server_port}"
    sandbox_url = f"http://{reachable(config.server_host)}:{config.server_port + 1}/sandbox/"
    until = clock.monotonic() + READY_SECONDS
    while clock.monotonic() < until and not (_answers(f"{base}/readyz") and _answers(f"{sandbox_url}healthz")):
        if stop:
            return
        time.sleep(0.1)
    push_menu(config)
    members = "\n".join(f"    {name:16}{staff.SENTENCES[role]}" for role, name in officials.NAMES.items())
    members += f"\n    {officials.SECOND_CAMPAIGNER:16}活动：抽奖时另一个录开奖号码的人。"
    click.echo(
        f"\n沙箱手机（像市民一样聊天）：{base}/sandbox/\n全部答复的网页：{base}/h/\n"
        f"工作台（像工作人员一样写稿、审稿、排期）：{base}/console/\n"
        f"  演示用户，密码都是 {officials.password_of(wiring.keyring(config))}\n{members}\n按 Ctrl-C 停止。\n"
    )


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code == 200
    except requests.RequestException:
        return False


COMMANDS = (demo, serve, web, scheduler, sandbox)
