"""The staff console under /console/: a file per noun, every view registered with its roles through `guard.py`."""

from bot.console.app import create_console

__all__ = ["create_console"]
