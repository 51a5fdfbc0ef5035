"""What the three tools share on the terminal: errors in one line, passphrases, and values that people compare."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from governance.board.checks import CheckError
from governance.crypto.credentials import base32
from governance.errors import GovernanceError, NotPermittedError, ProofError, RuleError
from governance.offline import files, safe
from governance.offline.safe import Safe

REFUSED = 1
WRONG = 2
_GROUP = 4
_LENGTH = 24
_MAX_PASSPHRASE = 2**12

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)


class Tool(click.Group):
    """Commands that explain an expected error in one line, and never show a traceback for one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people need them."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Exit code 1: a check failed. 2: the input or the call is wrong."""
        try:
            return super().invoke(ctx)
        except (CheckError, NotPermittedError, ProofError, RuleError) as error:
            _say(error, REFUSED)
        except GovernanceError as error:
            _say(error, WRONG)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _say(f"{where}{error.strerror or 'it cannot be read or written'}", WRONG)


def _say(error: object, code: int) -> None:
    click.echo(f"Error: {shown(str(error))}", err=True)
    sys.exit(code)


def shown(text: str) -> str:
    """A text from outside as a terminal may show it: no control, no letter that turns the line around."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


# ---- values that people compare --------------------------------------------------------------------------------------


def tracker(digest: bytes) -> str:
    """The first 120 bits of a digest in six groups of four, as a ballot's tracker is shown (protocol.md, section 8)."""
    text = base32(digest, _LENGTH)
    return "-".join(text[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def told(plain: dict[str, Any], name: str) -> str:
    """A value that a file says without its passphrase: nothing vouches for it, so it may be anything.

    A ceremony's hash is told as people compare it.
    """
    text = shown(str(plain.get(name, "")))
    is_digest = name == "ceremony" and re.fullmatch(r"[0-9a-f]{128}", text)
    return tracker(bytes.fromhex(text)) if is_digest else text


def compare(what: str, value: str, question: str, expected: str | None) -> None:
    """Show a value, and go on only if it is the one that the others see.

    Args:
        what: Its name.
        value: What this tool computed.
        question: What to ask, unless `expected` answers it.
        expected: The value that came over another channel, by which a script answers.

    Raises:
        RuleError: They differ, or nobody compared them.
    """
    click.echo(f"\n{what}:\n\n    {value}\n")
    if expected is not None:
        if _plain(expected) != _plain(value):
            msg = f"{what}: the value to compare with is another one; stop here, and tell the others"
            raise RuleError(msg)
        click.echo("It is the value that was given to compare with.")
    elif not click.confirm(question):
        msg = "nothing was made: compare first, over a channel that is not the server (a call, or in person)"
        raise RuleError(msg)


def _plain(text: str) -> str:
    """A tracker as it may be typed."""
    return text.replace("-", "").replace(" ", "").upper().translate(str.maketrans("ILO", "110"))


# ---- passphrases and safes -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Access:
    """Where the secrets are, and where their passphrase comes from."""

    path: Path
    passphrase_file: Path | None

    def create(self, owner: str) -> Safe:
        """A new safe, its passphrase asked for twice.

        Raises:
            MalformedError: There is a file already, or the passphrase is too short.
        """
        files.absent(self.path)
        if self.passphrase_file is None:
            click.echo(f"Choose a passphrase for {self.path}. Without it, what is in the file is lost for ever.")
            return safe.make(self.path, owner, _ask("Passphrase", twice=True))
        return safe.make(self.path, owner, self._given())

    @contextmanager
    def unlocked(self, owner: str) -> Iterator[tuple[Safe, Any]]:
        """The open safe and what is in it; no other command may use it meanwhile.

        Raises:
            MalformedError: It does not open.
        """
        safe.peek(self.path, owner)  # what is no safe is said before the passphrase is asked for
        with files.locked(self.path):
            passphrase = self._given() if self.passphrase_file else _ask(f"Passphrase of {self.path}")
            yield safe.unlock(self.path, owner, passphrase)

    def _given(self) -> str:
        if self.passphrase_file is None:  # pragma: no cover
            return ""
        data = files.read(self.passphrase_file, _MAX_PASSPHRASE)
        return data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def _ask(prompt: str, *, twice: bool = False) -> str:
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)
    return answer


def safe_options(default: str) -> Callable[[Command], Command]:
    """`--secret` and `--passphrase-file`, for `access`."""

    def add(command: Command) -> Command:
        command = click.option(
            "--passphrase-file",
            type=click.Path(exists=True, dir_okay=True, path_type=Path),
            help="Read the passphrase from the one line of this file (or /dev/fd/N) instead of asking for it.",
        )(command)
        return click.option(
            "--secret", type=FILE, default=default, show_default=True, help="The file of secrets, under a passphrase."
        )(command)

    return add
