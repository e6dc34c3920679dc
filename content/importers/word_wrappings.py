"""What Word wraps around words (fields, form controls, signs of pronunciation) taken off them, and what its reader does
not see taken out: hidden words, prompts of empty forms, tables of contents. No wording is changed.
"""

from collections import Counter
from xml.etree.ElementTree import Element, SubElement

from content.importers.word_numbers import child_of, local, value_of

_OFF = ("0", "false", "off")


def unwrap(document: Element) -> Counter[str]:
    """Returns how many of which kind were taken out: hidden, contents, embedded."""
    lost: Counter[str] = Counter()
    for parent in reversed(list(document.iter())):
        instead = [_instead(child, lost) for child in parent]
        if any(one is not None for one in instead):
            kept = list(parent)
            parent[:] = [
                part for child, one in zip(kept, instead, strict=True) for part in ([child] if one is None else one)
            ]
    return lost


def _instead(child: Element, lost: Counter[str]) -> list[Element] | None:
    """What is to stand in its place; None where it stays."""
    name = local(child)
    if name == "fldSimple":
        return _field(child)
    if name == "ruby":
        return [part for run in child_of(child, "rubyBase") or () for part in run if local(part) != "rPr"]
    if name == "sdt":
        return _control(child, lost)
    if name == "r" and _is_hidden(child):
        lost["hidden"] += 1
        return []
    if name == "altChunk":
        lost["embedded"] += 1
        return []
    return None


def _field(field: Element) -> list[Element]:
    """Its words; a link's field in the longer form, which is read as a link."""
    words = list(field)
    instruction = value_of(field, "instr")
    if not instruction.strip().upper().startswith("HYPERLINK"):
        return words
    namespace = str(field.tag).rpartition("}")[0] + "}"
    begin, middle, end = (_mark(namespace, kind) for kind in ("begin", "separate", "end"))
    told = Element(f"{namespace}r")
    SubElement(told, f"{namespace}instrText").text = instruction
    return [begin, told, middle, *words, end]


def _mark(namespace: str, kind: str) -> Element:
    run = Element(f"{namespace}r")
    SubElement(run, f"{namespace}fldChar", {f"{namespace}fldCharType": kind})
    return run


def _control(control: Element, lost: Counter[str]) -> list[Element]:
    properties = child_of(control, "sdtPr")
    if child_of(properties, "showingPlcHdr") is not None:
        return []
    if value_of(child_of(properties, "docPartObj", "docPartGallery")) == "Table of Contents":
        lost["contents"] += 1
        return []
    return list(child_of(control, "sdtContent") or ())


def _is_hidden(run: Element) -> bool:
    mark = child_of(run, "rPr", "vanish")
    if mark is None or value_of(mark) in _OFF:
        return False
    return any(local(part) == "t" and part.text for part in run)
