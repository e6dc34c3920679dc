"""Questions of the bank → a file in one of its forms."""

from collections.abc import Sequence

from content.models import Question
from content.questions import aiken, gift, tables, template

FORMS = ("xlsx", "toml", "gift", "aiken")


def write(bank: Sequence[Question], form: str) -> tuple[bytes, list[str]]:
    """(the file, keys of the questions that this form cannot hold)."""
    if form == "xlsx":
        return template.as_sheet(bank), []
    if form == "aiken":
        text, left_out = aiken.write(bank)
        return text.encode(), left_out
    return (tables.write(bank) if form == "toml" else gift.write(bank)).encode(), []
