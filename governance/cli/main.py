"""`governance`: the officer's commands."""

from importlib import import_module
from types import MappingProxyType

import click

from governance.offline.edge import Program

COMMANDS = MappingProxyType(
    {
        "advance": "server:advance",
        "check-booth": "check_booth:command",
        "count": "count:count",
        "countback": "countback:command",
        "db": "backup:database",
        "demo": "demo:command",
        "demonstration": "server:group",
        "election": "elections:group",
        "mail": "server:mail",
        "members": "people:group",
        "open-seal": "open_seal:command",
        "organisation": "people:organisation",
        "post": "server:post",
        "retention": "keeping:retention",
        "role": "people:role",
        "roll": "roll:group",
        "second-step": "people:second_step",
        "verify": "verify:command",
    }
)
"""Where each command is. A command is loaded when it is called: most of them bring the whole server, others are quick."""


class Cli(Program):
    """Commands that are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All there are."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, loaded; None if there is none."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"governance.cli.{module}"), attribute)
        return command


@click.group(cls=Cli)
@click.version_option(package_name="governance")
def main() -> None:
    """Run, count and verify the elections of an advisory group."""
