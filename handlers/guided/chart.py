"""A flow as a picture: its questions from top to bottom, with the answers on the ways between them. SVG with
presentation attributes alone, for the lawyer who reviews the tree and for the console.

The layout is layered: a question stands below those that lead to it; a way that skips a layer gets room in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from xml.sax.saxutils import escape

from content.phrases import say
from handlers.guided.flow import FlowUnreadable
from handlers.guided.questions import END, Flow, Kind, Question, Way

WIDTH, LINE, SIZE, PAD = 272.0, 18.0, 13, 10.0
ACROSS, DOWN, LABEL = 36.0, 34.0, 15.0
WRAP, WRAP_LABEL = 19, 17
"""Characters in a line of a box, of a way's words."""
KINDS = {Kind.CHOICE: "单选", Kind.SEVERAL: "多选", Kind.DATE: "日期", Kind.NUMBER: "数字", Kind.TEXT: "文字"}
SWEEPS = 8
FAR = 2
"""Layers that a drawn way may go down; a longer one, and one that goes up, is told in the box."""


class Part(Enum):
    """What a line of a box is: how it is set and in which colour."""

    HEAD = ("normal", "#5a6472")
    ASK = ("bold", "#1a1a1a")
    OPTION = ("normal", "#1a1a1a")
    WAY = ("normal", "#0b5394")


@dataclass(slots=True)
class _Node:
    """A question, or the place at which a long way passes a layer."""

    layer: int
    lines: list[tuple[str, "Part"]] = field(default_factory=list)
    x: float = 0.0
    """Of its middle."""
    y: float = 0.0
    ups: list["_Node"] = field(default_factory=list)
    downs: list["_Node"] = field(default_factory=list)
    near: list["_Node"] = field(default_factory=list)
    """Those from which a way leads here that is not drawn."""

    @property
    def width(self) -> float:
        return WIDTH if self.lines else 10.0

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + 2 * PAD if self.lines else 0.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A way with all it passes, from box to box."""

    passes: list[_Node]
    words: list[str]


def draw(flow: Flow) -> str:
    """The picture as a document of its own. Raises FlowUnreadable where the flow has no beginning."""
    if flow.first not in flow.questions:
        raise FlowUnreadable(say("flow_no_question", where=say("flow_first"), name=flow.first))
    nodes, lines = _graph(flow)
    layers = _layers(nodes, lines)
    _order(layers)
    _place(layers, lines)
    return _svg(flow, layers, lines)


def numbered(flow: Flow) -> dict[str, int]:
    """The questions' numbers in the picture, in the order in which they are asked."""
    depth = _depths(flow)
    names = [name for name in flow.questions if name in depth]
    return {name: number for number, name in enumerate(sorted(names, key=lambda name: depth[name]), start=1)}


def told(flow: Flow, question: Question, way: Way) -> str:
    """The condition of a way in the words that citizens see; what an earlier question asked goes by its number."""
    numbers, parts = numbered(flow), []
    for name, values in way.when.items():
        asked = flow.questions.get(name, question)
        labels = "、".join(asked.label_of(value) or "跳过" for value in (*asked.values, "") if value in values)
        parts.append(labels if name == question.name else f"第{numbers.get(name, name)}问：{labels}")
    return "，且 ".join(parts) or ("其他" if len(question.then) > 1 else "")


def _depths(flow: Flow) -> dict[str, int]:
    """The layer of each question that can be reached: below all that lead to it, but for ways that come back."""
    order: list[str] = []
    _visit(flow, flow.first, order, set())
    place = {name: number for number, name in enumerate(reversed(order))}
    depth = dict.fromkeys(place, 0)
    for name in place:
        for way in flow.questions[name].then:
            if place.get(way.to, -1) > place[name]:
                depth[way.to] = max(depth[way.to], depth[name] + 1)
    return depth


def _visit(flow: Flow, name: str, order: list[str], seen: set[str]) -> None:
    """Each behind all that it leads to."""
    if name in flow.questions and name not in seen:
        seen.add(name)
        for way in flow.questions[name].then:
            _visit(flow, way.to, order, seen)
        order.append(name)


def _graph(flow: Flow) -> tuple[dict[str, _Node], list[_Line]]:
    depth, numbers = _depths(flow), numbered(flow)
    nodes = {name: _Node(depth[name], _box(flow.questions[name], numbers[name])) for name in depth}
    lines = []
    for name in sorted(depth, key=lambda name: depth[name]):
        question, node = flow.questions[name], nodes[name]
        words: dict[str, list[str]] = {}
        for way in question.then:
            words.setdefault(way.to, []).append(told(flow, question, way))
        for to, conditions in words.items():
            if to in nodes and 0 < nodes[to].layer - node.layer <= FAR:
                said = [line for condition in conditions if condition for line in _wrapped(condition, WRAP_LABEL)]
                lines.append(_Line(_passes(node, nodes[to]), said))
            else:  # a long way is told, not drawn: lines across half the picture cannot be followed
                if to in nodes:
                    nodes[to].near.append(node)
                goal = "结束" if to == END else f"第{numbers[to]}问" if to in numbers else to
                said = [f"{condition or '然后'} → {goal}" for condition in conditions]
                node.lines += [(line, Part.WAY) for one in said for line in _wrapped(one, WRAP)]
    return nodes, lines


def _passes(source: _Node, target: _Node) -> list[_Node]:
    between = [_Node(layer) for layer in range(source.layer + 1, target.layer)]
    passes = [source, *between, target]
    for upper, lower in zip(passes, passes[1:], strict=False):
        upper.downs.append(lower)
        lower.ups.append(upper)
    return passes


def _box(question: Question, number: int) -> list[tuple[str, Part]]:
    marks = [
        KINDS[question.kind],
        *(["可跳过"] if question.may_skip else []),
        *(["加密"] if question.is_private else []),
    ]
    head = [(f"{number}　{question.name}（{'，'.join(marks)}）", Part.HEAD)]
    asked = [(line, Part.ASK) for line in _wrapped(question.ask, WRAP)]
    labels = [f"· {option.label}" for option in question.options]
    return head + asked + [(line, Part.OPTION) for label in labels for line in _wrapped(label, WRAP)]


def _wrapped(text: str, most: int) -> list[str]:
    return [part[begin : begin + most] for part in text.split("\n") for begin in range(0, max(len(part), 1), most)]


def _layers(nodes: dict[str, _Node], lines: Sequence[_Line]) -> list[list[_Node]]:
    every = [*nodes.values(), *(node for line in lines for node in line.passes[1:-1])]
    return [[node for node in every if node.layer == layer] for layer in range(max(n.layer for n in every) + 1)]


def _order(layers: list[list[_Node]]) -> None:
    """Fewer crossings: each node goes to the middle of its neighbours in the layer before, then behind."""
    for sweep in range(SWEEPS):
        is_down = sweep % 2 == 0
        for layer, beside in _pairs(layers, is_down):
            place = {id(node): number for number, node in enumerate(beside)}
            layer.sort(key=lambda node, place=place, is_down=is_down: _middle(node, place, is_down))  # type: ignore[misc]


def _pairs(layers: list[list[_Node]], is_down: bool) -> Iterator[tuple[list[_Node], list[_Node]]]:
    if is_down:
        yield from zip(layers[1:], layers, strict=False)
    else:
        yield from zip(layers[-2::-1], layers[:0:-1], strict=False)


def _middle(node: _Node, place: dict[int, int], is_down: bool) -> float:
    beside = node.ups if is_down else node.downs
    return sum(place[id(one)] for one in beside) / len(beside) if beside else 0.0


def _place(layers: list[list[_Node]], lines: Sequence[_Line]) -> None:
    for layer in layers:
        _spread(layer)
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            for node in layer:
                beside = [*node.ups, *node.downs] or node.near
                node.x = sum(one.x for one in beside) / len(beside) if beside else node.x
            layer.sort(key=lambda node: node.x)
            _spread(layer)
    y = 56.0
    for layer in layers:
        for node in layer:
            node.y = y
        room = [sum(len(line.words) for line in lines if line.passes[0] is node) for node in layer]
        y += max(node.height for node in layer) + DOWN + LABEL * (max(room) + 1)


def _spread(layer: list[_Node]) -> None:
    """Side by side without touching, and around the middle of where they want to be."""
    wanted = sum(node.x for node in layer) / len(layer)
    for left, right in zip(layer, layer[1:], strict=False):
        right.x = max(right.x, left.x + (left.width + right.width) / 2 + ACROSS)
    moved = sum(node.x for node in layer) / len(layer) - wanted
    for node in layer:
        node.x -= moved


def _svg(flow: Flow, layers: list[list[_Node]], lines: Sequence[_Line]) -> str:
    every = [node for layer in layers for node in layer]
    left = min(node.x - node.width / 2 for node in every) - 24
    for node in every:
        node.x -= left
    width = max(node.x + node.width / 2 for node in every) + 24
    height = max(node.y + node.height for node in every) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" font-family="sans-serif" font-size="{SIZE}">',
        f"<title>{escape(flow.title)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#5a6472"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text x="24" y="32" font-size="18" font-weight="bold" fill="#1a1a1a">{escape(flow.title)}</text>',
    ]
    for node in every:
        starts = [line for line in lines if line.passes[0] is node]
        parts += _ways(node, sorted(starts, key=lambda line: line.passes[1].x))
    parts += [_drawn(node) for node in every if node.lines]
    return "\n".join([*parts, "</svg>"])


def _ways(node: _Node, lines: Sequence[_Line]) -> Iterator[str]:
    """The lines first, then all their words, so that no line runs through a word."""
    step = node.width / (len(lines) + 1)
    ports = [node.x - node.width / 2 + step * (place + 1) for place in range(len(lines))]
    for port, line in zip(ports, lines, strict=True):
        yield _path(port, node.y + node.height, line.passes[1:])
    y = node.y + node.height + LABEL
    for port, line in zip(ports, lines, strict=True):
        for words in line.words:
            wide = len(words) * 12 + 6
            yield f'<rect x="{port - wide / 2:.1f}" y="{y - 11:.1f}" width="{wide}" height="14" fill="#ffffff"/>'
            yield (
                f'<text x="{port:.1f}" y="{y:.1f}" text-anchor="middle" font-size="12" fill="#0b5394">'
                f"{escape(words)}</text>"
            )
            y += LABEL


def _path(x: float, y: float, passes: Sequence[_Node]) -> str:
    drawn = [f"M{x:.1f} {y:.1f}"]
    for node in passes:
        bend = max((node.y - y) / 2, 12)
        end = node.y - (2 if node.lines else 0)
        drawn.append(f"C{x:.1f} {y + bend:.1f} {node.x:.1f} {end - bend:.1f} {node.x:.1f} {end:.1f}")
        x, y = node.x, end
    return f'<path d="{"".join(drawn)}" fill="none" stroke="#5a6472" stroke-width="1.3" marker-end="url(#tip)"/>'


def _drawn(node: _Node) -> str:
    x, y = node.x - node.width / 2, node.y
    parts = [
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{node.width:.0f}" height="{node.height:.0f}" rx="8" fill="#f4f7fb" '
        'stroke="#5a6472"/>'
    ]
    for number, (line, part) in enumerate(node.lines, start=1):
        weight, fill = part.value
        parts.append(
            f'<text x="{x + PAD:.1f}" y="{y + PAD + LINE * number - 5:.1f}" font-weight="{weight}" fill="{fill}">'
            f"{escape(line)}</text>"
        )
    return "".join(parts)
