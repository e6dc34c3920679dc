"""A bank with the bureau's people around it, and short ways to hand something in."""

import pytest
from conftest import new_postgres_database

from content.models import Question
from content.questions import imports, reading
from content.questions.holds import NONE
from content.staff import Staff
from content.store import clock


@pytest.fixture(params=["sqlite"])
def database_url(request, tmp_path):
    """SQLite; PostgreSQL too where a test asks for it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/pufa.db"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def bank(database):
    """Two questions, and one who may change them."""
    with database.transaction() as session:
        session.add_all([question("c-1"), question("c-2", kind="judge", text="公民在法律面前一律平等。", answer="A")])
        session.add(Staff(name="zhao", shown_name="演示赵", roles=["campaigns"], created_at=clock.now()))
        session.add(Staff(name="sun", shown_name="演示孙", roles=["admin", "write"], created_at=clock.now()))
    return database


def question(key, **other):
    words = {
        "subject": "constitution", "kind": "single", "text": "宪法写明的根本制度是下列哪一项？",
        "options": ["甲制度", "乙制度", "社会主义制度"], "answer": "C", "explanation": "见第一条。",
        "basis": ["《宪法》第一条"], "difficulty": 1, "scenario": None, "scenario_text": None, "retired": False,
        **other,
    }  # fmt: skip
    if words["kind"] == "judge":
        words["options"] = ["对", "错"]
    return Question(key=key, **words)


@pytest.fixture
def hand_in(bank):
    """Hands words in as a member of staff and takes all that can be taken; the import."""

    def done(text, name="题.txt", by="zhao", subject="constitution", chosen=None, held=NONE):
        data = text if isinstance(text, bytes) else text.encode()
        with bank.transaction() as session:
            row = imports.hand_in(session, data, name, subject, by)
            return imports.take(session, row.id, chosen, "", by, held)

    return done


@pytest.fixture
def read():
    return lambda text, name="题.txt": reading.read(text if isinstance(text, bytes) else text.encode(), name)
