"""The beginning of an installation, before anybody can sign in: its name, the first members, the first roles."""

from pathlib import Path

import click

from governance.cli.polls import read_bytes
from governance.cli.server import inside
from governance.domain.membership import MAX_BYTES
from governance.domain.signing_in import Role
from governance.errors import NotFoundError, RuleError
from governance.services import members, officers, roles, second_step_changes, windows
from governance.web.extensions import now, reading, transaction

_ROLES = click.Choice([role.value for role in Role if role is not Role.MEMBER])


@click.command()
@click.option("--name", help="The organisation.")
@click.option("--host", help="Where it votes, like vote.example.org: part of the name of every board.")
@click.option("--contact", help="Whom to ask for help: an address or a sentence, shown to members.")
@click.option(
    "--software", help="Where auditors get the verifier: an https address on another server. '' takes it back."
)
@click.option("--challenge-days", type=int, help="So many days at least one can object or appeal about a nomination.")
@click.option("--software-sha256", "digest", help="The SHA-256 of the file governance-verify.pyz at that address.")
def organisation(
    name: str | None,
    host: str | None,
    contact: str | None,
    software: str | None,
    digest: str | None,
    challenge_days: int | None,
) -> None:
    """Name the organisation of this installation, rename it, or say where auditors get the software.

    The first time it takes a name, a host and a contact. Later, what is not given stays as it is; another address of the
    software takes its SHA-256 anew.
    """
    with inside(), transaction() as writer:
        members.set_up(writer, name, host, contact)
        if software is not None or digest is not None:
            members.set_software(writer, officers.COMMAND, software, digest, now=now())
        if challenge_days is not None:
            windows.set_rule(writer, officers.COMMAND, challenge_days, now=now())
        called = officers.organisation(writer).name
    click.echo(f"This installation is {called}'s.")


@click.group("members")
def group() -> None:
    """The members' list, for the first of them; the pages do the rest."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(file: Path, *, yes: bool) -> None:
    """Add the members of FILE, a CSV file (email, name, country, region, joined), and change those who are there."""
    with inside():
        data = read_bytes(file, MAX_BYTES)
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


@click.group("second-step")
def second_step() -> None:
    """The second step of signing in, where somebody lost the device and no two people can help."""


@second_step.command("reset")
@click.argument("who", metavar="EMAIL")
@click.option("--why", default="", help="For the log.")
def reset(who: str, *, why: str) -> None:
    """Let the member with the address EMAIL sign in by mail alone, once: whoever has a role then sets it up anew.

    Speak to them first, and not by mail: somebody else may read it.
    """
    with inside(), transaction() as writer:
        member = members.find(writer, who)
        if member is None:
            raise NotFoundError(f"Nobody among the members has the address {who}.")
        second_step_changes.reset(writer, officers.COMMAND, member, now=now(), why=why)
    click.echo("Done. Their sessions have ended, they are told by mail, and the log says it.")
