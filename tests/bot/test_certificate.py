"""The picture of a certificate: nothing runs over, nothing that was typed becomes markup."""

import re

import pytest
from defusedxml import ElementTree

from bot import certificate
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.certificates.signing import Statement


@pytest.mark.parametrize(("title", "unit"), [("演示", ""), ("演示" * 16, "演示单位" * 16), ("<b>&\"'", "<script>")])
def test_every_line_stands_above_the_code_and_within_the_frame(title, unit):
    said = Statement("2026-DEMO-DEMO-DEMO", "演示", title, "张*", unit, "合格", "2026-12-05")
    drawn = certificate.picture(
        Certificate(serial=said.serial, text=said.text, signature="s" * 86), "张三演示", "http://x"
    )
    root = ElementTree.fromstring(drawn)
    body = [one for one in root.iter() if one.tag.endswith("text") and one.get("x") == "130"]
    assert "".join(one.text for one in body).replace("　", "").startswith("张三演示")
    for one in body:
        width = sum(1 if ord(sign) > 0x2E7F else 0.6 for sign in one.text) * int(one.get("font-size"))
        assert int(one.get("y")) < certificate._CODE_AT[1] - 10 and 130 + width < certificate.WIDTH - 60
    assert not re.search(r"<(b|script)>", drawn)
