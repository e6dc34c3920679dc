"""Runs the web workers: granian over the app's factory, a few blocking threads a worker."""

from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from bot.config import Config
from bot.processes import check_port_free, end_forked_with_parent

STOP_SECONDS = 8  # longer than WeChat waits for a reply, shorter than our own main process waits for us


def serve_web(config: Config) -> None:
    """Blocks until this process is told to stop; requests in flight are finished. Raises PortTaken."""
    check_port_free(config.server_host, config.server_port)
    end_forked_with_parent()
    Granian(
        "bot.app:create_worker",
        factory=True,
        address=config.server_host,
        port=config.server_port,
        interface=Interfaces.WSGI,
        workers=config.server_workers,
        blocking_threads=config.server_threads,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_enabled=True,
        log_level="warning",  # type: ignore[arg-type]
        working_dir=Path.cwd(),
    ).serve()
