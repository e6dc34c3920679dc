"""Where anybody recomputes a prize draw in his own browser: open to everybody, nothing is sent."""

from flask import Blueprint, render_template

from content.phrases import say

SENTENCES = (
    "draw_true", "draw_false", "draw_no_record", "draw_entries_order", "draw_entries_changed", "draw_secret_form",
    "draw_secret_changed", "draw_other_issue", "draw_other_winners",
)  # fmt: skip
_FILLED = ("campaign", "entries", "winners", "problem", "issue", "expected", "place")
"""Left open, for the browser to fill in."""


def register(blueprint: Blueprint) -> None:
    @blueprint.get("/draw/")
    def draw() -> str:
        left_open = {name: f"{{{name}}}" for name in _FILLED}
        return render_template("draw.html", sentences={key: say(key, **left_open) for key in SENTENCES})
