"""`governance` itself: every command is found, and none is loaded before it is called."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from governance.cli.main import COMMANDS, main

CONTEXT = click.Context(main)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_the_table_says(name: str) -> None:
    command = main.get_command(CONTEXT, name)

    assert command is not None
    assert command.name == name


def test_help_names_every_command() -> None:
    text = CliRunner().invoke(main, ["--help"]).stdout

    assert all(f"  {name} " in text for name in COMMANDS)


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["nothing"])

    assert result.exit_code == 2
    assert "No such command 'nothing'" in result.stderr


def test_counting_does_not_load_the_server() -> None:
    """Half of the time that counting a small file takes would be spent on it."""
    code = "import sys; from governance.cli.main import main; main(['count', '--help'], standalone_mode=False); print()"
    code += "; print({'flask', 'sqlalchemy', 'cryptography'} & {*sys.modules})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "set()"
