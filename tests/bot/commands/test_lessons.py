"""quiz lessons: wrong answers as a draft post, from a terminal."""

from datetime import UTC, datetime

from content.store import clock
from tests.handlers.quiz.campaigns import WRITTEN


def test_nothing_is_written_before_the_end_by_strangers_or_of_no_papers(operator, tmp_path):
    file = tmp_path / "demo.toml"
    file.write_text(WRITTEN, encoding="utf-8")
    operator.types("staff", "add", "zhao", "--role", "campaigns", "--as", "nobody")
    with clock.fixed_at(datetime(2026, 12, 2, tzinfo=UTC)):
        operator.types("quiz", "create", file, "--as", "zhao")
        assert "工作人员里没有" in operator.fails("quiz", "lessons", "demo", "--as", "qian")
        assert "还没有全部结束" in operator.fails("quiz", "lessons", "demo", "--as", "zhao")
        assert "没有编号" in operator.fails("quiz", "lessons", "nothing", "--as", "zhao")
    with clock.fixed_at(datetime(2026, 12, 9, tzinfo=UTC)):
        assert "答卷还不够" in operator.fails("quiz", "lessons", "demo", "--as", "zhao")
