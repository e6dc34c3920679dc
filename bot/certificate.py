"""A certificate as a picture: one SVG, A4 across, that prints well; its QR code leads to the page that checks it."""

from html import escape

import segno

from handlers.quiz.certificates import signing
from handlers.quiz.certificates.models import Certificate

WIDTH, HEIGHT = 1188, 840
_RED, _INK, _SOFT = "#a61c1c", "#222222", "#555555"
_SERIF = "'Songti SC', SimSun, 'Noto Serif CJK SC', 'Source Han Serif SC', serif"
_MOST_LINES = 4
"""Of the larger size."""
_CLOSING = "，。：；、”）》！？"
_CODE_AT, _CODE_SIZE = (84, 516), 240


def address(public_url: str, certificate: Certificate) -> str:
    """Where anybody checks it; all that it says goes along, signed."""
    code = signing.code_of(certificate.text, certificate.signature)
    return f"{public_url}/h/certificates/{certificate.serial}?c={code}"


def picture(certificate: Certificate, name: str, public_url: str) -> str:
    """`name`: in full where it is for himself or for staff; else what is masked on it."""
    said = signing.statement_of(certificate.text)
    is_pass = said.result == "合格"
    whom = f"{name or said.name}{f'（{said.unit}）' if said.unit else ''}："
    words = f"参加“{said.title}”，成绩合格，特发此证。" if is_pass else f"完成“{said.title}”的答题，特发此证。"
    year, month, day = said.issued_on.split("-")
    lines, size, step = _laid_out(whom, f"　　{words}")
    parts = [
        _frame(),
        _text(WIDTH // 2, 190, 76, _RED, "合 格 证 书" if is_pass else "竞 答 证 书", "middle", "bold"),
        *(_text(130, 300 + step * at, size, _INK, line) for at, line in enumerate(lines)),
        _code(address(public_url, certificate)),
        _text(_CODE_AT[0] + _CODE_SIZE + 24, 690, 20, _SOFT, "扫码核验真伪"),
        _text(_CODE_AT[0] + _CODE_SIZE + 24, 720, 20, _SOFT, f"编号 {said.serial}"),
        _text(1060, 660, 34, _INK, said.issuer, "end"),
        _text(1060, 714, 30, _INK, f"{year}年{int(month)}月{int(day)}日", "end"),
    ]
    told = escape(f"{'合格证书' if is_pass else '竞答证书'}，{whom}{words}编号 {said.serial}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{told}" font-family="{_SERIF}">{"".join(parts)}</svg>'
    )


def _frame() -> str:
    return (
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fffdf7"/>'
        f'<rect x="28" y="28" width="{WIDTH - 56}" height="{HEIGHT - 56}" fill="none" stroke="{_RED}" '
        'stroke-width="6"/>'
        f'<rect x="42" y="42" width="{WIDTH - 84}" height="{HEIGHT - 84}" fill="none" stroke="#c99a3b" '
        'stroke-width="2"/>'
    )


def _text(x: int, y: int, size: int, colour: str, words: str, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" font-weight="{weight}" '
        f'xml:space="preserve">{escape(words)}</text>'
    )


def _laid_out(*paragraphs: str) -> tuple[list[str], int, int]:
    """(lines, size, from line to line): smaller where long names would run into what stands below."""
    large, small = ([line for words in paragraphs for line in _wrapped(words, characters)] for characters in (24, 31))
    return (large, 38, 62) if len(large) <= _MOST_LINES else (small, 29, 44)


def _wrapped(words: str, characters: int) -> list[str]:
    """No line begins with a closing sign: it hangs behind the one before."""
    lines = [""]
    for sign in words:
        if len(lines[-1]) >= characters and sign not in _CLOSING:
            lines.append("")
        lines[-1] += sign
    return lines


def _code(url: str) -> str:
    """On white with its quiet margin: dark paper and dark mode leave it readable."""
    rows = [list(row) for row in segno.make(url, error="l", micro=False).matrix_iter(border=4)]
    side = _CODE_SIZE / len(rows)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return (
        f'<g transform="translate({_CODE_AT[0]} {_CODE_AT[1]}) scale({side:.5f})" shape-rendering="crispEdges">'
        f'<rect width="{len(rows)}" height="{len(rows)}" fill="#ffffff"/><path d="{path}" fill="#000000"/></g>'
    )
