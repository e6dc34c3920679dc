"""What the items of a campaign's file are called on the console's form and in sentences, from
library/campaign_items.toml.
"""

import re
import tomllib
from functools import cache

from content.phrases import LIBRARY

_ROW = re.compile(r"\[(\d+)\]")


def label_of(item: str) -> str:
    """`item`: as paths name it, draw.issue or paper[0].points; as it stands for one that there is not."""
    above, _, name = _ROW.sub("", item).rpartition(".")
    return _labels().get((f"{above}." if above else "", name), item)


def named(item: str) -> str:
    """The label, with the row where there are several, and the name in the file."""
    label, row = label_of(item), _ROW.search(item)
    if label == item:
        return f"“{item}”"
    where = f"{label_of(item[: row.start()])}第 {int(row[1]) + 1} 行的" if row else ""
    return f"{where}“{label}”（{item}）"


@cache
def _labels() -> dict[tuple[str, str], str]:
    file = tomllib.loads((LIBRARY / "campaign_items.toml").read_text(encoding="utf-8"))
    plain = {("", name): label for name, label in file.items() if isinstance(label, str)}
    return plain | {
        (above, name): label
        for above, table in file.items()
        if isinstance(table, dict)
        for name, label in table.items()
    }
