"""What the tools share on the terminal: which errors are a check that failed, passphrases, values that people compare."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from governance.board.checks import CheckError
from governance.crypto.credentials import base32
from governance.errors import MalformedError, NotPermittedError, ProofError, RuleError
from governance.offline import edge, files, newest, safe
from governance.offline.edge import Program
from governance.offline.safe import Safe

REFUSED = edge.REFUSED
shown = edge.shown
_GROUP = 4
_LENGTH = 24
_MAX_PASSPHRASE = 2**12

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path, resolve_path=True)
OUT = click.Path(dir_okay=False, path_type=Path)
"""What is written anew: never through a link that somebody put there."""


class Tool(Program):
    """Commands in the order in which people need them."""

    refusals = (CheckError, NotPermittedError, ProofError, RuleError)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In that order."""
        del ctx
        return list(self.commands)


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
    """Where the secrets are, where their passphrase comes from, and whether an older copy of them will do."""

    path: Path
    passphrase_file: Path | None = None
    option: str = "--restored"
    """How one says that it will."""
    meaning: str = "what was done with a newer one is forgotten"
    """What one says by it."""
    said: bool = False

    def create(self, owner: str) -> Safe:
        """A new safe, its passphrase asked for twice.

        Raises:
            MalformedError: There is a file already, or cannot be one; or the passphrase is too short.
        """
        files.absent(self.path)
        newest.free(self.path)
        if self.passphrase_file is None:
            click.echo(
                f"Choose a passphrase of four or five words (12 letters or more) for {self.path}. Without it, what is in the file is lost for ever."
            )
            return safe.make(self.path, owner, _ask("Passphrase", twice=True))
        return safe.make(self.path, owner, self._given())

    def outputs(self, *outs: Path) -> None:
        """Make sure, before anything is done, that what will be written can be, and takes the place of nothing.

        Raises:
            MalformedError: It would, or two of them have one name.
            OSError: It cannot be written.
        """
        for number, out in enumerate(outs):
            self.apart(out)
            if any(files.are_one(out, other) for other in outs[:number]):
                msg = f"{out} would be written twice: name two files"
                raise MalformedError(msg)
            files.absent(out)

    def apart(self, out: Path) -> None:
        """Make sure that a file is none of the secrets, by any name of theirs, and nothing that is kept beside them.

        Raises:
            MalformedError: It is.
        """
        kept = (*files.beside(self.path), *files.beside(newest.beside(self.path)))
        if any(files.are_one(mine, one) for mine in files.beside(out) for one in kept):
            msg = f"{out} would take the place of your secrets, or of what is kept beside them: name another file"
            raise MalformedError(msg)

    @contextmanager
    def unlocked(self, owner: str) -> Iterator[tuple[Safe, Any]]:
        """The open safe and what is in it; no other command may use it meanwhile.

        Raises:
            MalformedError: It does not open.
            RuleError: It may be an older copy, and nobody said that it will do.
        """
        plain = safe.peek(self.path, owner)  # what is no safe is said before the passphrase is asked for
        with files.locked(self.path):
            if files.close(self.path):
                click.echo(
                    f"Warning: others on this computer could read {self.path}; it is closed to them now.", err=True
                )
            passphrase = self._given() if self.passphrase_file else _ask(f"Passphrase of {self.path}")
            opened, value = safe.unlock(self.path, owner, passphrase)
            if doubt := opened.doubt():
                self.accept(doubt)
                opened.store(plain, value)  # from now on it is the newest
            yield opened, value

    def accept(self, doubt: str) -> None:
        """Go on with what may be an older copy only if that was said, and say what it means.

        Raises:
            RuleError: It was not said.
        """
        if not self.said:
            msg = f"{doubt}. Use the newest copy; if it is lost, or this is it, say {self.option}: then {self.meaning}"
            raise RuleError(msg)
        click.echo(f"Warning: {shown(doubt)}. You said {self.option}: {self.meaning}.", err=True)

    def _given(self) -> str:
        if self.passphrase_file is None:  # pragma: no cover
            return ""
        with self.passphrase_file.open("rb") as file:  # it may be a pipe
            data = file.read(_MAX_PASSPHRASE + 1)
        if len(data) > _MAX_PASSPHRASE:
            msg = f"{self.passphrase_file} is larger than a passphrase can be"
            raise MalformedError(msg)
        return data.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def _ask(prompt: str, *, twice: bool = False) -> str:
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)
    return answer


def safe_options(
    default: str, option: str = "--restored", meaning: str = ""
) -> tuple[Callable[[Command], Command], Callable[[Command], Command]]:
    """What says where the secrets are and how they open; the command gets it as `access`.

    Args:
        default: The name of the file.
        option: The flag by which one says that an older copy of it will do.
        meaning: What one says by that, as the second half of a sentence.

    Returns:
        For commands that make the file, and for commands that use it.
    """

    def add(command: Command) -> Command:
        @wraps(command)
        def run(*, secret: Path, passphrase_file: Path | None, said: bool = False, **rest: Any) -> Any:
            return command(access=Access(secret, passphrase_file, option, meaning, said), **rest)

        decorated = click.option(
            "--passphrase-file",
            type=click.Path(exists=True, dir_okay=True, path_type=Path),
            help="Read the passphrase from the one line of this file (or /dev/fd/N) instead of asking for it.",
        )(run)
        where = "The file of secrets, under a passphrase."
        return click.option("--secret", type=FILE, default=default, show_default=True, help=where)(decorated)  # type: ignore[return-value]  # it takes options now

    def add_with_flag(command: Command) -> Command:
        told = f"The file may be an older copy than the newest, which is lost: {meaning}."
        return click.option(option, "said", is_flag=True, help=told)(add(command))

    return add, add_with_flag
