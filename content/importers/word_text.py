"""What Word keeps where only Word finds it, put where every reader looks: words in text boxes, pictures in groups. What
cannot be carried over (a chart, a formula's layout) becomes visible words. No wording is changed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from content.importers.word_numbers import child_of, local, value_of
from content.importers.word_signs import LOWERED, RAISED
from content.importers.word_wrappings import unwrap

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHART = "［此处原有图表，没有导入：请在 Word 里把它复制、选择性粘贴为图片，再插入］"


def carry_over(document: Element, targets: Mapping[str, str]) -> Counter[str]:
    """Returns how many of which kind were changed or lost: formula, chart, shape, cropped, hidden, contents, embedded.
    `targets`: relation → the name in the package.
    """
    for parent in list(document.iter()):
        if local(parent) == "AlternateContent":
            _settle(parent, targets)
    lost = unwrap(document)
    for parent in list(document.iter()):
        for place, child in enumerate(parent):
            name = local(child)
            if name in ("oMath", "oMathPara"):
                lost["formula"] += 1
                parent[place] = _run(_formula(child))
            elif name == "drawing":
                lost.update(_drawing(parent, place, child))
            elif name == "pict":
                lost.update(_old_drawing(parent, place, child))
            elif name == "srcRect" and any(value.strip("-0") for value in child.attrib.values()):
                lost["cropped"] += 1
    return lost


def _settle(alternatives: Element, targets: Mapping[str, str]) -> None:
    """Of two ways of writing the same the older one is read: where it is missing, it is made from the newer one. Of a
    picture the newer one is read, since only there stands what it shows; but never one that WeChat cannot show.
    """
    choice, fallback = child_of(alternatives, "Choice"), child_of(alternatives, "Fallback")
    if choice is None:
        return
    if fallback is None:
        fallback = SubElement(alternatives, str(alternatives.tag).replace("AlternateContent", "Fallback"))
    is_better = _is_picture(choice) and (_is_shown(choice, targets) or not _is_shown(fallback, targets))
    if is_better or not len(fallback):
        fallback[:] = list(choice)
    alternatives.remove(choice)


def _is_picture(part: Element) -> bool:
    names = {local(one) for one in part.iter()}
    return "pic" in names and not names & {"txbxContent", "wgp", "wpc"}


def _is_shown(part: Element, targets: Mapping[str, str]) -> bool:
    """There are pictures in it, and none of them is a drawing of Windows."""
    names = [targets.get(value_of(one, "embed") or value_of(one, "id"), "") for one in part.iter()
             if local(one) in ("blip", "imagedata")]  # fmt: skip
    return bool(names) and not any(name.lower().endswith((".emf", ".wmf")) for name in names)


def _drawing(parent: Element, place: int, drawing: Element) -> Iterator[str]:
    """What of the drawing is lost; the rest is put in its place."""
    names = {local(part) for part in drawing.iter()}
    boxes = [part for part in drawing.iter() if local(part) == "txbxContent"]
    pictures = [part for part in drawing.iter() if local(part) == "pic"]
    if names & {"chart", "relIds"}:
        yield "chart"
        parent[place] = _text(_CHART)
    elif boxes or names & {"wgp", "wpc"}:
        holder = Element(f"{{{_W}}}pict")
        if boxes:
            SubElement(holder, "{urn:schemas-microsoft-com:vml}textbox").extend(boxes)
        for picture in pictures:
            inline = SubElement(SubElement(holder, f"{{{_W}}}drawing"), f"{{{_WP}}}inline")
            SubElement(SubElement(inline, f"{{{_A}}}graphic"), f"{{{_A}}}graphicData").append(picture)
        parent[place] = holder
    elif pictures and child_of(drawing, "anchor") is not None:  # it floats beside the words: a paragraph of its own
        parent[place] = Element(f"{{{_W}}}pict")
        parent[place].append(drawing)
    elif not pictures:
        yield "shape"


def _old_drawing(parent: Element, place: int, drawing: Element) -> Iterator[str]:
    """A drawing of the older kind that holds neither words nor a picture."""
    names = {local(part) for part in drawing.iter()}
    if names & {"imagedata", "txbxContent"}:
        return
    if words := "".join(value_of(part, "string") for part in drawing.iter() if local(part) == "textpath"):
        parent[place] = _text(words)
    elif names & {"shape", "line", "rect", "roundrect", "oval", "polyline", "arc", "curve", "group"}:
        yield "shape"


def _formula(element: Element) -> str:
    """Its signs in one line."""
    name = local(element)
    if name == "t":
        return element.text or ""
    parts = {local(child): _formula(child) for child in element} if name in ("f", "sSup", "sSub") else {}
    if name == "f":
        return f"{parts.get('num', '')}/{parts.get('den', '')}"
    if name in ("sSup", "sSub"):
        small = parts.get("sup", "") or parts.get("sub", "")
        sign, table = ("^", RAISED) if name == "sSup" else ("_", LOWERED)
        return parts.get("e", "") + (small.translate(table) if set(map(ord, small)) <= set(table) else sign + small)
    return "".join(map(_formula, element))


def _run(words: str) -> Element:
    run = Element(f"{{{_W}}}r")
    run.append(_text(words))
    return run


def _text(words: str) -> Element:
    text = Element(f"{{{_W}}}t")
    text.text = words
    return text
