"""check: what could hurt citizens is red and ends with 1."""

import pytest
from sqlalchemy import text

from bot.commands.check import GREEN
from content.inspection import RED, YELLOW
from content.models import Attachment
from content.store.clock import now
from content.store.db import Database


def lines_of(ran) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in ran.json:
        assert set(line) == {"level", "where", "what"}
        found.setdefault(line["level"], []).append(f"{line['where']}：{line['what']}")
    return found


def test_an_installation_in_order_has_nothing_red_and_ends_with_0(each_operator, platform):
    each_operator.configure(
        wechat__app_id="wxtest0000000000", wechat__app_secret="test-secret", wechat__api_base_url=platform.url
    )
    ran = each_operator.types("check", "--json")
    found = lines_of(ran)
    assert (ran.code, found.get(RED)) == (0, None)
    assert {line.split("：")[0] for line in found[GREEN]} >= {"配置", "数据库", "Redis", "菜单", "公众号"}


def test_it_counts_what_no_lawyer_has_reviewed_yet(operator):
    found = lines_of(operator.types("check", "--json"))
    unreviewed = sum("还没有律师审核（" in line for line in found[YELLOW])
    assert unreviewed > 0
    assert f"内容：{unreviewed} 篇答复还没有律师审核" in found[YELLOW]


def test_lines_and_json_say_the_same(operator):
    _, _, told = operator.types("check").out.partition("\n\n")
    assert told.splitlines() == [
        f"{line['level']} {line['where']}：{line['what']}" for line in operator.types("check", "--json").json
    ]


def test_a_summary_of_every_kind_stands_before_hundreds_of_lines(operator, tmp_path):
    (tmp_path / "menu.toml").write_text("[[button")
    summary = operator.types("check").out.partition("\n\n")[0].splitlines()
    found = lines_of(operator.types("check", "--json"))
    assert summary[0] == f"一共：{RED} 1 处，{YELLOW} {len(found[YELLOW])} 处，{GREEN} {len(found[GREEN])} 处。"
    assert summary[1] == f"{RED} 菜单 1 处"
    waiting = sum("：待填：" in line for line in found[YELLOW])
    assert f"{YELLOW} 待本局填写 {waiting} 处" in summary
    assert sum(int(line.split()[-2]) for line in summary[1:]) == len(found[RED]) + len(found[YELLOW])
    assert len(summary) < 15


def hurt(operator, word: str, level: str = RED) -> None:
    ran = operator.types("check", "--json")
    assert any(word in line for line in lines_of(ran).get(level, []))
    assert ran.code == (1 if level == RED else 0)


def test_no_token_hurts(operator):
    operator.configure(wechat__token="")
    hurt(operator, "wechat.token")


def test_a_spoilt_key_file_hurts(operator, tmp_path):
    (tmp_path / "keys.json").write_text("{}")
    hurt(operator, "keys.json")


def test_a_sandbox_beside_a_real_account_hurts(operator):
    operator.configure(sandbox__enabled=True, wechat__app_id="wxreal")
    hurt(operator, "sandbox.enabled")


def test_a_database_without_the_newest_schema_hurts(operator, tmp_path):
    operator.configure(database__url=f"sqlite:///{tmp_path}/new.db")
    hurt(operator, "pufa db upgrade")
    operator.types("db", "upgrade")
    assert operator.types("check").code == 0


def test_a_database_that_does_not_answer_hurts(operator):
    operator.configure(database__url="postgresql://pufa@127.0.0.1:1/pufa")
    hurt(operator, "database.url")


def test_an_answer_that_is_missing_hurts(operator):
    database = Database(str(operator.settings["database.url"]))
    with database.transaction() as session:
        session.execute(text("UPDATE materials SET current_revision_id = NULL WHERE slug = 'matter/wages'"))
    database.close()
    hurt(operator, "matter/wages")


def test_a_spoilt_menu_hurts(operator, tmp_path):
    (tmp_path / "menu.toml").write_text("[[button")
    hurt(operator, "menu.toml")


def test_spoilt_places_hurt(operator, tmp_path):
    (tmp_path / "offices.toml").write_text("[nowhere]\nphone = '1'")
    hurt(operator, "offices.toml")


@pytest.mark.parametrize("code", [40125, 40013, 40164])
def test_credentials_that_the_platform_refuses_hurt(live_operator, platform, code):
    platform.fails_at("stable_token", errcode=code)
    hurt(live_operator, str(code))


def test_a_redis_that_does_not_answer_is_only_slow(operator):
    operator.configure(redis__url="unix:///nowhere.sock")
    hurt(operator, "Redis", YELLOW)


def test_a_platform_that_does_not_answer_is_only_told(operator):
    operator.configure(wechat__app_id="wx", wechat__app_secret="s", wechat__api_base_url="http://127.0.0.1:1")
    hurt(operator, "没有应答", YELLOW)


def test_no_address_for_the_pages_is_only_told(operator):
    operator.configure(server__public_url="")
    hurt(operator, "server.public_url", YELLOW)


def test_what_only_the_bureau_can_fill_in_is_listed_until_it_is(operator, tmp_path):
    found = lines_of(operator.types("check", "--json"))
    waiting = [line for line in found[YELLOW] if "待填：legal_aid_centre.phone" in line]
    assert waiting
    (tmp_path / "offices.toml").write_text('[legal_aid_centre]\nphone = "0429-0000000"\n')
    assert not set(waiting) & set(lines_of(operator.types("check", "--json"))[YELLOW])


def test_with_the_embedded_redis_nothing_is_left_running(operator, tmp_path):
    operator.configure(redis__url="embedded")
    assert operator.types("check").code == 0
    assert not (tmp_path / "redis" / "redis.sock").exists()


def test_several_machines_on_sqlite_hurt(operator, tmp_path):
    url = f"sqlite:///{tmp_path}/shared.db"
    operator.configure(database__url=url)
    operator.types("db", "upgrade")
    database = Database(url)
    with database.transaction() as session:
        session.execute(text("INSERT INTO marks (name, value) VALUES ('machine:other', '2999-01-01 elsewhere')"))
    database.close()
    hurt(operator, "elsewhere")


# ── staff and the record ──────────────────────────────────────────────────────────────────────────────────────────────


def people_line(operator) -> str:
    ran = operator.types("check", "--json")
    return next(f"{line['level']} {line['what']}" for line in ran.json if line["where"] == "人员")


def test_without_staff_nobody_can_write_yet_and_that_hurts_no_citizen(operator):
    assert people_line(operator).startswith(YELLOW)


def test_one_administrator_is_red_until_there_are_two(operator):
    operator.types("staff", "add", "first", "--role", "admin")
    hurt(operator, "还差 1 名管理员")
    operator.types("staff", "add", "second", "--role", "admin", "--as", "first")
    assert people_line(operator) == f"{GREEN} 2 名在用，管理员 2 名"
    operator.types("staff", "deactivate", "second", "--as", "first", "--leaves-one-admin")
    hurt(operator, "还差 1 名管理员")


def test_in_the_sandbox_one_administrator_is_no_danger(operator):
    operator.configure(sandbox__enabled=True)
    operator.types("staff", "add", "first", "--role", "admin")
    assert people_line(operator).startswith(YELLOW)


def test_an_audit_log_that_was_tampered_with_hurts(operator):
    operator.types("staff", "add", "first", "--role", "admin")
    database = Database(str(operator.settings["database.url"]))
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER audit_entries_no_update"))
        session.execute(text("UPDATE audit_entries SET staff_name = 'somebody'"))
    database.close()
    hurt(operator, "操作记录第 1 条")


def test_a_picture_whose_file_is_gone_hurts(operator):
    database = Database(str(operator.settings["database.url"]))
    with database.transaction() as session:
        session.add(Attachment(digest="a" * 64, media_type="image/png", width=1, height=1, size=1, created_at=now()))
    database.close()
    hurt(operator, "1 张图片的文件不见了")


def test_without_a_channel_for_alerts_staff_are_told_so_and_it_is_no_failure(operator):
    hurt(operator, "只在工作台里显示", YELLOW)
    operator.configure(alerts__wecom_webhook="http://127.0.0.1:9/cgi-bin/webhook/send?key=k")
    assert "提醒：发到企业微信机器人" in lines_of(operator.types("check", "--json"))[GREEN]
