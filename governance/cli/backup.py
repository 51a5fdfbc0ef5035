"""`governance db`: a copy while members vote, the look at one that was put back, and the putting back."""

import sys
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from governance.board import checkpoint
from governance.cli.server import FAILED, database, inside
from governance.errors import GovernanceError, RuleError
from governance.offline import files, vote_receipt
from governance.offline.edge import shown
from governance.services import inspection
from governance.services.inspection import Finding
from governance.store import backup as copies
from governance.store.database import is_there
from governance.web.app import create_app
from governance.web.extensions import db, published, reading
from governance.web.keyfile import NAME

_FILE = click.Path(dir_okay=False, path_type=Path)


@database.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Copy the database to FILE while members vote: whole, of one moment, for its owner alone. Never over another file."""
    app = _keyed()
    with inside(app):
        if copies.file_of(make_url(app.config["DATABASE_URL"])) is not None:
            _there(app)
        with reading():  # sets the engine up
            size = copies.copy(db.engine, file)
    click.echo(f"Copied to {file}: {size:,} bytes, and it is whole.")
    click.echo(f"The key {NAME} is not in it: keep a copy of that elsewhere. Without it this copy cannot be read.")


@database.command()
@click.option(
    "--against",
    type=_FILE,
    multiple=True,
    help="A checkpoint of a witness, or a voter's receipt: does the board go on from it?",
)
def check(against: tuple[Path, ...]) -> None:
    """Look whether the database is whole: each board judged anew, its key, and what was published of it. Exit 1: it is not."""
    app = _keyed()
    given = [(one.name, _checkpoint(files.read(one, vote_receipt.MOST))) for one in against]
    with inside(app):
        _there(app)
    place = copies.file_of(make_url(app.config["DATABASE_URL"]))
    if place is not None:
        found = copies.damage(place)
        for one in found:
            _tell(Finding(f"The database is damaged: {one}."))
        if found:
            click.echo("Do not go on with it. Put the newest copy back: `governance db restore FILE`.", err=True)
            sys.exit(FAILED)
        _tell(Finding("The file of the database is whole.", holds=True))
    try:
        holds = _inspect(app, given)
    except DatabaseError as error:
        raise GovernanceError(f"The database cannot be read: {error.orig}") from error
    if not holds:
        click.echo("Something does not hold: do not let members vote on it before it is put right.", err=True)
        sys.exit(FAILED)
    click.echo("Everything holds.")


@database.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Put the copy FILE in the database's place, with the server stopped. What stood there stays, under another name."""
    app = _keyed()
    place = copies.file_of(make_url(app.config["DATABASE_URL"]))
    if place is None:
        msg = "This database is not SQLite's: pg_restore puts a copy back, into an empty database (docs/officer.md, “The drill”)."
        raise RuleError(msg)
    aside = copies.put_back(file, place, now=app.config["CLOCK"]())
    if aside is not None:
        click.echo(f"What stood there is kept as {aside}: remove it once all is well, for it has members' names in it.")
    click.echo(f"Put back: {place}. Before you start the server: `governance db upgrade`, then `governance db check`.")


def _keyed() -> Flask:
    """The application, once its key is known to be there.

    Raises:
        GovernanceError: The key is missing.
    """
    app = click.get_current_context().find_object(Flask) or create_app()
    if app.config["SECRET"] is None:
        path = Path(app.instance_path) / NAME
        msg = (
            f"The key {path} is missing: put it back first. A database cannot be read with another one, so do not let "
            "`governance db upgrade` make a new one for it."
        )
        raise GovernanceError(msg)
    return app


def _there(app: Flask) -> None:
    if not is_there(app.config["DATABASE_URL"]):
        raise GovernanceError(
            "There is no database yet: `governance db upgrade` makes one, `governance db restore` puts one back."
        )


def _inspect(app: Flask, given: list[tuple[str, bytes]]) -> bool:
    with inside(app), reading() as reader:
        if not copies.is_current(db.engine):
            msg = "This database is of another version of the program. Do `governance db upgrade` first."
            raise RuleError(msg)
        told = [_tell(one) for one in inspection.inspect(reader, published(), given)]
        return all(told)


def _tell(one: Finding) -> bool:
    click.echo(f"{'ok' if one.holds else 'NO':4}{shown(one.text)}")
    return one.holds


def _checkpoint(data: bytes) -> bytes:
    """The checkpoint in a file: itself, or that of a receipt.

    Raises:
        GovernanceError: It has none.
    """
    if checkpoint.looks_like_one(data):
        return data
    given = vote_receipt.read(data)
    if given.receipt is None:
        raise GovernanceError("This is a sealed vote without a receipt: it says nothing of a board.")
    return given.receipt.checkpoint
