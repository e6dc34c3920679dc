"""What Word keeps where only Word finds it, put where every reader looks: words in text boxes, pictures in groups. What
cannot be carried over (a chart, a formula's layout) becomes visible words. No wording is changed.
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from content.importers.word_numbers import child_of, local

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHART = "［此处原有图表，没有导入：请在 Word 里把它复制、选择性粘贴为图片，再插入］"


def carry_over(document: Element) -> Counter[str]:
    """Returns how many of which kind were changed or lost: formula, chart, shape, cropped."""
    for parent in list(document.iter()):
        if local(parent) == "AlternateContent":
            _settle(parent)
    lost: Counter[str] = Counter()
    for parent in list(document.iter()):
        for place, child in enumerate(parent):
            name = local(child)
            if name in ("oMath", "oMathPara"):
                lost["formula"] += 1
                parent[place] = _run("".join(part.text or "" for part in child.iter() if local(part) == "t"))
            elif name == "drawing":
                lost.update(_drawing(parent, place, child))
            elif name == "srcRect" and any(value.strip("-0") for value in child.attrib.values()):
                lost["cropped"] += 1
    return lost


def _settle(alternatives: Element) -> None:
    """Of two ways of writing the same the older one is read: where it is missing, it is made from the newer one."""
    choice, fallback = child_of(alternatives, "Choice"), child_of(alternatives, "Fallback")
    if choice is None:
        return
    if fallback is None:
        fallback = SubElement(alternatives, str(alternatives.tag).replace("AlternateContent", "Fallback"))
    if not len(fallback):
        fallback.extend(choice)
    alternatives.remove(choice)


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
    elif not pictures:
        yield "shape"


def _run(words: str) -> Element:
    run = Element(f"{{{_W}}}r")
    run.append(_text(words))
    return run


def _text(words: str) -> Element:
    text = Element(f"{{{_W}}}t")
    text.text = words
    return text
