"""What stands on every page: whose elections these are, whom to ask for help, whether all of it is made up.

And what pages for auditors show: where the software can be had.
"""

from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from governance.domain.software import Software
from governance.errors import GovernanceError
from governance.services import demonstration, officers
from governance.web.extensions import has_database, reading


class Masthead(NamedTuple):
    name: str
    contact: str
    made_up: bool
    software: Software


def read() -> Masthead:
    """As `governance organisation` set it; before that, and without a database, as the configuration has it."""
    config = current_app.config
    name, contact = config["ORGANISATION"], config["CONTACT"] or ""
    where = Software()
    told = None
    if has_database():
        try:
            with reading() as reader:
                told = officers.organisation(reader)
                name, contact = told.name, config["CONTACT"] or told.contact
                where = Software(told.software, told.software_hash)
        except (GovernanceError, SQLAlchemyError):
            pass  # a page that says what is wrong must be shown above all
    made_up = config["DEMONSTRATION"]
    if made_up is None:
        made_up = told is None or name == demonstration.ORGANISATION
    return Masthead(name, contact, made_up, where)


def register(app: Flask) -> None:
    app.context_processor(lambda: {"masthead": read()})
