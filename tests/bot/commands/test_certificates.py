"""quiz certificate-key, verify-certificate: whoever has the key checks a certificate on a machine of his own."""

from content.store.keys import Keyring
from handlers.quiz.certificates import signing
from handlers.quiz.certificates.signing import Statement

RING = Keyring((b"d" * 32,))
SAID = Statement("2026-DEMO-DEMO-DEMO", "演示", "演示考试", "张*", "演示单位", "合格", "2026-12-05")


def test_a_signature_is_checked_with_the_public_key_alone(operator):
    code = signing.code_of(SAID.text, signing.sign(RING, SAID))
    [key] = signing.public_keys(RING)
    ran = operator.types("quiz", "verify-certificate", f"https://x.example/h/certificates/1?c={code}", "--key", key)
    assert ran.code == 0 and "签名是真的：张*，演示单位，“演示考试”合格" in ran.out
    assert "不是真的" in operator.fails("quiz", "verify-certificate", code)
    assert "核验码" in operator.fails("quiz", "verify-certificate", "演示", "--key", "no key")


def test_the_public_key_is_shown_and_never_the_private_one(operator):
    ran = operator.types("quiz", "certificate-key")
    assert ran.code == 0 and len(ran.out.strip().rsplit("：", 1)[1]) == 64
