"""Signs as they are read: small ones above and below the line, and those that nobody sees."""

RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "") | {
    0x2011: "-"
}
"""Hyphens that only show at a line's end, spaces without width, turned directions of writing: a number or a word with
one in it would not be found. A hyphen that does not break is a hyphen."""
