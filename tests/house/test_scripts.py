"""Pages for citizens keep to what the oldest promised browsers know: Chrome 66 and iOS 12, as old phones have inside
WeChat. One word of newer syntax and a whole module does not run. What the list leaves out is found by the pages' own
tests, which take newer functions away (tests/bot/pages/old_browser.py). Staff's console is not held to this.
"""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent.parent / "bot" / "static"
LATER = {
    r"\?\?": "?? and ??= are of Chrome 80 and iOS 13.4",
    r"\?\.(?!\d)": "?. is of Chrome 80 and iOS 13.4",
    r"(&&|\|\|)=": "&&= and ||= are of Chrome 85 and iOS 14",
    r"\bBig(Int|Uint)|\b(0x[\da-f]+|\d+)n\b": "BigInt is of Chrome 67 and iOS 14",
    r"\b\d+_\d": "1_000 is of Chrome 75 and iOS 13",
    r"this\.#": "private names are of Chrome 74 and iOS 14.5",
    r"\(\?<[=!]": "looking behind in an expression is of iOS 16.4",
    r"^(const .* = |let .* = )?await ": "await outside a function is of Chrome 89 and iOS 15",
    r"\.flat(Map)?\(": "flat and flatMap are of Chrome 69",
    r"\.(at|with|toSorted|toReversed|findLast\w*)\(": "at is of Chrome 92 and iOS 15.4, the others are later",
    r"\.(matchAll|replaceAll)\(": "they are of Chrome 73 and 85, iOS 13 and 13.4: replace with /…/g",
    r"Object\.(fromEntries|hasOwn|groupBy)": "fromEntries is of Chrome 73 and iOS 12.2, the others are later",
    r"Promise\.(allSettled|any)": "they are of Chrome 76 and 85",
    r"(file|blob)\w*\.(text|arrayBuffer|stream)\(": "of a file they are of Chrome 76 and iOS 14: FileReader",
    r"\.(replaceChildren|toggleAttribute|requestSubmit)\(": "they are of Chrome 86, 69 and 76",
    r"globalThis|structuredClone|queueMicrotask": "the first of them is of Chrome 71",
    r"crypto\.(subtle|randomUUID)": "on https only, and the second is of Chrome 92",
    r"AbortSignal\.|\bsubmitter\b": "they are of Chrome 103 and 81",
    r"(Resize|Intersection)Observer": "they are of iOS 13.1 and 12.2",
}


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_for_citizens_run_in_old_browsers(path: Path) -> None:
    code = re.sub(r"(^|\s)//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for pattern, why in LATER.items():
        found = re.search(f".*({pattern}).*", code, re.MULTILINE | re.IGNORECASE)
        assert found is None, f"{found[0].strip()}: {why}"


def test_what_is_hidden_stays_so_whatever_its_class_says() -> None:
    """A button that its script has not shown would do nothing."""
    assert "[hidden] { display: none !important; }" in (STATIC / "pages.css").read_text(encoding="utf-8")


def test_styles_for_the_screen_are_read_by_old_browsers() -> None:
    """A selector they do not know loses the whole rule. On paper it may."""
    for path in STATIC.glob("*.css"):
        screen = re.sub(r"^@(media print|supports).*?^}", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        found = re.search(r".*(:is\(|:where\(|:has\(|:not\([^()]*,|\binset:).*", screen)
        assert found is None, f"{path.name}: {found[0]}"
