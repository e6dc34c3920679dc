"""The bureau of these tests is opened once for each kind of database; every test comes with citizens of its own."""

from collections.abc import Callable, Iterator

import pytest
from conftest import new_postgres_database
from makers import Somebody

from bot import wiring
from bot.config import make_config
from content.importers.library import read_answer
from content.models import Question
from content.phrases import LIBRARY
from content.store.db import Database
from handlers import citizens, conversation
from handlers.citizens import pseudonym_of
from handlers.desk import Bureau, topic_names
from handlers.quiz import play
from handlers.quiz.models import Round
from handlers.understanding import Understanding


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def bureau(request, tmp_path_factory, model) -> Iterator[Bureau]:
    """The whole library in a database, shared by tests that leave its content as they found it."""
    folder = tmp_path_factory.mktemp("bureau")
    (folder / "model").mkdir()
    (folder / "model" / model.name).symlink_to(model)
    url = f"sqlite:///{folder}/pufa.db"
    if request.param == "postgresql":
        url = new_postgres_database(request.getfixturevalue("postgres_server"))
    keys = str(folder / "keys.json")
    config = make_config({"database.url": url, "server.data": str(folder), "security.key_file": keys})
    wiring.prepare(config)
    database = Database(url)
    yield wiring.open_bureau(config, database, "https://pufa.example")
    database.close()


@pytest.fixture
def somebody(bureau) -> Somebody:
    return Somebody(bureau)


@pytest.fixture(scope="session")
def names() -> dict[str, str]:
    """What means a topic by itself."""
    files = sorted((LIBRARY / "answers").rglob("*.md"))
    titles = {read_answer(file).title: str(file.relative_to(LIBRARY / "answers").with_suffix("")) for file in files}
    return {**titles, **topic_names()}


@pytest.fixture(scope="session")
def ears(model, names) -> Understanding:
    """The ear as an installation has it before the bureau adds words of its own."""
    return Understanding.open(model, names, {})


@pytest.fixture(scope="session")
def ears_with(model, names) -> Callable[[dict[str, str]], Understanding]:
    """The ear with these keywords of the bureau."""
    return lambda keywords: Understanding.open(model, names, keywords)


# ── what stands in SQL about a citizen ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def citizen_id() -> Callable[[Somebody], str | None]:
    def find(somebody: Somebody) -> str | None:
        with somebody.bureau.database.reading() as session:
            return citizens.find_citizen_id(session, pseudonym_of(somebody.bureau.keyring, somebody.openid))

    return find


@pytest.fixture
def played(citizen_id) -> Callable[[Somebody], Round | None]:
    """The round that is open, as SQL has it."""

    def find(somebody: Somebody) -> Round | None:
        with somebody.bureau.database.reading() as session:
            talk = conversation.find_open(session, citizen_id(somebody) or "")
            found = play.find_round(session, talk.answers["round"]) if talk else None
            assert found is None or found.given is not None  # read while the session lives
            return found

    return find


@pytest.fixture
def open_question(played) -> Callable[[Somebody], Question]:
    """The question that waits for this citizen's answer."""

    def find(somebody: Somebody) -> Question:
        found = played(somebody)
        assert found is not None
        with somebody.bureau.database.reading() as session:
            return play.open_question(session, found)

    return find
