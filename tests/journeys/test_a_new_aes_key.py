"""The EncodingAESKey is changed in the console while WeChat still sends under the old one for a while."""

from dataclasses import replace

OLD, NEW = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"


def restart(installation, **keys):
    if installation.process:
        assert installation.stop() == 0
    installation.config = replace(installation.config, wechat_mode="safe", **keys)
    installation.start()


def test_after_a_rotation_messages_under_either_key_are_answered_under_the_same(installation):
    restart(installation, wechat_encoding_aes_key=OLD)
    early, late = installation.phone("safe", aes_key=OLD), installation.phone("safe", aes_key=NEW)
    before = early.says("法律援助条件")
    assert "12348" in before.text and late.says("法律援助条件").status == 403
    restart(installation, wechat_encoding_aes_key=NEW, wechat_previous_encoding_aes_key=OLD)
    assert early.again().wire == before.wire
    assert late.again().text == before.text
    restart(installation, wechat_encoding_aes_key=NEW, wechat_previous_encoding_aes_key="")
    assert early.again().status == 403 and late.again().status == 200
    assert installation.phone("plain").says("法律援助条件").status == 403
