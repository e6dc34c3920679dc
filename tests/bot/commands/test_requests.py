"""requests: an application for information worked on from a terminal, by two people, without the applicant's name."""

from bot import wiring
from bot.demo.settings import open_config
from content.store.keys import Keyring
from handlers.disclosure import requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel

NAME = "演示申请人戊"


def test_two_people_answer_an_application_and_nobody_is_named(operator):
    for name, role in (("zhao", "write"), ("qian", "review1")):
        operator.types("staff", "add", name, "--role", role, "--as", "nobody")
    with wiring.current_database(open_config(operator.file)) as database, database.transaction() as session:
        application = Application("person", NAME, "demo@pufa.example", "演示：一份总结", "", "online", "")
        number = requests.file(session, Keyring((b"k" * 32,)), Channel.PAGE, application).request.number
    assert operator.types("requests", "list", "--json").json[0]["due_on"] is None
    assert "已确认收到" in operator.types("requests", "confirm", number, "--as", "zhao").out
    lacking = operator.types("requests", "answer", number, "--letter", "granted", "--as", "zhao")
    assert lacking.code == 1 and "还缺：how" in lacking.err
    operator.types("requests", "answer", number, "--letter", "granted", "--word", "how=见附件", "--as", "zhao")
    refused = operator.types("requests", "approve", number, "--as", "zhao")
    assert refused.code == 1 and "角色" in refused.err
    assert "已答复" in operator.types("requests", "approve", number, "--as", "qian").out
    shown = operator.types("requests", "show", number, "--json")
    assert (shown.json["state"], shown.json["report_class"]) == ("answered", "3.1") and NAME not in shown.out
    assert operator.types("requests", "show", "2026-9999").code == 1
