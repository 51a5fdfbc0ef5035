"""What runs beside the web server: the database's form, the clock, the mail, the demonstration."""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from governance.errors import GovernanceError, NotFoundError, RuleError
from governance.services import demonstration, mailing, officers, undelivered
from governance.store import schema
from governance.store.database import is_there
from governance.web import clock, results
from governance.web.app import create_app
from governance.web.extensions import db, now, reading, transaction
from governance.web.keyfile import NAME, make_key

FAILED = 1
KEPT = "demonstration.json"
"""Secrets of the demonstration's officials and voters, beside the database."""


@contextmanager
def inside(app: Flask | None = None, *, first: bool = False) -> Iterator[Flask]:
    """Inside the application, this one if it is made already; the first command of all makes the key of the installation.

    Raises:
        GovernanceError: There is no key yet, or a database without its key; or the database does not answer.
    """
    given = click.get_current_context().find_object(Flask)
    app = app or given or create_app()
    if app.config["SECRET"] is None:
        folder = Path(app.instance_path)
        if not first:
            raise GovernanceError("There is no database yet: `governance db upgrade` makes one.")
        with _answering():
            there = is_there(app.config["DATABASE_URL"])
        if there:
            raise GovernanceError(f"There is a database, and its key {folder / NAME} is missing: put it back.")
        made = make_key(folder)
        click.echo(f"Made the key of this installation: {made}. Keep a copy apart from the database.", err=True)
        app = create_app()
    with app.app_context(), _answering():
        try:
            yield app
        finally:
            if given is None:
                db.engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise GovernanceError(f"The database does not answer: {error.orig}") from error
    except ModuleNotFoundError as error:
        msg = f"The database in DATABASE_URL needs {error.name}, which is not installed (docs/officer.md, step 1)."
        raise GovernanceError(msg) from error


def _upgrade() -> None:
    with transaction():
        pass  # opens the database, durable from its first page
    if db.engine.url.get_backend_name() == "sqlite" and db.engine.url.database:
        Path(db.engine.url.database).chmod(0o600)  # it holds names and addresses
    schema.prepare(db.engine)


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the form that this version needs; at the first time, make it and its key."""
    with inside(first=True):
        _upgrade()
    click.echo("The database is up to date.")


@click.command()
def advance() -> None:
    """Open, close and publish what is due by the clock, and verify new results; for a timer that runs each minute."""
    with inside():
        done, failed = clock.advance()
        found = results.verify_new()
    for election, steps in done:
        click.echo(f"{election}: {', '.join(steps)}")
    for election, why in found:
        click.echo(f"{election}: {why or 'its record verifies, so its result is shown'}")
    for election in failed:
        click.echo(f"Error: {election} cannot go on; the log says why.", err=True)
    if failed or any(why for _, why in found):
        sys.exit(FAILED)


@click.command()
@click.option("--every", type=click.IntRange(1, 3600), help="Go on, and look again after so many seconds.")
def mail(every: int | None) -> None:
    """Send the mail that waits, to the server in MAIL_URL."""
    with inside() as app:
        url, sender = app.config["MAIL_URL"], app.config["MAIL_FROM"]
        if not url:
            raise GovernanceError("MAIL_URL is not set, so no mail can be sent.")
        while True:
            try:
                sent, failed = mailing.deliver(transaction, url, sender, now=now())
            except RuleError as error:  # the server cannot be reached: later, perhaps
                if every is None:
                    raise
                click.echo(f"Error: {error}", err=True)
            else:
                if sent or failed or every is None:
                    click.echo(f"{sent} sent, {failed} to be tried again")
            if every is None:
                return
            time.sleep(every)


@click.command()
def post() -> None:
    """Tell which mail waits, and which did not arrive; fails if nobody sends it, or some was given up."""
    with inside(), reading() as reader:
        told = undelivered.look(reader, officers.COMMAND, now=now())
    click.echo(f"{told.waiting} waiting")
    for one in told.lines:
        whom = f", to {one.member}" if one.member else ""
        click.echo(f"{one.letters} {one.kind}{whom}: {one.given_up} given up, {one.letters - one.given_up} still tried")
    if told.stuck:
        click.echo(f"Error: no mail is sent since {told.stuck:%Y-%m-%d %H:%M} UTC: run `governance mail`.", err=True)
    if told.stuck or told.given_up:
        sys.exit(FAILED)


# ---- the demonstration -----------------------------------------------------------------------------------------------


@click.group("demonstration")
def group() -> None:
    """A made-up organisation to look around in: one finished election, one to vote in, one with nominations."""


@group.command()
@click.option("--if-empty", is_flag=True, help="Do nothing if there is somebody in the database.")
def load(*, if_empty: bool) -> None:
    """Fill an empty database."""
    with inside(first=True) as app:
        _upgrade()
        with reading() as reader:
            empty = demonstration.is_empty(reader)
        if if_empty and not empty:
            return
        click.echo(
            "Making a made-up organisation: one finished election, one to vote in, one with nominations …", err=True
        )
        with transaction() as writer:
            made = demonstration.load(writer, now=now())
            shown = [
                {"name": one.name, "email": one.email, "role": one.role, "code": one.code, "hint": one.hint}
                for one in made.accounts
            ]
            _keep(Path(app.instance_path), json.dumps({"accounts": shown, "kept": made.kept.decode()}))


def _keep(folder: Path, text: str) -> None:
    """Written whole, and only for its owner, before the database has what it is good for."""
    new = folder / f"{KEPT}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(folder / KEPT)


@group.command()
def count() -> None:
    """Play the trustees of the election to vote in, once it has closed: its result follows."""
    with inside() as app:
        path = Path(app.instance_path) / KEPT
        if not path.is_file():
            raise NotFoundError("This database holds no demonstration.")
        kept = json.loads(path.read_text())["kept"]
        with transaction() as writer:
            demonstration.count(writer, kept.encode(), now=now())
    click.echo("Mixed, opened and counted.")


@group.command()
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="Where it is served.")
def accounts(address: str) -> None:
    """Say whom one can sign in as, and voters' codes."""
    with inside() as app:
        path = Path(app.instance_path) / KEPT
    if not path.is_file():
        click.echo("This database holds no demonstration.")
        return
    click.echo(
        "Sign in as one of these made-up people: open the link, ask for the mail, and see it on the next page.\n"
    )
    for one in json.loads(path.read_text())["accounts"]:
        hint = one.get("hint", "")  # of an older version, there is none
        click.echo(f"  {one['name']}{hint and ': ' + hint}\n    {address}/sign-in?email={one['email']}")
        if one["code"]:
            click.echo(f"    voting code: {one['code']}")
    click.echo()
