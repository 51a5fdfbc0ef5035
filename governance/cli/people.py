"""The beginning of an installation, before anybody can sign in: its name, the first members, the first roles."""

from pathlib import Path

import click

from governance.cli.server import inside
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import members, officers, roles
from governance.web.extensions import now, reading, transaction

_ROLES = click.Choice([role.value for role in Role if role is not Role.MEMBER])


@click.command()
@click.option("--name", required=True, help="The organisation.")
@click.option("--host", required=True, help="Where it votes, like vote.example.org: part of the name of every board.")
@click.option("--contact", required=True, help="Whom to ask for help: an address or a sentence, shown to members.")
def organisation(name: str, host: str, contact: str) -> None:
    """Name the organisation of this installation, or rename it."""
    with inside(), transaction() as writer:
        members.set_up(writer, name, host, contact)
    click.echo(f"This installation is {name}'s.")


@click.group("members")
def group() -> None:
    """The members' list, for the first of them; the pages do the rest."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(file: Path, *, yes: bool) -> None:
    """Add the members of FILE, a CSV file (email, name, country, region, joined), and change those who are there."""
    with inside():
        data = file.read_bytes()
        with reading() as reader:
            seen = members.preview(reader, officers.COMMAND, data)
        bad = seen.plan.mistakes + seen.plan.conflicts
        if bad:
            raise RuleError(f"Nothing was changed. Line {bad[0].line}: {bad[0].why}.")
        click.echo(f"{len(seen.plan.additions)} new, {len(seen.plan.changes)} changed.")
        if not yes and not click.confirm("Do this?"):
            return
        with transaction() as writer:
            members.apply(writer, officers.COMMAND, data, seen.digest, now=now())
    click.echo("Done.")


@click.command()
@click.argument("who", metavar="EMAIL")
@click.argument("role", type=_ROLES)
@click.option("--take", is_flag=True, help="Take the role away.")
@click.option("--why", default="", help="For the log.")
def role(who: str, role: str, *, take: bool, why: str) -> None:
    """Give the member with the address EMAIL a role, or take it away."""
    with inside(), transaction() as writer:
        member = members.find(writer, who)
        if member is None:
            raise NotFoundError(f"Nobody among the members has the address {who}.")
        change = roles.revoke if take else roles.grant
        change(writer, officers.COMMAND, member, Role(role), now=now(), why=why)
    click.echo("Done.")
