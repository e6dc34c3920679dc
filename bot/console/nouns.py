"""The console's nouns in the order of its navigation. A noun has `register(blueprint)` and `NAVIGATION`."""

from types import ModuleType

from bot.console import audit, signing, staff, today

NOUNS: tuple[ModuleType, ...] = (today, staff, audit, signing)
