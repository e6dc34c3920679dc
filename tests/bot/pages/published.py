"""The pages over a database of this test's own: what is published of a draw cannot be removed again."""

from dataclasses import replace

from flask import Flask

from bot import pages
from content.store.db import Database
from handlers.desk import Bureau


def app_over(bureau: Bureau, database: Database) -> Flask:
    own = replace(bureau, database=database)
    app = Flask("bot.app", static_folder="static", static_url_path="/static")
    app.register_blueprint(pages.make_blueprint(lambda: own, app.instance_path))  # type: ignore[arg-type]
    return app
