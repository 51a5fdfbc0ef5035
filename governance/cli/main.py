"""`governance`: the officer's commands."""

import sys
from typing import Any

import click

from governance.cli.count import count
from governance.cli.demo import command as demo
from governance.cli.server import advance, database, mail
from governance.cli.server import group as demonstration
from governance.cli.verify import command as verify
from governance.errors import GovernanceError

WRONG = 2


class Cli(click.Group):
    """Commands that explain an expected error in one line, and never show a traceback for one."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected error becomes its sentence and exit code 2."""
        try:
            return super().invoke(ctx)
        except GovernanceError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(WRONG)


@click.group(cls=Cli)
@click.version_option(package_name="governance")
def main() -> None:
    """Run, count and verify the elections of an advisory group."""


main.add_command(advance)
main.add_command(count)
main.add_command(database)
main.add_command(demo)
main.add_command(demonstration)
main.add_command(mail)
main.add_command(verify)
