"""What happens to the account reaches staff: from WeChat's word through database and scheduler to the robot, once."""

import dataclasses

import pytest
from conftest import wait_until
from post_office import robot

from content.store import clock
from scheduler import outbox
from tests.journeys.phone import Phone


@pytest.fixture
def wecom():
    with robot() as made:
        yield made


def test_wechats_word_on_the_account_reaches_the_robot_once(installation, wecom):
    installation.config = dataclasses.replace(installation.config, alerts_wecom_webhook=wecom.url)
    installation.start()
    phone, expired_at = Phone(installation.port), str(clock.timestamp())
    for _ in range(3):
        phone.event("verify_expired", ExpiredTime=expired_at)
    with installation.database.transaction() as session:
        outbox.tell(session, "the-last", "最后一条", "到此为止")
    wait_until(lambda: "最后一条" in str(wecom.told), 30)
    titles = [told["markdown"]["content"].splitlines()[0] for told in wecom.told if "晨报" not in str(told)]
    assert titles == ["**【账号】认证已过期**", "**最后一条**"]
    assert "geheim" not in installation.log.read_text()
